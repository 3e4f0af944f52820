"""Pages of contracts, settlement terms and discounts, less what is exempt."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once
from council_hms.access import SignedInRequest, allow, may
from council_hms.exemption import Audience
from projects import forms, services
from projects.models import (
    Contract,
    Discount,
    Project,
    SettlementTerm,
    Supplier,
)
from projects.views.common import (
    SEES,
    P,
    day_of,
    form_page,
    page_of,
    visible_project,
    visible_row,
)


@require_GET
@allow(*SEES)
def contract_list(request: SignedInRequest, reference: str) -> HttpResponse:
    """Suppliers, contracts, settlement terms and discounts with their claim windows, less what is exempt."""
    project = visible_project(request, reference)
    day = day_of(request)
    contracts = Contract.objects.visible_to(request.user).of(project).select_related("supplier")
    terms = SettlementTerm.objects.visible_to(request.user).of(project).select_related("supplier")
    discounts = Discount.objects.visible_to(request.user).of(project).select_related("contract")
    sees_exempt = may(request.user, P.SEE_EXEMPT)
    if request.GET.get("audience") == Audience.PUBLIC:
        terms, discounts = (
            terms.for_audience(Audience.PUBLIC),
            discounts.for_audience(Audience.PUBLIC),
        )
        sees_exempt = False
    return render(
        request,
        "projects/contract_list.html",
        page_of(
            request,
            project,
            as_at=day,
            contracts=contracts,
            terms=terms,
            discounts=discounts,
            sees_exempt=sees_exempt,
            may_write_exempt=may(request.user, *services.DELIVERY_OR_FINANCE) and sees_exempt,
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def contract_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Enter a contract."""
    project = visible_project(request, reference)
    form = forms.ContractForm(request.POST or None, instance=Contract(project=project))
    return form_page(
        request,
        project,
        form,
        heading="Enter a contract",
        act=lambda: services.enter_contract(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            supplier_name=form.cleaned_data["supplier_name"],
            token=once.token_of(request),
            **form.values,
        ),
        done="The contract is entered.",
        back=reverse("contract_list", args=[project.reference]),
        button="Enter the contract",
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def contract_edit(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Change a contract, for example when it is extended."""
    project = visible_project(request, reference)
    contract = visible_row(request, Contract, project, pk=pk)
    form = forms.ContractForm(request.POST or None, instance=copy(contract))
    return form_page(
        request,
        project,
        form,
        heading=f"Edit “{contract.title}”",
        act=lambda: services.edit_contract(
            by=request.user,  # type: ignore[arg-type]
            contract=contract,
            version=form.typed_version,
            supplier_name=form.cleaned_data["supplier_name"],
            **form.values,
        ),
        done="The contract is saved.",
        back=reverse("contract_list", args=[project.reference]),
    )


EXEMPT_INTRO = (
    "What is agreed with a supplier is exempt from publication (Schedule 12A, paragraph 3) "
    "until you say otherwise."
)


def _suppliers(project: Project) -> Any:
    """The suppliers of the project's contracts."""
    return Supplier.objects.filter(contracts__project=project).distinct()


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def term_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Enter a settlement term."""
    project = visible_project(request, reference)
    form = forms.SettlementTermForm(
        request.POST or None,
        instance=SettlementTerm(project=project),
        suppliers=_suppliers(project),
    )
    return form_page(
        request,
        project,
        form,
        heading="Enter a settlement term",
        intro=EXEMPT_INTRO,
        act=lambda: services.enter_settlement_term(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            token=once.token_of(request),
            **form.values,
        ),
        done="The settlement term is entered.",
        back=reverse("contract_list", args=[project.reference]),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def term_edit(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Change a settlement term."""
    project = visible_project(request, reference)
    term = visible_row(request, SettlementTerm, project, pk=pk)
    form = forms.SettlementTermForm(
        request.POST or None, instance=copy(term), suppliers=_suppliers(project)
    )
    return form_page(
        request,
        project,
        form,
        heading="Edit the settlement term",
        intro=EXEMPT_INTRO,
        act=lambda: services.edit_settlement_term(
            by=request.user,  # type: ignore[arg-type]
            term=term,
            version=form.typed_version,
            **form.values,
        ),
        done="The settlement term is saved.",
        back=reverse("contract_list", args=[project.reference]),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def discount_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Enter a discount."""
    project = visible_project(request, reference)
    form = forms.DiscountForm(
        request.POST or None,
        instance=Discount(project=project),
        contracts=Contract.objects.of(project),
    )
    return form_page(
        request,
        project,
        form,
        heading="Enter a discount",
        intro=EXEMPT_INTRO,
        act=lambda: services.enter_discount(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            token=once.token_of(request),
            **form.values,
        ),
        done="The discount is entered.",
        back=reverse("contract_list", args=[project.reference]),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def discount_edit(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Change a discount, or say how much of it was claimed."""
    project = visible_project(request, reference)
    discount = visible_row(request, Discount, project, pk=pk)
    form = forms.DiscountForm(
        request.POST or None, instance=copy(discount), contracts=Contract.objects.of(project)
    )
    return form_page(
        request,
        project,
        form,
        heading="Edit the discount",
        intro=EXEMPT_INTRO,
        act=lambda: services.edit_discount(
            by=request.user,  # type: ignore[arg-type]
            discount=discount,
            version=form.typed_version,
            **form.values,
        ),
        done="The discount is saved.",
        back=reverse("contract_list", args=[project.reference]),
    )
