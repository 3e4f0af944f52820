"""Writing a report: sections of paragraphs, appendices, recommendations; inserting figures; saving on the way."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from budgets.models import BudgetChange, Outcome
from council_hms import once, outputs
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.concurrency import StaleError
from council_hms.outputs import html
from projects.form_page import differences
from reports import figures, pickers
from reports.assemble import amounts_in_words, draw_section
from reports.figures import KINDS, ReferenceProblem
from reports.forms.figure import FigureForm
from reports.forms.report import (
    AddParagraphsForm,
    AppendixForm,
    ParagraphForm,
    ProposeForm,
    RecommendationForm,
    ResolutionForm,
    amounts_grid,
    amounts_of_grid,
    exempt_initial,
    recommendation_initial,
)
from reports.models import (
    Appendix,
    AppendixFile,
    Paragraph,
    Recommendation,
    Report,
    Resolution,
    Section,
)
from reports.references import Resolver
from reports.services import report as services
from reports.views.report_common import (
    SEES,
    log_exempt,
    page_of,
    readers_audience,
    send,
    send_with,
    sentences_of,
    today,
    visible_part,
    visible_report,
)
from reports.views.reports import visible_section

P = Permission


def _resolver(request: SignedInRequest, report: Report) -> Resolver:
    return Resolver(report, readers_audience(request), today=today())


def _with_insertion(request: SignedInRequest, form: Any) -> bool:
    """Whether the person asked to insert something: it then stands at the end of the text, and nothing is saved."""
    if "do_insert" not in request.POST:
        return False
    chosen = request.POST.get("insert", "")[:300]
    typed = form.data.get("text", "").rstrip()
    gap = "\n\n" if chosen.startswith("{insert:") else " "
    send_with(form, text=f"{typed}{gap if typed else ''}{chosen}")
    form.full_clean()
    form.errors.clear()  # half a text is no mistake yet
    return True


# -- sections and paragraphs ------------------------------------------------------------------


def _section_page(
    request: SignedInRequest,
    section: Section,
    *,
    open_paragraph: Paragraph | None = None,
    form: Any = None,
    status: int = 200,
    theirs: str | None = None,
) -> HttpResponse:
    """A section with its paragraphs as they will be read; one of them, or the box for new ones, open to write in."""
    report = section.report
    audience = readers_audience(request)
    drawn = [
        {
            "row": row,
            "number": number,
            "html": html.fragment(blocks, level_offset=1),
            "is_open": open_paragraph is not None and row.pk == open_paragraph.pk,
            "may_edit": not row.exempt or may(request.user, P.SEE_EXEMPT),
        }
        for row, number, blocks in draw_section(report, section.pk, audience)
    ]
    sections = list(report.sections.all())
    place = next(at for at, each in enumerate(sections) if each.pk == section.pk)
    return render(
        request,
        "reports/section.html",
        page_of(
            request,
            report,
            section=section,
            paragraphs=drawn,
            open_paragraph=open_paragraph,
            form=form,
            theirs=theirs,
            pickers=pickers.groups_of(_resolver(request, report)) if form is not None else [],
            previous_section=sections[place - 1] if place else None,
            next_section=sections[place + 1] if place + 1 < len(sections) else None,
        ),
        status=status,
    )


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def section(request: SignedInRequest, reference: str, key: int) -> HttpResponse:
    """A section: read, and written at its end."""
    found = visible_section(visible_report(request, reference), str(key))
    if not may(request.user, P.WRITE_REPORTS):
        if request.method == "POST":
            raise PermissionDenied("Your role does not write reports.")
        return _section_page(request, found)
    form = AddParagraphsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not _with_insertion(request, form) and form.is_valid():
        sent = send(
            request,
            form,
            lambda: services.add_paragraphs(
                by=request.user,
                section=found,
                text=form.cleaned_data["text"],
                token=once.token_of(request),
            ),
            said=lambda added: (
                "One paragraph is added."
                if len(added) == 1
                else f"{len(added)} paragraphs are added."
            ),
            then=reverse("report_section", args=[reference, found.pk]),
        )
        if sent.answer:
            return sent.answer
    return _section_page(request, found, form=form, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allow(P.WRITE_REPORTS)
def paragraph(request: SignedInRequest, reference: str, label: str) -> HttpResponse:
    """Write one paragraph. A script saves it on the way; without one the button does."""
    row = visible_part(request, Paragraph, reference, label=label)
    if request.method == "POST" and request.headers.get("X-Autosave"):
        return _autosave(request, row)
    if request.method == "GET":
        form = ParagraphForm(
            initial={"version": row.version, "text": row.text, **exempt_initial(row)}
        )
        return _section_page(request, row.section, open_paragraph=row, form=form)
    form = ParagraphForm(request.POST)
    theirs = None
    if not _with_insertion(request, form) and form.is_valid():
        sent = send(
            request,
            form,
            lambda: services.edit_paragraph(
                by=request.user,
                paragraph=row,
                version=form.cleaned_data["version"] or 0,
                text=form.cleaned_data["text"],
                exemption=form.exemption,
            ),
            said="The paragraph is saved.",
            then=f"{reverse('report_section', args=[reference, row.section_id])}#{row.label}",
        )
        if sent.answer:
            return sent.answer
        theirs = sent.theirs.text if sent.stale else None
    status = 409 if theirs is not None else 422 if form.errors else 200
    return _section_page(
        request, row.section, open_paragraph=row, form=form, theirs=theirs, status=status
    )


def _autosave(request: SignedInRequest, row: Any) -> JsonResponse:
    """Save what has been typed so far; the answer is for the script (autosave.js)."""
    version = request.POST.get("version", "")
    text = request.POST.get("text", "")
    if not text.strip() or not version.isdigit() or len(version) > 9:
        return JsonResponse({"state": "waiting"})
    try:
        if isinstance(row, Appendix):
            saved: Any = services.edit_appendix(
                by=request.user,
                appendix=row,
                version=int(version),
                title=request.POST.get("title", "") or row.title,
                text=text,
            )
        else:
            saved = services.edit_paragraph(
                by=request.user, paragraph=row, version=int(version), text=text
            )
    except StaleError as stale:
        return JsonResponse(
            {"state": "stale", "theirs": stale.current.text},  # type: ignore[attr-defined]
            status=409,
        )
    except services.ReportError as error:
        return JsonResponse({"state": "refused", "problems": sentences_of(error)}, status=422)
    at = f"{timezone.localtime():%H:%M}"
    return JsonResponse({"state": "saved", "version": saved.version, "at": at})


# -- appendices -------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allow(P.WRITE_REPORTS)
def appendix_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add an appendix."""
    found = visible_report(request, reference)
    form = AppendixForm(*_sent(request))
    if request.method == "POST" and not _with_insertion(request, form) and form.is_valid():
        sent = send(
            request,
            form,
            lambda: services.add_appendix(
                by=request.user,
                report=found,
                title=form.cleaned_data["title"],
                text=form.cleaned_data["text"],
                exemption=form.exemption,
                attached=_attached(form),
                token=once.token_of(request),
            ),
            said="The appendix is added.",
            then=f"{found.get_absolute_url()}#appendices",
        )
        if sent.answer:
            return sent.answer
    return _appendix_page(request, found, form, None)


@require_http_methods(["GET", "POST"])
@allow(P.WRITE_REPORTS)
def appendix(request: SignedInRequest, reference: str, label: str) -> HttpResponse:
    """Write an appendix."""
    row = visible_part(request, Appendix, reference, label=label)
    if request.method == "POST" and request.headers.get("X-Autosave"):
        return _autosave(request, row)
    initial = {"version": row.version, "title": row.title, "text": row.text, **exempt_initial(row)}
    form = AppendixForm(*_sent(request), initial=initial)
    theirs = None
    if request.method == "POST" and not _with_insertion(request, form) and form.is_valid():
        sent = send(
            request,
            form,
            lambda: services.edit_appendix(
                by=request.user,
                appendix=row,
                version=form.cleaned_data["version"] or 0,
                title=form.cleaned_data["title"],
                text=form.cleaned_data["text"],
                exemption=form.exemption,
                attached=_attached(form),
                without_file=form.cleaned_data["without_file"],
            ),
            said="The appendix is saved.",
            then=f"{row.report.get_absolute_url()}#appendices",
        )
        if sent.answer:
            return sent.answer
        theirs = sent.theirs.text if sent.stale else None
    return _appendix_page(request, row.report, form, row, theirs)


def _sent(request: SignedInRequest) -> tuple[Any, Any]:
    """What a form that can carry a file was sent with; nothing before it is sent."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _attached(form: AppendixForm) -> services.Attached | None:
    """The PDF that was sent with a form, checked. Raises ReportError."""
    sent = form.cleaned_data.get("file")
    return services.attachable(sent.name, sent.read()) if sent else None


@require_GET
@allow(*SEES)
def appendix_file(request: SignedInRequest, reference: str, label: str) -> HttpResponse:
    """The PDF of an appendix as it is attached now; an exempt one for those with the right, and logged."""
    row = visible_part(request, Appendix, reference, label=label)
    kept = get_object_or_404(AppendixFile.objects.visible_to(request.user), appendix=row)
    if row.exempt:
        log_exempt(request, row.report, f"file of appendix {label}")
    return outputs.download(bytes(kept.content), "pdf", row.file_name.rpartition(".")[0])


def _appendix_page(
    request: SignedInRequest, report: Report, form: Any, row: Any, theirs: str | None = None
) -> HttpResponse:
    return render(
        request,
        "reports/appendix.html",
        page_of(
            request,
            report,
            form=form,
            appendix=row,
            theirs=theirs,
            pickers=pickers.groups_of(_resolver(request, report)),
        ),
        status=409 if theirs is not None else 422 if form.errors else 200,
    )


# -- figures ----------------------------------------------------------------------------------


@require_GET
@allow(*SEES)
def report_figures(request: SignedInRequest, reference: str) -> HttpResponse:
    """Put a figure together, and read what each figure means and shows now."""
    found = visible_report(request, reference)
    resolver = _resolver(request, found)
    form = FigureForm(request.GET if "figure" in request.GET else None, resolver=resolver)
    made = problem = None
    if form.is_bound and form.is_valid():
        try:
            asked = figures.parse(form.reference)
            made = resolver.figure(asked)  # type: ignore[arg-type]  # the form makes figures only
        except ReferenceProblem as error:
            problem = str(error)
    ledger = resolver.ledger("") if resolver.projects else None
    kinds = [
        (kind, pickers.figure_choice(f"{kind.name} | k", ledger) if ledger else None)
        for kind in KINDS.values()
    ]
    return render(
        request,
        "reports/figures.html",
        page_of(
            request,
            found,
            form=form,
            made=made,
            problem=problem,
            kinds=kinds,
            written=form.reference if form.is_bound and form.is_valid() else "",
        ),
        status=422 if form.is_bound and (form.errors or problem) else 200,
    )


# -- recommendations --------------------------------------------------------------------------

ASKS_FOR_MORE = {"add_row", "add_column", "check"}


def _changes(report: Report) -> Any:
    return BudgetChange.objects.filter(project__in=report.projects.all()).order_by("-pk")


@require_http_methods(["GET", "POST"])
@allow(P.WRITE_REPORTS)
def recommendation_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add a recommendation."""
    return _edit_recommendation(request, visible_report(request, reference), None)


@require_http_methods(["GET", "POST"])
@allow(P.WRITE_REPORTS)
def recommendation(request: SignedInRequest, reference: str, label: str) -> HttpResponse:
    """Change a recommendation."""
    row = visible_part(request, Recommendation, reference, label=label)
    return _edit_recommendation(request, row.report, row)


def _edit_recommendation(
    request: SignedInRequest, report: Report, row: Recommendation | None
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = RecommendationForm(
        data,
        initial=recommendation_initial(row) if row else None,
        report=report,
        changes=_changes(report),
    )
    grid = amounts_grid(report, data, row)
    theirs: Any = []
    if data is not None:
        ready = not _with_insertion(request, form) and not ASKS_FOR_MORE & set(data)
        if ready and form.is_valid() & grid.is_valid():
            given = {"by": request.user, "amounts": amounts_of_grid(grid, report), **form.values}
            sent = send(
                request,
                form,
                lambda: (
                    services.add_recommendation(
                        report=report, token=once.token_of(request), **given
                    )
                    if row is None
                    else services.edit_recommendation(
                        recommendation=row, version=form.cleaned_data["version"] or 0, **given
                    )
                ),
                said="The recommendation is saved.",
                then=f"{report.get_absolute_url()}#recommendations",
            )
            if sent.answer:
                return sent.answer
            theirs = differences(form, sent.theirs) if sent.stale else []
        elif not ready and not request.POST.get("do_insert"):
            form.errors.clear()
    wrong = bool(data is not None and (form.errors or grid.errors))
    return render(
        request,
        "reports/recommendation.html",
        page_of(
            request,
            report,
            form=form,
            grid=grid,
            recommendation=row,
            differences=theirs,
            amounts=amounts_in_words(row) if row else [],
            pickers=pickers.groups_of(_resolver(request, report)),
        ),
        status=409 if theirs else 422 if wrong else 200,
    )


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def recommendation_propose(request: SignedInRequest, reference: str, label: str) -> HttpResponse:
    """Put what a recommendation asks for into the ledger, as a draft on its route."""
    found = visible_report(request, reference)
    row = get_object_or_404(found.recommendations.with_amounts(), label=label)
    initial = {"title": f"{found.title}: {reference}"[:200], "kind": "increase"}
    form = ProposeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        sent = send(
            request,
            form,
            lambda: services.propose_change(
                by=request.user,
                recommendation=row,
                token=once.token_of(request),
                **form.cleaned_data,
            ),
            said=lambda change: (
                f"{change.reference} is in the ledger as a draft. Submit it when the report goes on."
            ),
            then=lambda change: change.get_absolute_url(),
        )
        if sent.answer:
            return sent.answer
    return render(
        request,
        "reports/propose.html",
        page_of(request, found, form=form, recommendation=row, amounts=amounts_in_words(row, True)),
        status=422 if form.errors else 200,
    )


#: How the ledger calls what a meeting did that did not simply agree.
_LEDGER_OUTCOMES = {
    Resolution.DEFERRED: Outcome.DEFERRED,
    Resolution.REFUSED: Outcome.REFUSED,
    Resolution.WITHDRAWN: Outcome.WITHDRAWN,
}


def _after_the_meeting(request: SignedInRequest, row: Recommendation) -> str:
    """Where to go on: to the decision in the ledger while it has none of that meeting's, for who keeps it."""
    report = row.report
    back = f"{report.get_absolute_url()}#recommendations"
    if row.change is None or not may(request.user, P.ENTER_BUDGETS):
        return back
    of_body = row.change.decisions.filter(body=report.body)
    step = of_body.filter(outcome=None).first()
    if step is None and of_body.exists():
        return back
    known: dict[str, Any] = {
        "body": report.body_id,
        "decided_on": f"{row.resolved_on:%Y-%m-%d}",
        "agenda_item": report.agenda_item,
        "minute_number": row.minute_number,
        "note": row.resolved_text[:300],
    }
    if row.resolution in _LEDGER_OUTCOMES:
        known["outcome"] = _LEDGER_OUTCOMES[Resolution(row.resolution)].value
    if row.resolution == Resolution.AMENDED:
        known["differs"] = 1
    messages.info(
        request, f"Record the decision on {row.change.reference} next: the minute is filled in."
    )
    to = (
        reverse("decision_record", args=[row.change.reference, step.position])
        if step
        else reverse("decision_off_route", args=[row.change.reference])
    )
    return f"{to}?{urlencode({name: value for name, value in known.items() if value})}"


@require_http_methods(["GET", "POST"])
@allow(P.WRITE_REPORTS, P.ENTER_BUDGETS)
def recommendation_resolve(request: SignedInRequest, reference: str, label: str) -> HttpResponse:
    """Record what the meeting resolved."""
    row = visible_part(request, Recommendation, reference, label=label)
    initial = {
        "version": row.version,
        "resolution": row.resolution,
        "resolved_on": row.resolved_on or row.report.meeting_on,
        "minute_number": row.minute_number,
        "resolved_text": row.resolved_text,
    }
    form = ResolutionForm(request.POST if request.method == "POST" else None, initial=initial)
    theirs: Any = []
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        sent = send(
            request,
            form,
            lambda: services.record_resolution(
                by=request.user, recommendation=row, today=today(), **given
            ),
            said="What the meeting resolved is recorded.",
            then=lambda resolved: _after_the_meeting(request, resolved),
        )
        if sent.answer:
            return sent.answer
        theirs = differences(form, sent.theirs) if sent.stale else []
    return render(
        request,
        "reports/resolve.html",
        page_of(request, row.report, form=form, recommendation=row, differences=theirs),
        status=409 if theirs else 422 if form.errors else 200,
    )
