"""The list of findings as a person asked for it: narrowed, paged, and as a table to take away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from council_hms.findings import Check, Finding, Severity, checks
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
from reports.forms.findings import OF_PROJECT, FindingFilterForm

PER_PAGE = 50


class ProjectFacts(NamedTuple):
    """What a list of findings says of a project, and is narrowed by."""

    title: str = ""
    directorate: str = ""
    cabinet_member: str = ""
    fund: str = ""
    stage: str = ""


#: What a finding that is of no project has instead.
NO_PROJECT = ProjectFacts()


@dataclass(frozen=True, slots=True)
class Shown:
    """A concern with what its project is, and where it is accepted."""

    concern: Concern
    project: ProjectFacts

    @property
    def accept_url(self) -> str:
        finding = self.concern.finding
        if finding.project_reference:
            return reverse(
                "finding_accept", args=[finding.project_reference, finding.code, finding.subject]
            )
        return reverse("finding_accept_beyond", args=[finding.code, finding.subject])

    @property
    def end_url(self) -> str:
        """Where its acceptance is taken back; empty when there is none."""
        acceptance, reference = self.concern.acceptance, self.concern.finding.project_reference
        if acceptance is None:
            return ""
        if reference:
            return reverse("acceptance_end", args=[reference, acceptance.pk])
        return reverse("acceptance_end_beyond", args=[acceptance.pk])


class FindingList:
    """One showing of the list, of every visible project or of one."""

    def __init__(self, query: QueryDict, user: Any, project: Project | None = None) -> None:
        self.query = query
        self.user = user
        self.project = project
        projects = Project.objects.visible_to(user)
        if project is not None:
            projects = projects.filter(pk=project.pk)
        self._projects: dict[int | None, ProjectFacts] = {
            pk: ProjectFacts(*facts)
            for pk, *facts in projects.order_by().values_list("pk", *ProjectFacts._fields)
        }
        self.form = FindingFilterForm(
            query,
            directorates=self._named("directorate"),
            cabinet_members=self._named("cabinet_member"),
        )
        self.form.is_valid()
        if project is not None:
            for name in ("q", *OF_PROJECT):
                del self.form.fields[name]

    def _named(self, column: str) -> list[str]:
        return sorted(
            {name for facts in self._projects.values() if (name := getattr(facts, column))}
        )

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
        return concerns_for(self.user, self.as_at)

    @cached_property
    def shown(self) -> list[Shown]:
        """What the filters leave: open ones first, the severest first."""
        tests = self._tests()
        kept = []
        for concern in self.found.concerns:
            pk = concern.finding.project_id
            if self.project is None and pk is not None and pk not in self._projects:
                continue  # kept from when the reader still saw the project
            each = Shown(concern, self._projects.get(pk, NO_PROJECT))
            if all(test(each) for test in tests):
                kept.append(each)
        return sorted(kept, key=lambda each: each.concern.is_accepted)

    def _tests(self) -> list[Callable[[Shown], bool]]:
        """What a row must be to be shown, for those filters that ask for something."""
        asked = self.asked
        of_finding: dict[str, Callable[[Finding], str]] = {
            "severity": lambda finding: finding.level.name.lower(),
            "room": lambda finding: room_of(finding.code),
            "check": lambda finding: finding.code,
            "who": lambda finding: finding.check.who_acts,
        }
        tests: list[Callable[[Shown], bool]] = [
            lambda each, name=name, value_of=value_of: (  # type: ignore[misc]
                value_of(each.concern.finding) == asked[name]
            )
            for name, value_of in of_finding.items()
            if name in asked
        ]
        tests += [
            lambda each, name=name: getattr(each.project, name) == asked[name]  # type: ignore[misc]
            for name in OF_PROJECT
            if name in asked
        ]
        if "state" in asked:
            tests.append(lambda each: each.concern.is_accepted == (asked["state"] == "accepted"))
        if words := asked.get("q", "").casefold().split():
            tests.append(lambda each: all(word in _text(each) for word in words))
        return tests

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
        about = self.project.reference if self.project else "everything that the reader sees"
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
            "title": each.project.title,
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
            finding.whose,
            {name: Cell(value) for name, value in cells.items()},
        )


def _text(each: Shown) -> str:
    """What a row is searched in."""
    return f"{each.concern.finding.whose} {each.project.title}".casefold()


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
