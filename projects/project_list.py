"""The register of projects: search, filters, order, pages, and the same rows as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse

from council_hms import outputs
from council_hms.grid import Cell, Column, Grid, Row
from projects.models import Fund, Project, Stage

PER_PAGE = (25, 50, 100)
#: Column of the list → its heading and the columns that order it.
ORDERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "reference": ("Reference", ("reference",)),
    "title": ("Title", ("title", "reference")),
    "directorate": ("Directorate", ("directorate", "reference")),
    "cabinet_member": ("Cabinet member", ("cabinet_member", "reference")),
    "fund": ("Fund", ("fund", "reference")),
    "stage": ("Stage", ("stage", "reference")),
}
FORMATS = ("xlsx", "csv", "json")
#: More rows than these belong in a database extract, not in a workbook made while one waits.
MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A column head: its words, the address that orders by it, and how it is ordered now."""

    label: str
    href: str
    sorted: str  # "ascending", "descending" or "none"


class ProjectList:
    """One reading of the register, from the address. Unknown values in it are as if they were not there."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        query = request.GET
        self.words = query.get("q", "").strip()[:200]
        everything = Project.objects.visible_to(request.user)
        self.directorates = self._known(everything, "directorate")
        self.cabinet_members = self._known(everything, "cabinet_member")
        self.directorate = self._one_of(query.get("directorate", ""), self.directorates)
        self.cabinet_member = self._one_of(query.get("cabinet_member", ""), self.cabinet_members)
        self.fund = self._one_of(query.get("fund", ""), Fund.values)
        self.stage = self._one_of(query.get("stage", ""), Stage.values)
        order = query.get("sort", "reference")
        self.order = order if order.removeprefix("-") in ORDERS else "reference"
        per_page = query.get("per_page", "")
        self.per_page = int(per_page) if per_page in map(str, PER_PAGE) else PER_PAGE[0]
        self.rows = self._rows(everything)

    @staticmethod
    def _known(rows: Any, column: str) -> list[str]:
        return list(
            rows.exclude(**{column: ""}).order_by(column).values_list(column, flat=True).distinct()
        )

    @staticmethod
    def _one_of(value: str, known: list[str]) -> str:
        return value if value in known else ""

    def _rows(self, rows: Any) -> Any:
        if self.words:
            rows = rows.search(self.words)
        chosen = {
            name: getattr(self, name)
            for name in ("directorate", "cabinet_member", "fund", "stage")
            if getattr(self, name)
        }
        columns = ORDERS[self.order.removeprefix("-")][1]
        descending = self.order.startswith("-")
        ordering = [F(name).desc() if descending else F(name).asc() for name in columns]
        return rows.filter(**chosen).order_by(*ordering)

    # -- what the page shows ------------------------------------------------------------------

    @property
    def is_filtered(self) -> bool:
        return bool(
            self.words or self.directorate or self.cabinet_member or self.fund or self.stage
        )

    def choices(self, name: str) -> list[Choice]:
        values: list[tuple[str, str]] = {
            "directorate": [(value, value) for value in self.directorates],
            "cabinet_member": [(value, value) for value in self.cabinet_members],
            "fund": list(Fund.choices),
            "stage": list(Stage.choices),
        }[name]
        return [Choice(value, label, value == getattr(self, name)) for value, label in values]

    @property
    def filters(self) -> list[tuple[str, str, list[Choice]]]:
        """Name, label and choices of each filter."""
        return [
            ("directorate", "Directorate", self.choices("directorate")),
            ("cabinet_member", "Cabinet member", self.choices("cabinet_member")),
            ("fund", "Fund", self.choices("fund")),
            ("stage", "Stage", self.choices("stage")),
        ]

    @property
    def headings(self) -> list[Heading]:
        found = []
        for name, (label, _) in ORDERS.items():
            now = (
                "ascending"
                if self.order == name
                else "descending"
                if self.order == f"-{name}"
                else "none"
            )
            found.append(
                Heading(label, self.address(sort=f"-{name}" if now == "ascending" else name), now)
            )
        return found

    @property
    def page(self) -> Page[Project]:
        return Paginator(self.rows, self.per_page).get_page(self.request.GET.get("page"))

    def address(self, **changed: str) -> str:
        """The query of this list with some of it changed; the page starts again unless it is named."""
        parts = {
            "q": self.words,
            "directorate": self.directorate,
            "cabinet_member": self.cabinet_member,
            "fund": self.fund,
            "stage": self.stage,
            "sort": self.order if self.order != "reference" else "",
            "per_page": str(self.per_page) if self.per_page != PER_PAGE[0] else "",
            **changed,
        }
        return "?" + urlencode({name: value for name, value in parts.items() if value})

    # -- the same rows as a file --------------------------------------------------------------

    def download(self, format: str) -> HttpResponse:
        """The filtered rows as a file. Raises 404 for a format that a list has not."""
        if format not in FORMATS:
            raise Http404("no such format")
        return outputs.respond(self.grid(), format, "Projects")

    def grid(self) -> Grid:
        columns = [
            Column("title", "Title"),
            Column("directorate", "Directorate"),
            Column("service", "Service"),
            Column("cabinet_member", "Cabinet member"),
            Column("fund", "Fund"),
            Column("stage", "Stage"),
        ]
        return Grid(
            caption="Projects",
            row_heading="Reference",
            columns=columns,
            rows=[
                Row(
                    key=project.reference,
                    label=project.reference,
                    cells={
                        "title": Cell(project.title),
                        "directorate": Cell(project.directorate),
                        "service": Cell(project.service),
                        "cabinet_member": Cell(project.cabinet_member),
                        "fund": Cell(project.get_fund_display()),
                        "stage": Cell(project.get_stage_display()),
                    },
                )
                for project in self.rows[:MOST_ROWS]
            ],
        )
