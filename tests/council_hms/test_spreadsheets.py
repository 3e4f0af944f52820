"""Spreadsheets as councils send them: read as they stand, or refused with what to do."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile

import openpyxl
import pytest

from council_hms import spreadsheets
from council_hms.outputs import csv as csv_file
from council_hms.spreadsheets import Limits, SpreadsheetError


def workbook(*rows, edit=None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if edit:
        edit(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(content: bytes, name: str = "ledger") -> list[list[str]]:
    return spreadsheets.read(content, name).sheets[0].rows


LEDGER = [
    ["Project", "Posted", "Amount"],
    ["HMS", dt.date(2023, 6, 14), 605.1],
    ["HMS", dt.date(2023, 6, 15), -6.8],
    ["HMS", dt.date(2024, 3, 31), 1234567.25],
]
LEDGER_TEXT = [
    ["Project", "Posted", "Amount"],
    ["HMS", "2023-06-14", "605.1"],
    ["HMS", "2023-06-15", "-6.8"],
    ["HMS", "2024-03-31", "1234567.25"],
]


def test_numbers_and_dates_come_as_plain_text():
    assert rows_of(workbook(*LEDGER)) == LEDGER_TEXT


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_old_excel_and_open_document_read_the_same(saved_by_libreoffice, suffix: str):
    content = saved_by_libreoffice(workbook(*LEDGER), suffix)
    found = spreadsheets.read(content, "ledger")
    assert found.kind == suffix
    assert found.sheets[0].rows == LEDGER_TEXT


def test_a_row_has_the_number_that_excel_shows():
    def low_and_right(sheet):
        sheet["C5"] = "Amount"
        sheet["C6"] = 12

    rows = rows_of(workbook(edit=low_and_right))
    assert rows[4][2] == "Amount"
    assert rows[5][2] == "12"
    assert len(rows) == 6


def test_what_a_formula_gave_is_rounded_as_excel_shows_it():
    assert rows_of(workbook([0.1 + 0.2, 1e-7, 1e15])) == [["0.3", "0.0000001", "1000000000000000"]]


def test_an_error_in_a_cell_is_seen_and_not_blank():
    def broken(sheet):
        sheet["B2"] = "#REF!"
        sheet["B2"].data_type = "e"

    assert rows_of(workbook(["a", "b"], ["x"], edit=broken))[1] == ["x", "#REF!"]


def test_a_formula_that_nothing_has_calculated_is_seen_and_not_blank():
    assert rows_of(workbook(["a", "=SUM(C1:C2)", "x"])) == [["a", spreadsheets.UNCALCULATED, "x"]]


@pytest.mark.parametrize(
    ("content", "remark"),
    [
        ("Name,£\nÉlan,1".encode(), None),
        ("Name,£\nÉlan,1".encode("utf-8-sig"), None),
        ("Name,£\nÉlan,1".encode("cp1252"), "Windows-1252"),
        ("Name;£\nÉlan;1".encode("cp1252"), "semicolons"),
        ("Name\t£\nÉlan\t1".encode("utf-16"), "UTF-16"),
        ("Name\t£\nÉlan\t1".encode("utf-16-be"), "UTF-16"),
        ("Name|£\r\nÉlan|1\r\n\r\n".encode(), "upright strokes"),
    ],
)
def test_csv_of_every_encoding_and_separator(content: bytes, remark: str | None):
    found = spreadsheets.read(content, "ledger.csv")
    assert found.sheets[0].rows == [["Name", "£"], ["Élan", "1"]]
    assert (remark in " ".join(found.remarks)) if remark else not found.remarks


def test_csv_that_names_its_separator_keeps_its_row_numbers():
    rows = rows_of(b"sep=;\r\na;b\r\n1;2")
    assert rows == [[], ["a", "b"], ["1", "2"]]


def test_our_own_csv_comes_back_as_it_was_typed():
    words = ["=1+1", "'quoted", "-6.8", "@name", "O'Neill", "'=x"]
    line = ",".join(csv_file.safe(each) for each in words)
    assert rows_of(line.encode()) == [words]


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<html><table><tr><td>1</td></tr></table>", "save it as .xlsx"),
        (b"<?xml version='1.0'?><Workbook/>", "save it as .xlsx"),
        (b"PK\x03\x04 cut off", "cut off or damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000, "damaged"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        (b"\x89PNG\r\n", "no spreadsheet"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "no spreadsheet"),
        (workbook(["a", "b"])[:2500], "damaged"),
    ],
)
def test_what_is_no_readable_spreadsheet_is_refused_with_advice(content: bytes, advice: str):
    with pytest.raises(SpreadsheetError, match=advice):
        spreadsheets.read(content, "ledger.xlsx")


def test_limits_are_counted_and_said():
    few = Limits(rows=3, columns=2)
    with pytest.raises(SpreadsheetError, match=r"has 4 rows and may have 3"):
        spreadsheets.read(workbook(["a"], ["b"], ["c"], ["d"]), "x", limits=few)
    with pytest.raises(SpreadsheetError, match=r"has 4 rows and may have 3"):
        spreadsheets.read(b"a\nb\nc\nd", "x", limits=few)
    with pytest.raises(SpreadsheetError, match=r"has 3 columns and may have 2"):
        spreadsheets.read(b"a,b,c", "x", limits=few)
    with pytest.raises(SpreadsheetError, match=r"larger than 0 MB"):
        spreadsheets.read(b"a" * 11, "x", limits=Limits(size=10))


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_quickly():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"0" * 150_000_000)
    began = time.monotonic()
    with pytest.raises(SpreadsheetError, match="unpacks to more than 100 MB"):
        spreadsheets.read(out.getvalue(), "bomb.xlsx")
    assert time.monotonic() - began < 20


def test_a_workbook_that_claims_every_cell_is_refused():
    def far(sheet):
        sheet["XFD1048576"] = 1

    with pytest.raises(SpreadsheetError, match="XFD1048576"):
        spreadsheets.read(workbook(["a"], edit=far), "far.xlsx")

    def deep(sheet):
        sheet["A1048576"] = 1

    with pytest.raises(SpreadsheetError, match="1,048,576 rows"):
        spreadsheets.read(workbook(["a"], edit=deep), "deep.xlsx")


def test_formatting_far_outside_the_table_is_no_content():
    def painted(sheet):
        sheet["CZ4000"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")

    assert rows_of(workbook(["a", "b"], edit=painted)) == [["a", "b"]]


def test_a_child_without_memory_ends_and_the_product_does_not():
    with pytest.raises(SpreadsheetError, match="more memory or time"):
        spreadsheets.read(
            workbook(["a"] * 90, *[["x" * 200] * 90] * 300), "x", limits=Limits(memory=40_000_000)
        )
    with pytest.raises(SpreadsheetError, match="more memory or time"):
        spreadsheets.read(workbook(["a"]), "x", limits=Limits(clock=0))
    assert rows_of(b"a,b") == [["a", "b"]]


def test_characters_that_no_database_holds_are_left_out():
    assert rows_of(b"a\x0bb,c") == [["ab", "c"]]
