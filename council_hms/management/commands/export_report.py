"""Writes a report to a file: the draft as it stands, or a published version as it was frozen."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from council_hms import outputs
from council_hms.exemption import Audience
from reports import publish
from reports.figures import nearest
from reports.models import Report

log = logging.getLogger("council_hms.exports")


class Command(BaseCommand):
    """``manage.py export_report HMS-2023-06-14 --audience public --format docx -o report.docx``."""

    help = "A Cabinet report as web page, Word, PDF or workbook; the public version unless asked otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", help="the report's reference, for example HMS-2023-06-14")
        parser.add_argument(
            "--audience",
            choices=[each.value for each in Audience],
            default=Audience.PUBLIC.value,
            help="exempt: with what is not for publication; the file's owner answers for it",
        )
        parser.add_argument("--format", choices=publish.FORMATS, default="html")
        parser.add_argument(
            "--published",
            type=int,
            dest="number",
            help="a published version by its number, as it was frozen",
        )
        parser.add_argument(
            "-o", "--output", type=Path, help="write to this file instead of the screen"
        )

    def handle(self, *args: Any, **given: Any) -> None:
        report = Report.objects.filter(reference=given["reference"].upper()).first()
        if report is None:
            known = list(Report.objects.values_list("reference", flat=True))
            raise CommandError(
                f"There is no report {given['reference']}.{nearest(given['reference'], known)}"
            )
        if not given["output"] and given["format"] != "html" and sys.stdout.isatty():
            raise CommandError("Say with -o to which file it is to be written")
        audience = Audience(given["audience"])
        if audience is Audience.EXEMPT:
            log.info("exempt report=%s what=%s by=command", report.reference, given["format"])
        content = (
            self._published(report, audience, given["format"], given["number"])
            if given["number"] is not None
            else self._draft(report, audience, given["format"])
        )
        if given["output"]:
            try:
                given["output"].write_bytes(content)
            except OSError as error:
                raise CommandError(
                    f"{given['output']} cannot be written: {error.strerror}"
                ) from error
            self.stdout.write(f"Wrote {given['output']}")
        else:
            sys.stdout.buffer.write(content)

    def _draft(self, report: Report, audience: Audience, format: str) -> bytes:
        try:
            return publish.draft_file(report, audience, format)[0]
        except outputs.OutputError as error:
            raise CommandError(str(error)) from error

    def _published(self, report: Report, audience: Audience, format: str, number: int) -> bytes:
        file = (
            report.publications.filter(number=number)
            .values_list("files__content", flat=True)
            .filter(files__audience=audience, files__format=format)
            .first()
        )
        if file is None:
            raise CommandError(
                f"{report.reference} has no {audience.value} file of that kind in a version {number}"
            )
        return bytes(file)
