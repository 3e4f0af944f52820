"""Pages of the closure report."""

from __future__ import annotations

from copy import copy

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from council_hms.access import SignedInRequest, allow, may
from council_hms.history_log import history_of
from projects import forms, services
from projects.models import (
    Benefit,
    ClosureReport,
    Milestone,
    Project,
)
from projects.views.common import (
    SEES,
    P,
    day_of,
    form_page,
    page_of,
    refused,
    visible_project,
)


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def closure_report(request: SignedInRequest, reference: str) -> HttpResponse:
    """The closure report: its words beside the milestones and benefits on record. POST submits it."""
    project = visible_project(request, reference)
    day = day_of(request)
    report = ClosureReport.objects.visible_to(request.user).filter(project=project).first()
    if request.method == "POST":
        return _submit_closure(request, project, report)
    rows = Milestone.objects.visible_to(request.user).of(project).standing(day).with_dates(day)
    return render(
        request,
        "projects/closure_report.html",
        page_of(
            request,
            project,
            as_at=day,
            report=report,
            history=history_of(report, request.user) if report else None,
            parts=[
                (ClosureReport._meta.get_field(name).verbose_name, getattr(report, name))  # type: ignore[union-attr]
                for name in forms.ClosureForm.Meta.fields
            ]
            if report
            else [],
            milestones=[(row, row.slippage(day)) for row in rows],
            benefits=Benefit.objects.visible_to(request.user).of(project).with_totals(),
        ),
    )


def _submit_closure(
    request: SignedInRequest, project: Project, report: ClosureReport | None
) -> HttpResponse:
    if not may(request.user, *services.DELIVERY):
        raise refused()
    if report is None:
        raise Http404("no closure report has been begun")
    try:
        services.submit_closure_report(by=request.user, report=report, today=timezone.localdate())  # type: ignore[arg-type]
        messages.success(request, "The closure report is submitted to the board.")
    except services.ProjectError as error:
        messages.error(request, str(error))
    return redirect("closure_report", project.reference)


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def closure_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Write the closure report."""
    project = visible_project(request, reference)
    report = ClosureReport.objects.visible_to(request.user).filter(project=project).first()
    if report and report.submitted_on:
        raise Http404("the closure report has been submitted")
    form = forms.ClosureForm(
        request.POST or None,
        instance=copy(report) if report else ClosureReport(project=project, version=0),
    )
    return form_page(
        request,
        project,
        form,
        heading="Write the closure report",
        intro="Figures come from their own pages; say here in words what a later project should know.",
        act=lambda: services.save_closure_report(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            version=form.typed_version,
            **form.values,
        ),
        done="The closure report is saved.",
        back=reverse("closure_report", args=[project.reference]),
    )


@require_http_methods(["GET", "POST"])
@allow(P.REVIEW_DELIVERY)
def closure_accept(request: SignedInRequest, reference: str) -> HttpResponse:
    """Record that the board accepted the closure report."""
    project = visible_project(request, reference)
    report = get_object_or_404(
        ClosureReport.objects.visible_to(request.user), project=project, submitted_on__isnull=False
    )
    form = forms.BoardNoteForm(
        request.POST or None, initial={"on": timezone.localdate(), "version": report.version}
    )
    return form_page(
        request,
        project,
        form,
        heading="The board accepts the closure report",
        act=lambda: services.accept_closure_report(
            by=request.user,  # type: ignore[arg-type]
            report=report,
            version=form.cleaned_data["version"] or 0,
            on=form.cleaned_data["on"],
            board_note=form.cleaned_data["board_note"],
        ),
        done="The closure report is accepted.",
        back=reverse("closure_report", args=[project.reference]),
        button="Record the acceptance",
    )
