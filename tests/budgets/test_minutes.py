"""A wrong minute put right: with its reason, by two people where the council asks, and never the money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from budgets import minutes, services
from budgets.ledger import position_of
from budgets.models import AuthorityLimit, MinuteCorrection
from council_hms.concurrency import StaleError
from council_hms.history_log import acts_on
from council_hms.models import CouncilSettings
from tests.factories import make_body, make_change

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 6, 14)


@pytest.fixture
def decision(finance_officer, project):
    """Council's approval of £100, entered under minute 45; it was minute 54."""
    council = make_body("council", "Council")
    AuthorityLimit.objects.filter(body=council).update(since=dt.date(2020, 4, 1))
    change = make_change(project, [(2023, "capital", 100)], by=finance_officer)
    return services.record_decision(
        by=finance_officer,
        change=change,
        body=council,
        outcome="approved",
        decided_on=DAY,
        minute_number="45",
    )


@pytest.fixture
def confirmed(decision, second_finance_officer):
    """The same, in a council of four eyes, confirmed by a second person."""
    CouncilSettings.objects.create(pk=1, four_eyes=True)
    decision.needs_confirmation = True
    decision.save()
    return services.confirm_decision(by=second_finance_officer, decision=decision)


def correct(decision, by, **typed):
    right = {
        "decided_on": decision.decided_on,
        "precision": decision.precision,
        "agenda_item": decision.agenda_item,
        "minute_number": "54",
        "reason": "The minutes of 14 June give number 54",
    }
    return minutes.correct_minute(by=by, decision=decision, **{**right, **typed})


def test_a_wrong_minute_number_is_corrected_with_the_reason_in_the_history(
    decision, finance_officer, auditor, project
):
    before = position_of(project, DAY)
    correct(decision, finance_officer)
    decision.refresh_from_db()
    assert decision.minute_number == "54"
    assert (decision.outcome, decision.has_authority) == ("approved", True)
    assert position_of(project, DAY) == before
    act = next(
        act
        for act in acts_on(decision.change, auditor)
        if act.words == "Minute of a decision: corrected"
    )
    assert act.reason == "The minutes of 14 June give number 54"
    fields = [(part.before, part.after) for row in act.rows for part in row.fields]
    assert ("45", "54") in fields


def test_without_a_reason_or_a_difference_nothing_is_corrected(decision, finance_officer):
    with pytest.raises(services.BudgetError, match="Say what was wrong"):
        correct(decision, finance_officer, reason=" ")
    with pytest.raises(services.BudgetError, match="on record already"):
        correct(decision, finance_officer, minute_number="45")
    assert not MinuteCorrection.objects.exists()


def test_a_date_on_which_the_approval_would_not_count_is_no_slip_of_the_minute(
    decision, finance_officer
):
    with pytest.raises(services.BudgetError, match="would not count: Council had no authority"):
        correct(decision, finance_officer, decided_on=dt.date(2019, 6, 14))
    correct(decision, finance_officer, decided_on=dt.date(2023, 6, 13))
    decision.refresh_from_db()
    assert decision.decided_on == dt.date(2023, 6, 13)


def test_a_date_that_would_carry_the_year_above_the_limit_is_refused(
    decision, finance_officer, project
):
    AuthorityLimit.objects.update(per_year=Decimal(150))
    earlier = make_change(project, [(2022, "capital", 100)], by=finance_officer)
    services.record_decision(
        by=finance_officer,
        change=earlier,
        body=decision.body,
        outcome="approved",
        decided_on=dt.date(2023, 3, 1),
    )
    with pytest.raises(services.BudgetError, match="above its limit of £150"):
        correct(decision, finance_officer, decided_on=dt.date(2023, 3, 14))


def test_with_four_eyes_the_record_changes_when_another_has_confirmed(
    confirmed, finance_officer, second_finance_officer, project
):
    correction = correct(confirmed, finance_officer)
    confirmed.refresh_from_db()
    assert confirmed.minute_number == "45"
    assert position_of(project, DAY).approved.total == 100  # it counts all the while
    with pytest.raises(services.NotDecidedBySameError):
        minutes.settle_correction(by=finance_officer, correction=correction, accept=True)
    with pytest.raises(services.BudgetError, match="already waits"):
        correct(confirmed, second_finance_officer, minute_number="55")
    minutes.settle_correction(by=second_finance_officer, correction=correction, accept=True)
    confirmed.refresh_from_db()
    assert confirmed.minute_number == "54"
    assert confirmed.confirmed_by == second_finance_officer
    with pytest.raises(services.BudgetError, match="already been settled"):
        minutes.settle_correction(by=second_finance_officer, correction=correction, accept=False)


def test_a_refused_correction_leaves_the_record_as_it_was(
    confirmed, finance_officer, second_finance_officer
):
    correction = correct(confirmed, finance_officer)
    minutes.settle_correction(by=second_finance_officer, correction=correction, accept=False)
    confirmed.refresh_from_db()
    assert confirmed.minute_number == "45"
    correct(confirmed, finance_officer, minute_number="64")  # another may follow


def test_who_corrected_a_decision_that_waits_does_not_confirm_it(
    decision, finance_officer, second_finance_officer
):
    CouncilSettings.objects.create(pk=1, four_eyes=True)
    decision.needs_confirmation = True
    decision.save()
    correct(decision, second_finance_officer)
    decision.refresh_from_db()
    assert decision.minute_number == "54"  # its confirmation is still to come
    with pytest.raises(services.NotDecidedBySameError, match="You corrected"):
        services.confirm_decision(by=second_finance_officer, decision=decision)


def test_the_database_refuses_a_correction_confirmed_by_its_writer(confirmed, finance_officer):
    correction = correct(confirmed, finance_officer)
    with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
        MinuteCorrection.objects.filter(pk=correction.pk).update(
            settled_by=finance_officer, settled_at=correction.entered_at, is_accepted=True
        )


def test_a_correction_typed_on_what_someone_else_changed_meanwhile_is_shown_both(
    decision, finance_officer, signed_in
):
    with pytest.raises(StaleError):
        correct(decision, finance_officer, version=99)
    address = f"/approvals/{decision.change.reference}/minute/{decision.position}/"
    typed = {"decided_on": "2023-06-14", "minute_number": "54", "reason": "A slip", "version": "99"}
    page = signed_in(finance_officer).post(address, typed).content.decode()
    assert "As someone else saved it" in page
    assert 'value="54"' in page


def test_the_pages_lead_from_the_decision_to_its_correction_and_its_confirmation(
    confirmed, finance_officer, second_finance_officer, signed_in
):
    change = confirmed.change
    mine, theirs = signed_in(finance_officer), signed_in(second_finance_officer)
    address = f"/approvals/{change.reference}/minute/{confirmed.position}/"
    assert address in mine.get(change.get_absolute_url()).content.decode()
    wrong = mine.post(address, {"decided_on": "2098-06-14", "minute_number": "54"})
    assert "cannot be in the future" in wrong.content.decode()
    assert 'value="54"' in wrong.content.decode()
    typed = {"decided_on": "2023-06-14", "minute_number": "54", "reason": "A slip of the pen"}
    version = mine.get(address).context["form"]["version"].value()
    mine.post(address, {**typed, "version": version})
    page = mine.get(change.get_absolute_url()).content.decode()
    assert "Correction to confirm" in page
    assert "Confirm the correction" not in page
    assert (
        change.reference in theirs.get("/approvals/decisions/?confirmation=waits").content.decode()
    )
    assert "1 correction of a minute to confirm" in _words(theirs.get("/"))
    assert "Confirm the correction" in theirs.get(change.get_absolute_url()).content.decode()
    theirs.post(f"{address}settle/", {"settle": "confirm"})
    page = mine.get(change.get_absolute_url()).content.decode()
    assert "minute 54" in page
    assert "confirmed by Second finance officer: A slip of the pen" in page


def _words(answer) -> str:
    from django.utils.html import strip_tags

    return " ".join(strip_tags(answer.content.decode()).split())
