"""Adoption across the portfolio: which lessons later projects have learned, and which were only noted."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from lessons.duties import read_answers, read_duties
from lessons.gate import State, state_of
from lessons.models import Lesson

LEARNED, ANSWERED, NOTED = "Learned", "Answered", "Only noted"


@dataclass(frozen=True, slots=True)
class Adoption:
    """One lesson with the number of projects in each state. Projects that it does not bind do not count."""

    ORDER: ClassVar[Sequence[State]] = (
        State.ADOPTED,
        State.NOT_APPLICABLE,
        State.DEFERRED,
        State.OVERDUE,
        State.UNANSWERED,
    )

    lesson: Lesson
    counts: Mapping[State, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def standing(self) -> str:
        """Learned once a later project has adopted it; noted while none has answered."""
        if self.counts[State.ADOPTED]:
            return LEARNED
        return (
            ANSWERED if any(self.counts[state] for state in State if state.is_answered) else NOTED
        )


def adoption(projects: Any, lessons: Sequence[Lesson], as_at: dt.date) -> list[Adoption]:
    """How these projects stand with these lessons on a day. At most seven queries.

    A lesson counts for a project when it is due there or has been answered; one that is due only at
    a later gate does not count as unanswered yet.
    """
    counts: dict[int, Counter[State]] = {lesson.pk: Counter() for lesson in lessons}
    seen: set[tuple[int, int]] = set()
    for owed in read_duties(projects, as_at):
        for duty in owed.duties:
            if duty.lesson_id in counts and (duty.due_at or duty.state is not State.UNANSWERED):
                counts[duty.lesson_id][duty.state] += 1
                seen.add((owed.project_id, duty.lesson_id))
    own = {lesson.pk: lesson.project_id for lesson in lessons}
    for project_id, answers in read_answers(projects.order_by().values("pk"), as_at).items():
        for lesson_id, answer in answers.items():  # at gates that now lie behind the project
            is_counted = (project_id, lesson_id) in seen or lesson_id not in counts
            if not is_counted and own[lesson_id] != project_id:
                counts[lesson_id][state_of(answer, as_at)] += 1
    return [Adoption(lesson, counts[lesson.pk]) for lesson in lessons]
