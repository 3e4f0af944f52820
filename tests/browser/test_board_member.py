"""A board member's ten minutes: what needs them, why, where it comes from, and the pack for the meeting."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from council_hms.models import User
from tests.factories import decide, make_body, make_change, make_plan, make_spend
from tests.projects.delivery_factories import make_action, make_highlight, make_milestone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, address: str, person: User) -> None:
    session = Client()
    session.force_login(person)
    page.context.add_cookies(
        [{"name": "sessionid", "value": session.cookies["sessionid"].value, "url": address}]
    )


@pytest.fixture
def overtaken(project, finance_officer):
    """£600k approved by Council; £700k spent, the rest on the project board's word; go-live three years late."""
    project.stage = "delivery"
    project.save()
    council, board = make_body("council", "Council"), make_body("project_board", "Project board")
    change = make_change(
        project,
        [(2022, "capital", 600_000)],
        by=finance_officer,
        reference="HMS-01",
        title="Original budget",
        kind="original",
        submitted_on=dt.date(2022, 2, 1),
    )
    decide(change, council, "approved", dt.date(2022, 2, 20), has_authority=True)
    interim = make_change(
        project,
        [(2022, "capital", 100_000)],
        by=finance_officer,
        reference="HMS-02",
        title="More for testing",
        submitted_on=dt.date(2023, 1, 10),
    )
    decide(interim, board, "approved", dt.date(2023, 1, 20))
    decide(interim, council, None, None, planned_for=dt.date(2027, 2, 22))
    make_spend(project, dt.date(2023, 3, 1), 700_000)
    make_plan(project, [(2027, "capital", 50_000)], dated=dt.date(2026, 4, 1))
    make_milestone(
        project, baseline=dt.date(2018, 5, 31), actual=dt.date(2021, 5, 31), name="Go-live"
    )
    make_action(project, dt.date(2026, 1, 31), what="Settle with the supplier")
    make_highlight(project, dt.date(2026, 11, 1), submitted_on=dt.date(2026, 11, 2))
    return project


def test_from_the_home_page_to_the_origin_of_a_figure_in_two_clicks_and_out_with_the_pack(
    live_server, page: Page, board_member, overtaken, tmp_path
):
    sign_in(page, live_server.url, board_member)
    page.goto(live_server.url)
    main = page.locator("main")
    expect(main).to_contain_text("Projects that need somebody, and why")
    expect(main).to_contain_text("Spend ahead of formal approval")
    expect(main).to_contain_text("£100k ahead, on the word of the Project board alone")
    expect(main).to_contain_text("HMS: More for testing, £100k")

    # two clicks: the finding leads to the position, the position to the change
    page.get_by_role("link", name="Spend ahead of formal approval").first.click()
    expect(page).to_have_url(f"{live_server.url}/projects/HMS/position/?as_at={dt.date.today()}")
    page.get_by_role("link", name="HMS-01").first.click()
    expect(page.locator("main")).to_contain_text("Original budget")

    # the overview tells it without a word of explanation
    page.goto(live_server.url)
    page.locator("main table").get_by_role("link", name="HMS", exact=True).click()
    for said in (
        "Spend is £100k ahead of formal approval",
        "held on the word of the Project board",
        "Go-live is 36 months late.",
        "Settle with the supplier",
    ):
        expect(page.locator("main")).to_contain_text(said)

    with page.expect_download() as downloaded:
        page.get_by_role("button", name="Board pack as PDF").click()
    pack = tmp_path / "pack.pdf"
    downloaded.value.save_as(pack)
    assert pack.read_bytes().startswith(b"%PDF")
    assert downloaded.value.suggested_filename.startswith("hms-board-pack-")


#: What WCAG 2.2 AA asks and a machine can tell.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("width", [1280, 320])
def test_the_dashboards_have_no_accessibility_fault(
    live_server, chromium, board_member, finance_officer, stranger, overtaken, width
):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    accept = "/projects/HMS/findings/accept/budgets.ahead_of_authority/year-2022/"
    faults = []
    for person, addresses in (
        (
            board_member,
            [
                "/",
                "/portfolio/",
                "/portfolio/?q=nothing-like-it",
                "/portfolio/?as_at=someday",
                "/findings/",
                "/findings/?severity=advice&who=nobody",
                "/findings/rules/",
                "/projects/HMS/",
                "/projects/HMS/?as_at=2020-01-01",
                "/projects/HMS/findings/",
                "/projects/HMS/board-pack/",
            ],
        ),
        (finance_officer, ["/", accept]),
        (stranger, ["/"]),
    ):
        sign_in(page, live_server.url, person)
        for address in addresses:
            page.goto(live_server.url + address)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{address}: wider than the screen")
            found = axe.run(page, options=RULES).response["violations"]
            faults += [f"{address}: {fault['id']} {fault['nodes'][0]['target']}" for fault in found]
    context.close()
    assert not faults, "\n".join(faults)


def test_the_home_page_needs_no_script(live_server, chromium, board_member, overtaken):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, board_member)
    page.goto(live_server.url)
    expect(page.locator("main")).to_contain_text("Projects that need somebody, and why")
    context.close()
