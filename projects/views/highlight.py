"""Pages of highlight reports: the list, the form that is filled in, the report, the board's note."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once
from council_hms.access import SignedInRequest, allow, may
from council_hms.history_log import history_of
from projects import forms, services
from projects.form_page import answer_form
from projects.highlight import RULES, prefill, propose
from projects.models import (
    Action,
    HighlightReport,
    HighlightState,
    Project,
)
from projects.views.common import (
    SEES,
    P,
    form_page,
    page_of,
    refused,
    visible_project,
    visible_row,
)


@require_GET
@allow(*SEES)
def highlight_list(request: SignedInRequest, reference: str) -> HttpResponse:
    """The highlight reports of a project, the latest period first."""
    project = visible_project(request, reference)
    reports = (
        HighlightReport.objects.visible_to(request.user)
        .of(project)
        .select_related("written_by", "project")
        .prefetch_related("ratings")
    )
    return render(
        request, "projects/highlight_list.html", page_of(request, project, reports=reports)
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def highlight_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Write a highlight report, filled in with what the system knows."""
    project = visible_project(request, reference)
    today = timezone.localdate()
    known = prefill(project, today)
    form = forms.HighlightForm(
        request.POST or None,
        instance=HighlightReport(project=project, written_by=request.user),  # type: ignore[misc]
        proposals=known.proposals,
        previous=known.previous,
        is_draft="save" in request.POST,
        initial={
            "period_from": known.period_from,
            "period_to": known.period_to,
            "done": known.done_text,
            "next_steps": known.next_text,
        },
    )

    def act() -> Any:
        report = services.draft_highlight_report(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            values=form.values,
            ratings=form.ratings,
            today=today,
            token=once.token_of(request),
        )
        if "submit" in request.POST:
            services.submit_highlight_report(by=request.user, report=report, today=today)  # type: ignore[arg-type]
        return report

    return answer_form(
        request,
        form,
        act=act,
        done=_saved_or_submitted(request),
        then=reverse("highlight_list", args=[project.reference]),
        template="projects/highlight_form.html",
        page=page_of(
            request,
            project,
            rules=RULES,
            heading="Write a highlight report",
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def highlight_edit(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Go on with a draft."""
    project = visible_project(request, reference)
    report = visible_row(request, HighlightReport, project, pk=pk, submitted_on=None)
    today = timezone.localdate()
    initial = {f"rating_{row.aspect}": row.rating for row in report.ratings.all()} | {
        f"reason_{row.aspect}": row.reason for row in report.ratings.all()
    }
    earlier = (
        HighlightReport.objects.visible_to(request.user)
        .of(project)
        .filter(period_to__lt=report.period_to)
    )
    form = forms.HighlightForm(
        request.POST or None,
        instance=copy(report),
        proposals=propose(project, today),
        previous=earlier.first(),
        is_draft="save" in request.POST,
        initial=initial,
    )

    def act() -> Any:
        saved = services.save_highlight_report(
            by=request.user,  # type: ignore[arg-type]
            report=report,
            version=form.typed_version,
            values=form.values,
            ratings=form.ratings,
            today=today,
        )
        if "submit" in request.POST:
            services.submit_highlight_report(by=request.user, report=saved, today=today)  # type: ignore[arg-type]

    return answer_form(
        request,
        form,
        act=act,
        done=_saved_or_submitted(request),
        then=reverse("highlight_report", args=[project.reference, pk]),
        template="projects/highlight_form.html",
        page=page_of(request, project, rules=RULES, heading=f"Edit: {report}"),
    )


def _saved_or_submitted(request: SignedInRequest) -> str:
    return (
        "The report is submitted to the board."
        if "submit" in request.POST
        else "The draft is saved."
    )


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def highlight_report(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """One highlight report: this and last period's ratings with their rules, and the board's note. POST submits it."""
    project = visible_project(request, reference)
    report = visible_row(request, HighlightReport, project, pk=pk)
    if request.method == "POST":
        return _submit(request, project, report)
    earlier = (
        HighlightReport.objects.visible_to(request.user)
        .of(project)
        .filter(period_to__lt=report.period_to, submitted_on__isnull=False)
        .prefetch_related("ratings")
        .first()
    )
    last = {row.aspect: row for row in earlier.ratings.all()} if earlier else {}
    return render(
        request,
        "projects/highlight_report.html",
        page_of(
            request,
            project,
            report=report,
            history=history_of(report, request.user),
            ratings=[(row, last.get(row.aspect)) for row in report.ratings.all()],
            previous=earlier,
            actions=Action.objects.visible_to(request.user)
            .of(project)
            .filter(highlight_report=report),
            is_draft=report.state is HighlightState.DRAFT,
            is_submitted=report.state is HighlightState.SUBMITTED,
        ),
    )


def _submit(request: SignedInRequest, project: Project, report: HighlightReport) -> HttpResponse:
    if not may(request.user, *services.DELIVERY):
        raise refused()
    try:
        services.submit_highlight_report(by=request.user, report=report, today=timezone.localdate())  # type: ignore[arg-type]
        messages.success(request, "The report is submitted to the board.")
    except services.ProjectError as error:
        messages.error(request, str(error))
    return redirect("highlight_report", project.reference, report.pk)


@require_http_methods(["GET", "POST"])
@allow(P.REVIEW_DELIVERY)
def highlight_note(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Record what the board noted."""
    project = visible_project(request, reference)
    report = visible_row(request, HighlightReport, project, pk=pk, submitted_on__isnull=False)
    form = forms.BoardNoteForm(
        request.POST or None,
        initial={
            "on": report.noted_on or timezone.localdate(),
            "board_note": report.board_note,
            "version": report.version,
        },
    )
    return form_page(
        request,
        project,
        form,
        heading=f"The board notes: {report}",
        act=lambda: services.note_highlight_report(
            by=request.user,  # type: ignore[arg-type]
            report=report,
            version=form.cleaned_data["version"] or 0,
            on=form.cleaned_data["on"],
            board_note=form.cleaned_data["board_note"],
        ),
        done="The board's note is recorded.",
        back=reverse("highlight_report", args=[project.reference, pk]),
        button="Record the note",
    )
