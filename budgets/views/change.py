"""A budget change: its page, recording and editing it, correcting it by a reversal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from budgets import comparison, services
from budgets.entry import change_grid, lines_of_grid
from budgets.forms import ChangeForm, ReasonForm
from budgets.ledger import compare_headlines, position_of
from budgets.models import BudgetChange, Line
from budgets.models.change import BALANCED_KINDS
from budgets.standing import Standing
from budgets.views.common import (
    ASKS_FOR_MORE,
    SEES,
    day_of,
    look_again,
    page_of,
    visible_change,
    visible_project,
)
from council_hms import once
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.concurrency import StaleError
from council_hms.history_log import history_of
from council_hms.money import MoneyError, parse_money
from council_hms.outputs import html
from projects.models import ChangeRequest, Project

P = Permission


@require_GET
@allow(*SEES)
def change(request: SignedInRequest, reference: str) -> HttpResponse:
    """One change: what is asked, its lines, the route with its decisions, what can be done next."""
    found = visible_change(request, reference)
    day = day_of(request)
    standing = Standing.of(found, day)
    enters = may(request.user, P.ENTER_BUDGETS)
    asked = [line for line in found.lines.all() if line.decision_id is None]
    return render(
        request,
        "budgets/change.html",
        page_of(
            request,
            found.project,
            change=found,
            standing=standing,
            as_at=day,
            headlines=compare_headlines([found], day),
            asked_lines=asked,
            comparison=_comparison(found, asked),
            crossings=services.crossings_of(found, asked),
            ratifier=standing.deciding.body.ratified_by if standing.code == "interim" else None,
            key_decision=services.key_decision_proposed(found, found.submitted_on or day),
            proposed_route=services.proposed_route(found, found.submitted_on or day)
            if enters and not found.decisions.all()
            else [],
            requests=ChangeRequest.objects.visible_to(request.user)
            .of(found.project)
            .filter(budget_change_reference=found.reference),
            may_enter=enters,
            may_confirm=may(request.user, P.CONFIRM_DECISIONS),
            history=history_of(found, request.user, most=10),
        ),
    )


def _comparison(change: BudgetChange, asked: list[Line]) -> str:
    """The lines as asked beside what bodies recommended and resolved otherwise; empty when none did."""

    def version(heading: str, lines: Iterable[Line]) -> comparison.Version:
        return comparison.Version.of(
            heading,
            (
                (
                    (
                        line.project.reference,
                        line.year,
                        line.get_nature_display().lower(),
                        line.source.name,
                    ),
                    line.amount,
                )
                for line in lines
            ),
        )

    resolved = [
        version(f"{decision.get_outcome_display()} by {decision.body.name}", lines)
        for decision in change.decisions.all()
        if (lines := decision.resolved_lines.all())
    ]
    if not resolved:
        return ""
    return html.grid(
        comparison.as_grid(change.reference, [version("Asked for", asked), *resolved]), notes=False
    )


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def change_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Record a budget change: its words, its minuted headline, its lines in a grid.

    ``?request=3`` fills it in from a change request that the board approved, and ties the two together.
    """
    project = visible_project(request, reference)
    number = request.GET.get("request", "")
    asked_by = None
    if number.isascii() and number.isdigit() and len(number) < 5:
        requests = ChangeRequest.objects.visible_to(request.user).of(project)
        asked_by = requests.filter(number=number, outcome="approved").first()
    return _edit_change(request, project, None, asked_by)


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def change_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Edit a change that no body has decided on."""
    found = visible_change(request, reference)
    return _edit_change(request, found.project, found)


def _edit_change(
    request: SignedInRequest,
    project: Project,
    existing: BudgetChange | None,
    asked_by: ChangeRequest | None = None,
) -> HttpResponse:
    today = timezone.localdate()
    approved_now = position_of(project, today).approved
    theirs = key_decision = None
    if request.method == "POST":
        form = ChangeForm(request.POST)
        grid = change_grid(project, request.POST, existing)
        ready = form.is_valid() & grid.is_valid()
        asks_for_more = bool(ASKS_FOR_MORE & set(request.POST))
        lines = lines_of_grid(grid, project) if grid.is_valid() else []
        if lines:
            key_decision = services.key_decision_of(
                form.cleaned_data.get("kind", ""), lines, _asked_on(existing, today)
            )
            ready = ready & (asks_for_more or form.accepts_key_decision(key_decision))
        if ready and not asks_for_more:  # a row or the totals: nothing saved, nothing typed lost
            try:
                headlines = [services.NewHeadline(*headline) for headline in form.headlines]
                values = {
                    name: form.cleaned_data[name]
                    for name in (
                        "kind",
                        "title",
                        "purpose",
                        "note",
                        "key_decision",
                        "key_decision_reason",
                    )
                }
                if existing is None:
                    saved = services.record_change(
                        by=request.user,
                        project=project,
                        lines=lines,
                        headlines=headlines,
                        asked_by=asked_by,
                        token=once.token_of(request),
                        **values,
                    )
                    messages.success(request, f"{saved.reference} is recorded as a draft.")
                else:
                    saved = services.edit_change(
                        by=request.user,
                        change=existing,
                        version=form.cleaned_data["version"] or 0,
                        lines=lines,
                        headlines=headlines,
                        **values,
                    )
                    messages.success(request, f"{saved.reference} is saved.")
                return redirect(saved)
            except once.AlreadyDone as done:
                messages.info(request, str(done))
                return redirect(
                    done.result_url or reverse("project_changes", args=[project.reference])
                )
            except StaleError as stale:
                theirs = look_again(request, form, stale)
            except services.BudgetError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            except ValidationError as error:
                form.add_error(None, error)
    else:
        form = ChangeForm(initial=_initial(existing, asked_by))
        grid = change_grid(project, None, existing)
    return render(
        request,
        "budgets/change_form.html",
        page_of(
            request,
            project,
            form=form,
            grid=grid,
            change=existing,
            asked_by=asked_by,
            theirs=theirs,
            approved_now=approved_now,
            by_and_to=_by_and_to(form, approved_now.total),
            key_decision=key_decision,
            balanced_kinds=" ".join(sorted(BALANCED_KINDS)),
            balance=grid.total if form["kind"].value() in BALANCED_KINDS else None,
        ),
    )


def _initial(
    existing: BudgetChange | None, asked_by: ChangeRequest | None
) -> dict[str, Any] | None:
    if existing is not None:
        return ChangeForm.initial_of(existing)
    return ChangeForm.initial_from(asked_by) if asked_by else None


def _asked_on(change: BudgetChange | None, today: dt.date) -> dt.date:
    """The day whose thresholds bear on a change: of its submission, else today."""
    return (change.submitted_on if change else None) or today


def _by_and_to(form: ChangeForm, approved_now: Decimal) -> dict[str, Decimal] | None:
    """What the typed headline means both ways, in pounds; None when there is none to read."""
    text = form["headline"].value() or ""
    try:
        amount = parse_money(text)
    except MoneyError:
        return None
    if amount is None:
        return None
    if form["headline_basis"].value() == "to":
        return {"by": amount - approved_now, "to": amount}
    return {"by": amount, "to": approved_now + amount}


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def change_reverse(request: SignedInRequest, reference: str) -> HttpResponse:
    """Correct a change by its mirror image, with the reason."""
    found = visible_change(request, reference)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mirror = services.reverse_change(
                by=request.user,
                change=found,
                reason=form.cleaned_data["reason"],
                token=once.token_of(request),
            )
            messages.success(
                request, f"{mirror.reference} reverses {found.reference}. Submit it for decision."
            )
            return redirect(mirror)
        except once.AlreadyDone as done:
            return redirect(done.result_url or found.get_absolute_url())
        except services.BudgetError as error:
            form.add_error(None, str(error))
    return render(
        request,
        "budgets/change_reverse.html",
        page_of(request, found.project, change=found, form=form),
    )
