"""Milestones drawn: baseline, forecast and actual on one line of time, with the slip in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from council_hms import charts
from projects.models import Milestone, Project
from projects.slippage import Slippage


def slip_chart(
    project: Project, milestones: Sequence[tuple[Milestone, Slippage]], as_at: dt.date
) -> charts.Chart | None:
    """The drawing of milestones that have any date; None when there is nothing to draw."""
    marks = [
        charts.MilestoneMark(
            milestone.name, slip.baseline, slip.forecast, slip.actual, slip.in_words
        )
        for milestone, slip in milestones
        if slip.baseline or slip.forecast or slip.actual
    ]
    if not marks:
        return None
    return charts.milestones(
        f"Milestones of {project.reference} against their baselines", marks, as_at
    )
