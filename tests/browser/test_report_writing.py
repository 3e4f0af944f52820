"""An author writes a report to a published pack by keyboard alone; without scripts; through a lost connection."""

from __future__ import annotations

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from council_hms.models import User
from reports.models import Paragraph, Publication, Report
from reports.services import report as services
from tests.factories import make_body
from tests.reports.report_factories import (
    fill_compulsory,
    make_ledger,
    make_report,
    make_template,
    section_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, address: str, person: User) -> None:
    session = Client()
    session.force_login(person)
    page.context.add_cookies(
        [{"name": "sessionid", "value": session.cookies["sessionid"].value, "url": address}]
    )


@pytest.fixture
def council(project):
    """A council with a template, a Cabinet, and a project with some ledger."""
    make_ledger(project)
    make_template()
    return make_body("cabinet", "Cabinet", limits=False)


NAME_OF_FOCUS = """() => {
  const here = document.activeElement;
  if (!here.closest("main")) return "";
  const label = here.labels && here.labels.length ? here.labels[0].textContent : "";
  return `${label} ${here.getAttribute("aria-label") || ""} ${here.textContent.slice(0, 80)}`;
}"""


class Keys:
    """A person who has a keyboard and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, name: str) -> Keys:
        """Go on with the tab key until the thing of this name has the focus."""
        for _ in range(140):
            self.page.keyboard.press("Tab")
            if name in self.page.evaluate(NAME_OF_FOCUS):
                return self
        raise AssertionError(f"the keyboard does not reach “{name}” on {self.page.url}")

    def type(self, words: str) -> Keys:
        self.page.keyboard.type(words)
        return self

    def press(self, key: str = "Enter") -> Keys:
        self.page.keyboard.press(key)
        return self

    def go(self) -> Keys:
        """Press what has the focus and wait for the page that comes."""
        with self.page.expect_navigation(timeout=60_000):
            self.page.keyboard.press("Enter")
        return self


def test_by_keyboard_from_nothing_to_a_published_pack(
    live_server, page: Page, report_author, council
):
    sign_in(page, live_server.url, report_author)
    keys = Keys(page)
    page.goto(f"{live_server.url}/reports/")
    keys.to("Begin a report").go()
    keys.to("Projects").type("HMS")
    keys.to("Title").type("Housing system: next steps")
    keys.to("Body that it goes to").type("Cabinet")
    keys.to("Date of the meeting").type("12122023")  # read the same in every order
    keys.to("Reference").type("HMS-2023-06-14")
    keys.to("Begin the report").go()

    expect(page.locator("main")).to_contain_text("HMS-2023-06-14 is begun")
    keys.to("Report of").type("Head of Financial Services")
    keys.to("Policy Framework").type("Council Strategy")
    keys.to("Purpose").type("To ask for {approved | k}.")
    keys.to("Save the header").go()
    expect(page.locator("main")).to_contain_text("To ask for £750k.")

    report = Report.objects.get()
    keys.to("Introduction").go()
    # a figure that is not there is refused, and what was typed is kept
    keys.to("Add paragraphs").type("The budget is {aproved | k}.")
    keys.to("Add to the section").go()
    expect(page.get_by_role("alert")).to_contain_text("Did you mean “approved”?")
    keys.to("Did you mean").press()
    page.keyboard.press("Control+a")
    keys.type("The budget is ")
    keys.to("What to insert").to("Insert").press()  # the first figure: what is approved
    page.keyboard.press("Control+End")
    keys.type(" in all.\n\nSecond paragraph.")
    keys.to("Add to the section").go()
    expect(page.locator("main")).to_contain_text("2 paragraphs are added")
    expect(page.locator("main")).to_contain_text("The budget is £750k in all.")

    fill_compulsory(report_author, report)  # the same again, four times
    page.goto(f"{live_server.url}/reports/HMS-2023-06-14/")
    keys.to("Add a recommendation").go()
    keys.to("Note").press("Space")
    keys.to("What it asks for").type("the position of the budget")
    keys.to("Save the recommendation").go()
    expect(page.locator("main")).to_contain_text("1. Note the position of the budget")

    keys.to("Publish").go()
    keys.to("Publish").go()
    expect(page.get_by_role("alert").first).to_contain_text("Not cleared by finance")
    keys.to("Note").type("Cleared on paper")
    keys.to("Publish").go()
    expect(page.locator("main")).to_contain_text("Version 1 is published", timeout=60_000)
    assert {file.format for file in Publication.objects.get().files.all()} == {
        "html",
        "docx",
        "pdf",
    }

    # and the world reads it
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/published/HMS-2023-06-14/")
    expect(page.locator("article")).to_contain_text("The budget is £750k in all.")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts_a_figure_is_inserted_and_two_versions_are_shown(
    live_server, chromium, report_author, project, council
):
    report = make_report(report_author, project, body=council, figures_as_at=dt.date(2023, 6, 14))
    row = services.add_paragraphs(
        by=report_author, section=section_of(report), text="Spent so far:"
    )[0]
    window: BrowserContext = chromium.new_context(
        viewport={"width": 320, "height": 800}, java_script_enabled=False
    )
    page = window.new_page()
    sign_in(page, live_server.url, report_author)
    page.goto(f"{live_server.url}/reports/{report.reference}/paragraphs/{row.label}/")
    page.get_by_label("What to insert").select_option("{spent | k}")
    page.get_by_role("button", name="Insert", exact=True).click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Spent so far: {spent | k}")
    # meanwhile somebody else saves
    services.edit_paragraph(by=report_author, paragraph=row, version=1, text="Theirs.")
    page.get_by_role("button", name="Save the paragraph").click()
    expect(page.get_by_role("region", name="As someone else saved it meanwhile")).to_contain_text(
        "Theirs."
    )
    expect(page.get_by_label("Text", exact=True)).to_have_value("Spent so far: {spent | k}")
    page.get_by_role("button", name="Save the paragraph").click()
    expect(page.locator("main")).to_contain_text("Spent so far: £655k")
    window.close()


def test_what_is_typed_is_saved_on_the_way_and_survives_a_lost_connection(
    live_server, page: Page, report_author, project, council
):
    report = make_report(report_author, project, body=council)
    row = services.add_paragraphs(by=report_author, section=section_of(report), text="Begun.")[0]
    sign_in(page, live_server.url, report_author)
    address = f"{live_server.url}/reports/{report.reference}/paragraphs/{row.label}/"
    page.goto(address)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    box = page.get_by_label("Text", exact=True)
    status = page.locator("[data-autosave-status]")
    box.fill("Begun, and saved.")
    expect(status).to_contain_text("Saved at")
    assert Paragraph.objects.get().text == "Begun, and saved."

    page.context.set_offline(True)
    box.fill("Begun, and typed on the train.")
    expect(status).to_contain_text("kept in this browser")
    assert Paragraph.objects.get().text == "Begun, and saved."
    page.context.set_offline(False)
    expect(status).to_contain_text("Saved at")
    assert Paragraph.objects.get().text == "Begun, and typed on the train."

    # the browser is closed while the line is down: the words are offered again
    page.context.set_offline(True)
    box.fill("Typed last.")
    expect(status).to_contain_text("kept in this browser")
    page.route(
        "**/paragraphs/**",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    page.context.set_offline(False)
    page.goto(address)
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Typed last.")
