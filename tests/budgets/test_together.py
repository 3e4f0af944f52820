"""Several people at once: a yearly limit is never passed, and the harness sees it broken when the lock is off."""

from __future__ import annotations

import datetime as dt
import os
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection, connections

from budgets import services
from budgets.models import AuthorityLimit, BudgetChange, Decision
from council_hms import once
from council_hms.concurrency import StaleError
from tests.factories import make_body, make_change, make_project, make_source

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.date(2023, 6, 14)
THREADS = 8
#: 200 for the full proof (COUNCIL_HMS_ROUNDS=200, some minutes); enough here to see a lock that is missing.
ROUNDS = int(os.environ.get("COUNCIL_HMS_ROUNDS", "12"))
LIMIT, EACH = Decimal(100), Decimal(30)  # three fit, the fourth does not


def together(*acts):
    """Run acts at the same moment, each in a thread with a connection of its own; their answers or errors."""
    barrier = threading.Barrier(len(acts))

    def run(act):
        try:
            with connection.cursor() as cursor:  # a slow machine is not what is tested here
                cursor.execute("SET lock_timeout = '60s'")
            barrier.wait(timeout=30)
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def officer_body(db):
    body = make_body("officer", "Head of service")
    AuthorityLimit.objects.create(
        body=body, kind="capital", per_change=LIMIT, per_year=LIMIT, since=dt.date(2015, 4, 1)
    )
    return body


def one_round(finance_officer, body, source) -> Decimal:
    """Eight people approve £30 each on one head at once: how much counts in the end."""
    project = make_project()
    changes = [
        make_change(project, [(2023, "capital", EACH, source)], by=finance_officer)
        for _ in range(THREADS)
    ]

    def approve(change: BudgetChange):
        return lambda: services.record_decision(
            by=finance_officer, change=change, body=body, outcome="approved", decided_on=DAY
        )

    answers = together(*(approve(change) for change in changes))
    assert all(isinstance(answer, Decision) for answer in answers), answers
    return EACH * Decision.objects.filter(change__project=project, has_authority=True).count()


def test_a_yearly_limit_holds_however_many_approve_at_once(finance_officer, officer_body):
    source = make_source()
    for _ in range(ROUNDS):
        assert one_round(finance_officer, officer_body, source) == 90


def test_without_the_lock_the_limit_is_passed_so_this_harness_would_see_it(
    finance_officer, officer_body, monkeypatch
):
    monkeypatch.setattr(services, "lock_head", lambda project_id: None)
    source = make_source()
    counted = [one_round(finance_officer, officer_body, source) for _ in range(ROUNDS)]
    assert any(total > LIMIT for total in counted), counted


def test_a_form_sent_by_eight_clicks_at_once_has_one_effect(finance_officer, project):
    source, token = make_source(), uuid.uuid4()

    def record():
        return services.record_change(
            by=finance_officer,
            project=project,
            kind="increase",
            title="More",
            lines=[services.NewLine(services.FinancialYear(2023), "capital", source, EACH)],
            token=token,
        )

    answers = together(*[record] * THREADS)
    made = [answer for answer in answers if isinstance(answer, BudgetChange)]
    assert len(made) == 1
    assert all(isinstance(each, once.AlreadyDone) for each in answers if each not in made), answers
    assert BudgetChange.objects.count() == 1


def test_of_eight_who_save_the_same_version_one_does_and_the_others_are_told(
    finance_officer, project
):
    change = make_change(project, [(2023, "capital", EACH)], by=finance_officer, submitted_on=None)

    def save(number):
        return lambda: services.edit_change(
            by=finance_officer, change=change, version=1, title=f"Title {number}"
        )

    answers = together(*(save(number) for number in range(THREADS)))
    saved = [answer for answer in answers if isinstance(answer, BudgetChange)]
    assert len(saved) == 1
    assert sum(isinstance(answer, StaleError) for answer in answers) == THREADS - 1
    change.refresh_from_db()
    assert (change.title, change.version) == (saved[0].title, 2)


def test_eight_reversals_at_once_make_one(finance_officer, project):
    change = make_change(project, [(2023, "capital", EACH)], by=finance_officer)

    def reverse():
        return services.reverse_change(by=finance_officer, change=change, reason="Wrong project")

    answers = together(*[reverse] * THREADS)
    assert sum(isinstance(answer, BudgetChange) for answer in answers) == 1
    assert sum(isinstance(answer, services.BudgetError) for answer in answers) == THREADS - 1


def test_references_stay_in_order_when_many_record_at_once(finance_officer, project):
    def record():
        return services.record_change(
            by=finance_officer, project=project, kind="increase", title="More"
        )

    answers = together(*[record] * THREADS)
    assert sorted(change.reference for change in answers) == [
        f"HMS-{number:02d}" for number in range(1, THREADS + 1)
    ]
