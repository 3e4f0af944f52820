"""Gives a file back with its faults marked, to be put right and sent again.

A CSV comes back as a CSV, a workbook of ordinary length as itself with its faulty cells coloured and
commented. From every other kind the sheet that was read comes back as an Excel workbook. Row numbers
stay as they were. Where no comment can stand, a last column says what is wrong; it is passed over when
the file comes again (parse.py mark_of).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import IO, NamedTuple

from budgets.imports.parse import MARK, Choices, letter, mark_of
from budgets.imports.stage import rows_of
from budgets.models import ImportFault, ImportRun
from council_hms import spreadsheets
from council_hms.grid import Format, Value
from council_hms.outputs.csv import safe
from council_hms.outputs.stream import Wrong, xlsx_rows
from council_hms.spreadsheets import SpreadsheetError

#: Rows up to which a workbook itself is marked; a longer one would take minutes.
_ITSELF_UP_TO = 5_000


def form_of(run: ImportRun) -> str:
    """The format in which a file comes back: ``csv`` or ``xlsx``."""
    return "csv" if run.file_kind == "csv" else "xlsx"


def comes_back_itself(run: ImportRun) -> bool:
    """Whether it is the very workbook that was sent, with all its sheets and its looks."""
    return run.file_kind == "xlsx" and run.rows_in_file <= _ITSELF_UP_TO


def marked_file(run: ImportRun) -> IO[bytes]:
    """The file with its faults marked, in the format that ``form_of`` says. Raises SpreadsheetError."""
    out = tempfile.TemporaryFile()
    if comes_back_itself(run):
        try:
            out.write(_itself(run))
        except SpreadsheetError:  # what one reader opens another may not
            _sheet_alone(run, out)
    elif form_of(run) == "csv":
        _as_csv(run, out)
    else:
        _sheet_alone(run, out)
    out.seek(0)
    return out


def _itself(run: ImportRun) -> bytes:
    faults = ImportFault.objects.filter(run=run).order_by("row", "place", "pk")
    return spreadsheets.mark(
        run.importfile.sent,
        run.file_name,
        Choices.of(run.choices).sheet,
        list(faults.values_list("row", "place", "message")),
    )


class _Row(NamedTuple):
    """A row of the file, the places (from 0) of its faulty cells, and what is wrong with it."""

    cells: Sequence[str]
    wrong: frozenset[int]
    words: str


def _rows(run: ImportRun) -> tuple[int, Iterator[_Row]]:
    """How many columns the sheet has of its own, and its rows, as wide as that."""
    choices = Choices.of(run.choices)
    places: dict[int, set[int]] = {}
    said: dict[int, list[str]] = {}
    for row, place, head, message in (
        ImportFault.objects.filter(run=run)
        .order_by("row", "place", "pk")
        .values_list("row", "place", "head", "message")
    ):
        places.setdefault(row, set()).add(place - 1)
        where = f"{letter(place)} {head}: " if place else ""
        said.setdefault(row, []).append(f"{where}{message}")
    outline = run.outline["sheets"][choices.sheet]["rows"]
    mark = mark_of(outline[choices.head_row - 1]) if choices.head_row <= len(outline) else None
    width = mark
    if width is None:
        width = max((len(row) for piece in rows_of(run, choices.sheet) for row in piece), default=0)

    def marked() -> Iterator[_Row]:
        number = 0
        for piece in rows_of(run, choices.sheet):
            for cells in piece:
                number += 1
                words = "; ".join(said.get(number, ()))
                if number == choices.head_row:  # with what is wrong with the whole file
                    words = ": ".join([MARK, *said.get(0, ())])
                padded = [*cells, *[""] * (width - len(cells))][:width]
                yield _Row(padded, frozenset(places.get(number, ())), words)

    return width, marked()


def _as_csv(run: ImportRun, out: IO[bytes]) -> None:
    _, rows = _rows(run)
    words = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(words)
    for row in rows:
        writer.writerow([*map(_for_csv, row.cells), safe(row.words)])
    words.detach()


#: An amount with its signs, which no spreadsheet takes for a formula.
_AMOUNT = re.compile(r"[-+(]?[\s£\d.,]*[kKmM)]?-?").fullmatch


def _for_csv(cell: str) -> str:
    return cell if _AMOUNT(cell) else safe(cell)


def _sheet_alone(run: ImportRun, out: IO[bytes]) -> None:
    width, rows = _rows(run)
    first = next(rows, _Row([""] * width, frozenset(), MARK))
    columns = [(words, Format.TEXT) for words in (*first.cells, first.words)]
    sheet = run.outline["sheets"][Choices.of(run.choices).sheet]["name"]
    xlsx_rows(columns, map(_for_excel, rows), out, name=sheet)


def _for_excel(row: _Row) -> list[Value | Wrong]:
    values: list[Value | Wrong] = list(map(_value, row.cells))
    for place in row.wrong:
        if 0 <= place < len(values):
            values[place] = Wrong(values[place])  # type: ignore[arg-type]
    return [*values, row.words]


_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?", re.ASCII).fullmatch
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII).fullmatch


def _value(cell: str) -> Value:
    """What the text of a cell was, so that Excel sums figures and sorts dates."""
    if _NUMBER(cell) and len(cell) < 16:
        return Decimal(cell)
    if _DATE(cell):
        try:
            return dt.date.fromisoformat(cell)
        except ValueError:
            return cell
    return cell
