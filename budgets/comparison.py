"""What was asked, what was recommended and what was resolved, side by side, line by line. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from council_hms.financial_year import FinancialYear
from council_hms.grid import Cell, Column, Difference, Format, Grid, Row, RowKind, Sum
from council_hms.money import Unit

NIL = Decimal("0.00")
#: Project reference, year, capital or revenue, source.
Place = tuple[str, FinancialYear, str, str]


@dataclass(frozen=True, slots=True)
class Version:
    """The lines of a change at one stage: a heading ("Asked for", "Approved by Council"), pounds by place."""

    heading: str
    amounts: dict[Place, Decimal]

    @classmethod
    def of(cls, heading: str, lines: Iterable[tuple[Place, Decimal]]) -> Version:
        amounts: dict[Place, Decimal] = {}
        for place, amount in lines:
            amounts[place] = amounts.get(place, NIL) + amount
        return cls(heading, amounts)


def as_grid(reference: str, versions: Sequence[Version]) -> Grid:
    """The versions as columns in their order, and what the last has more or less than the first.

    A place that a version has no line for is blank there, and nil in the difference.
    """
    places = list(dict.fromkeys(place for version in versions for place in version.amounts))
    first, last = versions[0], versions[-1]
    keys = [f"version-{number}" for number in range(len(versions))]

    def cells(place: Place | None) -> dict[str, Cell]:
        def amount(version: Version) -> Decimal | None:
            if place is None:
                return sum(version.amounts.values(), NIL)
            return version.amounts.get(place)

        shown = {key: Cell(amount(version)) for key, version in zip(keys, versions, strict=True)}
        return {**shown, "difference": Cell((amount(last) or NIL) - (amount(first) or NIL))}

    rows = [
        Row(
            f"line-{number}",
            f"{project} {year} {nature}, {source}",
            cells((project, year, nature, source)),
        )
        for number, (project, year, nature, source) in enumerate(places)
    ]
    total = Row("total", "Total", cells(None), RowKind.TOTAL, Sum(tuple(row.key for row in rows)))
    return Grid(
        caption=f"{reference}: {' and '.join(version.heading.lower() for version in versions)} (£)",
        columns=[
            *(
                Column(key, version.heading, Format.MONEY)
                for key, version in zip(keys, versions, strict=True)
            ),
            Column("difference", "Difference", Format.MONEY, casts=Difference(keys[-1], keys[0])),
        ],
        rows=[*rows, total],
        row_heading="Line",
        unit=Unit.POUNDS,
    )
