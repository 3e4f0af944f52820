"""The source report is read alike whatever form it comes in: facts, recommendations, paragraphs, the funding table."""

from __future__ import annotations

import pytest

from reports.checking.paper import Paper, Prose, ProseKind, Table
from reports.checking.reading import from_document
from reports.checking.reading.reader import kind_of, read_here
from tests.reports.checking import forms
from tests.source_report import APPENDIX_3, YEARS

K = ProseKind
EVERY_FORM = pytest.mark.parametrize("form", [*forms.FORMS, "our own draft"])


def read(form: str) -> Paper:
    if form == "our own draft":
        return from_document(forms.as_document())
    content, name = forms.FORMS[form]()
    return read_here(content, kind_of(content, name))


def prose(paper: Paper, kind: ProseKind) -> list[Prose]:
    return [block for block in paper.blocks if isinstance(block, Prose) and block.kind is kind]


def funding(paper: Paper) -> Table:
    found = [
        block for block in paper.blocks if isinstance(block, Table) and len(block.rows[0]) == 9
    ]
    assert len(found) == 1
    return found[0]


@EVERY_FORM
def test_header_facts_are_told_with_their_labels(form):
    paper = read(form)
    facts = {fact.label: fact.text for fact in prose(paper, K.FACT)}
    assert facts["Key decision"] == "No"
    assert facts["Date"] == "14 June 2023"
    assert facts["Policy Framework"] == "Council Strategy 2020-24 and Budget"
    assert facts["Purpose of report"].startswith("To update members on the lessons learned")
    assert paper.title == "Housing Management System Implementation"


@EVERY_FORM
def test_recommendations_are_told_from_paragraphs(form):
    recommended = prose(read(form), K.RECOMMENDATION)
    assert [each.number for each in recommended] == ["1", "2", "3", "4"]
    assert "£497k of capital and £97k of revenue" in recommended[3].text


@EVERY_FORM
def test_paragraphs_keep_their_numbers_and_sections(form):
    paper = read(form)
    numbered = {each.number: each for each in prose(paper, K.PARAGRAPH) if each.number}
    assert list(numbered) == [str(number) for number in range(1, 18)]
    assert numbered["8"].text.startswith("Spend up to 31-3-2023 amounts to £3.188 million")
    assert numbered["8"].text.endswith("mitigate these additional costs.")
    assert numbered["12"].section == "Financial Implications"
    points = [each.number for each in prose(paper, K.BULLET) if each.number]
    assert points[0] == "4a"


@EVERY_FORM
def test_every_cell_of_the_funding_table_stands_in_its_place(form):
    rows = funding(read(form)).rows
    years = next(row for row in rows if YEARS[0] in row[1].text)
    assert [cell.text.split()[-1 if form != "Markdown" else 1] for cell in years[1:]] == YEARS * 2
    by_label = {row[0].text.lower(): row for row in rows}
    for label, printed in APPENDIX_3.items():
        got = [cell.text.replace(" ", "") for cell in by_label[label.lower()][1:]]
        assert [text.replace("112.0", "112") for text in got] == [
            text.replace("112.0", "112") for text in printed
        ]
    upper = next(row for row in rows if any("Capital" in cell.text for cell in row))
    assert any("Revenue" in cell.text for cell in upper)


@EVERY_FORM
def test_the_funding_table_has_its_caption_and_unit(form):
    paper = read(form)
    table = funding(paper)
    said = table.caption + "".join(cell.text for row in table.rows[:3] for cell in row)
    assert "resource required for ql exploitation" in said.lower()
    assert "£000" in said


def test_the_damage_of_extraction_is_mended_and_said():
    paper = read("damaged text")
    said = [each.reason for each in paper.unread]
    assert any("The minus sign after 40.4 is read as that of 58.0" in reason for reason in said)
    assert any("“Capita” and “al” in two cells are read as “Capital”" in reason for reason in said)
    place = next(each.place for each in paper.unread if "minus sign" in each.reason)
    assert place is not None
    assert funding(paper).rows[place.row][place.column].text == "-58.0"


def test_a_pdf_knows_its_pages():
    paper = read("PDF")
    pages = [block.page for block in paper.blocks]
    assert pages == sorted(pages)
    assert pages[-1] >= 4


def test_merged_heads_keep_how_far_they_reach():
    for form in ("Word as typed", "web page", "PDF", "our own draft"):
        upper = next(
            row for row in funding(read(form)).rows if any(cell.text == "Capital" for cell in row)
        )
        capital = next(cell for cell in upper if cell.text == "Capital")
        assert capital.across == 4, form
