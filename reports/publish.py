"""Files of a report: drafts drawn on the spot, and what a publication freezes, byte for byte the same whoever asks."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from council_hms import outputs
from council_hms.document import Document, GridBlock
from council_hms.exemption import Audience
from council_hms.models import CouncilSettings
from reports import figures
from reports.assemble import FileAt, assemble
from reports.figures import Figure
from reports.frozen import FigureChange, figure_changes
from reports.models import Publication, Report, WordTemplate
from reports.references import Resolver

#: The formats of a report, in the order in which pages offer them.
FORMATS = ("html", "docx", "pdf", "xlsx")


def style_of(council: CouncilSettings) -> outputs.Style:
    """How the council's papers look."""
    return outputs.Style(colour=council.colour, council=str(council))


def file_stem(report: Report, audience: Audience, version: str) -> str:
    """What a file of a report is called: an exempt one says so in its name."""
    kind = "EXEMPT not for publication" if audience is Audience.EXEMPT else "public"
    return f"{report.reference} {kind} {version}"


def has_tables(paper: Document) -> bool:
    """Whether a workbook can be made of it."""
    return any(isinstance(block, GridBlock) for block in paper.blocks)


def formats_of(paper: Document) -> list[str]:
    """The formats in which a paper can be had: a workbook only when it has tables."""
    return [each for each in FORMATS if each != "xlsx" or has_tables(paper)]


def word_template_of(report: Report) -> bytes | None:
    """The council's own Word file for this kind of report, if it has one."""
    kept = WordTemplate.objects.filter(template=report.template_id).first()
    return bytes(kept.content) if kept else None


def draw(report: Report, paper: Document, format: str, council: CouncilSettings) -> bytes:
    """A paper as a file. Raises OutputError, whose text is for people."""
    template = word_template_of(report) if format == "docx" else None
    return outputs.render(paper, format, style_of(council), template=template)


def draft_file(
    report: Report, audience: Audience, format: str, *, today: dt.date | None = None
) -> tuple[bytes, str]:
    """The report as it stands, as a file, and what to call it. Raises OutputError."""
    council = CouncilSettings.current()
    paper = assemble(report, audience, council=council, today=today).document
    return draw(report, paper, format, council), file_stem(report, audience, "draft")


@dataclass(frozen=True, slots=True)
class DrawnFile:
    """A file that is ready to be kept; ``appendix`` and ``title`` when it is a PDF that was attached to one."""

    audience: Audience
    format: str
    name: str
    content: bytes
    appendix: int | None = None
    title: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def _attached_name(report: Report, version: int, exempt: bool, number: int) -> str:
    """What the PDF of an appendix is called in a published version; never as its owner called it."""
    audience = Audience.EXEMPT if exempt else Audience.PUBLIC
    return outputs.file_name(
        f"{file_stem(report, audience, f'version {version}')} appendix {number}", "pdf"
    )


def published_file_at(report: Report, version: int) -> FileAt:
    """Where the PDFs of appendices are to be had in a published version."""

    def file_at(row: Any, number: int) -> str:
        name = _attached_name(report, version, row.exempt, number)
        return reverse("published_file", args=[report.reference, version, name])

    return file_at


def attached_files(report: Report, version: int) -> list[DrawnFile]:
    """The PDFs of a report's appendices as a published version keeps them: each once, exempt ones apart."""
    return [
        DrawnFile(
            Audience.EXEMPT if row.exempt else Audience.PUBLIC,
            "pdf",
            _attached_name(report, version, row.exempt, number),
            bytes(row.file.content),
            number,
            row.title,
        )
        for number, row in enumerate(report.appendices.select_related("file"), start=1)
        if getattr(row, "file", None)
    ]


def frozen_figures(shown: Mapping[str, Figure]) -> dict[str, dict[str, str]]:
    """Bound figures as a publication keeps them: reference → shown, exact value in pounds, meaning."""
    return {
        words: {"shown": figure.shown, "value": str(figure.value), "meaning": figure.meaning}
        for words, figure in shown.items()
    }


def changed_since(publication: Publication) -> list[FigureChange]:
    """Which figures of a published version the ledger now gives otherwise, by the day that they were read for.

    The published text is gone by, not the draft: a figure whose project or change is gone counts as gone.
    """
    resolver = Resolver(publication.report, Audience.PUBLIC, today=publication.as_at)
    resolver.as_at = publication.as_at
    now: dict[str, dict[str, str]] = {}
    for words in publication.figures:
        try:
            asked = figures.parse(words)
            if isinstance(asked, figures.FigureReference):
                now |= frozen_figures({words: resolver.figure(asked)})
        except figures.ReferenceProblem:
            continue
    return figure_changes(publication.figures, now)
