"""The home page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from council_hms.access import Permission, SignedInRequest, allow_signed_in, may
from reports.dashboards.home import gather

P = Permission


@require_GET
@allow_signed_in
def home(request: SignedInRequest) -> HttpResponse:
    """Which projects need this person and why, what is due, what changed, what to do first."""
    return render(
        request,
        "dashboards/home.html",
        {
            "home": gather(request.user, timezone.localdate()),
            "may_create": may(request.user, P.CREATE_PROJECT),
            "sees": may(request.user, P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS),
        },
    )
