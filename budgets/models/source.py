"""Where money comes from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from council_hms.constraints import not_blank, one_of
from council_hms.history import tracked
from projects.models import Fund


class SourceKind(models.TextChoices):
    """What a funding source is, which decides what it may pay for."""

    CAPITAL_PROGRAMME = "capital_programme", "Capital programme"
    CAPITAL_RECEIPTS = "capital_receipts", "Capital receipts"
    RIGHT_TO_BUY = "right_to_buy", "Right-to-buy receipts"
    MAJOR_REPAIRS = "major_repairs", "Major Repairs Reserve"
    REVENUE_CONTRIBUTION = "rcco", "Revenue contribution to capital (RCCO)"
    BORROWING = "borrowing", "Prudential borrowing"
    GRANT = "grant", "Government grant"
    S106 = "s106", "Section 106"
    CIL = "cil", "Community Infrastructure Levy"
    RESERVE = "reserve", "Earmarked reserve"
    BALANCES = "balances", "General balances"
    CONTINGENCY = "contingency", "Contingency"
    UNDER_SPEND = "under_spend", "Under-spend elsewhere (virement)"
    DEPARTMENT = "department", "A department's own budget"
    NOT_STATED = "not_stated", "Not stated"


@tracked
class FundingSource(models.Model):
    """A named source. ``position`` is the order in which papers print it: the order is data."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=SourceKind)
    fund = models.CharField(
        max_length=3,
        choices=Fund,
        blank=True,
        help_text="Leave empty when it may serve both sides of the ring-fence.",
    )
    position = models.PositiveSmallIntegerField(default=100)
    may_fund_capital = models.BooleanField(default=True)
    may_fund_revenue = models.BooleanField(
        default=True,
        help_text="Revenue may not be met from borrowing or capital receipts without a specific permission.",
    )
    in_use = models.BooleanField(default=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["position", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"],
                name="funding_source_name_is_unique",
                violation_error_message="There is already a funding source of this name",
            ),
            not_blank("name", model="funding_source"),
            one_of("kind", SourceKind, model="funding_source"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_named(self) -> bool:
        """Whether it says where the money comes from."""
        return self.kind != SourceKind.NOT_STATED
