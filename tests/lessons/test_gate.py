"""The gate on plain rows: what binds, what answers, what stops. A clerk could check these by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from lessons import gate
from lessons.gate import AnswerRow, Ask, Kind, LessonRow, RuleRow, State

TODAY = dt.date(2026, 11, 23)
SYSTEM, BUILDING = 1, 2
PROCUREMENT, TESTING = 10, 20
OLD_PROJECT, NEW_PROJECT = 100, 200

LESSONS = {
    1: LessonRow(1, OLD_PROJECT, PROCUREMENT, dt.date(2023, 6, 14)),
    2: LessonRow(2, OLD_PROJECT, TESTING, dt.date(2023, 6, 14)),
    3: LessonRow(3, OLD_PROJECT, PROCUREMENT, dt.date(2025, 1, 1)),
}
RULES = [
    RuleRow(gate.BUDGET, category_id=PROCUREMENT),
    RuleRow(gate.GO_LIVE, category_id=TESTING, project_type_id=SYSTEM),
]
SYSTEM_KIND = Kind(SYSTEM, "GF", "Resources")


def owed(
    stage="business_case",
    *,
    kind=SYSTEM_KIND,
    answers=(),
    asks=(),
    project=NEW_PROJECT,
    as_at=TODAY,
):
    planned = gate.plan(
        stage=stage,
        lessons=LESSONS,
        applicable=gate.applicable(kind, LESSONS.values(), RULES),
        asks_over_limit=asks,
        as_at=as_at,
    )
    given = {answer.lesson_id: answer for answer in answers}
    return {duty.lesson_id: duty for duty in gate.duties(project, planned, given, as_at)}


def stopping(**about):
    return [pk for pk, duty in owed(**about).items() if duty.stops_approval]


# -- what applies ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "kind", "expected"),
    [
        (RuleRow("budget", category_id=PROCUREMENT), Kind(), True),
        (RuleRow("budget", category_id=TESTING), Kind(), False),
        (RuleRow("budget", lesson_id=1), Kind(), True),
        (RuleRow("budget", lesson_id=2), Kind(), False),
        (RuleRow("budget", category_id=PROCUREMENT, project_type_id=SYSTEM), Kind(SYSTEM), True),
        (RuleRow("budget", category_id=PROCUREMENT, project_type_id=SYSTEM), Kind(BUILDING), False),
        # nobody has said what it is: bound until somebody does
        (RuleRow("budget", category_id=PROCUREMENT, project_type_id=SYSTEM), Kind(None), True),
        (RuleRow("budget", category_id=PROCUREMENT, fund="HRA"), Kind(fund="HRA"), True),
        (RuleRow("budget", category_id=PROCUREMENT, fund="HRA"), Kind(fund="GF"), False),
        (
            RuleRow("budget", category_id=PROCUREMENT, directorate="Housing"),
            Kind(directorate="housing"),
            True,
        ),
        (
            RuleRow("budget", category_id=PROCUREMENT, directorate="Housing"),
            Kind(directorate="Finance"),
            False,
        ),
    ],
)
def test_a_rule_applies_to_the_kinds_it_names_and_to_all_where_it_names_none(rule, kind, expected):
    assert gate.applies(rule, LESSONS[1], kind) is expected


def test_the_gates_of_several_rules_are_gathered_in_the_order_of_a_projects_life():
    rules = [
        RuleRow(gate.CLOSURE, lesson_id=1),
        RuleRow(gate.BUSINESS_CASE, category_id=PROCUREMENT),
    ]
    found = gate.applicable(Kind(), LESSONS.values(), rules)
    assert found[1] == (gate.BUSINESS_CASE, gate.CLOSURE)
    assert 2 not in found


# -- what stops a new project -------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["proposed", "business_case"])
def test_a_new_project_is_stopped_by_every_unanswered_lesson_of_the_budget_gate(stage):
    assert stopping(stage=stage) == [1, 3]


def test_a_lesson_of_a_later_gate_is_shown_but_does_not_stop_approval():
    duty = owed()[2]
    assert duty.gates == (gate.GO_LIVE,)
    assert duty.due_at == ()
    assert not duty.stops


def test_a_project_is_not_bound_by_its_own_lessons():
    assert owed(project=OLD_PROJECT) == {}


def test_a_lesson_logged_after_the_day_does_not_bind():
    assert stopping(as_at=dt.date(2024, 12, 31)) == [1]
    assert stopping(as_at=dt.date(2025, 1, 1)) == [1, 3]
    assert stopping(as_at=dt.date(2023, 6, 13)) == []


@pytest.mark.parametrize("stage", ["delivery", "closing", "closed"])
def test_a_project_whose_first_budget_is_approved_is_not_new_any_more(stage):
    assert stopping(stage=stage) == []


# -- answers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "state", "answered"),
    [
        (None, State.UNANSWERED, False),
        (AnswerRow(1, "adopted"), State.ADOPTED, True),
        (AnswerRow(1, "not_applicable"), State.NOT_APPLICABLE, True),
        (AnswerRow(1, "deferred", TODAY + dt.timedelta(days=1)), State.DEFERRED, True),
        (AnswerRow(1, "deferred", TODAY), State.DEFERRED, True),
        (AnswerRow(1, "deferred", TODAY - dt.timedelta(days=1)), State.OVERDUE, False),
        (AnswerRow(1, "deferred", None), State.OVERDUE, False),
    ],
)
def test_a_deferral_answers_until_its_date_and_no_longer(answer, state, answered):
    assert gate.state_of(answer, TODAY) is state
    assert state.is_answered is answered


def test_every_lesson_answered_lets_the_project_through():
    answers = [AnswerRow(1, "adopted"), AnswerRow(3, "not_applicable")]
    assert stopping(answers=answers[:1]) == [3]
    assert stopping(answers=answers) == []


# -- changes above the limit --------------------------------------------------------------------

LIMITS = [(dt.date(2020, 4, 1), Decimal(250_000)), (dt.date(2026, 4, 1), Decimal(100_000))]


@pytest.mark.parametrize(
    ("amount", "submitted_on", "is_over"),
    [
        (Decimal("250000.00"), dt.date(2025, 1, 1), False),
        (Decimal("250000.01"), dt.date(2025, 1, 1), True),
        (Decimal("100000.01"), dt.date(2025, 1, 1), False),
        (Decimal("100000.01"), dt.date(2026, 4, 1), True),
        (Decimal("100000.01"), None, True),  # a draft: the limit of today
        (Decimal("9000000"), dt.date(2019, 1, 1), False),  # before there was a limit
    ],
)
def test_a_change_is_measured_by_the_limit_of_the_day_it_was_submitted(
    amount, submitted_on, is_over
):
    asks = [Ask("BC-1", amount, submitted_on)]
    assert bool(gate.over_limit(asks, LIMITS, TODAY)) is is_over


def test_a_limit_left_empty_binds_no_change_by_its_size():
    assert gate.limit_on([*LIMITS, (dt.date(2026, 6, 1), None)], TODAY) is None
    assert gate.limit_on([], TODAY) is None


def test_a_running_project_that_asks_for_more_is_bound_by_lessons_logged_by_the_day_it_asked():
    asked_2024 = [Ask("BC-1", Decimal(300_000), dt.date(2024, 5, 1))]
    assert stopping(stage="delivery", asks=asked_2024) == [1]
    draft = [Ask("BC-2", Decimal(300_000))]
    assert stopping(stage="delivery", asks=draft) == [1, 3]
    assert stopping(stage="closed", asks=draft) == [1, 3]


def test_go_live_lessons_are_due_in_delivery_without_stopping_a_change():
    duty = owed(stage="delivery", asks=[Ask("BC-2", Decimal(300_000))])[2]
    assert duty.due_at == (gate.GO_LIVE,)
    assert duty.stops
    assert not duty.stops_approval


def test_gates_behind_a_running_project_ask_nothing_more():
    assert set(owed(stage="delivery")) == {2}
    assert owed(stage="closing") == {}
