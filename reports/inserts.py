"""The tables that an author can insert: each a Grid of the room that keeps it, read for an audience and a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from budgets.ledger import funding_table_of, position_of
from budgets.models import BudgetChange
from budgets.standing import standings_of
from council_hms.exemption import Audience
from council_hms.grid import Cell, Column, Format, Grid, Row, RowKind
from council_hms.models import CouncilSettings
from lessons import summary
from projects.models import Discount, Project, SettlementTerm, WorkPackage
from reports.figures import Insert
from risks.models import Register, RegisterScale, Risk
from risks.paper import register_grid
from risks.standing import RegisterStanding, standings, worst_first


@dataclass(frozen=True, slots=True)
class Asked:
    """What a table is made for."""

    project: Project
    as_at: dt.date
    insert: Insert
    audience: Audience
    council: CouncilSettings


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be inserted: its name in braces, what the picker calls it, and how it is made.

    It may give several Grids; none says that there is nothing to show.
    """

    name: str
    label: str
    build: Callable[[Asked], Sequence[Grid]]


def day_words(day: dt.date) -> str:
    """``14 June 2023``."""
    return f"{day.day} {day:%B %Y}"


def _funding(asked: Asked, *, detailed: bool = False) -> list[Grid]:
    first, last = asked.insert.first, asked.insert.last
    years = last.start - first.start + 1 if first and last else asked.council.table_years
    table = funding_table_of(asked.project, asked.as_at, years=min(years, 10), first_year=first)
    if table.is_empty:
        return []
    return [
        table.as_grid(
            unit=asked.council.unit, negative=asked.council.negative, work_packages=detailed
        )
    ]


def _approvals(asked: Asked) -> list[Grid]:
    """Every change of the project that has been submitted, in the order in which it was decided."""
    changes = BudgetChange.objects.filter(project=asked.project, submitted_on__lte=asked.as_at)
    history = standings_of(
        list(changes.with_standing(asked.as_at).with_what_happened()), asked.as_at, asked.project
    )
    if not history:
        return []
    rows = [
        Row(
            standing.change.reference,
            standing.change.title,
            {
                "standing": Cell(standing.words),
                "capital": Cell(standing.capital or None),
                "revenue": Cell(standing.revenue or None),
                "total": Cell(standing.total),
                "running": Cell(standing.running),
            },
        )
        for standing in history
    ]
    return [
        Grid(
            caption=f"{asked.project.title}: approval history ({asked.council.unit.heading})",
            columns=[
                Column("standing", "Standing"),
                Column("capital", "Capital", Format.MONEY),
                Column("revenue", "Revenue", Format.MONEY),
                Column("total", "Change", Format.MONEY),
                Column("running", "Approved budget after it", Format.MONEY),
            ],
            rows=rows,
            row_heading="Budget change",
            unit=asked.council.unit,
            negative=asked.council.negative,
            name="Approval history",
        )
    ]


def _products(asked: Asked) -> list[Grid]:
    products = WorkPackage.objects.filter(project=asked.project, is_product=True)
    rows = [
        Row(
            f"product-{product.pk}",
            f"{product.name} – {product.description}" if product.description else product.name,
            {"year": Cell(product.planned_year.label if product.planned_year else None)},
        )
        for product in products
    ]
    if not rows:
        return []
    return [
        Grid(
            caption=f"{asked.project.title}: planned products",
            columns=[Column("year", "Implementation", Format.YEAR)],
            rows=rows,
            row_heading="Product",
            name="Products",
        )
    ]


def _position(asked: Asked) -> list[Grid]:
    found = position_of(asked.project, asked.as_at)
    rows = [
        ("approved", "Approved for years that have begun", found.approved_to_date.total),
        ("spent", "Spent", found.spent.total),
        ("ahead", "Spend ahead of formal approval", found.ahead),
        ("sought", "Sought and not approved", found.sought.total),
        ("recommended", "of which recommended", found.recommended.total),
        ("interim", "of which held on interim approval", found.interim.total),
    ]
    return [
        Grid(
            caption=(
                f"{asked.project.title}: budget position as at {day_words(asked.as_at)} "
                f"({asked.council.unit.heading})"
            ),
            columns=[Column("amount", "Amount", Format.MONEY)],
            rows=[
                Row(
                    key,
                    label,
                    {"amount": Cell(amount)},
                    RowKind.DETAIL if label.startswith("of which") else RowKind.BODY,
                )
                for key, label, amount in rows
            ],
            row_heading="Position",
            unit=asked.council.unit,
            negative=asked.council.negative,
            name="Position",
        )
    ]


def _lessons(asked: Asked) -> list[Grid]:
    lessons = summary.for_paper(asked.project, asked.as_at)
    if not lessons:
        return []
    details = summary.Details(lessons, asked.audience)
    grid = summary.summary_grid(asked.project, lessons, details, asked.as_at)
    said = {key for row in grid.rows for key, cell in row.cells.items() if cell.value is not None}
    return [replace(grid, columns=[column for column in grid.columns if column.key in said])]


def _answers(asked: Asked) -> list[Grid]:
    grid = summary.answers_of(asked.project, asked.as_at)
    return [grid] if grid.rows else []


#: What a paper has room for; the whole register is a file of its own room.
_RISK_COLUMNS = ("title", "owner", "gross", "current", "target", "controls")


def _risks(asked: Asked) -> list[Grid]:
    """The risk register of the project as the audience may read it."""
    there: Any = Risk.objects.of(asked.project).open(asked.as_at)
    scale = RegisterScale.objects.in_force(asked.project, asked.as_at)
    if scale is None:  # no register has been opened
        return []
    risks = worst_first(
        standings(list(there.for_audience(asked.audience).for_lists()), asked.as_at)
    )
    withheld = 0
    if asked.audience is Audience.PUBLIC:
        withheld = there.filter(exempt=True).count()
    register = Register.objects.of(asked.project)
    found = RegisterStanding(register, scale, risks, asked.as_at, withheld)
    if not risks and not withheld:
        return []
    grid = register_grid(found, asked.project)
    columns = [column for column in grid.columns if column.key in _RISK_COLUMNS]
    notes = list(grid.notes)
    if any(each.risk.is_illustrative for each in risks):
        notes.append("Illustrative: made up to show the product.")
    return [replace(grid, columns=columns, notes=notes)]


def _settlement(asked: Asked) -> list[Grid]:
    """Settlement terms and discounts that this audience may read; how many are withheld is said beneath."""
    terms = SettlementTerm.objects.filter(project=asked.project)
    discounts = Discount.objects.filter(project=asked.project)
    shown = [
        (f"term-{row.pk}", row.title, "Settlement term", row.terms, row.amount)
        for row in terms.for_audience(asked.audience)
    ] + [
        (f"discount-{row.pk}", row.title, "Discount", _window(row), row.amount)
        for row in discounts.for_audience(asked.audience)
    ]
    withheld = 0
    if asked.audience is Audience.PUBLIC:
        withheld = terms.filter(exempt=True).count() + discounts.filter(exempt=True).count()
    if not shown and not withheld:
        return []
    notes = (
        [
            f"{withheld} {'row is' if withheld == 1 else 'rows are'} exempt from publication and left out."
        ]
        if withheld
        else []
    )
    return [
        Grid(
            caption=f"{asked.project.title}: settlement terms and discounts ({asked.council.unit.heading})",
            columns=[
                Column("kind", "Kind"),
                Column("words", "What it says"),
                Column("amount", "Amount", Format.MONEY),
            ],
            rows=[
                Row(
                    key,
                    title,
                    {"kind": Cell(kind), "words": Cell(words or None), "amount": Cell(amount)},
                )
                for key, title, kind, words, amount in shown
            ],
            row_heading="Term",
            unit=asked.council.unit,
            negative=asked.council.negative,
            notes=notes,
            name="Settlement",
        )
    ]


def _window(row: Discount) -> str:
    if row.claim_until is None:
        return ""
    since = f"from {day_words(row.claim_from)} " if row.claim_from else ""
    return f"Can be claimed {since}until {day_words(row.claim_until)}"


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("funding", "Funding table", _funding),
        Table(
            "funding-detail",
            "Funding table with work packages",
            lambda asked: _funding(asked, detailed=True),
        ),
        Table("approvals", "Approval history", _approvals),
        Table("position", "Budget position", _position),
        Table("products", "List of planned products", _products),
        Table("lessons", "Lessons learned", _lessons),
        Table("risks", "Risk register", _risks),
        Table("answers", "Answers to lessons of earlier projects", _answers),
        Table(
            "settlement",
            "Settlement terms and discounts (exempt ones for their audience)",
            _settlement,
        ),
    )
}

#: What a discount or settlement term may not let anybody work out (review.py).
ExemptAmount = tuple[str, Decimal]


def exempt_amounts(projects: Sequence[Project]) -> list[ExemptAmount]:
    """Each exempt amount of some projects and what it is, for people with the right to it alone. Two queries."""
    found: list[ExemptAmount] = []
    for model, words in ((SettlementTerm, "settlement term"), (Discount, "discount")):
        rows = model.objects.filter(project__in=projects, exempt=True, amount__isnull=False)
        found += [(f"the {words} “{row.title}”", row.amount) for row in rows if row.amount]
    return found
