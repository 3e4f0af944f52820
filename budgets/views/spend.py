"""Spend: recording one amount, and reversing it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from budgets import services
from budgets.forms import ReasonForm, SpendForm
from budgets.models import SpendEntry
from budgets.views.common import page_of, visible_project
from council_hms import once
from council_hms.access import Permission, SignedInRequest, allow

P = Permission


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def spend_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Record one amount of spend."""
    project = visible_project(request, reference)
    form = SpendForm(
        request.POST or None, project=project, initial={"posted_on": timezone.localdate()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            entry = services.record_spend(
                by=request.user, project=project, token=once.token_of(request), **form.cleaned_data
            )
            messages.success(request, f"Spend of £{entry.amount:,} is recorded in {entry.year}.")
            return redirect("spend_list", project.reference)
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect("spend_list", project.reference)
        except services.BudgetError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "budgets/spend_form.html", page_of(request, project, form=form))


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def spend_reverse(request: SignedInRequest, reference: str, entry: int) -> HttpResponse:
    """Correct an entry by its mirror image, with the reason."""
    project = visible_project(request, reference)
    found = get_object_or_404(SpendEntry.objects.filter(project=project), pk=entry)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reverse_spend(
                by=request.user,
                entry=found,
                on=timezone.localdate(),
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, "The entry is reversed.")
            return redirect("spend_list", project.reference)
        except services.BudgetError as error:
            form.add_error(None, str(error))
    return render(
        request, "budgets/spend_reverse.html", page_of(request, project, entry=found, form=form)
    )
