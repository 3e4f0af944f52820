"""Tables as council papers print them: each planted fault is found at its cell, and nothing else is said."""

import re
from pathlib import Path

import pytest

from reports.checking.engine import check
from reports.checking.paper import Cell, Table
from tests.reports.checking.papers import paper, table

MARK = "✗"


def corpus(name):
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    for part in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        name, _, rest = part.partition("\n")
        caption, _, body = rest.partition("\n")
        yield name.strip(), caption.removeprefix("caption:").strip(), body


def unmarked(marked: Table) -> tuple[Table, list[tuple[int, int]]]:
    """The table without the marks, and where they stood."""
    faults = [
        (row, column)
        for row, cells in enumerate(marked.rows)
        for column, cell in enumerate(cells)
        if MARK in cell.text
    ]
    rows = [[Cell(cell.text.replace(MARK, "").strip()) for cell in row] for row in marked.rows]
    return Table(rows, marked.caption), faults


CASES = [(name, *unmarked(table(body, caption))) for name, caption, body in corpus("tables.txt")]
SOUND = [
    (name, *unmarked(table(body, caption))) for name, caption, body in corpus("sound_tables.txt")
]


def test_the_corpus_is_large_and_half_of_it_faultless():
    assert len(CASES) >= 60
    assert 0.4 <= sum(1 for _, _, faults in CASES if not faults) / len(CASES) <= 0.6


@pytest.mark.parametrize(
    ("name", "printed", "faults"), CASES + SOUND, ids=[case[0] for case in CASES + SOUND]
)
def test_each_planted_fault_is_found_and_nothing_else(name, printed, faults):
    result = check(paper(printed))
    found = {(place.row, place.column) for finding in result.findings for place in finding.places}
    said = "\n".join(finding.text for finding in result.findings)
    assert set(faults) <= found, said or "nothing was found"
    assert len(result.findings) == len(faults), said
    assert not result.unread
