"""What casting says of each cell of a table: it adds up, within rounding or exactly, or it does not."""

from __future__ import annotations

from reports.checking import explain
from reports.checking.cast import Cast, Fault, faults
from reports.checking.formulas import RATIOS, Sum
from reports.checking.paper import Place
from reports.checking.result import Status, Weight
from reports.checking.tables import Number, Sheet
from reports.checking.verdicts import Verdict, Verdicts


def judge(sheet: Sheet, answer: Cast, verdicts: Verdicts) -> None:
    """Settle every cell that enters a sum, and find each that does not agree."""
    held: dict[tuple[int, int], list[tuple[bool, Sum]]] = {}
    for one in answer.held:
        for number in one.numbers:
            held.setdefault((number.row, number.column), []).append((number is one.target, one))
    at_fault = {(fault.number.row, fault.number.column): fault for fault in faults(answer)}
    for short in answer.short:
        _short(sheet, short, verdicts)
    for place in sorted(held.keys() | at_fault.keys()):
        number = sheet.cells[place]
        key = (sheet.block, *place)
        if fault := at_fault.get(place):
            verdicts.settle(key, _faulty(sheet, fault, verdicts))
        elif number.comma:
            verdicts.settle(key, _comma(sheet, number, held[place], verdicts))
        else:
            verdicts.settle(key, _held(sheet, number, held[place]))


def _held(sheet: Sheet, number: Number, sums: list[tuple[bool, Sum]]) -> Verdict:
    is_target, one = max(sums, key=lambda pair: (pair[0], pair[1].is_exact, -len(pair[1].terms)))
    if not is_target:
        where = explain.cell_place(sheet, one.target.row, one.target.column)
        return Verdict(
            Status.AGREES,
            f"adds up in {where.words}: {explain.held_words(one)}",
            one.formula.reason,
            where,
        )
    exact = one.is_exact or one.formula.rule in RATIOS
    return Verdict(
        Status.AGREES if exact else Status.ROUNDING,
        explain.held_words(one) if exact else explain.rounding_words(one),
        one.formula.reason,
        expected=one.expected,
        difference=one.difference,
    )


def _comma(
    sheet: Sheet, number: Number, sums: list[tuple[bool, Sum]], verdicts: Verdicts
) -> Verdict:
    """A comma that stands for the point: said because with the point the figure adds up."""
    _, one = sums[0]
    place = explain.cell_place(sheet, number.row, number.column)
    suggestion = number.printed.replace(",", ".")
    text = (
        f"Table {sheet.number}: {number.printed} is printed ({place.words}). "
        f"With {suggestion} it agrees: a comma stands for the point."
    )
    verdicts.find("slip.comma", Weight.ERROR, text, [place], suggestion)
    return Verdict(
        Status.DISAGREES, text, one.formula.reason, expected=number.amount, suggestion=suggestion
    )


def _faulty(sheet: Sheet, fault: Fault, verdicts: Verdicts) -> Verdict:
    text, suggestion = explain.fault_text(sheet, fault)
    formula = fault.sums[0].formula
    verdicts.find(formula.rule, Weight.ERROR, text, _places(sheet, fault), suggestion)
    return Verdict(
        Status.DISAGREES,
        text,
        formula.reason,
        expected=fault.wanted,
        difference=None if fault.wanted is None else fault.number.amount - fault.wanted,
        suggestion=suggestion,
    )


def _short(sheet: Sheet, sums: list[Sum], verdicts: Verdicts) -> None:
    """A total that in every column is more than the lines above it: said once for the whole line."""
    text = explain.short_text(sheet, sums)
    places = [explain.cell_place(sheet, one.target.row, one.target.column) for one in sums]
    verdicts.find("cast.missing", Weight.WARNING, text, places)
    for one in sums:
        verdicts.settle(
            (sheet.block, one.target.row, one.target.column),
            Verdict(
                Status.DISAGREES,
                text,
                one.formula.reason,
                expected=one.expected,
                difference=one.difference,
            ),
        )


def _places(sheet: Sheet, fault: Fault) -> list[Place]:
    seen = dict.fromkeys([(fault.number.row, fault.number.column)])
    for one in fault.sums:
        seen.update(dict.fromkeys((number.row, number.column) for number in one.numbers))
    return [explain.cell_place(sheet, *place) for place in seen]
