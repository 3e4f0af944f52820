"""The example council as a board member finds it: the source report's story reads off the pages and the pack."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from io import StringIO
from zipfile import ZipFile

import pypdfium2
import pytest
from django.core.management import call_command
from lxml import html

from council_hms.findings import Scope, run
from council_hms.models import User
from projects.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def example_council(django_db_setup, django_db_blocker):
    """The example council, loaded once for this file and taken away after it."""
    from django.db import transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            call_command("load_example", stdout=StringIO())
            yield
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


@pytest.fixture
def board(example_council, db, signed_in):
    """The example council's board member, signed in."""
    return signed_in(User.objects.get(email="board@council.example"))


def words(response) -> str:
    """The text of a page as it is read."""
    assert response.status_code == 200
    return " ".join(html.fromstring(response.content).find(".//main").text_content().split())


def test_the_source_project_raises_what_its_report_gets_wrong_and_nothing_else(example_council, db):
    hms = Project.objects.filter(reference="HMS")
    found = run(Scope(hms, dt.date(2023, 6, 14)))
    # the register of risks is made up, and so are its findings
    assert Counter(f.code for f in found if not f.code.startswith("risks.")) == {
        "budgets.ahead_of_authority": 1,
        "budgets.interim_awaiting_ratification": 1,
        "budgets.forecast_over_budget": 1,
        "budgets.headline_differs_from_lines": 1,
        "budgets.key_decision_marked_no": 1,
        "budgets.no_funding_source": 2,
        "budgets.retrospective_request": 1,
        "budgets.urgent_decision_not_reported": 1,
        "budgets.surplus_year": 1,
        "projects.contract_ends_before_discounts": 1,
        "projects.milestone_slipped": 1,
    }


def pdf_words(content: bytes) -> str:
    pdf = pypdfium2.PdfDocument(content)
    return " ".join(page.get_textpage().get_text_bounded() for page in pdf)


def test_a_board_member_sees_which_projects_need_them_and_why(board):
    page = words(board.get("/"))
    assert "Projects that need somebody, and why" in page
    assert "Spend ahead of formal approval: £3.188m was spent to the end of 2022-23" in page
    assert "Highlight reports to note" in page
    assert "Next decisions" in page
    assert "HMS: Additional budget for 2022-23" in page


def test_any_figure_of_the_home_page_is_two_clicks_from_its_origin(board):
    page = html.fromstring(board.get("/").content)
    row = page.xpath("//tr[.//a[normalize-space()='HMS']]")[0]
    address = row.xpath(".//a[contains(., '£3.91m')]/@href")[0]
    position = board.get(address)
    assert "HMS-06" in words(position)  # the history, whose every change is a link
    assert html.fromstring(position.content).xpath("//a[normalize-space()='HMS-06']/@href") == [
        "/approvals/HMS-06/"
    ]


def test_the_source_report_reads_off_the_project_page(board):
    page = words(board.get("/projects/HMS/", {"as_at": "2023-06-14"}))
    for said in (
        "First approved at £600k; £3.911m is formally approved now",
        "To the end of 2022-23 spend ran £263k ahead of formal approval, held on the word of the Project board.",
        "Go-live is 36 months late.",
        "Still to be approved for this year and later: £594,700 (£497,400 capital, £97,300 revenue).",
        "Spend is £263k ahead of formal approval",
        "which is not budget authority",
        "Additional budget ask",
        "It has logged 4 lessons for later projects: procurement decision; project team and board structure; "
        "programme oversight; testing plans and data migration.",
        "What is approved for a later year does not mend that.",
        "Forecast £4,768,700",  # the line of authority goes on to the end of the plan
        "Amber Red Spend to the end of March is ahead",  # cost, last period and this one
    ):
        assert said in page, said


def test_the_overview_is_asked_of_the_database_in_fewer_questions_than_it_has_figures(
    board, django_assert_max_num_queries
):
    with django_assert_max_num_queries(85):
        board.get("/projects/HMS/", {"as_at": "2023-06-14"})


def test_a_page_of_long_ago_figures_says_so_and_leads_there(board):
    page = board.get("/projects/HMS/")
    assert "Nothing has been entered in the ledger since" in words(page)
    assert b"?as_at=2023-06-14" in page.content


def test_the_board_pack_is_one_click_away_as_pdf_word_and_page(board):
    page = html.fromstring(board.get("/projects/HMS/", {"as_at": "2023-06-14"}).content)
    address = page.xpath("//a[contains(., 'Board pack as PDF')]/@href")[0]
    answer = board.get(address)
    assert answer["Content-Disposition"].endswith('"hms-board-pack-2023-06-14.pdf"')
    said = pdf_words(answer.content)
    assert "Board pack: Housing Management System" in said
    assert "14 June 2023" in said
    assert "ahead of formal approval" in said
    assert "Recommended HMS-07" in said  # no word of the decisions stands over another
    word = board.get("/projects/HMS/board-pack.docx", {"as_at": "2023-06-14"})
    with ZipFile(io.BytesIO(word.content)) as parts:
        assert b"497.4" in parts.read("word/document.xml") or b"241.1" in parts.read(
            "word/document.xml"
        )
    assert "Additional budget ask" in words(board.get("/projects/HMS/board-pack/"))
    assert board.get("/projects/HMS/board-pack.csv").status_code == 404
