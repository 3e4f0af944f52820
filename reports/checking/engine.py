"""The engine of the report checker: a paper and what the ledger says in, every figure with its status out."""

from __future__ import annotations

from decimal import Decimal

from reports.checking import casting, explain, recognise, tables
from reports.checking.cast import cast
from reports.checking.facts import Facts
from reports.checking.form import check_form
from reports.checking.paper import Paper, Place, Prose, Table, Unread
from reports.checking.prose import check_prose
from reports.checking.result import CheckFinding, Figure, Result, Status, Weight
from reports.checking.tables import Sheet
from reports.checking.verdicts import Verdict, Verdicts

_ORDER = {Weight.ERROR: 0, Weight.WARNING: 1, Weight.ADVICE: 2}
_CELL_UNTRACED = Verdict(
    Status.UNTRACED, "it enters no sum that could be told, and the text does not repeat it"
)
_PROSE_UNTRACED = Verdict(Status.UNTRACED, "nothing else in the report says what this should be")


def check(paper: Paper, facts: Facts | None = None) -> Result:
    """Check a paper's figures and form. The same paper and facts give the same result.

    With no facts the paper is checked against itself alone.
    """
    sheets = _read_tables(paper)
    verdicts = Verdicts()
    unread = list(paper.unread)
    casts = {}
    for at, sheet in sheets.items():
        answer = casts[at] = cast(sheet)
        if answer.unsure:
            unread.append(Unread(explain.table_place(sheet), answer.unsure))
        casting.judge(sheet, answer, verdicts)
    check_prose(paper, list(sheets.values()), casts, facts, verdicts)
    check_form(paper, facts, verdicts)
    return Result(_figures(paper, sheets, verdicts), _findings(verdicts), unread)


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


def _figures(paper: Paper, sheets: dict[int, Sheet], verdicts: Verdicts) -> list[Figure]:
    answer = []
    for at, block in enumerate(paper.blocks):
        if isinstance(block, Prose):
            for mention in recognise.mentions(block.text):
                verdict = verdicts.figures.get((at, mention.start), _PROSE_UNTRACED)
                place = explain.prose_place(at, block, mention)
                answer.append(
                    _figure(place, mention.printed, mention.amount, mention.kind, verdict)
                )
            continue
        sheet = sheets[at]
        for (row, column), number in sorted(sheet.cells.items()):
            kind = "percent" if number.percent else "money" if number.money else "count"
            verdict = verdicts.figures.get((at, row, column), _CELL_UNTRACED)
            place = explain.cell_place(sheet, row, column)
            answer.append(_figure(place, number.printed, number.amount, kind, verdict))
    return answer


def _figure(
    place: Place, printed: str, amount: Decimal | None, kind: str, verdict: Verdict
) -> Figure:
    return Figure(
        place,
        printed,
        amount,
        kind,
        verdict.status,
        verdict.why,
        verdict.agrees_with,
        verdict.with_place,
        verdict.expected,
        verdict.difference,
        verdict.suggestion,
    )


def _findings(verdicts: Verdicts) -> list[CheckFinding]:
    """The weightiest first, and in the order of the paper where they weigh the same."""
    return sorted(
        verdicts.findings, key=lambda one: (_ORDER[one.severity], one.place.block, one.id)
    )
