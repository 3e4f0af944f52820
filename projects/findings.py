"""What can be wrong with the delivery of a project: the checks of this room, one query each (council_hms.findings)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import DateField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from council_hms.findings import Check, Finding, Scope, Severity
from council_hms.money import in_words
from projects.models import (
    Action,
    Benefit,
    BenefitKind,
    ChangeRequest,
    Discount,
    HighlightReport,
    Milestone,
    Precision,
    Project,
    RequestOutcome,
    Stage,
)
from projects.slippage import AMBER_UP_TO_MONTHS

#: Days after which a change request that names no day is waiting too long.
UNDECIDED_AFTER_DAYS = 42
#: Days beyond the interval before a highlight report is called overdue.
REPORT_GRACE_DAYS = 7


def rows_in_scope(model: Any, scope: Scope, path: str = "project") -> Any:
    """Rows of the projects in scope that the reader may see; every row for the system itself."""
    rows = model.objects.all() if scope.user is None else model.objects.visible_to(scope.user)
    return rows.filter(**{f"{path}__in": _ids(scope.projects)}).select_related("project")


def _ids(projects: Any) -> Any:
    """The projects of the scope as a subquery of ids, whatever else their queryset carries."""
    return projects.order_by().values("pk") if isinstance(projects, QuerySet) else projects


def _said(day: dt.date, precision: str | None = Precision.DAY) -> str:
    """``May 2021`` or ``14 June 2023``."""
    return f"{day:%B %Y}" if precision == Precision.MONTH else f"{day.day} {day:%B %Y}"


def milestone_slipped(scope: Scope) -> Iterator[Finding]:
    """Milestones of projects that are not closed, later than their latest baseline by a month or more."""
    rows = rows_in_scope(Milestone, scope).standing(scope.as_at).with_dates(scope.as_at)
    for milestone in rows.exclude(project__stage=Stage.CLOSED):
        slip = milestone.slippage(scope.as_at)
        if not slip.months or slip.months < 1:
            continue
        end = slip.reached_or_expected
        precision = milestone.actual_precision if slip.is_reached else milestone.forecast_precision
        how = (
            f"reached in {end:%B %Y}"
            if slip.is_reached and precision == Precision.MONTH
            else f"reached on {_said(end)}"
            if slip.is_reached
            else "not reached"
            if slip.is_overdue
            else f"forecast for {_said(end, precision)}"
        )
        still_ahead = not slip.is_reached
        yield Finding(
            code="projects.milestone_slipped",
            project_id=milestone.project_id,
            project_reference=milestone.project.reference,
            subject=f"milestone-{milestone.pk}",
            message=f"{milestone.name} is {slip.in_words}: "
            f"baseline {_said(slip.baseline, milestone.baseline_precision)}, {how}.",
            href=reverse("milestone", args=[milestone.project.reference, milestone.pk]),
            since=slip.baseline,
            severity=Severity.SEVERE
            if still_ahead and slip.months > AMBER_UP_TO_MONTHS
            else Severity.WARNING,
        )


def reports_expected(scope: Scope) -> Iterator[tuple[Any, dt.date]]:
    """Projects that owe highlight reports, with ``last_report``, and the day on which the next is due. One query."""
    latest = HighlightReport.objects.filter(
        project=OuterRef("pk"), submitted_on__lte=scope.as_at
    ).order_by("-period_to")
    projects = (
        Project.objects.filter(pk__in=_ids(scope.projects))
        .filter(stage__in=[Stage.DELIVERY, Stage.CLOSING], reporting_weeks__isnull=False)
        .annotate(
            last_report=Subquery(latest.values("period_to")[:1]),
            counted_from=Coalesce("last_report", Cast("created_at", DateField())),
        )
    )
    for project in projects:
        yield project, project.counted_from + dt.timedelta(weeks=project.reporting_weeks or 0)


def highlight_overdue(scope: Scope) -> Iterator[Finding]:
    """Projects in delivery whose last submitted highlight report is older than their interval and a week."""
    for project, due in reports_expected(scope):
        if due + dt.timedelta(days=REPORT_GRACE_DAYS) >= scope.as_at:
            continue
        last = (
            f"the last one was to {_said(project.last_report)}"
            if project.last_report
            else "none was submitted yet"
        )
        yield Finding(
            code="projects.highlight_overdue",
            project_id=project.pk,
            project_reference=project.reference,
            subject="highlight-report",
            message=f"A highlight report was due on {_said(due)}; {last}.",
            href=reverse("highlight_list", args=[project.reference]),
            since=due,
        )


def contract_ends_before_discounts(scope: Scope) -> Iterator[Finding]:
    """Discounts that can be claimed longer than the contract they rely on runs, while they still can be."""
    discounts = (
        rows_in_scope(Discount, scope)
        .filter(contract__ends__isnull=False, claim_until__gte=scope.as_at)
        .filter(Q(claim_from=None) | Q(claim_from__lte=scope.as_at))
        .select_related("project", "contract")
    )
    for discount in discounts:
        contract = discount.contract
        if contract.ends >= discount.claim_until:
            continue
        covered = contract.extension_until and contract.extension_until >= discount.claim_until
        extension = (
            f" The contract can be extended until {_said(contract.extension_until)}, which would cover it."
            if covered
            else ""
        )
        left = (
            None
            if discount.amount is None
            else discount.amount - (discount.claimed or Decimal("0.00"))
        )
        amount = "" if left is None else f" ({in_words(left)} not claimed yet)"
        yield Finding(
            code="projects.contract_ends_before_discounts",
            project_id=discount.project_id,
            project_reference=discount.project.reference,
            subject=f"discount-{discount.pk}",
            message=f"“{discount.title}” can be claimed until {_said(discount.claim_until)}{amount}, but "
            f"“{contract.title}” ends on {_said(contract.ends)}.{extension}",
            href=reverse("contract_list", args=[discount.project.reference]),
            amount=left,
            since=contract.ends,
            severity=Severity.ADVICE if covered else None,
        )


def saving_counted_twice(scope: Scope) -> Iterator[Finding]:
    """Savings that pay for the project although the budget was lowered by them already."""
    benefits = rows_in_scope(Benefit, scope).filter(
        already_in_budget=True, counts_towards_funding=True
    )
    for benefit in benefits.with_totals():
        planned = benefit.planned_total
        amount = f" of {in_words(planned)}" if planned is not None else ""
        yield Finding(
            code="projects.saving_counted_twice",
            project_id=benefit.project_id,
            project_reference=benefit.project.reference,
            subject=f"benefit-{benefit.pk}",
            message=f"“{benefit.title}”{amount} has already been removed from the budget, "
            "and is counted again towards paying for the project.",
            href=reverse("benefit_list", args=[benefit.project.reference]),
            amount=planned,
        )


def benefit_past_due(scope: Scope) -> Iterator[Finding]:
    """Benefits whose day has passed without their having been reached."""
    benefits = (
        rows_in_scope(Benefit, scope)
        .filter(due_on__lt=scope.as_at)
        .filter(Q(realised_on=None) | Q(realised_on__gt=scope.as_at))
    )
    for benefit in benefits:
        kind = "Saving" if benefit.kind == BenefitKind.SAVING else "Benefit"
        yield Finding(
            code="projects.benefit_past_due",
            project_id=benefit.project_id,
            project_reference=benefit.project.reference,
            subject=f"benefit-{benefit.pk}",
            message=f"{kind} “{benefit.title}” was to be reached by {_said(benefit.due_on)}.",
            href=reverse("benefit_list", args=[benefit.project.reference]),
            since=benefit.due_on,
        )


def action_overdue(scope: Scope) -> Iterator[Finding]:
    """Actions that are open after the day they were to be done by."""
    for action in rows_in_scope(Action, scope).overdue(scope.as_at):
        yield Finding(
            code="projects.action_overdue",
            project_id=action.project_id,
            project_reference=action.project.reference,
            subject=f"action-{action.pk}",
            message=f"“{action.what}” ({action.owner}) was to be done by {_said(action.due_on)}.",
            href=reverse("action_list", args=[action.project.reference]),
            since=action.due_on,
        )


def change_request_undecided(scope: Scope) -> Iterator[Finding]:
    """Change requests past their day, or six weeks old when they name none."""
    waiting_since = scope.as_at - dt.timedelta(days=UNDECIDED_AFTER_DAYS)
    requests = (
        rows_in_scope(ChangeRequest, scope)
        .undecided(scope.as_at)
        .filter(Q(decide_by__lt=scope.as_at) | Q(decide_by=None, raised_on__lt=waiting_since))
    )
    for request in requests:
        when = (
            f"was to be decided by {_said(request.decide_by)}"
            if request.decide_by
            else f"has waited since {_said(request.raised_on)}"
        )
        yield Finding(
            code="projects.change_request_undecided",
            project_id=request.project_id,
            project_reference=request.project.reference,
            subject=f"change-request-{request.number}",
            message=f"Change request {request.number} “{request.title}” {when}.",
            href=reverse("change_request", args=[request.project.reference, request.number]),
            since=request.decide_by or request.raised_on,
            amount=request.cost,
        )


def approved_without_budget_change(scope: Scope) -> Iterator[Finding]:
    """Change requests that the board approved at a cost, and that no budget change of the ledger follows."""
    requests = (
        rows_in_scope(ChangeRequest, scope)
        .filter(outcome=RequestOutcome.APPROVED, decided_on__lte=scope.as_at)
        .filter(budget_change_reference="")
        .exclude(cost=None)
        .exclude(cost=0)
    )
    for request in requests:
        assert request.cost is not None  # noqa: S101 - the query asks for it
        assert request.decided_on is not None  # noqa: S101
        asks = "costs" if request.cost > 0 else "saves"
        yield Finding(
            code="projects.change_request_without_budget_change",
            project_id=request.project_id,
            project_reference=request.project.reference,
            subject=f"change-request-{request.number}",
            message=f"Change request {request.number} “{request.title}” {asks} {in_words(abs(request.cost))} and was "
            f"approved by the board on {_said(request.decided_on)}; no budget change asks for it.",
            href=reverse("change_request", args=[request.project.reference, request.number]),
            since=request.decided_on,
            amount=request.cost,
        )


CHECKS = (
    Check(
        "projects.milestone_slipped",
        "Milestone slipped",
        Severity.WARNING,
        "Project manager, then the project board",
        "A milestone is later than its latest approved baseline by a month or more, counted by the names of the "
        "months: May 2018 to May 2021 is 36. One that has passed its day without a word is counted to today. "
        f"It is severe while it is still ahead and more than {AMBER_UP_TO_MONTHS} months late.",
        milestone_slipped,
    ),
    Check(
        "projects.highlight_overdue",
        "Highlight report overdue",
        Severity.WARNING,
        "Project manager",
        "A project in delivery or closing has submitted no highlight report within its interval and a week. "
        "A board that is not told cannot act.",
        highlight_overdue,
    ),
    Check(
        "projects.contract_ends_before_discounts",
        "Contract ends before the discounts that rely on it",
        Severity.WARNING,
        "Project manager with procurement",
        "A discount can be claimed until a day on which the contract it relies on no longer runs. Unless the "
        "contract is extended, the rest of the discount is lost. It is advice when the contract's own terms "
        "allow an extension that is long enough.",
        contract_ends_before_discounts,
    ),
    Check(
        "projects.saving_counted_twice",
        "Saving counted that is already out of the budget",
        Severity.SEVERE,
        "Finance officer",
        "A saving that has been removed from the budget is counted again towards paying for the project. "
        "The same pound cannot be saved twice.",
        saving_counted_twice,
    ),
    Check(
        "projects.benefit_past_due",
        "Benefit past its date",
        Severity.WARNING,
        "The owner of the benefit",
        "A benefit was to be reached by a day that has passed, and nobody has said that it was.",
        benefit_past_due,
    ),
    Check(
        "projects.action_overdue",
        "Action overdue",
        Severity.WARNING,
        "The owner of the action",
        "An action is open after the day it was to be done by.",
        action_overdue,
    ),
    Check(
        "projects.change_request_undecided",
        "Change request undecided",
        Severity.WARNING,
        "Project board",
        "The board has not decided on a change request by the day it asks for, or for six weeks when it asks for none.",
        change_request_undecided,
    ),
    Check(
        "projects.change_request_without_budget_change",
        "Change approved by the board, no budget change",
        Severity.WARNING,
        "Finance officer",
        "The board approved a change that alters the cost, and no budget change in the ledger follows it. A board's "
        "decision is not budget authority: the work would run ahead of formal approval.",
        approved_without_budget_change,
    ),
)
