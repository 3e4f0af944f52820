"""Pages of change requests and of what the board decided on them."""

from __future__ import annotations

from copy import copy

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once
from council_hms.access import SignedInRequest, allow, may
from council_hms.history_log import history_of
from projects import forms, services
from projects.models import (
    ChangeRequest,
)
from projects.views.common import (
    SEES,
    P,
    day_of,
    form_page,
    page_of,
    visible_project,
    visible_row,
)


@require_GET
@allow(*SEES)
def change_request_list(request: SignedInRequest, reference: str) -> HttpResponse:
    """What the board has been asked to change, the latest first."""
    project = visible_project(request, reference)
    day = day_of(request)
    rows = ChangeRequest.objects.visible_to(request.user).of(project).select_related("project")
    return render(
        request,
        "projects/change_request_list.html",
        page_of(request, project, as_at=day, requests=rows),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def change_request_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Raise a change request."""
    project = visible_project(request, reference)
    draft = ChangeRequest(project=project, raised_by=request.user, number=0)  # type: ignore[misc]
    form = forms.ChangeRequestForm(request.POST or None, instance=draft)
    return form_page(
        request,
        project,
        form,
        heading="Raise a change request",
        intro="The board decides on it. A board's decision is not budget authority: what costs more needs a budget "
        "change as well.",
        act=lambda: services.raise_change_request(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            token=once.token_of(request),
            **form.values,
        ),
        done="The change request is raised.",
        back=reverse("change_request_list", args=[project.reference]),
        button="Raise the request",
    )


@require_GET
@allow(*SEES)
def change_request(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """One change request: what, why, its effects, the board's decision and the budget change it led to."""
    project = visible_project(request, reference)
    found = visible_row(request, ChangeRequest, project, number=number)
    return render(
        request,
        "projects/change_request.html",
        page_of(
            request,
            project,
            found=found,
            history=history_of(found, request.user),
            is_undecided=found.outcome is None,
            may_enter_budgets=may(request.user, P.ENTER_BUDGETS),
            needs_budget_change=found.needs_budget_change,
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def change_request_edit(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """Change a request that the board has not decided on."""
    project = visible_project(request, reference)
    found = visible_row(request, ChangeRequest, project, number=number, outcome=None)
    form = forms.ChangeRequestForm(request.POST or None, instance=copy(found))
    return form_page(
        request,
        project,
        form,
        heading=f"Edit change request {number}",
        act=lambda: services.edit_change_request(
            by=request.user,  # type: ignore[arg-type]
            request=found,
            version=form.typed_version,
            **form.values,
        ),
        done="The change request is saved.",
        back=found.get_absolute_url(),
    )


@require_http_methods(["GET", "POST"])
@allow(P.REVIEW_DELIVERY)
def change_request_decide(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """Record what the board decided."""
    project = visible_project(request, reference)
    found = visible_row(request, ChangeRequest, project, number=number, outcome=None)
    form = forms.DecideRequestForm(
        request.POST or None, initial={"on": timezone.localdate(), "version": found.version}
    )
    return form_page(
        request,
        project,
        form,
        heading=f"The board decides: {found.title}",
        intro="A board's decision is not budget authority.",
        template="projects/change_request_decide.html",
        found=found,
        act=lambda: services.decide_change_request(
            by=request.user,  # type: ignore[arg-type]
            request=found,
            version=form.cleaned_data["version"] or 0,
            outcome=form.cleaned_data["outcome"],
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["reason"],
        ),
        done="The board's decision is recorded.",
        back=found.get_absolute_url(),
        button="Record the decision",
    )
