"""The least that is true: one project, one change with its lines, one decision."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from budgets.models import (
    AuthorityLimit,
    BudgetChange,
    CostPlan,
    CostPlanLine,
    Decision,
    FundingSource,
    GoverningBody,
    Line,
    SpendEntry,
)
from council_hms.access import Role
from council_hms.financial_year import FinancialYear
from council_hms.models import User
from projects.models import BoardMembership, Project

_count = itertools.count(1)
PASSWORD = "correct horse battery staple"


def make_user(*roles: Role, name: str = "", **fields: Any) -> User:
    number = next(_count)
    return User.objects.create_user(
        fields.pop("email", f"person{number}@council.example"),
        PASSWORD,
        name=name or f"Person {number}",
        roles=list(roles),
        **fields,
    )


def make_project(reference: str = "", **fields: Any) -> Project:
    number = next(_count)
    return Project.objects.create(
        reference=reference or f"P-{number}",
        title=fields.pop("title", f"Project {number}"),
        **fields,
    )


def sit_on_board(person: User, project: Project, **fields: Any) -> BoardMembership:
    return BoardMembership.objects.create(
        person=person, project=project, since=dt.date(2016, 1, 1), **fields
    )


def make_source(name: str = "", **fields: Any) -> FundingSource:
    return FundingSource.objects.create(
        name=name or f"Source {next(_count)}",
        kind=fields.pop("kind", "capital_programme"),
        **fields,
    )


def make_body(
    kind: str = "council", name: str = "", *, limits: bool | None = None, **fields: Any
) -> GoverningBody:
    """A body; Council has authority without limit unless ``limits`` says otherwise."""
    body = GoverningBody.objects.create(kind=kind, name=name or f"Body {next(_count)}", **fields)
    if limits if limits is not None else kind == "council":
        for limit_kind in ("capital", "revenue", "virement"):
            AuthorityLimit.objects.create(body=body, kind=limit_kind, since=dt.date(2000, 1, 1))
    return body


#: A line as tests write it: year, nature, amount in pounds, and perhaps a source and a project.
LineSpec = tuple[Any, ...]


def make_change(
    project: Project,
    lines: Sequence[LineSpec] = (),
    *,
    by: User | None = None,
    submitted_on: dt.date | None = dt.date(2023, 1, 1),
    **fields: Any,
) -> BudgetChange:
    by = by or make_user(Role.FINANCE_OFFICER)
    change = BudgetChange.objects.create(
        project=project,
        reference=fields.pop("reference", f"BC-{next(_count)}"),
        title=fields.pop("title", "A change"),
        kind=fields.pop("kind", "increase"),
        created_by=by,
        submitted_on=submitted_on,
        submitted_by=by if submitted_on else None,
        **fields,
    )
    add_lines(change, lines)
    return change


def add_lines(
    change: BudgetChange, lines: Sequence[LineSpec], decision: Decision | None = None
) -> None:
    source = None
    rows = []
    for year, nature, amount, *rest in lines:
        if not rest and source is None:
            source = FundingSource.objects.first() or make_source()
        rows.append(
            Line(
                change=change,
                decision=decision,
                project=rest[1] if len(rest) > 1 else change.project,
                year=FinancialYear(year),
                nature=nature,
                source=rest[0] if rest else source,
                amount=Decimal(str(amount)),
            )
        )
    Line.objects.bulk_create(rows)


def decide(
    change: BudgetChange,
    body: GoverningBody,
    outcome: str | None,
    on: dt.date | None,
    *,
    has_authority: bool = False,
    by: User | None = None,
    **fields: Any,
) -> Decision:
    """A decision exactly as told, past the service: for tests of what is derived from it."""
    return Decision.objects.create(
        change=change,
        position=fields.pop("position", change.decisions.count() + 1),
        body=body,
        expects=fields.pop("expects", "approve"),
        outcome=outcome,
        decided_on=on,
        has_authority=has_authority,
        entered_by=(by or change.created_by) if outcome else None,
        entered_at=timezone.now() if outcome else None,
        **fields,
    )


def make_plan(
    project: Project, lines: Sequence[LineSpec], *, dated: dt.date, by: User | None = None
) -> CostPlan:
    plan = CostPlan.objects.create(
        project=project, dated=dated, created_by=by or make_user(Role.FINANCE_OFFICER)
    )
    CostPlanLine.objects.bulk_create(
        CostPlanLine(
            plan=plan,
            year=FinancialYear(year),
            nature=nature,
            amount=Decimal(str(amount)),
            work_package=rest[0] if rest else None,
        )
        for year, nature, amount, *rest in lines
    )
    return plan


def make_spend(
    project: Project, on: dt.date, amount: Any, nature: str = "capital", **fields: Any
) -> SpendEntry:
    return SpendEntry.objects.create(
        project=project,
        posted_on=on,
        year=fields.pop("year", FinancialYear.of(on)),
        nature=nature,
        amount=Decimal(str(amount)),
        **fields,
    )
