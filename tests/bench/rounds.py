"""Measures things against one another: in turns, round by round, so that a busy machine slows all of them alike."""

from __future__ import annotations

import datetime as dt
import gc
import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def in_turns(things: Mapping[str, Callable[[], object]], rounds: int = 7) -> dict[str, float]:
    """The median seconds of each thing over ``rounds`` rounds, after one that warms up."""
    taken: dict[str, list[float]] = {name: [] for name in things}
    for turn in range(rounds + 1):
        for name, thing in things.items():
            gc.collect()
            began = time.perf_counter()
            thing()
            if turn:
                taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def say(goal: str, taken: Mapping[str, float], base: str, *remarks: str) -> None:
    """Prints each median and its ratio to the base, and keeps them in RESULTS.md, with what is remarked."""
    print(f"\n{goal} (base: {base})")
    for name, seconds in taken.items():
        print(f"  {name:<46} {seconds * 1000:>10.2f} ms   {seconds / taken[base]:>7.2f} x base")
    for remark in remarks:
        print(f"  {remark}")
    keep(goal, taken, base, *remarks)


RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# What `make bench` measured last

Kept by the bench itself: each measurement replaces its own section. Everything in a section was
measured in turns in one run, so read the ratios; milliseconds depend on how busy the machine was.
"""


def keep(goal: str, taken: Mapping[str, float], base: str, *remarks: str) -> None:
    """Keeps times and their ratios in RESULTS.md."""
    keep_rows(
        goal,
        ("what", "ms", f"x {base}"),
        [
            (name, f"{seconds * 1000:.2f}", f"{seconds / taken[base]:.2f}")
            for name, seconds in taken.items()
        ],
        *remarks,
    )


def keep_rows(
    goal: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *remarks: str
) -> None:
    """Writes a measurement into RESULTS.md, in place of what was measured of the same goal before."""
    sections = {}
    if RESULTS.exists():
        for section in RESULTS.read_text(encoding="utf-8").split("\n## ")[1:]:
            heading, _, body = section.partition("\n")
            sections[heading] = body.strip()
    sections[goal] = "\n".join(
        [
            f"{dt.date.today():%d %B %Y}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "",
            f"| {' | '.join(heads)} |",
            f"| --- |{' ---: |' * (len(heads) - 1)}",
            *(f"| {' | '.join(row)} |" for row in rows),
            *([""] if remarks else []),
            *(f"- {remark}" for remark in remarks),
        ]
    )
    in_order = sorted(
        sections.items(), key=lambda each: [int(n) for n in re.findall(r"\d+", each[0])[:1]]
    )
    RESULTS.write_text(
        "\n".join([HEAD, *(f"## {heading}\n\n{body}\n" for heading, body in in_order)]),
        encoding="utf-8",
    )
