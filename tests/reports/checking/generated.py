"""Faultless reports made up from a seed, with every figure rounded on its own, and one fault planted in them.

Amounts are exact pounds and pence; a table prints them in £000 or £m to a few places, so that its
columns need not cast to the digit. ``sums`` are what an auditor would add up: target, signed terms.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from council_hms.money import round_half_up
from reports.checking.paper import Cell, Paper, Prose, ProseKind, Table

SERVICES = [
    "Adult Social Care", "Children's Services", "Planning", "Waste and Recycling", "Leisure", "Libraries",
    "Housing Needs", "Environmental Health", "Parking", "Revenues and Benefits", "Legal and Democratic",
    "Finance", "Human Resources", "Digital", "Economic Development", "Parks", "Highways", "Public Health",
    "Community Safety", "Customer Services", "Property", "Planning Policy", "Building Control", "Museums",
]  # fmt: skip
SCHEMES = [
    "Leisure centre works", "Town Hall roof", "Fleet replacement", "New council homes", "Depot relocation",
    "Play areas", "ICT refresh", "Car park resurfacing", "Cemetery extension", "Flood defences", "Footway renewal",
    "Theatre lighting", "Solar panels", "Disabled facilities grants", "Temporary accommodation", "Market square",
]  # fmt: skip
SOURCES = [
    "Capital receipts",
    "Government grant",
    "Prudential borrowing",
    "Section 106",
    "Revenue contribution",
]
HEADS_OF_RESERVES = ["Opening balance", "Transfers in", "Transfers out", "Closing balance"]
RESERVES = [
    "General balances",
    "Insurance",
    "Transformation",
    "Elections",
    "Business rates volatility",
    "Waste",
    "Pensions",
]
FUNDING = [
    "Council tax",
    "Business rates",
    "Revenue support grant",
    "New homes bonus",
    "Collection fund surplus",
]

Place = tuple[int, int]


@dataclass
class Grid:
    """A table being made: exact pounds by cell (None: blank), the words, and the sums that hold in it."""

    labels: list[str]
    heads: list[str]
    unit: Decimal
    places: int
    brackets: bool
    caption: str
    amounts: dict[Place, Decimal | None] = field(default_factory=dict)
    sums: list[tuple[Place, list[tuple[int, Place]]]] = field(default_factory=list)
    texts: dict[Place, str] = field(default_factory=dict)

    def show(self, amount: Decimal | None) -> str:
        if amount is None:
            return ""
        if amount == 0:
            return "-"
        figure = round_half_up(amount / self.unit, self.places)
        if figure < 0:
            return f"({-figure:,})" if self.brackets else f"-{-figure:,}"
        return f"{figure:,}"

    def printed(self) -> dict[Place, str]:
        return {
            place: self.texts.get(place, self.show(amount))
            for place, amount in self.amounts.items()
        }

    def table(self, cells: dict[Place, str] | None = None, without: int | None = None) -> Table:
        cells = self.printed() if cells is None else cells
        head = [Cell(text) for text in ["", *self.heads]]
        rows = [
            [
                Cell(label),
                *(Cell(cells.get((row, column), "")) for column in range(len(self.heads))),
            ]
            for row, label in enumerate(self.labels)
            if row != without
        ]
        return Table([head, *rows], self.caption)


def _pick(rng: random.Random, names: list[str], low: int, high: int) -> list[str]:
    return rng.sample(names, rng.randint(low, min(high, len(names))))


def _amount(rng: random.Random, unit: Decimal) -> Decimal:
    size = 10 ** rng.uniform(4.3, 7.2)
    return Decimal(int(size * 100)) / 100


def _grid(rng: random.Random, labels: list[str], heads: list[str], caption: str) -> Grid:
    unit, places = rng.choice(
        [(1000, 0), (1000, 1), (1000, 1), (1_000_000, 3), (1_000_000, 2), (1, 0), (1, 2)]
    )
    named = {1: "£", 1000: rng.choice(["£000", "£'000", "£k"]), 1_000_000: "£m"}[unit]
    if rng.random() < 0.5:
        return Grid(
            labels, heads, Decimal(unit), places, rng.random() < 0.6, f"{caption} ({named})"
        )
    return Grid(
        labels,
        [f"{head} {named}" for head in heads],
        Decimal(unit),
        places,
        rng.random() < 0.6,
        caption,
    )


def _years(rng: random.Random, count: int) -> list[str]:
    first = rng.randint(2019, 2026)
    joint = rng.choice(["/", "-"])
    return [f"{year}{joint}{(year + 1) % 100:02d}" for year in range(first, first + count)]


def _column_total(grid: Grid, row: int, terms: list[tuple[int, int]]) -> None:
    """Fill a row as the signed sum of others, in every column."""
    for column in range(len(grid.heads)):
        amount = sum(
            (sign * (grid.amounts.get((term, column)) or 0) for sign, term in terms), Decimal(0)
        )
        grid.amounts[row, column] = amount
        grid.sums.append(((row, column), [(sign, (term, column)) for sign, term in terms]))


def monitoring(rng: random.Random) -> Grid:
    names = _pick(rng, SERVICES, 3, 9)
    grid = _grid(rng, [*names, rng.choice(["Total", "Total services", "Net expenditure total"])],
                 rng.choice([["Budget", "Forecast", "Variance"], ["Revised budget", "Outturn", "Over/(under) spend"]]),
                 "Revenue monitoring")  # fmt: skip
    for row in range(len(names)):
        budget = _amount(rng, grid.unit)
        grid.amounts[row, 0] = budget
        grid.amounts[row, 1] = round_half_up(budget * Decimal(rng.uniform(0.85, 1.15)), 2)
    last = len(names)
    for row in range(last):
        grid.amounts[row, 2] = grid.amounts[row, 1] - grid.amounts[row, 0]
    _column_total(grid, last, [(1, row) for row in range(last)])
    for row in range(last + 1):
        grid.sums.append(((row, 2), [(1, (row, 1)), (-1, (row, 0))]))
    return grid


def plan(rng: random.Random) -> Grid:
    spend, funding = _pick(rng, SERVICES, 3, 6), _pick(rng, FUNDING, 3, 5)
    labels = [*spend, "Net budget requirement", *funding, "Total funding", "Budget gap"]
    grid = _grid(rng, labels, _years(rng, rng.randint(3, 5)), "Medium term financial plan")
    for row in range(len(labels)):
        for column in range(len(grid.heads)):
            grid.amounts[row, column] = _amount(rng, grid.unit)
    requirement, total = len(spend), len(labels) - 2
    _column_total(grid, requirement, [(1, row) for row in range(requirement)])
    _column_total(grid, total, [(1, row) for row in range(requirement + 1, total)])
    _column_total(grid, total + 1, [(1, requirement), (-1, total)])
    return grid


def programme(rng: random.Random) -> Grid:
    schemes, sources = _pick(rng, SCHEMES, 3, 8), _pick(rng, SOURCES, 2, 5)
    labels = [*schemes, "Total capital programme", "Financed by", *sources, "Total financing"]
    years = _years(rng, rng.randint(3, 5))
    grid = _grid(rng, labels, [*years, "Total"], "Capital programme")
    total, last = len(schemes), len(labels) - 1
    for column in range(len(years)):
        for row in range(total):
            grid.amounts[row, column] = (
                Decimal(0) if rng.random() < 0.15 else _amount(rng, grid.unit)
            )
        whole = sum((grid.amounts[row, column] for row in range(total)), Decimal(0))
        left = whole
        for row in range(total + 2, last - 1):
            share = round_half_up(left * Decimal(rng.uniform(0.1, 0.6)), 2)
            grid.amounts[row, column], left = share, left - share
        grid.amounts[last - 1, column] = left
    for row in [*range(total), *range(total + 2, last)]:
        grid.amounts[row, len(years)] = sum(
            (grid.amounts[row, column] for column in range(len(years))), Decimal(0)
        )
    _column_total(grid, total, [(1, row) for row in range(total)])
    _column_total(grid, last, [(1, row) for row in range(total + 2, last)])
    for row in [*range(total + 1), *range(total + 2, last + 1)]:
        grid.sums.append(((row, len(years)), [(1, (row, column)) for column in range(len(years))]))
    return grid


def reserves(rng: random.Random) -> Grid:
    names = _pick(rng, RESERVES, 3, 7)
    grid = _grid(rng, [*names, "Total reserves"], HEADS_OF_RESERVES,
                 "Movement in reserves")  # fmt: skip
    for row in range(len(names)):
        opening = _amount(rng, grid.unit)
        grid.amounts[row, 0] = opening
        grid.amounts[row, 1] = round_half_up(opening * Decimal(rng.uniform(0.05, 0.4)), 2)
        grid.amounts[row, 2] = -round_half_up(opening * Decimal(rng.uniform(0.05, 0.5)), 2)
        grid.amounts[row, 3] = sum((grid.amounts[row, column] for column in range(3)), Decimal(0))
    _column_total(grid, len(names), [(1, row) for row in range(len(names))])
    for row in range(len(names) + 1):
        grid.sums.append(((row, 3), [(1, (row, column)) for column in range(3)]))
    return grid


def costs(rng: random.Random) -> Grid:
    names = _pick(rng, SCHEMES, 3, 8)
    grid = _grid(rng, [*names, "Total"], ["Cost"], "Cost of the works")
    for row in range(len(names)):
        grid.amounts[row, 0] = _amount(rng, grid.unit)
    _column_total(grid, len(names), [(1, row) for row in range(len(names))])
    return grid


def sections(rng: random.Random) -> Grid:
    one, two = _pick(rng, SERVICES[:12], 2, 5), _pick(rng, SERVICES[12:], 2, 5)
    labels = ["People", *one, "Sub-total people", "Places", *two, "Sub-total places", "Total"]
    grid = _grid(rng, labels, _years(rng, rng.randint(2, 4)), "Budget by service")
    first, second = len(one) + 1, len(one) + len(two) + 3
    for column in range(len(grid.heads)):
        for row in [*range(1, first), *range(first + 2, second)]:
            grid.amounts[row, column] = _amount(rng, grid.unit)
    _column_total(grid, first, [(1, row) for row in range(1, first)])
    _column_total(grid, second, [(1, row) for row in range(first + 2, second)])
    _column_total(grid, second + 1, [(1, first), (1, second)])
    return grid


def ask(rng: random.Random) -> Grid:
    sources = _pick(rng, SOURCES, 2, 4)
    labels = [
        "Budget requirement",
        "Budget available",
        *sources,
        "Total budget available",
        "Additional budget ask",
    ]
    grid = _grid(rng, labels, _years(rng, rng.randint(3, 5)), "Additional budget")
    total = len(labels) - 2
    for column in range(len(grid.heads)):
        grid.amounts[0, column] = _amount(rng, grid.unit) + 100_000
        for row in range(2, total):
            grid.amounts[row, column] = (
                None if rng.random() < 0.2 else round_half_up(_amount(rng, grid.unit) / 4, 2)
            )
    _column_total(grid, total, [(1, row) for row in range(2, total)])
    _column_total(grid, total + 1, [(1, 0), (-1, total)])
    return grid


KINDS = [monitoring, plan, programme, reserves, costs, sections, ask]


def grid_of(seed: int) -> Grid:
    rng = random.Random(seed)
    return KINDS[seed % len(KINDS)](rng)


# -- a report around it ---------------------------------------------------------------------------


def _money(amount: Decimal, rng: random.Random) -> str:
    size = abs(amount)
    if size >= 1_000_000:
        return f"£{round_half_up(size / 1_000_000, rng.choice([1, 2, 3]))}{rng.choice(['m', ' million'])}"
    if size >= 10_000:
        return f"£{round_half_up(size / 1000, 0)}k"
    return f"£{round_half_up(size, 0):,}"


def report_of(grid: Grid, seed: int, printed: Table) -> Paper:
    """A short report about the table, its text as sound as the table was made."""
    rng = random.Random(seed * 7 + 1)
    rows = [row for row in range(len(grid.labels)) if (grid.amounts.get((row, 0)) or 0) > 0]
    row = rng.choice(rows)
    one, two = grid.amounts[rows[0], 0], grid.amounts[rows[-1], 0]
    up = "increase" if two > one else "reduction"
    blocks = [
        Prose("Purpose", ProseKind.HEADING),
        Prose(
            "Members are asked to note the position to 31 March 2024 set out in this report.",
            number="1",
        ),
        Prose(
            f"The table below gives {grid.labels[row]} {_money(grid.amounts[row, 0], rng)} in the first column.",
            number="2",
        ),
        printed,
        Prose(
            f"Over 3 years it moved from {_money(one, random.Random(3))} to {_money(two, random.Random(3))}, "
            f"an {up} of {_money(two - one, random.Random(3))}.",
            number="3",
        ),
        Prose(
            "Decisions above £500,000 are key decisions; see paragraph 2 and Section 151 of the Act.",
            number="4",
        ),
    ]
    return Paper(blocks, title="Report", format="md")


# -- one fault -----------------------------------------------------------------------------------------


def _bare(text: str) -> str:
    return text.strip("()-").replace(",", "")


def _swap(rng: random.Random, text: str) -> str | None:
    digits = [at for at, char in enumerate(text) if char.isdigit()]
    pairs = [(a, b) for a, b in pairwise(digits) if text[a] != text[b]]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    chars = list(text)
    chars[a], chars[b] = chars[b], chars[a]
    return "".join(chars)


def _lose_a_nought(rng: random.Random, text: str) -> str | None:
    bare = _bare(text)
    whole, _, rest = bare.partition(".")
    if len(whole) < 2:
        return None
    short = f"{int(whole[:-1]):,}" + (f".{rest}" if rest else "")
    return text.replace(text.strip("()-"), short)


def _move_point(rng: random.Random, text: str) -> str | None:
    bare = _bare(text)
    if "." not in bare:
        return None
    whole, _, rest = bare.partition(".")
    moved = whole + rest[0] + ("." + rest[1:] if rest[1:] else "")
    return text.replace(text.strip("()-"), f"{Decimal(moved):,}")


def _lose_sign(rng: random.Random, text: str) -> str | None:
    return text.strip("()-") if text[:1] in "(-" and len(text) > 1 else None


def _wrong_unit(rng: random.Random, text: str) -> str | None:
    bare = _bare(text)
    if not bare or not Decimal(bare):
        return None
    return text.replace(text.strip("()-"), f"{Decimal(bare) * 1000:,}")


SLIPS = [_swap, _lose_a_nought, _move_point, _lose_sign, _wrong_unit]


@dataclass
class Planted:
    table: Table
    words: str
    breaks_a_sum: bool


def plant(grid: Grid, seed: int) -> Planted | None:
    """The table with one fault, and whether it takes any sum beyond what rounding allows; None: no such fault here."""
    rng = random.Random(seed * 13 + 5)
    printed = {place: text for place, text in grid.printed().items() if text}
    kind = rng.randrange(len(SLIPS) + 1)
    if kind == len(SLIPS):
        sums = {
            target[0] for target, terms in grid.sums if len({place[0] for _, place in terms}) > 1
        }
        rows = sorted({place[0] for _, terms in grid.sums for _, place in terms} - sums)
        row = rng.choice(rows)
        broken = _breaks(
            grid, {place: text for place, text in printed.items() if place[0] != row}, printed
        )
        return Planted(grid.table(printed, without=row), f"row {grid.labels[row]} dropped", broken)
    places = sorted(
        place for place, text in printed.items() if any(char.isdigit() for char in text)
    )
    rng.shuffle(places)
    for place in places:
        changed = SLIPS[kind](rng, printed[place])
        if changed is not None and changed != printed[place]:
            cells = {**printed, place: changed}
            where = f"{grid.labels[place[0]]}, {grid.heads[place[1]]}"
            words = f"{SLIPS[kind].__name__}: {where}: {printed[place]} → {changed}"
            return Planted(grid.table(cells), words, _breaks(grid, cells, printed))
    return None


def _value(text: str) -> Decimal:
    if not any(char.isdigit() for char in text):
        return Decimal(0)
    size = Decimal(_bare(text))
    return -size if text[:1] in "(-" else size


def _breaks(grid: Grid, cells: dict[Place, str], before: dict[Place, str]) -> bool:
    step = Decimal(1).scaleb(-grid.places)
    for target, terms in grid.sums:
        if target not in cells:
            continue
        if sum(1 for _, place in terms if place in cells) < 2:
            continue  # with its only counterpart gone there is no sum left
        total = sum((sign * _value(cells.get(place, "")) for sign, place in terms), Decimal(0))
        count = 1 + sum(1 for _, place in terms if _value(cells.get(place, "")))
        if abs(_value(cells[target]) - total) > step * count / 2:
            return True
    return False
