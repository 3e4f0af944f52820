"""Writes lists of any length as an Excel workbook in constant memory: rows go into the zip as they come.

A workbook of this kind has no formulas and no merged heads; it is for lists (lines, spend, history), where
xlsx.py is for printed tables. Words are inline strings, amounts are full pounds shown with pence, dates are
dates. A list that is longer than a sheet goes on on a second one, with its head.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import IO, NamedTuple
from xml.sax.saxutils import escape as _xml

from xlsxwriter.utility import xl_col_to_name

from council_hms.grid import Format, Value
from council_hms.outputs.shown import LONGEST_CELL, cell_words, printable, year_label
from council_hms.outputs.style import Style
from council_hms.outputs.xlsx import sheet_names

LAST_ROW = 1_048_576
#: The colour behind a cell that something is wrong with.
WRONG = "FFD9D9"
_ROWS_AT_ONCE = 500
_KEPT_ENDINGS = 4_000
_DAY_NOUGHT = dt.date(1899, 12, 30).toordinal()
_FIXED = (1980, 1, 1, 0, 0, 0)
#: Words that need no care: nothing to escape, nothing XML forbids.
_BARE = re.compile(r"[^&<>\x00-\x1f_\ud800-\udfff\ufffe\uffff]*\Z").match
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WIDTHS = {Format.TEXT: 28, Format.MONEY: 16, Format.DATE: 12}


class Wrong(NamedTuple):
    """A cell that something is wrong with: it is coloured, and should say so beside it, too."""

    value: Value


def xlsx_rows(
    columns: Sequence[tuple[str, Format]],
    rows: Iterable[Sequence[Value | Wrong]],
    fileobj: IO[bytes],
    *,
    name: str = "List",
    style: Style | None = None,
    last_row: int = LAST_ROW,
) -> int:
    """Writes a workbook of ``rows`` (values in the order of ``columns``: label and format) and returns how many.

    ``fileobj`` is a file to write to; it need not seek back. ``name`` names the sheet. Same rows, same bytes.
    """
    style = style or Style()
    written = 0
    sheets: list[str] = []
    names = sheet_names([name, *(f"{name[:24]} {place}" for place in range(2, 60))])
    with zipfile.ZipFile(fileobj, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        source = iter(rows)
        # the first row that does not fit opens the next sheet
        waiting: list[Sequence[Value | Wrong]] = []
        while not sheets or waiting:
            sheets.append(names[len(sheets)])
            entry = f"xl/worksheets/sheet{len(sheets)}.xml"
            with package.open(_entry(entry), "w", force_zip64=True) as part:
                part.write(_sheet_opening(columns, first=len(sheets) == 1).encode())
                on_sheet = 0
                for chunk, count in _row_chunks(columns, waiting, source, last_row - 1):
                    part.write(chunk.encode())
                    on_sheet += count
                written += on_sheet
                part.write(_sheet_closing(len(columns), on_sheet + 1).encode())
        for path, words in _frame(sheets, columns, style):
            package.writestr(_entry(path), words)
    return written


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _FIXED)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


# -- rows -------------------------------------------------------------------------------------


def _row_chunks(
    columns: Sequence[tuple[str, Format]],
    waiting: list[Sequence[Value | Wrong]],
    source: Iterator[Sequence[Value | Wrong]],
    room: int,
) -> Iterator[tuple[str, int]]:
    """The XML of the rows of one sheet, some hundreds at a time; leaves the row that has no room in ``waiting``."""
    cells = [_writer(xl_col_to_name(place), form) for place, (_, form) in enumerate(columns)]
    at = 1
    pending: list[str] = []
    first = waiting[:]
    waiting.clear()
    for row in chain(first, source):
        if at > room:
            waiting.append(row)
            break
        at += 1
        number = str(at)
        pending.append(
            f'<row r="{number}">'
            + "".join([cell(value, number) for cell, value in zip(cells, row, strict=True)])
            + "</row>"
        )
        if len(pending) == _ROWS_AT_ONCE:
            yield "".join(pending), len(pending)
            pending.clear()
    if pending:
        yield "".join(pending), len(pending)


def _words(text: str) -> str:
    """Words inside ``<t>``: escaped, without what XML forbids; ``_x000A_`` stays those seven characters."""
    if _BARE(text) and len(text) <= LONGEST_CELL:
        return text
    text = _xml(cell_words(text))
    return re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)


def _writer(letter: str, form: Format) -> Callable[[Value | Wrong, str], str]:
    """How a column's values become cells.

    This runs for every cell of a million rows, so words and dates, which mostly come again, are kept as
    the end of their cell once made (up to some thousands a column, or memory would grow with the list).
    """
    opening = f'<c r="{letter}'
    number = {Format.MONEY: '" s="2"><v>', Format.PERCENT: '" s="4"><v>'}.get(form, '"><v>')
    made: dict[Value | Wrong, str] = {}

    def words(value: str) -> str:
        text = _words(value)
        if not text:
            return ""
        kept = text[0] <= " " or text[-1] <= " " or "\n" in text
        space = ' xml:space="preserve"' if kept else ""
        return f'" t="inlineStr"><is><t{space}>{text}</t></is></c>'

    def ending(value: Value | Wrong) -> str:
        if isinstance(value, Wrong):
            said = value.value
            if isinstance(said, dt.date):
                return f'" s="6"><v>{said.toordinal() - _DAY_NOUGHT}</v></c>'
            if isinstance(said, Decimal | int):
                return f'" s="5"><v>{said}</v></c>'
            return f'" s="5{words(said)}' if said else '" s="5"/>'
        if isinstance(value, str):
            return words(value)
        if isinstance(value, dt.date):
            return f'" s="3"><v>{value.toordinal() - _DAY_NOUGHT}</v></c>'
        if value is None:
            return ""
        if form is Format.YEAR:
            return words(year_label(value))
        return f'" s="4"><v>{Decimal(value) / 100}</v></c>'

    def write(value: Value | Wrong, row: str) -> str:
        kind = value.__class__
        if (
            (kind is Decimal or kind is int)
            and form is not Format.PERCENT
            and form is not Format.YEAR
        ):
            return f"{opening}{row}{number}{value}</v></c>"
        end = made.get(value)
        if end is None:
            end = ending(value)
            if len(made) < _KEPT_ENDINGS and len(end) < 300:
                made[value] = end
        return f"{opening}{row}{end}" if end else ""

    return write


# -- the frame around the rows ----------------------------------------------------------------


def _sheet_opening(columns: Sequence[tuple[str, Format]], *, first: bool) -> str:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{max(_WIDTHS.get(form, 11), min(len(label) + 4, 40))}" '
        'customWidth="1"/>'
        for place, (label, form) in enumerate(columns, start=1)
    )
    heads = "".join(
        f'<c r="{xl_col_to_name(place)}1" s="1" t="inlineStr"><is><t xml:space="preserve">'
        f"{_words(label)}</t></is></c>"
        for place, (label, _) in enumerate(columns)
    )
    selected = ' tabSelected="1"' if first else ""
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView{selected} workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols>{widths}</cols><sheetData><row r="1">{heads}</row>'
    )


def _sheet_closing(columns: int, last: int) -> str:
    return (
        f'</sheetData><autoFilter ref="A1:{xl_col_to_name(columns - 1)}{last}"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )


def _frame(
    sheets: Sequence[str], columns: Sequence[tuple[str, Format]], style: Style
) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(sheets) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/styles.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
        '<Override PartName="/docProps/core.xml" ContentType="application/'
        f'vnd.openxmlformats-package.core-properties+xml"/>{parts}</Types>',
    )
    yield (
        "_rels/.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>',
    )
    tabs = "".join(
        f'<sheet name="{_xml(name, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, sheets, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{tabs}</sheets></workbook>',
    )
    leads = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{leads}'
        f'<Relationship Id="rId{len(sheets) + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
        "</Relationships>",
    )
    yield "xl/styles.xml", _styles(style)
    stamp = f"{style.stamp:%Y-%m-%dT%H:%M:%SZ}"
    yield (
        "docProps/core.xml",
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_xml(printable(sheets[0]))}</dc:title>"
        f"<dc:creator>{_xml(printable(style.author or style.council))}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f"<dc:language>{_xml(printable(style.language))}</dc:language></cp:coreProperties>",
    )


def _styles(style: Style) -> str:
    """One look each for words, heads, money, dates and percentages; for what is wrong, and a date that is."""
    colour = style.colour.lstrip("#").upper()
    colour = colour if re.fullmatch(r"[0-9A-F]{6}", colour) else "1D4F4A"
    font = '<sz val="11"/>{}<name val="Arial"/>'
    looks = "".join(
        f'<xf numFmtId="{number}" fontId="{face}" fillId="{fill}" borderId="0" xfId="0" '
        'applyNumberFormat="1" applyFont="1" applyFill="1"/>'
        for number, face, fill in (
            *((0, 0, 0), (0, 1, 2), (164, 0, 0), (165, 0, 0), (166, 0, 0)),
            *((0, 0, 3), (165, 0, 3)),
        )
    )
    white = font.format('<color rgb="FFFFFFFF"/>')
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="3">'
        '<numFmt numFmtId="164" formatCode="#,##0.00;-#,##0.00;&quot;-&quot;"/>'
        '<numFmt numFmtId="165" formatCode="d mmm yyyy"/><numFmt numFmtId="166" formatCode="0.0%"/></numFmts>'
        f'<fonts count="2"><font>{font.format("")}</font><font><b/>{white}</font></fonts>'
        '<fills count="4"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
        f'<fgColor rgb="FF{colour}"/></patternFill></fill><fill><patternFill patternType="solid">'
        f'<fgColor rgb="FF{WRONG}"/></patternFill></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="7">{looks}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
