"""The engine of the report checker: a paper and what the ledger says in, every figure with its status out."""

from __future__ import annotations

from reports.checking import explain, recognise, tables
from reports.checking.cast import Cast, Sum, cast, faults
from reports.checking.facts import Facts
from reports.checking.paper import Paper, Place, Prose, Table, Unread
from reports.checking.result import CheckFinding, Figure, Result, Status, Weight
from reports.checking.tables import Number, Sheet


def check(paper: Paper, facts: Facts | None = None) -> Result:
    """Check a paper's figures and form. The same paper and facts give the same result.

    With no facts the paper is checked against itself alone.
    """
    sheets = _read_tables(paper)
    unread = list(paper.unread)
    figures: list[Figure] = []
    findings: list[CheckFinding] = []
    for at, block in enumerate(paper.blocks):
        if isinstance(block, Prose):
            figures += _prose_figures(at, block)
        else:
            sheet = sheets[at]
            answer = cast(sheet)
            if answer.unsure:
                unread.append(Unread(explain.table_place(sheet), answer.unsure))
            cells, faulty = _table_figures(sheet, answer)
            figures += cells
            findings += faulty
    order = {Weight.ERROR: 0, Weight.WARNING: 1, Weight.ADVICE: 2}
    findings.sort(key=lambda finding: order[finding.severity])
    return Result(figures, findings, unread)


def _read_tables(paper: Paper) -> dict[int, Sheet]:
    """Every table made out, by its block; the last line of prose before it may say its unit."""
    answer: dict[int, Sheet] = {}
    lead = ""
    for at, block in enumerate(paper.blocks):
        if isinstance(block, Table):
            answer[at] = tables.read(block, at, len(answer) + 1, lead)
        else:
            lead = block.text
    return answer


def _prose_figures(at: int, prose: Prose) -> list[Figure]:
    return [
        Figure(
            explain.prose_place(at, prose, mention),
            mention.printed,
            mention.amount,
            mention.kind,
            Status.UNTRACED,
            "nothing else in the report says what this should be",
        )
        for mention in recognise.mentions(prose.text)
    ]


def _table_figures(sheet: Sheet, answer: Cast) -> tuple[list[Figure], list[CheckFinding]]:
    held: dict[tuple[int, int], list[tuple[bool, Sum]]] = {}
    for one in answer.held:
        for number in one.numbers:
            held.setdefault((number.row, number.column), []).append((number is one.target, one))
    at_fault = {(fault.number.row, fault.number.column): fault for fault in faults(answer)}
    figures = []
    findings = []
    for place, number in sorted(sheet.cells.items()):
        where = explain.cell_place(sheet, *place)
        kind = "percent" if number.percent else "money" if sheet.unit_known else "count"
        status, why, expected, difference, suggestion = (
            Status.UNTRACED,
            "it enters no sum that could be told",
            None,
            None,
            "",
        )
        with_place: Place | None = None
        agrees_with = ""
        if fault := at_fault.get(place):
            text, suggestion = explain.fault_text(sheet, fault)
            findings.append(
                CheckFinding(
                    fault.sums[0].formula.rule,
                    Weight.ERROR,
                    text,
                    _places(sheet, fault.number, fault.sums),
                    suggestion,
                )
            )
            status, why, expected = Status.DISAGREES, text, fault.wanted
            difference = None if expected is None else number.amount - expected
            agrees_with = fault.sums[0].formula.reason
        elif sums := held.get(place):
            is_target, one = max(
                sums, key=lambda pair: (pair[0], pair[1].is_exact, -len(pair[1].terms))
            )
            agrees_with = one.formula.reason
            with_place = explain.cell_place(sheet, one.target.row, one.target.column)
            if is_target:
                status = Status.AGREES if one.is_exact or number.percent else Status.ROUNDING
                why = (
                    explain.held_words(one)
                    if status is Status.AGREES
                    else explain.rounding_words(one)
                )
                expected, difference = one.expected, one.difference
                with_place = None
            else:
                status, why = (
                    Status.AGREES,
                    f"adds up in {with_place.words}: {explain.held_words(one)}",
                )
        figures.append(
            Figure(
                where,
                number.printed,
                number.amount,
                kind,
                status,
                why,
                agrees_with=agrees_with,
                with_place=with_place,
                expected=expected,
                difference=difference,
                suggestion=suggestion,
            )
        )
    return figures, findings


def _places(sheet: Sheet, first: Number, sums: tuple[Sum, ...]) -> list[Place]:
    seen = dict.fromkeys([(first.row, first.column)])
    for one in sums:
        seen.update(dict.fromkeys((number.row, number.column) for number in one.numbers))
    return [explain.cell_place(sheet, *place) for place in seen]
