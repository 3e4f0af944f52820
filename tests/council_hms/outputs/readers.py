"""Reads our files back with other people's programs, as the people who get them would."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import python_calamine
from lxml import html as lxml_html

from tests.council_hms.outputs.appendix_3 import PRINTED

libreoffice = pytest.mark.libreoffice


def soffice(content: bytes, suffix: str, to: str, *, filter_options: str = "") -> dict[str, bytes]:
    """Opens a file in LibreOffice and saves it as another kind; every file that came out, by name."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"in.{suffix}"
        source.write_bytes(content)
        out = Path(folder) / "out"
        kind = f"{to}:{filter_options}" if filter_options else to
        subprocess.run(
            [
                program,
                f"-env:UserInstallation=file://{folder}/profile",
                *("--headless", "--norestore", "--convert-to", kind, "--outdir", str(out)),
                str(source),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
        return {each.name: each.read_bytes() for each in out.iterdir()}


def without_cached_values(workbook: bytes) -> bytes:
    """The workbook with the value of every formula taken out, so that a reader must calculate."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                part = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", part)
            new.writestr(entry.filename, part)
    return out.getvalue()


def sheet(workbook: bytes, *, formulas: bool = False, place: int = 0) -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook), data_only=not formulas).worksheets[place]


def sheet_rows(workbook: bytes, *, formulas: bool = False, place: int = 0) -> dict[str, list[Any]]:
    """The rows of a sheet by their label."""
    rows = sheet(workbook, formulas=formulas, place=place).iter_rows(values_only=True)
    return {str(row[0]): list(row[1:]) for row in rows if row[0] is not None}


def calamine_rows(workbook: bytes) -> dict[str, list[Any]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return {str(row[0]): list(row[1:]) for row in book.get_sheet_by_index(0).to_python()}


def html_rows(page: str | bytes) -> dict[str, list[str]]:
    """The rows of a page's first table by the words of their head; marks of remarks left out."""
    tree = lxml_html.fromstring(page)
    table = next(tree.iter("table"))
    for mark in list(table.iter("sup")):
        mark.drop_tree()
    return {
        row.find("th").text_content(): [cell.text_content() for cell in row.findall("td")]
        for row in table.iter("tr")
        if row.find("th") is not None and row.getparent().tag == "tbody"
    }


def docx_rows(word: bytes, table: int = 0) -> dict[str, list[str]]:
    opened = docx.Document(io.BytesIO(word)).tables[table]
    rows = {}
    for row in opened._tbl.tr_lst:
        cells = ["".join(text.text or "" for text in tc.iter(_T)) for tc in row.tc_lst]
        rows[cells[0]] = [re.sub(r" \([a-z]\)$", "", cell) for cell in cells[1:]]
    return rows


_T = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"


def assert_printed(rows: dict[str, list[str]]) -> None:
    """Every row of Appendix 3 is there, figure for figure."""
    for label, figures in PRINTED.items():
        assert rows[label] == figures, label
