"""Casting: which lines of a table are sums, differences, balances or percentages of others, and whether they hold.

A line's part is inferred from its label, its place and the arithmetic together. A formula is believed
when it holds where it can be tried: what then disagrees is the exception, and is reported. Where no
formula can be believed nothing is said. Rows and columns are two views of the same rules.

Tolerance is half a last printed place for each rounded term: within it a difference is rounding.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from itertools import islice, pairwise

from reports.checking.slips import is_plain, slip
from reports.checking.tables import Line, Measure, Number, Sheet
from reports.checking.vocabulary import any_of, begins_with

#: Most lines and terms that are tried, far more than a printed page can hold. A formula is tried on a sample
#: of the lines that cross it before it is believed, so that a long sheet costs no more than a page.
MOST_LINES = 1000
MOST_TERMS = 60
MOST_RESULT_TERMS = 20
SAMPLE = 40


#: Rules whose terms are not added: a wrong term cannot be told from the result by a difference.
RATIOS = frozenset({"cast.percent", "cast.product", "cast.band"})


@dataclass(frozen=True, slots=True)
class Formula:
    """``target`` is made of ``terms`` (each with its sign) all along the other axis. ``rule`` names the kind."""

    rule: str
    target: Line
    terms: tuple[tuple[int, Line], ...]
    by_rows: bool
    reason: str
    #: whether a disagreement is to be reported, or the formula only confirms
    firm: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """One formula at one place: what is printed, what its terms come to, and by how much they differ."""

    formula: Formula
    target: Number
    terms: tuple[tuple[int, Number], ...]
    expected: Decimal
    tolerance: Decimal

    @property
    def difference(self) -> Decimal:
        return self.target.amount - self.expected

    @property
    def holds(self) -> bool:
        return abs(self.difference) <= self.tolerance

    @property
    def is_exact(self) -> bool:
        return self.difference == 0

    @property
    def numbers(self) -> Iterator[Number]:
        yield self.target
        for _, term in self.terms:
            yield term


@dataclass(slots=True)
class Cast:
    """What casting a table gave: sums that hold, sums that fail, and why the table could not be judged, if so."""

    held: list[Sum] = field(default_factory=list)
    failed: list[Sum] = field(default_factory=list)
    unsure: str = ""
    #: totals that every column says are of more than the lines shown
    short: list[list[Sum]] = field(default_factory=list)
    #: lines that are totals or results, by (by_rows, index): prose refers to them first
    totals: set[tuple[bool, int]] = field(default_factory=set)


# -- labels --------------------------------------------------------------------------------------

_TOTAL = any_of(
    """(?:sub_?)?totals? grand sum_of overall all_services all_directorates all_funds"""
)
_NOT_TOTAL = any_of("total_number total_no total_per total_cost_per")
_RESULT = any_of(
    """net gap surplus deficit shortfall balances? closing carried_forward c/f cfwd requirement ask variances?
    variation difference movement change remaining uncommitted unallocated headroom under over over_?spend
    under_?spend outturn revised budget funding financing expenditure resources increase decrease savings?
    unspent unfunded available shortage excess profit loss result growth latest current forecast proposed
    approved position cumulative reserves?"""
)
_DIFFERENCE = any_of(
    r"""variances? variation var difference diff movement change over under over_?spend under_?spend
    over_?/_?\(?under gap surplus deficit remaining balance unspent increase decrease growth reduction
    headroom shortfall savings? slippage [+]/-"""
)
_OPENING = any_of(
    r"""opening brought_forward b/f bfwd b/fwd (?:1|1st|01)_april start_of 0?1[ ./-](?:apr\w*|0?4)[ ./-]?\d*"""
)
_CLOSING = any_of(
    r"""closing carried_forward c/f cfwd c/fwd (?:31|31st)_march end_of year_end 31[ ./-](?:mar\w*|0?3)[ ./-]?\d*"""
)
_OF_WHICH = begins_with(
    """of_which of_this includ(?:es|ing) incl which_includes memo(?:randum)? note represented_by made_up_of
    comprising analysed"""
)
_LESS_FIRST = begins_with("less minus deduct deduction")
_LESS_WITHIN = any_of(
    """income use_of draw_?down out outflow applied repaid repayments? from_reserves? receipts savings grants?
    fees written_off disposals withdrawals? decreases? minimum_revenue_provision mrp available funding used
    utilised spend expenditure spent payments committed commitments allocated"""
)
_CUMULATIVE = any_of("cumulative running to_date")
_BALANCE = any_of("balance")
_ACTUAL = any_of(
    """actuals? forecasts? outturn projected projection spend spent expenditure estimate[ds]? latest proposed"""
)
_BUDGET = any_of("""budgets? approved original plan(?:ned)? requirement limit target estimate""")


def _is_less(line: Line) -> bool:
    return bool(_LESS_FIRST.search(line.label) or _LESS_WITHIN.search(line.label))


def is_total(line: Line) -> bool:
    return bool(_TOTAL.search(line.label)) and not _NOT_TOTAL.search(line.label)


# -- the axis ------------------------------------------------------------------------------------


class _Axis:
    """The rows of a table, or its columns; ``others`` is what a formula is tried on."""

    def __init__(
        self, sheet: Sheet, *, by_rows: bool, without_sign: Collection[int] = frozenset()
    ) -> None:
        self.sheet, self.by_rows = sheet, by_rows
        columns = [line for line in sheet.columns if line.index not in without_sign]
        self.items = list(sheet.rows if by_rows else columns)[:MOST_LINES]
        crossing = columns if by_rows else sheet.rows
        self.others = [
            line for line in crossing if line.measure is not Measure.WORDS and not line.is_break
        ][:MOST_LINES]
        #: an even choice of ``others``, the last among them, on which a formula is tried first
        step = max(1, -(-len(self.others) // SAMPLE))
        self.sample = list(range(len(self.others) - 1, -1, -step))[::-1]
        #: lines found to break down the line above them, on the way to a total
        self.breakdowns: list[Formula] = []
        #: the coarsest printed place of the table, for a quick first look at a difference
        self.coarsest = max((number.step for number in sheet.cells.values()), default=Decimal(0))
        self._numbers: dict[int, list[Number | None]] = {
            item.index: [self.at(item, other) for other in self.others] for item in self.items
        }

    def at(self, item: Line, other: Line) -> Number | None:
        return self.sheet.cells.get(
            (item.index, other.index) if self.by_rows else (other.index, item.index)
        )

    def is_text(self, item: Line, other: Line) -> bool:
        place = (item.index, other.index) if self.by_rows else (other.index, item.index)
        return place in self.sheet.text_cells

    def has_words(self, formula: Formula, other: Line) -> bool:
        """Whether a term is words at this place ("TBC"), so that nothing can be said of the sum."""
        return bool(self.sheet.text_cells) and any(
            self.is_text(line, other) for _, line in formula.terms
        )

    def numbers(self, item: Line) -> list[Number | None]:
        return self._numbers[item.index]

    def has_numbers(self, item: Line) -> bool:
        return any(self._numbers[item.index])

    def sum_at(self, formula: Formula, other: Line) -> Sum | None:
        """The formula at one place, or None when it cannot be tried there."""
        target = self.at(formula.target, other)
        if target is None:
            return None
        terms = []
        for sign, line in formula.terms:
            number = self.at(line, other)
            if number is None:
                if self.is_text(line, other):
                    return None
                continue
            if number.percent != target.percent:
                return None
            terms.append((sign, number))
        if not terms:
            return None
        expected = sum((sign * number.amount for sign, number in terms), Decimal(0))
        return Sum(formula, target, tuple(terms), expected, _tolerance(target, terms, other))


def _tolerance(target: Number, terms: Sequence[tuple[int, Number]], other: Line) -> Decimal:
    """Half a last printed place for each figure that may be rounded; heads counted in whole numbers are exact."""
    if (
        other.measure is Measure.COUNT
        and target.step == 1
        and all(number.step <= 1 for _, number in terms)
    ):
        return Decimal(0)
    exact = all(
        number.amount == 0
        or (number.step <= Decimal("0.01") and number.scale == 1 and not number.percent)
        for _, number in terms
    )
    if exact and target.scale == 1 and target.step <= Decimal("0.01") and not target.percent:
        return Decimal(0)  # pounds and pence are not rounded
    halves = sum(
        (number.step for _, number in terms if number.amount or not number.nil), target.step
    )
    return halves / 2


@dataclass(slots=True)
class _Evidence:
    strong: int = 0
    weak: int = 0
    wrong: int = 0
    exact: int = 0
    big: int = 0


def _weigh(axis: _Axis, formula: Formula, most_wrong: int = 10**9) -> _Evidence:
    """How often a formula holds over the sample; given up when it fails more than ``most_wrong`` times."""
    evidence = _Evidence()
    targets = axis.numbers(formula.target)
    rows = [(sign, axis.numbers(line)) for sign, line in formula.terms]
    for at in axis.sample:
        target = targets[at]
        if target is None:
            continue
        total, parts, mixed = Decimal(0), 0, False
        for sign, numbers in rows:
            number = numbers[at]
            if number is None or not number.amount:
                continue
            mixed = mixed or number.percent != target.percent
            total = total + number.amount if sign > 0 else total - number.amount
            parts += 1
        if mixed:
            continue
        # nearly all trials fail here, long before the exact tolerance is worked out
        off = abs(target.amount - total)
        if off > target.step * (len(rows) + 1) and off > axis.coarsest * (len(rows) + 1):
            other = axis.others[at]
            if other.measure.adds and formula.target.measure.adds and not target.percent:
                if parts and not axis.has_words(formula, other):
                    evidence.wrong += 1
                    if evidence.wrong > most_wrong:
                        return evidence
            continue
        found = axis.sum_at(formula, axis.others[at])
        if found is None:
            continue
        if found.holds:
            largest = max(abs(number.amount) for number in found.numbers)
            if parts >= 2 and largest > 4 * found.tolerance:
                evidence.strong += 1
                evidence.big += largest >= 100 * max(found.target.step, Decimal("0.0001"))
                evidence.exact += found.is_exact
            else:
                evidence.weak += 1
        elif axis.others[at].measure.adds and formula.target.measure.adds and not target.percent:
            evidence.wrong += 1
            if evidence.wrong > most_wrong:
                return evidence
    return evidence


# -- sums over a run of lines ----------------------------------------------------------------------


@dataclass(slots=True)
class _Open:
    """A line on the stack: not yet gathered into a total. ``after_break`` says that a section begins with it."""

    line: Line
    is_total: bool = False
    after_break: bool = False


def _solve_runs(axis: _Axis) -> list[Formula]:
    answer: list[Formula] = []
    stack: list[_Open] = []
    broke = True
    of_which = False
    block = axis.items[0].block if axis.items else 0
    waiting: list[tuple[Line, int]] = []
    for at, item in enumerate(axis.items):
        if item.is_break:
            broke = True
            of_which = bool(_OF_WHICH.search(item.label))
            continue
        if item.block != block:
            stack, broke, block = [], True, item.block
        if item.measure in (Measure.WORDS, Measure.PERCENT) or not axis.has_numbers(item):
            continue
        if item.measure is Measure.RATE:
            # "Average parish" may be one amount among others, or a rate that nothing adds up to
            stack.append(_Open(item, after_break=broke))
            broke = False
            continue
        if _OF_WHICH.search(item.label):
            of_which = True
            continue
        labelled = is_total(item)
        if of_which and not labelled and not broke:
            continue
        if labelled:
            of_which = False
        formula = _best(axis, item, stack)
        if formula is not None:
            answer.append(formula)
            gathered = {line.index for _, line in formula.terms}
            if formula.rule != "cast.difference" or axis.by_rows:
                stack = [open_ for open_ in stack if open_.line.index not in gathered]
            stack.append(_Open(item, is_total=True, after_break=False))
        elif labelled and (only := _of_one(axis, item, stack, answer)):
            answer.append(only)
            stack = [*stack[:-1], _Open(item, is_total=True, after_break=stack[-1].after_break)]
        else:
            if labelled:
                below = _from_below(axis, item, at)
                if below is not None:
                    answer.append(below)
                    for _, line in below.terms:
                        waiting.append((line, item.index))
            stack.append(_Open(item, is_total=labelled, after_break=broke))
        broke = False
        covered = {line.index for line, _ in waiting}
        stack = [open_ for open_ in stack if open_.line.index not in covered]
    return answer


def _of_one(
    axis: _Axis, item: Line, stack: list[_Open], known: Sequence[Formula]
) -> Formula | None:
    """A sub-total of a section with one line, where the sub-totals of other sections hold."""
    if not stack or stack[-1].is_total or not stack[-1].after_break:
        return None
    trial = Formula(
        "cast.total",
        item,
        ((1, stack[-1].line),),
        axis.by_rows,
        f"the one row of its section, “{stack[-1].line.name}”",
        firm=True,
    )
    alike = any(formula.target.label.lower() == item.label.lower() for formula in known)
    evidence = _weigh(axis, trial)
    return trial if alike and axis.by_rows and (evidence.weak or len(axis.others) <= 2) else None


def _signed(terms: Sequence[Line], pattern: str) -> tuple[tuple[int, Line], ...]:
    if pattern == "less":
        # the first line stands as it is: "receipts less payments"
        return tuple((-1 if _is_less(line) and at else 1, line) for at, line in enumerate(terms))
    if pattern.startswith("minus "):
        minus = int(pattern.removeprefix("minus "))
        return tuple((-1 if at == minus else 1, line) for at, line in enumerate(terms))
    if pattern == "first":
        return tuple((-1 if at else 1, line) for at, line in enumerate(terms))
    if pattern == "last":
        return ((1, terms[-1]), *((-1, line) for line in terms[:-1]))
    return tuple((1, line) for line in terms)


def _best(axis: _Axis, item: Line, stack: list[_Open]) -> Formula | None:
    """The formula that the item is best read as, from the lines before it, or None."""
    if len(stack) < 2:
        return None
    labelled = is_total(item)
    result = bool(_RESULT.search(item.label)) or bool(_CLOSING.search(item.label))
    lines: list[Line] = [open_.line for open_ in stack]
    since = next((n for n, open_ in enumerate(reversed(stack), 1) if open_.after_break), len(stack))
    since_total = next((n for n, open_ in enumerate(reversed(stack)) if open_.is_total), len(stack))
    totals = [open_.line for open_ in stack if open_.is_total]
    natural = {len(stack), since, since_total}
    longest = len(stack) if labelled else min(len(stack), MOST_RESULT_TERMS if result else 8)
    candidates: list[tuple[Sequence[Line], str, bool]] = []
    for n in sorted(
        {*range(2, min(longest, MOST_TERMS) + 1), *(m for m in natural if m >= 2 and m <= longest)},
        reverse=True,
    ):
        run: Sequence[Line] = lines[-n:]
        candidates.append((run, "plus", n in natural))
        if labelled or result:
            if any(_is_less(line) for line in run[1:]):
                candidates.append((run, "less", n in natural))
            if n <= 8 and not labelled:
                candidates += [
                    (run, f"minus {at}", n in natural)
                    for at, line in enumerate(run)
                    if at and _is_less(line)
                ]
            if n <= 12 and not (labelled and not result):
                candidates.append((run, "first", n == 2 or n in natural))
            if n == 2 and result:
                candidates.append((run, "last", True))
        elif n == 2:
            candidates.append((run, "first", True))
    for run, pattern, canonical in list(candidates):
        amounts = [line for line in run if line.measure is not Measure.RATE]
        if 2 <= len(amounts) < len(run):
            candidates.append((amounts, pattern, canonical))
    if len(totals) >= 2 and totals != lines[-len(totals) :]:
        candidates.append((totals, "plus", True))
    best: tuple[tuple[int, ...], Formula] | None = None
    lone: list[Formula] = []
    for run, pattern, canonical in candidates:
        signed = _signed(run, pattern)
        rule = (
            "cast.total"
            if pattern in ("plus", "less") and labelled
            else "cast.sum"
            if pattern == "plus"
            else "cast.difference"
        )
        trial = Formula(rule, item, signed, axis.by_rows, "", firm=False)
        allowed = len(axis.sample) // (2 if labelled else 3) if labelled or result else 1
        evidence = _weigh(axis, trial, allowed)
        firm = _is_believed(evidence, labelled=labelled, result=result, canonical=canonical)
        if firm is None:
            if (
                labelled
                and canonical
                and pattern == "plus"
                and evidence.wrong
                and not evidence.strong
            ):
                lone.append(trial)
            continue
        score = (
            evidence.wrong == 0,
            evidence.strong - 2 * evidence.wrong,
            canonical,
            pattern == "plus",
            evidence.exact,
            len(run),
        )
        if best is None or score > best[0]:
            best = (
                score,
                Formula(
                    rule,
                    item,
                    signed,
                    axis.by_rows,
                    _reason(axis, item, signed, evidence, labelled=labelled),
                    firm=firm,
                ),
            )
    if best is not None:
        return best[1]
    return _lone(axis, item, stack, lone) if labelled else None


def _is_believed(
    evidence: _Evidence, *, labelled: bool, result: bool, canonical: bool
) -> bool | None:
    """None: not believed; else whether what disagrees is to be reported."""
    if labelled:
        if not evidence.wrong:
            return (
                True if evidence.strong else (None if not evidence.weak or not canonical else False)
            )
        if canonical and evidence.strong >= evidence.wrong:
            return True
        return True if evidence.strong >= 2 and evidence.strong >= 3 * evidence.wrong else None
    if result:
        if not evidence.wrong:
            return bool(evidence.big >= 2) if evidence.strong >= 1 else None
        if (
            evidence.strong >= 2
            and evidence.strong >= 2 * evidence.wrong
            and (canonical or evidence.strong >= 4)
        ):
            return True
        return None
    if not evidence.wrong:
        return True if evidence.big >= 2 else None
    return True if evidence.big >= 4 and evidence.wrong == 1 else None


def _lone(axis: _Axis, item: Line, stack: list[_Open], candidates: list[Formula]) -> Formula | None:
    """A total that holds nowhere: reported only when there is just one thing that it can be the total of.

    There is no second opinion from another column. So the lines above must be plain: one run, none of
    them a total, a part of another or the sum of its neighbours, and the total not equal to some of them.
    """
    formula = _only_candidate(stack, candidates)
    if formula is None or any(line.measure is Measure.RATE for _, line in formula.terms):
        return None
    tried = [
        found
        for other in axis.others
        if other.measure.adds and (found := axis.sum_at(formula, other)) and not found.holds
    ]
    if not tried:
        return None
    if any(len(found.terms) < 2 or _has_inner_sum(found) for found in tried):
        return _without_parts(axis, formula, tried)
    if without := _without_one(axis, formula):
        return without
    reason = _reason(axis, item, formula.terms, _Evidence(), labelled=True)
    if len(tried) > 2 or (len(tried) == 2 and all(_falls_short(found) for found in tried)):
        if not _is_short(axis, tried):
            return None
        return Formula("cast.missing", item, formula.terms, axis.by_rows, reason, firm=True)
    if _is_selection(axis) or any(
        _leaves_some_out(found) or not _is_plausible(found) for found in tried
    ):
        return None
    return Formula(formula.rule, item, formula.terms, axis.by_rows, reason, firm=True)


def _only_candidate(stack: list[_Open], candidates: list[Formula]) -> Formula | None:
    """The one run of lines that a total can be of, or None when there are two ways to read it."""
    gathered = {open_.line.index for open_ in stack if open_.is_total}
    plain = [
        formula
        for formula in candidates
        if not any(line.index in gathered for _, line in formula.terms)
    ]
    if len(gathered) >= 2 and len(gathered) == len(stack):
        plain = [formula for formula in candidates if len(formula.terms) == len(stack)]
    if len({len(one.terms) for one in plain}) > 1:
        # "Total budget available" under the heading "Budget available" is of that section
        own = [one for one in plain if _is_of_section(one.target, one.terms)]
        plain = own[:1]
    return plain[0] if plain else None


def _is_of_section(total: Line, terms: Sequence[tuple[int, Line]]) -> bool:
    words = set(total.label.lower().split()) - {"total", "sub-total", "subtotal", "the", "of"}
    section = set(total.section.lower().split())
    return bool(words & section) and all(line.section == total.section for _, line in terms)


def _is_plausible(found: Sum) -> bool:
    """Whether the difference may be one figure's fault: not wholly another size, or a plain slip."""
    if found.expected and Decimal("0.3") < found.target.amount / found.expected < 3:
        return True
    if is_plain(slip(found.target.amount, found.expected, found.target.step)):
        return True
    return any(
        is_plain(slip(number.amount, number.amount + sign * found.difference, number.step))
        for sign, number in found.terms
    )


#: Words that say that a table shows some lines of many, so that its total is of more than it shows.
_SELECTION = any_of(
    """top main key major largest significant selected extract examples? illustrat\\w+ principal sample material
    highlights including excludes? excluding"""
)


def _falls_short(found: Sum) -> bool:
    """Whether the lines come to less than the total, as when one is missing, yet to a good part of it."""
    total = found.target.amount
    return bool(total) and Decimal("0.2") < found.expected / total < 1


def _is_short(axis: _Axis, tried: Sequence[Sum]) -> bool:
    """Whether a line seems to be missing: most columns fall short, and the table does not claim to be a selection."""
    short = sum(1 for found in tried if _falls_short(found))
    return axis.by_rows and short >= 2 and short >= 0.6 * len(tried) and not _is_selection(axis)


def _is_selection(axis: _Axis) -> bool:
    """Whether the table says that it shows some lines of many."""
    words = f"{axis.sheet.title} {' '.join(line.label for line in axis.items if line.is_break)}"
    return bool(_SELECTION.search(words))


def _without_one(axis: _Axis, formula: Formula) -> Formula | None:
    """The same total where one line is shown but not counted: a memorandum line that does not say so."""
    for at, (_, left_out) in enumerate(formula.terms):
        kept = (*formula.terms[:at], *formula.terms[at + 1 :])
        if len(kept) < 2:
            return None
        evidence = _weigh(
            axis, Formula(formula.rule, formula.target, kept, axis.by_rows, "", firm=False)
        )
        if evidence.wrong or evidence.strong < 2:
            continue
        reason = _reason(axis, formula.target, kept, evidence, labelled=True)
        return Formula(
            formula.rule,
            formula.target,
            kept,
            axis.by_rows,
            f"{reason}, without “{left_out.name}”",
            firm=True,
        )
    return None


def _without_parts(axis: _Axis, formula: Formula, tried: Sequence[Sum]) -> Formula | None:
    """The same total where some lines break down the line above them and are not added again.

    Each breakdown becomes a formula of its own. A column in which one of them fails is outvoted by the others.
    """
    folds = Counter(_fold(axis, formula, found) for found in tried)
    fold = max(folds, key=lambda one: (folds[one], len(one)))
    covered = {below for _, parts in fold for below in parts}
    kept = tuple(term for at, term in enumerate(formula.terms) if at not in covered)
    if not fold or len(kept) < 2:
        return None
    trial = Formula(formula.rule, formula.target, kept, axis.by_rows, "", firm=False)
    evidence = _weigh(axis, trial)
    if not evidence.strong or evidence.wrong > evidence.strong:
        return None
    for parent, parts in fold:
        target = formula.terms[parent][1]
        terms = tuple(formula.terms[at] for at in parts)
        own = _weigh(axis, Formula("cast.parts", target, terms, axis.by_rows, "", firm=False))
        if own.strong and own.strong >= own.wrong:
            reason = _reason(axis, target, terms, own, labelled=False, above=False)
            axis.breakdowns.append(
                Formula("cast.parts", target, terms, axis.by_rows, reason, firm=own.big >= 1)
            )
    reason = _reason(axis, formula.target, kept, evidence, labelled=True)
    return Formula(
        formula.rule,
        formula.target,
        kept,
        axis.by_rows,
        reason,
        firm=True,
    )


def _fold(axis: _Axis, formula: Formula, found: Sum) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Which terms are the sum of those just after them, as one column has it: (parent, parts) by position."""
    crossing = found.target.column if axis.by_rows else found.target.row
    other = next(line for line in axis.others if line.index == crossing)
    numbers = [axis.at(line, other) for _, line in formula.terms]
    answer: list[tuple[int, tuple[int, ...]]] = []
    at = 0
    while at < len(numbers):
        number = numbers[at]
        parts: tuple[int, ...] = ()
        running = Decimal(0)
        for below in range(at + 1, len(numbers)):
            part = numbers[below]
            running += part.amount if part else 0
            count = below - at
            if (
                number is not None
                and number.amount
                and count >= 2
                and abs(running - number.amount) <= number.step * count / 2
            ):
                parts = tuple(range(at + 1, below + 1))
                break
        if parts:
            answer.append((at, parts))
        at += len(parts) + 1
    return tuple(answer)


def _has_inner_sum(found: Sum) -> bool:
    """Whether some term is the sum of the terms just after or before it: a breakdown."""
    amounts = [number.amount for _, number in found.terms]
    step = max(number.step for number in found.numbers)
    for at, amount in enumerate(amounts):
        if not amount:
            continue
        for neighbours in (amounts[at + 1 :], amounts[:at][::-1]):
            running = Decimal(0)
            for count, value in enumerate(neighbours[:20], 1):
                running += value
                if (
                    count >= 2
                    and abs(running - amount) <= step * count / 2
                    and abs(amount) > step * 20
                ):
                    return True
    return False


def _leaves_some_out(found: Sum) -> bool:
    """Whether the total is right without one term or one run of terms: then those may not belong to it."""
    over = found.expected - found.target.amount
    amounts = [sign * number.amount for sign, number in found.terms]
    for at in range(len(amounts)):
        running = Decimal(0)
        for count, value in enumerate(amounts[at : at + 12], 1):
            running += value
            if (
                count < len(amounts)
                and abs(running - over) <= found.tolerance
                and abs(over) > found.tolerance
            ):
                return True
    return False


def _from_below(axis: _Axis, item: Line, at: int) -> Formula | None:
    """A total that stands above (or to the left of) its parts."""
    after: list[Line] = []
    for line in axis.items[at + 1 :]:
        if line.block != item.block or (
            line.is_break and after and not _OF_WHICH.search(line.label)
        ):
            break
        if is_total(line):
            break
        if not line.is_break and line.measure.adds and axis.has_numbers(line):
            after.append(line)
        if len(after) > MOST_TERMS:
            break
    best: tuple[tuple[int, ...], Formula] | None = None
    for n in range(2, len(after) + 1):
        signed = _signed(after[:n], "plus")
        evidence = _weigh(axis, Formula("cast.total", item, signed, axis.by_rows, "", firm=False))
        canonical = n == len(after)
        believed = (evidence.strong >= 1 and not evidence.wrong) or (
            canonical and evidence.strong >= 1 and evidence.strong >= evidence.wrong
        )
        if not believed:
            continue
        score = (evidence.wrong == 0, evidence.strong, canonical, n)
        if best is None or score > best[0]:
            best = (
                score,
                Formula(
                    "cast.total",
                    item,
                    signed,
                    axis.by_rows,
                    _reason(axis, item, signed, evidence, labelled=True, above=False),
                    firm=True,
                ),
            )
    return best[1] if best else None


def _reason(
    axis: _Axis,
    item: Line,
    signed: tuple[tuple[int, Line], ...],
    evidence: _Evidence,
    *,
    labelled: bool,
    above: bool = True,
) -> str:
    kind = "row" if axis.by_rows else "column"
    where = (
        ("above it" if axis.by_rows else "to its left")
        if above
        else ("below it" if axis.by_rows else "to its right")
    )
    minus = [line for sign, line in signed if sign < 0]
    if not minus and len(signed) > 2:
        formula = f"the sum of the {len(signed)} {kind}s {where}, “{signed[0][1].name}” to “{signed[-1][1].name}”"
    else:
        formula = " ".join(
            f"{('−' if sign < 0 else '+' if at else '')}{' ' if at or sign < 0 else ''}“{line.name}”"
            for at, (sign, line) in enumerate(signed)
        )
    ground = "its label says total" if labelled else "its label and place suggest it"
    tried = evidence.strong + evidence.weak
    if tried:
        crossing = "column" if axis.by_rows else "row"
        ground += f", and it holds in {tried} {crossing}{'' if tried == 1 else 's'}"
    return f"{formula} ({ground})"


# -- pairs: variances, percentages, balances ---------------------------------------------------------


def _solve_pairs(axis: _Axis, known: set[int]) -> list[Formula]:
    """Differences between two lines anywhere in the same block: variance = forecast − budget."""
    answer = []
    usable = [
        line
        for line in axis.items
        if not line.is_break and line.measure.adds and axis.has_numbers(line)
    ]
    for item in usable:
        if item.index in known or not _DIFFERENCE.search(item.label) or len(usable) > 40:
            continue  # in longer lists of rows a variance is not a row
        best: tuple[tuple[int, ...], Formula] | None = None
        near = [line for line in usable if line is not item and line.block == item.block]
        if len(near) < 2:
            near = [line for line in usable if line is not item]
        near.sort(key=lambda line: (line.index > item.index, abs(line.index - item.index)))
        for one in near[:14]:
            for two in near[:14]:
                if one is two:
                    continue
                signed = ((1, one), (-1, two))
                trial = Formula("cast.difference", item, signed, axis.by_rows, "", firm=False)
                evidence = _weigh(axis, trial, len(axis.sample) // 3)
                named = bool(_ACTUAL.search(one.label) and _BUDGET.search(two.label)) or bool(
                    _BUDGET.search(one.label) and _ACTUAL.search(two.label)
                )
                beside = max(abs(one.index - item.index), abs(two.index - item.index)) <= 3
                if evidence.wrong:
                    enough = 2 if named or beside else 4
                    believed = evidence.big >= enough and evidence.strong >= enough * evidence.wrong
                else:
                    believed = evidence.big >= 2 or (named and evidence.strong >= 1)
                if not believed:
                    continue
                score = (
                    evidence.wrong == 0,
                    evidence.strong - 2 * evidence.wrong,
                    named,
                    -abs(one.index - item.index) - abs(two.index - item.index),
                )
                if best is None or score > best[0]:
                    best = (
                        score,
                        Formula(
                            "cast.difference",
                            item,
                            signed,
                            axis.by_rows,
                            _reason(axis, item, signed, evidence, labelled=False),
                            firm=evidence.big >= 2,
                        ),
                    )
        if best:
            answer.append(best[1])
    return answer


def _solve_carried(axis: _Axis) -> list[Sum]:
    """Each year's opening balance is the closing balance of the year before."""
    lines = [line for line in axis.items if not line.is_break and line.measure.adds]
    opening = [line for line in lines if _OPENING.search(line.label)]
    closing = [line for line in lines if _CLOSING.search(line.label)]
    if len(opening) != 1 or len(closing) != 1 or len(axis.others) < 2:
        return []
    sums = []
    for at, after in enumerate(axis.others):
        right = axis.at(opening[0], after)
        if right is None or not after.measure.adds:
            continue
        trials = []
        for before in _before(axis, at):
            left = axis.at(closing[0], before)
            if left is None or not before.measure.adds:
                continue
            reason = f"“{closing[0].name}” of “{before.name}” carried forward"
            formula = Formula(
                "cast.carried", opening[0], ((1, closing[0]),), axis.by_rows, reason, firm=True
            )
            trials.append(
                Sum(formula, right, ((1, left),), left.amount, (left.step + right.step) / 2)
            )
        if trials:
            # a year with budget and forecast has two closing balances: either may be carried forward
            sums.append(next((one for one in trials if one.holds), trials[-1]))
    held = [one for one in sums if one.holds]
    return (
        sums
        if len(held) > len(sums) / 2 and len(held) >= 2
        else held
        if len(held) == len(sums)
        else []
    )


def _before(axis: _Axis, at: int) -> list[Line]:
    """The lines of the year before: by their years where heads name them, else the one beside."""
    after = axis.others[at]
    if after.years:
        return [
            other
            for other in axis.others
            if other.years and other.years[-1].start + 1 == after.years[0].start
        ]
    beside = axis.others[at - 1] if at else None
    return [beside] if beside and beside.block == after.block and not beside.years else []


def _solve_running(axis: _Axis) -> list[Sum]:
    """A line that grows by another at each step: a running balance or a cumulative figure."""
    answer: list[Sum] = []
    lines = [
        line
        for line in axis.items
        if not line.is_break and line.measure.adds and axis.has_numbers(line)
    ]
    for item in lines:
        if not (_CUMULATIVE.search(item.label) or _BALANCE.search(item.label)):
            continue
        for source in lines:
            if source is item or len(lines) > 30:
                continue
            for sign in (1, -1):
                sums = list(islice(_running(axis, item, source, sign), SAMPLE))
                if sum(1 for one in sums if one.holds) < min(3, len(sums) / 2):
                    continue
                sums = list(_running(axis, item, source, sign))
                held = [
                    one
                    for one in sums
                    if one.holds and any(number.amount for _, number in one.terms[1:])
                ]
                # one wrong figure spoils two steps, to it and from it
                spoilt = sum(
                    1
                    for at, one in enumerate(sums)
                    if not one.holds and (at == 0 or sums[at - 1].holds)
                )
                if len(held) >= 3 and len(held) >= 3 * spoilt:
                    answer += sums
                    break
            else:
                continue
            break
    return answer


def _running(axis: _Axis, item: Line, source: Line, sign: int) -> Iterator[Sum]:
    for before, after in pairwise(axis.others):
        if before.block != after.block:
            continue
        last, this, moved = axis.at(item, before), axis.at(item, after), axis.at(source, after)
        if last is None or this is None or moved is None or this.percent or moved.percent:
            continue
        reason = f"“{item.name}” of “{before.name}” and “{source.name}” of this {'column' if axis.by_rows else 'row'}"
        formula = Formula(
            "cast.running", item, ((1, item), (sign, source)), axis.by_rows, reason, firm=True
        )
        terms = ((1, last), (sign, moved))
        yield Sum(
            formula,
            this,
            terms,
            last.amount + sign * moved.amount,
            (last.step + this.step + moved.step) / 2,
        )


def _solve_percentages(axis: _Axis) -> list[Sum]:
    """A line of percentages as one line over another, a difference over another, or a share of a total."""
    answer: list[Sum] = []
    money = [
        line
        for line in axis.items
        if not line.is_break and line.measure.adds and axis.has_numbers(line)
    ]
    shares = [
        line
        for line in axis.items
        if not line.is_break and line.measure is Measure.PERCENT and axis.has_numbers(line)
    ]
    if not shares or len(money) > 24:
        return []
    for item in shares:
        best: tuple[int, list[Sum]] | None = None
        for sums in _percentage_trials(axis, item, money):
            held = sum(1 for one in sums if one.holds and one.target.amount)
            failed = sum(1 for one in sums if not one.holds)
            if held < 2 or held < 4 * failed:
                continue
            if best is None or held - 3 * failed > best[0]:
                best = held - 3 * failed, sums
        if best:
            answer += best[1]
    return answer


def _percentage_trials(axis: _Axis, item: Line, money: Sequence[Line]) -> Iterator[list[Sum]]:
    for top in money:
        for bottom in money:
            if top is bottom:
                continue
            yield _tried(axis, partial(_ratio, axis, item, top, bottom, change=False))
            yield _tried(axis, partial(_ratio, axis, item, top, bottom, change=True))
    whole = [line for line in axis.others if is_total(line)]
    for top in money:
        for total in whole[-2:]:
            yield _tried(axis, partial(_share, axis, item, top, total))


def _tried(axis: _Axis, build: Callable[[Line], Sum | None]) -> list[Sum]:
    """A rule at every place where it can be tried; nothing when it fails on most of the first ones."""
    held = failed = 0
    for at in axis.sample:
        found = build(axis.others[at])
        if found is None:
            continue
        held, failed = (held + 1, failed) if found.holds else (held, failed + 1)
        if failed > 3 and failed > held:
            return []
    return [found for other in axis.others if (found := build(other))]


def _ratio(
    axis: _Axis, item: Line, top: Line, bottom: Line, other: Line, *, change: bool
) -> Sum | None:
    target, over, under = axis.at(item, other), axis.at(top, other), axis.at(bottom, other)
    if (
        target is None
        or over is None
        or under is None
        or not under.amount
        or over.percent
        or under.percent
    ):
        return None
    amount = over.amount - under.amount if change else over.amount
    spread = (over.step + under.step) / 2 if change else over.step / 2
    words = (
        f"“{top.name}” less “{bottom.name}” as a share of “{bottom.name}”"
        if change
        else f"“{top.name}” as a share of “{bottom.name}”"
    )
    return _percentage(
        axis,
        item,
        target,
        amount,
        spread,
        under,
        words,
        ((1, over), (1, under)),
        ((1, top), (1, bottom)),
    )


def _share(axis: _Axis, item: Line, top: Line, total: Line, other: Line) -> Sum | None:
    target, part, whole = axis.at(item, other), axis.at(top, other), axis.at(top, total)
    if target is None or part is None or whole is None or not whole.amount or part.percent:
        return None
    words = f"“{top.name}” as a share of “{total.name}”"
    return _percentage(
        axis,
        item,
        target,
        part.amount,
        part.step / 2,
        whole,
        words,
        ((1, part), (1, whole)),
        ((1, top),),
    )


def _percentage(
    axis: _Axis,
    item: Line,
    target: Number,
    amount: Decimal,
    spread: Decimal,
    under: Number,
    words: str,
    numbers: tuple[tuple[int, Number], ...],
    lines: tuple[tuple[int, Line], ...],
) -> Sum:
    expected = amount / under.amount * 100
    if (expected < 0) != (target.amount < 0) and target.amount:
        expected = (
            -expected if abs(expected + target.amount) < abs(expected) else expected
        )  # signs differ by custom
    low = abs(under.amount) - under.step / 2
    tolerance = (
        target.step / 2
        + (spread + abs(expected) / 100 * under.step / 2) / max(low, under.step / 2) * 100
    )
    formula = Formula("cast.percent", item, lines, axis.by_rows, words, firm=True)
    return Sum(formula, target, numbers, expected, tolerance)


def _solve_products(axis: _Axis) -> list[Sum]:
    """A line that is one of the others times another: pupils times a rate, impact times likelihood."""
    lines = [
        line
        for line in axis.items
        if not line.is_break
        and line.measure not in (Measure.WORDS, Measure.PERCENT)
        and axis.has_numbers(line)
    ]
    counted = [line for line in lines if line.measure in (Measure.RATE, Measure.COUNT)]
    if not counted or len(lines) < 3 or len(lines) > 14 or len(axis.others) < 3:
        return []
    answer: list[Sum] = []
    taken: set[int] = set()
    for rate in counted:
        best: tuple[int, list[Sum]] | None = None
        for number in lines:
            for item in lines:
                if len({rate.index, number.index, item.index}) < 3 or item.index in taken:
                    continue
                sums = _tried(axis, partial(_product, axis, item, rate, number))
                held = sum(1 for one in sums if one.holds and len({*one.numbers}) == 3)
                failed = sum(1 for one in sums if not one.holds)
                if held < 3 or held < 4 * failed:
                    continue
                if best is None or held - 3 * failed > best[0]:
                    best = held - 3 * failed, sums
        if best:
            taken.add(best[1][0].formula.target.index)
            answer += best[1]
    return answer


def _product(axis: _Axis, item: Line, rate: Line, number: Line, other: Line) -> Sum | None:
    target, one, two = axis.at(item, other), axis.at(rate, other), axis.at(number, other)
    if target is None or one is None or two is None or target.percent or one.percent or two.percent:
        return None
    if abs(one.amount) <= 1 or abs(two.amount) <= 1 or not target.amount or is_total(other):
        return None
    expected = one.amount * two.amount
    exact = Decimal(0) if two.step == 1 and two.scale == 1 else two.step / 2
    tolerance = target.step / 2 + abs(two.amount) * one.step / 2 + abs(one.amount) * exact
    words = f"“{number.name}” times “{rate.name}”"
    formula = Formula(
        "cast.product", item, ((1, number), (1, rate)), axis.by_rows, words, firm=True
    )
    return Sum(formula, target, ((1, two), (1, one)), expected, tolerance)


#: Council tax bands in ninths of band D (Local Government Finance Act 1992, section 5).
_NINTHS = {"A": 6, "B": 7, "C": 8, "D": 9, "E": 11, "F": 13, "G": 15, "H": 18}


def _solve_bands(axis: _Axis) -> list[Sum]:
    """Council tax by band: each band is so many ninths of band D, to the penny that rounding allows."""
    bands: dict[str, Line] = {}
    for line in axis.items:
        match = re.fullmatch(r"\W*(?:band\s+)?([A-H])\b[\s(£)]*", line.label, re.IGNORECASE)
        if match and not line.is_break:
            bands.setdefault(match[1].upper(), line)
    if "D" not in bands or len(bands) < 5:
        return []
    answer = []
    for other in axis.others:
        base = axis.at(bands["D"], other)
        if base is None or base.step > Decimal("0.01") or base.percent:
            continue
        sums = []
        for band, line in bands.items():
            target = axis.at(line, other)
            if target is None or band == "D":
                continue
            expected = base.amount * _NINTHS[band] / 9
            words = f"{_NINTHS[band]} ninths of “{bands['D'].name}”"
            formula = Formula("cast.band", line, ((1, bands["D"]),), axis.by_rows, words, firm=True)
            # precepts are rounded one by one, so that a total may be a penny or two out
            sums.append(Sum(formula, target, ((1, base),), expected, 2 * base.step))
        if sum(1 for one in sums if one.holds) >= max(3, 0.7 * len(sums)):
            answer += sums
    return answer


# -- the whole ---------------------------------------------------------------------------------------


def cast(sheet: Sheet) -> Cast:
    """Find the table's formulas and try each wherever it applies."""
    answer = Cast()
    if not sheet.cells:
        return answer
    unsigned = _unsigned(sheet)
    for sums in unsigned:
        answer.held += sums
    without_sign = {sums[0].target.column for sums in unsigned}
    for by_rows in (True, False):
        axis = _Axis(sheet, by_rows=by_rows, without_sign=without_sign)
        formulas = _solve_runs(axis)
        formulas += axis.breakdowns
        formulas += _solve_pairs(axis, {formula.target.index for formula in formulas})
        for formula in formulas:
            answer.totals.add((by_rows, formula.target.index))
            tried = [found for other in axis.others if (found := axis.sum_at(formula, other))]
            if formula.rule == "cast.missing":
                answer.short.append([found for found in tried if not found.holds])
                continue
            for found in tried:
                if found.holds:
                    answer.held.append(found)
                elif formula.firm and _adds_across(sheet, found) and not found.target.percent:
                    answer.failed.append(found)
        for found in [
            *_solve_carried(axis),
            *_solve_running(axis),
            *_solve_percentages(axis),
            *(_solve_products(axis) if not by_rows else ()),
            *_solve_bands(axis),
        ]:
            (answer.held if found.holds else answer.failed).append(found)
    _doubt(answer)
    return answer


def _unsigned(sheet: Sheet) -> list[list[Sum]]:
    """Columns of differences printed without a sign ("36 A", "26 F"): nothing is the sum of them."""
    axis = _Axis(sheet, by_rows=False)
    amounts = [line for line in axis.items if line.measure.adds and axis.has_numbers(line)][:14]
    answer = []
    for item in amounts:
        numbers = [number for number in axis.numbers(item) if number is not None and number.amount]
        if not _DIFFERENCE.search(item.label) or len(numbers) < 3:
            continue
        if any(number.amount < 0 for number in numbers):
            continue
        for at, one in enumerate(amounts):
            for two in amounts[at + 1 :]:
                if item in (one, two):
                    continue
                formula = Formula(
                    "cast.difference",
                    item,
                    ((1, one), (-1, two)),
                    False,
                    f"the difference of “{one.name}” and “{two.name}” without its sign",
                    firm=False,
                )
                sums = [found for other in axis.others if (found := axis.sum_at(formula, other))]
                fewer = min(
                    sum(1 for found in sums if found.expected > 0),
                    sum(1 for found in sums if found.expected < 0),
                )
                alike = [
                    abs(abs(found.expected) - found.target.amount) <= found.tolerance
                    for found in sums
                ]
                # a single one may be a sign that was lost
                if fewer >= 2 and all(alike):
                    answer.append([replace(found, expected=abs(found.expected)) for found in sums])
    return answer


def _adds_across(sheet: Sheet, found: Sum) -> bool:
    """Whether the line that crosses a sum counts something that adds: a rate in the total row is no sum."""
    if found.formula.by_rows:
        return sheet.column_at[found.target.column].measure.adds
    return sheet.row_at[found.target.row].measure.adds


def _doubt(answer: Cast) -> None:
    """Too many sums that fail say that the table was not understood, not that it is wrong."""
    failed, held = len(answer.failed), len(answer.held)
    targets = Counter((one.target.row, one.target.column) for one in answer.failed)
    if len(targets) > 3 and failed > 0.25 * (failed + held):
        answer.unsure = (
            f"{failed} of {failed + held} sums that its rows and columns suggest do not come out, "
            "so what its lines mean could not be told with confidence"
        )
        answer.failed.clear()


# -- who is to blame -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that does not agree, with the sums that say so and what it would have to be."""

    number: Number
    wanted: Decimal | None
    sums: tuple[Sum, ...]


def faults(answer: Cast) -> list[Fault]:
    """The failed sums gathered by the cell most likely at fault: the one whose change would mend them all.

    A cell that fails along its row and down its column by the same amount is the culprit;
    else the total itself is named, as the place where the sum fails.
    """
    confirmed: dict[tuple[int, int], int] = defaultdict(int)
    for one in answer.held:
        for number in one.numbers:
            if sum(1 for _, term in one.terms if term.amount) >= 1:
                confirmed[number.row, number.column] += 1
    wants: dict[tuple[int, int], list[tuple[Decimal, Sum, Number]]] = defaultdict(list)
    for one in answer.failed:
        if one.formula.rule in RATIOS:
            wants[one.target.row, one.target.column].append((one.expected, one, one.target))
            continue
        wants[one.target.row, one.target.column].append((one.expected, one, one.target))
        for sign, number in one.terms:
            wants[number.row, number.column].append(
                (number.amount + sign * one.difference, one, number)
            )
    left = {id(one): one for one in answer.failed}
    found: list[Fault] = []
    ranked = sorted(wants.items(), key=lambda pair: (-len(pair[1]), confirmed[pair[0]], pair[0]))
    for _, claims in ranked:
        live = [claim for claim in claims if id(claim[1]) in left]
        if len(live) < 2:
            continue
        wanted = live[0][0]
        if all(
            abs(claim[0] - wanted) <= claim[1].tolerance + live[0][1].tolerance for claim in live
        ):
            found.append(Fault(live[0][2], wanted, tuple(claim[1] for claim in live)))
            for claim in live:
                left.pop(id(claim[1]))
    for one in list(left.values()):
        culprits = []
        for sign, number in [(0, one.target), *one.terms]:
            wanted = one.expected if sign == 0 else number.amount + sign * one.difference
            unconfirmed = not confirmed[number.row, number.column]
            words = slip(number.amount, wanted, number.step)
            if unconfirmed and words and one.formula.rule not in RATIOS:
                culprits.append((not is_plain(words), sign != 0, number, wanted))
        best = sorted(culprits, key=lambda culprit: culprit[:2])[:1]
        target_confirmed = confirmed[one.target.row, one.target.column]
        if (
            best
            and (len(culprits) == 1 or not best[0][0] or best[0][2] is one.target)
            and not (best[0][2] is not one.target and not target_confirmed and best[0][0])
        ):
            found.append(Fault(best[0][2], best[0][3], (one,)))
        else:
            found.append(Fault(one.target, one.expected, (one,)))
    return sorted(found, key=lambda fault: (fault.number.row, fault.number.column))
