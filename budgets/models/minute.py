"""Corrections of what the record says of a decision's minute: its number, agenda item and date."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from budgets.models.change import DatePrecision, Decision, dated_words
from council_hms.constraints import both_or_neither, not_blank, one_of
from council_hms.history import tracked


@tracked
class MinuteCorrection(models.Model):
    """How the record of a decision should read, and why. Outcome, body and money are corrected by a reversal alone.

    Where the council asks for a second person it waits until one has settled it: made (``is_accepted``) or refused.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="corrections")
    decided_on = models.DateField()
    precision = models.CharField(
        "the record gives", max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )
    agenda_item = models.CharField(max_length=30, blank=True)
    minute_number = models.CharField(max_length=30, blank=True)
    reason = models.TextField()
    needs_confirmation = models.BooleanField(default=False, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    entered_at = models.DateTimeField(default=timezone.now, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_accepted = models.BooleanField(null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["decision", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(settled_at=None),
                name="minute_correction_one_waits",
                violation_error_message="A correction of this decision already waits to be confirmed",
            ),
            not_blank("reason", model="minute_correction"),
            one_of("precision", DatePrecision, model="minute_correction"),
            both_or_neither("settled_by", "settled_at", model="minute_correction"),
            both_or_neither("settled_at", "is_accepted", model="minute_correction"),
            models.CheckConstraint(
                condition=Q(needs_confirmation=False)
                | Q(is_accepted=None)
                | Q(is_accepted=False)
                | ~Q(settled_by=F("entered_by")),
                name="minute_correction_confirmed_by_another",
                violation_error_message="Someone other than the person who entered it must confirm a correction",
            ),
        ]

    def __str__(self) -> str:
        return "Correction of a minute"

    @property
    def date_words(self) -> str:
        """The date as it should read: "14 June 2023", "February 2016"."""
        return dated_words(self.decided_on, self.precision)
