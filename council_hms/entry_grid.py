"""An entry grid: rows of real inputs under columns, amounts typed as people write them. Works without scripts.

Input names are ``cell-<row>-<column>``; rows that the person adds are numbered ``new-1``, ``new-2`` …
and carry fields of their own (a text or a choice) named ``<field>-<row>``. Nothing typed is lost:
a cell that cannot be read is drawn again as it was typed, with what to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from council_hms.money import MoneyError, parse_money, pounds, show

NIL = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column of amounts. ``group`` is its upper head."""

    key: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class RowField:
    """What a person chooses or types at the head of a row. ``choices`` empty means text."""

    key: str
    label: str
    choices: Sequence[tuple[str, str]] = ()
    required: str = ""  # the message when it is left empty in a row with amounts

    def words(self, value: str) -> str:
        return dict(self.choices).get(value, value)


@dataclass(slots=True)
class GridRow:
    """A row as shown: its key, its heads' values by field key, and what its cells hold as text."""

    key: str
    heads: dict[str, str]
    typed: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, Decimal | None] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not any(text.strip() for text in self.typed.values())

    @property
    def total(self) -> Decimal:
        return sum((amount for amount in self.amounts.values() if amount is not None), NIL)


@dataclass(frozen=True, slots=True)
class CellError:
    """An error of one input: its id for the summary's link, and what to do."""

    id: str
    message: str


class EntryGrid:
    """A grid bound to what was posted (``data``) or to rows that exist (``initial``).

    ``spare`` empty rows stand ready below; "Add another row" (posting ``add_row``) gives more.
    With ``column_hint`` the person may add a column by typing its name (``add_column_value``, posting
    ``add_column``); whoever builds the grid reads it, and says in ``column_error`` what is wrong with it.
    """

    def __init__(
        self,
        *,
        caption: str,
        columns: Sequence[GridColumn],
        fields: Sequence[RowField],
        data: Mapping[str, str] | None = None,
        initial: Sequence[tuple[Mapping[str, str], Mapping[str, Decimal]]] = (),
        spare: int = 3,
        most: int = 100,
        column_hint: str = "",
        column_error: str = "",
    ) -> None:
        self.caption = caption
        self.columns = columns
        self.fields = fields
        self.is_bound = data is not None
        self.column_hint = column_hint
        self.column_error = column_error
        self.added_column = (
            data.get("add_column_value", "") if data is not None and column_error else ""
        )
        self.errors: list[CellError] = []
        self.rows: list[GridRow] = (
            self._posted(data, most) if data is not None else self._from(initial, spare)
        )
        self._clean()
        if column_error:
            self.errors.append(CellError("id_add_column_value", column_error))

    # -- reading ------------------------------------------------------------------------------

    def _from(
        self, initial: Sequence[tuple[Mapping[str, str], Mapping[str, Decimal]]], spare: int
    ) -> list[GridRow]:
        rows = [
            GridRow(
                str(number),
                dict(heads),
                {
                    key: "-" if amount == 0 else pounds(amount).replace("£", "")
                    for key, amount in amounts.items()
                },
            )
            for number, (heads, amounts) in enumerate(initial, start=1)
        ]
        return rows + [self._blank(len(rows) + number) for number in range(1, spare + 1)]

    def _posted(self, data: Mapping[str, str], most: int) -> list[GridRow]:
        count = min(_whole(data.get("rows", "")), most)
        rows = [
            GridRow(
                str(number),
                {each.key: data.get(f"{each.key}-{number}", "").strip() for each in self.fields},
                {
                    column.key: data.get(f"cell-{number}-{column.key}", "")
                    for column in self.columns
                },
            )
            for number in range(1, count + 1)
        ]
        if "add_row" in data and count < most:
            rows.append(self._blank(count + 1))
        return rows

    def _blank(self, number: int) -> GridRow:
        return GridRow(str(number), {each.key: "" for each in self.fields})

    def _clean(self) -> None:
        for row in self.rows:
            for column in self.columns:
                try:
                    row.amounts[column.key] = parse_money(row.typed.get(column.key, ""))
                except MoneyError as error:
                    row.errors[column.key] = str(error)
                    self._add(
                        row, f"cell-{row.key}-{column.key}", f"{self._where(row, column)}: {error}"
                    )
            if row.is_empty:
                continue
            for each in self.fields:
                if each.required and not row.heads.get(each.key):
                    row.errors[each.key] = each.required
                    self._add(row, f"{each.key}-{row.key}", f"Row {row.key}: {each.required}")
                elif (
                    each.choices
                    and row.heads[each.key]
                    and row.heads[each.key] not in dict(each.choices)
                ):
                    row.errors[each.key] = f"Choose one of the listed: {each.label.lower()}"
                    self._add(
                        row, f"{each.key}-{row.key}", f"Row {row.key}: {row.errors[each.key]}"
                    )

    def _add(self, row: GridRow, name: str, message: str) -> None:
        if self.is_bound:
            self.errors.append(CellError(f"id_{name}", message))

    def _where(self, row: GridRow, column: GridColumn) -> str:
        heads = " ".join(each.words(row.heads.get(each.key, "")) for each in self.fields).strip()
        return f"{heads or f'Row {row.key}'}, {f'{column.group} ' if column.group else ''}{column.label}"

    # -- asking -------------------------------------------------------------------------------

    def is_valid(self) -> bool:
        """Whether every cell could be read and every row with amounts says what it is."""
        return self.is_bound and not self.errors

    def filled(self) -> list[GridRow]:
        """The rows that hold anything."""
        return [row for row in self.rows if not row.is_empty]

    @property
    def column_totals(self) -> list[Decimal]:
        """The sum under each column, in pounds."""
        return [
            sum((row.amounts.get(column.key) or NIL for row in self.rows), NIL)
            for column in self.columns
        ]

    @property
    def total(self) -> Decimal:
        return sum(self.column_totals, NIL)

    # -- drawing ------------------------------------------------------------------------------

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The upper heads with the number of columns under each; empty when there are none."""
        if not any(column.group for column in self.columns):
            return []
        groups: list[tuple[str, int]] = []
        for column in self.columns:
            if groups and groups[-1][0] == column.group:
                groups[-1] = (column.group, groups[-1][1] + 1)
            else:
                groups.append((column.group, 1))
        return groups

    @property
    def drawn_rows(self) -> list[dict[str, Any]]:
        """Rows ready for the template: heads and cells with their names, ids, text and errors."""
        return [
            {
                "key": row.key,
                "heads": [
                    {
                        "field": each,
                        "name": f"{each.key}-{row.key}",
                        "value": row.heads.get(each.key, ""),
                        "error": row.errors.get(each.key, ""),
                    }
                    for each in self.fields
                ],
                "cells": [
                    {
                        "name": f"cell-{row.key}-{column.key}",
                        "column": column,
                        "value": row.typed.get(column.key, ""),
                        "error": row.errors.get(column.key, ""),
                        "understood": self._understood(row, column),
                    }
                    for column in self.columns
                ],
                "total": show(row.total) if not row.is_empty else "",
            }
            for row in self.rows
        ]

    def _understood(self, row: GridRow, column: GridColumn) -> str:
        """What a cell was read as, when that is not simply what was typed."""
        typed, amount = row.typed.get(column.key, "").strip(), row.amounts.get(column.key)
        if amount is None or not self.is_bound:
            return ""
        plain = {
            show(amount),
            pounds(amount),
            pounds(amount).replace("£", ""),
            str(amount),
            f"{amount:f}",
        }
        return (
            ""
            if typed in plain or typed.replace(",", "") in {text.replace(",", "") for text in plain}
            else pounds(amount)
        )

    @property
    def totals(self) -> list[str]:
        """The column totals as shown."""
        return [show(total) for total in self.column_totals]

    @property
    def total_shown(self) -> str:
        return show(self.total)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
