"""Pages of actions and of the issues log."""

from __future__ import annotations

from copy import copy

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once
from council_hms.access import SignedInRequest, allow, may
from projects import forms, services
from projects.models import (
    Action,
    Issue,
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
def action_list(request: SignedInRequest, reference: str) -> HttpResponse:
    """Open actions, the earliest due first; then those done."""
    project = visible_project(request, reference)
    day = day_of(request)
    rows = Action.objects.visible_to(request.user).of(project)
    return render(
        request,
        "projects/action_list.html",
        page_of(
            request,
            project,
            as_at=day,
            open_actions=[(action, action.is_overdue(day)) for action in rows.open(day)],
            done_actions=rows.filter(done_on__lte=day).order_by("-done_on", "-pk"),
            may_add=may(request.user, P.MANAGE_DELIVERY, P.REVIEW_DELIVERY),
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.REVIEW_DELIVERY)
def action_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Give somebody something to do."""
    project = visible_project(request, reference)
    form = forms.ActionForm(request.POST or None, instance=Action(project=project))
    return form_page(
        request,
        project,
        form,
        heading="Add an action",
        act=lambda: services.add_action(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            token=once.token_of(request),
            **form.values,
        ),
        done="The action is added.",
        back=reverse("action_list", args=[project.reference]),
        button="Add the action",
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def action_edit(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Change an action, or say that it is done."""
    project = visible_project(request, reference)
    action = visible_row(request, Action, project, pk=pk)
    form = forms.ActionForm(request.POST or None, instance=copy(action))
    return form_page(
        request,
        project,
        form,
        heading="Action",
        act=lambda: services.edit_action(
            by=request.user,  # type: ignore[arg-type]
            action=action,
            version=form.typed_version,
            **form.values,
        ),
        done="The action is saved.",
        back=reverse("action_list", args=[project.reference]),
    )


@require_GET
@allow(*SEES)
def issue_list(request: SignedInRequest, reference: str) -> HttpResponse:
    """The issues log: open ones first."""
    project = visible_project(request, reference)
    day = day_of(request)
    rows = Issue.objects.visible_to(request.user).of(project)
    return render(
        request,
        "projects/issue_list.html",
        page_of(
            request,
            project,
            as_at=day,
            open_issues=rows.open(day).order_by("-raised_on", "pk"),
            resolved_issues=rows.filter(resolved_on__lte=day).order_by("-resolved_on", "-pk"),
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def issue_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Log an issue."""
    project = visible_project(request, reference)
    form = forms.IssueForm(request.POST or None, instance=Issue(project=project))
    return form_page(
        request,
        project,
        form,
        heading="Log an issue",
        intro="An issue has happened. What might happen is a risk and belongs in the risk register.",
        act=lambda: services.add_issue(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            token=once.token_of(request),
            **form.values,
        ),
        done="The issue is logged.",
        back=reverse("issue_list", args=[project.reference]),
        button="Log the issue",
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def issue_edit(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Change an issue, or say how it was resolved."""
    project = visible_project(request, reference)
    issue = visible_row(request, Issue, project, pk=pk)
    form = forms.IssueForm(request.POST or None, instance=copy(issue))
    return form_page(
        request,
        project,
        form,
        heading="Issue",
        act=lambda: services.edit_issue(
            by=request.user,  # type: ignore[arg-type]
            issue=issue,
            version=form.typed_version,
            **form.values,
        ),
        done="The issue is saved.",
        back=reverse("issue_list", args=[project.reference]),
    )
