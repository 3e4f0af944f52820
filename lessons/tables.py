"""The list of lessons as a table for files: the same rows as on the page, all of what a lesson says."""

from __future__ import annotations

import datetime as dt
from typing import Any

from council_hms.grid import Cell, Column, Format, Grid, Row
from lessons.summary import PARTS, day_words, stated

_WORDS = ("event", "effect", "cause", "early_warning_signs", "recommendation")


def lessons_grid(lessons: Any, as_at: dt.date) -> Grid:
    """One row a lesson. Exempt detail is not in it, whoever asks."""
    rows = []
    for lesson in lessons:
        cells = {
            "project": Cell(lesson.project.reference),
            "category": Cell(lesson.category.name),
            "logged_on": Cell(lesson.logged_on),
            "logged_by": Cell(lesson.logged_by or None),
            "owner": Cell(lesson.owner or None),
            "source": Cell(lesson.source or None),
            "note": Cell("Illustrative" if lesson.is_illustrative else None),
        }
        for key in (*_WORDS, "known_as_risk", "priority"):
            cells[key] = Cell(stated(lesson, key) or None)
        rows.append(Row(f"lesson-{lesson.pk}", f"{lesson.reference} {lesson.title}", cells))
    return Grid(
        caption="Lessons learned",
        columns=[
            Column("project", "Project"),
            Column("category", "Category"),
            *(Column(key, label) for key, label in PARTS),
            Column("known_as_risk", "Previously a risk?"),
            Column("priority", "Priority"),
            Column("owner", "Owner"),
            Column("logged_on", "Logged", Format.DATE),
            Column("logged_by", "Logged by"),
            Column("source", "Where it is written"),
            Column("note", "Note"),
        ],
        rows=rows,
        row_heading="Lesson",
        notes=["A blank means that the record does not say. Exempt detail is left out."],
        about=[
            ("As at", day_words(as_at)),
            ("Lessons", str(len(rows))),
            ("Version", "Public version"),
        ],
    )
