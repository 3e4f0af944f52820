"""Pages of the report checker: upload, the answer beside the report, its files, findings set aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from council_hms import once, outputs
from council_hms.access import Permission, allow
from council_hms.history_log import history_of
from council_hms.models import User
from projects.models import Project
from reports import check_page
from reports.checking.reading import ReadError, child
from reports.checking.stored import paper_from_json
from reports.forms.check import CheckForm, DismissForm
from reports.models import CheckedText, ReportCheck
from reports.services import check as services

P = Permission
PAGE_ROWS = 25
#: Formats of the answer, as a page offers them; Word only for a report that came as Word.
FORMATS = (("xlsx", "Excel workbook"), ("json", "JSON"), ("docx", "Word copy with comments"))


def _by(request: HttpRequest) -> User:
    return cast(User, request.user)


def _check(request: HttpRequest, pk: int) -> ReportCheck:
    """A check that this person may see, or 404."""
    return get_object_or_404(
        ReportCheck.objects.visible_to(request.user).select_related("checked_by"), pk=pk
    )


def _own_check(request: HttpRequest, pk: int) -> ReportCheck:
    """A check of one's own that has not been withdrawn; others' can be read and not acted on."""
    found = _check(request, pk)
    if found.checked_by_id != _by(request).pk:
        raise PermissionDenied("Only the person who had the report checked can do this.")
    if found.withdrawn_at is not None:
        raise Http404("withdrawn")
    return found


def _dismissed(check: ReportCheck) -> Mapping[str, tuple[str, str]]:
    """Reason and person by key of the finding. One query."""
    standing = check.dismissals.standing().select_related("dismissed_by")
    return {each.finding: (each.reason, str(each.dismissed_by)) for each in standing}


@require_GET
@allow(P.CHECK_REPORTS)
def check_list(request: HttpRequest) -> HttpResponse:
    """The checks that this person may see, latest first."""
    checks = ReportCheck.objects.visible_to(request.user).for_lists()
    page = Paginator(checks, PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "reports/check_list.html", {"page": page})


@require_http_methods(["GET", "POST"])
@allow(P.CHECK_REPORTS)
def check_new(request: HttpRequest) -> HttpResponse:
    """Upload a report and have it checked."""
    projects = Project.objects.visible_to(request.user)
    if request.method == "GET":
        form = CheckForm(projects=projects)
        return render(request, "reports/check_form.html", {"form": form})
    form = CheckForm(request.POST, request.FILES, projects=projects)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = services.check_file(
                content=file.read(),
                name=file.name or "report",
                by=_by(request),
                projects=form.projects,
                as_at=form.day,
                token=once.token_of(request),
            )
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect(done.result_url or "check_list")
        except ReadError as error:
            form.add_error("file", str(error))
        else:
            return redirect(made)
    return render(request, "reports/check_form.html", {"form": form}, status=422)


@require_GET
@allow(P.CHECK_REPORTS)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The report with every figure marked, and what was found."""
    found = _check(request, pk)
    text = CheckedText.objects.filter(check_of=found).defer("word_file").first()
    if text is None:
        return render(request, "reports/check_withdrawn.html", {"check": found})
    try:
        part = int(request.GET.get("part", "1")[:6])
    except ValueError:
        part = 1
    paper = paper_from_json(text.paper)
    page = check_page.build(paper, text.answer, part=part, dismissed=_dismissed(found))
    return render(
        request,
        "reports/check.html",
        {
            "check": found,
            "title": paper.title or found.file_name,
            "page": page,
            "history": history_of(found, request.user),
            "formats": [
                (suffix, words)
                for suffix, words in FORMATS
                if suffix != "docx" or paper.format == "docx"
            ],
            "is_own": found.checked_by_id == _by(request).pk,
        },
    )


@require_GET
@allow(P.CHECK_REPORTS)
def check_file(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    """The answer as a workbook, as JSON, or as comments on a copy of the Word file."""
    found = _check(request, pk)
    text = get_object_or_404(CheckedText, check_of=found)
    name = f"check of {found.file_name.rpartition('.')[0] or found.file_name}"
    if format == "json":
        return outputs.download(_json(text.answer), "json", name)
    if format == "xlsx":
        grids = check_page.as_grids(text.answer, text.answer["title"], _dismissed(found))
        return outputs.respond(grids, "xlsx", name)
    if format == "docx" and text.word_file:
        standing = _without_dismissed(text.answer, _dismissed(found))
        try:
            copy = child.comment(bytes(text.word_file), standing)
        except ReadError as error:
            messages.error(request, f"The copy could not be made. {error}")
            return redirect(found)
        return outputs.download(copy, "docx", name)
    raise Http404("no such format")


def _json(answer: Mapping[str, Any]) -> bytes:
    import json

    return json.dumps(answer, indent=2, ensure_ascii=False).encode()


def _without_dismissed(
    answer: Mapping[str, Any], dismissed: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    kept = [each for each in answer["findings"] if check_page.finding_key(each) not in dismissed]
    return {**answer, "findings": kept}


def _finding(text: CheckedText, key: str) -> Mapping[str, Any]:
    """The finding with a key, or 404."""
    for each in text.answer["findings"]:
        if check_page.finding_key(each) == key:
            return cast(Mapping[str, Any], each)
    raise Http404("no such finding")


@require_http_methods(["GET", "POST"])
@allow(P.CHECK_REPORTS)
def finding_dismiss(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Set a finding aside with a reason."""
    found = _own_check(request, pk)
    text = get_object_or_404(CheckedText.objects.only("answer", "check_of"), check_of=found)
    finding = _finding(text, key)
    form = DismissForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.dismiss_finding(
                check=found, finding=key, reason=form.cleaned_data["reason"], by=_by(request)
            )
        except services.CheckError as error:
            messages.info(request, str(error))
        else:
            messages.success(request, "The finding is dismissed.")
        return redirect(reverse("check", args=[pk]) + "#findings")
    return render(
        request,
        "reports/finding_dismiss.html",
        {
            "check": found,
            "finding": finding,
            "weight": check_page.SEVERITY_WORDS[finding["severity"]],
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@allow(P.CHECK_REPORTS)
def finding_restore(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Take a dismissal back."""
    found = _own_check(request, pk)
    services.restore_finding(check=found, finding=key, by=_by(request))
    messages.success(request, "The finding stands again.")
    return redirect(reverse("check", args=[pk]) + "#findings")


@require_http_methods(["GET", "POST"])
@allow(P.CHECK_REPORTS)
def check_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the text of a checked report."""
    found = _own_check(request, pk)
    if request.method == "POST":
        services.withdraw_check(check=found, by=_by(request))
        messages.success(request, "The report and its findings are removed.")
        return redirect("check_list")
    return render(request, "reports/check_withdraw.html", {"check": found})
