"""The entry grids of the ledger: rows of lines or of the cost plan, under columns of years.

Each builds an EntryGrid (council_hms/entry_grid.py) and turns what was typed into what the
services take. A row of a change is a nature and a source and, for a virement, another project.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils import timezone

from budgets.models import BudgetChange, CostPlan, FundingSource, Line, Nature
from budgets.services import NewLine, NewPlanLine
from council_hms.entry_grid import EntryGrid, GridColumn, RowField
from council_hms.financial_year import FinancialYear
from projects.models import Project, WorkPackage

Initial = Sequence[tuple[Mapping[str, str], Mapping[str, Decimal]]]


def _years(used: set[FinancialYear], day: dt.date) -> list[FinancialYear]:
    """The years offered: from last year on for six years, and every year that is in use."""
    return sorted(used | set((FinancialYear.of(day) - 1).run(6)))


def _posted_years(data: Mapping[str, str]) -> set[FinancialYear]:
    """The years whose columns a posted grid had, so that it is drawn and read as it was sent."""
    years = set()
    for name in data:
        if name.startswith("cell-1-"):
            text = name.removeprefix("cell-1-")
            if text.isascii() and text.isdigit() and 1990 <= int(text) <= 2099:
                years.add(FinancialYear(int(text)))
    return years


def change_grid(
    project: Project, data: Mapping[str, str] | None, existing: BudgetChange | None, resolved: Sequence[Line] = ()
) -> EntryGrid:
    """The grid of a change's lines: capital or revenue, source, other project; columns are years."""
    lines = list(resolved) or (
        [line for line in existing.lines.all() if line.decision_id is None] if existing else []
    )
    used = {line.year for line in lines} | (_posted_years(data) if data is not None else set())
    rows: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    for line in lines:
        other = str(line.project_id) if line.project_id != project.pk else ""
        rows.setdefault((line.nature, str(line.source_id), other), {})[str(line.year.start)] = line.amount
    sources = FundingSource.objects.all()
    return EntryGrid(
        caption="Lines of the change: amounts in pounds by year",
        columns=[GridColumn(str(year.start), year.label) for year in _years(used, timezone.localdate())],
        fields=[
            RowField("nature", "Capital or revenue", Nature.choices, "Choose capital or revenue"),
            RowField(
                "source",
                "Funding source",
                [(str(source.pk), source.name) for source in sources],
                "Choose the funding source",
            ),
            RowField(
                "project",
                "Other project",
                [
                    (str(other.pk), other.reference)
                    for other in Project.objects.exclude(pk=project.pk).order_by("-is_budget_head", "reference")[:500]
                ],
            ),
        ],
        data=data,
        initial=[
            ({"nature": nature, "source": source, "project": other}, amounts)
            for (nature, source, other), amounts in rows.items()
        ],
        spare=1 if rows else 3,
    )


def lines_of_grid(grid: EntryGrid, project: Project) -> list[NewLine]:
    """The lines that a valid grid holds; a blank cell is no line, nil is a line of nothing."""
    sources = {str(source.pk): source for source in FundingSource.objects.all()}
    others = {
        str(other.pk): other
        for other in Project.objects.filter(
            pk__in=[row.heads["project"] for row in grid.filled() if row.heads["project"]]
        )
    }
    return [
        NewLine(
            FinancialYear(int(column.key)),
            row.heads["nature"],
            sources[row.heads["source"]],
            amount,
            others.get(row.heads["project"], project),
        )
        for row in grid.filled()
        for column in grid.columns
        if (amount := row.amounts.get(column.key)) is not None
    ]


def plan_grid(project: Project, data: Mapping[str, str] | None, current: CostPlan | None) -> EntryGrid:
    """The grid of a cost plan: work package, capital or revenue; columns are years."""
    lines = list(current.lines.select_related("work_package")) if current else []
    used = {line.year for line in lines} | (_posted_years(data) if data is not None else set())
    rows: dict[tuple[str, str], dict[str, Decimal]] = {}
    for line in lines:
        name = line.work_package.name if line.work_package else ""
        rows.setdefault((name, line.nature), {})[str(line.year.start)] = line.amount
    return EntryGrid(
        caption="Cost plan: amounts in pounds by year",
        columns=[GridColumn(str(year.start), year.label) for year in _years(used, timezone.localdate())],
        fields=[
            RowField("package", "Work package (empty: not split)"),
            RowField("nature", "Capital or revenue", Nature.choices, "Choose capital or revenue"),
        ],
        data=data,
        initial=[({"package": name, "nature": nature}, amounts) for (name, nature), amounts in rows.items()],
        spare=1 if rows else 3,
    )


def plan_lines_of_grid(grid: EntryGrid, project: Project) -> list[NewPlanLine]:
    """The lines that a valid grid holds. A work package of a new name is made."""
    packages = {package.name.casefold(): package for package in project.work_packages.all()}
    lines = []
    for row in grid.filled():
        name = row.heads["package"]
        package = packages.get(name.casefold()) if name else None
        if name and package is None:
            package = WorkPackage.objects.create(project=project, name=name, position=len(packages) + 1)
            packages[name.casefold()] = package
        lines += [
            NewPlanLine(FinancialYear(int(column.key)), row.heads["nature"], amount, package)
            for column in grid.columns
            if (amount := row.amounts.get(column.key)) is not None
        ]
    return lines
