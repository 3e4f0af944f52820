"""One way to check a report, for the page and the command alike: read it, find its projects, ask the ledger, check."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from projects.models import Project
from reports.checking.engine import check
from reports.checking.facts import Facts
from reports.checking.paper import Paper
from reports.checking.reading import read
from reports.checking.result import Result, Status, Weight
from reports.checking.stored import Json, result_to_json
from reports.ledger_facts import date_of, facts_of, projects_named


@dataclass(frozen=True, slots=True)
class Examined:
    """A report that was checked: what was read, the answer, the projects and the day whose ledger was used."""

    paper: Paper
    result: Result
    projects: Sequence[str]
    as_at: dt.date | None

    @property
    def disagrees(self) -> bool:
        """Whether a figure disagrees with another or a finding is an error."""
        return any(figure.status is Status.DISAGREES for figure in self.result.figures) or any(
            finding.severity is Weight.ERROR for finding in self.result.findings
        )

    def as_json(self) -> Json:
        """The whole answer as ``checking/schema.json`` describes it."""
        counts = Counter(figure.status for figure in self.result.figures)
        return {
            "title": self.paper.title,
            "format": self.paper.format,
            "as_at": self.as_at.isoformat() if self.as_at else None,
            "projects": list(self.projects),
            "counts": {status.value: counts[status] for status in Status},
            **result_to_json(self.result),
        }


def examine_file(
    content: bytes,
    name: str,
    *,
    user: Any,
    projects: Sequence[Project] | None = None,
    as_at: dt.date | None = None,
    today: dt.date,
) -> Examined:
    """Check the report in a file. Raises ReadError when it cannot be read.

    ``projects`` None looks for the projects that the report names among those that ``user`` may see; an
    empty list checks the report against itself alone. Without ``as_at`` the ledger is read as at the
    report's own date, or ``today`` when it has none.
    """
    return examine(read(content, name), user=user, projects=projects, as_at=as_at, today=today)


def examine(
    paper: Paper,
    *,
    user: Any,
    projects: Sequence[Project] | None = None,
    as_at: dt.date | None = None,
    today: dt.date,
) -> Examined:
    """Check a report that has been read, as ``examine_file`` does."""
    chosen = projects_named(paper, user) if projects is None else list(projects)
    if not chosen:
        return Examined(paper, check(paper, Facts(as_at=as_at or date_of(paper))), (), as_at)
    day = as_at or date_of(paper) or today
    return Examined(
        paper, check(paper, facts_of(chosen, day)), [project.reference for project in chosen], day
    )
