"""Pages of no room: one's own account, the colour, the accessibility statement, help, and whether all is well."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from council_hms import second_factor
from council_hms.access import SignedInRequest, allow_public, allow_signed_in
from council_hms.models import CouncilSettings


@require_GET
@allow_public
@cache_control(max_age=300, public=True)
def council_css(request: HttpRequest) -> HttpResponse:
    """The council's colour as a style sheet, since no page carries a style of its own."""
    colour = CouncilSettings.current().colour  # six hexadecimal digits after #, by its validator
    return HttpResponse(
        f":root{{--govuk-brand-colour:{colour}}}", content_type="text/css; charset=utf-8"
    )


@require_GET
@allow_public
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement that the law asks of a council."""
    return render(request, "accessibility.html")


@require_GET
@allow_public
def help_page(request: HttpRequest) -> HttpResponse:
    """What the words mean and how to do the main things."""
    return render(request, "help.html")


@require_GET
@allow_signed_in
def account(request: SignedInRequest) -> HttpResponse:
    """A person's own account: what they may do, the password, the second factor."""
    return render(
        request,
        "account/account.html",
        {
            "needs_second_factor": second_factor.is_needed_by(request.user),
            "has_second_factor": second_factor.is_set_up_by(request.user),
        },
    )


@require_GET
@allow_public
def healthz(request: HttpRequest) -> HttpResponse:
    """Says "ok" when the database answers; for the machine that watches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
