"""The stored totals of a project are what lines and decisions say, to the penny, after every act and on every day."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from budgets.models import Line, ProjectTotals, SpendEntry
from budgets.totals import KEPT, approved_by_year, derived, differences, stored_as
from council_hms.financial_year import FinancialYear
from projects.models import Project
from tests.factories import (
    add_lines,
    decide,
    make_body,
    make_change,
    make_plan,
    make_project,
    make_spend,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def this_year(today) -> int:
    return FinancialYear.of(today).start


def totals(project: Project) -> ProjectTotals:
    return ProjectTotals.objects.get(pk=project.pk)


def test_a_new_project_has_totals_of_nil_and_an_unknown_forecast(project, today):
    row = totals(project)
    assert (row.approved, row.spent, row.forecast, row.variance) == (0, 0, None, None)
    assert list(differences(today)) == []


def test_every_act_on_the_ledger_is_in_the_totals_at_once(project, other_project, today, this_year):
    council, board = make_body("council"), make_body("project_board")
    change = make_change(project, [(this_year, "capital", 500), (this_year, "revenue", "20.05")])
    steps = []

    def check(what: str) -> None:
        steps.append(what)
        assert list(differences(today)) == [], what

    check("asked for")
    assert totals(project).sought == Decimal("520.05")
    first = decide(change, board, "approved", today - dt.timedelta(days=9))
    check("approved by a board without authority")
    assert (totals(project).interim, totals(project).approved) == (Decimal("520.05"), 0)
    second = decide(change, council, "approved", today - dt.timedelta(days=3), has_authority=True)
    check("ratified")
    assert (totals(project).interim, totals(project).approved) == (0, Decimal("520.05"))
    add_lines(change, [(this_year, "capital", 450)], decision=second)
    check("resolved for less")
    assert totals(project).approved == 450
    decide(change, council, "called_in", today - dt.timedelta(days=1))
    check("called in")
    assert totals(project).approved == 0
    decide(change, council, "ratified", today, has_authority=True)
    check("approved again: as asked, since that decision has no lines of its own")
    assert totals(project).approved == Decimal("520.05")
    make_spend(project, today, 300)
    spend = make_spend(project, dt.date(this_year - 1, 6, 1), "40.01", "revenue")
    check("spent")
    assert (totals(project).spent, totals(project).ahead) == (Decimal("340.01"), Decimal("40.01"))
    SpendEntry.objects.filter(pk=spend.pk).update(project=other_project, amount=-5)
    check("moved to another project")
    assert (totals(project).spent, totals(other_project).spent) == (300, -5)
    SpendEntry.objects.filter(pk=spend.pk).delete()
    check("removed")
    plan = make_plan(project, [(this_year, "capital", 700)], dated=today - dt.timedelta(days=40))
    check("planned")
    assert totals(project).ask == Decimal("179.95")
    plan.lines.update(amount=800)
    check("planned otherwise")
    make_plan(project, [(this_year + 1, "revenue", 70)], dated=today)
    check("planned anew")
    first.delete()
    check("a decision taken off the route")
    change.submitted_on = None
    change.submitted_by = None
    change.save()
    check("no longer submitted")
    project.stage = "closed"
    project.save()
    check("closed")
    assert totals(project).forecast == 300
    Line.objects.filter(decision=None).delete()
    check("lines removed")
    assert len(steps) == 16


def test_a_virement_is_in_the_totals_of_both_its_ends(project, other_project, today, this_year):
    change = make_change(
        project,
        [(this_year, "capital", 250)],
        kind="virement",
    )
    source = change.lines.get().source
    add_lines(change, [(this_year, "capital", -250, source, other_project)])
    decide(change, make_body("council"), "approved", today, has_authority=True)
    assert (totals(project).approved, totals(other_project).approved) == (250, -250)
    assert list(differences(today)) == []


def test_what_is_dated_ahead_counts_from_its_day_and_not_before(project, today, this_year):
    meeting = today + dt.timedelta(days=5)
    change = make_change(project, [(this_year, "capital", 500)])
    decide(change, make_body("council"), "approved", meeting, has_authority=True)
    make_spend(project, meeting + dt.timedelta(days=1), 80, year=FinancialYear(this_year))
    assert (totals(project).approved, totals(project).spent) == (0, 0)
    assert totals(project).next_change_on <= meeting
    assert list(differences(today)) == []
    for days, approved, spent in ((4, 0, 0), (5, 500, 0), (6, 500, 80)):
        assert list(differences(today + dt.timedelta(days=days))) == []
        assert (totals(project).approved, totals(project).spent) == (approved, spent)


def test_the_first_of_april_changes_forecast_and_ask_by_itself(project, today, this_year):
    change = make_change(project, [(this_year, "capital", 100), (this_year + 1, "capital", 100)])
    decide(change, make_body("council"), "approved", today, has_authority=True)
    make_plan(project, [(this_year, "capital", 130), (this_year + 1, "capital", 150)], dated=today)
    assert totals(project).ask == 80
    first_of_april = dt.date(this_year + 1, 4, 1)
    assert list(differences(first_of_april)) == []
    assert (totals(project).ask, totals(project).forecast) == (50, 150)


def test_the_same_in_sql_and_in_python_on_any_day(today):
    """The portfolio of a past day is drawn from the SQL; the project's own pages from the Python."""
    from council_hms.management.portfolio import Portfolio, make

    make(Portfolio(projects=40, as_at=today, lines_per_project=30, spend_per_project=20))
    for day in (today, today - dt.timedelta(days=400), today + dt.timedelta(days=30)):
        right = derived(Project.objects.all(), day)
        rows = ProjectTotals.objects.raw(
            "SELECT %s::date AS as_at, *, NULL AS approved, NULL AS spent, NULL AS variance, NULL AS ask"
            "  FROM budgets_derived_totals(ARRAY(SELECT id FROM projects_project), %s)",
            [day, day],
        )
        assert {row.pk: stored_as(row) for row in rows} == right
        by_year = ("project_id", "year", "nature")
        asked_one_by_one = Line.objects.approved(day).totals(*by_year)
        at_once = approved_by_year(list(right), day)
        assert sorted(map(str, at_once)) == sorted(map(str, asked_one_by_one))


def test_verify_names_the_project_and_the_total_that_was_tampered_with(project, today):
    ProjectTotals.objects.filter(pk=project.pk).update(sought=1)
    assert list(differences(today)) == [
        "HMS: the stored total “sought” is 1.00 and lines and decisions say 0.00."
    ]
    ProjectTotals.objects.all().delete()
    assert list(differences(today)) == ["HMS has no stored totals."]


def test_totals_cannot_make_a_save_fail(project, today, this_year):
    """Lines of the largest amount that a line may have add up to more than one line may hold."""
    for _ in range(3):
        change = make_change(project, [(this_year, "capital", "9999999999999.99")])
        decide(change, make_body("council"), "approved", today, has_authority=True)
    assert totals(project).approved == Decimal("29999999999999.97")


def test_an_edit_that_touches_no_figure_works_nothing_out(project, django_assert_num_queries):
    before = totals(project)
    ProjectTotals.objects.filter(pk=project.pk).update(sought=7)
    project.title = "Another title"
    project.save()
    assert totals(project).sought == 7  # left alone
    assert before.as_at == totals(project).as_at


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_do_not_overwrite_one_another(today):
    project = make_project("BOTH")
    done = threading.Event()

    def another() -> None:
        try:
            make_spend(project, today, 30)
        finally:
            connections.close_all()
            done.set()

    with transaction.atomic():
        make_spend(project, today, 12)
        thread = threading.Thread(target=another)
        thread.start()
        assert not done.wait(0.4)  # waits for the row of totals
    thread.join(10)
    assert totals(project).spent == 42
    assert list(differences(today)) == []


def test_every_kept_total_has_a_column():
    columns = {field.name for field in ProjectTotals._meta.get_fields()}
    assert set(KEPT) <= columns
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM budgets_derived_totals('{}', current_date)")
        assert set(KEPT) <= {column.name for column in cursor.description}
