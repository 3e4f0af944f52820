"""What a score means: impact × probability on a register's own scale, its band, and which way it has moved. Pure.

A score is the product of two positions on a scale of 3 to 6 steps, 1 being the least. The scale
says in words what each step is, from which score a rating is amber and from which red, and up to
which score the council is willing to bear a threat (its appetite). A score keeps the scale it was
given on, so that a new scale never changes what an old score meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

SMALLEST, LARGEST = 3, 6


class Band(StrEnum):
    """The colour of a rating. It is always shown with the scale's own word for it."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


#: The bands in the order in which a scale lists their words.
BANDS = (Band.GREEN, Band.AMBER, Band.RED)


@dataclass(frozen=True, slots=True)
class Point:
    """A place on a scale: positions from 1."""

    impact: int
    probability: int

    @property
    def score(self) -> int:
        return self.impact * self.probability


@dataclass(frozen=True, slots=True)
class Scale:
    """A register's scale. ``amber_from`` and ``red_from`` are scores; ``appetite`` the highest one borne."""

    impact_words: Sequence[str]
    probability_words: Sequence[str]
    band_words: Sequence[str]
    amber_from: int
    red_from: int
    appetite: int

    @property
    def size(self) -> int:
        return len(self.impact_words)

    @property
    def highest(self) -> int:
        """The highest score there is."""
        return self.size * self.size

    def holds(self, point: Point) -> bool:
        """Whether a point lies on this scale."""
        return 1 <= point.impact <= self.size and 1 <= point.probability <= self.size

    def band(self, score: int) -> Band:
        """The band of a score: each bound belongs to the band that it opens."""
        if score >= self.red_from:
            return Band.RED
        return Band.AMBER if score >= self.amber_from else Band.GREEN

    def word(self, band: Band) -> str:
        """The council's word for a band, such as "High"."""
        return self.band_words[BANDS.index(band)]

    def rating(self, point: Point) -> str:
        """``12 Medium``: the score with the word of its band."""
        return f"{point.score} {self.word(self.band(point.score))}"

    def spelt(self, point: Point) -> str:
        """``12 Medium (impact 4 Major, probability 3 Possible)``."""
        impact = self.impact_words[point.impact - 1]
        probability = self.probability_words[point.probability - 1]
        return (
            f"{self.rating(point)} (impact {point.impact} {impact}, "
            f"probability {point.probability} {probability})"
        )

    def above_appetite(self, point: Point) -> bool:
        """Whether a threat with this score is more than the council is willing to bear."""
        return point.score > self.appetite


def faults(scale: Scale) -> list[tuple[str, str]]:
    """What is wrong with a scale: the part it is about, and a sentence for people. Empty when all is well."""
    found = []
    size = scale.size
    if not SMALLEST <= size <= LARGEST:
        found.append(("impact_words", f"Enter {SMALLEST} to {LARGEST} steps, one on a line"))
    if len(scale.probability_words) != size:
        found.append(
            (
                "probability_words",
                f"Enter as many steps as for impact: {size}, not {len(scale.probability_words)}",
            )
        )
    if len(scale.band_words) != len(BANDS):
        found.append(("band_words", "Enter three words: for green, amber and red, one on a line"))
    if not 2 <= scale.amber_from <= scale.highest:
        found.append(("amber_from", f"Enter a score from 2 to {scale.highest}"))
    if not scale.amber_from < scale.red_from <= scale.highest:
        found.append(
            (
                "red_from",
                f"Enter a score above the one for amber ({scale.amber_from}) and not above {scale.highest}",
            )
        )
    if not 1 <= scale.appetite <= scale.highest:
        found.append(("appetite", f"Enter a score from 1 to {scale.highest}"))
    return found


class Travel(StrEnum):
    """Which way a score has moved since the review before."""

    NEW = "new"
    RISEN = "risen"
    FALLEN = "fallen"
    UNMOVED = "unmoved"
    RESCALED = "rescaled"

    @property
    def label(self) -> str:
        return {
            "new": "New",
            "risen": "Risen",
            "fallen": "Fallen",
            "unmoved": "Unmoved",
            "rescaled": "Scale changed",
        }[self.value]

    @property
    def arrow(self) -> str:
        """A sign beside the word, never in its place."""
        return {"risen": "↑", "fallen": "↓", "unmoved": "→"}.get(self.value, "")


@dataclass(frozen=True, slots=True)
class Mark:
    """A score as it was given: where, and on which scale (by the scale's id)."""

    point: Point
    scale_id: int


def travel(before: Mark | None, now: Mark) -> Travel:
    """The direction of travel. Scores of different scales are not compared."""
    if before is None:
        return Travel.NEW
    if before.scale_id != now.scale_id:
        return Travel.RESCALED
    if now.point.score == before.point.score:
        return Travel.UNMOVED
    return Travel.RISEN if now.point.score > before.point.score else Travel.FALLEN


def unmoved_for(marks: Sequence[Mark]) -> int:
    """For how many reviews the score has stood still, given all marks from the first to the last.

    The review that set the score is not counted: 12, 12, 12 has stood still for two reviews.
    """
    count = 0
    for before, now in zip(reversed(marks[:-1]), reversed(marks[1:]), strict=True):
        if travel(before, now) is not Travel.UNMOVED:
            break
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Square:
    """A square of the heat map: where, its rating, and the references of the risks in it."""

    point: Point
    band: Band
    rating: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A heat map: rows by probability, the highest first; squares by impact, the least first.

    ``elsewhere`` are risks with a score on another scale, which has no place here.
    """

    rows: tuple[tuple[str, tuple[Square, ...]], ...]
    impact_heads: tuple[str, ...]
    elsewhere: tuple[str, ...] = field(default=())

    @property
    def placed(self) -> int:
        """How many risks are on it."""
        return sum(len(square.references) for _, squares in self.rows for square in squares)


def heat_map(scale: Scale, scale_id: int, placed: Iterable[tuple[str, Mark | None]]) -> HeatMap:
    """Lay risks (reference and mark; None: no score yet) on the squares of a scale, in the order given."""
    here: dict[Point, list[str]] = {}
    elsewhere = []
    for reference, mark in placed:
        if mark is None:
            continue
        if mark.scale_id != scale_id:
            elsewhere.append(reference)
        else:
            here.setdefault(mark.point, []).append(reference)
    rows = []
    for probability in range(scale.size, 0, -1):
        squares = []
        for impact in range(1, scale.size + 1):
            point = Point(impact, probability)
            squares.append(
                Square(
                    point,
                    scale.band(point.score),
                    scale.rating(point),
                    tuple(here.get(point, ())),
                )
            )
        rows.append((f"{probability} {scale.probability_words[probability - 1]}", tuple(squares)))
    heads = tuple(f"{place} {word}" for place, word in enumerate(scale.impact_words, start=1))
    return HeatMap(tuple(rows), heads, tuple(elsewhere))
