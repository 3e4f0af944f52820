"""Writing the closure report and accepting it. What it says beside its figures is a page of the dashboards."""

from __future__ import annotations

from copy import copy

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from council_hms.access import SignedInRequest, allow
from projects import forms, services
from projects.models import (
    ClosureReport,
)
from projects.views.common import (
    P,
    form_page,
    visible_project,
)


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
        intro="The outturn, milestones, benefits and lessons on record stand in the report by themselves. "
        "Say here in words what they do not. All six are needed before you submit it to the board.",
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
