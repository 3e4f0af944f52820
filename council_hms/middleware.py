"""What every request passes: clean input, an idle limit, history of who and where, no caching, a plain 503."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.auth import logout
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html, format_html_join
from django.views import defaults
from django.views.decorators.debug import sensitive_variables

from council_hms import kept_typing, once
from council_hms.access import guard_of

Handler = Callable[[HttpRequest], HttpResponse]


class _Middleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class DatabaseAwayMiddleware(_Middleware):
    """When the database is away: a plain 503 page; the next request tries afresh."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError | InterfaceError):
            return self.away(request)
        return None

    @staticmethod
    def away(request: HttpRequest) -> HttpResponse:
        connection.close()
        response = HttpResponse(
            format_html(
                "<!DOCTYPE html><html lang='en-GB'><head><meta charset='utf-8'>"
                "<meta name='viewport' content='width=device-width, initial-scale=1'>"
                "<title>Sorry, the service is unavailable</title></head><body><main>"
                "<h1>Sorry, the service is unavailable</h1><p>The database did not answer. Nothing you had saved "
                "is lost. {}</p></main></body></html>",
                _send_again(request),
            ),
            status=503,
        )
        response["Retry-After"] = "60"
        response["Cache-Control"] = "no-store"  # it may hold what was typed
        return response


def _send_again(request: HttpRequest) -> Any:
    """What to do: a button that sends the same form once more, its token and all, so that no typing is lost.

    A file cannot be sent again so, and what a stranger types (a password) is not written into a page.
    """
    try:  # a middleware may have failed before the address was looked up
        is_ours = guard_of(resolve(request.path_info).func) not in ("public", None)
    except Resolver404:
        is_ours = False
    if request.method != "POST" or request.FILES or not is_ours:
        return "Go back and try again in a minute."
    fields = [*kept_typing.typed_fields(request)]
    if token := request.POST.get("csrfmiddlewaretoken"):
        fields.append(("csrfmiddlewaretoken", token))
    return format_html(
        "What you typed is kept on this page.</p><form method='post' action='{}'>{}"
        "<button type='submit'>Send it again</button></form><p>{}",
        request.get_full_path(),
        format_html_join("", "<input type='hidden' name='{}' value='{}'>", fields),
        "It has one effect, however often you send it." if once.FIELD in request.POST else "",
    )


class SessionLimitMiddleware(_Middleware):
    """Ends a session that nobody has used for SESSION_IDLE_SECONDS, and any after SESSION_COOKIE_AGE.

    Django alone would begin the longest time anew with every use that is written down.
    """

    STAMP, BEGAN = "last_used", "began"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            last = request.session.get(self.STAMP, now)
            began = request.session.get(self.BEGAN, now)
            if (
                now - last > settings.SESSION_IDLE_SECONDS
                or now - began > settings.SESSION_COOKIE_AGE
            ):
                person = request.user.pk
                logout(request)
                if request.method == "POST":
                    kept_typing.keep(request, person)
                return kept_typing.to_sign_in(request)
            if now - last >= 60 or self.STAMP not in request.session:  # at most one write a minute
                request.session[self.STAMP] = now
                request.session[self.BEGAN] = began
        return self.get_response(request)


class CleanInputMiddleware(_Middleware):
    """Refuses text that PostgreSQL and XML cannot hold, before any page reads it."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._is_dirty(request):
            return HttpResponseBadRequest(
                "The address or form holds characters that cannot be stored. Remove them and send it again.",
                content_type="text/plain; charset=utf-8",
            )
        return self.get_response(request)

    @sensitive_variables()
    def _is_dirty(self, request: HttpRequest) -> bool:
        sources = (
            [request.GET] if request.method in ("GET", "HEAD") else [request.GET, request.POST]
        )
        return any(
            _cannot_be_stored(text)
            for source in sources
            for key, values in source.lists()
            for text in [key, *values]
        ) or _cannot_be_stored(request.path)


def _cannot_be_stored(text: Any) -> bool:
    return isinstance(text, str) and (
        "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)
    )


class NoStoreMiddleware(_Middleware):
    """What a signed-in person sees is kept in no cache."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            add_never_cache_headers(response)
        return response


class HistoryMiddleware(_Middleware):
    """Gives every change made in a request its user and address, for the history."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS") or not request.user.is_authenticated:
            return self.get_response(request)
        with pghistory.context(
            by=request.user.pk,
            by_name=str(request.user),
            url=request.path,
            through="form",
        ):
            return self.get_response(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page; the 503 page when the database went away under a middleware, which only this hears of."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return DatabaseAwayMiddleware.away(request)
    return defaults.server_error(request)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The 403 page, with the reason in words."""
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)
