"""The funding table as people ask for it: as at a day, so many years, in a unit; all of it in the address.

The page, its files and the command read the same options and draw the same grid.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from budgets.forms import FundingOptionsForm
from budgets.funding import FundingTable
from budgets.ledger import (
    FundingRow,
    HeadlineComparison,
    funding_rows_of,
    funding_table_of,
    headlines_of_table,
)
from council_hms.financial_year import FinancialYear
from council_hms.grid import Grid
from council_hms.models import CouncilSettings
from council_hms.money import Negative, Unit
from projects.models import Project


@dataclass(frozen=True)
class FundingPage:
    """One showing of a project's funding table. ``form`` holds what was asked for, with its errors."""

    project: Project
    council: CouncilSettings
    asked: QueryDict
    form: FundingOptionsForm
    as_at: dt.date
    first_year: FinancialYear | None  # None: the years of the cost plan
    years: int
    unit: Unit
    negative: Negative
    totals: bool
    work_packages: bool

    @classmethod
    def of(cls, query: QueryDict, project: Project, council: CouncilSettings) -> FundingPage:
        """Read the options of an address. What is missing or wrong falls back to the council's; the form says so."""
        data = query.copy()
        data.setdefault("as_at", timezone.localdate().isoformat())
        data.setdefault("years", str(council.table_years))
        data.setdefault("unit", council.table_unit)
        data.setdefault("negative", council.negative_style)
        form = FundingOptionsForm(data)
        form.is_valid()
        given = form.cleaned_data
        as_at = given.get("as_at") or timezone.localdate()
        return cls(
            project=project,
            council=council,
            asked=query,
            form=form,
            as_at=as_at,
            first_year=given.get("first_year"),
            years=given.get("years") or council.table_years,
            unit=Unit(given.get("unit") or council.table_unit),
            negative=Negative(given.get("negative") or council.negative_style),
            totals=bool(given.get("totals")),
            work_packages=bool(given.get("work_packages")),
        )

    @cached_property
    def rows(self) -> list[FundingRow]:
        """The lines of the project's plan and approvals. One query, once."""
        return funding_rows_of(self.project, self.as_at)

    @cached_property
    def table(self) -> FundingTable:
        """The table itself."""
        return funding_table_of(
            self.project,
            self.as_at,
            years=self.years,
            first_year=self.first_year,
            rows=self.rows,
        )

    @cached_property
    def disagreements(self) -> list[HeadlineComparison]:
        """Minuted headlines that disagree with the approved lines, of changes in the years shown. One query."""
        compared = headlines_of_table(self.project, self.table, self.rows)
        return [found for found in compared if not found.agrees]

    def grid(
        self, *, href: Callable[[str, str, FinancialYear | None], str] | None = None, by: str = ""
    ) -> Grid:
        """The table drawn with these options, with its notes and, for files, what it is made from."""
        return self.table.as_grid(
            unit=self.unit,
            negative=self.negative,
            totals=self.totals,
            work_packages=self.work_packages,
            href=href,
            notes=[*self.table.sentences, *(found.sentence for found in self.disagreements)],
            about=[
                ("Project", str(self.project)),
                ("As at", f"{self.as_at.day} {self.as_at:%B %Y}"),
                ("Requirement", "The cost plan in force on that day"),
                ("Available", "Budget lines formally approved by that day"),
                (
                    "Additional budget ask",
                    "Requirement less available; a negative ask is a surplus",
                ),
                ("Made by", by or "command line"),
                ("Made on", f"{timezone.localtime():%d %B %Y, %H:%M}"),
            ],
        )

    def link_to_lines(self, row: str, nature: str, year: FinancialYear | None) -> str:
        """Where the lines behind a figure are shown; without a year, those of all years of the table."""
        of_year = f"&year={year}" if year else ""
        return f"{self._lines_address}&row={row}&nature={nature}{of_year}"

    @cached_property
    def _lines_address(self) -> str:
        return f"{reverse('funding_lines', args=[self.project.reference])}?{self.in_address}"

    @cached_property
    def in_address(self) -> str:
        """The options that were asked for, as they stand in the address; the day always, so that it stays the same."""
        asked = {
            name: value for name in self.form.fields if (value := self.asked.get(name)) is not None
        }
        return urlencode({**asked, "as_at": self.as_at.isoformat()})


def options(**given: Any) -> QueryDict:
    """The options of an address from plain values, for the command."""
    query = QueryDict(mutable=True)
    for name, value in given.items():
        if value not in (None, False):
            query[name] = str(value)
    return query
