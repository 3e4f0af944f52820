"""Resolves the references of one report for one audience: figures from the ledger, numbers of its own parts.

One Resolver draws one paper. The ledger of a project and day is read when the first figure of it is met.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.utils import timezone

from council_hms.exemption import Audience
from council_hms.models import CouncilSettings
from projects.models import Project
from reports import figures
from reports.figures import (
    Figure,
    FigureReference,
    Insert,
    LiveReference,
    ReferenceProblem,
    ReportFigures,
    nearest,
)
from reports.inserts import TABLES
from reports.ledger import ReadLedger
from reports.models import Report

#: Ledgers that have been read: project and day → its figures, without what differs between audiences.
#: A page that draws twice, for whichever audience, reads once.
Ledgers = dict[tuple[str, dt.date], ReadLedger]


class Part(NamedTuple):
    """A part that others refer to: its label, its printed number, what it is about, and whether it is exempt."""

    label: str
    number: int
    words: str
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class Numbers:
    """The printed numbers of a report's parts, by kind (figures.LIVE)."""

    parts: dict[str, dict[str, Part]]

    @classmethod
    def of(cls, report: Report, audience: Audience) -> Numbers:
        """Number everything. Four queries. Words of an exempt part are for its own audience only."""
        # annotated rows: the type of "shown" is known to the database alone
        paragraphs: list[Any] = list(report.paragraphs.read_by(audience))
        appendices: list[Any] = list(report.appendices.read_by(audience))
        recommendations = list(report.recommendations.values_list("label", "text"))
        parts = {
            "paragraph": {
                row.label: Part(row.label, number, first_words(row.shown), row.exempt)
                for number, row in enumerate(paragraphs, start=1)
            },
            "recommendation": {
                label: Part(label, number, first_words(text))
                for number, (label, text) in enumerate(recommendations, start=1)
            },
            "appendix": {
                row.label: Part(row.label, number, row.title, row.exempt)
                for number, row in enumerate(appendices, start=1)
            },
        }
        # Tables of exempt parts are numbered after all others, so that the numbers of the public
        # version say nothing about them.
        tables: dict[str, Part] = {}
        for row in sorted([*paragraphs, *appendices], key=lambda row: row.exempt):
            for insert in inserts(row.shown):
                if insert.label not in tables:
                    number = len(tables) + 1
                    tables[insert.label] = Part(insert.label, number, insert.name, row.exempt)
        return cls(parts | {"table": tables})

    def find(self, asked: LiveReference) -> Part:
        """The part referred to. Raises ReferenceProblem when there is none."""
        known = self.parts[asked.kind]
        if asked.label not in known:
            raise ReferenceProblem(
                f"This report has no {asked.kind} “{asked.label}”.{nearest(asked.label, list(known))}"
            )
        return known[asked.label]


def first_words(text: str, length: int = 60) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def inserts(text: str) -> list[Insert]:
    """The tables that a text inserts, those that cannot be read left out."""
    found = []
    for words in figures.references(text):
        try:
            asked = figures.parse(words)
        except ReferenceProblem:
            continue
        if isinstance(asked, Insert):
            found.append(asked)
    return found


class Resolver:
    """What the references of a report come to, for an audience and a day. Keeps each figure that it gave."""

    def __init__(
        self,
        report: Report,
        audience: Audience = Audience.PUBLIC,
        *,
        today: dt.date | None = None,
        table_years: int | None = None,
        ledgers: Ledgers | None = None,
    ) -> None:
        self.report = report
        self.audience = audience
        self.as_at = report.figures_as_at or today or timezone.localdate()
        self._table_years = table_years
        self._ledgers: Ledgers = {} if ledgers is None else ledgers
        self.shown: dict[str, Figure] = {}

    @cached_property
    def projects(self) -> dict[str, Project]:
        """The projects of the report by reference, the first one first. One query."""
        rows = self.report.report_projects.select_related("project")
        return {row.project.reference: row.project for row in rows}

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers.of(self.report, self.audience)

    @cached_property
    def table_years(self) -> int:
        return self._table_years or CouncilSettings.current().table_years

    def project(self, reference: str) -> Project:
        """The project named, or the report's first. Raises ReferenceProblem when the report is not about it."""
        if not self.projects:
            raise ReferenceProblem("The report is about no project yet; choose one first.")
        if not reference:
            return next(iter(self.projects.values()))
        if reference not in self.projects:
            raise ReferenceProblem(
                f"The report is not about a project “{reference}”.{nearest(reference, list(self.projects))}"
            )
        return self.projects[reference]

    def ledger(self, reference: str, as_at: dt.date | None = None) -> ReportFigures:
        """The ledger of a project on a day, each part of it read once."""
        project = self.project(reference)
        key = (project.reference, as_at or self.as_at)
        if key not in self._ledgers:
            self._ledgers[key] = ReadLedger(project, key[1], self.table_years)
        return self._ledgers[key].for_audience(self.audience)

    def figure(self, asked: FigureReference) -> Figure:
        """A bound figure. Raises ReferenceProblem."""
        figure = figures.work_out(asked, self.ledger(asked.project, asked.as_at))
        self.shown[asked.text.strip()] = figure
        return figure

    def problems(self, text: str) -> list[str]:
        """What is wrong with the references of a text, a sentence each."""
        found = []
        for words in figures.references(text):
            try:
                asked = figures.parse(words)
                match asked:
                    case FigureReference():
                        self.figure(asked)
                    case LiveReference():
                        if asked.kind != "table" or asked.label not in {
                            insert.label for insert in inserts(text)
                        }:
                            self.numbers.find(asked)
                    case Insert():
                        if asked.name not in TABLES:
                            raise ReferenceProblem(
                                f"There is no table “{asked.name}”.{nearest(asked.name, list(TABLES))}"
                            )
                        self.project(asked.project)
            except ReferenceProblem as problem:
                found.append(str(problem))
        return found


def labels_in(texts: Iterable[str]) -> set[tuple[str, str]]:
    """Kind and label of every live reference in some texts."""
    found = set()
    for text in texts:
        for words in figures.references(text):
            try:
                asked = figures.parse(words)
            except ReferenceProblem:
                continue
            if isinstance(asked, LiveReference):
                found.add((asked.kind, asked.label))
    return found
