"""Bound figures: how they are written, what they come to, how they are shown; with a pencil, without a database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from council_hms.financial_year import FinancialYear
from reports.figures import (
    FigureReference,
    Insert,
    LiveReference,
    ReferenceProblem,
    ReportFigures,
    Stated,
    Total,
    parse,
    show,
    work_out,
)

Y = FinancialYear
LEDGER = ReportFigures(
    project="HMS",
    as_at=dt.date(2023, 6, 14),
    table_years=4,
    approved=[
        Total("capital", Y(2022), "Receipts", Decimal(2_925_000)),
        Total("capital", Y(2023), "ICT", Decimal(80_000)),
        Total("capital", Y(2026), "Programme", Decimal(58_000)),
        Total("revenue", Y(2023), "Programme", Decimal(112_000)),
    ],
    spent=[Total("capital", Y(2022), "", Decimal(3_188_000))],
    required=[Total("capital", Y(2023), "", Decimal("605100.50"))],
    changes={"HMS-04": [Total("capital", Y(2022), "", Decimal(375_000))]},
    headlines={
        "HMS-06": [Stated("capital", Decimal(528_000)), Stated("revenue", Decimal(448_000))]
    },
    discounts=[Decimal(60_000)],
)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("approved | million", "£3.175 million"),
        ("approved capital 2023-24 to 2026-27 | k", "£138k"),
        ('approved from "ICT" | k', "£80k"),
        ("approved revenue 2023-24", "£112k"),
        ("spent | million", "£3.188 million"),
        ("ahead | k", "£263k"),
        ("ask capital 2023-24 | £", "£525,100.50"),
        ("ask capital 2026-27 | k", "-£58k"),
        ("ask capital 2026-27 | k unsigned", "£58k"),
        ("required | k1", "£605.1k"),
        ("change HMS-04 | k", "£375k"),
        ("headline HMS-06 revenue | k", "£448k"),
        ("discounts|k", "£60k"),
        ("interim", "£0"),
    ],
)
def test_a_figure_comes_to_what_the_ledger_says(written, shown):
    asked = parse(written)
    assert isinstance(asked, FigureReference)
    assert work_out(asked, LEDGER).shown == shown


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("aproved", "Did you mean “approved”?"),
        ("approved capitl", "Did you mean “capital”?"),
        ("paragrph:p1", "Did you mean “paragraph”?"),
        ("approved | thousands", "is no unit"),
        ("approved 2023-25", "not one year"),
        ("approved 2026-27 to 2023-24", "last year comes before the first"),
        ("approved as at yesterday", "write the date as 2023-03-31"),
        ("spent from ICT", "spent is not split by source"),
        ("change", "names no budget change"),
        ('approved "ICT"', "write from before the source"),
        ("paragraph:", "names no paragraph"),
        ("insert:funding capital", "leave out the rest"),
        ("", "is no figure"),
        ("approved from", "ends before the source"),
    ],
)
def test_what_cannot_be_read_says_what_to_write(written, says):
    with pytest.raises(ReferenceProblem) as problem:
        parse(written)
    assert says in str(problem.value)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("change HMS-4", "Did you mean “HMS-04”?"),
        ("headline HMS-06", "stated for capital or revenue; say which"),
        ("headline HMS-04", "No headline is recorded"),
        ('approved from "Receits"', "Did you mean “Receipts”?"),
    ],
)
def test_what_the_ledger_does_not_hold_offers_the_nearest(written, says):
    asked = parse(written)
    with pytest.raises(ReferenceProblem) as problem:
        work_out(asked, LEDGER)  # type: ignore[arg-type]
    assert says in str(problem.value)


def test_other_references():
    assert parse("paragraph:p8") == LiveReference("paragraph", "p8", "paragraph:p8")
    insert = parse("insert:funding 2023-24 to 2026-27 called second")
    assert isinstance(insert, Insert)
    assert (insert.name, insert.label, insert.first, insert.last) == (
        "funding",
        "second",
        Y(2023),
        Y(2026),
    )


@pytest.mark.parametrize(
    ("amount", "unit", "shown"),
    [
        ("497400", "k", "£497k"),
        ("497500", "k", "£498k"),
        ("497400", "k1", "£497.4k"),
        ("1700000", "million", "£1.7 million"),
        ("2925000", "m", "£2.925m"),
        ("2925000", "m1", "£2.9m"),
        ("2950000", "m1", "£3.0m"),
        ("3000000", "million", "£3 million"),
        ("-6800", "k1", "-£6.8k"),
        ("-400", "k", "£0k"),
        ("1234567.89", "£", "£1,234,567.89"),
        ("375000", "", "£375k"),
    ],
)
def test_amounts_are_rounded_once_and_half_up(amount, unit, shown):
    assert show(Decimal(amount), unit) == shown
