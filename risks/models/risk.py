"""A risk: what may happen, why and what would follow. Its scores are kept from review to review beside it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from council_hms.constraints import not_blank, one_of
from council_hms.exemption import Exemptable
from council_hms.history import tracked
from risks.models.register import LONGEST, Register
from risks.querysets import RiskQuerySet


class RiskKind(models.TextChoices):
    """Whether it would harm or help."""

    THREAT = "threat", "Threat"
    OPPORTUNITY = "opportunity", "Opportunity"


@tracked
class Risk(Exemptable):
    """A row of a register. An exempt one is withheld as a whole from those without the right."""

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="risks")
    reference = models.CharField(
        max_length=20,
        help_text="Leave it empty for the next number, such as R7.",
    )
    title = models.CharField("the risk in a few words", max_length=200)
    kind = models.CharField(
        "threat or opportunity", max_length=11, choices=RiskKind, default=RiskKind.THREAT
    )
    description = models.TextField("what may happen", max_length=LONGEST, blank=True)
    cause = models.TextField("why it may happen", max_length=LONGEST, blank=True)
    consequence = models.TextField("what would follow", max_length=LONGEST, blank=True)
    raised_on = models.DateField("date raised", default=timezone.localdate)
    owner = models.CharField(
        max_length=120, blank=True, help_text="A job title: who answers for it."
    )
    closed_on = models.DateField(null=True, blank=True, editable=False)
    closed_reason = models.TextField("why it was closed", blank=True, editable=False)
    escalated_from = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="escalated_to",
        editable=False,
    )
    is_illustrative = models.BooleanField(
        default=False, help_text="Made up to show the product, not from a report."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    history_parts: ClassVar = ("assessments", "controls")

    objects = RiskQuerySet.as_manager()

    class Meta(Exemptable.Meta):
        abstract = False
        ordering: ClassVar = ["register", "pk"]
        constraints: ClassVar = [
            *Exemptable.Meta.constraints,
            models.UniqueConstraint(
                fields=["register", "reference"],
                name="risk_reference_once_in_a_register",
                violation_error_message="Another risk of this register has this reference",
            ),
            not_blank("reference", model="risk"),
            not_blank("title", model="risk", message="Enter the risk in a few words"),
            one_of("kind", RiskKind, model="risk"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | ~Q(closed_reason=""),
                name="risk_closed_with_a_reason",
                violation_error_message="Say why the risk is closed",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("raised_on")),
                name="risk_closed_after_it_was_raised",
                violation_error_message="A risk cannot be closed before it was raised",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("risk", args=[self.pk])
