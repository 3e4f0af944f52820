"""Pages of lessons. Each is four moves: fetch what the person may see, bind, call one service, answer."""

from lessons.views.adoption import lesson_adoption
from lessons.views.log import lesson, lesson_create, lesson_edit, lesson_list
from lessons.views.project import answers_file, lesson_summary, project_classify, project_lessons
from lessons.views.settings import (
    category_edit,
    gate_limit_add,
    lesson_rules,
    project_type_edit,
    rule_edit,
)

__all__ = [
    "answers_file",
    "category_edit",
    "gate_limit_add",
    "lesson",
    "lesson_adoption",
    "lesson_create",
    "lesson_edit",
    "lesson_list",
    "lesson_rules",
    "lesson_summary",
    "project_classify",
    "project_lessons",
    "project_type_edit",
    "rule_edit",
]
