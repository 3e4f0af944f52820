"""What is due and what changed in lessons: answers that were deferred, lessons that a project logged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from council_hms.findings import Scope
from council_hms.news import Change, Due
from lessons.findings import DEFERRAL_OVERDUE
from lessons.models import Answer, Lesson


def deferrals_due(scope: Scope, until: dt.date) -> Iterator[Due]:
    """Deferred answers of projects that are not closed. One query."""
    projects = scope.projects.order_by().exclude(stage="closed").values("pk")
    rows = Answer.objects.standing(scope.as_at).filter(
        project__in=projects, kind="deferred", deferred_until__lte=until
    )
    for answer in rows.select_related("project"):
        day = answer.deferred_until
        assert day is not None  # noqa: S101 - the query asks for it
        yield Due(
            answer.project_id,
            day,
            f"Answer to lesson L{answer.lesson_id}, deferred ({answer.owner})",
            reverse("project_lessons", args=[answer.project.reference]),
            (DEFERRAL_OVERDUE, f"L{answer.lesson_id} deferred to {day.isoformat()}"),
        )


def lessons_logged(scope: Scope, since: dt.date) -> Iterator[Change]:
    """Lessons logged by a project. One query."""
    rows = Lesson.objects.visible_to(scope.user).filter(
        project__in=scope.projects.order_by().values("pk"),
        logged_on__gt=since,
        logged_on__lte=scope.as_at,
    )
    for lesson in rows:
        yield Change(
            lesson.project_id,
            lesson.logged_on,
            f"Lesson {lesson.reference} was logged: {lesson.title}",
            lesson.get_absolute_url(),
        )


DUE = (deferrals_due,)
CHANGED = (lessons_logged,)
