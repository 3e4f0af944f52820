"""The register of projects: what is found, in what order, by whom, and the same rows as a file."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from council_hms.models import User
from projects.models import Project
from tests.factories import make_project


@pytest.fixture
def register(db: None) -> None:
    make_project(
        "HMS",
        title="Housing Management System",
        directorate="Communities",
        fund="HRA",
        stage="delivery",
    )
    make_project(
        "ROOF",
        title="Pool roof",
        directorate="Communities",
        cabinet_member="Leisure",
        stage="closed",
    )
    make_project("ICT-07", title="Networks", directorate="Resources", service="ICT")


def text_of(response) -> str:
    """A file that is sent in a stream, as text."""
    return b"".join(response.streaming_content).decode("utf-8-sig")


def references(response) -> list[str]:
    return [project.reference for project in response.context["list"].page_rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["HMS", "ICT-07", "ROOF"]),
        ("q=roof", ["ROOF"]),
        ("q=communities housing", ["HMS"]),  # every word must occur somewhere
        ("q=communities+ict", []),
        ("directorate=Communities", ["HMS", "ROOF"]),
        ("directorate=Communities&fund=HRA", ["HMS"]),
        ("cabinet_member=Leisure", ["ROOF"]),
        ("stage=closed", ["ROOF"]),
        ("sort=-reference", ["ROOF", "ICT-07", "HMS"]),
        ("sort=title", ["HMS", "ICT-07", "ROOF"]),
        # what is not known is as if it were not there
        ("sort=board__person__password", ["HMS", "ICT-07", "ROOF"]),
        ("stage=nonsense&fund=%00x"[:14], ["HMS", "ICT-07", "ROOF"]),
        ("page=99999999999999999999", ["HMS", "ICT-07", "ROOF"]),
        ("page=-1&per_page=100000000", ["HMS", "ICT-07", "ROOF"]),
        ("per_page=-1", ["HMS", "ICT-07", "ROOF"]),
    ],
)
def test_search_filter_and_order(
    query: str, expected: list[str], register: None, auditor: User, signed_in
) -> None:
    assert references(signed_in(auditor).get(f"/projects/?{query}")) == expected


def test_a_board_member_finds_only_the_projects_of_their_boards(
    register: None, other_project: Project, other_board_member: User, signed_in
) -> None:
    session = signed_in(other_board_member)
    response = session.get("/projects/?q=e")
    assert references(response) == [other_project.reference]
    assert (
        "Resources" not in response.content.decode()
    )  # no directorate of others in the filter either
    assert "HMS" not in text_of(session.get("/projects.csv"))


def test_pages_of_the_list_keep_search_and_order(auditor: User, signed_in, db: None) -> None:
    for number in range(60):
        make_project(f"P-{number:03}", title="Lift")
    session = signed_in(auditor)
    first = session.get("/projects/?q=lift&sort=-reference")
    assert len(references(first)) == 25
    assert "q=lift&amp;sort=-reference&amp;page=2" in first.content.decode()
    last = session.get("/projects/?q=lift&sort=-reference&page=3")
    assert references(last)[-1] == "P-000"
    assert "60 rows" in last.content.decode()
    assert "Page 3 of 3" in last.content.decode()


def test_the_list_asks_as_often_for_many_projects_as_for_few(
    register: None, auditor: User, signed_in
) -> None:
    session = signed_in(auditor)
    session.get("/projects/")  # the session's first page also writes its stamp

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            session.get("/projects/")
        return len(asked)

    few = queries()
    for number in range(20):
        make_project(f"P-{number:03}")
    assert queries() == few <= 10


def test_the_file_holds_the_filtered_rows(register: None, auditor: User, signed_in) -> None:
    response = signed_in(auditor).get("/projects.csv?directorate=Communities&sort=-reference")
    rows = list(csv.reader(io.StringIO(text_of(response))))
    flat = [row[0] for row in rows if row]
    assert [reference for reference in flat if reference in ("HMS", "ROOF", "ICT-07")] == [
        "ROOF",
        "HMS",
    ]
    assert next(iter(signed_in(auditor).get("/projects.xlsx").streaming_content))[:2] == b"PK"
    assert signed_in(auditor).get("/projects.exe").status_code == 404


def test_empty_register_and_empty_search_say_so(auditor: User, signed_in, db: None) -> None:
    session = signed_in(auditor)
    assert "There are no projects here yet" in session.get("/projects/").content.decode()
    make_project("HMS")
    assert "Nothing matches" in session.get("/projects/?q=zzz").content.decode()
