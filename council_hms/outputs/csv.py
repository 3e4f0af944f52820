"""Draws a Grid as CSV for other tools: one line of heads, plain numbers in the unit of the table.

Figures have no thousands comma and a minus sign before negatives (``605.1``, ``-58.0``), rounded as
the table prints them; in the unit "pounds" they are exact (``605100.00``). Nil is ``0``, no line at
all is empty. Dates are ISO. Words that a spreadsheet would take for a formula get a leading
quote (``'``); ``as_typed`` takes it off again when the file comes back. UTF-8 with a byte order mark,
because Excel reads a pound sign wrongly without one.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from council_hms.grid import Format, Grid, Value
from council_hms.money import Unit, round_half_up
from council_hms.outputs.columns import column_by_column, one_after_another
from council_hms.outputs.shown import head, printable, year_label
from council_hms.outputs.style import OutputError, Style

#: What a spreadsheet may take for a formula: = + - @ TAB CR LF and full-width forms, after spaces of any
#: kind. Quotes count as spaces, so that a quote that was typed is told from one that ``safe`` put.
_LIKE_A_FORMULA = re.compile("[\\s\u200b\ufeff']*[=+\\-@\\t\\r\\n＝＋－＠﹢﹣﹦﹫−]")
_QUOTE = "'"
_ROWS_AT_ONCE = 1_000


def safe(text: str) -> str:
    """Words that no spreadsheet will run: a quote before those that start like a formula."""
    text = printable(text)
    return _QUOTE + text if _LIKE_A_FORMULA.match(text) else text


def as_typed(text: str) -> str:
    """The words that ``safe`` was given: takes off the quote it put before them, and no other."""
    if text.startswith(_QUOTE) and safe(text[1:]) == text:
        return text[1:]
    return text


def value(value: Value, form: Format, unit: Unit) -> str:
    """One cell: a plain number, an ISO date, safe words, or nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if form is Format.MONEY:
        if value == 0:
            return "0"
        return f"{round_half_up(Decimal(value) / unit.divisor, unit.places):f}"
    if form is Format.YEAR:
        return year_label(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def heads(grid: Grid) -> list[str]:
    """The heads in one line, with the unit: ``Capital 2023-24 (£000)``."""
    return [safe(grid.row_heading or "Row")] + [
        safe(
            f"{head(column.group, column.label)} ({grid.unit.heading})"
            if column.format is Format.MONEY
            else head(column.group, column.label)
        )
        for column in grid.columns
    ]


def grids_file(grids: Sequence[Grid], style: Style) -> bytes:
    """One table as CSV. OutputError for several: a CSV file holds one."""
    if len(grids) != 1:
        raise OutputError("A CSV file holds one table. Choose one table, or choose Excel.")
    (grid,) = grids
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads(grid))
    for row in grid.rows:
        writer.writerow(
            [safe(row.label)]
            + [value(row.value(column.key), column.format, grid.unit) for column in grid.columns]
        )
    return out.getvalue().encode("utf-8-sig")


class _Echo:
    """A file that hands back what is written to it, so that rows can be streamed."""

    def write(self, line: str) -> str:
        return line


def stream(
    heads: Sequence[tuple[str, Format]],
    rows: Iterable[Sequence[Any]],
    unit: Unit = Unit.POUNDS,
    *,
    values: Sequence[Callable[[Any], Value]] | None = None,
) -> Iterator[bytes]:
    """A list of any length as CSV, piece by piece in constant memory.

    ``heads`` are the label and format of each column, ``rows`` their values in the same order; or what
    ``values`` make values of, column for column.
    """
    writer = csv.writer(_Echo())
    yield "\ufeff".encode() + writer.writerow([safe(label) for label, _ in heads]).encode()
    cells = [_cell(form, unit) for _, form in heads]
    if values is not None:
        cells = one_after_another(values, cells)
    source = iter(rows)
    while some := list(islice(source, _ROWS_AT_ONCE)):
        lines = zip(*column_by_column(cells, some), strict=True)
        yield "".join(map(writer.writerow, lines)).encode()


def _cell(form: Format, unit: Unit) -> Callable[[Value], str]:
    """How a column's values become text; the commonest cases by the shortest way, since lists are long."""
    in_pounds = form is Format.MONEY and unit is Unit.POUNDS

    def write(each: Value) -> str:
        if each is None:
            return ""
        if each.__class__ is str and each.isalnum() and each.isascii():  # type: ignore[union-attr]
            return each  # type: ignore[return-value]
        if in_pounds and each.__class__ is Decimal and each:
            return str(round_half_up(each, 2))  # type: ignore[arg-type]
        return value(each, form, unit)

    return write
