"""A Paper and a Result as JSON and back: what is kept of a check, and what the command prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from reports.checking.paper import Block, Cell, Paper, Place, Prose, ProseKind, Table, Unread
from reports.checking.result import CheckFinding, Figure, Result

Json = dict[str, Any]

# -- papers -----------------------------------------------------------------------------------


def paper_to_json(paper: Paper) -> Json:
    """A Paper, with nothing left out; cells that hold only words are plain strings."""
    return {
        "title": paper.title,
        "format": paper.format,
        "blocks": [_block_to_json(block) for block in paper.blocks],
        "unread": unread_to_json(paper.unread),
    }


def paper_from_json(kept: Mapping[str, Any]) -> Paper:
    """The Paper that ``paper_to_json`` kept."""
    return Paper(
        blocks=tuple(_block_from_json(block) for block in kept["blocks"]),
        title=kept["title"],
        format=kept["format"],
        unread=tuple(
            Unread(place_from_json(each["place"]) if each["place"] else None, each["reason"])
            for each in kept["unread"]
        ),
    )


def _block_to_json(block: Block) -> Json:
    if isinstance(block, Prose):
        kept: Json = {"prose": block.kind.value, "text": block.text}
        for name in ("number", "label", "level", "section", "page"):
            if value := getattr(block, name):
                kept[name] = value
        return kept
    kept = {"table": [[_cell_to_json(cell) for cell in row] for row in block.rows]}
    for name in ("caption", "head_rows", "head_columns", "section", "page", "sheet"):
        value = getattr(block, name)
        if value not in (None, ""):
            kept[name] = value
    return kept


def _block_from_json(kept: Mapping[str, Any]) -> Block:
    if "prose" in kept:
        rest = {name: value for name, value in kept.items() if name not in ("prose", "text")}
        return Prose(kept["text"], ProseKind(kept["prose"]), **rest)
    rest = {name: value for name, value in kept.items() if name != "table"}
    return Table(
        tuple(tuple(_cell_from_json(cell) for cell in row) for row in kept["table"]), **rest
    )


def _cell_to_json(cell: Cell) -> str | Json:
    kept: Json = {"text": cell.text}
    if cell.value is not None:
        kept["value"] = str(cell.value)
    for name in ("head", "covered"):
        if getattr(cell, name):
            kept[name] = True
    for name in ("across", "down"):
        if getattr(cell, name) != 1:
            kept[name] = getattr(cell, name)
    for name in ("percent", "money"):
        if getattr(cell, name) is not None:
            kept[name] = getattr(cell, name)
    return cell.text if len(kept) == 1 else kept


def _cell_from_json(kept: str | Mapping[str, Any]) -> Cell:
    if isinstance(kept, str):
        return Cell(kept)
    rest = dict(kept)
    if "value" in rest:
        rest["value"] = Decimal(rest["value"])
    return Cell(**rest)


# -- results ----------------------------------------------------------------------------------


def result_to_json(result: Result) -> Json:
    """The answer as one object, as ``schema.json`` describes it: figures, findings and what was not read."""
    return {
        "figures": [_figure_to_json(figure) for figure in result.figures],
        "findings": [_finding_to_json(finding) for finding in result.findings],
        "unread": unread_to_json(result.unread),
    }


def unread_to_json(unread: Sequence[Unread]) -> list[Json]:
    """What could not be read, and why."""
    return [
        {"place": place_to_json(each.place) if each.place else None, "reason": each.reason}
        for each in unread
    ]


def _figure_to_json(figure: Figure) -> Json:
    kept: Json = {
        "status": figure.status.value,
        "printed": figure.printed,
        "kind": figure.kind,
        "amount": _number(figure.amount),
        "place": place_to_json(figure.place),
        "why": figure.why,
    }
    if figure.agrees_with:
        kept["with"] = figure.agrees_with
    if figure.with_place is not None:
        kept["with_place"] = place_to_json(figure.with_place)
    if figure.expected is not None:
        kept["expected"] = _number(figure.expected)
    if figure.difference is not None:
        kept["difference"] = _number(figure.difference)
    if figure.suggestion:
        kept["suggestion"] = figure.suggestion
    return kept


def _finding_to_json(finding: CheckFinding) -> Json:
    kept: Json = {
        "id": finding.id,
        "severity": finding.severity.value,
        "place": place_to_json(finding.place),
        "text": finding.text,
    }
    if len(finding.places) > 1:
        kept["places"] = [place_to_json(place) for place in finding.places]
    if finding.suggestion:
        kept["suggestion"] = finding.suggestion
    return kept


def _number(amount: Decimal | None) -> str | None:
    """An exact number as text: JSON's own numbers are floats to most readers."""
    return None if amount is None else f"{amount:f}"


def place_to_json(place: Place) -> Json:
    """A place: paragraph, or table with row and column counted from 1 as a reader counts, and the words for it.

    ``block`` (from 0) and the characters ``start`` to ``end`` are for programs that draw the report.
    """
    kept: Json = {"words": place.words, "block": place.block}
    if place.paragraph:
        kept["paragraph"] = place.paragraph
    for name, value in (
        ("table", place.table),
        ("row", _one_more(place.row)),
        ("column", _one_more(place.column)),
    ):
        if value is not None:
            kept[name] = value
    for name in ("start", "end", "page"):
        value = getattr(place, name)
        if value is not None:
            kept[name] = value
    return kept


def _one_more(count: int | None) -> int | None:
    return None if count is None else count + 1


def place_from_json(kept: Mapping[str, Any]) -> Place:
    """The place that ``place_to_json`` kept."""
    rest = dict(kept)
    for name in ("row", "column"):
        if name in rest:
            rest[name] -= 1
    return Place(**rest)
