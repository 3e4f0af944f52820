"""The registers of the ledger: what they show, how they are narrowed, sorted, paged and taken away."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from budgets.models import SpendEntry
from council_hms.financial_year import FinancialYear
from council_hms.models import SavedView
from tests.factories import decide, make_body, make_change, make_source, make_spend

pytestmark = pytest.mark.django_db

LISTS = ["change_list", "line_list", "decision_list", "all_spend", "source_list", "body_list"]


@pytest.fixture
def ledger(project, other_project, finance_officer):
    """An approved, an interim and a sought change of HMS; spend on both projects."""
    council, board = make_body("council", "Council"), make_body("project_board", "Project board")
    council_change = make_change(
        project,
        [(2022, "capital", 100_000), (2022, "revenue", "5000.50")],
        title="First budget",
        by=finance_officer,
    )
    decide(council_change, council, "approved", dt.date(2023, 2, 1), has_authority=True)
    interim = make_change(
        project, [(2023, "capital", 40_000)], title="More servers", by=finance_officer
    )
    decide(interim, board, "approved", dt.date(2023, 3, 1))
    sought = make_change(
        project, [(2024, "revenue", -7_000)], title="Handed back", by=finance_officer
    )
    decide(sought, council, None, None)
    make_spend(
        project, dt.date(2023, 5, 1), 1_000, supplier="=cmd|' /C calc'!A0", description="Licences"
    )
    make_spend(project, dt.date(2023, 6, 1), "-250.25", description="Credit note")
    make_spend(other_project, dt.date(2023, 6, 2), 90_000, description="Roof")
    return project


def rows_of(response) -> list[list[str]]:
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def test_the_register_shows_where_each_change_stands(ledger, finance_officer, signed_in):
    page = signed_in(finance_officer).get("/approvals/").content.decode()
    assert "Approved by Council, 1 February 2023" in page
    assert "needs ratification" in page.lower()
    assert "Handed back" in page
    assert "capital <strong>£140,000</strong>" in page
    assert "revenue <strong>-£1,999.50</strong>" in page


def test_the_register_as_at_an_earlier_day(ledger, finance_officer, signed_in):
    page = signed_in(finance_officer).get("/approvals/?as_at=2023-02-15").content.decode()
    assert "Approved by Council" in page
    assert "Interim: approved by" not in page


@pytest.mark.parametrize(
    ("standing", "titles"),
    [
        ("approved", {"First budget"}),
        ("interim", {"More servers"}),
        ("sought", {"Handed back"}),
        ("draft", set()),
    ],
)
def test_filter_by_standing(ledger, finance_officer, signed_in, standing, titles):
    rows = rows_of(signed_in(finance_officer).get(f"/approvals.csv?standing={standing}"))
    assert {row[2] for row in rows[1:]} == titles


def test_totals_are_those_of_all_that_is_filtered_not_of_the_page(
    project, finance_officer, signed_in
):
    for day in range(1, 31):
        make_spend(project, dt.date(2023, 4, day), 10)
    page = signed_in(finance_officer).get("/spend/").content.decode()
    assert "30 rows; total of all of them: spend <strong>£300</strong>" in page
    assert "Page 1 of 2" in page


def test_a_file_holds_what_the_filters_leave_and_numbers_stay_numbers(
    ledger, finance_officer, signed_in
):
    response = signed_in(finance_officer).get("/spend.xlsx?project=hms&sort=amount")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    amounts = [row[-1] for row in rows[1:]]
    assert amounts == [-250.25, 1000]
    assert rows[1][0] == dt.datetime(2023, 6, 1)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_csv_cannot_start_a_formula(ledger, finance_officer, signed_in):
    text = b"".join(
        signed_in(finance_officer).get("/spend.csv?q=Licences").streaming_content
    ).decode()
    assert "'=cmd" in text
    assert "1000.00" in text


def test_a_board_member_sees_the_rows_of_their_project_alone(
    ledger, board_member, other_board_member, signed_in
):
    mine = rows_of(signed_in(board_member).get("/spend.csv"))
    theirs = rows_of(signed_in(other_board_member).get("/spend.csv"))
    assert {row[1] for row in mine[1:]} == {"HMS"}
    assert {row[1] for row in theirs[1:]} == {"POOL"}
    assert signed_in(other_board_member).get("/projects/HMS/spend/").status_code == 404


def test_a_stranger_sees_no_register(ledger, stranger, signed_in):
    for name in LISTS:
        assert signed_in(stranger).get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        "sort=nonsense", "sort=-", "sort=project__created_by__password", "sort=--amount", "per_page=-1",
        "per_page=100000000", "per_page=abc", "page=0", "page=-5", "page=99999999", "page=1e9", "page=²",
        "created_by__password__startswith=a", "change__project__title=x", "q=%25%27%22%5C", "q=" + "x" * 5000,
        "amount_from=1e400000", "amount_from=NaN", "amount_from=Infinity", "amount_to=99999999999999999999",
        "year=0000", "year=99999999", "source=99999999999999999999", "source=x", "body=-1", "decided_from=0000-00-00",
        "decided_from=9999-99-99", "posted_from=10000-01-01", "as_at=0001-01-01", "as_at=9999-12-31", "as_at=x",
        "kind=nonsense", "outcome=nonsense", "after=x", "after=~", "after=9999999999999999999999",
        "after=2023-01-01~1", "after=2023-99-01~x", "after=-1", "project=%F0%9F%92%A9", "standing=__class__",
        "in_use=maybe", "key_decision=1%20OR%201=1", "sort=amount&sort=year&page=2&page=x",
    ],
)  # fmt: skip
def test_no_parameter_breaks_a_list(name, query, finance_officer, signed_in):
    session = signed_in(finance_officer)
    assert session.get(f"{reverse(name)}?{query}").status_code == 200
    answer = session.get(f"{reverse(f'{name}_file', kwargs={'format': 'csv'})}?{query}")
    assert answer.status_code == 200
    b"".join(answer.streaming_content)


def test_an_unknown_format_is_not_there(finance_officer, signed_in):
    assert signed_in(finance_officer).get("/spend.exe").status_code == 404


def test_pages_follow_one_another_by_key_without_gap_or_repeat(
    project, finance_officer, signed_in, monkeypatch
):
    """Beyond the counted rows each page starts after the last row of the one before."""
    import re

    monkeypatch.setattr("council_hms.listing.COUNTED", 25)
    for day in range(90):
        make_spend(
            project,
            dt.date(2023, 4, 1) + dt.timedelta(days=day // 3),
            day + 1,
            description=f"Entry {day}",
        )
    session, address, seen = signed_in(finance_officer), "", []
    for _ in range(10):
        page = session.get(f"/spend/{address}").content.decode()
        seen += re.findall(r">Entry (\d+)<", page)
        found = re.search(r'href="(\?[^"]*)" rel="next"', page)
        if not found:
            break
        address = found[1].replace("&amp;", "&")
    newest_first = [
        str(e.description.split()[1]) for e in SpendEntry.objects.order_by("-posted_on", "-pk")
    ]
    assert seen == newest_first


def test_a_list_asks_the_same_number_of_queries_however_many_rows(
    project, finance_officer, signed_in, django_assert_max_num_queries
):
    council = make_body("council")
    session = signed_in(finance_officer)
    for _ in range(20):
        decide(
            make_change(project, [(2022, "capital", 5)], by=finance_officer),
            council,
            "approved",
            dt.date(2023, 1, 2),
        )
    with django_assert_max_num_queries(16):
        session.get("/approvals/")
    with django_assert_max_num_queries(8):
        session.get("/approvals/lines/")


def test_a_view_is_saved_opened_and_removed(ledger, finance_officer, auditor, signed_in):
    session = signed_in(finance_officer)
    session.post(
        "/saved-views/", {"page": "/spend/", "query": "project=HMS&sort=amount", "name": "Ours"}
    )
    page = session.get("/spend/?project=HMS&sort=amount").content.decode()
    assert 'href="/spend/?project=HMS&amp;sort=amount">Ours</a>' in page
    view = SavedView.objects.get()
    assert signed_in(auditor).post(f"/saved-views/{view.pk}/remove/").status_code == 404
    session.post(f"/saved-views/{view.pk}/remove/")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "page", ["//elsewhere.example/", "https://elsewhere.example", "/no/such/page/", "\\\\x", ""]
)
def test_a_saved_view_leads_nowhere_else(finance_officer, signed_in, page):
    answer = signed_in(finance_officer).post(
        "/saved-views/", {"page": page, "query": "", "name": "x"}
    )
    assert answer.status_code == 302
    assert answer.url.startswith("/?")
    assert not SavedView.objects.exists()


def test_sources_say_what_was_asked_of_them(project, finance_officer, signed_in):
    source = make_source("Transformation reserve")
    make_change(project, [(2023, "capital", 1234, source)], by=finance_officer)
    rows = rows_of(signed_in(finance_officer).get("/sources.csv"))
    row = dict(zip(rows[0], next(r for r in rows if r[0] == source.name), strict=True))
    assert Decimal(row["In lines, as asked (£)"]) == 1234


def test_a_year_filter_reads_what_people_type(project, finance_officer, signed_in):
    make_spend(project, dt.date(2023, 5, 1), 1)
    make_spend(project, dt.date(2024, 5, 1), 2)
    rows = rows_of(signed_in(finance_officer).get("/spend.csv?year=23/24"))
    assert [row[3] for row in rows[1:]] == [FinancialYear(2023).label]


@pytest.mark.parametrize("page", ["/sources/", "/bodies/"])
def test_what_is_in_use_and_what_is_not_are_told_apart(page, auditor, signed_in):
    make_source("Old grant", in_use=False)
    make_source("New grant")
    make_body("committee", "Old committee", in_use=False)
    make_body("committee", "New committee")
    for answer, shown, hidden in (("True", "New", "Old"), ("False", "Old", "New")):
        main = signed_in(auditor).get(f"{page}?in_use={answer}").content.decode()
        assert f"{shown} " in main
        assert f"{hidden} " not in main
