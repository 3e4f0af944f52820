"""Lists of any length as a workbook: every value in its place in every program, made once where it comes again."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from decimal import Decimal

import openpyxl
import pytest
import python_calamine

from council_hms.grid import Format
from council_hms.outputs import stream
from council_hms.outputs.columns import column_by_column
from council_hms.outputs.shown import year_label
from tests.council_hms.outputs.readers import libreoffice, soffice


def test_a_list_that_fills_its_sheet_has_no_empty_one_after_it():
    out = io.BytesIO()
    rows = ((place,) for place in range(20))
    assert stream.xlsx_rows([("Number", Format.COUNT)], rows, out, last_row=11) == 20
    assert openpyxl.load_workbook(out).sheetnames == ["List", "List 2"]


#: A list as ledgers are: with blanks at the start, in the midst and at the end of rows, and much that comes again.
LEDGER = [
    ("Title", Format.TEXT),
    ("Amount", Format.MONEY),
    ("Posted", Format.DATE),
    ("Year", Format.YEAR),
    ("Remark", Format.TEXT),
]
ENTRIES = [
    ("Works & plant", Decimal("12.50"), dt.date(2023, 6, 14), 2023, None),
    (None, None, dt.date(2023, 6, 14), 2023, "  kept "),
    ("Works & plant", Decimal("-0.01"), None, None, "two\nlines"),
    (None, None, None, None, None),
    ("=1+1", Decimal("999999999999.99"), dt.date(2024, 2, 29), 2024, None),
] * 3
READ = [
    [year_label(value) if place == 3 and value else value for place, value in enumerate(entry)]
    for entry in ENTRIES
]


def ledger() -> bytes:
    out = io.BytesIO()
    stream.xlsx_rows(LEDGER, iter(ENTRIES), out)
    return out.getvalue()


def as_read(row: Iterable[object]) -> list[object]:
    """A row as a program gave it: blanks alike, moments as days, figures in pence."""
    plain = [value.date() if isinstance(value, dt.datetime) else value for value in row]
    return [
        None
        if value == ""
        else round(Decimal(value), 2)
        if isinstance(value, int | float)
        else value
        for value in plain
    ]


def test_every_value_stands_in_its_column_beside_blanks():
    """The file does not say where its cells stand; two readers put them in the same places."""
    sheet = openpyxl.load_workbook(io.BytesIO(ledger())).worksheets[0]
    assert [as_read(row) for row in sheet.iter_rows(min_row=2, values_only=True)] == READ
    assert sheet["A6"].data_type == "s"
    assert (sheet["B2"].number_format, sheet["C2"].number_format) == (
        '#,##0.00;-#,##0.00;"-"',
        "d mmm yyyy",
    )
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(ledger()))
    assert [as_read(row) for row in rows.get_sheet_by_index(0).to_python()[1:]] == READ


@libreoffice
def test_libreoffice_puts_every_value_in_its_column():
    again = soffice(ledger(), "xlsx", "xlsx")["in.xlsx"]
    sheet = openpyxl.load_workbook(io.BytesIO(again)).worksheets[0]
    rows = [as_read(row) for row in sheet.iter_rows(min_row=2, max_row=16, values_only=True)]
    assert rows == READ


def test_values_that_are_equal_and_written_apart_stay_apart():
    pence = [Decimal("1.0"), Decimal("1.00"), None, None, None]
    mixed = [1, True, 1, True, None]
    rows = list(zip(pence, mixed, [["a"]] * 5, strict=True))
    assert column_by_column([str, str, str], rows) == [
        ["1.0", "1.00", "None", "None", "None"],
        ["1", "True", "1", "True", "None"],
        ["['a']"] * 5,
    ]
    hidden = [(None,), (Decimal("1.0"),), (Decimal("1.00"),), (None,), (None,), (None,)]
    assert column_by_column([str], hidden)[0][1:3] == ["1.0", "1.00"]


def test_a_value_that_comes_again_is_made_once():
    asked: list[str] = []

    def shout(word: str) -> str:
        asked.append(word)
        return word.upper()

    assert column_by_column([shout], [("a",), ("b",), ("a",), ("a",)]) == [["A", "B", "A", "A"]]
    assert sorted(asked) == ["a", "b"]


def test_a_row_of_another_length_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        column_by_column([str, str], [("a", "b"), ("a",)])
