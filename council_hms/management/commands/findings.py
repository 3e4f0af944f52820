"""Prints the governance findings of one project or all; exits with 1 when there is a severe one."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from council_hms.findings import Scope, Severity, run
from projects.models import Project


class Command(BaseCommand):
    """``manage.py findings HMS --as-at 2023-06-14 --json``."""

    help = "List what breaks a governance rule, severest first. Exit status 1 when anything severe is found."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", nargs="?", help="one project; every project if left out")
        parser.add_argument(
            "--as-at", type=dt.date.fromisoformat, help="YYYY-MM-DD; today if left out"
        )
        parser.add_argument(
            "--json", action="store_true", help="a JSON list, amounts as text in exact pounds"
        )

    def handle(self, *args: Any, **given: Any) -> None:
        projects = Project.objects.all()
        if given["reference"]:
            projects = projects.filter(reference=given["reference"].upper())
            if not projects.exists():
                raise CommandError(f"There is no project {given['reference']}")
        found = run(Scope(projects=projects, as_at=given["as_at"] or timezone.localdate()))
        if given["json"]:
            listed = [
                {
                    "id": finding.code,
                    "title": finding.check.title,
                    "severity": finding.level.label,
                    "project": finding.project_reference,
                    "subject": finding.subject,
                    "message": finding.message,
                    "amount": None if finding.amount is None else str(finding.amount),
                    "since": finding.since.isoformat() if finding.since else None,
                    "who_acts": finding.check.who_acts,
                    "link": finding.href,
                }
                for finding in found
            ]
            self.stdout.write(json.dumps(listed, indent=2, ensure_ascii=False))
        else:
            for finding in found:
                self.stdout.write(
                    f"{finding.level.label:<8} {finding.project_reference:<10} {finding.check.title}: {finding.message}"
                )
            self.stdout.write(f"{len(found)} findings")
        if any(finding.level is Severity.SEVERE for finding in found):
            raise SystemExit(1)
