"""The closure report: written, submitted when it is whole, accepted by the board."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from council_hms.models import User
from projects.forms import ClosureForm
from projects.models import ClosureReport, Project
from tests.projects.delivery_factories import make_milestone

WORDS = {name: f"Words of {name}" for name in ClosureForm.Meta.fields}


def test_a_closure_report_from_draft_to_acceptance(
    project: Project, project_manager: User, board_member: User, signed_in
) -> None:
    manager, board = signed_in(project_manager), signed_in(board_member)
    manager.post("/projects/HMS/closure/edit/", {"delivered": "A system", "version": "0"})
    assert "A system" not in board.get("/projects/HMS/closure/").content.decode()
    unfinished = manager.post("/projects/HMS/closure/", follow=True).content.decode()
    assert "The closure report still needs" in unfinished
    assert "lessons for later projects" in unfinished
    manager.post("/projects/HMS/closure/edit/", WORDS | {"version": "1"})
    manager.post("/projects/HMS/closure/")
    report = ClosureReport.objects.get()
    assert report.submitted_on == timezone.localdate()
    assert manager.get("/projects/HMS/closure/edit/").status_code == 404
    assert "Words of lessons" in board.get("/projects/HMS/closure/").content.decode()
    board.post(
        "/projects/HMS/closure/accept/",
        {
            "on": timezone.localdate().isoformat(),
            "board_note": "Accepted",
            "version": str(report.version),
        },
    )
    report.refresh_from_db()
    assert report.accepted_by == board_member


def test_the_page_gathers_milestones_against_their_first_baseline(
    project: Project, auditor: User, signed_in
) -> None:
    milestone = make_milestone(
        project, "Go-live", baseline=dt.date(2018, 5, 31), actual=dt.date(2021, 5, 31)
    )
    milestone.dates.create(
        kind="baseline", date=dt.date(2020, 5, 31), stated_on=dt.date(2018, 6, 1), reason="Board"
    )
    content = signed_in(auditor).get("/projects/HMS/closure/").content.decode()
    assert "31 May 2018" in content
    assert "31 May 2020" in content
    assert "12 months late" in content


def test_a_stale_closure_report_is_kept_apart(
    project: Project, project_manager: User, signed_in
) -> None:
    session = signed_in(project_manager)
    session.post("/projects/HMS/closure/edit/", {"delivered": "Theirs", "version": "0"})
    session.post("/projects/HMS/closure/edit/", {"delivered": "Theirs again", "version": "1"})
    content = session.post(
        "/projects/HMS/closure/edit/", {"delivered": "Mine", "version": "1"}
    ).content.decode()
    assert "Theirs again" in content
    assert "Mine" in content
    assert ClosureReport.objects.get().delivered == "Theirs again"
