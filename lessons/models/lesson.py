"""A lesson, its category, and the detail of it that may be exempt."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from council_hms.constraints import not_blank, one_of
from council_hms.exemption import Exemptable
from council_hms.history import tracked
from lessons.querysets import LessonDetailQuerySet, LessonQuerySet
from projects.models import Project


@tracked
class LessonCategory(models.Model):
    """What a lesson is about. The council keeps the list; a category in use is switched off, not removed."""

    name = models.CharField(max_length=120)
    description = models.TextField("what belongs here", blank=True)
    position = models.PositiveSmallIntegerField("order in lists", default=0)
    in_use = models.BooleanField("offered for new lessons", default=True)

    class Meta:
        ordering: ClassVar = ["position", "name"]
        verbose_name_plural = "lesson categories"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"],
                name="lesson_category_name_is_unique",
                violation_error_message="There is already a category of this name",
            ),
            not_blank("name", model="lesson_category"),
        ]

    def __str__(self) -> str:
        return self.name


class KnownAsRisk(models.TextChoices):
    """Whether what happened had been on the risk register before."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_STATED = "not_stated", "Not stated"


class Priority(models.TextChoices):
    """How much it matters that later projects act on it."""

    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"
    NOT_STATED = "not_stated", "Not stated"


@tracked
class Lesson(models.Model):
    """What happened on a project and what a later one should do. What the record leaves open stays blank.

    A shared lesson can be read by everyone who works with projects, because the next project
    must answer it; one that is not shared yet is for its own project's people and binds nobody.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="lessons")
    category = models.ForeignKey(LessonCategory, on_delete=models.PROTECT, related_name="lessons")
    title = models.CharField("the lesson in a few words", max_length=200)
    event = models.TextField("what happened", blank=True)
    effect = models.TextField("what it led to", blank=True)
    cause = models.TextField("why it happened", blank=True)
    early_warning_signs = models.TextField(
        "early-warning signs", blank=True, help_text="What could have been noticed sooner."
    )
    recommendation = models.TextField("what later projects should do")
    known_as_risk = models.CharField(
        "previously identified as a risk?",
        max_length=10,
        choices=KnownAsRisk,
        default=KnownAsRisk.NOT_STATED,
    )
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.NOT_STATED)
    owner = models.CharField(
        max_length=120, blank=True, help_text="A job title: who sees that it is learned."
    )
    logged_by = models.CharField(
        max_length=120, blank=True, help_text="A job title or the paper it comes from."
    )
    logged_on = models.DateField(
        default=timezone.localdate,
        help_text="Projects approved before this day are not bound by it.",
    )
    source = models.CharField(
        "where it is written",
        max_length=200,
        blank=True,
        help_text="A paper and its paragraph, if there is one.",
    )
    is_shared = models.BooleanField(
        "shared with every project",
        default=True,
        help_text="A shared lesson is read and answered by other projects. Leave it off while you are drafting.",
    )
    is_illustrative = models.BooleanField(
        default=False, help_text="Made up to show the product, not from a report."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    history_parts: ClassVar = ("detail",)

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["category__position", "category__name", "pk"]
        constraints: ClassVar = [
            not_blank("title", model="lesson"),
            not_blank(
                "recommendation", model="lesson", message="Say what later projects should do"
            ),
            one_of("known_as_risk", KnownAsRisk, model="lesson"),
            one_of("priority", Priority, model="lesson"),
        ]
        indexes: ClassVar = [
            # the gate reads shared lessons by the day they were logged
            models.Index(
                fields=["logged_on"],
                name="lesson_shared_by_day",
                condition=models.Q(is_shared=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """``L12``: how papers and answers name it."""
        return f"L{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("lesson", args=[self.pk])


@tracked
class LessonDetail(Exemptable):
    """More about a lesson than everyone may read, such as what a confidential report says of it.

    A lesson has one at most. When it is exempt, others learn that it exists and under which
    paragraph of Schedule 12A, never what it says.
    """

    lesson = models.OneToOneField(Lesson, on_delete=models.PROTECT, related_name="detail")
    text = models.TextField("detail")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = LessonDetailQuerySet.as_manager()

    class Meta(Exemptable.Meta):
        abstract = False
        ordering: ClassVar = ["lesson"]
        constraints: ClassVar = [
            *Exemptable.Meta.constraints,
            not_blank("text", model="lesson_detail", message="Enter the detail"),
        ]

    def __str__(self) -> str:
        return "Detail of a lesson"
