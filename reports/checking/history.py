"""The story that a report tells of one budget: first approved, increased to, increased by, spent, and what is asked.

Told in the text as "Council approved a budget of £600k … increased to £1.7m … and a virement of £250k". From it
follow what was formally approved, by how much spend is ahead of that, and which figures may be called original.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from reports.checking.recognise import Bearing
from reports.checking.statements import Statement, is_body, stems
from reports.checking.vocabulary import any_of


@dataclass(frozen=True, slots=True)
class Step:
    """One approval: the budget became ``statement``'s figure (``to``), or grew by it (``by``)."""

    kind: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class History:
    """The approvals of one budget in their order; the first is the original budget."""

    steps: tuple[Step, ...]

    @property
    def original(self) -> Statement:
        return self.steps[0].statement

    @property
    def approved(self) -> Decimal:
        """What stands approved after the last step, in pounds."""
        amount = Decimal(0)
        for step in self.steps:
            size = step.statement.mention.size
            amount = size if step.kind == "to" else amount + size
        return amount

    @property
    def half(self) -> Decimal:
        """How far the rounding of the figures that make it up may carry it."""
        half = Decimal(0)
        for step in self.steps:
            own = step.statement.mention.step / 2
            half = own if step.kind == "to" else half + own
        return half

    @property
    def words(self) -> str:
        """ "£2.3 million + £375k + £250k"."""
        shown: list[str] = []
        for step in self.steps:
            if step.kind == "to":
                shown = []
            shown.append(step.statement.mention.printed)
        return " + ".join(shown)


_FIRST = re.compile(
    r"\b(?:approved|agreed|set|allocated|established|authorised)\b[^.;]{0,40}\b(?:budget|"
    r"allocation|provision|funding|sum)\b"
    r"[^.;,]{0,30}\b(?:of|at)\s*$",
    re.IGNORECASE,
)
_TO = re.compile(
    r"\b(?:increas\w+|rais\w+|revis\w+|uplift\w*|subsequently|then|later|again|further|"
    r"and)\b[^.;]{0,40}\bto\s*$",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:virement|urgent powers|further|additional|supplementary|increas\w+|uplift|top[ -]up|"
    r"extra|addition)\b"
    r"[^;]{0,140}\b(?:of|by)\s*$",
    re.IGNORECASE,
)


def history_of(statements: Sequence[Statement]) -> History | None:
    """The one approval history in the text; None when there is none, or more than one (whose is whose is not known)."""
    found: list[History] = []
    blocks = dict.fromkeys(one.sentence.block for one in statements)
    for block in blocks:
        money = [
            one
            for one in statements
            if one.sentence.block == block
            and one.mention.kind == "money"
            and is_body(one.sentence.prose)
        ]
        steps: list[Step] = []
        for one in money:
            said = one.sentence.prose.text[
                (
                    steps[-1].statement.mention.end if steps else one.sentence.start
                ) : one.mention.start
            ]
            if one.mention.bearing is not Bearing.PLAIN:
                continue
            if not steps:
                if _FIRST.search(said):
                    steps.append(Step("to", one))
            elif _TO.search(said):
                steps.append(Step("to", one))
            elif _BY.search(said):
                steps.append(Step("by", one))
            else:
                break
        if len(steps) >= 2 and any(step.kind == "to" for step in steps[1:]):
            found.append(History(tuple(steps)))
    return found[0] if len(found) == 1 else None


# -- spend and what goes beyond ----------------------------------------------------------------------

_SPEND = re.compile(
    r"\b(?:spend|spent|expenditure|total cost|cost to date|costs? incurred)\b(?:(?!\bbudget\b|"
    r"\babove\b|\bover\b|\bagainst\b)[^.;]){0,50}\b(?:amounts? to|of|is|was|totals|totalled|"
    r"stands at|reached|at)\s*$",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:additional budget|overspend|over-spend|shortfall|excess|funding gap|budget shortfall|"
    r"unfunded|supplementary estimate)\b"
    r"[^.;]{0,30}\b(?:of|is|by)\s*$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"\b(?:original(?:ly)?|initial(?:ly)?|first)\b[^.;]{0,20}\b(?:approved |agreed |project |"
    r"capital |scheme )*budget\b[^.;]{0,20}\b(?:of|was|at|is)\s*$",
    re.IGNORECASE,
)
_EXTRA = any_of(
    "extra additional further over_?spend over_?spent increase in_excess more_than overrun"
)
_ABOVE = any_of("above over beyond in_excess_of more_than on_top_of")


def total_spend(statements: Sequence[Statement]) -> Statement | None:
    """The one figure of what was spent in all; None when several are stated."""
    found = [
        one
        for one in statements
        if one.mention.kind == "money"
        and one.mention.bearing is Bearing.PLAIN
        and is_body(one.sentence.prose)
        and _SPEND.search(one.before)
        and not re.search(
            r"\b(?:per|annual|each|in 20\d\d|forecast|further)\b", one.before, re.IGNORECASE
        )
    ]
    sizes = {one.mention.size for one in found}
    return found[0] if len(sizes) == 1 else None


@dataclass(frozen=True, slots=True)
class Excess:
    """ "£X above the original budget of £Y": the two figures, to be held against what was spent."""

    extra: Statement
    base: Statement


def excess_of(statements: Sequence[Statement]) -> list[Excess]:
    answer = []
    for first, second in pairwise(statements):
        if first.sentence is not second.sentence or {first.mention.kind, second.mention.kind} != {
            "money"
        }:
            continue
        between = first.sentence.between(first.mention.end, second.mention.start)
        if (
            _EXTRA.search(first.before + " " + between.split("above")[0])
            and _ABOVE.search(between)
            and re.search(
                r"\b(?:original|initial|approved)\b[^.;]{0,30}\bbudget\b[^.;]{0,10}$",
                between,
                re.IGNORECASE,
            )
        ):
            answer.append(Excess(first, second))
    return answer


def is_original(statement: Statement) -> bool:
    """Whether a figure is called the original budget."""
    return statement.mention.kind == "money" and bool(_ORIGINAL.search(statement.before))


def ahead_of_approval(statements: Sequence[Statement], spend: Statement) -> list[Statement]:
    """The figures that the spend's own sentence gives as going beyond what is approved."""
    return [
        one
        for one in statements
        if one.sentence is spend.sentence
        and one.mention.kind == "money"
        and one.mention.start > spend.mention.end
        and _AHEAD.search(one.before)
    ]


_LEAVING = re.compile(
    r"\bleav(?:ing|es)\s+(?:a balance of\s+|an unspent balance of\s+)?$", re.IGNORECASE
)


def left_of_budget(statements: Sequence[Statement]) -> list[tuple[Statement, Statement, Statement]]:
    """ "Spend was £187k, leaving £2.313m of the approved budget": the spend, what is left, and the budget approved.

    Only where the text approves one budget and no more.
    """
    approved = [
        one
        for one in statements
        if one.mention.kind == "money"
        and one.mention.bearing is Bearing.PLAIN
        and is_body(one.sentence.prose)
        and _FIRST.search(one.before)
    ]
    if len({one.mention.size for one in approved}) != 1:
        return []
    return [
        (first, second, approved[0])
        for first, second in pairwise(statements)
        if first.sentence is second.sentence
        and _SPEND.search(first.before)
        and _LEAVING.search(second.before)
        and re.match(r"\s*of (?:the|that|this) (?:\w+ )?budget", second.after, re.IGNORECASE)
    ]


_EXCEEDS = re.compile(
    r"\bbeing the amount\b[^.;]{0,40}\(a\)[^.;]{0,40}\bexceeds\b[^.;]{0,60}\(b\)", re.IGNORECASE
)
_DIVIDED = re.compile(r"\bbeing\b[^.;]{0,60}\(c\)[^.;]{0,60}\bdivided by\b", re.IGNORECASE)
_TAX_BASE = re.compile(
    r"\btax ?base\b[^.;]{0,60}?\b(?:be|is|of|at|as)\s+(\d{1,3}(?:,\d{3})*\.\d+|\d{1,3}(?:,\d{3})+)",
    re.IGNORECASE,
)


def statutory_amounts(
    statements: Sequence[Statement],
) -> tuple[tuple[Statement, Statement, Statement] | None, Statement | None]:
    """The amounts of a council tax resolution: (a), (b) and (c) = (a) less (b); and (d) = (c) over the tax base."""
    money = [one for one in statements if one.mention.kind == "money"]
    requirement = None
    basic = None
    for at, one in enumerate(money):
        if at >= 2 and requirement is None and _EXCEEDS.search(one.after):
            requirement = money[at - 2], money[at - 1], one
        elif requirement and basic is None and _DIVIDED.search(one.after):
            basic = one
    return requirement, basic


def tax_base(texts: Sequence[str]) -> Decimal | None:
    """The tax base that the paper states, when it states one."""
    found = {match[1] for text in texts for match in _TAX_BASE.finditer(text)}
    return Decimal(found.pop().replace(",", "")) if len(found) == 1 else None


# -- the same thing said twice --------------------------------------------------------------------------

_SUBJECT = re.compile(
    r"((?:[A-Za-z&'’/-]+ ){1,9})(?:(?:in|for|at|as at|on|to|of) (?:the )?(?:year |end |of |31 "
    r"March |1 April |31st March )*(?:\d{2,4}[/-]?\d{0,4} )?)*"
    r"(?:of|is|was|at|to be|will be|totals|totalled|amounts to|stands at|stood at)\s*$"
)
_THING = any_of(
    """budgets? requirement balances? reserves? programme debt deficit over_?spend under_?spend gap outturn costs?
    contract savings? settlement grants? borrowing limit receipts surplus"""
)


def subject_of(statement: Statement) -> frozenset[str]:
    """What the figure is said to be of: "the net budget requirement for 2024/25 is" → net, budget, requirement.

    Empty when the words before it name nothing definite.
    """
    if re.search(
        r"\b(?:increas\w+|reduc\w+|decreas\w+|from|by|further|additional|includ\w+|of which)\b",
        statement.before,
        re.IGNORECASE,
    ):
        return frozenset()
    match = _SUBJECT.search(statement.before)
    if match is None or not _THING.search(match[1]):
        return frozenset()
    words = stems(match[1])
    return words if len(words) >= 2 else frozenset()


def same_subject(statements: Sequence[Statement]) -> list[list[Statement]]:
    """Figures of different sentences that are said of the same thing and the same years, two or more each."""
    groups: dict[tuple[frozenset[str], tuple[int, ...], str, tuple[str, ...]], list[Statement]] = {}
    for one in statements:
        if (
            one.mention.kind != "money"
            or one.mention.bearing is not Bearing.PLAIN
            or not is_body(one.sentence.prose)
        ):
            continue
        subject = subject_of(one)
        if not subject:
            continue
        years = tuple(year.start for year in one.years)
        dates = tuple(
            mention.printed for mention in one.sentence.mentions if mention.kind in ("date", "year")
        )
        groups.setdefault((subject, years, one.nature, dates), []).append(one)
    return [
        found
        for found in groups.values()
        if len({one.sentence.start + one.sentence.block * 100000 for one in found}) > 1
    ]
