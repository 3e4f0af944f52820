"""Draws a Grid or a Document as HTML: for a page, or as an accessible file that stands alone.

Everything is joined strings over markupsafe's escape; a page brings its own style sheet, and only
the file carries one. Class names: ``grid``, ``grid__caption``, ``grid__figure``,
``grid__row--heading|detail|subtotal|total|result``, ``grid__figure--negative|nil``,
``grid__mark``, ``grid__notes``, ``grid-region``; a paper's parts are ``paper__…``.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from markupsafe import Markup
from markupsafe import escape as _escape

from council_hms.document import (
    Block,
    Bullets,
    Document,
    Facts,
    GridBlock,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Span,
    Text,
)
from council_hms.grid import Cell, Format, Grid, RowKind
from council_hms.outputs import paper as papers
from council_hms.outputs.shown import FIGURES, printable, remarks, safe_href, shower
from council_hms.outputs.style import Style

_CSS = Path(__file__).with_name("standalone.css")
_NO_CELL = Cell()


def escape(text: str) -> str:
    """Text as HTML, without the characters that a page may not hold."""
    return str(_escape(printable(text)))


# -- tables -----------------------------------------------------------------------------------


def grid(grid: Grid, *, region: bool = True, notes: bool = True, number: str = "") -> Markup:
    """A table: caption, two-storey head, row heads, figures with links to what is behind them, notes.

    ``region`` wraps it in a box that scrolls sideways by keyboard too; ``number`` ("Table 1") goes
    before the caption. Nil is ``-`` on the page and "nil" to a screen reader.
    """
    columns = grid.columns
    caption = escape(f"{number}: {grid.caption}" if number else grid.caption)
    marks = remarks(grid)
    out = [f'<table class="grid"><caption class="grid__caption">{caption}</caption>', _head(grid)]
    drawers = [
        (column.key, column.format in FIGURES, shower(column.format, grid.unit, grid.negative))
        for column in columns
    ]
    width = len(columns) + 1
    body_open = False
    for row in grid.rows:
        kind = row.kind
        if not body_open or kind is RowKind.HEADING or kind is RowKind.RESULT:
            # a heading heads the rows up to the next one; the answer stands by itself
            out.append("</tbody><tbody>" if body_open else "<tbody>")
            body_open = True
        label = str(_escape(printable(row.label)))
        if kind is RowKind.HEADING and not row.cells:
            out.append(
                f'<tr class="grid__row--heading"><th scope="rowgroup" colspan="{width}">{label}</th></tr>'
            )
            continue
        tag = "<tr>" if kind is RowKind.BODY else f'<tr class="grid__row--{kind.value}">'
        out.append(f'{tag}<th scope="row">{label}</th>')
        cells = row.cells
        for key, is_figure, show in drawers:
            cell = cells.get(key, _NO_CELL)
            value = cell.value
            if value is None and not cell.note:
                out.append('<td class="grid__figure"></td>' if is_figure else "<td></td>")
                continue
            text = show(value)
            css = "grid__figure" if is_figure else ""
            if isinstance(value, str):
                text = str(_escape(text))
            elif is_figure and value is not None:
                if text == "-":
                    text = '<span role="img" aria-label="nil">-</span>'
                    css = "grid__figure grid__figure--nil"
                elif value < 0:  # type: ignore[operator]  # a figure here is a number
                    css = "grid__figure grid__figure--negative"
                    if text[0] == "(":
                        text = f'<span role="img" aria-label="minus {text[1:-1]}">{text}</span>'
            if cell.href and (href := safe_href(cell.href)):
                text = f'<a href="{_escape(href)}">{text}</a>'
            if marks and (row.key, key) in marks:
                text += f'<sup class="grid__mark">{marks[row.key, key].mark}</sup>'
            out.append(f'<td class="{css}">{text}</td>' if css else f"<td>{text}</td>")
        out.append("</tr>")
    out.append("</tbody></table>" if body_open else "<tbody></tbody></table>")
    table = "".join(out)
    if region:
        table = (
            f'<div class="grid-region" role="region" aria-label="{caption}" tabindex="0">'
            f"{table}</div>"
        )
    if notes and (grid.notes or marks):
        table += _notes(grid.notes, [(remark.mark, remark.words) for remark in marks.values()])
    return Markup(table)  # noqa: S704  # every text above went through escape


def _head(grid: Grid) -> str:
    corner = escape(grid.row_heading)
    span = ' rowspan="2"' if grid.has_groups else ""
    first = f'<th scope="col"{span}>{corner}</th>' if corner else f"<td{span}></td>"

    def below(column_format: Format, label: str) -> str:
        css = ' class="grid__figure"' if column_format in FIGURES else ""
        return f'<th scope="col"{css}>{escape(label)}</th>'

    if not grid.has_groups:
        heads = "".join(below(column.format, column.label) for column in grid.columns)
        return f"<thead><tr>{first}{heads}</tr></thead>"
    # a colgroup's head reaches exactly the columns that its colgroup element spans
    spans, upper, lower = ["<colgroup></colgroup>"], [first], []
    place = 0
    for group, size in grid.groups:
        columns = grid.columns[place : place + size]
        place += size
        spans.append(f'<colgroup span="{size}"></colgroup>')
        if group:
            upper.append(f'<th scope="colgroup" colspan="{size}">{escape(group)}</th>')
            lower += [below(column.format, column.label) for column in columns]
        else:
            upper += [
                below(column.format, column.label).replace("<th", '<th rowspan="2"', 1)
                for column in columns
            ]
    return f"{''.join(spans)}<thead><tr>{''.join(upper)}</tr><tr>{''.join(lower)}</tr></thead>"


def _notes(notes: Sequence[str], marked: Sequence[tuple[str, str]]) -> str:
    lines = [f"<li>{escape(note)}</li>" for note in notes]
    lines += [
        f'<li><span class="grid__mark">{mark}</span> {escape(words)}</li>' for mark, words in marked
    ]
    return f'<ul class="grid__notes">{"".join(lines)}</ul>'


# -- papers -----------------------------------------------------------------------------------


def document(paper: Document, *, level_offset: int = 0, pictures_inline: bool = True) -> Markup:
    """A paper as a fragment: headings, numbered paragraphs, lists, facts, tables, pictures.

    ``level_offset`` lowers every heading (1: the paper's title becomes an h2 of the page).
    Pictures stand in the markup, or as images that hold their own bytes.
    """
    out = ['<div class="paper">']
    marking = (
        f'<p class="paper__marking"><strong>{escape(paper.marking)}</strong></p>'
        if paper.marking
        else ""
    )
    out.append(marking)
    out += [_block(block, level_offset, pictures_inline) for block in papers.blocks(paper)]
    out += [marking, "</div>"]
    return Markup("".join(out))  # noqa: S704  # every text above went through escape


def fragment(blocks: Sequence[Block], *, level_offset: int = 0) -> Markup:
    """Some blocks of a paper, for a page that shows a part of it."""
    return Markup("".join(_block(block, level_offset, True) for block in blocks))  # noqa: S704  # as above


def line(spans: Text) -> Markup:
    """Runs of text for a page that shows them in a line of its own."""
    return Markup(text(spans))  # noqa: S704  # as above


_SIZES = {1: "xl", 2: "l", 3: "m"}


def _heading(heading: Heading, offset: int) -> str:
    level = min(6, max(1, heading.level + offset))
    anchor = _anchor(heading.anchor)
    size = _SIZES.get(level, "s")
    return f'<h{level} class="govuk-heading-{size}"{anchor}>{escape(heading.text)}</h{level}>'


def _anchor(anchor: str) -> str:
    return f' id="{escape(anchor)}"' if anchor else ""


def _indent(indent: int) -> str:
    return f" paper__indent-{min(indent, 3)}" if indent > 0 else ""


def _block(block: Block, offset: int, pictures_inline: bool) -> str:
    match block:
        case Heading():
            return _heading(block, offset)
        case Paragraph():
            number = (
                f'<span class="paper__number">{escape(block.number)}</span> '
                if block.number
                else ""
            )
            css = " paper__numbered" if block.number else ""
            return (
                f'<p class="govuk-body{css}{_indent(block.indent)}"{_anchor(block.anchor)}>'
                f"{number}{text(block.text)}</p>"
            )
        case Bullets():
            return _bullets(block)
        case Facts():
            return _facts(block)
        case GridBlock():
            return (
                f'<div class="paper__table"{_anchor(block.anchor)}>'
                f"{grid(block.grid, number=block.number)}</div>"
            )
        case Picture():
            return _picture(block, pictures_inline)
        case PageBreak():
            return '<div class="paper__page-break"></div>'


def _bullets(block: Bullets) -> str:
    indent = _indent(block.indent)
    if not block.marks:
        points = "".join(f"<li>{text(point)}</li>" for point in block.points)
        return f'<ul class="govuk-list govuk-list--bullet{indent}">{points}</ul>'
    marks = [*block.marks, *[""] * (len(block.points) - len(block.marks))]
    points = "".join(
        f'<li class="paper__numbered"><span class="paper__number">{escape(mark)}</span> {text(point)}</li>'
        for mark, point in zip(marks, block.points, strict=False)
    )
    # the marks are the paper's own, so the list draws none; Safari then needs telling that it is a list
    return f'<ol class="govuk-list paper__points{indent}" role="list">{points}</ol>'


def _facts(block: Facts) -> str:
    caption = (
        f'<p class="govuk-body paper__facts-caption"><strong>{escape(block.caption)}</strong></p>'
        if block.caption
        else ""
    )
    rows = "".join(
        '<div class="govuk-summary-list__row">'
        f'<dt class="govuk-summary-list__key">{escape(label)}</dt>'
        f'<dd class="govuk-summary-list__value">{text(words)}</dd></div>'
        for label, words in block.pairs
    )
    return f'{caption}<dl class="govuk-summary-list paper__facts">{rows}</dl>'


def _picture(block: Picture, inline: bool) -> str:
    words = escape(block.alternative)
    if inline:
        image = f'<div class="paper__image" role="img" aria-label="{words}">{block.svg}</div>'
    else:
        source = base64.b64encode(printable(block.svg).encode()).decode()
        image = f'<img alt="{words}" src="data:image/svg+xml;base64,{source}">'
    caption = f"<figcaption>{escape(block.caption)}</figcaption>" if block.caption else ""
    return f'<figure class="paper__picture">{image}{caption}</figure>'


def text(spans: Text) -> str:
    """Runs of text; a bound figure is a ``data`` element that holds its exact value."""
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    shown = escape(span.text)
    if span.figure or span.value is not None:
        value = (
            span.text
            if span.value is None
            else f"{span.value:.2f}"
            if isinstance(span.value, Decimal)
            else str(span.value)
        )
        named = f' data-figure="{escape(span.figure)}"' if span.figure else ""
        shown = f'<data class="paper__figure" value="{escape(value)}"{named}>{shown}</data>'
    if span.italic:
        shown = f"<em>{shown}</em>"
    if span.bold:
        shown = f"<strong>{shown}</strong>"
    if span.href and (href := safe_href(span.href)):
        shown = f'<a class="govuk-link" href="{escape(href)}">{shown}</a>'
    return shown


# -- files that stand alone -------------------------------------------------------------------


def grids_file(grids: Sequence[Grid], style: Style) -> bytes:
    """Tables as a page of their own."""
    title = grids[0].name or grids[0].caption if len(grids) == 1 else style.council or "Tables"
    parts = [f'<h1 class="govuk-heading-xl">{escape(title)}</h1>']
    if style.marking:
        parts.insert(0, f'<p class="paper__marking"><strong>{escape(style.marking)}</strong></p>')
    for each in grids:
        parts.append(grid(_without_links(each)))
        if each.about:
            pairs: list[tuple[str, Text]] = [(label, (Span(words),)) for label, words in each.about]
            parts.append(_facts(Facts(pairs)))
    return _page(title, f'<div class="paper">{"".join(parts)}</div>', style)


def document_file(paper: Document, style: Style) -> bytes:
    """A paper as a page of its own, to publish as it is: no link into the product, no script."""
    paper = replace(paper, blocks=[_block_without_links(block) for block in paper.blocks])
    return _page(paper.title, document(paper, pictures_inline=False), style, paper.language)


def _without_links(grid: Grid) -> Grid:
    """Links to pages of the product lead nowhere from a file, and would say how it is built."""
    rows = [
        replace(row, cells={key: replace(cell, href="") for key, cell in row.cells.items()})
        for row in grid.rows
    ]
    return replace(grid, rows=rows)


def _text_without_links(text: Text) -> Text:
    return [replace(span, href="") if span.href[:1] in ("/", "?") else span for span in text]


def _block_without_links(block: Block) -> Block:
    match block:
        case GridBlock():
            return replace(block, grid=_without_links(block.grid))
        case Paragraph():
            return replace(block, text=_text_without_links(block.text))
        case Bullets():
            return replace(block, points=[_text_without_links(point) for point in block.points])
        case Facts():
            pairs = [(label, _text_without_links(words)) for label, words in block.pairs]
            return replace(block, pairs=pairs)
        case _:
            return block


@cache
def _css() -> str:
    return _CSS.read_text(encoding="utf-8")


def _page(title: str, body: str, style: Style, language: str = "") -> bytes:
    colour = style.colour if style.colour.lstrip("#").isalnum() else "#1d4f4a"
    council = f'<p class="council">{escape(style.council)}</p>' if style.council else ""
    page = (
        f'<!DOCTYPE html>\n<html lang="{escape(language or style.language)}">\n<head>\n'
        f'<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>\n:root {{ --council-colour: {colour}; }}\n{_css()}</style>\n</head>\n<body>\n"
        f"<header>{council}</header>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
    return page.encode()
