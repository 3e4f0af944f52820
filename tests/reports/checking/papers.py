"""Papers written out as text: ``table("…")`` from aligned columns parted by ``|``, ``paper(…)`` from blocks."""

from __future__ import annotations

import re

from reports.checking.paper import Cell, Paper, Prose, ProseKind, Table


def table(text: str, caption: str = "", **kept) -> Table:
    """Rows are lines, cells are parted by ``|``; a line of dashes is left out."""
    lines = [line.strip() for line in text.strip().splitlines()]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] if "|" in line else [line]
        for line in lines
        if line and not re.fullmatch(r"[-|\s=]{3,}", line)
    ]
    # a line that begins with a bar has an empty first cell
    rows = [
        ["", *row] if line.startswith("|") else row
        for row, line in zip(
            rows,
            [one for one in lines if one and not re.fullmatch(r"[-|\s=]{3,}", one)],
            strict=True,
        )
    ]
    width = max(len(row) for row in rows)
    return Table(
        [[Cell(text) for text in row + [""] * (width - len(row))] for row in rows], caption, **kept
    )


def para(text: str, number: str = "", **kept) -> Prose:
    return Prose(" ".join(text.split()), number=number, **kept)


def paper(*blocks) -> Paper:
    """Strings are paragraphs; "1. …" has a number, "# …" is a heading."""
    made = []
    section = ""
    for block in blocks:
        if not isinstance(block, str):
            made.append(block)
            continue
        text = " ".join(block.split())
        if text.startswith("# "):
            section = text[2:]
            made.append(Prose(section, ProseKind.HEADING, level=1))
        elif match := re.match(r"(\d+(?:\.\d+)*)\.? (.*)", text):
            made.append(Prose(match[2], number=match[1], section=section))
        else:
            made.append(Prose(text, section=section))
    return Paper(made, format="md")
