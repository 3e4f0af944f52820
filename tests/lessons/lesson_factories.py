"""The least that is true about lessons: a category, a lesson, a rule, an answer."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from council_hms.access import Role
from council_hms.models import User
from lessons.models import (
    Answer,
    ApplicabilityRule,
    GateLimit,
    Lesson,
    LessonCategory,
    LessonDetail,
    ProjectClassification,
    ProjectType,
)
from projects.models import Project
from tests.factories import make_user

_count = itertools.count(1)
REPORT_DAY = dt.date(2023, 6, 14)


def make_category(name: str = "", **fields: Any) -> LessonCategory:
    number = next(_count)
    return LessonCategory.objects.create(
        name=name or f"Category {number}", position=fields.pop("position", number), **fields
    )


def make_lesson(project: Project, category: LessonCategory | None = None, **fields: Any) -> Lesson:
    return Lesson.objects.create(
        project=project,
        category=category or LessonCategory.objects.first() or make_category(),
        title=fields.pop("title", f"Lesson {next(_count)}"),
        recommendation=fields.pop("recommendation", "Do it sooner"),
        logged_on=fields.pop("logged_on", REPORT_DAY),
        created_by=fields.pop("created_by", None) or make_user(Role.PROJECT_MANAGER),
        **fields,
    )


def make_exempt_detail(
    lesson: Lesson, text: str = "The supplier offered terms", **fields: Any
) -> LessonDetail:
    return LessonDetail.objects.create(
        lesson=lesson,
        text=text,
        exempt=True,
        exempt_paragraphs=fields.pop("exempt_paragraphs", [3]),
        exempt_reason=fields.pop("exempt_reason", "Talks with the supplier go on"),
        **fields,
    )


def make_type(name: str = "System or software") -> ProjectType:
    return ProjectType.objects.get_or_create(name=name)[0]


def classify(project: Project, project_type: ProjectType) -> ProjectClassification:
    return ProjectClassification.objects.create(project=project, project_type=project_type)


def make_rule(
    category: LessonCategory | None = None, gate: str = "budget", **fields: Any
) -> ApplicabilityRule:
    return ApplicabilityRule.objects.create(
        category=category, gate=gate, since=fields.pop("since", dt.date(2020, 1, 1)), **fields
    )


def make_limit(amount: Any, by: User, since: dt.date = dt.date(2020, 4, 1)) -> GateLimit:
    return GateLimit.objects.create(amount=amount, since=since, created_by=by)


def make_answer(project: Project, lesson: Lesson, kind: str = "adopted", **fields: Any) -> Answer:
    """An answer exactly as told, past the service."""
    said = {
        "adopted": {
            "how": "Specialists sit on the board",
            "evidence": "Board terms",
            "by_whom": "Sponsor",
        },
        "not_applicable": {"why": "Nothing is bought"},
        "deferred": {"owner": "Project manager"},
    }[kind]
    return Answer.objects.create(
        project=project,
        lesson=lesson,
        kind=kind,
        number=fields.pop("number", 1),
        answered_on=fields.pop("answered_on", dt.date(2026, 1, 5)),
        answered_by=fields.pop("answered_by", None) or make_user(Role.PROJECT_MANAGER),
        **{**said, **fields},
    )
