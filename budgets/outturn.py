"""What a project is set to cost in the end against what is approved for it, from sums by year. Pure.

Rules. **Forecast outturn**: the years that have ended cost what was spent in them; this year and
each later one what the cost plan requires, or what has been spent where that is more already
(capital and revenue apart). A closed project has cost what was spent. Without a cost plan in force
nobody knows. **Variance** is forecast less approved: above nil is over budget. **Ask** is what the
plan requires for this year and all later ones less what is approved for them; below nil is a surplus.
All amounts are pounds; None is "not known".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets.position import Amounts, YearTotal
from budgets.position import build as build_position
from council_hms.financial_year import FinancialYear

NIL = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Outturn:
    """One project on one day, in pounds. ``ask_years`` is how many years from this one on the ask covers."""

    approved_capital: Decimal = NIL
    approved_revenue: Decimal = NIL
    original: Decimal = NIL
    interim: Decimal = NIL
    sought: Decimal = NIL
    spent_capital: Decimal = NIL
    spent_revenue: Decimal = NIL
    ahead: Decimal = NIL
    forecast: Decimal | None = None
    ask_capital: Decimal | None = None
    ask_revenue: Decimal | None = None
    ask_years: int = 1

    @property
    def approved(self) -> Decimal:
        return self.approved_capital + self.approved_revenue

    @property
    def spent(self) -> Decimal:
        return self.spent_capital + self.spent_revenue

    @property
    def variance(self) -> Decimal | None:
        """Forecast less approved: above nil is over budget."""
        return None if self.forecast is None else self.forecast - self.approved

    @property
    def ask(self) -> Decimal | None:
        """Capital and revenue ask together; below nil is a surplus."""
        if self.ask_capital is None or self.ask_revenue is None:
            return None
        return self.ask_capital + self.ask_revenue


def build(
    as_at: dt.date,
    *,
    approved: Sequence[YearTotal] = (),
    spent: Sequence[YearTotal] = (),
    required: Sequence[YearTotal] | None = None,
    original: Decimal = NIL,
    interim: Decimal = NIL,
    sought: Decimal = NIL,
    is_closed: bool = False,
) -> Outturn:
    """From sums by year and nature as at the day. ``required`` is None when no cost plan is in force."""
    this_year = FinancialYear.of(as_at)
    position = build_position(as_at, approved=approved, spent=spent)
    forecast = ask_capital = ask_revenue = None
    ask_years = 1
    if is_closed:
        forecast = position.spent.total
    elif required is not None:
        forecast = _forecast(this_year, required, spent)
        need = Amounts.of(_from(this_year, required))
        cover = Amounts.of(_from(this_year, approved))
        ask_capital = need.capital - cover.capital
        ask_revenue = need.revenue - cover.revenue
        last = max(entry.year for entry in (*required, *approved, YearTotal(this_year, "", NIL)))
        ask_years = last.start - this_year.start + 1
    return Outturn(
        approved_capital=position.approved.capital,
        approved_revenue=position.approved.revenue,
        original=original,
        interim=interim,
        sought=sought,
        spent_capital=position.spent.capital,
        spent_revenue=position.spent.revenue,
        ahead=position.ahead,
        forecast=forecast,
        ask_capital=ask_capital,
        ask_revenue=ask_revenue,
        ask_years=ask_years,
    )


def _from(first: FinancialYear, totals: Iterable[YearTotal]) -> list[YearTotal]:
    return [entry for entry in totals if entry.year >= first]


def _forecast(
    this_year: FinancialYear, required: Iterable[YearTotal], spent: Iterable[YearTotal]
) -> Decimal:
    cost: dict[tuple[FinancialYear, str], Decimal] = {}
    for entry in spent:
        key = (entry.year, entry.nature)
        cost[key] = cost.get(key, NIL) + entry.total
    needed: dict[tuple[FinancialYear, str], Decimal] = {}
    for entry in _from(this_year, required):
        key = (entry.year, entry.nature)
        needed[key] = needed.get(key, NIL) + entry.total
    for key, amount in needed.items():
        cost[key] = max(amount, cost.get(key, amount))
    return sum(cost.values(), NIL)


@dataclass(frozen=True, slots=True)
class ComingYear:
    """What will be approved and what the work will have cost by the end of a year, all years before it included."""

    year: FinancialYear
    approved_to_end: Decimal
    forecast_to_end: Decimal


def coming_years(
    as_at: dt.date,
    *,
    approved: Sequence[YearTotal],
    spent: Sequence[YearTotal],
    required: Sequence[YearTotal],
) -> list[ComingYear]:
    """This year and each later one that the plan or a budget reaches; the last forecast is the forecast outturn."""
    this_year = FinancialYear.of(as_at)
    last = max((entry.year for entry in (*required, *approved)), default=this_year)
    return [
        ComingYear(
            year,
            sum((entry.total for entry in approved if entry.year <= year), NIL),
            _forecast(this_year, [entry for entry in required if entry.year <= year], spent),
        )
        for year in this_year.run(max(1, last.start - this_year.start + 1))
    ]
