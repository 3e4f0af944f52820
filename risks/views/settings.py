"""Registers and their scales: everyone may read what a score means, the administrator keeps it."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once
from council_hms.access import Permission, SignedInRequest, allow
from council_hms.history_log import history_of
from risks import matrix, services
from risks.forms import RegisterForm, ScaleForm
from risks.models import Register, RegisterScale
from risks.models.register import SCALE_FIELDS, register_address
from risks.standing import register_standing
from risks.views.common import SEES, administers, form_page, page_of, project_of

P = Permission


@require_GET
@allow(*SEES)
def risk_scales(request: SignedInRequest, reference: str = "") -> HttpResponse:
    """What the scores of a register mean: its scale in force, those before, and how often it is reviewed."""
    project = project_of(request, reference)
    today = timezone.localdate()
    standing = register_standing(project, request.user, today)
    register = standing.register
    return render(
        request,
        "risks/scales.html",
        page_of(
            request,
            project,
            register=register,
            history=history_of(register, request.user) if register else None,
            scale=standing.scale,
            map=matrix.heat_map(standing.scale.rule, 0, []),
            scales=register.scales.order_by("-since") if register else [],  # type: ignore[attr-defined]
            may_keep=administers(request),
            back=register_address(project, "risks"),
        ),
    )


@require_GET
@allow(P.ADMINISTER)
def risk_registers(request: SignedInRequest) -> HttpResponse:
    """Every register that is open, with its scale and how often it is reviewed."""
    registers = (
        Register.objects.visible_to(request.user)
        .select_related("project")
        .order_by(F("project__reference").asc(nulls_first=True))
    )
    today = timezone.localdate()
    in_force = {
        scale.register_id: scale
        for scale in RegisterScale.objects.filter(since__lte=today).order_by("since")
    }
    return render(
        request,
        "risks/registers.html",
        {
            "registers": [(register, in_force.get(register.pk)) for register in registers],
            "has_corporate": any(register.project is None for register in registers),
        },
    )


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def register_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change how often a register is reviewed, and when standing still is remarked on."""
    register = get_object_or_404(Register.objects.select_related("project"), pk=pk)
    form = RegisterForm(request.POST or None, instance=Register.objects.get(pk=register.pk))
    return form_page(
        request,
        register.project,
        form,
        heading=f"Reviews of the {register.name} register",
        act=lambda: services.change_register(
            register=register,
            version=form.typed_version,
            by=request.user,
            values=form.values,
        ),
        done="The register is saved.",
        back=register.address("risk_scales"),
    )


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def scale_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a new scale in force for a register, or for all, from a day."""
    register = get_object_or_404(Register.objects.select_related("project"), pk=pk)
    today = timezone.localdate()
    standing = RegisterScale.objects.in_force(register.project, today)
    initial = {name: getattr(standing, name) for name in SCALE_FIELDS} if standing else {}
    form = ScaleForm(
        request.POST or None,
        instance=RegisterScale(register=register, created_by=request.user),
        initial={**initial, "since": today, "source": ""},
    )
    return form_page(
        request,
        register.project,
        form,
        heading=f"New scale of the {register.name} register",
        intro="Scores that were given keep the scale they were given on; the next review uses this one.",
        act=lambda: services.set_scale(
            register=register,
            by=request.user,
            values=form.values,
            since=form.cleaned_data["since"],
            everywhere=form.cleaned_data["everywhere"],
            token=once.token_of(request),
        ),
        done="The scale is in force from that day.",
        back=register.address("risk_scales"),
        button="Put the scale in force",
    )


@require_http_methods(["POST"])
@allow(P.ADMINISTER)
def corporate_open(request: SignedInRequest) -> HttpResponse:
    """Open the corporate register, so that its scale can be set before its first risk."""
    services.open_register(project=None, by=request.user)
    return redirect("corporate_risk_scales")
