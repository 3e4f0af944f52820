"""A project manager's month: the highlight report, an action, a change request that ends in the ledger, the closure."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from budgets.models import BudgetChange
from projects.models import Action, ChangeRequest, ClosureReport, HighlightReport
from tests.factories import make_source
from tests.programs import accessibility_faults, is_wider_than_the_screen, sign_in
from tests.projects.delivery_factories import make_action, make_highlight, make_milestone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def days(number: int) -> dt.date:
    return dt.date.today() + dt.timedelta(days=number)


@pytest.fixture
def month(project):
    """A month in which go-live slipped past its promise, and one action was done and one is due."""
    project.stage, project.reporting_weeks = "delivery", 4
    project.save()
    make_highlight(
        project, days(-30), submitted_on=days(-29), ratings={"time": "green", "cost": "amber"}
    )
    make_milestone(project, "Go-live", baseline=days(-200), forecast=days(20))
    make_action(project, days(-10), what="Clean the data", done_on=days(-12))
    make_action(project, days(10), what="Train the users")
    return project


def seen(page: Page) -> None:
    """No fault that a machine can tell on the page as it stands."""
    assert not accessibility_faults(page)
    assert not is_wider_than_the_screen(page)


@pytest.mark.parametrize(("has_script", "width"), [(True, 1280), (False, 320)])
def test_a_report_is_written_submitted_and_noted_by_the_board(
    live_server, chromium, project_manager, board_member, month, has_script, width
):
    context = chromium.new_context(
        java_script_enabled=has_script, viewport={"width": width, "height": 900}, locale="en-GB"
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    sign_in(page, live_server.url, project_manager)
    page.goto(f"{live_server.url}/projects/HMS/highlight-reports/")
    page.locator("main .govuk-button", has_text="Write a highlight report").click()

    # filled in with what is known: what was done, what comes next, a proposal and the last rating for each aspect
    expect(page.get_by_label("What was done")).to_have_value("- Action done: Clean the data")
    assert "Train the users" in page.get_by_label("What comes next").input_value()
    time = page.get_by_role("region", name="Time")
    expect(time).to_contain_text("Proposed: Red")
    expect(time).to_contain_text("Last period: Green")
    expect(time.get_by_role("radio", name="Red")).to_be_checked()

    # another rating than the proposed one needs its reason; a report needs its words
    time.get_by_role("radio", name="Amber").check()
    page.get_by_role("button", name="Submit to the board").click()
    problems = page.get_by_role("alert")
    for said in (
        "Sum the period up in a few sentences",
        "Say why time is not red, as proposed",
        "Choose a rating for scope",
        "Choose the delivery confidence",
    ):
        expect(problems).to_contain_text(said)
    if has_script:  # axe is a script
        seen(page)
    problems.get_by_role("link", name="Say why time is not red").click()
    expect(page.get_by_label("Reason for time")).to_be_focused()
    expect(time.get_by_role("radio", name="Amber")).to_be_checked()

    # a draft may be incomplete; the board sees nothing of it
    page.keyboard.type("Go-live is rehearsed and three weeks away")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.locator("main")).to_contain_text("The draft is saved.")
    report = HighlightReport.objects.get(submitted_on=None)
    page.goto(f"{live_server.url}/projects/HMS/highlight-reports/{report.pk}/edit/")
    page.get_by_label("In a few sentences").fill("The data is clean and go-live is near.")
    for aspect in ("Cost", "Scope", "Quality", "Benefits", "Risk"):
        page.get_by_role("region", name=aspect, exact=True).get_by_role(
            "radio", name="Green"
        ).check()
    page.get_by_label("Delivery confidence", exact=True).select_option(label="Amber")
    page.get_by_role("button", name="Submit to the board").click()
    expect(page.locator("main")).to_contain_text("The report is submitted to the board.")

    # the board is led to it from the home page, and notes it
    sign_in(page, live_server.url, board_member)
    page.goto(live_server.url)
    page.locator("main").get_by_role("link", name="HMS, period to").first.click()
    expect(page.locator("main")).to_contain_text("Go-live is rehearsed and three weeks away")
    page.locator("main .govuk-button", has_text="note").first.click()
    page.get_by_label("What the board noted").fill("Carry on.")
    page.get_by_role("button", name="Record the note").click()
    report.refresh_from_db()
    assert report.board_note == "Carry on."

    # and reads the last rating beside the present one on the overview
    page.goto(f"{live_server.url}/projects/HMS/")
    row = page.get_by_role("row", name="Time")
    expect(row.get_by_role("cell").nth(0)).to_have_text("Green")
    expect(row.get_by_role("cell").nth(1)).to_have_text("Amber")
    context.close()


def test_an_action_is_added_and_done(live_server, page: Page, project_manager, month):
    sign_in(page, live_server.url, project_manager)
    page.goto(f"{live_server.url}/projects/HMS/actions/new/")
    page.get_by_role("button", name="Add the action").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what is to be done")
    page.get_by_label("What is to be done").fill("Book the trainer")
    page.get_by_label("Owner").fill("Head of Housing")
    page.get_by_label("To be done by").fill(days(30).isoformat())
    page.get_by_role("button", name="Add the action").click()
    action = Action.objects.get(what="Book the trainer")
    page.goto(f"{live_server.url}/projects/HMS/actions/{action.pk}/")
    page.get_by_label("Done on").fill(days(0).isoformat())
    page.get_by_role("button", name="Save").click()
    action.refresh_from_db()
    assert action.done_on == days(0)


def test_a_change_that_the_board_approves_is_asked_of_the_ledger(
    live_server,
    window: BrowserContext,
    page: Page,
    project_manager,
    board_member,
    finance_officer,
    month,
):
    make_source("Capital programme")
    sign_in(page, live_server.url, project_manager)
    page.goto(f"{live_server.url}/projects/HMS/change-requests/new/")
    page.get_by_label("Title").fill("A customer portal")
    page.get_by_label("Effect on cost").fill("plenty")
    page.get_by_role("button", name="Raise the request").click()
    for said in ("Say what is to change", "Say why", "“plenty” is not an amount"):
        expect(page.get_by_role("alert")).to_contain_text(said)
    page.get_by_label("What is to change").fill("Tenants report repairs themselves")
    page.get_by_label("Why", exact=True).fill("Fewer calls")
    page.get_by_label("Effect on cost").fill("£42k")
    page.get_by_role("button", name="Raise the request").click()
    request = ChangeRequest.objects.get()

    # the board decides with the request before its eyes
    sign_in(page, live_server.url, board_member)
    page.goto(f"{live_server.url}{request.get_absolute_url()}decide/")
    expect(page.locator("main")).to_contain_text("Tenants report repairs themselves")
    page.get_by_role("radio", name="Approved").check()
    page.get_by_label("Reason").fill("It pays for itself")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.locator("main")).to_contain_text("A finance officer enters the budget change")

    # the finance officer is told, and enters it from the request
    sign_in(page, live_server.url, finance_officer)
    page.goto(f"{live_server.url}/projects/HMS/findings/")
    page.get_by_role("link", name="Change approved by the board, no budget change").first.click()
    page.locator("main .govuk-button", has_text="Enter the budget change").click()
    seen(page)
    expect(page.get_by_label("Title")).to_have_value("A customer portal")
    expect(page.get_by_label("Amount as the paper states it")).to_have_value("£42k")
    page.get_by_label("Capital or revenue, row 1").select_option("capital")
    page.get_by_label("Funding source, row 1").select_option(label="Capital programme")
    page.locator("[data-cell]").first.fill("42k")
    page.get_by_role("button", name="Save", exact=True).click()
    change = BudgetChange.objects.get()
    expect(page).to_have_url(f"{live_server.url}/approvals/{change.reference}/")
    page.get_by_role("link", name="Change request 1: A customer portal").click()
    expect(page.locator("main").get_by_role("link", name=change.reference)).to_be_visible()
    page.goto(f"{live_server.url}/projects/HMS/findings/")
    expect(page.locator("main")).not_to_contain_text("no budget change asks for it")


def test_the_closure_report_is_written_submitted_and_accepted(
    live_server, page: Page, project_manager, board_member, month, tmp_path
):
    sign_in(page, live_server.url, project_manager)
    page.goto(f"{live_server.url}/projects/HMS/closure/")
    page.locator("main .govuk-button", has_text="Write the closure report").click()
    boxes = page.locator("main textarea")
    boxes.first.fill("- The system\n- The data")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Submit to the board").click()
    expect(page.locator("main")).to_contain_text("The closure report still needs")
    page.locator("main .govuk-button", has_text="Edit the report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Write the closure report")
    for box in boxes.all()[1:]:
        box.fill("As planned")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Submit to the board").click()
    expect(page.locator("main")).to_contain_text("Submitted to the board on")
    seen(page)
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="PDF").click()
    downloaded.value.save_as(tmp_path / "closure.pdf")
    assert (tmp_path / "closure.pdf").read_bytes().startswith(b"%PDF")

    sign_in(page, live_server.url, board_member)
    page.goto(f"{live_server.url}/projects/HMS/closure/")
    expect(page.locator("main")).to_contain_text("0 of 1 milestones reached.")
    page.locator("main .govuk-button", has_text="Record that the board accepted it").click()
    page.get_by_label("What the board noted").fill("Well done.")
    page.get_by_role("button", name="Record the acceptance").click()
    assert ClosureReport.objects.get().accepted_by == board_member
