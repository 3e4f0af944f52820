"""A control: what is done about a risk, by whom, by when, and how far it has come."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from council_hms.constraints import not_blank, one_of
from council_hms.history import tracked
from risks.models.register import LONGEST
from risks.models.risk import Risk
from risks.querysets import ControlQuerySet


class ControlStatus(models.TextChoices):
    """How far a control has come."""

    PLANNED = "planned", "Planned"
    IN_PROGRESS = "in_progress", "In progress"
    IN_PLACE = "in_place", "In place"
    DROPPED = "dropped", "Dropped"


#: What still has to be done.
OPEN_STATUSES = (ControlStatus.PLANNED, ControlStatus.IN_PROGRESS)


@tracked
class Control(models.Model):
    """What is done about a risk. ``settled_on`` is the day it was in place, or dropped."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="controls")
    what = models.CharField("what is done", max_length=300)
    owner = models.CharField(max_length=120, help_text="A job title: who does it.")
    due_on = models.DateField(
        "to be in place by", null=True, blank=True, help_text="Leave it empty for a standing one."
    )
    status = models.CharField(max_length=12, choices=ControlStatus, default=ControlStatus.PLANNED)
    progress = models.TextField(max_length=LONGEST, blank=True)
    added_on = models.DateField(default=timezone.localdate, editable=False)
    settled_on = models.DateField("in place or dropped on", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ControlQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["risk", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["risk", "what"],
                name="control_once_for_a_risk",
                violation_error_message="This risk already has a control of these words",
            ),
            not_blank("what", model="control", message="Enter what is done"),
            not_blank("owner", model="control", message="Enter the job title of who does it"),
            one_of("status", ControlStatus, model="control"),
            models.CheckConstraint(
                condition=Q(status__in=OPEN_STATUSES, settled_on=None)
                | (~Q(status__in=OPEN_STATUSES) & Q(settled_on__isnull=False)),
                name="control_settled_on_with_status",
                violation_error_message="Enter the day on which it was in place or dropped, and only then",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_on"], name="control_open_by_day", condition=Q(settled_on=None)
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def is_overdue(self, as_at: dt.date) -> bool:
        """Whether it should have been in place before a day and was not."""
        return (
            self.due_on is not None
            and self.due_on < as_at
            and (self.settled_on is None or self.settled_on > as_at)
        )
