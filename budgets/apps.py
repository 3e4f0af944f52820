"""The room of budgets as a Django app."""

from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    """Budgets."""

    name = "budgets"
    default_auto_field = "django.db.models.BigAutoField"
