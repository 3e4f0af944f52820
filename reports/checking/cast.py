"""Casting: which lines of a table are sums, differences, balances or percentages of others, and whether they hold.

A line's part is inferred from its label, its place and the arithmetic together. A formula is believed
when it holds where it can be tried: what then disagrees is the exception, and is reported. Where no
formula can be believed nothing is said. Rows and columns are two views of the same rules.

Tolerance is half a last printed place for each rounded term: within it a difference is rounding.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from reports.checking import relations
from reports.checking.formulas import RATIOS, Axis, Sum
from reports.checking.slips import is_plain, slip
from reports.checking.tables import Number, Sheet
from reports.checking.totals import totals


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


# -- the whole ---------------------------------------------------------------------------------------


def cast(sheet: Sheet) -> Cast:
    """Find the table's formulas and try each wherever it applies."""
    answer = Cast()
    if not sheet.cells:
        return answer
    without = relations.unsigned(sheet)
    for sums in without:
        answer.held += sums
    without_sign = {sums[0].target.column for sums in without}
    for by_rows in (True, False):
        axis = Axis(sheet, by_rows=by_rows, without_sign=without_sign)
        formulas = relations.without_ambiguous(axis, totals(axis))
        formulas += axis.breakdowns
        formulas += relations.differences(axis, formulas)
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
            *relations.carried(axis),
            *relations.running(axis),
            *relations.percentages(axis),
            *(relations.products(axis) if not by_rows else ()),
            *relations.bands(axis),
        ]:
            (answer.held if found.holds else answer.failed).append(found)
    _doubt(answer)
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
