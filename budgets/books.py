"""All that the ledger says of one project on one day, each sum read once: for pages that show several of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets import outturn as outturns
from budgets import position as positions
from budgets.funding import FundingTable
from budgets.ledger import (
    approvals_of,
    dated_lines,
    funding_rows_of,
    funding_table_of,
    held_of,
    year_totals,
)
from budgets.models import ChangeKind, CostPlan, Line, SpendEntry
from budgets.position import Dated, Moment, YearTotal
from projects.models import Project, Stage

NIL = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Books:
    """A project on a day, in pounds. ``coming`` is this year and those that the plan or a budget reaches."""

    position: positions.Position
    original: positions.Amounts
    outturn: outturns.Outturn
    funding: FundingTable
    moments: Sequence[Moment]
    coming: Sequence[outturns.ComingYear]


def books_of(project: Project, as_at: dt.date, *, years: int) -> Books:
    """The books of a project, equal to what ledger.py and totals.py answer one by one. At most eight queries."""
    lines = Line.objects.filter(project=project)
    approved_lines = list(approvals_of(project, as_at))
    approved = _sums((row.year, row.nature, row.amount) for row in approved_lines)
    postings = (
        SpendEntry.objects.filter(project=project)
        .to_date(as_at)
        .totals("posted_on", "year", "nature")
    )
    spent = _sums((row["year"], row["nature"], row["total"]) for row in postings)
    rows = funding_rows_of(project, as_at)
    planned = _sums((row.year, row.nature, row.amount) for row in rows if row.part == "required")
    has_plan = bool(planned) or (CostPlan.objects.filter(project=project).current(as_at).exists())
    original = positions.Amounts.of(
        YearTotal(row.year, row.nature, row.amount)
        for row in approved_lines
        if row.kind == ChangeKind.ORIGINAL
    )
    is_closed = project.stage == Stage.CLOSED
    found = positions.build(
        as_at,
        approved=approved,
        interim=year_totals(lines.interim(as_at)),
        recommended=year_totals(lines.recommended(as_at)),
        sought=year_totals(lines.sought(as_at)),
        spent=spent,
    )
    return Books(
        position=found,
        original=original,
        outturn=outturns.build(
            as_at,
            approved=approved,
            spent=spent,
            required=planned if has_plan else None,
            original=original.total,
            interim=found.interim.total,
            sought=found.sought.total,
            is_closed=is_closed,
        ),
        funding=funding_table_of(project, as_at, years=years, rows=rows),
        moments=positions.line_of_authority(
            dated_lines(approved_lines),
            dated_lines(held_of(project, as_at)),
            [Dated(row["posted_on"], row["year"], row["total"]) for row in postings],
            as_at,
        ),
        coming=outturns.coming_years(as_at, approved=approved, spent=spent, required=planned)
        if has_plan and not is_closed
        else (),
    )


def _sums(amounts: Iterable[tuple[object, str, Decimal]]) -> list[YearTotal]:
    """Amounts of a year and nature as sums by year and nature."""
    found: dict[tuple[object, str], Decimal] = {}
    for year, nature, amount in amounts:
        found[year, nature] = found.get((year, nature), NIL) + amount
    return [YearTotal(year, nature, total) for (year, nature), total in found.items()]  # type: ignore[arg-type]
