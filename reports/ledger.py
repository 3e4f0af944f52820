"""The ledger as figures of a report are made of it: one project on one day, in nine queries and one for discounts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from budgets.models import CostPlanLine, Line, MinutedHeadline, SpendEntry
from council_hms.exemption import Audience
from council_hms.financial_year import FinancialYear
from projects.models import BenefitYear, Discount, Project
from reports.figures import ReportFigures, Stated, Total

_BY = ("nature", "year", "source__name")


def _totals(rows: Iterable[Mapping[str, Any]]) -> list[Total]:
    return [
        Total(row["nature"], row["year"], row.get("source__name", ""), row["total"]) for row in rows
    ]


def discounts_of(project: Project, audience: Audience) -> list[Decimal]:
    """The discounts of a project that an audience may read of, in pounds: no public figure holds an exempt one."""
    rows = Discount.objects.filter(project=project).for_audience(audience)
    return [amount for amount in rows.values_list("amount", flat=True) if amount is not None]


def ledger_of(project: Project, as_at: dt.date, table_years: int) -> ReportFigures:
    """What the ledger says of a project on a day to every audience; discounts are not in it yet.

    ``table_years``: how many years its funding table has.
    """
    lines = Line.objects.filter(project=project)
    own = lines.filter(change__project=project)
    changes: dict[str, list[Total]] = {}
    # as resolved where a body with the authority has approved, else as asked for
    for rows in (own.as_asked(), own.approved(as_at)):
        by_change: dict[str, list[Total]] = defaultdict(list)
        for row in rows.totals("change__reference", *_BY):
            by_change[row["change__reference"]] += _totals([row])
        changes |= by_change
    headlines: dict[str, list[Stated]] = defaultdict(list)
    for reference, nature, amount in MinutedHeadline.objects.filter(
        change__project=project
    ).values_list("change__reference", "nature", "amount"):
        headlines[reference].append(Stated(nature, amount))
    savings = BenefitYear.objects.filter(
        benefit__project=project, benefit__kind="saving"
    ).values_list("year", "planned")
    this_year = FinancialYear.of(as_at)
    return ReportFigures(
        project=project.reference,
        as_at=as_at,
        table_years=table_years,
        approved=_totals(lines.approved(as_at).totals(*_BY)),
        interim=_totals(lines.interim(as_at).totals(*_BY)),
        recommended=_totals(lines.recommended(as_at).totals(*_BY)),
        sought=_totals(lines.sought(as_at).totals(*_BY)),
        spent=_totals(
            SpendEntry.objects.filter(project=project).to_date(as_at).totals("nature", "year")
        ),
        required=_totals(
            CostPlanLine.objects.filter(plan__project=project)
            .current(as_at)
            .totals("nature", "year")
        ),
        savings=[
            Total("revenue", year or this_year, "", planned)
            for year, planned in savings
            if planned is not None
        ],
        changes=changes,
        headlines=dict(headlines),
    )
