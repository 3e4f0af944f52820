"""Every page of the room × every role: who reads, who writes, who is refused, who does not know it is there."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from council_hms.models import User
from projects.models import Project
from tests.projects.delivery_factories import (
    make_action,
    make_benefit,
    make_contract,
    make_discount,
    make_highlight,
    make_milestone,
    make_request,
    make_term,
)

DAY = dt.date(2023, 6, 14)
READ = {
    "finance_officer",
    "report_author",
    "auditor",
    "administrator",
    "board_member",
    "project_manager",
}
MANAGER = {"project_manager"}
MANAGER_OR_FINANCE = {"project_manager", "finance_officer"}
#: Those who may open such a page of their own projects, so that another's is 404 and not 403.
ROLES = [*sorted(READ), "other_board_member", "stranger"]

#: address → who gets 200. Everyone else in READ gets 403; another board's member 404 where the role fits, else 403.
PAGES: dict[str, set[str]] = {
    "edit/": {"finance_officer"},
    "work-packages/": READ,
    "board/": READ,
    "board/{seat}/leave/": {"finance_officer", "administrator"},
    "milestones/": READ,
    "milestones/new/": MANAGER,
    "milestones/{milestone}/": READ,
    "milestones/{milestone}/edit/": MANAGER,
    "milestones/{milestone}/withdraw/": MANAGER,
    "highlight-reports/": READ,
    "highlight-reports/new/": MANAGER,
    "highlight-reports/{highlight}/": READ,
    "highlight-reports/{draft}/edit/": MANAGER,
    "highlight-reports/{highlight}/note/": {"board_member"},
    "actions/": READ,
    "actions/new/": {"project_manager", "board_member"},
    "actions/{action}/": MANAGER,
    "issues/": READ,
    "issues/new/": MANAGER,
    "change-requests/": READ,
    "change-requests/new/": MANAGER,
    "change-requests/1/": READ,
    "change-requests/1/edit/": MANAGER,
    "change-requests/1/decide/": {"board_member"},
    "benefits/": READ,
    "benefits/new/": MANAGER_OR_FINANCE,
    "benefits/{benefit}/": MANAGER_OR_FINANCE,
    "contracts/": READ,
    "contracts/new/": MANAGER_OR_FINANCE,
    "contracts/{contract}/": MANAGER_OR_FINANCE,
    "settlement-terms/new/": MANAGER_OR_FINANCE,
    "settlement-terms/{term}/": MANAGER_OR_FINANCE,
    "discounts/new/": MANAGER_OR_FINANCE,
    "discounts/{discount}/": MANAGER_OR_FINANCE,
    "closure/": READ,
    "closure/edit/": MANAGER,
}


@pytest.fixture
def rows(project: Project, board_member: User) -> dict[str, Any]:
    return {
        "seat": project.board.get(person=board_member).pk,
        "milestone": make_milestone(project, baseline=DAY).pk,
        "highlight": make_highlight(project, DAY, submitted_on=DAY).pk,
        "draft": make_highlight(project, DAY + dt.timedelta(days=28)).pk,
        "action": make_action(project, DAY).pk,
        "request": make_request(project, DAY).pk,
        "benefit": make_benefit(project, 1000).pk,
        "contract": make_contract(project).pk,
        "term": make_term(project).pk,
        "discount": make_discount(project).pk,
    }


@pytest.mark.parametrize("role", ROLES)
def test_who_may_open_which_page(
    role: str, rows: dict[str, Any], project: Project, signed_in, request
) -> None:
    session = signed_in(request.getfixturevalue(role))
    answers = {}
    for page, readers in PAGES.items():
        status = session.get(f"/projects/{project.reference}/{page.format(**rows)}").status_code
        if role == "other_board_member":
            expected = 404 if "board_member" in readers else 403
        else:
            expected = 200 if role in readers else 403
        if status != expected:
            answers[page] = (status, expected)
    assert answers == {}


def test_a_draft_highlight_report_is_not_there_for_those_who_do_not_write_it(
    rows: dict[str, Any],
    board_member: User,
    finance_officer: User,
    project_manager: User,
    signed_in,
) -> None:
    address = f"/projects/HMS/highlight-reports/{rows['draft']}/"
    assert signed_in(project_manager).get(address).status_code == 200
    for person in (board_member, finance_officer):
        assert signed_in(person).get(address).status_code == 404
        assert (
            "Draft"
            not in signed_in(person).get("/projects/HMS/highlight-reports/").content.decode()
        )


@pytest.mark.parametrize(
    "page",
    [
        "work-packages/",
        "board/",
        "milestones/{milestone}/",
        "highlight-reports/{draft}/",
        "closure/",
    ],
)
def test_a_page_that_all_may_read_refuses_what_a_reader_sends(
    page: str, rows: dict[str, Any], auditor: User, signed_in
) -> None:
    address = f"/projects/HMS/{page.format(**rows)}"
    status = signed_in(auditor).post(address, {}).status_code
    assert status == (404 if "draft" in page else 403)


def test_another_managers_rows_are_not_reached_through_ones_own_project(
    rows: dict[str, Any], project: Project, other_project: Project, project_manager: User, signed_in
) -> None:
    theirs = make_milestone(other_project, baseline=DAY)
    assert (
        signed_in(project_manager).get(f"/projects/HMS/milestones/{theirs.pk}/").status_code == 404
    )


def test_pages_have_an_empty_state(project: Project, auditor: User, signed_in) -> None:
    session = signed_in(auditor)
    for page in (
        "work-packages/",
        "board/",
        "milestones/",
        "highlight-reports/",
        "actions/",
        "issues/",
        "change-requests/",
        "benefits/",
        "contracts/",
    ):
        content = session.get(f"/projects/{project.reference}/{page}").content.decode()
        assert "empty-state" in content, page
