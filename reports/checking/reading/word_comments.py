"""A copy of a Word report with a comment at each finding and each figure that disagrees."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from reports.checking.paper import Table
from reports.checking.reading.word import Traced, text_of, trace

AUTHOR, INITIALS = "Report check", "RC"


def commented(content: bytes, answer: Mapping[str, Any]) -> bytes:
    """The file with its comments. Nothing else of it changes. ``answer`` is as ``schema.json`` describes it."""
    traced = trace(content)
    for place, printed, text in _remarks(answer):
        paragraph = _paragraph_at(traced, place)
        if paragraph is not None:
            runs = _runs_with(paragraph, printed)
            traced.document.add_comment(runs, text=text, author=AUTHOR, initials=INITIALS)
    out = io.BytesIO()
    traced.document.save(out)
    return out.getvalue()


def _remarks(answer: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str, str]]:
    """Place, printed figure and words of each comment: findings first, then figures that no finding speaks of."""
    spoken: set[tuple[Any, ...]] = set()
    for finding in answer["findings"]:
        place = finding["place"]
        spoken.add(_spot(place))
        words = f"{finding['severity'].capitalize()}: {finding['text']}"
        if finding.get("suggestion"):
            words += f" Probably meant: {finding['suggestion']}."
        yield place, _printed_at(answer["figures"], place), words
    for figure in answer["figures"]:
        if figure["status"] == "disagrees" and _spot(figure["place"]) not in spoken:
            words = f"{figure['printed']} disagrees: {figure['why']}"
            if figure.get("suggestion"):
                words += f" Probably meant: {figure['suggestion']}."
            yield figure["place"], figure["printed"], words


def _spot(place: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(place.get(name) for name in ("block", "row", "column", "start"))


def _printed_at(figures: Sequence[Mapping[str, Any]], place: Mapping[str, Any]) -> str:
    return next((each["printed"] for each in figures if _spot(each["place"]) == _spot(place)), "")


def _paragraph_at(traced: Traced, place: Mapping[str, Any]) -> Paragraph | None:
    """The paragraph of the file where something stands; None when it is in a note or text box that is gone."""
    at = place["block"]
    element = traced.paragraphs.get(at)
    if element is None or at >= len(traced.paper.blocks):
        return None
    block = traced.paper.blocks[at]
    if isinstance(block, Table):
        row = (
            block.rows[place["row"] - 1]
            if place.get("row") and place["row"] <= len(block.rows)
            else block.rows[0]
        )
        column = place.get("column") or 1
        cell = row[column - 1] if column <= len(row) else row[0]
        element = traced.cells.get(id(cell), element)
    if element.tag != qn("w:p"):
        element = next((each for each in element.iter(qn("w:p")) if text_of(each).strip()), None)
        if element is None:
            return None
    return Paragraph(element, traced.document)


def _runs_with(paragraph: Paragraph, printed: str) -> list[Run]:
    """The runs that hold a printed figure; all runs of the paragraph when no few of them do."""
    runs = paragraph.runs or [paragraph.add_run("")]
    if not printed:
        return runs
    for first in range(len(runs)):
        text = ""
        for last in range(first, len(runs)):
            text += runs[last].text
            if printed in text:
                while first < last and printed in "".join(
                    run.text for run in runs[first + 1 : last + 1]
                ):
                    first += 1
                return runs[first : last + 1]
    return runs
