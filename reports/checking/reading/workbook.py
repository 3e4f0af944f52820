"""Excel workbooks (.xlsx, .xlsm): each cell as it is shown and the exact number behind it. Macros are never run."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.utils import range_boundaries

from reports.checking.paper import Cell, Paper
from reports.checking.reading import sheets
from reports.checking.reading.compose import Composer
from reports.checking.reading.limits import MOST_COLUMNS, MOST_ROWS, ReadError
from reports.checking.reading.number_format import show

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(slots=True)
class _Marks:
    """What a sheet says beside its values: merged ranges, formulas that were stored without a value."""

    merged: list[str] = field(default_factory=list)
    uncalculated: list[str] = field(default_factory=list)
    hidden_rows: int = 0


def read(content: bytes, format: str = "xlsx") -> Paper:
    """The tables of a workbook, sheet by sheet; hidden sheets are left out, and said."""
    composer = Composer(format)
    try:
        workbook = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
    except Exception as error:  # openpyxl raises many kinds on damaged files
        raise ReadError(
            "The workbook is damaged or not complete. Open it in Excel, save it again as .xlsx and upload that."
        ) from error
    package = zipfile.ZipFile(io.BytesIO(content))
    cells = 0
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            composer.remark(f"The hidden sheet “{sheet.title}” is not read.")
            continue
        marks = _marks(package, getattr(sheet, "_worksheet_path", ""))
        sheet.reset_dimensions()  # what a file claims about its size is not believed
        rows: list[list[Cell]] = []
        try:
            for row in _rows(sheet):
                cells += len(row)
                if len(rows) >= MOST_ROWS or cells > 2_000_000:
                    raise ReadError(
                        f"The workbook has more than {MOST_ROWS:,} rows on a sheet. Keep only the tables to check."
                    )
                rows.append(row)
        except ReadError:
            raise
        except Exception as error:
            raise ReadError(
                f"The sheet “{sheet.title}” is damaged. Save the workbook again in Excel."
            ) from error
        _merge(rows, marks.merged)
        before = len(composer.blocks)
        sheets.put(composer, rows, sheet.title)
        if len(composer.blocks) > before:
            if marks.uncalculated:
                shown = ", ".join(marks.uncalculated[:5]) + (
                    " and others" if len(marks.uncalculated) > 5 else ""
                )
                composer.not_read(
                    f"Formulas on “{sheet.title}” were saved without their values ({shown}). "
                    "Open the workbook in Excel, save it and upload it again."
                )
            if marks.hidden_rows:
                composer.not_read(
                    f"“{sheet.title}” has {marks.hidden_rows} hidden rows; they are read like the others."
                )
            if any(len(row) > MOST_COLUMNS for row in rows):
                composer.not_read(
                    f"Only the first {MOST_COLUMNS} columns of “{sheet.title}” are read."
                )
    title = (workbook.properties.title or "") if workbook.properties else ""
    return composer.paper(title)


def _rows(sheet: Any) -> Iterator[list[Cell]]:
    blanks = 0
    for row in sheet.iter_rows():
        cells = [
            _cell(cell.value, getattr(cell, "number_format", "General") or "General")
            for cell in row[: MOST_COLUMNS + 1]
        ]
        while cells and not cells[-1].text:
            cells.pop()
        if not cells:
            blanks += 1
            if blanks > 200:  # a stray cell far below
                continue
        else:
            blanks = 0
        yield cells


def _cell(value: Any, form: str) -> Cell:
    if value is None:
        return Cell("")
    if isinstance(value, bool):
        return Cell("TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        return number_cell(
            Decimal(repr(value)) if isinstance(value, float) else Decimal(value), form
        )
    if isinstance(value, dt.datetime | dt.date):
        return Cell(f"{value.day} {value:%B %Y}")
    return Cell(str(value))


def number_cell(value: Decimal, form: str) -> Cell:
    """A number as its format shows it, with the exact number in the unit that is printed."""
    if not value.is_finite():
        return Cell(str(value))
    shown = show(value, form)
    return Cell(shown.text, shown.value, percent=shown.percent, money=shown.money)


def _marks(package: zipfile.ZipFile, path: str) -> _Marks:
    marks = _Marks()
    if not path:
        return marks
    try:
        with package.open(path.lstrip("/")) as part:
            for _, element in etree.iterparse(
                part,
                tag=(f"{_MAIN}c", f"{_MAIN}mergeCell", f"{_MAIN}row"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
            ):
                if element.tag == f"{_MAIN}c":
                    if element.find(f"{_MAIN}f") is not None and not (
                        element.findtext(f"{_MAIN}v") or element.get("t") == "str"
                    ):
                        marks.uncalculated.append(element.get("r") or "?")
                    continue  # cleared with its row
                if element.tag == f"{_MAIN}mergeCell":
                    marks.merged.append(element.get("ref") or "")
                elif element.get("hidden") in ("1", "true") and len(element):
                    marks.hidden_rows += 1
                element.clear()
    except (KeyError, etree.XMLSyntaxError):
        pass  # openpyxl read the values; without the marks every cell stands for itself
    return marks


def _merge(rows: list[list[Cell]], merged: Sequence[str]) -> None:
    for reference in merged[:20_000]:
        try:
            left, top, right, bottom = range_boundaries(reference)
        except (ValueError, TypeError):
            continue
        if None in (left, top, right, bottom):
            continue
        left, top, right, bottom = (
            int(left) - 1,
            int(top) - 1,
            min(int(right), MOST_COLUMNS),
            min(int(bottom), len(rows)),
        )
        if top >= len(rows) or left >= MOST_COLUMNS:
            continue
        for at in range(top, bottom):
            rows[at].extend(Cell("") for _ in range(right - len(rows[at])))
            for column in range(left, right):
                if (at, column) != (top, left):
                    rows[at][column] = Cell("", covered=True)
        rows[top][left] = replace(rows[top][left], across=right - left, down=bottom - top)
