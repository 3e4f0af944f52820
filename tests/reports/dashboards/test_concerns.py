"""Findings of what belongs to no project are accepted alike; over thousands of projects they are kept."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from projects.models import FindingAcceptance
from reports.dashboards import concerns
from tests.projects.delivery_factories import make_contract, make_discount
from tests.reports.dashboards.test_findings_pages import overspend
from tests.risks.risk_factories import make_exempt, make_risk

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def corporate_risk():
    return make_risk(None, "Savings are not delivered", reviews=[(TODAY(), 5, 5)])


def in_days(days: int) -> str:
    return (TODAY() + dt.timedelta(days=days)).isoformat()


def test_a_corporate_risk_is_on_the_list_and_is_accepted_and_taken_back(
    corporate_risk, signed_in, finance_officer
):
    session = signed_in(finance_officer)
    address = f"/findings/accept/risks.above_appetite/{corporate_risk.reference}/"
    listed = session.get("/findings/").content.decode()
    assert "Corporate risk register" in listed
    assert address in listed

    refused = session.post(address, {"reason": "", "review_on": "2020-01-01"}).content.decode()
    assert "Say why the finding is accepted" in refused
    assert "Enter a day after today" in refused
    assert "2020-01-01" in refused

    answer = session.post(address, {"reason": "Cabinet bears it", "review_on": in_days(30)})
    assert answer.status_code == 302, answer.context["form"].errors
    page = session.get("/findings/").content.decode()
    assert "Cabinet bears it" in page
    acceptance = FindingAcceptance.objects.get()
    assert (acceptance.project, acceptance.exempt) == (None, False)
    assert (
        "Due for another look" in session.get("/findings/", {"as_at": in_days(30)}).content.decode()
    )

    back = f"/findings/accepted/{acceptance.pk}/end/"
    assert back in page
    assert "Cabinet bears it" in session.get(back).content.decode()
    session.post(back, {"reason": "Not any more"})
    assert "Cabinet bears it" not in session.get("/findings/").content.decode()


def test_a_corporate_finding_is_accepted_only_by_those_who_may(
    corporate_risk, signed_in, board_member, auditor
):
    address = f"/findings/accept/risks.above_appetite/{corporate_risk.reference}/"
    for person in (board_member, auditor):
        assert signed_in(person).get(address).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/findings/accept/risks.above_appetite/NOTHING/",
        "/findings/accept/no.such_check/C1/",
        "/findings/accept/budgets.retrospective_request/HMS-01/",
        "/findings/accepted/999999/end/",
    ],
)
def test_what_is_not_there_is_not_accepted(signed_in, finance_officer, address):
    assert signed_in(finance_officer).get(address).status_code == 404


def test_the_acceptance_of_an_exempt_finding_is_for_those_with_the_right(
    project, signed_in, finance_officer, administrator, auditor
):
    contract = make_contract(project, ends=dt.date(2024, 1, 1))
    discount = make_discount(
        project, contract=contract, title="CANARY", claim_until=TODAY() + dt.timedelta(days=90)
    )
    address = (
        "/projects/HMS/findings/accept/projects.contract_ends_before_discounts/"
        f"discount-{discount.pk}/"
    )
    signed_in(finance_officer).post(
        address, {"reason": "The CANARY supplier agreed", "review_on": in_days(30)}
    )
    acceptance = FindingAcceptance.objects.get()
    assert acceptance.exempt
    assert not FindingAcceptance.objects.visible_to(administrator).exists()
    assert FindingAcceptance.objects.visible_to(auditor).exists()
    assert "CANARY" not in signed_in(administrator).get("/history/").content.decode()


def test_a_finding_of_an_exempt_corporate_risk_is_not_told_to_others(
    signed_in, administrator, auditor
):
    make_exempt(make_risk(None, "Zeppelin", reviews=[(TODAY(), 5, 5)]))
    assert "Zeppelin" in signed_in(auditor).get("/findings/").content.decode()
    for address in ("/findings/", "/findings.json", "/", "/portfolio/"):
        assert "Zeppelin" not in signed_in(administrator).get(address).content.decode()


@pytest.fixture
def of_many(monkeypatch):
    """As if any number of projects were too many to be looked at on each reading."""
    monkeypatch.setattr(concerns, "ALWAYS_FRESH", 0)


def test_over_many_projects_findings_are_worked_out_when_asked_for_and_the_page_says_when(
    of_many, project, signed_in, auditor, corporate_risk
):
    overspend(project)
    session = signed_in(auditor)
    for address in ("/", "/portfolio/"):
        page = session.get(address).content.decode()
        assert "Work them out now" in page, address
    assert "Worked out at" in session.get("/findings/").content.decode()
    for address in ("/", "/portfolio/"):
        page = session.get(address).content.decode()
        assert "Work them out now" not in page, address
        assert "Worked out at" in page, address
    home = session.get("/").context["home"]
    assert [need.project.reference for need in home.in_need] == ["HMS"]
    assert home.beyond.warning == 1
    portfolio = session.get("/portfolio/").context["portfolio"]
    assert portfolio.weight.severe == 1
    assert portfolio.weight.warning >= 1


def test_to_accept_one_changes_the_kept_counts_at_once(
    of_many, project, signed_in, finance_officer
):
    overspend(project)
    session = signed_in(finance_officer)
    session.get("/findings/")

    def severe() -> int:
        return session.get("/portfolio/").context["portfolio"].weight.severe

    assert severe() == 1
    session.post(
        "/projects/HMS/findings/accept/budgets.ahead_of_authority/year-2022/",
        {"reason": "Council was told", "review_on": in_days(30)},
    )
    assert severe() == 0
    acceptance = FindingAcceptance.objects.get()
    session.post(f"/projects/HMS/findings/accepted/{acceptance.pk}/end/", {"reason": "Too soon"})
    assert severe() == 1


def test_counts_of_the_portfolio_lead_to_the_findings_that_they_count(
    project, other_project, signed_in, auditor
):
    project.directorate, other_project.directorate = "Housing", "Place"
    for each in (project, other_project):
        each.save()
        overspend(each)
    session = signed_in(auditor)
    for query, expected in (({}, 2), ({"directorate": "Housing"}, 1)):
        portfolio = session.get("/portfolio/", query).context["portfolio"]
        level, count, address = portfolio.finding_counts[0]
        assert (level.label, count) == ("Severe", expected)
        assert len(session.get(address).context["list"].shown) == expected
