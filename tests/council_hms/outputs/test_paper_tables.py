"""Tables of words on paper and in a workbook: no word is broken, nothing runs over what stands beside it."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import docx as python_docx
import openpyxl
import pypdfium2
from docx.shared import Pt

from council_hms.document import Document, Facts, GridBlock, Heading, PageBreak, Paragraph, plain
from council_hms.grid import Cell, Column, Grid, Row
from council_hms.outputs import Style, docx, draw_here, pdf
from council_hms.outputs.paper import allotted, stretches, widths
from tests.council_hms.outputs.appendix_3 import appendix_3
from tests.council_hms.outputs.readers import libreoffice, soffice

SAID = "No order above the approved budget without the finance officer; report to Council by July"


def register(rows: int = 6) -> Grid:
    """A risk register: short references and scores, long words on risks, owners and controls."""
    return Grid(
        caption="Risk register",
        row_heading="Reference",
        columns=[
            Column("risk", "Risk"),
            Column("owner", "Owner"),
            Column("gross", "Gross"),
            Column("current", "Current"),
            Column("controls", "Controls"),
        ],
        rows=[
            Row(
                f"r{at}",
                f"R{at}",
                {
                    "risk": Cell("Spending goes on before the formal approval of Council"),
                    "owner": Cell("Head of Law and Governance"),
                    "gross": Cell("20 High"),
                    "current": Cell("12 Medium"),
                    "controls": Cell(f"{SAID}. {SAID}."),
                },
            )
            for at in range(1, rows + 1)
        ],
    )


def test_columns_share_the_page_by_what_they_say_and_break_no_word():
    reference, risk, owner, gross, current, controls = allotted(widths(register()), 100)
    assert controls > risk > owner > gross
    assert reference > len("Reference")
    assert gross > len("20 High")
    assert current > len("12 Medium")
    assert owner > len("Governance")
    assert sum([reference, risk, owner, gross, current, controls]) <= 100


def test_what_is_no_word_does_not_take_the_page_from_the_others():
    grid = register(1)
    endless = {**grid.rows[0].cells, "risk": Cell("long" * 60)}
    shares = allotted(widths(replace(grid, rows=[Row("r1", "R1", endless)])), 100)
    assert max(shares) < 50


def test_no_word_of_a_register_is_broken_or_printed_over_another_in_a_pdf():
    made = pypdfium2.PdfDocument(pdf.document_file(Document("T", [GridBlock(register())]), Style()))
    text = " ".join(page.get_textpage().get_text_range() for page in made)
    words = set(re.findall(r"\w+", text))
    assert {"Reference", "Governance", "Medium", "Controls", "Spending"} <= words


@libreoffice
def test_no_word_of_a_register_is_broken_in_word():
    word = docx.document_file(Document("T", [GridBlock(register())]), Style())
    made = pypdfium2.PdfDocument(soffice(word, "docx", "pdf")["in.pdf"])
    text = " ".join(page.get_textpage().get_text_range() for page in made)
    words = set(re.findall(r"\w+", text))
    assert {"Reference", "Governance", "Medium", "Controls", "Spending"} <= words


def test_a_register_has_a_landscape_page_with_what_opens_its_appendix():
    opening = [PageBreak(), Heading("Appendix 5"), Paragraph(plain("The register is below."))]
    before = Paragraph(plain("The report."))
    first, turned = stretches([before, *opening, GridBlock(register())])
    assert list(first.blocks) == [before]
    assert turned.landscape
    assert [type(block) for block in turned.blocks] == [Heading, Paragraph, GridBlock]
    # words in the middle of a report stay where they are
    first, _ = stretches([Heading("Budget"), before, GridBlock(appendix_3())])
    assert list(first.blocks) == [Heading("Budget"), before]


def test_rows_of_a_workbook_are_as_high_as_their_words():
    sheet = openpyxl.load_workbook(io.BytesIO(draw_here(register(2), "xlsx", Style()))).worksheets[
        0
    ]
    head = next(cell.row for cell in sheet["A"] if cell.value == "Reference")
    width = sheet.column_dimensions["F"].width
    lines = len(f"{SAID}. {SAID}.") / width
    assert sheet.row_dimensions[head + 1].height >= 15 * lines
    assert sheet.column_dimensions["A"].width > len("Reference")
    # a table of figures keeps the height that the program gives
    figures = openpyxl.load_workbook(
        io.BytesIO(draw_here(appendix_3(), "xlsx", Style()))
    ).worksheets[0]
    assert all(row.height is None or row.height <= 30 for row in figures.row_dimensions.values())


def test_a_paper_that_ends_with_a_table_does_not_end_with_an_empty_page():
    """What Word wants after a last table has no height, or it would go to a page of its own."""
    for last in (Facts([("Reference", plain("R-1"))]), GridBlock(register())):
        opened = python_docx.Document(
            io.BytesIO(docx.document_file(Document("T", [last]), Style()))
        )
        after = opened.paragraphs[-1]
        assert after._p.getprevious().tag.endswith("}tbl")
        assert after.paragraph_format.line_spacing == Pt(1)
        assert after.paragraph_format.space_after == 0
