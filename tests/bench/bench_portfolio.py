"""Goals 3, 4 and 15: the portfolio from stored totals, what keeping them costs a load and a save, a chart.

A tenth of the full size unless BENCH_PROJECTS says otherwise (10000 is the full one, and takes minutes to make).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from budgets.models import ProjectTotals, SpendEntry
from budgets.portfolio import Totals
from budgets.services import record_spend
from budgets.totals import differences
from council_hms import charts
from council_hms.access import Role
from council_hms.management.portfolio import Portfolio, make
from projects.models import Project
from tests.bench.rounds import in_turns, say
from tests.factories import make_user

PROJECTS = int(os.environ.get("BENCH_PROJECTS", "1000"))


@pytest.fixture(scope="module")
def portfolio(django_db_setup, django_db_blocker):
    """The made-up portfolio, once for this file, taken away after it."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")
            make(Portfolio(projects=PROJECTS, as_at=timezone.localdate(), with_history=False))
            yield
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


LIVE = """
SELECT count(*), sum(approved_capital + approved_revenue), sum(spent_capital + spent_revenue), sum(forecast)
  FROM budgets_derived_totals(ARRAY(SELECT id FROM projects_project), %s)
"""


@pytest.mark.django_db
def test_goal_3_portfolio_page(portfolio):
    """The whole page, signed in, against the live roll-up in SQL; and the two equal to the penny."""
    today = timezone.localdate()
    session = Client()
    session.force_login(make_user(Role.AUDITOR))
    everything = Project.objects.all()

    def live() -> object:
        with connection.cursor() as cursor:
            cursor.execute(LIVE, [today])
            return cursor.fetchone()

    def page() -> object:
        answer = session.get("/portfolio/", {"order": "ahead"})
        assert answer.status_code == 200
        return answer

    def stored() -> object:
        totals = Totals(everything, today, today)
        return totals.grand(), totals.rows("variance")

    page()
    taken = in_turns(
        {"live roll-up, SQL": live, "whole page": page, "its sums and rows": stored}, 5
    )
    say(f"Goal 3: portfolio of {PROJECTS} projects", taken, "live roll-up, SQL")
    base = taken["live roll-up, SQL"]
    print(
        f"  the page is {base / taken['whole page']:.0f} times as fast, sums and rows "
        f"{base / taken['its sums and rows']:.0f} times (goal: 50 at full size)"
    )
    wrong = list(differences(today))
    print(f"  stored totals that differ from lines and decisions: {len(wrong)}")
    assert not wrong
    count, approved, spent, forecast = live()  # type: ignore[misc]
    sums = Totals(everything, today, today).grand()
    assert (count, approved, spent, forecast) == (
        sums.projects,
        sums.approved,
        sums.spent,
        sums.forecast,
    )


@contextmanager
def _without_totals(table: str):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER totals_on_insert")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER totals_on_insert")


LOAD = """
INSERT INTO budgets_spendentry (project_id, posted_on, year, nature, amount, description, supplier,
                                ledger_reference, created_at)
SELECT project_id, posted_on, year, nature, amount, description, supplier, '', created_at
  FROM budgets_spendentry ORDER BY id LIMIT 20000
"""


@pytest.mark.django_db
def test_goal_4_what_keeping_totals_costs(portfolio):
    """20,000 entries at once and one save through its service, with and without the totals."""
    officer = make_user(Role.FINANCE_OFFICER)
    today = timezone.localdate()
    project = Project.objects.filter(stage="delivery").first()
    assert project is not None

    def undone(act: Callable[[], object]) -> None:
        with transaction.atomic():
            act()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            transaction.set_rollback(True)

    def load() -> None:
        with connection.cursor() as cursor:
            cursor.execute(LOAD)

    def save() -> None:
        record_spend(
            by=officer,
            project=project,
            posted_on=today,
            nature="capital",
            amount=Decimal("10.01"),
            description="An invoice",
        )

    def bare(act: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            with transaction.atomic():
                with _without_totals("budgets_spendentry"):
                    act()
                transaction.set_rollback(True)

        return run

    def kept(act: Callable[[], object]) -> Callable[[], None]:
        return lambda: undone(act)

    taken = in_turns({"without": bare(load), "totals kept": kept(load)}, 3)
    say("Goal 4: a load of 20,000 entries over every project, with history", taken, "without")
    taken = in_turns({"without": bare(save), "totals kept": kept(save)}, 9)
    say("Goal 4: one save through its service", taken, "without")
    assert SpendEntry.objects.exists()
    assert ProjectTotals.objects.exists()


def test_goal_15_a_chart():
    """Four groups of three bars as SVG with their words, against matplotlib where it is installed."""
    names = ["2023-24", "2024-25", "2025-26", "2026-27"]
    amounts = [[Decimal(100 * row + column) for column in range(4)] for row in range(1, 4)]

    def own() -> object:
        return charts.grouped_bars(
            "Approved, spent and forecast",
            names,
            [charts.Series(f"Series {number}", row) for number, row in enumerate(amounts)],
        )

    things: dict[str, Callable[[], object]] = {"our SVG": own}
    try:
        from matplotlib.figure import Figure
    except ImportError:
        print("\nmatplotlib is no dependency and is not installed here: our SVG stands alone")
    else:

        def theirs() -> object:
            figure = Figure()
            axes = figure.subplots()
            for number, row in enumerate(amounts):
                places = [place + number * 0.25 for place in range(4)]
                axes.bar(places, [float(amount) for amount in row], 0.25)
            out = StringIO()
            figure.savefig(out, format="svg")
            return out.getvalue()

        things["matplotlib"] = theirs
    say("Goal 15: a chart", in_turns(things, 7), "our SVG")
