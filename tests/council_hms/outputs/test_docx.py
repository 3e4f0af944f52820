"""The Word file: what Word, LibreOffice, a screen reader and the next author find in it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import zipfile

import docx as python_docx
import pypdfium2
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from council_hms.document import Document, GridBlock, Heading, Paragraph, plain
from council_hms.outputs import OutputError, Style, docx, draw_here
from tests.council_hms.outputs.appendix_3 import appendix_3
from tests.council_hms.outputs.papers import cabinet_report
from tests.council_hms.outputs.readers import assert_printed, docx_rows, libreoffice, soffice


def drawn(
    paper: Document, template: bytes | None = None
) -> tuple[bytes, python_docx.document.Document]:
    word = docx.document_file(paper, Style(council="Example Council"), template)
    return word, python_docx.Document(io.BytesIO(word))


def part(word: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(word)) as package:
        return package.read(name).decode()


def test_appendix_3_reads_as_the_paper_prints_it():
    word, _ = drawn(cabinet_report())
    assert_printed(docx_rows(word, 1))
    assert_printed(docx_rows(draw_here(appendix_3(), "docx", Style())))


def test_headings_are_real_and_in_order():
    _, opened = drawn(cabinet_report())
    headings = [
        (each.style.name, each.text)
        for each in opened.paragraphs
        if each.style.name.startswith("Heading")
    ]
    assert headings[0] == ("Heading 1", "Housing management system: request for resources")
    assert headings[1] == ("Heading 2", "Recommendations")
    assert ("Heading 3", "A part of a part") in headings


def test_paragraphs_are_numbered_by_word_with_the_papers_numbers():
    word, opened = drawn(cabinet_report())
    numbered = [each for each in opened.paragraphs if each.text.startswith("The programme began")]
    lists = {each._p.pPr.numPr.numId.val for each in numbered}
    assert len(lists) == 1
    assert "The programme began in 2011." in [each.text for each in numbered]
    numbering = part(word, "word/numbering.xml")
    assert f'<w:num w:numId="{lists.pop()}"' in numbering
    # every list starts where the paper's numbers do
    broken = Document(
        "T",
        [Paragraph(plain("x"), "7."), Paragraph(plain("y"), "8."), Paragraph(plain("z"), "12.")],
    )
    numbering = part(drawn(broken)[0], "word/numbering.xml")
    assert re.findall(r'startOverride w:val="(\d+)"', numbering) == ["7", "12"]


def test_a_number_of_another_kind_is_printed_as_it_is():
    _, opened = drawn(Document("T", [Paragraph(plain("Words"), "2.1")]))
    assert opened.paragraphs[-1].text == "2.1\tWords"


def test_tables_say_what_they_are_and_repeat_their_heads():
    _, opened = drawn(cabinet_report())
    table = opened.tables[1]._tbl
    properties = table.tblPr
    assert properties.find(qn("w:tblCaption")).get(qn("w:val")).startswith("Table 1: Housing")
    assert "£000" in properties.find(qn("w:tblDescription")).get(qn("w:val"))
    heads = [row.trPr.find(qn("w:tblHeader")) is not None for row in table.tr_lst]
    assert heads == [True, True, *[False] * 7]
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in table.tr_lst)
    # every row has as many columns as the table
    for row in table.tr_lst:
        spans = [
            int(tc.tcPr.gridSpan.val) if tc.tcPr.gridSpan is not None else 1 for tc in row.tc_lst
        ]
        assert sum(spans) == 11


def test_a_wide_table_has_a_landscape_page_and_the_rest_stays_upright():
    _, opened = drawn(cabinet_report())
    turned = [section.orientation for section in opened.sections]
    assert turned == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    assert opened.sections[1].page_width > opened.sections[1].page_height
    _, alone = drawn(Document("T", [GridBlock(appendix_3())]))
    assert [section.orientation for section in alone.sections] == [WD_ORIENT.LANDSCAPE]


def test_the_marking_is_at_the_head_of_every_page_and_nowhere_in_a_public_paper():
    _, opened = drawn(cabinet_report("Exempt: not for publication"))
    for section in opened.sections:
        assert section.header.paragraphs[0].text == "Exempt: not for publication"
    public, _ = drawn(cabinet_report())
    assert "Exempt" not in "".join(part(public, name) for name in names(public))


def names(word: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(word)) as package:
        return [name for name in package.namelist() if name.endswith(".xml")]


def test_title_language_and_date_and_no_trace_of_how_it_was_made():
    word, opened = drawn(cabinet_report())
    properties = opened.core_properties
    assert properties.title == "Housing management system: request for resources"
    assert (properties.language, properties.subject) == ("en-GB", "HMS-2023-06-14")
    assert properties.created.date() == dt.date(2023, 6, 14)
    assert properties.author == "Director of Housing"
    assert not properties.comments
    assert 'w:lang w:val="en-GB"' in part(word, "word/styles.xml")
    assert "en-US" not in part(word, "word/styles.xml").replace('w:eastAsia="en-US"', "")
    assert opened.styles["Normal"].font.size.pt == 12
    assert opened.styles["Normal"].font.name == "Arial"


def test_pictures_links_and_anchors():
    word, _ = drawn(cabinet_report())
    body = part(word, "word/document.xml")
    assert 'descr="Spend ran ahead of approval by £263k"' in body
    assert 'w:anchor="a_p3"' in body
    assert 'w:name="a_p3"' in body
    assert "https://example.org/plan" in part(word, "word/_rels/document.xml.rels")


def test_the_same_paper_gives_the_same_bytes():
    assert drawn(cabinet_report("x"))[0] == drawn(cabinet_report("x"))[0]


def councils_template() -> bytes:
    """A council's own file: its header, its look of headings, a first page that differs, words to be replaced."""
    made = python_docx.Document()
    made.styles["Heading 2"].font.name = "Georgia"
    section = made.sections[0]
    section.header.paragraphs[0].text = "Example Council, Civic Centre"
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "Cabinet"
    made.add_paragraph("Type your report here")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_the_councils_own_template_keeps_its_look():
    _, opened = drawn(cabinet_report("Exempt"), councils_template())
    assert opened.styles["Heading 2"].font.name == "Georgia"
    first = opened.sections[0]
    assert [each.text for each in first.header.paragraphs] == [
        "Exempt",
        "Example Council, Civic Centre",
    ]
    assert [each.text for each in first.first_page_header.paragraphs] == ["Exempt", "Cabinet"]
    assert "Type your report here" not in [each.text for each in opened.paragraphs]
    assert opened.tables


def test_a_template_without_styles_or_lists_still_serves():
    made = python_docx.Document()
    for style in list(made.styles):
        if style.name in ("Heading 1", "Heading 2", "Caption", "List Bullet"):
            style.element.getparent().remove(style.element)
    part_of_lists = made.part
    for key, relation in list(part_of_lists.rels.items()):
        if relation.reltype.endswith("/numbering"):
            part_of_lists.rels.pop(key)
    out = io.BytesIO()
    made.save(out)
    _, opened = drawn(cabinet_report(), out.getvalue())
    assert opened.paragraphs[0].style.name == "Heading 1"


@pytest.mark.parametrize("template", [b"not a file", b"PK\x05\x06" + b"\x00" * 18])
def test_a_template_that_is_no_word_file_is_refused_in_words(template):
    with pytest.raises(OutputError, match="template cannot be read"):
        docx.document_file(cabinet_report(), Style(), template)


@libreoffice
def test_libreoffice_lays_out_the_whole_paper():
    word, _ = drawn(cabinet_report("Exempt: not for publication"))
    pages = pypdfium2.PdfDocument(soffice(word, "docx", "pdf")["in.pdf"])
    texts = [page.get_textpage().get_text_range() for page in pages]
    assert all("Exempt: not for publication" in text for text in texts)
    landscape = [page.get_width() > page.get_height() for page in pages]
    assert landscape.count(True) == 1
    table = texts[landscape.index(True)]
    for figure in ("605.1", "1,035.4", "-58.0", "497.4", "97.3"):
        assert figure in table
    assert re.search(r"5\.\s+The programme began in 2015\.", texts[0])
    assert f"Page 1 of {len(pages)}" in texts[0]


def test_a_table_of_nothing_and_a_paper_of_nothing():
    empty = dataclasses.replace(appendix_3(), rows=[], notes=())
    _, opened = drawn(Document("T", [GridBlock(empty)]))
    assert len(opened.tables[0]._tbl.tr_lst) == 2
    _, opened = drawn(Document("Only a title", []))
    assert [each.text for each in opened.paragraphs] == ["Only a title"]
    _, opened = drawn(Document("", [Heading("", 2)]))
    assert [each.text for each in opened.paragraphs] == ["Untitled"]
