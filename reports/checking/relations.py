"""Relations between single lines: variances, balances carried forward and running, percentages, products, bands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import combinations, islice, pairwise

from reports.checking.formulas import (
    ACTUAL,
    BALANCE,
    BUDGET,
    CLOSING,
    CUMULATIVE,
    DIFFERENCE,
    OPENING,
    SAMPLE,
    Axis,
    Formula,
    Sum,
    is_total,
    reason_of,
    weigh,
)
from reports.checking.tables import Line, Measure, Number, Sheet

# -- pairs: variances, percentages, balances ---------------------------------------------------------


def differences(axis: Axis, known: Sequence[Formula]) -> list[Formula]:
    """Differences between two lines anywhere in the same block: variance = forecast − budget.

    ``known`` are the totals and results already found: what those explain is no difference of two lines.
    """
    answer = []
    made = {formula.target.index for formula in known}
    usable = [
        line
        for line in axis.items
        if not line.is_break and line.measure.adds and axis.has_numbers(line)
    ]
    for item in usable:
        if item.index in made or not DIFFERENCE.search(item.label) or len(usable) > 40:
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
                evidence = weigh(axis, trial, len(axis.sample) // 3)
                if evidence.wrong and _is_one_of_several(axis, trial, known, evidence.wrong):
                    continue
                named = _is_named(one, two)
                beside = max(abs(one.index - item.index), abs(two.index - item.index)) <= 3
                if evidence.wrong:
                    enough = 2 if named or beside else 4
                    believed = evidence.big >= enough and evidence.strong >= enough * evidence.wrong
                else:
                    believed = evidence.big >= 2 or (named and evidence.strong >= 1)
                if not believed:
                    continue
                if evidence.wrong and _has_another_movement(
                    axis, trial, near[:14], known, evidence.wrong
                ):
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
                            reason_of(axis, item, signed, evidence, labelled=False),
                            firm=evidence.big >= 2,
                        ),
                    )
        if best:
            answer.append(best[1])
    return answer


def _is_named(one: Line, two: Line) -> bool:
    """Whether the two are what was spent and what was budgeted, by their labels."""
    return bool(
        (ACTUAL.search(one.label) and BUDGET.search(two.label))
        or (BUDGET.search(one.label) and ACTUAL.search(two.label))
    )


def without_ambiguous(axis: Axis, known: Sequence[Formula]) -> list[Formula]:
    """The formulas, save differences of two lines that another movement in the table would mend."""
    answer = []
    for formula in known:
        if formula.rule == "cast.difference" and len(formula.terms) == 2:
            wrong = weigh(axis, formula).wrong
            others = [
                line
                for line in axis.items
                if not line.is_break
                and line.measure.adds
                and line is not formula.target
                and line.block == formula.target.block
                and axis.has_numbers(line)
            ]
            others.sort(key=lambda line: abs(line.index - formula.target.index))
            if wrong and _has_another_movement(axis, formula, others[:14], known, wrong):
                continue
        answer.append(formula)
    return answer


def _is_one_of_several(axis: Axis, trial: Formula, known: Sequence[Formula], wrong: int) -> bool:
    """Whether a longer sum has the line as one movement of several: revised = original + slippage + virement.

    Where the others are nil the line is the difference of the two as well; the sum is believed that fails no more.
    """
    pair = {line.index for _, line in trial.terms}
    return any(
        len(formula.terms) > 2
        and formula.target.index in pair
        and pair | {trial.target.index}
        <= {formula.target.index, *(line.index for _, line in formula.terms)}
        and weigh(axis, formula, wrong).wrong <= wrong
        for formula in known
    )


def _has_another_movement(
    axis: Axis, trial: Formula, others: Sequence[Line], known: Sequence[Formula], wrong: int
) -> bool:
    """Whether one or two other lines make up what the difference lacks, so that it may be read in two ways."""
    (_, one), (_, two) = trial.terms
    if _is_named(one, two):
        return False
    pair = {one.index, two.index}
    counted = pair.union(
        *(
            [line.index for _, line in formula.terms]
            for formula in known
            if formula.target.index in pair
        )
    )
    signed = [(sign, line) for line in others if line.index not in counted for sign in (1, -1)]
    return any(
        weigh(axis, replace(trial, terms=(*trial.terms, *more)), wrong - 1).wrong < wrong
        for count in (1, 2)
        for more in combinations(signed, count)
        if len({line.index for _, line in more}) == count
    )


def carried(axis: Axis) -> list[Sum]:
    """Each year's opening balance is the closing balance of the year before."""
    lines = [line for line in axis.items if not line.is_break and line.measure.adds]
    opening = [line for line in lines if OPENING.search(line.label)]
    closing = [line for line in lines if CLOSING.search(line.label)]
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


def _before(axis: Axis, at: int) -> list[Line]:
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


def running(axis: Axis) -> list[Sum]:
    """A line that grows by another at each step: a running balance or a cumulative figure."""
    answer: list[Sum] = []
    lines = [
        line
        for line in axis.items
        if not line.is_break and line.measure.adds and axis.has_numbers(line)
    ]
    for item in lines:
        if not (CUMULATIVE.search(item.label) or BALANCE.search(item.label)):
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


def _running(axis: Axis, item: Line, source: Line, sign: int) -> Iterator[Sum]:
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


def percentages(axis: Axis) -> list[Sum]:
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


def _percentage_trials(axis: Axis, item: Line, money: Sequence[Line]) -> Iterator[list[Sum]]:
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


def _tried(axis: Axis, build: Callable[[Line], Sum | None]) -> list[Sum]:
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
    axis: Axis, item: Line, top: Line, bottom: Line, other: Line, *, change: bool
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


def _share(axis: Axis, item: Line, top: Line, total: Line, other: Line) -> Sum | None:
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
    axis: Axis,
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


def products(axis: Axis) -> list[Sum]:
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


def _product(axis: Axis, item: Line, rate: Line, number: Line, other: Line) -> Sum | None:
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


def bands(axis: Axis) -> list[Sum]:
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


def unsigned(sheet: Sheet) -> list[list[Sum]]:
    """Columns of differences printed without a sign ("36 A", "26 F"): nothing is the sum of them."""
    axis = Axis(sheet, by_rows=False)
    amounts = [line for line in axis.items if line.measure.adds and axis.has_numbers(line)][:14]
    answer = []
    for item in amounts:
        numbers = [number for number in axis.numbers(item) if number is not None and number.amount]
        if not DIFFERENCE.search(item.label) or len(numbers) < 3:
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
