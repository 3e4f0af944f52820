"""What has been found out so far about each figure, and the findings; the weightiest word on a figure stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from reports.checking.paper import Place
from reports.checking.result import CheckFinding, Status, Weight

#: A cell is named by block, row and column, a figure in prose by block and where it starts.
Key = tuple[int, int] | tuple[int, int, int]

_WEIGHT = {Status.UNTRACED: 0, Status.ROUNDING: 1, Status.AGREES: 2, Status.DISAGREES: 3}


@dataclass(frozen=True, slots=True)
class Verdict:
    status: Status
    why: str
    agrees_with: str = ""
    with_place: Place | None = None
    expected: Decimal | None = None
    difference: Decimal | None = None
    suggestion: str = ""


@dataclass(slots=True)
class Verdicts:
    figures: dict[Key, Verdict] = field(default_factory=dict)
    findings: list[CheckFinding] = field(default_factory=list)

    def settle(self, key: Key, verdict: Verdict) -> None:
        """Keep the weightier word; of two alike the first, which is the more telling check."""
        known = self.figures.get(key)
        if known is None or _WEIGHT[verdict.status] > _WEIGHT[known.status]:
            self.figures[key] = verdict

    def is_settled(self, key: Key) -> bool:
        known = self.figures.get(key)
        return known is not None and known.status is not Status.UNTRACED

    def find(
        self, rule: str, weight: Weight, text: str, places: Sequence[Place], suggestion: str = ""
    ) -> None:
        """Add a finding; the same rule says the same thing once."""
        if not any(one.id == rule and one.text == text for one in self.findings):
            self.findings.append(CheckFinding(rule, weight, text, list(places), suggestion))
