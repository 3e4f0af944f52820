"""The funding table ("Appendix 3"): budget requirement − budget available = additional budget ask. Pure.

Defined once, for a project and a run of years, capital block then revenue block. Amounts are
exact pounds; nil and "no line at all" stay apart (Decimal("0") and None). Every output draws
the Grid that ``as_grid`` gives; none of them adds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from council_hms.financial_year import FinancialYear
from council_hms.grid import Cell, Column, Difference, Format, Grid, Row, RowKind, Sum
from council_hms.money import Negative, Unit, in_words

NIL = Decimal("0.00")
CAPITAL, REVENUE = "capital", "revenue"
NATURES = ((CAPITAL, "Capital"), (REVENUE, "Revenue"))
#: Where a figure stands: nature and year.
Place = tuple[str, FinancialYear]


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum that the queries found: whose (``key``, ``label``), nature, year, pounds.

    The order in which keys first come is the order of the rows: the order is data.
    """

    key: str
    label: str
    nature: str
    year: FinancialYear
    total: Decimal


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of the table: pounds by place; a place that is missing has no line at all."""

    key: str
    label: str
    amounts: Mapping[Place, Decimal]

    def total(self, nature: str) -> Decimal | None:
        """The sum of the row over the years of a nature; None where there is no line in any of them."""
        amounts = [amount for (of, _year), amount in self.amounts.items() if of == nature]
        return sum(amounts, NIL) if amounts else None


@dataclass(frozen=True, slots=True)
class Ask:
    """The additional budget ask of one nature, in pounds: net, counting only the years that ask, and the surpluses."""

    nature: str
    net: Decimal
    years_that_ask: Decimal
    surpluses: Mapping[FinancialYear, Decimal]  # positive pounds

    @property
    def surplus(self) -> Decimal:
        return sum(self.surpluses.values(), NIL)


@dataclass(frozen=True)
class FundingTable:
    """The whole table of one project as at a date, in exact pounds."""

    project_reference: str
    project_title: str
    as_at: dt.date
    years: Sequence[FinancialYear]
    work_packages: Sequence[TableRow]
    sources: Sequence[TableRow]
    requirement: TableRow = field(init=False)
    available: TableRow = field(init=False)
    ask: TableRow = field(init=False)

    def __post_init__(self) -> None:
        places = [(nature, year) for nature, _ in NATURES for year in self.years]
        requirement = _added_up("requirement", "Budget requirement", self.work_packages, places)
        available = _added_up(
            "available", "Total budget available", self.sources, places, blank=False
        )
        asked = {
            place: requirement.amounts.get(place, NIL) - available.amounts[place]
            for place in places
        }
        object.__setattr__(self, "requirement", requirement)
        object.__setattr__(self, "available", available)
        object.__setattr__(self, "ask", TableRow("ask", "Additional budget ask", asked))

    @property
    def is_empty(self) -> bool:
        return not self.work_packages and not self.sources

    def asked(self, nature: str) -> Ask:
        """What is asked for in a nature over the years of the table."""
        by_year = {year: self.ask.amounts[nature, year] for year in self.years}
        return Ask(
            nature=nature,
            net=sum(by_year.values(), NIL),
            years_that_ask=sum((amount for amount in by_year.values() if amount > 0), NIL),
            surpluses={year: -amount for year, amount in by_year.items() if amount < 0},
        )

    @property
    def sentences(self) -> list[str]:
        """What the table says, in words: the ask net and counting only years that ask, surpluses, what to do."""
        if self.is_empty:
            return []
        span = f"{self.years[0]} to {self.years[-1]}" if len(self.years) > 1 else str(self.years[0])
        asks = [self.asked(nature) for nature, _ in NATURES]
        said = [
            f"Additional budget of {in_words(asks[0].net)} capital and {in_words(asks[1].net)} revenue "
            f"is asked for over {span}, net of years in surplus."
        ]
        for ask in asks:
            if not ask.surpluses:
                continue
            surplus = " and ".join(
                f"{in_words(amount)} in {year}" for year, amount in ask.surpluses.items()
            )
            said.append(
                f"The {ask.nature} ask is net of a surplus of {surplus}. Counting only the years that ask, "
                f"it is {in_words(ask.years_that_ask)}. The surplus needs reprofiling to the years that ask "
                f"before it can pay for them."
            )
        return said

    def as_grid(
        self,
        *,
        unit: Unit = Unit.THOUSANDS,
        negative: Negative = Negative.MINUS,
        totals: bool = False,
        work_packages: bool = False,
        href: Callable[[str, str, FinancialYear | None], str] | None = None,
        notes: Sequence[str] = (),
        about: Sequence[tuple[str, str]] = (),
    ) -> Grid:
        """The table as a Grid.

        ``href(row key, nature, year)`` says where the lines behind a figure are shown; year None is
        the totals column.
        """
        columns: list[Column] = []
        for nature, words in NATURES:
            keys = [_column(nature, year) for year in self.years]
            columns += [
                Column(key, year.label, Format.MONEY, words)
                for key, year in zip(keys, self.years, strict=True)
            ]
            if totals:
                columns.append(
                    Column(f"{nature}-total", "Total", Format.MONEY, words, Sum(tuple(keys)))
                )

        def cell(row: TableRow, nature: str, year: FinancialYear | None) -> Cell:
            amount = row.amounts[nature, year] if year else row.total(nature)
            return Cell(amount, href(row.key, nature, year) if href and amount is not None else "")

        def drawn(row: TableRow, kind: RowKind, casts: Sum | Difference | None = None) -> Row:
            cells = {
                _column(nature, year): cell(row, nature, year)
                for nature, year in row.amounts
                if year in self.years
            }
            if totals:
                cells |= {f"{nature}-total": cell(row, nature, None) for nature, _ in NATURES}
            return Row(row.key, row.label, cells, kind, casts)

        detailed = work_packages and bool(self.work_packages)
        rows = [
            drawn(
                self.requirement,
                RowKind.SUBTOTAL,
                Sum(tuple(row.key for row in self.work_packages)) if detailed else None,
            )
        ]
        if detailed:
            rows = [drawn(row, RowKind.DETAIL) for row in self.work_packages] + rows
            rows.insert(0, Row("work-packages", "Work packages", kind=RowKind.HEADING))
        rows.append(Row("sources", "Budget available", kind=RowKind.HEADING))
        rows += [drawn(row, RowKind.BODY) for row in self.sources]
        rows.append(
            drawn(self.available, RowKind.TOTAL, Sum(tuple(row.key for row in self.sources)))
        )
        rows.append(drawn(self.ask, RowKind.RESULT, Difference("requirement", "available")))
        return Grid(
            caption=(
                f"{self.project_title}: resource required {self.years[0]} to {self.years[-1]} ({unit.heading})"
            ),
            columns=columns,
            rows=rows,
            row_heading="",
            unit=unit,
            negative=negative,
            notes=notes,
            about=about,
        )


def _column(nature: str, year: FinancialYear) -> str:
    return f"{nature}-{year.start}"


def _added_up(
    key: str, label: str, rows: Iterable[TableRow], places: Sequence[Place], *, blank: bool = True
) -> TableRow:
    """The sum of rows, place by place; a place without any line stays blank, or is nil when ``blank`` is False."""
    amounts: dict[Place, Decimal] = {} if blank else dict.fromkeys(places, NIL)
    for row in rows:
        for place, amount in row.amounts.items():
            amounts[place] = amounts.get(place, NIL) + amount
    return TableRow(key, label, {place: amounts[place] for place in places if place in amounts})


def run_of_years(
    as_at: dt.date, years: int, planned: Iterable[FinancialYear]
) -> list[FinancialYear]:
    """The years of a table that nobody chose: from the year of the day on, kept within those ``planned``.

    So a plan for 2023-24 to 2026-27 is shown whole on any day; of a longer one, what lies ahead.
    """
    first = FinancialYear.of(as_at)
    planned = set(planned)
    if planned:
        begins = min(planned)
        last_start = max(begins, max(planned) - (years - 1))
        first = min(max(first, begins), last_start)
    return first.run(years)


def build(
    *,
    project_reference: str,
    project_title: str,
    as_at: dt.date,
    years: Sequence[FinancialYear],
    required: Iterable[Amount],
    available: Iterable[Amount],
) -> FundingTable:
    """The table from sums by work package (or source), nature and year. Sums outside ``years`` are left out."""
    return FundingTable(
        project_reference=project_reference,
        project_title=project_title,
        as_at=as_at,
        years=years,
        work_packages=_rows(required, years),
        sources=_rows(available, years),
    )


def _rows(amounts: Iterable[Amount], years: Sequence[FinancialYear]) -> list[TableRow]:
    found: dict[str, tuple[str, dict[Place, Decimal]]] = {}
    for amount in amounts:
        if amount.year in years:
            _, places = found.setdefault(amount.key, (amount.label, {}))
            place = (amount.nature, amount.year)
            places[place] = places.get(place, NIL) + amount.total
    return [TableRow(key, label, places) for key, (label, places) in found.items()]
