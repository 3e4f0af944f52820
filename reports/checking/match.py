"""Prose against tables: which cell, total or simple derivation a figure in the text repeats, and where it does not.

A figure agrees when its amount is there to its printed precision and the words bear it out (the line's
label, the years, capital or revenue). It disagrees only when the words lead to one figure of a table
and another stands in the text: by its neighbour in the sentence ("£528k of capital and £448k of revenue"),
or by the line's whole label and the column's meaning. All else is left untraced.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from council_hms.financial_year import FinancialYear
from reports.checking.cast import Cast
from reports.checking.facts import Fact
from reports.checking.formulas import is_total
from reports.checking.recognise import Bearing, Mention
from reports.checking.slips import is_plain, slip
from reports.checking.statements import Statement, is_body, stems
from reports.checking.tables import Line, Measure, Number, Sheet, nature_of, years_of

#: Most figures of one table that are combined; a longer table is matched cell by cell.
MOST_CELLS = 6000
#: Most figures that one figure of the text is held against.
MOST_NEAR = 120


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure that a table gives, printed or derived, in pounds (per cent for a percentage).

    ``half`` is how far its rounding may have taken it from the exact figure.
    """

    amount: Decimal
    half: Decimal
    words: frozenset[str]
    column_words: frozenset[str]
    years: tuple[FinancialYear, ...]
    nature: str
    sheet: Sheet | None
    row: int
    columns: tuple[int, ...]
    how: str
    is_total: bool = False
    percent: bool = False
    fact: Fact | None = None

    @property
    def size(self) -> Decimal:
        return abs(self.amount)


@dataclass(frozen=True, slots=True)
class Match:
    """A figure of the text beside what a table or the ledger gives for it."""

    statement: Statement
    quantity: Quantity
    score: int

    @property
    def difference(self) -> Decimal:
        return self.statement.mention.size - self.quantity.size

    @property
    def is_close(self) -> bool:
        return abs(self.difference) <= self.statement.mention.step / 2 + self.quantity.half


# -- what tables give ------------------------------------------------------------------------------


def quantities(sheets: Sequence[Sheet], casts: Mapping[int, Cast]) -> list[Quantity]:
    """Every cell, and every row summed over the years of a block or over all of its blocks."""
    answer: list[Quantity] = []
    for sheet in sheets:
        if not sheet.cells or len(sheet.cells) > MOST_CELLS:
            continue
        totals = casts[sheet.block].totals if sheet.block in casts else set()
        title = stems(sheet.title)
        for row in sheet.rows:
            if row.is_break:
                continue
            total = is_total(row) or (True, row.index) in totals
            answer += _of_row(sheet, row, title, is_total_row=total)
    return answer


def _of_row(
    sheet: Sheet, row: Line, title: frozenset[str], *, is_total_row: bool
) -> Iterator[Quantity]:
    words = stems(row.label)
    section = stems(row.section)
    found = [
        (column, number)
        for column in sheet.columns
        if (number := sheet.at(row.index, column.index))
    ]
    for column, number in found:
        yield Quantity(
            number.amount,
            number.step / 2,
            words,
            stems(column.label) | section,
            row.years or column.years,
            row.nature or column.nature or _section_nature(row),
            sheet,
            row.index,
            (column.index,),
            "",
            is_total_row,
            number.percent,
        )
    yearly = [
        (column, number)
        for column, number in found
        if column.years and column.measure.adds and not number.percent and row.measure.adds
    ]
    blocks: dict[tuple[int, str], list[tuple[Line, Number]]] = {}
    for column, number in yearly:
        blocks.setdefault((column.block, column.nature), []).append((column, number))
    sums = [pairs for pairs in blocks.values() if len(pairs) >= 2]
    for pairs in sums:
        yield _sum(sheet, row, words, section, pairs, is_total_row)
    if len(sums) > 1 and len({column.nature for column, _ in yearly}) == len(sums):
        yield _sum(sheet, row, words, section, yearly, is_total_row)


def _section_nature(row: Line) -> str:
    return nature_of(row.section)


def _sum(
    sheet: Sheet,
    row: Line,
    words: frozenset[str],
    section: frozenset[str],
    pairs: Sequence[tuple[Line, Number]],
    is_total_row: bool,
) -> Quantity:
    natures = {column.nature for column, _ in pairs}
    years = sorted({year for column, _ in pairs for year in column.years})
    span = f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])
    nature = natures.pop() if len(natures) == 1 else ""
    return Quantity(
        sum((number.amount for _, number in pairs), Decimal(0)),
        sum((number.step for _, number in pairs if number.amount), Decimal(0)) / 2,
        words,
        frozenset().union(*(stems(column.label) for column, _ in pairs)) | section,
        tuple(years),
        nature or row.nature,
        sheet,
        row.index,
        tuple(column.index for column, _ in pairs),
        f"“{row.name}”{f' ({nature})' if nature else ''} summed over {span}",
        is_total_row,
    )


def of_facts(facts: Sequence[Fact]) -> list[Quantity]:
    return [
        Quantity(
            fact.amount,
            Decimal(0),
            stems(fact.words) | stems(fact.about),
            stems(fact.project),
            tuple(fact.years),
            fact.nature if fact.nature in ("capital", "revenue") else "",
            None,
            0,
            (),
            f"the ledger’s {fact.words} of {fact.project}",
            False,
            False,
            fact,
        )
        for fact in facts
    ]


# -- agreement -------------------------------------------------------------------------------------


class Index:
    """The quantities by size, so that a figure is compared only with those near it."""

    def __init__(self, found: Sequence[Quantity]) -> None:
        self.money = sorted((one for one in found if not one.percent), key=lambda one: one.size)
        self.sizes = [one.size for one in self.money]
        self.percents = sorted((one for one in found if one.percent), key=lambda one: one.size)
        self.percent_sizes = [one.size for one in self.percents]

    def near(self, mention: Mention, spread: Decimal) -> list[Quantity]:
        found, sizes = (
            (self.percents, self.percent_sizes)
            if mention.kind == "percent"
            else (self.money, self.sizes)
        )
        low = bisect_left(sizes, mention.size - spread)
        return found[low : bisect_right(sizes, mention.size + spread)]

    def beside(self, statement: Statement, spread: Decimal) -> list[Quantity]:
        """Those near in amount; of very many (a short figure among long tables) the nearest in the paper."""
        found = self.near(statement.mention, spread)
        if len(found) <= MOST_NEAR:
            return found
        block = statement.sentence.block
        return sorted(
            found, key=lambda one: abs(one.sheet.block - block) if one.sheet is not None else 0
        )[:MOST_NEAR]


def best(statement: Statement, index: Index) -> Match | None:
    """The quantity that a figure repeats, or None when none is borne out by the words."""
    mention = statement.mention
    spread = mention.step * 2 if mention.bearing is Bearing.ABOUT else mention.step
    found: Match | None = None
    words = statement.stems
    lead = stems(statement.sentence.text)
    digits = mention.digits
    for quantity in index.beside(statement, spread):
        if quantity.size == 0 or not _equal(mention, quantity):
            continue
        score = _bearing_out(statement, quantity, words, lead, digits)
        if score < 3:
            continue
        trial = Match(statement, quantity, score)
        if found is None or _rank(trial) > _rank(found):
            found = trial
    return found


def _rank(match: Match) -> tuple[bool, int, bool, Decimal]:
    return match.is_close, match.score, match.quantity.is_total, -abs(match.difference)


def _equal(mention: Mention, quantity: Quantity) -> bool:
    """Rounded, or cut off, to the printed place; a figure in the text may be finer than the table's."""
    off = quantity.size - mention.size
    half = mention.step / 2 + quantity.half
    if mention.bearing is Bearing.ABOUT:
        half = max(half, mention.step)
    return abs(off) <= half or 0 <= off < mention.step


def _bearing_out(
    statement: Statement,
    quantity: Quantity,
    words: frozenset[str],
    sentence: frozenset[str],
    digits: int,
) -> int:
    score = 0
    mention = statement.mention
    if quantity.words:
        share = len(quantity.words & words) / len(quantity.words)
        wide = len(quantity.words & sentence) / len(quantity.words)
        whole = (
            3 if mention.kind == "percent" else 2
        )  # a percentage stands further from its subject
        score += 3 if share >= 0.6 else whole if wide >= 0.6 else 1 if wide > 0 else 0
    score += min(2, len(quantity.column_words & sentence))
    years = statement.years
    if years and quantity.years:
        score += (
            2
            if set(years) == set(quantity.years)
            else -2
            if not set(years) & set(quantity.years)
            else 0
        )
    if statement.nature and quantity.nature:
        score += 2 if statement.nature == quantity.nature else -4
    score += 2 if digits >= 3 else 0 if digits == 2 else -2
    if quantity.sheet is not None and abs(quantity.sheet.block - statement.sentence.block) <= 6:
        score += 1
    if mention.kind == "percent" and digits < 3:
        score -= 1
    return score


def unit_slip(statement: Statement, index: Index) -> tuple[Match, Decimal] | None:
    """A figure a thousand times what a table gives for the same thing: "£1,510m" for £1.510m. With the right amount.

    The words must bear it out well, as any short figure is a thousandth of some other.
    """
    mention = statement.mention
    if mention.digits < 3 or not mention.is_firm:
        return None
    for factor in (Decimal(1) / 1000, Decimal(1000)):
        amount = mention.size * factor
        scaled = replace(
            statement, mention=replace(mention, amount=amount, step=mention.step * factor)
        )
        found = best(scaled, index)
        if found is not None and found.score >= 6 and found.is_close:
            return Match(statement, found.quantity, found.score), amount
    return None


# -- disagreement ----------------------------------------------------------------------------------


def siblings(
    matched: Sequence[Match], left: Sequence[Statement], index: Sequence[Quantity]
) -> list[Match]:
    """Figures whose neighbour in the sentence agrees with one block of a row while they miss the other block.

    "£528k of capital and £448k of revenue": the revenue is the row's total over its years, so the capital
    should be the same row's. Reported only when the two are near or a slip of the pen apart.
    """
    by_row: dict[tuple[int, int], list[Quantity]] = {}
    for quantity in index:
        if quantity.sheet is not None:
            by_row.setdefault((quantity.sheet.block, quantity.row), []).append(quantity)
    answer = []
    for statement in left:
        mention = statement.mention
        if mention.kind != "money" or not mention.is_firm:
            continue
        trials: list[Match] = []
        for match in matched:
            other = match.statement
            if other.sentence is not statement.sentence or match.quantity.sheet is None:
                continue
            if not _are_parallel(other, statement):
                continue
            if other.mention.digits < 3 and match.score < 6:
                continue  # a short figure may be in a table by chance
            for row in _rows_alike(match, by_row):
                for quantity in by_row[row]:
                    if _corresponds(match, quantity, statement) and quantity.size:
                        trials.append(Match(statement, quantity, match.score))
        if not trials:
            continue
        chosen = min(trials, key=lambda one: (not one.quantity.is_total, abs(one.difference)))
        nearest = min(trials, key=lambda one: abs(one.difference))
        if any(_equal(mention, one.quantity) for one in trials):
            continue
        chosen = nearest if abs(nearest.difference) * 4 < abs(chosen.difference) else chosen
        near = abs(chosen.difference) <= chosen.quantity.size / 4
        if near or slip(mention.size, chosen.quantity.size, mention.step):
            answer.append(chosen)
    return answer


def _are_parallel(first: Statement, second: Statement) -> bool:
    """Whether two figures are said in one breath, differing in capital and revenue or in the year."""
    low, high = sorted((first.mention, second.mention), key=lambda mention: mention.start)
    between = first.sentence.between(low.end, high.start)
    if len(between) > 90 or re.search(
        r"[;:]|\b(?:from|compared|against|than|less|which)\b", between
    ):
        return False
    return (bool(first.nature) and bool(second.nature) and first.nature != second.nature) or (
        len(first.years) == 1
        and len(second.years) == 1
        and first.years != second.years
        and first.nature == second.nature
    )


def _rows_alike(
    match: Match, by_row: Mapping[tuple[int, int], list[Quantity]]
) -> list[tuple[int, int]]:
    """The rows that hold the matched amount in the same columns: a total and its only part look alike."""
    sheet = match.quantity.sheet
    assert sheet is not None  # noqa: S101 the caller asked
    return [
        place
        for place, found in by_row.items()
        if place[0] == sheet.block
        and any(
            one.columns == match.quantity.columns and one.size == match.quantity.size
            for one in found
        )
    ]


def _corresponds(match: Match, quantity: Quantity, statement: Statement) -> bool:
    one = match.quantity
    if (
        len(one.columns) != len(quantity.columns)
        or quantity.columns == one.columns
        or quantity.percent
    ):
        return False
    if statement.nature and statement.nature != match.statement.nature:
        return quantity.nature == statement.nature and set(quantity.years) == set(one.years)
    return quantity.nature == one.nature and set(quantity.years) == set(statement.years)


_METRICS: Sequence[tuple[str, re.Pattern[str], re.Pattern[str]]] = (
    (
        "variance",
        re.compile(r"\b(?:over-?\s?spen[dt]\w*|under-?\s?spen[dt]\w*|variance)\b", re.IGNORECASE),
        re.compile(r"\b(?:variance|variation|over|under|overspend|underspend)\b", re.IGNORECASE),
    ),
    (
        "forecast",
        re.compile(r"\b(?:forecast|projected|outturn)\b", re.IGNORECASE),
        re.compile(r"\b(?:forecast|projected|projection|outturn)\b(?!.*\bvariance)", re.IGNORECASE),
    ),
    (
        "budget",
        re.compile(r"\bbudget(?:s|ed)?\b", re.IGNORECASE),
        re.compile(r"\bbudget\b(?!.*\b(?:variance|remaining|spent)\b)", re.IGNORECASE),
    ),
    (
        "actual",
        re.compile(r"\b(?:spent|actual|spend to date|expenditure to date)\b", re.IGNORECASE),
        re.compile(r"\b(?:actual|spent|spend to date|expenditure to date)\b", re.IGNORECASE),
    ),
)
_ASIDE = re.compile(
    r"\b(?:compar\w+|previous\w*|last|prior|of which|includ\w+|due|because|mainly|reflect\w+|"
    r"movement|since|month|quarter|"
    r"relat\w+|within|increas\w+|reduc\w+|decreas\w+|offset|part|some|further|additional|reported|"
    r"following|after|"
    r"mitigat\w+|target|original\w*|would|could|may|might|if|assum\w+|each|average|per|excluding|net of|before|"
    r"attribut\w+|result\w*|driven|caused|from|relief|remaining|contingen\w+|period|change[ds]?|"
    r"improv\w+|worsen\w+)\b",
    re.IGNORECASE,
)


def in_the_same_row(
    matched: Sequence[Match], left: Sequence[Statement], sheets: Sequence[Sheet]
) -> list[Match]:
    """ "A variance of £0.641m against the net budget of £26.107m", where the budget's row has another variance.

    Reported only when the printed figure is a slip of the pen away from the row's.
    """
    answer = []
    for statement in left:
        mention = statement.mention
        if mention.kind != "money" or not mention.is_firm or mention.digits < 3:
            continue
        said = statement.before[-40:] + statement.after[:16]
        head = next((pattern for _, spoken, pattern in _METRICS if spoken.search(said)), None)
        if head is None:
            continue
        for match in matched:
            quantity, other = match.quantity, match.statement
            if other.sentence is not statement.sentence or quantity.sheet is None:
                continue
            if len(quantity.columns) != 1 or other.mention.digits < 4 or match.score < 5:
                continue
            columns = [
                column
                for column in quantity.sheet.columns
                if head.search(column.label) and column.index not in quantity.columns
            ]
            number = (
                quantity.sheet.at(quantity.row, columns[0].index) if len(columns) == 1 else None
            )
            if number is None or number.percent or not number.amount:
                continue
            words = slip(mention.size, abs(number.amount), max(mention.step, number.step))
            if not words or abs(number.amount) == mention.size:
                continue
            cell = Quantity(
                number.amount,
                number.step / 2,
                quantity.words,
                stems(columns[0].label),
                (),
                "",
                quantity.sheet,
                quantity.row,
                (columns[0].index,),
                "",
            )
            answer.append(Match(statement, cell, match.score))
            break
    return answer


_GENERIC = frozenset(
    "total budget net cost expenditure income other council service gross grand overall general "
    "fund capital revenue "
    "spend funding programme sub subtotal reserve balance".split()
)


def addressed(statement: Statement, sheets: Sequence[Sheet]) -> Match | None:
    """The one cell that a sentence names by a row's whole label and a column's meaning, when it prints another figure.

    "Adult Social Care is forecast to overspend by £1.2m" beside a row Adult Social Care and a column Variance.
    """
    mention = statement.mention
    sentence = statement.sentence
    if (
        mention.kind != "money"
        or not mention.is_firm
        or mention.digits < 2
        or not is_body(sentence.prose)
    ):
        return None
    if any(other.start < mention.start for other in sentence.of_kind("money")):
        return None
    lead = statement.lead
    if _ASIDE.search(lead):
        return None
    metric = next(
        (
            name
            for name, said, _ in _METRICS
            if said.search(lead[-60:] + sentence.between(mention.end, mention.end + 24))
        ),
        "",
    )
    head = next((pattern for name, _, pattern in _METRICS if name == metric), None)
    trials: list[Match] = []
    for sheet in sheets:
        if abs(sheet.block - sentence.block) > 12 or not sheet.unit_known:
            continue
        row = _row_named(sheet, lead)
        if row is None:
            continue
        column = _column_meant(sheet, row, head, statement)
        if column is None:
            continue
        number = sheet.at(row.index, column.index)
        if number is None or number.percent or not number.amount:
            return None
        trials.append(
            Match(
                statement,
                Quantity(
                    number.amount,
                    number.step / 2,
                    stems(row.label),
                    stems(column.label),
                    column.years,
                    "",
                    sheet,
                    row.index,
                    (column.index,),
                    "",
                ),
                3,
            )
        )
    if len(trials) != 1 or _equal(mention, trials[0].quantity):
        return None
    one = trials[0]
    if _is_told_outright(statement, one):
        return one if Decimal("0.5") <= mention.size / one.quantity.size <= 2 else None
    words = slip(mention.size, one.quantity.size, max(mention.step, one.quantity.half * 2))
    return one if is_plain(words) or (words and mention.digits >= 4) else None


#: All that may stand between a line's label and its figure when the sentence says the figure outright.
_OUTRIGHT = re.compile(
    r"(?:\s|,|\b(?:is|was|are|were|has|have|had|shows?|showed|showing|reports?|reported|forecasts?|forecasting|forecasted|"
    r"to|an?|the|of|by|at|net|projected|expected|currently|now|year-end|full-year|(?:over|under)-?\s?spen\w+|"
    r"variance|adverse|favourable|budget|outturn|spend|position|directorate|service|total|for|in)\b|20\d\d\s?[-/]\s?\d\d)*",
    re.IGNORECASE,
)
#: What after the figure makes it a part of the line's, or a figure at another time.
_NOT_THE_WHOLE = re.compile(
    r"^[\s(]*(?:(?:over|under)-?\s?spen\w+\s+)?(?:on|in|of|for|from|after|before|if|unless|when|relat\w+|last|at)\b"
    r"(?!\s+(?:20\d\d|the year|total))",
    re.IGNORECASE,
)


def _is_told_outright(statement: Statement, match: Match) -> bool:
    """Whether nothing stands between label and figure that could make it another: "Parks overspent by £1.2m"."""
    sheet = match.quantity.sheet
    assert sheet is not None  # noqa: S101 a cell has a table
    label = sheet.row_at[match.quantity.row].label
    lead = statement.lead
    at = lead.lower().rfind(label.lower())
    return (
        at >= 0
        and _OUTRIGHT.fullmatch(lead[at + len(label) :]) is not None
        and _NOT_THE_WHOLE.match(statement.after) is None
    )


def _row_named(sheet: Sheet, lead: str) -> Line | None:
    """The row whose whole label stands in the text before the figure; the longest label wins, alike ones lose."""
    plain = " " + " ".join(re.findall(r"[a-z0-9&']+", lead.lower())) + " "
    found: list[tuple[int, Line]] = []
    for row in sheet.rows:
        if row.is_break or not row.label:
            continue
        label = " ".join(re.findall(r"[a-z0-9&']+", row.label.lower()))
        if len(label) < 4 or not stems(row.label) - _GENERIC:
            continue
        if f" {label} " in plain:
            found.append((len(label), row))
    if not found:
        return None
    longest = max(length for length, _ in found)
    rows = [row for length, row in found if length == longest]
    return rows[0] if len(rows) == 1 and len(found) == 1 else None


def _column_meant(
    sheet: Sheet, row: Line, head: re.Pattern[str] | None, statement: Statement
) -> Line | None:
    columns = [
        column
        for column in sheet.columns
        if column.measure.adds
        and column.measure is not Measure.COUNT
        and sheet.at(row.index, column.index)
    ]
    years = {year for one in statement.sentence.of_kind("year") for year in one.years}
    if (
        years
        and not any(column.years for column in columns)
        and not years & set(years_of(sheet.title))
    ):
        return None  # the sentence speaks of a year, the table of none that is known to be the same
    if statement.years and any(column.years for column in columns):
        columns = [
            column
            for column in columns
            if column.years and set(column.years) == set(statement.years)
        ]
    if len(columns) > 1:
        if head is not None and any(head.search(column.label) for column in columns):
            columns = [column for column in columns if head.search(column.label)]
        elif any(not column.years for column in columns):
            return None
    if statement.nature and any(column.nature for column in columns):
        columns = [column for column in columns if column.nature == statement.nature]
    if (
        len(columns) == 1
        and (head is None or not head.search(columns[0].label))
        and not statement.years
    ):
        # a lone column of figures: the sentence must speak of what its head says
        if not stems(columns[0].label) & statement.stems:
            return None
    return columns[0] if len(columns) == 1 else None


def ledger_fault(statement: Statement, found: Sequence[Quantity]) -> Match | None:
    """The one fact of the ledger that the sentence is about, when it prints another amount near it or a slip away.

    Reported only when the words name a single fact (what it is, and its year or date where it has one).
    """
    mention = statement.mention
    words = statement.stems
    named = []
    for quantity in found:
        fact = quantity.fact
        if fact is None or not quantity.size:
            continue
        own = stems(fact.words) - {"project", "date"}
        if not own or not own <= words:
            continue
        if quantity.years and set(statement.years) != set(quantity.years):
            continue
        if quantity.nature and statement.nature != quantity.nature:
            continue
        if fact.on is not None and not any(
            other.on == fact.on for other in statement.sentence.of_kind("date")
        ):
            continue
        named.append(quantity)
    if len(named) != 1:
        return None
    one = Match(statement, named[0], 3)
    near = abs(one.difference) <= named[0].size / 4
    return one if near or is_plain(slip(mention.size, named[0].size, mention.step)) else None
