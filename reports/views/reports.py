"""The list of reports, beginning one, and the page from which it is written: header, contents, order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from council_hms import once
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.history_log import history_of
from council_hms.listing import ListPage
from council_hms.models import CouncilSettings
from council_hms.outputs import html
from projects.form_page import differences
from projects.models import Project
from reports.assemble import amounts_in_words, recommendation_text, resolve_for
from reports.clearance import standing_clearances, status_of
from reports.filters import ReportFilter
from reports.forms.report import HeaderForm, ReportForm, SectionForm
from reports.models import Appendix, Paragraph, Recommendation, Report, ReportTemplate, Section
from reports.review import Reviewed, changed_figures, own_findings
from reports.services import report as services
from reports.tables import ReportTable
from reports.views.report_common import (
    SEES,
    page_of,
    readers_audience,
    send,
    today,
    visible_part,
    visible_report,
)

P = Permission


class ReportList(ListPage):
    """All reports that a person may see."""

    url_name, title = "report_list", "Reports"
    intro = "Reports to Cabinet and other bodies: drafts, those that were cleared, and what was published."
    table_class, filter_class = ReportTable, ReportFilter
    order = ("-meeting_on", "-pk")
    empty_title = "There are no reports yet"
    empty_text = "A report author begins one from the council's template."

    def rows(self) -> QuerySet[Any]:
        return Report.objects.visible_to(self.user).for_lists()

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        for row in rows:
            row.status = status_of(row)
            row.about = ", ".join(each.project.reference for each in row.report_projects.all())
        return rows

    def more_context(self) -> dict[str, Any]:
        actions = []
        if may(self.user, P.WRITE_REPORTS):
            actions.append(("Begin a report", reverse("report_create")))
        actions.append(("Published reports", reverse("published_reports")))
        if may(self.user, P.ADMINISTER):
            actions.append(("Report templates", reverse("report_templates")))
        return {"actions": actions}


class ProjectReportList(ReportList):
    """The reports about one project."""

    url_name = "project_reports"
    intro = "Reports that are about this project."

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(report_projects__project=self.project)

    def more_context(self) -> dict[str, Any]:
        begin = f"{reverse('report_create')}?project={self.project.reference}"
        actions = [("Begin a report", begin)] if may(self.user, P.WRITE_REPORTS) else []
        return {"actions": actions}


@require_GET
@allow(*SEES)
def project_reports(request: SignedInRequest, reference: str, format: str = "") -> HttpResponseBase:
    """The reports about a project."""
    project = get_object_or_404(Project.objects.visible_to(request.user), reference=reference)
    return ProjectReportList(request, format=format, project=project).answer()


@require_GET
@allow(*SEES)
def report_list(request: SignedInRequest, format: str = "") -> HttpResponseBase:
    """The register of reports."""
    return ReportList(request, format=format).answer()


@require_http_methods(["GET", "POST"])
@allow(P.WRITE_REPORTS)
def report_create(request: SignedInRequest) -> HttpResponse:
    """Begin a report from a template."""
    projects = Project.objects.visible_to(request.user).projects()
    form = ReportForm(
        request.POST if request.method == "POST" else None,
        projects=projects,
        initial={"projects": request.GET.get("project", "")[:30]},
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        sent = send(
            request,
            form,
            lambda: services.create_report(
                by=request.user, token=once.token_of(request), author_job_title="", **given
            ),
            said=lambda made: f"{made.reference} is begun. Write its header next.",
            then=lambda made: reverse("report_edit", args=[made.reference]),
        )
        if sent.answer:
            return sent.answer
    return render(
        request,
        "reports/report_create.html",
        {
            "form": form,
            "has_template": ReportTemplate.objects.filter(in_use=True).exists(),
            "may_administer": may(request.user, P.ADMINISTER),
        },
        status=422 if form.errors else 200,
    )


@require_GET
@allow(*SEES)
def report(request: SignedInRequest, reference: str) -> HttpResponse:
    """The report as its author works on it: header, contents in their order, figures, what is found and cleared."""
    found = visible_report(request, reference)
    audience = readers_audience(request)
    read = Reviewed(found, request.user, today())
    drawn = read.drawn
    resolve = resolve_for(found, audience, CouncilSettings.current(), today(), read.ledgers)
    paragraphs: dict[int, int] = {}
    for section_id in found.paragraphs.values_list("section_id", flat=True):
        paragraphs[section_id] = paragraphs.get(section_id, 0) + 1
    return render(
        request,
        "reports/report.html",
        page_of(
            request,
            found,
            history=history_of(found, request.user),
            fields=[
                (label, "".join(span.text for span in text))
                for label, text in drawn.document.blocks[_facts_at(drawn)].pairs  # type: ignore[union-attr]
            ],
            recommendations=[
                (
                    number,
                    row,
                    html.line(recommendation_text(row, resolve)),
                    amounts_in_words(row),
                )
                for number, row in enumerate(read.recommendations, start=1)
            ],
            sections=[(row, paragraphs.get(row.pk, 0)) for row in found.sections.all()],
            appendices=list(enumerate(found.appendices.read_by(audience), start=1)),
            figures=[(words, figure) for words, figure in drawn.figures.items()],
            changed=changed_figures(found, drawn, audience),
            findings=own_findings(read),
            clearances=standing_clearances(found),
            section_form=SectionForm(),
        ),
    )


def _facts_at(drawn: Any) -> int:
    """Where the header stands in the paper."""
    return next(
        at for at, block in enumerate(drawn.document.blocks) if type(block).__name__ == "Facts"
    )


@require_http_methods(["GET", "POST"])
@allow(P.WRITE_REPORTS)
def report_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """The header of a report."""
    found = visible_report(request, reference)
    projects = Project.objects.visible_to(request.user).projects()
    form = HeaderForm(
        request.POST if request.method == "POST" else None, report=found, projects=projects
    )
    theirs: Any = []
    if request.method == "POST" and form.is_valid():
        sent = send(
            request,
            form,
            lambda: services.edit_report(
                by=request.user,
                report=found,
                version=form.cleaned_data["version"],
                projects=form.cleaned_data["projects"],
                field_texts=form.field_texts,
                **form.values,
            ),
            said="The header is saved.",
            then=found.get_absolute_url(),
        )
        if sent.answer:
            return sent.answer
        theirs = differences(form, sent.theirs) if sent.stale else []
    status = 200 if not form.errors else 409 if theirs else 422
    return render(
        request,
        "reports/report_edit.html",
        page_of(request, found, form=form, differences=theirs),
        status=status,
    )


@require_POST
@allow(P.WRITE_REPORTS)
def figures_noted(request: SignedInRequest, reference: str) -> HttpResponse:
    """The author has seen what the figures show now."""
    found = visible_report(request, reference)
    services.note_figures(by=request.user, report=found, today=today())
    messages.success(request, "Noted: a figure that changes from now on is shown here.")
    return redirect(found)


@require_POST
@allow(P.WRITE_REPORTS)
def section_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add a section at the end."""
    found = visible_report(request, reference)
    form = SectionForm(request.POST)
    if form.is_valid():
        try:
            services.add_section(by=request.user, report=found, title=form.cleaned_data["title"])
            messages.success(request, "The section is added at the end.")
        except services.ReportError as error:
            messages.error(request, str(error))
    else:
        messages.error(request, "Enter the title of the section")
    return redirect(f"{found.get_absolute_url()}#sections")


#: What can be moved or removed from a page of the report: kind in the address → model, its key.
PARTS: dict[str, tuple[Any, str]] = {
    "section": (Section, "pk"),
    "paragraph": (Paragraph, "label"),
    "recommendation": (Recommendation, "label"),
    "appendix": (Appendix, "label"),
}


@require_POST
@allow(P.WRITE_REPORTS)
def part_move(request: SignedInRequest, reference: str, kind: str, key: str) -> HttpResponse:
    """Move a part of the report up or down."""
    row = _part(request, reference, kind, key)
    services.move(by=request.user, row=row, up=request.POST.get("way") == "up")
    if isinstance(row, Paragraph):
        return redirect("report_section", reference, Paragraph.objects.get(pk=row.pk).section_id)
    return redirect(f"{reverse('report', args=[reference])}#{_HOME[kind]}")


_HOME = {
    "section": "sections",
    "recommendation": "recommendations",
    "appendix": "appendices",
    "paragraph": "sections",
}
_REMOVE: dict[str, Any] = {
    "section": lambda by, row: services.remove_section(by=by, section=row),
    "paragraph": lambda by, row: services.remove_paragraph(by=by, paragraph=row),
    "recommendation": lambda by, row: services.remove_recommendation(by=by, recommendation=row),
    "appendix": lambda by, row: services.remove_appendix(by=by, appendix=row),
}


@require_POST
@allow(P.WRITE_REPORTS)
def part_remove(request: SignedInRequest, reference: str, kind: str, key: str) -> HttpResponse:
    """Remove a part of the report that nothing refers to."""
    row = _part(request, reference, kind, key)
    back = f"{reverse('report', args=[reference])}#{_HOME[kind]}"
    if isinstance(row, Paragraph):
        back = reverse("report_section", args=[reference, row.section_id])
    try:
        _REMOVE[kind](request.user, row)
        messages.success(request, f"The {kind} is removed.")
    except services.ReportError as error:
        messages.error(request, str(error))
    return redirect(back)


def _part(request: SignedInRequest, reference: str, kind: str, key: str) -> Any:
    if kind not in PARTS:
        raise Http404("no such part")
    model, name = PARTS[kind]
    if model is Section:
        found = visible_report(request, reference)
        return visible_section(found, key)
    return visible_part(request, model, reference, **{name: key})


def visible_section(report: Report, key: str) -> Section:
    """A section of a report that one may see, or 404."""
    return get_object_or_404(report.sections, pk=int(key) if key.isdigit() and len(key) < 15 else 0)
