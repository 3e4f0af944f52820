"""The ledger's answers: runs the queries of querysets.py and hands their sums to the pure builders.

Every page, file and command that shows a position or a funding table asks here. Amounts are
pounds. ``known_at`` answers as it was known at a moment, leaving out what was entered later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, OuterRef, Subquery

from budgets import funding, position
from budgets.models import (
    BudgetChange,
    CostPlan,
    CostPlanLine,
    Decision,
    HeadlineBasis,
    HeadlineNature,
    Line,
    SpendEntry,
)
from budgets.querysets import APPROVING, UNDOING
from council_hms.financial_year import FinancialYear
from council_hms.money import in_words
from projects.models import Project

NIL = Decimal("0.00")


def _year_totals(rows: Any) -> list[position.YearTotal]:
    return [
        position.YearTotal(row["year"], row["nature"], row["total"])
        for row in rows.totals("year", "nature")
    ]


def position_of(
    project: Project, as_at: dt.date, known_at: dt.datetime | None = None
) -> position.Position:
    """The project's budget position on a day. Five queries, whatever the number of lines."""
    lines = Line.objects.filter(project=project)
    return position.build(
        as_at,
        approved=_year_totals(lines.approved(as_at, known_at)),
        interim=_year_totals(lines.interim(as_at, known_at)),
        recommended=_year_totals(lines.recommended(as_at, known_at)),
        sought=_year_totals(lines.sought(as_at, known_at)),
        spent=_year_totals(SpendEntry.objects.filter(project=project).to_date(as_at, known_at)),
    )


def funding_table_of(
    project: Project,
    as_at: dt.date,
    *,
    years: int = 4,
    first_year: FinancialYear | None = None,
    known_at: dt.datetime | None = None,
) -> funding.FundingTable:
    """The project's funding table on a day. Two queries.

    Without ``first_year`` the years are those of the cost plan in force. Sources keep the order that
    the council gave them; a work package its own, with what the plan does not split first.
    """
    required = (
        CostPlanLine.objects.filter(plan__project=project)
        .current(as_at, known_at)
        .order_by(F("work_package__position").asc(nulls_first=True), "work_package_id")
        .values_list("work_package_id", "work_package__name", "nature", "year", "amount")
    )
    run = (
        first_year.run(years)
        if first_year
        else funding.run_of_years(as_at, years, [year for *_, year, _ in required])
    )
    available = (
        Line.objects.filter(project=project, year__gte=run[0], year__lte=run[-1])
        .approved(as_at, known_at)
        .order_by("source__position", "source__name")
        .values_list("source_id", "source__name", "nature", "year", "amount")
    )
    return funding.build(
        project_reference=project.reference,
        project_title=project.title,
        as_at=as_at,
        years=run,
        required=[
            funding.Amount(
                f"work-package-{key or 0}",
                name or "Not split by work package",
                nature,
                year,
                amount,
            )
            for key, name, nature, year, amount in required
        ],
        available=[
            funding.Amount(f"source-{key}", name, nature, year, amount)
            for key, name, nature, year, amount in available
        ],
    )


# -- headlines against lines ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HeadlineComparison:
    """A minuted headline beside what its lines say, in pounds."""

    change: BudgetChange
    nature: str
    words: str
    basis: str
    stated: Decimal
    lines: Decimal
    nearest: Decimal

    @property
    def difference(self) -> Decimal:
        """Lines less headline."""
        return self.lines - self.stated

    @property
    def agrees(self) -> bool:
        """Whether the difference is no more than half of the headline's last printed place."""
        return abs(self.difference) * 2 <= self.nearest

    @property
    def sentence(self) -> str:
        """The disagreement in words."""
        of = "" if self.nature == HeadlineNature.TOTAL else f" of {self.nature}"
        towards = "in all" if self.basis == HeadlineBasis.TO else "as lines"
        return (
            f"{self.change.title}: {self.words}{of} is minuted, and {in_words(self.lines)} stands {towards}; "
            f"the difference is {in_words(abs(self.difference))}."
        )


def compare_headlines(changes: Sequence[BudgetChange], as_at: dt.date) -> list[HeadlineComparison]:
    """Each minuted headline of the changes beside its lines. Two queries, whatever the number of changes.

    Lines are those of the approving body where it resolved its own, else those asked for. A
    headline "to £1.7m" is compared with all that was approved on the project up to the change.
    The other end of a virement is not what its headline speaks of.
    """
    by_id = {change.pk: change for change in changes}
    asked: dict[tuple[int, str], Decimal] = {}
    approved: dict[tuple[int, int, str], Decimal] = {}  # project, change, nature
    own = Line.objects.filter(change__in=by_id, project=F("change__project"))
    for row in own.as_asked().totals("change_id", "nature"):
        for nature in (row["nature"], HeadlineNature.TOTAL):
            key = (row["change_id"], str(nature))
            asked[key] = asked.get(key, NIL) + row["total"]
    projects = {change.project_id for change in changes}
    for row in (
        Line.objects.filter(project__in=projects)
        .approved(as_at)
        .totals("project_id", "change_id", "nature")
    ):
        for nature in (row["nature"], HeadlineNature.TOTAL):
            place = (row["project_id"], row["change_id"], str(nature))
            approved[place] = approved.get(place, NIL) + row["total"]
    found = []
    for change in changes:
        for headline in change.headlines.all():
            nature = headline.nature
            lines = approved.get(
                (change.project_id, change.pk, nature), asked.get((change.pk, nature), NIL)
            )
            if headline.basis == HeadlineBasis.TO:
                lines += sum(
                    (
                        amount
                        for (project, other, of), amount in approved.items()
                        if project == change.project_id and other < change.pk and of == nature
                    ),
                    NIL,
                )
            found.append(
                HeadlineComparison(
                    change,
                    nature,
                    headline.words,
                    headline.basis,
                    headline.amount,
                    lines,
                    headline.nearest,
                )
            )
    return found


# -- over time --------------------------------------------------------------------------------


def line_of_authority_of(project: Project, until: dt.date) -> list[position.Moment]:
    """The project's line of authority up to a day: approved, interim, spent on every day of change. Four queries."""
    lines = Line.objects.filter(project=project)

    def dated(rows: Any) -> list[position.Dated]:
        return [
            position.Dated(row.deciding_on, row.year, row.amount, getattr(row, "settled_on", None))
            for row in rows
        ]

    deciding_on = Subquery(
        Decision.objects.filter(pk=OuterRef("deciding_id")).values("decided_on")[:1]
    )
    approved = dated(lines.approved(until).annotate(deciding_on=deciding_on))
    # An interim approval that was ratified or refused since still held for a while: it ends on that day.
    settled = (
        Decision.objects.taken(until)
        .filter(change=OuterRef("change_id"))
        .filter(outcome__in=[*APPROVING, *UNDOING])
        .exclude(outcome__in=APPROVING, has_authority=False)
        .order_by("position")
    )
    held = (
        Decision.objects.taken(until)
        .filter(change=OuterRef("change_id"), outcome__in=APPROVING, has_authority=False)
        .order_by("position")
    )
    interim = dated(
        lines.as_asked()
        .annotate(
            deciding_on=Subquery(held.values("decided_on")[:1]),
            settled_on=Subquery(settled.values("decided_on")[:1]),
        )
        .filter(deciding_on__isnull=False)
    )
    spent = [
        position.Dated(row["posted_on"], row["year"], row["total"])
        for row in SpendEntry.objects.filter(project=project)
        .to_date(until)
        .totals("posted_on", "year")
    ]
    return position.line_of_authority(approved, interim, spent, until)


def latest_date_known(project: Project) -> dt.date | None:
    """The last day on which anything was decided, planned or spent; None for an empty project."""
    days = [
        Decision.objects.filter(change__project=project).aggregate(day=Max("decided_on"))["day"],
        SpendEntry.objects.filter(project=project).aggregate(day=Max("posted_on"))["day"],
        CostPlan.objects.filter(project=project).aggregate(day=Max("dated"))["day"],
    ]
    return max((day for day in days if day), default=None)
