"""Opens a spreadsheet of any kind and gives its cells as text. Runs in the limited child (child.py) only."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import python_calamine as calamine

from council_hms.outputs.csv import as_typed
from council_hms.outputs.shown import printable
from council_hms.spreadsheets.child import UNCALCULATED, Limits, SpreadsheetError

_ROWS_AT_ONCE = 2_000
_SAVE_AS = "Open it in Excel or LibreOffice, save it as .xlsx, and choose that file."
_LONGEST_TEXT = 32_767
#: The sheet that a marked workbook ends with, and who its comments are by.
_LIST, _MARKED_BY = "To put right", "Import"


def messages(
    content: bytes, name: str, sheet: int | None, first: int | None, limits: Limits
) -> Iterator[Any]:
    """A dict for the file, then for each sheet (or for ``sheet`` alone, from 0) a dict and its rows in lists."""
    kind = _kind(content, name)
    if kind == "csv":
        yield from _csv_messages(content, first, limits)
        return
    book = _open(content, kind, limits)
    remarks: list[str] = []
    if kind == "xlsm":
        remarks.append("The workbook has macros; they were not run.")
    yield {"kind": "xlsx" if kind == "xlsm" else kind, "remarks": remarks}
    scans = _Scans(content, limits) if kind in ("xlsx", "xlsm") else None
    # sheets are numbered as they are shown, without those that hold a chart alone
    tables = [
        (place, about)
        for place, about in enumerate(book.sheets_metadata)
        if about.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    for place, about in tables if sheet is None else tables[sheet : sheet + 1]:
        yield from _sheet_messages(book, place, about, scans, first, limits)


# -- what kind of file it is ------------------------------------------------------------------


def _kind(content: bytes, name: str) -> str:
    """By the content, never by the name: a CSV called .xls is a CSV."""
    if content[:4] == b"PK\x03\x04":
        return _zip_kind(content)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise SpreadsheetError(
                "The workbook is protected by a password. Save a copy without the password "
                "(File, Info, Protect Workbook) and choose that."
            )
        if "WordDocument".encode("utf-16-le") in content:
            raise SpreadsheetError(
                "This is a Word document. Choose the workbook or CSV with the table."
            )
        return "xls"
    if content[:5] == b"%PDF-":
        raise SpreadsheetError(
            "This is a PDF. Figures cannot be taken from it safely: ask for the workbook it was made from."
        )
    opening = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if opening.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<head")):
        raise SpreadsheetError(
            f"This is a web page or XML under a spreadsheet's name, as some systems write it. {_SAVE_AS}"
        )
    if content[:4] in (b"\x89PNG", b"\xff\xd8\xff\xe0", b"GIF8", b"\x1f\x8b\x08\x00"):
        raise SpreadsheetError("This is no spreadsheet. Choose a .xlsx, .xls, .ods or .csv file.")
    return "csv"


def _zip_kind(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
            if "xl/vbaProject.bin" in names:
                return "xlsm"
            if "xl/workbook.bin" in names:
                return "xlsb"
            if any(part.startswith("xl/") for part in names):
                return "xlsx"
            if "content.xml" in names:
                if b"encryption-data" in _part(package, "META-INF/manifest.xml", 5_000_000):
                    raise SpreadsheetError(
                        "The file is protected by a password. Save a copy without it and choose that."
                    )
                return "ods"
            if any(part.startswith("word/") for part in names):
                raise SpreadsheetError(
                    "This is a Word document. Choose the workbook or CSV with the table."
                )
    except zipfile.BadZipFile as error:
        raise SpreadsheetError(
            "The workbook is cut off or damaged. Ask for it again, or open it in Excel and save a copy."
        ) from error
    raise SpreadsheetError(
        "This is a zip file, not a spreadsheet. Unpack it and choose the file inside."
    )


def _part(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    """The bytes of one part, at most ``most`` of them; empty when there is none."""
    try:
        with package.open(name) as part:
            return part.read(most)
    except (KeyError, OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return b""


def _open(content: bytes, kind: str, limits: Limits) -> Any:
    if kind in ("xlsx", "xlsm", "xlsb", "ods"):
        _refuse_bombs(content, limits)
    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except calamine.PasswordError as error:
        raise SpreadsheetError(
            "The workbook is protected by a password. Save a copy without it and choose that."
        ) from error
    except Exception as error:  # the reader's faults on broken files are of every kind
        raise SpreadsheetError(
            f"The file is damaged or not what its name says. {_SAVE_AS}"
        ) from error


def _refuse_bombs(content: bytes, limits: Limits) -> None:
    """Unpacks every part and counts, since a package may lie about its sizes."""
    left = limits.unpacked
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for entry in package.infolist():
                if entry.file_size > left:
                    raise _too_large(limits)
                with package.open(entry) as part:
                    while piece := part.read(1 << 20):
                        left -= len(piece)
                        if left < 0:
                            raise _too_large(limits)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise SpreadsheetError(
            "The workbook is cut off, damaged or protected. Open it in Excel and save a copy."
        ) from error


def _too_large(limits: Limits) -> SpreadsheetError:
    return SpreadsheetError(
        f"The file unpacks to more than {limits.unpacked // 1_000_000} MB. Copy the table alone into a new "
        "workbook, as values, and save that."
    )


# -- sheets of a workbook ---------------------------------------------------------------------


class _Scans:
    """What calamine does not tell of an .xlsx: cells that show an error, formulas without a value."""

    _ERRORS = re.compile(
        rb'<c r="([A-Z]+)(\d+)"[^>]*\bt="e"[^>]*>(?:(?!</c>).)*?<v>([^<]*)</v>', re.S
    )
    _EMPTY = re.compile(
        rb'<c r="([A-Z]+)(\d+)"(?![^>]*\bt="str")[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*'
        rb"(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
    )
    _FAR = re.compile(rb'<c r="([A-Z]{3}\d+)"[^>/]*>')

    def __init__(self, content: bytes, limits: Limits) -> None:
        self.package = zipfile.ZipFile(io.BytesIO(content))
        self.limits = limits
        self.parts = self._paths()

    def _paths(self) -> list[str]:
        """The part of each sheet, in the workbook's order."""
        book = _part(self.package, "xl/workbook.xml", 5_000_000)
        links = _part(self.package, "xl/_rels/workbook.xml.rels", 5_000_000)
        targets = {}
        for link in re.findall(rb"<Relationship\b[^>]*>", links):
            key, target = (
                re.search(rb'\bId="([^"]*)"', link),
                re.search(rb'\bTarget="([^"]*)"', link),
            )
            if key and target:
                path = target[1].decode("utf-8", "replace").lstrip("/")
                targets[key[1]] = path if path.startswith("xl/") else f"xl/{path}"
        return [
            targets.get(found[1], "") if (found := re.search(rb'\br:id="([^"]*)"', tag)) else ""
            for tag in re.findall(rb"<sheet\b[^>]*>", book)
        ]

    def unseen(self, place: int) -> dict[tuple[int, int], str]:
        """Row and column (from 0) → what the cell shows. Raises for what cannot be read rightly."""
        if place >= len(self.parts):
            return {}
        xml = _part(self.package, self.parts[place], self.limits.unpacked)
        if far := self._FAR.search(xml):
            raise SpreadsheetError(
                f"The sheet has more than {self.limits.columns} columns: there is something in cell "
                f"{far[1].decode()}. Delete what is far outside the table, and save it again."
            )
        shown = {}
        if b"<f" in xml:
            for letters, row in self._EMPTY.findall(xml):
                shown[int(row) - 1, _column(letters)] = UNCALCULATED
        if b't="e"' in xml:
            for letters, row, words in self._ERRORS.findall(xml):
                shown[int(row) - 1, _column(letters)] = _clean(words.decode("utf-8", "replace"))
        return shown


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def _sheet_messages(
    book: Any, place: int, about: Any, scans: _Scans | None, first: int | None, limits: Limits
) -> Iterator[Any]:
    errors = scans.unseen(place) if scans else {}
    try:
        sheet = book.get_sheet_by_index(place)
        before = sheet.start[1] if sheet.start else 0
        height, width = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
    except Exception as error:
        raise SpreadsheetError(
            f"The sheet “{about.name[:40]}” is damaged or not what it seems. {_SAVE_AS}"
        ) from error
    _check_size(height, width, limits)
    yield {
        "name": printable(about.name),
        "height": height,
        "width": width,
        "is_hidden": about.visible != calamine.SheetVisibleEnum.Visible,
    }
    yield from _pieces(_texts(sheet, before, errors), first)


def _texts(sheet: Any, before: int, errors: dict[tuple[int, int], str]) -> Iterator[list[str]]:
    """The rows. The reader gives the empty rows above the table, and not the empty columns before it."""
    front = [""] * before
    error_rows = {row for row, _ in errors}
    for number, cells in enumerate(sheet.iter_rows()):
        row = front + [cell if cell.__class__ is str and not cell else text(cell) for cell in cells]
        if number in error_rows:
            for (at, column), shown in errors.items():
                if at == number and column < len(row):
                    row[column] = shown
        yield row


def text(cell: Any) -> str:
    """One cell as text: figures plain to 15 digits as Excel holds them, dates as 2023-06-14."""
    if isinstance(cell, str):
        return _clean(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        shown = f"{cell:.15g}"
        return _plain(shown) if "e" in shown else shown
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


def _plain(shown: str) -> str:
    from decimal import Decimal

    return f"{Decimal(shown):f}" if shown.lstrip("-")[0].isdigit() else shown


def _clean(words: str) -> str:
    words = words.strip()
    return words if words.isascii() and words.isprintable() else printable(words)[:_LONGEST_TEXT]


def _check_size(height: int, width: int, limits: Limits) -> None:
    if height > limits.rows:
        raise SpreadsheetError(
            f"A sheet has {height:,} rows and may have {limits.rows:,}. Split the file by period, or delete "
            "what is far below the table."
        )
    if width > limits.columns:
        raise SpreadsheetError(
            f"A sheet has {width:,} columns and may have {limits.columns}. Delete the columns that are not needed."
        )


def _pieces(rows: Iterable[list[str]], first: int | None) -> Iterator[list[list[str]]]:
    piece: list[list[str]] = []
    for number, row in enumerate(rows):
        if first is not None and number >= first:
            break
        piece.append(row)
        if len(piece) == _ROWS_AT_ONCE:
            yield piece
            piece = []
    if piece:
        yield piece


# -- CSV --------------------------------------------------------------------------------------


def _csv_messages(content: bytes, first: int | None, limits: Limits) -> Iterator[Any]:
    words, encoding = _decode(content)
    separator, skip = _separator(words)
    names = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes"}
    remarks = []
    if encoding != "UTF-8":
        remarks.append(f"The text was read as {encoding}.")
    if separator != ",":
        remarks.append(f"Columns were read as separated by {names[separator]}.")
    yield {"kind": "csv", "remarks": remarks}
    csv.field_size_limit(1_000_000)
    source = csv.reader(io.StringIO(words[skip:], newline=""), delimiter=separator)
    rows: list[list[str]] = [[]] if skip else []
    width = 0
    try:
        for row in source:
            if len(row) > limits.columns:
                _check_size(0, len(row), limits)
            if len(rows) >= limits.rows:
                _check_size(limits.rows + 1, 0, limits)
            width = max(width, len(row))
            # rows that nobody asked for are counted, not cleaned
            rows.append(row if first is not None and len(rows) >= first else _cleaned(row))
    except csv.Error as error:
        raise SpreadsheetError(
            f"The CSV cannot be read after row {len(rows):,}: a quotation mark may be open there. {_SAVE_AS}"
        ) from error
    while rows and not any(rows[-1]):
        rows.pop()
    yield {"name": "CSV", "height": len(rows), "width": width, "is_hidden": False}
    yield from _pieces(rows, first)


def _cleaned(row: list[str]) -> list[str]:
    """Cells without what surrounds or spoils them. The quote that a safe CSV puts before words comes off again."""
    return [
        cell
        if cell.isalnum() and cell.isascii()
        else _clean(as_typed(cell) if cell[:1] == "'" else cell)
        for cell in row
    ]


def _decode(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding."""
    sample = content[:2000]
    wide = sample.count(b"\x00") > len(sample) // 4
    if content.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif wide and sample[1::2].count(b"\x00") >= sample[0::2].count(b"\x00"):
        encodings = ["utf-16-le"]
    elif wide:
        encodings = ["utf-16-be"]
    else:
        encodings = ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            words = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in words:
            break
        names = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
        return words, names.get(encoding, "UTF-16")
    raise SpreadsheetError(
        "This is no spreadsheet, or its characters cannot be read. Choose a .xlsx, .xls, .ods or .csv file."
    )


def _separator(words: str) -> tuple[str, int]:
    """What separates columns, and how many characters of the start only say so (``sep=;``)."""
    if named := re.match(r"sep=([,;|\t])\r?\n", words, re.IGNORECASE):
        return named[1], named.end()
    sample = "\n".join(words[:20_000].splitlines()[:60])
    best, score = ",", 0.0
    for separator in ",;\t|":
        try:
            widths = [
                len(row) for row in csv.reader(sample.splitlines(), delimiter=separator) if row
            ]
        except csv.Error:
            continue
        common, times = (
            Counter(w for w in widths if w > 1).most_common(1)[0]
            if any(w > 1 for w in widths)
            else (1, 0)
        )
        # rows of one width speak for a separator, and the more columns the more
        if common * times > score:
            best, score = separator, common * times
    return best, 0


# -- marking ----------------------------------------------------------------------------------


def marked(
    content: bytes, sheet: int, marks: list[tuple[int, int, str]], limits: Limits
) -> Iterator[Any]:
    """The workbook with cells coloured and commented, and a last sheet that lists the marks.

    What an earlier marking left in it is taken away first.
    """
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter

    from council_hms.outputs.stream import WRONG

    _refuse_bombs(content, limits)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content))
        page = book.worksheets[sheet]
        wrong = PatternFill("solid", fgColor=WRONG)
        if _LIST in book.sheetnames and book[_LIST] is not page:
            del book[_LIST]
        for cell in (cell for row in page.iter_rows() for cell in row if cell.comment):
            if cell.comment.author == _MARKED_BY:
                cell.comment, cell.fill = None, PatternFill()
        listed = book.create_sheet(_LIST)
        listed.append(["Row", "Column", "What to do"])
        for row, column, words in marks:
            listed.append([row or None, get_column_letter(column) if column else None, None])
            listed.cell(listed.max_row, 3, words).data_type = "s"
            if row:
                cell = page.cell(row, column or 1)
                cell.fill = wrong
                earlier = f"{cell.comment.text}\n" if cell.comment else ""
                cell.comment = Comment(f"{earlier}{words}"[:2000], _MARKED_BY)
        listed.column_dimensions["C"].width = 100
        out = io.BytesIO()
        book.save(out)
    except Exception as error:  # openpyxl's faults on real files are of every kind
        raise SpreadsheetError(
            "The workbook cannot be marked. Put it right by the list of faults."
        ) from error
    yield {"file": base64.b64encode(out.getvalue()).decode()}
