"""A printed table of figures, defined once and drawn by every output (page, Excel, CSV, JSON, Word, PDF).

A Grid holds finished figures: whoever draws it adds and divides nothing. What a workbook
needs to cast on its own is stated, not computed: a total row or column says which rows or
columns it is the sum of (``Sum``) or which two it is the difference of (``Difference``), and
the Excel output turns that into a live formula beside the value that is already there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from council_hms.money import Negative, Unit

#: A figure in pounds, a count, a date, words, or None for "no line at all" (shown blank).
Value = Decimal | int | str | dt.date | None


class Format(StrEnum):
    """What kind of thing a column holds, so that each output shows it in its own best way."""

    TEXT = "text"
    MONEY = "money"
    COUNT = "count"
    DATE = "date"
    YEAR = "year"
    PERCENT = "percent"


class RowKind(StrEnum):
    """What a row is, which decides its weight on the page and in the workbook."""

    BODY = "body"
    HEADING = "heading"
    DETAIL = "detail"  # a part of the row above it, set in
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    RESULT = "result"  # the answer of the table, such as the additional budget ask


@dataclass(frozen=True, slots=True)
class Sum:
    """The row (column) is the sum of the rows (columns) with these keys."""

    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """The row (column) is ``of`` minus ``less``, both keys."""

    of: str
    less: str


Casting = Sum | Difference | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``group`` is the upper storey of a two-storey head ("Capital" over "2023-24")."""

    key: str
    label: str
    format: Format = Format.TEXT
    group: str = ""
    casts: Casting = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and where its origin can be seen. ``note`` is a short remark for this cell alone."""

    value: Value = None
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``cells`` by column key (a missing key is a blank cell)."""

    key: str
    label: str
    cells: Mapping[str, Cell] = field(default_factory=dict)
    kind: RowKind = RowKind.BODY
    casts: Casting = None

    def value(self, column: str) -> Value:
        """The value under a column, None when there is no line there."""
        cell = self.cells.get(column)
        return cell.value if cell else None


@dataclass(frozen=True, slots=True)
class Grid:
    """The whole table. Money is in pounds throughout; ``unit`` says how to show it.

    ``caption`` names it; ``row_heading`` heads the label column; ``notes`` stand beneath it;
    ``about`` is what the notes sheet of a workbook states (source, as-at date, who, when);
    ``name`` is a short name for a sheet's tab, the caption when empty.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    row_heading: str = ""
    unit: Unit = Unit.THOUSANDS
    negative: Negative = Negative.MINUS
    notes: Sequence[str] = ()
    about: Sequence[tuple[str, str]] = ()
    name: str = ""

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The upper storey of the head: each group with the number of columns under it, in order."""
        groups: list[tuple[str, int]] = []
        for column in self.columns:
            if groups and groups[-1][0] == column.group:
                groups[-1] = (column.group, groups[-1][1] + 1)
            else:
                groups.append((column.group, 1))
        return groups

    @property
    def has_groups(self) -> bool:
        return any(column.group for column in self.columns)

    def row(self, key: str) -> Row:
        """The row with this key; KeyError when there is none."""
        for row in self.rows:
            if row.key == key:
                return row
        raise KeyError(key)
