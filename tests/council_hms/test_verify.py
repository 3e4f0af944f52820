"""``manage.py verify`` finds what is broken in the database and says so; on the example council all holds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from budgets import services
from budgets.models import AuthorityLimit, Decision, Line
from council_hms.financial_year import FinancialYear
from tests.factories import decide, make_body, make_change, make_project, make_source

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 6, 14)


def verify() -> str:
    """What verify prints, whether it passes or not."""
    out = StringIO()
    try:
        call_command("verify", stdout=out)
    except CommandError as error:
        out.write(str(error))
    return out.getvalue()


def raw(statement: str, *values: object) -> None:
    """Write past triggers and services, as only a broken database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_the_example_council_keeps_every_promise():
    call_command("load_example", stdout=StringIO())
    told = verify()
    assert "All is as it should be." in told, told
    assert "BROKEN" not in told


@pytest.fixture
def approved(finance_officer, project):
    council = make_body("council", "Council")
    line = services.NewLine(FinancialYear(2023), "capital", make_source(), Decimal(100))
    change = services.record_change(
        by=finance_officer, project=project, kind="increase", title="More", lines=[line]
    )
    stops = [services.NewStop(council, "approve")]
    services.plan_route(by=finance_officer, change=change, stops=stops)
    services.submit_change(by=finance_officer, change=change, on=DAY)
    services.record_decision(
        by=finance_officer,
        change=change,
        step=change.decisions.get(),
        outcome="approved",
        decided_on=DAY,
    )
    return change


def test_all_holds_after_the_acts_of_a_change(approved):
    assert "BROKEN" not in verify()


def test_a_row_changed_behind_the_triggers_is_found(approved):
    raw("UPDATE budgets_line SET amount = 101 WHERE change_id = %s", approved.pk)
    assert "is not what its history says" in verify()


def test_a_row_removed_behind_the_triggers_is_found(approved):
    raw("DELETE FROM budgets_minutedheadline")
    raw("DELETE FROM budgets_line WHERE change_id = %s", approved.pk)
    assert "is in the history and not among the rows" in verify()


def test_a_row_written_behind_the_triggers_is_found(approved):
    raw(
        "INSERT INTO budgets_fundingsource (name, kind, fund, position, may_fund_capital, may_fund_revenue, in_use, "
        "note) VALUES ('Smuggled', 'grant', '', 1, true, true, true, '')"
    )
    assert "has no history" in verify()


def test_a_trigger_that_was_switched_off_is_found():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE budgets_lineevent DISABLE TRIGGER ALL")
    assert "budgets_lineevent has lost its trigger “append_only”" in verify()


def test_a_virement_that_does_not_balance_is_found(approved):
    raw("UPDATE budgets_budgetchange SET kind = 'virement' WHERE id = %s", approved.pk)
    assert f"The lines of {approved.reference} sum to 100.00 and must sum to nil" in verify()


def test_an_approval_that_counts_without_authority_is_found(project):
    board = make_body("project_board", "Project board")
    decide(
        make_change(project, [(2023, "capital", 100)]), board, "approved", DAY, has_authority=True
    )
    assert "counted as approved, yet Project board had no authority over capital" in verify()


@pytest.mark.django_db(transaction=True)
def test_a_limit_that_was_changed_since_does_not_undo_what_it_allowed(approved):
    AuthorityLimit.objects.update(per_change=Decimal(1))
    assert "BROKEN" not in verify()
    Decision.objects.update(minute_number="12")  # nor does a minute number that was added later
    assert "BROKEN" not in verify()


def test_a_stored_total_that_went_astray_is_found(approved):
    raw("UPDATE budgets_projecttotals SET approved_capital = approved_capital + 1")
    assert "the stored total" in verify()


def test_it_ends_with_an_error_for_the_machine_that_called_it(approved):
    raw("UPDATE budgets_line SET amount = 101 WHERE change_id = %s", approved.pk)
    with pytest.raises(CommandError, match="broken"):
        call_command("verify", stdout=StringIO())
    assert Line.objects.exists()
    assert make_project().pk
