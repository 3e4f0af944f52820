"""What people do with lessons: log, change, answer, and keep the rules. Each is one act with a name in the history."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.urls import reverse

from council_hms import columns, once
from council_hms.access import Permission, require
from council_hms.concurrency import StaleError, save_if_unchanged
from council_hms.history import acting
from council_hms.models import User
from lessons.models import (
    Answer,
    AnswerKind,
    ApplicabilityRule,
    GateLimit,
    Lesson,
    LessonCategory,
    LessonDetail,
    ProjectClassification,
    ProjectType,
)
from projects.models import Project

S = TypeVar("S", bound=models.Model)


class LessonError(Exception):
    """What was asked cannot be done. ``str(error)`` is a sentence for people."""


# -- lessons -----------------------------------------------------------------------------------

#: The columns of a lesson that people write.
LESSON_FIELDS = (
    "category",
    "title",
    "event",
    "effect",
    "cause",
    "early_warning_signs",
    "recommendation",
    "known_as_risk",
    "priority",
    "owner",
    "logged_by",
    "logged_on",
    "source",
    "is_shared",
)
DETAIL_FIELDS = ("text", "exempt", "exempt_paragraphs", "exempt_reason")


def log_lesson(
    *,
    project: Project,
    by: User,
    values: dict[str, Any],
    detail: dict[str, Any] | None = None,
    is_illustrative: bool = False,
    token: uuid.UUID | None = None,
) -> Lesson:
    """Log a lesson of a project, with its detail if there is any. Raises once.AlreadyDone on a second send."""
    require(by, Permission.MANAGE_LESSONS)
    with acting(by, "lesson.log", f"Lesson of {project.reference}"):
        claimed = once.claim(token, by)
        lesson = Lesson(project=project, created_by=by, is_illustrative=is_illustrative)
        _fill(lesson, values, LESSON_FIELDS)
        lesson.save()
        if detail and detail.get("text", "").strip():
            LessonDetail.objects.create(
                lesson=lesson, **{name: detail[name] for name in DETAIL_FIELDS if name in detail}
            )
        once.settle(claimed, lesson.get_absolute_url())
    return lesson


def edit_lesson(
    *,
    lesson: Lesson,
    version: int,
    by: User,
    values: dict[str, Any],
    detail_version: int = 0,
    detail: dict[str, Any] | None = None,
    reason: str = "",
) -> Lesson:
    """Change what a lesson and its detail say, if nobody else has meanwhile. Raises StaleError.

    ``detail`` None or empty leaves the detail alone; ``detail_version`` 0 says that there was none.
    Only someone who may see exempt matter changes the detail: others have not read it.
    Nothing is written, and no history, where nothing changed.
    """
    require(by, Permission.MANAGE_LESSONS)
    columns.only(values, LESSON_FIELDS)
    with acting(by, "lesson.change", reason):
        current = Lesson.objects.select_for_update().get(pk=lesson.pk)
        if current.version != version:
            raise StaleError(current)
        if columns.differ(current, values):
            current = save_if_unchanged(current, version, **values)
        if detail:
            require(by, Permission.SEE_EXEMPT)
            columns.only(detail, DETAIL_FIELDS)
            _edit_detail(current, detail_version, detail)
    return current


def _edit_detail(lesson: Lesson, version: int, values: dict[str, Any]) -> None:
    standing = LessonDetail.objects.select_for_update().filter(lesson=lesson).first()
    if standing is None:
        LessonDetail.objects.create(lesson=lesson, **values)
    elif standing.version != version:
        raise StaleError(standing)
    elif columns.differ(standing, values):
        save_if_unchanged(standing, version, **values)


# -- answers -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """One answer as typed. ``seen`` is the number of the answer that stood when the page was opened (0: none)."""

    lesson_id: int
    seen: int
    kind: str
    how: str = ""
    evidence: str = ""
    by_whom: str = ""
    why: str = ""
    deferred_until: dt.date | None = None
    owner: str = ""

    def values(self) -> dict[str, Any]:
        """The columns that belong to its kind; what was typed under another kind is left out."""
        kept: dict[str, Any] = {"kind": self.kind}
        names = {
            AnswerKind.ADOPTED: ("how", "evidence", "by_whom"),
            AnswerKind.NOT_APPLICABLE: ("why",),
            AnswerKind.DEFERRED: ("deferred_until", "owner"),
        }[AnswerKind(self.kind)]
        return kept | {name: getattr(self, name) for name in names}


class StaleAnswersError(Exception):
    """Other people have answered some of these lessons meanwhile. ``current`` holds their answers."""

    def __init__(self, current: Sequence[Answer]) -> None:
        super().__init__(
            "Someone else has answered a lesson since you opened this page. Their answer is shown beside yours."
        )
        self.current = list(current)


def answer_lessons(
    *,
    project: Project,
    by: User,
    answers: Sequence[AnswerDraft],
    today: dt.date,
    token: uuid.UUID | None = None,
    result_url: str = "",
) -> list[Answer]:
    """Write a project's answers in one transaction; those that say nothing new are left alone.

    An answer never replaces one: it is written after it, so that the answer as at a date stays.
    Raises StaleAnswersError (nothing is then written) and once.AlreadyDone.
    """
    require(by, Permission.MANAGE_LESSONS)
    with acting(by, "lesson.answer", f"Lessons answered by {project.reference}"):
        # one project's answers are written one after another, whoever sends them
        Project.objects.select_for_update().get(pk=project.pk)
        claimed = once.claim(token, by)
        standing = {
            answer.lesson_id: answer
            for answer in Answer.objects.filter(
                project=project, lesson__in=[draft.lesson_id for draft in answers]
            ).order_by("number")
        }
        new: list[Answer] = []
        stale: list[Answer] = []
        for draft in answers:
            last = standing.get(draft.lesson_id)
            values = draft.values()
            if last is not None and not columns.differ(last, values):
                continue
            if (last.number if last else 0) != draft.seen:
                assert last is not None  # noqa: S101 - answers are never deleted
                stale.append(last)
                continue
            new.append(
                Answer(
                    project=project,
                    lesson_id=draft.lesson_id,
                    number=draft.seen + 1,
                    answered_by=by,
                    answered_on=today,
                    **values,
                )
            )
        if stale:
            raise StaleAnswersError(stale)
        _refuse_past_dates(new)
        written = Answer.objects.bulk_create(new)
        once.settle(claimed, result_url)
    return written


def _refuse_past_dates(answers: Sequence[Answer]) -> None:
    for answer in answers:
        if answer.deferred_until is not None and answer.deferred_until <= answer.answered_on:
            raise LessonError("The date of a deferral must be after today")


def classify_project(
    *, project: Project, project_type: ProjectType, version: int, by: User
) -> ProjectClassification:
    """Say what type of project a project is. ``version`` 0: nobody has said yet. Raises StaleError."""
    require(by, Permission.MANAGE_LESSONS, Permission.ADMINISTER)
    with acting(by, "lesson.classify_project", f"{project.reference}: {project_type}"):
        standing = ProjectClassification.objects.select_for_update().filter(project=project).first()
        if standing is not None:
            return save_if_unchanged(standing, version, project_type=project_type)
        try:
            with transaction.atomic():
                return ProjectClassification.objects.create(
                    project=project, project_type=project_type
                )
        except IntegrityError:
            raise StaleError(ProjectClassification.objects.get(project=project)) from None


# -- rules, kept by the administrator ----------------------------------------------------------

RULE_FIELDS = (
    "category",
    "lesson",
    "project_type",
    "fund",
    "directorate",
    "gate",
    "since",
    "until",
    "note",
)


def add_rule(
    *, by: User, values: dict[str, Any], token: uuid.UUID | None = None
) -> ApplicabilityRule:
    """Make a rule of which lessons bind which projects at which gate."""
    require(by, Permission.ADMINISTER)
    columns.only(values, RULE_FIELDS)
    with acting(by, "lesson_rule.add", values.get("note", "")):
        claimed = once.claim(token, by)
        rule = ApplicabilityRule(**values)
        rule.full_clean()
        rule.save()
        once.settle(claimed, reverse("lesson_rules"))
    return rule


def change_rule(
    *, rule: ApplicabilityRule, version: int, by: User, values: dict[str, Any], reason: str = ""
) -> ApplicabilityRule:
    """Change or end a rule, if nobody else has meanwhile. Raises StaleError."""
    require(by, Permission.ADMINISTER)
    columns.only(values, RULE_FIELDS)
    with acting(by, "lesson_rule.change", reason):
        return save_if_unchanged(rule, version, **values)


def set_gate_limit(
    *,
    by: User,
    amount: Decimal | None,
    since: dt.date,
    source: str = "",
    token: uuid.UUID | None = None,
) -> GateLimit:
    """Set from what amount, in pounds, a budget change answers lessons, from a day. None: size binds none."""
    require(by, Permission.ADMINISTER)
    with acting(by, "lesson_gate.set_limit", source):
        claimed = once.claim(token, by)
        limit = GateLimit(amount=amount, since=since, source=source, created_by=by)
        limit.full_clean()
        limit.save()
        once.settle(claimed, reverse("lesson_rules"))
    return limit


def save_category(
    *, by: User, category: LessonCategory, token: uuid.UUID | None = None
) -> LessonCategory:
    """Add or change a category of lessons."""
    return _save_setting(by, category, "lesson_category.save", token)


def save_project_type(
    *, by: User, project_type: ProjectType, token: uuid.UUID | None = None
) -> ProjectType:
    """Add or change a type of project."""
    return _save_setting(by, project_type, "project_type.save", token)


def _save_setting(by: User, row: S, act: str, token: uuid.UUID | None) -> S:
    require(by, Permission.ADMINISTER)
    with acting(by, act, str(row)):
        claimed = once.claim(token, by)
        row.full_clean()
        row.save()
        once.settle(claimed, reverse("lesson_rules"))
    return row


# -- helpers -----------------------------------------------------------------------------------


def _fill(row: models.Model, values: dict[str, Any], names: tuple[str, ...]) -> None:
    columns.only(values, names)
    for name, value in values.items():
        setattr(row, name, value)
