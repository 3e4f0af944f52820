"""Makes a large made-up portfolio, for load tests and benchmarks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from council_hms.management.portfolio import Portfolio, PortfolioError, make


class Command(BaseCommand):
    """``manage.py seed_portfolio --projects 10000``: a million lines, five million entries of spend."""

    help = (
        "Make a large made-up portfolio, every project marked as illustrative. "
        "The same options give the same rows. Not for a database that a council works with."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--projects", type=int, required=True, help="how many, 1 to 50,000")
        parser.add_argument("--lines-per-project", type=int, default=100, help="100 if left out")
        parser.add_argument("--spend-per-project", type=int, default=500, help="500 if left out")
        parser.add_argument("--risks-per-project", type=int, default=20, help="20 if left out")
        parser.add_argument(
            "--as-at", type=dt.date.fromisoformat, help="YYYY-MM-DD; today if left out"
        )
        parser.add_argument("--prefix", default="Z", help="start of the references; Z if left out")
        parser.add_argument(
            "--no-history",
            action="store_true",
            help="write no history of these rows: half the time, for measurements only",
        )

    def handle(self, *args: Any, **given: Any) -> None:
        for name, least, most in (
            ("projects", 1, 50_000),
            ("lines_per_project", 1, 2_000),
            ("spend_per_project", 1, 9_999),
            ("risks_per_project", 0, 99),
        ):
            if not least <= given[name] <= most:
                raise CommandError(f"--{name.replace('_', '-')} must be from {least} to {most:,}.")
        prefix = given["prefix"].upper()
        if not (prefix.isascii() and prefix.isalnum() and len(prefix) <= 10):
            raise CommandError("--prefix must be one to ten letters and figures.")
        portfolio = Portfolio(
            projects=given["projects"],
            as_at=given["as_at"] or timezone.localdate(),
            lines_per_project=given["lines_per_project"],
            spend_per_project=given["spend_per_project"],
            risks_per_project=given["risks_per_project"],
            prefix=prefix,
            with_history=not given["no_history"],
        )
        try:
            make(portfolio, self.stdout.write)
        except PortfolioError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{portfolio.projects:,} projects are made as at {portfolio.as_at}.")
