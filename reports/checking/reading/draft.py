"""The product's own draft as a Paper, so that it is checked by the same engine as any other report."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from council_hms import document
from council_hms.document import Document, Text
from council_hms.grid import Format, Grid
from council_hms.outputs.shown import shown
from reports.checking.paper import Cell, Paper
from reports.checking.reading.compose import Composer, Mark, take_mark


def from_document(paper: Document) -> Paper:
    """A Document as it will be printed: the same words, rounding and numbers."""
    return with_sources(paper)[0]


def with_sources(paper: Document) -> tuple[Paper, Sequence[int | None]]:
    """The same, and for each block of the Paper which block of the Document it is from (None: its title)."""
    sources: list[int | None] = []
    composer = Composer("document")
    if paper.title and not any(
        isinstance(block, document.Heading) and block.level == 1 for block in paper.blocks
    ):
        composer.heading(paper.title, level=1)
    sources += [None] * len(composer.blocks)
    for number, block in enumerate(paper.blocks):
        if isinstance(block, document.Heading):
            composer.heading(block.text, level=block.level)
        elif isinstance(block, document.Paragraph):
            composer.prose(_words(block.text), mark=_mark(block.number), level=block.indent)
        elif isinstance(block, document.Bullets):
            for at, point in enumerate(block.points):
                printed = block.marks[at] if at < len(block.marks) else ""
                composer.prose(
                    _words(point), mark=_mark(printed) or Mark("bullet"), level=block.indent + 1
                )
        elif isinstance(block, document.Facts):
            for label, value in block.pairs:
                composer.fact(label, _words(value))
        elif isinstance(block, document.GridBlock):
            _grid(composer, block.grid, block.number)
        elif isinstance(block, document.Picture) and block.caption:
            composer.caption(block.caption)
        sources += [number] * (len(composer.blocks) - len(sources))
    return composer.paper(paper.title), sources


def _words(text: Text) -> str:
    return "".join(span.text for span in text)


def _mark(printed: str) -> Mark | None:
    """The printed number as a mark; None for a paragraph without one."""
    return take_mark(f"{printed} x")[0] if printed.strip() else None


def _grid(composer: Composer, grid: Grid, number: str) -> None:
    unit = "" if grid.unit.heading in grid.caption else f"({grid.unit.heading})"
    composer.caption(
        " ".join(part for part in (f"{number}:" if number else "", grid.caption, unit) if part)
    )
    heads = []
    if grid.has_groups:
        upper = [Cell("", head=True)]
        for group, width in grid.groups:
            upper += [Cell(group, head=True, across=width)] + [
                Cell("", head=True, covered=True)
            ] * (width - 1)
        heads.append(tuple(upper))
    heads.append(
        (
            Cell(grid.row_heading, head=True),
            *(Cell(column.label, head=True) for column in grid.columns),
        )
    )
    body = []
    for row in grid.rows:
        cells = [Cell(row.label, head=True)]
        for column in grid.columns:
            value = row.value(column.key)
            is_money = column.format is Format.MONEY
            exact = None
            if isinstance(value, Decimal | int) and column.format in (
                Format.MONEY,
                Format.PERCENT,
                Format.COUNT,
            ):
                exact = Decimal(value) / (grid.unit.divisor if is_money else 1)
            cells.append(
                Cell(
                    shown(value, column.format, grid.unit, grid.negative),
                    exact,
                    percent=column.format is Format.PERCENT,
                    money=is_money,
                )
            )
        body.append(tuple(cells))
    composer.table([*heads, *body], head_rows=len(heads), head_columns=1)
    for note in grid.notes:
        composer.note(note)
