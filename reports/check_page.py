"""A checked report laid out for its page: blocks with their figures marked, findings in order of weight. Pure.

A long report is shown in parts, so that no page grows with the number of its figures.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from council_hms.grid import Cell as GridCell
from council_hms.grid import Column, Format, Grid, Row
from council_hms.money import in_words
from reports.checking.paper import Paper, Prose, ProseKind, Table

#: What a part of a long report may hold.
MOST_BLOCKS, MOST_FIGURES = 150, 500

STATUS_WORDS = {
    "agrees": "Agrees",
    "rounding": "Rounding",
    "disagrees": "Disagrees",
    "untraced": "Not traced",
}
SEVERITY_WORDS = {"error": "Error", "warning": "Warning", "advice": "Advice"}
KIND_WORDS = {
    "money": "Amount",
    "percent": "Percentage",
    "count": "Count",
    "years": "Number of years",
    "date": "Date",
    "year": "Year",
}


#: A place of the answer, as ``stored.place_to_json`` puts it; and what gives its address.
Place = Mapping[str, Any]
Way = Callable[[Place], str]
#: How many figures have each status: the status, its words, how many.
Counts = Sequence[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure as it is marked in the report and explained in its card."""

    number: int
    printed: str
    status: str
    why: str
    place: str
    kind: str
    agrees_with: str = ""
    expected: str = ""
    difference: str = ""
    suggestion: str = ""
    with_href: str = ""
    href: str = ""

    @property
    def words(self) -> str:
        return STATUS_WORDS[self.status]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, marked or plain."""

    text: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell as a table of the page draws it."""

    pieces: Sequence[Piece]
    tag: str  # th or td
    scope: str = ""
    across: int = 1
    down: int = 1
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block of the report: prose in pieces, or a table in rows of cells."""

    number: int
    kind: str
    pieces: Sequence[Piece] = ()
    printed_number: str = ""
    label: str = ""
    level: int = 0
    caption: str = ""
    heads: Sequence[Sequence[ShownCell]] = ()
    rows: Sequence[Sequence[ShownCell]] = ()
    findings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with the address of its place, and the reason why it was set aside if it was."""

    key: str
    rule: str
    severity: str
    text: str
    place: str
    suggestion: str
    href: str
    others: Sequence[tuple[str, str]] = ()  # words and address of further places
    dismissed: str = ""
    dismissed_by: str = ""

    @property
    def words(self) -> str:
        return SEVERITY_WORDS[self.severity]


@dataclass(frozen=True, slots=True)
class CheckPage:
    """One part of a checked report."""

    blocks: Sequence[ShownBlock]
    marks: Sequence[Mark]
    findings: Sequence[ShownFinding]
    dismissed: Sequence[ShownFinding]
    unread: Sequence[tuple[str, str]]
    counts: Counts
    part: int
    parts: int


def finding_key(finding: Mapping[str, Any]) -> str:
    """What names a finding within its check, the same for ever: its rule, place and words."""
    said = f"{finding['place']['words']}\n{finding['place']['block']}\n{finding['text']}"
    rule = re.sub(r"[^a-z0-9]+", "-", finding["id"].lower())
    return f"{rule}-{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def build(
    paper: Paper,
    answer: Mapping[str, Any],
    *,
    part: int = 1,
    dismissed: Mapping[str, tuple[str, str]] | None = None,
) -> CheckPage:
    """The part of the report that is asked for, with all findings. ``dismissed``: key → reason and by whom."""
    dismissed = dismissed or {}
    figures = answer["figures"]
    by_block: dict[int, list[int]] = defaultdict(list)
    for number, figure in enumerate(figures):
        by_block[figure["place"]["block"]].append(number)
    starts = _part_starts(paper, by_block)
    part = min(max(part, 1), len(starts))
    first = starts[part - 1]
    last = starts[part] if part < len(starts) else len(paper.blocks)

    def way(place: Place) -> str:
        of = _part_of(place["block"], starts)
        return ("" if of == part else f"?part={of}") + f"#{_anchor(place, figures, by_block)}"

    findings = [_finding(each, way, dismissed) for each in answer["findings"]]
    anchored: dict[int, list[str]] = defaultdict(list)
    for finding, shown in zip(answer["findings"], findings, strict=True):
        if not shown.dismissed:
            anchored[finding["place"]["block"]].append(shown.words)
    marks: list[Mark] = []
    blocks = []
    for at in range(first, last):
        own = [_mark(number, figures[number], way) for number in by_block[at]]
        marks += own
        blocks.append(_block(at, paper, own, figures, anchored[at]))
    return CheckPage(
        blocks=blocks,
        marks=marks,
        findings=[each for each in findings if not each.dismissed],
        dismissed=[each for each in findings if each.dismissed],
        unread=[
            (each["place"]["words"] if each["place"] else "", each["reason"])
            for each in answer["unread"]
        ],
        counts=_counts(answer),
        part=part,
        parts=len(starts),
    )


def outline(answer: Mapping[str, Any], way: Way) -> tuple[list[ShownFinding], list[Mark], Counts]:
    """Findings, figures and counts without the report, for a page that leads to it by ``way``."""
    return (
        [_finding(each, way, {}) for each in answer["findings"]],
        [_mark(number, each, way) for number, each in enumerate(answer["figures"])],
        _counts(answer),
    )


def _counts(answer: Mapping[str, Any]) -> Counts:
    return [(status, words, answer["counts"][status]) for status, words in STATUS_WORDS.items()]


def _part_starts(paper: Paper, by_block: Mapping[int, Sequence[int]]) -> list[int]:
    """The first block of each part: parts end before a heading where one is near."""
    starts = [0]
    blocks = figures = 0
    for at, block in enumerate(paper.blocks):
        own = len(by_block.get(at, ()))
        is_heading = isinstance(block, Prose) and block.kind is ProseKind.HEADING
        full = blocks >= MOST_BLOCKS or figures + own > MOST_FIGURES
        if at and (
            full or (is_heading and (blocks > MOST_BLOCKS * 0.8 or figures > MOST_FIGURES * 0.8))
        ):
            starts.append(at)
            blocks = figures = 0
        blocks += 1
        figures += own
    return starts


def _part_of(block: int, starts: Sequence[int]) -> int:
    return sum(1 for start in starts if start <= block) or 1


# -- findings ---------------------------------------------------------------------------------


def _finding(
    finding: Mapping[str, Any], way: Way, dismissed: Mapping[str, tuple[str, str]]
) -> ShownFinding:
    key = finding_key(finding)
    reason, by = dismissed.get(key, ("", ""))
    place = finding["place"]
    others = [(other["words"], way(other)) for other in finding.get("places", ())[1:5]]
    return ShownFinding(
        key=key,
        rule=finding["id"],
        severity=finding["severity"],
        text=finding["text"],
        place=place["words"],
        suggestion=finding.get("suggestion", ""),
        href=way(place),
        others=others,
        dismissed=reason,
        dismissed_by=by,
    )


def _anchor(
    place: Mapping[str, Any],
    figures: Sequence[Mapping[str, Any]],
    by_block: Mapping[int, Sequence[int]],
) -> str:
    """Where to jump: the figure that stands at a place, else its block."""
    for number in by_block.get(place["block"], ()):
        there = figures[number]["place"]
        if place.get("row") is not None and (there.get("row"), there.get("column")) == (
            place.get("row"),
            place.get("column"),
        ):
            return f"m{number}"
        if place.get("start") is not None and there.get("start") == place["start"]:
            return f"m{number}"
    return f"b{place['block']}"


# -- figures ----------------------------------------------------------------------------------


def _mark(number: int, figure: Mapping[str, Any], way: Way) -> Mark:
    other = figure.get("with_place")
    return Mark(
        number=number,
        printed=figure["printed"],
        status=figure["status"],
        why=figure["why"],
        place=figure["place"]["words"],
        kind=KIND_WORDS[figure["kind"]],
        agrees_with=figure.get("with", ""),
        expected=_amount(figure.get("expected"), figure["kind"]),
        difference=_amount(figure.get("difference"), figure["kind"]),
        suggestion=figure.get("suggestion", ""),
        with_href=way(other) if other is not None else "",
        href=way(figure["place"]),
    )


def _amount(text: str | None, kind: str) -> str:
    """An exact amount for people: pounds for money, a percentage with its sign."""
    if text is None:
        return ""
    amount = Decimal(text)
    if kind == "money":
        return in_words(amount)
    plain = f"{amount:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return f"{plain}%" if kind == "percent" else plain


# -- blocks -----------------------------------------------------------------------------------


def _block(
    at: int,
    paper: Paper,
    marks: Sequence[Mark],
    figures: Sequence[Mapping[str, Any]],
    findings: Sequence[str],
) -> ShownBlock:
    block = paper.blocks[at]
    if isinstance(block, Prose):
        return ShownBlock(
            at,
            block.kind.value,
            _pieces(block.text, marks, figures),
            block.number,
            block.label,
            block.level,
            findings=findings,
        )
    placed: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    for mark in marks:
        place = figures[mark.number]["place"]
        if place.get("row") is not None and place.get("column") is not None:
            placed[place["row"] - 1, place["column"] - 1].append(mark)
    heads = block.head_rows or _head_rows(block, placed)
    rows = [
        [
            _cell(cell, placed.get((row, column), ()), row < heads, column == 0, len(block.rows[0]))
            for column, cell in enumerate(cells)
            if not cell.covered
        ]
        for row, cells in enumerate(block.rows)
    ]
    return ShownBlock(
        at, "table", caption=block.caption, heads=rows[:heads], rows=rows[heads:], findings=findings
    )


def _head_rows(table: Table, placed: Mapping[tuple[int, int], Sequence[Mark]]) -> int:
    """How many rows stand above the first one with an amount in it; at most three."""
    heads = 0
    for row in range(min(4, len(table.rows))):
        if any(
            place[0] == row and marks[0].kind != KIND_WORDS["year"]
            for place, marks in placed.items()
        ):
            break
        heads = row + 1
    else:
        heads = 0  # words alone: which row is a head is not told
    return heads


def _cell(cell: Any, marks: Sequence[Mark], is_head: bool, is_first: bool, width: int) -> ShownCell:
    pieces = [Piece(cell.text, marks[0])] if marks and cell.text else [Piece(cell.text)]
    if is_head:
        tag = "th" if cell.text.strip() else "td"
        scope = ("colgroup" if cell.across > 1 else "col") if tag == "th" else ""
    else:
        tag = "th" if is_first and cell.text.strip() and width > 1 else "td"
        scope = "row" if tag == "th" else ""
    return ShownCell(pieces, tag, scope, cell.across, cell.down, bool(marks) and not is_first)


def _pieces(text: str, marks: Sequence[Mark], figures: Sequence[Mapping[str, Any]]) -> list[Piece]:
    """The text cut at its figures; one that overlaps another is left to that one."""
    pieces: list[Piece] = []
    done = 0
    for mark in sorted(marks, key=lambda each: figures[each.number]["place"].get("start") or 0):
        place = figures[mark.number]["place"]
        start, end = place.get("start"), place.get("end")
        if start is None or end is None or start < done or end > len(text):
            continue
        if start > done:
            pieces.append(Piece(text[done:start]))
        pieces.append(Piece(text[start:end], mark))
        done = end
    if done < len(text):
        pieces.append(Piece(text[done:]))
    return pieces


# -- files ------------------------------------------------------------------------------------


def as_grids(
    answer: Mapping[str, Any], title: str, dismissed: Mapping[str, tuple[str, str]]
) -> list[Grid]:
    """The answer as tables of a workbook: findings, figures, and what was not read."""

    def grid(
        name: str, heads: Sequence[tuple[str, str]], rows: Sequence[Mapping[str, str]]
    ) -> Grid:
        return Grid(
            f"{name}: {title}" if title else name,
            [Column(key, label, Format.TEXT) for key, label in heads],
            [
                Row(str(at), str(at), {key: GridCell(value) for key, value in row.items() if value})
                for at, row in enumerate(rows, start=1)
            ],
            row_heading="No.",
            name=name,
        )

    findings = []
    for each in answer["findings"]:
        reason, by = dismissed.get(finding_key(each), ("", ""))
        findings.append(
            {
                "weight": SEVERITY_WORDS[each["severity"]],
                "place": each["place"]["words"],
                "text": each["text"],
                "meant": each.get("suggestion", ""),
                "rule": each["id"],
                "dismissed": f"{reason} ({by})" if reason else "",
            }
        )
    figures = [
        {
            "status": STATUS_WORDS[each["status"]],
            "printed": each["printed"],
            "place": each["place"]["words"],
            "why": each["why"],
            "with": each.get("with", ""),
            "expected": _amount(each.get("expected"), each["kind"]),
            "difference": _amount(each.get("difference"), each["kind"]),
            "meant": each.get("suggestion", ""),
        }
        for each in answer["figures"]
    ]
    unread = [
        {"place": each["place"]["words"] if each["place"] else "", "reason": each["reason"]}
        for each in answer["unread"]
    ]
    return [
        grid(
            "Findings",
            [
                ("weight", "Weight"),
                ("place", "Where"),
                ("text", "Finding"),
                ("meant", "Probably meant"),
                ("rule", "Rule"),
                ("dismissed", "Dismissed because"),
            ],
            findings,
        ),
        grid(
            "Figures",
            [
                ("status", "Status"),
                ("printed", "As printed"),
                ("place", "Where"),
                ("why", "Why"),
                ("with", "Compared with"),
                ("expected", "Expected"),
                ("difference", "Difference"),
                ("meant", "Probably meant"),
            ],
            figures,
        ),
        grid("Not read", [("place", "Where"), ("reason", "Why")], unread),
    ]
