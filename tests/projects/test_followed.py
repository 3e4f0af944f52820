"""The page of the projects that one follows: what is overdue, due, changed and found, each with its link."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from council_hms.models import User
from projects import digest, services
from projects.models import BoardMembership, FindingAcceptance, Project
from tests.projects.delivery_factories import make_action
from tests.risks.risk_factories import make_control, make_exempt, make_risk

ADDRESS = "/projects/followed/"


def days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


@pytest.fixture
def followed(project: Project, board_member: User) -> Project:
    services.follow(by=board_member, project=project)
    return project


def test_whoever_follows_nothing_is_told_how(signed_in, board_member):
    page = signed_in(board_member).get(ADDRESS).content.decode()
    assert "You follow no project yet" in page


def test_it_tells_what_is_overdue_due_and_found_with_risks_among_it(
    signed_in, followed, board_member
):
    make_action(followed, days(-3), what="Tell Council")
    make_action(followed, days(3), what="Test data")
    make_action(followed, days(90), what="Far away")
    risk = make_risk(
        followed, "The data is not ready", raised_on=days(-9), reviews=[(days(-9), 4, 4)]
    )
    make_control(risk, "Rehearse the migration", due_on=days(-2), added_on=days(-9))
    page = signed_in(board_member).get(ADDRESS).content.decode()
    assert page.index("Overdue") < page.index("Tell Council") < page.index("Test data")
    assert "Far away" not in page
    assert "Risk R1 The data is not ready is scored 16 High" in page
    assert "Rehearse the migration" in page
    assert f'href="/risks/{risk.pk}/"' in page
    assert ">New<" in page


def test_what_the_mail_has_told_is_not_new_and_what_is_accepted_is_left_out(
    signed_in, followed, board_member
):
    make_risk(followed, "Told", raised_on=days(-9), reviews=[(days(-9), 4, 4)])
    make_risk(followed, "Accepted", raised_on=days(-9), reviews=[(days(-9), 5, 5)])
    FindingAcceptance.objects.create(
        code="risks.above_appetite",
        project=followed,
        subject="R2",
        reason="Borne for a year",
        accepted_by=board_member,
        accepted_on=days(-1),
        review_on=days(300),
    )
    for one in digest.digests(days(0)):
        digest.remember(one, days(0))
    page = signed_in(board_member).get(ADDRESS).content.decode()
    assert "Risk R1 Told" in page
    assert "Risk R2 Accepted is scored" not in page
    assert ">New<" not in page


def test_nothing_exempt_is_told(signed_in, followed, board_member):
    make_exempt(make_risk(followed, "Zeppelin", raised_on=days(-9), reviews=[(days(-9), 5, 5)]))
    assert "Zeppelin" not in signed_in(board_member).get(ADDRESS).content.decode()


def test_a_project_that_one_may_no_longer_see_is_not_told_of(signed_in, followed, board_member):
    BoardMembership.objects.update(until=days(-1))
    page = signed_in(board_member).get(ADDRESS).content.decode()
    assert "You follow no project yet" in page
    assert "HMS" not in page


def test_many_projects_take_as_many_queries_as_one(
    signed_in, followed, other_project, finance_officer
):
    browser = signed_in(finance_officer)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(ADDRESS).status_code == 200
        return len(queries)

    services.follow(by=finance_officer, project=followed)
    count()
    before = count()
    services.follow(by=finance_officer, project=other_project)
    for project in (followed, other_project):
        make_action(project, days(-3), what="Tell Council")
        make_risk(project, raised_on=days(-9), reviews=[(days(-9), 5, 5)])
    assert count() <= before + 1
