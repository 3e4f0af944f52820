"""Who may approve what: judged from dated limits, with the reason in words. Pure.

Being approved by a body is not budget authority: a body has it only where a limit in force on
the day covers the change. No limit in force means none. Limits are local settings with dates;
so is the threshold from which a decision is a key decision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from council_hms.money import in_words

NIL = Decimal("0.00")
CAPITAL, REVENUE, VIREMENT = "capital", "revenue", "virement"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in pounds; None is without limit. ``kind`` is capital, revenue or virement."""

    kind: str
    per_change: Decimal | None
    per_year: Decimal | None
    since: dt.date
    until: dt.date | None = None

    def in_force(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Weight:
    """What a change weighs against limits, in pounds: what it adds by nature, or what it moves."""

    capital: Decimal = NIL
    revenue: Decimal = NIL
    moved: Decimal = NIL

    @property
    def by_kind(self) -> dict[str, Decimal]:
        """The kinds of limit that bear on the change, with the amount each is compared with."""
        if self.moved:
            return {VIREMENT: self.moved}
        return {
            kind: amount
            for kind, amount in ((CAPITAL, self.capital), (REVENUE, self.revenue))
            if amount
        }

    @property
    def total(self) -> Decimal:
        return self.moved or self.capital + self.revenue


def weigh(lines: Iterable[tuple[str, Decimal]], *, balanced: bool) -> Weight:
    """Weigh (nature, amount) lines: a balanced change by what it moves, another by what it adds.

    Years in surplus do not lighten the years that ask: a nature weighs the greater of what its
    positive lines add and its negative ones take.
    """
    up: dict[str, Decimal] = {CAPITAL: NIL, REVENUE: NIL}
    down: dict[str, Decimal] = {CAPITAL: NIL, REVENUE: NIL}
    for nature, amount in lines:
        (up if amount > 0 else down)[nature] += abs(amount)
    if balanced:
        return Weight(moved=sum(up.values(), NIL))
    return Weight(
        capital=max(up[CAPITAL], down[CAPITAL]),
        revenue=max(up[REVENUE], down[REVENUE]),
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether an authority suffices, and why, as a sentence."""

    sufficient: bool
    reason: str


def judge(
    body: str,
    limits: Sequence[Limit],
    day: dt.date,
    weight: Weight,
    approved_this_year: Mapping[str, Decimal] | None = None,
) -> Judgement:
    """Whether a body may approve a change of this weight on a day.

    ``approved_this_year`` is what it has already approved on the same head in the financial
    year, by kind of limit, in pounds, without this change.
    """
    earlier = approved_this_year or {}
    if not weight.by_kind:
        return Judgement(
            True, f"The change adds and moves nothing, so {body} needs no limit for it."
        )
    grounds = []
    for kind, amount in weight.by_kind.items():
        in_force = [limit for limit in limits if limit.kind == kind and limit.in_force(day)]
        if not in_force:
            return Judgement(False, f"{body} had no authority over {_words(kind)} on {_date(day)}.")
        limit = in_force[-1]
        if limit.per_change is not None and amount > limit.per_change:
            return Judgement(
                False,
                f"{in_words(amount)} of {_words(kind)} is above the limit of {body}, "
                f"{in_words(limit.per_change)} in one change.",
            )
        so_far = earlier.get(kind, NIL) + amount
        if limit.per_year is not None and so_far > limit.per_year:
            return Judgement(
                False,
                f"With this change {body} would have approved {in_words(so_far)} of {_words(kind)} on this head "
                f"in the year, above its limit of {in_words(limit.per_year)}.",
            )
        grounds.append(
            f"{in_words(amount)} of {_words(kind)} is within the authority of {body}"
            + (
                f" (up to {in_words(limit.per_change)} in one change)"
                if limit.per_change is not None
                else ""
            )
        )
    return Judgement(True, "; ".join(grounds) + ".")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A body that could stand on a route. ``recommends`` marks those that work inside another's budget."""

    key: int
    name: str
    kind: str
    limits: Sequence[Limit]


@dataclass(frozen=True, slots=True)
class Stop:
    """A proposed stop: a body and what it is there to do (approve or recommend), and why."""

    key: int
    expects: str
    reason: str
    name: str = ""


#: Bodies that advise on the way; any other body before the one with authority is left out.
ADVISING_KINDS = ("project_board", "portfolio_board", "cabinet")
#: Bodies that a route never proposes by itself.
NEVER_PROPOSED = ("urgent_powers", "not_stated")


def propose_route(bodies: Sequence[Candidate], day: dt.date, weight: Weight) -> list[Stop]:
    """The stops for a change: the first body with authority approves, boards and Cabinet before it recommend.

    ``bodies`` come in the council's order. Empty when no body has the authority.
    """
    stops: list[Stop] = []
    for body in bodies:
        if body.kind in NEVER_PROPOSED:
            continue
        judgement = judge(body.name, body.limits, day, weight)
        if judgement.sufficient:
            return [*stops, Stop(body.key, "approve", judgement.reason, body.name)]
        if body.kind in ADVISING_KINDS:
            stops.append(Stop(body.key, "recommend", judgement.reason, body.name))
    return []


@dataclass(frozen=True, slots=True)
class Threshold:
    """From what amount in pounds a decision is a key decision; ``kind`` capital, revenue or total."""

    kind: str
    amount: Decimal
    since: dt.date
    until: dt.date | None = None

    def in_force(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def key_decision(thresholds: Sequence[Threshold], day: dt.date, weight: Weight) -> Judgement:
    """Whether a change is a key decision on a day, and by which threshold."""
    amounts = {CAPITAL: weight.capital, REVENUE: weight.revenue, "total": weight.total}
    in_force = [threshold for threshold in thresholds if threshold.in_force(day)]
    if not in_force:
        return Judgement(False, f"No key-decision threshold was in force on {_date(day)}.")
    for threshold in in_force:
        amount = amounts[threshold.kind]
        if amount >= threshold.amount:
            return Judgement(
                True,
                f"{in_words(amount)} {_kind_words(threshold.kind)} reaches the key-decision threshold of "
                f"{in_words(threshold.amount)}.",
            )
    return Judgement(False, "It stays below every key-decision threshold in force.")


def _words(kind: str) -> str:
    return {CAPITAL: "capital", REVENUE: "revenue", VIREMENT: "virements"}[kind]


def _kind_words(kind: str) -> str:
    return "in all" if kind == "total" else kind


def _date(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
