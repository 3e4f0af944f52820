"""The budget change that a change request of a project's board leads to: named when it is already in the ledger."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from budgets.forms import BudgetChangeOfRequestForm
from budgets.models import BudgetChange
from council_hms.access import Permission, SignedInRequest, allow
from projects import services
from projects.models import ChangeRequest
from projects.views.common import form_page, visible_project, visible_row

P = Permission


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def change_request_link(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """Name the budget change of the project that an approved request led to."""
    project = visible_project(request, reference)
    found = visible_row(request, ChangeRequest, project, number=number, outcome="approved")
    changes = BudgetChange.objects.visible_to(request.user).touching(project).order_by("-pk")
    form = BudgetChangeOfRequestForm(
        request.POST or None,
        changes=changes,
        initial={
            "budget_change_reference": found.budget_change_reference,
            "version": found.version,
        },
    )
    return form_page(
        request,
        project,
        form,
        heading=f"Budget change of change request {number}",
        intro=f"“{found.title}” was approved by the board. Choose the budget change that asks for its money."
        if changes
        else f"{project.reference} has no budget change yet. A finance officer enters one from the request's page.",
        act=lambda: services.link_budget_change(
            by=request.user,
            request=found,
            version=form.cleaned_data["version"] or 0,
            budget_change_reference=form.cleaned_data["budget_change_reference"],
        ),
        done="The budget change is named.",
        back=reverse("change_request", args=[project.reference, number]),
    )
