"""The ledger as figures of a report are made of it: one project on one day, at most eleven queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
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


class ReadLedger(ReportFigures):
    """The ledger of a project on a day, each part of it read when it is first asked for.

    A report asks some days for one figure alone. Copies for other audiences share what has been read.
    """

    def __init__(
        self,
        project: Project,
        as_at: dt.date,
        table_years: int,
        audience: Audience = Audience.PUBLIC,
        read: dict[str, Any] | None = None,
    ) -> None:
        mine = {
            "project": project.reference,
            "as_at": as_at,
            "table_years": table_years,
            "_row": project,
            "_audience": audience,
            "_read": {} if read is None else read,
        }
        self.__dict__.update(mine)  # the figures themselves are not to be written

    _row: Project
    _audience: Audience
    _read: dict[str, Any]

    def for_audience(self, audience: Audience) -> ReadLedger:
        """The same as an audience may read it: no public figure holds an exempt discount."""
        return ReadLedger(self._row, self.as_at, self.table_years, audience, self._read)

    def _once(self, name: str, read: Callable[[], Any]) -> Any:
        if name not in self._read:
            self._read[name] = read()
        return self._read[name]

    def _totals(self, name: str, rows: Any, *by: str) -> list[Total]:
        found: list[Total] = self._once(name, lambda: _totals(rows().totals(*by)))
        return found

    @property
    def _lines(self) -> Any:
        return Line.objects.filter(project=self._row)

    @property
    def approved(self) -> list[Total]:  # type: ignore[override]  # read, where others are given
        return self._totals("approved", lambda: self._lines.approved(self.as_at), *_BY)

    @property
    def interim(self) -> list[Total]:  # type: ignore[override]
        return self._totals("interim", lambda: self._lines.interim(self.as_at), *_BY)

    @property
    def recommended(self) -> list[Total]:  # type: ignore[override]
        return self._totals("recommended", lambda: self._lines.recommended(self.as_at), *_BY)

    @property
    def sought(self) -> list[Total]:  # type: ignore[override]
        return self._totals("sought", lambda: self._lines.sought(self.as_at), *_BY)

    @property
    def spent(self) -> list[Total]:  # type: ignore[override]
        spend = SpendEntry.objects.filter(project=self._row)
        return self._totals("spent", lambda: spend.to_date(self.as_at), "nature", "year")

    @property
    def required(self) -> list[Total]:  # type: ignore[override]
        plan = CostPlanLine.objects.filter(plan__project=self._row)
        return self._totals("required", lambda: plan.current(self.as_at), "nature", "year")

    @property
    def discounts(self) -> list[Decimal]:  # type: ignore[override]
        found: list[Decimal] = self._once(f"discounts, {self._audience}", self._read_discounts)
        return found

    def _read_discounts(self) -> list[Decimal]:
        rows = Discount.objects.filter(project=self._row).for_audience(self._audience)
        return [amount for amount in rows.values_list("amount", flat=True) if amount is not None]

    @property
    def savings(self) -> list[Total]:  # type: ignore[override]
        found: list[Total] = self._once("savings", self._read_savings)
        return found

    def _read_savings(self) -> list[Total]:
        this_year = FinancialYear.of(self.as_at)
        rows = BenefitYear.objects.filter(benefit__project=self._row, benefit__kind="saving")
        return [
            Total("revenue", year or this_year, "", planned)
            for year, planned in rows.values_list("year", "planned")
            if planned is not None
        ]

    @property
    def changes(self) -> dict[str, list[Total]]:  # type: ignore[override]
        found: dict[str, list[Total]] = self._once("changes", self._read_changes)
        return found

    def _read_changes(self) -> dict[str, list[Total]]:
        """Each change: as resolved where a body with the authority has approved, else as asked for."""
        own = self._lines.filter(change__project=self._row)
        changes: dict[str, list[Total]] = {}
        for rows in (own.as_asked(), own.approved(self.as_at)):
            by_change: dict[str, list[Total]] = defaultdict(list)
            for row in rows.totals("change__reference", *_BY):
                by_change[row["change__reference"]] += _totals([row])
            changes |= by_change
        return changes

    @property
    def headlines(self) -> dict[str, list[Stated]]:  # type: ignore[override]
        found: dict[str, list[Stated]] = self._once("headlines", self._read_headlines)
        return found

    def _read_headlines(self) -> dict[str, list[Stated]]:
        headlines: dict[str, list[Stated]] = defaultdict(list)
        rows = MinutedHeadline.objects.filter(change__project=self._row)
        for reference, nature, amount in rows.values_list("change__reference", "nature", "amount"):
            headlines[reference].append(Stated(nature, amount))
        return dict(headlines)
