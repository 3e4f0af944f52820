"""What becomes of a report: preview and files, findings, clearance, briefing, publication, versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from council_hms import beside, once, outputs
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.exemption import Audience
from council_hms.models import CouncilSettings
from council_hms.outputs import html
from reports import publish
from reports.assemble import assemble, draft_file_at
from reports.clearance import standing_clearances
from reports.draft_check import check_draft
from reports.forms.report import ClearanceForm, DeadlinesForm, PublishForm
from reports.frozen import differences, figure_changes, thaw
from reports.models import Clearance, ClearanceKind, Publication, Publishing, Report
from reports.review import Reviewed, findings_of_projects, own_findings
from reports.services import publish as publishing
from reports.services import report as services
from reports.summary import summary_of
from reports.views.report_common import (
    SEES,
    asked_audience,
    page_of,
    send,
    today,
    visible_report,
)

P = Permission


# -- preview and files ------------------------------------------------------------------------


@require_GET
@allow(*SEES)
def preview(request: SignedInRequest, reference: str) -> HttpResponse:
    """The report as it would be published: the public version unless the exempt one is asked for."""
    found = visible_report(request, reference)
    audience = asked_audience(request, found, "preview")
    drawn = assemble(found, audience, today=today(), links=True, file_at=draft_file_at(found))
    return render(
        request,
        "reports/preview.html",
        page_of(
            request,
            found,
            paper=html.document(drawn.document, level_offset=1),
            problems=drawn.problems,
            audience=audience.value,
            formats=[outputs.FORMATS[each] for each in publish.formats_of(drawn.document)],
        ),
    )


@require_GET
@allow(*SEES)
def preview_file(request: SignedInRequest, reference: str, format: str) -> HttpResponse:
    """The draft as a file, public unless the exempt one is asked for."""
    found = visible_report(request, reference)
    if format not in publish.FORMATS:
        raise Http404("no such format")
    audience = asked_audience(request, found, format)
    try:
        content, name = publish.draft_file(found, audience, format, today=today())
    except outputs.OutputError as error:
        messages.error(request, str(error))
        return redirect("report_preview", reference)
    return outputs.download(content, format, name)


@require_GET
@allow(*SEES)
def findings(request: SignedInRequest, reference: str) -> HttpResponse:
    """What should be looked at before the report goes on."""
    found = visible_report(request, reference)
    read = Reviewed(found, request.user, today())
    checked = check_draft(read, own_findings(read))
    return render(
        request,
        "reports/findings.html",
        page_of(
            request,
            found,
            own=checked.reviewed,
            checked=checked,
            of_projects=findings_of_projects(read),
        ),
    )


@require_GET
@allow(*SEES)
def summary(request: SignedInRequest, reference: str, format: str = "") -> HttpResponse:
    """One page for a briefing, from public matter alone."""
    found = visible_report(request, reference)
    council = CouncilSettings.current()
    paper = summary_of(found, today(), council)
    if format:
        if format not in publish.FORMATS:
            raise Http404("no such format")
        try:
            content = publish.draw(found, paper, format, council)
        except outputs.OutputError as error:
            messages.error(request, str(error))
            return redirect("report_summary", reference)
        return outputs.download(content, format, f"{found.reference} briefing")
    return render(
        request,
        "reports/summary.html",
        page_of(
            request,
            found,
            paper=html.document(paper, level_offset=1),
            formats=[outputs.FORMATS[each] for each in ("docx", "pdf", "html")],
        ),
    )


# -- clearance --------------------------------------------------------------------------------


def _kinds(request: SignedInRequest) -> list[str]:
    """Whose clearance this person may record."""
    if may(request.user, P.ENTER_BUDGETS):
        return [kind.value for kind in ClearanceKind]
    if may(request.user, P.WRITE_REPORTS):
        return [ClearanceKind.LEGAL.value, ClearanceKind.CABINET_MEMBER.value]
    return []


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def clearance(request: SignedInRequest, reference: str) -> HttpResponse:
    """Where each clearance stands, and the form to record one."""
    found = visible_report(request, reference)
    kinds = _kinds(request)
    if request.method == "POST" and not kinds:
        raise PermissionDenied("Your role does not record clearances.")
    form = None
    if kinds:
        form = ClearanceForm(
            request.POST if request.method == "POST" else None,
            kinds=kinds,
            initial={"of_version": found.content_version, "given_on": today()},
        )
        if request.method == "POST" and form.is_valid():
            given = dict(form.cleaned_data)
            sent = send(
                request,
                form,
                lambda: services.give_clearance(
                    by=request.user, report=found, today=today(), **given
                ),
                said="The clearance is recorded.",
                then=reverse("report_clearance", args=[reference]),
                stale="The report has changed since you opened this page. Read it again, then clear it.",
                version="of_version",
            )
            if sent.answer:
                return sent.answer
    standing = standing_clearances(found)
    return render(
        request,
        "reports/clearance.html",
        page_of(
            request,
            found,
            form=form,
            clearances=[(each, each.is_overdue(today())) for each in standing],
            given=Clearance.objects.visible_to(request.user)
            .filter(report=found)
            .select_related("entered_by")
            .order_by("-pk"),
            deadlines_form=DeadlinesForm(initial={each.kind: each.due_on for each in standing}),
            findings=own_findings(Reviewed(found, request.user, today())),
        ),
        status=422 if form is not None and form.errors else 200,
    )


@require_POST
@allow(P.WRITE_REPORTS)
def deadlines(request: SignedInRequest, reference: str) -> HttpResponse:
    """Set by when clearances are due."""
    found = visible_report(request, reference)
    form = DeadlinesForm(request.POST)
    if form.is_valid():
        for kind, day in form.days.items():
            services.set_deadline(by=request.user, report=found, kind=kind, due_on=day)
        messages.success(request, "The deadlines are saved.")
    else:
        messages.error(request, "Enter real dates, for example 06/06/2023")
    return redirect("report_clearance", reference)


# -- publication ------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allow(P.PUBLISH_REPORTS)
def publish_page(request: SignedInRequest, reference: str) -> HttpResponse:
    """The last look before a report is published; asked to, it is done beside the request."""
    found = visible_report(request, reference)
    initial = {"of_version": found.content_version, "note": _note_of_last_try(found)}
    form = PublishForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        sent = send(
            request,
            form,
            lambda: _publish(request, found, **given),
            then=lambda asked: asked.get_absolute_url(),
            stale="The report has changed since you opened this page. Preview it again first.",
            version="of_version",
        )
        if sent.answer:
            return sent.answer
    return render(
        request,
        "reports/publish.html",
        page_of(
            request,
            found,
            form=form,
            clearances=standing_clearances(found),
            findings=own_findings(Reviewed(found, request.user, today())),
            unchanged_since=next(
                (each for each in found.publications.all() if _is_latest_text(found, each)), None
            ),
        ),
        status=422 if form.errors else 200,
    )


def _publish(request: SignedInRequest, report: Report, **given: Any) -> Publishing:
    """Ask for it, and have it done beside this request."""
    by = request.user
    pack = publishing.ask_to_publish(
        by=by, report=report, today=today(), token=once.token_of(request), **given
    )
    beside.begin(
        f"publish report={report.reference}",
        lambda: publishing.make(by=by, pack=pack),
        refusals=(services.ReportError,),
        failed=lambda: publishing.note_problem(pack.asked, publishing.FAILED),
    )
    return pack.asked


def _how_far(asked: Publishing) -> str:
    if asked.made == asked.files:
        return "All files are made; they are being kept in one step."
    return (
        f"{asked.made} of {asked.files} files are made. Nothing is public before all of them are."
    )


def _note_of_last_try(report: Report) -> str:
    """What was written for an attempt that came to nothing is not to be written again."""
    last = report.publishings.first()
    return last.note if last is not None and last.publication_id is None else ""


def _is_latest_text(report: Report, version: Publication) -> bool:
    return version.of_version == report.content_version


@require_GET
@allow(P.PUBLISH_REPORTS)
def publishing_page(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """How far the files of a version are, or what came of it."""
    found = visible_report(request, reference)
    asked = get_object_or_404(found.publishings.select_related("publication", "report"), pk=number)
    stopped = publishing.has_stopped(asked)
    version = asked.publication
    return render(
        request,
        "reports/publishing.html",
        page_of(
            request,
            found,
            asked=asked,
            problem=publishing.STOPPED if stopped else asked.problem,
            words=_how_far(asked),
            share=100 * asked.made // (asked.files + 1),  # keeping them is a step, too
            version=version,
            files=version.files.visible_to(request.user).defer("content") if version else [],
        ),
    )


@require_GET
@allow(*SEES)
def versions(request: SignedInRequest, reference: str) -> HttpResponse:
    """Every published version with its files, and which of its figures have changed since."""
    found = visible_report(request, reference)
    rows = [
        {
            "version": version,
            "files": version.files.visible_to(request.user).defer("content"),
            "changed": publish.changed_since(version),
            "earlier": version.number - 1,
        }
        for version in found.publications.light().select_related("published_by").order_by("-number")
    ]
    return render(request, "reports/versions.html", page_of(request, found, versions=rows))


@require_GET
@allow(*SEES)
def version_differences(
    request: SignedInRequest, reference: str, earlier: int, later: int
) -> HttpResponse:
    """What changed between two published versions, in words and figures; with ``later`` 0, up to the draft."""
    found = visible_report(request, reference)
    audience = asked_audience(request, found, "differences")
    old = get_object_or_404(found.publications, number=earlier)
    if later:
        new = get_object_or_404(found.publications, number=later)
        after, figures_after = _frozen(new, audience), new.figures
    else:
        after = assemble(found, audience, today=today()).document
        public = assemble(found, Audience.PUBLIC, today=today())
        figures_after = publish.frozen_figures(public.figures)
    before = _frozen(old, audience)
    return render(
        request,
        "reports/differences.html",
        page_of(
            request,
            found,
            earlier=old,
            later=later,
            audience=audience.value,
            passages=differences(before, after),
            figures=figure_changes(old.figures, figures_after),
        ),
    )


def _frozen(version: Publication, audience: Audience) -> Any:
    """The paper of a version for an audience; a version without exempt matter has one for all."""
    kept = version.exempt_document if audience is Audience.EXEMPT else version.document
    return thaw(kept or version.document)
