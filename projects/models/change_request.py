"""A change request: what a project asks its board to change, and what the board decided."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from council_hms.constraints import both_or_neither, not_blank
from council_hms.fields import MoneyField
from council_hms.history import tracked
from projects.models.project import Project
from projects.querysets import ChangeRequestQuerySet


class RequestOutcome(models.TextChoices):
    """What the board decided."""

    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


@tracked
class ChangeRequest(models.Model):
    """A change of scope, time, cost or benefits that the board decides; it is no budget authority."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="change_requests")
    number = models.PositiveSmallIntegerField(editable=False)
    title = models.CharField(max_length=200)
    what = models.TextField("what is to change")
    why = models.TextField("why")
    months = models.SmallIntegerField(
        "effect on time, in months",
        null=True,
        blank=True,
        help_text="Later is positive, sooner is negative.",
    )
    cost = MoneyField("effect on cost, in pounds", null=True, blank=True)
    effect_on_benefits = models.TextField(blank=True)
    raised_on = models.DateField(default=timezone.localdate)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    decide_by = models.DateField("to be decided by", null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=RequestOutcome, null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    decision_reason = models.TextField("the board's reason", blank=True)
    budget_change_reference = models.CharField(
        max_length=30,
        blank=True,
        help_text="The budget change that this led to, for example BC-12. "
        "A board's decision is not budget authority.",
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "number"], name="change_request_number_is_unique"
            ),
            not_blank("title", model="change_request"),
            not_blank("what", model="change_request", message="Say what is to change"),
            not_blank("why", model="change_request", message="Say why"),
            models.CheckConstraint(
                condition=Q(outcome=None) | Q(outcome__in=RequestOutcome.values),
                name="change_request_outcome_is_known",
                violation_error_message="Choose one of the listed outcomes",
            ),
            both_or_neither("outcome", "decided_on", model="change_request"),
            both_or_neither("decided_on", "decided_by", model="change_request"),
        ]

    def __str__(self) -> str:
        return f"Change request {self.number}"

    @property
    def needs_budget_change(self) -> bool:
        """Whether the board approved a cost for which the ledger has no budget change yet."""
        return (
            self.outcome == RequestOutcome.APPROVED
            and bool(self.cost)
            and not self.budget_change_reference
        )

    def get_absolute_url(self) -> str:
        return reverse("change_request", args=[self.project.reference, self.number])
