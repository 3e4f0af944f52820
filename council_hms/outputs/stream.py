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
from itertools import chain, islice, repeat
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape as _xml

from xlsxwriter.utility import xl_col_to_name

from council_hms.grid import Format, Value
from council_hms.outputs.columns import column_by_column, one_after_another
from council_hms.outputs.shown import LONGEST_CELL, cell_words, printable, year_label
from council_hms.outputs.style import Style
from council_hms.outputs.xlsx import sheet_names

LAST_ROW = 1_048_576
#: The colour behind a cell that something is wrong with.
WRONG = "FFD9D9"
_ROWS_AT_ONCE = 1_000
_DAY_NOUGHT = dt.date(1899, 12, 30).toordinal()
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
    rows: Iterable[Sequence[Any]],
    fileobj: IO[bytes],
    *,
    values: Sequence[Callable[[Any], Value]] | None = None,
    name: str = "List",
    style: Style | None = None,
    last_row: int = LAST_ROW,
) -> int:
    """Writes a workbook of ``rows`` (values in the order of ``columns``: label and format) and returns how many.

    ``values`` say what a column makes of what the rows hold, when they do not hold values already.
    ``fileobj`` is a file to write to; it need not seek back. ``name`` names the sheet. Same rows, same bytes.
    """
    style = style or Style()
    written = 0
    sheets: list[str] = []
    names = sheet_names([name, *(f"{name[:24]} {place}" for place in range(2, 60))])
    with zipfile.ZipFile(fileobj, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        left = iter(rows)
        # the first row that does not fit opens the next sheet
        waiting: list[Sequence[Any]] = []
        while not sheets or waiting:
            sheets.append(names[len(sheets)])
            entry = f"xl/worksheets/sheet{len(sheets)}.xml"
            # by its name, not a ZipInfo: only so does it get the package's level, and no time of day
            with package.open(entry, "w", force_zip64=True) as part:
                part.write(_sheet_opening(columns, first=len(sheets) == 1).encode())
                on_sheet = 0
                for chunk, count in _row_chunks(
                    columns, values, chain(waiting, left), last_row - 1
                ):
                    part.write(chunk.encode())
                    on_sheet += count
                written += on_sheet
                part.write(_sheet_closing(len(columns), on_sheet + 1).encode())
            waiting = list(islice(left, 1))
        for path, words in _frame(sheets, columns, style):
            with package.open(path, "w") as part:
                part.write(words.encode())
    return written


# -- rows -------------------------------------------------------------------------------------


def _row_chunks(
    columns: Sequence[tuple[str, Format]],
    values: Sequence[Callable[[Any], Value]] | None,
    rows: Iterator[Sequence[Any]],
    room: int,
) -> Iterator[tuple[str, int]]:
    """The XML of the rows of one sheet, a thousand at a time, and how many each time; at most ``room``.

    Cells are made column by column (see ``column_by_column``), all but where each stands. The format lets
    that be left out, which makes a file a third as large; but not every program that reads workbooks does.
    """
    cells = [_writer(form) for _, form in columns]
    if values is not None:
        cells = one_after_another(values, cells)
    places = [repeat(f'<c r="{xl_col_to_name(place)}') for place in range(len(columns))]
    at = 2
    while some := list(islice(rows, min(_ROWS_AT_ONCE, room + 2 - at))):
        numbers = list(map(str, range(at, at + len(some))))
        parts: list[Iterable[str]] = [repeat('<row r="'), numbers, repeat('">')]
        for place, made in zip(places, column_by_column(cells, some), strict=True):
            parts += [place, numbers, made]
        yield "".join(chain.from_iterable(zip(*parts, repeat("</row>")))), len(some)
        at += len(some)


def _words(text: str) -> str:
    """Words inside ``<t>``: escaped, without what XML forbids; ``_x000A_`` stays those seven characters."""
    if _BARE(text) and len(text) <= LONGEST_CELL:
        return text
    text = _xml(cell_words(text))
    return re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)


def _writer(form: Format) -> Callable[[Value | Wrong], str]:
    """How a column's values become cells, from after the figures of ``<c r="B5`` on."""
    number = {Format.MONEY: '" s="2"><v>', Format.PERCENT: '" s="4"><v>'}.get(form, '"><v>')
    is_figure = form is not Format.PERCENT and form is not Format.YEAR

    def write(value: Value | Wrong) -> str:
        # the commonest first, by the shortest way: references and amounts are what seldom comes again
        kind = value.__class__
        if kind is str:
            return _word_cell(value)  # type: ignore[arg-type]
        if is_figure and (kind is Decimal or kind is int):
            return f"{number}{value!s}</v></c>"
        if value is None:
            return '"/>'
        if isinstance(value, Wrong):
            return _wrong_cell(value.value)
        if isinstance(value, str):
            return _word_cell(value)
        if isinstance(value, dt.date):
            return f'" s="3"><v>{value.toordinal() - _DAY_NOUGHT}</v></c>'
        if form is Format.YEAR:
            return _word_cell(year_label(value))
        return f'" s="4"><v>{Decimal(value) / 100}</v></c>'

    return write


def _word_cell(value: str, look: str = "") -> str:
    if value.isalnum() and value.isascii() and len(value) <= LONGEST_CELL:
        return f'"{look} t="inlineStr"><is><t>{value}</t></is></c>'
    text = _words(value)
    if not text:
        return f'"{look}/>'
    kept = text[0] <= " " or text[-1] <= " " or "\n" in text
    space = ' xml:space="preserve"' if kept else ""
    return f'"{look} t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _wrong_cell(value: Value) -> str:
    if isinstance(value, dt.date):
        return f'" s="6"><v>{value.toordinal() - _DAY_NOUGHT}</v></c>'
    if isinstance(value, Decimal | int):
        return f'" s="5"><v>{value!s}</v></c>'
    return _word_cell(value or "", ' s="5"')


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
