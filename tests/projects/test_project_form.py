"""Entering and editing a project, its work packages and its board: works, refused, keeps what was typed, once."""

from __future__ import annotations

import uuid

import pytest

from council_hms.financial_year import FinancialYear
from council_hms.models import User
from projects import services
from projects.models import BoardMembership, Project, WorkPackage
from tests.factories import make_user

FORM = {
    "reference": "dig-28",
    "title": "Digital planning",
    "fund": "GF",
    "stage": "proposed",
    "summary": "New system",
}


def test_a_finance_officer_enters_a_project(finance_officer: User, signed_in) -> None:
    response = signed_in(finance_officer).post("/projects/new/", FORM)
    assert response.status_code == 302
    assert response["Location"] == "/projects/DIG-28/"
    assert Project.objects.get(reference="DIG-28").summary == "New system"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reference": ""}, "Enter the reference"),
        ({"reference": "d 28"}, "Enter 2 to 20 capital letters"),
        ({"reference": "HMS"}, "Another project has this reference"),
        ({"title": " "}, "Enter the title"),
        ({"fund": "XX"}, "not one of the available choices"),
        ({"reporting_weeks": "60"}, "Enter a number of weeks from 1 to 52"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    wrong: dict[str, str], sentence: str, project: Project, finance_officer: User, signed_in
) -> None:
    response = signed_in(finance_officer).post("/projects/new/", FORM | wrong)
    content = response.content.decode()
    assert response.status_code == 200
    assert sentence in content
    assert "New system" in content
    assert "There is a problem" in content
    assert Project.objects.count() == 1


def test_a_form_sent_twice_enters_one_project(finance_officer: User, signed_in) -> None:
    session = signed_in(finance_officer)
    sent = FORM | {"once": str(uuid.uuid4())}
    session.post("/projects/new/", sent)
    services_again = session.post("/projects/new/", sent | {"reference": "OTHER"})
    assert services_again.status_code == 302
    assert services_again["Location"] == "/projects/DIG-28/"
    assert Project.objects.count() == 1


def test_two_officers_editing_see_both_texts_and_lose_nothing(
    project: Project, finance_officer: User, second_finance_officer: User, signed_in
) -> None:
    first, second = signed_in(finance_officer), signed_in(second_finance_officer)
    form = {"title": "Mine", "fund": "HRA", "stage": "delivery", "version": "1"}
    assert first.post("/projects/HMS/edit/", form).status_code == 302
    response = second.post("/projects/HMS/edit/", form | {"title": "Theirs"})
    content = response.content.decode()
    assert "Someone else" in content
    assert "Mine" in content
    assert "Theirs" in content
    project.refresh_from_db()
    assert (project.title, project.version) == ("Mine", 2)
    again = second.post("/projects/HMS/edit/", form | {"title": "Theirs", "version": "2"})
    assert again.status_code == 302
    project.refresh_from_db()
    assert project.title == "Theirs"


def test_history_names_the_act_and_the_person(finance_officer: User, signed_in) -> None:
    signed_in(finance_officer).post("/projects/new/", FORM)
    project = Project.objects.get(reference="DIG-28")
    event = project.events.get()
    assert event.pgh_context.metadata["act"] == "project.create"
    assert event.pgh_context.metadata["by_name"] == "Finance officer"


# -- work packages ----------------------------------------------------------------------------


def rows_of(*rows: dict[str, str], initial: int = 0, version: int = 1) -> dict[str, str]:
    sent = {
        "packages-TOTAL_FORMS": str(len(rows)),
        "packages-INITIAL_FORMS": str(initial),
        "version": str(version),
    }
    for number, row in enumerate(rows):
        sent |= {f"packages-{number}-{name}": value for name, value in row.items()}
    return sent


def test_work_packages_are_entered_renamed_and_removed(
    project: Project, project_manager: User, signed_in
) -> None:
    session = signed_in(project_manager)
    address = "/projects/HMS/work-packages/"
    session.post(
        address,
        rows_of({"name": "Forms"}, {"name": "Portal", "planned_year": "23/24", "is_product": "on"}),
    )
    forms, portal = WorkPackage.objects.filter(project=project)
    assert (portal.planned_year, portal.is_product) == (FinancialYear(2023), True)
    response = session.post(
        address,
        rows_of(
            {"row": str(portal.pk), "name": "Customer portal"},
            {"row": str(forms.pk), "name": ""},
            initial=2,
            version=2,
        ),
    )
    assert response.status_code == 302
    assert [row.name for row in WorkPackage.objects.filter(project=project)] == ["Customer portal"]


def test_wrong_rows_are_said_and_kept(project: Project, project_manager: User, signed_in) -> None:
    session = signed_in(project_manager)
    response = session.post(
        "/projects/HMS/work-packages/",
        rows_of({"name": "Portal", "planned_year": "23-25"}, {"description": "alone"}),
    )
    content = response.content.decode()
    assert "is not one year" in content
    assert "Enter the name, or clear the rest of the row" in content
    assert 'value="23-25"' in content
    twice = session.post("/projects/HMS/work-packages/", rows_of({"name": "A"}, {"name": "A"}))
    assert "“A” is there twice" in twice.content.decode()
    assert not WorkPackage.objects.exists()


def test_a_stale_set_of_work_packages_overwrites_nothing(
    project: Project, project_manager: User, signed_in
) -> None:
    session = signed_in(project_manager)
    session.post("/projects/HMS/work-packages/", rows_of({"name": "Theirs"}))
    response = session.post("/projects/HMS/work-packages/", rows_of({"name": "Mine"}, version=1))
    assert "Someone else" in response.content.decode()
    assert "Mine" in response.content.decode()
    assert WorkPackage.objects.get().name == "Theirs"


def test_a_row_of_another_project_cannot_be_taken_over(
    project: Project, other_project: Project, project_manager: User, signed_in
) -> None:
    theirs = WorkPackage.objects.create(project=other_project, name="Theirs")
    signed_in(project_manager).post(
        "/projects/HMS/work-packages/", rows_of({"row": str(theirs.pk), "name": "Taken"}, initial=1)
    )
    theirs.refresh_from_db()
    assert (theirs.name, theirs.project_id) == ("Theirs", other_project.pk)


# -- the board --------------------------------------------------------------------------------


def test_a_seat_opens_the_project_and_its_end_shuts_it(
    project: Project, other_board_member: User, administrator: User, signed_in
) -> None:
    keeper, member = signed_in(administrator), signed_in(other_board_member)
    assert member.get("/projects/HMS/milestones/").status_code == 404
    form = {"person": str(other_board_member.pk), "part": "Member", "since": "01/06/2023"}
    assert keeper.post("/projects/HMS/board/", form).status_code == 302
    assert member.get("/projects/HMS/milestones/").status_code == 200
    assert "already on the board" in keeper.post("/projects/HMS/board/", form).content.decode()
    seat = BoardMembership.objects.get(project=project, person=other_board_member)
    wrong = keeper.post(f"/projects/HMS/board/{seat.pk}/leave/", {"until": "2023-05-01"})
    assert "must not be before the first" in wrong.content.decode()
    assert (
        keeper.post(f"/projects/HMS/board/{seat.pk}/leave/", {"until": "2023-07-01"}).status_code
        == 302
    )
    assert member.get("/projects/HMS/milestones/").status_code == 404


def test_only_those_who_keep_boards_call_the_service(
    project: Project, project_manager: User
) -> None:
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        services.join_board(
            by=project_manager,
            project=project,
            person=make_user(),
            part="Member",
            since=project.created_at.date(),
        )
