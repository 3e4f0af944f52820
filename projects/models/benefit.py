"""Benefits and savings: planned and actual by year, cashable or not, and never counted twice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

from council_hms.constraints import not_blank, one_of
from council_hms.fields import FinancialYearField, MoneyField, year_is_valid
from council_hms.history import tracked
from projects.models.project import Project
from projects.querysets import BenefitQuerySet, BenefitYearQuerySet


class BenefitKind(models.TextChoices):
    """What kind of good the project does."""

    SAVING = "saving", "Saving"
    INCOME = "income", "Income"
    SERVICE = "service", "Better service"


@tracked
class Benefit(models.Model):
    """Something the project is done for. A saving says whether it is already out of the budget."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="benefits")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=BenefitKind, default=BenefitKind.SERVICE)
    cashable = models.BooleanField("cashable: it lowers a budget", default=False)
    already_in_budget = models.BooleanField(
        "already removed from the budget",
        default=False,
        help_text="The budget has been lowered by this saving, so it cannot pay for anything again.",
    )
    counts_towards_funding = models.BooleanField(
        "counted towards paying for the project",
        default=False,
        help_text="The funding of the project relies on this saving.",
    )
    owner = models.CharField(max_length=120, blank=True, help_text="A job title")
    measure = models.CharField("how it is measured", max_length=200, blank=True)
    due_on = models.DateField("to be reached by", null=True, blank=True)
    realised_on = models.DateField("reached on", null=True, blank=True)
    note = models.TextField(
        blank=True, help_text="What the record does not say, and how that was entered."
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    history_parts: ClassVar = ("years",)

    objects = BenefitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "title"],
                name="benefit_title_is_unique",
                violation_error_message="This project already has a benefit of that title",
            ),
            not_blank("title", model="benefit"),
            one_of("kind", BenefitKind, model="benefit"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("benefit_list", args=[self.project.reference])


@tracked
class BenefitYear(models.Model):
    """What a benefit is planned to bring, and brought, in one year. No year: the record does not say which."""

    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="years")
    year = FinancialYearField(null=True, blank=True)
    planned = MoneyField(null=True, blank=True)
    actual = MoneyField(null=True, blank=True)

    objects = BenefitYearQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["benefit", "year"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["benefit", "year"],
                name="benefit_year_once",
                nulls_distinct=False,
                violation_error_message="This benefit already has figures for that year",
            ),
            year_is_valid("year", "benefit_year_is_valid"),
        ]

    def __str__(self) -> str:
        return self.year.label if self.year else "Year not stated"
