"""Actions, issues and change requests: entered, done, resolved, decided; refused, kept, once."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from budgets.models import BudgetChange
from council_hms.models import User
from projects import services
from projects.models import Action, ChangeRequest, Issue, Project
from tests.factories import make_change
from tests.projects.delivery_factories import make_action, make_request


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_a_board_gives_an_action_and_the_manager_says_it_is_done(
    project: Project, board_member: User, project_manager: User, signed_in
) -> None:
    form = {
        "what": "Tell Council",
        "owner": "Head of Financial Services",
        "raised_on": "2023-06-01",
        "due_on": "2023-06-07",
    }
    signed_in(board_member).post("/projects/HMS/actions/new/", form | {"once": str(uuid.uuid4())})
    action = Action.objects.get()
    manager = signed_in(project_manager)
    assert "Overdue" in manager.get("/projects/HMS/actions/?as_at=2023-06-08").content.decode()
    assert "Overdue" not in manager.get("/projects/HMS/actions/?as_at=2023-06-07").content.decode()
    address = f"/projects/HMS/actions/{action.pk}/"
    manager.post(
        address, form | {"done_on": "2023-06-10", "outcome": "Told in July", "version": "1"}
    )
    action.refresh_from_db()
    assert (action.done_on, action.version) == (day("2023-06-10"), 2)
    assert "Told in July" in manager.get("/projects/HMS/actions/").content.decode()
    # as at a day before it was done, it is open
    assert "Overdue" in manager.get("/projects/HMS/actions/?as_at=2023-06-09").content.decode()


def test_wrong_action_is_said_and_kept(project: Project, project_manager: User, signed_in) -> None:
    form = {"what": "Tell Council", "owner": "", "raised_on": "2023-06-08", "due_on": "2023-06-07"}
    content = signed_in(project_manager).post("/projects/HMS/actions/new/", form).content.decode()
    assert "Enter the owner" in content
    assert "must not be before the day it was raised" in content
    assert 'value="Tell Council"' in content
    assert not Action.objects.exists()


def test_a_stale_action_overwrites_nothing(
    project: Project, project_manager: User, signed_in
) -> None:
    action = make_action(project, day("2023-06-07"), what="Tell Council")
    form = {
        "what": "Tell Cabinet",
        "owner": "Chief executive",
        "raised_on": "2023-05-08",
        "due_on": "2023-06-07",
    }
    session = signed_in(project_manager)
    session.post(f"/projects/HMS/actions/{action.pk}/", form | {"version": "1"})
    content = session.post(
        f"/projects/HMS/actions/{action.pk}/", form | {"what": "Tell nobody", "version": "1"}
    ).content.decode()
    assert "Tell Cabinet" in content
    assert "Tell nobody" in content
    action.refresh_from_db()
    assert action.what == "Tell Cabinet"


def test_an_issue_is_logged_and_resolved_with_words(
    project: Project, project_manager: User, signed_in
) -> None:
    session = signed_in(project_manager)
    form = {"title": "Data lost in migration", "severity": "high", "raised_on": "2021-06-01"}
    session.post("/projects/HMS/issues/new/", form)
    issue = Issue.objects.get()
    address = f"/projects/HMS/issues/{issue.pk}/"
    refused = session.post(address, form | {"resolved_on": "2022-11-30", "version": "1"})
    assert "Say how it was resolved" in refused.content.decode()
    session.post(
        address, form | {"resolved_on": "2022-11-30", "resolution": "Loaded again", "version": "1"}
    )
    assert "Loaded again" in session.get("/projects/HMS/issues/").content.decode()
    assert list(Issue.objects.open(day("2022-11-29"))) == [issue]
    assert list(Issue.objects.open(day("2022-11-30"))) == []


REQUEST = {
    "title": "Leave out the sauna",
    "what": "Patch it",
    "why": "Money",
    "months": "-2",
    "cost": "(35k)",
    "raised_on": "2023-05-12",
}


def test_a_request_is_raised_decided_by_the_board_and_leads_to_a_budget_change(
    project: Project, project_manager: User, board_member: User, finance_officer: User, signed_in
) -> None:
    manager, board, finance = map(signed_in, (project_manager, board_member, finance_officer))
    manager.post("/projects/HMS/change-requests/new/", REQUEST | {"once": str(uuid.uuid4())})
    request = ChangeRequest.objects.get()
    assert (request.number, request.cost, request.months) == (1, Decimal("-35000.00"), -2)
    address = "/projects/HMS/change-requests/1/"
    shown = manager.get(address).content.decode()
    assert "2 months sooner" in shown
    assert "-£35,000" in shown

    early = {"outcome": "approved", "on": "2023-05-01", "reason": "Agreed", "version": "1"}
    assert (
        "before the request was raised" in board.post(address + "decide/", early).content.decode()
    )
    board.post(address + "decide/", early | {"on": "2023-06-07"})
    request.refresh_from_db()
    assert (request.outcome, request.decided_by) == ("approved", board_member)
    assert board.get(address + "decide/").status_code == 404
    assert manager.get(address + "edit/").status_code == 404

    # the board's word is no authority: the ledger asks for the money, filled in from the request
    assert "A finance officer enters the budget change" in manager.get(address).content.decode()
    assert "/changes/new/?request=1" in finance.get(address).content.decode()
    form = finance.get("/projects/HMS/changes/new/?request=1").content.decode()
    assert REQUEST["title"] in form
    assert "-£35k" in form
    recorded = finance.post(
        "/projects/HMS/changes/new/?request=1",
        {
            "kind": "decrease",
            "title": REQUEST["title"],
            "headline_basis": "by",
            "headline": "-£35k",
            "grid-rows": "0",
            "once": str(uuid.uuid4()),
        },
    )
    assert recorded.status_code == 302, recorded.content.decode()
    request.refresh_from_db()
    change = BudgetChange.objects.get()
    assert request.budget_change_reference == change.reference
    assert not request.needs_budget_change
    assert f"/approvals/{change.reference}/" in manager.get(address).content.decode()
    assert address in finance.get(f"/approvals/{change.reference}/").content.decode()
    # it leads to one budget change, not to two
    again = finance.post(
        "/projects/HMS/changes/new/?request=1",
        {"kind": "decrease", "title": "Twice", "grid-rows": "0", "once": str(uuid.uuid4())},
    ).content.decode()
    assert f"has led to {change.reference} already" in again
    assert BudgetChange.objects.count() == 1


def test_a_request_names_a_budget_change_of_its_own_project_alone(
    project: Project, other_project: Project, finance_officer: User, signed_in
) -> None:
    request = make_request(
        project,
        day("2023-05-12"),
        outcome="approved",
        decided_on=day("2023-06-07"),
        decided_by=finance_officer,
        cost=Decimal(5_000),
    )
    make_change(other_project, [], by=finance_officer, reference="OTHER-01")
    make_change(project, [], by=finance_officer, reference="HMS-07")
    address = f"/projects/HMS/change-requests/{request.number}/budget-change/"
    page = signed_in(finance_officer)
    assert "OTHER-01" not in page.get(address).content.decode()
    for made_up in ("OTHER-01", "HMS-99", ""):
        refused = page.post(address, {"budget_change_reference": made_up, "version": "1"})
        assert "There is a problem" in refused.content.decode()
    assert page.post(address, {"budget_change_reference": "HMS-07", "version": "1"}).url
    request.refresh_from_db()
    assert request.budget_change_reference == "HMS-07"


def test_numbers_run_within_a_project(
    project: Project, other_project: Project, project_manager: User
) -> None:
    for where in (project, other_project, project):
        services.raise_change_request(
            by=project_manager,
            project=where,
            title="T",
            what="W",
            why="Y",
            raised_on=day("2023-05-12"),
        )
    assert list(
        ChangeRequest.objects.of(project).order_by("number").values_list("number", flat=True)
    ) == [1, 2]
    assert ChangeRequest.objects.of(other_project).get().number == 1


def test_a_manager_does_not_decide_their_own_request(
    project: Project, project_manager: User, signed_in
) -> None:
    request = make_request(project, day("2023-05-12"))
    with pytest.raises(PermissionDenied):
        services.decide_change_request(
            by=project_manager,
            request=request,
            version=1,
            outcome="approved",
            on=timezone.localdate(),
            reason="Yes",
        )
    status = (
        signed_in(project_manager).post("/projects/HMS/change-requests/1/decide/", {}).status_code
    )
    assert status == 403


def test_following_a_project_and_not(project: Project, board_member: User, signed_in) -> None:
    session = signed_in(board_member)
    back = session.post(
        "/projects/HMS/follow/", {"follow": "yes", "next": "/projects/HMS/milestones/"}
    )
    assert back["Location"] == "/projects/HMS/milestones/"
    session.post("/projects/HMS/follow/", {"follow": "yes"})  # twice is once
    assert board_member.followings.count() == 1
    assert "Stop following" in session.get("/projects/HMS/milestones/").content.decode()
    session.post("/projects/HMS/follow/", {"follow": "no"})
    assert board_member.followings.count() == 0
    elsewhere = session.post(
        "/projects/HMS/follow/", {"follow": "yes", "next": "https://evil.example/"}
    )
    assert elsewhere["Location"] == "/projects/HMS/"
    assert session.get("/projects/HMS/follow/").status_code == 405
