"""Prints a project's budget position as at a date."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from budgets.ledger import position_of
from budgets.position import Amounts, Position
from council_hms.money import in_words
from projects.models import Project


class Command(BaseCommand):
    """``manage.py position HMS --as-at 2023-03-31 --json``."""

    help = "Show what a project has approved, held on interim authority, sought and spent as at a date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", help="the project's reference, for example HMS")
        parser.add_argument(
            "--as-at",
            type=dt.date.fromisoformat,
            default=None,
            help="YYYY-MM-DD; today if left out",
        )
        parser.add_argument(
            "--json", action="store_true", help="one JSON object, amounts as text in exact pounds"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(reference=options["reference"].upper()).first()
        if project is None:
            raise CommandError(f"There is no project {options['reference']}")
        position = position_of(project, options["as_at"] or timezone.localdate())
        if options["json"]:
            self.stdout.write(json.dumps(as_json(project.reference, position), indent=2))
            return
        for words, amount in (
            ("Formally approved, all years", position.approved.total),
            ("Formally approved, years begun", position.approved_to_date.total),
            ("Held on interim authority", position.interim.total),
            ("Recommended, not yet approved", position.recommended.total),
            ("Sought, not yet approved", position.sought.total),
            ("Spent", position.spent.total),
            ("Uncommitted", position.uncommitted),
            ("Spent ahead of formal approval", position.ahead),
        ):
            self.stdout.write(f"{words:<34}{in_words(amount):>14}")


def as_json(reference: str, position: Position) -> dict[str, Any]:
    """The position as plain data: amounts are text in exact pounds."""

    def amounts(of: Amounts) -> dict[str, str]:
        return {"capital": str(of.capital), "revenue": str(of.revenue), "total": str(of.total)}

    worst = position.worst_year
    return {
        "project": reference,
        "as_at": position.as_at.isoformat(),
        "approved": amounts(position.approved),
        "approved_to_date": amounts(position.approved_to_date),
        "interim": amounts(position.interim),
        "recommended": amounts(position.recommended),
        "sought": amounts(position.sought),
        "spent": amounts(position.spent),
        "uncommitted": str(position.uncommitted),
        "ahead_of_formal_approval": str(position.ahead),
        "ahead_held_on_interim": str(position.ahead_on_interim),
        "ahead_in_year": worst.year.label if worst else None,
        "years": [
            {
                "year": year.year.label,
                "approved": str(year.approved),
                "spent": str(year.spent),
                "approved_to_end": str(year.approved_to_end),
                "spent_to_end": str(year.spent_to_end),
                "ahead": str(year.ahead),
            }
            for year in position.years
        ],
    }
