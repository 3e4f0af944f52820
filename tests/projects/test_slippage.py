"""Months of slip as papers count them, checked by hand; the rating of time. No database."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.slippage import Basis, Slippage, months_between, months_in_words, rate_time


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2018-05-31", "2021-05-31", 36),  # the source report: May 2018 to May 2021
        ("2018-05-01", "2021-05-31", 36),
        ("2018-05-31", "2021-05-01", 36),  # the day does not count, the name of the month does
        ("2018-05-31", "2022-11-30", 54),  # go-live to steady state: four and a half years
        ("2023-01-31", "2023-02-01", 1),
        ("2023-02-01", "2023-02-28", 0),
        ("2023-12-31", "2024-01-01", 1),
        ("2023-06-30", "2023-04-01", -2),
    ],
)
def test_months_are_counted_by_their_names(start: str, end: str, months: int) -> None:
    assert months_between(day(start), day(end)) == months
    assert months_between(day(end), day(start)) == -months


@pytest.mark.parametrize(
    ("months", "words"),
    [
        (0, "no slip"),
        (1, "1 month"),
        (12, "1 year"),
        (30, "2 years 6 months"),
        (36, "3 years"),
        (-13, "1 year 1 month"),
    ],
)
def test_months_in_words(months: int, words: str) -> None:
    assert months_in_words(months) == words


AS_AT = day("2023-06-14")


@pytest.mark.parametrize(
    ("baseline", "forecast", "actual", "months", "basis", "words"),
    [
        ("2018-05-31", None, "2021-05-31", 36, Basis.ACTUAL, "36 months late"),
        ("2018-05-31", "2020-01-31", "2021-05-31", 36, Basis.ACTUAL, "36 months late"),
        ("2023-09-30", "2023-11-30", None, 2, Basis.FORECAST, "2 months late"),
        ("2023-09-30", "2023-08-31", None, -1, Basis.FORECAST, "1 month early"),
        ("2023-09-30", "2023-09-30", None, 0, Basis.FORECAST, "on time"),
        ("2023-09-30", None, None, None, Basis.NONE, "on course"),
        ("2023-04-30", None, None, 2, Basis.TODAY, "at least 2 months late"),
        (
            "2023-01-31",
            "2023-05-31",
            None,
            5,
            Basis.TODAY,
            "at least 5 months late",
        ),  # the forecast has passed too
        ("2023-06-13", None, None, 0, Basis.TODAY, "overdue"),
        (None, None, "2022-11-30", None, Basis.NONE, "no baseline"),
        (None, "2023-11-30", None, None, Basis.NONE, "no baseline"),
        (
            "2023-09-30",
            None,
            "2023-12-31",
            None,
            Basis.NONE,
            "on course",
        ),  # an actual in the future is not one yet
    ],
)
def test_slip_of_a_milestone(
    baseline: str | None,
    forecast: str | None,
    actual: str | None,
    months: int | None,
    basis: Basis,
    words: str,
) -> None:
    slip = Slippage(*(day(text) if text else None for text in (baseline, forecast, actual)), AS_AT)
    assert (slip.months, slip.basis, slip.in_words) == (months, basis, words)


def test_the_day_itself_is_not_overdue() -> None:
    assert not Slippage(AS_AT, None, None, AS_AT).is_overdue
    assert Slippage(AS_AT - dt.timedelta(days=1), None, None, AS_AT).is_overdue


def slip(baseline: str | None, forecast: str | None = None, actual: str | None = None) -> Slippage:
    return Slippage(*(day(text) if text else None for text in (baseline, forecast, actual)), AS_AT)


@pytest.mark.parametrize(
    ("slips", "rating"),
    [
        ([slip("2023-09-30", "2023-09-30")], "green"),
        ([slip("2023-09-30")], "green"),
        ([slip("2023-09-30", "2023-10-31")], "amber"),
        ([slip("2023-09-30", "2023-12-31")], "amber"),  # three months: still amber
        ([slip("2023-09-30", "2024-01-31")], "red"),  # four: red
        ([slip("2023-06-13")], "amber"),  # a day overdue
        (
            [slip("2018-05-31", None, "2021-05-31"), slip("2023-09-30", "2023-09-30")],
            "green",
        ),  # the past is past
        (
            [slip("2023-09-30", "2023-10-31"), slip("2023-09-30", "2024-09-30")],
            "red",
        ),  # the worst counts
        ([slip(None, "2024-01-31")], ""),
        ([], ""),
    ],
)
def test_time_is_rated_by_the_worst_milestone_still_ahead(
    slips: list[Slippage], rating: str
) -> None:
    rated = rate_time((f"Milestone {number}", one) for number, one in enumerate(slips))
    assert rated.rating == rating
    assert rated.rule
