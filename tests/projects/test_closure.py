"""The closure report: written, submitted when it is whole, accepted by the board."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from council_hms.models import User
from projects.forms import ClosureForm
from projects.models import ClosureReport, Project
from tests.factories import decide, make_body, make_change, make_spend
from tests.lessons.lesson_factories import make_lesson
from tests.projects.delivery_factories import make_benefit, make_milestone

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
    assert "The furthest from its first baseline is Go-live: 36 months late." in content


def test_it_gathers_outturn_against_the_first_approval_benefits_and_lessons(
    project: Project, board_member: User, finance_officer: User, signed_in
) -> None:
    council = make_body("council", "Council")
    for reference, kind, amount in (
        ("HMS-01", "original", 600_000),
        ("HMS-02", "increase", 100_000),
    ):
        change = make_change(
            project,
            [(2022, "capital", amount)],
            by=finance_officer,
            reference=reference,
            kind=kind,
            submitted_on=dt.date(2022, 4, 2),
        )
        decide(change, council, "approved", dt.date(2022, 4, 5), has_authority=True)
    make_spend(project, dt.date(2022, 6, 1), 750_000)
    make_benefit(project, title="Old system switched off")
    make_lesson(project, title="Test early")
    board = signed_in(board_member)
    content = board.get("/projects/HMS/closure/").content.decode()
    assert "£750k was spent: £150k more than the £600k first approved, and" in content
    assert "£50k more than the latest approved budget of £700k." in content
    assert "Old system switched off" in content
    assert "Test early" in content
    assert "Nothing is written here yet." in content
    for suffix, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = board.get(f"/projects/HMS/closure.{suffix}")
        assert b"".join(answer).startswith(start)  # type: ignore[call-overload]
    assert board.get("/projects/HMS/closure.xlsx").status_code == 404


def test_a_submitted_report_keeps_the_figures_of_its_day(
    project: Project, project_manager: User, signed_in
) -> None:
    report = ClosureReport.objects.create(
        project=project,
        **WORDS,
        submitted_on=dt.date(2023, 6, 14),
        submitted_by=project_manager,
    )
    make_spend(project, dt.date(2023, 6, 1), 10_000)
    make_spend(project, dt.date(2023, 7, 1), 5_000)
    manager = signed_in(project_manager)
    content = manager.get("/projects/HMS/closure/").content.decode()
    assert "Submitted to the board on 14 June 2023" in content
    assert "£10k was spent" in content
    later = manager.get("/projects/HMS/closure/?as_at=2023-07-31").content.decode()
    assert "£15k was spent" in later
    assert report.accepted_on is None


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
