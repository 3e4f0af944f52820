"""Pieces of a paper without marks of its own (text, PDF): joined over page ends and handed to the composer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from reports.checking.paper import Cell
from reports.checking.reading.compose import Composer, body_of, take_mark
from reports.checking.reading.mend import mended

_FIGURE = re.compile(r"\d")
_NUMBER_CELL = re.compile(r"[-−–(]?\s*[£$]?\s*[\d,]+(\.\d+)?\s*[%)km]*\s*[-−–]?|[-−–]")


@dataclass(slots=True)
class Piece:
    """A run of lines that belong together: a table's rows, or one paragraph, point or heading."""

    page: int | None
    text: str = ""
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    alone: bool = False  # stands apart, as a heading does
    strong: bool = False  # bold or larger than the text
    is_note: bool = False  # a footnote
    level: int = 0  # of a heading marked with #


def put(composer: Composer, pieces: Sequence[Piece]) -> None:
    """Hand the pieces over in order; each piece of text with the text after it, which tells headings."""
    for at, piece in enumerate(pieces):
        following = pieces[at + 1].text or "table" if at + 1 < len(pieces) else ""
        if piece.rows:
            rows, mends = mended(piece.rows)
            before = composer.tables
            composer.table(rows, page=piece.page)
            if composer.tables > before:
                first, _ = body_of(rows)
                for row, column, words in mends:
                    composer.not_read(words, row=max(0, row - first), column=column)
        elif piece.is_note:
            composer.note(piece.text, page=piece.page)
        elif piece.level:
            composer.heading(piece.text, level=piece.level, page=piece.page)
        else:
            composer.prose(
                piece.text,
                page=piece.page,
                alone=piece.alone,
                strong=piece.strong,
                before=following,
            )


def whole_labels(rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Rows whose label goes on in the next row, put together: its figures stand beside its first line or its last."""
    done: list[tuple[Cell, ...]] = []
    for row in rows:
        above = done[-1] if done else ()
        if not (above and above[0].text and row[0].text[:1].islower()):
            done.append(row)
            continue
        label = Cell(f"{above[0].text} {row[0].text}")
        if not any(cell.text for cell in row[1:]):
            done[-1] = (label, *above[1:])
        elif not any(cell.text for cell in above[1:]) and any(
            _NUMBER_CELL.fullmatch(cell.text) for cell in row[1:] if cell.text
        ):
            done[-1] = (label, *row[1:])
        else:
            done.append(row)
    return done


# -- over page ends ---------------------------------------------------------------------------


def joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Tables and paragraphs that a page end or a lost line parted, put together again."""
    done: list[Piece] = []
    for piece in pieces:
        last = done[-1] if done else None
        if last and last.rows and piece.rows and goes_on(last.rows, piece.rows):
            rest = piece.rows[repeated_heads(last.rows, piece.rows) :]
            if rest and rest[0][0].text and not any(cell.text for cell in rest[0][1:]):
                # the page ended within a label
                above = last.rows[-1]
                whole = f"{above[0].text} {rest[0][0].text}"
                last.rows[-1] = (replace(above[0], text=whole), *above[1:])
                rest = rest[1:]
            last.rows.extend(rest)
        elif (
            last
            and last.text
            and piece.text
            and last.page != piece.page
            and piece.text[:1].islower()
            and take_mark(piece.text)[0] is None
            and not re.search(r"[.:;!?]$", last.text)
        ):
            last.text = f"{last.text} {piece.text}"
        else:
            done.append(piece)
    return done


def repeated_heads(above: Sequence[Sequence[Cell]], below: Sequence[Sequence[Cell]]) -> int:
    """How many rows of heads a table prints again at the top of its next page."""
    same = 0
    while same < min(len(above), len(below), 4) and [cell.text for cell in above[same]] == [
        cell.text for cell in below[same]
    ]:
        same += 1
    return same


def goes_on(above: Sequence[Sequence[Cell]], below: Sequence[Sequence[Cell]]) -> bool:
    """Whether a table is the rest of the one before it: as wide, and without heads of its own or with the same ones."""
    if len(above[0]) != len(below[0]):
        return False
    if repeated_heads(above, below):
        return True
    first = below[0]
    has_figures = any(
        _NUMBER_CELL.fullmatch(cell.text.strip()) and _FIGURE.search(cell.text)
        for cell in first[1:]
    )
    is_head = not has_figures or all(
        re.fullmatch(r"(19|20)\d\d([-/]\d\d)?", cell.text.strip())
        for cell in first[1:]
        if cell.text.strip()
    )
    ended = re.match(r"(grand )?total\b|net\b", above[-1][0].text.strip(), re.IGNORECASE)
    return not is_head and not ended and bool(first[0].text.strip())
