"""Pages of benefits and savings."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from typing import Any

from django.forms import formset_factory
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once
from council_hms.access import SignedInRequest, allow
from projects import forms, services
from projects.form_page import answer_form
from projects.models import (
    Benefit,
    Project,
)
from projects.views.common import (
    SEES,
    P,
    page_of,
    visible_project,
    visible_row,
)

BenefitYears = formset_factory(forms.BenefitYearForm, extra=4, max_num=60, absolute_max=60)


@require_GET
@allow(*SEES)
def benefit_list(request: SignedInRequest, reference: str) -> HttpResponse:
    """Benefits and savings with their years; what can still be counted, and what is already out of the budget."""
    project = visible_project(request, reference)
    benefits: list[Any] = list(  # with_totals has added their totals
        Benefit.objects.visible_to(request.user).of(project).with_totals().prefetch_related("years")
    )
    cashable = [benefit for benefit in benefits if benefit.cashable]
    return render(
        request,
        "projects/benefit_list.html",
        page_of(
            request,
            project,
            benefits=benefits,
            already_out=_sum(
                benefit.planned_total for benefit in cashable if benefit.already_in_budget
            ),
            still_to_count=_sum(
                benefit.planned_total for benefit in cashable if not benefit.already_in_budget
            ),
        ),
    )


def _sum(amounts: Any) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal("0.00"))


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def benefit_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Enter a benefit or saving."""
    project = visible_project(request, reference)
    return _edit_benefit(request, project, None)


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def benefit_edit(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Change a benefit, or enter what it brought."""
    project = visible_project(request, reference)
    return _edit_benefit(request, project, visible_row(request, Benefit, project, pk=pk))


def _edit_benefit(
    request: SignedInRequest, project: Project, existing: Benefit | None
) -> HttpResponse:
    form = forms.BenefitForm(
        request.POST or None, instance=copy(existing) if existing else Benefit(project=project)
    )
    years = BenefitYears(
        request.POST or None,
        prefix="years",
        initial=[
            {"year": row.year, "planned": row.planned, "actual": row.actual}
            for row in (existing.years.all() if existing else ())
        ],
    )

    def act() -> Any:
        figures = [
            services.YearOfBenefit(typed.get("year"), typed.get("planned"), typed.get("actual"))
            for typed in (row.cleaned_data for row in years)
            if typed.get("planned") is not None or typed.get("actual") is not None
        ]
        if existing is None:
            return services.enter_benefit(
                by=request.user,  # type: ignore[arg-type]
                project=project,
                years=figures,
                token=once.token_of(request),
                **form.values,
            )
        return services.edit_benefit(
            by=request.user,  # type: ignore[arg-type]
            benefit=existing,
            version=form.typed_version,
            years=figures,
            **form.values,
        )

    return answer_form(
        request,
        form,
        act=act,
        is_ready=not years.is_bound or years.is_valid(),
        done="The benefit is saved.",
        then=reverse("benefit_list", args=[project.reference]),
        template="projects/benefit_form.html",
        page=page_of(
            request,
            project,
            years=years,
            heading="Edit the benefit" if existing else "Enter a benefit or saving",
            back=reverse("benefit_list", args=[project.reference]),
            button="Save",
        ),
    )
