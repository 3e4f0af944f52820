"""What a project answered to a lesson: adopted, not applicable or deferred. A new answer never overwrites one."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from council_hms.constraints import one_of
from council_hms.history import tracked
from lessons.models.lesson import Lesson
from lessons.querysets import AnswerQuerySet
from projects.models import Project


class AnswerKind(models.TextChoices):
    """How a project meets a lesson."""

    ADOPTED = "adopted", "Adopted"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    DEFERRED = "deferred", "Deferred"


@tracked
class Answer(models.Model):
    """One project's answer to one lesson. The one with the highest ``number`` on a day stands on that day.

    ``number`` counts from 1 for each project and lesson; it is also what two people answering at
    the same time are told apart by, since only one of them can write the next.
    """

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="lesson_answers", db_index=False
    )
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField("answer", max_length=15, choices=AnswerKind)
    how = models.TextField("how it is adopted", blank=True)
    evidence = models.TextField(
        blank=True, help_text="Where that can be seen: a plan, a contract clause, a minute."
    )
    by_whom = models.CharField(max_length=120, blank=True, help_text="A job title.")
    why = models.TextField("why it does not apply", blank=True)
    deferred_until = models.DateField(null=True, blank=True)
    owner = models.CharField(
        max_length=120, blank=True, help_text="A job title: who will answer it by then."
    )
    answered_on = models.DateField(default=timezone.localdate)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    entered_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "lesson", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "lesson", "number"],
                name="lesson_answer_numbered_once",
                violation_error_message="Somebody else has just answered this lesson",
            ),
            one_of("kind", AnswerKind, model="lesson_answer"),
            models.CheckConstraint(
                condition=~Q(kind=AnswerKind.ADOPTED)
                | (~Q(how="") & ~Q(evidence="") & ~Q(by_whom="")),
                name="lesson_answer_adopted_says_how",
                violation_error_message="An adopted lesson needs how, the evidence and by whom",
            ),
            models.CheckConstraint(
                condition=~Q(kind=AnswerKind.NOT_APPLICABLE) | ~Q(why=""),
                name="lesson_answer_not_applicable_says_why",
                violation_error_message="Say why the lesson does not apply",
            ),
            models.CheckConstraint(
                condition=~Q(kind=AnswerKind.DEFERRED)
                | (Q(deferred_until__isnull=False) & ~Q(owner="")),
                name="lesson_answer_deferred_has_date",
                violation_error_message="A deferred lesson needs a date and an owner",
            ),
            models.CheckConstraint(
                condition=Q(kind=AnswerKind.DEFERRED) | Q(deferred_until=None),
                name="lesson_answer_date_only_if_deferred",
                violation_error_message="Only a deferred answer has a date",
            ),
            models.CheckConstraint(
                condition=Q(deferred_until=None) | Q(deferred_until__gt=F("answered_on")),
                name="lesson_answer_deferred_to_later",
                violation_error_message="The date must be after the day of the answer",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def words(self) -> str:
        """The whole answer in one text: how, evidence and by whom; why; or until when and whose it is."""
        if self.kind == AnswerKind.ADOPTED:
            return (
                f"{_ended(self.how)} Evidence: {_ended(self.evidence)} By: {_ended(self.by_whom)}"
            )
        if self.kind == AnswerKind.NOT_APPLICABLE:
            return self.why
        until = self.deferred_until
        return f"Until {until.day} {until:%B %Y}, {self.owner}" if until else ""


def _ended(text: str) -> str:
    """A text that ends like a sentence, so that three of them can follow one another."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
