"""The chart of adoption."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lessons.adoption import Adoption


def adoption_chart(rows: Sequence[Adoption], as_at: dt.date) -> str:
    """Projects by answer, a bar a lesson."""
    return ""
