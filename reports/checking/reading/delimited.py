"""CSV: any common delimiter and encoding."""

from __future__ import annotations

import csv
import io

from reports.checking.paper import Cell, Paper
from reports.checking.reading import sheets
from reports.checking.reading.compose import Composer
from reports.checking.reading.decode import decode
from reports.checking.reading.limits import MOST_COLUMNS, MOST_ROWS, ReadError


def read(content: bytes, format: str = "csv") -> Paper:
    """The tables of a CSV file."""
    text = decode(content)
    composer = Composer(format)
    rows: list[list[Cell]] = []
    csv.field_size_limit(1_000_000)
    try:
        for line in csv.reader(io.StringIO(text), delimiter=_delimiter(text)):
            if len(rows) >= MOST_ROWS or len(line) > MOST_COLUMNS:
                raise ReadError(
                    f"The file has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns. Split it."
                )
            rows.append([Cell(cell.strip()) for cell in line])
    except csv.Error as error:
        raise ReadError(
            f"The file is no CSV that can be read, at line {len(rows) + 1}. Save it again as CSV."
        ) from error
    sheets.put(composer, rows)
    return composer.paper()


def _delimiter(text: str) -> str:
    """The mark that parts the first lines into the same number of fields most evenly."""
    lines = [line for line in text.split("\n")[:50] if line.strip()]
    if lines and (named := lines[0].strip().lower()).startswith("sep=") and len(named) == 5:
        return named[4]
    best, score = ",", 0
    for mark in (",", ";", "\t", "|"):
        counts = [len(row) for row in csv.reader(lines, delimiter=mark)]
        usual = max(counts, key=counts.count, default=1)
        if usual > 1 and counts.count(usual) * usual > score:
            best, score = mark, counts.count(usual) * usual
    return best
