"""Who must clear a report before it goes to its meeting, and what they said of which version."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from council_hms.constraints import one_of
from council_hms.history import tracked
from reports.models.report import Report
from reports.querysets import ReportPartQuerySet


class ClearanceKind(models.TextChoices):
    """Whose clearance it is."""

    FINANCE = "finance", "Finance"
    LEGAL = "legal", "Legal"
    CABINET_MEMBER = "cabinet_member", "Cabinet member"


class ClearanceOutcome(models.TextChoices):
    """What was said."""

    CLEARED = "cleared", "Cleared"
    RETURNED = "returned", "Returned with comments"


@tracked
class ClearanceDeadline(models.Model):
    """By when somebody is asked to clear. Silence is not consent: a deadline that passes clears nothing."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="deadlines")
    kind = models.CharField(max_length=20, choices=ClearanceKind)
    due_on = models.DateField("due by")

    class Meta:
        ordering: ClassVar = ["report", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "kind"],
                name="clearance_deadline_once",
                violation_error_message="There is already a deadline for this clearance",
            ),
            one_of("kind", ClearanceKind, model="clearance_deadline"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.due_on}"


@tracked
class Clearance(models.Model):
    """One answer to being asked, about the version of the report that was then read. Written once, never changed.

    It stands while the report's ``content_version`` is ``of_version``: a later edit re-opens it.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="clearances")
    kind = models.CharField(max_length=20, choices=ClearanceKind)
    outcome = models.CharField(max_length=10, choices=ClearanceOutcome)
    of_version = models.PositiveIntegerField()
    given_by = models.CharField("given by", max_length=120, help_text="A job title")
    given_on = models.DateField("given on")
    comment = models.TextField(blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = ReportPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["report", "pk"]
        constraints: ClassVar = [
            one_of("kind", ClearanceKind, model="clearance"),
            one_of("outcome", ClearanceOutcome, model="clearance"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_outcome_display().lower()}"
