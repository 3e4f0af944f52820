"""A report on one page for a briefing: purpose, what it asks, recommendations, position, top risks. Public alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from council_hms import money
from council_hms.document import (
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    Paragraph,
    Span,
    Text,
    plain,
)
from council_hms.exemption import Audience
from council_hms.models import CouncilSettings
from projects.models import Project
from reports import markup
from reports.assemble import amounts_of, key_decision_words, recommendation_text, resolve_for
from reports.figures import ReportFigures, position_in
from reports.inserts import day_words
from reports.markup import Resolved
from reports.models import Recommendation, Report
from reports.references import Resolver
from risks.models import Risk, RiskKind
from risks.standing import standings, worst_first


def summary_of(report: Report, today: dt.date, council: CouncilSettings) -> Document:
    """The briefing page of a report, as the public may read it."""
    whole = resolve_for(report, Audience.PUBLIC, council, today)

    def resolve(words: str) -> Resolved:
        """Numbers of paragraphs and appendices stay; what they lead to is in the report, not here."""
        found = whole(words)
        return Resolved(replace(found.span, href="")) if found.span else found

    resolver = Resolver(report, Audience.PUBLIC, today=today, table_years=council.table_years)
    rows = list(report.recommendations.with_amounts())
    blocks: list[Block] = [
        Heading(f"Briefing: {report.title}", 1),
        Facts(
            [
                ("To", plain(f"{report.body.name}, {day_words(report.meeting_on)}")),
                (
                    "Report",
                    plain(f"{report.reference}. Key decision: {key_decision_words(report)}"),
                ),
            ]
        ),
    ]
    if report.purpose.strip():
        blocks += [Heading("Purpose", 2), Paragraph(markup.line(report.purpose, resolve))]
    if asks := _asks(rows):
        blocks += [Heading("What it asks for", 2), Bullets([plain(words) for words in asks])]
    if rows:
        blocks.append(Heading("Recommendations", 2))
        blocks += [
            Paragraph(recommendation_text(row, resolve), f"{number}.")
            for number, row in enumerate(rows, start=1)
        ]
    several = len(resolver.projects) > 1
    for reference, project in resolver.projects.items():
        ledger = resolver.ledger(reference)
        blocks += [
            Heading(f"Position of {project.title}" if several else "Position", 2),
            Bullets(_position(ledger)),
        ]
        if top := _top_risks(project, ledger.as_at):
            blocks += [Heading("Risks that score highest", 2), Bullets(top)]
    return Document(
        title=f"Briefing: {report.title}",
        blocks=blocks,
        date=report.meeting_on,
        council=str(council),
        reference=report.reference,
        author=report.author_job_title,
    )


def _top_risks(project: Project, as_at: dt.date, most: int = 3) -> Sequence[Text]:
    """The open threats that score highest, with their rating in words; exempt ones are not spoken of."""
    there: Any = Risk.objects.of(project).open(as_at).for_audience(Audience.PUBLIC)
    found = worst_first(standings(list(there.for_lists()), as_at))
    return [
        [
            Span(f"{each.risk.reference} {each.risk.title}: "),
            Span(each.rating, bold=True),
            Span(" (illustrative)" if each.risk.is_illustrative else ""),
        ]
        for each in found
        if each.rating and each.risk.kind == RiskKind.THREAT
    ][:most]


def _position(ledger: ReportFigures) -> list[Text]:
    """Approved, spent, ahead and sought. Where spend ran ahead, of which years: later approvals do not cover it."""
    found = position_in(ledger)
    worst = found.worst_year
    spent = [_figure("Spent", found.spent.total), Span(f" was spent to {day_words(ledger.as_at)}")]
    approved = [
        _figure("Formally approved", found.approved.total),
        Span(" is formally approved for all years"),
    ]
    if worst:
        ahead = _figure("Spend ahead of formal approval", worst.ahead)
        approved += [
            Span(", "),
            _figure(f"Approved for years to {worst.year}", worst.approved_to_end),
            Span(f" of it for years to {worst.year}"),
        ]
        spent += [Span(", "), ahead, Span(f" ahead of formal approval at the end of {worst.year}")]
    sought = sum((row.amount for row in ledger.sought), Decimal(0))
    return [
        [*approved, Span(".")],
        [*spent, Span(".")],
        [_figure("Sought", sought), Span(" is sought and not approved.")],
    ]


def _figure(meaning: str, amount: Decimal) -> Span:
    return Span(money.in_words(amount), bold=True, figure=meaning, value=amount)


def _asks(rows: Sequence[Recommendation]) -> list[str]:
    """The money of all recommendations, by nature, in words."""
    totals: dict[str, Decimal] = {}
    years: dict[str, set[str]] = {}
    for row in rows:
        for line in amounts_of(row):
            totals[line.nature] = totals.get(line.nature, Decimal(0)) + line.amount
            years.setdefault(line.nature, set()).add(line.year.label)
    return [
        f"{money.in_words(total)} of {nature} in {_span(sorted(years[nature]))}"
        for nature, total in totals.items()
    ]


def _span(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"
