"""Where a report stands: each clearance, given for what it says now or for something else, and what is published."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from reports.models import Clearance, ClearanceKind, ClearanceOutcome, Report


@dataclass(frozen=True, slots=True)
class StandingClearance:
    """One clearance on one day. ``last`` is the latest answer; it stands only for the version that it was given to."""

    kind: str
    kind_words: str
    last: Clearance | None
    due_on: dt.date | None
    content_version: int

    @property
    def is_reopened(self) -> bool:
        """Whether the report was changed after it was cleared."""
        last = self.last
        return (
            last is not None
            and last.outcome == ClearanceOutcome.CLEARED
            and last.of_version != self.content_version
        )

    @property
    def stands(self) -> bool:
        """Whether what the report says now is cleared. Silence is not consent."""
        last = self.last
        return (
            last is not None
            and last.outcome == ClearanceOutcome.CLEARED
            and last.of_version == self.content_version
        )

    @property
    def words(self) -> str:
        """``Cleared``, ``Changed since it was cleared``, ``Returned with comments`` or ``Not yet given``."""
        if self.last is None:
            return "Not yet given"
        if self.is_reopened:
            return "Changed since it was cleared"
        return self.last.get_outcome_display()

    @property
    def tag(self) -> str:
        """The colour of its tag; the words always stand in it."""
        if self.stands:
            return "green"
        return "yellow" if self.last is None or self.is_reopened else "red"

    def is_overdue(self, today: dt.date) -> bool:
        return not self.stands and self.due_on is not None and self.due_on < today


def standing_clearances(report: Report) -> list[StandingClearance]:
    """Every clearance that a report needs, in order. Two queries."""
    last: dict[str, Clearance] = {}
    for row in report.clearances.all():  # in the order in which they were given
        last[row.kind] = row
    due = {row.kind: row.due_on for row in report.deadlines.all()}
    return [
        StandingClearance(
            kind.value,
            kind.label,
            last.get(kind.value),
            due.get(kind.value),
            report.content_version,
        )
        for kind in ClearanceKind
    ]


def status_of(report: Report) -> tuple[str, str]:
    """Where a report stands, in words, and the colour of its tag. Two queries, none on ``for_lists`` rows."""
    last = max(report.publications.all(), key=lambda version: version.number, default=None)
    if last is not None and last.of_version == report.content_version:
        return f"Published, version {last.number}", "green"
    if last is not None:
        return f"Changed since version {last.number} was published", "yellow"
    if all(each.stands for each in standing_clearances(report)):
        return "Cleared", "turquoise"
    return "Draft", "grey"
