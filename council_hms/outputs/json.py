"""Draws a Grid as JSON for other tools: amounts as exact pounds in strings, whatever unit the table is shown in.

``{"tables": [{"caption", "amounts_in": "pounds", "shown_in": "k", "row_heading", "columns": [{"key",
"label", "group", "format"}], "rows": [{"key", "label", "kind", "cells": {column key: value}, "remarks":
{column key: words}}], "notes": [words], "about": [{"label", "value"}]}]}``

An amount is a string (``"605100.00"``, nil ``"0.00"``) because a JSON number is a float to most readers;
no line at all is null; a count is a number, a date ISO, a percentage a string in hundredths (``"12.5"``).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from council_hms.document import Document, GridBlock
from council_hms.grid import Format, Grid, Value
from council_hms.outputs.shown import printable, year_label
from council_hms.outputs.style import Style


def value(value: Value, form: Format) -> str | int | None:
    """One value as JSON holds it."""
    if value is None:
        return None
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if form is Format.MONEY:
        return f"{Decimal(value):.2f}"
    if form is Format.YEAR:
        return year_label(value)
    return f"{value:f}" if isinstance(value, Decimal) else value


def as_plain(grid: Grid) -> dict[str, Any]:
    """A table as plain lists and dictionaries."""
    formats = {column.key: column.format for column in grid.columns}
    return {
        "caption": printable(grid.caption),
        "amounts_in": "pounds",
        "shown_in": grid.unit.value,
        "row_heading": printable(grid.row_heading),
        "columns": [
            {
                "key": column.key,
                "label": printable(column.label),
                "group": printable(column.group),
                "format": column.format.value,
            }
            for column in grid.columns
        ],
        "rows": [
            {
                "key": row.key,
                "label": printable(row.label),
                "kind": row.kind.value,
                "cells": {key: value(row.value(key), form) for key, form in formats.items()},
                "remarks": {
                    key: printable(row.cells[key].note)
                    for key in formats
                    if key in row.cells and row.cells[key].note
                },
            }
            for row in grid.rows
        ],
        "notes": [printable(note) for note in grid.notes],
        "about": [
            {"label": printable(label), "value": printable(words)} for label, words in grid.about
        ],
    }


def _file(plain: dict[str, Any]) -> bytes:
    return (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode()


def grids_file(grids: Sequence[Grid], style: Style) -> bytes:
    """Tables as JSON."""
    return _file({"tables": [as_plain(grid) for grid in grids]})


def document_file(paper: Document, style: Style) -> bytes:
    """The tables of a paper as JSON, with its title and date."""
    return _file(
        {
            "title": printable(paper.title),
            "reference": printable(paper.reference),
            "date": paper.date.isoformat() if paper.date else None,
            "tables": [
                {"number": printable(block.number), **as_plain(block.grid)}
                for block in paper.blocks
                if isinstance(block, GridBlock)
            ],
        }
    )
