"""The PDF: its tags, its heads, its pages and its bytes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from council_hms.document import Document, GridBlock, Heading, Paragraph, Picture, plain
from council_hms.grid import Cell, Row
from council_hms.outputs import OutputError, Style, draw_here, pdf
from council_hms.outputs.glyphs import printable_in_pdf
from tests.council_hms.outputs.appendix_3 import PRINTED, appendix_3
from tests.council_hms.outputs.papers import CHART, cabinet_report


def drawn(paper: Document) -> bytes:
    return pdf.document_file(paper, Style(council="Example Council"))


def pages(made: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made)]


def elements(made: bytes, kind: str) -> list[Any]:
    """The elements of the structure tree of a kind (``/TH``), in reading order."""
    opened = pikepdf.open(io.BytesIO(made))
    found: list[Any] = []

    def walk(element: Any) -> None:
        if str(element.get("/S", "")) == kind:
            found.append(element)
        for child in pdf._children(element):
            walk(child)

    walk(opened.Root.StructTreeRoot)
    found.append(opened)  # keeps the file open as long as its elements are looked at
    return found[:-1] if not found[:-1] else found


def scope(cell: Any) -> str:
    attributes = cell.get("/A")
    listed = list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]
    return next(str(each.Scope) for each in listed if each is not None and "/Scope" in each)


def test_appendix_3_reads_as_the_paper_prints_it():
    (page,) = pages(draw_here(appendix_3(), "pdf", Style()))
    flat = " ".join(page.split())
    for label, figures in PRINTED.items():
        printed = " ".join([label, *(each for each in figures if each)])
        assert printed in flat.replace(" (a)", ""), label


def test_one_landscape_page_holds_the_funding_table():
    made = pypdfium2.PdfDocument(drawn(cabinet_report()))
    turned = [page.get_width() > page.get_height() for page in made]
    assert turned.count(True) == 1
    text = made[turned.index(True)].get_textpage().get_text_range()
    assert "Table 1" in text
    assert "97.3" in text
    assert "Appendix 3" in text  # its heading goes with it


def test_heads_of_columns_and_of_rows_are_marked():
    made = drawn(cabinet_report())
    *heads, _ = elements(made, "/TH")
    scopes = [scope(cell) for cell in heads]
    # header facts and last facts: 2 + 1 row heads; table 1: 1 + 2 + 10 and 7 rows; table 2: 1 + 1 + 4 and 7 rows
    assert scopes.count("/Column") == 13 + 6
    assert scopes.count("/Row") == 2 + 7 + 7 + 1
    *rows, _ = elements(made, "/TR")
    for row in rows:
        kinds = [str(cell.S) for cell in pdf._children(row)]
        assert kinds[0] == "/TH", kinds


def test_the_checker_finds_nothing(tmp_path: Path):
    for name, paper in (("report", cabinet_report("Exempt")), ("plain", Document("T", []))):
        made = tmp_path / f"{name}.pdf"
        made.write_bytes(drawn(paper))
        command = [sys.executable, "-c", "from pdfua.cli import main; raise SystemExit(main())"]
        run = subprocess.run(
            [*command, "check", str(made)], capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout
        assert "PASS (no findings)" in run.stdout


def test_title_language_bookmarks_and_date():
    made = drawn(cabinet_report())
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert opened.docinfo["/Title"] == "Housing management system: request for resources"
        assert opened.Root.Lang == "en-GB"
        assert opened.Root.MarkInfo.Marked
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        with opened.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        assert str(opened.docinfo["/CreationDate"]).startswith("D:20230614")
        with opened.open_outline() as outline:
            (title,) = outline.root
            assert [each.title for each in title.children][:2] == ["Recommendations", "Background"]


def test_the_marking_is_on_every_page_and_on_none_of_a_public_paper():
    for page in pages(drawn(cabinet_report("Exempt: not for publication"))):
        assert page.count("Exempt: not for publication") == 2  # at the head and across
    assert "Exempt" not in "".join(pages(drawn(cabinet_report())))


def test_a_long_table_repeats_its_heads():
    grid = appendix_3()
    many = [Row(f"r{place}", f"Row {place}", grid.rows[0].cells) for place in range(90)]
    made = drawn(Document("Long", [GridBlock(dataclasses.replace(grid, rows=many))]))
    texts = pages(made)
    assert len(texts) > 2
    assert all("2026-27" in text for text in texts)
    *tables, _ = elements(made, "/Table")
    assert len(tables) == 1  # one table, however many pages


def test_the_same_paper_gives_the_same_bytes_in_another_process():
    script = (
        "import sys; from council_hms.outputs import Style, pdf, docx, xlsx;"
        "from tests.council_hms.outputs.papers import cabinet_report as paper;"
        "import hashlib; s = Style(council='Example Council');"
        "print(*[hashlib.sha256(m.document_file(paper('x'), s)).hexdigest() for m in (pdf, docx, xlsx)])"
    )
    root = Path(__file__).parents[3]
    runs = [
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Australia/Sydney"))
    ]
    assert runs[0] == runs[1]
    assert len(runs[0].split()) == 3


def test_a_picture_has_its_words_and_a_broken_one_is_refused_in_words():
    *figures, _ = elements(drawn(cabinet_report()), "/Figure")
    assert [str(each.Alt) for each in figures] == ["Spend ran ahead of approval by £263k"]
    with pytest.raises(OutputError, match="could not be drawn"):
        drawn(Document("T", [Picture("<svg", "words")]))
    with pytest.raises(OutputError, match="could not be drawn"):
        pdf.svg_as_png("not a drawing")
    assert pdf.svg_as_png(CHART).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "/etc/hostname", "http://192.0.2.1/x.png", "fonts/LICENCE.txt"],
)
def test_a_drawing_cannot_fetch_a_file(address):
    reaching = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        f'<image href="{address}" width="9" height="9"/></svg>'
    )
    with pytest.raises(OutputError, match="failed to load"):
        drawn(Document("T", [Picture(reaching, "words")]))
    with pytest.raises(OutputError, match="failed to load"):
        pdf.svg_as_png(reaching)


def test_words_the_font_lacks_leave_a_box_and_not_a_failure():
    assert printable_in_pdf("＝1 ﬁ") == "=1 fi" or printable_in_pdf("＝1 ﬁ") == "=1 ﬁ"
    assert printable_in_pdf("田中 🏠") == "□□ □"
    assert printable_in_pdf("Café – £5 “x” Ελλ Привет") == "Café – £5 “x” Ελλ Привет"
    text = pages(drawn(Document("田中", [Paragraph(plain("Written by 田中."))])))[0]
    assert "Written by □□." in text


def test_a_very_long_word_stays_on_the_page():
    made = pypdfium2.PdfDocument(drawn(Document("T", [Paragraph(plain("z" * 2_000))])))
    page = made[0]
    text = page.get_textpage()
    boxes = [text.get_charbox(place) for place in range(0, text.count_chars(), 50)]
    assert max(box[2] for box in boxes) < page.get_width() - 30
    assert re.sub(r"\s|\u200b|\ufffe", "", text.get_text_range()).count("z") == 2_000


def test_the_template_reads_data_only():
    data = pdf.as_data(Document("T", [Heading("#x", 2), GridBlock(appendix_3())]), Style())
    assert json.loads(json.dumps(data)) == data
    assert data["date"] is None
    dated = Document("T", [], date=dt.date(2023, 6, 14))
    assert pdf.as_data(dated, Style())["date"] == [2023, 6, 14]


def test_nothing_in_a_cell_is_source():
    grid = dataclasses.replace(
        appendix_3(),
        rows=[Row("r", '#panic("no")', {"capital-2023": Cell('#read("document.typ")')})],
    )
    (page,) = pages(drawn(Document("T", [GridBlock(grid)])))
    assert '#panic("no")' in page
    assert '#read("document.typ")' in page
