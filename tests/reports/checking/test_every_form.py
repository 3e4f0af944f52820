"""The source report, whatever form it comes in: its own errors found, its sound figures confirmed, nothing else."""

from __future__ import annotations

import pytest

from reports.checking.engine import check
from reports.checking.reading import from_document
from reports.checking.reading.reader import kind_of, read_here
from reports.checking.result import Status, Weight
from tests.reports.checking import forms

#: What the report gets wrong: rule, place, and a word of the finding.
ERRORS = {
    ("match.sibling", "paragraph 9", "£538k"),
    ("story.excess", "paragraph 12", "£1.5 million"),
    ("story.original", "paragraph 12", "£1.6 million"),
    ("period.overrun", "paragraph 12", "3 year"),
    ("period.contract", "paragraph 15", "2 years"),
    ("form.key-decision", "“Key decision”", "£594k"),
    ("form.exempt-paragraph", "table 1", "Schedule 12A"),
    ("form.appendix-unused", "table 1", "Appendix 5"),
}
#: What it gets right.
SOUND = ("£263k", "£497k", "£97k", "£448k", "£112k")


@pytest.mark.parametrize("form", [*forms.FORMS, "our own draft"])
def test_the_source_report_in_any_form(form):
    if form == "our own draft":
        paper = from_document(forms.as_document())
    else:
        content, name = forms.FORMS[form]()
        paper = read_here(content, kind_of(content, name))
    result = check(paper)
    serious = [each for each in result.findings if each.severity is not Weight.ADVICE]
    assert len(serious) == len(ERRORS)
    for rule, place, word in ERRORS:
        assert any(
            each.id == rule and each.place.words.startswith(place) and word in each.text
            for each in serious
        ), (rule, [(each.id, each.place.words, each.text) for each in serious])
    for printed in SOUND:
        statuses = {each.status for each in result.figures if each.printed == printed}
        assert statuses == {Status.AGREES}, printed
    cells = [
        each for each in result.figures if each.place.table is not None and each.kind == "money"
    ]
    assert len(cells) == 34
    assert {each.status for each in cells} == {Status.AGREES}
