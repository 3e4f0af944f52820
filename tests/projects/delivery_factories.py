"""The least of delivery that is true: a milestone with its dates, a contract, a discount, a highlight report."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from council_hms.access import Role
from council_hms.models import User
from projects.highlight import Proposal
from projects.models import (
    Action,
    Aspect,
    Benefit,
    BenefitYear,
    ChangeRequest,
    Contract,
    Discount,
    HighlightRating,
    HighlightReport,
    Milestone,
    MilestoneDate,
    Project,
    SettlementTerm,
    Supplier,
)
from tests.factories import make_user

_count = itertools.count(1)


def make_milestone(
    project: Project, name: str = "", **dates: dt.date | tuple[dt.date, dt.date]
) -> Milestone:
    """``baseline=date`` stated long ago, or ``(date, stated_on)``; an actual is stated on its own day."""
    milestone = Milestone.objects.create(project=project, name=name or f"Milestone {next(_count)}")
    for kind, given in dates.items():
        default = given if kind == "actual" else dt.date(2000, 1, 1)
        date, stated_on = given if isinstance(given, tuple) else (given, default)
        MilestoneDate.objects.create(milestone=milestone, kind=kind, date=date, stated_on=stated_on)
    return milestone


def make_contract(project: Project, **fields: Any) -> Contract:
    supplier = fields.pop("supplier", None) or Supplier.objects.create(
        name=f"Supplier {next(_count)}"
    )
    title = fields.pop("title", f"Contract {next(_count)}")
    return Contract.objects.create(project=project, supplier=supplier, title=title, **fields)


def make_discount(project: Project, *, public: bool = False, **fields: Any) -> Discount:
    if public:
        fields |= {"exempt": False, "exempt_paragraphs": []}
    return Discount.objects.create(
        project=project, title=fields.pop("title", f"Discount {next(_count)}"), **fields
    )


def make_term(project: Project, **fields: Any) -> SettlementTerm:
    supplier = fields.pop("supplier", None) or Supplier.objects.create(
        name=f"Supplier {next(_count)}"
    )
    return SettlementTerm.objects.create(
        project=project, supplier=supplier, title=fields.pop("title", "A term"), **fields
    )


def make_benefit(project: Project, planned: Any = None, **fields: Any) -> Benefit:
    benefit = Benefit.objects.create(
        project=project, title=fields.pop("title", f"Benefit {next(_count)}"), **fields
    )
    if planned is not None:
        BenefitYear.objects.create(benefit=benefit, year=None, planned=Decimal(str(planned)))
    return benefit


def make_action(project: Project, due_on: dt.date, **fields: Any) -> Action:
    return Action.objects.create(
        project=project,
        what=fields.pop("what", f"Action {next(_count)}"),
        owner=fields.pop("owner", "Project manager"),
        raised_on=fields.pop("raised_on", due_on - dt.timedelta(days=30)),
        due_on=due_on,
        **fields,
    )


def make_request(project: Project, raised_on: dt.date, **fields: Any) -> ChangeRequest:
    return ChangeRequest.objects.create(
        project=project,
        number=project.change_requests.count() + 1,
        title=fields.pop("title", f"Request {next(_count)}"),
        what="What",
        why="Why",
        raised_on=raised_on,
        raised_by=fields.pop("raised_by", None) or make_user(Role.PROJECT_MANAGER),
        **fields,
    )


def make_highlight(
    project: Project,
    period_to: dt.date,
    *,
    submitted_on: dt.date | None = None,
    by: User | None = None,
    ratings: dict[str, str] | None = None,
    **fields: Any,
) -> HighlightReport:
    by = by or make_user(Role.PROJECT_MANAGER)
    report = HighlightReport.objects.create(
        project=project,
        period_from=period_to - dt.timedelta(days=27),
        period_to=period_to,
        written_by=by,
        submitted_on=submitted_on,
        submitted_by=by if submitted_on else None,
        **fields,
    )
    for aspect in Aspect:
        rating = (ratings or {}).get(aspect, "green")
        HighlightRating.objects.create(report=report, aspect=aspect, rating=rating)
    return report


#: Proposals without any rating, where a test is about something else.
NO_PROPOSALS = {aspect: Proposal("", "") for aspect in Aspect}
