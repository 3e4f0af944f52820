"""Lessons one by one: logged, changed, read; and the exempt detail of one, which reaches nobody without the right."""

from __future__ import annotations

import datetime as dt
import io
import uuid
import zipfile

import pytest

from council_hms.access import Role
from lessons.models import Lesson, LessonDetail
from tests.factories import make_project, make_user
from tests.lessons.lesson_factories import (
    make_answer,
    make_category,
    make_exempt_detail,
    make_lesson,
    make_rule,
)

SECRET = "Zeppelin clause 47,113"


@pytest.fixture
def category(db):
    return make_category("Procurement decision")


@pytest.fixture
def lesson(project, category):
    return make_lesson(project, category, title="Take the right procurement decision")


def typed(category, **fields):
    return {
        "once": str(uuid.uuid4()),
        "title": "Name a specialist",
        "category": category.pk,
        "recommendation": "Put a specialist on the board",
        "known_as_risk": "not_stated",
        "priority": "high",
        "logged_on": "2023-06-14",
        "is_shared": "on",
        "detail-version": 0,
    } | fields


# -- reading -----------------------------------------------------------------------------------


def test_a_lesson_says_what_the_record_leaves_open(signed_in, board_member, lesson):
    page = signed_in(board_member).get(f"/lessons/{lesson.pk}/").content.decode()
    assert "Take the right procurement decision" in page
    assert page.count("Not stated") >= 6  # event, effect, cause, signs, risk, priority, owner
    assert "noted and not learned" in page


def test_a_shared_lesson_is_read_by_people_of_other_projects(signed_in, other_board_member, lesson):
    page = signed_in(other_board_member).get(f"/lessons/{lesson.pk}/").content.decode()
    assert "Take the right procurement decision" in page
    assert "/projects/HMS/lessons/" not in page  # no door to a project that is not theirs


def test_a_lesson_that_is_not_shared_stays_with_its_project(
    signed_in, other_board_member, board_member, auditor, lesson
):
    Lesson.objects.update(is_shared=False)
    assert signed_in(other_board_member).get(f"/lessons/{lesson.pk}/").status_code == 404
    for person in (board_member, auditor):
        assert "Not shared yet" in signed_in(person).get(f"/lessons/{lesson.pk}/").content.decode()


def test_someone_without_a_role_reads_no_lesson(signed_in, stranger, lesson):
    assert signed_in(stranger).get(f"/lessons/{lesson.pk}/").status_code == 403


def test_answers_of_projects_that_one_may_not_see_are_not_shown(
    signed_in, board_member, auditor, lesson, other_project
):
    make_answer(other_project, lesson, how="Specialists of the pool")
    assert (
        "Specialists of the pool"
        not in signed_in(board_member).get(f"/lessons/{lesson.pk}/").content.decode()
    )
    assert (
        "Specialists of the pool"
        in signed_in(auditor).get(f"/lessons/{lesson.pk}/").content.decode()
    )


# -- logging -----------------------------------------------------------------------------------


def test_a_project_manager_logs_a_lesson_of_a_project(
    signed_in, project_manager, project, category
):
    browser = signed_in(project_manager)
    sent = typed(category)
    page = browser.post("/projects/HMS/lessons/new/", sent, follow=True).content.decode()
    assert "is logged" in page
    logged = Lesson.objects.get()
    assert (logged.project, logged.title, logged.priority) == (project, "Name a specialist", "high")
    assert logged.created_by == project_manager
    again = browser.post("/projects/HMS/lessons/new/", sent, follow=True).content.decode()
    assert "already been sent" in again
    assert Lesson.objects.count() == 1


def test_the_project_is_chosen_when_one_comes_from_the_list(
    signed_in, project_manager, project, category
):
    browser = signed_in(project_manager)
    refused = browser.post("/lessons/new/", typed(category))
    assert "Choose the project whose lesson it is" in refused.content.decode()
    browser.post("/lessons/new/", typed(category, project="HMS"))
    assert Lesson.objects.get().project == project


def test_a_lesson_cannot_be_logged_for_a_project_that_is_not_ones_own(
    signed_in, project_manager, other_project, category
):
    browser = signed_in(project_manager)
    assert browser.get("/projects/POOL/lessons/new/").status_code == 404
    assert browser.post("/lessons/new/", typed(category, project="POOL")).status_code == 422
    assert not Lesson.objects.exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": ""}, "Enter the lesson in a few words"),
        ({"category": ""}, "Choose a category"),
        ({"recommendation": " "}, "Enter what later projects should do"),
        ({"logged_on": "yesterday"}, "Enter a real date"),
        ({"detail-exempt": "on"}, "Enter the detail"),
        (
            {"detail-text": "x", "detail-exempt": "on"},
            "Choose the paragraph of Schedule 12A that applies",
        ),
    ],
)
def test_a_lesson_that_is_wrong_is_refused_and_what_was_typed_is_kept(
    signed_in, project_manager, project, category, fields, message
):
    sent = typed(category, effect="Kept words") | fields
    response = signed_in(project_manager).post("/projects/HMS/lessons/new/", sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert "Kept words" in page
    assert not Lesson.objects.exists()


@pytest.mark.parametrize("who", ["board_member", "report_author", "auditor", "administrator"])
def test_others_do_not_log_or_change_lessons(request, signed_in, who, lesson):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get("/projects/HMS/lessons/new/").status_code == 403
    assert browser.get(f"/lessons/{lesson.pk}/edit/").status_code == 403


# -- changing ----------------------------------------------------------------------------------


def test_a_lesson_is_changed_with_a_reason(signed_in, project_manager, lesson):
    browser = signed_in(project_manager)
    sent = typed(
        lesson.category, version=1, owner="Head of Procurement", reason="Owner named by the board"
    )
    browser.post(f"/lessons/{lesson.pk}/edit/", sent)
    lesson.refresh_from_db()
    assert (lesson.owner, lesson.version) == ("Head of Procurement", 2)


def test_two_people_changing_a_lesson_see_both_texts(
    signed_in, project_manager, finance_officer, lesson
):
    url = f"/lessons/{lesson.pk}/edit/"
    signed_in(finance_officer).post(
        url, typed(lesson.category, version=1, effect="Words of finance")
    )
    browser = signed_in(project_manager)
    mine = typed(lesson.category, version=1, effect="Words of the manager")
    response = browser.post(url, mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Words of finance" in page
    assert "Words of the manager" in page
    lesson.refresh_from_db()
    assert lesson.effect == "Words of finance"
    browser.post(url, mine | {"version": 2})
    lesson.refresh_from_db()
    assert lesson.effect == "Words of the manager"


def test_a_lesson_of_another_project_is_read_and_not_changed(
    signed_in, project_manager, other_project, category
):
    theirs = make_lesson(other_project, category)
    browser = signed_in(project_manager)
    assert browser.get(f"/lessons/{theirs.pk}/").status_code == 200
    assert browser.get(f"/lessons/{theirs.pk}/edit/").status_code == 403


# -- exempt detail -----------------------------------------------------------------------------


def test_exempt_detail_is_read_by_those_with_the_right_and_marked(signed_in, board_member, lesson):
    make_exempt_detail(lesson, SECRET)
    page = signed_in(board_member).get(f"/lessons/{lesson.pk}/").content.decode()
    assert SECRET in page
    assert "Exempt" in page
    assert "Schedule 12A, paragraph 3" in page


def test_others_learn_that_exempt_detail_is_held_and_not_what_it_says(
    signed_in, administrator, lesson
):
    make_exempt_detail(lesson, SECRET, exempt_reason=f"because {SECRET}")
    page = signed_in(administrator).get(f"/lessons/{lesson.pk}/").content.decode()
    assert "exempt from publication" in page
    assert "Schedule 12A, paragraph 3" in page
    assert SECRET not in page


def test_the_right_does_not_reach_into_projects_of_others(signed_in, other_board_member, lesson):
    make_exempt_detail(lesson, SECRET)
    page = signed_in(other_board_member).get(f"/lessons/{lesson.pk}/").content.decode()
    assert SECRET not in page
    assert "exempt from publication" in page


def test_exempt_detail_is_logged_and_changed_by_those_who_may_see_it(
    signed_in, project_manager, project, category
):
    browser = signed_in(project_manager)
    sent = typed(
        category,
        **{
            "detail-text": SECRET,
            "detail-exempt": "on",
            "detail-exempt_paragraphs": ["3"],
            "detail-exempt_reason": "Talks go on",
        },
    )
    browser.post("/projects/HMS/lessons/new/", sent)
    detail = LessonDetail.objects.get()
    assert (detail.text, detail.exempt_paragraphs) == (SECRET, [3])
    again = sent | {"version": 1, "detail-version": 1, "detail-text": "Other words"}
    browser.post(f"/lessons/{detail.lesson_id}/edit/", again)
    detail.refresh_from_db()
    assert (detail.text, detail.version) == ("Other words", 2)


def _unpacked(content: bytes) -> bytes:
    """The parts of a zip one after another, or the bytes as they are."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


PAGES = (
    "/lessons/{lesson}/",
    "/projects/HMS/lessons/",
    "/projects/HMS/lessons/appendix-2/",
    "/projects/HMS/lessons/appendix-2.xlsx",
    "/projects/HMS/lessons/appendix-2.csv",
    "/projects/HMS/lessons/appendix-2.docx",
    "/projects/HMS/lessons/appendix-2.json",
    "/lessons/adoption/",
    "/lessons/adoption.xlsx",
    "/lessons/rules/",
)


@pytest.mark.parametrize("address", PAGES)
def test_exempt_detail_is_on_no_page_and_in_no_file_of_those_without_the_right(
    signed_in, administrator, lesson, address
):
    make_rule(lesson.category)
    make_exempt_detail(lesson, SECRET, exempt_reason=SECRET)
    response = signed_in(administrator).get(address.format(lesson=lesson.pk))
    assert response.status_code == 200
    assert SECRET.encode() not in _unpacked(response.content)


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "docx", "json"])
def test_the_public_appendix_is_the_same_for_everyone_and_never_exempt(
    signed_in, administrator, board_member, lesson, suffix
):
    make_exempt_detail(lesson, SECRET, exempt_reason=SECRET)
    address = f"/projects/HMS/lessons/appendix-2.{suffix}?as_at=2023-06-14"
    public = signed_in(board_member).get(address).content
    assert SECRET.encode() not in _unpacked(public)
    assert public == signed_in(administrator).get(address).content


@pytest.mark.parametrize("suffix", ["", ".xlsx", ".docx"])
def test_the_exempt_appendix_is_for_those_with_the_right_who_ask_for_it(
    signed_in, administrator, board_member, lesson, suffix
):
    make_exempt_detail(lesson, SECRET)
    address = f"/projects/HMS/lessons/appendix-2{suffix or '/'}?audience=exempt"
    mine = signed_in(board_member).get(address)
    assert SECRET.encode() in _unpacked(mine.content)
    assert b"not for publication" in _unpacked(mine.content)
    assert signed_in(administrator).get(address).status_code == 403


# -- Appendix 2 --------------------------------------------------------------------------------


def test_appendix_2_lists_lessons_by_category_as_at_a_day(signed_in, board_member, project, lesson):
    make_lesson(
        project,
        make_category("Programme oversight"),
        title="Later one",
        logged_on=dt.date(2024, 1, 1),
    )
    make_lesson(project, lesson.category, title="A draft", is_shared=False)
    browser = signed_in(board_member)
    then = browser.get("/projects/HMS/lessons/appendix-2/?as_at=2023-06-14").content.decode()
    assert "Procurement decision" in then
    assert "Take the right procurement decision" in then
    assert "Later one" not in then
    now = browser.get("/projects/HMS/lessons/appendix-2/").content.decode()
    assert "Later one" in now
    assert "A draft" not in now


def test_appendix_2_of_a_project_without_lessons_says_so(signed_in, board_member, project):
    page = signed_in(board_member).get("/projects/HMS/lessons/appendix-2/").content.decode()
    assert "No lessons had been logged" in page


def test_people_of_other_boards_find_no_appendix(signed_in, other_board_member, lesson):
    browser = signed_in(other_board_member)
    for address in PAGES[1:7]:
        assert browser.get(address).status_code == 404


def test_an_unknown_format_is_not_found(signed_in, board_member, lesson):
    assert signed_in(board_member).get("/projects/HMS/lessons/appendix-2.exe").status_code == 404


# -- adoption ----------------------------------------------------------------------------------


def test_adoption_tells_learned_from_only_noted(signed_in, auditor, project, category, lesson):
    make_rule(category)
    noted = make_lesson(project, category, title="Never answered")
    answered = make_lesson(project, category, title="Answered by one")
    later = make_project("DIGI-28", stage="business_case")
    make_answer(later, lesson)
    make_answer(later, answered, "not_applicable")
    page = signed_in(auditor).get("/lessons/adoption/").content.decode()
    rows = {row.lesson.pk: row.standing for row in _rows(auditor)}
    assert rows == {lesson.pk: "Learned", answered.pk: "Answered", noted.pk: "Only noted"}
    assert "<strong>1</strong> learned" in page


def _rows(person):
    from django.utils import timezone

    from lessons.adoption import adoption
    from projects.models import Project

    return adoption(
        Project.objects.visible_to(person), list(Lesson.objects.all()), timezone.localdate()
    )


def test_adoption_counts_only_projects_that_one_may_see(
    board_member, auditor, lesson, other_project
):
    make_answer(other_project, lesson)
    assert [row.total for row in _rows(auditor)] == [1]
    assert [row.total for row in _rows(board_member)] == [0]


def test_adoption_takes_seven_queries_however_many_projects(
    auditor, project, lesson, django_assert_max_num_queries
):
    make_rule(lesson.category)
    for number in range(20):
        make_answer(make_project(f"N-{number}"), lesson)
    with django_assert_max_num_queries(8):
        _rows(auditor)


# -- the role matrix of this room ----------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_every_role_reads_the_rules(signed_in, role, db):
    assert signed_in(make_user(role)).get("/lessons/rules/").status_code == 200
