"""What a paper is made of: headings, paragraphs, lists and tables, whatever file it ends in.

A Document is assembled once for an audience and a date, and then drawn as page, Word or PDF.
It holds only what that audience may read: the outputs leave nothing out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from council_hms.grid import Grid


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text. ``figure`` names the bound figure that it shows, ``href`` where it comes from.

    ``value`` is the exact amount behind a figure that the text shows rounded (pounds, or a count).
    """

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""
    figure: str = ""
    value: Decimal | int | None = None


Text = Sequence[Span]


def plain(text: str) -> Text:
    """One run of ordinary text."""
    return (Span(text),)


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 1 is the title of the paper; sections are 2, their parts 3."""

    text: str
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, with its printed number (``"8."``) when the paper numbers it."""

    text: Text
    number: str = ""
    anchor: str = ""
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of points; ``ordered`` ones carry their printed marks in ``marks`` (``a.``, ``b.``)."""

    points: Sequence[Text]
    marks: Sequence[str] = ()
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value pairs: the header of a report, its author block."""

    pairs: Sequence[tuple[str, Text]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class GridBlock:
    """A table of figures, numbered for reference (``"Table 1"``) where the paper does so."""

    grid: Grid
    number: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as SVG with the words that stand for it when it is not seen."""

    svg: str
    alternative: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next block starts on a new page."""


Block = Heading | Paragraph | Bullets | Facts | GridBlock | Picture | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """A paper. ``marking`` ("Exempt: not for publication") is printed on every page; empty for the public.

    ``reference`` and ``about`` (label, value) go to the file's properties and last page.
    """

    title: str
    blocks: Sequence[Block]
    author: str = ""
    date: dt.date | None = None
    council: str = ""
    reference: str = ""
    marking: str = ""
    language: str = "en-GB"
    about: Sequence[tuple[str, str]] = field(default=())


def typed(text: str) -> list[Block]:
    """What somebody typed into a box: a paragraph a line; lines that begin with a dash are points of a list."""
    found: list[Block] = []
    lines = (line.strip() for line in text.splitlines() if line.strip())
    for is_point, run in groupby(lines, key=lambda line: line.startswith(("- ", "* ", "• "))):
        if is_point:
            found.append(Bullets([plain(line[2:].strip()) for line in run]))
        else:
            found += [Paragraph(plain(line)) for line in run]
    return found
