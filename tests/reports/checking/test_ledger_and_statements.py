"""A report against the ledger, statements against each other, and the same answer for the same paper."""

import datetime as dt
from decimal import Decimal

from council_hms.financial_year import FinancialYear
from reports.checking.engine import check
from reports.checking.facts import Fact, Facts
from reports.checking.result import Status
from tests.reports.checking.papers import paper, table

LEDGER = Facts(
    as_at=dt.date(2023, 6, 14),
    facts=[
        Fact("HMS", "spent", "spend to 31 March 2023", Decimal(3_188_000), on=dt.date(2023, 3, 31)),
        Fact("HMS", "approved", "approved budget", Decimal(2_925_000)),
        Fact(
            "HMS",
            "ask",
            "capital ask 2023-24",
            Decimal(241_100),
            nature="capital",
            years=[FinancialYear(2023)],
        ),
    ],
)


def one(text, facts=LEDGER):
    result = check(paper(f"1. {text}"), facts)
    return next(one for one in result.figures if one.kind == "money"), result.findings


def test_a_figure_that_the_ledger_bears_out_agrees_with_it():
    figure, findings = one("The spend to 31 March 2023 was £3.188m.")
    assert figure.status is Status.AGREES
    assert "ledger" in figure.why
    assert not findings


def test_a_figure_near_the_ledgers_but_not_it_disagrees():
    figure, findings = one("The spend to 31 March 2023 was £3.118m.")
    assert figure.status is Status.DISAGREES
    assert [finding.id for finding in findings] == ["ledger.figure"]
    assert figure.expected == 3_188_000


def test_spend_to_another_date_is_another_figure():
    _, findings = one("The spend to 31 December 2022 was £3.018m.")
    assert not findings


def test_without_a_ledger_nothing_is_said():
    _, findings = one("The spend to 31 March 2023 was £3.118m.", facts=None)
    assert not findings


def test_two_statements_of_the_same_thing_that_differ_by_a_slip_stand_side_by_side():
    result = check(
        paper(
            "1. The net budget requirement for 2024/25 is £345.6m.",
            "2. As said above, the net budget requirement for 2024/25 is £354.6m.",
        )
    )
    assert [finding.id for finding in result.findings] == ["prose.contradiction"]
    assert len(result.findings[0].places) == 2


def test_the_same_thing_at_two_dates_may_differ():
    result = check(
        paper(
            "1. The general fund balance is £12.4m at 31 March 2023.",
            "2. The general fund balance is £14.2m at 31 March 2024.",
        )
    )
    assert not result.findings


def test_a_table_that_is_not_understood_is_said_to_be_unread_and_no_cell_is_blamed():
    jumbled = table("""
    Service | Budget £000 | Forecast £000 | Variance £000
    Parks   | 1,204       | 33            | 18,220
    Roads   | 87          | 45,120        | 3
    Homes   | 99,100      | 7             | 612
    Total   | 5           | 818           | 77
    """)
    result = check(paper(jumbled))
    assert not [figure for figure in result.figures if figure.status is Status.DISAGREES]


def test_the_same_paper_gives_the_same_answer():
    text = "1. Debt rose from £34.660m to £36.090m, an increase of £1.340m."
    assert check(paper(text), LEDGER) == check(paper(text), LEDGER)
