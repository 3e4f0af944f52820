"""The ledger's answers: runs the queries of querysets.py and hands their sums to the pure builders.

Every page, file and command that shows a position or a funding table asks here. Amounts are
pounds. ``known_at`` answers as it was known at a moment, leaving out what was entered later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast

from budgets import funding, position
from budgets.models import (
    BudgetChange,
    CostPlan,
    CostPlanLine,
    Decision,
    HeadlineBasis,
    HeadlineNature,
    Line,
    MinutedHeadline,
    SpendEntry,
)
from budgets.querysets import APPROVING, UNDOING
from council_hms.financial_year import FinancialYear
from council_hms.money import in_words
from projects.models import Project

NIL = Decimal("0.00")


def year_totals(rows: Any) -> list[position.YearTotal]:
    """Lines or spend as sums by year and nature. One query."""
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
        approved=year_totals(lines.approved(as_at, known_at)),
        interim=year_totals(lines.interim(as_at, known_at)),
        recommended=year_totals(lines.recommended(as_at, known_at)),
        sought=year_totals(lines.sought(as_at, known_at)),
        spent=year_totals(SpendEntry.objects.filter(project=project).to_date(as_at, known_at)),
    )


class FundingRow(NamedTuple):
    """One line that a funding table is made of: of the cost plan, or of an approved change (``change_id``)."""

    part: str  # "required" or "available"
    key: int | None
    label: str | None
    place: int | None
    nature: str
    year: FinancialYear
    amount: Decimal
    change_id: int | None


def funding_rows_of(
    project: Project, as_at: dt.date, known_at: dt.datetime | None = None
) -> list[FundingRow]:
    """The plan in force and all that is approved on a day, whatever the years. One query for both.

    In the order of the table: what the plan does not split, work packages in their own order, sources in
    the order that the council gave them.
    """
    sql, parameters = _funding_sql(known_at is not None)
    given: dict[Any, Any] = {_SOME_PROJECT: project.pk, _SOME_DAY: as_at, _SOME_MOMENT: known_at}
    with connection.cursor() as cursor:
        cursor.execute(sql, [given.get(each, each) for each in parameters])
        rows = [
            FundingRow(part, key, label, place, nature, FinancialYear(year), amount, change_id)
            for part, key, label, place, nature, year, amount, change_id in cursor.fetchall()
        ]
    return sorted(rows, key=_order_of_rows)


#: Stand for what is asked about while the query is put together. None is a real value.
_SOME_PROJECT, _SOME_DAY = -1, dt.date(1, 1, 1)
_SOME_MOMENT = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


@cache
def _funding_sql(is_known_at: bool) -> tuple[str, tuple[Any, ...]]:
    """The query as SQL and parameters, put together once a process.

    Django takes three times as long to put it together as PostgreSQL takes to answer it.
    """
    query = funding_query(
        Project(pk=_SOME_PROJECT), _SOME_DAY, _SOME_MOMENT if is_known_at else None
    )
    sql, parameters = query.query.sql_with_params()
    return sql, tuple(parameters)


def funding_query(project: Project, as_at: dt.date, known_at: dt.datetime | None) -> Any:
    """Lines of the plan in force and of approved changes, in one query, as the columns of FundingRow."""
    columns = ("part", "key", "label", "place", "nature", "year", "amount", "of_change")
    required = (
        CostPlanLine.objects.filter(plan__project=project.pk)
        .current(as_at, known_at)
        .annotate(
            part=Value("required"),
            key=F("work_package_id"),
            label=F("work_package__name"),
            place=F("work_package__position"),
            of_change=Cast(Value(None), BigIntegerField()),
        )
    )
    available = (
        Line.objects.filter(project=project.pk)
        .approved(as_at, known_at)
        .annotate(
            part=Value("available"),
            key=F("source_id"),
            label=F("source__name"),
            place=F("source__position"),
            of_change=F("change_id"),
        )
    )
    return (
        required.order_by()
        .values_list(*columns)
        .union(available.order_by().values_list(*columns), all=True)
        .order_by()
    )


def _order_of_rows(row: FundingRow) -> tuple[Any, ...]:
    if row.part == "required":
        return (0, -1 if row.place is None else row.place, "", row.key or 0, row.year)
    return (1, row.place, row.label, row.key, row.year)


def funding_table_of(
    project: Project,
    as_at: dt.date,
    *,
    years: int = 4,
    first_year: FinancialYear | None = None,
    known_at: dt.datetime | None = None,
    rows: Sequence[FundingRow] | None = None,
) -> funding.FundingTable:
    """The project's funding table on a day. One query, none when ``rows`` are at hand.

    Without ``first_year`` the years are those of the cost plan in force.
    """
    rows = funding_rows_of(project, as_at, known_at) if rows is None else rows
    required = [row for row in rows if row.part == "required"]
    run = (
        first_year.run(years)
        if first_year
        else funding.run_of_years(as_at, years, [row.year for row in required])
    )
    return funding.build(
        project_reference=project.reference,
        project_title=project.title,
        as_at=as_at,
        years=run,
        required=[
            funding.Amount(
                f"work-package-{row.key or 0}",
                row.label or "Not split by work package",
                row.nature,
                row.year,
                row.amount,
            )
            for row in required
        ],
        available=[
            funding.Amount(f"source-{row.key}", row.label or "", row.nature, row.year, row.amount)
            for row in rows
            if row.part == "available"
        ],
    )


def headlines_of_table(
    project: Project, table: funding.FundingTable, rows: Sequence[FundingRow]
) -> list[HeadlineComparison]:
    """Minuted headlines of approved changes with lines in the years shown, beside those lines. One query."""
    approved: Approved = {}
    shown = set()
    for row in rows:
        if row.change_id is None:
            continue
        if row.year in table.years:
            shown.add(row.change_id)
        _add(approved, project.pk, row.change_id, row.nature, row.amount)
    with connection.cursor() as cursor:
        cursor.execute(_headlines_sql(), [project.pk])
        headlines = cursor.fetchall()
    compared = []
    for change_id, reference, title, nature, basis, words, amount, nearest in headlines:
        if change_id in shown:
            change = BudgetChange(
                pk=change_id, reference=reference, title=title, project_id=project.pk
            )
            headline = MinutedHeadline(
                change=change,
                nature=nature,
                basis=basis,
                words=words,
                amount=amount,
                nearest=nearest,
            )
            compared.append(_compared(headline, change, approved, {}))
    return compared


@cache
def _headlines_sql() -> str:
    """The headlines of a project's changes as SQL, put together once a process like _funding_sql."""
    query = (
        MinutedHeadline.objects.filter(change__project=_SOME_PROJECT)
        .order_by("change_id", "pk")
        .values_list(
            "change_id",
            "change__reference",
            "change__title",
            "nature",
            "basis",
            "words",
            "amount",
            "nearest",
        )
    )
    sql: str
    sql, parameters = query.query.sql_with_params()
    assert parameters == (_SOME_PROJECT,)  # noqa: S101 - the one place to fill
    return sql


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
    approved: Approved = {}
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
        _add(approved, row["project_id"], row["change_id"], row["nature"], row["total"])
    return [
        _compared(headline, change, approved, asked)
        for change in changes
        for headline in change.headlines.all()
    ]


#: Pounds approved by project, change and nature; "total" is both natures.
Approved = dict[tuple[int, int, str], Decimal]


def _add(approved: Approved, project: int, change: int, nature: str, amount: Decimal) -> None:
    for of in (nature, HeadlineNature.TOTAL):
        place = (project, change, str(of))
        approved[place] = approved.get(place, NIL) + amount


def _compared(
    headline: MinutedHeadline,
    change: BudgetChange,
    approved: Approved,
    asked: Mapping[tuple[int, str], Decimal],
) -> HeadlineComparison:
    """A headline beside its lines: those approved, else those ``asked`` for (by change and nature)."""
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
    return HeadlineComparison(
        change,
        nature,
        headline.words,
        headline.basis,
        headline.amount,
        lines,
        headline.nearest,
    )


# -- over time --------------------------------------------------------------------------------


def approvals_of(project: Project, until: dt.date) -> Any:
    """Lines approved by a day, with ``deciding_on``, the day of the approval, and the change's ``kind``. One query."""
    deciding_on = Subquery(
        Decision.objects.filter(pk=OuterRef("deciding_id")).values("decided_on")[:1]
    )
    return (
        Line.objects.filter(project=project)
        .approved(until)
        .annotate(deciding_on=deciding_on, kind=F("change__kind"))
    )


def held_of(project: Project, until: dt.date) -> Any:
    """Lines that a body without the authority approved, with ``deciding_on`` and ``settled_on``. One query.

    An interim approval that was ratified or refused since still held for a while: it ends on that day.
    """
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
    return (
        Line.objects.filter(project=project)
        .as_asked()
        .annotate(
            deciding_on=Subquery(held.values("decided_on")[:1]),
            settled_on=Subquery(settled.values("decided_on")[:1]),
        )
        .filter(deciding_on__isnull=False)
    )


def dated_lines(lines: Any) -> list[position.Dated]:
    """Lines of ``approvals_of`` or ``held_of`` as amounts that count from a day on."""
    return [
        position.Dated(row.deciding_on, row.year, row.amount, getattr(row, "settled_on", None))
        for row in lines
    ]


def line_of_authority_of(project: Project, until: dt.date) -> list[position.Moment]:
    """The project's line of authority up to a day: approved, interim, spent on every day of change. Three queries."""
    spent = [
        position.Dated(row["posted_on"], row["year"], row["total"])
        for row in SpendEntry.objects.filter(project=project)
        .to_date(until)
        .totals("posted_on", "year")
    ]
    return position.line_of_authority(
        dated_lines(approvals_of(project, until)),
        dated_lines(held_of(project, until)),
        spent,
        until,
    )


def latest_date_known(project: Project) -> dt.date | None:
    """The last day on which anything was decided, planned or spent; None for an empty project. One query."""
    days = Project.objects.filter(pk=project.pk).values_list(
        Subquery(_latest(Decision.objects.filter(change__project=OuterRef("pk")), "decided_on")),
        Subquery(_latest(SpendEntry.objects.filter(project=OuterRef("pk")), "posted_on")),
        Subquery(_latest(CostPlan.objects.filter(project=OuterRef("pk")), "dated")),
    )
    return max((day for row in days for day in row if day), default=None)


def _latest(rows: Any, day: str) -> Any:
    return rows.exclude(**{day: None}).order_by(f"-{day}").values(day)[:1]
