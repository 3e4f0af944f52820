"""The budget position, checked with a pencil."""

import datetime as dt
from decimal import Decimal

from budgets.position import (
    Amounts,
    Dated,
    YearTotal,
    build,
    line_of_authority,
    stretches_ahead,
)
from council_hms.financial_year import FinancialYear

D = Decimal


def year(text: str, amount: int, nature: str = "capital") -> YearTotal:
    return YearTotal(FinancialYear.parse(text), nature, D(amount))


def test_the_source_project_at_its_year_end():
    position = build(
        dt.date(2023, 3, 31),
        approved=[
            year("2015-16", 2_300),
            year("2022-23", 625),
            year("2023-24", 476),
            year("2024-25", 170),
        ],
        interim=[year("2022-23", 263)],
        sought=[year("2022-23", 263)],
        spent=[year("2022-23", 3_188)],
    )
    assert position.approved_to_date.total == 2_925
    assert position.approved.total == 3_571
    assert position.spent.total == 3_188
    assert position.ahead == 263
    assert position.worst_year.year.label == "2022-23"
    assert position.ahead_on_interim == 263
    assert position.uncommitted == -263


def test_next_years_budget_does_not_mend_last_years_overspend():
    position = build(
        dt.date(2023, 6, 14),
        approved=[year("2022-23", 100), year("2023-24", 500)],
        spent=[year("2022-23", 120), year("2023-24", 10)],
    )
    assert position.ahead == 20
    assert position.worst_year.year.label == "2022-23"
    assert position.uncommitted == 470


def test_unspent_budget_of_earlier_years_pays_for_later_ones():
    position = build(
        dt.date(2023, 6, 14),
        approved=[year("2021-22", 100), year("2022-23", 50)],
        spent=[year("2021-22", 40), year("2022-23", 110)],
    )
    assert position.ahead == 0
    assert position.worst_year is None


def test_spend_without_any_approval_is_wholly_ahead():
    position = build(dt.date(2023, 6, 14), approved=[], spent=[year("2023-24", 5, "revenue")])
    assert position.ahead == 5
    assert position.spent == Amounts(revenue=D(5))


def test_interim_covers_no_more_than_it_is():
    position = build(
        dt.date(2023, 6, 14), approved=[], interim=[year("2023-24", 3)], spent=[year("2023-24", 5)]
    )
    assert position.ahead_on_interim == 3


def dated(day: str, of_year: str, amount: int, until: str | None = None) -> Dated:
    return Dated(
        dt.date.fromisoformat(day),
        FinancialYear.parse(of_year),
        D(amount),
        dt.date.fromisoformat(until) if until else None,
    )


def test_the_line_of_authority_rises_when_a_budget_is_approved_or_its_year_begins():
    moments = line_of_authority(
        approved=[dated("2022-05-31", "2022-23", 100), dated("2023-02-28", "2023-24", 50)],
        interim=[],
        spent=[dated("2022-09-01", "2022-23", 30)],
        until=dt.date(2023, 6, 14),
    )
    by_day = {moment.day.isoformat(): moment for moment in moments}
    assert by_day["2022-05-31"].approved == 100
    assert by_day["2023-02-28"].approved == 100
    assert by_day["2023-04-01"].approved == 150
    assert by_day["2023-06-14"].spent == 30


def test_a_stretch_ahead_ends_when_the_year_is_approved_after_all():
    moments = line_of_authority(
        approved=[dated("2022-05-31", "2022-23", 100), dated("2023-07-17", "2022-23", 20)],
        interim=[dated("2023-03-31", "2022-23", 20, until="2023-07-17")],
        spent=[dated("2023-03-31", "2022-23", 120)],
        until=dt.date(2023, 12, 31),
    )
    assert [(m.day.isoformat(), m.ahead, m.interim) for m in moments] == [
        ("2022-05-31", 0, 0),
        ("2023-03-31", 20, 20),
        ("2023-07-17", 0, 0),
        ("2023-12-31", 0, 0),
    ]
    (stretch,) = stretches_ahead(moments)
    assert (stretch.since.isoformat(), stretch.until.isoformat(), stretch.most) == (
        "2023-03-31",
        "2023-07-17",
        20,
    )


def test_a_stretch_that_lasts_has_no_end():
    moments = line_of_authority([], [], [dated("2023-05-01", "2023-24", 7)], dt.date(2023, 6, 1))
    (stretch,) = stretches_ahead(moments)
    assert stretch.until is None
    assert stretch.most == 7
