"""What the checker answers: every figure with its status, the findings, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from reports.checking.paper import Place, Unread


class Status(StrEnum):
    """What became of a figure."""

    AGREES = "agrees"
    ROUNDING = "rounding"
    DISAGREES = "disagrees"
    UNTRACED = "untraced"


class Weight(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the report. ``printed`` is what stands there; ``amount`` its exact value (pounds for money).

    ``kind`` is money, percent, count, years, date or year. ``agrees_with`` says with what it was compared (empty:
    nothing); ``expected`` what that gives, in the same unit as ``amount``; ``difference`` is amount − expected;
    ``suggestion`` is the corrected printed form, given only when the correction makes something agree.
    """

    place: Place
    printed: str
    amount: Decimal | None
    kind: str
    status: Status
    why: str
    agrees_with: str = ""
    with_place: Place | None = None
    expected: Decimal | None = None
    difference: Decimal | None = None
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """Something that a person should look at. ``id`` is the rule (``cast.total``), stable for ever.

    ``places`` are all that it is about, the first where to jump to.
    """

    id: str
    severity: Weight
    text: str
    places: Sequence[Place]
    suggestion: str = ""

    @property
    def place(self) -> Place:
        return self.places[0]


@dataclass(frozen=True, slots=True)
class Result:
    """The whole answer. The same paper and facts give the same result."""

    figures: Sequence[Figure]
    findings: Sequence[CheckFinding]
    unread: Sequence[Unread] = field(default=())
