"""Pages of findings: the list, one project's, the rules behind them, accepting one and taking that back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.outputs import FORMATS, respond
from projects import services
from projects.form_page import answer_form
from projects.models import FindingAcceptance, Project
from projects.views.common import page_of, visible_project
from reports.dashboards.concerns import concern_named, is_exempt
from reports.dashboards.finding_list import FindingList, rules
from reports.forms.findings import AcceptForm, EndAcceptanceForm

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)
TAKEN_AWAY_AS = ("xlsx", "csv", "pdf", "docx", "json")


@require_GET
@allow(*SEES)
def finding_list(request: SignedInRequest, format: str = "") -> HttpResponse:
    """What breaks a rule anywhere a person may look."""
    return _answer(request, FindingList(request.GET, request.user), format)


@require_GET
@allow(*SEES)
def project_findings(request: SignedInRequest, reference: str, format: str = "") -> HttpResponse:
    """What breaks a rule in one project."""
    project = visible_project(request, reference)
    return _answer(request, FindingList(request.GET, request.user, project), format)


def _answer(request: SignedInRequest, listed: FindingList, format: str) -> HttpResponse:
    project = listed.project
    if format:
        if format not in TAKEN_AWAY_AS:
            raise Http404
        name = f"{project.reference} findings" if project else "findings"
        return respond(listed.grid(), format, f"{name} {listed.as_at.isoformat()}")
    files = _list_of(project).removesuffix("/")
    return render(
        request,
        "dashboards/project_findings.html" if project else "dashboards/finding_list.html",
        {
            **_frame(request, project),
            "list": listed,
            "form": listed.form,
            "may_accept": may(request.user, P.ACCEPT_FINDINGS),
            "downloads": [
                {"href": f"{files}.{suffix}{listed.address()}", "label": FORMATS[suffix].label}
                for suffix in TAKEN_AWAY_AS
            ],
        },
    )


@require_GET
@allow(*SEES)
def finding_rules(request: SignedInRequest) -> HttpResponse:
    """Every check: its id, what it means, who acts, how much it weighs."""
    return render(request, "dashboards/finding_rules.html", {"rules": rules()})


@require_http_methods(["GET", "POST"])
@allow(P.ACCEPT_FINDINGS)
def finding_accept(
    request: SignedInRequest, code: str, subject: str, reference: str = ""
) -> HttpResponse:
    """Accept one finding, named by its id and subject: of a project, or of what belongs to none."""
    project = visible_project(request, reference) if reference else None
    today = timezone.localdate()
    concern = concern_named(request.user, today, code, project, subject)
    if concern is None:
        raise Http404("There is no such finding today")
    back = _list_of(project)
    form = AcceptForm(request.POST or None, today=today)
    return answer_form(
        request,
        form,
        act=lambda: services.accept_finding(
            by=request.user,
            code=code,
            project=project,
            subject=subject,
            reason=form.cleaned_data["reason"],
            review_on=form.cleaned_data["review_on"],
            today=today,
            exempt=is_exempt(concern.finding, project, today),
            token=once.token_of(request),
        ),
        done="The finding is accepted. It stays on the list and counts again from the day you gave.",
        then=back,
        template="dashboards/finding_accept.html",
        page={**_frame(request, project), "concern": concern, "back": back},
    )


def _list_of(project: Project | None) -> str:
    """The list that a finding is accepted from."""
    return (
        reverse("project_findings", args=[project.reference])
        if project
        else reverse("finding_list")
    )


def _frame(request: SignedInRequest, project: Project | None) -> dict[str, Any]:
    """What stands round a page about a finding: of a project what stands round all its pages."""
    return page_of(request, project) if project else {"project": None}


@require_http_methods(["GET", "POST"])
@allow(P.ACCEPT_FINDINGS)
def acceptance_end(request: SignedInRequest, pk: int, reference: str = "") -> HttpResponse:
    """Take an acceptance back: the finding counts again."""
    project = visible_project(request, reference) if reference else None
    acceptance: FindingAcceptance = get_object_or_404(
        FindingAcceptance.objects.visible_to(request.user),
        project=project,
        pk=pk,
        ended_on=None,
    )
    back = _list_of(project)
    form = EndAcceptanceForm(request.POST or None)
    return answer_form(
        request,
        form,
        act=lambda: services.end_acceptance(
            by=request.user,
            acceptance=acceptance,
            today=timezone.localdate(),
            reason=form.cleaned_data["reason"],
        ),
        done="The finding counts again.",
        then=back,
        template="dashboards/acceptance_end.html",
        page={**_frame(request, project), "acceptance": acceptance, "back": back},
    )
