"""Pages of milestones."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once
from council_hms.access import SignedInRequest, allow, may
from council_hms.history_log import history_of
from projects import forms, services
from projects.form_page import answer_form
from projects.models import (
    Milestone,
)
from projects.slip_chart import slip_chart
from projects.views.common import (
    SEES,
    P,
    day_of,
    form_page,
    page_of,
    refused,
    visible_project,
    visible_row,
)


@require_GET
@allow(*SEES)
def milestones(request: SignedInRequest, reference: str) -> HttpResponse:
    """Every milestone with its dates and slip as at a day, as table and drawing."""
    project = visible_project(request, reference)
    day = day_of(request)
    rows = Milestone.objects.visible_to(request.user).of(project).with_dates(day)
    found = [(row, row.slippage(day)) for row in rows]
    standing = [
        pair for pair in found if not (pair[0].withdrawn_on and pair[0].withdrawn_on <= day)
    ]
    withdrawn = [row for row, _ in found if row.withdrawn_on and row.withdrawn_on <= day]
    return render(
        request,
        "projects/milestones.html",
        page_of(
            request,
            project,
            as_at=day,
            milestones=standing,
            withdrawn=withdrawn,
            chart=slip_chart(project, standing, day),
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def milestone_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Enter a milestone with the dates that are known."""
    project = visible_project(request, reference)
    form = forms.MilestoneForm(request.POST or None, instance=Milestone(project=project))

    def act() -> Any:
        typed = form.cleaned_data
        return services.add_milestone(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            name=typed["name"],
            note=typed["note"],
            baseline=typed["baseline"],
            forecast=typed["forecast"],
            precision=typed["precision"],
            stated_on=timezone.localdate(),
            token=once.token_of(request),
        )

    return form_page(
        request,
        project,
        form,
        heading="Add a milestone",
        act=act,
        done="The milestone is added.",
        back=reverse("milestones", args=[project.reference]),
        button="Add the milestone",
    )


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def milestone(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """One milestone with every date that was ever stated; its manager states a new one here."""
    project = visible_project(request, reference)
    may_write = may(request.user, *services.DELIVERY)
    if request.method == "POST" and not may_write:
        raise refused()
    day = day_of(request)
    rows = (
        Milestone.objects.visible_to(request.user)
        .of(project)
        .with_dates(day)
        .select_related("project")
    )
    found = get_object_or_404(rows, pk=pk)
    form = forms.StateDateForm(
        request.POST or None, initial={"stated_on": timezone.localdate(), "precision": "day"}
    )
    return answer_form(
        request,
        form,
        act=lambda: services.state_milestone_date(
            by=request.user,  # type: ignore[arg-type]
            milestone=found,
            token=once.token_of(request),
            **form.cleaned_data,
        ),
        done="The date is stated.",
        then=reverse("milestone", args=[project.reference, pk]),
        template="projects/milestone.html",
        page=page_of(
            request,
            project,
            milestone=found,
            history=history_of(found, request.user),
            slip=found.slippage(day),
            as_at=day,
            dates=found.dates.select_related("entered_by").order_by("-stated_on", "-pk"),
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def milestone_edit(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Change the words of a milestone."""
    project = visible_project(request, reference)
    found = visible_row(request, Milestone, project, pk=pk)
    form = forms.MilestoneNameForm(request.POST or None, instance=copy(found))
    return form_page(
        request,
        project,
        form,
        heading=f"Edit “{found.name}”",
        act=lambda: services.edit_milestone(
            by=request.user,  # type: ignore[arg-type]
            milestone=found,
            version=form.typed_version,
            **form.values,
        ),
        done="The milestone is saved.",
        back=reverse("milestone", args=[project.reference, pk]),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def milestone_withdraw(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Say that a milestone is no longer needed."""
    project = visible_project(request, reference)
    found = visible_row(request, Milestone, project, pk=pk, withdrawn_on=None)
    form = forms.WithdrawMilestoneForm(
        request.POST or None, initial={"withdrawn_on": timezone.localdate()}
    )
    return form_page(
        request,
        project,
        form,
        heading=f"“{found.name}” is no longer needed",
        intro="The milestone and its dates stay on record.",
        act=lambda: services.withdraw_milestone(
            by=request.user, milestone=found, **form.cleaned_data
        ),  # type: ignore[arg-type]
        done="The milestone is withdrawn.",
        back=reverse("milestones", args=[project.reference]),
        button="Withdraw the milestone",
    )
