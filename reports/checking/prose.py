"""The checks of the text: sums in sentences, tables, the ledger, and one statement against another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from reports.checking import arithmetic, explain, history, match, periods
from reports.checking.arithmetic import Worked
from reports.checking.cast import Cast
from reports.checking.facts import Facts
from reports.checking.match import Index, Match
from reports.checking.paper import Paper, Place, Prose
from reports.checking.periods import Period
from reports.checking.recognise import Bearing, Mention
from reports.checking.result import Status, Weight
from reports.checking.slips import is_plain, reprint, slip
from reports.checking.spoken import years_words
from reports.checking.statements import Sentence, Statement, is_body, sentences_of, statements_of
from reports.checking.tables import Sheet
from reports.checking.verdicts import Verdict, Verdicts


def check_prose(
    paper: Paper,
    sheets: Sequence[Sheet],
    casts: Mapping[int, Cast],
    facts: Facts | None,
    verdicts: Verdicts,
) -> None:
    """Settle the figures of the text and find what disagrees, the surest checks first."""
    sentences = sentences_of(paper)
    statements = statements_of(sentences)
    for sentence in sentences:
        if is_body(sentence.prose):
            for worked in arithmetic.work(sentence):
                _worked(worked, verdicts)
    for first, second in pairwise(sentences):
        if first.block == second.block and is_body(first.prose):
            for worked in arithmetic.across(first, second):
                if not verdicts.is_settled((worked.sentence.block, worked.result.start)):
                    _worked(worked, verdicts)
    _tables(statements, sheets, casts, verdicts)
    _story(statements, paper, verdicts)
    _periods(sentences, verdicts)
    if facts is not None:
        _ledger(statements, facts, verdicts)
    _repeated(statements, verdicts)


def _place(statement: Statement) -> Place:
    return explain.prose_place(
        statement.sentence.block, statement.sentence.prose, statement.mention
    )


def _at(sentence: Sentence, mention: Mention) -> Place:
    return explain.prose_place(sentence.block, sentence.prose, mention)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _said(mention: Mention) -> str:
    """A span as a sentence of ours has it: 3 years, where "a 3 year term" is printed."""
    return mention.printed if mention.amount is None else years_words(mention.amount)


# -- sums in a sentence ------------------------------------------------------------------------------


def _show(amount: Decimal, like: Mention) -> str:
    if like.kind == "percent":
        places = max(1, -int(like.step.normalize().as_tuple().exponent))
        return f"{amount:.{places}f}%"
    if like.kind == "count":
        return f"{amount.normalize():,f}"
    return explain.money_words(amount)


def _worked(worked: Worked, verdicts: Verdicts) -> None:
    block = worked.sentence.block
    expected = _show(worked.expected, worked.result)
    if worked.holds:
        exact = worked.difference == 0 or worked.result.kind == "percent"
        why = f"{worked.words} is {expected}"
        verdicts.settle(
            (block, worked.result.start),
            Verdict(
                Status.AGREES if exact else Status.ROUNDING,
                why if exact else f"{why}; the difference is what rounding allows",
                worked.words,
                expected=worked.expected,
                difference=worked.difference,
            ),
        )
        for part in worked.parts:
            verdicts.settle(
                (block, part.start),
                Verdict(
                    Status.AGREES, f"enters {worked.result.printed}: {why}", worked.result.printed
                ),
            )
        return
    suggestion, culprit, words = _slip_in(worked)
    place = _at(worked.sentence, worked.result)
    text = (
        f"{_capital(place.words)} gives {worked.result.printed}, but {worked.words} is {expected}"
    )
    if worked.rule != "sentence.part":
        off = _show(abs(worked.difference), worked.result)
        text += f", {off} {'less' if worked.difference > 0 else 'more'}"
    text += "."
    if suggestion:
        text += f" With {suggestion} for {culprit.printed} it agrees: {words}."
    about = any(one.bearing is Bearing.ABOUT for one in (worked.result, *worked.parts))
    verdicts.find(
        worked.rule,
        Weight.WARNING if about else Weight.ERROR,
        text,
        [
            _at(worked.sentence, worked.result),
            *(_at(worked.sentence, part) for part in worked.parts),
        ],
        suggestion,
    )
    verdicts.settle(
        (block, worked.result.start),
        Verdict(
            Status.DISAGREES,
            text,
            worked.words,
            expected=worked.expected,
            difference=worked.difference,
            suggestion=suggestion if culprit is worked.result else "",
        ),
    )


def _slip_in(worked: Worked) -> tuple[str, Mention, str]:
    """The one figure whose correction is a plain slip: the result itself before its parts."""
    trials: list[tuple[Mention, Decimal | None]] = [(worked.result, worked.expected)]
    trials += list(zip(worked.parts, worked.wanted, strict=False))
    for mention, wanted in trials:
        if wanted is None or wanted <= 0 or mention.kind != "money":
            continue
        words = slip(mention.size, wanted, mention.step)
        if is_plain(words) or (words and mention is worked.result):
            scale = mention.step.scaleb(_places(mention))
            return reprint(mention.printed, wanted, scale, mention.step), mention, words
    return "", worked.result, ""


def _places(mention: Mention) -> int:
    body = mention.printed.replace(",", "")
    digits = "".join(char for char in body if char.isdigit() or char == ".").rstrip(".")
    return len(digits.partition(".")[2])


# -- the story of one budget --------------------------------------------------------------------------


def _story(statements: Sequence[Statement], paper: Paper, verdicts: Verdicts) -> None:
    money = [one for one in statements if one.mention.kind == "money"]
    for spent, left, budget in history.left_of_budget(money):
        _left(spent, left, budget, verdicts)
    _statute(money, paper, verdicts)
    told = history.history_of(money)
    spend = history.total_spend(money)
    if told is not None and spend is not None:
        _ahead(told, spend, money, verdicts)
    if told is not None:
        _originals(told, money, verdicts)
    if spend is not None:
        for excess in history.excess_of(money):
            _excess(excess, spend, told, verdicts)


def _left(spend: Statement, left: Statement, budget: Statement, verdicts: Verdicts) -> None:
    expected = budget.mention.size - spend.mention.size
    tolerance = (left.mention.step + budget.mention.step + spend.mention.step) / 2
    words = f"{budget.mention.printed} approved less {spend.mention.printed} spent"
    places = [_place(budget), _place(spend)]
    # £2.5m approved may be exact: then the result is held to its own places
    room = left.mention.step / 2 + spend.mention.step / 2
    exact = abs(left.mention.size - expected) <= room
    _compare(
        left,
        expected,
        room if exact else min(tolerance, room * 2),
        words,
        places,
        "story.left",
        verdicts,
    )


def _statute(money: Sequence[Statement], paper: Paper, verdicts: Verdicts) -> None:
    requirement, basic = history.statutory_amounts(money)
    if requirement is None:
        return
    a, b, c = requirement
    room = (
        (a.mention.step + b.mention.step + c.mention.step) / 2 if c.mention.step > 1 else Decimal(0)
    )
    words = f"(a) {a.mention.printed} less (b) {b.mention.printed}"
    _compare(
        c,
        a.mention.size - b.mention.size,
        room,
        words,
        [_place(a), _place(b)],
        "story.statute",
        verdicts,
    )
    base = history.tax_base([block.text for block in paper.blocks if isinstance(block, Prose)])
    if basic is not None and base:
        words = f"(c) {c.mention.printed} over the tax base of {base:,}"
        _compare(
            basic,
            c.mention.size / base,
            basic.mention.step,
            words,
            [_place(c)],
            "story.statute",
            verdicts,
        )


def _compare(
    one: Statement,
    expected: Decimal,
    room: Decimal,
    words: str,
    places: Sequence[Place],
    rule: str,
    verdicts: Verdicts,
) -> None:
    """Settle a figure that others of the text give, in pounds, and find it when it is further off than ``room``."""
    off = one.mention.size - expected
    shown = explain.money_words(expected)
    if abs(off) <= room:
        verdicts.settle(
            one.key, Verdict(Status.AGREES, f"{words} is {shown}", words, places[0], expected, off)
        )
        return
    slipped = slip(one.mention.size, expected, one.mention.step)
    suggestion = _reprinted(one.mention, expected) if slipped else ""
    text = f"{_capital(_place(one).words)} gives {one.mention.printed}, but {words} is {shown}."
    if suggestion:
        text += f" With {suggestion} it agrees: {slipped}."
    verdicts.find(rule, Weight.ERROR, text, [_place(one), *places], suggestion)
    verdicts.settle(
        one.key, Verdict(Status.DISAGREES, text, words, places[0], expected, off, suggestion)
    )


def _reprinted(mention: Mention, amount: Decimal) -> str:
    return reprint(mention.printed, amount, mention.step.scaleb(_places(mention)), mention.step)


def _ahead(
    told: history.History, spend: Statement, money: Sequence[Statement], verdicts: Verdicts
) -> None:
    expected = spend.mention.size - told.approved
    words = f"{spend.mention.printed} spent less {explain.money_words(told.approved)} approved ({told.words})"
    for one in history.ahead_of_approval(money, spend):
        tolerance = one.mention.step / 2 + spend.mention.step / 2 + told.half
        off = one.mention.size - expected
        # the parts are rounded figures of the text, so what they come to is held to the place of the result
        if abs(off) <= min(tolerance, max(one.mention.step, spend.mention.step)):
            why = f"{words} is {explain.money_words(expected)}"
            verdicts.settle(
                one.key, Verdict(Status.AGREES, why, words, _place(spend), expected, off)
            )
            for part in (spend, *(step.statement for step in told.steps)):
                verdicts.settle(
                    part.key,
                    Verdict(
                        Status.AGREES,
                        f"enters {one.mention.printed}: {why}",
                        one.mention.printed,
                        _place(one),
                    ),
                )
        elif expected > 0 and abs(off) > tolerance and abs(off) < expected:
            text = (
                f"{_capital(_place(one).words)} gives {one.mention.printed}, but {words} is "
                f"{explain.money_words(expected)}."
            )
            verdicts.find(
                "story.ahead",
                Weight.ERROR,
                text,
                [_place(one), _place(spend), _place(told.original)],
            )
            verdicts.settle(
                one.key, Verdict(Status.DISAGREES, text, words, _place(spend), expected, off)
            )


def _originals(told: history.History, money: Sequence[Statement], verdicts: Verdicts) -> None:
    first = told.original
    named = [one for one in money if history.is_original(one)]
    named += [excess.base for excess in history.excess_of(money) if excess.base not in named]
    if len({one.mention.size for one in named if one.sentence.block != first.sentence.block}) > 1:
        return  # several budgets are called original: the report is of several projects
    for one in named:
        if one.sentence.block == first.sentence.block or verdicts.is_settled(one.key):
            continue
        off = one.mention.size - first.mention.size
        if abs(off) <= (one.mention.step + first.mention.step) / 2:
            verdicts.settle(
                one.key,
                Verdict(
                    Status.AGREES,
                    f"the budget first approved, {_place(first).words}",
                    first.mention.printed,
                    _place(first),
                ),
            )
            continue
        steps = [step.statement for step in told.steps if step.kind == "to"]
        stated = ", then ".join(step.mention.printed for step in steps)
        text = (
            f"{_capital(_place(one).words)} calls {one.mention.printed} the original budget, but "
            f"{_place(first).words} gives {stated}: {one.mention.printed} is none of these."
        )
        if any(
            abs(step.mention.size - one.mention.size) <= step.mention.step / 2 for step in steps
        ):
            text = (
                f"{_capital(_place(one).words)} calls {one.mention.printed} the original budget, but "
                f"{_place(first).words} says that {first.mention.printed} was approved first and "
                f"{one.mention.printed} later."
            )
        verdicts.find(
            "story.original", Weight.ERROR, text, [_place(one), *(_place(step) for step in steps)]
        )
        verdicts.settle(
            one.key,
            Verdict(
                Status.DISAGREES,
                text,
                first.mention.printed,
                _place(first),
                first.mention.size,
                off,
            ),
        )


def _excess(
    excess: history.Excess, spend: Statement, told: history.History | None, verdicts: Verdicts
) -> None:
    extra, base = excess.extra.mention, excess.base.mention
    expected = spend.mention.size - base.size
    tolerance = (extra.step + base.step + spend.mention.step) / 2
    half = extra.step / 2
    words = f"{spend.mention.printed} spent less {base.printed}"
    off = extra.size - expected
    if abs(off) <= half + spend.mention.step / 2:
        verdicts.settle(
            excess.extra.key,
            Verdict(
                Status.AGREES,
                f"{words} is {explain.money_words(expected)}",
                words,
                _place(spend),
                expected,
                off,
            ),
        )
        return
    text = (
        f"{_capital(_place(excess.extra).words)} gives {extra.printed} above {base.printed}, but {words} is "
        f"{explain.money_words(expected)}."
    )
    suggestion = ""
    if told is not None:
        for step in told.steps:
            other = step.statement.mention
            if (
                step.kind == "to"
                and other.size != base.size
                and abs(spend.mention.size - other.size - extra.size) <= half
            ):
                suggestion = reprint(
                    base.printed, other.size, base.step.scaleb(_places(base)), base.step
                )
                would_be = explain.money_words(spend.mention.size - other.size)
                where = _place(step.statement).words
                text += f" Above {other.printed} ({where}) it would be {would_be}, which agrees."
                break
    elif abs(off) <= tolerance:
        return
    verdicts.find(
        "story.excess",
        Weight.ERROR,
        text,
        [_place(excess.extra), _place(excess.base), _place(spend)],
        suggestion,
    )
    verdicts.settle(
        excess.extra.key, Verdict(Status.DISAGREES, text, words, _place(spend), expected, off)
    )


# -- spans of years -------------------------------------------------------------------------------------


def _periods(sentences: Sequence[Sentence], verdicts: Verdicts) -> None:
    for period in [*periods.overruns(sentences), *periods.terms(sentences)]:
        _period(period, verdicts)
    for sentence, first, second in periods.beyond_contract(sentences):
        place = _at(sentence, first)
        text = (
            f"{_capital(place.words)} counts on {_said(first)}, but the contract it depends on has "
            f"{_said(second)} to run."
        )
        verdicts.find("period.contract", Weight.WARNING, text, [place, _at(sentence, second)])
        verdicts.settle(
            (sentence.block, first.start),
            Verdict(
                Status.DISAGREES,
                text,
                second.printed,
                _at(sentence, second),
                second.amount,
                (first.amount or Decimal(0)) - (second.amount or Decimal(0)),
            ),
        )


def _period(period: Period, verdicts: Verdicts) -> None:
    key = (period.sentence.block, period.span.start)
    place = _at(period.sentence, period.span)
    where = _at(*period.others[0]) if period.others else None
    length = years_words(period.expected)
    if period.holds:
        verdicts.settle(
            key,
            Verdict(
                Status.AGREES,
                f"{period.words} is {length}",
                period.words,
                where,
                period.expected,
                period.difference,
            ),
        )
        for sentence, mention in period.others:
            verdicts.settle(
                (sentence.block, mention.start),
                Verdict(Status.AGREES, f"enters {_said(period.span)}", period.span.printed, place),
            )
        return
    text = f"{_capital(place.words)} says “{period.span.printed}”, but {period.words} is {length}."
    if period.fits:
        text += f" It fits {period.fits}."
    verdicts.find(
        period.rule, Weight.ERROR, text, [place, *(_at(*other) for other in period.others)]
    )
    verdicts.settle(
        key,
        Verdict(Status.DISAGREES, text, period.words, where, period.expected, period.difference),
    )


# -- tables and ledger -----------------------------------------------------------------------------------


def _tables(
    statements: Sequence[Statement],
    sheets: Sequence[Sheet],
    casts: Mapping[int, Cast],
    verdicts: Verdicts,
) -> None:
    found = match.quantities(sheets, casts)
    if not found:
        return
    index = Index(found)
    matched: list[Match] = []
    left: list[Statement] = []
    for one in statements:
        if one.mention.kind not in ("money", "percent") or one.mention.bearing in (
            Bearing.LIMIT,
            Bearing.RANGE,
            Bearing.RATE,
        ):
            continue
        agreed = match.best(one, index)
        if agreed is None:
            left.append(one)
        elif one.mention.malformed:
            _comma(one, agreed, verdicts)
        else:
            matched.append(agreed)
            _agreed(agreed, verdicts)
    for wrong in match.siblings(matched, left, found):
        _table_fault(wrong, "match.sibling", Weight.ERROR, verdicts)
        left.remove(wrong.statement)
    for one in left:
        if not verdicts.is_settled(one.key) and (slipped := match.unit_slip(one, index)):
            _unit(*slipped, verdicts)
    for wrong in match.in_the_same_row(matched, left, sheets):
        if not verdicts.is_settled(wrong.statement.key):
            _table_fault(wrong, "match.row", Weight.WARNING, verdicts)
    for one in left:
        if not verdicts.is_settled(one.key):
            wrong_cell = match.addressed(one, sheets)
            if wrong_cell is not None:
                _table_fault(wrong_cell, "match.cell", Weight.WARNING, verdicts)


def _source(agreed: Match) -> tuple[Place | None, str]:
    quantity = agreed.quantity
    if quantity.sheet is None:
        return None, quantity.how
    place = explain.cell_place(quantity.sheet, quantity.row, quantity.columns[0])
    if len(quantity.columns) == 1:
        return place, place.words
    return place, f"table {quantity.sheet.number}, {quantity.how}"


def _amount_of(quantity: match.Quantity) -> str:
    return (
        f"{quantity.size.normalize():f}%"
        if quantity.percent
        else explain.money_words(quantity.size)
    )


def _agreed(agreed: Match, verdicts: Verdicts) -> None:
    place, words = _source(agreed)
    mention = agreed.statement.mention
    why = f"{words} gives {_amount_of(agreed.quantity)}"
    status = Status.AGREES
    if not agreed.is_close:
        status = Status.ROUNDING
        why += ", which is cut off here rather than rounded"
    verdicts.settle(
        agreed.statement.key,
        Verdict(
            status, why, words, place, agreed.quantity.size, mention.size - agreed.quantity.size
        ),
    )
    quantity = agreed.quantity
    if quantity.sheet is not None and len(quantity.columns) == 1:
        where = _place(agreed.statement)
        verdicts.settle(
            (quantity.sheet.block, quantity.row, quantity.columns[0]),
            Verdict(
                Status.AGREES, f"repeated in {where.words}: {mention.printed}", where.words, where
            ),
        )


def _comma(one: Statement, agreed: Match, verdicts: Verdicts) -> None:
    place, words = _source(agreed)
    suggestion = one.mention.printed.replace(",", ".")
    text = (
        f"{_capital(_place(one).words)} prints {one.mention.printed}, where a comma stands for the point: "
        f"with {suggestion} it agrees with {words}."
    )
    verdicts.find("slip.comma", Weight.ERROR, text, [_place(one)], suggestion)
    verdicts.settle(
        one.key,
        Verdict(Status.DISAGREES, text, words, place, agreed.quantity.size, suggestion=suggestion),
    )


def _unit(wrong: Match, amount: Decimal, verdicts: Verdicts) -> None:
    place, words = _source(wrong)
    one = wrong.statement
    shown = explain.money_words(amount)
    text = (
        f"{_capital(_place(one).words)} gives {one.mention.printed}, but {words} is "
        f"{_amount_of(wrong.quantity)}: the unit is a thousand times out. With {shown} it agrees."
    )
    verdicts.find(
        "slip.unit", Weight.ERROR, text, [_place(one), *([place] if place else [])], shown
    )
    off = one.mention.size - wrong.quantity.size
    verdicts.settle(
        one.key, Verdict(Status.DISAGREES, text, words, place, wrong.quantity.size, off, shown)
    )


def _table_fault(wrong: Match, rule: str, weight: Weight, verdicts: Verdicts) -> None:
    place, words = _source(wrong)
    mention = wrong.statement.mention
    expected = wrong.quantity.size
    own = _place(wrong.statement)
    off = mention.size - expected
    text = (
        f"{_capital(own.words)} gives {mention.printed}, but {words} is {explain.money_words(expected)}: "
        f"{explain.money_words(abs(off))} {'more' if off > 0 else 'less'} in the text."
    )
    slipped = slip(mention.size, expected, mention.step)
    suggestion = (
        reprint(mention.printed, expected, mention.step.scaleb(_places(mention)), mention.step)
        if slipped
        else ""
    )
    if suggestion:
        text += f" With {suggestion} it agrees: {slipped}."
    verdicts.find(rule, weight, text, [own, *([place] if place else [])], suggestion)
    verdicts.settle(
        wrong.statement.key,
        Verdict(Status.DISAGREES, text, words, place, expected, off, suggestion),
    )


def _ledger(statements: Sequence[Statement], facts: Facts, verdicts: Verdicts) -> None:
    found = match.of_facts(facts.facts)
    index = Index(found)
    for one in statements:
        if one.mention.kind != "money" or not one.mention.is_firm:
            continue
        agreed = match.best(one, index)
        if agreed is not None:
            _agreed(agreed, verdicts)
            continue
        wrong = match.ledger_fault(one, found)
        if wrong is not None:
            _table_fault(wrong, "ledger.figure", Weight.ERROR, verdicts)


# -- the same thing said twice ------------------------------------------------------------------------------


def _repeated(statements: Sequence[Statement], verdicts: Verdicts) -> None:
    money = [one for one in statements if one.mention.kind == "money"]
    for group in history.same_subject(money):
        _contradictions(group, verdicts)
    by_amount: dict[Decimal, list[Statement]] = {}
    for one in money:
        if one.mention.digits >= 3 or one.mention.size % 1000:
            by_amount.setdefault(one.mention.size, []).append(one)
    for alike in by_amount.values():
        for one in alike:
            other = next((two for two in alike if two.sentence.block != one.sentence.block), None)
            if other is not None:
                verdicts.settle(
                    one.key,
                    Verdict(
                        Status.AGREES,
                        f"said also in {_place(other).words}",
                        other.mention.printed,
                        _place(other),
                        one.mention.size,
                        Decimal(0),
                    ),
                )


def _contradictions(group: Sequence[Statement], verdicts: Verdicts) -> None:
    first = group[0]
    for other in group[1:]:
        one, two = first.mention, other.mention
        step = max(one.step, two.step)
        if abs(one.size - two.size) <= step:
            continue
        words = slip(two.size, one.size, step)
        if not is_plain(words) and not (words and min(one.digits, two.digits) >= 4):
            continue
        text = (
            f"{_capital(_place(first).words)} gives {one.printed} and {_place(other).words} {two.printed} "
            f"for what reads as the same figure: {words}."
        )
        verdicts.find("prose.contradiction", Weight.WARNING, text, [_place(other), _place(first)])
        verdicts.settle(
            other.key,
            Verdict(
                Status.DISAGREES, text, one.printed, _place(first), one.size, two.size - one.size
            ),
        )
