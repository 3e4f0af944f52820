"""Suppliers, their contracts, and the settlement terms and discounts that were agreed with them.

Settlement terms and discounts concern the financial affairs of a business: they are exempt
(Schedule 12A, paragraph 3) until somebody entitled to decide says that they are public.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from council_hms.constraints import not_blank
from council_hms.exemption import Exemptable, ExemptionParagraph
from council_hms.fields import MoneyField
from council_hms.history import tracked
from projects.models.project import Project
from projects.querysets import (
    ContractQuerySet,
    DiscountQuerySet,
    SettlementTermQuerySet,
    SupplierQuerySet,
)


def paragraph_three() -> list[int]:
    """The paragraph that terms with a supplier fall under unless somebody says otherwise."""
    return [int(ExemptionParagraph.FINANCIAL)]


@tracked
class Supplier(models.Model):
    """A firm that the council buys from. A report may not name it; then a description stands for the name."""

    name = models.CharField("name or description", max_length=160)
    note = models.TextField(blank=True)

    objects = SupplierQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"],
                name="supplier_name_is_unique",
                violation_error_message="There is already a supplier of that name",
            ),
            not_blank("name", model="supplier"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Contract(models.Model):
    """What runs between the council and a supplier for a project, from a day until a day."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="contracts")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="contracts")
    title = models.CharField(max_length=200)
    starts = models.DateField(
        null=True, blank=True, help_text="Leave empty when the record does not say."
    )
    ends = models.DateField(null=True, blank=True, help_text="The last day without any extension.")
    extension_until = models.DateField(
        "can be extended until",
        null=True,
        blank=True,
        help_text="The last day that the contract's own terms allow. Leave empty when they allow none.",
    )
    value = MoneyField("value in pounds", null=True, blank=True)
    note = models.TextField(
        blank=True, help_text="What the record does not say, and how that was entered."
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "title"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "title"],
                name="contract_title_is_unique",
                violation_error_message="This project already has a contract of that title",
            ),
            not_blank("title", model="contract"),
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")),
                name="contract_ends_after_it_starts",
                violation_error_message="The contract must not end before it starts",
            ),
            models.CheckConstraint(
                condition=Q(extension_until=None)
                | Q(ends__isnull=False, extension_until__gt=F("ends")),
                name="contract_extension_after_its_end",
                violation_error_message="An extension must run beyond the end of the contract",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("contract_list", args=[self.project.reference])

    def days_left(self, as_at: dt.date) -> int | None:
        """Days from ``as_at`` to the end without extension; None when the end is not stated."""
        return None if self.ends is None else (self.ends - as_at).days


class AgreedWithSupplier(Exemptable):
    """What a settlement term and a discount share: exempt, paragraph 3, unless said otherwise."""

    exempt = models.BooleanField("exempt from publication", default=True)
    exempt_paragraphs = ArrayField(
        models.PositiveSmallIntegerField(choices=ExemptionParagraph),
        default=paragraph_three,
        blank=True,
        verbose_name="Schedule 12A paragraphs",
    )

    class Meta(Exemptable.Meta):
        abstract = True


@tracked
class SettlementTerm(AgreedWithSupplier):
    """One term of a settlement with a supplier."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="settlement_terms")
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="settlement_terms"
    )
    title = models.CharField(max_length=200)
    terms = models.TextField(blank=True)
    amount = MoneyField("amount in pounds", null=True, blank=True)
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SettlementTermQuerySet.as_manager()

    class Meta(AgreedWithSupplier.Meta):
        abstract = False
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            *AgreedWithSupplier.Meta.constraints,
            not_blank("title", model="settlement_term"),
        ]

    def __str__(self) -> str:
        return f"Settlement term {self.pk}"  # the title may be exempt


@tracked
class Discount(AgreedWithSupplier):
    """A discount that can be claimed within a window, under a contract that has to run as long."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="discounts")
    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="discounts",
        help_text="The contract that must be running for the discount to be claimed.",
    )
    title = models.CharField(max_length=200)
    amount = MoneyField("amount in pounds", null=True, blank=True)
    claim_from = models.DateField("can be claimed from", null=True, blank=True)
    claim_until = models.DateField("can be claimed until", null=True, blank=True)
    claimed = MoneyField("claimed so far", null=True, blank=True)
    note = models.TextField(
        blank=True, help_text="What the record does not say, and how that was entered."
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = DiscountQuerySet.as_manager()

    class Meta(AgreedWithSupplier.Meta):
        abstract = False
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            *AgreedWithSupplier.Meta.constraints,
            not_blank("title", model="discount"),
            models.CheckConstraint(
                condition=Q(claim_from=None)
                | Q(claim_until=None)
                | Q(claim_until__gte=F("claim_from")),
                name="discount_window_ends_after_it_starts",
                violation_error_message="The last day of the claim window must not be before the first",
            ),
        ]

    def __str__(self) -> str:
        return f"Discount {self.pk}"  # the title may be exempt
