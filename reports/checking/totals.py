"""Totals and results: lines that are the sum, or the difference, of a run of lines before or after them.

A stack holds the lines that no total has gathered yet, as a reader's pencil would tick them off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.checking.formulas import (
    CLOSING,
    MOST_RESULT_TERMS,
    MOST_TERMS,
    OF_WHICH,
    RESULT,
    Axis,
    Evidence,
    Formula,
    Sum,
    is_less,
    is_total,
    reason_of,
    weigh,
)
from reports.checking.slips import is_plain, slip
from reports.checking.tables import Line, Measure
from reports.checking.vocabulary import any_of

# -- sums over a run of lines ----------------------------------------------------------------------


@dataclass(slots=True)
class _Open:
    """A line on the stack: not yet gathered into a total. ``after_break`` says that a section begins with it."""

    line: Line
    is_total: bool = False
    after_break: bool = False


def totals(axis: Axis) -> list[Formula]:
    answer: list[Formula] = []
    stack: list[_Open] = []
    broke = True
    of_which = False
    block = axis.items[0].block if axis.items else 0
    waiting: list[tuple[Line, int]] = []
    for at, item in enumerate(axis.items):
        if item.is_break:
            broke = True
            of_which = bool(OF_WHICH.search(item.label))
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
        if OF_WHICH.search(item.label):
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


def _of_one(axis: Axis, item: Line, stack: list[_Open], known: Sequence[Formula]) -> Formula | None:
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
    evidence = weigh(axis, trial)
    return trial if alike and axis.by_rows and (evidence.weak or len(axis.others) <= 2) else None


def _signed(terms: Sequence[Line], pattern: str) -> tuple[tuple[int, Line], ...]:
    if pattern == "less":
        # the first line stands as it is: "receipts less payments"
        return tuple((-1 if is_less(line) and at else 1, line) for at, line in enumerate(terms))
    if pattern.startswith("minus "):
        minus = int(pattern.removeprefix("minus "))
        return tuple((-1 if at == minus else 1, line) for at, line in enumerate(terms))
    if pattern == "first":
        return tuple((-1 if at else 1, line) for at, line in enumerate(terms))
    if pattern == "last":
        return ((1, terms[-1]), *((-1, line) for line in terms[:-1]))
    return tuple((1, line) for line in terms)


def _best(axis: Axis, item: Line, stack: list[_Open]) -> Formula | None:
    """The formula that the item is best read as, from the lines before it, or None."""
    if len(stack) < 2:
        return None
    labelled = is_total(item)
    result = bool(RESULT.search(item.label)) or bool(CLOSING.search(item.label))
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
            if any(is_less(line) for line in run[1:]):
                candidates.append((run, "less", n in natural))
            if n <= 8 and not labelled:
                candidates += [
                    (run, f"minus {at}", n in natural)
                    for at, line in enumerate(run)
                    if at and is_less(line)
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
        evidence = weigh(axis, trial, allowed)
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
                    reason_of(axis, item, signed, evidence, labelled=labelled),
                    firm=firm,
                ),
            )
    if best is not None:
        return best[1]
    return _lone(axis, item, stack, lone) if labelled else None


def _is_believed(
    evidence: Evidence, *, labelled: bool, result: bool, canonical: bool
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


def _lone(axis: Axis, item: Line, stack: list[_Open], candidates: list[Formula]) -> Formula | None:
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
    reason = reason_of(axis, item, formula.terms, Evidence(), labelled=True)
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


def _is_short(axis: Axis, tried: Sequence[Sum]) -> bool:
    """Whether a line seems to be missing: most columns fall short, and the table does not claim to be a selection."""
    short = sum(1 for found in tried if _falls_short(found))
    return axis.by_rows and short >= 2 and short >= 0.6 * len(tried) and not _is_selection(axis)


def _is_selection(axis: Axis) -> bool:
    """Whether the table says that it shows some lines of many."""
    words = f"{axis.sheet.title} {' '.join(line.label for line in axis.items if line.is_break)}"
    return bool(_SELECTION.search(words))


def _without_one(axis: Axis, formula: Formula) -> Formula | None:
    """The same total where one line is shown but not counted: a memorandum line that does not say so."""
    for at, (_, left_out) in enumerate(formula.terms):
        kept = (*formula.terms[:at], *formula.terms[at + 1 :])
        if len(kept) < 2:
            return None
        evidence = weigh(
            axis, Formula(formula.rule, formula.target, kept, axis.by_rows, "", firm=False)
        )
        if evidence.wrong or evidence.strong < 2:
            continue
        reason = reason_of(axis, formula.target, kept, evidence, labelled=True)
        return Formula(
            formula.rule,
            formula.target,
            kept,
            axis.by_rows,
            f"{reason}, without “{left_out.name}”",
            firm=True,
        )
    return None


def _without_parts(axis: Axis, formula: Formula, tried: Sequence[Sum]) -> Formula | None:
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
    evidence = weigh(axis, trial)
    if not evidence.strong or evidence.wrong > evidence.strong:
        return None
    for parent, parts in fold:
        target = formula.terms[parent][1]
        terms = tuple(formula.terms[at] for at in parts)
        own = weigh(axis, Formula("cast.parts", target, terms, axis.by_rows, "", firm=False))
        if own.strong and own.strong >= own.wrong:
            reason = reason_of(axis, target, terms, own, labelled=False, above=False)
            axis.breakdowns.append(
                Formula("cast.parts", target, terms, axis.by_rows, reason, firm=own.big >= 1)
            )
    reason = reason_of(axis, formula.target, kept, evidence, labelled=True)
    return Formula(
        formula.rule,
        formula.target,
        kept,
        axis.by_rows,
        reason,
        firm=True,
    )


def _fold(axis: Axis, formula: Formula, found: Sum) -> tuple[tuple[int, tuple[int, ...]], ...]:
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


def _from_below(axis: Axis, item: Line, at: int) -> Formula | None:
    """A total that stands above (or to the left of) its parts."""
    after: list[Line] = []
    for line in axis.items[at + 1 :]:
        if line.block != item.block or (
            line.is_break and after and not OF_WHICH.search(line.label)
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
        evidence = weigh(axis, Formula("cast.total", item, signed, axis.by_rows, "", firm=False))
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
                    reason_of(axis, item, signed, evidence, labelled=True, above=False),
                    firm=True,
                ),
            )
    return best[1] if best else None
