"""Checks a report's figures: which add up and agree, which do not, and what they were probably meant to be."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError
from django.utils import timezone

from projects.models import Project
from reports.checking.reading import ReadError
from reports.checking.result import Status
from reports.examine import Examined, examine_file


class _Everyone:
    """Whoever may run commands on the server sees every project."""

    permissions = frozenset({"see every project", "see exempt matter of the projects one can see"})


class Command(BaseCommand):
    """``manage.py check_report report.docx --project HMS --as-at 2023-06-14 --json``."""

    help = (
        "Check a report (Word, PDF with text, Excel, HTML, Markdown, text or CSV): every figure with its status, "
        "findings, and what could not be read. Exit code 1 when something disagrees, 2 when the file cannot be read."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the report")
        parser.add_argument(
            "--project",
            action="append",
            default=None,
            metavar="REF",
            help="compare with this project's ledger; may be given several times. "
            "Left out, the projects that the report names are found",
        )
        parser.add_argument(
            "--as-at",
            type=dt.date.fromisoformat,
            default=None,
            help="YYYY-MM-DD: the day on which the ledger is read; the report's own date if left out",
        )
        parser.add_argument(
            "--json", action="store_true", help="one JSON object (reports/checking/schema.json)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(
                f"{path} cannot be opened: {error.strerror}", returncode=2
            ) from error
        try:
            examined = self._examined(content, path.name, options["project"], options["as_at"])
        except ReadError as error:
            raise CommandError(f"{path.name}: {error}", returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(examined.as_json(), indent=2, ensure_ascii=False))
        else:
            self._print(examined)
        if examined.disagrees:
            sys.exit(1)

    def _examined(
        self, content: bytes, name: str, references: list[str] | None, as_at: dt.date | None
    ) -> Examined:
        chosen: list[Project] | None = None
        if references:
            chosen = []
            for reference in references:
                project = Project.objects.filter(reference=reference.upper()).first()
                if project is None:
                    raise CommandError(f"There is no project {reference}", returncode=2)
                chosen.append(project)
        today = timezone.localdate()
        try:
            return examine_file(
                content, name, user=_Everyone(), projects=chosen, as_at=as_at, today=today
            )
        except DatabaseError:
            if chosen:
                raise
            # no ledger within reach: the report is checked against itself
            self.stderr.write(
                "The ledger cannot be reached; the report is checked against itself alone."
            )
            return examine_file(
                content, name, user=_Everyone(), projects=[], as_at=as_at, today=today
            )

    def _print(self, examined: Examined) -> None:
        write = self.stdout.write
        result = examined.result
        write(examined.paper.title or "Report without a title")
        if examined.projects:
            write(
                f"Compared with the ledger of {', '.join(examined.projects)} as at {examined.as_at}."
            )
        counts = examined.as_json()["counts"]
        write(
            f"{len(result.figures)} figures: {counts['agrees']} agree, {counts['rounding']} within rounding, "
            f"{counts['disagrees']} disagree, {counts['untraced']} not traced."
        )
        if result.findings:
            write("\nFindings")
        for finding in result.findings:
            write(
                f"  {finding.severity.upper():<8}{finding.place.words}: {finding.text} [{finding.id}]"
            )
            if finding.suggestion:
                write(f"          Probably meant: {finding.suggestion}")
        wrong = [figure for figure in result.figures if figure.status is Status.DISAGREES]
        if wrong:
            write("\nFigures that disagree")
        for figure in wrong:
            write(f"  {figure.printed}, {figure.place.words}: {figure.why}")
        if result.unread:
            write("\nNot read, or mended to be read")
        for each in result.unread:
            where = f"{each.place.words}: " if each.place and each.place.words else ""
            write(f"  {where}{each.reason}")
