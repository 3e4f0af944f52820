"""Tables drawn with ruled lines on a page: where their rows and columns are, and which cells are merged."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

#: Points: thinner is a line, closer is the same line.
_THIN, _CLOSE = 2.5, 3.0


class Stroke(NamedTuple):
    """A straight line: upright at ``at`` from ``start`` down to ``end``, or level at ``at`` from left to right."""

    upright: bool
    at: float
    start: float
    end: float


def strokes_of(box: tuple[float, float, float, float]) -> list[Stroke]:
    """The lines that a drawn shape is seen as: a thin one itself, a frame its four sides."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    if height <= _THIN and width > 6:
        return [Stroke(False, (top + bottom) / 2, left, right)]
    if width <= _THIN and height > 4:
        return [Stroke(True, (left + right) / 2, top, bottom)]
    if width > 10 and height > 7:
        return [
            Stroke(False, top, left, right),
            Stroke(False, bottom, left, right),
            Stroke(True, left, top, bottom),
            Stroke(True, right, top, bottom),
        ]
    return []


@dataclass(slots=True)
class Ruled:
    """A ruled table: the edges of its columns and rows, and the upright and level lines between cells."""

    columns: list[float]
    rows: list[float]
    upright: set[tuple[int, int]]  # (row, column): a line stands left of this column in this row
    level: set[tuple[int, int]]  # (row, column): a line lies above this row in this column
    _spans: dict[tuple[int, int], tuple[int, int, int, int]] = field(default_factory=dict)

    @property
    def top(self) -> float:
        return self.rows[0]

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is inside the table."""
        return (
            self.columns[0] - 1 <= x <= self.columns[-1] + 1
            and self.rows[0] - 1 <= y <= self.rows[-1] + 1
        )

    def cell_at(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of the first cell of the merged cell at a point."""
        row = min(max(bisect_right(self.rows, y) - 1, 0), len(self.rows) - 2)
        column = min(max(bisect_right(self.columns, x) - 1, 0), len(self.columns) - 2)
        return self.span_of(row, column)[:2]

    def span_of(self, row: int, column: int) -> tuple[int, int, int, int]:
        """The merged cell that a place belongs to: its first row and column, rows down and columns across."""
        if not self._spans:
            self._lay_out()
        return self._spans[(row, column)]

    def _lay_out(self) -> None:
        for row in range(len(self.rows) - 1):
            for column in range(len(self.columns) - 1):
                if (row, column) in self._spans:
                    continue
                across = 1
                while (
                    column + across < len(self.columns) - 1
                    and (row, column + across) not in self.upright
                ):
                    if (row, column + across) in self._spans:
                        break
                    across += 1
                down = 1
                while row + down < len(self.rows) - 1 and not any(
                    (row + down, column + right) in self.level
                    or (row + down, column + right) in self._spans
                    for right in range(across)
                ):
                    down += 1
                for below in range(down):
                    for right in range(across):
                        self._spans[(row + below, column + right)] = (row, column, down, across)


def tables(strokes: Sequence[Stroke]) -> list[Ruled]:
    """The ruled tables of a page: lines that touch, with two columns and two rows at least."""
    found = []
    for group in _touching(list(dict.fromkeys(strokes))):
        columns = _edges([stroke.at for stroke in group if stroke.upright])
        rows = _edges([stroke.at for stroke in group if not stroke.upright])
        if len(columns) < 3 or len(rows) < 3:
            continue
        upright: set[tuple[int, int]] = set()
        level: set[tuple[int, int]] = set()
        for stroke in group:
            across, along = (columns, rows) if stroke.upright else (rows, columns)
            place = _nearest(across, stroke.at)
            for other in range(len(along) - 1):
                middle = (along[other] + along[other + 1]) / 2
                if stroke.start <= middle <= stroke.end:
                    if stroke.upright:
                        upright.add((other, place))
                    else:
                        level.add((place, other))
        found.append(Ruled(columns, rows, upright, level))
    return found


def _nearest(edges: Sequence[float], place: float) -> int:
    return min(range(len(edges)), key=lambda at: abs(edges[at] - place))


def _edges(places: Sequence[float]) -> list[float]:
    """Places that are nearly the same as one each, in order."""
    edges: list[list[float]] = []
    for place in sorted(places):
        if edges and place - edges[-1][-1] <= _CLOSE:
            edges[-1].append(place)
        else:
            edges.append([place])
    return [sum(edge) / len(edge) for edge in edges]


def _touching(strokes: Sequence[Stroke]) -> list[list[Stroke]]:
    """Groups of lines that cross or meet, straight or by way of others."""
    parent = list(range(len(strokes)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    levels = sorted((stroke.at, at) for at, stroke in enumerate(strokes) if not stroke.upright)
    for at, stroke in enumerate(strokes):
        if not stroke.upright:
            continue
        start = bisect_right(levels, (stroke.start - _CLOSE, -1))
        for height, other in levels[start:]:
            if height > stroke.end + _CLOSE:
                break
            if strokes[other].start - _CLOSE <= stroke.at <= strokes[other].end + _CLOSE:
                parent[root(at)] = root(other)
    groups: dict[int, list[Stroke]] = {}
    for at, stroke in enumerate(strokes):
        groups.setdefault(root(at), []).append(stroke)
    return [group for group in groups.values() if len(group) > 3]
