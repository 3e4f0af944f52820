"""The example council's lessons: the source report's four groups, and who stands at the gate."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import council_hms
from council_hms import demonstration, findings
from council_hms.findings import Scope
from lessons import example
from lessons.findings import AT_GATE, DEFERRAL_OVERDUE, NEXT_GATE
from lessons.models import Lesson
from projects.models import Project
from tests.factories import make_project

FOLDER = Path(council_hms.__file__).parent / "example"
TODAY = dt.date(2026, 11, 23)
STAGES = {
    "HMS": "delivery",
    "DIGI-28": "business_case",
    "DEPOT": "business_case",
    "CRM-22": "proposed",
    "MUSEUM": "closed",
    "WIFI-C": "closed",
}


@pytest.fixture
def loaded(db):
    for reference, stage in STAGES.items():
        make_project(reference, stage=stage)
    example.load(demonstration.make_people(), FOLDER)


def found(code, as_at=TODAY):
    scope = Scope(projects=Project.objects.all(), as_at=as_at)
    return {each.project_reference for each in findings.run(scope, codes=[code])}


def test_the_source_reports_four_groups_are_entered_and_nothing_is_invented(loaded):
    lessons = Lesson.objects.filter(project__reference="HMS")
    assert [lesson.category.name for lesson in lessons] == [
        "Procurement decision",
        "Project team and board structure",
        "Programme oversight",
        "Testing plans and data migration",
    ]
    for lesson in lessons:
        assert (lesson.cause, lesson.early_warning_signs, lesson.owner) == ("", "", "")
        assert (lesson.known_as_risk, lesson.priority) == ("not_stated", "not_stated")
        assert lesson.logged_on == dt.date(2023, 6, 14)
        assert not lesson.is_illustrative


def test_all_other_lessons_are_marked_as_illustrative(loaded):
    others = Lesson.objects.exclude(project__reference="HMS")
    assert others.exists()
    assert all(lesson.is_illustrative for lesson in others)


def test_the_new_projects_stand_at_the_gate_and_the_source_project_does_not(loaded):
    assert found(AT_GATE) == {"DIGI-28", "CRM-22"}
    assert found(DEFERRAL_OVERDUE) == {"CRM-22"}
    assert found(NEXT_GATE) == set()
    assert "HMS" not in found(AT_GATE, as_at=dt.date(2023, 6, 14))


def test_a_council_without_those_projects_loads_the_rest(db):
    make_project("HMS", stage="delivery")
    example.load(demonstration.make_people(), FOLDER)
    assert Lesson.objects.count() == 4
