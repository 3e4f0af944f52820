"""What projects owe to the lessons of others on a day, read in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import F, Q, Sum

from lessons import gate
from lessons.models import Answer, ApplicabilityRule, GateLimit, Lesson
from projects.models import Project


@dataclass(frozen=True, slots=True)
class ProjectDuties:
    """A project, what it asks for above the limit, and every lesson it must answer."""

    project_id: int
    reference: str
    stage: str
    duties: Sequence[gate.Duty]
    asks_over_limit: Sequence[gate.Ask]

    @property
    def is_new(self) -> bool:
        return self.stage in gate.NEW_STAGES

    @property
    def stopping_approval(self) -> list[gate.Duty]:
        """Unanswered lessons that keep its budget from being submitted for approval."""
        return [duty for duty in self.duties if duty.stops_approval]


def read_rules(as_at: dt.date) -> list[gate.RuleRow]:
    """The rules in force on a day. One query."""
    return [
        gate.RuleRow(**row)
        for row in ApplicabilityRule.objects.in_force(as_at)
        .order_by()
        .values("gate", "category_id", "lesson_id", "project_type_id", "fund", "directorate")
    ]


def read_lessons(as_at: dt.date) -> dict[int, gate.LessonRow]:
    """The lessons that can bind a project on a day, in the order of lists. One query."""
    rows = Lesson.objects.binding(as_at).values_list("pk", "project_id", "category_id", "logged_on")
    return {row[0]: gate.LessonRow(*row) for row in rows}


def read_answers(
    projects: Iterable[int] | Any, as_at: dt.date
) -> dict[int, dict[int, gate.AnswerRow]]:
    """Standing answers by project and lesson. One query."""
    found: dict[int, dict[int, gate.AnswerRow]] = defaultdict(dict)
    rows = Answer.objects.standing(as_at).filter(project__in=projects).order_by()
    for project_id, lesson_id, kind, until in rows.values_list(
        "project_id", "lesson_id", "kind", "deferred_until"
    ):
        found[project_id][lesson_id] = gate.AnswerRow(lesson_id, kind, until)
    return found


def read_asks_over_limit(projects: Any, as_at: dt.date) -> dict[int, list[gate.Ask]]:
    """Changes of these projects, still to be approved, that add more than the limit. Two queries.

    The ledger is asked through the registry of models: rooms beside one another do not import
    each other, and what a change's standing is stays the ledger's own question. A draft counts
    whatever day is asked, so that one submitted with yesterday's date meets the gate as well.
    """
    limits = list(GateLimit.objects.values_list("since", "amount"))
    amounts = [amount for _, amount in limits if amount is not None]
    if not amounts:
        return {}
    line: Any = apps.get_model("budgets", "Line")
    change: Any = apps.get_model("budgets", "BudgetChange")
    open_changes = (
        change._default_manager.perhaps_open(as_at)
        .with_standing(as_at)
        .filter(approval_id=None, ending_id=None)
        .filter(Q(submitted_on__lte=as_at) | Q(submitted_on=None))
    )
    rows = (
        line._default_manager.as_asked()
        .filter(project__in=projects, change__in=open_changes.values("pk"))
        .order_by()
        .values(
            "project_id",
            "change_id",
            reference=F("change__reference"),
            on=F("change__submitted_on"),
        )
        .annotate(adds=Sum("amount"))
        .filter(adds__gt=min(amounts))
        .order_by("change_id")
    )
    found: dict[int, list[gate.Ask]] = defaultdict(list)
    for row in rows:
        adds: Decimal = row["adds"]
        found[row["project_id"]].append(gate.Ask(row["reference"], adds, row["on"]))
    over = {pk: gate.over_limit(asks, limits, as_at) for pk, asks in found.items()}
    return {pk: asks for pk, asks in over.items() if asks}


@dataclass(frozen=True, slots=True)
class Binding:
    """What decides which lessons bind projects on a day."""

    lessons: dict[int, gate.LessonRow]
    rules: list[gate.RuleRow]
    asks: dict[int, list[gate.Ask]]


def read_binding(projects: Any, as_at: dt.date) -> Binding:
    """The lessons and rules of a day, and what these projects ask for above the limit. At most four queries."""
    lessons = read_lessons(as_at)
    rules = read_rules(as_at) if lessons else []
    asks = read_asks_over_limit(_real(projects).order_by().values("pk"), as_at) if rules else {}
    return Binding(lessons, rules, asks)


def _real(projects: Any) -> Any:
    """Without budget heads, which answer nothing: they only give or take virements."""
    return projects.filter(is_budget_head=False)


def read_duties(
    projects: Any, as_at: dt.date, *, due_only: bool = False, binding: Binding | None = None
) -> list[ProjectDuties]:
    """What each of these projects owes on a day, by reference. At most six queries, however many projects.

    Two when ``binding`` is at hand. ``due_only`` leaves out lessons of gates that are still ahead, and
    projects that then owe nothing.
    """
    binding = binding or read_binding(projects, as_at)
    if not binding.rules:
        return []
    asks = binding.asks
    plans = _Plans(binding.lessons, binding.rules, as_at, due_only)
    rows = []
    for pk, reference, stage, *parts in (
        _real(projects)
        .order_by("reference")
        .values_list(
            "pk", "reference", "stage", "classification__project_type_id", "fund", "directorate"
        )
    ):
        planned = plans.of(gate.Kind(*parts), stage, asks.get(pk, ()))
        if planned or not due_only:
            rows.append((pk, reference, stage, planned))
    answers = read_answers([row[0] for row in rows], as_at) if rows else {}
    return [
        ProjectDuties(
            pk,
            reference,
            stage,
            gate.duties(pk, planned, answers.get(pk, {}), as_at),
            asks.get(pk, ()),
        )
        for pk, reference, stage, planned in rows
    ]


class _Plans:
    """What projects must answer, worked out once for each kind and stage: projects are many, kinds few."""

    def __init__(
        self,
        lessons: dict[int, gate.LessonRow],
        rules: list[gate.RuleRow],
        as_at: dt.date,
        due_only: bool,
    ) -> None:
        self.lessons, self.rules, self.as_at, self.due_only = lessons, rules, as_at, due_only
        self.applicable: dict[gate.Kind, dict[int, tuple[str, ...]]] = {}
        self.plans: dict[tuple[gate.Kind, str], list[gate.Planned]] = {}

    def of(
        self, kind: gate.Kind, stage: str, asks_over_limit: Sequence[gate.Ask]
    ) -> list[gate.Planned]:
        """The plan of a kind and stage; of one project alone when it asks for more than the limit."""
        if not asks_over_limit and (kind, stage) in self.plans:
            return self.plans[kind, stage]
        if kind not in self.applicable:
            self.applicable[kind] = gate.applicable(kind, self.lessons.values(), self.rules)
        planned = gate.plan(
            stage=stage,
            lessons=self.lessons,
            applicable=self.applicable[kind],
            asks_over_limit=asks_over_limit,
            as_at=self.as_at,
        )
        if self.due_only:
            planned = [each for each in planned if each.due_at]
        if not asks_over_limit:
            self.plans[kind, stage] = planned
        return planned


def duties_of(project: Project, as_at: dt.date, *, binding: Binding | None = None) -> ProjectDuties:
    """What one project owes on a day; nothing when no rule or lesson binds it."""
    found = read_duties(Project.objects.filter(pk=project.pk), as_at, binding=binding)
    return (
        found[0] if found else ProjectDuties(project.pk, project.reference, project.stage, [], [])
    )
