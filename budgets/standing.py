"""Where a budget change stands on a day, in words, from the annotations of ``with_standing``. Pure.

What counts as approved is decided by the queries; this says it, finds the body that comes
next, and what is retrospective.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from council_hms.financial_year import FinancialYear

NIL = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Standing:
    """One change on one day: ``code`` for rules, ``words`` for people, amounts in pounds.

    ``capital`` and ``revenue`` are of the lines that count: those the approving body resolved,
    else those asked for. ``running`` is what was formally approved up to and including it.
    """

    change: Any
    code: str
    words: str
    capital: Decimal
    revenue: Decimal
    deciding: Any = None
    next_stop: Any = None
    retrospective_years: Sequence[FinancialYear] = ()
    asked_capital: Decimal = NIL
    asked_revenue: Decimal = NIL
    running: Decimal | None = None

    @property
    def total(self) -> Decimal:
        return self.capital + self.revenue

    @property
    def label(self) -> str:
        """The code as a word or two: "Called in"."""
        return self.code.replace("_", " ").capitalize()

    @property
    def is_approved(self) -> bool:
        return self.code == "approved"

    def had_begun(self, as_at: dt.date) -> bool:
        """Whether there was anything of the change on the day: it was submitted, or its draft was there."""
        if self.code != "draft":
            return True
        return self.change.submitted_on is None and self.change.created_at.date() <= as_at

    @property
    def resolved_differs(self) -> bool:
        """Whether what was resolved is not what was asked for."""
        return (self.capital, self.revenue) != (self.asked_capital, self.asked_revenue)

    @property
    def tag(self) -> str:
        """The colour of the tag on a page; the words always stand beside it."""
        return {
            "approved": "green",
            "interim": "red",
            "recommended": "blue",
            "sought": "yellow",
            "deferred": "yellow",
            "draft": "grey",
        }.get(self.code, "grey")

    @classmethod
    def of(cls, change: Any, as_at: dt.date, project: Any = None) -> Standing:
        """The standing of a change that carries its annotations, decisions and lines.

        ``project`` counts only the lines of that project, for its own history.
        """
        decisions = {decision.pk: decision for decision in change.decisions.all()}
        code, words, deciding = _code(change, decisions, as_at)
        lines = [
            line for line in change.lines.all() if project is None or line.project_id == project.pk
        ]
        asked = [line for line in lines if line.decision_id is None]
        resolved = [
            line for line in lines if deciding is not None and line.decision_id == deciding.pk
        ]
        counted = resolved or asked
        if project is None:  # a virement in the register: what the change's own project gets
            counted = [line for line in counted if line.project_id == change.project_id]
            asked = [line for line in asked if line.project_id == change.project_id]
        pending = [decision for decision in decisions.values() if decision.outcome is None]
        # What is not approved yet is measured at the day itself: the longer it waits, the later it is.
        dated = deciding.decided_on if code == "approved" else as_at
        return cls(
            change=change,
            code=code,
            words=words,
            capital=_sum(counted, "capital"),
            revenue=_sum(counted, "revenue"),
            asked_capital=_sum(asked, "capital"),
            asked_revenue=_sum(asked, "revenue"),
            deciding=deciding,
            next_stop=min(pending, key=lambda stop: stop.position)
            if pending and change.submitted_on
            else None,
            retrospective_years=sorted(
                {line.year for line in counted if line.amount > 0 and line.year.last_day < dated}
            )
            if code != "draft"
            else (),
        )


def _sum(lines: Iterable[Any], nature: str) -> Decimal:
    return sum((line.amount for line in lines if line.nature == nature), NIL)


def _code(change: Any, decisions: dict[int, Any], as_at: dt.date) -> tuple[str, str, Any]:
    """The code, the words and the decision that makes it so."""
    if change.approval_id:
        decision = decisions[change.approval_id]
        verb = "Ratified" if decision.outcome == "ratified" else "Approved"
        return "approved", _by(verb, decision), decision
    if change.ending_id:
        decision = decisions[change.ending_id]
        verb = decision.get_outcome_display()
        return decision.outcome, _by(verb, decision), decision
    if change.submitted_on is None or change.submitted_on > as_at:
        return "draft", "Draft", None
    if change.deferral_id:
        decision = decisions[change.deferral_id]
        return "deferred", _by("Deferred", decision), decision
    if change.interim_id:
        decision = decisions[change.interim_id]
        ratifier = decision.body.ratified_by
        return (
            "interim",
            f"Interim: {_by('approved', decision)}; "
            f"needs ratification by {ratifier.name if ratifier else 'a body with authority'}",
            decision,
        )
    if change.recommendation_id:
        decision = decisions[change.recommendation_id]
        return "recommended", _by("Recommended", decision), decision
    waiting = [d for d in decisions.values() if d.outcome is not None and not d.counts]
    if waiting:
        return "sought", "Sought; a decision waits to be confirmed against the minutes", None
    return "sought", "Sought", None


def _by(verb: str, decision: Any) -> str:
    """Says "Approved by Council, February 2016"; a body that the record does not name is not made up."""
    if decision.body.kind == "not_stated":
        return f"{verb}, {decision.date_words} (the record does not name the body)"
    return f"{verb} by {decision.body.name}, {decision.date_words}"


def standings_of(changes: Sequence[Any], as_at: dt.date, project: Any = None) -> list[Standing]:
    """Standings in the order of their deciding dates, approved ones with the running total of a project."""
    found = [Standing.of(change, as_at, project or change.project) for change in changes]
    found.sort(
        key=lambda standing: (
            standing.deciding.decided_on if standing.deciding else dt.date.max,
            standing.change.pk,
        )
    )
    running = NIL
    with_running = []
    for standing in found:
        if standing.is_approved:
            running += standing.total
            with_running.append(replace(standing, running=running))
        else:
            with_running.append(standing)
    return with_running
