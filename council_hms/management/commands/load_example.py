"""Loads the example council: people, projects, ledger, risks, lessons and reports, each room its own part."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from council_hms import demonstration
from projects.models import Project

FOLDER = Path(__file__).resolve().parents[2] / "example"
#: In this order, since each leans on those before it.
ROOMS = ("projects", "budgets", "risks", "lessons", "projects.example_delivery", "reports")


class Command(BaseCommand):
    """``manage.py load_example``; does nothing when the database already holds projects."""

    help = "Load the example council: the source report's project and a dozen illustrative ones."

    def handle(self, *args: Any, **options: Any) -> None:
        if Project.objects.exists():
            self.stdout.write(
                "The database already holds projects; the example council is not loaded."
            )
            return
        with transaction.atomic():
            people = demonstration.make_people()
            for room in ROOMS:
                module = room if "." in room else f"{room}.example"
                if find_spec(module):
                    import_module(module).load(people, FOLDER)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")  # fresh tables are planned for as if they were empty
        self.stdout.write(f"Loaded the example council: {Project.objects.count()} projects.")
