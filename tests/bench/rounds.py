"""Measures things against one another: in turns, round by round, so that a busy machine slows all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping


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


def say(goal: str, taken: Mapping[str, float], base: str) -> None:
    """Prints each median and its ratio to the base."""
    print(f"\n{goal} (base: {base})")
    for name, seconds in taken.items():
        print(f"  {name:<46} {seconds * 1000:>10.2f} ms   {seconds / taken[base]:>7.2f} x base")
