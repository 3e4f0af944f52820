"""What the paper outputs (page, Word, PDF) agree on before they draw: title, heading levels, last part, wide tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from council_hms.document import (
    Block,
    Document,
    Facts,
    GridBlock,
    Heading,
    PageBreak,
    Paragraph,
    plain,
)
from council_hms.grid import Column, Format, Grid
from council_hms.outputs.shown import FIGURES, printable, shown
from council_hms.outputs.style import Style

#: A table with more columns than this (its label column aside) is turned onto a landscape page.
WIDEST_UPRIGHT = 6
#: So is one with more than a few columns that would like to be wider than this, in characters.
_FEW_COLUMNS, _MOST_UPRIGHT = 4, 120


def blocks(paper: Document) -> list[Block]:
    """The blocks to draw: a title first, no heading level skipped, and what the paper says of itself last."""
    found: list[Block] = list(paper.blocks)
    if not any(isinstance(block, Heading) and block.level <= 1 for block in found):
        found.insert(0, Heading(printable(paper.title).strip() or "Untitled", 1))
    if paper.about:
        found.append(Heading("About this paper", 2))
        found.append(Facts([(label, plain(words)) for label, words in paper.about]))
    return _levelled(found)


def _levelled(found: Sequence[Block]) -> list[Block]:
    """A reader who moves by headings must not meet a level 4 right under a level 2."""
    level = 0
    out: list[Block] = []
    for block in found:
        if isinstance(block, Heading):
            if not printable(block.text).strip():
                continue  # a heading that says nothing is a fault in every format
            level = max(1, min(block.level, level + 1, 6))
            block = replace(block, level=level)
        out.append(block)
    return out


def of_grids(grids: Sequence[Grid], style: Style) -> Document:
    """Tables as a paper: the way a lone table gets into Word or PDF."""
    title = (grids[0].name or grids[0].caption) if len(grids) == 1 else style.council or "Tables"
    about: dict[tuple[str, str], None] = {}
    for grid in grids:
        about |= dict.fromkeys((label, words) for label, words in grid.about)
    return Document(
        title=title,
        blocks=[Heading(title, 1), *(GridBlock(grid) for grid in grids)],
        author=style.author,
        date=style.date,
        council=style.council,
        marking=style.marking,
        language=style.language,
        about=tuple(about),
    )


def is_wide(grid: Grid) -> bool:
    """Whether a table needs a landscape page: it has many columns, or several that say a lot."""
    if len(grid.columns) > WIDEST_UPRIGHT:
        return True
    wish = sum(width.characters for width in widths(grid))
    return len(grid.columns) > _FEW_COLUMNS and wish > _MOST_UPRIGHT


@dataclass(frozen=True, slots=True)
class Width:
    """How wide a column of a table should be, in characters, and the least that breaks no word of it."""

    characters: int
    least: int

    @property
    def is_firm(self) -> bool:
        """Whether it is as wide as all that it says, and has no use for more."""
        return self.characters == self.least


#: A column of words that says no more than this is as wide as what it says.
_FEW_WORDS = 14
#: What is longer than this is no word, and may be broken: it does not take the page from the other columns.
_LONGEST_WORD = 30
#: Between what two columns say.
_GAP = 2
_WIDEST = 60


def widths(grid: Grid) -> list[Width]:
    """The width of each column, that of the row labels first: figures as they are, words by how much they say."""
    labels = _wordy(grid.row_heading, [row.label for row in grid.rows if row.cells])
    return [labels, *(_width(grid, column) for column in grid.columns)]


def _width(grid: Grid, column: Column) -> Width:
    cells = [
        shown(row.value(column.key), column.format, grid.unit, grid.negative) for row in grid.rows
    ]
    if column.format in FIGURES or column.format in (Format.DATE, Format.YEAR):
        longest = max(map(len, [*column.label.split(), *cells]), default=0) + _GAP
        return Width(longest, longest)
    return _wordy(column.label, cells)


def _wordy(head: str, cells: Sequence[str]) -> Width:
    """Twice the words do not need twice the width, but no word is broken."""
    longest = max(map(len, cells), default=0)
    word = max((len(word) for cell in [head, *cells] for word in cell.split()), default=0)
    word = min(word, _LONGEST_WORD)
    least = (word if longest > _FEW_WORDS else max(longest, word)) + _GAP
    wanted = min(max(_FEW_WORDS, round(longest**0.8)), _WIDEST) if longest > _FEW_WORDS else 0
    return Width(max(wanted, least), least)


def allotted(found: Sequence[Width], room: int) -> list[int]:
    """``room`` characters shared among columns: to each its least, then to those that say more, then to all."""
    spare = room - sum(width.least for width in found)
    wish = sum(width.characters - width.least for width in found)
    if spare <= 0:
        return [width.least for width in found]
    if spare < wish:
        return [width.least + spare * (width.characters - width.least) // wish for width in found]
    wanted = sum(width.characters for width in found)
    return [width.characters * room // wanted for width in found]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Blocks that follow one another on pages of one orientation."""

    landscape: bool
    blocks: Sequence[Block]


#: So many paragraphs between a new page and a wide table turn with it, rather than stand on a page alone.
_FEW_PARAGRAPHS = 2


def _leading(upright: Sequence[Block]) -> int:
    """Where that begins which a wide table takes along: its headings, and the few words that open its page."""
    headings = at = len(upright)
    while headings and isinstance(upright[headings - 1], Heading | PageBreak):
        headings -= 1
    while at and isinstance(upright[at - 1], Heading | Paragraph):
        at -= 1
    words = sum(isinstance(block, Paragraph) for block in upright[at:])
    opens_a_page = at > 0 and isinstance(upright[at - 1], PageBreak)
    return min(at - 1, headings) if opens_a_page and words <= _FEW_PARAGRAPHS else headings


def stretches(blocks: Sequence[Block]) -> list[Stretch]:
    """The blocks in runs of one orientation, each on pages of its own.

    A wide table takes along what leads to it, and the paper's last facts when only they follow.
    """
    found: list[Stretch] = []
    upright: list[Block] = []
    place = 0
    while place < len(blocks):
        block = blocks[place]
        place += 1
        if isinstance(block, GridBlock) and is_wide(block.grid):
            at = _leading(upright)
            leading, upright = upright[at:], upright[:at]
            if upright:
                found.append(Stretch(False, upright))
                upright = []
            turned: list[Block] = []
            turned += [each for each in leading if not isinstance(each, PageBreak)]
            turned.append(block)
            rest = blocks[place:]
            if [type(each) for each in rest] == [Heading, Facts]:
                turned += rest
                place = len(blocks)
            found.append(Stretch(True, turned))
        elif isinstance(block, PageBreak) and (
            place == len(blocks) or (not upright and (found or place == 1))
        ):
            continue  # a new page begins here already
        else:
            upright.append(block)
    if upright:
        found.append(Stretch(False, upright))
    return found
