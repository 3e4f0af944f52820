"""A register as a workbook that people edit and bring back: the sheets that go out, and what comes in compared.

``grids`` writes every risk of a register and its controls. ``plan`` reads such sheets (rows of text,
council_hms.spreadsheets) and says, before anything is written, which risks and controls are new,
which would change and how, and every fault with sheet, row, column, value and what to do. The same
file twice changes nothing. A column that is left out is left alone; so is a risk that is left out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from council_hms.exemption import ExemptionParagraph
from council_hms.grid import Cell, Column, Format, Grid, Row
from council_hms.outputs.shown import printable
from projects.models import Project
from risks.matrix import Point, Scale
from risks.models import Assessment, Control, ControlStatus, Register, RegisterScale, Risk, RiskKind
from risks.models.assessment import SCORES

#: Rows from the top within which a sheet's headings are looked for.
HEADS_WITHIN = 15
REFERENCE = "Reference"
#: Key → heading of the sheet of risks, in order; the first is the row's own heading.
RISK_HEADS = {
    "reference": REFERENCE,
    "title": "Risk",
    "kind": "Threat or opportunity",
    "description": "What may happen",
    "cause": "Why it may happen",
    "consequence": "What would follow",
    "raised_on": "Date raised",
    "owner": "Owner",
    "gross_impact": "Gross impact",
    "gross_probability": "Gross probability",
    "current_impact": "Current impact",
    "current_probability": "Current probability",
    "target_impact": "Target impact",
    "target_probability": "Target probability",
    "reviewed_on": "Reviewed on",
    "comment": "Comments",
    "closed_on": "Closed on",
    "closed_reason": "Why it was closed",
    "exempt": "Exempt",
    "exempt_paragraphs": "Schedule 12A paragraphs",
    "exempt_reason": "Why the public interest favours exemption",
}
CONTROL_HEADS = {
    "risk": "Reference of the risk",
    "what": "Control",
    "owner": "Owner",
    "due_on": "To be in place by",
    "status": "Status",
    "progress": "Progress",
    "settled_on": "In place or dropped on",
}
_DATES = {"raised_on", "reviewed_on", "closed_on", "due_on", "settled_on"}
_SCORE_PARTS = tuple(f"{name}_{part}" for name in SCORES for part in ("impact", "probability"))
#: The columns of a risk itself; the others belong to its review or its closing.
_RISK_COLUMNS = tuple(
    key
    for key in RISK_HEADS
    if key not in (*_SCORE_PARTS, "reviewed_on", "comment", "closed_on", "closed_reason")
)


# -- out ---------------------------------------------------------------------------------------


def grids(
    risks: Sequence[Risk],
    latest: Mapping[int, Assessment],
    controls: Sequence[Control],
    project: Project | None,
) -> list[Grid]:
    """Sheets of risks and controls to be edited and brought back. Nothing but the table stands on them."""
    references = {risk.pk: risk.reference for risk in risks}
    return [
        Grid(
            caption=f"Risk register: {project.title if project else 'corporate'}",
            name="Risks",
            columns=_columns(RISK_HEADS),
            rows=[_risk_row(risk, latest.get(risk.pk)) for risk in risks],
            row_heading=REFERENCE,
            about=[
                ("How to use it", "Change, add rows, and import the file on the register's page."),
                ("Left alone", "Risks, controls and columns that you leave out of the file."),
                ("A new risk", "Needs a reference that the register does not have yet."),
                ("Impact and probability", "Numbers or words of the register's scale."),
            ],
        ),
        Grid(
            caption="Controls",
            name="Controls",
            columns=_columns(CONTROL_HEADS),
            rows=[
                Row(
                    f"control-{control.pk}",
                    references[control.risk_id],
                    {
                        "what": Cell(control.what),
                        "owner": Cell(control.owner),
                        "due_on": Cell(control.due_on),
                        "status": Cell(ControlStatus(control.status).label),
                        "progress": Cell(control.progress or None),
                        "settled_on": Cell(control.settled_on),
                    },
                )
                for control in controls
            ],
            row_heading=CONTROL_HEADS["risk"],
        ),
    ]


def _columns(heads: Mapping[str, str]) -> list[Column]:
    def form(key: str) -> Format:
        if key in _DATES:
            return Format.DATE
        return Format.COUNT if key in _SCORE_PARTS else Format.TEXT

    return [Column(key, words, form(key)) for key, words in list(heads.items())[1:]]


def _risk_row(risk: Risk, review: Assessment | None) -> Row:
    cells: dict[str, Cell] = {
        "title": Cell(risk.title),
        "kind": Cell(RiskKind(risk.kind).label),
        "raised_on": Cell(risk.raised_on),
        "closed_on": Cell(risk.closed_on),
        "exempt": Cell("Yes" if risk.exempt else "No"),
        "exempt_paragraphs": Cell(_paragraphs(risk.exempt_paragraphs) or None),
    }
    for key in ("description", "cause", "consequence", "owner", "closed_reason", "exempt_reason"):
        cells[key] = Cell(getattr(risk, key) or None)
    if review is not None:
        cells |= {key: Cell(getattr(review, key)) for key in _SCORE_PARTS}
        cells["reviewed_on"] = Cell(review.reviewed_on)
        cells["comment"] = Cell(review.comment or None)
    return Row(f"risk-{risk.pk}", risk.reference, cells)


def _paragraphs(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers))


# -- in ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a file: where it stands, what stands there, and what to do."""

    sheet: str
    row: int
    column: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A column that the file would change."""

    label: str
    before: str
    after: str


@dataclass(slots=True)
class RiskChange:
    """What the file would do to one risk. ``scores`` are the columns of a new review; None: no review."""

    reference: str
    title: str
    row: int
    risk: Risk | None = None  # None: it is new
    values: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, int | None] | None = None
    comment: str = ""
    reviewed_on: dt.date | None = None
    closing: tuple[dt.date | None, str] | None = None
    differences: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class ControlChange:
    """What the file would do to one control. ``reference`` is its risk's."""

    reference: str
    what: str
    row: int
    control: Control | None = None
    values: dict[str, Any] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """What a file would do to a register: faults, changes, how much is as it was, and remarks."""

    faults: list[Fault] = field(default_factory=list)
    risks: list[RiskChange] = field(default_factory=list)
    controls: list[ControlChange] = field(default_factory=list)
    unchanged: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def changes_nothing(self) -> bool:
        return not self.risks and not self.controls

    @property
    def new_risks(self) -> list[RiskChange]:
        return [change for change in self.risks if change.risk is None]

    @property
    def changed_risks(self) -> list[RiskChange]:
        return [change for change in self.risks if change.risk is not None]

    @property
    def fingerprint(self) -> str:
        """Changes when the register has changed since the preview, so that what is applied is what was seen."""
        seen = [
            (change.reference, change.risk.version if change.risk else 0, repr(change.differences))
            for change in self.risks
        ]
        seen += [
            (
                f"{change.reference} {change.what}",
                change.control.version if change.control else 0,
                repr(change.differences),
            )
            for change in self.controls
        ]
        return hashlib.sha256(repr(seen).encode()).hexdigest()


Sheets = Sequence[tuple[str, Sequence[Sequence[str]]]]


def plan(project: Project | None, by: Any, sheets: Sheets, today: dt.date) -> Plan:
    """What sheets (name and rows of text) would do to a register. Five queries."""
    found = Plan()
    reader = _Reader(project, by, today, found)
    risk_sheets, control_sheets = [], []
    for name, rows in sheets:
        table = _table(name, rows)
        if table is None:
            continue
        if "title" in table.places:
            risk_sheets.append(table)
        else:
            control_sheets.append(table)
        found.remarks += table.remarks
    if not risk_sheets and not control_sheets:
        found.faults.append(
            Fault(
                sheets[0][0] if sheets else "",
                1,
                "",
                "",
                f"No sheet has the headings “{REFERENCE}” and “{RISK_HEADS['title']}”. "
                "Download the register to see the headings, and use the same.",
            )
        )
        return found
    for table in risk_sheets:
        reader.read_risks(table)
    for table in control_sheets:
        reader.read_controls(table)
    return found


@dataclass(slots=True)
class _Table:
    """A sheet with its headings found: key → place of the column."""

    name: str
    places: dict[str, int]
    heads: Mapping[str, str]
    rows: list[tuple[int, Sequence[str]]]
    remarks: list[str]


def _table(name: str, rows: Sequence[Sequence[str]]) -> _Table | None:
    """The table of a sheet; None when it is no sheet of risks or controls."""
    for number, row in enumerate(rows[:HEADS_WITHIN], start=1):
        words = [" ".join(cell.split()).casefold() for cell in row]
        for heads in (RISK_HEADS, CONTROL_HEADS):
            known = {label.casefold(): key for key, label in heads.items()}
            first, second = list(known)[:2]
            if first in words and second in words:
                places: dict[str, int] = {}
                strange = []
                for place, head in enumerate(words):
                    if head in known and known[head] not in places:
                        places[known[head]] = place
                    elif head:
                        strange.append(row[place])
                remarks = (
                    [f"Sheet “{name}”: columns that are not read: {', '.join(strange)}."]
                    if strange
                    else []
                )
                body = [
                    (at, cells)
                    for at, cells in enumerate(rows[number:], start=number + 1)
                    if any(cell.strip() for cell in cells)
                ]
                return _Table(name, places, heads, body, remarks)
    return None


class _FaultyError(ValueError):
    """A cell that cannot be read. Its text says what to do."""


class _Reader:
    """Reads the rows of a file against a register as it stands."""

    def __init__(self, project: Project | None, by: Any, today: dt.date, found: Plan) -> None:
        self.by, self.today, self.found = by, today, found
        self.register = Register.objects.of(project) or Register(project=project)
        scale = RegisterScale.objects.in_force(project, today)
        self.rule = (scale or RegisterScale.to_start_with(by, today)).rule
        rows = Risk.objects.of(project)
        visible = set(rows.visible_to(by).values_list("pk", flat=True))
        every = list(rows.select_related("register__project"))
        self.risks = {risk.reference: risk for risk in every if risk.pk in visible}
        self.withheld = {risk.reference for risk in every if risk.pk not in visible}
        reviews = Assessment.objects.filter(risk__in=visible).select_related("scale")
        self.latest = {review.risk_id: review for review in reviews.order_by("number")}
        self.controls = {
            (control.risk_id, control.what): control
            for control in Control.objects.filter(risk__in=visible)
        }
        self.read: dict[str, int] = {}

    # -- risks ---------------------------------------------------------------------------------

    def read_risks(self, table: _Table) -> None:
        for number, cells in table.rows:
            row = _Row(table, number, cells, self.found)
            reference = row.text("reference")
            if not reference:
                row.fault("reference", "Enter a reference that is not used yet, such as R7")
                continue
            if reference in self.read:
                row.fault(
                    "reference",
                    f"Row {self.read[reference]} has this reference too: give each risk its own",
                )
                continue
            self.read[reference] = number
            if reference in self.withheld:
                row.fault("reference", "This reference is in use: choose another")
                continue
            before = len(self.found.faults)
            change = self._risk_change(row, reference)
            if len(self.found.faults) == before:
                if change.risk is None or change.differences:
                    self.found.risks.append(change)
                else:
                    self.found.unchanged += 1

    def _risk_change(self, row: _Row, reference: str) -> RiskChange:
        standing = self.risks.get(reference)
        risk = (
            copy(standing)
            if standing
            else Risk(
                register=self.register,
                reference=reference,
                raised_on=self.today,
                created_by=self.by,
            )
        )
        change = RiskChange(reference, row.text("title") or risk.title, row.number, standing)
        for key in _RISK_COLUMNS[1:]:
            if key not in row.table.places:
                continue
            try:
                value = self._risk_value(row, key)
            except _FaultyError as error:
                row.fault(key, str(error))
                continue
            if value is None and key in ("kind", "raised_on"):  # an empty cell: as it was, or today
                continue
            if not _same(getattr(risk, key), value):
                change.differences.append(
                    Difference(
                        RISK_HEADS[key],
                        "" if standing is None else _shown(getattr(risk, key), Risk, key),
                        _shown(value, Risk, key),
                    )
                )
                change.values[key] = value
                setattr(risk, key, value)
        if standing is None:
            change.values = {key: getattr(risk, key) for key in _RISK_COLUMNS}
        if standing is None or change.differences:
            self._check(row, risk, RISK_HEADS)
        self._read_scores(row, risk, change)
        self._read_closing(row, risk, change)
        return change

    def _risk_value(self, row: _Row, key: str) -> Any:
        text = row.text(key)
        if key in _DATES:
            return _date(text)
        if key == "kind":
            return _choice(text, RiskKind)
        if key == "exempt":
            return _yes(text)
        if key == "exempt_paragraphs":
            return _paragraph_numbers(text)
        return text

    def _check(self, row: _Row, instance: models.Model, heads: Mapping[str, str]) -> None:
        """The rules of the table, in their sentences."""
        try:
            instance.clean_fields(exclude=["register", "risk", "created_by", "escalated_from"])
            instance.clean()
            # uniqueness is settled by the file's own references; the rest are the table's rules
            for _, constraints in instance.get_constraints():
                for constraint in constraints:
                    if isinstance(constraint, models.CheckConstraint):
                        constraint.validate(type(instance), instance)
        except ValidationError as error:
            named = getattr(error, "error_dict", None)
            if named is None:
                row.fault("", error.messages[0])
                return
            for key, errors in named.items():
                sentence = errors[0].messages[0]
                if errors[0].code == "blank":
                    sentence = f"Enter something under “{heads.get(key, key)}”"
                row.fault(key, sentence)

    def _read_scores(self, row: _Row, risk: Risk, change: RiskChange) -> None:
        """A review, when the file says other scores, another comment or a later review than the last."""
        last = self.latest.get(risk.pk) if change.risk else None
        scores: dict[str, int | None] = {}
        for key in _SCORE_PARTS:
            if key not in row.table.places:
                scores[key] = getattr(last, key) if last else None
                continue
            try:
                scores[key] = _step(row.text(key), key, self.rule)
            except _FaultyError as error:
                row.fault(key, str(error))
                return
        said = {key: value for key, value in scores.items() if value is not None}
        comment = row.text("comment")
        if "comment" not in row.table.places:
            comment = last.comment if last else ""
        if not said:
            if last is not None and any(key in row.table.places for key in _SCORE_PARTS):
                row.fault("current_impact", "Enter the current impact: it cannot be taken away")
            elif last is None and comment:
                row.fault("comment", "A comment belongs to a review: enter the current scores too")
            return
        for name in SCORES:
            pair = [scores[f"{name}_impact"], scores[f"{name}_probability"]]
            if None in pair and (any(pair) or name == "current"):
                missing = f"{name}_{'impact' if pair[0] is None else 'probability'}"
                row.fault(missing, f"Enter the {RISK_HEADS[missing].lower()} too")
                return
        try:
            stated = _date(row.text("reviewed_on"))
        except _FaultyError as error:
            row.fault("reviewed_on", str(error))
            return
        moved = last is None or any(getattr(last, key) != scores[key] for key in _SCORE_PARTS)
        remarked = last is not None and not _same(last.comment, comment)
        later = last is not None and stated is not None and stated > last.reviewed_on
        if not (moved or remarked or later):
            return
        day = stated or self.today
        if day > self.today:
            row.fault("reviewed_on", "Enter the day of the review, not one to come")
            return
        if last is not None and day < last.reviewed_on:
            row.fault(
                "reviewed_on",
                f"It was reviewed on {_day(last.reviewed_on)}: enter that day or a later one",
            )
            return
        if day < risk.raised_on:
            row.fault(
                "reviewed_on",
                f"It was raised on {_day(risk.raised_on)}: enter that day or a later one",
            )
            return
        change.scores, change.comment, change.reviewed_on = scores, comment, day
        for name in SCORES:
            before = last.point(name) if last else None
            impact, probability = scores[f"{name}_impact"], scores[f"{name}_probability"]
            after = Point(impact, probability) if impact and probability else None
            if before != after:
                was = last.scale.rule.rating(before) if last and before else ""
                change.differences.append(
                    Difference(
                        f"{name.capitalize()} score",
                        f"{was} ({before.impact} × {before.probability})" if before else "",
                        f"{self.rule.rating(after)} ({impact} × {probability})" if after else "",
                    )
                )
        if not _same(last.comment if last else "", comment):
            change.differences.append(
                Difference(RISK_HEADS["comment"], last.comment if last else "", comment)
            )
        if last is None or day != last.reviewed_on:
            change.differences.append(
                Difference(
                    RISK_HEADS["reviewed_on"], _day(last.reviewed_on) if last else "", _day(day)
                )
            )

    def _read_closing(self, row: _Row, risk: Risk, change: RiskChange) -> None:
        if "closed_on" not in row.table.places:
            return
        try:
            day = _date(row.text("closed_on"))
        except _FaultyError as error:
            row.fault("closed_on", str(error))
            return
        reason = row.text("closed_reason")
        if day is not None and not reason:
            row.fault("closed_reason", "Say why the risk is closed")
        elif day is None and reason:
            row.fault("closed_on", "Enter the day on which it was closed, or take out the reason")
        elif day is not None and not risk.raised_on <= day <= self.today:
            row.fault("closed_on", "Enter a day from the one it was raised on to today")
        elif day != risk.closed_on or not _same(risk.closed_reason, reason):
            change.closing = (day, reason)
            change.differences.append(
                Difference(
                    "Closed",
                    f"{_day(risk.closed_on)}: {risk.closed_reason}" if risk.closed_on else "Open",
                    f"{_day(day)}: {reason}" if day else "Open",
                )
            )

    # -- controls ------------------------------------------------------------------------------

    def read_controls(self, table: _Table) -> None:
        read: dict[tuple[str, str], int] = {}
        for number, cells in table.rows:
            row = _Row(table, number, cells, self.found)
            reference, what = row.text("risk"), row.text("what")
            if reference not in self.risks and reference not in self.read:
                row.fault("risk", "No risk of the register or of the file has this reference")
                continue
            if not what:
                row.fault("what", "Enter what is done")
                continue
            if (reference, what) in read:
                row.fault(
                    "what",
                    f"Row {read[reference, what]} says the same of this risk: keep one of them",
                )
                continue
            read[reference, what] = number
            before = len(self.found.faults)
            change = self._control_change(row, reference, what)
            if len(self.found.faults) == before:
                if change.control is None or change.differences:
                    self.found.controls.append(change)
                else:
                    self.found.unchanged += 1

    def _control_change(self, row: _Row, reference: str, what: str) -> ControlChange:
        risk = self.risks.get(reference)
        standing = self.controls.get((risk.pk, what)) if risk else None
        control = copy(standing) if standing else Control(what=what, created_by=self.by)
        change = ControlChange(reference, what, row.number, standing)
        for key in list(CONTROL_HEADS)[2:]:
            if key not in row.table.places:
                continue
            text = row.text(key)
            value: Any = text
            try:
                if key in _DATES:
                    value = _date(text)
                elif key == "status":
                    value = _choice(text, ControlStatus)
            except _FaultyError as error:
                row.fault(key, str(error))
                continue
            if value is None and key == "status":
                continue
            if not _same(getattr(control, key), value):
                change.differences.append(
                    Difference(
                        CONTROL_HEADS[key],
                        "" if standing is None else _shown(getattr(control, key), Control, key),
                        _shown(value, Control, key),
                    )
                )
                setattr(control, key, value)
        change.values = {key: getattr(control, key) for key in list(CONTROL_HEADS)[1:]}
        if standing is None or change.differences:
            self._check(row, control, CONTROL_HEADS)
        return change


class _Row:
    """One row of a file, by the keys of its columns."""

    def __init__(self, table: _Table, number: int, cells: Sequence[str], found: Plan) -> None:
        self.table, self.number, self.cells, self.found = table, number, cells, found

    def text(self, key: str) -> str:
        """What stands under a heading; empty when nothing does, or the column is not there."""
        place = self.table.places.get(key)
        if place is None or place >= len(self.cells):
            return ""
        return _plain(self.cells[place])

    def fault(self, key: str, message: str) -> None:
        self.found.faults.append(
            Fault(
                self.table.name,
                self.number,
                self.table.heads.get(key, ""),
                self.text(key)[:200],
                message,
            )
        )


# -- reading one cell --------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Text as a cell keeps it: one kind of line end, nothing at the ends, no characters a file may not hold."""
    return printable(text.replace("\r\n", "\n")).strip()


def _same(one: Any, other: Any) -> bool:
    """Whether two values say the same, whatever form or file they came from."""
    if isinstance(one, str) and isinstance(other, str):
        return _plain(one) == _plain(other)
    if isinstance(one, list) and isinstance(other, list):
        return sorted(one) == sorted(other)
    return bool(one == other)


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _shown(value: Any, model: type[models.Model], key: str) -> str:
    """A value in words, for the preview."""
    choices = dict(model._meta.get_field(key).flatchoices or ())  # type: ignore[union-attr]
    if isinstance(value, list):
        return _paragraphs(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.date):
        return _day(value)
    return str(choices.get(value, value if value is not None else ""))


_DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%d.%m.%Y")


def _date(text: str) -> dt.date | None:
    if not text:
        return None
    for form in _DATE_FORMS:
        try:
            day = dt.datetime.strptime(text[:40], form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if 1990 <= day.year <= 2099:
            return day
    raise _FaultyError("Enter a real date between 1990 and 2099, for example 14/06/2023")


def _choice(text: str, choices: type[models.TextChoices]) -> str | None:
    if not text:
        return None
    for value, label in choices.choices:
        if text.casefold() in (value.casefold(), str(label).casefold()):
            return str(value)
    raise _FaultyError(f"Enter one of: {', '.join(choices.labels)}")


def _yes(text: str) -> bool:
    if text.casefold() in ("", "no", "n", "false", "0"):
        return False
    if text.casefold() in ("yes", "y", "true", "1"):
        return True
    raise _FaultyError("Enter Yes or No")


def _paragraph_numbers(text: str) -> list[int]:
    parts = [part for part in re.split(r"[\s,;]+|\band\b", text) if part]
    if all(part.isascii() and part.isdigit() and len(part) == 1 for part in parts):
        numbers = sorted({int(part) for part in parts})
        if set(numbers) <= set(ExemptionParagraph.values):
            return numbers
    raise _FaultyError("Enter numbers of paragraphs from 1 to 7, for example 3 or 3, 5")


def _step(text: str, key: str, rule: Scale) -> int | None:
    """A step of the scale: ``4``, ``Major`` or ``4 Major``; None when the cell is empty."""
    if not text:
        return None
    words = rule.impact_words if key.endswith("impact") else rule.probability_words
    for place, word in enumerate(words, start=1):
        if text.casefold() in (str(place), word.casefold(), f"{place} {word}".casefold()):
            return place
    raise _FaultyError(f"Enter a number from 1 to {rule.size}, or one of: {', '.join(words)}")
