"""What the checker says of a draft, beside its review: each thing once, and nothing to those without the right."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from council_hms.access import Role
from reports.services import report as services
from reports.services.report import Exemption
from tests.factories import make_user
from tests.reports.report_factories import make_ledger, make_report, section_of


@pytest.fixture
def report(project, report_author):
    make_ledger(project)
    return make_report(report_author, project)


def page_of(session, report) -> str:
    answer = session.get(f"/reports/{report.reference}/findings/")
    assert answer.status_code == 200
    return answer.content.decode()


def checked(page: str) -> str:
    return page.partition('id="figures"')[2].partition("Of its projects")[0]


def write(by, report, text, **more) -> None:
    services.add_paragraphs(by=by, section=section_of(report), text=text, **more)


def test_an_empty_draft_and_a_sound_one_have_nothing_to_look_at(report, report_author, signed_in):
    author = signed_in(report_author)
    assert "Nothing: its figures agree" in checked(page_of(author, report))
    write(report_author, report, "Council approved {approved | k}, and {spent | k} is spent.")
    said = checked(page_of(author, report))
    assert "Nothing: its figures agree" in said
    assert "Typed" not in said


@pytest.mark.parametrize(
    "text",
    [
        "| |\n|---|\n| |",
        "| Item | 2023-24 | Total |\n|---|---|---|\n| One | £1 | |\n| Total | £x | - |",
        "### £5k\n\n- £\n- 100%\n\n1. {approved}\n2. £0",
        "1. 2. 3.",
        "Appendix 9 and paragraph 99 and Table 7, Schedule 12A.",
    ],
)
def test_no_text_breaks_the_page(report, report_author, signed_in, text):
    write(report_author, report, text)
    page_of(signed_in(report_author), report)


def test_a_typed_table_that_does_not_add_up_leads_to_its_paragraph(
    report, report_author, signed_in
):
    write(
        report_author,
        report,
        "The parts:\n| Item | £k |\n|---|---|\n| Licences | 100 |\n| Testing | 250 |\n"
        "| Training | 40 |\n| Total | 490 |",
    )
    said = checked(page_of(signed_in(report_author), report))
    assert "490 is printed" in said
    assert f"/reports/{report.reference}/paragraphs/{report.paragraphs.last().label}/" in said


def test_a_typed_figure_is_told_once_with_what_the_checker_knows_of_it(
    report, report_author, signed_in
):
    write(report_author, report, "Moving the data costs £77k.")
    page = page_of(signed_in(report_author), report)
    assert page.count("£77k") == 1
    assert "Not traced" in checked(page).partition("£77k")[2]


def test_what_is_exempt_is_checked_for_those_with_the_right_alone(
    report, report_author, board_member, signed_in
):
    write(
        report_author,
        report,
        "The settlement is £91k.",
        exemption=Exemption(True, (3,), "It would harm the council in negotiation."),
    )
    assert "£91k" in checked(page_of(signed_in(report_author), report))
    assert "£91k" not in page_of(signed_in(make_user(Role.ADMINISTRATOR)), report)


def test_parts_are_moved_and_removed_by_the_buttons_of_their_pages(report, report_author):
    """The buttons carry the token without which the server refuses them."""
    write(report_author, report, "One.\n\nTwo.")
    section = section_of(report)
    first, second = (row.label for row in section.paragraphs.all())
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(report_author)
    pages = f"/reports/{report.reference}"

    def press(address: str, words: str, **sent: str) -> None:
        form = next(
            form
            for form in re.findall(r"<form.*?</form>", browser.get(address).content.decode(), re.S)
            if words in form and second in form
        )
        action = re.search(r'action="([^"]*)"', form)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', form)
        assert action
        assert token
        answer = browser.post(action[1], {"csrfmiddlewaretoken": token[1], **sent})
        assert answer.status_code == 302

    press(f"{pages}/sections/{section.pk}/", "Move up", way="up")
    assert [row.label for row in section.paragraphs.all()] == [second, first]
    press(f"{pages}/paragraphs/{second}/", "Remove the paragraph")
    assert [row.label for row in section.paragraphs.all()] == [first]
