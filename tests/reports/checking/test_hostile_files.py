"""Files that are broken, locked, huge or not what they say: refused with what to do, or read; never a fault."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
import pikepdf
import pytest

from reports.checking.paper import Prose, Table
from reports.checking.reading import ReadError, child, read
from reports.checking.reading.child import Limits
from tests.reports.checking import forms

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


def workbook(rows=(("Scheme", "2023-24"), ("Roof", 12.5))) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(content: bytes, part: str, change) -> bytes:
    """The packed file with one part changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text) if name == part else text)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", b" " * 301_000_000)
    return out.getvalue()


def locked_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(forms.as_output("pdf"))) as paper:
        paper.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def billion_laughs() -> bytes:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 30) for at in range(8)
    )
    document = (
        laughs
        + b']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        + b"<w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>"
    )
    return changed(forms.as_word(), "word/document.xml", lambda _: document)


REFUSED = {
    "empty": (b"", "a.docx", "empty"),
    "only spaces": (b" \n ", "a.txt", "empty"),
    "zip bomb": (bomb, "a.docx", "larger than"),
    "truncated Word": (lambda: forms.as_word()[:9000], "a.docx", "damaged or not complete"),
    "truncated workbook": (lambda: workbook()[:3000], "a.xlsx", "damaged or not complete"),
    "truncated PDF": (lambda: forms.as_output("pdf")[:400], "a.pdf", "damaged or not complete"),
    "locked PDF": (locked_pdf, "a.pdf", "password"),
    "locked Word": (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "password"),
    "old Word": (OLE + "WordDocument".encode("utf-16-le"), "a.doc", "Save it as .docx"),
    "broken old workbook": (
        OLE + "Workbook".encode("utf-16-le"),
        "a.xls",
        "damaged or not complete",
    ),
    "rich text": (b"{\\rtf1 Hello}", "a.docx", "save it as .docx"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "a.pdf", "picture"),
    "program": (b"MZ\x90\x00\x03" + bytes(range(32)) * 40, "a.txt", "not a text file"),
    "laughing entities": (billion_laughs, "a.docx", ""),
    "Word without its text": (
        lambda: changed(forms.as_word(), "word/document.xml", lambda _: b"<broken"),
        "a.docx",
        "damaged",
    ),
    "page without text": (b"<!DOCTYPE html><html><body></body></html>", "a.html", "No text"),
    "another packed file": (
        lambda: changed(forms.as_word(), "x", lambda text: text).replace(
            b"word/document", b"note/document"
        ),
        "a.docx",
        "none of the kinds",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(case):
    content, name, words = REFUSED[case]
    with pytest.raises(ReadError) as refused:
        read(content() if callable(content) else content, name)
    assert words in str(refused.value)
    assert str(refused.value)[:1].isupper()
    assert str(refused.value).rstrip()[-1] in ".)"


def test_a_workbook_that_claims_seventeen_billion_cells_is_read_by_what_it_holds():
    claim = changed(
        workbook(),
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'),
    )
    paper = read(claim, "a.xlsx")
    table = next(block for block in paper.blocks if isinstance(block, Table))
    assert [cell.text for cell in table.rows[1]] == ["Roof", "12.5"]


def test_a_cell_far_away_does_not_make_a_sheet_too_large():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"], book.active["A2"], book.active["B2"] = (
        "Scheme",
        "2023-24",
        "Roof",
        5,
    )
    book.active["XFD1048576"] = "stray"
    out = io.BytesIO()
    book.save(out)
    paper = read(out.getvalue(), "a.xlsx")
    assert [cell.text for cell in paper.blocks[0].rows[1]] == ["Roof", "5"]


def test_what_is_inside_counts_and_not_the_name():
    assert read(forms.as_word(), "report.pdf").format == "docx"
    assert read(forms.as_output("pdf"), "report.docx").format == "pdf"
    assert read(workbook(), "report.csv").format == "xlsx"


def test_scripts_of_a_page_are_not_read():
    page = b"""<!DOCTYPE html><html><head><script>var x = "\xc2\xa3999k"</script></head><body onload="alert(1)">
    <p>Spend is \xc2\xa3263k.</p><script>document.write('\xc2\xa3999k')</script>
    <div style="display:none">\xc2\xa3888k</div><iframe src="http://example.com"></iframe></body></html>"""
    paper = read(page, "a.html")
    assert [block.text for block in paper.blocks if isinstance(block, Prose)] == ["Spend is £263k."]
    assert any("£888k" in each.reason for each in paper.unread)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8-sig", b""), ("utf-16", b""), ("utf-16-le", b""), ("cp1252", b"")],
)
def test_text_of_any_common_encoding_is_read(encoding, mark):
    text = "Introduction\n\n1. Spend of £263k – “ahead” of approval is reported to the Cabinet in full.\n"
    paper = read(text.encode(encoding), "report.txt")
    assert "£263k – “ahead”" in paper.blocks[-1].text


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_csv_of_any_common_delimiter_is_read(mark):
    lines = [
        ["Scheme", "2023-24", "2024-25"],
        ["Roof, main", "1.5", "2.0"],
        ["Total", "1.5", "2.0"],
    ]
    text = "\r\n".join(mark.join(f'"{cell}"' for cell in line) for line in lines)
    table = read(text.encode("cp1252"), "figures.csv").blocks[0]
    assert [[cell.text for cell in row] for row in table.rows] == lines


def test_a_file_that_takes_too_long_or_too_much_ends_its_own_process_alone():
    pages = b"<html><body>" + b"<table>" + b"<tr><td>1</td></tr>" * 200_000
    with pytest.raises(ReadError, match="more time or memory"):
        child.read(pages, "html", limits=Limits(memory=120_000_000, processor=2, clock=20))


def test_macros_of_a_workbook_are_left_alone():
    out = io.BytesIO()
    content = workbook()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/vbaProject.bin", OLE)
    assert read(out.getvalue(), "a.xlsm").format == "xlsx"


def test_deep_and_odd_word_files_end_in_an_answer():
    made = docx.Document()
    cell = made.add_table(1, 1).cell(0, 0)
    for _ in range(60):
        cell = cell.add_table(1, 1).cell(0, 0)
    cell.text = "£5k at the bottom"
    out = io.BytesIO()
    made.save(out)
    paper = read(out.getvalue(), "deep.docx")
    assert "£5k at the bottom" in str(paper.blocks)
