"""Brings a database up to what this version needs: tables, cache table, grants."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Safe to repeat; ``make run`` calls it each time, an installation after each upgrade."""

    help = "Migrates, makes the cache table and grants the app role its rights. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("grant_app_role", verbosity=0)
