"""CSV and JSON for other tools."""

from __future__ import annotations

import csv as csv_module
import io
import json as json_module
from decimal import Decimal

import pytest

from council_hms.grid import Cell, Column, Format, Grid, Row
from council_hms.money import Negative, Unit
from council_hms.outputs import OutputError, csv, render
from tests.council_hms.outputs.appendix_3 import PAPER, appendix_3
from tests.council_hms.outputs.papers import cabinet_report


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv_module.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_csv_prints_plain_numbers_in_the_unit_of_the_table():
    rows = rows_of(render(appendix_3(totals=False, negative=Negative.BRACKETS), "csv"))
    assert rows[0][:2] == ["Row", "Capital 2023-24 (£000)"]
    by_label = {row[0]: row[1:] for row in rows}
    for label, figures in PAPER.values():
        assert by_label[label] == ["" if each is None else each for each in figures], label


def test_csv_in_pounds_is_exact():
    rows = rows_of(render(appendix_3(unit=Unit.POUNDS), "csv"))
    assert rows[1][1:5] == ["605100.00", "331900.00", "98400.00", "0"]
    assert rows[0][1] == "Capital 2023-24 (£)"


def test_csv_opens_in_excel_with_its_pound_signs():
    assert render(appendix_3(), "csv").startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        " =1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1",
        "　＋1",
        "'=1",
        "''=1",
        "- dash",
        "\u200b=1",
    ],
)
def test_words_like_a_formula_get_a_quote_that_comes_off_again(text):
    safe = csv.safe(text)
    assert safe == "'" + text
    assert csv.as_typed(safe) == text


@pytest.mark.parametrize("text", ["plain", "'quoted'", "a=b", "", "6.8-", "Café £5", "1 = 1"])
def test_other_words_are_left_alone(text):
    assert csv.safe(text) == text
    assert csv.as_typed(text) == text


def test_a_negative_figure_is_never_touched():
    grid = Grid(
        "T",
        [Column("a", "A", Format.MONEY), Column("t", "T")],
        [Row("r", "-r", {"a": Cell(Decimal("-6800")), "t": Cell("-6800")})],
    )
    assert rows_of(render(grid, "csv"))[1] == ["'-r", "-6.8", "'-6800"]


def test_csv_holds_one_table():
    with pytest.raises(OutputError, match="one table"):
        render([appendix_3(), appendix_3()], "csv")
    with pytest.raises(OutputError, match="not a whole paper"):
        render(cabinet_report(), "csv")


def test_streamed_csv_says_the_same_as_the_cells():
    rows = [("=x", Decimal("-6.80")), ("plain, with comma", Decimal(0)), ("", None)] * 700
    streamed = b"".join(csv.stream([("Name", Format.TEXT), ("£", Format.MONEY)], iter(rows)))
    read = rows_of(streamed)
    assert read[0] == ["Name", "£"]
    assert read[1:4] == [["'=x", "-6.80"], ["plain, with comma", "0"], ["", ""]]
    assert len(read) == 2101


def test_json_holds_exact_pounds_as_words():
    (table,) = json_module.loads(render(appendix_3(), "json"))["tables"]
    assert (table["amounts_in"], table["shown_in"]) == ("pounds", "k")
    rows = {row["key"]: row for row in table["rows"]}
    assert rows["ask"]["cells"]["capital-2026"] == "-58000.00"
    assert rows["ask"]["kind"] == "result"
    assert rows["requirement"]["cells"]["capital-2026"] == "0.00"
    assert rows["ict"]["cells"]["capital-2024"] is None
    assert rows["ask"]["remarks"] == {"capital-2026": "Surplus"}
    assert table["about"][1] == {"label": "As at", "value": "14 June 2023"}
    assert [column["key"] for column in table["columns"]][:2] == ["capital-2023", "capital-2024"]


def test_json_of_a_paper_holds_its_tables():
    paper = json_module.loads(render(cabinet_report(), "json"))
    assert (paper["date"], len(paper["tables"])) == ("2023-06-14", 2)
    assert paper["tables"][0]["number"] == "Table 1"
