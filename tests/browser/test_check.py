"""A report is checked in a real browser: findings lead to their places, a figure to its card, without script too."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from council_hms.models import User
from reports.models import ReportCheck
from tests.reports.check_factories import first_key, make_check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOURCE = Path(__file__).parents[1] / "reports" / "checking" / "source_report.txt"


def sign_in(page: Page, address: str, person: User) -> None:
    session = Client()
    session.force_login(person)
    page.context.add_cookies(
        [{"name": "sessionid", "value": session.cookies["sessionid"].value, "url": address}]
    )


def upload(page: Page, address: str) -> None:
    page.goto(f"{address}/check/")
    page.get_by_role("button", name="Check a report").click()
    page.get_by_label("Report", exact=True).set_input_files(SOURCE)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Housing Management System Implementation"
    )


@pytest.mark.parametrize("script", [True, False])
def test_a_finding_leads_to_its_figure_and_the_figure_to_its_card(
    live_server, chromium, finance_officer, script
):
    context = chromium.new_context(
        java_script_enabled=script, viewport={"width": 1280, "height": 800}
    )
    page = context.new_page()
    sign_in(page, live_server.url, finance_officer)
    upload(page, live_server.url)
    finding = page.locator(".finding", has_text="£538k").first
    finding.get_by_role("link", name="paragraph 9").first.click()
    figure = page.get_by_role("link", name="£528k (Disagrees)")
    expect(figure).to_be_in_viewport()
    card = page.locator(".check-card:visible")
    expect(card).to_have_count(0)
    # by keyboard
    figure.focus()
    page.keyboard.press("Enter")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("Probably meant")
    expect(card).to_contain_text("£538k")
    card.get_by_role("link", name="Close").click()
    expect(card).to_have_count(0)
    expect(figure).to_be_in_viewport()
    context.close()


def test_a_finding_is_dismissed_and_taken_back(live_server, page: Page, finance_officer):
    make_check(finance_officer)
    sign_in(page, live_server.url, finance_officer)
    page.goto(f"{live_server.url}{ReportCheck.objects.get().get_absolute_url()}")
    page.get_by_role("link", name="Dismiss").click()
    page.get_by_role("button", name="Dismiss it").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why the finding does not matter")
    page.get_by_label("Why does it not matter?").fill("Council resolved so")
    page.get_by_role("button", name="Dismiss it").click()
    expect(page.locator("#findings")).to_contain_text("Every finding is dismissed")
    page.get_by_text("Dismissed (1)").click()
    expect(page.locator("#findings")).to_contain_text("Council resolved so")
    page.get_by_role("button", name="Take the dismissal back").click()
    expect(page.locator("#findings-heading")).to_have_text("Findings (1)")


@pytest.mark.parametrize("width", [1280, 320])
def test_the_checkers_pages_have_no_accessibility_fault(
    live_server, chromium, finance_officer, auditor, width
):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    faults = []

    def look(where: str) -> None:
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{where}: wider than the screen")
        found = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        faults.extend(
            f"{where}: {fault['id']} {fault['nodes'][0]['target']}"
            for fault in found.response["violations"]
        )

    sign_in(page, live_server.url, finance_officer)
    page.goto(f"{live_server.url}/check/")
    look("empty list")
    upload(page, live_server.url)
    look("result")
    page.get_by_role("link", name="£528k (Disagrees)").click()
    look("card")
    page.goto(f"{live_server.url}/check/new/")
    look("form")
    page.get_by_role("button", name="Check it").click()
    look("form with error")
    check = make_check(finance_officer)
    page.goto(f"{live_server.url}/check/")
    look("list")
    page.goto(f"{live_server.url}/check/{check.pk}/findings/{first_key(check)}/dismiss/")
    look("dismiss")
    page.goto(f"{live_server.url}/check/{check.pk}/withdraw/")
    look("withdraw")
    page.get_by_role("button", name="Withdraw it").click()
    page.goto(f"{live_server.url}/check/{check.pk}/")
    look("withdrawn")
    context.clear_cookies()
    sign_in(page, live_server.url, auditor)
    page.goto(f"{live_server.url}/check/{ReportCheck.objects.filter(withdrawn_at=None)[0].pk}/")
    look("as the auditor")
    assert faults == []
    context.close()
