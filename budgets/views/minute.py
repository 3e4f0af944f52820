"""A wrong minute put right: entering the correction, and confirming or refusing one that waits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from budgets import minutes, services
from budgets.forms import MinuteForm
from budgets.models import BudgetChange, Decision
from budgets.views.common import look_again, page_of, visible_change
from council_hms import once
from council_hms.access import Permission, SignedInRequest, allow
from council_hms.concurrency import StaleError
from council_hms.models import CouncilSettings

P = Permission


def _decided(change: BudgetChange, position: int) -> Decision:
    """What was decided at a stop of the route, or 404."""
    for decision in change.decisions.all():
        if decision.position == position and decision.outcome is not None:
            return decision
    raise Http404("nothing has been decided at this stop")


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def minute_correct(request: SignedInRequest, reference: str, position: int) -> HttpResponse:
    """Correct the minute number, agenda item or date of a decision on record."""
    found = visible_change(request, reference)
    decision = _decided(found, position)
    initial: dict[str, Any] = {name: getattr(decision, name) for name in minutes.CORRECTED}
    form = MinuteForm(request.POST or None, initial={**initial, "version": found.version})
    theirs = None
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = minutes.correct_minute(
                by=request.user,
                decision=decision,
                version=typed["version"] or 0,
                reason=typed["reason"],
                token=once.token_of(request),
                **{name: typed[name] for name in minutes.CORRECTED},
            )
            messages.success(
                request,
                "The minute is corrected."
                if made.is_accepted
                else "The correction is entered. It takes effect when someone else has confirmed it.",
            )
            return redirect(found)
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect(done.result_url or found.get_absolute_url())
        except StaleError as stale:
            theirs = _decided(look_again(request, form, stale), position)
        except services.BudgetError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
    return render(
        request,
        "budgets/minute_form.html",
        page_of(
            request,
            found.project,
            change=found,
            decision=decision,
            form=form,
            theirs=theirs,
            needs_confirmation=decision.counts and CouncilSettings.current().four_eyes,
        ),
    )


@require_POST
@allow(P.CONFIRM_DECISIONS)
def minute_settle(request: SignedInRequest, reference: str, position: int) -> HttpResponse:
    """Confirm the correction that waits at a decision, or refuse it."""
    found = visible_change(request, reference)
    decision = _decided(found, position)
    waiting = next((each for each in decision.corrections.all() if each.settled_at is None), None)
    if waiting is None:
        messages.info(request, "No correction waits here any more.")
        return redirect(found)
    accept = request.POST.get("settle") == "confirm"
    try:
        minutes.settle_correction(by=request.user, correction=waiting, accept=accept)
        messages.success(
            request,
            "The minute is corrected."
            if accept
            else "The correction is refused; the record stays as it was.",
        )
    except services.BudgetError as error:
        messages.error(request, str(error))
    return redirect(found)
