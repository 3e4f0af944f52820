"""The database keeps the ledger's promises by itself: each is attacked with raw SQL."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from budgets.models import BudgetChange, Decision, Line
from tests.factories import (
    add_lines,
    decide,
    make_body,
    make_change,
    make_plan,
    make_project,
    make_source,
    make_spend,
)

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.date(2023, 6, 14)


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def change(db):
    source = make_source()
    return make_change(make_project(), [(2023, "capital", 100, source)])


def refused(name, statement, *values):
    with pytest.raises(IntegrityError, match=name):
        sql(statement, *values)


def test_a_virement_that_does_not_sum_to_nil_is_refused_at_commit(change):
    project, other, source = make_project(), make_project(), make_source()
    with (
        pytest.raises(IntegrityError, match="do not balance: they sum to 50"),
        transaction.atomic(),
    ):
        make_change(
            project,
            [(2023, "capital", -100, source), (2023, "capital", 150, source, other)],
            kind="virement",
        )
    balanced = make_change(
        project,
        [(2023, "capital", -100, source), (2023, "capital", 100, source, other)],
        kind="virement",
    )
    refused(
        "do not balance",
        "UPDATE budgets_line SET amount = 99 WHERE change_id = %s AND amount > 0",
        balanced.pk,
    )
    refused(
        "do not balance",
        "DELETE FROM budgets_line WHERE change_id = %s AND amount > 0",
        balanced.pk,
    )
    refused(
        "do not balance",
        "UPDATE budgets_line SET change_id = %s WHERE change_id = %s AND amount > 0",
        change.pk,
        balanced.pk,
    )


def test_turning_an_increase_into_a_virement_is_refused(change):
    refused(
        "do not balance",
        "UPDATE budgets_budgetchange SET kind = 'virement' WHERE id = %s",
        change.pk,
    )


def test_what_a_body_resolved_on_a_virement_balances_by_itself(change):
    project, other, source = make_project(), make_project(), make_source()
    virement = make_change(
        project,
        [(2023, "capital", -100, source), (2023, "capital", 100, source, other)],
        kind="virement",
    )
    decision = decide(virement, make_body(), "approved", DAY, has_authority=True)
    with pytest.raises(IntegrityError, match="do not balance"), transaction.atomic():
        add_lines(virement, [(2023, "capital", -60, source)], decision)


def test_a_penny_is_enough_to_be_refused():
    project, other, source = make_project(), make_project(), make_source()
    with pytest.raises(IntegrityError, match=r"sum to 0\.01"), transaction.atomic():
        make_change(
            project,
            [(2023, "capital", "-100.00", source), (2023, "capital", "100.01", source, other)],
            kind="reprofile",
        )


def test_one_decision_a_step(change):
    body = make_body()
    decide(change, body, "approved", DAY, position=1)
    with pytest.raises(IntegrityError, match="decision_one_per_step"):
        decide(change, body, "refused", DAY, position=1)


@pytest.mark.parametrize(
    ("constraint", "assignment"),
    [
        ("outcome_with_decided_on", "decided_on = NULL"),
        ("outcome_with_entered_by", "entered_by_id = NULL, entered_at = NULL"),
        ("entered_by_with_entered_at", "entered_at = NULL"),
        ("confirmed_by_with_confirmed_at", "confirmed_at = now()"),
        ("decision_confirmed_by_another", "confirmed_by_id = entered_by_id, confirmed_at = now()"),
        ("decision_outcome_is_known", "outcome = 'agreed', has_authority = false"),
        ("decision_expects_is_known", "expects = 'think'"),
        ("authority_only_if_approved", "outcome = 'noted', has_authority = true"),
    ],
)
def test_a_decision_is_whole_or_refused(change, constraint, assignment):
    decision = decide(change, make_body(), "approved", DAY, has_authority=True)
    refused(constraint, f"UPDATE budgets_decision SET {assignment} WHERE id = %s", decision.pk)


@pytest.mark.parametrize("year", [1989, 2100, -1])
def test_a_year_out_of_range_is_refused_everywhere(change, year):
    plan = make_plan(change.project, [(2023, "capital", 1)], dated=DAY)
    spend = make_spend(change.project, DAY, 5)
    refused(
        "line_year_is_valid",
        "UPDATE budgets_line SET year = %s WHERE change_id = %s",
        year,
        change.pk,
    )
    refused(
        "cost_plan_line_year",
        "UPDATE budgets_costplanline SET year = %s WHERE plan_id = %s",
        year,
        plan.pk,
    )
    refused(
        "spend_year_is_valid",
        "UPDATE budgets_spendentry SET year = %s WHERE id = %s",
        year,
        spend.pk,
    )


def test_references_are_unique_and_shaped(change):
    other = make_project()
    refused(
        "project_reference_is_unique",
        "UPDATE projects_project SET reference = %s WHERE id = %s",
        change.project.reference,
        other.pk,
    )
    refused(
        "project_reference_shape",
        "UPDATE projects_project SET reference = 'a b' WHERE id = %s",
        other.pk,
    )
    twin = make_change(other)
    refused(
        "budget_change_reference_is_unique",
        "UPDATE budgets_budgetchange SET reference = %s WHERE id = %s",
        change.reference,
        twin.pk,
    )


def test_one_line_for_a_year_nature_source_and_project(change):
    line = change.lines.get()
    with pytest.raises(IntegrityError, match="line_once_in_a_change"):
        add_lines(change, [(2023, "capital", 1, line.source)])


def test_one_plan_a_day_and_one_ledger_reference_a_project(change):
    make_plan(change.project, [], dated=DAY)
    with pytest.raises(IntegrityError, match="cost_plan_one_a_day"):
        make_plan(change.project, [], dated=DAY)
    make_spend(change.project, DAY, 1, ledger_reference="T1")
    with pytest.raises(IntegrityError, match="spend_ledger_reference_once"):
        make_spend(change.project, DAY, 1, ledger_reference="T1")
    make_spend(make_project(), DAY, 1, ledger_reference="T1")


def test_nothing_that_others_lean_on_is_deleted(change):
    refused("foreign key", "DELETE FROM projects_project WHERE id = %s", change.project_id)
    refused("foreign key", "DELETE FROM budgets_fundingsource")


def test_history_keeps_every_change_and_cannot_be_rewritten(change):
    sql("UPDATE budgets_line SET amount = amount + 1 WHERE change_id = %s", change.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pgh_label, amount FROM budgets_lineevent WHERE change_id = %s ORDER BY pgh_id",
            [change.pk],
        )
        assert [(label, int(amount)) for label, amount in cursor.fetchall()] == [
            ("insert", 100),
            ("update", 101),
        ]
    for statement in (
        "UPDATE budgets_lineevent SET amount = 0",
        "DELETE FROM budgets_lineevent",
        "TRUNCATE budgets_lineevent",
        "TRUNCATE budgets_decisionevent",
    ):
        with pytest.raises(DatabaseError):
            sql(statement)


def test_the_application_role_cannot_touch_history(change, as_app_role):
    import psycopg

    as_app_role.execute("SELECT count(*) FROM budgets_lineevent")
    for statement in (
        "UPDATE budgets_lineevent SET amount = 0",
        "DELETE FROM budgets_lineevent",
        "TRUNCATE budgets_lineevent",
        "ALTER TABLE budgets_lineevent DISABLE TRIGGER ALL",
        "DROP TABLE budgets_lineevent",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_app_role.execute(statement)


def test_the_models_say_in_words_what_the_database_refuses(change):
    from django.core.exceptions import ValidationError

    change.title = ""
    with pytest.raises(ValidationError, match="title"):
        change.full_clean()
    assert BudgetChange._meta.constraints
    assert Decision._meta.constraints
    assert Line._meta.constraints
