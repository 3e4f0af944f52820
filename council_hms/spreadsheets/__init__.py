"""Reads spreadsheets that people send (.xlsx, .xlsm, .xls, .ods, .csv) safely, as rows of text.

The file is opened in a child process that can take only so much memory and time; limits are kept
by counting while reading. Every cell comes back as text: a number in plain figures (``605.1``), a
date as ``2023-06-14``, an error as Excel shows it (``#REF!``), a formula that nothing has calculated
as ``#UNCALCULATED``, an empty cell as ``""``. Row 1 of the file is the first row, blank rows
included, so that a row's number is what Excel shows.

``outline`` shows the first rows of every sheet, and gives all rows away in packed pieces to be kept;
``rows`` gives one sheet in pieces, ``read`` all of a small file at once; ``mark`` gives an .xlsx back
with cells marked. All raise SpreadsheetError, whose text says what is wrong and what to do.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from council_hms.spreadsheets.child import UNCALCULATED, Limits, SpreadsheetError, run, unpack

__all__ = [
    "UNCALCULATED",
    "Limits",
    "Outline",
    "Sheet",
    "SpreadsheetError",
    "mark",
    "outline",
    "read",
    "rows",
    "unpack",
]

Row = list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows as read so far, and how many rows and columns it has in all."""

    name: str
    rows: list[Row]
    height: int
    width: int
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """What a file is: its kind (``xlsx``, ``xls``, ``ods``, ``csv``), its sheets, and remarks on how it was read."""

    kind: str
    sheets: list[Sheet] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def outline(
    content: bytes,
    name: str,
    *,
    first: int = 60,
    keep: Callable[[int, str], None] | None = None,
    limits: Limits | None = None,
) -> Outline:
    """The first rows of every sheet. ``name`` is the file's, for the messages only: the content decides.

    With ``keep`` the whole file is read, and every piece of it given to ``keep``: the number of its sheet
    among those that are shown, from 0, and its rows packed; ``unpack`` makes rows of them again.
    """
    found = Outline("")
    for message in run(content, name, None, None if keep else first, limits or Limits()):
        if isinstance(message, str):
            place, sheet = len(found.sheets) - 1, found.sheets[-1]
            if keep:
                keep(place, message)
            if len(sheet.rows) < first:
                sheet.rows.extend(unpack(message)[: first - len(sheet.rows)])
        else:
            found = _begun(found, message)
    return found


def read(content: bytes, name: str, *, limits: Limits | None = None) -> Outline:
    """The whole of every sheet, held in memory: for files of some thousands of rows."""
    found = Outline("")
    for message in run(content, name, None, None, limits or Limits()):
        if isinstance(message, str):
            found.sheets[-1].rows.extend(unpack(message))
        else:
            found = _begun(found, message)
    return found


def rows(
    content: bytes, name: str, sheet: int, *, limits: Limits | None = None
) -> Iterator[list[Row]]:
    """The rows of one sheet (counted from 0), in order, some thousands at a time."""
    for message in run(content, name, sheet, None, limits or Limits()):
        if isinstance(message, str):
            yield unpack(message)


def _begun(found: Outline, message: dict[str, Any]) -> Outline:
    """What has been found, with what the child says of the file or of the sheet that begins."""
    if "kind" in message:
        return Outline(message["kind"], [], message["remarks"])
    found.sheets.append(
        Sheet(message["name"], [], message["height"], message["width"], message["is_hidden"])
    )
    return found


def mark(
    content: bytes,
    name: str,
    sheet: int,
    marks: Sequence[tuple[int, int, str]],
    *,
    limits: Limits | None = None,
) -> bytes:
    """The .xlsx again with cells of one sheet coloured and commented: (row, column, words), both from 1.

    Column 0 marks the row's first cell. A last sheet lists all marks.
    """
    for message in run(content, name, sheet, None, limits or Limits(), marks=list(marks)):
        if isinstance(message, dict) and "file" in message:
            return base64.b64decode(message["file"])
    raise SpreadsheetError("The file could not be marked.")
