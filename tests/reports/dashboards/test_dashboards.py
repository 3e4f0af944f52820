"""Home, portfolio, a project's overview and its board pack: right figures, for the right people, on the right day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from council_hms.access import Role
from projects.models import Project
from tests.factories import (
    decide,
    make_body,
    make_change,
    make_plan,
    make_project,
    make_spend,
    make_user,
    sit_on_board,
)
from tests.projects.delivery_factories import (
    make_action,
    make_highlight,
    make_milestone,
    make_request,
    make_term,
)

pytestmark = pytest.mark.django_db

JUNE_2023 = dt.date(2023, 6, 14)


def words(response) -> str:
    """The text of a page as it is read."""
    assert response.status_code == 200
    return " ".join(html.fromstring(response.content).find(".//main").text_content().split())


# -- home -------------------------------------------------------------------------------------


def test_people_without_projects_are_told_what_comes_first(
    signed_in, stranger, finance_officer, administrator
):
    assert "Your account has no role yet" in words(signed_in(stranger).get("/"))
    officer = words(signed_in(finance_officer).get("/"))
    assert "There are no projects yet" in officer
    assert "Enter a project" in officer
    lonely = make_user(Role.BOARD_MEMBER)
    assert "a seat on their boards" in words(signed_in(lonely).get("/"))
    keeper = words(signed_in(administrator).get("/"))
    assert "the council's name and colour" in keeper
    assert "Give people their roles" in keeper


def test_a_finance_officer_sees_what_waits_for_confirmation(
    project, signed_in, finance_officer, second_finance_officer
):
    change = make_change(project, [(2026, "capital", 100)])
    decide(
        change,
        make_body("council"),
        "approved",
        dt.date(2026, 5, 1),
        by=second_finance_officer,
        needs_confirmation=True,
    )
    make_change(project, [(2026, "capital", 5)], submitted_on=None)
    page = words(signed_in(finance_officer).get("/"))
    assert "1 decision to confirm" in page
    assert "1 budget change is a draft" in page
    # nobody confirms what they entered themselves
    assert "decision to confirm" not in words(signed_in(second_finance_officer).get("/"))


def test_a_board_member_sees_requests_to_decide_and_what_changed(project, signed_in, board_member):
    today = timezone.localdate()
    make_request(project, today, title="Leave the portal out")
    make_highlight(project, today - dt.timedelta(days=3), submitted_on=today)
    page = words(signed_in(board_member).get("/"))
    assert "Leave the portal out" in page
    assert "Highlight reports to note" in page
    assert "Changed in the last four weeks" in page


def test_a_board_member_sees_nothing_of_other_boards_at_home(
    project, other_project, signed_in, board_member
):
    change = make_change(other_project, [(2026, "capital", 100)], title="Other people's roof")
    decide(change, make_body("council"), None, None)
    for address in ("/", "/portfolio/", "/portfolio.csv"):
        page = signed_in(board_member).get(address).content.decode()
        assert "Other people" not in page
        assert "POOL" not in page


# -- portfolio --------------------------------------------------------------------------------


@pytest.fixture
def three_projects(db):
    """Housing twice and roads once, with budgets, spend and plans of this year."""
    today = timezone.localdate()
    year = today.year if today >= dt.date(today.year, 4, 1) else today.year - 1
    council = make_body("council", "Council")
    made = {}
    for reference, directorate, fund, approved, spent, planned in (
        ("AA", "Housing", "HRA", 100_000, 30_000, 150_000),
        ("BB", "Housing", "HRA", 200_000, 50_000, 180_000),
        ("CC", "Roads", "GF", 50_000, 70_000, None),
    ):
        project = make_project(reference, directorate=directorate, fund=fund, stage="delivery")
        change = make_change(project, [(year, "capital", approved)], kind="original")
        decide(change, council, "approved", dt.date(2026, 4, 2), has_authority=True)
        make_spend(project, today, spent)
        if planned:
            make_plan(project, [(year, "capital", planned)], dated=dt.date(2026, 4, 1))
        made[reference] = project
    return made


def test_the_portfolio_adds_up_and_says_what_a_variance_means(three_projects, signed_in, auditor):
    answer = signed_in(auditor).get("/portfolio/")
    sums = answer.context["portfolio"].sums
    assert (sums.approved, sums.spent) == (350_000, 150_000)
    assert (sums.forecast, sums.variance, sums.ask, sums.unknown) == (330_000, 30_000, 30_000, 1)
    page = words(answer)
    assert "A variance above nil is over what is approved" in page
    assert "1 project has no cost plan in force" in page
    # worst first, the unknown last
    rows = answer.context["portfolio"].rows
    assert [row.reference for row in rows] == ["AA", "BB", "CC"]
    assert rows[2].forecast is None
    assert rows[2].ahead == 20_000


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("directorate", {"Housing": 2, "Roads": 1}),
        ("fund", {"General Fund": 1, "Housing Revenue Account": 2}),
        ("stage", {"In delivery": 3}),
        ("cabinet_member", {"Not stated": 3}),
        ("confidence", {"Amber": 1, "Not rated": 2}),
    ],
)
def test_it_is_grouped_by_what_projects_share(three_projects, signed_in, auditor, by, groups):
    today = timezone.localdate()
    make_highlight(three_projects["AA"], today, submitted_on=today, delivery_confidence="amber")
    grid = signed_in(auditor).get("/portfolio/", {"by": by}).context["portfolio"].group_grid
    assert {row.label: row.value("projects") for row in grid.rows[:-1]} == groups
    assert grid.row("total").value("projects") == 3


def test_filters_narrow_rows_sums_and_files_alike(three_projects, signed_in, auditor):
    session = signed_in(auditor)
    answer = session.get("/portfolio/", {"directorate": "Housing", "q": "bb"})
    assert [row.reference for row in answer.context["portfolio"].rows] == ["BB"]
    assert answer.context["portfolio"].sums.approved == 200_000
    listed = session.get("/portfolio.csv", {"directorate": "Housing"}).content.decode("utf-8-sig")
    assert "AA" in listed
    assert "CC" not in listed
    for suffix in ("xlsx", "pdf", "json"):
        assert session.get(f"/portfolio.{suffix}").status_code == 200


def test_a_past_day_is_worked_out_as_it_was(three_projects, signed_in, auditor):
    answer = signed_in(auditor).get("/portfolio/", {"as_at": "2026-04-01"})
    assert answer.context["portfolio"].sums.approved == 0  # Council decided the day after
    answer = signed_in(auditor).get("/portfolio/", {"as_at": "2026-04-02"})
    sums = answer.context["portfolio"].sums
    assert (sums.approved, sums.spent) == (350_000, 0)


def test_charts_have_their_tables_and_pages_their_order(three_projects, signed_in, auditor):
    page = signed_in(auditor).get("/portfolio/", {"order": "reference", "per_page": "50"})
    tree = html.fromstring(page.content)
    figures = tree.xpath("//figure[@class='chart']")
    assert len(figures) >= 2
    for figure in figures:
        assert figure.xpath(".//*[local-name()='svg'][@role='img']")
        assert figure.xpath(".//table//caption")


def test_what_needs_a_decision_next_is_listed_by_meeting(three_projects, signed_in, auditor):
    change = make_change(three_projects["BB"], [(2026, "capital", 12_000)], title="More bins")
    decide(change, make_body("cabinet", "Cabinet"), None, None, planned_for=dt.date(2027, 1, 12))
    page = words(signed_in(auditor).get("/portfolio/"))
    assert "Cabinet, 12 January 2027: 1 change, £12k" in page
    assert "BB: More bins" in page


# -- a project --------------------------------------------------------------------------------


def test_every_part_of_the_page_stands_empty(project, signed_in, auditor):
    page = words(signed_in(auditor).get("/projects/HMS/"))
    for said in (
        "Nothing is formally approved.",
        "Findings",
        "No decision on record yet",
        "No milestone yet",
        "No highlight report yet",
        "No action is open.",
        "This project has logged no lesson.",
        "No benefit is on record.",
        "No contract is on record.",
    ):
        assert said in page, said


def test_the_page_is_as_at_its_day(project, signed_in, auditor):
    milestone = make_milestone(project, baseline=dt.date(2023, 1, 1))
    make_action(
        project, dt.date(2023, 2, 1), what="Write to the supplier", raised_on=dt.date(2023, 1, 5)
    )
    make_spend(project, dt.date(2023, 3, 1), 500)
    early = words(signed_in(auditor).get("/projects/HMS/", {"as_at": "2023-01-02"}))
    assert "Write to the supplier" not in early
    assert "£500 has been spent" not in early
    later = words(signed_in(auditor).get("/projects/HMS/", {"as_at": "2023-03-02"}))
    assert "Write to the supplier" in later
    assert "£500 has been spent" in later
    assert milestone.name in later


# -- the board pack ---------------------------------------------------------------------------


def pdf_words(content: bytes) -> str:
    pdf = pypdfium2.PdfDocument(content)
    return " ".join(page.get_textpage().get_text_bounded() for page in pdf)


def test_the_pack_is_public_unless_somebody_entitled_asks_otherwise(
    project, signed_in, board_member, administrator
):
    make_term(project, title="CANARY settlement")
    entitled, not_entitled = signed_in(board_member), signed_in(administrator)
    address = "/projects/HMS/board-pack/"
    assert "CANARY" not in entitled.get(address).content.decode()
    exempt = entitled.get(address, {"audience": "exempt"})
    assert "CANARY" in exempt.content.decode()
    assert "Exempt: not for publication" in words(exempt)
    answer = entitled.get("/projects/HMS/board-pack.pdf", {"audience": "exempt"})
    assert "exempt.pdf" in answer["Content-Disposition"]
    assert "CANARY" in pdf_words(answer.content)
    assert "CANARY" not in not_entitled.get(address, {"audience": "exempt"}).content.decode()
    # the page itself: shown to those with the right, withheld from the rest
    assert "CANARY" in entitled.get("/projects/HMS/").content.decode()
    assert "CANARY" not in not_entitled.get("/projects/HMS/").content.decode()


def test_the_overview_costs_the_same_for_a_project_of_many_rows(project, signed_in, auditor):
    session = signed_in(auditor)
    council = make_body("council")

    def grow(times: int) -> None:
        for number in range(times):
            change = make_change(project, [(2023, "capital", 100 + number)])
            decide(change, council, "approved", JUNE_2023, has_authority=True)
            make_milestone(project, name=f"Step {change.pk}", baseline=JUNE_2023)
            make_action(project, JUNE_2023, raised_on=dt.date(2023, 1, 1))
            make_spend(project, JUNE_2023, Decimal("10.10"))

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            session.get("/projects/HMS/")
        return len(asked)

    grow(2)
    count()
    few = count()
    grow(8)
    assert count() == few


def test_projects_of_the_portfolio_are_those_one_may_see(three_projects, signed_in):
    person = make_user(Role.BOARD_MEMBER)
    sit_on_board(person, three_projects["CC"])
    answer = signed_in(person).get("/portfolio/")
    assert answer.context["portfolio"].sums.approved == 50_000
    assert Project.objects.count() == 3
