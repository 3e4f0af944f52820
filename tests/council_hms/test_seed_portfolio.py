"""A made-up portfolio of any size: the same every time, marked as made up, and such as the services would write."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from budgets.models import BudgetChange, Decision, Line, SpendEntry
from council_hms import findings
from council_hms.findings import Scope
from projects.models import HighlightReport, Milestone, Project

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 25)


def seed(prefix: str = "Z", **options) -> str:
    said = io.StringIO()
    given = {"projects": 30, "lines_per_project": 30, "spend_per_project": 20, "as_at": TODAY}
    call_command("seed_portfolio", prefix=prefix, stdout=said, **(given | options))
    return said.getvalue()


def amounts(prefix: str) -> list[tuple]:
    """Every line and entry of spend with its place, whatever the names and numbers of the rows."""
    lines = Line.objects.filter(project__reference__startswith=f"{prefix}-")
    spend = SpendEntry.objects.filter(project__reference__startswith=f"{prefix}-")
    return sorted(
        (reference[len(prefix) :], str(year), nature, amount)
        for rows in (lines, spend)
        for reference, year, nature, amount in rows.values_list(
            "project__reference", "year", "nature", "amount"
        )
    )


def test_it_has_the_size_that_was_asked_for_and_is_marked_as_made_up():
    said = seed()
    assert "30 projects are made as at 2026-11-25." in said
    projects = Project.objects.filter(reference__startswith="Z-")
    assert projects.count() == 30
    assert all(project.is_illustrative for project in projects)
    assert Line.objects.filter(decision=None).count() == 900
    assert {"proposed", "delivery", "closed"} <= set(projects.values_list("stage", flat=True))
    assert Milestone.objects.count() == 120
    assert HighlightReport.objects.exists()


def test_the_same_options_give_the_same_figures():
    seed("A")
    seed("B")
    assert amounts("A") == amounts("B")


def test_changes_stand_where_real_ones_do():
    seed(projects=200, lines_per_project=20, spend_per_project=10)
    standings = {
        (bool(row.approval_id), bool(row.interim_id), bool(row.recommendation_id))
        for row in BudgetChange.objects.with_standing(TODAY)
    }
    assert (True, False, True) in standings  # approved by Council on Cabinet's recommendation
    assert (False, True, False) in standings  # held on a board's word
    assert (False, False, True) in standings  # recommended, not yet before Council
    assert Decision.objects.filter(decided_on__gt=TODAY).exists()
    assert not Decision.objects.filter(has_authority=True).exclude(body__kind="council").exists()


def test_its_findings_are_many_and_not_all():
    seed(projects=100)
    found = findings.run(Scope(Project.objects.all(), TODAY))
    codes = {finding.code for finding in found}
    assert {
        "budgets.ahead_of_authority",
        "budgets.interim_awaiting_ratification",
        "projects.milestone_slipped",
    } <= codes
    ahead = {f.project_id for f in found if f.code == "budgets.ahead_of_authority"}
    assert len(ahead) < 30


def test_every_row_has_its_history_unless_it_is_asked_to_have_none():
    seed("A", projects=2)
    seed("B", projects=2, no_history=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(reference, 1), count(event.pgh_id) FROM projects_project AS project"
            " LEFT JOIN budgets_lineevent AS event ON event.project_id = project.id GROUP BY 1 ORDER BY 1"
        )
        assert cursor.fetchall() == [("A", 60), ("B", 0)]


def test_a_second_portfolio_of_the_same_name_is_refused():
    seed(projects=1)
    with pytest.raises(CommandError, match="choose another --prefix"):
        seed(projects=1)
    assert Project.objects.count() == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [("projects", 0), ("lines_per_project", 5000), ("spend_per_project", 0), ("prefix", "a-b")],
)
def test_an_impossible_size_is_refused_by_name(option, value):
    with pytest.raises(CommandError, match=option.replace("_", "-")):
        seed(**{option: value})


def test_a_project_of_a_thousand_lines_can_be_made():
    seed(projects=1, lines_per_project=1000)
    assert Line.objects.filter(decision=None).count() == 1000
    assert all(isinstance(line.amount, Decimal) for line in Line.objects.all()[:5])
