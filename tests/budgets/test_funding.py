"""The funding table, checked with a pencil: the source report's Appendix 3, to the digit."""

import datetime as dt
from decimal import Decimal

import pytest

from budgets.funding import Amount, build, run_of_years
from council_hms.financial_year import FinancialYear
from council_hms.grid import Difference, RowKind, Sum
from council_hms.money import Negative, Unit, show

D = Decimal
YEARS = FinancialYear(2023).run(4)


def amounts(key: str, label: str, nature: str, *thousands: str | None) -> list[Amount]:
    return [
        Amount(key, label, nature, year, D(amount) * 1000)
        for year, amount in zip(YEARS, thousands, strict=False)
        if amount is not None
    ]


def appendix_3(**options):
    return build(
        project_reference="HMS",
        project_title="Housing Management System",
        as_at=dt.date(2023, 6, 14),
        years=YEARS,
        required=[
            *amounts(
                "work-package-0",
                "Not split by work package",
                "capital",
                "605.1",
                "331.9",
                "98.4",
                "0",
            ),
            *amounts(
                "work-package-0",
                "Not split by work package",
                "revenue",
                "105.2",
                "159.2",
                "135.2",
                "145.7",
            ),
        ],
        available=[
            *amounts("source-1", "Transformation", "capital", "39.0"),
            *amounts("source-2", "ICT", "capital", "80.0"),
            *amounts(
                "source-3", "Capital programme HRA", "capital", "245.0", "58.0", "58.0", "58.0"
            ),
            *amounts("source-3", "Capital programme HRA", "revenue", "112", "112", "112", "112"),
        ],
        **options,
    )


def printed(grid):
    """The grid as the paper prints it."""
    return {
        row.label: [
            show(row.value(column.key), grid.unit, negative=grid.negative)
            for column in grid.columns
        ]
        for row in grid.rows
        if row.kind is not RowKind.HEADING
    }


def test_appendix_3_to_the_digit():
    assert printed(appendix_3().as_grid()) == {
        "Budget requirement": "605.1 331.9 98.4 - 105.2 159.2 135.2 145.7".split(),
        "Transformation": ["39.0", "", "", "", "", "", "", ""],
        "ICT": ["80.0", "", "", "", "", "", "", ""],
        "Capital programme HRA": "245.0 58.0 58.0 58.0 112.0 112.0 112.0 112.0".split(),
        "Total budget available": "364.0 58.0 58.0 58.0 112.0 112.0 112.0 112.0".split(),
        "Additional budget ask": "241.1 273.9 40.4 -58.0 -6.8 47.2 23.2 33.7".split(),
    }


def test_the_ask_net_and_counting_only_the_years_that_ask():
    table = appendix_3()
    capital, revenue = table.asked("capital"), table.asked("revenue")
    assert capital.net == D("497400")
    assert revenue.net == D("97300")
    assert capital.years_that_ask == D("555400")
    assert capital.surpluses == {FinancialYear(2026): D("58000")}
    assert revenue.surpluses == {FinancialYear(2023): D("6800")}
    words = " ".join(table.sentences)
    assert "£497,400 capital and £97,300 revenue" in words
    assert "£58k in 2026-27" in words
    assert "£555,400" in words
    assert "reprofiling" in words


def test_totals_column_brackets_and_millions():
    grid = appendix_3().as_grid(totals=True, negative=Negative.BRACKETS)
    assert printed(grid)["Additional budget ask"] == [
        *["241.1", "273.9", "40.4", "(58.0)", "497.4"],
        *["(6.8)", "47.2", "23.2", "33.7", "97.3"],
    ]
    assert printed(appendix_3().as_grid(unit=Unit.MILLIONS))["Budget requirement"][0] == "0.605"
    assert printed(appendix_3().as_grid(unit=Unit.POUNDS))["Budget requirement"][0] == "605,100.00"


def test_the_grid_says_how_it_casts():
    grid = appendix_3().as_grid(totals=True, work_packages=True)
    assert grid.row("available").casts == Sum(("source-1", "source-2", "source-3"))
    assert grid.row("ask").casts == Difference("requirement", "available")
    assert grid.row("requirement").casts == Sum(("work-package-0",))
    total = next(column for column in grid.columns if column.key == "capital-total")
    assert total.casts == Sum(("capital-2023", "capital-2024", "capital-2025", "capital-2026"))


def test_every_figure_links_to_the_lines_behind_it():
    grid = appendix_3().as_grid(
        href=lambda row, nature, year: f"/{row}/{nature}/{year}", totals=True
    )
    assert grid.row("source-3").cells["revenue-2024"].href == "/source-3/revenue/2024-25"
    assert grid.row("ask").cells["capital-2023"].href == "/ask/capital/2023-24"
    assert grid.row("source-1").cells["capital-total"].href == "/source-1/capital/None"
    assert grid.row("source-1").cells["revenue-total"].value is None  # no line at all, in no year
    assert grid.row("source-1").cells["revenue-total"].href == ""


def test_years_outside_the_run_are_left_out_and_an_empty_project_says_so():
    table = build(
        project_reference="X",
        project_title="X",
        as_at=dt.date(2023, 6, 14),
        years=YEARS[:1],
        required=[Amount("work-package-0", "All", "capital", FinancialYear(2024), D(5))],
        available=[],
    )
    assert table.is_empty
    assert table.sentences == []
    assert table.available.amounts["capital", YEARS[0]] == 0


@pytest.mark.parametrize(
    ("day", "planned", "first"),
    [
        ("2023-06-14", (2023, 2026), 2023),
        ("2026-11-25", (2023, 2026), 2023),  # the last year of the plan: all of it is still shown
        ("2031-04-01", (2023, 2026), 2023),  # long over
        ("2022-06-14", (2023, 2026), 2023),  # still to come
        ("2026-11-25", (2020, 2029), 2026),  # a long plan: what lies ahead
        ("2028-11-25", (2020, 2029), 2026),
        ("2026-11-25", (2026, 2026), 2026),
        ("2026-11-25", None, 2026),
    ],
)
def test_a_table_starts_where_the_plan_or_the_day_says(day, planned, first):
    years = [FinancialYear(year) for year in range(planned[0], planned[1] + 1)] if planned else []
    assert run_of_years(dt.date.fromisoformat(day), 4, years) == FinancialYear(first).run(4)
