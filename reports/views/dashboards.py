"""The home page and a project's overview, which draw on every room."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from budgets.ledger import position_of
from council_hms.access import Permission, SignedInRequest, allow, allow_signed_in, may
from projects.models import Project

P = Permission


@require_GET
@allow_signed_in
def home(request: SignedInRequest) -> HttpResponse:
    """What a person should do first, and the projects they may see."""
    projects = Project.objects.visible_to(request.user).projects()[:50]
    return render(
        request,
        "reports/home.html",
        {"projects": projects, "may_create": may(request.user, P.CREATE_PROJECT)},
    )


@require_GET
@allow(P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)
def project(request: SignedInRequest, reference: str) -> HttpResponse:
    """A project at a glance."""
    found = get_object_or_404(Project.objects.visible_to(request.user), reference=reference)
    return render(
        request,
        "reports/project.html",
        {"project": found, "position": position_of(found, timezone.localdate())},
    )
