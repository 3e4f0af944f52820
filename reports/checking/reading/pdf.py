"""PDF with text: words with their positions become lines, paragraphs and tables.

Tables with ruled lines are read cell by cell from the lines; others by how their columns stand. Running heads
and page numbers are left out, and said; so is a page that holds a picture and no text.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from reports.checking.paper import Cell, Paper
from reports.checking.reading import columns, ruled
from reports.checking.reading.compose import Composer, take_mark
from reports.checking.reading.furniture import furniture
from reports.checking.reading.limits import MOST_PAGES, ReadError
from reports.checking.reading.pieces import Piece, joined, put, whole_labels

#: A gap between words this many times their height parts columns.
_WIDE_GAP = 0.75


@dataclass(slots=True)
class Word:
    """A word with its box in points from the page's top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Line:
    """Words at one height, left to right."""

    words: list[Word]

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        return max(word.bottom for word in self.words)

    @property
    def height(self) -> float:
        return max(word.bottom - word.top for word in self.words)

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return self.words[-1].right

    @property
    def bold(self) -> bool:
        return all(word.bold for word in self.words if re.search(r"\w", word.text))

    @property
    def size(self) -> float:
        return max(word.size for word in self.words)

    @property
    def text(self) -> str:
        """The words; a wide gap is two spaces, which tell a number from what it numbers."""
        return "  ".join(run.text for run in self.runs)

    @property
    def runs(self) -> list[columns.Run]:
        runs: list[columns.Run] = []
        for before, word in zip([None, *self.words], self.words, strict=False):
            if before is not None and word.left - before.right < self.height * _WIDE_GAP:
                runs[-1] = columns.Run(runs[-1].left, word.right, f"{runs[-1].text} {word.text}")
            else:
                runs.append(columns.Run(word.left, word.right, word.text))
        return runs


Block = Line | list[tuple[Cell, ...]]


def read(content: bytes, format: str = "pdf") -> Paper:
    """The report of a PDF."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError(
                "The PDF is locked with a password. Save a copy without the password and upload that."
            ) from error
        raise ReadError(
            "The PDF is damaged or not complete. Make it again and upload that."
        ) from error
    composer = Composer(format)
    count = len(document)
    if count > MOST_PAGES:
        raise ReadError(
            f"The PDF has {count:,} pages; at most {MOST_PAGES:,} can be read. Split it."
        )
    pages: list[list[Block]] = []
    unread: list[tuple[int, str]] = []
    for at in range(count):
        try:
            blocks, reason = _page(document[at])
        except pypdfium2.PdfiumError:
            blocks, reason = [], "The page is damaged and is not read."
        pages.append(blocks)
        if reason:
            unread.append((at + 1, reason))
    places, dropped = furniture(
        [[block.text if isinstance(block, Line) else "" for block in blocks] for blocks in pages]
    )
    pieces: list[Piece] = []
    for at, (blocks, gone) in enumerate(zip(pages, places, strict=True), start=1):
        pieces += _pieces([block for place, block in enumerate(blocks) if place not in gone], at)
    if pieces:
        put(composer, joined(pieces))
        for page, reason in unread:
            composer.not_read(reason, page=page)
        if dropped:
            composer.remark(dropped)
    return composer.paper((document.get_metadata_dict().get("Title") or "").strip())


# -- a page -----------------------------------------------------------------------------------


def _page(page: Any) -> tuple[list[Block], str]:
    """Lines and ruled tables of a page from top to bottom, and what could not be read of it."""
    turn = page.get_rotation()
    width, height = page.get_mediabox()[2:] if turn in (90, 270) else page.get_size()

    def turned(
        left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """A box as it is seen: left, top, right, bottom, counted from the top left corner."""
        if turn == 90:
            return bottom, left, top, right
        if turn == 270:
            return height - top, width - right, height - bottom, width - left
        if turn == 180:
            return width - right, bottom, width - left, top
        return left, height - top, right, height - bottom

    words, strange = _words(page, turned)
    has_pictures = False
    strokes: list[ruled.Stroke] = []
    for part in page.get_objects(max_depth=4):
        if part.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            has_pictures = True
        elif part.type == pdfium.FPDF_PAGEOBJ_PATH and len(strokes) < 20_000:
            strokes += ruled.strokes_of(turned(*part.get_bounds()))
    if not words:
        return (
            [],
            "The page holds a picture and no text. Have it made searchable (OCR)."
            if has_pictures
            else "",
        )
    if strange > len(words) * 5 // 10:
        return [], "The letters of the page cannot be read: its fonts name no characters."
    blocks: list[tuple[float, Block]] = []
    for table in ruled.tables(strokes):
        inside = [word for word in words if table.holds((word.left + word.right) / 2, word.middle)]
        if rows := _cells(table, inside):
            words = (
                [word for word in words if word not in inside]
                if len(inside) < 40
                else _without(words, inside)
            )
            blocks.append((table.top, rows))
    blocks += [(line.top, line) for line in _lines(words)]
    blocks.sort(key=lambda block: block[0])
    return [block for _, block in blocks], ""


def _without(words: Sequence[Word], gone: Sequence[Word]) -> list[Word]:
    places = {id(word) for word in gone}
    return [word for word in words if id(word) not in places]


def _words(page: Any, turned: Any) -> tuple[list[Word], int]:
    """The words of a page, and how many of their letters have no meaning."""
    text = page.get_textpage()
    raw = text.raw
    count = pdfium.FPDFText_CountChars(raw)
    box = pdfium.FS_RECTF()
    pointer = ctypes.byref(box)
    words: list[Word] = []
    strange = 0
    letters: list[str] = []
    edges = last = (0.0, 0.0, 0.0, 0.0)
    first = 0

    def finish() -> None:
        if letters:
            words.append(Word("".join(letters), *edges, *_font(raw, first)))
            letters.clear()

    for at in range(count):
        code = pdfium.FPDFText_GetUnicode(raw, at)
        if code <= 32 or code == 0xA0 or code == 0x200B:
            finish()
            continue
        if not pdfium.FPDFText_GetLooseCharBox(raw, at, pointer):
            continue
        left, top, right, bottom = turned(box.left, box.bottom, box.right, box.top)
        if right - left <= 0 and bottom - top <= 0:
            continue
        letter = _letter(code)
        strange += letter == "\ufffd"
        if letters and (left, top, right, bottom) == last:
            letters.append(letter)  # the second letter of a ligature
            continue
        last = (left, top, right, bottom)
        if letters:
            high = max(edges[3] - edges[1], 1.0)
            apart = left - edges[2]
            shared = min(bottom, edges[3]) - max(top, edges[1])
            higher = bottom - top > high * 1.25 or bottom - top < high * 0.8  # a raised note's sign
            if (
                higher
                or apart > high * 0.25
                or apart < -high * 0.8
                or shared < min(high, bottom - top) * 0.3
            ):
                finish()
        if not letters:
            first, edges = at, (left, top, right, bottom)
        letters.append(letter)
        edges = (
            min(edges[0], left),
            min(edges[1], top),
            max(edges[2], right),
            max(edges[3], bottom),
        )
    finish()
    return words, strange


_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xAD: "-",
    2: "-",
    0x2011: "-",
}


def _letter(code: int) -> str:
    if code in _LIGATURES:
        return _LIGATURES[code]
    if 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF) or code > 0x10FFFF:
        return "\ufffd"
    return chr(code)


def _font(raw: Any, at: int) -> tuple[float, bool]:
    """Size in points and whether the letters are bold."""
    size = float(pdfium.FPDFText_GetFontSize(raw, at))
    weight = pdfium.FPDFText_GetFontWeight(raw, at)
    name = ctypes.create_string_buffer(100)
    pdfium.FPDFText_GetFontInfo(raw, at, name, 100, None)
    return size, weight >= 600 or b"bold" in name.value.lower()


def _lines(words: Sequence[Word]) -> list[Line]:
    """Words put together as lines: those whose middles stand at one height."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda each: (each.middle, each.left)):
        for line in lines[-4:]:
            tallest = max(line, key=lambda each: each.bottom - each.top)
            if (
                abs(word.middle - tallest.middle)
                < max(tallest.bottom - tallest.top, word.bottom - word.top) * 0.45
            ):
                line.append(word)
                break
        else:
            lines.append([word])
    return [Line(_without_note_signs(sorted(line, key=lambda each: each.left))) for line in lines]


def _without_note_signs(words: list[Word]) -> list[Word]:
    """The words of a line without raised note signs inside it; raised letters (18th) belong to the word before."""
    size = max(word.size for word in words)
    kept: list[Word] = []
    for word in words:
        is_raised = word.size < size * 0.8 and kept and word.bottom < kept[-1].bottom - 1
        if is_raised and re.fullmatch(r"st|nd|rd|th", word.text) and kept[-1].text[-1:].isdigit():
            before = kept[-1]
            kept[-1] = replace(before, text=before.text + word.text, right=word.right)
        elif not (is_raised and re.fullmatch(r"\d{1,2}|[*†‡]", word.text)):
            kept.append(word)
    return kept


def _cells(table: ruled.Ruled, words: Sequence[Word]) -> list[tuple[Cell, ...]]:
    """The cells of a ruled table with the words in them; none when it holds too little to be a table."""
    inside: dict[tuple[int, int], list[Word]] = {}
    for word in words:
        place = table.cell_at((word.left + word.right) / 2, word.middle)
        inside.setdefault(place, []).append(word)
    if len(inside) < 2 or len(table.columns) < 3:
        return []
    rows = []
    for row in range(len(table.rows) - 1):
        cells = []
        for column in range(len(table.columns) - 1):
            top, left, down, across = table.span_of(row, column)
            if (top, left) != (row, column):
                cells.append(Cell("", covered=True))
                continue
            lines = _lines(inside.get((row, column), []))
            text = _cell_text(lines, table.columns[column], table.columns[column + across])
            cells.append(Cell(text, across=across, down=down))
        rows.append(tuple(cells))
    return rows


def _cell_text(lines: Sequence[Line], left: float, right: float) -> str:
    """The lines of a cell between two edges as one text. A word that filled its line goes on in the next.

    So "2024/2" over "5" is 2024/25 and "12,121." over "1" is 12,121.1; other lines part words as printed.
    """
    if not lines:
        return ""
    margin = min(min(line.left for line in lines) - left, right - max(line.right for line in lines))
    room = right - left - 2 * max(margin, 0.0)
    text = lines[0].text.replace("  ", " ")
    for before, line in pairwise(lines):
        words = line.text.replace("  ", " ")
        wide = before.right - before.left
        is_full = wide + 1.2 * wide / max(len(before.text), 1) >= room
        figure = re.search(r"[\d/,.-]$", text) and re.match(r"[\d.,]+\)?%?$", words)
        word = (
            len(before.words) == 1
            and re.search(r"[a-z]$", text)
            and re.match(r"[a-z]{1,4}$", words)
        )
        text += words if is_full and (figure or word) else f" {words}"
    return text


# -- pieces -----------------------------------------------------------------------------------


def _pieces(blocks: Sequence[Block], page: int) -> list[Piece]:
    lines = [block for block in blocks if isinstance(block, Line)]
    usual = median(line.size for line in lines) if lines else 0.0
    right = max((line.right for line in lines), default=0.0)
    pieces: list[Piece] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        if not isinstance(block, Line):
            pieces.append(Piece(page, rows=list(block)))
            at += 1
            continue
        together = at
        while together < len(blocks) and isinstance(blocks[together], Line):
            together += 1
        run = [each for each in blocks[at:together] if isinstance(each, Line)]
        rows, used = _aligned(run)
        if rows:
            pieces.append(Piece(page, rows=whole_labels(rows)))
        elif (words := _word_table(run))[1]:
            rows, used = words
            pieces.append(Piece(page, rows=rows))
        else:
            used = _paragraph_length(run, right)
            taken = run[:used]
            strong = taken[0].bold or taken[0].size > usual * 1.12
            alone = strong or (used == 1 and _stands_apart(blocks, at))
            if (
                len(taken[0].words) > 1
                and taken[0].words[0].size < taken[0].words[1].size * 0.8
                and taken[0].words[0].text.isdigit()
            ):
                pieces.append(Piece(page, _text(taken), is_note=True))
            elif len(facts := _facts_beside(taken[0])) > 1 and used == 1:
                pieces += [Piece(page, fact) for fact in facts]
            else:
                pieces.append(Piece(page, _text(taken), alone=alone, strong=strong))
        at += used
    return pieces


def _aligned(lines: Sequence[Line]) -> tuple[list[tuple[Cell, ...]], int]:
    first = lines[0].runs
    if len(first) < 2 or (
        len(first) == 2 and (take_mark(f"{first[0].text} x")[0] or first[0].text.endswith(":"))
    ):
        return [], 0
    return columns.table_at_start([line.runs for line in lines[:200]])


def _word_table(lines: Sequence[Line]) -> tuple[list[tuple[Cell, ...]], int]:
    """A table of words without upright rules: its columns begin at the same places, its rows stand a little apart.

    Three rows at least have more than one column; a number or bullet with its text is no table.
    """
    first = lines[0].runs
    if not 2 <= len(first) <= 6 or take_mark(f"{first[0].text} x")[0]:
        return [], 0
    edges = [run.left for run in first]
    rows: list[list[list[str]]] = []
    full = used = 0
    for at, line in enumerate(lines[:400]):
        places = [_nearest(edges, run.left) for run in line.runs]
        if len(set(places)) < len(places) or any(
            abs(edges[place] - run.left) > 4 for place, run in zip(places, line.runs, strict=True)
        ):
            break
        apart = at == 0 or line.top - lines[at - 1].bottom > line.height * 0.3
        if at and line.top - lines[at - 1].bottom > line.height * 2.5:
            break
        if apart and (at == 0 or places[0] == 0):
            if len(places) == 1 and places[0] == 0 and _ends_words(lines, at, edges):
                break
            rows.append([[] for _ in edges])
            full += len(places) > 1
        elif len(places) > 1 and rows[-1][0] and rows[-1][places[-1]] and places[0] == 0:
            # set without room between rows: every line with a first column is a row
            rows.append([[] for _ in edges])
            full += 1
        for place, run in zip(places, line.runs, strict=True):
            rows[-1][place].append(run.text)
        used = at + 1
    if full < 3 or full * 2 < len(rows):
        return [], 0
    return [tuple(Cell(" ".join(words)) for words in row) for row in rows], used


def _nearest(edges: Sequence[float], left: float) -> int:
    return min(range(len(edges)), key=lambda at: abs(edges[at] - left))


def _ends_words(lines: Sequence[Line], at: int, edges: Sequence[float]) -> bool:
    """Whether a lone line at the left is text after the table: it is wide, or no more rows follow."""
    if lines[at].right > edges[1]:
        return True
    return not any(
        len(line.runs) > 1 and abs(line.runs[-1].left - edges[-1]) <= 4
        for line in lines[at + 1 : at + 5]
    )


def _paragraph_length(lines: Sequence[Line], right: float) -> int:
    """How many lines from the first on are one paragraph: until a gap, a mark, another weight, a short line."""
    first = lines[0]
    used = 1
    while used < len(lines):
        before, line = lines[used - 1], lines[used]
        gap = line.top - before.bottom
        mark, _ = take_mark(line.text)
        is_short = before.right < right - (right - before.left) * 0.25
        if (
            gap > first.height * 0.55
            or (mark is not None and not re.match(r"\s*\d{4}\b|\s*\d+\.\d+[km%]", line.text))
            or abs(line.size - before.size) > 1.2
            or (
                line.bold != first.bold
                and (first.bold or line.bold)
                and len(line.words) > 1
                and first.bold
            )
            or (is_short and re.search(r"[.:;]$", before.text) and not line.text[:1].islower())
            or (is_short and re.match(r"[A-Z][\w /()]{1,40}:(\s|$)", line.text))
            or (len(line.runs) > 1 and _aligned(lines[used:])[0])
        ):
            break
        used += 1
    return used


def _text(lines: Sequence[Line]) -> str:
    text = lines[0].text
    for line in lines[1:]:
        following = line.text.replace("  ", " ")
        if re.search(r"[a-z]-$", text) and following[:1].islower():
            text += following  # "long-" and "term" keep their hyphen
        else:
            text += f" {following}"
    return text


def _facts_beside(line: Line) -> list[str]:
    """Header fields that stand beside one another: "To: Cabinet      Date: 14 June 2023"."""
    texts = [run.text for run in line.runs]
    told = all(re.match(r"[A-Z][\w /()]{1,30}:\s*\S", text) for text in texts)
    return texts if told else []


def _stands_apart(blocks: Sequence[Block], at: int) -> bool:
    """Whether a line has room above and below it, as a heading has."""
    line = blocks[at]
    if not isinstance(line, Line) or len(line.runs) > 2:
        return False
    above = blocks[at - 1] if at else None
    below = blocks[at + 1] if at + 1 < len(blocks) else None
    room = line.height * 0.4
    return (not isinstance(above, Line) or line.top - above.bottom > room) and (
        not isinstance(below, Line) or below.top - line.bottom > room
    )
