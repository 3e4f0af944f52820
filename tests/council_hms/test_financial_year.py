"""A financial year runs from 1 April to 31 March, in London, whatever the server's clock."""

import datetime as dt
import os
import subprocess
import sys
import time

import pytest

from council_hms.financial_year import FinancialYear, FinancialYearError


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("2023-24", 2023),
        ("2023/24", 2023),
        ("23/24", 2023),
        ("23-24", 2023),
        ("2023 -24", 2023),
        ("2023 - 24", 2023),
        ("2023", 2023),
        ("2023-2024", 2023),
        ("2023–24", 2023),
        ("FY2023-24", 2023),
        ("1999-00", 1999),
        ("1999-2000", 1999),
    ],
)
def test_a_year_is_read_as_people_write_it(typed, start):
    assert FinancialYear.parse(typed) == FinancialYear(start)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "23",
        "2023-25",
        "2023-23",
        "24-23",
        "2023-1924",
        "1066",
        "20234",
        "x",
        "2023-24-25",
        "٢٠٢٣",
        "2100",
    ],
)
def test_what_is_no_year_is_refused_with_what_to_do(typed):
    with pytest.raises(FinancialYearError, match=r"2023-24|1990"):
        FinancialYear.parse(typed)


def test_every_day_of_fifty_years_falls_in_its_year():
    day = dt.date(2000, 1, 1)
    while day < dt.date(2050, 1, 1):
        year = FinancialYear.of(day)
        assert year.first_day <= day <= year.last_day
        assert day in year
        expected = day.year if (day.month > 3) else day.year - 1
        assert year.start == expected
        day += dt.timedelta(days=1)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_the_year_is_londons_whatever_the_servers_time_zone(zone):
    """31 March 2019, 2024 and 2030 are clock-change days; the last instant of each is still in the old year."""
    program = """
import datetime as dt, django
from django.conf import settings
settings.configure(USE_TZ=True, TIME_ZONE="Europe/London")
django.setup()
from django.utils import timezone
from council_hms.financial_year import FinancialYear
for year in (2019, 2024, 2030):
    last = dt.datetime(year, 3, 31, 22, 59, 59, tzinfo=dt.timezone.utc)
    for moment in (last, last + dt.timedelta(seconds=1)):
        print(FinancialYear.of(timezone.localdate(moment)))
"""
    printed = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert printed.split() == ["2018-19", "2019-20", "2023-24", "2024-25", "2029-30", "2030-31"]
    time.tzset()


def test_years_are_compared_and_added_as_years():
    year = FinancialYear.parse("2023-24")
    assert year.label == "2023-24"
    assert str(FinancialYear(1999)) == "1999-00"
    assert year + 1 == FinancialYear(2024)
    assert year - 1 < year <= year
    assert [following.label for following in year.run(4)] == [
        "2023-24",
        "2024-25",
        "2025-26",
        "2026-27",
    ]
    assert (year.first_day, year.last_day) == (dt.date(2023, 4, 1), dt.date(2024, 3, 31))
