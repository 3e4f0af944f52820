"""A report that was checked: who had it checked and when, what was read and answered, and findings set aside.

A draft can be confidential, so its text stands in a table of its own that keeps no history: withdrawing
a check removes the text for good, and the record that there was one stays.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from council_hms.constraints import both_or_neither, not_blank
from council_hms.history import tracked
from reports.querysets import CheckQuerySet, DismissalQuerySet


@tracked
class ReportCheck(models.Model):
    """One check of one file. ``sha256`` tells whether a later file is the same one."""

    file_name = models.CharField(max_length=200)
    sha256 = models.CharField("SHA-256 of the file", max_length=64)
    size = models.PositiveIntegerField("size in bytes")
    projects = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    as_at = models.DateField("ledger as at", null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="report_checks"
    )
    checked_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    history_parts: ClassVar = ("dismissals",)

    objects = CheckQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-checked_at", "-pk"]
        constraints: ClassVar = [
            both_or_neither("withdrawn_at", "withdrawn_by", model="report_check"),
        ]

    def __str__(self) -> str:
        return f"Check {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("check", args=[self.pk])


class CheckedText(models.Model):
    """What was read of a checked report and what the checker answered (``checking/schema.json``).

    ``word_file`` is kept for Word files alone, for the copy with comments. No history: gone when withdrawn.
    """

    check_of = models.OneToOneField(ReportCheck, on_delete=models.PROTECT, related_name="text")
    paper = models.JSONField()
    answer = models.JSONField()
    word_file = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"Text of check {self.check_of_id}"

    @property
    def counts(self) -> dict[str, Any]:
        """How many figures have each status."""
        counts: dict[str, Any] = self.answer["counts"]
        return counts


@tracked
class Dismissal(models.Model):
    """A finding that someone set aside, and why. Undone, it stands again; both stay in the history."""

    check_of = models.ForeignKey(ReportCheck, on_delete=models.PROTECT, related_name="dismissals")
    finding = models.CharField("key of the finding", max_length=80)
    reason = models.TextField()
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    dismissed_at = models.DateTimeField(default=timezone.now, editable=False)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DismissalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            not_blank("reason", model="dismissal", message="Say why the finding does not matter"),
            both_or_neither("undone_at", "undone_by", model="dismissal"),
            models.UniqueConstraint(
                fields=["check_of", "finding"],
                condition=models.Q(undone_at=None),
                name="dismissal_stands_once_a_finding",
                violation_error_message="This finding is dismissed already",
            ),
        ]

    def __str__(self) -> str:
        return f"Dismissal {self.pk}"
