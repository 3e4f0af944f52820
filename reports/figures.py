"""Bound figures: what an author may write in braces, what it means, and how its value is worked out and shown. Pure.

``{approved}`` ``{spent as at 2023-03-31 | million}`` ``{ask capital 2023-24 to 2026-27 | k}``
``{approved from "Capital programme HRA" 2026-27}`` ``{change HMS-04 | k}`` ``{headline HMS-06 capital | k}``
are figures of the ledger; ``{paragraph:p8}`` ``{recommendation:r3}`` ``{appendix:a4}`` ``{table:funding}``
are numbers of other parts; ``{insert:funding 2023-24 to 2026-27}`` on a line of its own is a table.

A text is gone through once (markup.py): what a reference gives is never read again, so that braces
in a title or a note stay text. Amounts are exact pounds; rounding happens in ``show`` alone.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from budgets import position
from council_hms import money
from council_hms.financial_year import FinancialYear, FinancialYearError

NIL = Decimal("0.00")
CAPITAL, REVENUE = "capital", "revenue"
#: A reference as it stands in a text.
BRACES = re.compile(r"(?<!\\)\{([^{}\n]{1,200})\}")


class ReferenceProblem(ValueError):
    """A reference that cannot be resolved. ``str(problem)`` says why, and offers the nearest that can."""


def nearest(word: str, known: Collection[str]) -> str:
    """`` Did you mean “approved”?`` for a word that is close to a known one; else nothing."""
    close = difflib.get_close_matches(word.lower(), [each.lower() for each in known], 1, 0.5)
    found = next((each for each in known if close and each.lower() == close[0]), "")
    return f" Did you mean “{found}”?" if found else ""


# -- what there is ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Total:
    """Pounds of one nature, year and source, as the ledger sums them."""

    nature: str
    year: FinancialYear
    source: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Stated:
    """A minuted headline: the amount that the minute states, in pounds, by nature ("capital", "revenue", "total")."""

    nature: str
    amount: Decimal


@dataclass(frozen=True)
class ReportFigures:
    """The ledger of one project on one day, as far as figures of a report are made of it. All in pounds."""

    project: str
    as_at: dt.date
    table_years: int
    approved: Sequence[Total] = ()  # formally approved lines, whatever their year
    interim: Sequence[Total] = ()  # approved by a body without the authority, not ratified
    recommended: Sequence[Total] = ()  # recommended, not yet approved
    sought: Sequence[Total] = ()  # submitted and not approved; interim and recommended included
    spent: Sequence[Total] = ()  # posted by the day
    required: Sequence[Total] = ()  # the cost plan in force
    discounts: Sequence[Decimal] = ()  # agreed with suppliers; exempt ones for their audience alone
    savings: Sequence[Total] = ()  # planned; without a stated year they are in the day's own
    changes: Mapping[str, Sequence[Total]] = field(default_factory=dict)  # by reference
    headlines: Mapping[str, Sequence[Stated]] = field(default_factory=dict)  # by change

    @property
    def sources(self) -> list[str]:
        """The funding sources that its lines name."""
        rows = (
            *self.approved,
            *self.sought,
            *(row for rows in self.changes.values() for row in rows),
        )
        return list(dict.fromkeys(row.source for row in rows if row.source))


@dataclass(frozen=True, slots=True)
class FigureKind:
    """A figure that can be named: what it is called, what it means, and what may be said after it."""

    name: str
    label: str
    meaning: str
    takes: frozenset[str]
    value: Callable[[ReportFigures, FigureReference], Decimal]


def _picked(rows: Sequence[Total], asked: FigureReference) -> Decimal:
    first, last = asked.first, asked.last
    return sum(
        (
            row.amount
            for row in rows
            if (not asked.nature or row.nature == asked.nature)
            and (first is None or row.year >= first)
            and (last is None or row.year <= last)
            and (not asked.source or row.source == asked.source)
        ),
        NIL,
    )


def _ask(ledger: ReportFigures, asked: FigureReference) -> Decimal:
    """Requirement less what is available, over the years named or else those of the funding table."""
    if asked.first is None:
        run = FinancialYear.of(ledger.as_at).run(ledger.table_years)
        asked = FigureReference(
            asked.name, asked.text, nature=asked.nature, first=run[0], last=run[-1]
        )
    return _picked(ledger.required, asked) - _picked(ledger.approved, asked)


def position_in(ledger: ReportFigures) -> position.Position:
    """Approved, spent and ahead, year by year, as the ledger gives them on its day."""

    def by_year(rows: Sequence[Total]) -> list[position.YearTotal]:
        return [position.YearTotal(row.year, row.nature, row.amount) for row in rows]

    return position.build(
        ledger.as_at, approved=by_year(ledger.approved), spent=by_year(ledger.spent)
    )


def _change(ledger: ReportFigures, asked: FigureReference) -> Decimal:
    if asked.change not in ledger.changes:
        raise ReferenceProblem(
            f"There is no budget change “{asked.change}” of {ledger.project}."
            f"{nearest(asked.change, list(ledger.changes))}"
        )
    return _picked(ledger.changes[asked.change], asked)


def _headline(ledger: ReportFigures, asked: FigureReference) -> Decimal:
    stated = ledger.headlines.get(asked.change, ())
    if not stated:
        raise ReferenceProblem(
            f"No headline is recorded for a budget change “{asked.change}” of {ledger.project}."
            f"{nearest(asked.change, list(ledger.headlines))}"
        )
    of = asked.nature or ("total" if len(stated) > 1 else stated[0].nature)
    for each in stated:
        if each.nature == of:
            return each.amount
    natures = " or ".join(each.nature for each in stated)
    raise ReferenceProblem(f"The headline of {asked.change} is stated for {natures}; say which.")


_LINES = frozenset({"nature", "years", "source", "as at"})
_PLAIN = frozenset({"nature", "years", "as at"})

KINDS: dict[str, FigureKind] = {
    kind.name: kind
    for kind in (
        FigureKind(
            "approved",
            "Approved budget",
            "What has been formally approved by the day, over all years unless years are named",
            _LINES,
            lambda ledger, asked: _picked(ledger.approved, asked),
        ),
        FigureKind(
            "spent",
            "Spent",
            "What has been spent by the day",
            _PLAIN,
            lambda ledger, asked: _picked(ledger.spent, asked),
        ),
        FigureKind(
            "ask",
            "Additional budget ask",
            "Budget requirement less budget available, over the years named or those of the funding table",
            _PLAIN,
            _ask,
        ),
        FigureKind(
            "required",
            "Budget requirement",
            "What the work will cost by the plan in force on the day",
            _PLAIN,
            lambda ledger, asked: _picked(ledger.required, asked),
        ),
        FigureKind(
            "ahead",
            "Spend ahead of formal approval",
            "How far spend runs ahead of what has been formally approved for it",
            frozenset({"as at"}),
            lambda ledger, asked: position_in(ledger).ahead,
        ),
        FigureKind(
            "uncommitted",
            "Approved and not spent",
            "What is approved for years that have begun, less spend",
            frozenset({"as at"}),
            lambda ledger, asked: position_in(ledger).uncommitted,
        ),
        FigureKind(
            "sought",
            "Sought",
            "What has been submitted and is not approved yet",
            _LINES,
            lambda ledger, asked: _picked(ledger.sought, asked),
        ),
        FigureKind(
            "recommended",
            "Recommended",
            "What a body has recommended and none has approved yet",
            _LINES,
            lambda ledger, asked: _picked(ledger.recommended, asked),
        ),
        FigureKind(
            "interim",
            "Held on interim approval",
            "What a body without the authority has approved and nobody has ratified",
            _LINES,
            lambda ledger, asked: _picked(ledger.interim, asked),
        ),
        FigureKind(
            "change",
            "Budget change",
            "What a budget change adds to the project, as resolved or else as asked for",
            _LINES | {"change"},
            _change,
        ),
        FigureKind(
            "headline",
            "Minuted headline",
            "The amount that the minute of a budget change states in words",
            frozenset({"change", "nature", "as at"}),
            _headline,
        ),
        FigureKind(
            "discounts",
            "Discounts",
            "The discounts agreed with suppliers, as far as they are public",
            frozenset({"as at"}),
            lambda ledger, asked: sum(ledger.discounts, NIL),
        ),
        FigureKind(
            "savings",
            "Planned savings",
            "The savings that the project is planned to bring",
            frozenset({"years", "as at"}),
            lambda ledger, asked: _picked(ledger.savings, asked),
        ),
    )
}


# -- reading a reference ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FigureReference:
    """A figure as an author asks for it. ``text`` is what stands between the braces."""

    name: str
    text: str
    project: str = ""
    change: str = ""
    nature: str = ""
    first: FinancialYear | None = None
    last: FinancialYear | None = None
    source: str = ""
    as_at: dt.date | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class LiveReference:
    """The number of another part of the report: ``kind`` paragraph, recommendation, appendix or table."""

    kind: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Insert:
    """A table to put here: its name, and the qualifiers of a figure where they make sense."""

    name: str
    text: str
    label: str
    project: str = ""
    first: FinancialYear | None = None
    last: FinancialYear | None = None
    as_at: dt.date | None = None


Reference = FigureReference | LiveReference | Insert
LIVE = ("paragraph", "recommendation", "appendix", "table")

#: Days that the ledger is asked about: every year of a funding table that begins on one is a year we know.
FIRST_DAY, LAST_DAY = dt.date(1990, 4, 1), dt.date(2085, 3, 31)
_WORD = re.compile(r'"(?P<quoted>[^"]*)"|(?P<word>\S+)')
_CAPITALS = re.compile(r"[A-Z0-9][A-Z0-9-]{1,29}")


def parse(text: str) -> Reference:
    """What stands between two braces. Raises ReferenceProblem with what to write instead."""
    body, _, unit = text.partition("|")
    body, unit = body.strip(), unit.strip()
    if match := re.match(r"([a-z-]+)\s*:\s*(.*)$", body):
        kind, rest = match[1], match[2].strip()
        if kind == "insert":
            return _insert(text, rest)
        if kind not in LIVE:
            raise ReferenceProblem(
                f"“{{{text}}}” refers to nothing known.{nearest(kind, [*LIVE, 'insert'])}"
            )
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", rest):
            raise ReferenceProblem(
                f"“{{{text}}}” names no {kind}. Choose one with “Insert a reference”."
            )
        return LiveReference(kind, rest, text)
    words = _words(body)
    name = words.pop(0)[0] if words else ""
    if name not in KINDS:
        raise ReferenceProblem(
            f"“{name or text}” is no figure of the ledger.{nearest(name, list(KINDS))}"
        )
    said = _qualifiers(text, words, with_change="change" in KINDS[name].takes)
    for key, takes in (("nature", "nature"), ("first", "years"), ("source", "source")):
        if said.get(key) and takes not in KINDS[name].takes:
            raise ReferenceProblem(f"“{{{text}}}”: {name} is not split by {takes}; leave that out.")
    if "change" in KINDS[name].takes and not said.get("change"):
        raise ReferenceProblem(
            f"“{{{text}}}” names no budget change, for example {{{name} HMS-04}}."
        )
    if not is_unit(unit):
        raise ReferenceProblem(
            f"“{unit}” is no unit. Write one of £, k, k1, m, m1, m2, m3, million or million1 after the bar."
        )
    return FigureReference(name, text, unit=unit, **said)  # type: ignore[arg-type]  # checked word by word


def _words(body: str) -> list[tuple[str, bool]]:
    """Words, and whether each was in quotation marks."""
    return [
        (match["quoted"], True) if match["word"] is None else (match["word"], False)
        for match in _WORD.finditer(body)
    ]


def _qualifiers(
    text: str, words: list[tuple[str, bool]], *, with_change: bool
) -> dict[str, str | FinancialYear | dt.date]:
    said: dict[str, str | FinancialYear | dt.date] = {}
    at = 0

    def following(what: str) -> str:
        nonlocal at
        at += 1
        if at >= len(words):
            raise ReferenceProblem(f"“{{{text}}}” ends before {what}.")
        return words[at][0]

    while at < len(words):
        word, quoted = words[at]
        lower = word.lower()
        if quoted:
            raise ReferenceProblem(f"“{{{text}}}”: write from before the source “{word}”.")
        if lower in (CAPITAL, REVENUE):
            said["nature"] = lower
        elif lower == "from":
            said["source"] = following("the source")
        elif lower == "as":
            if following("the date").lower() != "at":
                raise ReferenceProblem(f"“{{{text}}}”: write as at before a date.")
            said["as_at"] = _date(text, following("the date"))
        elif lower == "to":
            said["last"] = _year(text, following("the last year"))
            if "first" not in said:
                raise ReferenceProblem(f"“{{{text}}}” names a last year and no first one.")
        elif re.fullmatch(r"\d{2,4}[-/–]\d{2,4}", word):
            said["first"] = said["last"] = _year(text, word)
        elif _CAPITALS.fullmatch(word):
            said["change" if with_change and "change" not in said else "project"] = word
        else:
            known = [CAPITAL, REVENUE, "from", "as at", "to"]
            raise ReferenceProblem(
                f"“{word}” in “{{{text}}}” is not understood.{nearest(word, known)}"
            )
        at += 1
    first, last = said.get("first"), said.get("last")
    if isinstance(first, FinancialYear) and isinstance(last, FinancialYear) and last < first:
        raise ReferenceProblem(f"“{{{text}}}”: the last year comes before the first.")
    return said


def _insert(text: str, rest: str) -> Insert:
    words = _words(rest)
    name = words.pop(0)[0] if words else ""
    label = name
    lower = [word.lower() for word, _ in words]
    if "called" in lower and lower.index("called") + 1 < len(words):
        place = lower.index("called")
        label = words[place + 1][0]
        del words[place : place + 2]
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", label):
        raise ReferenceProblem(f"“{{{text}}}” names no table. Choose one with “Insert a table”.")
    said = _qualifiers(text, words, with_change=False)
    if said.keys() & {"nature", "source"}:
        raise ReferenceProblem(
            f"“{{{text}}}”: a table takes a project, years and as at; leave out the rest."
        )
    return Insert(name, text, label, **said)  # type: ignore[arg-type]  # checked word by word


def _year(text: str, word: str) -> FinancialYear:
    try:
        return FinancialYear.parse(word)
    except FinancialYearError as error:
        raise ReferenceProblem(f"“{{{text}}}”: {error}.") from error


def _date(text: str, word: str) -> dt.date:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = dt.datetime.strptime(word, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if FIRST_DAY <= day <= LAST_DAY:
            return day
    raise ReferenceProblem(f"“{{{text}}}”: write the date as 2023-03-31.")


def references(text: str) -> Iterator[str]:
    """What stands between braces in a text, in order."""
    for match in BRACES.finditer(text):
        yield match[1]


# -- showing ----------------------------------------------------------------------------------

_UNIT = re.compile(r"(?P<unit>£|k|m|million)?(?P<places>[0-3])?(?: ?(?P<unsigned>unsigned))?")
_DIVISORS = {"k": Decimal(1000), "m": Decimal(1_000_000), "million": Decimal(1_000_000)}


def is_unit(unit: str) -> bool:
    """Whether ``show`` knows this unit."""
    match = _UNIT.fullmatch(unit)
    return match is not None and not (match["places"] and match["unit"] in (None, "£"))


def show(amount: Decimal, unit: str = "") -> str:
    """An amount as the author asks: ``k`` £497k, ``k1`` £497.4k, ``m2`` £2.93m, ``million`` £3.188 million.

    ``£`` is in full, without a unit the shortest form that loses nothing (money.in_words). ``million`` and
    ``m`` give up to three places and no idle noughts; a digit fixes the places. ``unsigned`` leaves the
    minus to the sentence.
    """
    match = _UNIT.fullmatch(unit)
    if match is None:
        raise ValueError(f"no unit: {unit}")
    if match["unsigned"]:
        amount = abs(amount)
    kind, places = match["unit"], match["places"]
    if kind is None:
        return money.in_words(amount)
    if kind == "£":
        return money.pounds(amount)
    wanted = int(places) if places else 0 if kind == "k" else 3
    figure = money.round_half_up(amount / _DIVISORS[kind], wanted)
    shown = f"{abs(figure):,}"
    if not places and "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return f"{'-' if figure < 0 else ''}£{shown}{' million' if kind == 'million' else kind}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A bound figure with its value: what the text shows, the exact pounds, and what it is in words."""

    reference: FigureReference
    shown: str
    value: Decimal
    meaning: str


def work_out(asked: FigureReference, ledger: ReportFigures) -> Figure:
    """The figure from the ledger of its project and day. Raises ReferenceProblem for a source or change not there."""
    if asked.source and asked.source not in ledger.sources:
        raise ReferenceProblem(
            f"No line of {ledger.project} comes from “{asked.source}”.{nearest(asked.source, ledger.sources)}"
        )
    value = KINDS[asked.name].value(ledger, asked)
    return Figure(asked, show(value, asked.unit), value, meaning_of(asked, ledger))


def meaning_of(asked: FigureReference, ledger: ReportFigures) -> str:
    """``Approved budget of HMS, capital, 2023-24 to 2026-27, as at 14 June 2023``."""
    of = f" {asked.change}" if asked.change else f" of {ledger.project}"
    parts = [KINDS[asked.name].label + of]
    if asked.nature:
        parts.append(asked.nature)
    if asked.first is not None:
        parts.append(
            str(asked.first) if asked.first == asked.last else f"{asked.first} to {asked.last}"
        )
    if asked.source:
        parts.append(f"from {asked.source}")
    parts.append(f"as at {ledger.as_at.day} {ledger.as_at:%B %Y}")
    return ", ".join(parts)
