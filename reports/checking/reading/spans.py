"""Cells that span rows and columns laid out as a full grid, as a browser or Word lays them out."""

from __future__ import annotations

from collections.abc import Sequence

from reports.checking.paper import Cell
from reports.checking.reading.limits import MOST_COLUMNS


def grid_of(lines: Sequence[Sequence[Cell]]) -> list[tuple[Cell, ...]]:
    """The rows with every covered place filled by ``Cell("", covered=True)``; spans never leave the table."""
    rows: list[list[Cell | None]] = [[] for _ in lines]
    for at, line in enumerate(lines):
        column = 0
        for cell in line:
            while column < len(rows[at]) and rows[at][column] is not None:
                column += 1
            if column >= MOST_COLUMNS:
                break
            across = min(cell.across, MOST_COLUMNS - column)
            down = min(cell.down, len(lines) - at)
            for below in range(at, at + down):
                _widen(rows[below], column + across)
                for right in range(column, column + across):
                    rows[below][right] = Cell("", head=cell.head, covered=True)
            rows[at][column] = (
                cell
                if (across, down) == (cell.across, cell.down)
                else Cell(
                    cell.text,
                    cell.value,
                    cell.head,
                    across,
                    down,
                    percent=cell.percent,
                    money=cell.money,
                )
            )
            column += across
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        _widen(row, width)
    return [tuple(cell or Cell("") for cell in row) for row in rows]


def _widen(row: list[Cell | None], width: int) -> None:
    row.extend([None] * (width - len(row)))
