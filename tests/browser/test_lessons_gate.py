"""A new project is stopped by the lessons of the old ones, answers them, and is let through; in a real browser."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from tests.factories import decide, make_body, make_change, make_project
from tests.lessons.lesson_factories import make_category, make_lesson, make_rule
from tests.programs import accessibility_faults, is_wider_than_the_screen, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def change(project, finance_officer):
    """A new project asks for its first budget, and two lessons of HMS bind it."""
    category = make_category("Testing plans and data migration")
    make_rule(category)
    for title in ("Document testing plans", "Rehearse the data migration"):
        make_lesson(project, category, title=title)
    new = make_project("DIGI-28", title="Digital planning system", stage="business_case")
    asked = make_change(
        new,
        [(2026, "capital", 120_000)],
        by=finance_officer,
        submitted_on=None,
        reference="DIGI-28-01",
        kind="original",
    )
    decide(asked, make_body("council", "Council"), None, None)
    return asked


def submit(page: Page, address: str) -> None:
    page.goto(f"{address}/approvals/DIGI-28-01/submit/")
    page.locator("main").get_by_role("button", name="Submit", exact=True).click()


def test_a_new_project_is_stopped_by_the_gate_and_then_let_through(
    live_server, page: Page, finance_officer, change
):
    sign_in(page, live_server.url, finance_officer)
    submit(page, live_server.url)
    expect(page.locator("main")).to_contain_text("2 of 2 lessons that apply are not answered")
    change.refresh_from_db()
    assert change.submitted_on is None

    # the reason leads to the lessons, with both to be answered
    page.get_by_role("link", name="2 of 2 lessons").click()
    expect(page.locator("main")).to_contain_text("2 lessons of earlier projects must be answered")

    # adopted: its boxes appear with the choice; the other lesson is left for later
    first = page.locator("section.lesson-answer").nth(0)
    expect(first.get_by_label("How is it adopted?")).to_be_hidden()
    first.get_by_role("radio", name="Adopted").check()
    expect(first.get_by_label("Why does it not apply?")).to_be_hidden()
    first.get_by_label("How is it adopted?").fill("Every stage has a test plan")
    first.get_by_label("Evidence").fill("Business case, section 6")
    page.get_by_role("button", name="Save answers").click()

    # half an answer is refused, named and kept
    expect(page.get_by_role("alert")).to_contain_text("enter the job title of who adopts it")
    page.get_by_role("alert").get_by_role("link").click()
    expect(first.get_by_label("By whom?")).to_be_focused()
    assert first.get_by_label("How is it adopted?").input_value() == "Every stage has a test plan"
    first.get_by_label("By whom?").fill("Head of Planning")
    page.get_by_role("button", name="Save answers").click()
    expect(page.locator("main")).to_contain_text("1 lesson still to answer before approval")

    # still stopped, by the one that is left
    submit(page, live_server.url)
    expect(page.locator("main")).to_contain_text("1 of 2 lessons that apply is not answered")

    # deferred, with date and owner
    page.goto(f"{live_server.url}/projects/DIGI-28/lessons/")
    left = page.locator("section.lesson-answer").nth(0)
    left.get_by_role("radio", name="Deferred").check()
    left.get_by_label("Deferred until").fill((dt.date.today() + dt.timedelta(days=60)).isoformat())
    left.get_by_label("Owner").fill("Project manager")
    page.get_by_role("button", name="Save answers").click()
    expect(page.locator("main")).to_contain_text("No lesson stops this project")

    submit(page, live_server.url)
    expect(page).to_have_url(f"{live_server.url}/approvals/DIGI-28-01/")
    change.refresh_from_db()
    assert change.submitted_on is not None
    # whoever decides reads the answers
    page.goto(f"{live_server.url}/projects/DIGI-28/lessons/")
    answers = page.get_by_role("table", name="Lessons of earlier projects answered by DIGI-28")
    expect(answers).to_contain_text("Every stage has a test plan")
    expect(answers).to_contain_text("Deferred")


def test_lessons_are_answered_by_keyboard_alone_and_without_script(
    live_server, chromium, finance_officer, change
):
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 800}
    )
    page = context.new_page()
    sign_in(page, live_server.url, finance_officer)
    page.goto(f"{live_server.url}/projects/DIGI-28/lessons/")
    section = page.locator("section.lesson-answer").nth(1)
    section.get_by_role("radio", name="Not applicable").focus()
    page.keyboard.press("Space")
    section.get_by_label("Why does it not apply?").focus()
    page.keyboard.type("No data is migrated")
    page.get_by_role("button", name="Save answers").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("1 answer saved. 1 lesson still to answer")
    context.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_of_lessons_have_no_accessibility_fault(
    live_server, chromium, finance_officer, administrator, change, width
):
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    faults = []
    for person, addresses in (
        (
            finance_officer,
            [
                "/lessons/",
                "/lessons/?q=nothing-like-it",
                "/lessons/new/",
                "/lessons/adoption/",
                "/projects/DIGI-28/lessons/",
                "/projects/DIGI-28/lessons/type/",
                "/projects/HMS/lessons/",
                "/projects/HMS/lessons/appendix-2/",
                "/projects/HMS/lessons/new/",
            ],
        ),
        (administrator, ["/lessons/rules/", "/lessons/rules/new/", "/lessons/rules/limit/new/"]),
    ):
        context.clear_cookies()
        sign_in(page, live_server.url, person)
        for address in addresses:
            page.goto(live_server.url + address)
            if is_wider_than_the_screen(page):
                faults.append(f"{address}: wider than the screen")
            faults += accessibility_faults(page)
    assert faults == []
    # and with errors on the page
    sign_in(page, live_server.url, finance_officer)
    page.goto(f"{live_server.url}/projects/DIGI-28/lessons/")
    page.get_by_role("radio", name="Adopted").first.check()
    page.get_by_role("button", name="Save answers").click()
    assert accessibility_faults(page) == []
    context.close()
