"""Prints or writes a project's funding table ("Appendix 3") as at a date."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from budgets.funding_page import FundingPage, options
from council_hms import outputs
from council_hms.models import CouncilSettings
from council_hms.money import Negative, Unit
from projects.models import Project


class Command(BaseCommand):
    """``manage.py funding_table HMS --as-at 2023-06-14 --format csv --unit k``."""

    help = "Requirement, budget available by source, and additional budget ask, by year."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", help="the project's reference, for example HMS")
        parser.add_argument(
            "--as-at", type=dt.date.fromisoformat, help="YYYY-MM-DD; today if left out"
        )
        parser.add_argument("--years", type=int, help="number of years, 1 to 10")
        parser.add_argument(
            "--first-year", help="for example 2023-24; the year of the date if left out"
        )
        parser.add_argument(
            "--unit", choices=[unit.value for unit in Unit], help="what figures are shown in"
        )
        parser.add_argument("--negative", choices=[style.value for style in Negative])
        parser.add_argument("--totals", action="store_true", help="with a totals column")
        parser.add_argument(
            "--work-packages", action="store_true", help="with a row for each work package"
        )
        parser.add_argument("--format", choices=list(outputs.FORMATS), default="csv")
        parser.add_argument(
            "-o", "--output", type=Path, help="write to this file instead of the screen"
        )

    def handle(self, *args: Any, **given: Any) -> None:
        project = Project.objects.filter(reference=given["reference"].upper()).first()
        if project is None:
            raise CommandError(f"There is no project {given['reference']}")
        page = FundingPage.of(
            options(
                as_at=given["as_at"],
                years=given["years"],
                first_year=given["first_year"],
                unit=given["unit"],
                negative=given["negative"],
                totals=given["totals"],
                work_packages=given["work_packages"],
            ),
            project,
            CouncilSettings.current(),
        )
        if page.form.errors:
            raise CommandError(
                "; ".join(
                    f"{name}: {' '.join(map(str, said))}" for name, said in page.form.errors.items()
                )
            )
        try:
            content = outputs.render(
                page.grid(), given["format"], outputs.Style(colour=page.council.colour)
            )
        except outputs.OutputError as error:
            raise CommandError(str(error)) from error
        if given["output"]:
            given["output"].write_bytes(content)
            self.stdout.write(f"Wrote {given['output']}")
        elif outputs.FORMATS[given["format"]].content_type.startswith(
            ("text/", "application/json")
        ):
            self.stdout.write(content.decode("utf-8-sig"), ending="")
        else:
            sys.stdout.buffer.write(content)
