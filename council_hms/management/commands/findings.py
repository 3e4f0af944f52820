"""Prints the governance findings of one project or all; exits with 1 when a severe one is not accepted."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from council_hms.findings import Scope, Severity, run
from projects.accepted import Concern, concerns_of
from projects.models import Project


class Command(BaseCommand):
    """``manage.py findings HMS --as-at 2023-06-14 --json``."""

    help = (
        "List what breaks a governance rule, severest first. Exit status 1 when anything severe is found that "
        "nobody has accepted, 2 when there is no such project."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "reference",
            nargs="?",
            help="one project; all there is, the corporate risk register included, if left out",
        )
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
                raise CommandError(f"There is no project {given['reference']}", returncode=2)
        as_at = given["as_at"] or timezone.localdate()
        scope = Scope(projects, as_at, beyond_projects=not given["reference"])
        concerns = concerns_of(run(scope), as_at)
        if given["json"]:
            listed = [
                {
                    "id": finding.code,
                    "title": finding.check.title,
                    "severity": finding.level.label,
                    "project": finding.project_reference or None,
                    "about": finding.about or None,
                    "subject": finding.subject,
                    "message": finding.message,
                    "amount": None if finding.amount is None else str(finding.amount),
                    "since": finding.since.isoformat() if finding.since else None,
                    "who_acts": finding.check.who_acts,
                    "link": finding.href,
                    "state": concern.state,
                    "accepted": _accepted(concern),
                }
                for concern in concerns
                for finding in (concern.finding,)
            ]
            self.stdout.write(json.dumps(listed, indent=2, ensure_ascii=False))
        else:
            for concern in concerns:
                finding = concern.finding
                accepted = (
                    f" (accepted until {concern.acceptance.review_on}: {concern.acceptance.reason})"
                    if concern.is_accepted and concern.acceptance
                    else ""
                )
                self.stdout.write(
                    f"{finding.level.label:<8} {finding.whose:<10} {finding.check.title}: "
                    f"{finding.message}{accepted}"
                )
            accepted_ones = sum(concern.is_accepted for concern in concerns)
            self.stdout.write(f"{len(concerns)} findings, {accepted_ones} of them accepted")
        if any(
            concern.finding.level is Severity.SEVERE and not concern.is_accepted
            for concern in concerns
        ):
            raise SystemExit(1)


def _accepted(concern: Concern) -> dict[str, str] | None:
    """The acceptance as JSON; None when there was none."""
    acceptance = concern.acceptance
    if acceptance is None:
        return None
    return {
        "reason": acceptance.reason,
        "by": str(acceptance.accepted_by),
        "on": acceptance.accepted_on.isoformat(),
        "review_on": acceptance.review_on.isoformat(),
    }
