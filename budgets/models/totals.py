"""The one thing that is stored though lines and decisions imply it: a row of totals for each project.

A portfolio of ten thousand projects cannot be summed on every reading. The row is kept by
statement-level triggers in the transaction that changes a line, decision, plan or entry of spend
(migration 0005), and compared with the derived figures, to the penny, by ``manage.py verify``
(budgets/totals.py). Nobody writes it by hand.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F

from budgets.querysets import ProjectTotalsQuerySet
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
