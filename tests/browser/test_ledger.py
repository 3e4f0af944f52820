"""The ledger in a real browser: from draft to approval, a virement, an interim approval, two officers at once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from budgets.models import AuthorityLimit, BudgetChange, CostPlan
from council_hms.models import CouncilSettings, User
from tests.factories import make_body, make_project, make_source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def enter(context: BrowserContext, address: str, person: User) -> Page:
    """A page of a person who is signed in."""
    session = Client()
    session.force_login(person)
    context.add_cookies(
        [{"name": "sessionid", "value": session.cookies["sessionid"].value, "url": address}]
    )
    return context.new_page()


def no_fault(page: Page) -> None:
    """No accessibility fault that axe knows of, at A and AA."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    faults = [
        (fault["id"], [node["html"][:120] for node in fault["nodes"][:3]])
        for fault in found.response["violations"]
    ]
    assert faults == [], (page.url, faults)


@pytest.fixture
def second_window(chromium: Browser):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def bodies(db):
    """A council whose Cabinet may approve £250,000 and whose board may approve nothing."""
    council = make_body("council", "Council", position=9)
    cabinet = make_body("cabinet", "Cabinet", position=5, ratified_by=council)
    AuthorityLimit.objects.create(
        body=cabinet, kind="capital", per_change=Decimal(250_000), since=dt.date(2015, 4, 1)
    )
    make_body("project_board", "Project board", position=1, ratified_by=council)


def record(page: Page, address: str, title: str, amount: str) -> None:
    """Enter a change of capital in the first year of the grid."""
    page.goto(f"{address}/projects/HMS/changes/new/")
    page.get_by_label("Increase (supplementary estimate)").check()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Capital or revenue, row 1").select_option("capital")
    page.get_by_label("Funding source, row 1").select_option(label="Capital programme")
    page.locator("[data-cell]").first.fill(amount)
    page.get_by_role("button", name="Save", exact=True).click()


def decide(page: Page, link: str, **fields: str) -> None:
    """Record what a body decided, by the link or button that says so."""
    page.get_by_role("link", name=link).first.click()
    page.get_by_label("Date of the decision").fill("2026-03-20")
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " ")).fill(value)
    no_fault(page)
    page.get_by_role("button", name="Record the decision").click()


def test_from_draft_to_approval_with_a_second_person_for_each_decision(
    live_server,
    window: BrowserContext,
    second_window,
    finance_officer,
    second_finance_officer,
    project,
    bodies,
):
    CouncilSettings.objects.create(pk=1, four_eyes=True)
    make_source("Capital programme")
    first = enter(window, live_server.url, finance_officer)
    other = enter(second_window, live_server.url, second_finance_officer)
    record(first, live_server.url, "Interfaces", "375k")
    expect(first.locator("main")).to_contain_text("HMS-01 is recorded as a draft")
    no_fault(first)

    first.get_by_role("link", name="Submit for decision").click()
    expect(first.locator("main")).to_contain_text("Cabinet, to recommend")
    no_fault(first)
    first.get_by_role("button", name="Submit", exact=True).click()
    expect(first.locator("main")).to_contain_text("HMS-01 is submitted for decision")

    for body, outcome in (
        ("Project board", "Recommended"),
        ("Cabinet", "Recommended"),
        ("Council", "Approved"),
    ):
        decide(first, f"Record what {body} decided", Minute_number="45")
        expect(first.locator("main")).to_contain_text("Not yet confirmed")
        expect(first.get_by_role("button", name="Confirm against the minutes")).to_have_count(0)
        other.goto(f"{live_server.url}/approvals/HMS-01/")
        other.get_by_role("button", name="Confirm against the minutes").click()
        expect(other.locator("main")).to_contain_text(f"{outcome} by {body}, 20 March 2026")
        first.reload()
    expect(first.locator("main")).to_contain_text("Approved by Council, 20 March 2026")
    expect(first.locator("main")).to_contain_text(
        "Confirmed against the minutes by Second finance officer"
    )
    no_fault(first)
    for page in ("position", "changes", "plan", "funding"):
        first.goto(f"{live_server.url}/projects/HMS/{page}/")
        no_fault(first)


def test_above_its_limit_a_body_gives_an_interim_approval_until_it_is_ratified(
    live_server, window: BrowserContext, finance_officer, project, bodies
):
    make_source("Capital programme")
    page = enter(window, live_server.url, finance_officer)
    record(page, live_server.url, "Overspend", "263,000")
    page.get_by_role("link", name="plan another").click()
    no_fault(page)
    page.locator("#id_body_1").select_option(label="Cabinet")
    page.locator("#id_expects_1").select_option(label="Approve")
    for stop in ("2", "3"):
        page.locator(f"#id_body_{stop}").select_option(label="No stop")
    page.get_by_role("button", name="Save the route").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why the route differs")
    page.get_by_label("Why the route differs").fill("Cabinet meets first")
    page.get_by_role("button", name="Save the route").click()
    page.get_by_role("link", name="Submit for decision").click()
    page.get_by_role("button", name="Submit", exact=True).click()
    decide(page, "Record what Cabinet decided")

    main = page.locator("main")
    expect(main).to_contain_text("above the limit of Cabinet, £250k in one change")
    expect(main).to_contain_text("This approval is not budget authority")
    no_fault(page)
    page.goto(f"{live_server.url}/approvals/?standing=interim")
    expect(page.locator("main")).to_contain_text("needs ratification by Council")
    page.goto(f"{live_server.url}/projects/HMS/position/")
    expect(page.locator("main")).to_contain_text("Held on interim authority")

    page.goto(f"{live_server.url}/approvals/HMS-01/")
    decide(page, "Record the ratification by Council")
    expect(main).to_contain_text("Ratified by Council, 20 March 2026")
    page.goto(f"{live_server.url}/approvals/?standing=interim")
    expect(page.locator("main")).not_to_contain_text("HMS-01")


def test_a_virement_balances_before_it_is_saved_and_both_projects_show_it(
    live_server, window: BrowserContext, finance_officer, project, other_project, bodies
):
    make_source("Capital programme")
    page = enter(window, live_server.url, finance_officer)
    page.goto(f"{live_server.url}/projects/HMS/changes/new/")
    page.get_by_label("Virement (between heads)").check()
    page.get_by_label("Title").fill("From the pool roof")
    for row in ("1", "2"):
        page.get_by_label(f"Capital or revenue, row {row}").select_option("capital")
        page.get_by_label(f"Funding source, row {row}").select_option(label="Capital programme")
    page.get_by_label("Other project, row 2").select_option(label="POOL")
    first = page.locator("[data-row]").nth(0).locator("[data-cell]").first
    second = page.locator("[data-row]").nth(1).locator("[data-cell]").first
    first.fill("250k")
    balance = page.locator("[data-balance]")
    expect(balance).to_contain_text("do not balance: they sum to £250,000")
    second.fill("(249,999.99)")
    expect(balance).to_contain_text("they sum to £0.01")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("must sum to nil: they sum to £0.01")
    assert not BudgetChange.objects.exists()
    no_fault(page)
    expect(second).to_have_value("(249,999.99)")
    second.fill("-250k")
    expect(balance).to_contain_text("The lines balance")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("HMS-01 is recorded as a draft")
    for reference, amount in (("HMS", "250.0"), ("POOL", "-250.0")):
        page.goto(f"{live_server.url}/projects/{reference}/changes/")
        row = page.locator("tr", has_text="From the pool roof")
        expect(row).to_contain_text(amount)


def test_two_officers_on_one_grid_see_both_versions_and_lose_nothing(
    live_server,
    window: BrowserContext,
    second_window,
    finance_officer,
    second_finance_officer,
    project,
):
    first = enter(window, live_server.url, finance_officer)
    second = enter(second_window, live_server.url, second_finance_officer)

    def fill(page: Page, amount: str) -> None:
        page.locator("[data-cell]").first.fill(amount)

    first.goto(f"{live_server.url}/projects/HMS/plan/edit/")
    first.get_by_label("Capital or revenue, row 1").select_option("capital")
    fill(first, "100")
    first.get_by_role("button", name="Save the plan").click()
    expect(first.locator("main")).to_contain_text("The cost plan is saved")

    for page in (first, second):
        page.goto(f"{live_server.url}/projects/HMS/plan/edit/")
    fill(first, "111")
    fill(second, "222")
    first.get_by_role("button", name="Save the plan").click()
    expect(first.locator("main")).to_contain_text("The cost plan is saved")
    second.get_by_role("button", name="Save the plan").click()
    expect(second.get_by_role("alert")).to_contain_text("Someone else has changed this")
    expect(second.locator("main")).to_contain_text("As someone else saved it")
    expect(second.locator(".alert-panel")).to_contain_text("111")
    expect(second.locator("[data-cell]").first).to_have_value("222")
    no_fault(second)
    assert CostPlan.objects.get().lines.get().amount == 111
    second.get_by_role("button", name="Save the plan").click()
    expect(second.locator("main")).to_contain_text("The cost plan is saved")
    assert CostPlan.objects.get().lines.get().amount == 222


def test_the_administrators_pages_have_no_fault_and_a_limit_is_kept(
    live_server, window: BrowserContext, administrator, project, bodies
):
    page = enter(window, live_server.url, administrator)
    for address in (
        "",
        "edit/",
        "people/",
        "people/new/",
        "constitution/",
        "sources/",
        "closed-years/",
    ):
        page.goto(f"{live_server.url}/council/{address}")
        no_fault(page)
    page.goto(f"{live_server.url}/council/constitution/")
    page.get_by_role("link", name="Add a limit for Project board").click()
    page.get_by_label("Virement").check()
    page.get_by_label("Most in one change").fill("£5k")
    page.get_by_label("In force from").fill("2026-04-01")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("£5,000")
    for address in ("/history/", "/history/security/"):
        page.goto(live_server.url + address)
        no_fault(page)
    page.goto(f"{live_server.url}/history/")
    page.get_by_role("link", name="Limit: added").click()
    expect(page.locator("main")).to_contain_text("5000.00")
    no_fault(page)
    assert make_project().pk
