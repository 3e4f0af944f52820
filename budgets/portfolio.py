"""Totals of a portfolio as at a day: in all, by what projects share, and project by project, in any order.

Today's come from the stored row of each project, any other day's from the same SQL worked out
anew (budgets_derived_totals, migration 0005): about a second for a thousand projects of a hundred
lines. Rows, sums and groups are one query each, whatever the number of projects.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from budgets.totals import keep_current
from projects.models import Confidence, Fund, HighlightReport, Stage

NIL = Decimal("0.00")

#: What a portfolio can be grouped by: key → words, SQL.
GROUPS: dict[str, tuple[str, str]] = {
    "directorate": ("Directorate", "project.directorate"),
    "cabinet_member": ("Cabinet member", "project.cabinet_member"),
    "fund": ("Fund", "project.fund"),
    "stage": ("Stage", "project.stage"),
    "confidence": ("Delivery confidence", "COALESCE(report.delivery_confidence, '')"),
}
#: What projects can be ordered by: key → SQL. The first is how they lie when nobody chooses.
ORDERS: dict[str, str] = {
    "variance": "totals.variance DESC NULLS LAST",
    "ahead": "totals.ahead DESC",
    "reference": "project.reference",
    "approved": "totals.approved DESC",
    "spent": "totals.spent DESC",
    "forecast": "totals.forecast DESC NULLS LAST",
    "ask": "totals.ask DESC NULLS LAST",
}

_WORDS: dict[str, dict[str, str]] = {
    "fund": {str(value): str(label) for value, label in Fund.choices},
    "stage": {str(value): str(label) for value, label in Stage.choices},
    "confidence": {str(value): str(label) for value, label in Confidence.choices},
}


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums in pounds over some projects. ``unknown`` of them have no forecast and are in neither it nor variance."""

    projects: int
    approved: Decimal
    spent: Decimal
    forecast: Decimal
    variance: Decimal
    ask: Decimal
    ahead: Decimal
    interim: Decimal
    unknown: int
    over: int


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project of the portfolio: who it is, its totals in pounds (None: not known), its last rating."""

    pk: int
    reference: str
    title: str
    is_illustrative: bool
    stage: str
    original: Decimal
    approved: Decimal
    spent: Decimal
    forecast: Decimal | None
    variance: Decimal | None
    ask: Decimal | None
    ask_years: int
    ahead: Decimal
    confidence: str

    @property
    def stage_words(self) -> str:
        return _WORDS["stage"].get(self.stage, self.stage)

    @property
    def confidence_words(self) -> str:
        return _WORDS["confidence"].get(self.confidence, "")


_DERIVED = """(
    SELECT derived.*, approved_capital + approved_revenue AS approved, spent_capital + spent_revenue AS spent,
           forecast - approved_capital - approved_revenue AS variance, ask_capital + ask_revenue AS ask
      FROM budgets_derived_totals(ARRAY(SELECT id FROM chosen), %s) AS derived
) AS totals"""

_LATEST = """LEFT JOIN LATERAL (
    SELECT delivery_confidence FROM projects_highlightreport
     WHERE project_id = project.id AND submitted_on <= %s
     ORDER BY period_to DESC, id DESC LIMIT 1
) AS report ON true"""

_SUMS = """count(*), COALESCE(sum(totals.approved), 0), COALESCE(sum(totals.spent), 0),
    COALESCE(sum(totals.forecast), 0), COALESCE(sum(totals.variance), 0), COALESCE(sum(totals.ask), 0),
    COALESCE(sum(totals.ahead), 0), COALESCE(sum(totals.interim), 0),
    count(*) FILTER (WHERE totals.forecast IS NULL), count(*) FILTER (WHERE totals.variance > 0)"""


class Totals:
    """The totals of projects (a queryset: those the reader may see, already narrowed) as at a day."""

    def __init__(self, projects: Any, as_at: dt.date, today: dt.date) -> None:
        self.as_at = as_at
        chosen = projects.order_by().values("pk")
        self._chosen, self._params = chosen.query.sql_with_params()
        self._is_stored = as_at == today
        if self._is_stored:
            keep_current(today)

    def _ask(self, columns: str, rest: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        # The parts are written in this file; what people type is in the parameters.
        with_report = "report." in columns or "report." in rest
        source = "budgets_projecttotals AS totals" if self._is_stored else _DERIVED
        statement = (
            f"WITH chosen (id) AS ({self._chosen}) SELECT {columns} FROM {source} "  # noqa: S608
            f"JOIN projects_project AS project ON project.id = totals.project_id "
            f"{_LATEST if with_report else ''} "
            f"WHERE totals.project_id IN (SELECT id FROM chosen) {rest}"
        )
        given = [
            *self._params,
            *([] if self._is_stored else [self.as_at]),
            *([self.as_at] if with_report else []),
            *params,
        ]
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
            return cursor.fetchall()

    def grand(self) -> Sums:
        """Everything in all. One query."""
        return Sums(*self._ask(_SUMS, "")[0])

    def by(self, key: str) -> list[tuple[str, str, Sums]]:
        """Value, words and sums of each group (a key of GROUPS), in the order of the words. One query."""
        column = GROUPS[key][1]
        rows = self._ask(f"{column}, {_SUMS}", "GROUP BY 1")
        words = _WORDS.get(key, {})
        unknown = "Not rated" if key == "confidence" else "Not stated"
        found = [(row[0], words.get(row[0], row[0]) or unknown, Sums(*row[1:])) for row in rows]
        order = list(words)
        return sorted(
            found,
            key=lambda group: (
                order.index(group[0]) if group[0] in order else len(order),
                group[0] == "",
                group[1].casefold(),
            ),
        )

    def members(self, key: str) -> dict[int, str]:
        """The value of each project for a group (a key of GROUPS). One query."""
        return dict(self._ask(f"project.id, {GROUPS[key][1]}", ""))  # type: ignore[arg-type]

    def rows(self, order: str = "variance", *, start: int = 0, most: int = 25) -> list[ProjectRow]:
        """Some projects in an order (a key of ORDERS). Two queries."""
        rows = self._ask(
            "project.id, project.reference, project.title, project.is_illustrative, project.stage,"
            " totals.original, totals.approved, totals.spent, totals.forecast, totals.variance, totals.ask,"
            " totals.ask_years, totals.ahead",
            f"ORDER BY {ORDERS.get(order, ORDERS['variance'])}, totals.project_id LIMIT %s OFFSET %s",
            [most, start],
        )
        latest = HighlightReport.objects.filter(project__in=[row[0] for row in rows]).latest(
            self.as_at
        )
        rated = dict(latest.values_list("project_id", "delivery_confidence"))
        return [ProjectRow(*[*row, rated.get(row[0], "")]) for row in rows]

    def spend_by_year(self) -> list[tuple[int, str, Decimal]]:
        """Start year, fund and pounds spent in it, by the day. One query over all entries of the projects."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH chosen (id) AS ({self._chosen}), spent AS ("  # noqa: S608 - see _ask
                " SELECT project_id, year, sum(amount) AS amount FROM budgets_spendentry"
                " WHERE project_id IN (SELECT id FROM chosen) AND posted_on <= %s GROUP BY 1, 2)"
                " SELECT year, fund, sum(amount) FROM spent JOIN projects_project AS project"
                " ON project.id = spent.project_id GROUP BY 1, 2 ORDER BY 1, 2",
                [*self._params, self.as_at],
            )
            return cursor.fetchall()
