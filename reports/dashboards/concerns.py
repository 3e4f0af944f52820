"""The findings a person may see, and how they weigh: by project, by severity, for the dashboards and the list.

Findings are never stored. Over a few hundred projects they are worked out on each reading; over
thousands that takes longer than a page may, so what was worked out is kept for a few minutes and
the page says when that was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from council_hms.access import Permission, may
from council_hms.findings import Finding, Scope, Severity, run
from projects.accepted import Concern, concerns_of
from projects.models import Project

#: Up to so many projects findings are worked out afresh each time.
ALWAYS_FRESH = 300
#: Seconds for which findings of more projects are kept.
KEPT_FOR = 600


@dataclass(frozen=True, slots=True)
class Found:
    """Concerns as at a day, severest first, and when they were worked out."""

    concerns: list[Concern]
    worked_out_at: dt.datetime
    is_kept: bool = False

    @property
    def open(self) -> list[Concern]:
        """Those that nobody has accepted, or whose acceptance has run out."""
        return [concern for concern in self.concerns if not concern.is_accepted]


def concerns_for(user: Any, as_at: dt.date, *, only_if_quick: bool = False) -> Found | None:
    """The concerns of every project that a person may see.

    With ``only_if_quick`` None when they would have to be worked out over thousands of projects first.
    """
    projects = Project.objects.visible_to(user)
    if projects[: ALWAYS_FRESH + 1].count() <= ALWAYS_FRESH:
        return Found(concerns_of(run(Scope(projects, as_at, user)), as_at), timezone.now())
    sees = "exempt" if may(user, Permission.SEE_EXEMPT) else "public"
    whose = "all" if may(user, Permission.SEE_ALL_PROJECTS) else str(user.pk)
    key = f"findings:{whose}:{sees}:{as_at.isoformat()}"
    kept: tuple[dt.datetime, list[Finding]] | None = cache.get(key)
    if kept is None:
        if only_if_quick:
            return None
        kept = (timezone.now(), run(Scope(projects, as_at, user)))
        cache.set(key, kept, KEPT_FOR)
    worked_out_at, findings = kept
    return Found(concerns_of(findings, as_at), worked_out_at, is_kept=True)


def concerns_of_project(user: Any, project: Project, as_at: dt.date) -> list[Concern]:
    """The concerns of one project that a person may see."""
    scope = Scope(Project.objects.filter(pk=project.pk), as_at, user)
    return concerns_of(run(scope), as_at)


@dataclass(frozen=True, slots=True)
class Weight:
    """How many open findings of each severity."""

    severe: int = 0
    warning: int = 0
    advice: int = 0

    @property
    def total(self) -> int:
        return self.severe + self.warning + self.advice

    @property
    def in_words(self) -> str:
        """``2 severe, 1 warning``; ``none`` when there is nothing."""
        counts = (
            (self.severe, "severe"),
            (self.warning, "warning" if self.warning == 1 else "warnings"),
            (self.advice, "advice"),
        )
        return ", ".join(f"{count} {words}" for count, words in counts if count) or "none"


def weigh(concerns: Iterable[Concern]) -> Weight:
    """The weight of the open ones."""
    levels = [concern.finding.level for concern in concerns if not concern.is_accepted]
    return Weight(
        levels.count(Severity.SEVERE), levels.count(Severity.WARNING), levels.count(Severity.ADVICE)
    )


def room_of(code: str) -> str:
    """The room of a check: ``budgets`` of ``budgets.ahead_of_authority``."""
    return code.partition(".")[0]


#: The rooms in the words of the page.
ROOMS = {
    "budgets": "Budgets and decisions",
    "projects": "Delivery",
    "risks": "Risks",
    "lessons": "Lessons",
    "reports": "Reports",
}
