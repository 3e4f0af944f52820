"""The books of a project are what the ledger answers one by one, on any day; the forecast goes on to its end."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D
from io import StringIO

import pytest
from django.core.management import call_command

from budgets.books import books_of
from budgets.charts import authority_chart
from budgets.ledger import (
    funding_table_of,
    latest_date_known,
    line_of_authority_of,
    position_of,
)
from budgets.outturn import coming_years
from budgets.position import YearTotal
from budgets.totals import derived
from council_hms.financial_year import FinancialYear
from projects.models import Project
from tests.factories import make_spend

pytestmark = pytest.mark.django_db
DAYS = (
    dt.date(2015, 1, 1),
    dt.date(2018, 5, 31),
    dt.date(2023, 3, 31),
    dt.date(2023, 6, 14),
    dt.date(2026, 11, 25),
)


def test_the_books_of_every_project_are_what_the_ledger_answers_one_by_one():
    call_command("load_example", stdout=StringIO())
    projects = list(Project.objects.all())
    assert len(projects) > 10
    for day in DAYS:
        outturns = derived(Project.objects.all(), day)
        for project in projects:
            books = books_of(project, day, years=4)
            assert books.position == position_of(project, day)
            assert books.outturn == outturns[project.pk]
            assert books.funding == funding_table_of(project, day)
            assert books.moments == line_of_authority_of(project, day)
            if books.coming and books.outturn.forecast is not None:
                assert books.coming[-1].forecast_to_end == books.outturn.forecast
                assert books.coming[-1].approved_to_end == books.position.approved.total


def test_the_books_take_eight_queries(project, django_assert_max_num_queries):
    for day in (1, 2, 3):
        make_spend(project, dt.date(2023, 3, day), 1_000)
    with django_assert_max_num_queries(8):
        books = books_of(project, dt.date(2023, 6, 14), years=4)
    assert books.position.spent.total == 3_000
    assert books.coming == ()  # without a cost plan nobody knows what comes
    assert latest_date_known(project) == dt.date(2023, 3, 3)


def test_the_forecast_goes_on_year_by_year_to_the_forecast_outturn():
    this, following = FinancialYear(2023), FinancialYear(2024)
    coming = coming_years(
        dt.date(2023, 6, 14),
        approved=[YearTotal(this, "capital", D(100)), YearTotal(following, "capital", D(50))],
        spent=[YearTotal(FinancialYear(2022), "capital", D(30)), YearTotal(this, "capital", D(5))],
        required=[YearTotal(this, "capital", D(90)), YearTotal(following, "revenue", D(80))],
    )
    assert [(year.approved_to_end, year.forecast_to_end) for year in coming] == [
        (D(100), D(120)),
        (D(150), D(200)),
    ]


def test_the_line_of_authority_shows_where_the_forecast_leaves_what_is_approved():
    call_command("load_example", stdout=StringIO())
    books = books_of(Project.objects.get(reference="HMS"), dt.date(2023, 6, 14), years=4)
    chart = authority_chart("HMS", books.moments, books.coming)
    assert list(chart.table_head) == [
        "Date",
        "Formally approved",
        "Spent",
        "With interim",
        "Forecast",
    ]
    today = next(row for row in chart.table_rows if row[0] == "14 June 2023")
    assert today[1:] == ["£3.401m", "£3.188m", "£3.664m", "£3.188m"]
    assert list(chart.table_rows[-1]) == ["31 March 2027", "£3.911m", "", "", "£4,768,700"]
    assert "14 Jun 2023" in chart.svg
