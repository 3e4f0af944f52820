"""Spans of years: "a 3 year overrun" between two dates stated, a contract's term, years counted from one to another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from reports.checking.recognise import Bearing, Mention
from reports.checking.statements import Sentence, is_body

MONTH = Decimal(1) / 12


@dataclass(frozen=True, slots=True)
class Period:
    """A span that the text gives, and how long it comes to by the dates: ``expected`` in years."""

    sentence: Sentence
    span: Mention
    expected: Decimal
    tolerance: Decimal
    words: str
    others: tuple[tuple[Sentence, Mention], ...] = ()
    rule: str = "period.dates"
    #: which other two dates the span does fit, in words
    fits: str = ""

    @property
    def difference(self) -> Decimal:
        return (self.span.amount or Decimal(0)) - self.expected

    @property
    def holds(self) -> bool:
        return abs(self.difference) <= self.tolerance


_LATE = re.compile(
    r"\b(?:overrun|over-run|delay(?:ed|s)?|late|slippage|slipped|behind)\b", re.IGNORECASE
)
_PLANNED = re.compile(
    r"\b(?:original(?:ly)?|initial(?:ly)?|planned|scheduled|due|expected|target(?:ed)?|intended|"
    r"was to)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
_HAPPENED = re.compile(
    r"\b(?:delayed|actual(?:ly)?|went live|go live date of|until|achieved|reached|completed|"
    r"opened|delivered|revised|in|by)\b[^.;]{0,60}$",
    re.IGNORECASE,
)


def years_between(first: Mention, second: Mention) -> Decimal:
    """The years from one date to the other, in whole months where only months are printed."""
    assert first.on is not None  # noqa: S101 dates have a day
    assert second.on is not None  # noqa: S101 the same
    months = (second.on.year - first.on.year) * 12 + second.on.month - first.on.month
    days = second.on.day - first.on.day if first.day_known and second.day_known else 0
    return (Decimal(months) + Decimal(days) / 30) / 12


def overruns(sentences: Sequence[Sentence]) -> list[Period]:
    """ "The 3 year overrun … to a steady state in November 2022", held against the date first planned."""
    body = [sentence for sentence in sentences if is_body(sentence.prose)]
    planned: list[tuple[Sentence, Mention]] = []
    happened: list[tuple[Sentence, Mention]] = []
    for sentence in body:
        dates = sentence.of_kind("date")
        for at, date in enumerate(dates):
            start = dates[at - 1].end if at else sentence.start
            said = sentence.between(start, date.start)
            if _PLANNED.search(said) and not re.search(
                r"\b(?:but|delayed|now|revised)\b", said, re.IGNORECASE
            ):
                planned.append((sentence, date))
            elif _HAPPENED.search(said):
                happened.append((sentence, date))
    answer = []
    for sentence in body:
        if not _LATE.search(sentence.text):
            continue
        for span in sentence.of_kind("years"):
            close = sentence.between(
                max(sentence.start, span.start - 40), min(sentence.end, span.end + 30)
            )
            if span.bearing is not Bearing.PLAIN or not _LATE.search(close):
                continue
            period = _overrun(sentence, span, planned, happened)
            if period:
                answer.append(period)
    return answer


def _overrun(
    sentence: Sentence,
    span: Mention,
    planned: Sequence[tuple[Sentence, Mention]],
    happened: Sequence[tuple[Sentence, Mention]],
) -> Period | None:
    own = sentence.of_kind("date")
    if len(own) == 2:
        start, end = sorted(own, key=lambda date: str(date.on))
        starts = [(sentence, start)]
    elif len(own) == 1 and len({date.on for _, date in planned}) == 1:
        starts, end = list(planned[:1]), own[0]
        if end.start < span.start:
            return None
    else:
        return None
    start = starts[0][1]
    length = years_between(start, end)
    if length <= 0 or not span.amount:
        return None
    tolerance = max(span.step / 2, MONTH)
    fits = ""
    if abs(length - span.amount) > tolerance:
        for _, other in happened:
            if other.on != end.on and abs(years_between(start, other) - span.amount) <= max(
                span.step / 4, MONTH
            ):
                fits = f"{start.printed} to {other.printed}"
                break
    return Period(
        sentence,
        span,
        length,
        tolerance,
        f"{start.printed} to {end.printed}",
        (*starts, (sentence, end)),
        "period.overrun",
        fits,
    )


_OPTION = re.compile(
    r"\b(?:exten\w+|option\w*|plus|further|up to|break|initial|renew\w+|with)\b|\+", re.IGNORECASE
)
_RUNS_BEFORE = re.compile(
    r"^[^.;]{0,50}?\b(?:from|commencing(?: on)?|starting(?: on)?|beginning(?: on)?|between|"
    r"covering|\()\s*(?:the )?$",
    re.IGNORECASE,
)
_JOIN = re.compile(
    r"\s*(?:to|until|and|[-–—]|ending(?: on)?|through to|up to)\s*(?:the )?", re.IGNORECASE
)


def terms(sentences: Sequence[Sentence]) -> list[Period]:
    """ "A three year contract from 1 April 2024 to 31 March 2027", "the four years 2023/24 to 2026/27"."""
    answer = []
    for sentence in sentences:
        spans = [span for span in sentence.of_kind("years") if span.bearing is Bearing.PLAIN]
        if len(spans) != 1 or _OPTION.search(sentence.text):
            continue
        span = spans[0]
        if re.search(
            r"\b(?:every|each|first|last|past|previous|final|per)\s*$",
            sentence.between(sentence.start, span.start),
            re.IGNORECASE,
        ):
            continue
        for kind in ("date", "year"):
            found = [one for one in sentence.of_kind(kind) if one.start > span.end]
            if len(found) < 2 or not _JOIN.fullmatch(
                sentence.between(found[0].end, found[1].start)
            ):
                continue
            lead = sentence.between(span.end, found[0].start)
            if not (
                _RUNS_BEFORE.match(lead)
                or re.fullmatch(r"\s*(?:period|programme|plan|of|,|\()*\s*", lead)
            ):
                continue
            period = _term(sentence, span, found[0], found[1], kind)
            if period:
                answer.append(period)
    return answer


def _term(
    sentence: Sentence, span: Mention, first: Mention, last: Mention, kind: str
) -> Period | None:
    if kind == "year":
        if len(first.years) != 1 or len(last.years) != 1:
            return None
        length = Decimal(last.years[0].start - first.years[0].start + 1)
        tolerance = Decimal("0.01")
    else:
        length = years_between(first, last)
        tolerance = MONTH if first.day_known and last.day_known else MONTH * Decimal("1.05")
    if length <= 0:
        return None
    return Period(
        sentence,
        span,
        length,
        max(tolerance, span.step / 2 if span.step < 1 else Decimal(0)),
        f"{first.printed} to {last.printed}",
        ((sentence, first), (sentence, last)),
    )


_CLAIM = re.compile(
    r"\b(?:discounts?|claim\w*|warrant\w+|rebates?|licen[cs]es?|payable|available|benefits?|"
    r"savings?|maintenance|support)\b",
    re.IGNORECASE,
)
_CONTRACT = re.compile(r"\b(?:contract|agreement|lease|framework)\b", re.IGNORECASE)
_TURN = re.compile(r"\b(?:although|but|however|whereas|while|whilst|though|yet)\b", re.IGNORECASE)


def beyond_contract(sentences: Sequence[Sentence]) -> list[tuple[Sentence, Mention, Mention]]:
    """Something to be had over more years than the contract has to run, as one sentence says both."""
    answer = []
    for sentence in sentences:
        spans = sentence.of_kind("years")
        for first, second in pairwise(spans):
            before = sentence.between(sentence.start, first.start)
            between = sentence.between(first.end, second.start)
            turn = _TURN.search(between)
            if (
                turn
                and _CLAIM.search(before)
                and _CONTRACT.search(between[turn.start() :])
                and (first.amount or 0) > (second.amount or 0)
            ):
                answer.append((sentence, first, second))
    return answer
