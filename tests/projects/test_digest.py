"""The daily digest: what it tells, to whom, once, and that nothing exempt is ever in it."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.core.management import CommandError, call_command

from council_hms.findings import Scope, check_of
from council_hms.models import User
from projects import digest, services
from projects.models import BoardMembership, FindingAcceptance, Project
from tests.factories import decide, make_body, make_change, make_project
from tests.lessons.lesson_factories import make_answer, make_category, make_lesson
from tests.projects.delivery_factories import (
    make_action,
    make_contract,
    make_discount,
    make_highlight,
    make_milestone,
    make_request,
    make_term,
)
from tests.risks.risk_factories import make_control, make_exempt, make_risk

TODAY = dt.date(2023, 6, 14)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def send(as_at: dt.date = TODAY, **options: Any) -> list[mail.EmailMessage]:
    mail.outbox.clear()
    call_command("send_digests", as_at=as_at, stdout=io.StringIO(), **options)
    return list(mail.outbox)


@pytest.fixture
def followed(project: Project, board_member: User) -> Project:
    services.follow(by=board_member, project=project)
    return project


def test_it_tells_what_is_due_overdue_changed_and_newly_found(
    followed: Project, board_member: User
) -> None:
    make_action(followed, day("2023-06-20"), what="Test data")
    make_action(followed, day("2023-06-07"), what="Tell Council")
    make_action(followed, day("2023-08-01"), what="Far away")
    make_request(followed, TODAY, title="Leave out the sauna", decide_by=day("2023-06-15"))
    make_highlight(followed, day("2023-05-31"), submitted_on=TODAY)
    make_highlight(followed, day("2023-04-30"), submitted_on=day("2023-05-02"))
    milestone = make_milestone(followed, "Go-live", baseline=day("2023-09-30"))
    milestone.dates.create(kind="forecast", date=day("2023-11-30"), stated_on=TODAY)
    [message] = send()
    assert message.to == [board_member.email]
    text = message.body
    overdue, due, changed, found = (
        text.index(word) for word in ("Overdue\n", "Due by", "Changed\n", "Newly found\n")
    )
    assert (
        overdue
        < text.index("Action: Tell Council")
        < due
        < text.index("Action: Test data")
        < changed
    )
    assert changed < text.index("Milestone Go-live is now forecast for 30 November 2023") < found
    assert "Highlight report to 31 May 2023 was submitted" in text
    assert "30 April" not in text
    assert "Far away" not in text
    assert "Warning, milestone slipped: Go-live is 2 months late" in text
    assert "/projects/HMS/" in text


def test_it_tells_of_controls_reviews_meetings_and_deferred_lessons_too(
    followed: Project, finance_officer: User, other_project: Project
) -> None:
    risk = make_risk(
        followed,
        "The data is not ready",
        raised_on=day("2023-06-01"),
        reviews=[(day("2023-06-01"), 3, 3), (day("2023-06-14"), 4, 4)],
    )
    make_control(risk, "Rehearse it", due_on=day("2023-06-20"), added_on=day("2023-06-01"))
    make_control(risk, "Clean it", due_on=day("2023-06-10"), added_on=day("2023-06-01"))
    make_control(risk, "Watch it", due_on=day("2023-08-10"), added_on=day("2023-06-01"))
    change = make_change(
        followed,
        [(2023, "capital", 100_000)],
        by=finance_officer,
        submitted_on=day("2023-06-01"),
        reference="HMS-09",
        title="More for testing",
    )
    decide(change, make_body("cabinet", "Cabinet"), "recommended", TODAY)
    decide(change, make_body("council", "Council"), None, None, planned_for=day("2023-06-21"))
    lesson = make_lesson(other_project, make_category("Testing"), title="Test early")
    make_answer(
        followed,
        lesson,
        kind="deferred",
        deferred_until=day("2023-06-19"),
        answered_on=day("2023-06-14"),
    )
    [message] = send()
    text = message.body
    overdue, due, changed, found = (
        text.index(word) for word in ("Overdue\n", "Due by", "Changed\n", "Newly found\n")
    )
    assert overdue < text.index("10 June 2023: Control of risk R1") < due
    for said in (
        "20 June 2023: Control of risk R1 The data is not ready: Rehearse it",
        "21 June 2023: Council decides on HMS-09 More for testing",
        f"19 June 2023: Answer to lesson L{lesson.pk}, deferred",
    ):
        assert due < text.index(said) < changed
    assert "Watch it" not in text
    assert changed < text.index("Risk R1 The data is not ready rose from 9 to 16") < found
    assert changed < text.index("Cabinet, recommended: HMS-09 More for testing") < found
    assert "control of a risk overdue" not in text  # it stands under Overdue already


def test_an_exempt_risk_and_its_control_are_in_no_mail(followed: Project) -> None:
    risk = make_risk(followed, "Zeppelin", raised_on=TODAY, reviews=[(TODAY, 5, 5)])
    make_control(risk, "Zeppelin", due_on=day("2023-06-20"), added_on=TODAY)
    make_exempt(risk)
    assert send() == []


def test_what_somebody_has_accepted_is_in_no_mail(followed: Project, board_member: User) -> None:
    make_milestone(followed, "Go-live", baseline=day("2018-05-31"), actual=day("2021-05-31"))
    [finding] = check_of("projects.milestone_slipped").find(
        Scope(Project.objects.filter(pk=followed.pk), TODAY)
    )
    FindingAcceptance.objects.create(
        code=finding.code,
        project=followed,
        subject=finding.subject,
        reason="History",
        accepted_by=board_member,
        accepted_on=TODAY,
        review_on=day("2024-06-14"),
    )
    assert send() == []


def test_a_second_run_on_the_day_sends_nothing_and_a_finding_is_told_once(
    followed: Project,
) -> None:
    make_action(followed, day("2023-06-07"))
    assert len(send()) == 1
    assert send() == []
    [tomorrow] = send(day("2023-06-15"))
    assert "Newly found" not in tomorrow.body
    assert "Overdue" in tomorrow.body  # what is overdue is told each day
    make_milestone(followed, "Go-live", baseline=day("2018-05-31"), actual=day("2021-05-31"))
    [later] = send(day("2023-06-16"))
    assert "Go-live is 36 months late" in later.body


def test_days_without_a_run_lose_no_change(followed: Project) -> None:
    make_action(followed, day("2023-06-01"))
    send(day("2023-06-02"))
    make_highlight(followed, day("2023-05-31"), submitted_on=day("2023-06-03"))
    [message] = send(day("2023-06-09"))
    assert "was submitted to the board" in message.body


def test_nothing_exempt_is_in_mail_though_the_reader_may_see_it_on_the_page(
    followed: Project,
) -> None:
    contract = make_contract(followed, ends=day("2025-06-30"))
    make_discount(
        followed,
        title="CANARY",
        note="CANARY",
        amount=Decimal("736100"),
        contract=contract,
        claim_until=day("2026-06-30"),
    )
    make_term(followed, title="CANARY", terms="CANARY", amount=Decimal("736100"))
    assert send() == []
    make_discount(
        followed,
        public=True,
        title="Public discount",
        contract=contract,
        claim_until=day("2026-06-30"),
    )
    [message] = send()
    assert "Public discount" in message.body
    whole = message.message().as_string()
    assert "CANARY" not in whole
    assert "736" not in whole


def test_who_left_the_board_or_the_council_is_told_no_more(
    followed: Project, board_member: User
) -> None:
    make_action(followed, day("2023-06-07"))
    BoardMembership.objects.filter(person=board_member).update(until=TODAY)
    assert send() == []
    BoardMembership.objects.filter(person=board_member).update(until=None)
    User.objects.filter(pk=board_member.pk).update(is_active=False)
    assert send() == []


def test_nothing_to_tell_is_no_mail(followed: Project) -> None:
    assert send() == []


def test_a_dry_run_prints_and_remembers_nothing(
    followed: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    make_action(followed, day("2023-06-07"), what="Tell Council")
    call_command("send_digests", as_at=TODAY, dry_run=True)
    assert "Tell Council" in capsys.readouterr().out
    assert mail.outbox == []
    assert len(send()) == 1


def test_a_mail_that_fails_is_tried_again_and_the_others_go_out(
    followed: Project, project_manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.follow(by=project_manager, project=followed)
    make_action(followed, day("2023-06-07"))
    whole = locmem.EmailBackend.send_messages

    def refuse_first(self: Any, messages: list[mail.EmailMessage]) -> int:
        if not mail.outbox and not getattr(refuse_first, "refused", False):
            refuse_first.refused = True  # type: ignore[attr-defined]
            raise ConnectionRefusedError
        return whole(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse_first)
    with pytest.raises(CommandError, match="1 digest could not be sent"):
        send()
    first = list(mail.outbox)
    assert len(first) == 1
    [again] = send()
    assert again.to != first[0].to


def test_many_projects_are_gathered_in_as_many_queries_as_one(
    followed: Project, board_member: User, auditor: User, django_assert_max_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_action(followed, day("2023-06-07"))
    with CaptureQueriesContext(connection) as few:
        list(digest.digests(TODAY))
    for number in range(5):
        project = make_project(f"P-{number}")
        make_action(project, day("2023-06-07"))
        make_milestone(project, baseline=day("2018-05-31"))
        BoardMembership.objects.create(project=project, person=board_member, since=TODAY)
        services.follow(by=board_member, project=project)
    with CaptureQueriesContext(connection) as many:
        [one] = digest.digests(TODAY)
    assert one.subject.startswith("6 projects")
    assert len(many) == len(few)
