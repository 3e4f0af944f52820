"""A report as one Document, for an audience and a day: the page, Word, PDF and Excel all draw this.

The public version is the default and is made from what the public may read, whoever asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse

from council_hms import money
from council_hms.document import (
    Block,
    Bullets,
    Document,
    Facts,
    GridBlock,
    Heading,
    PageBreak,
    Paragraph,
    Span,
    Text,
    plain,
)
from council_hms.exemption import Audience
from council_hms.models import CouncilSettings
from projects.models import Project
from reports import figures, markup
from reports.figures import Figure, FigureReference, Insert, LiveReference, ReferenceProblem
from reports.inserts import TABLES, Asked, day_words
from reports.markup import Resolved
from reports.models import FieldSource, Recommendation, Report, Verb
from reports.references import Ledgers, Resolver

EXEMPT_MARKING = "Exempt: not for publication"
PUBLIC_VERSION = "Public version"
#: Where the PDF of an appendix is to be had, by its row and printed number.
FileAt = Callable[[Any, int], str]
#: Where a figure of each kind can be followed to, by URL name.
_BEHIND = {"ask": "funding", "required": "plan", "spent": "spend_list", "savings": "benefit_list"}


@dataclass(frozen=True)
class Assembled:
    """The paper, each bound figure that it shows by its reference, and what could not be resolved."""

    document: Document
    figures: Mapping[str, Figure]
    problems: Sequence[str]


def cited(paragraphs: Iterable[int]) -> str:
    """Under which paragraph something is withheld, as the public version says it."""
    numbers = sorted(paragraphs)
    if not numbers:
        return "exempt from publication; no paragraph of Schedule 12A is cited"
    words = " and ".join(str(number) for number in numbers)
    plural = "s" if len(numbers) > 1 else ""
    return (
        f"exempt from publication under paragraph{plural} {words} of Part 1 of Schedule 12A "
        "to the Local Government Act 1972"
    )


def draw_section(
    report: Report, section_id: int, audience: Audience, *, links: bool = True
) -> list[tuple[Any, int, list[Block]]]:
    """The paragraphs of one section, each with its printed number and its blocks, as an audience reads them."""
    assembler = _Assembler(report, audience, CouncilSettings.current(), None, links)
    return [
        (row, number, assembler.paragraph(row, number))
        for number, row in enumerate(report.paragraphs.read_by(audience), start=1)
        if row.section_id == section_id
    ]


def key_decision_words(report: Report) -> str:
    """What the report says of being a key decision."""
    return {True: "Yes", False: "No", None: "Not stated"}[report.key_decision]


def resolve_for(
    report: Report,
    audience: Audience,
    council: CouncilSettings,
    today: dt.date,
    ledgers: Ledgers | None = None,
) -> markup.Resolve:
    """What references of a report come to in a paper of their own, such as a briefing."""
    return _Assembler(report, audience, council, today, False, ledgers).resolve


def assemble(
    report: Report,
    audience: Audience = Audience.PUBLIC,
    *,
    council: CouncilSettings | None = None,
    today: dt.date | None = None,
    links: bool = False,
    ledgers: Ledgers | None = None,
    file_at: FileAt | None = None,
) -> Assembled:
    """The report for an audience. ``links`` lets each figure lead to the page that it comes from (drafts only).

    ``file_at`` says where the PDF of an appendix is to be had, by its label and printed number.
    """
    council = council or CouncilSettings.current()
    return _Assembler(report, audience, council, today, links, ledgers, file_at).assemble()


def draft_file_at(report: Report) -> FileAt:
    """Where PDFs of a draft's appendices are to be had."""
    return lambda row, number: reverse("report_appendix_file", args=[report.reference, row.label])


class _Assembler:
    """One paper on its way."""

    def __init__(
        self,
        report: Report,
        audience: Audience,
        council: CouncilSettings,
        today: dt.date | None,
        links: bool,
        ledgers: Ledgers | None = None,
        file_at: FileAt | None = None,
    ) -> None:
        self.report = report
        self.audience = audience
        self.council = council
        self.links = links
        self.file_at = file_at
        self.resolver = Resolver(
            report, audience, today=today, table_years=council.table_years, ledgers=ledgers
        )
        self.problems: list[str] = []
        self._seen_tables: set[str] = set()

    def assemble(self) -> Assembled:
        report = self.report
        blocks: list[Block] = [Heading(report.title, 1)]
        if report.agenda_item:
            blocks.append(Paragraph([Span(f"Agenda item {report.agenda_item}", bold=True)]))
        blocks.append(Facts(self._header()))
        blocks += self._recommendations()
        blocks += self._list_of_appendices()
        blocks += self._sections()
        blocks += self._author()
        blocks += self._background()
        blocks += self._appendices()
        exempt = self.audience is Audience.EXEMPT
        document = Document(
            title=report.title,
            blocks=blocks,
            author=report.author_job_title,
            date=report.meeting_on,
            council=str(self.council),
            reference=report.reference,
            marking=EXEMPT_MARKING if exempt else "",
            about=[
                ("Reference", report.reference),
                ("Version", EXEMPT_MARKING if exempt else PUBLIC_VERSION),
                ("Figures as at", day_words(self.resolver.as_at)),
            ],
        )
        return Assembled(document, dict(self.resolver.shown), list(dict.fromkeys(self.problems)))

    # -- references ---------------------------------------------------------------------------

    def resolve(self, words: str) -> Resolved:
        """What a reference comes to; one that cannot be resolved is marked in the text, never passed over."""
        try:
            asked = figures.parse(words)
            match asked:
                case FigureReference():
                    figure = self.resolver.figure(asked)
                    return Resolved(
                        Span(
                            figure.shown,
                            figure=figure.meaning,
                            value=figure.value,
                            href=self._behind(asked),
                        )
                    )
                case LiveReference():
                    part = self.resolver.numbers.find(asked)
                    anchor = f"#{asked.kind}-{asked.label}"
                    return Resolved(Span(str(part.number), href=anchor))
                case Insert():
                    return Resolved(blocks=self._table(asked))
        except ReferenceProblem as problem:
            self.problems.append(str(problem))
        return Resolved(Span(f"[unknown: {words.strip()}]", bold=True))

    def _behind(self, asked: FigureReference) -> str:
        if not self.links:
            return ""
        project = self.resolver.project(asked.project).reference
        try:
            if asked.change:
                return reverse("change", args=[asked.change])
            return reverse(_BEHIND.get(asked.name, "position"), args=[project])
        except NoReverseMatch:
            return ""

    def _table(self, asked: Insert) -> list[Block]:
        if asked.name not in TABLES:
            raise ReferenceProblem(
                f"There is no table “{asked.name}”.{figures.nearest(asked.name, list(TABLES))}"
            )
        table = TABLES[asked.name]
        project = self.resolver.project(asked.project)
        day = asked.as_at or self.resolver.as_at
        grids = table.build(Asked(project, day, asked, self.audience, self.council))
        if not grids:
            return [
                Paragraph(plain(f"{table.label}: there is nothing to show for {project.title}."))
            ]
        number = self.resolver.numbers.parts["table"].get(asked.label)
        blocks: list[Block] = [
            GridBlock(
                grid,
                number=f"Table {number.number}" if number and not place else "",
                anchor=f"table-{asked.label}" if not place and self._first(asked) else "",
            )
            for place, grid in enumerate(grids)
        ]
        return blocks

    def _first(self, asked: Insert) -> bool:
        """Whether this is the first table of its label: an anchor stands once in a paper."""
        is_first = asked.label not in self._seen_tables
        self._seen_tables.add(asked.label)
        return is_first

    # -- parts --------------------------------------------------------------------------------

    def _header(self) -> list[tuple[str, Text]]:
        report = self.report
        pairs: list[tuple[str, Text]] = []
        for field in report.fields.all():
            written = markup.line(field.text, self.resolve) if field.text.strip() else ()
            match field.source:
                case FieldSource.BODY:
                    text: Text = plain(report.body.name)
                case FieldSource.DATE:
                    text = plain(day_words(report.meeting_on))
                case FieldSource.TITLE:
                    text = plain(report.title)
                case FieldSource.PURPOSE:
                    text = markup.line(report.purpose, self.resolve)
                case FieldSource.KEY_DECISION:
                    text = plain(key_decision_words(report))
                case FieldSource.CABINET_MEMBER:
                    text = written or plain(self._cabinet_members())
                case _:
                    text = written
            if text:
                pairs.append((field.label, text))
        return pairs

    def _cabinet_members(self) -> str:
        members = dict.fromkeys(
            project.cabinet_member
            for project in self.resolver.projects.values()
            if project.cabinet_member
        )
        return "; ".join(f"Cabinet Member for {member}" for member in members) or "Not stated"

    def _recommendations(self) -> list[Block]:
        rows = list(self.report.recommendations.with_amounts())
        if not rows:
            return []
        blocks: list[Block] = [
            Heading("Recommendations", 2),
            Paragraph([Span(f"That {self.report.body.name} resolves to:")]),
        ]
        for number, row in enumerate(rows, start=1):
            blocks.append(
                Paragraph(
                    recommendation_text(row, self.resolve),
                    f"{number}.",
                    f"recommendation-{row.label}",
                )
            )
            blocks += [
                Paragraph(plain(words), indent=1)
                for words in amounts_in_words(row, len(self.resolver.projects) > 1)
            ]
        return blocks

    def _list_of_appendices(self) -> list[Block]:
        rows = self.report.appendices.read_by(self.audience)
        pairs: list[tuple[str, Text]] = [
            (
                f"Appendix {number}{' (Exempt)' if row.exempt else ''}",
                [Span(row.title, href=f"#appendix-{row.label}")],
            )
            for number, row in enumerate(rows, start=1)
        ]
        return [Heading("Appendices", 2), Facts(pairs)] if pairs else []

    def _sections(self) -> list[Block]:
        by_section: dict[int, list[Any]] = {}
        numbers: dict[int, int] = {}
        for number, row in enumerate(self.report.paragraphs.read_by(self.audience), start=1):
            by_section.setdefault(row.section_id, []).append(row)
            numbers[row.pk] = number
        blocks: list[Block] = []
        for section in self.report.sections.all():
            rows = by_section.get(section.pk, [])
            if not rows:
                continue
            blocks.append(Heading(section.title, 2))
            for row in rows:
                blocks += self.paragraph(row, numbers[row.pk])
        return blocks

    def paragraph(self, row: Any, number: int) -> list[Block]:
        anchor = f"paragraph-{row.label}"
        if row.exempt and self.audience is Audience.PUBLIC:
            words = f"This paragraph is {cited(row.exempt_paragraphs)}."
            return [Paragraph([Span(words, italic=True)], f"{number}.", anchor)]
        blocks = markup.blocks(row.shown, self.resolve, number=f"{number}.", anchor=anchor)
        if row.exempt:
            blocks.insert(0, _exempt_mark(row.exempt_paragraphs, "This paragraph"))
        return blocks

    def _author(self) -> list[Block]:
        report = self.report
        pairs = [
            ("Job title", report.author_job_title),
            ("Service area or department", report.author_service),
            ("Telephone", report.author_telephone),
            ("e-mail", report.author_email),
        ]
        said: list[tuple[str, Text]] = [(label, plain(text)) for label, text in pairs if text]
        return [Heading("Report author", 2), Facts(said)] if said else []

    def _background(self) -> list[Block]:
        papers = [
            line.strip() for line in self.report.background_papers.splitlines() if line.strip()
        ]
        blocks: list[Block] = [Heading("Background papers", 2)]
        if papers:
            blocks.append(Bullets([plain(line) for line in papers]))
        else:
            blocks.append(Paragraph(plain("None")))
        return blocks

    def _appendices(self) -> list[Block]:
        blocks: list[Block] = []
        rows: list[Any] = list(self.report.appendices.read_by(self.audience))
        for number, row in enumerate(rows, start=1):
            mark = " (Exempt)" if row.exempt else ""
            blocks += [
                PageBreak(),
                Heading(f"Appendix {number}{mark}: {row.title}", 2, f"appendix-{row.label}"),
            ]
            if row.exempt and self.audience is Audience.PUBLIC:
                blocks.append(
                    Paragraph(
                        [Span(f"This appendix is {cited(row.exempt_paragraphs)}.", italic=True)]
                    )
                )
                continue
            if row.exempt:
                blocks.append(_exempt_mark(row.exempt_paragraphs, "This appendix"))
            blocks += markup.blocks(row.shown, self.resolve)
            if row.file_name:
                href = self.file_at(row, number) if self.file_at else ""
                blocks.append(Paragraph(attached_words(row, href), "", f"file-{row.label}"))
        return blocks


def attached_words(row: Any, href: str) -> Text:
    """``Attached as a PDF: Impact assessment.pdf, 12 pages``, and what it is known by for ever."""
    pages = "1 page" if row.file_pages == 1 else f"{row.file_pages} pages"
    return [
        Span("Attached as a PDF: "),
        Span(row.file_name, bold=True, href=href),
        Span(f", {pages}. SHA-256 {row.file_sha256}"),
    ]


def _exempt_mark(paragraphs: Iterable[int], what: str) -> Paragraph:
    return Paragraph([Span(f"{EXEMPT_MARKING}. {what} is {cited(paragraphs)}.", bold=True)])


def recommendation_text(row: Recommendation, resolve: Any) -> Text:
    """A recommendation as it is printed: its verb, what it asks for, and what is delegated to whom."""
    verb = {
        Verb.NOTE: "Note",
        Verb.APPROVE: "Approve",
        Verb.DELEGATE: "Delegate authority",
        Verb.RECOMMEND: f"Recommend to {row.to_body.name if row.to_body else 'another body'}",
    }[Verb(row.verb)]
    spans: list[Span] = [Span(verb, bold=True)]
    if row.verb == Verb.DELEGATE:
        spans.append(Span(f" to {row.delegate_to}"))
        if row.consult_with:
            spans.append(Span(f" in consultation with {row.consult_with}"))
        return [*spans, Span(" "), *markup.line(row.text, resolve)]
    spans += [Span(" "), *markup.line(row.text, resolve)]
    if row.delegate_to:
        spans += [
            Span(" and "),
            Span("delegate authority", bold=True),
            Span(f" to {row.delegate_to}"),
        ]
        if row.consult_with:
            spans.append(Span(f" in consultation with {row.consult_with}"))
        if row.delegate_what:
            spans.append(Span(f" {row.delegate_what}"))
    return spans


@dataclass(frozen=True, slots=True)
class Amount:
    """One line of money that a recommendation asks for, in pounds."""

    project: Project
    year: Any
    nature: str
    source: str
    fund: str
    amount: Decimal


def amounts_of(row: Recommendation) -> list[Amount]:
    """The lines of a recommendation: those of its budget change in the ledger, or its own until there is one."""
    lines: Iterable[Any]
    if row.change is not None:
        lines = [line for line in row.change.lines.all() if line.decision_id is None]
    else:
        lines = row.own_lines.all()
    return [
        Amount(
            line.project,
            line.year,
            line.nature,
            line.source.name if line.source and line.source.is_named else "",
            line.project.get_fund_display(),
            line.amount,
        )
        for line in lines
    ]


def amounts_in_words(row: Recommendation, name_projects: bool = False) -> list[str]:
    """What a recommendation of money states: project, nature, fund, years and source, a sentence for each."""
    groups: dict[tuple[Any, ...], list[Amount]] = {}
    for line in amounts_of(row):
        key = (line.project.pk, line.nature, line.fund, line.source)
        groups.setdefault(key, []).append(line)
    said = []
    for lines in groups.values():
        first = lines[0]
        years = ", ".join(f"{money.in_words(line.amount)} in {line.year}" for line in lines)
        total = sum((line.amount for line in lines), Decimal(0))
        in_all = f" ({money.in_words(total)} in all)" if len(lines) > 1 else ""
        source = f"from {first.source}" if first.source else "source not stated"
        project = f"{first.project.title}, " if name_projects else ""
        said.append(
            f"{project}{first.nature.capitalize()}, {first.fund}: {years}{in_all}, {source}."
        )
    return said
