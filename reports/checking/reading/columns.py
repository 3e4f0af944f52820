"""Tables told by alignment: runs of text with their left and right edges, line by line, become rows of cells.

A line of a table has several runs with wide gaps between them. Columns are where runs of different
lines overlap sideways; figures are set to the right, so a column is what stands over the same stretch.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from reports.checking.paper import Cell

_FIGURE = re.compile(
    r"[-−–—(+]?\s*[£$€]?\s*[\d,]*\.?\d+\s*[%km)]*\s*[-−–—]?|[-−–—]|nil|n/a", re.IGNORECASE
)


class Run(NamedTuple):
    """A stretch of text without a wide gap: its left and right edge (characters or points), and its words."""

    left: float
    right: float
    text: str


Line = Sequence[Run]


def is_figure(text: str) -> bool:
    """Whether a cell is a number, a nil or nothing else."""
    return _FIGURE.fullmatch(text.strip()) is not None


def table_at_start(lines: Sequence[Line]) -> tuple[list[tuple[Cell, ...]], int]:
    """The table that these lines begin with and how many of them it takes; no rows when they begin with none.

    A table needs two lines with figures under its heads, or one with three figures.
    """
    used = _extent(lines)
    taken = lines[:used]
    figures = [sum(is_figure(run.text) for run in line[1:]) for line in taken]
    if used < 2 or not ((sum(map(bool, figures)) >= 2 and used >= 3) or max(figures) >= 3):
        return [], 0
    if next(at for at, count in enumerate(figures) if count) > _MOST_HEADS:
        return [], 0
    return rows_of(taken), used


_MOST_HEADS = 6
_MARK = re.compile(r"\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-z]|[ivx]{1,4})[.)]?|[•▪◦●–-]")


def _is_row(line: Line) -> bool:
    """Whether a line has cells: several runs, none of them a sentence, the first no number of a paragraph."""
    if len(line) < 2 or any(len(run.text.split()) > 14 for run in line):
        return False
    has_figures = any(is_figure(run.text) for run in line[1:])
    return has_figures or not (len(line) == 2 and _MARK.fullmatch(line[0].text))


def _extent(lines: Sequence[Line]) -> int:
    """How many lines belong to the table: rows, and short labels that a row wraps or that head a group."""
    last = 0
    for at, line in enumerate(lines):
        if _is_row(line):
            last = at + 1
        elif len(line) != 1 or at == 0 or at + 1 - last > 2 or len(line[0].text.split()) > 10:
            break
    return last


def rows_of(lines: Sequence[Line]) -> list[tuple[Cell, ...]]:
    """The lines as rows of cells: every run goes to the column it stands over; heads that reach over several span."""
    edges = _columns(lines)
    rows = []
    for line in lines:
        cells = [""] * len(edges)
        spans: dict[int, int] = {}
        for run in line:
            covered = [
                at
                for at, (left, right) in enumerate(edges)
                if run.left <= left and run.right >= right
            ]
            touched = [
                at
                for at, (left, right) in enumerate(edges)
                if run.left < right and run.right > left
            ]
            if len(covered) > 1:
                at = covered[0]
                spans[at] = covered[-1] - at + 1
            elif len(touched) == 1:
                at = touched[0]
            else:
                at = _nearest(edges, run)
            cells[at] = f"{cells[at]} {run.text}".strip()
        rows.append(_row(cells, spans))
    return rows


def _nearest(edges: Sequence[tuple[float, float]], run: Run) -> int:
    """The column whose middle, or for figures whose right edge, is nearest."""
    middle = (run.left + run.right) / 2
    return min(
        range(len(edges)),
        key=lambda at: min(abs(sum(edges[at]) / 2 - middle), abs(edges[at][1] - run.right)),
    )


def _row(cells: Sequence[str], spans: dict[int, int]) -> tuple[Cell, ...]:
    row: list[Cell] = []
    at = 0
    while at < len(cells):
        across = spans.get(at, 1)
        if any(cells[at + 1 : at + across]):
            across = 1
        row.append(Cell(cells[at], across=across))
        row.extend(Cell("", covered=True) for _ in range(across - 1))
        at += across
    return tuple(row)


def _columns(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """The stretches that the cells of the rows with figures cover, left to right; heads make no column."""
    body = [line for line in lines if any(is_figure(run.text) for run in line[1:])]
    figures = _stretches([run for line in body for run in line[1:] if is_figure(run.text)])
    words = [
        run
        for line in body
        for at, run in enumerate(line)
        if at == 0 or not is_figure(run.text)
        if not any(run.left < right and run.right > left for left, right in figures)
    ]
    # a label that reaches over a column of figures is one of the labels all the same
    return sorted(figures + _stretches(words))


def _stretches(runs: Sequence[Run]) -> list[tuple[float, float]]:
    """Runs that overlap sideways as one stretch each."""
    stretches: list[tuple[float, float]] = []
    for run in sorted(runs):
        if stretches and run.left < stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], run.right))
        else:
            stretches.append((run.left, run.right))
    return stretches
