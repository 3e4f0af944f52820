"""Goals of the main job: the funding table's page against its own SQL, its queries, and what history costs a save."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.template.base import Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext, _TestState

from council_hms.access import Role
from projects.models import Project
from tests.bench import urls
from tests.bench.rounds import in_turns, say
from tests.factories import (
    decide,
    make_body,
    make_change,
    make_plan,
    make_project,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db

AS_AT = "2023-06-14"
PATH = "/projects/{}/funding/?as_at=" + AS_AT


def make_hms(reference: str, lines: int) -> Project:
    """A project whose four years of budget come in so many lines, with a cost plan."""
    project = make_project(reference, title="Housing Management System")
    sources = [make_source(name=f"{reference} source {n}", position=n) for n in range(3)]
    council = make_body("council", f"Council of {reference}")
    specs = [
        (2023 + n % 4, "capital" if n % 8 < 4 else "revenue", 1000 + n, sources[n % 3])
        for n in range(lines)
    ]
    for start in range(0, lines, 10):
        change = make_change(project, specs[start : start + 10])
        decide(change, council, "approved", dt.date(2023, 2, 28), has_authority=True)
    make_plan(
        project,
        [(year, nature, 90_000) for year in range(2023, 2027) for nature in ("capital", "revenue")],
        dated=dt.date(2023, 6, 1),
    )
    return project


@pytest.fixture
def ask(settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], bytes]:
    """Asks the product as its server does, all middleware included, for a finance officer who is signed in."""
    # templates as they are drawn in earnest, not as Django's tests watch them
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)
    settings.ROOT_URLCONF = "tests.bench.urls"
    client = Client()
    client.force_login(make_user(Role.FINANCE_OFFICER))
    handler, requests = WSGIHandler(), RequestFactory()
    requests.cookies = client.cookies

    def get(path: str) -> bytes:
        response = handler.get_response(requests.get(path))
        assert response.status_code == 200, path
        content: bytes = response.content
        return content

    return get


def queries_of(ask: Callable[[str], bytes], path: str) -> list[str]:
    ask(path)
    with CaptureQueriesContext(connection) as queries:
        ask(path)
    return [query["sql"] for query in queries]


def test_goals_1_and_2_the_funding_table_page(ask: Callable[[str], bytes]) -> None:
    make_hms("SMALL", 10)
    make_hms("TYPICAL", 100)
    make_hms("LARGE", 1000)
    counts = {name: len(queries_of(ask, PATH.format(name))) for name in ("SMALL", "LARGE")}
    print(f"\nGoal 2: queries with sign-in, 10 lines and 1,000 lines: {counts}")
    assert counts["SMALL"] == counts["LARGE"] <= 6

    page = PATH.format("TYPICAL")
    urls.STATIC["page"] = ask(page)
    frame = queries_of(ask, "/bench/static/")
    own = [sql for sql in queries_of(ask, page) if sql not in frame]

    def sql_and_static_page() -> None:
        with connection.connection.cursor() as cursor:  # psycopg's own
            for sql in own:
                cursor.execute(sql).fetchall()
        ask("/bench/static/")

    base = "its own SQL by psycopg and a static page"
    taken = in_turns(
        {
            base: lambda: [sql_and_static_page() for _ in range(10)],
            "the page": lambda: [ask(page) for _ in range(10)],
        },
        rounds=9,
    )
    taken = {name: seconds / 10 for name, seconds in taken.items()}
    say("Goal 1: the funding table's page, signed in (at most 2.5)", taken, base)
    assert taken["the page"] <= 2.5 * taken[base]


def test_goal_13_what_history_costs_a_save() -> None:
    project = make_project("HMS")
    insert = (
        "INSERT INTO budgets_spendentry (project_id, posted_on, year, nature, amount, description, supplier,"
        " ledger_reference, created_at) VALUES (%s, '2023-04-01', 2023, 'capital', 100, '', '', '', now())"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'budgets_spendentry'::regclass"
            " AND tgname LIKE 'pgtrigger_insert_insert_%%'"
        )
        history = [name for (name,) in cursor.fetchall()]
    assert history

    def insert_fifty(*, with_history: bool) -> None:
        """Fifty rows, no trigger but that of history: what keeps the projects' totals is measured elsewhere."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE budgets_spendentry DISABLE TRIGGER USER")
            for name in history if with_history else ():
                cursor.execute(f'ALTER TABLE budgets_spendentry ENABLE TRIGGER "{name}"')
            for _ in range(50):
                cursor.execute(insert, [project.pk])
            transaction.set_rollback(True)

    taken = in_turns(
        {
            "the INSERT alone": lambda: insert_fifty(with_history=False),
            "with history": lambda: insert_fifty(with_history=True),
        },
        rounds=9,
    )
    taken = {name: seconds / 50 for name, seconds in taken.items()}
    say("Goal 13: history on one save (at most 2)", taken, "the INSERT alone")
    assert taken["with history"] <= 2 * taken["the INSERT alone"]
