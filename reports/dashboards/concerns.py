"""The findings a person may see, and how they weigh: by project, by severity, for the dashboards and the list.

Findings are never stored. Over a few hundred projects they are worked out on each reading; over
thousands that takes seconds, so what was worked out is kept for a few minutes and the page says when
that was. Dashboards read the counts alone, which are kept beside it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count, Max
from django.utils import timezone

from council_hms.access import Permission, may
from council_hms.findings import Finding, Scope, Severity, run
from projects.accepted import Concern, concerns_of
from projects.models import FindingAcceptance, Project
from projects.readers import OPEN_READER

#: Up to so many projects findings are worked out afresh each time.
ALWAYS_FRESH = 300
#: Seconds for which findings of more projects are kept.
KEPT_FOR = 600


class Weight(NamedTuple):
    """How many open findings of each severity."""

    severe: int = 0
    warning: int = 0
    advice: int = 0

    @classmethod
    def sum(cls, weights: Iterable[Weight]) -> Weight:
        """Of some weights together."""
        return cls(*(sum(counts) for counts in zip(*weights, strict=True)))

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


@dataclass(frozen=True, slots=True)
class Tally:
    """How open findings weigh, in all and by project (None: of what belongs to none), and when they were worked out.

    ``concerns`` are at hand where they were worked out for this reading; None where only the counts are kept.
    """

    by_project: Mapping[int | None, Weight]
    worked_out_at: dt.datetime
    concerns: Sequence[Concern] | None = None

    @classmethod
    def of(cls, concerns: Iterable[Concern], worked_out_at: dt.datetime) -> Tally:
        found: dict[int | None, list[Concern]] = defaultdict(list)
        for concern in concerns:
            if not concern.is_accepted:
                found[concern.finding.project_id].append(concern)
        return cls({pk: weigh(each) for pk, each in found.items()}, worked_out_at)

    @property
    def weight(self) -> Weight:
        """In all."""
        return Weight.sum(self.by_project.values())


@dataclass(frozen=True, slots=True)
class Found:
    """Concerns as at a day, severest first, and when they were worked out."""

    concerns: list[Concern]
    worked_out_at: dt.datetime
    is_kept: bool = False


def concerns_for(user: Any, as_at: dt.date) -> Found:
    """The concerns of all that a person may see: of their projects, and of what belongs to none."""
    projects = Project.objects.visible_to(user)
    scope = Scope(projects, as_at, user, beyond_projects=True)
    if not _are_many(projects):
        return Found(concerns_of(run(scope), as_at), timezone.now())
    name = _name(user, as_at)
    kept: tuple[dt.datetime, list[Finding]] | None = cache.get(name)
    if kept is None:
        kept = (timezone.now(), run(scope))
        cache.set_many({name: kept, f"{name}:since": kept[0]}, KEPT_FOR)
    worked_out_at, findings = kept
    return Found(concerns_of(findings, as_at), worked_out_at, is_kept=True)


def tally_for(user: Any, as_at: dt.date) -> Tally | None:
    """How what a person may see weighs; None when that must be worked out over thousands of projects first."""
    if not _are_many(Project.objects.visible_to(user)):
        found = concerns_for(user, as_at)
        return replace(Tally.of(found.concerns, found.worked_out_at), concerns=found.concerns)
    name = _name(user, as_at)
    if cache.get(f"{name}:since") is None:
        return None
    # To accept a finding, or to take that back, changes the counts at once: both are in the name.
    taken = FindingAcceptance.objects.order_by().aggregate(last=Max("pk"), ended=Count("ended_on"))
    counts = f"{name}:counts:{taken['last']}:{taken['ended']}"
    kept: Tally | None = cache.get(counts)
    if kept is None:
        found = concerns_for(user, as_at)
        kept = Tally.of(found.concerns, found.worked_out_at)
        cache.set(counts, kept, KEPT_FOR)
    return kept


def _are_many(projects: Any) -> bool:
    return bool(projects[: ALWAYS_FRESH + 1].count() > ALWAYS_FRESH)


def _name(user: Any, as_at: dt.date) -> str:
    """What findings are kept by: the same for all who see the same."""
    sees = "exempt" if may(user, Permission.SEE_EXEMPT) else "public"
    whose = "all" if may(user, Permission.SEE_ALL_PROJECTS) else str(user.pk)
    writes = "writer" if may(user, Permission.WRITE_REPORTS) else "reader"
    return f"findings:{whose}:{sees}:{writes}:{as_at.isoformat()}"


def concerns_of_project(user: Any, project: Project, as_at: dt.date) -> list[Concern]:
    """The concerns of one project that a person may see."""
    scope = Scope(Project.objects.filter(pk=project.pk), as_at, user)
    return concerns_of(run(scope), as_at)


def concerns_of_projects(
    user: Any, ids: Any, as_at: dt.date, codes: Sequence[str] | None = None
) -> list[Concern]:
    """The concerns of some projects that a person may see, worked out afresh."""
    scope = Scope(Project.objects.visible_to(user).filter(pk__in=ids), as_at, user)
    return concerns_of(run(scope, codes), as_at)


def concern_named(
    user: Any, as_at: dt.date, code: str, project: Project | None, subject: str
) -> Concern | None:
    """The one concern of a check, project (None: of what belongs to none) and subject that a person may see."""
    scope = _narrow(project, as_at, user)
    key = (code, project.pk if project else None, subject)
    found = [finding for finding in run(scope, [code]) if finding.key == key]
    return concerns_of(found, as_at)[0] if found else None


def is_exempt(finding: Finding, project: Project | None, as_at: dt.date) -> bool:
    """Whether readers without the right to exempt matter do not have this finding."""
    open_to_all = run(_narrow(project, as_at, OPEN_READER), [finding.code])
    return finding.key not in {each.key for each in open_to_all}


def _narrow(project: Project | None, as_at: dt.date, user: Any) -> Scope:
    if project is None:
        return Scope(Project.objects.none(), as_at, user, beyond_projects=True)
    return Scope(Project.objects.filter(pk=project.pk), as_at, user)


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
