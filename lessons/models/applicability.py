"""Which lessons bind which projects, and at which gate: kept by the administrator, with dates."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from council_hms.constraints import not_blank, one_of
from council_hms.fields import MoneyField
from council_hms.history import tracked
from lessons.models.lesson import Lesson, LessonCategory
from lessons.querysets import (
    ApplicabilityRuleQuerySet,
    GateLimitQuerySet,
    ProjectClassificationQuerySet,
)
from projects.models import Fund, Project


class Gate(models.TextChoices):
    """The points in a project's life at which lessons must have been answered, in order."""

    BUSINESS_CASE = "business_case", "Business case"
    BUDGET = "budget", "Before budget approval"
    GO_LIVE = "go_live", "Before go-live"
    CLOSURE = "closure", "Closure"


@tracked
class ProjectType(models.Model):
    """A kind of project, such as "System or software". The council keeps the list."""

    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField("order in lists", default=0)
    in_use = models.BooleanField("offered for new projects", default=True)

    class Meta:
        ordering: ClassVar = ["position", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"],
                name="project_type_name_is_unique",
                violation_error_message="There is already a type of this name",
            ),
            not_blank("name", model="project_type"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class ProjectClassification(models.Model):
    """Which type of project a project is. Until somebody says, lessons of every type bind it."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="classification")
    project_type = models.ForeignKey(
        ProjectType,
        on_delete=models.PROTECT,
        related_name="classifications",
        verbose_name="type of project",
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProjectClassificationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project"]

    def __str__(self) -> str:
        return "Type of project"


@tracked
class ApplicabilityRule(models.Model):
    """Lessons of a category (or one lesson) bind these projects at this gate, from a day until a day.

    A blank type, fund or directorate means all of them.
    """

    category = models.ForeignKey(
        LessonCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="rules"
    )
    lesson = models.ForeignKey(
        Lesson,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        help_text="Leave it empty to bind all lessons of the category.",
    )
    project_type = models.ForeignKey(
        ProjectType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name="type of project",
    )
    fund = models.CharField(max_length=3, choices=Fund, blank=True)
    directorate = models.CharField(max_length=120, blank=True)
    gate = models.CharField(max_length=15, choices=Gate, default=Gate.BUDGET)
    since = models.DateField("in force from", default=timezone.localdate)
    until = models.DateField("in force until", null=True, blank=True)
    note = models.TextField("why, or by whose decision", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ApplicabilityRuleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["category__position", "category__name", "lesson", "since", "pk"]
        constraints: ClassVar = [
            one_of("gate", Gate, model="applicability_rule"),
            models.CheckConstraint(
                condition=Q(category__isnull=False, lesson__isnull=True)
                | Q(category__isnull=True, lesson__isnull=False),
                name="applicability_rule_category_or_lesson",
                violation_error_message="Choose either a category or one lesson, not both",
            ),
            models.CheckConstraint(
                condition=Q(fund="") | Q(fund__in=Fund.values),
                name="applicability_rule_fund_is_known",
                violation_error_message="Choose a fund from the list, or all",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="applicability_rule_ends_after_it_starts",
                violation_error_message="The last day must not be before the first",
            ),
            models.UniqueConstraint(
                fields=[
                    "category",
                    "lesson",
                    "project_type",
                    "fund",
                    "directorate",
                    "gate",
                    "since",
                ],
                name="applicability_rule_once",
                nulls_distinct=False,
                violation_error_message="There is already such a rule from that day",
            ),
        ]

    def __str__(self) -> str:
        return f"Rule {self.pk}"


@tracked
class GateLimit(models.Model):
    """From what amount, in pounds, a budget change of a running project must answer lessons, from a day.

    The latest row on or before a day is in force. An empty amount means that no change is bound
    by its size; so does having no row at all. New projects are bound whatever they ask for.
    """

    amount = MoneyField(
        "a change of more than",
        null=True,
        blank=True,
        help_text="Leave it empty when changes of running projects need not answer lessons, whatever their size.",
    )
    since = models.DateField("in force from", default=timezone.localdate)
    source = models.CharField("where the limit is written", max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = GateLimitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-since"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["since"],
                name="gate_limit_one_a_day",
                violation_error_message="There is already a limit from that day",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="gate_limit_is_not_negative",
                violation_error_message="Enter nil or more",
            ),
        ]

    def __str__(self) -> str:
        return "Limit of the lessons gate"
