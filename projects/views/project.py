"""Pages of projects themselves: the register, a new project, its work packages, its board, following it."""

from __future__ import annotations

import datetime as dt
from copy import copy
from typing import Any

from django.contrib import messages
from django.forms import formset_factory
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from council_hms import once
from council_hms.access import SignedInRequest, allow, may
from projects import digest, forms, services
from projects.form_page import answer_form
from projects.models import (
    BoardMembership,
    Project,
    WorkPackage,
)
from projects.project_list import ProjectList
from projects.views.common import (
    SEES,
    P,
    form_page,
    page_of,
    refused,
    visible_project,
)


@require_GET
@allow(*SEES)
def project_list(request: SignedInRequest, format: str = "") -> HttpResponseBase:
    """The register of projects: search, filters, order, pages, download."""
    return ProjectList(request, format=format).answer()


@require_http_methods(["GET", "POST"])
@allow(P.CREATE_PROJECT)
def project_create(request: SignedInRequest) -> HttpResponse:
    """Enter a project."""
    form = forms.ProjectForm(request.POST or None, instance=Project())
    return answer_form(
        request,
        form,
        act=lambda: services.create_project(
            by=request.user, token=once.token_of(request), **form.values
        ),  # type: ignore[arg-type]
        done="The project is entered.",
        then=_then_project(form),
        template="projects/project_form.html",
        page={
            "heading": "Enter a project",
            "back": reverse("project_list"),
            "button": "Enter the project",
        },
    )


def _then_project(form: forms.ProjectForm) -> str:
    """Where a new project's page will be; the list while the form is not good."""
    if form.is_bound and form.is_valid():
        return f"/projects/{form.cleaned_data['reference']}/"
    return reverse("project_list")


@require_http_methods(["GET", "POST"])
@allow(P.CREATE_PROJECT)
def project_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Change what is said of a project."""
    project = visible_project(request, reference)
    form = forms.ProjectForm(request.POST or None, instance=copy(project))
    return answer_form(
        request,
        form,
        act=lambda: services.edit_project(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            version=form.typed_version,
            **form.values,
        ),
        done="The project is saved.",
        then=f"/projects/{project.reference}/",
        template="projects/project_form.html",
        page=page_of(
            request,
            project,
            heading=f"Edit {project.reference}",
            back=f"/projects/{project.reference}/",
            button="Save",
        ),
    )


@require_POST
@allow(*SEES)
def follow(request: SignedInRequest, reference: str) -> HttpResponse:
    """Follow a project or follow it no more, and go back to where one was."""
    project = visible_project(request, reference)
    if request.POST.get("follow") == "no":
        services.unfollow(by=request.user, project=project)  # type: ignore[arg-type]
        messages.success(request, f"You no longer follow {project.reference}.")
    else:
        services.follow(by=request.user, project=project)  # type: ignore[arg-type]
        messages.success(
            request,
            f"You follow {project.reference}: the daily digest tells you what is due, overdue or new.",
        )
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = f"/projects/{project.reference}/"
    return redirect(back)


@require_GET
@allow(*SEES)
def followed_projects(request: SignedInRequest) -> HttpResponse:
    """What the projects that one follows have to tell: overdue, due, changed and found."""
    today = timezone.localdate()
    return render(
        request,
        "projects/followed.html",
        {
            "news": digest.news_for(request.user, today),
            "today": today,
            "soon": today + dt.timedelta(days=digest.DUE_WITHIN_DAYS),
            "days": digest.CHANGED_WITHIN_DAYS,
        },
    )


WorkPackageRows = formset_factory(forms.WorkPackageForm, extra=5, max_num=200, absolute_max=200)


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def work_packages(request: SignedInRequest, reference: str) -> HttpResponse:
    """Work packages and planned products: read by all who see the project, written by those who keep it."""
    project = visible_project(request, reference)
    may_edit = may(request.user, *services.KEEP_PROJECT)
    if request.method == "POST" and not may_edit:
        raise refused()
    present = list(WorkPackage.objects.visible_to(request.user).filter(project=project))
    versions = forms.VersionForm(request.POST or None, initial={"version": project.version})
    rows = WorkPackageRows(
        request.POST or None,
        prefix="packages",
        initial=[
            {
                "row": row.pk,
                "name": row.name,
                "description": row.description,
                "planned_year": row.planned_year,
                "is_product": row.is_product,
            }
            for row in present
        ],
    )

    def save() -> Any:
        packages = [
            services.NewWorkPackage(
                name=typed["name"],
                description=typed.get("description", ""),
                planned_year=typed.get("planned_year"),
                is_product=typed.get("is_product", False),
                pk=typed.get("row"),
            )
            for typed in (row.cleaned_data for row in rows)
            if typed.get("name")
        ]
        return services.save_work_packages(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            version=versions.cleaned_data["version"] or 0,
            packages=packages,
        )

    return answer_form(
        request,
        versions,
        act=save,
        is_ready=not rows.is_bound or rows.is_valid(),
        done="The work packages are saved.",
        then=reverse("work_packages", args=[project.reference]),
        template="projects/work_packages.html",
        page=page_of(request, project, rows=rows, present=present, may_edit=may_edit),
    )


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def board(request: SignedInRequest, reference: str) -> HttpResponse:
    """Who sits and sat on the board; who keeps boards can add a person."""
    project = visible_project(request, reference)
    may_keep = may(request.user, *services.KEEP_BOARD)
    if request.method == "POST" and not may_keep:
        raise refused()
    form = forms.BoardForm(request.POST or None, instance=BoardMembership(project=project))
    seats = (
        BoardMembership.objects.visible_to(request.user)
        .filter(project=project)
        .select_related("person")
    )
    return answer_form(
        request,
        form,
        act=lambda: services.join_board(by=request.user, project=project, **form.values),  # type: ignore[arg-type]
        done="The person is on the board.",
        then=reverse("board", args=[project.reference]),
        template="projects/board.html",
        page=page_of(
            request, project, seats=seats.order_by("until", "person__name"), may_keep=may_keep
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.CREATE_PROJECT, P.ADMINISTER)
def board_leave(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """End a seat on the board."""
    project = visible_project(request, reference)
    seat = get_object_or_404(
        BoardMembership.objects.visible_to(request.user).select_related("person"),
        project=project,
        pk=pk,
        until=None,
    )
    form = forms.LeaveBoardForm(request.POST or None, initial={"until": timezone.localdate()})
    return form_page(
        request,
        project,
        form,
        heading=f"{seat.person.name} leaves the board",
        intro="From then on the person no longer sees this project, unless their role sees every project.",
        act=lambda: services.leave_board(by=request.user, membership=seat, **form.cleaned_data),  # type: ignore[arg-type]
        done="The seat has ended.",
        back=reverse("board", args=[project.reference]),
        button="End the seat",
    )
