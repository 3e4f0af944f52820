"""Highlight reports: proposed ratings and their rules, the form, submission, the board's note, and as at."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from council_hms import findings
from council_hms.findings import Check, Finding, Severity
from council_hms.models import User
from projects import services
from projects.highlight import Proposal, prefill, propose, rate_by_findings
from projects.models import Aspect, HighlightRating, HighlightReport, Project
from tests.projects.delivery_factories import (
    make_action,
    make_benefit,
    make_contract,
    make_discount,
    make_highlight,
    make_milestone,
    make_request,
)

TODAY = dt.date(2023, 6, 14)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def check(code: str, severity: Severity, *messages: str) -> Check:
    def find(scope: findings.Scope) -> list[Finding]:
        return [
            Finding(code, project.pk, project.reference, str(number), message)
            for project in scope.projects
            for number, message in enumerate(messages)
        ]

    return Check(code, code, severity, "", "", find)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch):
    """``registry(check, …)``: these checks stand beside the room's own."""
    own = tuple(one for one in findings.checks() if one.code.startswith("projects."))

    def use(*others: Check) -> None:
        monkeypatch.setattr(findings, "checks", lambda: (*own, *others))
        findings._by_code.cache_clear()

    use()
    yield use
    findings._by_code.cache_clear()


# -- the rules --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "severity", "aspect", "rating"),
    [
        ("budgets.ahead_of_authority", Severity.SEVERE, Aspect.COST, "red"),
        ("budgets.headline", Severity.WARNING, Aspect.COST, "amber"),
        ("budgets.rounding", Severity.ADVICE, Aspect.COST, "green"),
        ("risks.above_appetite", Severity.SEVERE, Aspect.RISK, "red"),
        ("risks.control_overdue", Severity.WARNING, Aspect.RISK, "amber"),
        ("lessons.unanswered", Severity.SEVERE, Aspect.RISK, "green"),  # none of its business
        ("lessons.unanswered", Severity.SEVERE, Aspect.COST, "green"),
    ],
)
def test_cost_and_risk_follow_the_findings_of_their_rooms(
    code: str, severity: Severity, aspect: Aspect, rating: str, project: Project, registry
) -> None:
    registry(check(code, severity, "£263k ahead of authority"))
    proposal = propose(project, TODAY)[aspect]
    assert proposal.rating == rating
    assert ("£263k" in proposal.rule) == (rating != "green")


def test_the_heaviest_finding_is_named_and_the_others_counted() -> None:
    found = [
        Finding("budgets.a", 1, "P", "1", "First", severity=Severity.WARNING),
        Finding("budgets.b", 1, "P", "2", "Worst", severity=Severity.SEVERE),
        Finding("budgets.c", 1, "P", "3", "Advice", severity=Severity.ADVICE),
    ]
    assert rate_by_findings(found, "the budget") == Proposal(
        "red", "Severe: Worst There is 1 more."
    )


def test_time_benefits_scope_and_quality(project: Project, registry) -> None:
    none = propose(project, TODAY)
    assert {aspect.value: none[aspect].rating for aspect in Aspect} == {
        "time": "",
        "cost": "green",
        "scope": "",
        "quality": "",
        "benefits": "",
        "risk": "green",
    }
    make_milestone(project, "Go-live", baseline=day("2023-05-31"), forecast=day("2023-12-31"))
    make_benefit(project, due_on=day("2023-01-31"), title="Heat")
    make_request(project, day("2023-06-01"))
    project.issues.create(title="Down", severity="high", raised_on=day("2023-06-01"))
    project.issues.create(title="Slow", severity="low", raised_on=day("2023-06-01"))
    then = propose(project, TODAY)
    assert (then[Aspect.TIME].rating, then[Aspect.TIME].rule) == (
        "red",
        "Go-live is 7 months late.",
    )
    assert then[Aspect.BENEFITS].rating == "amber"
    assert then[Aspect.SCOPE].rule == "1 change request not decided yet."
    assert then[Aspect.QUALITY].rule == "1 open issue of high severity."


def test_nothing_exempt_is_kept_in_the_rule(project: Project, registry) -> None:
    contract = make_contract(project, ends=day("2025-06-30"))
    make_discount(project, title="CANARY", contract=contract, claim_until=day("2026-06-30"))
    assert "CANARY" not in str(propose(project, TODAY))


def test_the_form_opens_with_what_the_system_knows(project: Project, registry) -> None:
    make_highlight(project, day("2023-05-14"), submitted_on=day("2023-05-15"))
    make_milestone(project, "Portal live", baseline=day("2023-06-30"))
    make_milestone(project, "Far away", baseline=day("2024-06-30"))
    make_milestone(project, "Forms live", baseline=day("2023-05-31"), actual=day("2023-06-02"))
    make_action(project, day("2023-06-01"), done_on=day("2023-06-05"), what="Train users")
    make_action(project, day("2023-03-01"), done_on=day("2023-03-05"), what="Long ago")
    make_action(project, day("2023-06-20"), what="Test data")
    known = prefill(project, TODAY)
    assert (known.period_from, known.period_to) == (day("2023-05-15"), TODAY)
    assert known.done_text == "- Milestone reached: Forms live\n- Action done: Train users"
    assert known.next_text == (
        "- Milestone: Portal live, 30 June 2023\n- Action: Test data (Project manager, 20 June 2023)"
    )


# -- writing and submitting -------------------------------------------------------------------


def form(**changed: Any) -> dict[str, str]:
    sent = {
        "period_from": "2023-05-01",
        "period_to": "2023-05-31",
        "summary": "In business as usual",
        "delivery_confidence": "amber",
        "done": "- Forms",
        "next_steps": "- Portal",
        **{f"rating_{aspect}": "green" for aspect in Aspect},
    }
    return sent | changed


def test_a_manager_drafts_goes_on_and_submits_and_the_board_notes_it(
    project: Project, project_manager: User, board_member: User, signed_in, registry
) -> None:
    manager, board = signed_in(project_manager), signed_in(board_member)
    response = manager.post("/projects/HMS/highlight-reports/new/", form(done="", save="1"))
    assert response.status_code == 302
    report = HighlightReport.objects.get()
    address = f"/projects/HMS/highlight-reports/{report.pk}/"
    assert board.get(address).status_code == 404  # a draft is the manager's own

    unfinished = manager.post(address + "edit/", form(done="", version="1", submit="1"))
    assert "Say what was done" in unfinished.content.decode()
    manager.post(address + "edit/", form(version="1", submit="1", rating_scope="amber"))
    report.refresh_from_db()
    assert report.submitted_on == timezone.localdate()
    assert manager.get(address + "edit/").status_code == 404  # submitted is submitted

    assert "Record what the board noted" in board.get(address).content.decode()
    early = board.post(
        address + "note/",
        {"on": "2020-01-01", "board_note": "Noted", "version": str(report.version)},
    )
    assert "before it was submitted" in early.content.decode()
    board.post(
        address + "note/",
        {
            "on": timezone.localdate().isoformat(),
            "board_note": "The board asks for a plan",
            "version": str(report.version),
        },
    )
    assert "The board asks for a plan" in manager.get(address).content.decode()
    report.refresh_from_db()
    assert report.state == "noted"


def test_an_override_needs_its_reason_and_keeps_the_proposal_visible(
    project: Project, project_manager: User, signed_in, registry
) -> None:
    registry(check("budgets.ahead_of_authority", Severity.SEVERE, "£263k ahead of authority"))
    session = signed_in(project_manager)
    refused = session.post("/projects/HMS/highlight-reports/new/", form(submit="1"))
    content = refused.content.decode()
    assert "Say why cost is not red, as proposed" in content
    assert "In business as usual" in content
    assert not HighlightReport.objects.exists()
    session.post(
        "/projects/HMS/highlight-reports/new/",
        form(submit="1", reason_cost="Council decides in July"),
    )
    rating = HighlightRating.objects.get(aspect="cost")
    assert (rating.proposed, rating.rating, rating.is_overridden) == ("red", "green", True)
    shown = session.get(f"/projects/HMS/highlight-reports/{rating.report_id}/").content.decode()
    assert "£263k ahead of authority" in shown
    assert "overridden" in shown
    assert "Council decides in July" in shown


def test_the_database_refuses_an_override_without_a_reason(
    project: Project, project_manager: User
) -> None:
    report = make_highlight(project, TODAY, by=project_manager)
    with pytest.raises(IntegrityError, match="override_has_reason"), transaction.atomic():
        report.ratings.filter(aspect="cost").update(proposed="red", rating="green", reason="")


def test_a_report_sent_twice_is_one(
    project: Project, project_manager: User, signed_in, registry
) -> None:
    session = signed_in(project_manager)
    sent = form(save="1", once=str(uuid.uuid4()))
    session.post("/projects/HMS/highlight-reports/new/", sent)
    again = session.post("/projects/HMS/highlight-reports/new/", sent | {"period_to": "2023-06-01"})
    report = HighlightReport.objects.get()
    assert again["Location"] == report.get_absolute_url()


def test_two_reports_cannot_end_on_one_day(
    project: Project, project_manager: User, signed_in, registry
) -> None:
    make_highlight(project, day("2023-05-31"))
    response = signed_in(project_manager).post(
        "/projects/HMS/highlight-reports/new/", form(save="1")
    )
    assert "already a highlight report whose period ends on that day" in response.content.decode()


def test_a_stale_draft_shows_both_texts(
    project: Project, project_manager: User, signed_in, registry
) -> None:
    session = signed_in(project_manager)
    session.post("/projects/HMS/highlight-reports/new/", form(save="1"))
    address = f"{HighlightReport.objects.get().get_absolute_url()}edit/"
    session.post(address, form(summary="Theirs", version="1", save="1"))
    content = session.post(address, form(summary="Mine", version="1", save="1")).content.decode()
    assert "Someone else" in content
    assert "Theirs" in content
    assert "Mine" in content
    assert HighlightReport.objects.get().summary == "Theirs"


def test_last_periods_ratings_stand_beside_this_ones(
    project: Project, board_member: User, signed_in
) -> None:
    make_highlight(
        project, day("2023-04-30"), submitted_on=day("2023-05-02"), ratings={"time": "amber"}
    )
    latest = make_highlight(
        project, day("2023-05-31"), submitted_on=day("2023-06-02"), ratings={"time": "red"}
    )
    content = signed_in(board_member).get(latest.get_absolute_url()).content.decode()
    assert content.index("Amber") < content.index("Red")
    assert "Last period" in content


def test_the_latest_report_as_at_a_day_is_one_query(
    project: Project, other_project: Project, django_assert_num_queries
) -> None:
    old = make_highlight(project, day("2023-04-30"), submitted_on=day("2023-05-02"))
    new = make_highlight(project, day("2023-05-31"), submitted_on=day("2023-06-02"))
    other = make_highlight(other_project, day("2023-03-31"), submitted_on=day("2023-04-02"))
    with django_assert_num_queries(1):
        assert set(HighlightReport.objects.latest(day("2023-06-02"))) == {new, other}
    assert set(HighlightReport.objects.latest(day("2023-06-01"))) == {old, other}


def test_a_submitted_report_says_what_it_still_needs(
    project: Project, project_manager: User, registry
) -> None:
    report = services.draft_highlight_report(
        by=project_manager,
        project=project,
        values={"period_from": day("2023-05-01"), "period_to": day("2023-05-31"), "done": "x"},
        ratings={"time": ("green", "")},
        today=TODAY,
    )
    with pytest.raises(
        services.ProjectError,
        match="a summary, the delivery confidence, what comes next, a rating for cost",
    ):
        services.submit_highlight_report(by=project_manager, report=report, today=TODAY)
