"""What stands at the head and foot of every page: running titles and page numbers, which are no part of the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_PAGE_NUMBER = re.compile(
    r"\s*(page\s*)?[-–]?\s*\d{1,4}\s*[-–]?(\s*(of|/)\s*\d{1,4})?\s*", re.IGNORECASE
)
#: How many lines from the top and the bottom of a page may be furniture.
_DEEP = 3


def furniture(pages: Sequence[Sequence[str]]) -> tuple[list[set[int]], str]:
    """On each page the places of running heads, feet and page numbers; and a sentence that says what is left out.

    A line is furniture when it stands among the first or last lines of more than half of the pages
    (three at least), whatever number it carries; a page number alone is on any page.
    """
    edges = [_edges(lines) for lines in pages]
    seen = Counter(
        key
        for lines, places in zip(pages, edges, strict=True)
        for key in {_key(lines[at]) for at in places}
    )
    repeated = {key for key, times in seen.items() if times >= 3 and times * 2 > len(pages)}
    gone: list[set[int]] = []
    left_out: set[str] = set()
    for lines, places in zip(pages, edges, strict=True):
        numbers = {at for at in _outermost(lines) if _PAGE_NUMBER.fullmatch(lines[at])}
        running = {at for at in places if _key(lines[at]) in repeated} - numbers
        left_out |= {" ".join(lines[at].split()) for at in running}
        gone.append(numbers | running)
    shown = "; ".join(f"“{line[:60]}”" for line in sorted(left_out)[:3])
    return gone, (
        f"Lines that stand at the head or foot of every page are left out: {shown}."
        if shown
        else ""
    )


def _edges(lines: Sequence[str]) -> set[int]:
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return set(filled[:_DEEP] + filled[-_DEEP:])


def _outermost(lines: Sequence[str]) -> set[int]:
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return {filled[0], filled[-1]} if filled else set()


def _key(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()).lower())
