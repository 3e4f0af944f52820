"""Lessons: what was learned, which projects must answer it, at which gate, and what they answered."""

from lessons.models.answer import Answer, AnswerKind
from lessons.models.applicability import (
    ApplicabilityRule,
    Gate,
    GateLimit,
    ProjectClassification,
    ProjectType,
)
from lessons.models.lesson import KnownAsRisk, Lesson, LessonCategory, LessonDetail, Priority

__all__ = [
    "Answer",
    "AnswerKind",
    "ApplicabilityRule",
    "Gate",
    "GateLimit",
    "KnownAsRisk",
    "Lesson",
    "LessonCategory",
    "LessonDetail",
    "Priority",
    "ProjectClassification",
    "ProjectType",
]
