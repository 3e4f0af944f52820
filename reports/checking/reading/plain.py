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
_AMOUNT = r"(?:[-−–(]?£?\d[\d,]*(?:\.\d+)?\)?%?|(?<!\S)[-−–](?!\S))"
_FIGURE = re.compile(r"\d")
_YEAR_LIKE = re.compile(r"\b(19|20)\d\d([-/]\d\d)?\b|\b\d\d/\d\d\b")
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
        composer.remark(dropped)
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
        for taken in (_tabbed, _piped, _aligned, _spaced, _stacked):
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
            or (_FIGURE.search(line) and _spaced(lines[at + used : at + used + 3])[0])
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


_SPACED = re.compile(rf"(?P<label>.*?\S)??(?P<figures>(?:(?:^|\s+){_AMOUNT}){{2,}})\s*")


def _spaced(lines: Sequence[str]) -> tuple[list[tuple[Cell, ...]], int]:
    """Rows whose cells are parted by single spaces: a label, then as many figures as in the other rows.

    A row with fewer figures has blanks that nothing places; it stays text, and ends the table.
    """
    rows: list[list[str]] = []
    heads = _spaced_heads(lines)
    for line in lines[1 if heads else 0 :]:
        found = _SPACED.fullmatch(line.strip())
        figures = re.findall(_AMOUNT, found["figures"]) if found else []
        if (
            not found
            or not found["label"]
            or len(found["label"]) > 70
            or (rows and len(figures) != len(rows[0]) - 1)
        ):
            break
        rows.append([found["label"], *figures])
    if len(rows) < 2:
        return [], 0
    if heads:
        rows.insert(0, heads)
    return [tuple(Cell(cell) for cell in row) for row in rows], len(rows)


def _spaced_heads(lines: Sequence[str]) -> list[str]:
    """The heads of figures parted by single spaces: one word over each figure of the next line; none otherwise."""
    if len(lines) < 2 or not (below := _SPACED.fullmatch(lines[1].strip())):
        return []
    words = lines[0].split()
    figures = len(re.findall(_AMOUNT, below["figures"]))
    if len(words) not in (figures, figures + 1) or not _YEAR_LIKE.search(lines[0]):
        return []
    return ["", *words] if len(words) == figures else words


def _stacked(lines: Sequence[str]) -> tuple[list[tuple[Cell, ...]], int]:
    """Rows with one cell a line: heads, then time and again a label with the same number of figures under it."""
    texts = [line.strip() for line in lines]
    start = next((at for at, text in enumerate(texts[:16]) if columns.is_figure(text)), 0)
    if start < 2:
        return [], 0
    width = 0
    while start + width < len(texts) and columns.is_figure(texts[start + width]):
        width += 1
    heads = texts[: start - 1]
    if width < 2 or len(heads) not in (width, width + 1) or any(len(head) > 40 for head in heads):
        return [], 0
    rows = [["", *heads] if len(heads) == width else heads]
    at = start - 1
    while at + width < len(texts):
        label, figures = texts[at], texts[at + 1 : at + 1 + width]
        if columns.is_figure(label) or len(label) > 70 or not all(map(columns.is_figure, figures)):
            break
        rows.append([label, *figures])
        at += width + 1
    if len(rows) < 4:
        return [], 0
    return [tuple(Cell(cell) for cell in row) for row in rows], at


def _plain(cell: str) -> str:
    return _EMPHASIS.sub(r"\2", cell.strip()).replace("\\|", "|")
