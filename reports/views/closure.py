"""The closure report of a project: page, PDF and Word; POST submits it to the board."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.history_log import history_of
from council_hms.outputs import FORMATS, Style, html, respond
from projects import services
from projects.models import ClosureReport, Project
from projects.views.common import day_of, page_of, refused, visible_project
from reports.dashboards.closure import closure_paper, gather, state_of

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)
TAKEN_AWAY_AS = ("pdf", "docx", "html")


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def closure_report(request: SignedInRequest, reference: str) -> HttpResponse:
    """What was delivered against what was first approved. Its figures are those of the day it was submitted."""
    project = visible_project(request, reference)
    report = _report_of(request, project)
    if request.method == "POST":
        return _submit(request, project, report)
    day = _day_of(request, report)
    paper = closure_paper(gather(project, report, day), str(request.user))
    return render(
        request,
        "dashboards/closure_report.html",
        page_of(
            request,
            project,
            as_at=day,
            report=report,
            history=history_of(report, request.user) if report else None,
            state=state_of(report),
            paper=html.document(paper, level_offset=0),
            files=[
                (
                    FORMATS[suffix].label,
                    reverse("closure_report_file", args=[project.reference, suffix])
                    + f"?as_at={day.isoformat()}",
                )
                for suffix in TAKEN_AWAY_AS
            ],
        ),
    )


@require_GET
@allow(*SEES)
def closure_report_file(request: SignedInRequest, reference: str, format: str) -> HttpResponse:
    """The report as a file."""
    project = visible_project(request, reference)
    if format not in TAKEN_AWAY_AS:
        raise Http404
    report = _report_of(request, project)
    day = _day_of(request, report)
    closure = gather(project, report, day)
    return respond(
        closure_paper(closure, str(request.user)),
        format,
        f"{project.reference} closure report {day.isoformat()}",
        Style(colour=closure.council.colour, date=day),
    )


def _report_of(request: SignedInRequest, project: Project) -> ClosureReport | None:
    """What was written and this person may read; a draft is for those who write it."""
    return ClosureReport.objects.visible_to(request.user).filter(project=project).first()


def _day_of(request: SignedInRequest, report: ClosureReport | None) -> dt.date:
    """The day of the address; without one that of the submission, or today."""
    if report and report.submitted_on and "as_at" not in request.GET:
        return report.submitted_on
    return day_of(request)


def _submit(
    request: SignedInRequest, project: Project, report: ClosureReport | None
) -> HttpResponse:
    if not may(request.user, *services.DELIVERY):
        raise refused()
    if report is None:
        raise Http404("no closure report has been begun")
    try:
        services.submit_closure_report(by=request.user, report=report, today=timezone.localdate())
        messages.success(request, "The closure report is submitted to the board.")
    except services.ProjectError as error:
        messages.error(request, str(error))
    return redirect("closure_report", project.reference)
