"""What the work will cost: cost plans, versioned by date, one current on any day."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from budgets.models.change import Nature
from budgets.querysets import CostPlanLineQuerySet, CostPlanQuerySet
from council_hms.constraints import one_of
from council_hms.fields import FinancialYearField, MoneyField, year_is_valid
from council_hms.history import tracked
from projects.models import Project, WorkPackage


@tracked
class CostPlan(models.Model):
    """A project's cost plan from a day on, until a later one takes its place."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="cost_plans")
    dated = models.DateField("in force from")
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    history_parts: ClassVar = ("lines",)

    objects = CostPlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "-dated"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "dated"],
                name="cost_plan_one_a_day",
                violation_error_message="This project already has a cost plan of that date",
            ),
        ]

    def __str__(self) -> str:
        return f"Cost plan of {self.dated.day} {self.dated:%B %Y}"


@tracked
class CostPlanLine(models.Model):
    """Pounds needed for a work package in a year; no work package means that the plan does not split it."""

    plan = models.ForeignKey(CostPlan, on_delete=models.PROTECT, related_name="lines")
    work_package = models.ForeignKey(
        WorkPackage, on_delete=models.PROTECT, null=True, blank=True, related_name="plan_lines"
    )
    year = FinancialYearField("financial year")
    nature = models.CharField("capital or revenue", max_length=7, choices=Nature)
    amount = MoneyField()
    note = models.TextField(blank=True)

    objects = CostPlanLineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["plan", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "work_package", "year", "nature"],
                name="cost_plan_line_once",
                nulls_distinct=False,
                violation_error_message="The plan already has an amount for that work package, year and nature",
            ),
            one_of("nature", Nature, model="cost_plan_line"),
            year_is_valid("year", "cost_plan_line_year_is_valid"),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.year}"
