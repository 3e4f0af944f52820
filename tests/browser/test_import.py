"""A ledger's download with faults is sent, repaired in the workbook that comes back, and sent again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from budgets.models import SpendEntry
from council_hms.financial_year import FinancialYear
from tests.budgets.import_files import xlsx_of
from tests.factories import make_plan
from tests.programs import accessibility_faults, is_wider_than_the_screen, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = [
    ["Spend to period 3 (£000)", "", "", "", "", ""],
    ["Scheme", "Trans date", "Kind of money", "Net value", "Narrative", "Voucher"],
    ["HMS", dt.date(2023, 6, 14), "Cap", "(6.8)", "A credit", "V1"],
    ["HMS", dt.date(2023, 6, 15), "Cap", "12,50", "A comma", "V2"],
    ["HSM", dt.date(2023, 6, 16), "Rev", 112, "A wrong reference", "V3"],
    ["Total", "", "", 117.7, "", ""],
]


def faults_of_page(page: Page) -> list[str]:
    """What axe finds on the page as it stands, and whether it is wider than the screen."""
    wide = [f"{page.url}: wider than the screen"] if is_wider_than_the_screen(page) else []
    return accessibility_faults(page) + wide


def test_an_import_with_faults_is_repaired_and_sent_again(
    live_server, page: Page, finance_officer, project, tmp_path: Path
):
    sign_in(page, live_server.url, finance_officer)
    faults: list[str] = []
    file = tmp_path / "period 3.xlsx"
    file.write_bytes(xlsx_of(ROWS, "Ledger"))

    # from the project's spend to the form, which knows where one came from
    page.goto(f"{live_server.url}/projects/HMS/spend/")
    page.get_by_role("button", name="Import spend").click()
    expect(page.get_by_label("Spend", exact=True)).to_be_checked()
    faults += faults_of_page(page)
    page.get_by_role("button", name="Send the file").click()  # without a file
    expect(page.get_by_role("alert")).to_contain_text("Choose the file")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Send the file").click()

    # the heads are found in row 2; the council's own word for one column is asked
    expect(page.get_by_label("Row that holds the heads")).to_have_value("2")
    expect(page.get_by_label("Bare amounts are in")).to_have_value("k")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("alert")).to_contain_text("which column holds: capital or revenue")
    faults += faults_of_page(page)
    page.get_by_label("Column C: Kind of money").select_option(label="Capital or revenue")
    page.get_by_role("button", name="Check the file").click()

    # every fault, with the workbook to put it right in
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 faults to put right")
    table = page.get_by_role("table", name="Faults", exact=True)
    expect(table).to_contain_text("a comma goes before each group of three digits")
    expect(table).to_contain_text("There is no project HSM")
    assert not SpendEntry.objects.exists()
    faults += faults_of_page(page)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take the file with its faults marked").click()
    repaired = tmp_path / taken.value.suggested_filename
    taken.value.save_as(repaired)
    book = openpyxl.load_workbook(repaired)
    assert book["Ledger"]["D4"].comment
    book["Ledger"]["D4"], book["Ledger"]["A5"] = 12.5, "HMS"
    book.save(repaired)

    page.get_by_role("link", name="Send the repaired file").click()
    page.get_by_label("File").set_input_files(repaired)
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_label("Column C: Kind of money")).to_have_value("nature")  # remembered
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ready to import")
    expect(page.get_by_role("table", name="Totals of the file")).to_contain_text("Agrees")
    expect(page.get_by_role("table", name="What would change")).to_contain_text("112,000")
    faults += faults_of_page(page)
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Imported")
    expect(page.get_by_role("table", name="Every row of the sheet")).to_contain_text("Imported3")
    page.get_by_role("link", name="See the spend").click()
    expect(page.locator("main")).to_contain_text("£117,700")
    page.goto(f"{live_server.url}/imports/")
    faults += faults_of_page(page)
    assert faults == []


def test_a_plan_is_edited_in_excel_by_keyboard_and_without_script(
    live_server, chromium, finance_officer, project, tmp_path: Path
):
    year = FinancialYear.of(dt.date.today())
    make_plan(project, [(year.start, "capital", 605)], dated=dt.date(2023, 4, 1))
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 800}, accept_downloads=True
    )
    page = context.new_page()
    sign_in(page, live_server.url, finance_officer)
    page.goto(f"{live_server.url}/projects/HMS/plan/")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Edit it in Excel").press("Enter")
    copy = tmp_path / "copy.xlsx"
    taken.value.save_as(copy)
    book = openpyxl.load_workbook(copy)
    book["Amounts"]["C9"] = "£1.2m"
    book.save(copy)
    page.goto(f"{live_server.url}/imports/new/?kind=plan&project=HMS")
    page.get_by_label("File").set_input_files(copy)
    page.get_by_role("button", name="Send the file").press("Enter")
    changes = page.get_by_role("table", name="What would change")
    expect(changes).to_contain_text("605")
    expect(changes).to_contain_text("1,200,000")
    page.get_by_role("button", name="Import 1 edited cell").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Imported")
    page.get_by_role("link", name="See the cost plan").press("Enter")
    expect(page.locator("main")).to_contain_text("1,200.0")
    context.close()


def test_narrow_pages_of_imports_have_no_accessibility_fault(
    live_server, chromium, finance_officer, project, tmp_path: Path
):
    context = chromium.new_context(viewport={"width": 320, "height": 800})
    page = context.new_page()
    sign_in(page, live_server.url, finance_officer)
    faults: list[str] = []
    file = tmp_path / "period 3.xlsx"
    file.write_bytes(xlsx_of(ROWS))
    page.goto(f"{live_server.url}/imports/")
    faults += faults_of_page(page)
    page.goto(f"{live_server.url}/imports/new/?kind=spend")
    faults += faults_of_page(page)
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Send the file").click()
    faults += faults_of_page(page)
    page.get_by_label("Column C: Kind of money").select_option(label="Capital or revenue")
    page.get_by_role("button", name="Check the file").click()
    faults += faults_of_page(page)
    page.goto(f"{page.url}faults/")
    faults += faults_of_page(page)
    context.close()
    assert faults == []
