"""Old Excel (.xls) and OpenDocument (.ods) workbooks, by calamine: values without number formats."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import python_calamine

from reports.checking.paper import Cell, Paper
from reports.checking.reading import sheets
from reports.checking.reading.compose import Composer
from reports.checking.reading.limits import MOST_COLUMNS, MOST_ROWS, ReadError
from reports.checking.reading.workbook import number_cell


def read(content: bytes, format: str) -> Paper:
    """The tables of the workbook."""
    composer = Composer(format)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for meta in workbook.sheets_metadata:
            if meta.visible != python_calamine.SheetVisibleEnum.Visible:
                composer.remark(f"The hidden sheet “{meta.name}” is not read.")
                continue
            if not composer.blocks:
                composer.remark(
                    "Workbooks of this kind are read without their number formats: figures stand as they are stored, "
                    "not as they are shown. Save it as .xlsx to have them checked as shown."
                )
            sheet = workbook.get_sheet_by_name(meta.name)
            rows: list[list[Cell]] = []
            for row in sheet.iter_rows():
                if len(rows) >= MOST_ROWS:
                    raise ReadError(f"The workbook has more than {MOST_ROWS:,} rows on a sheet.")
                rows.append([_cell(value) for value in row[:MOST_COLUMNS]])
            sheets.put(composer, rows, meta.name)
    except python_calamine.PasswordError as error:
        raise ReadError(
            "The file is locked with a password. Save a copy without the password and upload that."
        ) from error
    except python_calamine.CalamineError as error:
        raise ReadError(
            "The workbook is damaged or not complete. Open it, save it as .xlsx and upload that."
        ) from error
    return composer.paper()


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return Cell("TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        exact = Decimal(repr(round(value, 10)))
        return number_cell(exact, "General")
    if isinstance(value, dt.datetime | dt.date):
        return Cell(f"{value.day} {value:%B %Y}")
    return Cell("" if value is None else str(value))
