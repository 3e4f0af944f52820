"""What breaks a rule is listed, narrowed, explained, accepted with a reason and a day, and taken away as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from council_hms.access import Role
from projects.models import FindingAcceptance
from tests.factories import (
    decide,
    make_body,
    make_change,
    make_project,
    make_spend,
    make_user,
    sit_on_board,
)
from tests.projects.delivery_factories import make_contract, make_discount

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


def overspend(project, pounds=50_000):
    """£100k approved by Council for 2022-23, and more spent: severe."""
    council = make_body("council")
    change = make_change(project, [(2022, "capital", 100_000)], submitted_on=dt.date(2022, 1, 1))
    decide(change, council, "approved", dt.date(2022, 2, 1), has_authority=True)
    make_spend(project, dt.date(2022, 6, 1), 100_000 + pounds)


@pytest.fixture
def overspent(project):
    overspend(project)
    return project


def test_the_list_says_what_where_who_and_how_heavily(overspent, signed_in, auditor):
    page = signed_in(auditor).get("/findings/").content.decode()
    assert "Spend ahead of formal approval" in page
    assert "£150k was spent to the end of 2022-23 and £100k is formally approved" in page
    assert "Severe" in page
    assert "/projects/HMS/position/" in page
    assert "Project sponsor and s151 officer" in page


def test_it_is_narrowed_by_severity_room_project_directorate_and_who_acts(
    overspent, signed_in, auditor
):
    housing = make_project("ROOF", title="Library roof", directorate="Housing")
    overspend(housing, 20_000)
    session = signed_in(auditor)

    def shown(**query) -> set[str]:
        listed = session.get("/findings/", query).context["list"].shown
        return {each.concern.finding.project_reference for each in listed}

    assert shown() == {"HMS", "ROOF"}
    assert shown(q="library") == {"ROOF"}
    assert shown(directorate="Housing") == {"ROOF"}
    assert shown(severity="advice") == set()
    assert shown(room="risks") == set()
    assert shown(check="budgets.ahead_of_authority", who="Project sponsor and s151 officer") == {
        "HMS",
        "ROOF",
    }
    assert shown(as_at="2022-05-01") == set()  # before anything was spent


@pytest.mark.parametrize(
    "query",
    [
        {"severity": "dreadful"},
        {"as_at": "31/31/2023"},
        {"as_at": "0001-01-01"},
        {"as_at": "9999-12-31"},
        {"page": "-1"},
        {"page": "999999999999"},
        {"check": "budgets.nothing"},
        {"q": "x" * 500},
    ],
)
def test_no_parameter_breaks_the_list(overspent, signed_in, auditor, query):
    for address in ("/findings/", "/projects/HMS/findings/", "/portfolio/", "/projects/HMS/"):
        assert signed_in(auditor).get(address, query).status_code == 200


def test_a_board_member_sees_the_findings_of_their_projects_alone(
    overspent, other_project, signed_in, board_member, other_board_member
):
    overspend(other_project)
    mine = signed_in(board_member).get("/findings/").content.decode()
    assert "HMS" in mine
    assert "POOL" not in mine
    assert signed_in(other_board_member).get("/projects/HMS/findings/").status_code == 404
    assert signed_in(other_board_member).get("/projects/HMS/findings.csv").status_code == 404


def test_a_finding_is_accepted_with_a_reason_and_a_day_and_stays_on_the_list(
    overspent, signed_in, finance_officer
):
    session = signed_in(finance_officer)
    listed = session.get("/projects/HMS/findings/").content.decode()
    address = "/projects/HMS/findings/accept/budgets.ahead_of_authority/year-2022/"
    assert address in listed

    # without a reason, or with a day that has passed, it is refused and what was typed stays
    refused = session.post(address, {"reason": "", "review_on": "2020-01-01"}).content.decode()
    assert "Say why the finding is accepted" in refused
    assert "Enter a day after today" in refused
    assert "2020-01-01" in refused

    later = TODAY() + dt.timedelta(days=90)
    session.post(address, {"reason": "Council was told in March", "review_on": later.isoformat()})
    page = session.get("/projects/HMS/findings/")
    assert "Council was told in March" in page.content.decode()
    assert "Finance officer" in page.content.decode()
    assert page.context["list"].weight.severe == 0
    assert [each.concern.state for each in page.context["list"].shown][-1] == "accepted"

    # from the day of the review it counts again
    again = session.get("/projects/HMS/findings/", {"as_at": later.isoformat()})
    assert "Due for another look" in again.content.decode()
    assert again.context["list"].weight.severe == 1

    # and it can be taken back
    acceptance = FindingAcceptance.objects.get()
    session.post(f"/projects/HMS/findings/accepted/{acceptance.pk}/end/", {"reason": "Too soon"})
    assert session.get("/projects/HMS/findings/").context["list"].weight.severe == 1


def test_nobody_accepts_a_finding_that_is_not_there(overspent, signed_in, finance_officer):
    address = "/projects/HMS/findings/accept/budgets.ahead_of_authority/year-1999/"
    assert signed_in(finance_officer).get(address).status_code == 404


def test_the_rules_page_explains_every_check(signed_in, auditor):
    from council_hms.findings import checks

    page = signed_in(auditor).get("/findings/rules/").content.decode()
    for check in checks():
        assert f'id="{check.code}"' in page
        assert check.who_acts in page


def test_the_list_goes_into_files(overspent, signed_in, auditor):
    session = signed_in(auditor)
    rows = list(csv.reader(io.StringIO(session.get("/findings.csv").content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Project", "Title", "Severity", "Finding"]
    assert any(row[0] == "HMS" and row[2] == "Severe" for row in rows[1:])
    for suffix in ("xlsx", "json", "pdf", "docx"):
        answer = session.get(f"/projects/HMS/findings.{suffix}")
        assert answer.status_code == 200
        assert answer.content
    assert session.get("/findings.exe").status_code == 404


def test_an_exempt_discount_is_in_no_finding_of_those_without_the_right(
    project, signed_in, administrator, auditor
):
    contract = make_contract(project, ends=dt.date(2024, 1, 1))
    make_discount(
        project, contract=contract, title="CANARY rebate", claim_until=dt.date(2027, 1, 1)
    )
    assert "CANARY" in signed_in(auditor).get("/findings/").content.decode()
    for address in (
        "/findings/",
        "/findings.csv",
        "/projects/HMS/findings.json",
        "/",
        "/projects/HMS/",
    ):
        assert "CANARY" not in signed_in(administrator).get(address).content.decode()


def test_the_number_of_queries_does_not_grow_with_projects(signed_in, auditor):
    session = signed_in(auditor)
    for number in range(2):
        overspend(make_project(f"A-{number}"))
    session.get("/findings/")

    def count(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            session.get(address)
        return len(asked)

    addresses = ("/findings/", "/", "/portfolio/")
    few = [count(address) for address in addresses]
    for number in range(12):
        overspend(make_project(f"B-{number}"))
    assert [count(address) for address in addresses] == few


def command(*words: str) -> tuple[int, str]:
    said = io.StringIO()
    try:
        call_command("findings", *words, stdout=said)
    except SystemExit as ended:
        return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


def test_the_command_ends_with_1_while_a_severe_finding_is_not_accepted(overspent, finance_officer):
    status, said = command("HMS")
    assert status == 1
    assert "Severe   HMS        Spend ahead of formal approval" in said
    FindingAcceptance.objects.create(
        code="budgets.ahead_of_authority",
        project=overspent,
        subject="year-2022",
        reason="Told to Council",
        accepted_by=finance_officer,
        review_on=TODAY() + dt.timedelta(days=30),
    )
    status, said = command("HMS")
    assert status == 0
    assert "accepted until" in said
    status, said = command("HMS", "--json")
    accepted = [row for row in json.loads(said) if row["state"] == "accepted"]
    assert accepted[0]["accepted"]["reason"] == "Told to Council"


def test_the_command_looks_at_any_day(overspent):
    assert command("--as-at", "2022-05-01") == (0, "0 findings, 0 of them accepted\n")


def test_someone_without_a_role_sees_no_findings(overspent, signed_in, stranger):
    assert signed_in(stranger).get("/findings/").status_code == 403


def test_a_board_member_cannot_accept(overspent, signed_in, board_member):
    address = "/projects/HMS/findings/accept/budgets.ahead_of_authority/year-2022/"
    assert signed_in(board_member).get(address).status_code == 403


def test_a_person_on_two_boards_sees_both(project, other_project, signed_in):
    person = make_user(Role.BOARD_MEMBER)
    for each in (project, other_project):
        sit_on_board(person, each)
        overspend(each)
    page = signed_in(person).get("/findings/").content.decode()
    assert "HMS" in page
    assert "POOL" in page
