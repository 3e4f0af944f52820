"""What a value of a Grid looks like in words and figures, the same in every output that people read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from council_hms.financial_year import FinancialYear, FinancialYearError
from council_hms.grid import Format, Grid, Value
from council_hms.money import Negative, Unit, round_half_up, show

#: Formats whose values stand on the right in tabular figures.
FIGURES = frozenset({Format.MONEY, Format.COUNT, Format.PERCENT})

#: How many characters a cell of a workbook can hold.
LONGEST_CELL = 32_767

#: What XML 1.0 forbids: most control characters, lone surrogates, the two non-characters.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """The text without the characters that no XML file may hold (a NUL would make Word refuse the file)."""
    return text if text.isascii() and text.isprintable() else _UNPRINTABLE.sub("", text)


def cell_words(text: str) -> str:
    """Words for a workbook's cell: printable, lines ended as Excel ends them, no longer than it holds."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return printable(text)[:LONGEST_CELL]


def shown(
    value: Value, form: Format, unit: Unit = Unit.POUNDS, negative: Negative = Negative.MINUS
) -> str:
    """A value as a reader sees it: ``605.1``, ``-`` for nil, blank for None, ``14 June 2023``, ``12.5%``.

    A percentage is held in hundredths (``Decimal("12.5")`` is 12.5%), a year by its start (2023).
    Words in a column of figures are shown as they are.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dt.date):
        return f"{value.day} {value:%B %Y}"
    if form is Format.MONEY:
        return show(Decimal(value), unit, negative=negative)
    if form is Format.PERCENT:
        return f"{round_half_up(Decimal(value), 1).normalize():f}%"
    if form is Format.YEAR:
        return year_label(value)
    return f"{value:,}"


def year_label(value: Decimal | int) -> str:
    """``2023-24`` for 2023; a number that is no year as it is."""
    try:
        return FinancialYear(int(value)).label
    except FinancialYearError:
        return str(value)


def shower(form: Format, unit: Unit, negative: Negative) -> Callable[[Value], str]:
    """``shown`` for one column."""
    return lambda value: shown(value, form, unit, negative)


class Remark(NamedTuple):
    """A note on one cell: its printed mark (``a``), where it stands, and its words."""

    mark: str
    row: str
    column: str
    words: str


def remarks(grid: Grid) -> dict[tuple[str, str], Remark]:
    """The notes on single cells, marked a, b, c … in reading order, by row key and column key."""
    found: dict[tuple[str, str], Remark] = {}
    for row in grid.rows:
        if not any(cell.note for cell in row.cells.values()):
            continue
        for column in grid.columns:
            cell = row.cells.get(column.key)
            if cell and cell.note:
                found[row.key, column.key] = Remark(
                    _letter(len(found)),
                    printable(row.label),
                    head(column.group, column.label),
                    printable(cell.note),
                )
    return found


def head(group: str, label: str) -> str:
    """A column's two storeys in one line: ``Capital 2023-24``."""
    return printable(f"{group} {label}".strip())


def _letter(place: int) -> str:
    """a … z, then aa, ab …"""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(97 + rest) + letters
    return letters


def safe_href(href: str) -> str:
    """The address when following it can do no harm (a page, a place on it, a web or mail address), else nothing."""
    bare = re.sub(r"[\x00-\x20]", "", href)
    if bare.startswith(("/", "#", "?")) or re.match(r"(https?|mailto):", bare, re.IGNORECASE):
        return bare if not bare.startswith("//") else ""
    return ""
