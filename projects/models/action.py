"""Actions that a project has given somebody to do by a day."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from council_hms.constraints import not_blank
from council_hms.history import tracked
from projects.models.highlight import HighlightReport
from projects.models.project import Project
from projects.querysets import ActionQuerySet


@tracked
class Action(models.Model):
    """Something to be done, by whom and by when."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="actions")
    highlight_report = models.ForeignKey(
        HighlightReport, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    what = models.CharField("what is to be done", max_length=300)
    owner = models.CharField(max_length=120, help_text="A job title")
    raised_on = models.DateField(default=timezone.localdate)
    due_on = models.DateField("to be done by")
    done_on = models.DateField(null=True, blank=True)
    outcome = models.TextField("what came of it", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "due_on", "pk"]
        constraints: ClassVar = [
            not_blank("what", model="action", message="Say what is to be done"),
            not_blank("owner", model="action"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("raised_on")),
                name="action_due_after_raised",
                violation_error_message="The day it is to be done by must not be before the day it was raised",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("action_list", args=[self.project.reference])

    def is_overdue(self, as_at: dt.date) -> bool:
        """Whether its day has passed and it was not done, as at a date."""
        return self.due_on < as_at and (self.done_on is None or self.done_on > as_at)
