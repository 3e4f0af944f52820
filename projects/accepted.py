"""Findings with what has been said of them: accepted until a day, once accepted and due for another look, or open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from council_hms.findings import Finding
from projects.models import FindingAcceptance


@dataclass(frozen=True, slots=True)
class Concern:
    """A finding, and the latest acceptance of it, if there ever was one. ``is_accepted``: it holds on the day."""

    finding: Finding
    acceptance: FindingAcceptance | None
    is_accepted: bool

    @property
    def state(self) -> str:
        """``open``, ``accepted`` or ``due``: accepted once, and to be looked at again."""
        if self.is_accepted:
            return "accepted"
        return "due" if self.acceptance and self.acceptance.ended_on is None else "open"

    @property
    def state_words(self) -> str:
        return {"open": "Open", "accepted": "Accepted", "due": "Due for another look"}[self.state]


def concerns_of(findings: Iterable[Finding], as_at: dt.date) -> list[Concern]:
    """Each finding with its latest acceptance taken by the day, in the order given. One query."""
    latest: dict[tuple[str, int | None, str], FindingAcceptance] = {}
    taken = FindingAcceptance.objects.filter(accepted_on__lte=as_at).select_related("accepted_by")
    for acceptance in taken.order_by("accepted_on", "pk"):
        latest[acceptance.key] = acceptance
    concerns = []
    for finding in findings:
        accepted = latest.get(finding.key)
        concerns.append(Concern(finding, accepted, accepted is not None and accepted.holds(as_at)))
    return concerns
