"""Goal for the report checker: a pack of 300 pages costs as much a page as one report; memory stays within bounds."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from reports.checking.engine import check
from reports.checking.paper import Paper
from reports.checking.reading import read
from tests.bench.rounds import in_turns, say

SOUND = sorted((Path(__file__).parents[1] / "reports" / "checking" / "sound").glob("*.md"))
#: Words on a printed page of a council report with tables.
WORDS_A_PAGE = 350
MEGABYTE = 1_000_000


def _pages(paths: list[Path]) -> float:
    return sum(len(path.read_text(encoding="utf-8").split()) for path in paths) / WORDS_A_PAGE


def test_a_pack_of_300_pages_costs_as_much_a_page_as_one_report():
    papers = [read(path.read_bytes(), path.name) for path in SOUND]
    one = Paper(papers[0].blocks)
    times = round(300 / _pages(SOUND))
    pack = Paper([block for _ in range(times) for paper in papers for block in paper.blocks])
    taken = in_turns({"one report": lambda: check(one), "300 pages": lambda: check(pack)}, rounds=1)
    per_page = {
        "a page of one report": taken["one report"] / _pages(SOUND[:1]),
        "a page of 300": taken["300 pages"] / (times * _pages(SOUND)),
    }
    say("Goal 18: the checker, a page", per_page, "a page of one report")
    assert per_page["a page of 300"] <= 2 * per_page["a page of one report"]


def test_a_pack_of_300_pages_needs_less_than_200_megabytes():
    papers = [read(path.read_bytes(), path.name) for path in SOUND]
    times = round(300 / _pages(SOUND))
    pack = Paper([block for _ in range(times) for paper in papers for block in paper.blocks])
    tracemalloc.start()
    check(pack)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"\nThe checker on 300 pages: {most / MEGABYTE:.0f} MB at most")
    assert most < 200 * MEGABYTE
