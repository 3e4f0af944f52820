"""One risk: read, raised, changed, closed, escalated, and what is done about it."""

from __future__ import annotations

from copy import copy

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.history_log import history_of
from risks import services
from risks.charts import history_chart
from risks.forms import (
    CloseForm,
    ControlForm,
    EscalateForm,
    FirstScoresForm,
    ReopenForm,
    RiskForm,
)
from risks.models import Control, Register, RegisterScale, Risk
from risks.models.register import register_address
from risks.standing import standings
from risks.views.common import SEES, form_page, page_of, project_of, risk_of, writable

P = Permission


@require_GET
@allow(*SEES)
def risk(request: SignedInRequest, pk: int) -> HttpResponse:
    """A risk: what it says, its scores from review to review, its controls, and where it was escalated."""
    found = risk_of(request, pk)
    today = timezone.localdate()
    standing = standings([found], today)[0]
    project = found.register.project
    writes = services.may_write(request.user, project)
    return render(
        request,
        "risks/risk.html",
        page_of(
            request,
            project,
            risk=found,
            history=history_of(found, request.user),
            standing=standing,
            scale=RegisterScale.objects.in_force(project, today),
            chart=history_chart(standing),
            reviews=list(reversed(standing.reviews)),
            controls=[(control, control.is_overdue(today)) for control in standing.controls],
            escalated_to=Risk.objects.visible_to(request.user).filter(escalated_from=found).first(),
            escalated_from=Risk.objects.visible_to(request.user)
            .for_lists()
            .filter(escalated_to=found)
            .first(),
            may_write=writes,
            may_escalate=writes and project is not None and found.closed_on is None,
            register_url=found.register.get_absolute_url(),
            review_url=found.register.address("risk_review"),
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_RISKS)
def risk_create(request: SignedInRequest, reference: str = "") -> HttpResponse:
    """Enter a risk, with its first scores if they are known."""
    project = writable(request, project_of(request, reference))
    today = timezone.localdate()
    scale = RegisterScale.objects.in_force(project, today) or RegisterScale.to_start_with(
        request.user, today
    )
    typed = request.POST if request.method == "POST" else None
    register = Register.objects.of(project) or Register(project=project)
    form = RiskForm(
        typed,
        instance=Risk(register=register, raised_on=today),
        may_withhold=may(request.user, P.SEE_EXEMPT),
    )
    scores = FirstScoresForm(typed, prefix="scores", rule=scale.rule)
    back = register_address(project, "risks")
    return form_page(
        request,
        project,
        form,
        heading="Add a risk",
        act=lambda: services.add_risk(
            project=project,
            by=request.user,
            values=form.values,
            scores=scores.scores if scores.has_scores else None,
            comment=scores.cleaned_data["comment"].strip(),
            today=today,
            token=once.token_of(request),
        ),
        done="The risk is entered.",
        back=back,
        button="Enter the risk",
        is_ready=typed is None or scores.is_valid(),
        template="risks/risk_form.html",
        scores=scores,
        scale=scale,
        forms=[form, scores],
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_RISKS)
def risk_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what a risk says. Its scores are changed by a review."""
    found = risk_of(request, pk, to_write=True)
    form = RiskForm(
        request.POST or None,
        instance=copy(found),
        may_withhold=may(request.user, P.SEE_EXEMPT),
    )
    return form_page(
        request,
        found.register.project,
        form,
        heading=f"Change {found.reference}",
        act=lambda: services.edit_risk(
            risk=found,
            version=form.typed_version,
            by=request.user,
            values=form.values,
            reason=form.cleaned_data["reason"],
        ),
        done="The risk is saved.",
        back=found.get_absolute_url(),
        template="risks/risk_form.html",
        risk=found,
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_RISKS)
def risk_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a risk that can no longer happen, or has happened."""
    found = risk_of(request, pk, to_write=True)
    today = timezone.localdate()
    form = CloseForm(request.POST or None, initial={"version": found.version, "closed_on": today})
    return form_page(
        request,
        found.register.project,
        form,
        heading=f"Close {found.reference} {found.title}",
        intro="A closed risk stays in the register with its history, and can be opened again.",
        act=lambda: services.close_risk(
            risk=found,
            version=form.cleaned_data["version"],
            by=request.user,
            closed_on=form.cleaned_data["closed_on"],
            closed_reason=form.cleaned_data["closed_reason"],
            today=today,
        ),
        done=f"{found.reference} is closed.",
        back=found.get_absolute_url(),
        button="Close the risk",
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_RISKS)
def risk_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a closed risk again."""
    found = risk_of(request, pk, to_write=True)
    form = ReopenForm(request.POST or None, initial={"version": found.version})
    return form_page(
        request,
        found.register.project,
        form,
        heading=f"Open {found.reference} {found.title} again",
        act=lambda: services.reopen_risk(
            risk=found,
            version=form.cleaned_data["version"],
            by=request.user,
            reason=form.cleaned_data["reason"],
        ),
        done=f"{found.reference} is open again.",
        back=found.get_absolute_url(),
        button="Open the risk again",
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_RISKS)
def risk_escalate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Bring a project's risk to the corporate register."""
    found = risk_of(request, pk, to_write=True)
    today = timezone.localdate()
    is_there = found.register.project is None or Risk.objects.filter(escalated_from=found).exists()
    if request.method == "GET" and is_there:
        messages.info(request, "This risk is in the corporate register already.")
        return redirect(found)
    scale = RegisterScale.objects.in_force(None, today) or RegisterScale.to_start_with(
        request.user, today
    )
    form = EscalateForm(
        request.POST or None, rule=scale.rule, last=services.latest_of([found.pk]).get(found.pk)
    )
    return form_page(
        request,
        found.register.project,
        form,
        heading=f"Escalate {found.reference} {found.title}",
        intro="It stays in this register and is entered in the corporate one too, scored there for the whole council.",
        act=lambda: services.escalate_risk(
            risk=found,
            by=request.user,
            owner=form.cleaned_data["owner"],
            current=form.point,
            reason=form.cleaned_data["reason"],
            today=today,
            token=once.token_of(request),
        ),
        done=f"{found.reference} is in the corporate register.",
        back=found.get_absolute_url(),
        button="Escalate the risk",
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_RISKS)
def control_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what is done about a risk."""
    found = risk_of(request, pk, to_write=True)
    form = ControlForm(
        request.POST or None,
        instance=Control(risk=found, created_by=request.user, owner=found.owner),
    )
    return form_page(
        request,
        found.register.project,
        form,
        heading=f"Add a control to {found.reference} {found.title}",
        act=lambda: services.add_control(
            risk=found,
            by=request.user,
            values=form.values,
            added_on=timezone.localdate(),
            token=once.token_of(request),
        ),
        done="The control is entered.",
        back=found.get_absolute_url(),
        button="Enter the control",
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_RISKS)
def control_edit(request: SignedInRequest, pk: int, control_pk: int) -> HttpResponse:
    """Change a control, or say how far it has come."""
    found = risk_of(request, pk, to_write=True)
    control = get_object_or_404(
        Control.objects.select_related("risk__register__project"), pk=control_pk, risk=found
    )
    form = ControlForm(request.POST or None, instance=copy(control))
    return form_page(
        request,
        found.register.project,
        form,
        heading=f"Control of {found.reference} {found.title}",
        act=lambda: services.edit_control(
            control=control,
            version=form.typed_version,
            by=request.user,
            values=form.values,
        ),
        done="The control is saved.",
        back=found.get_absolute_url(),
    )
