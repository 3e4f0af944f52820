"""The room of risks as a Django app."""

from django.apps import AppConfig


class RisksConfig(AppConfig):
    """Risks."""

    name = "risks"
    default_auto_field = "django.db.models.BigAutoField"
