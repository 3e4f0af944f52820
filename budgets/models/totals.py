"""The one thing that is stored though lines and decisions imply it: totals of each project, in all and by year.

A portfolio of ten thousand projects cannot be summed on every reading. The rows are kept by
statement-level triggers in the transaction that changes a line, decision, plan or entry of spend
(migrations 0003 and 0011), and compared with the derived figures, to the penny, by ``manage.py
verify`` (budgets/totals.py). Nobody writes them by hand.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F

from budgets.querysets import ProjectTotalsQuerySet, YearTotalsQuerySet
from council_hms.fields import FinancialYearField
from projects.models import Project


def _sum(**options: Any) -> models.DecimalField[Any, Any]:
    """A sum of amounts: wide enough for any number of the largest, so that no save fails over its total."""
    return models.DecimalField(max_digits=20, decimal_places=2, **options)


class ProjectTotals(models.Model):
    """What budgets/outturn.py says of a project, on every day from ``as_at`` until ``next_change_on``.

    Time alone changes them on that later day: a decision or posting dated ahead, the first of April.
    """

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, primary_key=True, related_name="totals"
    )
    as_at = models.DateField()
    next_change_on = models.DateField()
    next_posting_on = models.DateField(null=True)  # of the entries that are dated ahead
    approved_capital = _sum()
    approved_revenue = _sum()
    original = _sum()
    interim = _sum()
    sought = _sum()
    spent_capital = _sum()
    spent_revenue = _sum()
    ahead = _sum()
    forecast = _sum(null=True)
    ask_capital = _sum(null=True)
    ask_revenue = _sum(null=True)
    ask_years = models.PositiveSmallIntegerField()
    approved = models.GeneratedField(
        expression=F("approved_capital") + F("approved_revenue"),
        output_field=_sum(),
        db_persist=True,
    )
    spent = models.GeneratedField(
        expression=F("spent_capital") + F("spent_revenue"),
        output_field=_sum(),
        db_persist=True,
    )
    variance = models.GeneratedField(
        expression=F("forecast") - F("approved_capital") - F("approved_revenue"),
        output_field=_sum(null=True),
        db_persist=True,
    )
    ask = models.GeneratedField(
        expression=F("ask_capital") + F("ask_revenue"),
        output_field=_sum(null=True),
        db_persist=True,
    )

    objects = ProjectTotalsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "project totals"
        indexes: ClassVar = [
            models.Index(
                F("variance").desc(nulls_last=True), F("project"), name="totals_worst_variance"
            ),
            models.Index(F("ahead").desc(), F("project"), name="totals_worst_ahead"),
            models.Index(fields=["next_change_on"], name="totals_next_change"),
        ]

    def __str__(self) -> str:
        return f"Totals as at {self.as_at}"


class YearTotals(models.Model):
    """What a project's row of totals follows from: approved, needed and spent by year and nature.

    None where there is nothing; as of the day of that row. A posted entry is added here, so that an
    import does not read the whole ledger anew.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    year = FinancialYearField("financial year")
    nature = models.CharField(max_length=7)
    approved = _sum(null=True)
    required = _sum(null=True)
    spent = _sum(null=True)

    objects = YearTotalsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "year totals"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "year", "nature"], name="year_totals_one_row"
            )
        ]

    def __str__(self) -> str:
        return f"{self.nature} of {self.year}"
