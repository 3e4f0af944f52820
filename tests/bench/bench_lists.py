"""Goal 17: the list of lines, deep in and searched; 100,000 lines, or a million with BENCH_FULL=1."""

from __future__ import annotations

import datetime as dt
import os
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from budgets.models import BudgetChange, Line
from council_hms.access import Role
from tests.bench.rounds import in_turns, say
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PROJECTS = 10_000 if os.environ.get("BENCH_FULL") else 1_000
#: PERFORMANCE.md searched a million rows; the words of lines are those of their changes, ten lines each.
CHANGES = 300_000


@pytest.fixture
def session() -> Client:
    """A finance officer among a hundred lines a project."""
    call_command(
        "seed_portfolio",
        projects=PROJECTS,
        lines_per_project=100,
        spend_per_project=1,
        as_at=dt.date(2026, 11, 1),
        no_history=True,
        stdout=StringIO(),
    )
    _more_changes()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    session = Client()
    session.force_login(make_user(Role.FINANCE_OFFICER))
    return session


def _more_changes() -> None:
    """Changes without lines, as many as a search has to look through in the largest council's ledger."""
    columns = [
        column.column
        for column in BudgetChange._meta.concrete_fields
        if column.name not in ("id", "reference", "title")
    ]
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO budgets_budgetchange ({names}, reference, title) "
            f"SELECT {names}, 'OLD-' || number, title || ' phase ' || number "
            "FROM (SELECT * FROM budgets_budgetchange WHERE reverses_id IS NULL LIMIT 1) AS one, "
            "generate_series(1, %s) AS number",
            [CHANGES],
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        for index in ("budget_change_title_words", "budget_change_ref_words"):
            # what was added lately is searched row by row until a vacuum has put it in its place
            cursor.execute("SELECT gin_clean_pending_list(%s)", [index])


def test_goal_17_deep_pages_and_searches(session: Client):
    middle = Line.objects.order_by("-pk").values_list("pk", flat=True)[PROJECTS * 50]
    deep = f"/approvals/lines/?page={PROJECTS * 2}&after={middle}"
    nothing = "/approvals/lines/?q=xylophone"
    for address in ("/approvals/lines/", deep, nothing):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert session.get(address).status_code == 200
        counts = [query["sql"] for query in asked if "COUNT(*)" in query["sql"]]
        assert all("LIMIT 10001" in sql for sql in counts), "an uncapped count on a page"
    taken = in_turns(
        {
            "page 1": lambda: session.get("/approvals/lines/"),
            f"page {PROJECTS * 2:,}": lambda: session.get(deep),
        },
        rounds=5,
    )
    say("Goal 17: pages of the list of lines (at most 3)", taken, "page 1")
    found = Line.objects.filter(change__in=_named("xylophone")).values("pk")[:10_001]

    search, words = found.query.sql_with_params()  # Python's part is the same with and without

    def with_index() -> None:
        with connection.cursor() as cursor:
            cursor.execute(search, words)
            assert not cursor.fetchall()

    def without_index() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute(search, words)
            assert not cursor.fetchall()
            cursor.execute("SET LOCAL enable_bitmapscan = on")

    searched = in_turns({"by the index": with_index, "without it": without_index}, rounds=5)
    say(
        f"Goal 17: a search of {CHANGES:,} changes that finds nothing (at least 50)",
        searched,
        "by the index",
    )
    assert taken[f"page {PROJECTS * 2:,}"] <= 3 * taken["page 1"]
    assert searched["without it"] >= 50 * searched["by the index"]


def _named(word: str):
    """The changes that the list's search asks for."""
    named = Q(reference__icontains=word) | Q(title__icontains=word)
    return BudgetChange.objects.filter(named).values("pk")
