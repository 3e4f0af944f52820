"""Cost plans and budget lines from files: long or with years side by side, compared, stored by the same services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from budgets import services
from budgets.imports.apply import apply, confirm
from budgets.imports.stage import ImportRefused
from budgets.models import BudgetChange, CostPlan, Line
from council_hms.financial_year import FinancialYear
from projects.models import WorkPackage
from tests.budgets.import_files import checked, csv_of, faults_of, imported, xlsx_of
from tests.factories import decide, make_body, make_change, make_plan, make_project, make_source

pytestmark = pytest.mark.django_db

PAPER = [
    ["Housing management system: cost plan (£000)", "", "", "", "", ""],
    ["", "Capital", "", "Revenue", "", ""],
    ["Work package", "2023-24", "2024 -25", "2023-24", "24/25", "Total"],
    ["Data migration", 605.1, "-", "(6.8)", "6.8-", "591.5"],
    ["Licences", "", 331.9, "105.2", "", "437.1"],
    [],
    ["Budget Requirement", 605.1, 331.9, 98.4, "-6.8", ""],
    ["* before contingency"],
]


def lines_of(plan: CostPlan) -> set[tuple[str, str, str, Decimal]]:
    return {
        (
            line.work_package.name if line.work_package else "",
            line.nature,
            line.year.label,
            line.amount,
        )
        for line in plan.lines.select_related("work_package")
    }


def changes_of(run) -> list[tuple[str, str, str, str | None, str | None]]:
    return [
        (each["label"], each["nature"], each["year"], each["was"], each["becomes"])
        for each in run.findings["changes"]
    ]


def test_a_table_as_papers_print_it_becomes_a_cost_plan(finance_officer, project):
    WorkPackage.objects.create(project=project, name="Licences", position=1)
    run = imported(finance_officer, "plan", xlsx_of(PAPER), project=project)
    assert lines_of(CostPlan.objects.get()) == {
        ("Data migration", "capital", "2023-24", Decimal("605100.00")),
        ("Data migration", "capital", "2024-25", Decimal("0.00")),
        ("Data migration", "revenue", "2023-24", Decimal("-6800.00")),
        ("Data migration", "revenue", "2024-25", Decimal("-6800.00")),
        ("Licences", "capital", "2024-25", Decimal("331900.00")),
        ("Licences", "revenue", "2023-24", Decimal("105200.00")),
    }
    assert project.work_packages.count() == 2
    assert all(total["agrees"] for total in run.findings["totals"])
    assert run.findings["columns_left_out"] == ["Total"]
    assert run.findings["counts"] == {
        "above": 2,
        "head": 1,
        "rows": 2,
        "blank": 1,
        "total": 1,
        "note": 1,
    }
    assert run.plan == CostPlan.objects.get()

    again = checked(finance_officer, "plan", xlsx_of(PAPER), project=project)
    assert (again.new_rows, again.unchanged_rows, again.faults) == (0, 2, 0)
    with pytest.raises(ImportRefused, match="nothing to import"):
        confirm(by=finance_officer, run=again)


def test_one_amount_a_row_with_capital_and_revenue_as_headings(finance_officer, project):
    rows = [
        ["Element", "2026-27", "2027-28"],
        ["Capital expenditure", "", ""],
        ["Roof", "£1.2m", "112"],
        ["Revenue", "", ""],
        ["Roof", "", "6,800"],
    ]
    imported(finance_officer, "plan", csv_of(rows), project=project)
    assert lines_of(CostPlan.objects.get()) == {
        ("Roof", "capital", "2026-27", Decimal(1200000)),
        ("Roof", "capital", "2027-28", Decimal(112)),
        ("Roof", "revenue", "2027-28", Decimal(6800)),
    }


def test_a_long_plan_shows_what_changes_and_what_goes(finance_officer, project):
    today = dt.date.today()
    year = FinancialYear.of(today)
    package = WorkPackage.objects.create(project=project, name="Roof")
    make_plan(
        project,
        [(year.start, "capital", 10, package), (year.start + 1, "capital", 20, package)],
        dated=today - dt.timedelta(days=30),
    )
    rows = [
        ["Work package", "Nature", "Financial year", "Amount"],
        ["roof", "Capital", year.label, "11"],
        ["", "Revenue", year.label, "5"],
    ]
    run = imported(finance_officer, "plan", csv_of(rows), project=project)
    assert changes_of(run) == [
        ("Roof", "capital", year.label, "10.00", "11.00"),
        ("Not split", "revenue", year.label, None, "5.00"),
        ("Roof", "capital", (year + 1).label, "20.00", None),
    ]
    assert CostPlan.objects.count() == 2  # the plan of a month ago stays
    assert project.work_packages.count() == 1


def test_faults_of_a_plan_are_those_of_the_form(finance_officer, project):
    make_plan(project, [(2019, "capital", 10)], dated=dt.date(2019, 4, 1))
    services.close_year(by=finance_officer, year=FinancialYear(2019), on=dt.date(2020, 6, 1))
    rows = [
        ["Work package", "Nature", "Year", "Amount"],
        ["A", "Capital", "2026-27", "1"],
        ["a", "Capital", "26/27", "2"],
        ["B", "", "2026-27", "3"],
        ["C", "Capital", "2026-28", "4"],
    ]
    run = checked(finance_officer, "plan", csv_of(rows), project=project)
    told = faults_of(run)
    assert [(row, place) for row, place, _ in told] == [(3, 1), (4, 2), (5, 3)]
    assert "row 2" in told[0][2]
    changed = checked(
        finance_officer,
        "plan",
        csv_of([rows[0], ["", "Capital", "2019-20", "11"]]),
        project=project,
    )
    ((row, _, message),) = faults_of(changed)
    assert row == 0
    assert "2019-20 is closed" in message
    assert CostPlan.objects.count() == 1  # the trial left nothing


def test_a_plan_that_somebody_saved_meanwhile_stops_the_import(finance_officer, project):
    rows = [["Work package", "Nature", "Year", "Amount"], ["A", "Capital", "2026-27", "1"]]
    run = checked(finance_officer, "plan", csv_of(rows), project=project)
    make_plan(project, [(2026, "capital", 9)], dated=dt.date.today())
    confirm(by=finance_officer, run=run)
    with pytest.raises(ImportRefused, match="changed since"):
        apply(by=finance_officer, run=run)
    assert CostPlan.objects.count() == 1
    assert not project.work_packages.exists()


LINES = [
    ["Funding source", "Nature", "2023-24", "2024-25"],
    ["Capital programme HRA", "Capital", "245,000", "58,000"],
    ["ict", "Revenue", "-", "(6.80)"],
]


@pytest.fixture
def sources(db):
    return make_source("Capital programme HRA"), make_source("ICT")


def test_lines_become_a_draft_once_and_the_same_file_changes_nothing(
    finance_officer, project, sources
):
    run = imported(finance_officer, "lines", csv_of(LINES), project=project)
    change = BudgetChange.objects.get()
    assert (run.change, change.kind, change.submitted_on) == (change, "increase", None)
    assert {
        (line.source.name, line.nature, line.year.label, line.amount) for line in Line.objects.all()
    } == {
        ("Capital programme HRA", "capital", "2023-24", Decimal(245000)),
        ("Capital programme HRA", "capital", "2024-25", Decimal(58000)),
        ("ICT", "revenue", "2023-24", Decimal(0)),
        ("ICT", "revenue", "2024-25", Decimal("-6.80")),
    }
    again = checked(finance_officer, "lines", csv_of(LINES), project=project)
    assert (again.new_rows, again.unchanged_rows) == (0, 2)
    assert again.findings["into"] == change.reference


def test_lines_take_the_place_of_those_of_a_draft(finance_officer, project, sources):
    change = make_change(
        project,
        [(2023, "capital", 1, sources[0]), (2030, "capital", 2, sources[1])],
        submitted_on=None,
    )
    run = imported(finance_officer, "lines", csv_of(LINES), project=project, change=change)
    assert changes_of(run)[0] == (
        "Capital programme HRA",
        "capital",
        "2023-24",
        "1.00",
        "245000.00",
    )
    assert changes_of(run)[-1] == ("ICT", "capital", "2030-31", "2.00", None)
    assert change.lines.count() == 4


def test_a_decided_change_takes_no_lines(finance_officer, project, sources):
    change = make_change(project, [(2023, "capital", 1, sources[0])])
    decide(change, make_body(), "approved", dt.date(2023, 2, 1), has_authority=True)
    run = checked(finance_officer, "lines", csv_of(LINES), project=project, change=change)
    ((row, _, message),) = faults_of(run)
    assert row == 0
    assert "reversal" in message


def test_faults_of_lines(finance_officer, project, sources):
    make_project("POOL")
    rows = [
        ["Funding source", "Nature", "Year", "Amount", "Project"],
        ["Capital programe HRA", "Capital", "2023-24", "1", ""],
        ["ICT", "Capital", "2023-24", "1", "POOL"],
        ["ICT", "Capital", "2023-24", "1", "NOWHERE"],
        ["ICT", "Capital", "2023-24", "1", "pool"],
    ]
    run = checked(finance_officer, "lines", csv_of(rows), project=project)
    told = faults_of(run)
    assert [(row, place) for row, place, _ in told] == [(2, 1), (4, 5), (5, 1)]
    assert "did you mean Capital programme HRA?" in told[0][2]


def test_a_source_of_the_other_fund_is_stopped_by_the_councils_rule(finance_officer, project):
    make_source("Major Repairs Reserve", fund="HRA")
    rows = [["Source", "Nature", "Year", "Amount"], ["Major Repairs Reserve", "C", "2026-27", "1"]]
    run = checked(finance_officer, "lines", csv_of(rows), project=project)
    ((row, _, message),) = faults_of(run)
    assert (row, "ring-fence" in message) == (0, True)
    assert not BudgetChange.objects.exists()


def test_a_virement_that_does_not_balance_is_not_stored(finance_officer, project, sources):
    run = checked(finance_officer, "lines", csv_of(LINES), project=project)
    run.choices["change_kind"] = "virement"
    run.save()
    confirm(by=finance_officer, run=run)
    with pytest.raises(ImportRefused, match="sum to nil"):
        apply(by=finance_officer, run=run)
    assert not BudgetChange.objects.exists()


def test_a_plan_needs_its_project(finance_officer):
    with pytest.raises(ImportRefused, match="which project"):
        checked(finance_officer, "plan", csv_of(LINES))
