"""The history as people read it: who did what, why, from what to what; and what stays hidden from whom."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from pghistory.models import Context

from budgets import services
from council_hms import history_log
from council_hms.financial_year import FinancialYear
from projects.models import SettlementTerm, Supplier
from projects.services import enter_settlement_term
from tests.factories import make_body, make_source

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 6, 14)
CANARY = "canary-of-the-settlement"


@pytest.fixture
def change(finance_officer, project):
    line = services.NewLine(FinancialYear(2023), "capital", make_source(), Decimal(100))
    return services.record_change(
        by=finance_officer,
        project=project,
        kind="increase",
        title="Interfaces",
        lines=[line],
        reason="From the minutes of June",
    )


@pytest.mark.django_db(transaction=True)  # in one transaction, two acts are of the same moment
def test_an_act_says_who_did_it_why_and_from_what_to_what(change, finance_officer, auditor):
    services.edit_change(
        by=finance_officer, change=change, version=1, title="Integration", reason="Wrong title"
    )
    latest, first = history_log.acts_on(change, auditor)
    assert (latest.words, latest.by, latest.reason) == (
        "Budget change: edited",
        "Finance officer",
        "Wrong title",
    )
    (row,) = latest.rows
    assert [(part.label, part.before, part.after) for part in row.fields] == [
        ("Title", "Interfaces", "Integration")
    ]
    assert first.words == "Budget change: recorded"
    assert {row.kind for row in first.rows} == {"Budget change", "Line"}


def test_two_acts_in_one_request_are_two_acts(change, finance_officer, signed_in):
    make_body("council", "Council")
    signed_in(finance_officer).post(f"/approvals/{change.reference}/submit/", {"on": "2023-06-14"})
    acts = {context.metadata["act"]: context.metadata for context in Context.objects.all()}
    assert {"change.plan_route", "change.submit"} <= set(acts)
    assert acts["change.submit"]["through"] == "form"
    assert acts["change.record"]["through"] == "command"


def test_an_act_within_an_act_is_part_of_the_larger_one(change, finance_officer):
    mirror = services.reverse_change(by=finance_officer, change=change, reason="Wrong project")
    (act,) = history_log.acts_on(mirror, finance_officer)
    assert (act.words, act.reason) == ("Budget change: reversed", "Wrong project")


def test_pages_of_the_history_lead_to_one_another(change, auditor, signed_in):
    session = signed_in(auditor)
    log = session.get("/history/").content.decode()
    assert "Budget change: recorded" in log
    assert "From the minutes of June" in log
    assert "1 × budget change" in log
    act = history_log.acts_on(change, auditor)[0]
    assert "Interfaces" in session.get(f"/history/acts/{act.id}/").content.decode()
    row = session.get(f"/history/rows/budgets.budgetchange/{change.pk}/").content.decode()
    assert "because: From the minutes of June" in row
    page = session.get(f"/approvals/{change.reference}/").content.decode()
    assert "because: From the minutes of June" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=minutes", True),
        ("q=nothing-like-it", False),
        ("kind=budgets.line", True),
        ("kind=budgets.decision", False),
        ("through=command", True),
        ("through=import", False),
        ("until=2000-01-01", False),
        ("project=hms", True),
        ("project=POOL", False),
        ("project=no-such-project", False),
    ],
)
def test_the_log_is_filtered(change, auditor, signed_in, query, found):
    page = signed_in(auditor).get(f"/history/?{query}").content.decode()
    assert ("Budget change: recorded" in page) is found


def test_the_log_is_taken_away_as_filtered(change, auditor, signed_in):
    answer = signed_in(auditor).get("/history.csv?kind=budgets.line")
    text = b"".join(answer.streaming_content).decode()
    assert "Budget change: recorded,Finance officer,From the minutes of June,command" in text


def test_a_row_one_may_not_see_has_no_history(change, board_member, signed_in):
    address = f"/history/rows/budgets.budgetchange/{change.pk}/"
    assert signed_in(board_member).get(address).status_code == 403


@pytest.fixture
def term(finance_officer, project) -> SettlementTerm:
    return enter_settlement_term(
        by=finance_officer,
        project=project,
        title=CANARY,
        supplier=Supplier.objects.create(name="A supplier"),
        amount=Decimal("777777"),
        exempt=True,
        exempt_paragraphs=[3],
        exempt_reason=CANARY,
    )


def test_history_of_exempt_matter_is_for_those_with_the_right(
    term, administrator, auditor, signed_in
):
    act = Context.objects.latest("created_at")
    for address in ("/history/", "/history.csv", f"/history/acts/{act.pk}/"):
        seen = _text(signed_in(administrator).get(address))
        assert CANARY not in seen
        assert "777777" not in seen
    assert CANARY in _text(signed_in(auditor).get(f"/history/acts/{act.pk}/"))
    row = f"/history/rows/projects.settlementterm/{term.pk}/"
    assert signed_in(administrator).get(row).status_code == 404
    assert CANARY in _text(signed_in(auditor).get(row))


def test_what_was_exempt_once_stays_hidden_in_history(term, administrator, signed_in):
    SettlementTerm.objects.filter(pk=term.pk).update(exempt=False, exempt_paragraphs=[])
    for act in Context.objects.all():
        assert CANARY not in _text(signed_in(administrator).get(f"/history/acts/{act.pk}/"))


def _text(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode()


def test_queries_of_the_log_do_not_grow_with_what_acts_changed(
    change, finance_officer, auditor, signed_in, django_assert_max_num_queries
):
    for number in range(5):
        services.edit_change(
            by=finance_officer, change=change, version=number + 1, title=f"Title {number}"
        )
    session = signed_in(auditor)
    with django_assert_max_num_queries(12):
        session.get("/history/")
