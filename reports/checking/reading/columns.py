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
    return rows_of(taken), used


def _extent(lines: Sequence[Line]) -> int:
    """How many lines belong to the table: those with several runs, and single ones between or before them."""
    last = 0
    for at, line in enumerate(lines):
        if len(line) > 1:
            last = at + 1
        elif at + 1 - last > 2 or (line and len(line[0].text.split()) > 12):
            break  # a sentence, or too much between the rows
    if not lines or len(lines[0]) < 2:
        # a table begins with its heads, or with a title just over them
        return 0
    return last


def rows_of(lines: Sequence[Line]) -> list[tuple[Cell, ...]]:
    """The lines as rows of cells: every run goes to the column it stands over; wide ones span several."""
    edges = _columns(lines)
    rows = []
    for line in lines:
        cells = [""] * len(edges)
        spans: dict[int, int] = {}
        for run in line:
            over = [
                at
                for at, (left, right) in enumerate(edges)
                if run.left < right and run.right > left
            ]
            if not over:
                middle = (run.left + run.right) / 2
                over = [
                    min(
                        range(len(edges)),
                        key=lambda at: abs((edges[at][0] + edges[at][1]) / 2 - middle),
                    )
                ]
            at = over[0]
            cells[at] = f"{cells[at]} {run.text}".strip()
            if len(over) > 1:
                spans[at] = over[-1] - at + 1
        rows.append(_row(cells, spans))
    return rows


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
    """The stretches that the runs of the table's own lines cover, left to right; heads that span are left out."""
    figures = [
        run
        for line in lines
        for at, run in enumerate(line)
        if is_figure(run.text) and (at or len(line) > 1)
    ]
    labels = [line[0] for line in lines if line and not is_figure(line[0].text)]
    stretches: list[tuple[float, float]] = []
    for run in sorted(figures):
        if stretches and run.left < stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], run.right))
        else:
            stretches.append((run.left, run.right))
    first = min((left for left, _ in stretches), default=0.0)
    # words that stand over no column of figures are columns of words: labels, remarks
    words = [run for line in lines if len(line) > 1 for run in line if not is_figure(run.text)]
    words += [run for run in labels if run.left < first]
    merged: list[tuple[float, float]] = []
    for run in sorted(words):
        if any(run.left < right and run.right > left for left, right in stretches):
            continue
        if merged and run.left < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], run.right))
        else:
            merged.append((run.left, run.right))
    return sorted(stretches + merged)
