"""The entry grids of the ledger: rows of lines or of the cost plan, under columns of years.

Each builds an EntryGrid (council_hms/entry_grid.py) and turns what was typed into what the
services take. A row of a change is a nature and a source and, for a virement, another project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils import timezone

from budgets.models import BudgetChange, CostPlan, FundingSource, Line, Nature
from budgets.services import NewLine, NewPlanLine
from council_hms.entry_grid import EntryGrid, GridColumn, RowField
from council_hms.financial_year import FIRST_YEAR, LAST_YEAR, FinancialYear, FinancialYearError
from projects.models import Project, WorkPackage

Initial = Sequence[tuple[Mapping[str, str], Mapping[str, Decimal]]]


def _years(
    used: set[FinancialYear], data: Mapping[str, str] | None
) -> tuple[list[FinancialYear], str]:
    """The years offered and, when a year was added that cannot be read, what is wrong with it.

    The years in use, or five from this one on. A posted grid keeps the columns it was sent with.
    """
    if data is None:
        return sorted(used or FinancialYear.of(timezone.localdate()).run(5)), ""
    posted = {
        FinancialYear(int(text))
        for text in data.get("columns", "").split(",")[:40]
        if text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR
    }
    typed = data.get("add_column_value", "").strip()
    if not typed:
        return sorted(posted or FinancialYear.of(timezone.localdate()).run(5)), ""
    try:
        return sorted(posted | {FinancialYear.parse(typed)}), ""
    except FinancialYearError as error:
        return sorted(posted), str(error)


def _columns(years: Sequence[FinancialYear]) -> list[GridColumn]:
    return [GridColumn(str(year.start), year.label) for year in years]


def change_grid(
    project: Project,
    data: Mapping[str, str] | None,
    existing: BudgetChange | None,
    resolved: Sequence[Line] = (),
) -> EntryGrid:
    """The grid of a change's lines: capital or revenue, source, other project; columns are years."""
    lines = list(resolved) or (
        [line for line in existing.lines.all() if line.decision_id is None] if existing else []
    )
    years, wrong_year = _years({line.year for line in lines}, data)
    rows: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    for line in lines:
        other = str(line.project_id) if line.project_id != project.pk else ""
        rows.setdefault((line.nature, str(line.source_id), other), {})[str(line.year.start)] = (
            line.amount
        )
    sources = FundingSource.objects.all()
    return EntryGrid(
        caption="Lines of the change: amounts in pounds by year",
        columns=_columns(years),
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
                    for other in Project.objects.exclude(pk=project.pk).order_by(
                        "-is_budget_head", "reference"
                    )[:500]
                ],
            ),
        ],
        data=data,
        initial=[
            ({"nature": nature, "source": source, "project": other}, amounts)
            for (nature, source, other), amounts in rows.items()
        ],
        spare=1 if rows else 3,
        column_hint="Another year",
        column_error=wrong_year,
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


def plan_grid(
    project: Project, data: Mapping[str, str] | None, current: CostPlan | None
) -> EntryGrid:
    """The grid of a cost plan: work package, capital or revenue; columns are years."""
    lines = list(current.lines.select_related("work_package")) if current else []
    years, wrong_year = _years({line.year for line in lines}, data)
    rows: dict[tuple[str, str], dict[str, Decimal]] = {}
    for line in lines:
        name = line.work_package.name if line.work_package else ""
        rows.setdefault((name, line.nature), {})[str(line.year.start)] = line.amount
    return EntryGrid(
        caption="Cost plan: amounts in pounds by year",
        columns=_columns(years),
        fields=[
            RowField("package", "Work package (empty: not split)"),
            RowField("nature", "Capital or revenue", Nature.choices, "Choose capital or revenue"),
        ],
        data=data,
        initial=[
            ({"package": name, "nature": nature}, amounts)
            for (name, nature), amounts in rows.items()
        ],
        spare=1 if rows else 3,
        column_hint="Another year",
        column_error=wrong_year,
    )


def plan_lines_of_grid(grid: EntryGrid, project: Project) -> list[NewPlanLine]:
    """The lines that a valid grid holds. A work package of a new name is made."""
    packages = {package.name.casefold(): package for package in project.work_packages.all()}
    lines = []
    for row in grid.filled():
        name = row.heads["package"]
        package = packages.get(name.casefold()) if name else None
        if name and package is None:
            package = WorkPackage.objects.create(
                project=project, name=name, position=len(packages) + 1
            )
            packages[name.casefold()] = package
        lines += [
            NewPlanLine(FinancialYear(int(column.key)), row.heads["nature"], amount, package)
            for column in grid.columns
            if (amount := row.amounts.get(column.key)) is not None
        ]
    return lines
