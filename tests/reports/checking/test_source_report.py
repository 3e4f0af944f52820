"""The source report, as its damaged text was read: what it gets wrong is found with nothing configured, and no more."""

from pathlib import Path

import pytest

from reports.checking.engine import check
from reports.checking.reading import read
from reports.checking.result import Status, Weight

TEXT = Path(__file__).parent / "source_report.txt"


@pytest.fixture(scope="module")
def result():
    return check(read(TEXT.read_bytes(), TEXT.name))


def statuses(result, printed, kind="money"):
    return [
        (figure.place.words, figure.status)
        for figure in result.figures
        if figure.printed == printed and figure.kind == kind and figure.place.table is None
    ]


def test_its_own_errors_are_found_and_nothing_else(result):
    assert sorted(finding.id for finding in result.findings) == sorted(
        [
            "match.sibling",  # £528k of capital, £538.0k in the table
            "story.excess",  # an extra £1.5m over £1.6m
            "story.original",  # £1.6m as the original budget
            "period.overrun",  # a "3 year" overrun of four and a half years
            "period.contract",  # discounts over three years, a contract with two to run
            "form.key-decision",  # "No", with £594k asked
            "form.exempt-paragraph",
            "form.appendix-unused",  # Appendix 5
            "form.recommendation",  # neither fund nor source: recommendations 3 and 4
            "form.recommendation",
        ]
    )
    assert {finding.id for finding in result.findings if finding.severity is Weight.ADVICE} == {
        "form.recommendation"
    }


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("match.sibling", ["£528k", "£538k", "£10k less"]),
        ("story.excess", ["£1.5 million", "£1.6 million", "£1.588m", "£1.7 million"]),
        ("story.original", ["£1.6 million", "£600k", "£1.7 million"]),
        ("period.overrun", ["3 year", "May 2018", "November 2022", "4½ years"]),
        ("period.contract", ["counts on 3 years,", "has 2 years to run"]),
        ("form.key-decision", ["No", "£594k", "£497k and £97k"]),
        ("form.exempt-paragraph", ["Appendices 1 and 4", "Schedule 12A"]),
        ("form.appendix-unused", ["Appendix 5"]),
    ],
)
def test_each_finding_says_what_stands_against_what(result, rule, words):
    text = next(finding.text for finding in result.findings if finding.id == rule)
    assert all(word in text for word in words), text


@pytest.mark.parametrize("printed", ["£263k", "£497k", "£97k", "£448k", "£112k", "£3.188 million"])
def test_the_sound_figures_are_confirmed(result, printed):
    found = statuses(result, printed)
    assert found
    assert {status for _, status in found} == {Status.AGREES}, found


@pytest.mark.parametrize(
    ("printed", "kind"),
    [("£528k", "money"), ("£1.5 million", "money"), ("£1.6 million", "money"), ("3 year", "years")],
)
def test_the_wrong_figures_disagree(result, printed, kind):
    assert {status for _, status in statuses(result, printed, kind)} == {Status.DISAGREES}


def test_every_cell_of_its_table_agrees(result):
    cells = [figure for figure in result.figures if figure.place.table is not None]
    assert len(cells) == 34
    assert {figure.status for figure in cells} == {Status.AGREES}


def test_a_correction_is_offered_where_it_makes_something_agree(result):
    offered = {finding.id: finding.suggestion for finding in result.findings if finding.suggestion}
    assert offered == {"match.sibling": "£538k", "story.excess": "£1.7 million"}
