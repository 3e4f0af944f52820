"""The main job as a finance officer does it in the browser: from decisions to an Appendix 3, without a shell.

The source report's facts are typed in by hand: approvals, cost plan and spend; and the pages
give back its funding table and its position, to the digit.
"""

from __future__ import annotations

import datetime as dt

import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.factories import (
    PASSWORD,
    decide,
    make_body,
    make_change,
    make_plan,
    make_project,
    make_source,
)
from tests.programs import accessibility_faults, is_wider_than_the_screen, sign_in
from tests.source_report import APPENDIX_3

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def council(transactional_db: None) -> None:
    """Bodies and sources of a council, as an administrator has set them up."""
    make_body("project_board", "Project board", position=1)
    make_body("cabinet", "Cabinet", position=2)
    make_body("council", "Council", position=3)
    for position, name in enumerate(
        ("Transformation", "ICT", "Capital programme HRA", "Source not stated"), start=1
    ):
        make_source(name, position=position)


class Officer:
    """A finance officer at the screen."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    def press(self, name: str) -> None:
        self.page.locator("main").get_by_role("button", name=name, exact=True).click()

    def add_years(self, *years: str) -> None:
        for year in years:
            self.page.get_by_label("Another year").fill(year)
            self.press("Add the year")

    def row(self, number: int, nature: str, source: str) -> None:
        if not self.page.locator(f"#id_nature-{number}").count():
            self.press("Add another row")
        self.page.get_by_label(f"Capital or revenue, row {number}").select_option(nature)
        self.page.get_by_label(f"Funding source, row {number}").select_option(source)

    def paste(self, into: str, block: str) -> None:
        """Paste what Excel puts on the clipboard: tabs between cells, a line for each row."""
        self.page.get_by_label(into).focus()
        self.page.evaluate("text => navigator.clipboard.writeText(text)", block)
        self.page.keyboard.press("Control+V")

    def route_and_decision(self, reference: str, submitted: str, decided: str) -> None:
        """Council alone decides, and approves."""
        self.go(f"/approvals/{reference}/route/")
        for number in range(1, 6):
            self.page.get_by_label(f"Body, stop {number}").select_option(
                "Council" if number == 1 else "No stop"
            )
            self.page.get_by_label(f"There to, stop {number}").select_option(
                "Approve" if number == 1 else "Choose"
            )
        self.page.get_by_label("Why the route differs").fill("As the record has it")
        self.press("Save the route")
        self.page.get_by_role("link", name="Submit for decision").click()
        self.page.locator("input[name=on]").fill(submitted)
        self.press("Submit")
        self.page.get_by_role("link", name="Record what Council decided").click()
        expect(self.page.get_by_label("Approved", exact=True)).to_be_checked()
        self.page.get_by_label("Date of the decision").fill(decided)
        self.page.get_by_label("Minute number").fill("57")
        self.press("Record the decision")
        expect(self.page.locator("main")).to_contain_text("The decision is recorded.")
        expect(self.page.locator("main")).to_contain_text("minute 57")


@pytest.fixture
def officer(page: Page, live_server, council) -> Officer:
    return Officer(page, live_server.url)


def printed_table(page: Page) -> dict[str, list[str]]:
    """The funding table on the page: row heading → the words of its cells."""
    return {
        row.locator("th").inner_text().strip(): [
            text.strip() for text in row.locator("td").all_inner_texts()
        ]
        for row in page.locator("table.grid tbody tr").all()
        if row.locator("td").count()
    }


def test_a_finance_officer_enters_a_project_and_reads_its_appendix_3(
    officer: Officer, page: Page, finance_officer
):
    # sign in by the form
    officer.go("/projects/")
    page.get_by_label("E-mail address").fill(finance_officer.email)
    page.get_by_label("Password").fill(PASSWORD)
    officer.press("Sign in")

    # create the project
    page.get_by_role("button", name="Enter a project").click()
    page.get_by_label("Reference").fill("QL")
    page.get_by_label("Title").fill("Housing Management System")
    page.get_by_label("Fund", exact=True).select_option("Housing Revenue Account")
    officer.press("Enter the project")
    expect(page).to_have_url(f"{officer.address}/projects/QL/")

    # the original budget
    officer.go("/projects/QL/changes/")
    page.get_by_role("main").get_by_text("Record a budget change").click()
    page.get_by_label("Original budget").check()
    page.get_by_label("Title").fill("Project budget")
    page.get_by_label("Amount as the paper states it").fill("£600k")
    officer.add_years("2015-16")
    officer.row(1, "Capital", "Source not stated")
    page.get_by_label("2015-16, row 1").fill("600k")
    officer.press("Save")
    officer.route_and_decision("QL-01", "2016-02-29", "2016-02-29")

    # "increased to £1.7 million": both "by" and "to" are said as it is typed
    officer.go("/projects/QL/changes/new/")
    page.get_by_label("Increase (supplementary estimate)").check()
    page.get_by_label("Title").fill("Increase after soft market testing")
    page.get_by_label("Change to this amount").check()
    page.get_by_label("Amount as the paper states it").fill("£1.7 million")
    said = page.get_by_text("That changes the approved budget")
    expect(said).to_have_text("That changes the approved budget by £1,100,000, to £1,700,000.")
    officer.add_years("2017-18")
    expect(said).to_have_text("That changes the approved budget by £1,100,000, to £1,700,000.")
    officer.row(1, "Capital", "Source not stated")
    page.get_by_label("2017-18, row 1").fill("1.1 million")
    # what was understood is shown beside what was typed, and totals follow
    expect(page.get_by_role("row").filter(has=page.get_by_label("2017-18, row 1"))).to_contain_text(
        "= £1,100,000.00"
    )
    expect(page.get_by_role("row", name="Total (£)")).to_contain_text("1,100,000.00")
    officer.press("Save")
    expect(page.locator("main")).to_contain_text("Agrees with the lines")
    officer.route_and_decision("QL-02", "2017-06-30", "2017-06-30")

    # four years ahead; a wrong cell is marked, nothing typed is lost, a block is pasted from Excel
    officer.go("/projects/QL/changes/new/")
    page.get_by_label("Increase (supplementary estimate)").check()
    page.get_by_label("Title").fill("Continued exploitation")
    page.get_by_text("The paper states capital and revenue apart").click()
    page.get_by_label("Of which capital, if stated").fill("£528k")
    page.get_by_label("Of which revenue, if stated").fill("£448k")
    officer.add_years("2023-24", "24/25", "2025/26", "2026-27")
    officer.row(1, "Capital", "Transformation")
    page.get_by_label("2023-24, row 1").fill("39.0k")
    officer.row(2, "Capital", "ICT")
    page.get_by_label("2023-24, row 2").fill("eighty")
    officer.row(3, "Capital", "Capital programme HRA")
    officer.row(4, "Revenue", "Capital programme HRA")
    officer.paste(
        "2023-24, row 3",
        "£245,000\t58,000\t58,000\t58,000\r\n112000\t112,000.00\t£112k\t0.112m\r\n",
    )
    expect(page.get_by_text("8 values pasted")).to_be_visible()
    officer.press("Save")
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("Capital ICT, 2023-24")
    problem.get_by_role("link").first.click()
    expect(page.get_by_label("2023-24, row 2")).to_be_focused()
    assert page.get_by_label("2023-24, row 2").input_value() == "eighty"
    assert page.get_by_label("2026-27, row 4").input_value() == "0.112m"
    assert page.get_by_label("Of which capital, if stated").input_value() == "£528k"
    assert accessibility_faults(page) == []
    page.get_by_label("2023-24, row 2").fill("80k")
    officer.press("Save")
    expect(page.locator("main")).to_contain_text(
        "£528k of capital is minuted, and £538k stands as lines"
    )
    officer.route_and_decision("QL-03", "2023-02-20", "2023-02-28")

    # the cost plan, pasted whole
    officer.go("/projects/QL/plan/")
    page.get_by_role("main").get_by_text("Enter the cost plan").first.click()
    officer.add_years("2023-24", "2024-25", "2025-26", "2026-27")
    page.get_by_label("In force from").fill("2023-06-14")
    page.get_by_label("Capital or revenue, row 1").select_option("Capital")
    page.get_by_label("Capital or revenue, row 2").select_option("Revenue")
    officer.paste(
        "2023-24, row 1", "605.1k\t331.9k\t98.4k\t-\r\n105.2k\t159.2k\t135.2k\t145.7k\r\n"
    )
    officer.press("Save the plan")
    expect(page.locator("main")).to_contain_text("The cost plan is saved.")

    # spend
    officer.go("/projects/QL/spend/new/")
    page.get_by_label("Amount").fill("£1.963m")
    page.get_by_label("Date of posting").fill("2023-03-31")
    page.get_by_label("Capital", exact=True).check()
    officer.press("Record spend")
    expect(page.locator("main")).to_contain_text("Spend of £1,963,000.00 is recorded in 2022-23.")

    # its own Appendix 3, by the tab, without choosing any option
    page.get_by_role("link", name="Funding table").click()
    assert printed_table(page) == APPENDIX_3
    expect(page.locator("main")).to_contain_text("£497,400 capital and £97,300 revenue")
    expect(page.locator("main")).to_contain_text("£528k of capital is minuted")
    with page.expect_download() as download:
        page.locator("main a[href$='/funding.xlsx']").click()
    assert download.value.suggested_filename.endswith(".xlsx")

    # and its position at the year end
    officer.go("/projects/QL/position/?as_at=2023-03-31")
    expect(page.get_by_role("heading", name="Spend is £263k ahead")).to_be_visible()


def test_a_change_is_entered_by_keyboard_alone(officer: Officer, page: Page, finance_officer):
    make_project("QL")
    sign_in(page, officer.address, finance_officer)
    officer.go("/projects/QL/changes/new/")
    keyboard = page.keyboard

    def tab_to(target: Locator | str) -> None:
        """Press Tab until the input has the focus, as a person does who sees where it is."""
        place = page.get_by_label(target, exact=True) if isinstance(target, str) else target
        for _ in range(80):
            if place.first.evaluate("input => input === document.activeElement"):
                return
            keyboard.press("Tab")
        pytest.fail(f"Tab never comes to {target}")

    tab_to("Original budget")
    keyboard.press("Space")
    keyboard.press("ArrowDown")  # to the next kind: an increase
    expect(page.get_by_label("Increase (supplementary estimate)")).to_be_checked()
    tab_to("Title")
    keyboard.type("By keyboard")
    tab_to("Capital or revenue, row 1")
    keyboard.press("c")
    tab_to("Funding source, row 1")
    keyboard.press("i")
    year = dt.date.today().year - (dt.date.today().month < 4)
    tab_to(f"{year}-{(year + 1) % 100:02d}, row 1")
    keyboard.type("12k")
    keyboard.press("ArrowRight")
    keyboard.type("13k")
    keyboard.press("ArrowDown")  # the row below, same year; nothing is sent
    keyboard.press("ArrowUp")
    keyboard.press("Enter")
    keyboard.press("Shift+Tab")
    expect(page.get_by_role("row", name="Total (£)")).to_contain_text("25,000.00")
    tab_to(page.get_by_role("button", name="Save", exact=True))
    keyboard.press("Enter")
    expect(page).to_have_url(f"{officer.address}/approvals/QL-01/")
    lines = page.get_by_role("table", name="Lines as asked for")
    expect(lines).to_contain_text("12,000.00")
    expect(lines).to_contain_text("13,000.00")


def test_a_change_and_a_plan_are_entered_without_javascript_on_a_small_screen(
    live_server, chromium, council, finance_officer
):
    make_project("QL")
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 800}, locale="en-GB"
    )
    page = context.new_page()
    officer = Officer(page, live_server.url)
    sign_in(page, live_server.url, finance_officer)
    officer.go("/projects/QL/changes/new/")
    page.get_by_label("Original budget").check()
    page.get_by_label("Title").fill("Without scripts")
    page.get_by_label("Change to this amount").check()
    page.get_by_label("Amount as the paper states it").fill("£100k")
    officer.add_years("2023-24")
    officer.row(4, "Revenue", "ICT")  # the fourth row comes by a button
    page.get_by_label("2023-24, row 4").fill("£100k")
    officer.press("Check the totals")
    expect(page.locator("main")).to_contain_text("by £100,000, to £100,000")
    expect(page.get_by_role("row", name="Total (£)")).to_contain_text("100,000.00")
    expect(page.locator("main")).to_contain_text("= £100,000")
    officer.press("Save")
    expect(page).to_have_url(f"{live_server.url}/approvals/QL-01/")

    officer.go("/projects/QL/plan/edit/")
    officer.add_years("2023-24")
    page.get_by_label("Work package (empty: not split), row 1").fill("Data migration")
    page.get_by_label("Capital or revenue, row 1").select_option("Revenue")
    page.get_by_label("2023-24, row 1").fill("150.5k")
    page.get_by_label("In force from").fill("2023-06-14")
    officer.press("Save the plan")
    officer.go("/projects/QL/funding/?as_at=2023-06-14&work_packages=on&totals=on")
    expect(page.locator("table.grid")).to_contain_text("Data migration")
    expect(page.locator("table.grid")).to_contain_text("150.5")
    assert not is_wider_than_the_screen(page)
    context.close()


def test_the_funding_table_prints_on_one_a4_page_across(page: Page, live_server, finance_officer):
    project = make_project("HMS", title="Housing Management System")
    sources = [make_source(name, position=n) for n, name in enumerate("ABCDEFGH")]
    change = make_change(
        project,
        [(year, "capital", 58_000, source) for year in range(2023, 2027) for source in sources],
    )
    decide(
        change,
        make_body("council", "Council"),
        "approved",
        dt.date(2023, 2, 28),
        has_authority=True,
    )
    make_plan(
        project,
        [(year, "capital", 600_000) for year in range(2023, 2027)],
        dated=dt.date(2023, 6, 14),
    )
    sign_in(page, live_server.url, finance_officer)
    page.goto(
        f"{live_server.url}/projects/HMS/funding/?as_at=2023-06-14&totals=on&work_packages=on"
    )
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert len(paper) == 1
    width, height = paper[0].get_size()
    assert (round(width), round(height)) == (842, 595)
    words = paper[0].get_textpage().get_text_range()
    assert "Additional budget ask" in words
    assert "Sign out" not in words
