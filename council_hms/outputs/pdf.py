"""Draws a Document or Grids as tagged PDF (PDF/UA-1): bookmarks, table heads that repeat, row and column heads marked.

Typst draws it from a template that is ours and data that is only data; then pikepdf marks the first cell
of each row as the row's head, which Typst's Python package cannot do yet. The fonts are our own, the
clock and the network are not asked: the same paper gives the same bytes.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pikepdf
import typst

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
    Text,
)
from council_hms.grid import Grid
from council_hms.outputs import paper as papers
from council_hms.outputs.glyphs import printable_in_pdf
from council_hms.outputs.shown import FIGURES, printable, remarks, safe_href, shown
from council_hms.outputs.style import OutputError, Style

_HERE = Path(__file__).parent
FONTS = _HERE / "fonts"
_TEMPLATE = _HERE / "document.typ"
#: A word longer than this may be broken anywhere, or it would run off the page.
_LONGEST_WORD = 40
_LONG_RUN = re.compile(rf"\S{{{_LONGEST_WORD}}}(?=\S)")


def grids_file(grids: Sequence[Grid], style: Style) -> bytes:
    """Tables as a PDF, each wide one on a landscape page."""
    return document_file(papers.of_grids(grids, style), style)


def document_file(paper: Document, style: Style) -> bytes:
    """A paper as a PDF. OutputError when it cannot be drawn."""
    try:
        pdf = typst.compile(
            str(_TEMPLATE),
            root=str(_HERE),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"paper": json.dumps(as_data(paper, style))},
            pdf_standards=["ua-1"],
            timestamp=int(_stamp(paper, style)),
        )
    except typst.TypstError as error:
        raise OutputError(
            f"The PDF of “{printable(paper.title)[:80]}” could not be drawn: {error.message[:200]}"
        ) from error
    return mark_row_heads(pdf)


def _stamp(paper: Document, style: Style) -> float:
    import datetime as dt

    style = Style(date=paper.date or style.date)
    return style.stamp.replace(tzinfo=dt.UTC).timestamp()


# -- the paper as data ------------------------------------------------------------------------


def as_data(paper: Document, style: Style) -> dict[str, Any]:
    """The paper as the template reads it."""
    language, _, region = paper.language.partition("-")
    council = paper.council or style.council
    return {
        "title": _words(paper.title).strip() or "Untitled",
        "author": _words(paper.author or style.author),
        "reference": _words(paper.reference),
        "colour": style.colour,
        "lang": language or "en",
        "region": region or None,
        "date": [paper.date.year, paper.date.month, paper.date.day] if paper.date else None,
        "marking": _words(paper.marking),
        "foot": " · ".join(part[:90] for part in (_words(council), _words(paper.title)) if part),
        "stretches": [
            {
                "landscape": stretch.landscape,
                "blocks": [_block(block) for block in stretch.blocks],
            }
            for stretch in papers.stretches(papers.blocks(paper))
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"block": "heading", "level": block.level, "text": _words(block.text)}
        case Paragraph():
            return {
                "block": "paragraph",
                "number": _words(block.number),
                "spans": _spans(block.text),
                "indent": max(0, min(block.indent, 4)),
            }
        case Bullets():
            return {
                "block": "bullets",
                "points": [_spans(point) for point in block.points],
                "marks": [_words(mark) for mark in block.marks],
                "indent": max(0, min(block.indent, 4)),
            }
        case Facts():
            return {
                "block": "facts",
                "caption": _words(block.caption),
                "pairs": [
                    {"label": _words(label), "spans": _spans(words)} for label, words in block.pairs
                ],
            }
        case GridBlock():
            return _table(block)
        case Picture():
            return {
                "block": "picture",
                "svg": printable(block.svg),
                "alternative": _words(block.alternative) or _words(block.caption) or "Picture",
                "caption": _words(block.caption),
            }
        case PageBreak():
            return {"block": "break"}


def _table(block: GridBlock) -> dict[str, Any]:
    grid = block.grid
    marks = remarks(grid)
    rows = []
    for row in grid.rows:
        cells = []
        for column in grid.columns:
            words = shown(row.value(column.key), column.format, grid.unit, grid.negative)
            if (row.key, column.key) in marks:
                words += f" ({marks[row.key, column.key].mark})"
            cells.append(_words(words))
        rows.append({"kind": row.kind.value, "label": _words(row.label), "cells": cells})
    caption = f"{block.number}: {grid.caption}" if block.number else grid.caption
    columns = len(grid.columns)
    return {
        "block": "table",
        "caption": _words(caption),
        "corner": _words(grid.row_heading),
        "groups": [{"label": _words(label), "size": size} for label, size in grid.groups]
        if grid.has_groups
        else [],
        "heads": [
            {
                "label": _words(column.label),
                "figure": column.format in FIGURES,
            }
            for column in grid.columns
        ],
        "widths": _widths(grid),
        "rows": rows,
        "notes": [_words(note) for note in grid.notes]
        + [_words(f"({remark.mark}) {remark.words}") for remark in marks.values()],
        "size": 10 if columns <= 10 else 9 if columns <= 13 else 7,
    }


#: Characters that a table has room for beside one another, upright and on a landscape page.
_ROOM = {False: 85, True: 130}


def _widths(grid: Grid) -> list[int]:
    """How the columns share the page: 0 is as wide as what it holds, the others by weight.

    A column whose head says more than its cells is among the others, or its head would not be broken
    into lines and would take the room of the words beside it.
    """
    found = papers.widths(grid)
    heads = [grid.row_heading, *(column.label for column in grid.columns)]
    shares = papers.allotted(found, _ROOM[papers.is_wide(grid)])
    all_firm = all(width.is_firm for width in found)
    return [
        0 if width.is_firm and len(head) <= width.characters and (place or not all_firm) else share
        for place, (width, head, share) in enumerate(zip(found, heads, shares, strict=True))
    ]


def _spans(text: Text) -> list[dict[str, Any]]:
    spans = []
    for span in text:
        href = safe_href(span.href) if span.href else ""
        spans.append(
            {
                "text": _words(span.text),
                "bold": span.bold,
                "italic": span.italic,
                # a page of the product is no address outside it
                "href": href if re.match(r"(https?|mailto):", href, re.IGNORECASE) else "",
            }
        )
    return spans


def _words(text: str) -> str:
    text = printable_in_pdf(printable(text))
    if len(text) > _LONGEST_WORD:
        text = _LONG_RUN.sub(lambda run: run[0] + "\u200b", text)
    return text


# -- the tags ---------------------------------------------------------------------------------


def mark_row_heads(pdf: bytes) -> bytes:
    """The PDF with the first cell of each row of a table's body tagged as the row's head."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root = opened.Root.get("/StructTreeRoot")
        if root is not None:
            _walk(root, heads=False)
        out = io.BytesIO()
        opened.save(
            out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate
        )
        return out.getvalue()


def _children(element: Any) -> list[Any]:
    children = element.get("/K")
    if children is None:
        return []
    listed = list(children) if isinstance(children, pikepdf.Array) else [children]
    return [child for child in listed if isinstance(child, pikepdf.Dictionary)]


def _walk(element: Any, *, heads: bool) -> None:
    kind = str(element.get("/S", ""))
    if kind == "/TR" and not heads:
        cells = [
            child for child in _children(element) if str(child.get("/S", "")) in ("/TD", "/TH")
        ]
        if cells and str(cells[0].S) == "/TD":
            _head(cells[0])
        return
    for child in _children(element):
        _walk(child, heads=heads or kind == "/THead")


def _head(cell: Any) -> None:
    cell.S = pikepdf.Name.TH
    scope = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)
    before = cell.get("/A")
    if before is None:
        cell.A = scope
    elif isinstance(before, pikepdf.Array):
        before.append(scope)
    elif str(before.get("/O", "")) == "/Table":
        before.Scope = pikepdf.Name.Row
    else:
        cell.A = pikepdf.Array([before, scope])


# -- pictures ---------------------------------------------------------------------------------


def svg_as_png(svg: str, *, width_mm: int = 165, dots_per_inch: int = 200) -> bytes:
    """A drawing as PNG, for Word. OutputError when it is no SVG."""
    source = (
        f"#set page(width: {width_mm}mm, height: auto, margin: 0pt)\n"
        '#set text(font: "Liberation Sans")\n'
        '#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
    )
    try:
        png = typst.compile(  # type: ignore[call-overload]  # its types want a root of bytes beside a source of bytes
            source.encode(),
            root=str(_HERE),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"svg": printable(svg)},
            format="png",
            ppi=dots_per_inch,
        )
    except typst.TypstError as error:
        raise OutputError(f"A chart could not be drawn: {error.message[:200]}") from error
    return png if isinstance(png, bytes) else png[0]
