"""The page of a project's lessons: what it must answer, the answers, and who may give them."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from lessons.models import Answer
from tests.factories import make_project, sit_on_board
from tests.lessons.lesson_factories import (
    classify,
    make_answer,
    make_category,
    make_lesson,
    make_rule,
    make_type,
)

TODAY = timezone.localdate()


@pytest.fixture
def new_project(project_manager, board_member):
    found = make_project("DIGI-28", title="Digital planning system", stage="business_case")
    for person in (project_manager, board_member):
        sit_on_board(person, found)
    return found


@pytest.fixture
def lesson(project):
    """A lesson of HMS that binds every new project."""
    category = make_category("Procurement decision")
    make_rule(category)
    return make_lesson(project, category, title="Take the right procurement decision")


def url(project):
    return f"/projects/{project.reference}/lessons/"


def typed(lesson, seen=0, **fields):
    """A form as a browser sends it, with the answer to one lesson."""
    fields = {
        "kind": "adopted",
        "how": "Two routes compared",
        "evidence": "Options paper",
        "by_whom": "Sponsor",
    } | fields
    return {"once": str(uuid.uuid4()), f"lesson-{lesson.pk}-seen": seen} | {
        f"lesson-{lesson.pk}-{name}": value for name, value in fields.items()
    }


# -- reading -----------------------------------------------------------------------------------


def test_the_page_says_what_stops_the_project(signed_in, project_manager, new_project, lesson):
    page = signed_in(project_manager).get(url(new_project)).content.decode()
    assert "1 lesson of earlier projects must be answered" in page
    assert "Take the right procurement decision" in page
    assert "Save answers" in page


def test_a_board_member_reads_the_answers_and_gives_none(
    signed_in, board_member, new_project, lesson
):
    make_answer(new_project, lesson, how="Two routes compared")
    browser = signed_in(board_member)
    page = browser.get(url(new_project)).content.decode()
    assert "Two routes compared" in page
    assert "Save answers" not in page
    assert browser.post(url(new_project), typed(lesson)).status_code == 403
    assert Answer.objects.count() == 1


def test_people_of_other_boards_find_no_such_page(
    signed_in, other_board_member, new_project, lesson, stranger
):
    assert signed_in(other_board_member).get(url(new_project)).status_code == 404
    assert signed_in(stranger).get(url(new_project)).status_code == 403


def test_a_project_without_lessons_says_so(signed_in, project_manager, new_project):
    page = signed_in(project_manager).get(url(new_project)).content.decode()
    assert "None applies to this project" in page
    assert "No lesson of this project has been logged yet" in page


def test_the_page_as_at_a_day_shows_the_answer_of_that_day(
    signed_in, project_manager, new_project, lesson
):
    make_answer(new_project, lesson, how="First thought", answered_on=dt.date(2026, 1, 5))
    make_answer(
        new_project, lesson, how="Second thought", number=2, answered_on=dt.date(2026, 3, 5)
    )
    browser = signed_in(project_manager)
    then = browser.get(url(new_project) + "?as_at=2026-02-01").content.decode()
    assert "First thought" in then
    assert "Second thought" not in then
    now = browser.get(url(new_project)).content.decode()
    assert "Second thought" in now


def test_the_page_takes_few_queries_however_many_lessons(
    signed_in, project_manager, new_project, lesson, django_assert_max_num_queries
):
    for _ in range(12):
        make_lesson(lesson.project, lesson.category)
    browser = signed_in(project_manager)
    with django_assert_max_num_queries(22):
        browser.get(url(new_project))


# -- answering ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"kind": "not_applicable", "why": "Nothing is bought"},
        {
            "kind": "deferred",
            "deferred_until": (TODAY + dt.timedelta(days=30)).isoformat(),
            "owner": "Head of ICT",
        },
    ],
)
def test_an_answer_lets_the_project_through(
    signed_in, project_manager, new_project, lesson, answer
):
    browser = signed_in(project_manager)
    page = browser.post(url(new_project), typed(lesson, **answer), follow=True).content.decode()
    assert "No lesson stops this project" in page
    given = Answer.objects.get()
    assert (given.project, given.lesson, given.number) == (new_project, lesson, 1)
    assert given.answered_by == project_manager
    assert given.answered_on == TODAY


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"how": ""}, "say how the lesson is adopted"),
        ({"evidence": " "}, "say where the evidence can be seen"),
        ({"by_whom": ""}, "enter the job title of who adopts it"),
        ({"kind": "not_applicable"}, "say why the lesson does not apply"),
        ({"kind": "deferred", "owner": "Head of ICT"}, "enter the date until which it is deferred"),
        (
            {"kind": "deferred", "owner": "x", "deferred_until": TODAY.isoformat()},
            "enter a date after today",
        ),
        ({"kind": "deferred", "owner": "x", "deferred_until": "31/31/2026"}, "Enter a real date"),
        ({"kind": ""}, "Choose an answer to lesson"),
        ({"kind": "forged"}, "Choose adopted, not applicable or deferred"),
    ],
)
def test_half_an_answer_is_refused_and_what_was_typed_is_kept(
    signed_in, project_manager, new_project, lesson, answer, message
):
    sent = typed(lesson, **({"how": "Kept words", "evidence": "Options paper"} | answer))
    response = signed_in(project_manager).post(url(new_project), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "There is a problem" in page
    assert message in page
    if answer.get("how") != "":
        assert "Kept words" in page
    assert not Answer.objects.exists()


def test_nothing_answered_saves_nothing(signed_in, project_manager, new_project, lesson):
    sent = typed(lesson, kind="", how="", evidence="", by_whom="")
    page = signed_in(project_manager).post(url(new_project), sent, follow=True).content.decode()
    assert "Nothing had changed" in page
    assert not Answer.objects.exists()


def test_an_answer_sent_twice_counts_once(signed_in, project_manager, new_project, lesson):
    browser = signed_in(project_manager)
    sent = typed(lesson)
    browser.post(url(new_project), sent)
    page = browser.post(url(new_project), sent, follow=True).content.decode()
    assert "already been sent" in page
    assert Answer.objects.count() == 1


def test_the_same_answer_again_writes_nothing(signed_in, project_manager, new_project, lesson):
    browser = signed_in(project_manager)
    browser.post(url(new_project), typed(lesson))
    browser.post(url(new_project), typed(lesson, seen=1))
    assert Answer.objects.count() == 1


def test_a_changed_answer_is_written_after_the_first(
    signed_in, project_manager, new_project, lesson
):
    browser = signed_in(project_manager)
    browser.post(url(new_project), typed(lesson))
    browser.post(url(new_project), typed(lesson, seen=1, how="Three routes compared"))
    assert list(Answer.objects.values_list("number", "how")) == [
        (1, "Two routes compared"),
        (2, "Three routes compared"),
    ]


def test_two_people_answering_at_once_see_both_texts(
    signed_in, project_manager, finance_officer, new_project, lesson
):
    signed_in(finance_officer).post(url(new_project), typed(lesson, how="Words of finance"))
    mine = typed(lesson, how="Words of the manager")
    browser = signed_in(project_manager)
    response = browser.post(url(new_project), mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Words of finance" in page
    assert "Words of the manager" in page
    assert Answer.objects.count() == 1
    # sent again, knowingly, it is written after theirs
    assert f'name="lesson-{lesson.pk}-seen" value="1"' in page
    browser.post(
        url(new_project), mine | {f"lesson-{lesson.pk}-seen": 1, "once": str(uuid.uuid4())}
    )
    assert list(Answer.objects.values_list("how", flat=True)) == [
        "Words of finance",
        "Words of the manager",
    ]


def test_an_answer_to_a_lesson_that_does_not_apply_is_not_taken(
    signed_in, project_manager, new_project, lesson
):
    other = make_lesson(lesson.project, make_category())
    signed_in(project_manager).post(url(new_project), typed(lesson) | typed(other))
    assert [answer.lesson for answer in Answer.objects.all()] == [lesson]


# -- the type of project ------------------------------------------------------------------------


def test_saying_what_type_a_project_is_drops_lessons_of_other_types(
    signed_in, project_manager, new_project, lesson
):
    lesson.category.rules.update(project_type=make_type("System or software"))
    building = make_type("Building works")
    browser = signed_in(project_manager)
    assert "not stated" in browser.get(url(new_project)).content.decode()
    page = browser.post(
        f"{url(new_project)}type/", {"project_type": building.pk, "version": 0}, follow=True
    ).content.decode()
    assert "Building works" in page
    assert "None applies to this project" in page


def test_a_type_chosen_meanwhile_is_shown_and_not_overwritten(
    signed_in, project_manager, new_project
):
    software, building = make_type("System or software"), make_type("Building works")
    standing = classify(new_project, software)
    browser = signed_in(project_manager)
    response = browser.post(f"{url(new_project)}type/", {"project_type": building.pk, "version": 0})
    assert response.status_code == 409
    assert "System or software" in response.content.decode()
    standing.refresh_from_db()
    assert standing.project_type == software


def test_a_board_member_does_not_set_the_type(signed_in, board_member, new_project):
    assert signed_in(board_member).get(f"{url(new_project)}type/").status_code == 403


# -- files -------------------------------------------------------------------------------------


def test_the_answers_come_as_a_workbook(signed_in, board_member, new_project, lesson):
    make_answer(new_project, lesson)
    response = signed_in(board_member).get(f"{url(new_project)}answers.xlsx")
    assert response.status_code == 200
    assert "digi-28-lessons-answered" in response["Content-Disposition"]
    assert signed_in(board_member).get(f"{url(new_project)}answers.exe").status_code == 404
