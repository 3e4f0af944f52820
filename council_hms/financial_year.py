"""The financial year, 1 April to 31 March, as a value: made from a date or text, compared, counted.

Nothing else in the code knows the first of April.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import total_ordering

FIRST_YEAR, LAST_YEAR = 1990, 2099


class FinancialYearError(ValueError):
    """A financial year could not be read. ``str(error)`` is a sentence that says what to do."""


@total_ordering
@dataclass(frozen=True, slots=True)
class FinancialYear:
    """The year that starts on 1 April of ``start``: ``FinancialYear(2023)`` is 2023-24."""

    start: int

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.start <= LAST_YEAR:
            raise FinancialYearError(
                f"Enter a financial year from {FIRST_YEAR}-{(FIRST_YEAR + 1) % 100:02d} to "
                f"{LAST_YEAR}-{(LAST_YEAR + 1) % 100:02d}, for example 2023-24"
            )

    @classmethod
    def of(cls, day: dt.date) -> FinancialYear:
        """The year that a calendar date (Europe/London) falls in: 31 March 2023 is 2022-23."""
        return cls(day.year if (day.month, day.day) >= (4, 1) else day.year - 1)

    @classmethod
    def parse(cls, text: str) -> FinancialYear:
        """Read ``2023-24``, ``2023/24``, ``23/24``, ``2023 -24``, ``2023-2024`` or ``2023``.

        Raises FinancialYearError when the text is no year or its two halves do not follow on.
        """
        compact = re.sub(r"\s+", "", text).upper().removeprefix("FY")
        match = re.fullmatch(
            r"(\d{4}|\d{2})(?:[-/–—−‑](\d{4}|\d{2}))?",
            compact,
            flags=re.ASCII,
        )
        if match is None or (match[2] is None and len(match[1]) == 2):
            raise FinancialYearError(
                f"“{text.strip()[:40]}” is not a financial year; enter it as 2023-24"
            )
        start = int(match[1]) + (2000 if len(match[1]) == 2 else 0)
        if match[2] is not None and int(match[2]) % 100 != (start + 1) % 100:
            raise FinancialYearError(
                f"“{text.strip()[:40]}” is not one year: {start} is followed by {start + 1}; enter it as 2023-24"
            )
        if match[2] is not None and len(match[2]) == 4 and int(match[2]) != start + 1:
            raise FinancialYearError(
                f"“{text.strip()[:40]}” is not one year: {start} is followed by {start + 1}; enter it as 2023-24"
            )
        return cls(start)

    @property
    def label(self) -> str:
        """``2023-24``."""
        return f"{self.start}-{(self.start + 1) % 100:02d}"

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.start, 4, 1)

    @property
    def last_day(self) -> dt.date:
        return dt.date(self.start + 1, 3, 31)

    def run(self, years: int) -> list[FinancialYear]:
        """This year and those after it, ``years`` of them in all."""
        return [FinancialYear(self.start + offset) for offset in range(years)]

    def __add__(self, years: int) -> FinancialYear:
        return FinancialYear(self.start + years)

    def __sub__(self, years: int) -> FinancialYear:
        return FinancialYear(self.start - years)

    def __lt__(self, other: FinancialYear) -> bool:
        return self.start < other.start

    def __contains__(self, day: dt.date) -> bool:
        return self.first_day <= day <= self.last_day

    def __str__(self) -> str:
        return self.label
