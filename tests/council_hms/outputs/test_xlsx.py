"""The workbook: numbers as numbers, totals alive, words never formulas, the same in every program."""

from __future__ import annotations

import csv
import dataclasses
import io
from decimal import Decimal

import openpyxl
import pytest

from council_hms.document import Document
from council_hms.grid import Cell, Column, Difference, Format, Grid, Row, Sum
from council_hms.money import Negative, Unit
from council_hms.outputs import OutputError, Style, render
from council_hms.outputs.xlsx import money_format, sheet_names
from tests.council_hms.outputs.appendix_3 import PAPER, appendix_3
from tests.council_hms.outputs.papers import cabinet_report
from tests.council_hms.outputs.readers import (
    calamine_rows,
    libreoffice,
    sheet,
    sheet_rows,
    soffice,
    without_cached_values,
)


def pounds(label: str) -> list[float | None]:
    """A row of the source in pounds, without the totals columns."""
    figures = next(figures for name, figures in PAPER.values() if name == label)
    return [None if each is None else float(Decimal(each) * 1000) for each in figures]


def years_only(row: list) -> list:
    return row[:4] + row[5:9]


def test_full_pounds_stand_in_the_cells_and_nil_is_told_from_blank():
    rows = sheet_rows(render(appendix_3(), "xlsx"))
    for label, _ in PAPER.values():
        assert years_only(rows[label]) == pounds(label), label
    assert rows["Budget Requirement"][3] == 0
    assert rows["ICT"][1] is None


def test_totals_are_live_formulas_with_their_values():
    workbook = render(appendix_3(), "xlsx")
    formulas = sheet_rows(workbook, formulas=True)
    assert formulas["Total budget available"][:2] == ["=SUM(B7:B9)", "=SUM(C7:C9)"]
    assert formulas["Additional Budget Ask"][0] == "=B5-B10"
    assert formulas["Additional Budget Ask"][4] == "=F5-F10"
    assert formulas["Budget Requirement"][4] == "=SUM(B5:E5)"
    values = sheet_rows(workbook)
    assert (values["Additional Budget Ask"][4], values["Additional Budget Ask"][9]) == (
        497_400,
        97_300,
    )
    # a reader that calculates nothing
    assert calamine_rows(workbook)["Additional Budget Ask"][4] == 497_400


@libreoffice
@pytest.mark.parametrize("unit", list(Unit))
def test_libreoffice_calculates_the_same_figures(unit):
    workbook = render(appendix_3(unit=unit), "xlsx")
    recalculated = soffice(without_cached_values(workbook), "xlsx", "xlsx")["in.xlsx"]
    ours, theirs = sheet_rows(workbook), sheet_rows(recalculated)
    assert ours.keys() == theirs.keys()
    for label, figures in ours.items():
        for mine, other in zip(figures, theirs[label], strict=False):
            if isinstance(mine, int | float):
                assert other == pytest.approx(mine, abs=0.001), label
            else:
                assert other == mine


@libreoffice
@pytest.mark.parametrize(
    ("negative", "surplus"), [(Negative.MINUS, "-58.0"), (Negative.BRACKETS, "(58.0)")]
)
def test_libreoffice_shows_what_the_paper_prints(negative, surplus):
    workbook = render(appendix_3(negative=negative), "xlsx")
    shown = soffice(
        workbook,
        "xlsx",
        "csv",
        filter_options="Text - txt - csv (StarCalc):44,34,76,1,,0,false,true",
    )
    rows = {
        row[0]: [cell.strip() for cell in row[1:]]
        for row in csv.reader(io.StringIO(next(iter(shown.values())).decode()))
    }
    assert rows["Budget Requirement"][:5] == ["605.1", "331.9", "98.4", "-", "1,035.4"]
    assert rows["Additional Budget Ask"][3:5] == [surplus, "497.4"]
    assert rows["ICT"][1] == ""


def test_a_formula_never_says_another_figure_than_the_ledger():
    """A total that includes a part which is left out stands as a number."""
    grid = appendix_3()
    without_ict = dataclasses.replace(grid, rows=[row for row in grid.rows if row.key != "ict"])
    formulas = sheet_rows(render(without_ict, "xlsx"), formulas=True)
    assert formulas["Total budget available"][0] == 364_000
    rows = [
        dataclasses.replace(row, casts=Sum(("transformation", "hra")))
        if row.key == "available"
        else row
        for row in grid.rows
    ]
    formulas = sheet_rows(render(dataclasses.replace(grid, rows=rows), "xlsx"), formulas=True)
    assert formulas["Total budget available"][0] == 364_000  # 39 + 245 is not 364
    assert formulas["Total budget available"][1] == "=C7+C9"  # apart, so named one by one


def test_difference_across_columns():
    grid = Grid(
        "Variance",
        [
            Column("approved", "Approved", Format.MONEY),
            Column("spent", "Spent", Format.MONEY),
            Column("left", "Left", Format.MONEY, casts=Difference("approved", "spent")),
        ],
        [
            Row(
                "a",
                "A",
                {
                    "approved": Cell(Decimal(10)),
                    "spent": Cell(Decimal("3.50")),
                    "left": Cell(Decimal("6.50")),
                },
            ),
            Row("b", "B", {"spent": Cell(Decimal(3)), "left": Cell(Decimal(-3))}),
            Row("c", "C", {}),
        ],
    )
    rows = sheet_rows(render(grid, "xlsx"), formulas=True)
    assert [rows[key][2] for key in "ABC"] == ["=B4-C4", "=B5-C5", None]


def test_the_sheet_is_set_up_to_be_read_and_printed():
    workbook = render(appendix_3(), "xlsx", Style(colour="#123456", council="Example & Co"))
    page = sheet(workbook)
    assert page.title == "Appendix 3"
    assert page.freeze_panes == "B5"
    assert page.print_title_rows == "$3:$4"
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert {str(each) for each in page.merged_cells.ranges} == {"A3:A4", "B3:F3", "G3:K3"}
    assert page["B3"].fill.start_color.rgb == "FF123456"
    assert page["B5"].number_format == '#,##0.0,;-#,##0.0,;"-"'
    assert page["B10"].font.b
    assert not page["B7"].font.b
    assert "&P" in page.oddFooter.center.text
    assert page["A2"].value == "Figures shown in £000; each cell holds the full pounds"


def test_properties_and_notes():
    workbook = render(appendix_3(), "xlsx", Style(council="Example Council"))
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    assert (book.properties.title, book.properties.language) == ("Appendix 3", "en-GB")
    notes = [row for row in book["Notes"].iter_rows(values_only=True) if row[0]]
    assert ("As at", "14 June 2023") in notes
    assert ("Note 1", "The capital ask is net of a surplus of £58k in 2026-27.") in notes
    assert ("On Additional Budget Ask, Capital 2026-27", "Surplus") in notes
    # nothing that a reader does not see
    assert all(each.sheet_state == "visible" for each in book.worksheets)
    assert not any(cell.comment for each in book.worksheets for row in each for cell in row)
    assert not book.defined_names


def test_no_notes_sheet_without_notes():
    bare = Grid("Bare", [Column("a", "A", Format.MONEY)], [Row("r", "R", {"a": Cell(Decimal(1))})])
    assert len(openpyxl.load_workbook(io.BytesIO(render(bare, "xlsx"))).worksheets) == 1


def test_a_papers_tables_are_a_sheet_each():
    workbook = render(cabinet_report(), "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    assert book.sheetnames == ["Table 1", "Table 2", "Notes"]
    with pytest.raises(OutputError, match="no tables"):
        render(Document("Words alone", []), "xlsx")


def test_sheet_names_are_ones_that_excel_takes():
    names = sheet_names(
        [
            "a/b\\c?d*e[f]g:h",
            "History",
            "",
            "'quoted'",
            "x" * 40,
            "X" * 40,
            "\x00",
            "🏠" * 20,
            "history",
        ]
    )
    assert names[0] == "a b c d e f g h"
    assert names[1] == "History (2)"
    assert names[3] == "quoted"
    assert len({name.lower() for name in names}) == len(names)
    assert all(0 < len(name.encode("utf-16-le")) // 2 <= 31 for name in names)


def test_the_same_table_gives_the_same_bytes(tmp_path):
    first = render(appendix_3(), "xlsx")
    assert render(appendix_3(), "xlsx") == first


def test_number_formats():
    assert money_format(Unit.POUNDS, Negative.MINUS) == '#,##0.00;-#,##0.00;"-"'
    assert money_format(Unit.MILLIONS, Negative.BRACKETS) == '#,##0.000,,_);(#,##0.000,,);"-"_)'


def test_pence_and_the_largest_amounts_are_exact():
    amounts = [
        Decimal("999999999999.99"),
        Decimal("-0.01"),
        Decimal("0.10"),
        Decimal("123456789.12"),
    ]
    grid = Grid(
        "T",
        [Column("a", "A", Format.MONEY)],
        [Row(str(place), str(place), {"a": Cell(each)}) for place, each in enumerate(amounts)],
    )
    rows = sheet_rows(render(grid, "xlsx"))
    assert [Decimal(str(rows[str(place)][0])) for place in range(4)] == amounts
