"""Every hostile word in every place for words, in every format, read back by other people's programs."""

from __future__ import annotations

import csv as csv_module
import io
import re
import zipfile
from decimal import Decimal

import docx as python_docx
import openpyxl
import pypdfium2
import python_calamine
from lxml import etree
from lxml import html as lxml_html

from council_hms.document import (
    Bullets,
    Document,
    Facts,
    GridBlock,
    Heading,
    Paragraph,
    Picture,
    Span,
    plain,
)
from council_hms.grid import Cell, Column, Format, Grid, Row, Sum
from council_hms.outputs import Style, csv, docx, file_name, html, pdf, render
from council_hms.outputs.shown import printable
from council_hms.outputs.stream import xlsx_rows
from tests.council_hms.outputs.papers import CHART
from tests.council_hms.outputs.payloads import PAYLOADS
from tests.council_hms.outputs.readers import libreoffice, soffice

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def hostile_grid() -> Grid:
    """Each payload as a row's label, a cell of words, a remark; some as heads, notes and names."""
    rows = [
        Row(
            f"r{place}",
            words,
            {
                "words": Cell(words, note=words[:50]),
                "money": Cell(Decimal(1000)),
                "any": Cell(words),
            },
        )
        for place, words in enumerate(PAYLOADS)
    ]
    total = Row(
        "total",
        "Total",
        {"money": Cell(Decimal(1000) * len(PAYLOADS))},
        casts=Sum(tuple(row.key for row in rows)),
    )
    return Grid(
        caption="=1+1 <b>]]>\x00",
        columns=[
            Column("words", "=words()"),
            Column("money", "@money", Format.MONEY, "+group"),
            Column("any", "-any", Format.MONEY, "+group"),
        ],
        rows=[*rows, total],
        row_heading="=head",
        notes=PAYLOADS,
        about=[(words, words) for words in PAYLOADS],
        name="=name",
    )


def hostile_paper() -> Document:
    return Document(
        title="=1+1 <b>]]>\x00 #panic()",
        blocks=[
            *(Heading(words[:200], 2, words[:60]) for words in PAYLOADS),
            *(
                Paragraph(
                    (Span(words, bold=True, href=words[:200], figure=words[:20]),),
                    words[:20],
                    words[:60],
                )
                for words in PAYLOADS
            ),
            Bullets([plain(words) for words in PAYLOADS]),
            Bullets([plain(words) for words in PAYLOADS], marks=[words[:5] for words in PAYLOADS]),
            Facts([(words[:100], plain(words)) for words in PAYLOADS], "]]>"),
            GridBlock(hostile_grid(), "=Table", "<anchor>"),
            Picture(CHART, "<b>\x00alt ]]>", "=caption"),
        ],
        author="=author",
        council="&D&P",
        reference="<ref>",
        marking="=Exempt <not> ]]>",
        about=[(words[:100], words) for words in PAYLOADS],
    )


def test_there_are_enough():
    assert len(set(PAYLOADS)) >= 60


def formula_cells(workbook: bytes) -> list[str]:
    """Every formula there is in the file itself, whatever a reader makes of it."""
    found = []
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/"):
                found += [
                    each.text for each in etree.fromstring(package.read(name)).iter(f"{MAIN}f")
                ]
    return found


def test_a_workbook_holds_our_formulas_and_no_other():
    workbook = render(hostile_grid(), "xlsx", Style(council="&D&P" * 40, marking="&F=1"))
    last = 4 + len(PAYLOADS)
    assert formula_cells(workbook) == [f"SUM(C5:C{last})"]
    # openpyxl
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    types = [cell.data_type for page in book for row in page.iter_rows() for cell in row]
    assert types.count("f") == 1
    column = [cell.value for cell in book.worksheets[0]["B"]][4 : 4 + len(PAYLOADS)]
    for words, read in zip(PAYLOADS, column, strict=True):
        assert same(read, words), words
    # calamine
    rows = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook))
        .get_sheet_by_index(0)
        .to_python()
    )
    for words, row in zip(PAYLOADS, rows[4:], strict=False):
        assert same(row[1], words), words


def same(read: object, words: str) -> bool:
    """What a reader gives back is what was written, but for characters that no file may hold and line ends."""

    def flat(text: str) -> str:
        return printable(text).replace("\r\n", "\n").replace("\r", "\n")

    return flat(str(read or "")) == flat(words)


@libreoffice
def test_libreoffice_finds_no_other_formula_either():
    workbook = render(hostile_grid(), "xlsx")
    again = soffice(workbook, "xlsx", "xlsx")["in.xlsx"]
    assert len(formula_cells(again)) == 1
    book = openpyxl.load_workbook(io.BytesIO(again), data_only=True)
    assert book.worksheets[0].cell(row=5 + len(PAYLOADS), column=3).value == 1000 * len(PAYLOADS)


def test_a_streamed_workbook_holds_no_formula():
    out = io.BytesIO()
    xlsx_rows(
        [("=head", Format.TEXT), ("n", Format.MONEY)],
        ((words, words) for words in PAYLOADS),
        out,
        name="=x",
    )
    assert formula_cells(out.getvalue()) == []
    column = [cell.value for cell in openpyxl.load_workbook(out).worksheets[0]["A"]][1:]
    for words, read in zip(PAYLOADS, column, strict=True):
        # openpyxl leaves Excel's escape of "_x003D_" in words that stand in the cell itself
        assert same(str(read or "").replace("_x005F_", "_"), words), words
    out.seek(0)
    rows = python_calamine.CalamineWorkbook.from_filelike(out).get_sheet_by_index(0).to_python()
    assert [same(row[0], words) for row, words in zip(rows[1:], PAYLOADS, strict=True)].count(
        False
    ) == 0


def test_csv_gives_no_spreadsheet_a_formula_and_gives_the_words_back():
    content = render(hostile_grid(), "csv").decode("utf-8-sig")
    rows = list(csv_module.reader(io.StringIO(content, newline="")))
    dangerous = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")
    for row in rows:
        for place, cell in enumerate(row):
            assert place == 2 or not dangerous.match(cell), cell
    for words, row in zip(PAYLOADS, rows[1:], strict=False):
        assert csv.as_typed(row[0]) == printable(words)
        assert csv.as_typed(row[1]) == printable(words)


@libreoffice
def test_libreoffice_makes_no_formula_of_the_csv():
    again = soffice(render(hostile_grid(), "csv"), "csv", "xlsx")["in.xlsx"]
    assert formula_cells(again) == []


def test_a_page_holds_words_only():
    for page in (str(html.document(hostile_paper())), render(hostile_paper(), "html").decode()):
        tree = lxml_html.fromstring(page)
        # the chart brings its own svg; nothing else may
        assert not tree.xpath(
            "//script | //b | //iframe | //object | //img[not(@alt)] | //*[@onload or @onerror]"
        )
        assert len(tree.xpath("//*[local-name()='svg']")) <= 1
        for link in tree.iter("a"):
            assert re.match(r"(https?:|mailto:|/|#|\?)", link.get("href")), link.get("href")
        said = tree.text_content()
        for words in PAYLOADS:
            assert printable(words).replace("\r", "").strip() in said.replace("\r", ""), words


def test_a_word_file_opens_and_says_the_words():
    word = docx.document_file(hostile_paper(), Style())
    opened = python_docx.Document(io.BytesIO(word))
    paragraphs = [each.text for each in opened.paragraphs]
    said = "\n".join(paragraphs)
    for words in PAYLOADS:
        expected = printable(words).replace("\r\n", "\n").replace("\r", "\n")
        assert expected in said, words
    with zipfile.ZipFile(io.BytesIO(word)) as package:
        everything = b"".join(
            package.read(name) for name in package.namelist() if name.endswith(".xml")
        )
    # the only fields are the page numbers at the foot
    assert set(re.findall(rb'w:instr="([^"]*)"', everything)) == {b"PAGE", b"NUMPAGES"}
    assert b"instrText" not in everything


@libreoffice
def test_libreoffice_opens_the_hostile_word_file():
    made = soffice(docx.document_file(hostile_paper(), Style()), "docx", "pdf")["in.pdf"]
    assert "=Exempt <not>" in pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()


def test_a_pdf_is_drawn_and_says_the_words():
    made = pdf.document_file(hostile_paper(), Style())
    pages = pypdfium2.PdfDocument(made)
    said = "".join(page.get_textpage().get_text_range() for page in pages)
    for words in (
        '#read("/etc/passwd")',
        '#panic("no")',
        "$ x^2 $",
        "{{ 7*7 }}",
        "<script>alert(1)</script>",
    ):
        assert words in said
    assert "root:x:" not in said


def test_a_file_name_is_tame():
    for words in PAYLOADS:
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,99}\.pdf", file_name(words, "pdf")), words
    assert file_name("HMS funding table 14/6/2023", "xlsx") == "hms-funding-table-14-6-2023.xlsx"
