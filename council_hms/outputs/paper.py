"""What the paper outputs (page, Word, PDF) agree on before they draw: title, heading levels, last part, wide tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from council_hms.document import Block, Document, Facts, GridBlock, Heading, PageBreak, plain
from council_hms.grid import Grid
from council_hms.outputs.shown import printable
from council_hms.outputs.style import Style

#: A table with more columns than this (its label column aside) is turned onto a landscape page.
WIDEST_UPRIGHT = 6


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
    """Whether a table needs a landscape page."""
    return len(grid.columns) > WIDEST_UPRIGHT


@dataclass(frozen=True, slots=True)
class Stretch:
    """Blocks that follow one another on pages of one orientation."""

    landscape: bool
    blocks: Sequence[Block]


def stretches(blocks: Sequence[Block]) -> list[Stretch]:
    """The blocks in runs of one orientation, each on pages of its own.

    A wide table takes the headings right before it along, and the paper's last facts when only they follow.
    """
    found: list[Stretch] = []
    upright: list[Block] = []
    place = 0
    while place < len(blocks):
        block = blocks[place]
        place += 1
        if isinstance(block, GridBlock) and is_wide(block.grid):
            leading: list[Block] = []
            while upright and isinstance(upright[-1], Heading | PageBreak):
                leading.insert(0, upright.pop())
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
