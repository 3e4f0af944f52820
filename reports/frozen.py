"""A paper as plain data and back, so that what was published can be drawn again as it was; and what differs.

Pure: it knows the parts of a paper (document.py, grid.py) and nothing of models.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from council_hms import document, grid
from council_hms.document import (
    Bullets,
    Document,
    Facts,
    GridBlock,
    Heading,
    Paragraph,
    Picture,
    Text,
)
from council_hms.money import Negative, Unit
from council_hms.outputs.shown import shower

_PARTS: dict[str, Any] = {
    part.__name__: part
    for part in (
        document.Span,
        document.Heading,
        document.Paragraph,
        document.Bullets,
        document.Facts,
        document.GridBlock,
        document.Picture,
        document.PageBreak,
        document.Document,
        grid.Column,
        grid.Cell,
        grid.Row,
        grid.Grid,
        grid.Sum,
        grid.Difference,
    )
}
_WORDS: dict[str, type[StrEnum]] = {
    each.__name__: each for each in (grid.Format, grid.RowKind, Unit, Negative)
}


def freeze(part: Any) -> Any:
    """A paper, or a part of one, as JSON can hold it. What stands at its default is left out."""
    if is_dataclass(part):
        kept: dict[str, Any] = {"is": type(part).__name__}
        for field in fields(part):
            value = getattr(part, field.name)
            if field.default is MISSING or value != field.default:
                kept[field.name] = freeze(value)
        return kept
    if isinstance(part, StrEnum):
        return {"is": type(part).__name__, "word": part.value}
    if isinstance(part, Decimal):
        return {"is": "Decimal", "of": str(part)}
    if isinstance(part, dt.date):
        return {"is": "date", "of": part.isoformat()}
    if isinstance(part, Mapping):
        return {"is": "map", "of": [[key, freeze(value)] for key, value in part.items()]}
    if isinstance(part, list | tuple):
        return [freeze(each) for each in part]
    return part


def thaw(data: Any) -> Any:
    """The part that ``freeze`` made this of."""
    if isinstance(data, list):
        return [thaw(each) for each in data]
    if not isinstance(data, dict):
        return data
    kind = data["is"]
    if kind == "Decimal":
        return Decimal(data["of"])
    if kind == "date":
        return dt.date.fromisoformat(data["of"])
    if kind == "map":
        return {key: thaw(value) for key, value in data["of"]}
    if kind in _WORDS:
        return _WORDS[kind](data["word"])
    return _PARTS[kind](**{key: thaw(value) for key, value in data.items() if key != "is"})


# -- differences ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a passage: ``kind`` same, gone or new."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that differs between two versions: where it stands, and its words."""

    place: str
    pieces: Sequence[Piece]


def _said(text: Text) -> str:
    return "".join(span.text for span in text)


def passages(paper: Document) -> list[tuple[str, str]]:
    """Every passage of a paper with the heading that it stands under; a table gives one for each row."""
    found: list[tuple[str, str]] = []
    heading = ""
    for block in paper.blocks:
        match block:
            case Heading():
                heading = block.text
                found.append((heading, block.text))
            case Paragraph():
                found.append((heading, f"{block.number} {_said(block.text)}".strip()))
            case Bullets():
                marks = [*block.marks, *["•"] * len(block.points)]
                found += [
                    (heading, f"{mark} {_said(point)}")
                    for mark, point in zip(marks, block.points, strict=False)
                ]
            case Facts():
                found += [(heading, f"{label}: {_said(words)}") for label, words in block.pairs]
            case GridBlock():
                found.append((heading, block.grid.caption))
                for row in block.grid.rows:
                    cells = [
                        f"{column.group} {column.label} ".lstrip()
                        + shower(column.format, block.grid.unit, block.grid.negative)(
                            row.value(column.key)
                        )
                        for column in block.grid.columns
                        if row.value(column.key) is not None
                    ]
                    found.append((heading, "; ".join([row.label, *cells])))
            case Picture():
                found.append((heading, block.alternative))
            case _:
                pass
    return found


def differences(earlier: Document, later: Document) -> list[Passage]:
    """What was taken out, put in or changed between two papers, passage by passage."""
    old, new = passages(earlier), passages(later)
    found: list[Passage] = []
    matcher = difflib.SequenceMatcher(
        a=[words for _, words in old], b=[words for _, words in new], autojunk=False
    )
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        if kind == "equal":
            continue
        paired = min(a1 - a0, b1 - b0)
        for at in range(paired):
            found.append(Passage(new[b0 + at][0], _word_by_word(old[a0 + at][1], new[b0 + at][1])))
        found += [Passage(place, [Piece("gone", words)]) for place, words in old[a0 + paired : a1]]
        found += [Passage(place, [Piece("new", words)]) for place, words in new[b0 + paired : b1]]
    return found


def _word_by_word(earlier: str, later: str) -> list[Piece]:
    old, new = re.findall(r"\S+\s*", earlier), re.findall(r"\S+\s*", later)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    if matcher.ratio() < 0.4:
        return [Piece("gone", earlier), Piece("new", later)]
    pieces: list[Piece] = []
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a0:a1])))
            continue
        if a1 > a0:
            pieces.append(Piece("gone", "".join(old[a0:a1])))
        if b1 > b0:
            pieces.append(Piece("new", "".join(new[b0:b1])))
    return pieces


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A bound figure that shows something else, is new or is gone: its meaning and both texts (empty: not there)."""

    reference: str
    meaning: str
    before: str
    after: str


def figure_changes(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> list[FigureChange]:
    """Bound figures that differ: each side is reference → ``shown`` and ``meaning`` (and ``value``)."""
    found = []
    for reference in dict.fromkeys([*before, *after]):
        old, new = before.get(reference), after.get(reference)
        if (old or {}).get("shown") != (new or {}).get("shown") or (
            old and new and old.get("value") != new.get("value")
        ):
            meaning = (new or old or {}).get("meaning", "")
            found.append(
                FigureChange(
                    reference,
                    meaning,
                    (old or {}).get("shown", ""),
                    (new or {}).get("shown", ""),
                )
            )
    return found
