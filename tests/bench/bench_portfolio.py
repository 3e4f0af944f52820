"""Goals 3, 4 and 15: the portfolio from stored totals, what keeping them costs an import and a save, a chart.

A tenth of the full size unless BENCH_PROJECTS says otherwise: 10000 is the full one, with a million lines,
some four and a half million entries and 200,000 risks, and takes minutes to make. The heading of each result
says how many projects it was measured with.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections.abc import Callable
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from budgets.imports import intake
from budgets.imports.apply import apply, confirm
from budgets.imports.preview import check
from budgets.portfolio import Totals
from budgets.services import record_spend
from budgets.totals import differences
from council_hms import charts
from council_hms.access import Role
from council_hms.management.portfolio import Portfolio, make
from projects.models import Project
from tests.bench.rounds import in_turns, say
from tests.budgets.import_files import LEDGER_HEADS
from tests.factories import make_user

PROJECTS = int(os.environ.get("BENCH_PROJECTS", "1000"))


@pytest.fixture(scope="module")
def portfolio(django_db_setup, django_db_blocker):
    """The made-up portfolio, once for this file, taken away after it."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            today = timezone.localdate()
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")
                # no trigger while the rows are made: no history, no check of keys, and the totals once at the end
                cursor.execute("SET session_replication_role = replica")
                make(Portfolio(projects=PROJECTS, as_at=today, with_history=False))
                cursor.execute("SET session_replication_role = origin")
                cursor.execute("SET statement_timeout = 0")
                cursor.execute(
                    "SELECT budgets_keep_totals(ARRAY(SELECT id FROM projects_project), %s)",
                    [today],
                )
                for table in ("budgets_projecttotals", "budgets_yeartotals"):
                    cursor.execute(f"ANALYZE {table}")
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

    session.get("/findings/")  # so that the page has its counts of findings, kept for ten minutes
    page()
    taken = in_turns(
        {"live roll-up, SQL": live, "whole page": page, "its sums and rows": stored}, 5
    )
    say(
        f"Goal 3: portfolio of {PROJECTS:,} projects (at least 50 times as fast)",
        taken,
        "live roll-up, SQL",
    )
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


def ledger(rows: int) -> bytes:
    """A file of entries of spend, over every project in turn."""
    references = list(
        Project.objects.filter(stage="delivery").order_by("pk").values_list("reference", flat=True)
    )
    first = timezone.localdate() - dt.timedelta(days=300)
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [
            LEDGER_HEADS,
            *(
                [
                    references[number % len(references)],
                    first + dt.timedelta(days=number % 290),
                    "",
                    "Capital" if number % 3 else "Revenue",
                    Decimal(number * 37 % 900_000 + 1) / 100,
                    "",
                    "Monthly certificate",
                    f"Supplier {number % 300} Ltd",
                    f"BENCH{number:07}",
                ]
                for number in range(rows)
            ),
        ]
    )
    return out.getvalue().encode()


@pytest.mark.django_db
def test_goal_4_what_keeping_totals_costs(portfolio):
    """An import over every project in delivery, and one save through its service, with and without the totals."""
    officer = make_user(Role.FINANCE_OFFICER)
    today = timezone.localdate()
    project = Project.objects.filter(stage="delivery").first()
    assert project is not None
    rows = min(100_000, PROJECTS * 10)
    content = ledger(rows)

    def undone(act: Callable[[], object]) -> None:
        with transaction.atomic():
            act()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            transaction.set_rollback(True)

    def load() -> None:
        run = intake.receive(by=officer, kind="spend", name="ledger.csv", content=content)
        check(by=officer, run=run)
        confirm(by=officer, run=run)
        apply(by=officer, run=run)

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

    among = f"into {PROJECTS:,} projects"
    taken = in_turns({"without": bare(load), "totals kept": kept(load)}, 3)
    say(f"Goal 4: an import of {rows:,} entries {among} (at most 1.15)", taken, "without")
    taken = in_turns({"without": bare(save), "totals kept": kept(save)}, 15)
    say(f"Goal 4: one save through its service {among} (at most 1.3)", taken, "without")


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
    remarks = []
    try:
        from matplotlib.figure import Figure
    except ImportError:
        remarks = [
            "matplotlib, the base of this goal (at least 100 times as fast), is not installed here."
        ]
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
    say("Goal 15: a chart", in_turns(things, 7), "our SVG", *remarks)
