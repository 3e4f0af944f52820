"""A register is reviewed by keyboard alone and without script; its pages have no accessibility fault."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from council_hms.models import User
from tests.risks.risk_factories import make_control, make_exempt, make_risk, review

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY, LATER = dt.date(2026, 2, 2), dt.date(2026, 5, 4)
#: Pages that lie otherwise on a narrow screen; the others only get narrower.
FOLDED = ("/HMS/risks/", "review", "file with")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


def sign_in(page: Page, address: str, person: User) -> None:
    session = Client()
    session.force_login(person)
    page.context.add_cookies(
        [{"name": "sessionid", "value": session.cookies["sessionid"].value, "url": address}]
    )


@pytest.fixture
def risks(project):
    """A register with something of each kind: two reviews, an opportunity, a late control, an exempt risk."""
    data = make_risk(project, "The data is not ready", owner="Data Lead", reviews=[(DAY, 4, 3)])
    review(data, LATER, 4, 4, target=(4, 1), gross_impact=5, gross_probability=5, comment="Late")
    make_control(data, "Rehearse the migration", due_on=DAY)
    chance = make_risk(project, "More tenants use it", kind="opportunity", reviews=[(DAY, 2, 2)])
    make_exempt(make_risk(project, "The claim", reviews=[(LATER, 3, 3)]))
    return data, chance


def reach(page: Page, name: str) -> None:
    """Press Tab until what is named has the focus, as a person without a mouse does."""
    for _ in range(120):
        page.keyboard.press("Tab")
        label = page.evaluate(
            """() => { const it = document.activeElement;
            return (it.labels && it.labels[0] ? it.labels[0].textContent : it.textContent).trim() }"""
        )
        if re.sub(r"\s+", " ", label).startswith(name):
            return
    raise AssertionError(f"{name} cannot be reached by Tab")


@pytest.mark.parametrize("has_script", [True, False])
def test_a_register_is_reviewed_by_keyboard_alone(
    live_server, chromium, project_manager, risks, has_script
):
    context = chromium.new_context(
        java_script_enabled=has_script, viewport={"width": 320, "height": 800}, locale="en-GB"
    )
    page = context.new_page()
    sign_in(page, live_server.url, project_manager)
    page.goto(f"{live_server.url}/projects/HMS/risks/")
    page.get_by_role("button", name="Review the register").or_(
        page.get_by_role("link", name="Review the register")
    ).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review of the risk register")
    # the last scores stand ready; one is changed with its number, one remarked on, one left out
    if has_script:
        reach(page, "Probability of R1")
    else:  # the page is asked nothing when it runs no script: the same box, reached by its label
        page.get_by_label("Probability of R1", exact=True).focus()
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.type("Third trial failed")
    page.get_by_label("Not reviewed this time: R2").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save the review").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("2 risks reviewed. 1 left out.")
    now = page.get_by_role("table", name="As it stands")
    expect(now.get_by_role("cell", name="20 High R1")).to_be_visible()
    before = page.get_by_role("table", name="As the review before left it")
    expect(before.get_by_role("cell", name="16 High R1")).to_be_visible()
    assert [each.assessments.count() for each in risks] == [3, 1]
    assert risks[0].assessments.last().comment == "Third trial failed"
    context.close()


def test_a_mistake_is_led_to_and_what_was_chosen_stays(
    live_server, page: Page, project_manager, risks
):
    sign_in(page, live_server.url, project_manager)
    page.goto(f"{live_server.url}/projects/HMS/risks/review/")
    page.get_by_label("Impact of R1", exact=True).select_option("")
    page.get_by_label("Comment on R2").fill("Kept")
    page.get_by_role("button", name="Save the review").click()
    page.get_by_role("alert").get_by_role("link", name="R1: choose the current impact").click()
    expect(page.get_by_label("Impact of R1", exact=True)).to_be_focused()
    expect(page.get_by_label("Comment on R2")).to_have_value("Kept")


def test_the_pages_of_risks_have_no_accessibility_fault(
    live_server, chromium, finance_officer, administrator, other_project, risks
):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = chromium.new_context()
    page = context.new_page()
    risk, register = risks[0], risks[0].register_id
    faults = []

    def look(name: str) -> None:
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{name}: wider than {width}")
            if width == 320 and not any(part in name for part in FOLDED):
                continue
            found = axe.run(page, options=RULES).response["violations"]
            faults.extend(
                f"{name} at {width}: {fault['id']} {fault['nodes'][0]['target']}" for fault in found
            )

    for person, addresses in (
        (
            finance_officer,
            [
                "/risks/",
                "/risks/?q=nothing-like-it",
                "/risks/corporate/",
                "/projects/HMS/risks/",
                "/projects/POOL/risks/",
                "/projects/HMS/risks/new/",
                "/projects/HMS/risks/review/",
                "/projects/HMS/risks/scale/",
                "/projects/HMS/risks/appendix-5/?audience=exempt",
                "/projects/HMS/risks/import/",
                f"/risks/{risk.pk}/",
                f"/risks/{risk.pk}/edit/",
                f"/risks/{risk.pk}/close/",
                f"/risks/{risk.pk}/escalate/",
                f"/risks/{risk.pk}/controls/new/",
            ],
        ),
        (
            administrator,
            [
                "/risks/registers/",
                f"/risks/registers/{register}/",
                f"/risks/registers/{register}/scale/",
            ],
        ),
    ):
        context.clear_cookies()
        sign_in(page, live_server.url, person)
        for address in addresses:
            page.goto(live_server.url + address)
            look(address)
    # and with errors on the page, with faults in a file, and with changes to be confirmed
    context.clear_cookies()
    sign_in(page, live_server.url, finance_officer)
    page.goto(f"{live_server.url}/projects/HMS/risks/review/")
    page.get_by_label("Impact of R1", exact=True).select_option("")
    page.get_by_role("button", name="Save the review").click()
    look("a review with an error")
    for name, content in (
        ("faults", "Reference,Risk,Current impact\nR1,The data,9\n"),
        ("changes", "Reference,Risk,Owner\nR1,The data,Head of Housing\nR9,New,Me\n"),
    ):
        page.goto(f"{live_server.url}/projects/HMS/risks/import/")
        page.get_by_label("The register as a file").set_input_files(
            {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": content.encode()}
        )
        page.get_by_role("button", name="Show what it would do").click()
        look(f"a file with {name}")
    page.get_by_role("button", name="Import all of it").click()
    expect(page.locator("main")).to_contain_text("Imported: 1 new and 1 changed risks")
    assert faults == []
    context.close()
