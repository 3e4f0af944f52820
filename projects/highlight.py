"""What a highlight report is filled in with: proposed ratings with their rules, what was done, what comes next.

Every rule is one that the page prints. Figures come through the findings registry, since this
room knows no budgets and no risks; nothing exempt goes into a stored text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from council_hms import findings
from council_hms.findings import Finding, Scope, Severity
from projects.models import (
    Action,
    Aspect,
    Benefit,
    ChangeRequest,
    HighlightReport,
    Issue,
    IssueSeverity,
    Milestone,
    Project,
    Rag,
)
from projects.readers import OPEN_READER
from projects.slippage import AMBER_UP_TO_MONTHS, rate_time

#: The rule of each rating in words, for the page and the help.
RULES: dict[str, str] = {
    Aspect.TIME: "Green: no milestone still to be reached is later than its baseline. "
    f"Amber: one is up to {AMBER_UP_TO_MONTHS} months late, or overdue. Red: one is later than that.",
    Aspect.COST: "Red: a severe finding about the budget. Amber: a warning about the budget. Green: neither.",
    Aspect.SCOPE: "Amber: a change request awaits the board's decision. Otherwise nothing is proposed.",
    Aspect.QUALITY: "Amber: an issue of high severity is open. Otherwise nothing is proposed.",
    Aspect.BENEFITS: "Red: a severe finding about benefits. Amber: a warning, such as a benefit past its date. "
    "Green: neither. Nothing is proposed for a project without benefits on record.",
    Aspect.RISK: "Red: a severe finding about risks. Amber: a warning about risks. Green: neither.",
}

#: Findings of this room that speak of benefits.
BENEFIT_CODES = ("projects.benefit_past_due", "projects.saving_counted_twice")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed rating ("" when the rule proposes none) and the facts it rests on."""

    rating: str
    rule: str

    @property
    def label(self) -> str:
        return Rag(self.rating).label if self.rating else "None"


@dataclass(frozen=True, slots=True)
class Prefill:
    """What the system knows at the opening of a report for a period."""

    period_from: dt.date
    period_to: dt.date
    proposals: dict[str, Proposal]
    previous: HighlightReport | None
    done: list[str] = field(default_factory=list)
    next_steps: list[str] = field(default_factory=list)

    @property
    def done_text(self) -> str:
        return "\n".join(f"- {line}" for line in self.done)

    @property
    def next_text(self) -> str:
        return "\n".join(f"- {line}" for line in self.next_steps)


def rate_by_findings(found: Iterable[Finding], subject: str) -> Proposal:
    """Severe → red, warning → amber, neither → green; the first of the heaviest is named."""
    relevant = sorted(found, key=lambda finding: -finding.level)
    if not relevant or relevant[0].level < Severity.WARNING:
        return Proposal(Rag.GREEN, f"No finding about {subject} weighs as a warning or more.")
    worst = relevant[0]
    more = sum(finding.level >= Severity.WARNING for finding in relevant) - 1
    others = f" There {'is 1 more' if more == 1 else f'are {more} more'}." if more else ""
    rating = Rag.RED if worst.level == Severity.SEVERE else Rag.AMBER
    return Proposal(rating, f"{worst.level.label}: {worst.message}{others}")


def propose(project: Project, as_at: dt.date) -> dict[str, Proposal]:
    """The proposed rating of each aspect as at a day. What is exempt plays no part, as the text is kept."""
    scope = Scope(Project.objects.filter(pk=project.pk), as_at, OPEN_READER)
    codes = [
        check.code
        for check in findings.checks()
        if check.code.startswith(("budgets.", "risks.")) or check.code in BENEFIT_CODES
    ]
    found = findings.run(scope, codes)
    milestones = Milestone.objects.of(project).standing(as_at).with_dates(as_at)
    time = rate_time((milestone.name, milestone.slippage(as_at)) for milestone in milestones)
    requests = ChangeRequest.objects.of(project).undecided(as_at).count()
    issues = Issue.objects.of(project).open(as_at).filter(severity=IssueSeverity.HIGH).count()
    return {
        Aspect.TIME: Proposal(time.rating, time.rule),
        Aspect.COST: rate_by_findings(_of(found, "budgets."), "the budget"),
        Aspect.SCOPE: Proposal(Rag.AMBER, f"{_count(requests, 'change request')} not decided yet.")
        if requests
        else Proposal("", "No change request awaits a decision; scope is for you to judge."),
        Aspect.QUALITY: Proposal(Rag.AMBER, f"{_count(issues, 'open issue')} of high severity.")
        if issues
        else Proposal("", "No issue of high severity is open; quality is for you to judge."),
        Aspect.BENEFITS: rate_by_findings(
            (finding for finding in found if finding.code in BENEFIT_CODES), "benefits"
        )
        if Benefit.objects.of(project).exists()
        else Proposal("", "No benefit is on record, so nothing is proposed."),
        Aspect.RISK: rate_by_findings(_of(found, "risks."), "risks"),
    }


def prefill(project: Project, today: dt.date) -> Prefill:
    """A new report's period, ratings and first words: what was reached, done and decided, what is due next."""
    previous = HighlightReport.objects.of(project).order_by("-period_to", "-pk").first()
    start = previous.period_to + dt.timedelta(days=1) if previous else today.replace(day=1)
    if start > today:
        start = today
    length = max((today - start).days, 27)
    until = today + dt.timedelta(days=length)
    milestones = list(Milestone.objects.of(project).standing(today).with_dates(today))
    done = [
        f"Milestone reached: {milestone.name}"
        for milestone in milestones
        if milestone.actual and start <= milestone.actual <= today
    ]
    done += [
        f"Action done: {action.what}"
        for action in Action.objects.of(project).filter(done_on__range=(start, today))
    ]
    done += [
        f"Change request {request.number} {(request.get_outcome_display() or '').lower()}: {request.title}"
        for request in ChangeRequest.objects.of(project).filter(decided_on__range=(start, today))
    ]
    ahead = [
        (milestone.forecast or milestone.baseline, milestone.name)
        for milestone in milestones
        if not milestone.actual and (milestone.forecast or milestone.baseline)
    ]
    next_steps = [
        f"Milestone: {name}, {due.day} {due:%B %Y}"
        for due, name in sorted(ahead, key=_first)
        if due and due <= until
    ]
    next_steps += [
        f"Action: {action.what} ({action.owner}, {action.due_on.day} {action.due_on:%B %Y})"
        for action in Action.objects.of(project).open(today).filter(due_on__lte=until)
    ]
    return Prefill(start, today, propose(project, today), previous, done, next_steps)


def _first(pair: tuple[dt.date | None, str]) -> dt.date:
    return pair[0] or dt.date.max


def _of(found: Iterable[Finding], prefix: str) -> list[Finding]:
    return [finding for finding in found if finding.code.startswith(prefix)]


def _count(number: int, words: str) -> str:
    return f"{number} {words}{'' if number == 1 else 's'}"
