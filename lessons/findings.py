"""Governance checks of lessons: what stops a project at the gate, and deferrals that ran out."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from council_hms.findings import Check, Finding, Scope, Severity
from lessons.duties import Binding, ProjectDuties, read_binding, read_duties
from lessons.gate import GO_LIVE, Duty, State
from lessons.models import Answer, Gate

#: The check that a budget's submission asks before it lets a project through.
AT_GATE = "lessons.unanswered_at_gate"
DEFERRAL_OVERDUE = "lessons.deferral_overdue"
NEXT_GATE = "lessons.unanswered_before_next_gate"


def _named(duties: Iterable[Duty]) -> str:
    """``L3, L7 (deferred, past its date)``."""
    return ", ".join(
        f"L{duty.lesson_id}" + (" (deferred, past its date)" if duty.state is State.OVERDUE else "")
        for duty in duties
    )


def _finding(
    code: str, owed: ProjectDuties, stopping: list[Duty], of: int, message: str
) -> Finding:
    count = len(stopping)
    words = f"{count} of {of} lessons that apply {'is' if count == 1 else 'are'} not answered"
    return Finding(
        code=code,
        project_id=owed.project_id,
        project_reference=owed.reference,
        # names the lessons, so that accepting it does not cover lessons logged later
        subject=", ".join(f"L{duty.lesson_id}" for duty in stopping),
        message=f"{words}: {_named(stopping)}. {message}",
        href=reverse("project_lessons", args=[owed.reference]),
    )


def binding_of(scope: Scope) -> Binding:
    """What binds the projects in scope. Four queries."""
    return read_binding(scope.projects, scope.as_at)


def _owing(scope: Scope) -> list[ProjectDuties]:
    """The projects with lessons to answer at the gate where they stand. Two queries, and what binds them."""
    return read_duties(scope.projects, scope.as_at, due_only=True, binding=scope.once(binding_of))


def unanswered_at_gate(scope: Scope) -> Iterable[Finding]:
    """Projects before an approval of money that have not answered every lesson that binds them."""
    for owed in scope.once(_owing):
        if stopping := owed.stopping_approval:
            why = (
                "Answer them before this project is submitted for approval."
                if owed.is_new
                else f"{' and '.join(ask.reference for ask in owed.asks_over_limit)} "
                "asks for more than the council's limit: answer them before it is submitted."
            )
            yield _finding(AT_GATE, owed, stopping, len(owed.duties), why)


def unanswered_before_next_gate(scope: Scope) -> Iterable[Finding]:
    """Running projects with lessons to answer before go-live or closure."""
    for owed in scope.once(_owing):
        due = [duty for duty in owed.duties if {"go_live", "closure"} & set(duty.due_at)]
        if stopping := [duty for duty in due if duty.stops]:
            gate = GO_LIVE if GO_LIVE in stopping[0].due_at else "closure"
            words = "go-live" if gate == GO_LIVE else "it is closed"
            yield _finding(NEXT_GATE, owed, stopping, len(due), f"Answer them before {words}.")


def deferral_overdue(scope: Scope) -> Iterable[Finding]:
    """Deferred answers of projects that are not closed, past their date. One query."""
    overdue = (
        Answer.objects.overdue(scope.as_at)
        .filter(project__in=scope.projects.order_by().exclude(stage="closed").values("pk"))
        .select_related("project")
        .order_by("project__reference", "lesson")
    )
    for answer in overdue:
        until = answer.deferred_until
        assert until is not None  # noqa: S101 - the database holds deferrals to a date
        yield Finding(
            code=DEFERRAL_OVERDUE,
            project_id=answer.project_id,
            project_reference=answer.project.reference,
            subject=f"L{answer.lesson_id} deferred to {until.isoformat()}",
            message=f"Lesson L{answer.lesson_id} was deferred until {until.day} {until:%B %Y} "
            f"and has no answer since. Owner: {answer.owner}.",
            href=reverse("project_lessons", args=[answer.project.reference]),
            since=until,
        )


CHECKS = (
    Check(
        code=AT_GATE,
        title="Lesson unanswered at a gate",
        severity=Severity.SEVERE,
        who_acts="Project manager",
        explanation=(
            "A project that is proposed or has a business case in hand, and one that asks for a budget change "
            "above the council's limit, answers the lessons of earlier projects first: adopted (how, evidence, "
            "by whom), not applicable (why) or deferred (date, owner). Rules kept by the administrator say which "
            "lessons bind which projects. A project is not bound by its own lessons, nor by lessons logged after "
            "the day; a deferral past its date counts as no answer. A project whose first budget is approved is "
            "no longer new and is bound only by a change above the limit, by lessons logged by the day it asked."
        ),
        find=unanswered_at_gate,
    ),
    Check(
        code=NEXT_GATE,
        title="Lesson to be answered before the next gate",
        severity=Severity.ADVICE,
        who_acts="Project manager",
        explanation=(
            "Rules can ask that lessons are answered before go-live (projects in delivery) or before closure "
            f"(projects that are closing). The gates are: {', '.join(Gate.labels)}."
        ),
        find=unanswered_before_next_gate,
    ),
    Check(
        code=DEFERRAL_OVERDUE,
        title="Deferred lesson past its date",
        severity=Severity.WARNING,
        who_acts="Owner of the deferred lesson",
        explanation=(
            "A lesson was deferred until a day with an owner. The day has passed and the lesson has not been "
            "answered again: it counts as unanswered."
        ),
        find=deferral_overdue,
    ),
)
