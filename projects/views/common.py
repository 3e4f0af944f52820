"""What the pages of the room share: who sees which row, the frame round a page, a page that is one form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms as django_forms
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from council_hms.access import Permission, SignedInRequest, may
from council_hms.financial_year import FinancialYear
from council_hms.navigation import project_tabs
from projects import services
from projects.form_page import answer_form
from projects.models import Following, Project

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)
M = TypeVar("M", bound=models.Model)


def visible_project(request: SignedInRequest, reference: str) -> Project:
    """A project that this person may see, or 404."""
    return get_object_or_404(Project.objects.visible_to(request.user), reference=reference)


def visible_row(request: SignedInRequest, model: type[M], project: Project, **lookup: Any) -> M:
    """A row of the project that this person may see, or 404."""
    rows = model._default_manager.all().visible_to(request.user).of(project)  # type: ignore[attr-defined]
    row: M = get_object_or_404(rows.select_related("project"), **lookup)
    return row


def frame_of(request: SignedInRequest, project: Project) -> dict[str, Any]:
    """What every page of a project shows round its content, whatever its room."""
    return {
        "project": project,
        "project_tabs": project_tabs(request, project),
        "following": Following.objects.visible_to(request.user).filter(project=project).exists(),
    }


def page_of(request: SignedInRequest, project: Project, **more: Any) -> dict[str, Any]:
    """The frame of a page of delivery, and what this person may write."""
    return {
        **frame_of(request, project),
        "may_write": may(request.user, *services.DELIVERY),
        "may_review": may(request.user, P.REVIEW_DELIVERY),
        "may_write_money": may(request.user, *services.DELIVERY_OR_FINANCE),
        **more,
    }


def day_of(request: SignedInRequest) -> dt.date:
    """The "as at" day of the address; today when there is none, or it is no date in a year that the product knows."""
    try:
        day = dt.date.fromisoformat(request.GET.get("as_at", ""))
        FinancialYear.of(day)
        return day
    except ValueError:
        return timezone.localdate()


def form_page(
    request: SignedInRequest,
    project: Project,
    form: django_forms.BaseForm,
    *,
    heading: str,
    act: Callable[[], Any],
    done: str,
    back: str,
    button: str = "Save",
    intro: str = "",
    then: str = "",
    template: str = "projects/form.html",
    **more: Any,
) -> HttpResponse:
    """A page of a project that is one form under a heading. ``more`` goes to a template of its own."""
    return answer_form(
        request,
        form,
        act=act,
        done=done,
        then=then or back,
        template=template,
        page=page_of(
            request, project, heading=heading, back=back, button=button, intro=intro, **more
        ),
    )


def refused() -> PermissionDenied:
    """What to raise when a person may read a page and posts to it."""
    return PermissionDenied("Your role does not include this.")
