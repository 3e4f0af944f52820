"""The room of reports as a Django app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reports."""

    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"
