"""Where a change takes money over a line it should not cross unnoticed: the HRA ring-fence, capital and revenue. Pure.

The council's rules decide whether that stops the change or flags it; this says that it happens, and where.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from council_hms.money import in_words

NIL = Decimal("0.00")
RING_FENCE, NATURE = "ring_fence", "nature"


@dataclass(frozen=True, slots=True)
class End:
    """One line as far as crossing goes: pounds, and the funds of project and source ("" serves both)."""

    amount: Decimal
    nature: str
    project: str
    project_fund: str
    source: str
    source_fund: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """One line crossed: which (``ring_fence`` or ``nature``), and a sentence about it."""

    line: str
    words: str


def crossings(ends: Iterable[End], *, kind: str, kind_words: str, balanced: bool) -> list[Crossing]:
    """What a change of this kind crosses, each once. ``balanced`` kinds only move money."""
    lines = list(ends)
    found: dict[str, Crossing] = {}
    for end in lines:
        if end.source_fund and end.source_fund != end.project_fund:
            words = (
                f"{end.source} belongs to the other side of the HRA ring-fence from {end.project}"
            )
            found.setdefault(words, Crossing(RING_FENCE, words))
    if balanced and len({end.project_fund for end in lines}) > 1:
        words = f"The ends of this {kind_words} stand on either side of the HRA ring-fence"
        found[words] = Crossing(RING_FENCE, words)
    capital = sum((end.amount for end in lines if end.nature == "capital"), NIL)
    if balanced and kind != "reclassification" and capital:
        into, out_of = ("capital", "revenue") if capital > 0 else ("revenue", "capital")
        words = f"This {kind_words} moves {in_words(abs(capital))} from {out_of} into {into}"
        found[words] = Crossing(NATURE, words)
    return list(found.values())
