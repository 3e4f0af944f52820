"""The form of a report: what is referred to is there, what is there is used, and what must be cited is cited."""

from decimal import Decimal

import pytest

from reports.checking.engine import check
from reports.checking.facts import Facts
from reports.checking.paper import Paper, Prose, ProseKind
from tests.reports.checking.papers import para, table


def fact(label, text):
    return Prose(text, ProseKind.FACT, label=label)


def recommendation(number, text):
    return Prose(text, ProseKind.RECOMMENDATION, number=number)


def rules(*blocks, facts=None):
    return [finding.id for finding in check(Paper(list(blocks)), facts).findings]


LIST = table("""
Appendix 1          | Options
Appendix 2 (Exempt) | Tender prices
""")
CITED = para(
    "Appendix 2 is exempt under paragraph 3 of Part 1 of Schedule 12A to the 1972 Act.", "2"
)


def test_appendices_that_are_listed_used_and_cited_raise_nothing():
    assert not rules(LIST, para("Appendix 1 sets out the options.", "1"), CITED)


def test_an_appendix_that_no_paragraph_refers_to():
    assert rules(LIST, CITED) == ["form.appendix-unused"]


def test_an_appendix_that_is_not_listed():
    assert rules(LIST, para("See Appendices 1 and 3.", "1"), CITED) == ["form.appendix-missing"]


def test_an_appendix_of_another_report_is_no_concern_of_this_one():
    assert not rules(
        LIST, para("Appendix 1 and Appendix 9 to the February report to Council.", "1"), CITED
    )


def test_an_exempt_appendix_without_its_paragraph_of_schedule_12a():
    assert rules(LIST, para("See Appendix 1 and the exempt Appendix 2.", "1")) == [
        "form.exempt-paragraph"
    ]


def test_annexes_with_letters_and_ranges_are_appendices_too():
    annexes = table("""
    Annex A | Risks
    Annex B | Options
    Annex C | Equality
    """)
    assert not rules(annexes, para("The detail is in Annexes A to C.", "1"))


NUMBERED = [para(f"Text of paragraph {number}.", str(number)) for number in range(1, 7)]


def test_a_paragraph_that_is_not_there():
    assert rules(*NUMBERED, para("As paragraph 9 says.", "7")) == ["form.paragraph-missing"]


@pytest.mark.parametrize(
    "text",
    [
        "As paragraphs 2 to 4 and paragraph 6 say.",
        "Under paragraph 12 of Schedule 12A to the Act.",
        "Paragraph 30 of the National Planning Policy Framework applies.",
        "NPPF paragraph 47 applies, as do Section 151 and Agenda Item 14 on page 93.",
    ],
)
def test_paragraphs_that_are_there_or_of_another_text(text):
    assert not rules(*NUMBERED, para(text, "7"))


def test_a_gap_in_the_numbers_may_be_the_readers_and_is_not_held_against_the_report():
    assert not rules(*NUMBERED[:2], *NUMBERED[3:], para("As paragraph 3 says.", "7"))


def test_a_key_decision_flag_against_what_is_asked():
    asked = recommendation("1", "Approve the award of the contract at £1.2m from the General Fund.")
    assert rules(fact("To", "Cabinet"), fact("Key decision", "No"), asked) == ["form.key-decision"]
    assert not rules(fact("To", "Cabinet"), fact("Key decision", "Yes"), asked)
    assert not rules(fact("To", "Audit Committee"), fact("Key decision", "No"), asked)


def test_the_councils_own_threshold_and_the_reports_come_before_the_supposed_one():
    asked = recommendation("1", "Approve the award of the contract at £300,000.")
    heads = fact("To", "Cabinet"), fact("Key decision", "No")
    assert not rules(*heads, asked)
    own = Facts(key_decision_thresholds=[("total", Decimal(250_000))])
    assert rules(*heads, asked, facts=own) == ["form.key-decision"]
    stated = para("A key decision is one with a value over £250,000.", "1")
    assert rules(*heads, asked, stated) == ["form.key-decision"]


def test_noting_a_sum_asks_for_nothing():
    noted = recommendation("1", "Note the forecast overspend of £3.2m.")
    assert not rules(fact("To", "Cabinet"), fact("Key decision", "No"), noted)


def test_a_recommendation_of_money_says_fund_kind_years_and_source():
    bare = recommendation("1", "Approve an additional budget of £263k.")
    assert rules(bare) == ["form.recommendation"]
    whole = recommendation(
        "1", "Approve an additional General Fund capital budget of £263k in 2024/25 from receipts."
    )
    assert not rules(whole)


def test_what_the_cited_paragraph_says_counts_for_the_recommendation():
    cited = recommendation(
        "1", "Approve an additional budget of £263k in 2024/25 as in paragraph 2."
    )
    told = para("It is HRA capital, met from the Major Repairs Reserve.", "2")
    assert not rules(cited, para("Purpose.", "1"), told)


def test_charges_are_not_budgets():
    assert not rules(recommendation("1", "Approve an increase of £5.00 in the band D council tax."))
