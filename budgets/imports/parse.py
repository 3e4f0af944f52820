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


class Reader:
    """Reads the rows of one sheet in order. ``read`` may be called with piece after piece."""

    def __init__(
        self, kind: str, choices: Choices, heads: Sequence[Head], *, default_project: str = ""
    ) -> None:
        self.kind = kind
        self.choices = choices
        self.heads = {head.place: head.words or f"Column {head.letter}" for head in heads}
        self.head_texts = {head.place: head.words for head in heads if head.words}
        self.default_project = default_project
        self.counts: Counter[str] = Counter()
        self.left_out: list[tuple[int, str, str]] = []
        self.totals: list[FileTotal] = []
        self.readings: list[tuple[str, str, str]] = []
        self.total = NIL
        self._unit = Unit(choices.unit)
        self._number = 0
        self._section = ""
        self._sums: dict[int, list[Any]] = {}  # place → [since last total, since start, terms]
        columns = columns_of(kind)
        self._columns = columns
        place_of = {key: place for place, key in choices.columns.items() if key}
        self._plain = [
            (key, place_of[key] - 1, columns[key], dict[str, str | ValueError]())
            for key in columns
            if key in place_of and key != "amount"
        ]
        self._required = [
            (key, column) for key, column in columns.items() if column.required and key != "amount"
        ]
        self._amounts: dict[str, tuple[str, Decimal] | ValueError | None] = {}
        self._amount_at = place_of.get("amount", 0) - 1
        self._years = sorted(choices.years.items())
        self._key_places = [
            place_of[key] - 1
            for key in ("posted_on", "year", "ledger_reference")
            if key in place_of
        ]
        self._amount_places = [place - 1 for place in choices.years] or (
            [self._amount_at] if self._amount_at >= 0 else []
        )
        self._same, self.same_faults = self._given_for_all()
        self._year_of_day: dict[str, str] = {}

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
        if self.default_project:
            have.add("project")
        return [
            column.name
            for key, column in self._columns.items()
            if column.required and key not in have
        ]

    # -- reading ------------------------------------------------------------------------------

    def read(self, rows: Iterable[Sequence[str]]) -> tuple[list[str], list[Fault]]:
        """Lines for COPY (number, place and STAGED, tab-separated) and the faults of these rows."""
        lines: list[str] = []
        faults: list[Fault] = []
        for cells in rows:
            self._number += 1
            if self._number <= self.choices.head_row:
                self._above(cells)
            elif not any(cells):
                self.counts["blank"] += 1
            elif self._is_plain_row(cells) or not self._is_left_out(cells):
                self.counts["rows"] += 1
                if self._years:
                    self._read_across(cells, lines, faults)
                else:
                    self._read_row(cells, lines, faults)
        return lines, faults

    def _above(self, cells: Sequence[str]) -> None:
        if self._number == self.choices.head_row:
            self.counts["head"] += 1
        elif any(cells):
            self.counts["above"] += 1
        else:
            self.counts["blank"] += 1

    def _is_plain_row(self, cells: Sequence[str]) -> bool:
        """The commonest case by the shortest way: a date, year or reference, and an amount that is no head."""
        at = self._amount_at
        return (
            0 <= at < len(cells)
            and bool(cells[at])
            and cells[at] != self.head_texts.get(at + 1)
            and any(place < len(cells) and cells[place] for place in self._key_places)
        )

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
        for at, said in amounts.items():
            since_last, since_start, terms = self._sums.get(at, [NIL, NIL, 0])
            read = self._amount(said)
            stated = read[1] if isinstance(read, tuple) else None
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

    def _count_amount(self, at: int, amount: Decimal) -> None:
        self.total += amount
        sums = self._sums.get(at)
        if sums is None:
            sums = self._sums[at] = [NIL, NIL, 0]
        sums[0] += amount
        sums[1] += amount
        sums[2] += 1

    # -- one amount a row ---------------------------------------------------------------------

    def _read_row(self, cells: Sequence[str], lines: list[str], faults: list[Fault]) -> None:
        values = self._words_of(cells, faults)
        at = self._amount_at
        typed = cells[at] if 0 <= at < len(cells) else ""
        if typed:
            read = self._amount(typed)
            if isinstance(read, tuple):
                values["amount"] = read[0]
                self._count_amount(at, read[1])
            elif read is not None:
                faults.append(self._fault(at, typed, str(read)))
        elif self._amount_at >= 0:
            faults.append(self._fault(at, "", self._columns["amount"].required))
        if "year" not in values and "posted_on" in values and self.kind == "spend":
            values["year"] = self._year_for(values["posted_on"])
        self._need(values, faults, found=())
        lines.append(self._line(0, values))

    def _words_of(self, cells: Sequence[str], faults: list[Fault]) -> dict[str, str]:
        """All columns but the amount, ready for COPY."""
        values = dict(self._same)
        width = len(cells)
        for key, at, column, cache in self._plain:
            typed = cells[at] if at < width else ""
            if not typed:
                continue
            ready = cache.get(typed)
            if ready is None:
                ready = cache[typed] = self._clean(column, typed)
            if isinstance(ready, str):
                values[key] = ready
            else:
                values[key] = ""  # something stands there, so nothing more is missed
                faults.append(self._fault(at, typed, str(ready)))
        return values

    def _clean(self, column: Column, typed: str) -> str | ValueError:
        try:
            value = column.widget.clean(typed)
        except ValueError as error:
            return error
        if value is None:
            return _NOTHING
        if isinstance(value, FinancialYear) and typed != value.label:
            self._note_reading(column.name, typed, value.label)
        return _for_copy(value)

    def _amount(self, typed: str) -> tuple[str, Decimal] | ValueError | None:
        """The amount ready for COPY and as a number; why it cannot be read; None for a blank."""
        if self._unit is Unit.POUNDS and _PLAIN_AMOUNT(typed):
            return typed, Decimal(typed)
        if typed in self._amounts:
            return self._amounts[typed]
        read: tuple[str, Decimal] | ValueError | None
        try:
            amount = self._columns["amount"].widget.clean(typed, unit=self._unit)
        except ValueError as error:
            read = error
        else:
            read = None if amount is None else (str(amount), amount)
            if amount is not None and typed != str(amount):
                self._note_reading("Amount", typed, money.pounds(amount))
        self._amounts[typed] = read
        return read

    def _note_reading(self, column: str, typed: str, shown: str) -> None:
        if len(self.readings) < _LISTED:
            self.readings.append((column, typed[:40], shown))

    def _year_for(self, posted_on: str) -> str:
        year = self._year_of_day.get(posted_on)
        if year is None:
            try:
                year = str(FinancialYear.of(dt.date.fromisoformat(posted_on)).start)
            except ValueError:
                year = ""
            self._year_of_day[posted_on] = year
        return year

    def _need(self, values: dict[str, str], faults: list[Fault], found: Collection[str]) -> None:
        """A fault for each required column that the row leaves blank, but for those found otherwise."""
        if self.default_project:
            values.setdefault("project", self.default_project)
        for key, column in self._required:
            if key not in values and key not in found:
                at = next((at for name, at, _, _ in self._plain if name == key), -1)
                faults.append(self._fault(at, "", column.required))

    # -- years side by side -------------------------------------------------------------------

    def _read_across(self, cells: Sequence[str], lines: list[str], faults: list[Fault]) -> None:
        shared = self._words_of(cells, faults)
        found = {"year", "nature"}
        if self.default_project:
            shared.setdefault("project", self.default_project)
        for place, (year, nature) in self._years:
            typed = cells[place - 1] if place <= len(cells) else ""
            read = self._amount(typed) if typed else None
            if read is None:
                continue
            values = {**shared, "year": str(year)}
            if nature or ("nature" not in values and self._section):
                values["nature"] = nature or self._section
            if "nature" not in values:
                found.discard("nature")
            if isinstance(read, tuple):
                values["amount"] = read[0]
                self._count_amount(place - 1, read[1])
                lines.append(self._line(place, values))
            else:
                faults.append(self._fault(place - 1, typed, str(read)))
        self._need(shared, faults, found)

    # -- making -------------------------------------------------------------------------------

    def _line(self, place: int, values: Mapping[str, str]) -> str:
        get = values.get
        return f"{self._number}\t{place}\t" + "\t".join([get(key) or _NOTHING for key in STAGED])

    def _fault(self, at: int, value: str, message: str) -> Fault:
        return Fault(
            self._number,
            at + 1,
            self.heads.get(at + 1, "") if at >= 0 else "",
            value[:_SHOWN],
            message,
        )


_PLAIN_AMOUNT: Callable[[str], Any] = re.compile(r"-?\d{1,12}(?:\.\d{1,2})?", re.ASCII).fullmatch


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
