"""A finding that somebody has accepted, with a reason and a day to look again. It never just vanishes."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from council_hms.constraints import both_or_neither, not_blank
from council_hms.history import tracked
from projects.models.project import Project
from projects.querysets import FindingAcceptanceQuerySet


@tracked
class FindingAcceptance(models.Model):
    """``code``, project and ``subject`` are the finding's key (council_hms.findings.Finding.key).

    Without a project it is of what belongs to none, such as the corporate risk register. ``exempt``:
    the finding was one that readers without the right to exempt matter do not have.
    """

    code = models.CharField(max_length=80)
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="finding_acceptances",
    )
    subject = models.CharField(max_length=200)
    exempt = models.BooleanField(default=False, editable=False)
    reason = models.TextField("why it is accepted")
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    accepted_on = models.DateField(default=timezone.localdate)
    review_on = models.DateField("look at it again on")
    ended_on = models.DateField(null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )

    objects = FindingAcceptanceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "code", "subject", "-accepted_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "project", "subject"],
                condition=Q(ended_on=None),
                nulls_distinct=False,
                name="finding_acceptance_once_at_a_time",
                violation_error_message="This finding has been accepted already",
            ),
            not_blank("code", model="finding_acceptance"),
            not_blank(
                "reason", model="finding_acceptance", message="Say why the finding is accepted"
            ),
            both_or_neither("ended_on", "ended_by", model="finding_acceptance"),
            models.CheckConstraint(
                condition=Q(review_on__gt=F("accepted_on")),
                name="finding_acceptance_review_later",
                violation_error_message="The day to look at it again must be after the day it is accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} accepted"

    @property
    def key(self) -> tuple[str, int | None, str]:
        """The key of the finding that it accepts."""
        return (self.code, self.project_id, self.subject)

    def holds(self, as_at: dt.date) -> bool:
        """Whether the acceptance stands on a day: taken, not ended, and not yet due for another look."""
        return self.accepted_on <= as_at < self.review_on and (
            self.ended_on is None or self.ended_on > as_at
        )
