"""Sends the daily digest to the people who follow projects. Run it once a day, for example from cron at seven."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from projects import digest


class Command(BaseCommand):
    """``manage.py send_digests [--as-at DATE] [--dry-run]``."""

    help = (
        "Mail the people who follow projects what is due, overdue, changed or newly found. "
        "A second run on the same day sends nothing again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-at", type=dt.date.fromisoformat, help="the day, as 2023-06-14; today if left out"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="print the digests and send nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        as_at = options["as_at"] or timezone.localdate()
        if options["dry_run"]:
            count = 0
            for one in digest.digests(as_at):
                self.stdout.write(f"To: {one.person.email}\nSubject: {one.subject}\n\n{one.body}\n")
                count += 1
            self.stdout.write(f"{_counted(count)}; nothing was sent.")
            return
        sent, failed = digest.send(as_at, self.stdout.write)
        self.stdout.write(f"{_counted(sent)} sent, {failed} failed.")
        if failed:
            raise CommandError(f"{_counted(failed)} could not be sent; run the command again.")


def _counted(number: int) -> str:
    return f"{number} digest{'' if number == 1 else 's'}"
