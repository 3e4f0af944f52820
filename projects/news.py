"""What is due and what changed in delivery: milestones, highlight reports, actions, change requests, benefits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from council_hms.findings import Scope
from council_hms.news import Change, Due, day_words
from projects.findings import reports_expected, rows_in_scope
from projects.models import (
    Action,
    Benefit,
    ChangeRequest,
    DateKind,
    HighlightReport,
    Milestone,
    MilestoneDate,
)


def actions_due(scope: Scope, until: dt.date) -> Iterator[Due]:
    """Open actions. One query."""
    for action in rows_in_scope(Action, scope).open(scope.as_at).filter(due_on__lte=until):
        yield Due(
            action.project_id,
            action.due_on,
            f"Action: {action.what} ({action.owner})",
            reverse("action_list", args=[action.project.reference]),
            ("projects.action_overdue", f"action-{action.pk}"),
        )


def milestones_due(scope: Scope, until: dt.date) -> Iterator[Due]:
    """Milestones that are not reached, by the date last promised. One query."""
    for milestone in rows_in_scope(Milestone, scope).standing(scope.as_at).with_dates(scope.as_at):
        promised = milestone.forecast or milestone.baseline
        if milestone.actual is None and promised is not None and promised <= until:
            yield Due(
                milestone.project_id,
                promised,
                f"Milestone: {milestone.name}",
                reverse("milestone", args=[milestone.project.reference, milestone.pk]),
            )


def requests_due(scope: Scope, until: dt.date) -> Iterator[Due]:
    """Change requests that the board has still to decide. One query."""
    for request in (
        rows_in_scope(ChangeRequest, scope).undecided(scope.as_at).filter(decide_by__lte=until)
    ):
        yield Due(
            request.project_id,
            request.decide_by,
            f"Decision on change request {request.number}: {request.title}",
            request.get_absolute_url(),
            ("projects.change_request_undecided", f"change-request-{request.number}"),
        )


def reports_due(scope: Scope, until: dt.date) -> Iterator[Due]:
    """The next highlight report of each project that owes one. One query."""
    for project, due_on in reports_expected(scope):
        if due_on <= until:
            yield Due(
                project.pk,
                due_on,
                "Highlight report to the board",
                reverse("highlight_list", args=[project.reference]),
                ("projects.highlight_overdue", "highlight-report"),
            )


def benefits_due(scope: Scope, until: dt.date) -> Iterator[Due]:
    """Benefits that nobody has said were reached. One query."""
    for benefit in (
        rows_in_scope(Benefit, scope)
        .filter(due_on__lte=until)
        .filter(Q(realised_on=None) | Q(realised_on__gt=scope.as_at))
    ):
        yield Due(
            benefit.project_id,
            benefit.due_on,
            f"{benefit.get_kind_display()} to be reached: {benefit.title}",
            reverse("benefit_list", args=[benefit.project.reference]),
            ("projects.benefit_past_due", f"benefit-{benefit.pk}"),
        )


def dates_stated(scope: Scope, since: dt.date) -> Iterator[Change]:
    """Milestones rebaselined, forecast anew or reached. One query."""
    dates = MilestoneDate.objects.filter(
        milestone__in=rows_in_scope(Milestone, scope).order_by().values("pk"),
        stated_on__gt=since,
        stated_on__lte=scope.as_at,
    ).select_related("milestone__project")
    for stated in dates.order_by("stated_on", "pk"):
        what = {
            DateKind.BASELINE: "has a new baseline,",
            DateKind.FORECAST: "is now forecast for",
            DateKind.ACTUAL: "was reached on",
        }[DateKind(stated.kind)]
        milestone = stated.milestone
        yield Change(
            milestone.project_id,
            stated.stated_on,
            f"Milestone {milestone.name} {what} {day_words(stated.date)}",
            reverse("milestone", args=[milestone.project.reference, milestone.pk]),
        )


def reports_submitted(scope: Scope, since: dt.date) -> Iterator[Change]:
    """Highlight reports submitted, and noted by the board. One query."""
    happened = Q(submitted_on__gt=since, submitted_on__lte=scope.as_at) | Q(
        noted_on__gt=since, noted_on__lte=scope.as_at
    )
    for report in rows_in_scope(HighlightReport, scope).filter(happened):
        for day, words in (
            (report.submitted_on, "was submitted to the board"),
            (report.noted_on, "was noted by the board"),
        ):
            if day is not None and since < day <= scope.as_at:
                yield Change(
                    report.project_id,
                    day,
                    f"{report} {words}",
                    reverse("highlight_report", args=[report.project.reference, report.pk]),
                )


def requests_moved(scope: Scope, since: dt.date) -> Iterator[Change]:
    """Change requests raised, and decided. One query."""
    happened = Q(raised_on__gt=since, raised_on__lte=scope.as_at) | Q(
        decided_on__gt=since, decided_on__lte=scope.as_at
    )
    for request in rows_in_scope(ChangeRequest, scope).filter(happened):
        outcome = (request.get_outcome_display() or "").lower()
        for day, words in ((request.raised_on, "raised"), (request.decided_on, outcome)):
            if day is not None and since < day <= scope.as_at:
                yield Change(
                    request.project_id,
                    day,
                    f"Change request {request.number} was {words}: {request.title}",
                    request.get_absolute_url(),
                )


DUE = (actions_due, milestones_due, requests_due, reports_due, benefits_due)
CHANGED = (dates_stated, reports_submitted, requests_moved)
