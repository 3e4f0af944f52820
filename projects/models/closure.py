"""The closure report: the words that go round the figures when a project ends."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from council_hms.constraints import both_or_neither
from council_hms.history import tracked
from projects.models.project import Project
from projects.querysets import ClosureReportQuerySet


@tracked
class ClosureReport(models.Model):
    """What was delivered against what was first approved, in words; the figures come from their own rooms."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="closure_report")
    delivered = models.TextField("what was delivered", blank=True)
    outturn = models.TextField("outturn against the first approval", blank=True)
    timing = models.TextField("milestones against their baselines", blank=True)
    benefits = models.TextField("benefits reached and still to come", blank=True)
    lessons = models.TextField("lessons for later projects", blank=True)
    handover = models.TextField("what is handed over, and to whom", blank=True)
    submitted_on = models.DateField(null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    accepted_on = models.DateField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    board_note = models.TextField("what the board noted", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ClosureReportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project"]
        constraints: ClassVar = [
            both_or_neither("submitted_on", "submitted_by", model="closure_report"),
            both_or_neither("accepted_on", "accepted_by", model="closure_report"),
            models.CheckConstraint(
                condition=Q(accepted_on=None)
                | Q(submitted_on__isnull=False, accepted_on__gte=F("submitted_on")),
                name="closure_report_accepted_after_submitted",
                violation_error_message="The board can only accept a report that has been submitted",
            ),
        ]

    def __str__(self) -> str:
        return "Closure report"

    def get_absolute_url(self) -> str:
        return reverse("closure_report", args=[self.project.reference])
