"""What was spent, and which years are closed to new entries."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from budgets.models.change import Nature
from budgets.querysets import SpendEntryQuerySet
from council_hms.constraints import one_of
from council_hms.fields import FinancialYearField, MoneyField, year_is_valid
from council_hms.history import tracked, tracked_but_for
from projects.models import Project, WorkPackage


@tracked_but_for(unasked=["work_package", "reverses"])
class SpendEntry(models.Model):
    """One amount of spend in pounds, as the council's ledger posts it. A credit is negative."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="spend", db_index=False
    )
    work_package = models.ForeignKey(
        WorkPackage, on_delete=models.PROTECT, null=True, blank=True, related_name="spend"
    )
    posted_on = models.DateField()
    year = FinancialYearField("financial year")
    nature = models.CharField("capital or revenue", max_length=7, choices=Nature)
    amount = MoneyField()
    description = models.CharField(max_length=300, blank=True)
    supplier = models.CharField(max_length=200, blank=True)
    ledger_reference = models.CharField(
        max_length=60, blank=True, help_text="The transaction number in the ledger"
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SpendEntryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-posted_on", "-pk"]
        verbose_name_plural = "spend entries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "ledger_reference"],
                condition=~Q(ledger_reference=""),
                name="spend_ledger_reference_once_a_project",
                violation_error_message="Spend with this ledger reference is already recorded for the project",
            ),
            one_of("nature", Nature, model="spend_entry"),
            year_is_valid("year", "spend_year_is_valid"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["project", "year", "posted_on"],
                include=["nature", "amount"],
                name="spend_by_project",
            ),
            models.Index(fields=["-posted_on", "-id"], name="spend_latest_first"),
        ]

    def __str__(self) -> str:
        return self.description or self.ledger_reference or f"Spend {self.posted_on}"


@tracked
class ClosedYear(models.Model):
    """A financial year whose books are closed: no more spend or cost plan lines may be entered in it."""

    year = FinancialYearField("financial year")
    closed_on = models.DateField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["year"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year"],
                name="closed_year_once",
                violation_error_message="This year is already closed",
            ),
            year_is_valid("year", "closed_year_is_valid"),
        ]

    def __str__(self) -> str:
        return str(self.year)
