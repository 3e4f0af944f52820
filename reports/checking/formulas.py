"""Formulas of a table: what a line may be made of, and how often that holds along the lines that cross it.

Tolerance is half a last printed place for each rounded term: within it a difference is rounding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

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


# -- labels --------------------------------------------------------------------------------------

_TOTAL = any_of(
    """(?:sub_?)?totals? grand sum_of overall all_services all_directorates all_funds"""
)
_NOT_TOTAL = any_of("total_number total_no total_per total_cost_per")
RESULT = any_of(
    """net gap surplus deficit shortfall balances? closing carried_forward c/f cfwd requirement ask variances?
    variation difference movement change remaining uncommitted unallocated headroom under over over_?spend
    under_?spend outturn revised budget funding financing expenditure resources increase decrease savings?
    unspent unfunded available shortage excess profit loss result growth latest current forecast proposed
    approved position cumulative reserves?"""
)
DIFFERENCE = any_of(
    r"""variances? variation var difference diff movement change over under over_?spend under_?spend
    over_?/_?\(?under gap surplus deficit remaining balance unspent increase decrease growth reduction
    headroom shortfall savings? slippage [+]/-"""
)
OPENING = any_of(
    r"""opening brought_forward b/f bfwd b/fwd (?:1|1st|01)_april start_of 0?1[ ./-](?:apr\w*|0?4)[ ./-]?\d*"""
)
CLOSING = any_of(
    r"""closing carried_forward c/f cfwd c/fwd (?:31|31st)_march end_of year_end 31[ ./-](?:mar\w*|0?3)[ ./-]?\d*"""
)
OF_WHICH = begins_with(
    """of_which of_this includ(?:es|ing) incl which_includes memo(?:randum)? note represented_by made_up_of
    comprising analysed"""
)
_LESS_FIRST = begins_with("less minus deduct deduction")
_LESS_WITHIN = any_of(
    """income use_of draw_?down out outflow applied repaid repayments? from_reserves? receipts savings grants?
    fees written_off disposals withdrawals? decreases? minimum_revenue_provision mrp available funding used
    utilised spend expenditure spent payments committed commitments allocated"""
)
CUMULATIVE = any_of("cumulative running to_date")
BALANCE = any_of("balance")
ACTUAL = any_of(
    """actuals? forecasts? outturn projected projection spend spent expenditure estimate[ds]? latest proposed"""
)
BUDGET = any_of("""budgets? approved original plan(?:ned)? requirement limit target estimate""")


def is_less(line: Line) -> bool:
    return bool(_LESS_FIRST.search(line.label) or _LESS_WITHIN.search(line.label))


def is_total(line: Line) -> bool:
    return bool(_TOTAL.search(line.label)) and not _NOT_TOTAL.search(line.label)


# -- the axis ------------------------------------------------------------------------------------


class Axis:
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
class Evidence:
    strong: int = 0
    weak: int = 0
    wrong: int = 0
    exact: int = 0
    big: int = 0


def weigh(axis: Axis, formula: Formula, most_wrong: int = 10**9) -> Evidence:
    """How often a formula holds over the sample; given up when it fails more than ``most_wrong`` times."""
    evidence = Evidence()
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


# -- in words ----------------------------------------------------------------------------------


def reason_of(
    axis: Axis,
    item: Line,
    signed: tuple[tuple[int, Line], ...],
    evidence: Evidence,
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
