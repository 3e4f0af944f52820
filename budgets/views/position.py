"""Where a project stands: what is approved, interim and spent as at a day, and its budget changes."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from budgets.charts import authority_chart
from budgets.ledger import compare_headlines, line_of_authority_of, position_of
from budgets.models import BudgetChange
from budgets.position import stretches_ahead
from budgets.standing import standings_of
from budgets.views.common import SEES, day_of, page_of, visible_project
from council_hms.access import Permission, SignedInRequest, allow, may

P = Permission


@require_GET
@allow(*SEES)
def position(request: SignedInRequest, reference: str) -> HttpResponse:
    """What is approved, held on interim authority, spent; the history of approvals; the line of authority."""
    project = visible_project(request, reference)
    day = day_of(request)
    known_at = known_at_of(request)
    changes = list(
        BudgetChange.objects.visible_to(request.user)
        .touching(project)
        .with_standing(day, known_at)
        .with_what_happened()
    )
    moments = line_of_authority_of(project, day)
    history = [
        standing for standing in standings_of(changes, day, project) if standing.had_begun(day)
    ]
    return render(
        request,
        "budgets/position.html",
        page_of(
            request,
            project,
            as_at=day,
            known_at=known_at,
            position=position_of(project, day, known_at),
            history=history,
            interim_bodies=list(
                dict.fromkeys(
                    standing.deciding.body.name
                    for standing in history
                    if standing.code == "interim"
                )
            ),
            headlines=[
                found
                for found in compare_headlines(
                    [change for change in changes if change.project_id == project.pk], day
                )
                if not found.agrees
            ],
            chart=authority_chart(project.title, moments) if len(moments) > 1 else None,
            stretches=stretches_ahead(moments),
        ),
    )


def known_at_of(request: SignedInRequest) -> dt.datetime | None:
    """The moment up to which entries count, at the end of the day of the address; None for all."""
    try:
        day = dt.date.fromisoformat(request.GET.get("known_on", ""))
    except ValueError:
        return None
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


@require_GET
@allow(*SEES)
def project_changes(request: SignedInRequest, reference: str) -> HttpResponse:
    """Every budget change of a project with its standing, oldest first."""
    project = visible_project(request, reference)
    day = day_of(request)
    changes = BudgetChange.objects.visible_to(request.user).touching(project)
    history = standings_of(list(changes.with_standing(day).with_what_happened()), day, project)
    return render(
        request,
        "budgets/project_changes.html",
        page_of(
            request,
            project,
            as_at=day,
            history=history,
            may_enter=may(request.user, P.ENTER_BUDGETS),
        ),
    )
