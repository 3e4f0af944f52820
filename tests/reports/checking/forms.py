"""The source report in its forms: as extraction left it, and as proper Word, web page, PDF and Markdown."""

from __future__ import annotations

import io
from decimal import Decimal
from functools import cache
from pathlib import Path

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from council_hms import document, outputs
from council_hms.grid import Cell as GridCell
from council_hms.grid import Column, Format, Grid, Row
from council_hms.money import Unit
from reports.checking.paper import Paper, Prose, ProseKind, Table
from reports.checking.reading.reader import read_here
from tests.source_report import APPENDIX_3, YEARS

TEXT = (Path(__file__).with_name("source_report.txt")).read_bytes()
K = ProseKind


@cache
def source() -> Paper:
    """The source report as read from its damaged text."""
    return read_here(TEXT, "txt")


def funding_table() -> Grid:
    """Appendix 3 as a proper table."""
    keys = [(nature, year) for nature in ("Capital", "Revenue") for year in YEARS]
    columns = [Column(f"{nature} {year}", year, Format.MONEY, nature) for nature, year in keys]
    rows = []
    for label, printed in APPENDIX_3.items():
        cells = {
            column.key: GridCell(Decimal("0") if text == "-" else Decimal(text) * 1000)
            for column, text in zip(columns, printed, strict=True)
            if text
        }
        rows.append(Row(label, label, cells))
    return Grid(
        "Resource required for QL exploitation 2023-24 to 2026-27 (£000)",
        columns,
        rows,
        unit=Unit.THOUSANDS,
    )


def _is_funding(table: Table) -> bool:
    return len(table.rows[0]) == 9


@cache
def as_document() -> document.Document:
    """The source report as a paper of the product's own."""
    blocks: list[document.Block] = []
    paper = source()
    pending: list[tuple[str, document.Text]] = []
    for block in paper.blocks:
        if (
            isinstance(block, Prose)
            and block.kind is K.FACT
            and not block.label.startswith("Recommend")
        ):
            pending.append((block.label, document.plain(block.text)))
            continue
        if pending:
            blocks.append(document.Facts(tuple(pending)))
            pending = []
        if isinstance(block, Table):
            if _is_funding(block):
                blocks.append(document.GridBlock(funding_table()))
                continue
            columns = [
                Column(str(at), "Implementation" if len(block.rows) > 6 else "Contents")
                for at in range(1, len(block.rows[0]))
            ]
            rows = [
                Row(
                    str(at),
                    row[0].text,
                    {
                        str(column): GridCell(cell.text)
                        for column, cell in enumerate(row[1:], start=1)
                    },
                )
                for at, row in enumerate(block.rows)
            ]
            blocks.append(document.GridBlock(Grid(block.caption or "Products", columns, rows)))
        elif block.kind is K.FACT:
            blocks.append(document.Heading("Recommendations"))
            blocks.append(document.Paragraph(document.plain(block.text)))
        elif block.kind is K.HEADING:
            blocks.append(document.Heading(block.text))
        elif block.kind is K.BULLET:
            mark = f"{block.number[-1]}." if block.number else ""
            blocks.append(document.Bullets((document.plain(block.text),), (mark,) if mark else ()))
        elif block.kind is not K.CAPTION:
            number = f"{block.number}." if block.number else ""
            blocks.append(document.Paragraph(document.plain(block.text), number))
    if pending:
        blocks.append(document.Facts(tuple(pending)))
    return document.Document(paper.title, blocks)


@cache
def as_output(format: str) -> bytes:
    """The source report as a file of the product's own: docx, pdf or html."""
    return outputs.render(as_document(), format)


@cache
def as_word() -> bytes:
    """The source report as an author types it in Word: automatic numbers, a table with merged heads."""
    made = docx.Document()
    made.add_paragraph("Agenda Item 14")
    numbers = _numbered_list(made)
    for block in source().blocks[1:]:
        if isinstance(block, Table):
            _word_table(made, block)
        elif block.kind is K.FACT:
            paragraph = made.add_paragraph()
            paragraph.add_run(f"{block.label}: ").bold = True
            paragraph.add_run(block.text)
            if block.label == "Recommendations":
                numbers = _numbered_list(made)
        elif block.kind is K.HEADING:
            if block.text == "Introduction":
                numbers = _numbered_list(made)
            made.add_heading(block.text, 1)
        elif block.kind is K.CAPTION:
            made.add_paragraph(block.text, style="Caption")
        else:
            paragraph = made.add_paragraph(block.text)
            if block.kind is K.BULLET and not block.number:
                paragraph.style = "List Bullet"
            elif block.number:
                _number(paragraph, numbers, 1 if block.number[-1].isalpha() else 0)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _numbered_list(made) -> str:
    """A new list: 1. with a. under it."""
    root = made.part.numbering_part.element
    name = str(100 + len(root.findall(qn("w:num"))))
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), name)
    for level, (form, text) in enumerate((("decimal", "%1."), ("lowerLetter", "%2."))):
        one = OxmlElement("w:lvl")
        one.set(qn("w:ilvl"), str(level))
        for tag, value in (("start", "1"), ("numFmt", form), ("lvlText", text)):
            part = OxmlElement(f"w:{tag}")
            part.set(qn("w:val"), value)
            one.append(part)
        abstract.append(one)
    root.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), name)
    to = OxmlElement("w:abstractNumId")
    to.set(qn("w:val"), name)
    number.append(to)
    root.append(number)
    return name


def _number(paragraph, numbers: str, level: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    reference = OxmlElement("w:numPr")
    for tag, value in (("ilvl", str(level)), ("numId", numbers)):
        part = OxmlElement(f"w:{tag}")
        part.set(qn("w:val"), value)
        reference.append(part)
    properties.append(reference)


def _word_table(made, table: Table) -> None:
    rows = table.rows
    word = made.add_table(len(rows), len(rows[0]), style="Table Grid")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            word.cell(at, column).text = cell.text
    if _is_funding(table):
        for first, last, text in ((1, 4, "Capital"), (5, 8, "Revenue")):
            for column in range(first, last + 1):
                word.cell(0, column).text = ""
            word.cell(0, first).merge(word.cell(0, last)).text = text
            for column in range(first, last + 1):
                word.cell(2, column).text = "£000's"
        for at, column, text in ((9, 4, "-58.0"), (9, 3, "40.4")):
            word.cell(at, column).text = text


@cache
def as_html() -> bytes:
    """The source report as a council's web page."""
    out = [
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Cabinet</title></head><body>"
    ]
    in_list = ""

    def close() -> None:
        nonlocal in_list
        out.append(f"</{in_list}>" if in_list else "")
        in_list = ""

    for block in source().blocks:
        if isinstance(block, Table):
            close()
            out.append(_html_table(block))
            continue
        text = block.text.replace("&", "&amp;").replace("<", "&lt;")
        if block.kind is K.BULLET and not block.number:
            if in_list != "ul":
                close()
                in_list = "ul"
                out.append("<ul>")
            out.append(f"<li>{text}</li>")
            continue
        close()
        if block.kind is K.FACT:
            out.append(f"<p><strong>{block.label}:</strong> {text}</p>")
        elif block.kind is K.HEADING:
            out.append(f"<h2>{text}</h2>")
        elif block.number and block.number.isdigit():
            out.append(f'<ol start="{block.number}"><li>{text}</li></ol>')
        elif block.number:
            start = ord(block.number[-1]) - ord("a") + 1
            out.append(f'<ol type="a" start="{start}"><li>{text}</li></ol>')
        elif block.kind is not K.CAPTION:
            out.append(f"<p>{text}</p>")
    close()
    return ("".join(out) + "</body></html>").encode()


def _html_table(table: Table) -> str:
    if not _is_funding(table):
        return (
            "<table>"
            + "".join(
                "<tr>" + "".join(f"<td>{cell.text}</td>" for cell in row) + "</tr>"
                for row in table.rows
            )
            + "</table>"
        )
    years = "".join(f"<th scope='col'>{year}</th>" for year in YEARS * 2)
    body = "".join(
        f"<tr><th scope='row'>{label}</th>"
        + "".join(f"<td>{text}</td>" for text in texts)
        + "</tr>"
        for label, texts in APPENDIX_3.items()
    )
    return (
        "<table><caption>Resource required for QL exploitation 2023-24 to 2026-27 (£000)</caption><thead>"
        "<tr><td rowspan='2'></td><th colspan='4' scope='colgroup'>Capital</th>"
        f"<th colspan='4' scope='colgroup'>Revenue</th></tr><tr>{years}</tr></thead><tbody>{body}</tbody></table>"
    )


@cache
def as_markdown() -> bytes:
    """The source report in Markdown."""
    out = []
    for block in source().blocks:
        if isinstance(block, Table):
            rows = [[cell.text.replace("|", "\\|") for cell in row] for row in block.rows]
            if _is_funding(block):
                heads = [""] + [
                    f"{nature} {year} (£000)" for nature in ("Capital", "Revenue") for year in YEARS
                ]
                rows = [heads, *([label, *texts] for label, texts in APPENDIX_3.items())]
            out.append(
                "\n".join(
                    ["| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0])]
                    + ["| " + " | ".join(row) + " |" for row in rows[1:]]
                )
            )
        elif block.kind is K.FACT:
            out.append(f"**{block.label}:** {block.text}")
        elif block.kind is K.HEADING:
            out.append(f"## {block.text}")
        elif block.kind is K.BULLET:
            out.append(f"- {block.number[-1] + '. ' if block.number else ''}{block.text}")
        else:
            out.append(f"{block.number}. {block.text}" if block.number else block.text)
    return "\n\n".join(out).encode()


#: Every form by name: its bytes and the name of its file.
FORMS = {
    "damaged text": lambda: (TEXT, "report.txt"),
    "Word as typed": lambda: (as_word(), "report.docx"),
    "Word of our own": lambda: (as_output("docx"), "report.docx"),
    "PDF": lambda: (as_output("pdf"), "report.pdf"),
    "web page": lambda: (as_html(), "report.html"),
    "web page of our own": lambda: (as_output("html"), "report.html"),
    "Markdown": lambda: (as_markdown(), "report.md"),
}
