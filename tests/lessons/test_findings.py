"""What the registry says of lessons: found where it is so, silent where it is not, in a few queries."""

from __future__ import annotations

import datetime as dt

import pytest

from council_hms import findings
from council_hms.findings import Scope, Severity
from lessons.findings import AT_GATE, DEFERRAL_OVERDUE, NEXT_GATE
from projects.models import Project
from tests.factories import decide, make_body, make_change, make_project
from tests.lessons.lesson_factories import (
    classify,
    make_answer,
    make_category,
    make_lesson,
    make_limit,
    make_rule,
    make_type,
)

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def procurement(db):
    return make_category("Procurement decision")


@pytest.fixture
def lesson(project, procurement):
    """A lesson of HMS that binds every new project before its budget is approved."""
    make_rule(procurement)
    return make_lesson(project, procurement)


@pytest.fixture
def new_project(db):
    return make_project("DIGI-28", title="Digital planning system", stage="business_case")


def found(code=AT_GATE, as_at=TODAY, projects=None):
    projects = Project.objects.all() if projects is None else projects
    return findings.run(Scope(projects=projects, as_at=as_at), codes=[code])


# -- the gate ----------------------------------------------------------------------------------


def test_a_new_project_with_an_unanswered_lesson_is_a_severe_finding(lesson, new_project):
    (finding,) = found()
    assert finding.project_reference == "DIGI-28"
    assert finding.level is Severity.SEVERE
    assert finding.subject == lesson.reference
    assert "1 of 1 lessons that apply is not answered" in finding.message
    assert lesson.reference in finding.message


def test_an_answered_lesson_raises_nothing(lesson, new_project):
    make_answer(new_project, lesson)
    assert found() == []


def test_a_deferral_past_its_date_stops_again_and_is_a_finding_of_its_own(lesson, new_project):
    make_answer(new_project, lesson, "deferred", deferred_until=dt.date(2026, 6, 30))
    assert found(as_at=dt.date(2026, 6, 30)) == []
    assert found(DEFERRAL_OVERDUE, as_at=dt.date(2026, 6, 30)) == []
    (gate,) = found(as_at=dt.date(2026, 7, 1))
    assert "(deferred, past its date)" in gate.message
    (overdue,) = found(DEFERRAL_OVERDUE, as_at=dt.date(2026, 7, 1))
    assert overdue.since == dt.date(2026, 6, 30)
    assert "Project manager" in overdue.message


def test_a_later_answer_ends_an_overdue_deferral(lesson, new_project):
    make_answer(new_project, lesson, "deferred", deferred_until=dt.date(2026, 6, 30))
    make_answer(new_project, lesson, number=2, answered_on=dt.date(2026, 7, 10))
    assert found() == []
    assert found(DEFERRAL_OVERDUE) == []
    assert len(found(DEFERRAL_OVERDUE, as_at=dt.date(2026, 7, 5))) == 1  # as it was on that day


def test_the_source_project_is_not_stopped_by_its_own_lessons(lesson, project):
    project.stage = "business_case"
    project.save()
    assert found() == []


def test_a_lesson_logged_later_does_not_stop_a_project_before_that_day(lesson, new_project):
    assert found(as_at=dt.date(2023, 6, 13)) == []
    assert len(found(as_at=dt.date(2023, 6, 14))) == 1


def test_a_lesson_that_is_not_shared_binds_nobody(lesson, new_project):
    lesson.is_shared = False
    lesson.save()
    assert found() == []


@pytest.mark.parametrize("stage", ["delivery", "closing", "closed"])
def test_a_running_project_is_not_stopped_by_the_rule_for_new_ones(lesson, new_project, stage):
    new_project.stage = stage
    new_project.save()
    assert found() == []


def test_a_rule_that_has_ended_binds_nobody(lesson, new_project):
    lesson.category.rules.update(until=dt.date(2026, 1, 31))
    assert len(found(as_at=dt.date(2026, 1, 31))) == 1
    assert found(as_at=dt.date(2026, 2, 1)) == []


def test_a_rule_for_systems_binds_systems_and_projects_of_no_stated_type(lesson, new_project):
    lesson.category.rules.update(project_type=make_type("System or software"))
    assert len(found()) == 1
    classify(new_project, make_type("Building works"))
    assert found() == []


def test_a_budget_head_answers_nothing(lesson, new_project):
    new_project.is_budget_head = True
    new_project.save()
    assert found() == []


# -- changes above the limit --------------------------------------------------------------------


@pytest.fixture
def running(lesson, new_project, administrator):
    make_limit(250_000, administrator)
    new_project.stage = "delivery"
    new_project.save()
    return new_project


def test_a_running_project_that_asks_for_more_than_the_limit_is_stopped(running):
    make_change(running, [(2026, "capital", 250_000)], submitted_on=None)
    assert found() == []
    change = make_change(
        running, [(2026, "capital", 200_000), (2027, "revenue", 50_001)], submitted_on=None
    )
    (finding,) = found()
    assert change.reference in finding.message


def test_an_approved_change_asks_nothing_any_more(running):
    change = make_change(running, [(2026, "capital", 300_000)], submitted_on=dt.date(2026, 5, 1))
    assert len(found()) == 1
    decide(change, make_body("council"), "approved", dt.date(2026, 7, 1), has_authority=True)
    assert found() == []
    assert len(found(as_at=dt.date(2026, 6, 30))) == 1


def test_a_lesson_logged_after_the_change_was_submitted_does_not_bind_it(running, lesson):
    make_change(running, [(2026, "capital", 300_000)], submitted_on=dt.date(2023, 6, 13))
    assert found() == []


def test_a_virement_binds_the_project_that_gets_the_money_not_the_one_that_gives(running):
    giver = make_project("GIVER", stage="delivery")
    make_change(
        giver,
        [(2026, "capital", -300_000), (2026, "capital", 300_000, _source(), running)],
        kind="virement",
        submitted_on=None,
    )
    assert [finding.project_reference for finding in found()] == ["DIGI-28"]


def _source():
    from tests.factories import make_source

    return make_source()


# -- the next gate -----------------------------------------------------------------------------


def test_a_project_in_delivery_is_advised_of_lessons_before_go_live(
    project, new_project, procurement
):
    make_rule(procurement, gate="go_live")
    lesson = make_lesson(project, procurement)
    assert found(NEXT_GATE) == []  # not there yet
    new_project.stage = "delivery"
    new_project.save()
    (finding,) = found(NEXT_GATE)
    assert "before go-live" in finding.message
    assert found() == []
    make_answer(new_project, lesson, "not_applicable")
    assert found(NEXT_GATE) == []


# -- cost --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [AT_GATE, NEXT_GATE, DEFERRAL_OVERDUE])
def test_the_number_of_queries_does_not_grow_with_projects(
    code, lesson, administrator, django_assert_max_num_queries
):
    make_limit(250_000, administrator)
    for number in range(30):
        project = make_project(f"N-{number}", stage="proposed" if number % 2 else "delivery")
        make_answer(project, lesson, "deferred", deferred_until=dt.date(2026, 6, 30))
    with django_assert_max_num_queries(6):
        found(code)


def test_where_there_are_no_rules_one_query_is_enough(project, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        assert found() == []
