"""The example council's lessons, read from a file that a person can edit, through the services of this room."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from council_hms.history import acting
from council_hms.models import User
from council_hms.money import parse_money
from lessons import services
from lessons.models import Lesson, LessonCategory, ProjectType
from lessons.services import AnswerDraft
from projects.models import Project


def load(people: dict[str, User], folder: Path) -> None:
    """Enter categories, types, rules, lessons and answers; rows of projects that are not there are left out."""
    told: dict[str, Any] = yaml.safe_load((folder / "lessons.yaml").read_text())
    projects = {project.reference: project for project in Project.objects.all()}
    administrator = people["administrator"]
    with acting(administrator, "example.load", "Lessons of the example council"):
        categories = {
            row["name"]: services.save_category(
                by=administrator, category=LessonCategory(**row, position=position)
            )
            for position, row in enumerate(told["categories"], start=1)
        }
        types = {
            name: services.save_project_type(
                by=administrator, project_type=ProjectType(name=name, position=position)
            )
            for position, name in enumerate(told["types"], start=1)
        }
        for reference, name in told["types_of_projects"].items():
            if reference in projects:
                services.classify_project(
                    project=projects[reference],
                    project_type=types[name],
                    version=0,
                    by=administrator,
                )
        _enter_rules(told, administrator, categories, types)
        lessons = _enter_lessons(told, people, projects, categories)
        _enter_answers(told, people, projects, lessons)


def _enter_rules(
    told: dict[str, Any],
    by: User,
    categories: dict[str, LessonCategory],
    types: dict[str, ProjectType],
) -> None:
    for row in told["rules"]:
        services.add_rule(
            by=by,
            values={
                "category": categories[row["category"]],
                "project_type": types[row["type"]] if "type" in row else None,
                "gate": row["gate"],
                "since": row["since"],
                "note": row.get("note", ""),
            },
        )
    for row in told["limits"]:
        services.set_gate_limit(
            by=by, amount=parse_money(str(row["amount"])), since=row["since"], source=row["source"]
        )


def _enter_lessons(
    told: dict[str, Any],
    people: dict[str, User],
    projects: dict[str, Project],
    categories: dict[str, LessonCategory],
) -> dict[str, Lesson]:
    found = {}
    for row in told["lessons"]:
        if row["project"] not in projects:
            continue
        values = {name: row[name] for name in services.LESSON_FIELDS if name in row}
        values["category"] = categories[row["category"]]
        found[row["key"]] = services.log_lesson(
            project=projects[row["project"]],
            by=people[row["by"]],
            values=values,
            is_illustrative=row.get("illustrative", False),
        )
    return found


def _enter_answers(
    told: dict[str, Any],
    people: dict[str, User],
    projects: dict[str, Project],
    lessons: dict[str, Lesson],
) -> None:
    for row in told["answers"]:
        if row["project"] not in projects:
            continue
        services.answer_lessons(
            project=projects[row["project"]],
            by=people[row["by"]],
            answers=[
                _draft(answer, lessons) for answer in row["answers"] if answer["lesson"] in lessons
            ],
            today=row["answered_on"],
        )


def _draft(row: dict[str, Any], lessons: dict[str, Lesson]) -> AnswerDraft:
    until: dt.date | None = row.get("until")
    words = {name: row.get(name, "") for name in ("how", "evidence", "by_whom", "why", "owner")}
    return AnswerDraft(
        lesson_id=lessons[row["lesson"]].pk, seen=0, kind=row["kind"], deferred_until=until, **words
    )
