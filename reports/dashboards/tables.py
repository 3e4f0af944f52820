"""Tables that the overview, the board pack and the closure report of a project share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.urls import reverse

from council_hms.grid import Cell, Column, Format, Grid, Row
from council_hms.money import Negative, Unit
from lessons.models import Lesson
from projects.models import Benefit, Milestone, Project
from projects.slippage import Slippage


def day_words(day: dt.date | None, precision: str | None = "day") -> str:
    """``14 June 2023``, or ``June 2023`` for a date known to the month; empty for None."""
    if day is None:
        return ""
    return f"{day:%B %Y}" if precision == "month" else f"{day.day} {day:%B %Y}"


def milestones(
    project: Project,
    rows: Iterable[tuple[Milestone, Slippage]],
    *,
    with_first_baseline: bool = False,
) -> Grid:
    """Baseline, forecast, actual and slip against the latest baseline; the first baseline too where it is asked."""
    first = [Column("first", "First baseline")] if with_first_baseline else []
    return Grid(
        caption="Baseline, forecast and actual dates",
        row_heading="Milestone",
        columns=(
            *first,
            Column("baseline", "Latest baseline" if with_first_baseline else "Baseline"),
            Column("forecast", "Forecast"),
            Column("actual", "Actual"),
            Column("slip", "Slip"),
        ),
        rows=[
            Row(
                f"milestone-{milestone.pk}",
                milestone.name,
                {
                    "first": Cell(
                        day_words(milestone.first_baseline, milestone.baseline_precision) or None
                    ),
                    "baseline": Cell(
                        day_words(milestone.baseline, milestone.baseline_precision) or None,
                        reverse("milestone", args=[project.reference, milestone.pk]),
                    ),
                    "forecast": Cell(
                        day_words(milestone.forecast, milestone.forecast_precision) or None
                    ),
                    "actual": Cell(day_words(milestone.actual, milestone.actual_precision) or None),
                    "slip": Cell(slip.in_words),
                },
            )
            for milestone, slip in rows
        ],
    )


def lessons(rows: Iterable[Lesson]) -> Grid:
    """What a project logged for those after it. Nothing exempt: the detail is not in it."""
    return Grid(
        caption="Lessons logged by this project",
        row_heading="Lesson",
        columns=(
            Column("category", "Category"),
            Column("title", "What was learned"),
            Column("recommendation", "What later projects should do"),
        ),
        rows=[
            Row(
                f"lesson-{lesson.pk}",
                lesson.reference,
                {
                    "category": Cell(lesson.category.name),
                    "title": Cell(lesson.title, lesson.get_absolute_url()),
                    "recommendation": Cell(lesson.recommendation),
                },
            )
            for lesson in rows
        ],
    )


def benefits(project: Project, rows: Iterable[Benefit], as_at: dt.date, negative: Negative) -> Grid:
    """Planned and actual pounds over all years, cashable or not, and whether it is already out of the budget."""
    here = reverse("benefit_list", args=[project.reference])
    found = []
    for benefit in rows:
        planned: Decimal | None = benefit.planned_total  # type: ignore[attr-defined]
        actual: Decimal | None = benefit.actual_total  # type: ignore[attr-defined]
        in_budget = "Yes" if benefit.already_in_budget else "No" if benefit.cashable else None
        if benefit.already_in_budget and benefit.counts_towards_funding:
            in_budget = "Yes, and counted again towards the funding"
        if benefit.realised_on and benefit.realised_on <= as_at:
            when = f"Reached {day_words(benefit.realised_on)}"
        else:
            when = f"Due {day_words(benefit.due_on)}" if benefit.due_on else "Not stated"
        found.append(
            Row(
                f"benefit-{benefit.pk}",
                benefit.title,
                {
                    "kind": Cell(
                        benefit.get_kind_display() + (", cashable" if benefit.cashable else ""),
                        here,
                    ),
                    "planned": Cell(planned),
                    "actual": Cell(actual),
                    "in_budget": Cell(in_budget),
                    "reached": Cell(when),
                },
            )
        )
    return Grid(
        caption="Planned and actual, all years together",
        row_heading="Benefit",
        unit=Unit.POUNDS,
        negative=negative,
        columns=(
            Column("kind", "Kind"),
            Column("planned", "Planned (£)", Format.MONEY),
            Column("actual", "Actual (£)", Format.MONEY),
            Column("in_budget", "Already out of the budget?"),
            Column("reached", "When"),
        ),
        rows=found,
    )
