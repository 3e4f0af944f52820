"""Plain text: paragraphs between blank lines, tables by tabs, pipes or aligned spaces; and what PDF extraction gives.

Form feeds are page ends. Lines that come again at the head or foot of most pages are left out, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reports.checking.paper import Cell, Paper
from reports.checking.reading import columns
from reports.checking.reading.compose import Composer, body_of, take_mark
from reports.checking.reading.decode import decode
from reports.checking.reading.furniture import without_furniture
from reports.checking.reading.mend import mended

_PIPE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_HASHES = re.compile(r"(#{1,6})\s+(?=\S)")
_RULE = re.compile(r"\s*([-=_*~])\1{2,}\s*")
_FIGURE = re.compile(r"\d")
_NUMBER_CELL = re.compile(r"[-−–(]?\s*[£$]?\s*[\d,]+(\.\d+)?\s*[%)km]*\s*[-−–]?|[-−–]")


@dataclass(slots=True)
class Piece:
    """A run of lines that belong together: a table's rows, or one paragraph, point or heading."""

    page: int | None
    text: str = ""
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    alone: bool = False
    level: int = 0  # of a heading marked with #


def read(content: bytes, format: str = "txt") -> Paper:
    """The report of a text file."""
    pages = [page.split("\n") for page in decode(content).split("\f")]
    composer = Composer(format)
    if len(pages) > 1 and not any(line.strip() for line in pages[-1]):
        pages.pop()
    many = len(pages) > 1
    if many:
        pages, dropped = without_furniture(pages)
    pieces = _joined(
        [
            piece
            for at, lines in enumerate(pages, start=1)
            for piece in _pieces(lines, at if many else None)
        ]
    )
    put(composer, pieces)
    if many and dropped:
        composer.not_read(dropped)
    return composer.paper()


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
        elif piece.level:
            composer.heading(piece.text, level=piece.level, page=piece.page)
        else:
            composer.prose(piece.text, page=piece.page, alone=piece.alone, before=following)


# -- lines to pieces --------------------------------------------------------------------------


def _pieces(lines: Sequence[str], page: int | None) -> Iterator[Piece]:
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip() and not _RULE.fullmatch(line):
            block.append(line.replace("\u00a0", " "))
        elif block:
            yield from _of_block(block, page)
            block = []


def _of_block(lines: list[str], page: int | None) -> Iterator[Piece]:
    """The pieces of a run of lines without a blank one among them."""
    at = 0
    while at < len(lines):
        for taken in (_tabbed, _piped, _aligned):
            rows, used = taken(lines[at:])
            if rows:
                yield Piece(page, rows=rows)
                at += used
                break
        else:
            used = _length_of_paragraph(lines, at)
            yield from [_paragraph(lines[at : at + used], page, alone=len(lines) == 1)]
            at += used


def _paragraph(lines: Sequence[str], page: int | None, *, alone: bool) -> Piece:
    text = " ".join(line.strip() for line in lines)
    level = 0
    if hashes := _HASHES.match(text):
        level, text = len(hashes[1]), text[hashes.end() :]
    bold = re.fullmatch(r"(\*\*|__)(.+?)\1:?", text)
    text = _EMPHASIS.sub(r"\2", text)
    return Piece(page, text, alone=alone or (bold is not None and len(lines) == 1), level=level)


def _length_of_paragraph(lines: Sequence[str], at: int) -> int:
    """How many lines from ``at`` on are one paragraph: a new one begins at a mark, or after a line that ends short."""
    longest = max(len(line.rstrip()) for line in lines)
    used = 1
    while at + used < len(lines):
        line, previous = lines[at + used], lines[at + used - 1].rstrip()
        mark, _ = take_mark(line)
        opens = (
            "\t" in line.strip()
            or line.lstrip().startswith("|")
            or _starts_point(line, mark is not None)
        )
        is_full = len(previous) >= min(60, longest * 0.7) and longest < 200
        continues = line.strip()[:1].islower() or (is_full and not _ended(previous, longest))
        if opens or not continues:
            break
        used += 1
    return used


def _starts_point(line: str, has_mark: bool) -> bool:
    # "- " at the start of a wrapped line is rare; a number is not, unless it is a year or an amount
    return has_mark and re.match(r"\s*(\d{4}|\d+\.\d+[km%])", line) is None


def _ended(previous: str, longest: int) -> bool:
    return bool(re.search(r"[.:;]$", previous)) and len(previous) < longest * 0.8


def _tabbed(lines: Sequence[str]) -> tuple[list[tuple[Cell, ...]], int]:
    """Rows parted by tabs at the start of these lines; none when the tab only follows a number or a label."""
    used = 0
    while (
        used < len(lines) and "\t" in lines[used].strip("\n ") and not _is_marked_text(lines[used])
    ):
        used += 1
    rows = [tuple(Cell(_plain(cell)) for cell in line.split("\t")) for line in lines[:used]]
    widest = max((len(row) for row in rows), default=0)
    several = [row for row in rows if sum(1 for cell in row if cell.text) > 1]
    if widest < 2 or not several or (used == 1 and len(several[0]) < 3):
        return [], 0
    return _wrapped(rows), used


def _is_marked_text(line: str) -> bool:
    return re.match(r"\s*(?:\(?\w{1,4}[.)]|\d+(?:\.\d+)+|[-•*])\t+\S[^\t]*$", line) is not None


def _piped(lines: Sequence[str]) -> tuple[list[tuple[Cell, ...]], int]:
    """Rows of a table drawn with pipes."""
    used = 0
    while used < len(lines) and lines[used].count("|") >= 2:
        used += 1
    if used < 2:
        return [], 0
    rows = [
        tuple(Cell(_plain(cell)) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")))
        for line in lines[:used]
        if not _PIPE_RULE.fullmatch(line)
    ]
    return rows, used


def _aligned(lines: Sequence[str]) -> tuple[list[tuple[Cell, ...]], int]:
    """Rows set in columns by spaces, as ``pdftotext -layout`` prints them."""
    split = [
        [
            columns.Run(found.start(), found.end(), found[0])
            for found in re.finditer(r"\S+(?: \S+)*", line)
        ]
        for line in lines
    ]
    return columns.table_at_start(split)


def _plain(cell: str) -> str:
    return _EMPHASIS.sub(r"\2", cell.strip()).replace("\\|", "|")


def _wrapped(rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Rows whose label goes on in the next row, put together: a label alone, then small letters with the figures."""
    done: list[tuple[Cell, ...]] = []
    for row in rows:
        above = done[-1] if done else ()
        if (
            above
            and row[0].text[:1].islower()
            and above[0].text
            and not any(cell.text for cell in above[1:])
            and any(_NUMBER_CELL.fullmatch(cell.text) for cell in row[1:] if cell.text)
        ):
            done[-1] = (Cell(f"{above[0].text} {row[0].text}"), *row[1:])
        else:
            done.append(row)
    return done


# -- over page ends ---------------------------------------------------------------------------


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Tables and paragraphs that a page end or a lost line parted, put together again."""
    done: list[Piece] = []
    for piece in pieces:
        last = done[-1] if done else None
        if last and last.rows and piece.rows and goes_on(last.rows, piece.rows):
            heads = repeated_heads(last.rows, piece.rows)
            last.rows.extend(piece.rows[heads:])
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
