"""Whoever departs from the proposed route or key-decision mark says why: forms, commands and the database alike."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from budgets import services
from budgets.models import (
    AuthorityLimit,
    BudgetChange,
    FundingSource,
    GoverningBody,
    KeyDecisionThreshold,
)
from budgets.services import NewLine, NewStop
from council_hms.financial_year import FinancialYear
from tests.factories import make_body, make_source

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 6, 14)


@pytest.fixture
def draft(finance_officer, project):
    """£300,000 of capital, not marked, where a key decision begins at £250,000."""
    KeyDecisionThreshold.objects.create(kind="capital", amount=250_000, since=dt.date(2015, 4, 1))
    AuthorityLimit.objects.filter(body=make_body("council", "Council")).update(
        since=dt.date(2015, 4, 1)
    )
    change = services.record_change(
        by=finance_officer, project=project, kind="increase", title="More", lines=[line(300_000)]
    )
    return change


def line(amount):
    return NewLine(
        FinancialYear(2023), "capital", FundingSource.objects.first() or make_source(), amount
    )


def route(change, officer, **more):
    body = GoverningBody.objects.filter(kind="cabinet").first() or make_body("cabinet", "Cabinet")
    return services.plan_route(by=officer, change=change, stops=[NewStop(body, "approve")], **more)


def test_a_mark_that_differs_from_the_thresholds_is_submitted_with_its_reason_alone(
    draft, finance_officer
):
    route(draft, finance_officer, reason="Cabinet meets first")
    with pytest.raises(services.KeyDecisionError, match="Mark it as a key decision, or say why"):
        services.submit_change(by=finance_officer, change=draft, on=DAY)
    sent = services.submit_change(
        by=finance_officer, change=draft, on=DAY, key_decision_reason="Council decides"
    )
    assert (sent.key_decision_expected, sent.key_decision_reason) == (True, "Council decides")


def test_a_submitted_change_whose_lines_grow_past_the_threshold_must_say_why_it_is_not_marked(
    draft, finance_officer
):
    route(draft, finance_officer, reason="Cabinet meets first")
    small = services.edit_change(by=finance_officer, change=draft, version=2, lines=[line(200_000)])
    sent = services.submit_change(by=finance_officer, change=small, on=DAY)
    assert sent.key_decision_expected is False
    with pytest.raises(services.KeyDecisionError):
        services.edit_change(
            by=finance_officer, change=sent, version=sent.version, lines=[line(260_000)]
        )
    marked = services.edit_change(
        by=finance_officer,
        change=sent,
        version=sent.version,
        lines=[line(260_000)],
        key_decision=True,
    )
    assert marked.key_decision_expected is True


def test_the_database_refuses_an_unexplained_mark(draft, finance_officer):
    route(draft, finance_officer, reason="Cabinet meets first")
    services.submit_change(
        by=finance_officer, change=draft, on=DAY, key_decision_reason="Council decides"
    )
    with pytest.raises(IntegrityError, match="key_decision_explained"), transaction.atomic():
        BudgetChange.objects.filter(pk=draft.pk).update(key_decision_reason="")


def test_a_route_other_than_the_proposed_one_is_planned_with_its_reason_alone(
    draft, finance_officer
):
    with pytest.raises(services.BudgetError, match="Say why the route differs"):
        route(draft, finance_officer)
    route(draft, finance_officer, reason="Cabinet meets first")
    draft.refresh_from_db()
    assert draft.route_reason == "Cabinet meets first"


def test_the_page_asks_for_the_reason_where_the_draft_is_submitted(
    draft, finance_officer, signed_in
):
    session, address = signed_in(finance_officer), f"/approvals/{draft.reference}/submit/"
    assert "reaches the key-decision threshold of £250k" in session.get(address).content.decode()
    page = session.post(address, {"on": "2023-06-14"}).content.decode()
    assert "Mark it as a key decision, or say why the mark differs" in page
    session.post(address, {"on": "2023-06-14", "key_decision_reason": "Council decides"})
    draft.refresh_from_db()
    assert draft.submitted_on == DAY
