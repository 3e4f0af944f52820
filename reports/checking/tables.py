"""What a table's rows and columns are: heads of several rows, units, years, blocks side by side, and its numbers.

A table is read as printed; nothing is added up here. What a line counts (money, per cent,
heads, a rate) is taken from its words, so that rates and percentages are never summed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from council_hms.financial_year import FinancialYear
from reports.checking import recognise
from reports.checking.paper import Cell, Table
from reports.checking.recognise import Printed, cell_number
from reports.checking.vocabulary import any_of


class Measure(StrEnum):
    """What a line counts. Money, counts and plain numbers may be summed; per cent and rates may not."""

    MONEY = "money"
    COUNT = "count"
    NUMBER = "number"
    PERCENT = "percent"
    RATE = "rate"
    WORDS = "words"

    @property
    def adds(self) -> bool:
        return self in (Measure.MONEY, Measure.COUNT, Measure.NUMBER)


@dataclass(frozen=True, slots=True)
class Number:
    """A cell's number. ``amount`` and ``step`` are in pounds where the unit is known, else as printed."""

    row: int
    column: int
    printed: str
    amount: Decimal
    step: Decimal
    scale: Decimal
    nil: bool = False
    percent: bool = False
    money: bool = False
    comma: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row or a column: its words and what they say."""

    index: int
    label: str
    parts: tuple[str, ...] = ()
    measure: Measure = Measure.NUMBER
    scale: Decimal | None = None
    years: tuple[FinancialYear, ...] = ()
    nature: str = ""
    block: int = 0
    section: str = ""
    is_break: bool = (
        False  # a row of words only, a blank row or a repeated head: what follows stands apart
    )

    @property
    def name(self) -> str:
        return self.label or f"line {self.index + 1}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table made out: its lines in order, and the number at each place (blank and words have none)."""

    table: Table
    block: int
    number: int
    rows: Sequence[Line]
    columns: Sequence[Line]
    cells: dict[tuple[int, int], Number]
    unit_known: bool
    title: str = ""
    #: words where a number could be: "n/a", "tbc"
    text_cells: frozenset[tuple[int, int]] = frozenset()
    #: the lines by their index
    row_at: dict[int, Line] = field(default_factory=dict)
    column_at: dict[int, Line] = field(default_factory=dict)

    def at(self, row: int, column: int) -> Number | None:
        return self.cells.get((row, column))


# -- words ---------------------------------------------------------------------------------------

_THOUSANDS = re.compile(
    r"£\s?['‘’`]?\s?0{3}\b|£\s?k(?:s)?\b|£\s?thousands?\b|\bin thousands\b|\b['‘’]000s?\b",
    re.IGNORECASE,
)
_MILLIONS = re.compile(r"£\s?m(?:illions?|n|s)?\b|\bin millions\b", re.IGNORECASE)
_BILLIONS = re.compile(r"£\s?(?:bn|billions?)\b", re.IGNORECASE)
_POUNDS = re.compile(
    r"£(?:\s?\.?\s?p\b)?\s*$|\(\s?£\s?\)|£s?\s*$|£[:.]p|\bin pounds\b", re.IGNORECASE
)
_PERCENT = re.compile(r"%|\bper\s?cent\b|\bpercent", re.IGNORECASE)
_COUNT = any_of(
    """ftes? head_?count posts? numbers? no\\.?_of nos?\\.? staff homes dwellings properties units cases pupils
    places applications visits tonnes claims employees households complaints"""
)
_RATE = any_of(
    """(?<!business_)(?<!domestic_)rates?(?!_(?:income|retention|relief|collected|pool|surplus|deficit|grant|growth))
    ratio average avg mean median per_(?!cent)\\w+ yield band_[a-h] maturity duration days weeks months ages? score
    rank(?:ing)? index target rating likelihood impact priority cpi rpi coupon return percentage proportion
    weighting multiplier term life tax_?base unit_cost payback \\(years\\)"""
)
#: Rates even where they are money: nothing adds up to an average cost.
_SURE_RATE = any_of(
    """average avg mean median unit_(?:cost|price) price_per band_[a-h] weekly_rent hourly
    per_(?!annum|cent|year)\\w+(?<!per_annum) rate_(?:per|of_pay)"""
)
#: The same for a row, whose label is a subject and may hold such words ("Impact of the pay award").
_ROW_RATE = any_of(
    """average mean median per_(?:dwelling|household|head|week|unit|property|pupil|home|place|hour|capita)
    band_[a-h] interest_rates?(?!_(?:risk|swap|reserve)) ratio tax_?base rate_of_(?:interest|return|inflation)
    council_tax_(?:rate|charge)_per"""
)
_ROW_PERCENT = re.compile(
    r"%|\bper ?cent\b|\bpercentage (?:of|change|increase|variance)\b", re.IGNORECASE
)
_ROW_COUNT = any_of("number_of ftes? headcount no\\.?_of")
_REFERENCE = re.compile(
    r"(?:ref(?:erence)?\.?(?: no\.?)?|line(?: no\.?)?|row|no\.?|code|cost cent(?:re|er)|account(?: code)?|id|"
    r"item(?: no\.?)?|notes?|para(?:graph)?|page|appendix|scheme no\.?|project (?:code|no\.?|ref)|cc|"
    r"ledger code|#|sub-?jective|priority|rank|year)",
    re.IGNORECASE,
)
_CAPITAL = re.compile(
    r"\bcapita\s?l?\b(?! (?:charges?|financ|receipts?|grant|adjust|account))", re.I
)
_REVENUE = re.compile(
    r"\brevenue\b(?! (?:support|contribution|and customs|financing of|funding of cap))", re.I
)
_BARE_YEAR = re.compile(r"(?:FY\s?)?(?:19[89]\d|20\d\d)")
_YEARISH = re.compile(
    r"(?:FY\s?)?(?:(?:19|20)?\d\d\s?[-/–−‑]\s?(?:20)?\d\d|(?:19[89]|20\d)\d|year \d{1,2}|yr\s?\d{1,2}|q[1-4]|"
    r"p\d{1,2}|"
    r"\d{1,2}[-/.]\d{1,2}[-/.](?:20)?\d\d|\d{1,2}(?:st|nd|rd|th)? \w{3,9} (?:20)?\d\d|"
    r"[A-Z][a-z]{2,8}[- ](?:20)?\d\d)\.?",
    re.IGNORECASE,
)


def nature_of(text: str) -> str:
    """``capital``, ``revenue`` or nothing, when the words name just one of them."""
    capital, revenue = bool(_CAPITAL.search(text)), bool(_REVENUE.search(text))
    return "capital" if capital and not revenue else "revenue" if revenue and not capital else ""


def scale_of(text: str) -> Decimal | None:
    """How many pounds one printed unit stands for, when the words say so."""
    if _THOUSANDS.search(text):
        return Decimal(1000)
    if _MILLIONS.search(text):
        return Decimal(1_000_000)
    if _BILLIONS.search(text):
        return Decimal(1_000_000_000)
    return Decimal(1) if _POUNDS.search(text) else None


def years_of(text: str) -> tuple[FinancialYear, ...]:
    """The financial years that the words name, in their order; a bare year stands for the one that starts in it."""
    years = [
        year
        for mention in recognise.mentions(text)
        if mention.kind == "year"
        for year in mention.years
    ]
    if not years and (match := re.fullmatch(r"\s*(?:FY\s?)?(20\d\d)\s*", text)):
        years = [FinancialYear(int(match[1]))]
    return tuple(years)


def measure_of(text: str) -> Measure:
    """What a line of these words counts."""
    if _PERCENT.search(re.sub(r"\(?\d+(?:\.\d+)?\s?(?:%|per ?cent)\)?", "", text)):
        return Measure.PERCENT  # "Variance %", but not "Quality (40%)"
    if _SURE_RATE.search(text):
        return Measure.RATE
    if scale_of(text) is not None:
        return Measure.MONEY
    if _RATE.search(text):
        return Measure.RATE
    return Measure.COUNT if _COUNT.search(text) else Measure.NUMBER


def _row_measure(label: str) -> Measure:
    if _ROW_PERCENT.search(label) and not re.search(r"\d\s?(?:%|per ?cent)", label):
        return Measure.PERCENT
    if _ROW_RATE.search(label):
        return Measure.RATE
    return Measure.COUNT if _ROW_COUNT.search(label) and scale_of(label) is None else Measure.NUMBER


# -- reading -------------------------------------------------------------------------------------


def read(table: Table, block: int, number: int, lead: str = "") -> Sheet:
    """Make a table out. ``lead`` is the line of prose before it, which may say its unit."""
    texts = _spread(table.rows)
    width = max((len(row) for row in texts), default=0)
    printed = _numbers(table.rows)
    titles, heads = _head_rows(table, texts, printed, width)
    body = range(len(titles) + len(heads), len(texts))
    labels = _label_columns(table, texts, printed, heads, body, width)
    columns = _columns(texts, heads, labels, body, printed, width)
    title = " ".join(
        filter(
            None,
            [table.caption, *(" ".join(dict.fromkeys(filter(None, texts[row]))) for row in titles)],
        )
    )
    corner = " ".join(texts[row][column] for row in heads for column in labels)
    common = scale_of(corner) or scale_of(title) or scale_of(lead)
    rows = _rows(texts, labels, body, printed, width)
    cells, words = {}, set()
    money_known = common is not None or any(column.scale is not None for column in columns)
    for row in rows:
        for column in columns:
            found = printed.get((row.index, column.index))
            if found is None:
                if texts[row.index][column.index] and not row.is_break:
                    words.add((row.index, column.index))
                continue
            if row.is_break or column.measure is Measure.WORDS:
                continue
            percent = found.percent or Measure.PERCENT in (column.measure, row.measure)
            counted = (
                Measure.COUNT in (column.measure, row.measure)
                or row.measure is Measure.RATE
                or column.measure is Measure.RATE
            )
            scale = (
                found.scale or row.scale or column.scale or (Decimal(1) if found.pound else None)
            )
            if scale is None:
                scale = Decimal(1) if counted or common is None else common
            if percent:
                scale = Decimal(1)
            source = table.rows[row.index][column.index]
            cells[row.index, column.index] = Number(
                row.index,
                column.index,
                " ".join(source.text.split()),
                found.value * scale,
                found.step * scale,
                scale,
                nil=found.nil,
                percent=percent,
                money=found.pound
                or scale != 1
                or Measure.MONEY in (column.measure, row.measure)
                or (common is not None and not counted),
                comma=found.comma,
            )
            money_known = money_known or found.pound or found.scale is not None
    return Sheet(
        table,
        block,
        number,
        rows,
        columns,
        cells,
        money_known,
        title,
        frozenset(words),
        {line.index: line for line in rows},
        {line.index: line for line in columns},
    )


def _spread(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """The text at every place; a merged cell's text stands at each place that it covers."""
    texts = [[" ".join(cell.text.split()) for cell in row] for row in rows]
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell.covered or (cell.across == 1 and cell.down == 1):
                continue
            for below in range(at, min(at + cell.down, len(rows))):
                for beside in range(column, min(column + cell.across, len(rows[below]))):
                    if rows[below][beside].covered:
                        texts[below][beside] = texts[at][column]
    width = max((len(row) for row in texts), default=0)
    return [row + [""] * (width - len(row)) for row in texts]


def _numbers(rows: Sequence[Sequence[Cell]]) -> dict[tuple[int, int], Printed]:
    """Every cell's number; a minus that floated to the end of the cell before is given back to its owner."""
    answer: dict[tuple[int, int], Printed] = {}
    for at, row in enumerate(rows):
        owed = False
        for column, cell in enumerate(row):
            if cell.covered:
                continue
            found = cell_number(cell.text)
            if found is None:
                owed = False
                continue
            if cell.percent and not found.percent:
                found = replace(found, percent=True)
            if owed and not found.nil and found.value > 0:
                found = replace(found, value=-found.value)
            owed = found.lent
            if found.lent and not _can_borrow(row, column):
                found, owed = replace(found, value=-found.value), False
            answer[at, column] = found
    return answer


def _can_borrow(row: Sequence[Cell], column: int) -> bool:
    if column + 1 >= len(row):
        return False
    beside = cell_number(row[column + 1].text)
    return beside is not None and not beside.nil and beside.value > 0


def _is_year_text(text: str) -> bool:
    return bool(_YEARISH.fullmatch(text.strip()))


def _head_rows(
    table: Table, texts: list[list[str]], printed: dict[tuple[int, int], Printed], width: int
) -> tuple[range, list[int]]:
    """The leading rows: first titles (one text alone), then heads (words, years and units, no number)."""
    if table.head_rows is not None:
        titles = 0
        while titles < table.head_rows - 1 and len(set(filter(None, texts[titles]))) <= 1:
            titles += 1
        heads = list(range(titles, table.head_rows))
        at = table.head_rows
    else:
        at = titles = 0
        while (
            at < len(texts)
            and len(set(filter(None, texts[at]))) <= 1
            and not _has_data(texts, printed, at, width)
        ):
            at += 1
        titles = at
        heads = []
    while at < len(texts) and width > 1 and _is_head(texts, printed, at, width, begun=bool(heads)):
        heads.append(at)
        at += 1
    if not heads and titles == len(texts):
        titles = 0
    if not heads and titles and table.head_rows is None:
        # words alone and no head: the last of them may be a section rather than a title, which does no harm
        return range(titles), []
    return range(titles), heads


def _has_data(
    texts: list[list[str]], printed: dict[tuple[int, int], Printed], row: int, width: int
) -> bool:
    return any(
        (row, column) in printed and not _BARE_YEAR.fullmatch(texts[row][column])
        for column in range(width)
    )


def _is_head(
    texts: list[list[str]],
    printed: dict[tuple[int, int], Printed],
    row: int,
    width: int,
    *,
    begun: bool,
) -> bool:
    beside = [text for text in texts[row][1:] if text]
    if not beside:
        return False
    numbers = [
        texts[row][column]
        for column in range(width)
        if (row, column) in printed and not _BARE_YEAR.fullmatch(texts[row][column])
    ]
    if numbers:
        # a row that numbers the columns: (1) (2) (3)
        return (
            begun
            and [re.sub(r"\D", "", text) for text in beside]
            == [str(count) for count in range(1, len(beside) + 1)]
            and not texts[row][0]
        )
    if (
        begun
        and texts[row][0]
        and not any(
            _is_year_text(text) or scale_of(text) or _PERCENT.search(text) for text in beside
        )
    ):
        # after a head, a row with a label and words is more likely a row of words ("TBC") than a head
        return (
            all(not text or len(text) > 3 for text in beside)
            and len(beside) >= (width - 1) / 2
            and not any(
                re.fullmatch(r"(?:n/?a|tbc|nil|none|yes|no|tba|various)", text, re.IGNORECASE)
                for text in beside
            )
            and any((row + 1, column) in printed for column in range(1, width))
            and not texts[row - 1][0]
        )
    return True


def _label_columns(
    table: Table,
    texts: list[list[str]],
    printed: dict[tuple[int, int], Printed],
    heads: list[int],
    body: range,
    width: int,
) -> list[int]:
    """The columns at the left that name the rows: words, years, or a reference."""
    answer = list(range(table.head_columns or 0))
    for column in range(len(answer), width - 1):
        filled = [row for row in body if texts[row][column]]
        head = texts[heads[-1]][column] if heads else ""
        numbers = [
            row for row in filled if (row, column) in printed and not printed[row, column].nil
        ]
        years = bool(numbers) and all(_BARE_YEAR.fullmatch(texts[row][column]) for row in numbers)
        count = [texts[row][column].rstrip(".") for row in filled]
        if (
            len(numbers) * 2 <= len(filled)
            or years
            or _REFERENCE.fullmatch(head.strip())
            or (
                column == 0
                and len(count) > 2
                and count == [str(n) for n in range(1, len(count) + 1)]
            )
        ):
            answer.append(column)
            if (
                filled
                and not numbers
                and column
                and any((row, column + 1) in printed for row in body)
            ):
                break
            if not filled and column:
                answer.pop()
                break
        else:
            break
    return answer


def _columns(
    texts: list[list[str]],
    heads: list[int],
    labels: list[int],
    body: range,
    printed: dict[tuple[int, int], Printed],
    width: int,
) -> list[Line]:
    data = [column for column in range(width) if column not in labels]
    shown = [[texts[row][column] for column in data] for row in heads]
    shown = _regroup(shown, data)
    answer = []
    blocks = _blocks(shown, data)
    for at, column in enumerate(data):
        parts = tuple(dict.fromkeys(row[at] for row in shown if row[at]))
        label = " ".join(part for part in parts if not _is_unit(part))
        measure = measure_of(" ".join(parts))
        filled = [row for row in body if texts[row][column]]
        numbers = [row for row in filled if (row, column) in printed]
        if (
            filled
            and len(numbers) * 2 < len(filled)
            and not any(printed[row, column].value for row in numbers)
        ):
            measure = Measure.WORDS
        elif filled and len(numbers) * 3 < len(filled):
            measure = Measure.WORDS
        elif (
            len(filled) > 1
            and all(printed[row, column].percent or printed[row, column].nil for row in numbers)
            and any(printed[row, column].percent for row in numbers)
        ):
            measure = Measure.PERCENT
        elif _REFERENCE.fullmatch(label) or (
            numbers and all(_BARE_YEAR.fullmatch(texts[row][column]) for row in numbers)
        ):
            measure = Measure.WORDS
        years = next((told for part in reversed(parts) if (told := years_of(part))), ())
        scale = next((known for part in reversed(parts) if (known := scale_of(part))), None)
        nature = next((kind for part in parts if (kind := nature_of(part))), "")
        answer.append(Line(column, label, parts, measure, scale, years, nature, block=blocks[at]))
    return answer


def _regroup(shown: list[list[str]], data: list[int]) -> list[list[str]]:
    """Give each text of an upper head to the columns under it, where the format kept no merged cells.

    Heads below that repeat in equal runs (four years twice) say how wide the groups are; else a
    text reaches to the next one.
    """
    answer = []
    for level, row in enumerate(shown):
        filled = [at for at, text in enumerate(row) if text]
        lower = [other for other in shown[level + 1 :] if all(other)]
        if filled and len(filled) < len(data) and all(_is_unit(row[at]) for at in filled):
            # a unit printed once, or over some columns, holds for those after it that print none
            carried, units = row[filled[0]], []
            for at, text in enumerate(row):
                carried = text or carried
                percent = any(_PERCENT.search(other[at]) for other in shown)
                units.append("" if percent and not text else carried)
            answer.append(units)
            continue
        if not filled or len(filled) == len(data) or not lower:
            answer.append(row)
            continue
        period = _period(lower[0])
        words = [row[at] for at in filled]
        if period and len(words) * period == len(data):
            answer.append([words[at // period] for at in range(len(data))])
        elif period and len(words) > len(data) // period and len(set(words)) * period == len(data):
            answer.append([list(dict.fromkeys(words))[at // period] for at in range(len(data))])
        else:
            carried, reach = "", []
            for text in row:
                carried = text or carried
                reach.append(carried)
            answer.append(reach)
    return answer


_UNIT = re.compile(
    r"\(?\s*(?:£\s?['‘’`]?\s?0{3}['‘’]?s?|['‘’]000s?|£\s?(?:k|m|mn|bn|millions?|thousands?)?)\s*\)?",
    re.IGNORECASE,
)


def _is_unit(text: str) -> bool:
    """Whether a head says a unit and nothing else."""
    return bool(_UNIT.fullmatch(text.strip()))


def _period(heads: list[str]) -> int:
    """After how many columns the heads begin again (2023-24 … 2026-27, 2023-24 …): 4; 0 when they do not."""
    plain = [re.sub(r"\s", "", head).lower() for head in heads]
    for period in range(1, len(plain) // 2 + 1):
        if (
            len(plain) % period == 0
            and len(set(plain[:period])) == period
            and plain == plain[:period] * (len(plain) // period)
        ):
            return period if period > 1 else 0
    return 0


def _blocks(shown: list[list[str]], data: list[int]) -> list[int]:
    """To which block of columns each belongs: a new one begins where the lowest heads begin again."""
    lowest = next(
        (
            row
            for row in reversed(shown)
            if len({text for text in row if text and not scale_of(text)}) > 1
        ),
        None,
    )
    if lowest is None:
        return [0] * len(data)
    plain = [re.sub(r"\s", "", text).lower() for text in lowest]
    answer, block, seen = [], 0, set[str]()
    for text in plain:
        if text and text in seen:
            block += 1
            seen = set()
        seen.add(text)
        answer.append(block)
    return answer


def _rows(
    texts: list[list[str]],
    labels: list[int],
    body: range,
    printed: dict[tuple[int, int], Printed],
    width: int,
) -> list[Line]:
    answer: list[Line] = []
    section = ""
    data = [column for column in range(width) if column not in labels]
    for row in body:
        label = " ".join(
            dict.fromkeys(texts[row][column] for column in labels if texts[row][column])
        )
        has_number = any((row, column) in printed for column in data)
        years_again = (
            has_number
            and all(
                not texts[row][column] or _BARE_YEAR.fullmatch(texts[row][column])
                for column in data
            )
            and len({texts[row][column] for column in data if texts[row][column]}) > 1
        )
        is_break = not has_number or years_again
        if is_break:
            if label:
                section = label
            answer.append(Line(row, label, is_break=True, section=section))
            continue
        measure = _row_measure(label)
        if measure in (Measure.NUMBER, Measure.RATE):
            filled = [printed[row, column] for column in data if (row, column) in printed]
            if (
                filled
                and all(found.percent or found.nil for found in filled)
                and any(f.percent for f in filled)
            ):
                measure = Measure.PERCENT
        years = years_of(label)
        answer.append(
            Line(
                row,
                label,
                (label,),
                measure,
                scale_of(label),
                years,
                nature_of(label),
                section=section,
            )
        )
    return answer
