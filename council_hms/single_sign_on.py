"""Signing in by the council's own OpenID Connect service, such as Entra ID, for people who have an account here.

The service says who somebody is; what they may do here is still their roles. It asks for the second
factor by the council's own rules, so none is asked for here on top, unless a person has set one up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.signals import user_logged_in
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.openid_connect import views
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods
from requests import RequestException

from council_hms import second_factor, security_log
from council_hms.access import allow_public
from council_hms.models import User


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Joins a sign-in to the account of the same e-mail address. Nobody gets an account by it."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing:
            return
        email = sociallogin.user.email or ""
        person = User.objects.filter(email__iexact=email, is_active=True).first() if email else None
        if person is None:
            security_log.note(
                "sign_in_failed", request=request, about="single sign-on: no such account"
            )
            raise ImmediateHttpResponse(render(request, "account/signup_closed.html", status=403))
        sociallogin.connect(request, person)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        security_log.note("sign_in_failed", request=request, about="single sign-on: refused")


@allow_public
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The button: leads to the council's service."""
    return _unless_away(views.login, request, provider_id)


@allow_public
@require_GET
def come_back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Where the service sends people back to."""
    return _unless_away(views.callback, request, provider_id)


def _unless_away(
    view: Callable[..., HttpResponseBase], request: HttpRequest, provider_id: str
) -> HttpResponseBase:
    try:
        return view(request, provider_id)
    except RequestException:
        security_log.note("sign_in_failed", request=request, about="single sign-on: no answer")
        return render(request, "socialaccount/authentication_error.html", status=503)


def _signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    if kwargs.get("sociallogin"):
        request.session[second_factor.SHOWN_BY] = user.pk


def listen() -> None:
    """Hear from allauth who came by single sign-on. Called once, at start."""
    user_logged_in.connect(_signed_in, dispatch_uid="council_hms.single_sign_on")
