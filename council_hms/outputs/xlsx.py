"""Draws Grids as an Excel workbook: a sheet each, then a sheet of notes.

Amounts are numbers in full pounds; the number format shows them in the table's unit. Totals and
differences that the Grid states are live formulas with their values beside them, so that the sheet
casts in Excel and reads right in tools that do not calculate. Words are always words, never formulas.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape as xml_escape

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from council_hms.document import Document, GridBlock
from council_hms.grid import Casting, Difference, Format, Grid, Row, RowKind, Sum
from council_hms.money import Negative, Unit
from council_hms.outputs import paper as papers
from council_hms.outputs.package import repack
from council_hms.outputs.shown import FIGURES, cell_words, printable, remarks, year_label
from council_hms.outputs.style import OutputError, Style

_NIL = Decimal(0)
_LONGEST_NAME = 31


def money_format(unit: Unit, negative: Negative) -> str:
    """The number format that shows full pounds in a unit, nil as ``-``: ``#,##0.0,;-#,##0.0,;"-"``."""
    figure = {
        Unit.POUNDS: "#,##0.00",
        Unit.THOUSANDS: "#,##0.0,",
        Unit.MILLIONS: "#,##0.000,,",
    }[unit]
    if negative is Negative.BRACKETS:
        return f'{figure}_);({figure});"-"_)'
    return f'{figure};-{figure};"-"'


# -- sheet names ------------------------------------------------------------------------------


def sheet_names(wanted: Sequence[str]) -> list[str]:
    """Names that Excel takes: at most 31 characters, none it forbids, each one once whatever its case."""
    taken = {"history"}  # Excel keeps this name for itself
    names = []
    for place, name in enumerate(wanted, start=1):
        bare = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", printable(name))
        bare = _shorten(re.sub(r"\s+", " ", bare).strip().strip("'").strip()) or f"Table {place}"
        chosen, count = bare, 1
        while chosen.lower() in taken:
            count += 1
            suffix = f" ({count})"
            chosen = _shorten(bare, _LONGEST_NAME - len(suffix)) + suffix
        taken.add(chosen.lower())
        names.append(chosen)
    return names


def _shorten(name: str, longest: int = _LONGEST_NAME) -> str:
    # Excel counts in UTF-16 units: a character outside the basic plane counts twice
    while len(name.encode("utf-16-le")) // 2 > longest:
        name = name[:-1]
    return name.strip().strip("'").strip()


# -- the workbook -----------------------------------------------------------------------------


def grids_file(grids: Sequence[Grid], style: Style) -> bytes:
    """Tables as a workbook, a sheet each; what they are about and their notes on a last sheet."""
    title = (grids[0].name or grids[0].caption) if len(grids) == 1 else style.council or "Tables"
    return _workbook(grids, [grid.name or grid.caption for grid in grids], title, (), style)


def document_file(paper: Document, style: Style) -> bytes:
    """The tables of a paper as a workbook. OutputError when it has none."""
    blocks = [block for block in paper.blocks if isinstance(block, GridBlock)]
    if not blocks:
        raise OutputError("This paper has no tables, so there is nothing to put into a workbook.")
    names = [block.number or block.grid.name or block.grid.caption for block in blocks]
    style = Style(
        style.colour,
        paper.council or style.council,
        paper.author or style.author,
        paper.date or style.date,
        paper.marking or style.marking,
        paper.language,
    )
    about = [("Paper", paper.title), *paper.about]
    return _workbook([block.grid for block in blocks], names, paper.title, about, style)


def _workbook(
    grids: Sequence[Grid],
    names: Sequence[str],
    title: str,
    about: Sequence[tuple[str, str]],
    style: Style,
) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties(
        {
            "title": printable(title)[:255],
            "author": printable(style.author or style.council),
            "company": printable(style.council),
            "created": style.stamp,
        }
    )
    chosen = sheet_names([*names, "Notes"])
    formats = _Formats(book, style)
    for grid, name in zip(grids, chosen, strict=False):
        _sheet(book.add_worksheet(name), grid, formats, style)
    with_notes = about or any(grid.about or grid.notes or remarks(grid) for grid in grids)
    if with_notes:
        _notes_sheet(book.add_worksheet(chosen[-1]), grids, chosen, about, formats, style)
    book.close()
    language = xml_escape(printable(style.language)).encode()
    return repack(
        out.getvalue(),
        {
            "docProps/core.xml": lambda core: core.replace(
                b"</cp:coreProperties>",
                b"<dc:language>" + language + b"</dc:language></cp:coreProperties>",
            )
        },
    )


class _Formats:
    """The formats of a workbook, each made once: by kind of row, kind of value and unit."""

    def __init__(self, book: Any, style: Style) -> None:
        self._book = book
        self._made: dict[frozenset[tuple[str, Any]], Any] = {}
        self.colour = style.colour
        self.title = self.of(bold=True, font_size=14)
        self.plain = self.of()
        self.wrapped = self.of(text_wrap=True, valign="top")
        self.bold = self.of(bold=True, valign="top")
        head: dict[str, Any] = {
            "bold": True,
            "font_color": "#FFFFFF",
            "bg_color": style.colour,
            "border": 1,
            "border_color": "#FFFFFF",
            "valign": "vcenter",
            "text_wrap": True,
        }
        self.head_words = self.of(**head, align="left")
        self.head_figure = self.of(**head, align="right")
        self.head_group = self.of(**head, align="center")

    def of(self, **properties: Any) -> Any:
        properties = {"font_name": "Arial", "font_size": 11, **properties}
        key = frozenset(properties.items())
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def cell(self, kind: RowKind, form: Format | None, grid: Grid) -> Any:
        """The format of a cell: ``form`` None is the row's own label."""
        properties: dict[str, Any] = {"valign": "top", "bottom": 1, "bottom_color": "#CECECE"}
        if kind in (RowKind.SUBTOTAL, RowKind.TOTAL, RowKind.RESULT, RowKind.HEADING):
            properties["bold"] = True
        if kind in (RowKind.TOTAL, RowKind.RESULT):
            properties |= {"top": 1, "bottom_color": "#000000"}
        if kind is RowKind.RESULT:
            properties["bottom"] = 6
        if kind is RowKind.DETAIL and form is None:
            properties["indent"] = 1
        if form is Format.MONEY:
            properties["num_format"] = money_format(grid.unit, grid.negative)
        elif form is Format.COUNT:
            properties["num_format"] = "#,##0"
        elif form is Format.PERCENT:
            properties["num_format"] = "0.0%"
        elif form is Format.DATE:
            properties |= {"num_format": "d mmm yyyy", "align": "left"}
        if form in FIGURES:
            properties["align"] = "right"
        elif form is None or form is Format.TEXT:
            properties["text_wrap"] = True
        return self.of(**properties)


def _sheet(sheet: Any, grid: Grid, formats: _Formats, style: Style) -> None:
    columns, rows = grid.columns, grid.rows
    two_storeys = grid.has_groups
    head = 2
    first = head + (2 if two_storeys else 1)
    last_column = len(columns)

    _words(sheet, 0, 0, grid.caption, formats.title)
    if any(column.format is Format.MONEY for column in columns):
        says = "" if grid.unit is Unit.POUNDS else "; each cell holds the full pounds"
        _words(sheet, 1, 0, f"Figures shown in {grid.unit.heading}{says}", formats.plain)
    _heads(sheet, grid, formats, head, two_storeys)

    widths = _widths(grid)
    row_at = {row.key: first + place for place, row in enumerate(rows)}
    column_at = {column.key: 1 + place for place, column in enumerate(columns)}
    for row in rows:
        at = row_at[row.key]
        if (lines := _lines(row, grid, widths)) > 1:
            sheet.set_row(at, min(lines * _LINE, _TALLEST))
        _words(sheet, at, 0, row.label, formats.cell(row.kind, None, grid))
        for column in columns:
            beside = column_at[column.key]
            fmt = formats.cell(row.kind, column.format, grid)
            value = row.value(column.key)
            if value is None:
                sheet.write_blank(at, beside, None, fmt)
            elif isinstance(value, str):
                _words(sheet, at, beside, value, fmt)
            elif isinstance(value, dt.date):
                sheet.write_datetime(at, beside, value, fmt)
            elif column.format is Format.YEAR:
                _words(sheet, at, beside, year_label(value), fmt)
            elif column.format is Format.PERCENT:
                sheet.write_number(at, beside, Decimal(value) / 100, fmt)
            else:
                formula = _down(row, column.key, rows, row_at, beside, value) or _across(
                    column.casts, row, column_at, at, value
                )
                if formula:
                    sheet.write_formula(at, beside, formula, fmt, value)
                else:
                    sheet.write_number(at, beside, value, fmt)

    for place, width in enumerate(widths):
        sheet.set_column(place, place, width, formats.plain)
    sheet.freeze_panes(first, 1)
    sheet.repeat_rows(head, first - 1)
    sheet.repeat_columns(0)
    _paper(sheet, grid.name or grid.caption, style)
    sheet.print_area(0, 0, max(first + len(rows) - 1, first), last_column)


#: The height of a line of our font, and the greatest that Excel knows, in points.
_LINE, _TALLEST = 15, 409


def _widths(grid: Grid) -> list[int]:
    """The width of each column in characters, that of the labels first; no head is broken within a word."""
    least = [12, *(_least(column.format) for column in grid.columns)]
    wanted = [width.characters + 2 for width in papers.widths(grid)]
    longest = max((len(row.label) for row in grid.rows), default=0)
    wanted[0] = max(wanted[0], min(longest + 2, 48))
    return [max(pair) for pair in zip(least, wanted, strict=True)]


def _least(form: Format) -> int:
    return {Format.TEXT: 11, Format.DATE: 14, Format.MONEY: 13}.get(form, 11)


def _lines(row: Row, grid: Grid, widths: Sequence[int]) -> int:
    """How many lines a row needs: programs that are not Excel do not always find out by themselves."""
    if row.kind is RowKind.HEADING and not row.cells:
        return 1
    words = [row.label, *(row.value(column.key) for column in grid.columns)]
    return max(
        sum(-(-max(len(line), 1) // (width - 1)) for line in cell.splitlines() or [""])
        for cell, width in zip(words, widths, strict=True)
        if isinstance(cell, str)
    )


def _heads(sheet: Any, grid: Grid, formats: _Formats, head: int, two_storeys: bool) -> None:
    corner = printable(grid.row_heading)
    lower = head + 1 if two_storeys else head
    _span(sheet, head, 0, lower, 0, corner, formats.head_words)
    place = 1
    for group, size in grid.groups:
        columns = grid.columns[place - 1 : place - 1 + size]
        if group and two_storeys:
            _span(sheet, head, place, head, place + size - 1, group, formats.head_group)
        for offset, column in enumerate(columns):
            look = formats.head_figure if column.format in FIGURES else formats.head_words
            top = lower if group else head
            _span(sheet, top, place + offset, lower, place + offset, column.label, look)
        place += size


def _span(sheet: Any, top: int, left: int, bottom: int, right: int, words: str, look: Any) -> None:
    """A head over one cell or several. merge_range guesses at what words are, so it gets none."""
    if (top, left) != (bottom, right):
        sheet.merge_range(top, left, bottom, right, "", look)
    _words(sheet, top, left, words, look)


def _words(sheet: Any, row: int, column: int, words: str, look: Any) -> None:
    text = cell_words(words)
    if text:
        sheet.write_string(row, column, text, look)
    else:
        sheet.write_blank(row, column, None, look)


def _paper(sheet: Any, name: str, style: Style) -> None:
    """A4 landscape, one page wide, with what it is and its pages at the foot."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.8)
    council = _footer_words(style.council)
    sheet.set_footer(f"&L{_footer_words(name)}&CPage &P of &N&R{council}")
    if style.marking:
        sheet.set_header(f"&C&B{_footer_words(style.marking)}")


def _footer_words(words: str) -> str:
    """Words for a page's head or foot, where & starts a code and all of it holds 255 characters."""
    flat = re.sub(r"\s+", " ", printable(words))[:70].strip().replace("&", "&&")
    return " " + flat if flat[:1].isdigit() else flat  # a digit after a code letter is a font size


# -- casting ----------------------------------------------------------------------------------


def _down(
    row: Row, column: str, rows: Sequence[Row], row_at: Mapping[str, int], beside: int, value: Any
) -> str:
    """The formula of a row that casts other rows, for one column; empty when it does not."""
    if row.casts is None:
        return ""
    values = {each.key: each.value(column) for each in rows} if row.casts else {}
    letter = xl_col_to_name(beside)
    return _formula(
        row.casts, values, {key: (at, at) for key, at in row_at.items()}, value, letter, 0
    )


def _across(casts: Casting, row: Row, column_at: Mapping[str, int], at: int, value: Any) -> str:
    """The formula of a column that casts other columns, for one row; empty when it does not."""
    if casts is None:
        return ""
    values = {key: row.value(key) for key in column_at}
    return _formula(
        casts, values, {key: (beside, beside) for key, beside in column_at.items()}, value, "", at
    )


def _formula(
    casts: Sum | Difference,
    values: Mapping[str, Any],
    places: Mapping[str, tuple[int, int]],
    value: Any,
    letter: str,
    at: int,
) -> str:
    """``=SUM(B5:B8)``, ``=B5+B7`` or ``=B4-B8``; empty where the parts do not give the value.

    A formula that gave another figure than the ledger's would change the paper as it is opened
    (a part may be left out because it is exempt): there the figure stands as a number.
    """
    named = casts.of if isinstance(casts, Sum) else (casts.of, casts.less)
    if not named or any(key not in places for key in named):
        return ""
    parts = [values.get(key) for key in named]
    if any(part is not None and not isinstance(part, Decimal | int) for part in parts):
        return ""
    amounts = [Decimal(part) if part is not None else _NIL for part in parts]

    def name(key: str) -> str:
        place = places[key][0]
        return f"{letter}{place + 1}" if letter else xl_rowcol_to_cell(at, place)

    if isinstance(casts, Difference):
        return f"={name(named[0])}-{name(named[1])}" if amounts[0] - amounts[1] == value else ""
    if sum(amounts, _NIL) != value:
        return ""
    where = sorted(places[key][0] for key in named)
    if len(set(where)) == len(where) and where[-1] - where[0] == len(where) - 1:
        first, last = (
            next(key for key in named if places[key][0] == end) for end in (where[0], where[-1])
        )
        return f"=SUM({name(first)}:{name(last)})"
    return "=" + "+".join(name(key) for key in named)


# -- notes ------------------------------------------------------------------------------------


def _notes_sheet(
    sheet: Any,
    grids: Sequence[Grid],
    names: Sequence[str],
    about: Sequence[tuple[str, str]],
    formats: _Formats,
    style: Style,
) -> None:
    sheet.set_column(0, 0, 28, formats.plain)
    sheet.set_column(1, 1, 90, formats.plain)
    _words(sheet, 0, 0, "Notes", formats.title)
    at = 2

    def line(label: str, words: str) -> None:
        nonlocal at
        _words(sheet, at, 0, label, formats.bold)
        _words(sheet, at, 1, words, formats.wrapped)
        at += 1

    for label, words in about:
        line(label, words)
    for grid, name in zip(grids, names, strict=False):
        if at > 2:
            at += 1
        line(name, grid.caption)
        for label, words in grid.about:
            line(label, words)
        for place, note in enumerate(grid.notes, start=1):
            line(f"Note {place}", note)
        for remark in remarks(grid).values():
            line(f"On {remark.row}, {remark.column}", remark.words)
    _paper(sheet, "Notes", style)
