"""A cost plan or the approved funding goes out to Excel, is edited, and comes back cell by cell."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from budgets.imports.apply import apply, confirm
from budgets.imports.stage import ImportRefused
from budgets.models import BudgetChange, CostPlan
from council_hms.financial_year import FinancialYear
from projects.models import WorkPackage
from tests.budgets.import_files import checked, faults_of
from tests.factories import decide, make_body, make_change, make_plan, make_project, make_source

pytestmark = pytest.mark.django_db
TODAY = dt.date.today()
YEAR = FinancialYear.of(TODAY)


@pytest.fixture
def plan(project):
    roof = WorkPackage.objects.create(project=project, name="Roof", position=1)
    return make_plan(
        project,
        [
            (YEAR.start, "capital", "605.10", roof),
            (YEAR.start + 1, "capital", "-6.80", roof),
            (YEAR.start, "revenue", "112", roof),
        ],
        dated=TODAY - dt.timedelta(days=60),
    )


@pytest.fixture
def funding(project, finance_officer):
    """Approved: 245 and 58 of capital from one source."""
    source = make_source("Capital programme HRA")
    make_source("ICT")
    change = make_change(
        project,
        [(YEAR.start, "capital", 245, source), (YEAR.start + 1, "capital", 58, source)],
        reference="HMS-01",
    )
    decide(change, make_body(), "approved", dt.date(2023, 2, 1), has_authority=True)
    return change


def take(session, what: str) -> openpyxl.Workbook:
    answer = session.get(f"/projects/HMS/{what}/edit-copy.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def cell(book: openpyxl.Workbook, label: str, nature: str, year: FinancialYear) -> Any:
    """The cell of a line and year, on the sheet that is edited."""
    sheet = book["Amounts"]
    column = next(each.column for each in sheet[8] if each.value == year.label)
    row = next(
        row[0].row
        for row in sheet.iter_rows(min_row=9)
        if (row[0].value or "", row[1].value) == (label, nature)
    )
    return sheet.cell(row, column)


def back(by, book: openpyxl.Workbook, **given):
    out = io.BytesIO()
    book.save(out)
    return checked(by, "spend", out.getvalue(), "edited.xlsx", **given)


def test_a_copy_says_openly_what_it_is_and_hides_nothing(signed_in, finance_officer, plan):
    book = take(signed_in(finance_officer), "plan")
    said = {row[0].value: row[1].value for row in book["Amounts"]["A2:B5"]}
    assert said["Project"] == "HMS"
    assert said["As at"] == TODAY.isoformat()
    assert "version 1" in said["Version"]
    assert [sheet.sheet_state for sheet in book] == ["visible"] * 2
    assert all(
        not dimension.hidden
        for sheet in book
        for dimension in (*sheet.row_dimensions.values(), *sheet.column_dimensions.values())
    )
    assert cell(book, "Roof", "Capital", YEAR).value == 605.1


def test_an_untouched_copy_changes_nothing(signed_in, finance_officer, plan, funding):
    for what in ("plan", "funding"):
        run = back(finance_officer, take(signed_in(finance_officer), what))
        assert (run.new_rows, run.refused_rows, run.faults) == (0, 0, 0)
        assert run.is_edit_copy
        with pytest.raises(ImportRefused, match="nothing to import"):
            confirm(by=finance_officer, run=run)


def test_edits_become_a_new_version_of_the_plan(signed_in, finance_officer, project, plan):
    session = signed_in(finance_officer)
    book = take(session, "plan")
    cell(book, "Roof", "Capital", YEAR).value = "£1.2m"
    cell(book, "Roof", "Revenue", YEAR).value = None
    book["Amounts"].insert_rows(11)
    for column, value in enumerate(["Scaffold", "Capital", 7], start=1):
        book["Amounts"].cell(11, column, value)
    run = back(finance_officer, book)
    assert [(each["label"], each["was"], each["becomes"]) for each in run.findings["changes"]] == [
        ("Roof", "605.10", "1200000.00"),
        ("Scaffold", None, "7.00"),
        ("Roof", "112.00", None),
    ]
    page = session.get(f"/imports/{run.pk}/").content.decode()
    assert "Ready to import" in page
    assert "no line" in page
    session.post(f"/imports/{run.pk}/confirm/")
    new = CostPlan.objects.current(TODAY).get(project=project)
    assert new.dated == TODAY
    assert {
        (line.work_package.name, line.nature, line.year.start, line.amount)
        for line in new.lines.all()
    } == {
        ("Roof", "capital", YEAR.start, Decimal(1200000)),
        ("Roof", "capital", YEAR.start + 1, Decimal("-6.80")),
        ("Scaffold", "capital", YEAR.start, Decimal(7)),
    }
    assert plan.lines.count() == 3  # the plan before it stays as it was


def test_a_cell_that_somebody_changed_meanwhile_is_refused_and_the_rest_goes_in(
    signed_in, finance_officer, project, plan
):
    session = signed_in(finance_officer)
    book = take(session, "plan")
    roof = project.work_packages.get()
    # meanwhile: one cell changed to something else, one to the very same
    make_plan(
        project,
        [
            (YEAR.start, "capital", "700", roof),
            (YEAR.start + 1, "capital", "9", roof),
            (YEAR.start, "revenue", "112", roof),
        ],
        dated=TODAY - dt.timedelta(days=1),
    )
    cell(book, "Roof", "Capital", YEAR).value = 650
    cell(book, "Roof", "Capital", YEAR + 1).value = 9
    cell(book, "Roof", "Revenue", YEAR).value = 113
    run = back(finance_officer, book)
    assert (run.new_rows, run.unchanged_rows, run.refused_rows) == (1, 1, 1)
    (refused,) = run.findings["refused"]
    assert (refused["was"], refused["becomes"], refused["now"]) == ("605.10", "650.00", "700.00")
    assert "someone changed these meanwhile" in session.get(f"/imports/{run.pk}/").content.decode()
    confirm(by=finance_officer, run=run)
    apply(by=finance_officer, run=run)
    new = CostPlan.objects.current(TODAY).get(project=project)
    assert sorted(new.lines.values_list("amount", flat=True)) == [
        Decimal(9),
        Decimal(113),
        Decimal(700),
    ]


def test_edited_funding_becomes_a_draft_of_the_differences(
    signed_in, finance_officer, project, funding
):
    session = signed_in(finance_officer)
    book = take(session, "funding")
    cell(book, "Capital programme HRA", "Capital", YEAR).value = 200
    cell(book, "Capital programme HRA", "Capital", YEAR + 1).value = 103
    run = back(finance_officer, book)
    page = session.get(f"/imports/{run.pk}/").content.decode()
    assert '<option value="reprofile" selected>' in page  # it moves money between years
    refused = session.post(f"/imports/{run.pk}/confirm/", {"title": "", "change_kind": "reprofile"})
    assert "Enter a title" in refused.content.decode()
    session.post(
        f"/imports/{run.pk}/confirm/", {"title": "Slippage of the roof", "change_kind": "reprofile"}
    )
    draft = BudgetChange.objects.exclude(pk=funding.pk).get()
    assert (draft.title, draft.kind, draft.submitted_on) == (
        "Slippage of the roof",
        "reprofile",
        None,
    )
    assert sorted(draft.lines.values_list("year", "amount")) == [
        (YEAR, Decimal(-45)),
        (YEAR + 1, Decimal(45)),
    ]
    assert funding.lines.count() == 2  # approved lines are history


def test_a_new_source_in_the_funding_must_be_one_of_the_councils(
    signed_in, finance_officer, funding
):
    book = take(signed_in(finance_officer), "funding")
    sheet = book["Amounts"]
    sheet.insert_rows(10, 2)
    for row, name in ((10, "ICT"), (11, "Lottery")):
        for column, value in enumerate([name, "Capital", 5], start=1):
            sheet.cell(row, column, value)
    run = back(finance_officer, book)
    assert [(row, message) for row, _, message in faults_of(run)] == [
        (
            11,
            "There is no funding source of this name; the template lists those there are, "
            "and an administrator can add one",
        )
    ]
    assert run.new_rows == 1


def test_money_approved_meanwhile_refuses_the_cell(signed_in, finance_officer, project, funding):
    book = take(signed_in(finance_officer), "funding")
    cell(book, "Capital programme HRA", "Capital", YEAR).value = 300
    more = make_change(project, [(YEAR.start, "capital", 10)])
    decide(more, make_body(), "approved", dt.date(2023, 3, 1), has_authority=True)
    run = back(finance_officer, book)
    assert (run.new_rows, run.refused_rows) == (0, 1)


@pytest.mark.parametrize("spoil", ["amount", "stamp", "version", "sheet", "heads"])
def test_a_copy_whose_story_was_changed_is_not_believed(signed_in, finance_officer, plan, spoil):
    book = take(signed_in(finance_officer), "plan")
    was = book["As it was"]
    if spoil == "amount":
        was["C5"] = 1
    elif spoil == "stamp":
        was["B2"] = "x" * 43
    elif spoil == "version":
        book["Amounts"]["B5"] = "Plan of 2020-01-01, version 9"
    elif spoil == "heads":
        book["Amounts"].delete_rows(8)
    else:
        del book["As it was"]
    with pytest.raises(ImportRefused, match="new copy"):
        back(finance_officer, book)
    assert CostPlan.objects.count() == 1


def test_a_copy_goes_to_its_own_project_whatever_was_chosen(signed_in, finance_officer, plan):
    other = make_project("OTHER")
    book = take(signed_in(finance_officer), "plan")
    cell(book, "Roof", "Capital", YEAR).value = 1
    run = back(finance_officer, book, project=other)
    assert run.project.reference == "HMS"


def test_an_unreadable_cell_of_a_copy_is_a_fault(signed_in, finance_officer, plan):
    book = take(signed_in(finance_officer), "plan")
    cell(book, "Roof", "Capital", YEAR).value = "about 600"
    run = back(finance_officer, book)
    assert [row for row, _, _ in faults_of(run)] == [9]
    with pytest.raises(ImportRefused, match="faults"):
        confirm(by=finance_officer, run=run)
