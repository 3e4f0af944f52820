"""The closure report as a paper: what was written, beside the outturn, milestones, benefits and lessons on record.

Nothing exempt is in it, whoever asks: what hangs on the project is read as the open reader.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from budgets.books import Books, books_of
from budgets.position import Amounts
from council_hms.document import Block, Document, Facts, GridBlock, Heading, Paragraph, plain, typed
from council_hms.grid import Cell, Column, Format, Grid, Row, RowKind
from council_hms.models import CouncilSettings
from council_hms.money import in_words
from lessons.models import Lesson
from projects.models import Benefit, ClosureReport, Milestone, Project
from projects.readers import OPEN_READER
from projects.slippage import Slippage
from reports.dashboards import tables
from reports.dashboards.tables import day_words


@dataclass(frozen=True, slots=True)
class Closure:
    """A project at its end, as at a day. ``report`` is what was written, None before anybody began."""

    project: Project
    as_at: dt.date
    council: CouncilSettings
    report: ClosureReport | None
    books: Books
    milestones: Sequence[tuple[Milestone, Slippage]]
    benefits: Sequence[Benefit]
    lessons: Sequence[Lesson]

    @property
    def outturn_grid(self) -> Grid:
        """First approval, latest approved budget and spend, with what spend is over or under each."""
        position, original = self.books.position, self.books.original

        there = reverse("position", args=[self.project.reference])
        there += f"?as_at={self.as_at.isoformat()}"

        def row(key: str, label: str, amounts: Amounts, kind: RowKind = RowKind.BODY) -> Row:
            cells = {
                "capital": Cell(amounts.capital, there),
                "revenue": Cell(amounts.revenue, there),
                "total": Cell(amounts.total, there),
            }
            return Row(key, label, cells, kind)

        def beyond(budget: Amounts) -> Amounts:
            return Amounts(spent.capital - budget.capital, spent.revenue - budget.revenue)

        spent, approved = position.spent, position.approved
        return Grid(
            caption="Outturn against the first and the latest approved budget",
            unit=self.council.unit,
            negative=self.council.negative,
            columns=tuple(
                Column(key, f"{label} ({self.council.unit.heading})", Format.MONEY)
                for key, label in (
                    ("capital", "Capital"),
                    ("revenue", "Revenue"),
                    ("total", "Total"),
                )
            ),
            rows=(
                row("original", "First approved", original),
                row("approved", "Latest approved", approved),
                row("spent", "Spent", spent, RowKind.TOTAL),
                row("over_original", "Spent above the first approval", beyond(original)),
                row(
                    "over_approved",
                    "Spent above the latest approved budget",
                    beyond(approved),
                    RowKind.RESULT,
                ),
            ),
            notes=("A negative figure in the last two rows is spend below the budget.",),
        )

    @property
    def outturn_words(self) -> str:
        """``£3.188m was spent: £2.588m more than the £600k first approved and £723k less than the latest budget.``"""
        spent = self.books.position.spent.total
        first, latest = self.books.original.total, self.books.position.approved.total
        if not first and not latest:
            return f"{in_words(spent)} was spent; no budget was ever approved."
        return (
            f"{in_words(spent)} was spent: {_against(spent, first)} the {in_words(first)} first approved, and "
            f"{_against(spent, latest)} the latest approved budget of {in_words(latest)}."
        )

    @property
    def milestones_words(self) -> str:
        """How many milestones were reached, and how late the latest of them was against its first baseline."""
        if not self.milestones:
            return "No milestone is on record."
        reached = [slip for _, slip in self.milestones if slip.is_reached]
        said = f"{len(reached)} of {len(self.milestones)} milestones reached."
        late = [
            (first.months or 0, milestone.name)
            for milestone, slip in self.milestones
            for first in [
                Slippage(milestone.first_baseline, slip.forecast, slip.actual, self.as_at)
            ]
        ]
        months, name = max(late)
        if months > 0:
            said += f" The furthest from its first baseline is {name}: {months} months late."
        return said


def _against(spent: Decimal, budget: Decimal) -> str:
    """``£2.588m more than``, ``£10k less than`` or ``exactly``."""
    if spent == budget:
        return "exactly"
    return f"{in_words(abs(spent - budget))} {'more' if spent > budget else 'less'} than"


def gather(project: Project, report: ClosureReport | None, as_at: dt.date) -> Closure:
    """What is on record of a project as at a day. A constant number of queries."""
    council = CouncilSettings.current()
    rows = Milestone.objects.visible_to(OPEN_READER).of(project).standing(as_at).with_dates(as_at)
    return Closure(
        project=project,
        as_at=as_at,
        council=council,
        report=report,
        books=books_of(project, as_at, years=council.table_years),
        milestones=[(row, row.slippage(as_at)) for row in rows],
        benefits=list(Benefit.objects.visible_to(OPEN_READER).of(project).with_totals()),
        lessons=list(
            Lesson.objects.visible_to(OPEN_READER)
            .filter(project=project, logged_on__lte=as_at)
            .for_lists()
        ),
    )


def closure_paper(closure: Closure, made_by: str) -> Document:
    """The report as a Document: page, PDF and Word draw it."""
    project, report = closure.project, closure.report
    blocks: list[Block] = [
        Heading(f"Closure report: {project.title}", 1),
        Facts(
            tuple(
                (words, plain(value))
                for words, value in (
                    ("Project", str(project)),
                    ("As at", day_words(closure.as_at)),
                    ("State", state_of(report)),
                    ("Stage", project.get_stage_display()),
                    ("Sponsor", project.sponsor),
                    ("Senior responsible owner", project.senior_responsible_owner),
                )
                if value
            )
        ),
        *_written("What was delivered", report, "delivered"),
        *_written("Outturn against the first approval", report, "outturn"),
        Paragraph(plain(closure.outturn_words)),
        GridBlock(closure.outturn_grid),
        *_written("Milestones against their baselines", report, "timing"),
        Paragraph(plain(closure.milestones_words)),
    ]
    if closure.milestones:
        blocks.append(
            GridBlock(
                tables.milestones(project, closure.milestones, with_first_baseline=True),
            )
        )
    blocks += _written("Benefits reached and still to come", report, "benefits")
    if closure.benefits:
        blocks.append(
            GridBlock(
                tables.benefits(project, closure.benefits, closure.as_at, closure.council.negative)
            )
        )
    else:
        blocks.append(Paragraph(plain("No benefit is on record.")))
    blocks += _written("Lessons for later projects", report, "lessons")
    if closure.lessons:
        blocks.append(GridBlock(tables.lessons(closure.lessons)))
    else:
        blocks.append(Paragraph(plain("This project has logged no lesson.")))
    blocks += _written("What is handed over, and to whom", report, "handover")
    if report and report.accepted_on:
        blocks += _written(f"The board, {day_words(report.accepted_on)}", report, "board_note")
    return Document(
        title=f"Closure report: {project.title}",
        blocks=blocks,
        author=made_by,
        date=closure.as_at,
        council=str(closure.council),
        reference=project.reference,
        about=(("As at", day_words(closure.as_at)), ("Made by", made_by)),
    )


def state_of(report: ClosureReport | None) -> str:
    """Where the report stands, in words."""
    if report is None:
        return "Not begun"
    if report.accepted_on:
        return f"Accepted by the board on {day_words(report.accepted_on)}"
    if report.submitted_on:
        return f"Submitted to the board on {day_words(report.submitted_on)}"
    return "Draft"


def _written(heading: str, report: ClosureReport | None, name: str) -> list[Block]:
    """A section with the words that were written for it, a paragraph a line."""
    text: str = getattr(report, name) if report else ""
    return [Heading(heading), *typed(text or "Nothing is written here yet.")]
