"""The administrator's rules: which lessons bind which projects, the limit for changes, categories and types."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from lessons.models import ApplicabilityRule, GateLimit, LessonCategory, ProjectType
from tests.lessons.lesson_factories import (
    make_category,
    make_lesson,
    make_limit,
    make_rule,
    make_type,
)

FORMS = (
    "/lessons/rules/new/",
    "/lessons/rules/limit/new/",
    "/lessons/rules/categories/new/",
    "/lessons/rules/types/new/",
)


@pytest.fixture
def category(db):
    return make_category("Procurement decision")


def typed(**fields):
    return {
        "once": str(uuid.uuid4()),
        "gate": "budget",
        "since": "2023-06-14",
        "version": 0,
    } | fields


@pytest.mark.parametrize("address", FORMS)
@pytest.mark.parametrize("who", ["finance_officer", "project_manager", "board_member", "auditor"])
def test_only_the_administrator_keeps_the_rules(request, signed_in, who, address, db):
    assert signed_in(request.getfixturevalue(who)).get(address).status_code == 403


@pytest.mark.parametrize("address", FORMS)
def test_the_administrator_sees_each_form(signed_in, administrator, address):
    assert signed_in(administrator).get(address).status_code == 200


def test_a_rule_is_added_once_and_shown(signed_in, administrator, category):
    browser = signed_in(administrator)
    software = make_type("System or software")
    sent = typed(category=category.pk, project_type=software.pk)
    page = browser.post("/lessons/rules/new/", sent, follow=True).content.decode()
    assert "System or software" in page
    browser.post("/lessons/rules/new/", sent)
    assert ApplicabilityRule.objects.get().gate == "budget"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Choose a category, or one lesson"),
        ({"category": "own", "gate": ""}, "Choose a gate"),
        ({"category": "own", "since": ""}, "Enter the day from which the rule stands"),
        ({"category": "own", "until": "2023-01-01"}, "The last day must not be before the first"),
        ({"category": "own", "lesson": "own"}, "Choose either a category or one lesson, not both"),
    ],
)
def test_a_rule_that_is_wrong_is_refused_and_what_was_typed_is_kept(
    signed_in, administrator, category, project, fields, message
):
    lesson = make_lesson(project, category)
    own = {"category": category.pk, "lesson": lesson.pk}
    sent = typed(note="Kept words") | {
        name: own[name] if value == "own" else value for name, value in fields.items()
    }
    response = signed_in(administrator).post("/lessons/rules/new/", sent)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert "Kept words" in response.content.decode()
    assert not ApplicabilityRule.objects.exists()


def test_the_same_rule_twice_is_refused_in_words(signed_in, administrator, category):
    browser = signed_in(administrator)
    browser.post("/lessons/rules/new/", typed(category=category.pk))
    response = browser.post("/lessons/rules/new/", typed(category=category.pk))
    assert "already such a rule" in response.content.decode()
    assert ApplicabilityRule.objects.count() == 1


def test_a_rule_is_ended_and_not_removed(signed_in, administrator, category):
    rule = make_rule(category)
    sent = typed(category=category.pk, since="2020-01-01", until="2026-01-31", version=1)
    page = (
        signed_in(administrator)
        .post(f"/lessons/rules/{rule.pk}/", sent, follow=True)
        .content.decode()
    )
    assert "Not in force today" in page
    rule.refresh_from_db()
    assert rule.until == dt.date(2026, 1, 31)


def test_a_rule_changed_meanwhile_is_shown_and_not_overwritten(signed_in, administrator, category):
    rule = make_rule(category, note="Words of another")
    ApplicabilityRule.objects.update(version=2)
    sent = typed(category=category.pk, since="2020-01-01", note="My words", version=1)
    response = signed_in(administrator).post(f"/lessons/rules/{rule.pk}/", sent)
    assert response.status_code == 409
    assert "Words of another" in response.content.decode()
    assert "My words" in response.content.decode()
    rule.refresh_from_db()
    assert rule.note == "Words of another"


def test_the_limit_is_dated_and_the_latest_counts(signed_in, administrator):
    make_limit(Decimal(500_000), administrator, dt.date(2020, 4, 1))
    sent = {"once": str(uuid.uuid4()), "amount": "£250k", "since": timezone.localdate().isoformat()}
    page = (
        signed_in(administrator)
        .post("/lessons/rules/limit/new/", sent, follow=True)
        .content.decode()
    )
    assert "more than <strong>£250k</strong>" in page
    assert "£500k" in page
    assert GateLimit.objects.on(dt.date(2021, 1, 1)) == 500_000
    again = sent | {"once": str(uuid.uuid4())}
    refused = signed_in(administrator).post("/lessons/rules/limit/new/", again)
    assert "already a limit from that day" in refused.content.decode()


def test_categories_and_types_are_added_renamed_and_switched_off(
    signed_in, administrator, category
):
    browser = signed_in(administrator)
    browser.post(
        "/lessons/rules/categories/new/",
        {"once": str(uuid.uuid4()), "name": "Testing", "position": 2, "in_use": "on"},
    )
    browser.post(f"/lessons/rules/categories/{category.pk}/", {"name": "Buying", "position": 1})
    assert set(LessonCategory.objects.values_list("name", "in_use")) == {
        ("Testing", True),
        ("Buying", False),
    }
    browser.post(
        "/lessons/rules/types/new/",
        {"once": str(uuid.uuid4()), "name": "Service change", "position": 1, "in_use": "on"},
    )
    refused = browser.post(
        "/lessons/rules/types/new/",
        {"once": str(uuid.uuid4()), "name": "Service change", "position": 1},
    )
    assert "already a type of this name" in refused.content.decode()
    assert ProjectType.objects.get().name == "Service change"
