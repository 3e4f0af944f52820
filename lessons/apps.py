"""The room of lessons as a Django app."""

from django.apps import AppConfig


class LessonsConfig(AppConfig):
    """Lessons."""

    name = "lessons"
    default_auto_field = "django.db.models.BigAutoField"
