"""One registry of formats, one way to answer with a file, and what happens when a file cannot be made."""

from __future__ import annotations

import io
import re
import time
import zipfile

import openpyxl
import pypdfium2
import pytest

from council_hms.document import Document, Paragraph, plain
from council_hms.grid import Format
from council_hms.outputs import (
    FORMATS,
    OutputError,
    Style,
    child,
    formats_for,
    render,
    respond,
    stream,
)
from tests.council_hms.outputs.appendix_3 import appendix_3
from tests.council_hms.outputs.papers import cabinet_report


def test_every_format_draws_a_table_and_most_a_paper():
    assert list(FORMATS) == ["html", "xlsx", "csv", "json", "docx", "pdf"]
    for suffix in FORMATS:
        assert render(appendix_3(), suffix)
    for each in formats_for(cabinet_report()):
        assert render(cabinet_report(), each.suffix)
    assert "csv" not in [each.suffix for each in formats_for(cabinet_report())]


def test_several_tables_share_a_file():
    book = openpyxl.load_workbook(io.BytesIO(render([appendix_3(), appendix_3()], "xlsx")))
    assert book.sheetnames == ["Appendix 3", "Appendix 3 (2)", "Notes"]
    assert len(pypdfium2.PdfDocument(render([appendix_3(), appendix_3()], "pdf"))) == 2


def test_the_answer_is_a_download_that_no_cache_keeps():
    response = respond(appendix_3(), "xlsx", "HMS funding table 2023-24")
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert (
        response["Content-Disposition"] == 'attachment; filename="hms-funding-table-2023-24.xlsx"'
    )
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("format", ["exe", "", "../pdf"])
def test_a_format_there_is_not_is_refused_in_words(format):
    with pytest.raises(OutputError, match="There is no format"):
        render(appendix_3(), format)
    with pytest.raises(OutputError, match="no table"):
        render([], "xlsx")


def test_no_file_carries_the_clock():
    for suffix in ("xlsx", "docx"):
        with zipfile.ZipFile(io.BytesIO(render(cabinet_report(), suffix))) as package:
            assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = package.read("docProps/core.xml").decode()
        assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2023-06-14T00:00:00Z"}
    dates = re.findall(rb"D:(\d{8})", render(cabinet_report(), "pdf"))
    assert set(dates) <= {b"20230614"}


def test_a_paper_too_big_for_its_limits_ends_the_child_and_not_us():
    began = time.monotonic()
    with pytest.raises(OutputError, match="took more time or memory"):
        child.draw(cabinet_report(), "pdf", Style(), limits=child.Limits(memory=120_000_000))
    endless = Document("T", [Paragraph(plain("words " * 400_000))])
    with pytest.raises(OutputError, match="took more time or memory"):
        child.draw(endless, "pdf", Style(), limits=child.Limits(processor=1, clock=20))
    with pytest.raises(OutputError, match="took more time or memory"):
        child.draw(endless, "pdf", Style(), limits=child.Limits(clock=1))
    assert time.monotonic() - began < 60


def test_what_went_wrong_in_the_child_is_told_in_its_words():
    with pytest.raises(OutputError, match="template cannot be read"):
        render(cabinet_report(), "docx", template=b"nothing")


def test_a_fault_of_ours_is_not_called_the_users(caplog):
    broken = Document(None, [])  # type: ignore[arg-type]
    with pytest.raises(OutputError, match="fault in this product"):
        render(broken, "pdf")
    assert "drawing pdf failed" in caplog.text


def test_a_child_gives_the_same_bytes_as_we_do():
    from council_hms.outputs import draw_here

    for suffix in ("pdf", "docx"):
        assert render(cabinet_report(), suffix) == draw_here(cabinet_report(), suffix, Style())


def test_a_list_goes_on_on_a_second_sheet():
    out = io.BytesIO()
    count = stream.xlsx_rows(
        [("Number", Format.COUNT)],
        ((place,) for place in range(25)),
        out,
        name="Lines",
        last_row=11,
    )
    book = openpyxl.load_workbook(out)
    assert (count, book.sheetnames) == (25, ["Lines", "Lines 2", "Lines 3"])
    values = [cell.value for page in book for cell in page["A"]]
    assert values == ["Number", *range(10), "Number", *range(10, 20), "Number", *range(20, 25)]
    first = book.worksheets[0]
    assert (first.freeze_panes, first.auto_filter.ref) == ("A2", "A1:A11")


def test_a_list_of_nothing_is_a_sheet_with_its_head():
    out = io.BytesIO()
    assert stream.xlsx_rows([("A", Format.TEXT)], [], out) == 0
    assert [cell.value for cell in openpyxl.load_workbook(out).worksheets[0]["A"]] == ["A"]
    again = io.BytesIO()
    stream.xlsx_rows([("A", Format.TEXT)], [], again)
    assert out.getvalue() == again.getvalue()
