"""Publishing a report: its text, figures and files of one day are frozen, in one transaction, for ever."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from council_hms import once, outputs
from council_hms.access import Permission, require
from council_hms.concurrency import StaleError
from council_hms.exemption import Audience
from council_hms.history import acting
from council_hms.models import CouncilSettings, User
from reports import publish
from reports.assemble import Assembled, assemble
from reports.clearance import standing_clearances
from reports.frozen import freeze
from reports.models import Publication, PublicationFile, Report
from reports.publish import DrawnFile
from reports.services.report import ReportError


def publish_report(
    *,
    by: User,
    report: Report,
    of_version: int,
    today: dt.date,
    note: str = "",
    token: UUID | None = None,
) -> Publication:
    """Publish what a report says now. ``of_version`` is the content that was previewed.

    Raises StaleError when it has changed since; ReportError when a reference cannot be resolved, a
    compulsory part is empty, or a clearance is missing and ``note`` does not say why; OutputError.
    """
    require(by, Permission.PUBLISH_REPORTS)
    council = CouncilSettings.current()
    with acting(by, "report.publish", note):
        claimed = once.claim(token, by)
        # nobody changes the text while its files are drawn, which takes seconds
        locked = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
        if locked.content_version != of_version:
            raise StaleError(locked)
        public = assemble(locked, Audience.PUBLIC, council=council, today=today)
        exempt: Assembled | None = assemble(locked, Audience.EXEMPT, council=council, today=today)
        if exempt is not None and exempt.document.blocks == public.document.blocks:
            exempt = None  # nothing in it is withheld from anybody
        _refuse_unready(locked, public, exempt, note)
        last = locked.publications.aggregate(last=Max("number"))["last"] or 0
        files = _draw(locked, Audience.PUBLIC, public, council, last + 1)
        if exempt is not None:
            files += _draw(locked, Audience.EXEMPT, exempt, council, last + 1)
        made = Publication.objects.create(
            report=locked,
            number=last + 1,
            of_version=of_version,
            as_at=locked.figures_as_at or today,
            published_on=today,
            published_at=timezone.now(),
            published_by=by,
            note=note.strip(),
            figures=publish.frozen_figures(public.figures),
            document=freeze(public.document),
            exempt_document=freeze(exempt.document) if exempt else None,
        )
        PublicationFile.objects.bulk_create(
            PublicationFile(
                publication=made,
                audience=file.audience,
                format=file.format,
                name=file.name,
                sha256=file.sha256,
                size=len(file.content),
                content=file.content,
            )
            for file in files
        )
        once.settle(claimed, made.get_absolute_url())
    return made


def _refuse_unready(report: Report, public: Assembled, exempt: Assembled | None, note: str) -> None:
    problems = [*public.problems, *(exempt.problems if exempt else ())]
    if problems:
        raise ReportError(f"A reference in the text cannot be resolved. {problems[0]}")
    empty = report.sections.filter(compulsory=True, paragraphs=None).first()
    if empty is not None:
        raise ReportError(f"The section “{empty.title}” is compulsory and empty; write it first")
    missing = [each.kind_words for each in standing_clearances(report) if not each.stands]
    if missing and not note.strip():
        raise ReportError(
            f"Not cleared by {' and '.join(missing).lower()}. Have it cleared, or say why it is published without",
            "note",
        )


def _draw(
    report: Report, audience: Audience, drawn: Assembled, council: CouncilSettings, number: int
) -> list[DrawnFile]:
    stem = publish.file_stem(report, audience, f"version {number}")
    return [
        DrawnFile(
            audience,
            format,
            outputs.file_name(stem, format),
            publish.draw(report, drawn.document, format, council),
        )
        for format in publish.formats_of(drawn.document)
    ]
