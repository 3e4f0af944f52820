"""A milestone and every date that was ever stated for it: baseline, forecast and actual.

A stated date is never overwritten: a new baseline, forecast or actual is a further row with the
day from which it holds and its reason. What the dates were as at a day is therefore a question,
not a guess (``MilestoneQuerySet.with_dates``).
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from council_hms.constraints import not_blank, one_of
from council_hms.history import tracked
from projects.models.project import Project
from projects.querysets import MilestoneDateQuerySet, MilestoneQuerySet
from projects.slippage import Slippage


class DateKind(models.TextChoices):
    """What a stated date says."""

    BASELINE = "baseline", "Baseline"
    FORECAST = "forecast", "Forecast"
    ACTUAL = "actual", "Actual"


class Precision(models.TextChoices):
    """How exactly the record gives a date. A month is kept as its last day."""

    DAY = "day", "The day"
    MONTH = "month", "The month only"


@tracked
class Milestone(models.Model):
    """A point the project is to reach, such as go-live."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=160)
    note = models.TextField(
        blank=True, help_text="What the record does not say, and how that was entered."
    )
    withdrawn_on = models.DateField("no longer needed since", null=True, blank=True)
    withdrawn_reason = models.TextField("why it is no longer needed", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history_parts: ClassVar = ("dates",)

    objects = MilestoneQuerySet.as_manager()

    # Annotated by with_dates(as_at); a plain row has none of them.
    baseline: dt.date | None
    forecast: dt.date | None
    actual: dt.date | None
    first_baseline: dt.date | None
    baseline_precision: str | None
    forecast_precision: str | None
    actual_precision: str | None

    class Meta:
        ordering: ClassVar = ["project", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "name"],
                name="milestone_name_is_unique",
                violation_error_message="This project already has a milestone of that name",
            ),
            not_blank("name", model="milestone"),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_reason="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason="")),
                name="milestone_withdrawn_with_reason",
                violation_error_message="Say since when and why the milestone is no longer needed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("milestones", args=[self.project.reference])

    def slippage(self, as_at: dt.date) -> Slippage:
        """Months slipped as at a day, from the dates that ``with_dates(as_at)`` annotated."""
        return Slippage(self.baseline, self.forecast, self.actual, as_at)


@tracked
class MilestoneDate(models.Model):
    """One date stated for a milestone, from a day on. The latest stated holds."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="dates")
    kind = models.CharField(max_length=10, choices=DateKind)
    date = models.DateField()
    precision = models.CharField(
        "the record gives", max_length=5, choices=Precision, default=Precision.DAY
    )
    stated_on = models.DateField(default=timezone.localdate)
    reason = models.TextField(blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    entered_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MilestoneDateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["milestone", "stated_on", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["milestone", "kind", "-stated_on", "-id"], name="milestone_date_latest"
            )
        ]
        constraints: ClassVar = [
            one_of("kind", DateKind, model="milestone_date"),
            one_of("precision", Precision, model="milestone_date"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.date:%d.%m.%Y}"
