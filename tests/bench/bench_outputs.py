"""Goals for what is drawn: the table on a page, the long list in Excel, the report in Word; ratios to a base."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import django_tables2 as tables
import docx as python_docx
import tablib
from django.template import Context, Template
from django.test import RequestFactory
from markupsafe import escape

from council_hms.document import Document, GridBlock, Paragraph, plain
from council_hms.grid import Cell, Column, Format, Grid, Row, Sum
from council_hms.money import Unit, show
from council_hms.outputs import Style, docx, html, stream
from tests.bench.lists import LIST, lines
from tests.bench.rounds import in_turns, keep_rows, say

ROOT = Path(__file__).parents[2]

# -- goal 5: a grid of 100 rows ---------------------------------------------------------------

YEARS = [f"{year}-{(year + 1) % 100:02d}" for year in range(2023, 2030)]


def grid(rows: int = 100) -> Grid:
    """Names, a source and seven years of money: what a list page and a funding table hold."""
    return Grid(
        "Projects (£000)",
        [Column("source", "Source"), *(Column(year, year, Format.MONEY) for year in YEARS)],
        [
            Row(
                f"p{place}",
                f"Project {place} & partners",
                {
                    "source": Cell("Capital programme HRA"),
                    **{
                        year: Cell(Decimal(place * 1000 + offset * 100) - 40_000)
                        for offset, year in enumerate(YEARS)
                    },
                },
            )
            for place in range(rows)
        ],
        row_heading="Project",
    )


class MoneyColumn(tables.Column):
    def render(self, value: Decimal) -> str:
        return show(value, Unit.THOUSANDS)


class ProjectTable(tables.Table):
    label = tables.Column(verbose_name="Project")
    source = tables.Column()

    class Meta:
        orderable = False
        template_name = "django_tables2/table.html"  # as it comes


for _year in YEARS:
    ProjectTable.base_columns[f"y{_year[:4]}"] = MoneyColumn(verbose_name=_year)


def test_goal_5_a_grid_of_100_rows():
    drawn = grid()
    plain_rows = [
        {
            "label": row.label,
            "source": row.cells["source"].value,
            **{f"y{year[:4]}": row.cells[year].value for year in YEARS},
        }
        for row in drawn.rows
    ]
    template = Template("{% load django_tables2 %}{% render_table table %}")
    request = RequestFactory().get("/")

    def by_tables2() -> str:
        table = ProjectTable(plain_rows)
        return template.render(Context({"table": table, "request": request}))

    def by_hand() -> str:
        out = ["<table><thead><tr><th>Project</th><th>Source</th>"]
        out += [f"<th>{year}</th>" for year in YEARS]
        out.append("</tr></thead><tbody>")
        for row in drawn.rows:
            cells = "".join(
                [f"<td>{show(row.cells[year].value, Unit.THOUSANDS)}</td>" for year in YEARS]
            )
            out.append(
                f"<tr><th>{escape(row.label)}</th><td>{escape(row.cells['source'].value)}</td>{cells}</tr>"
            )
        out.append("</tbody></table>")
        return "".join(out)

    def by_hand_of_text() -> str:
        """Only joining and escaping, the figures being text already."""
        out = ["<table>"]
        for label, cells in ready:
            out.append(f"<tr><th>{escape(label)}</th>")
            out += [f"<td>{escape(cell)}</td>" for cell in cells]
            out.append("</tr>")
        return "".join(out)

    ready = [
        (
            row.label,
            [str(row.cells["source"].value), *(show(row.cells[year].value) for year in YEARS)],
        )
        for row in drawn.rows
    ]
    assert by_tables2().count("<tr") >= 101
    assert html.grid(drawn).count("<tr") == 101
    taken = in_turns(
        {
            "hand-joined strings, figures formatted": by_hand,
            "outputs/html.py": lambda: html.grid(drawn),
            "django-tables2": by_tables2,
            "hand-joined strings, figures ready": by_hand_of_text,
        }
    )
    say("Goal 5: grid of 100 rows", taken, "hand-joined strings, figures formatted")
    ours = taken["outputs/html.py"]
    print(f"  django-tables2 takes {taken['django-tables2'] / ours:.1f} times as long as ours")
    assert taken["django-tables2"] >= 8 * ours
    assert ours <= 4 * taken["hand-joined strings, figures formatted"]


# -- goals 6 and 7: the writer of long lists --------------------------------------------------

STOCK = "tablib xlsx (django-import-export's)"


def test_goal_6_writing_lists_to_excel():
    rows = list(lines(20_000))

    def by_csv_module() -> None:
        writer = csv.writer(io.StringIO())
        writer.writerows(rows)

    def by_tablib() -> None:
        tablib.Dataset(*rows, headers=[label for label, _ in LIST]).export("xlsx")

    taken = in_turns(
        {
            "csv module": by_csv_module,
            "outputs/stream.py, xlsx": lambda: stream.xlsx_rows(LIST, rows, io.BytesIO()),
            STOCK: by_tablib,
        },
        rounds=3,
    )
    say("Goal 6, writer alone: 20,000 rows of 12 columns", taken, "csv module")
    ours = taken["outputs/stream.py, xlsx"]
    print(f"  tablib takes {taken[STOCK] / ours:.1f} times as long as ours")
    assert taken[STOCK] >= 10 * ours


PEAK = """
import io, json, sys, time
from council_hms.outputs import stream
from tests.bench.lists import LIST, lines
class Nowhere(io.RawIOBase):
    size = 0
    def writable(self): return True
    def write(self, part): self.size += len(part); return len(part)
out, began = Nowhere(), time.perf_counter()
stream.xlsx_rows(LIST, lines(int(sys.argv[1])), out)
# of this program alone: ru_maxrss would remember its parent's too
peak = int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024
print(json.dumps([peak, time.perf_counter() - began, out.size]))
"""


def test_goal_7_memory_does_not_grow_with_the_list():
    """100,000 and 200,000 rows; with BENCH_FULL=1 one million."""
    many = 1_000_000 if os.environ.get("BENCH_FULL") else 200_000
    found = {}
    for count in (100_000, many):
        run = subprocess.run(
            [sys.executable, "-c", PEAK, str(count)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        found[count] = json.loads(run.stdout)
    keep_rows(
        "Goal 7: memory of a long list as a workbook, the writer alone (at most 120 MB, and 1.1 x that of 100,000)",
        ("rows", "peak MB of the process", "seconds", "file, MB"),
        [
            (f"{count:,}", f"{peak:.1f}", f"{seconds:.1f}", f"{size / 1e6:.1f}")
            for count, (peak, seconds, size) in found.items()
        ],
    )
    small, large = found[100_000][0], found[many][0]
    assert large <= 1.1 * small
    assert large <= 120


# -- goal 14: a committee report in Word ------------------------------------------------------


def report(rows: int = 21) -> Document:
    """Sixty paragraphs and ten tables of ``rows`` by nine."""
    columns = [Column(f"c{place}", f"2023-{24 + place}", Format.MONEY) for place in range(8)]
    table = Grid(
        "Budget (£000)",
        columns,
        [
            Row(
                f"r{place}",
                f"Work package {place}",
                {
                    column.key: Cell(Decimal(place * 1000 + at * 100))
                    for at, column in enumerate(columns)
                },
                casts=None if place else Sum(()),
            )
            for place in range(rows)
        ],
    )
    words = plain(
        "The council approved a budget in February 2016 and has increased it twice since. " * 3
    )
    blocks: list = []
    for place in range(60):
        blocks.append(Paragraph(words, f"{place + 1}."))
        if place % 6 == 5:
            blocks.append(GridBlock(table, f"Table {place // 6 + 1}"))
    return Document("Report", blocks)


def by_rows(paper: Document) -> bytes:
    """The same words and figures by python-docx, a row at a time."""
    made = python_docx.Document()
    made.add_heading(paper.title, 1)
    for block in paper.blocks:
        if isinstance(block, Paragraph):
            made.add_paragraph(f"{block.number} {block.text[0].text}", style="Normal")
        elif isinstance(block, GridBlock):
            grid = block.grid
            made.add_paragraph(f"{block.number}: {grid.caption}", style="Caption")
            table = made.add_table(rows=1, cols=len(grid.columns) + 1)
            for cell, column in zip(table.rows[0].cells[1:], grid.columns, strict=True):
                cell.text = column.label
            for row in grid.rows:
                cells = table.add_row().cells
                cells[0].text = row.label
                for cell, column in zip(cells[1:], grid.columns, strict=True):
                    cell.text = show(row.value(column.key), grid.unit)  # type: ignore[arg-type]
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_goal_14_a_report_in_word():
    paper, longer = report(), report(42)
    style = Style()
    taken = in_turns(
        {
            "outputs/docx.py": lambda: docx.document_file(paper, style),
            "outputs/docx.py, twice the rows": lambda: docx.document_file(longer, style),
            "python-docx, row by row": lambda: by_rows(paper),
        },
        rounds=5,
    )
    say("Goal 14: report of 60 paragraphs and 10 tables of 21 x 9", taken, "outputs/docx.py")
    ours = taken["outputs/docx.py"]
    assert taken["python-docx, row by row"] >= 3 * ours
    assert taken["outputs/docx.py, twice the rows"] <= 2.3 * ours
