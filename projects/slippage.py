"""How late a milestone is: months between dates as a paper counts them, and what they mean for time.

Pure: dates in, months and words out. A paper counts months by their names: May 2018 to
May 2021 is 36 months, whatever the day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

#: Slips up to this many months make time amber; longer ones red. A month or less by name is none.
AMBER_UP_TO_MONTHS = 3


def months_between(start: dt.date, end: dt.date) -> int:
    """Whole months by name from ``start`` to ``end``; negative when ``end`` is earlier."""
    return (end.year - start.year) * 12 + end.month - start.month


def months_in_words(months: int) -> str:
    """``36`` → ``3 years``, ``30`` → ``2 years 6 months``, ``1`` → ``1 month``, ``0`` → ``no slip``."""
    if months == 0:
        return "no slip"
    years, rest = divmod(abs(months), 12)
    counts = ((years, "year"), (rest, "month"))
    parts = [f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts if count]
    return " ".join(parts)


class Basis(StrEnum):
    """What a slip is measured to."""

    ACTUAL = "actual"
    FORECAST = "forecast"
    TODAY = "today"  # the date has passed and nothing newer was said: late by at least so much
    NONE = "none"  # no baseline, or nothing to measure to


@dataclass(frozen=True, slots=True)
class Slippage:
    """Baseline, forecast and actual of one milestone as at a day; any may be unknown (None)."""

    baseline: dt.date | None
    forecast: dt.date | None
    actual: dt.date | None
    as_at: dt.date

    @property
    def is_reached(self) -> bool:
        return self.actual is not None and self.actual <= self.as_at

    @property
    def is_overdue(self) -> bool:
        """Not reached, and the date last promised (forecast, else baseline) has passed."""
        promised = self.forecast or self.baseline
        return not self.is_reached and promised is not None and promised < self.as_at

    @property
    def basis(self) -> Basis:
        """What the slip is measured to: the actual, else a forecast that still lies ahead, else today."""
        if self.baseline is None:
            return Basis.NONE
        if self.is_reached:
            return Basis.ACTUAL
        if self.is_overdue:
            return Basis.TODAY
        return Basis.FORECAST if self.forecast is not None else Basis.NONE

    @property
    def reached_or_expected(self) -> dt.date | None:
        """The date that the slip is measured to."""
        return {
            Basis.ACTUAL: self.actual,
            Basis.FORECAST: self.forecast,
            Basis.TODAY: self.as_at,
            Basis.NONE: None,
        }[self.basis]

    @property
    def months(self) -> int | None:
        """Months slipped against the baseline: late is positive, early negative, unknown None."""
        end = self.reached_or_expected
        if self.baseline is None or end is None:
            return None
        return months_between(self.baseline, end)

    @property
    def in_words(self) -> str:
        """``36 months late``, ``2 months early``, ``on time``, ``at least 4 months late``, ``not known``."""
        months = self.months
        if months is None:
            return "no baseline" if self.baseline is None else "on course"
        if months == 0:
            return "overdue" if self.basis is Basis.TODAY else "on time"
        words = f"{abs(months)} month{'' if abs(months) == 1 else 's'} {'late' if months > 0 else 'early'}"
        return f"at least {words}" if self.basis is Basis.TODAY else words


@dataclass(frozen=True, slots=True)
class TimeRating:
    """Green, amber or red for time, with the rule and the fact that it rests on."""

    rating: str
    rule: str


def rate_time(milestones: Iterable[tuple[str, Slippage]]) -> TimeRating:
    """Rate time by the worst slip of a milestone that is still to be reached (name, slippage).

    Green: none later than its baseline. Amber: up to three months late, or overdue. Red: more.
    Milestones already reached count no more: they are history, which the slip chart shows.
    """
    ahead = [(name, slip) for name, slip in milestones if not slip.is_reached]
    late = [
        (slip.months or 0, name, slip)
        for name, slip in ahead
        if (slip.months or 0) > 0 or slip.is_overdue
    ]
    if not late:
        if any(slip.baseline is not None for _, slip in ahead):
            return TimeRating(
                "green", "No milestone still to be reached is later than its baseline."
            )
        return TimeRating(
            "", "No milestone still to be reached has a baseline, so nothing is proposed."
        )
    months, name, slip = max(late, key=lambda found: found[0])
    rating = "red" if months > AMBER_UP_TO_MONTHS else "amber"
    return TimeRating(rating, f"{name} is {slip.in_words}.")
