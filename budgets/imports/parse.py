"""Rows of text become amounts, dates and words, or faults that say what to do. Knows no table of the database.

Every row of a sheet is one of: above the table, a head, blank, a total, a note, or a row of amounts;
``Reader`` counts them all, so that nothing is dropped unsaid.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import partial
from itertools import repeat, zip_longest
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from budgets.resources import ACROSS, Column, NatureWord, Year, columns_of, plain
from council_hms import money
from council_hms.financial_year import FinancialYear, FinancialYearError
from council_hms.money import Unit

NIL = Decimal("0.00")
#: How many rows from the top a row of heads is looked for in.
HEADS_WITHIN = 40
#: The columns of a staged row after run, number and place (models/imports.py ImportRow).
STAGED = (
    "project",
    "work_package",
    "posted_on",
    "year",
    "nature",
    "source",
    "amount",
    "description",
    "supplier",
    "ledger_reference",
    "note",
)
_NOTHING = "\\N"  # what COPY calls NULL
_SHOWN = 200  # characters of a cell that a fault repeats
_LISTED = 200  # rows left out, and unusual readings, that are listed one by one


# -- how a file is read -----------------------------------------------------------------------


@dataclass(slots=True)
class Choices:
    """Which sheet, which row holds the heads (from 1), what each column is (by its place, from 1).

    ``years`` are columns that hold the amounts of a year: place → (start of the year, nature or "").
    ``same`` gives one value to every row for a column that the file has not.
    """

    sheet: int = 0
    head_row: int = 1
    columns: dict[int, str] = field(default_factory=dict)
    years: dict[int, tuple[int, str]] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)
    unit: str = Unit.POUNDS.value
    unit_found: str = ""

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Choices:
        """From what ``stored`` gave, after a journey through JSON."""
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        known["columns"] = {int(place): key for place, key in known.get("columns", {}).items()}
        known["years"] = {
            int(place): (int(year), nature)
            for place, (year, nature) in known.get("years", {}).items()
        }
        return cls(**known)


def letter(place: int) -> str:
    """What Excel calls a column: 1 is A."""
    return str(xl_col_to_name(place - 1)) if place else ""


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the file: its place, its words, the words over it, and what stands in it first."""

    place: int
    words: str
    above: str
    samples: Sequence[str]

    @property
    def letter(self) -> str:
        return letter(self.place)


def heads_of(rows: Sequence[Sequence[str]], head_row: int) -> list[Head]:
    """The columns under a row of heads. A merged head over several columns is given to all of them."""
    cells = list(rows[head_row - 1]) if 0 < head_row <= len(rows) else []
    over = list(rows[head_row - 2]) if 1 < head_row <= len(rows) else []
    below = rows[head_row : head_row + 12]
    width = max([len(cells), *(len(row) for row in below)], default=0)
    if (mark := mark_of(cells)) is not None:
        width = min(width, mark)
    # a line of one cell over the table is its title, no second storey of heads
    is_storey = sum(1 for cell in over if cell) > 1 or any(_nature_in(cell) for cell in over)
    heads, above = [], ""
    for at in range(width):
        if is_storey and at < len(over) and over[at]:
            above = over[at]
        words = cells[at] if at < len(cells) else ""
        samples = [row[at] for row in below if at < len(row) and row[at]][:3]
        if words or samples:
            heads.append(Head(at + 1, words, above, samples))
    return heads


#: The head of the last column of a file that was given back with its faults marked (marked.py).
MARK = "What is wrong"


def mark_of(heads: Sequence[str]) -> int | None:
    """The place (from 0) of the column in which we said what is wrong; it is none of the file's own."""
    return next((at for at, head in enumerate(heads) if head.startswith(MARK)), None)


def guess(
    sheets: Sequence[Sequence[Sequence[str]]], kind: str, remembered: Mapping[str, str]
) -> Choices:
    """The best reading of a file: the sheet and row whose heads say most, and what each column is."""
    best, score = Choices(), -1.0
    for sheet, rows in enumerate(sheets):
        for head_row in range(1, min(len(rows), HEADS_WITHIN) + 1):
            found = guess_columns(rows, head_row, kind, remembered)
            keys = set(found.columns.values())
            has_amounts = bool(found.years) or "amount" in keys
            points = len(keys - {""}) + min(len(found.years), 3) + (1.5 if has_amounts else 0)
            if points > score + 0.01:
                best, score = found, points
                best.sheet = sheet
    rows = sheets[best.sheet] if sheets else []
    best.unit, best.unit_found = unit_of(rows, best)
    return best


def guess_columns(
    rows: Sequence[Sequence[str]], head_row: int, kind: str, remembered: Mapping[str, str]
) -> Choices:
    """What the columns under a row of heads are: as the council chose before, else by their names."""
    found = Choices(head_row=head_row)
    columns = columns_of(kind)
    taken: set[str] = set()
    for head in heads_of(rows, head_row):
        name = plain(head.words)
        key = remembered.get(name) if name in remembered else None
        if key is None:
            key = next((key for key, column in columns.items() if name in column.also), "")
        if key and key not in taken and key in columns:
            taken.add(key)
            found.columns[head.place] = key
        elif kind in ACROSS and (year := _year_in(head.words)) is not None:
            found.years[head.place] = (year.start, _nature_in(head.words) or _nature_in(head.above))
    if found.years:
        for place, key in list(found.columns.items()):
            if key in ("year", "amount"):  # years stand side by side: the rest are sums of them
                del found.columns[place]
    return found


_YEAR = re.compile(r"(?<!\d)((?:19|20)?\d{2}\s*[-/–]\s*(?:20)?\d{2})(?!\d)")


def _year_in(head: str) -> FinancialYear | None:
    """The financial year that a head names: "2023-24", "Capital 23/24 (£000)", or a date of Excel's."""
    if "total" in head.lower():
        return None
    for words in (head, *(match[1] for match in _YEAR.finditer(head))):
        try:
            return Year().clean(words)
        except FinancialYearError:
            continue
    return None


def year_lost_in(head: str) -> str:
    """Why a head that is a date names no financial year; else empty. Its column would be left out."""
    if not re.match(r"\d{4}-\d\d-\d\d", head):
        return ""
    try:
        Year().clean(head)
    except FinancialYearError as error:
        return str(error)
    return ""


def _nature_in(words: str) -> str:
    """Capital or revenue, when words speak of one of them; else empty."""
    lowered = words.lower()
    speaks = {"capital": "capital" in lowered, "revenue": "revenue" in lowered}
    if speaks["capital"] != speaks["revenue"]:
        return "capital" if speaks["capital"] else "revenue"
    return (
        NatureWord.WORDS.get(lowered.split()[0], "")
        if not any(speaks.values()) and lowered.split()
        else ""
    )


_THOUSANDS = re.compile(
    r"['’]\s*000s?|£\s*0{3}s?\b|\(\s*0{3}s?\s*\)|£\s*k\b|\(k\)|\bthousands?\b", re.I
)
_MILLIONS = re.compile(r"£\s*m\b|\(m\)|£\s*million|\bmillions\b", re.I)


def unit_of(rows: Sequence[Sequence[str]], choices: Choices) -> tuple[str, str]:
    """The unit that the heads or the lines above them name, and the words that name it."""
    amount_places = {place for place, key in choices.columns.items() if key == "amount"}
    amount_places |= set(choices.years)
    head = rows[choices.head_row - 1] if 0 < choices.head_row <= len(rows) else []
    lines = [head[place - 1] for place in sorted(amount_places) if place <= len(head)]
    lines += [
        cell for row in reversed(rows[: max(choices.head_row - 1, 0)]) for cell in row if cell
    ]
    for words in lines:
        if _THOUSANDS.search(words):
            return Unit.THOUSANDS.value, words[:80]
        if _MILLIONS.search(words):
            return Unit.MILLIONS.value, words[:80]
    return Unit.POUNDS.value, ""


# -- rows -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a row and column (place from 1; 0 when no column is to blame)."""

    row: int
    place: int
    head: str
    value: str
    message: str


@dataclass(slots=True)
class FileTotal:
    """A total row of the file beside what its rows sum to, in pounds."""

    row: int
    label: str
    column: str
    stated: Decimal | None
    said: str
    since_last: Decimal
    since_start: Decimal
    slack: Decimal

    @property
    def agrees(self) -> bool:
        """Whether it is the sum of all rows or of those since the last total, up to rounding."""
        return self.stated is not None and any(
            abs(self.stated - summed) <= self.slack
            for summed in (self.since_last, self.since_start)
        )

    def stored(self) -> dict[str, Any]:
        nearest = self.since_start
        if self.stated is not None and abs(self.stated - self.since_last) < abs(
            self.stated - self.since_start
        ):
            nearest = self.since_last
        return {
            "row": self.row,
            "label": self.label[:80],
            "column": self.column[:60],
            "said": self.said[:40],
            "stated": str(self.stated) if self.stated is not None else "",
            "summed": str(nearest),
            "agrees": self.agrees,
            "is_rounding": self.agrees and self.stated != nearest,
        }


_BEGINS_AS_TOTAL = re.compile(r"\W*(?:sub|grand|overall|running|report)?[\s-]*totals?\b", re.I)
_TOTAL = re.compile(
    r"\W*(?:sub|grand|overall|running|report)?[\s-]*totals?\b(?:\s*(?:for|of|to|in|:|–|-|\(|budget|cost|"
    r"requirement|capital|revenue|expenditure|spend|available|£|20\d\d|\d\d/).*)?|budget requirement|sum",
    re.I,
)


class _Known(dict[str, Any]):
    """What each text that stands in a column means, read when it is met first."""

    def __init__(self, read: Callable[[str], Any], blank: Any) -> None:
        super().__init__({"": blank})
        self._read = read
        self.has_errors = False

    def __missing__(self, typed: str) -> Any:
        read = self[typed] = self._read(typed)
        self.has_errors = self.has_errors or isinstance(read, ValueError)
        return read


class Reader:
    """Reads the rows of one sheet in order. ``read`` may be called with piece after piece.

    A ledger has 100,000 rows and few different projects, dates and suppliers: rows of one amount are
    read column by column, each text once.
    """

    def __init__(
        self, kind: str, choices: Choices, heads: Sequence[Head], *, default_project: str = ""
    ) -> None:
        self.kind = kind
        self.choices = choices
        self.heads = {head.place: head.words or f"Column {head.letter}" for head in heads}
        self.head_texts = {head.place: head.words for head in heads if head.words}
        self.counts: Counter[str] = Counter()
        self.left_out: list[tuple[int, str, str]] = []
        self.totals: list[FileTotal] = []
        self.readings: list[tuple[str, str, str]] = []
        self.total = NIL
        self._unit = Unit(choices.unit)
        self._is_plain_amount = _PLAIN_POUNDS if self._unit is Unit.POUNDS else _never
        self._number = 0
        self._section = ""
        self._sums: dict[int, list[Any]] = {}  # place → [since last total, since start, terms]
        columns = columns_of(kind)
        self._columns = columns
        place_of = {key: place for place, key in choices.columns.items() if key}
        self._at = {key: place_of.get(key, 0) - 1 for key in columns}
        self._amount_at = self._at["amount"]
        self._same, self.same_faults = self._given_for_all()
        if default_project:
            self._same.setdefault("project", default_project)
        self._known = {
            key: _Known(partial(self._clean, column), self._same.get(key, _NOTHING))
            for key, column in columns.items()
            if key != "amount"
        }
        self._amounts = _Known(self._read_amount, _NOTHING)
        self._year_of_day = _Known(_year_of, _NOTHING)
        self._years = sorted(choices.years.items())
        self._key_places = [
            place_of[key] - 1
            for key in ("posted_on", "year", "ledger_reference")
            if key in place_of
        ]
        self._amount_places = [place - 1 for place in choices.years] or (
            [self._amount_at] if self._amount_at >= 0 else []
        )
        #: Rows of amounts that have been met and not read yet, and their numbers.
        self._waiting: list[Sequence[str]] = []
        self._numbers: list[int] = []
        self._lines: list[str] = []
        self._faults: list[Fault] = []

    def _given_for_all(self) -> tuple[dict[str, str], list[str]]:
        """What every row gets for the columns that the file has not, ready for COPY; and what is wrong with it."""
        ready, faults = {}, []
        for key, typed in self.choices.same.items():
            if key not in self._columns or not typed:
                continue
            try:
                value = self._columns[key].widget.clean(typed)
            except ValueError as error:
                faults.append(f"{self._columns[key].name}: {error}")
                continue
            if value is not None:
                ready[key] = _for_copy(value)
        return ready, faults

    @property
    def missing(self) -> list[str]:
        """The columns that are needed and neither found nor given for all rows."""
        have = set(self.choices.columns.values()) | set(self._same)
        if self.choices.years:
            # capital or revenue may stand over the columns or in a line over the rows: asked row by row
            have |= {"year", "amount", "nature"}
        return [
            column.name
            for key, column in self._columns.items()
            if column.required and key not in have
        ]

    # -- reading ------------------------------------------------------------------------------

    def read(self, rows: Iterable[Sequence[str]]) -> tuple[list[str], list[Fault]]:
        """Lines for COPY (number, place and STAGED, tab-separated) and the faults of these rows."""
        for cells in rows:
            self._number += 1
            if self._number <= self.choices.head_row:
                self._above(cells)
            elif not any(cells):
                self.counts["blank"] += 1
            elif self._is_plain_row(cells) or not self._is_left_out(cells):
                self.counts["rows"] += 1
                if self._years:
                    self._read_across(cells)
                else:
                    self._waiting.append(cells)
                    self._numbers.append(self._number)
        self._read_waiting()
        lines, faults = self._lines, self._faults
        self._lines, self._faults = [], []
        return lines, faults

    def _above(self, cells: Sequence[str]) -> None:
        if self._number == self.choices.head_row:
            self.counts["head"] += 1
        elif any(cells):
            self.counts["above"] += 1
        else:
            self.counts["blank"] += 1

    def _is_plain_row(self, cells: Sequence[str]) -> bool:
        """The commonest case by the shortest way: a date (else year, reference), and an amount that is no head."""
        if not self._key_places or self._amount_at < 0:
            return False
        try:
            key, amount = cells[self._key_places[0]], cells[self._amount_at]
        except IndexError:
            return False
        return bool(key and amount) and amount != self.head_texts.get(self._amount_at + 1)

    def _is_left_out(self, cells: Sequence[str]) -> bool:
        """Whether the row is a repeated head, a total or a note; then it is counted and listed as such."""
        filled = [(at, cell) for at, cell in enumerate(cells) if cell]
        if len(filled) > 1 and all(self.head_texts.get(at + 1) == cell for at, cell in filled):
            return self._leave_out("head", "the heads again")
        has_key = any(at < len(cells) and cells[at] for at in self._key_places)
        amounts = {at: cells[at] for at in self._amount_places if at < len(cells) and cells[at]}
        label = next((cell for at, cell in filled if at not in self._amount_places), "")
        # where a date or reference is missing too, any label that begins so; else one that is a total for sure
        is_total = _BEGINS_AS_TOTAL.match if self._key_places else _TOTAL.fullmatch
        if not has_key and amounts and is_total(label.strip()):
            self._take_total(label, amounts)
            return self._leave_out("total", label)
        if amounts or has_key:
            return False
        if len(filled) == 1 and self.kind in ACROSS and (nature := _nature_in(filled[0][1])):
            self._section = nature
            return self._leave_out("note", f"{filled[0][1]} (rows below are {nature})")
        return self._leave_out("note", " · ".join(cell for _, cell in filled))

    def _leave_out(self, what: str, words: str) -> bool:
        self.counts[what] += 1
        if len(self.left_out) < _LISTED:
            self.left_out.append((self._number, what, words[:_SHOWN]))
        return True

    def _take_total(self, label: str, amounts: Mapping[int, str]) -> None:
        self._read_waiting()  # the rows above it count in it
        for at, said in amounts.items():
            since_last, since_start, terms = self._sums.get(at, [NIL, NIL, 0])
            read = self._amounts[said]
            stated = read if isinstance(read, Decimal) else None
            slack = (
                NIL
                if self._unit is Unit.POUNDS
                else self._unit.divisor * Decimal("0.05") * (terms + 1)
            )
            column = self.heads.get(at + 1, "") if self._years else ""
            self.totals.append(
                FileTotal(self._number, label, column, stated, said, since_last, since_start, slack)
            )
            self._sums[at] = [NIL, since_start, terms]

    def _count_amounts(self, at: int, amounts: Sequence[Decimal]) -> None:
        amount = sum(amounts, NIL)
        self.total += amount
        sums = self._sums.get(at)
        if sums is None:
            sums = self._sums[at] = [NIL, NIL, 0]
        sums[0] += amount
        sums[1] += amount
        sums[2] += len(amounts)

    # -- one amount a row ---------------------------------------------------------------------

    def _read_waiting(self) -> None:
        """Lines and faults of the rows of amounts that have been met and not read yet."""
        if not self._waiting:
            return
        numbers, rows = self._numbers, self._waiting
        self._numbers, self._waiting = [], []
        typed = list(zip_longest(*rows, fillvalue=""))
        blank = [""] * len(rows)
        columns = {
            key: typed[at] if 0 <= at < len(typed) else blank for key, at in self._at.items()
        }
        read = {
            key: list(map(known.__getitem__, columns[key])) for key, known in self._known.items()
        }
        if self.kind == "spend":  # the year of the posting, where none is said
            read["year"] = [
                self._year_of_day[day] if year is _NOTHING else year
                for year, day in zip(read["year"], read["posted_on"], strict=True)
            ]
        # amounts hardly repeat: those in plain figures are not looked up among those met before
        amounts = [
            Decimal(said) if self._is_plain_amount(said) else self._amounts[said]
            for said in columns["amount"]
        ]
        good = [amount for amount in amounts if isinstance(amount, Decimal)]
        self._count_amounts(self._amount_at, good)
        read["amount"] = (
            list(map(str, good))
            if len(good) == len(amounts)
            else [str(amount) if isinstance(amount, Decimal) else amount for amount in amounts]
        )
        for key, values in read.items():
            misread = self._known.get(key, self._amounts).has_errors
            if misread or (self._columns[key].required and _NOTHING in values):
                self._take_faults(key, numbers, columns[key], values)
        places = repeat("0", len(rows))
        nothing = [_NOTHING] * len(rows)
        staged = [read.get(key, nothing) for key in STAGED]
        self._lines += map("\t".join, zip(map(str, numbers), places, *staged, strict=True))

    def _take_faults(
        self, key: str, numbers: Sequence[int], typed: Sequence[str], values: list[Any]
    ) -> None:
        """A fault for each value of a column that cannot be read or is missing; then nothing is there."""
        required = self._columns[key].required
        for place, value in enumerate(values):
            if isinstance(value, ValueError):
                self._fault(numbers[place], self._at[key], typed[place], str(value))
                values[place] = _NOTHING
            elif required and value is _NOTHING:
                self._fault(numbers[place], self._at[key], "", required)

    def _clean(self, column: Column, typed: str) -> str | ValueError:
        """What a cell means, ready for COPY; or why it cannot be read."""
        try:
            value = column.widget.clean(typed)
        except ValueError as error:
            return error
        if value is None:
            return _NOTHING
        if isinstance(value, FinancialYear) and typed != value.label:
            self._note_reading(column.name, typed, value.label)
        return _for_copy(value)

    def _read_amount(self, typed: str) -> Decimal | ValueError | str:
        """The amount in pounds; why it cannot be read; nothing for a blank."""
        if self._is_plain_amount(typed):
            return Decimal(typed)
        try:
            amount = self._columns["amount"].widget.clean(typed, unit=self._unit)
        except ValueError as error:
            return error
        if amount is None:
            return _NOTHING
        if typed != str(amount):
            self._note_reading("Amount", typed, money.pounds(amount))
        return amount

    def _note_reading(self, column: str, typed: str, shown: str) -> None:
        if len(self.readings) < _LISTED:
            self.readings.append((column, typed[:40], shown))

    # -- years side by side -------------------------------------------------------------------

    def _read_across(self, cells: Sequence[str]) -> None:
        shared = dict(self._same)
        for key, known in self._known.items():
            at = self._at[key]
            typed = cells[at] if 0 <= at < len(cells) else ""
            read = known[typed]
            if isinstance(read, ValueError):
                self._fault(self._number, at, typed, str(read))
                shared[key] = ""  # something stands there, so nothing more is missed
            elif read is not _NOTHING:
                shared[key] = read
        found = {"year", "nature"}
        for place, (year, nature) in self._years:
            typed = cells[place - 1] if place <= len(cells) else ""
            amount = self._amounts[typed]
            if amount is _NOTHING:
                continue
            values = {**shared, "year": str(year)}
            if nature or ("nature" not in values and self._section):
                values["nature"] = nature or self._section
            if "nature" not in values:
                found.discard("nature")
            if isinstance(amount, Decimal):
                values["amount"] = str(amount)
                self._count_amounts(place - 1, [amount])
                staged = [values.get(key) or _NOTHING for key in STAGED]
                self._lines.append("\t".join([str(self._number), str(place), *staged]))
            else:
                self._fault(self._number, place - 1, typed, str(amount))
        self._need(shared, found)

    def _need(self, values: Mapping[str, str], found: Collection[str]) -> None:
        """A fault for each required column that the row leaves blank, but for those found otherwise."""
        for key, column in self._columns.items():
            if column.required and key != "amount" and key not in values and key not in found:
                self._fault(self._number, self._at[key], "", column.required)

    # -- making -------------------------------------------------------------------------------

    def _fault(self, number: int, at: int, value: str, message: str) -> None:
        head = self.heads.get(at + 1, "") if at >= 0 else ""
        self._faults.append(Fault(number, at + 1, head, value[:_SHOWN], message))


def _year_of(day: Any) -> str:
    """The start of the financial year of a day as COPY takes it; nothing when that is no day."""
    try:
        return str(FinancialYear.of(dt.date.fromisoformat(day)).start)
    except (TypeError, ValueError):
        return _NOTHING


_PLAIN_POUNDS: Callable[[str], Any] = re.compile(r"-?\d{1,12}(?:\.\d{1,2})?", re.ASCII).fullmatch


def _never(_: str) -> bool:
    return False


def _for_copy(value: Any) -> str:
    """A value as COPY's text format takes it."""
    if isinstance(value, str):
        if value.isalnum():
            return value
        return (
            value.replace("\\", "\\\\")
            .replace("\t", "\\t")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
        )
    if isinstance(value, FinancialYear):
        return str(value.start)
    return value.isoformat() if isinstance(value, dt.date) else str(value)
