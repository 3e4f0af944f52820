"""A sheet of cells, or a CSV file, parted into its tables with their titles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reports.checking.paper import Cell
from reports.checking.reading.compose import Composer

_YEAR = re.compile(r"(19|20)\d\d([-/–]\d{2,4})?")


def put(composer: Composer, rows: Sequence[Sequence[Cell]], sheet: str = "") -> None:
    """Hand over the tables of a sheet: one ends at a blank row where a title or head follows."""
    start = 0
    blank_before = False
    for at, row in enumerate(rows):
        is_blank = not any(cell.text.strip() for cell in row)
        if not is_blank and blank_before and at > start and _begins_table(rows, at):
            composer.table(rows[start:at], sheet=sheet)
            start = at
        blank_before = is_blank
    composer.table(rows[start:], sheet=sheet)


def _begins_table(rows: Sequence[Sequence[Cell]], at: int) -> bool:
    """Whether a row after a blank one is a title or a head with figures under it, and not a total or a group."""
    filled = [cell for cell in rows[at] if cell.text.strip()]
    if any(_is_figure(cell) for cell in filled):
        return False
    below = next(
        (row for row in rows[at + 1 : at + 3] if any(cell.text.strip() for cell in row)), ()
    )
    if len(filled) == 1:
        # a title stands over a head without figures; a group stands over figures
        return bool(below) and not any(_is_figure(cell) for cell in below)
    return bool(rows[at][0].text.strip() == "" or len(filled) > 1)


def _is_figure(cell: Cell) -> bool:
    text = cell.text.strip()
    if _YEAR.fullmatch(text):
        return False
    return cell.value is not None or re.fullmatch(r"[-(]?£?[\d,]*\.?\d+%?\)?", text) is not None
