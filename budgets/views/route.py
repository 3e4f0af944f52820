"""The way of a change: its route, submitting it, what each body decided, confirming, reporting to Council."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from budgets import services
from budgets.entry import change_grid, lines_of_grid
from budgets.forms import DayForm, DecisionForm, RouteForm, SubmitForm
from budgets.models import BodyKind, Decision, GoverningBody, Outcome, UrgentRecord
from budgets.views.common import ASKS_FOR_MORE, look_again, page_of, visible_change
from council_hms import once
from council_hms.access import Permission, SignedInRequest, allow
from council_hms.concurrency import StaleError

P = Permission


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def change_route(request: SignedInRequest, reference: str) -> HttpResponse:
    """Plan who decides, the proposal filled in with its reasons."""
    found = visible_change(request, reference)
    day = found.submitted_on or timezone.localdate()
    proposal = services.proposed_route(found, day)
    proposed = [(stop.key, stop.expects) for stop in proposal]
    pending = [stop for stop in found.decisions.all() if stop.outcome is None]
    initial: dict[str, Any] = {}
    if pending:
        for number, stop in enumerate(pending[: RouteForm.STOPS], start=1):
            initial |= {
                f"body_{number}": stop.body_id,
                f"expects_{number}": stop.expects,
                f"planned_{number}": stop.planned_for,
            }
        initial["reason"] = found.route_reason
    initial["version"] = found.version
    form = RouteForm(request.POST or None, proposed=proposed, initial=initial)
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            services.plan_route(
                by=request.user,
                change=found,
                stops=[services.NewStop(*stop) for stop in form.stops],
                version=form.cleaned_data["version"] or 0,
                reason=form.cleaned_data["reason"].strip(),
            )
            messages.success(request, "The route is planned.")
            return redirect(found)
        except StaleError as stale:
            theirs = look_again(request, form, stale)
        except services.BudgetError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    return render(
        request,
        "budgets/change_route.html",
        page_of(request, found.project, change=found, form=form, proposal=proposal, theirs=theirs),
    )


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def change_submit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Submit a draft for decision, along the proposed route when none has been planned."""
    found = visible_change(request, reference)
    form = SubmitForm(request.POST or None, initial={"on": timezone.localdate()})
    reasons: Any = ()
    if request.method == "POST" and form.is_valid():
        try:
            if not found.decisions.all():
                proposal = services.proposed_route(found, form.cleaned_data["on"])
                bodies = GoverningBody.objects.in_bulk([stop.key for stop in proposal])
                services.plan_route(
                    by=request.user,
                    change=found,
                    stops=[services.NewStop(bodies[stop.key], stop.expects) for stop in proposal],
                )
            services.submit_change(
                by=request.user,
                change=found,
                on=form.cleaned_data["on"],
                key_decision_reason=form.cleaned_data["key_decision_reason"],
            )
            messages.success(request, f"{found.reference} is submitted for decision.")
            return redirect(found)
        except services.GateError as gate:
            reasons = gate.reasons
            form.add_error(None, str(gate))
        except services.BudgetError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    key_decision = services.key_decision_proposed(found, timezone.localdate())
    return render(
        request,
        "budgets/change_submit.html",
        page_of(
            request,
            found.project,
            change=found,
            form=form,
            reasons=reasons,
            key_decision=key_decision,
            asks_why_marked=found.key_decision != key_decision.sufficient
            or "key_decision_reason" in form.errors,
            proposal=services.proposed_route(found, timezone.localdate()),
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def decision_record(
    request: SignedInRequest, reference: str, position: int | None = None
) -> HttpResponse:
    """Record what a body decided, at a planned stop or by a body that was not on the route."""
    found = visible_change(request, reference)
    step = None
    if position is not None:
        step = next((stop for stop in found.decisions.all() if stop.position == position), None)
        if step is None or step.outcome is not None:
            raise Http404("no such stop")
    recommended = found.lines_last_resolved()
    form = DecisionForm(
        request.POST or None,
        step=step,
        initial={
            **_as_minuted(request),
            "outcome": request.GET.get("outcome", "")[:20] or _usual_outcome(step),
            "differs": bool(recommended) or "differs" in request.GET,
            "version": found.version,
        },
    )
    grid = change_grid(
        found.project, request.POST if request.method == "POST" else None, found, recommended
    )
    theirs = None
    if request.method == "POST" and not ASKS_FOR_MORE & set(request.POST) and form.is_valid():
        try:
            differs = form.cleaned_data["differs"]
            if not differs or grid.is_valid():
                services.record_decision(
                    by=request.user,
                    change=found,
                    step=step,
                    body=form.cleaned_data.get("body"),
                    outcome=form.cleaned_data["outcome"],
                    decided_on=form.cleaned_data["decided_on"],
                    precision=form.cleaned_data["precision"],
                    agenda_item=form.cleaned_data["agenda_item"],
                    minute_number=form.cleaned_data["minute_number"],
                    call_in_deadline=form.cleaned_data["call_in_deadline"],
                    note=form.cleaned_data["note"],
                    resolved_lines=lines_of_grid(grid, found.project) if differs else None,
                    urgent=_urgent(form, step),
                    version=form.cleaned_data["version"] or 0,
                    token=once.token_of(request),
                )
                messages.success(request, "The decision is recorded.")
                return redirect(found)
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect(done.result_url or found.get_absolute_url())
        except StaleError as stale:
            theirs = look_again(request, form, stale)
        except services.BudgetError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
    return render(
        request,
        "budgets/decision_form.html",
        page_of(
            request,
            found.project,
            change=found,
            step=step,
            form=form,
            grid=grid,
            theirs=theirs,
            recommended=recommended,
        ),
    )


def _as_minuted(request: SignedInRequest) -> dict[str, str]:
    """What the page that led here knows of the decision, as where a report's resolution is recorded."""
    known = ("body", "decided_on", "agenda_item", "minute_number", "note")
    return {name: request.GET[name][:300] for name in known if name in request.GET}


def _usual_outcome(step: Decision | None) -> str:
    usual = {
        "approve": Outcome.APPROVED,
        "recommend": Outcome.RECOMMENDED,
        "note": Outcome.NOTED,
        "ratify": Outcome.RATIFIED,
    }
    return usual[step.expects] if step else ""


def _urgent(form: DecisionForm, step: Decision | None) -> UrgentRecord | None:
    """The urgent-powers record, when the deciding body is the chief executive's urgent powers and it is filled in."""
    body = step.body if step else form.cleaned_data["body"]
    record = {
        name: form.cleaned_data[name].strip() for name in ("reasons", "alternatives", "consulted")
    }
    if body.kind != BodyKind.URGENT_POWERS or not all(record.values()):
        return None
    return UrgentRecord(**record)


@require_POST
@allow(P.CONFIRM_DECISIONS)
def decision_confirm(request: SignedInRequest, reference: str, position: int) -> HttpResponse:
    """Confirm a decision against the minutes."""
    found = visible_change(request, reference)
    decision = get_object_or_404(Decision, change=found, position=position)
    try:
        services.confirm_decision(by=request.user, decision=decision)
        messages.success(request, "The decision is confirmed against the minutes.")
    except services.BudgetError as error:
        messages.error(request, str(error))
    return redirect(found)


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def urgent_reported(request: SignedInRequest, reference: str, position: int) -> HttpResponse:
    """Note when Council was told of an urgent-powers decision."""
    found = visible_change(request, reference)
    record = get_object_or_404(UrgentRecord, decision__change=found, decision__position=position)
    form = DayForm(request.POST or None, initial={"on": record.reported_on})
    if request.method == "POST" and form.is_valid():
        try:
            services.report_urgent_decision(
                by=request.user, record=record, on=form.cleaned_data["on"]
            )
            messages.success(request, "The report to Council is noted.")
            return redirect(found)
        except services.BudgetError as error:
            form.add_error("on", str(error))
    return render(
        request,
        "budgets/urgent_reported.html",
        page_of(request, found.project, change=found, form=form),
    )
