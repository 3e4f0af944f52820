"""The list of findings as a person asked for it: narrowed, paged, and as a table to take away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from council_hms.findings import Check, Severity, checks
from council_hms.grid import Cell, Column, Format, Grid, Row
from council_hms.money import Unit
from projects.accepted import Concern
from projects.models import Project
from reports.dashboards.concerns import (
    Found,
    Weight,
    concerns_for,
    concerns_of_project,
    room_of,
    weigh,
)
from reports.forms.findings import FindingFilterForm

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A concern with its project's title and directorate."""

    concern: Concern
    title: str
    directorate: str


class FindingList:
    """One showing of the list, of every visible project or of one."""

    def __init__(self, query: QueryDict, user: Any, project: Project | None = None) -> None:
        self.query = query
        self.user = user
        self.project = project
        projects = Project.objects.visible_to(user)
        self._projects: dict[int, tuple[str, str]] = {
            pk: (title, directorate)
            for pk, title, directorate in projects.order_by().values_list(
                "pk", "title", "directorate"
            )
        }
        directorates = sorted({name for _, name in self._projects.values() if name})
        self.form = FindingFilterForm(query, directorates=directorates)
        self.form.is_valid()
        if project is not None:
            for name in ("q", "directorate"):
                del self.form.fields[name]

    @cached_property
    def asked(self) -> dict[str, Any]:
        """What the filters hold; a wrong value counts as none."""
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def as_at(self) -> dt.date:
        day: dt.date = self.asked.get("as_at") or timezone.localdate()
        return day

    @property
    def is_narrowed(self) -> bool:
        return bool(set(self.asked) - {"as_at"})

    @cached_property
    def found(self) -> Found:
        """Everything, before the filters."""
        if self.project is not None:
            concerns = concerns_of_project(self.user, self.project, self.as_at)
            return Found(concerns, timezone.now())
        found = concerns_for(self.user, self.as_at)
        assert found is not None  # noqa: S101 - None only when asked to be quick
        return found

    @cached_property
    def shown(self) -> list[Shown]:
        """What the filters leave: open ones first, the severest first."""
        kept = [self._with_project(concern) for concern in self.found.concerns]
        kept = [each for each in kept if self._is_asked_for(each)]
        return sorted(kept, key=lambda each: each.concern.is_accepted)

    def _with_project(self, concern: Concern) -> Shown:
        title, directorate = self._projects.get(concern.finding.project_id, ("", ""))
        return Shown(concern, title, directorate)

    def _is_asked_for(self, each: Shown) -> bool:
        finding = each.concern.finding
        asked = self.asked
        text = asked.get("q", "").casefold()
        return (
            asked.get("severity", finding.level.name.lower()) == finding.level.name.lower()
            and asked.get("room", room_of(finding.code)) == room_of(finding.code)
            and asked.get("check", finding.code) == finding.code
            and asked.get("directorate", each.directorate) == each.directorate
            and asked.get("who", finding.check.who_acts) == finding.check.who_acts
            and ("state" not in asked or (asked["state"] == "accepted") == each.concern.is_accepted)
            and all(
                word in f"{finding.project_reference} {each.title}".casefold()
                for word in text.split()
            )
        )

    @property
    def weight(self) -> Weight:
        """How many open ones of each severity the filters leave."""
        return weigh(each.concern for each in self.shown)

    # -- pages --------------------------------------------------------------------------------

    @property
    def last_page(self) -> int:
        return max(1, -(-len(self.shown) // PER_PAGE))

    @cached_property
    def page(self) -> int:
        asked = self.query.get("page", "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        return min(max(number, 1), self.last_page)

    @property
    def page_rows(self) -> Sequence[Shown]:
        return self.shown[(self.page - 1) * PER_PAGE : self.page * PER_PAGE]

    def address(self, **changed: str) -> str:
        """The query of this list with some of it changed."""
        kept = {
            name: value.isoformat() if isinstance(value, dt.date) else str(value)
            for name, value in self.asked.items()
        }
        return "?" + urlencode(
            {name: value for name, value in {**kept, **changed}.items() if value}
        )

    @property
    def previous(self) -> str:
        return self.address(page=str(self.page - 1)) if self.page > 1 else ""

    @property
    def next(self) -> str:
        return self.address(page=str(self.page + 1)) if self.page < self.last_page else ""

    # -- to take away -------------------------------------------------------------------------

    def grid(self) -> Grid:
        """Everything that the filters leave, as a table."""
        about = self.project.reference if self.project else "every project that the reader sees"
        return Grid(
            caption=f"Findings as at {self.as_at.day} {self.as_at:%B %Y}",
            name="Findings",
            row_heading="Project",
            unit=Unit.POUNDS,
            columns=(
                Column("title", "Title"),
                Column("severity", "Severity"),
                Column("check", "Finding"),
                Column("message", "What was found"),
                Column("amount", "Amount (£)", Format.MONEY),
                Column("since", "Since", Format.DATE),
                Column("who", "Who acts"),
                Column("state", "State"),
                Column("reason", "Why accepted"),
                Column("by", "Accepted by"),
                Column("review", "To be looked at again", Format.DATE),
            ),
            rows=[self._row(number, each) for number, each in enumerate(self.shown)],
            about=(("Of", about), ("As at", f"{self.as_at.day} {self.as_at:%B %Y}")),
        )

    @staticmethod
    def _row(number: int, each: Shown) -> Row:
        finding, acceptance = each.concern.finding, each.concern.acceptance
        cells: dict[str, Any] = {
            "title": each.title,
            "severity": finding.level.label,
            "check": finding.check.title,
            "message": finding.message,
            "amount": finding.amount,
            "since": finding.since,
            "who": finding.check.who_acts,
            "state": each.concern.state_words,
        }
        if acceptance is not None:
            cells |= {
                "reason": acceptance.reason,
                "by": str(acceptance.accepted_by),
                "review": acceptance.review_on,
            }
        return Row(
            str(number),
            finding.project_reference,
            {name: Cell(value) for name, value in cells.items()},
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """The checks of one severity, for the help."""

    severity: Severity
    checks: Sequence[Check]


def rules() -> list[Rules]:
    """Every check, the severest first, then by title."""
    return [
        Rules(
            level,
            sorted(
                (check for check in checks() if check.severity == level),
                key=lambda check: check.title,
            ),
        )
        for level in reversed(Severity)
    ]
