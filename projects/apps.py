"""The room of projects as a Django app."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Projects."""

    name = "projects"
    default_auto_field = "django.db.models.BigAutoField"
