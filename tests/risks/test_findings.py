"""Each check of risks on a case that has it and on one that has not, as at any day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from council_hms.findings import Scope, run
from projects.models import Project
from projects.readers import OPEN_READER
from risks import findings
from risks.findings import ABOVE_APPETITE, CONTROL_OVERDUE, REVIEW_OVERDUE, UNMOVED
from tests.risks.risk_factories import make_control, make_exempt, make_risk, open_register, review

JAN, FEB, MAR, APR = (dt.date(2026, month, 2) for month in (1, 2, 3, 4))
TODAY = dt.date(2026, 4, 10)


def found(code, as_at=TODAY, user=None):
    scope = Scope(Project.objects.all(), as_at, user)
    return [(each.project_reference, each.subject, each.message) for each in run(scope, [code])]


@pytest.fixture(autouse=True)
def reviewed(project):
    """The register of HMS, reviewed once a quarter, two unmoved reviews being too many."""
    return open_register(project, unmoved_reviews=2)


def test_a_threat_above_the_appetite_is_found_and_one_at_it_is_not(project):
    make_risk(project, "Too much", reviews=[(JAN, 4, 3)])
    make_risk(project, "Just borne", reviews=[(JAN, 5, 2)])
    assert found(ABOVE_APPETITE) == [
        (
            "HMS",
            "R1",
            "Risk R1 Too much is scored 12 Medium (impact 4 Major, probability 3 Possible), "
            "above the appetite of 10.",
        )
    ]


def test_the_appetite_is_asked_of_the_score_that_stood_on_the_day(project):
    make_risk(project, raised_on=JAN, reviews=[(JAN, 2, 2), (FEB, 4, 4), (MAR, 2, 2)])
    assert found(ABOVE_APPETITE, JAN) == []
    assert len(found(ABOVE_APPETITE, FEB)) == 1
    assert found(ABOVE_APPETITE, MAR) == []


def test_opportunities_closed_risks_and_closed_projects_have_no_appetite(project, other_project):
    make_risk(project, kind="opportunity", reviews=[(JAN, 5, 5)])
    make_risk(project, reviews=[(JAN, 5, 5)], raised_on=JAN, closed_on=FEB, closed_reason="Gone")
    make_risk(other_project, reviews=[(JAN, 5, 5)])
    Project.objects.filter(pk=other_project.pk).update(stage="closed")
    assert found(ABOVE_APPETITE) == []
    assert len(found(ABOVE_APPETITE, JAN)) == 1  # open on that day


def test_a_threat_that_stands_still_above_its_target_is_found(project):
    still = make_risk(project, "Stands still")
    for day in (JAN, FEB, MAR):
        review(still, day, 3, 3, target=(3, 1))
    assert found(UNMOVED) == [
        (
            "HMS",
            "R1",
            "Risk R1 Stands still has stood at 9 Medium for 2 reviews, above its target of 3.",
        )
    ]
    assert found(UNMOVED, FEB) == []  # one review had found it unmoved by then


def test_a_threat_that_moves_or_has_reached_its_target_is_not(project):
    moves = make_risk(project, "Moves")
    for day, probability in ((JAN, 3), (FEB, 3), (MAR, 4)):
        review(moves, day, 3, probability, target=(3, 1))
    there = make_risk(project, "Is there")
    for day in (JAN, FEB, MAR):
        review(there, day, 3, 1, target=(3, 1))
    assert found(UNMOVED) == []


def test_without_a_target_the_appetite_is_what_it_is_measured_by(project):
    make_risk(project, reviews=[(JAN, 3, 3), (FEB, 3, 3), (MAR, 3, 3)])
    high = make_risk(project, "High", reviews=[(JAN, 4, 4), (FEB, 4, 4), (MAR, 4, 4)])
    assert [subject for _, subject, _ in found(UNMOVED)] == [high.reference]


def test_the_register_says_how_many_reviews_are_too_many(project, reviewed):
    make_risk(project, reviews=[(JAN, 4, 4), (FEB, 4, 4), (MAR, 4, 4)])
    assert len(found(UNMOVED)) == 1
    reviewed.unmoved_reviews = 3
    reviewed.save()
    assert found(UNMOVED) == []


def test_a_control_past_its_day_is_found_until_it_is_in_place(project):
    risk = make_risk(project, "The data")
    control = make_control(risk, "Rehearse", due_on=FEB, owner="Data Lead")
    make_control(risk, "Standing")
    make_control(risk, "In time", due_on=FEB, status="in_place", settled_on=JAN)
    make_control(risk, "Later", due_on=TODAY)
    assert found(CONTROL_OVERDUE) == [
        (
            "HMS",
            f"R1 control {control.pk}",
            "Control of risk R1 The data was to be in place by 2 February 2026: Rehearse. "
            "Owner: Data Lead.",
        )
    ]
    assert found(CONTROL_OVERDUE, FEB) == []
    control.status, control.settled_on = "in_place", MAR
    control.save()
    assert found(CONTROL_OVERDUE) == []
    assert len(found(CONTROL_OVERDUE, dt.date(2026, 2, 20))) == 1  # it was late on that day


def test_a_register_not_reviewed_in_time_is_found(project, reviewed):
    make_risk(project, reviews=[(JAN, 2, 2)], raised_on=JAN)
    due = JAN + dt.timedelta(weeks=13)
    assert found(REVIEW_OVERDUE, due + dt.timedelta(days=7)) == []
    assert found(REVIEW_OVERDUE, due + dt.timedelta(days=8)) == [
        (
            "HMS",
            "register",
            "The risk register was due for review on 3 April 2026 and was last reviewed on 2 January 2026.",
        )
    ]
    reviewed.review_weeks = None
    reviewed.save()
    assert found(REVIEW_OVERDUE, due + dt.timedelta(days=8)) == []


def test_a_register_that_was_never_reviewed_counts_from_its_first_risk(project):
    make_risk(project, raised_on=JAN)
    assert "never reviewed" in found(REVIEW_OVERDUE, dt.date(2026, 12, 1))[0][2]


def test_an_empty_register_is_not_reviewed(project):
    assert found(REVIEW_OVERDUE, dt.date(2030, 1, 1)) == []


def test_nothing_exempt_is_found_for_readers_without_the_right(project, auditor, administrator):
    risk = make_exempt(
        make_risk(project, "Zeppelin", reviews=[(JAN, 5, 5), (FEB, 5, 5), (MAR, 5, 5)])
    )
    make_control(risk, "Zeppelin control", due_on=FEB)
    for code in (ABOVE_APPETITE, UNMOVED, CONTROL_OVERDUE):
        assert len(found(code, user=auditor)) == 1
        assert found(code, user=administrator) == []
        assert found(code, user=OPEN_READER) == []


def found_beyond(code, user=None):
    """What is found where no project is looked at, but what belongs to none."""
    scope = Scope(Project.objects.none(), TODAY, user, beyond_projects=True)
    return [(each.project_id, each.about, each.subject) for each in run(scope, [code])]


def test_the_corporate_register_is_looked_at_beyond_the_projects_alone(project):
    corporate = open_register(None, unmoved_reviews=2)
    make_risk(project, reviews=[(JAN, 5, 5)])
    risk = make_risk(None, "Cyber attack", reviews=[(JAN, 5, 5), (FEB, 5, 5), (MAR, 5, 5)])
    control = make_control(risk, due_on=FEB)
    corporate.review_weeks = 1
    corporate.save()
    where = (None, "Corporate risk register")
    assert found_beyond(ABOVE_APPETITE) == [(*where, risk.reference)]
    assert found_beyond(UNMOVED) == [(*where, risk.reference)]
    assert found_beyond(CONTROL_OVERDUE) == [(*where, f"{risk.reference} control {control.pk}")]
    assert found_beyond(REVIEW_OVERDUE) == [(*where, "register")]
    # one project at a time, it is not asked of
    assert [who for who, *_ in found(ABOVE_APPETITE)] == ["HMS"]


def test_a_quiet_corporate_register_is_no_finding(db):
    register = open_register(None)
    register.review_weeks = None
    register.save()
    risk = make_risk(None, reviews=[(JAN, 2, 2), (FEB, 2, 2)])
    make_control(risk, due_on=TODAY)
    for code in (ABOVE_APPETITE, UNMOVED, CONTROL_OVERDUE, REVIEW_OVERDUE):
        assert found_beyond(code) == []


def test_a_board_member_has_of_the_corporate_register_what_was_escalated_from_their_project(
    project, other_project, board_member, other_board_member
):
    raised = make_risk(project, reviews=[(JAN, 2, 2)])
    make_risk(None, "Escalated", reviews=[(JAN, 5, 5)], escalated_from=raised)
    make_risk(None, "Another", reviews=[(JAN, 5, 5)])
    assert len(found_beyond(ABOVE_APPETITE, board_member)) == 1
    assert found_beyond(ABOVE_APPETITE, other_board_member) == []
    assert len(found_beyond(ABOVE_APPETITE)) == 2


def test_an_exempt_corporate_risk_is_found_for_those_with_the_right_alone(auditor, administrator):
    make_exempt(make_risk(None, "Zeppelin", reviews=[(JAN, 5, 5)]))
    assert len(found_beyond(ABOVE_APPETITE, auditor)) == 1
    assert found_beyond(ABOVE_APPETITE, administrator) == []


def test_all_projects_take_as_many_queries_as_one(project, other_project):
    def count():
        with CaptureQueriesContext(connection) as queries:
            run(Scope(Project.objects.all(), TODAY), [check.code for check in findings.CHECKS])
        return len(queries)

    make_control(make_risk(project, reviews=[(JAN, 5, 5)]), due_on=FEB)
    before = count()
    for each in (project, other_project):
        for _ in range(5):
            risk = make_risk(each, reviews=[(JAN, 5, 5), (FEB, 5, 5), (MAR, 5, 5)])
            make_control(risk, due_on=FEB)
    assert count() == before <= 4
