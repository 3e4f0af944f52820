"""The highlight report: what a project manager tells the board for a period, and what the board noted."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from council_hms.constraints import both_or_neither, one_of
from council_hms.history import tracked
from projects.models.project import Project
from projects.querysets import HighlightRatingQuerySet, HighlightReportQuerySet


class Rag(models.TextChoices):
    """A rating. Always shown as its word, the colour beside it."""

    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"


class Confidence(models.TextChoices):
    """Delivery confidence, judged against the latest approved baseline."""

    GREEN = "green", "Green"
    AMBER_GREEN = "amber_green", "Amber/green"
    AMBER = "amber", "Amber"
    AMBER_RED = "amber_red", "Amber/red"
    RED = "red", "Red"


class Aspect(models.TextChoices):
    """What is rated in every highlight report."""

    TIME = "time", "Time"
    COST = "cost", "Cost"
    SCOPE = "scope", "Scope"
    QUALITY = "quality", "Quality"
    BENEFITS = "benefits", "Benefits"
    RISK = "risk", "Risk"


class HighlightState(models.TextChoices):
    """Where a highlight report is; derived from who has done what."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted to the board"
    NOTED = "noted", "Noted by the board"


@tracked
class HighlightReport(models.Model):
    """One period of one project in the words of its manager; draft, submitted, then noted by the board."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="highlight_reports")
    period_from = models.DateField("first day of the period")
    period_to = models.DateField("last day of the period")
    summary = models.TextField("in a few sentences", blank=True)
    done = models.TextField("what was done", blank=True)
    next_steps = models.TextField("what comes next", blank=True)
    delivery_confidence = models.CharField(max_length=12, choices=Confidence, blank=True)
    confidence_reason = models.TextField("why that confidence", blank=True)
    is_illustrative = models.BooleanField(default=False, editable=False)
    note = models.TextField(blank=True, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_on = models.DateField(null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    noted_on = models.DateField(null=True, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    board_note = models.TextField("what the board noted", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history_parts: ClassVar = ("ratings",)

    objects = HighlightReportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "-period_to", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "period_to"],
                name="highlight_report_one_per_period",
                violation_error_message="There is already a highlight report whose period ends on that day",
            ),
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")),
                name="highlight_report_period_ends_after_it_starts",
                violation_error_message="The last day of the period must not be before the first",
            ),
            models.CheckConstraint(
                condition=Q(delivery_confidence="") | Q(delivery_confidence__in=Confidence.values),
                name="highlight_report_confidence_is_known",
                violation_error_message="Choose the delivery confidence from the list",
            ),
            both_or_neither("submitted_on", "submitted_by", model="highlight_report"),
            both_or_neither("noted_on", "noted_by", model="highlight_report"),
            models.CheckConstraint(
                condition=Q(noted_on=None)
                | Q(submitted_on__isnull=False, noted_on__gte=F("submitted_on")),
                name="highlight_report_noted_after_submitted",
                violation_error_message="The board can only note a report that has been submitted",
            ),
        ]

    def __str__(self) -> str:
        return f"Highlight report to {self.period_to.day} {self.period_to:%B %Y}"

    def get_absolute_url(self) -> str:
        return reverse("highlight_report", args=[self.project.reference, self.pk])

    @property
    def state(self) -> HighlightState:
        if self.noted_on:
            return HighlightState.NOTED
        return HighlightState.SUBMITTED if self.submitted_on else HighlightState.DRAFT


@tracked
class HighlightRating(models.Model):
    """The rating of one aspect: what the rule proposed, what was chosen, and why when they differ."""

    report = models.ForeignKey(HighlightReport, on_delete=models.CASCADE, related_name="ratings")
    aspect = models.CharField(max_length=10, choices=Aspect)
    proposed = models.CharField(max_length=5, choices=Rag, blank=True)
    rule = models.TextField("what the proposal rests on", blank=True)
    rating = models.CharField(max_length=5, choices=Rag, blank=True)
    reason = models.TextField(blank=True)

    objects = HighlightRatingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["report", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "aspect"], name="highlight_rating_once_per_aspect"
            ),
            one_of("aspect", Aspect, model="highlight_rating"),
            models.CheckConstraint(
                condition=Q(rating="") | Q(rating__in=Rag.values), name="highlight_rating_is_known"
            ),
            models.CheckConstraint(
                condition=Q(proposed="") | Q(proposed__in=Rag.values),
                name="highlight_rating_proposal_is_known",
            ),
            models.CheckConstraint(
                condition=Q(proposed="") | Q(rating="") | Q(rating=F("proposed")) | ~Q(reason=""),
                name="highlight_rating_override_has_reason",
                violation_error_message="Say why the rating differs from the one the figures propose",
            ),
        ]

    def __str__(self) -> str:
        return self.get_aspect_display()

    @property
    def is_overridden(self) -> bool:
        """Whether a person chose otherwise than the rule."""
        return bool(self.proposed and self.rating and self.proposed != self.rating)
