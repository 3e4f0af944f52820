"""Every page asks the database a known number of questions, and no more when there is more to show.

The numbers are kept in query_counts.json, by address name. A page that is not there, or asks more
than it did, fails; after a change on purpose: ``QUERY_COUNTS=refresh pytest tests/test_query_counts.py``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import logging
import os
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from budgets.models import GoverningBody
from council_hms.access import Role
from council_hms.models import User
from projects.models import Project, WorkPackage
from tests.factories import decide, make_change, make_plan, make_source, make_spend, make_user
from tests.projects.delivery_factories import make_milestone
from tests.test_every_page_is_guarded import Line, address_of, patterns, read_table

COUNTS = Path(__file__).with_name("query_counts.json")
#: Who opens a page: the first of these that may.
ORDER = (Role.FINANCE_OFFICER, Role.ADMINISTRATOR, Role.REPORT_AUTHOR, Role.AUDITOR)
#: What keeps a session alive, written once a minute by whichever page comes then.
ONCE_A_MINUTE = ("SAVEPOINT", "RELEASE SAVEPOINT", 'UPDATE "django_session"')
#: The latest acts that a page shows. In the one transaction of a test all acts are of the same moment, so that
#: chance decides which are the latest, whose tables are read and whether one more name is looked up.
OF_AN_ACT = re.compile(r'SELECT "\w+event"\."pgh_id"')
BY_CHANCE = 1


@pytest.fixture
def council(db: None) -> Iterator[User]:
    """The example council, and the officer who enters what the second look finds more of."""
    logging.disable(logging.WARNING)
    call_command("load_example", stdout=StringIO())
    people = [make_user(role, name=role) for role in Role]  # addresses look for them by these names
    yield people[0]
    logging.disable(logging.NOTSET)


def addresses() -> dict[str, tuple[str, str]]:
    """Address name → who opens it, and where."""
    table = read_table()
    found = {}
    for _, entry in patterns():
        line = table.get(str(entry.name))
        if not isinstance(line, Line):
            continue
        who = next((role for role in ORDER if line.by_role[role] != "-"), None)
        if who:
            found[str(entry.name)] = (who, address_of(entry))
    return found


def counts(wanted: dict[str, tuple[str, str]]) -> dict[str, int]:
    """The number of queries of each page that can be opened, sign-in and session included."""
    sessions = {}
    for role in ORDER:
        sessions[role] = Client()
        sessions[role].force_login(User.objects.get(name=role))
    found = {}
    for name, (who, address) in wanted.items():
        asked = itertools.count()

        def count(execute: Any, sql: str, *rest: Any, asked: Any = asked) -> Any:
            if not sql.startswith(ONCE_A_MINUTE) and not OF_AN_ACT.match(sql):
                next(asked)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            answer = sessions[Role(who)].get(address)
        if answer.status_code == 200:
            found[name] = next(asked)
    return found


def make_more(officer: User, first: int) -> None:
    """Ten changes with their lines, a plan of twenty packages, spend and milestones more on HMS, numbered on."""
    hms = Project.objects.get(reference="HMS")
    council = GoverningBody.objects.filter(kind="council")[0]
    sources = [make_source() for _ in range(5)]
    for number in range(first, first + 10):
        lines = [
            (year, nature, 1000 + number, source)
            for year in (2024, 2025)
            for nature in ("capital", "revenue")
            for source in sources
        ]
        change = make_change(hms, lines, by=officer, reference=f"HMS-{100 + number}")
        if number % 2:
            decide(change, council, "approved", dt.date(2023, 3, 1), has_authority=True)
    packages = [
        WorkPackage.objects.create(project=hms, name=f"Package {number}", position=number)
        for number in range(first, first + 20)
    ]
    make_plan(
        hms,
        [(year, "capital", 500, package) for package in packages for year in (2024, 2025)],
        dated=dt.date(2024, 1, 1) + dt.timedelta(days=first),
        by=officer,
    )
    for number in range(first, first + 60):
        make_spend(hms, dt.date(2024, 4, 1) + dt.timedelta(days=number), 100 + number)
    for number in range(first, first + 10):
        make_milestone(hms, name=f"More {number}", baseline=dt.date(2025, 1, 1))


def test_every_page_asks_what_it_is_known_to_ask_and_no_more_when_there_is_more(
    council: User,
) -> None:
    wanted = addresses()
    make_more(council, first=0)  # one of each, so that what is found and shown is of the same kinds
    few = counts(wanted)
    make_more(council, first=100)
    many = counts(wanted)
    grown = {
        name: (few[name], many.get(name))
        for name in few
        if many.get(name, 0) > few[name] + BY_CHANCE
    }
    assert grown == {}, "These pages ask more questions the more there is to show"

    if os.environ.get("QUERY_COUNTS") == "refresh":
        COUNTS.write_text(json.dumps(many, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    known = json.loads(COUNTS.read_text(encoding="utf-8")) if COUNTS.exists() else {}
    more = {
        name: (known.get(name), number)
        for name, number in many.items()
        if name not in known or number > known[name] + BY_CHANCE
    }
    assert more == {}, (
        "These pages are new or ask more than before (before, now). If that is on purpose: "
        "QUERY_COUNTS=refresh pytest tests/test_query_counts.py"
    )


def test_the_funding_table_is_read_in_six_queries_with_sign_in() -> None:
    """Performance goal 2: the same number for a project of 10 lines and of 1,000."""
    assert json.loads(COUNTS.read_text(encoding="utf-8"))["funding"] <= 6
