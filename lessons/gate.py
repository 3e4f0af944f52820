"""The gate: which lessons a project must answer, which it has answered, and what stops it. Pure.

A lesson binds a project when it is shared, comes from another project, had been logged by the
day that counts, and a rule in force names its category (or itself), the project's type, fund
and directorate. The stage tells which gates lie ahead: a project that is proposed or has a
business case in hand stands before "business case" and "before budget approval"; one in
delivery before "before go-live"; one that is closing before "closure". A running project comes
back to the budget gate with a change of more than the council's limit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

BUSINESS_CASE, BUDGET, GO_LIVE, CLOSURE = "business_case", "budget", "go_live", "closure"
#: The gates in the order in which a project meets them.
GATES = (BUSINESS_CASE, BUDGET, GO_LIVE, CLOSURE)
#: What must be answered before a budget can be submitted for approval.
APPROVAL_GATES = frozenset({BUSINESS_CASE, BUDGET})
#: Stages in which a project is new: its first budget is not approved yet.
NEW_STAGES = frozenset({"proposed", "business_case"})
_NEXT_GATE = {"delivery": GO_LIVE, "closing": CLOSURE}


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A shared lesson: whose it is, its category, and the day it was logged."""

    id: int
    project_id: int
    category_id: int
    logged_on: dt.date


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in force. None and empty text mean "all"; either a category or one lesson is named."""

    gate: str
    category_id: int | None = None
    lesson_id: int | None = None
    project_type_id: int | None = None
    fund: str = ""
    directorate: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a project is, as far as rules ask. An unknown type is bound by the rules of every type."""

    project_type_id: int | None = None
    fund: str = ""
    directorate: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A budget change still to be approved: what it adds to the project in pounds, and when it was submitted.

    ``submitted_on`` is None while it is a draft.
    """

    reference: str
    amount: Decimal
    submitted_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """The answer that stands: its kind and, when deferred, until what day."""

    lesson_id: int
    kind: str
    deferred_until: dt.date | None = None


class State(StrEnum):
    """How a lesson stands with a project that it binds."""

    UNANSWERED = "unanswered"
    OVERDUE = "overdue"
    DEFERRED = "deferred"
    NOT_APPLICABLE = "not_applicable"
    ADOPTED = "adopted"

    @property
    def label(self) -> str:
        return {
            "unanswered": "Not answered",
            "overdue": "Deferred, past its date",
            "deferred": "Deferred",
            "not_applicable": "Not applicable",
            "adopted": "Adopted",
        }[self.value]

    @property
    def is_answered(self) -> bool:
        """A deferral past its date is no answer any more."""
        return self not in (State.UNANSWERED, State.OVERDUE)


@dataclass(frozen=True, slots=True)
class Duty:
    """One lesson that binds a project: at which gates, at which of them now, and how it stands."""

    lesson_id: int
    gates: tuple[str, ...]
    due_at: tuple[str, ...]
    state: State

    @property
    def stops(self) -> bool:
        """Whether it keeps the project from passing the gate it stands at."""
        return bool(self.due_at) and not self.state.is_answered

    @property
    def stops_approval(self) -> bool:
        """Whether it keeps a budget of the project from being submitted for approval."""
        return self.stops and not APPROVAL_GATES.isdisjoint(self.due_at)


_STATES = {state.value: state for state in State}  # looked up some hundred thousand times

Limits = Sequence[tuple[dt.date, Decimal | None]]


def limit_on(limits: Limits, day: dt.date) -> Decimal | None:
    """The limit in pounds in force on a day (the latest dated by then); None when size binds no change."""
    in_force = max((row for row in limits if row[0] <= day), key=lambda row: row[0], default=None)
    return in_force[1] if in_force else None


def over_limit(asks: Iterable[Ask], limits: Limits, as_at: dt.date) -> list[Ask]:
    """The changes above the limit that was in force when each was submitted (a draft: as at the day)."""
    found = []
    for ask in asks:
        limit = limit_on(limits, ask.submitted_on or as_at)
        if limit is not None and ask.amount > limit:
            found.append(ask)
    return found


def applies(rule: RuleRow, lesson: LessonRow, kind: Kind) -> bool:
    """Whether a rule makes this lesson bind projects of this kind."""
    names_lesson = (
        rule.lesson_id == lesson.id
        if rule.lesson_id is not None
        else rule.category_id == lesson.category_id
    )
    return (
        names_lesson
        and (
            rule.project_type_id is None
            or kind.project_type_id is None
            or rule.project_type_id == kind.project_type_id
        )
        and rule.fund in ("", kind.fund)
        and rule.directorate.casefold() in ("", kind.directorate.casefold())
    )


def applicable(
    kind: Kind, lessons: Iterable[LessonRow], rules: Sequence[RuleRow]
) -> dict[int, tuple[str, ...]]:
    """Lessons that rules set for a kind of project, each with its gates in order, by lesson id."""
    found: dict[int, tuple[str, ...]] = {}
    for lesson in lessons:
        named = {rule.gate for rule in rules if applies(rule, lesson, kind)}
        if named:
            found[lesson.id] = tuple(gate for gate in GATES if gate in named)
    return found


def gates_now(stage: str, asks_over_limit: Sequence[Ask]) -> frozenset[str]:
    """The gates a project stands at."""
    now = set(APPROVAL_GATES) if stage in NEW_STAGES or asks_over_limit else set()
    if stage in _NEXT_GATE:
        now.add(_NEXT_GATE[stage])
    return frozenset(now)


def state_of(answer: AnswerRow | None, as_at: dt.date) -> State:
    """How an answer stands on a day: a deferral holds up to and including its date."""
    if answer is None:
        return State.UNANSWERED
    if answer.kind == State.DEFERRED:
        overdue = answer.deferred_until is None or answer.deferred_until < as_at
        return State.OVERDUE if overdue else State.DEFERRED
    return _STATES[answer.kind]


@dataclass(frozen=True, slots=True)
class Planned:
    """A lesson that binds projects of one kind and stage: whose it is, its gates, and those it is due at now."""

    lesson_id: int
    owner_id: int
    gates: tuple[str, ...]
    due_at: tuple[str, ...]


def plan(
    *,
    stage: str,
    lessons: Mapping[int, LessonRow],
    applicable: Mapping[int, tuple[str, ...]],
    asks_over_limit: Sequence[Ask] = (),
    as_at: dt.date,
) -> list[Planned]:
    """The lessons that a project of a kind and stage must answer sometime, with those due now marked.

    A lesson logged after the day binds nobody. A running project that asks for more is bound at
    the budget gate by lessons logged by the day it asked. A closed project answers nothing any
    more, unless it asks for more. Without asks the plan is the same for all projects of the kind.
    """
    now = gates_now(stage, asks_over_limit)
    asked_on = max((ask.submitted_on or as_at for ask in asks_over_limit), default=None)
    found = []
    for lesson_id, gates in applicable.items():
        lesson = lessons[lesson_id]
        if lesson.logged_on > as_at:
            continue
        due = now.intersection(gates)
        if stage not in NEW_STAGES:
            if asked_on is not None and lesson.logged_on > asked_on:
                due -= APPROVAL_GATES
            if not due and _ahead(stage).isdisjoint(gates):
                continue  # its gates are behind this project
        due_at = tuple(gate for gate in GATES if gate in due)
        found.append(Planned(lesson_id, lesson.project_id, gates, due_at))
    return found


def duties(
    project_id: int,
    planned: Iterable[Planned],
    answers: Mapping[int, AnswerRow],
    as_at: dt.date,
) -> list[Duty]:
    """What one project owes: the plan of its kind, without its own lessons, with its answers."""
    return [
        Duty(each.lesson_id, each.gates, each.due_at, state_of(answers.get(each.lesson_id), as_at))
        for each in planned
        if each.owner_id != project_id
    ]


_AHEAD = {"delivery": frozenset({GO_LIVE, CLOSURE}), "closing": frozenset({CLOSURE})}


def _ahead(stage: str) -> frozenset[str]:
    """Gates that a running project has still to meet."""
    return _AHEAD.get(stage, frozenset())
