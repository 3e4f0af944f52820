"""Appendix 2 and its companions: lessons, answers and adoption as tables and papers, for an audience."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from council_hms.document import (
    Block,
    Document,
    Facts,
    GridBlock,
    Heading,
    Paragraph,
    plain,
)
from council_hms.exemption import Audience
from council_hms.grid import Cell, Column, Format, Grid, Row, RowKind
from lessons.adoption import Adoption
from lessons.duties import ProjectDuties, duties_of
from lessons.gate import State
from lessons.models import Answer, Gate, KnownAsRisk, Lesson, LessonDetail, Priority
from projects.models import Project

TITLE = "Summary of lessons learned"
EXEMPT_MARKING = "Exempt: not for publication"

#: What a lesson says beside its title, in the order of the log: column key, words.
PARTS = (
    ("event", "What happened"),
    ("effect", "Effect"),
    ("cause", "Cause"),
    ("early_warning_signs", "Early-warning signs"),
    ("recommendation", "What later projects should do"),
)


def day_words(day: dt.date) -> str:
    """``14 June 2023``."""
    return f"{day.day} {day:%B %Y}"


def paragraph_words(paragraphs: Sequence[int]) -> str:
    """``Schedule 12A, paragraph 3``; says so when none is cited."""
    if not paragraphs:
        return "no paragraph of Schedule 12A cited"
    numbers = " and ".join(str(number) for number in sorted(paragraphs))
    return f"Schedule 12A, paragraph{'s' if len(paragraphs) > 1 else ''} {numbers}"


def stated(lesson: Lesson, name: str) -> str:
    """A column of a lesson in words; empty when the record does not state it."""
    if name == "known_as_risk":
        return (
            ""
            if lesson.known_as_risk == KnownAsRisk.NOT_STATED
            else KnownAsRisk(lesson.known_as_risk).label
        )
    if name == "priority":
        return "" if lesson.priority == Priority.NOT_STATED else Priority(lesson.priority).label
    return str(getattr(lesson, name))


class Details:
    """The details of lessons as one audience may read them: the text, or only that exempt detail is held."""

    def __init__(self, lessons: Any, audience: Audience) -> None:
        """One query. ``lessons`` is a list of lessons that the reader may see."""
        rows = LessonDetail.objects.filter(lesson__in=lessons).exclude(text="")
        self.texts: dict[int, LessonDetail] = {}
        self.held_back: dict[int, list[int]] = {}
        for row in rows:
            if row.exempt and audience is Audience.PUBLIC:
                self.held_back[row.lesson_id] = row.exempt_paragraphs
            else:
                self.texts[row.lesson_id] = row

    @property
    def has_exempt(self) -> bool:
        """Whether what is shown holds exempt matter, so that the paper must be marked."""
        return any(row.exempt for row in self.texts.values())

    def words(self, lesson: Lesson) -> tuple[str, str]:
        """Label and text of a lesson's detail for this audience; two empty texts when there is none."""
        if lesson.pk in self.texts:
            row = self.texts[lesson.pk]
            label = (
                f"Exempt detail ({paragraph_words(row.exempt_paragraphs)})"
                if row.exempt
                else "Detail"
            )
            return label, row.text
        if lesson.pk in self.held_back:
            cited = paragraph_words(self.held_back[lesson.pk])
            return "Detail", f"Withheld: exempt from publication, {cited}."
        return "", ""


def for_paper(project: Project, as_at: dt.date) -> list[Lesson]:
    """The lessons of a project that its papers print: shared, logged by the day. One query."""
    return list(project.lessons.binding(as_at).for_lists())  # type: ignore[attr-defined]


def summary_grid(
    project: Project, lessons: Sequence[Lesson], details: Details, as_at: dt.date
) -> Grid:
    """Appendix 2 as a table: lessons by category, one row each; blank where the record does not say."""
    columns = [
        Column("reference", "Reference"),
        *(Column(key, label) for key, label in PARTS),
        Column("known_as_risk", "Previously a risk?"),
        Column("priority", "Priority"),
        Column("owner", "Owner"),
        Column("logged_on", "Logged", Format.DATE),
    ]
    if details.texts or details.held_back:
        columns.append(Column("detail", "Detail"))
    rows: list[Row] = []
    for category, group in groupby(lessons, key=lambda lesson: lesson.category):
        rows.append(Row(f"category-{category.pk}", category.name, kind=RowKind.HEADING))
        for lesson in group:
            cells = {"reference": Cell(lesson.reference), "logged_on": Cell(lesson.logged_on)}
            for key in ("event", "effect", "cause", "early_warning_signs", "recommendation"):
                cells[key] = Cell(stated(lesson, key) or None)
            for key in ("known_as_risk", "priority", "owner"):
                cells[key] = Cell(stated(lesson, key) or None)
            label, text = details.words(lesson)
            if text:
                cells["detail"] = Cell(f"{label}: {text}" if label != "Detail" else text)
            rows.append(Row(f"lesson-{lesson.pk}", lesson.title, cells, kind=RowKind.BODY))
    notes = ["A blank means that the record does not say."]
    if details.held_back:
        notes.append(_held_back_words(details))
    return Grid(
        caption=f"{TITLE}: {project.title}",
        columns=columns,
        rows=rows,
        row_heading="Lesson",
        notes=notes,
        about=_about(project, lessons, details, as_at),
    )


def summary_document(
    project: Project,
    lessons: Sequence[Lesson],
    details: Details,
    as_at: dt.date,
    *,
    council: str = "",
    number: str = "Appendix 2",
) -> Document:
    """Appendix 2 as a paper: by category, each lesson with what the record states of it and what it leaves open."""
    blocks: list[Block] = [
        Heading(f"{number}: {TITLE}" if number else TITLE, 1),
        Facts(
            [
                ("Project", plain(f"{project.title} ({project.reference})")),
                ("As at", plain(day_words(as_at))),
                ("Lessons", plain(str(len(lessons)))),
            ]
        ),
    ]
    if not lessons:
        blocks.append(Paragraph(plain("No lessons had been logged for this project by that day.")))
    for category, group in groupby(lessons, key=lambda lesson: lesson.category):
        blocks.append(Heading(category.name, 2, anchor=f"category-{category.pk}"))
        for lesson in group:
            blocks.append(
                Heading(f"{lesson.reference} {lesson.title}", 3, anchor=f"lesson-{lesson.pk}")
            )
            blocks.append(Facts(_facts(lesson, details)))
            if left_open := _left_open(lesson):
                blocks.append(
                    Paragraph(plain(f"The record does not state: {', '.join(left_open)}."))
                )
    if details.held_back:
        blocks.append(Paragraph(plain(_held_back_words(details))))
    return Document(
        title=f"{number}: {TITLE}" if number else TITLE,
        blocks=blocks,
        date=as_at,
        council=council,
        reference=project.reference,
        marking=EXEMPT_MARKING if details.has_exempt else "",
        about=[("Version", EXEMPT_MARKING if details.has_exempt else "Public version")],
    )


def _facts(lesson: Lesson, details: Details) -> list[tuple[str, Any]]:
    pairs = [(label, stated(lesson, key)) for key, label in PARTS]
    pairs += [
        ("Previously identified as a risk?", stated(lesson, "known_as_risk")),
        ("Priority", stated(lesson, "priority")),
        ("Owner", lesson.owner),
        ("Logged", ", ".join(filter(None, [day_words(lesson.logged_on), lesson.logged_by]))),
        ("Where it is written", lesson.source),
        details.words(lesson),
    ]
    if lesson.is_illustrative:
        pairs.append(("Note", "Illustrative: made up to show the product."))
    return [(label, plain(text)) for label, text in pairs if text]


def _left_open(lesson: Lesson) -> list[str]:
    names = [
        *PARTS,
        ("known_as_risk", "previously identified as a risk"),
        ("priority", "priority"),
        ("owner", "owner"),
    ]
    return [label[0].lower() + label[1:] for key, label in names if not stated(lesson, key)]


def _held_back_words(details: Details) -> str:
    count = len(details.held_back)
    return f"Detail of {count} lesson{'' if count == 1 else 's'} is exempt from publication and left out."


def _about(
    project: Project, lessons: Sequence[Lesson], details: Details, as_at: dt.date
) -> list[tuple[str, str]]:
    return [
        ("Project", f"{project.title} ({project.reference})"),
        ("As at", day_words(as_at)),
        ("Lessons", str(len(lessons))),
        ("Version", EXEMPT_MARKING if details.has_exempt else "Public version"),
    ]


# -- answers, for whoever decides ---------------------------------------------------------------


def answers_grid(
    project: Project,
    owed: ProjectDuties,
    answers: Mapping[int, Answer],
    lessons: Mapping[int, Lesson],
    as_at: dt.date,
) -> Grid:
    """What a project answered to each lesson that binds it, and what is still open. One row a lesson.

    ``answers`` are the standing ones by lesson id; ``lessons`` all that are named, with their project.
    """
    states = {duty.lesson_id: duty.state for duty in owed.duties}
    gates = {duty.lesson_id: duty.gates for duty in owed.duties}
    for lesson_id in answers:  # answered at a gate that now lies behind the project
        states.setdefault(lesson_id, State(answers[lesson_id].kind))
    rows = []
    for lesson_id, state in states.items():
        lesson, answer = lessons[lesson_id], answers.get(lesson_id)
        words = ", ".join(Gate(gate).label for gate in gates.get(lesson_id, ()))
        rows.append(
            Row(
                f"lesson-{lesson_id}",
                f"{lesson.reference} {lesson.title}",
                {
                    "from": Cell(lesson.project.reference),
                    "gate": Cell(words or "Answered at an earlier gate"),
                    "answer": Cell(state.label),
                    "words": Cell(answer.words if answer else None),
                    "answered_on": Cell(answer.answered_on if answer else None),
                },
            )
        )
    return Grid(
        caption=f"Lessons of earlier projects answered by {project.reference}",
        columns=[
            Column("from", "From project"),
            Column("gate", "Gate"),
            Column("answer", "Answer"),
            Column("words", "How, why or until when"),
            Column("answered_on", "Answered", Format.DATE),
        ],
        rows=rows,
        row_heading="Lesson",
        about=[("Project", f"{project.title} ({project.reference})"), ("As at", day_words(as_at))],
    )


def answers_of(project: Project, as_at: dt.date) -> Grid:
    """A project's answers on a day, read and laid out: for its papers and for whoever decides. Eight queries."""
    owed = duties_of(project, as_at)
    standing = Answer.objects.filter(project=project).standing(as_at)
    answers = {answer.lesson_id: answer for answer in standing}
    named = Lesson.objects.filter(pk__in={duty.lesson_id for duty in owed.duties} | set(answers))
    lessons = {lesson.pk: lesson for lesson in named.for_lists()}
    return answers_grid(project, owed, answers, lessons, as_at)


def answers_blocks(grid: Grid) -> list[Block]:
    """The part of a Cabinet report that shows whoever decides what was answered."""
    if not grid.rows:
        return [Paragraph(plain("No lessons of earlier projects apply to this project."))]
    return [GridBlock(grid)]


# -- adoption across the portfolio --------------------------------------------------------------


def adoption_grid(rows: Sequence[Adoption], as_at: dt.date) -> Grid:
    """Which lessons are learned and which only noted: projects by answer, one row a lesson."""
    columns = [
        Column("from", "From project"),
        Column("category", "Category"),
        Column("standing", "Standing"),
        *(Column(state.value, state.label, Format.COUNT) for state in Adoption.ORDER),
        Column("total", "Projects bound", Format.COUNT),
    ]
    return Grid(
        caption=f"Adoption of lessons by later projects, as at {day_words(as_at)}",
        columns=columns,
        rows=[
            Row(
                f"lesson-{row.lesson.pk}",
                f"{row.lesson.reference} {row.lesson.title}",
                {
                    "from": Cell(row.lesson.project.reference),
                    "category": Cell(row.lesson.category.name),
                    "standing": Cell(row.standing),
                    **{state.value: Cell(row.counts[state]) for state in Adoption.ORDER},
                    "total": Cell(row.total),
                },
            )
            for row in rows
        ],
        row_heading="Lesson",
        notes=[
            "Learned: at least one later project has adopted it. "
            "Answered: later projects have answered, none has adopted it. "
            "Only noted: no later project has answered it.",
        ],
        about=[("As at", day_words(as_at))],
    )
