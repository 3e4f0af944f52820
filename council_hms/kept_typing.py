"""What was typed into a form outlives the session it was typed in.

A form that is sent after its session has ended is not lost: its fields are kept beside the new,
anonymous session, the person signs in, and the form comes back as it was typed, to be checked and
sent again. It works for every form of the product and without script. Nothing is saved on the way:
a form that comes back carries ``restored`` and GovukForm does not take it as it is.

What the database refused because somebody did the same in the same moment comes back likewise, at once.

Kept for an hour at most, given to nobody else: when the ended session still names its person, only
to that person; else only through the cookie of the browser that sent it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from council_hms.access import guard_of
from council_hms.concurrency import in_words

KEY = "kept_typing"
#: The field that marks a form which has come back; GovukForm looks for it.
RESTORED = "restored"
#: Why it came back: the values of that field.
SIGNED_OUT, CLASHED = "signed-out", "clashed"
WORDS = {
    SIGNED_OUT: "You were signed out before this form was sent, and nothing was saved. "
    "Check what you typed and send it again.",
    CLASHED: "Nothing was saved yet. Check what you typed against what is there now, and send it again.",
}
SECONDS = 60 * 60
#: More than the largest entry grid holds; what is longer is not kept.
MOST_CHARACTERS = 500_000


class KeepTypingMiddleware:
    """Keeps what a signed-out person sends, and gives it back at the same address after sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if guard_of(view) in ("public", None):
            return None
        if request.method == "POST" and not request.user.is_authenticated:
            keep(request)
            return to_sign_in(request)
        if request.method == "GET" and request.user.is_authenticated and KEY in request.session:
            fields = take(request)
            if fields:
                return come_back(request, fields, SIGNED_OUT)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The form with what was typed, when its view has no words for what the database refused."""
        clash = in_words(error) if isinstance(error, IntegrityError) else None
        if clash is None or request.method != "POST":
            return None
        return come_back(request, typed_fields(request), CLASHED, clash.messages[0], status=409)


def come_back(
    request: HttpRequest,
    fields: list[tuple[str, str]],
    why: str,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page with one button, to the form as it was typed; ``problem`` says what was refused."""
    context = {"fields": fields, "restored": RESTORED, "why": why, "problem": problem}
    return render(request, "kept_typing.html", context, status=status)


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Name and value of all that a form sent, but for its token against forgery; files are not among it."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if name not in ("csrfmiddlewaretoken", RESTORED)
    ]


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and from there back to this address."""
    return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")


def keep(request: HttpRequest, person: int | None = None) -> None:
    """Keep the fields of a posted form in the request's session, for ``person`` alone when it is known.

    Only for a browser that comes with the cookie of a session, so that strangers fill no table.
    """
    fields = typed_fields(request)
    size = sum(len(name) + len(str(value)) for name, value in fields)
    if not fields or size > MOST_CHARACTERS or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return
    request.session[KEY] = {
        "path": request.get_full_path(),
        "fields": fields,
        "person": person,
        "at": int(time.time()),
    }


def take(request: HttpRequest) -> list[tuple[str, str]]:
    """The kept fields for this address and person, given once; empty when there are none, or too late."""
    kept = request.session[KEY]
    is_late = time.time() - kept["at"] > SECONDS
    is_anothers = kept["person"] not in (None, request.user.pk)
    if is_late or is_anothers:
        del request.session[KEY]
        return []
    if kept["path"] != request.get_full_path():
        return []
    del request.session[KEY]
    return [(name, value) for name, value in kept["fields"]]
