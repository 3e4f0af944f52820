"""The checker's words: where something stands, what a sum comes to, what was probably meant."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from council_hms.money import in_words, round_half_up
from reports.checking.cast import Fault
from reports.checking.formulas import RATIOS, Sum
from reports.checking.paper import Place, Prose, ProseKind
from reports.checking.recognise import Mention
from reports.checking.slips import reprint, slip
from reports.checking.tables import Number, Sheet

MINUS = "−"
MOST_SHOWN = 8


def prose_words(prose: Prose) -> str:
    """ "paragraph 8", "recommendation 4", "the title"."""
    if prose.kind is ProseKind.RECOMMENDATION:
        return f"recommendation {prose.number}" if prose.number else "the recommendations"
    if prose.kind is ProseKind.FACT:
        return f"“{prose.label}”" if prose.label else "the report's head"
    if prose.number and prose.kind in (ProseKind.PARAGRAPH, ProseKind.BULLET):
        return f"paragraph {prose.number}"
    if prose.kind is ProseKind.TITLE:
        return "the title"
    if prose.kind is ProseKind.HEADING:
        return f"the heading “{_short(prose.text, 40)}”"
    named = {
        ProseKind.CAPTION: "the caption",
        ProseKind.NOTE: "the note",
        ProseKind.BULLET: "the bullet",
    }
    return f"{named.get(prose.kind, 'the paragraph')} “{_short(prose.text, 40)}”"


def prose_place(block: int, prose: Prose, mention: Mention | None = None) -> Place:
    return Place(
        block,
        paragraph=prose.number,
        start=mention.start if mention else None,
        end=mention.end if mention else None,
        page=prose.page,
        words=prose_words(prose),
    )


def cell_place(sheet: Sheet, row: int, column: int) -> Place:
    row_line, column_line = sheet.row_at.get(row), sheet.column_at.get(column)
    row_name = row_line.label if row_line else ""
    parts = [f"table {sheet.number}"]
    if row_name:
        parts.append(f"row {_short(row_name, 60)}")
    else:
        parts.append(f"row {row + 1}")
    parts.append(
        _short(column_line.label, 60)
        if column_line and column_line.label
        else f"column {column + 1}"
    )
    return Place(
        sheet.block,
        table=sheet.number,
        row=row,
        column=column,
        page=sheet.table.page,
        words=", ".join(parts),
    )


def table_place(sheet: Sheet) -> Place:
    return Place(
        sheet.block, table=sheet.number, page=sheet.table.page, words=f"table {sheet.number}"
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def as_printed(amount: Decimal, like: Number) -> str:
    """An amount in the unit and places of a cell."""
    if like.nil:
        shown = amount / like.scale
        return f"{shown.normalize():,f}" if shown else "nil"
    return reprint(like.printed, amount, like.scale, like.step)


def money_words(amount: Decimal) -> str:
    """Pounds as a sentence prints them, without more places than a reader needs."""
    size = abs(amount)
    if size >= 1_000_000:
        amount = round_half_up(amount / 1000, 0) * 1000
    elif size >= 1000:
        amount = round_half_up(amount, 0)
    return in_words(amount)


def workings(one: Sum) -> str:
    """ "39.0 + 80.0 + 245.0" with at most a few terms."""
    shown = []
    for at, (sign, number) in enumerate(one.terms):
        negative = (sign < 0) != (number.amount < 0) and number.amount != 0
        size = as_printed(abs(number.amount), number) if not number.nil else "-"
        size = size.strip("-() ") or "0"
        shown.append(f"{MINUS if negative else '+' if at else ''}{' ' if at else ''}{size}")
    if len(shown) > MOST_SHOWN:
        shown = [*shown[: MOST_SHOWN - 2], "+ …", shown[-1]]
    return " ".join(shown)


def held_words(one: Sum) -> str:
    if one.formula.rule == "cast.percent":
        return f"{one.formula.reason}: {_percent(one)}"
    if one.formula.rule == "cast.carried":
        return f"equals {one.formula.reason}"
    if one.formula.rule in ("cast.product", "cast.band"):
        return f"{one.formula.reason} is {as_printed(one.expected, one.target)}"
    return f"{one.formula.reason}: {workings(one)} = {as_printed(one.expected, one.target)}"


def _percent(one: Sum) -> str:
    return f"{round_half_up(one.expected, max(1, -int(one.target.step.as_tuple().exponent)))}%"


def rounding_words(one: Sum) -> str:
    off = as_printed(abs(one.difference), one.target).strip("-()")
    return (
        f"{held_words(one)}; it differs by {off}, which the rounding of {len(one.terms)} "
        f"figure{'' if len(one.terms) == 1 else 's'} and of the result allows"
    )


def fault_text(sheet: Sheet, fault: Fault) -> tuple[str, str]:
    """What to say of a cell that does not agree, and the correction to offer (empty: none)."""
    number = fault.number
    place = cell_place(sheet, number.row, number.column)
    said = []
    for one in fault.sums:
        if one.formula.rule == "cast.percent":
            said.append(f"{one.formula.reason} is {_percent(one)}")
        elif one.formula.rule in ("cast.carried", "cast.product", "cast.band"):
            said.append(f"{one.formula.reason} is {as_printed(one.expected, one.target)}")
        else:
            off = as_printed(abs(one.difference), one.target).strip("-()")
            where = ""
            if one.target is not number:
                total = cell_place(sheet, one.target.row, one.target.column).words
                where = f", while {as_printed(one.target.amount, one.target)} is printed in {total}"
            more = "more" if one.difference > 0 else "less"
            said.append(
                f"{one.formula.reason} comes to {as_printed(one.expected, one.target)} ({workings(one)}){where}: "
                f"{off} {more} than the sum is printed"
            )
    suggestion = ""
    words = ""
    if fault.wanted is not None:
        words = slip(number.amount, fault.wanted, number.step)
        certain = len(fault.sums) > 1 or words
        if certain and number.printed and all(one.formula.rule not in RATIOS for one in fault.sums):
            suggestion = as_printed(fault.wanted, number)
    text = (
        f"{place.words}: {number.printed or 'blank'} is printed. "
        + ". ".join(_sentence(part) for part in said)
        + "."
    )
    if suggestion:
        text += (
            f" With {suggestion} {'all of these agree' if len(fault.sums) > 1 else 'it agrees'}"
            + (f": {words}." if words else ".")
        )
    return _sentence(text), suggestion


def short_text(sheet: Sheet, sums: Sequence[Sum]) -> str:
    """A total that is of more than the lines above it, in each of its columns."""
    shown = "; ".join(
        f"{cell_place(sheet, one.target.row, one.target.column).words.rpartition(', ')[2]}: "
        f"{one.target.printed} is printed, the lines come to {as_printed(one.expected, one.target)}"
        for one in sums[:4]
    )
    more = f"; and {len(sums) - 4} more" if len(sums) > 4 else ""
    return (
        f"Table {sheet.number}, “{sums[0].formula.target.name}” is of more than the "
        f"{len(sums[0].terms)} lines above it in {len(sums)} columns: a line may be missing. {_sentence(shown)}{more}."
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
