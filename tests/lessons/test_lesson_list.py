"""The list of all lessons: searched, filtered, paged, taken away; and hidden from those it is not for."""

from __future__ import annotations

import csv
import io

import pytest

from tests.lessons.lesson_factories import make_category, make_exempt_detail, make_lesson


@pytest.fixture
def lessons(project, other_project):
    buying, testing = make_category("Procurement decision"), make_category("Testing plans")
    return [
        make_lesson(
            project,
            buying,
            title="Choose well",
            recommendation="Compare three routes",
            priority="high",
        ),
        make_lesson(project, testing, title="Test early", event="The migration failed"),
        make_lesson(other_project, buying, title="Ask the users"),
    ]


def titles(response):
    page = response.content.decode()
    return [title for title in ("Choose well", "Test early", "Ask the users") if title in page]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Choose well", "Test early", "Ask the users"]),
        ("q=routes", ["Choose well"]),
        ("q=MIGRATION+failed", ["Test early"]),
        ("q=migration+routes", []),
        ("q=pool", ["Ask the users"]),
        ("priority=high", ["Choose well"]),
        ("project=POOL", ["Ask the users"]),
        # what is not understood narrows nothing and breaks nothing
        (
            "project=NONE&category=x&priority=y&order=z&page=-5",
            ["Choose well", "Test early", "Ask the users"],
        ),
    ],
)
def test_the_list_is_searched_and_filtered(signed_in, board_member, lessons, query, expected):
    assert titles(signed_in(board_member).get(f"/lessons/?{query}")) == expected


def test_the_list_is_filtered_by_category(signed_in, board_member, lessons):
    response = signed_in(board_member).get(f"/lessons/?category={lessons[1].category_id}")
    assert titles(response) == ["Test early"]


def test_a_lesson_not_shared_is_not_in_the_lists_of_others(signed_in, board_member, lessons):
    lessons[2].is_shared = False
    lessons[2].save()
    response = signed_in(board_member).get("/lessons/")
    assert titles(response) == ["Choose well", "Test early"]
    assert "POOL" not in response.content.decode()


def test_searching_never_looks_into_exempt_detail(signed_in, administrator, lessons):
    make_exempt_detail(lessons[0], "Zeppelin clause")
    assert titles(signed_in(administrator).get("/lessons/?q=zeppelin")) == []


def test_the_list_goes_into_a_file_as_it_is_filtered(signed_in, board_member, lessons):
    response = signed_in(board_member).get("/lessons.csv?q=routes")
    text = response.content.decode("utf-8-sig")
    assert "Choose well" in text
    assert "Test early" not in text
    assert any("Compare three routes" in row for row in csv.reader(io.StringIO(text)))
    assert signed_in(board_member).get("/lessons.exe").status_code == 404


def test_an_empty_list_says_what_to_do(signed_in, board_member):
    assert (
        "No lesson has been logged yet" in signed_in(board_member).get("/lessons/").content.decode()
    )
    assert "No lesson fits" in signed_in(board_member).get("/lessons/?q=xyz").content.decode()


def test_someone_without_a_role_has_no_list(signed_in, stranger, lessons):
    assert signed_in(stranger).get("/lessons/").status_code == 403


def test_the_list_takes_few_queries_and_pages(
    signed_in, board_member, lessons, django_assert_max_num_queries
):
    for number in range(40):
        make_lesson(lessons[0].project, lessons[0].category, title=f"Many {number}")
    browser = signed_in(board_member)
    with django_assert_max_num_queries(10):
        page = browser.get("/lessons/?page=2&q=many").content.decode()
    assert "page 2 of 2" in page
    assert "q=many&amp;page=1" in page
