"""Goal for the report checker: a pack of 300 pages costs as much a page as one of 30; memory stays within bounds.

Both are measured from the bytes of a Word file to the last finding: read in its limited child, then checked.
"""

from __future__ import annotations

import io
import re
import tracemalloc
from functools import partial
from pathlib import Path

import docx

from reports.checking.engine import check
from reports.checking.reading import read
from reports.checking.result import Result
from tests.bench.rounds import in_turns, say

SOUND = sorted((Path(__file__).parents[1] / "reports" / "checking" / "sound").glob("*.md"))
#: Words on a printed page of a council report with tables.
WORDS_A_PAGE = 350
ROUNDS = 2
MEGABYTE = 1_000_000


def _pages(texts: list[str]) -> float:
    return sum(len(text.split()) for text in texts) / WORDS_A_PAGE


def _word_file(texts: list[str]) -> bytes:
    """The reports one after another in a Word file: headings, paragraphs, and tables of bars."""
    made = docx.Document()
    for text in texts:
        for part in re.split(r"\n\s*\n", text):
            lines = [line.strip() for line in part.strip().splitlines()]
            if lines and all(line.startswith("|") for line in lines):
                rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
                rows = [row for row in rows if not re.fullmatch(r"[-: ]*", "".join(row))]
                table = made.add_table(len(rows), max(map(len, rows)))
                for cells, row in zip(table.rows, rows, strict=True):
                    for cell, words in zip(cells.cells, row, strict=False):
                        cell.text = words.strip("*")
            elif part.startswith("#"):
                made.add_heading(lines[0].lstrip("# "), 1)
                made.add_paragraph(" ".join(lines[1:]))
            else:
                made.add_paragraph(" ".join(lines))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _check(file: bytes) -> Result:
    return check(read(file, "pack.docx"))


def _pack(pages: int) -> tuple[bytes, float]:
    """A pack of about so many pages, and how many they are."""
    texts = [path.read_text(encoding="utf-8") for path in SOUND]
    pack = texts * max(1, round(pages / _pages(texts)))
    return _word_file(pack), _pages(pack)


def test_a_pack_of_300_pages_costs_as_much_a_page_as_one_of_30():
    packs = {f"a page of {pages}": _pack(pages) for pages in (30, 300)}
    taken = in_turns(
        {name: partial(_check, file) for name, (file, _) in packs.items()}, rounds=ROUNDS
    )
    per_page = {name: taken[name] / pages for name, (_, pages) in packs.items()}
    say("Goal 18: the checker, a page", per_page, "a page of 30")
    assert per_page["a page of 300"] <= 2 * per_page["a page of 30"]


def test_a_pack_of_300_pages_needs_less_than_200_megabytes():
    file, _ = _pack(300)
    tracemalloc.start()
    result = _check(file)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(result.figures) > 1000
    print(f"\nThe checker on 300 pages: {most / MEGABYTE:.0f} MB at most")
    assert most < 200 * MEGABYTE
