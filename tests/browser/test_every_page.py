"""Every page of the example council in a real browser: no accessibility fault, none wider than a small screen."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Error

from council_hms.access import Role
from council_hms.models import User
from projects.models import Project
from tests.factories import make_user, sit_on_board
from tests.programs import accessibility_faults, is_wider_than_the_screen, sign_in
from tests.test_every_page_is_guarded import Line, address_of, patterns, read_table

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Who opens a page: the first of these that may. Between them they may open all.
ORDER = (
    Role.FINANCE_OFFICER,
    Role.PROJECT_MANAGER,
    Role.BOARD_MEMBER,
    Role.REPORT_AUTHOR,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    """One person of each role, named by it, at home in the example council."""
    call_command("load_example", stdout=StringIO())
    hms = Project.objects.get(reference="HMS")
    found = {}
    for role in ORDER:
        found[role] = make_user(role, name=role)
        if role in (Role.PROJECT_MANAGER, Role.BOARD_MEMBER):
            sit_on_board(found[role], hms)
    return found


def pages() -> dict[str, list[str]]:
    """Role → the pages that it opens. Files are not drawn by a browser."""
    table = read_table()
    found: dict[str, list[str]] = {role: [] for role in ORDER}
    for _, entry in patterns():
        line = table.get(str(entry.name))
        if line is None or "format" in entry.pattern.converters or entry.name == "council_css":
            continue
        roles = line.by_role if isinstance(line, Line) else dict.fromkeys(ORDER, "see")
        who = next((role for role in ORDER if roles[role] != "-"), None)
        if who:
            found[who].append(address_of(entry))
    return found


def test_every_page_is_free_of_accessibility_faults_and_fits_a_small_screen(
    live_server, chromium: Browser, people: dict[str, User]
) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 800}, locale="en-GB")
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
    faults = []
    seen = 0
    for who, addresses in pages().items():
        context.clear_cookies()
        sign_in(page, live_server.url, people[who])
        for address in addresses:
            page.set_viewport_size({"width": 320, "height": 800})
            try:
                answer = page.goto(f"{live_server.url}{address}")
            except Error:
                continue  # a button's address, or a file: nothing that a browser shows
            content = answer.headers.get("content-type", "") if answer else ""
            if answer is None or answer.status != 200 or "html" not in content:
                continue
            seen += 1
            if is_wider_than_the_screen(page):
                faults.append(f"{address}: wider than 320 px")
            page.set_viewport_size({"width": 1280, "height": 900})
            faults += accessibility_faults(page)
    context.close()
    assert seen > 60
    assert faults == []
    assert broken == []
