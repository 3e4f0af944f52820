"""The security log: who signed in, was refused, took files away or was given rights; when and from where.

One row and one line in the machine's log for each. It holds no secret and no text of any form:
an address without what was typed, a person's name as it was, a few facts. Rows are only added.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

if TYPE_CHECKING:
    from council_hms.models import User

log = structlog.wrap_logger(
    logging.getLogger("council_hms.security"),
    processors=[structlog.processors.format_exc_info, structlog.processors.LogfmtRenderer()],
    wrapper_class=structlog.stdlib.BoundLogger,
)


def note(
    what: str, *, request: HttpRequest | None = None, by: User | None = None, about: str = ""
) -> None:
    """Note one event (``sign_in``, ``refused``, ``export``, ``exempt_download``, ``import``, ``rights`` …).

    ``about`` says what it is about in a few words: a list, a role, a reference; never what a form held.
    """
    from council_hms.models import SecurityEvent

    person: Any = by or getattr(request, "user", None)
    known = person if person is not None and person.is_authenticated else None
    event = SecurityEvent(
        what=what,
        person=known,
        person_name=str(known) if known else "",
        address=address_of(request),
        path=request.path[:300] if request else "",
        about=about[:300],
    )
    log.info(
        "security",
        what=what,
        by=known.pk if known else None,
        address=event.address,
        path=event.path,
        about=event.about,
    )
    try:
        with transaction.atomic():
            event.save()
    except DatabaseError:  # the line above stands; a page is not lost for its log
        log.exception("security event not kept", what=what)


def address_of(request: HttpRequest | None) -> str | None:
    """The address a request came from, as the server sees it."""
    return (request.META.get("REMOTE_ADDR") or None) if request else None


class SecurityLogMiddleware:
    """Notes every refusal of a signed-in person and every file that leaves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return response
        if response.status_code == 403:
            note("refused", request=request, about=request.method or "")
        elif response.get("Content-Disposition", "").startswith("attachment"):
            exempt = request.GET.get("audience") == "exempt"
            kept = "&".join(key for key in sorted(request.GET) if request.GET[key])
            note(
                "exempt_download" if exempt else "export",
                request=request,
                about=f"filtered by {kept}" if kept else "",
            )
        return response
