"""Forecast, variance and ask of a project, as a finance officer would work them out with a pencil."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from budgets.outturn import build
from budgets.position import YearTotal
from council_hms.financial_year import FinancialYear

JUNE_2023 = dt.date(2023, 6, 14)


def totals(*rows: tuple[int, str, int]) -> list[YearTotal]:
    return [
        YearTotal(FinancialYear(year), nature, Decimal(pounds)) for year, nature, pounds in rows
    ]


@pytest.mark.parametrize(
    ("spent", "required", "forecast"),
    [
        # a year that has ended costs what was spent, whatever the plan said
        ([(2022, "capital", 90)], [(2022, "capital", 100), (2023, "capital", 50)], 140),
        # this year costs what the plan says until more has been spent
        ([(2023, "capital", 20)], [(2023, "capital", 50)], 50),
        ([(2023, "capital", 70)], [(2023, "capital", 50)], 70),
        # revenue not spent does not pay for capital overspent
        ([(2023, "capital", 70)], [(2023, "capital", 50), (2023, "revenue", 40)], 110),
        # spend in a year that the plan leaves out still costs
        ([(2023, "revenue", 5)], [(2024, "capital", 50)], 55),
    ],
)
def test_the_forecast_takes_what_was_spent_and_what_is_still_to_come(spent, required, forecast):
    found = build(JUNE_2023, spent=totals(*spent), required=totals(*required))
    assert found.forecast == forecast


def test_without_a_cost_plan_nobody_knows_the_forecast_or_the_ask():
    found = build(JUNE_2023, approved=totals((2023, "capital", 100)))
    assert (found.forecast, found.variance, found.ask) == (None, None, None)


def test_a_closed_project_has_cost_what_was_spent_and_asks_for_nothing():
    found = build(
        JUNE_2023,
        approved=totals((2021, "capital", 100)),
        spent=totals((2021, "capital", 110)),
        required=totals((2023, "capital", 500)),
        is_closed=True,
    )
    assert (found.forecast, found.variance, found.ask) == (110, 10, None)


def test_the_ask_covers_this_year_and_all_later_ones_and_says_how_many():
    found = build(
        JUNE_2023,
        approved=totals((2022, "capital", 999), (2023, "capital", 40), (2026, "revenue", 10)),
        required=totals((2023, "capital", 100), (2024, "revenue", 30)),
    )
    assert (found.ask_capital, found.ask_revenue, found.ask) == (60, 20, 80)
    assert found.ask_years == 4


def test_a_surplus_is_a_negative_ask():
    found = build(
        JUNE_2023,
        approved=totals((2023, "capital", 100)),
        required=totals((2023, "capital", 60)),
    )
    assert found.ask == -40
    assert found.variance == -40
