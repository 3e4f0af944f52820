"""A report as it was read: blocks of prose and tables, each with its place. Readers make it, the engine reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class ProseKind(StrEnum):
    """What a block of prose is in its report."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    RECOMMENDATION = "recommendation"
    FACT = "fact"  # a header field: "Key decision: No"; the label is in ``label``
    CAPTION = "caption"
    NOTE = "note"  # a footnote, or a line beneath a table


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of text. ``number`` is its printed number without the stop (``"8"``, ``"4a"``), empty when it has none.

    A FACT holds its value alone in ``text`` ("No") and its label without the colon in ``label`` ("Key decision").
    A point of a list under a numbered paragraph carries both numbers ("4a", "4a(i)"); a bullet none.
    ``section`` is the heading it stands under; ``page`` counts from 1, None where the format has no pages.
    """

    text: str
    kind: ProseKind = ProseKind.PARAGRAPH
    number: str = ""
    label: str = ""
    level: int = 0
    section: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as printed. ``value`` is the exact number behind it where the format keeps one (a workbook).

    ``value`` counts in the unit that is printed: 12.5 for "12.5%", 605.1234 for "605.1" in a column of £000.

    A merged cell spans ``across`` columns and ``down`` rows; the places it covers hold ``Cell("", covered=True)``.
    ``percent`` and ``money`` say what a workbook's number format says, None where the format has none.
    """

    text: str
    value: Decimal | None = None
    head: bool = False
    across: int = 1
    down: int = 1
    covered: bool = False
    percent: bool | None = None
    money: bool | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table as printed: rows of cells, all of one length.

    ``head_rows`` and ``head_columns`` are the reader's knowledge where the format marks heads
    (Word, HTML); None leaves it to the engine. ``caption`` is the nearest title or lead-in.
    """

    rows: Sequence[Sequence[Cell]]
    caption: str = ""
    head_rows: int | None = None
    head_columns: int | None = None
    section: str = ""
    page: int | None = None
    sheet: str = ""


Block = Prose | Table


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: which block, and in a table which cell, in prose which characters.

    All counts start at 0 inside (``block``, ``row``, ``column``, ``start``, ``end``); ``table`` counts
    tables from 1 as a reader would. ``words`` says it to people: "paragraph 8", "table 2, row ICT, 2023-24".
    """

    block: int
    paragraph: str = ""
    table: int | None = None
    row: int | None = None
    column: int | None = None
    start: int | None = None
    end: int | None = None
    page: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read, and why: never passed over in silence."""

    place: Place | None
    reason: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole report as read. ``format`` is docx, pdf, html, md, txt, xlsx, csv or document (our own draft)."""

    blocks: Sequence[Block]
    title: str = ""
    format: str = ""
    unread: Sequence[Unread] = field(default=())
