"""Plain text: paragraphs between blank lines, tables by tabs, pipes or aligned spaces; and what PDF extraction gives.

Form feeds are page ends. Lines that come again at the head or foot of most pages are left out, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reports.checking.paper import Cell, Paper
from reports.checking.reading import columns
from reports.checking.reading.compose import Composer, take_mark
from reports.checking.reading.decode import decode
from reports.checking.reading.furniture import furniture
from reports.checking.reading.pieces import Piece, joined, put, whole_labels

_PIPE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_HASHES = re.compile(r"(#{1,6})\s+(?=\S)")
_RULE = re.compile(r"\s*([-=_*~])\1{2,}\s*")


def read(content: bytes, format: str = "txt") -> Paper:
    """The report of a text file."""
    pages = [page.split("\n") for page in decode(content).split("\f")]
    composer = Composer(format)
    if len(pages) > 1 and not any(line.strip() for line in pages[-1]):
        pages.pop()
    many = len(pages) > 1
    dropped = ""
    if many:
        places, dropped = furniture(pages)
        pages = [
            [line for at, line in enumerate(lines) if at not in gone]
            for lines, gone in zip(pages, places, strict=True)
        ]
    pieces = joined(
        [
            piece
            for at, lines in enumerate(pages, start=1)
            for piece in _pieces(lines, at if many else None)
        ]
    )
    put(composer, pieces)
    if dropped:
        composer.not_read(dropped)
    return composer.paper()


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
    strong = len(lines) == 1 and re.fullmatch(r"(\*\*|__)(.+?)\1:?", text) is not None
    return Piece(
        page, _EMPHASIS.sub(r"\2", text), alone=alone or strong, strong=strong, level=level
    )


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
    return whole_labels(rows), used


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
