"""The chart of adoption: by how many of the projects that it binds a lesson was adopted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from council_hms.charts import Bar, Chart, plain_bars
from lessons.adoption import Adoption
from lessons.gate import State

#: More bars than this are no picture any more; the table under it has them all.
MOST_BARS = 30

#: What fits beside a bar.
MOST_LETTERS = 31


def shortened(name: str) -> str:
    """A name cut to what fits, with dots where it was cut."""
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"


def adoption_chart(rows: Sequence[Adoption], as_at: dt.date) -> Chart:
    """A bar a lesson: projects that adopted it, with the number it binds and its standing in words."""
    bars = [
        Bar(
            shortened(f"{row.lesson.reference} {row.lesson.title}"),
            row.counts[State.ADOPTED],
            f"{row.counts[State.ADOPTED]} of {row.total}: {row.standing.lower()}",
        )
        for row in rows[:MOST_BARS]
    ]
    title = f"Projects that adopted each lesson, of those it binds, as at {as_at.day} {as_at:%B %Y}"
    return plain_bars(title, bars, "Lesson", "Adopted by")
