"""The second factor: who must show one, whether a session has, and what becomes of a lost telephone.

allauth makes and asks for the codes; which people need them, and that no page opens without, is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from council_hms import security_log
from council_hms.access import Permission, guard_of, require
from council_hms.models import CouncilSettings, User

#: What a person may do without a second factor: read what is not exempt.
ONLY_READS = frozenset(
    {Permission.SEE_ALL_PROJECTS, Permission.SEE_OWN_PROJECTS, Permission.SEE_HISTORY}
)
#: Where a session notes whose second factor it was shown.
SHOWN_BY = "second_factor_of"


def is_needed_by(user: User) -> bool:
    """Whether a person writes or sees exempt matter, and the council asks for a second factor."""
    return bool(settings.SECOND_FACTOR and user.permissions - ONLY_READS)


def is_set_up_by(user: User) -> bool:
    """Whether a person has an authenticator app on record. One query."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def take_away(*, by: User, person: User) -> None:
    """Forget a person's app and recovery codes (the telephone is lost): they set up new ones when they next sign in."""
    require(by, Permission.ADMINISTER)
    Authenticator.objects.filter(user=person).delete()
    security_log.note("second_factor", by=by, about=f"{person}: taken away by {by}")


class SecondFactorMiddleware:
    """Opens no page but the public ones to a session that owes a second factor, and says where to show it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        user: Any = request.user
        if guard_of(view) == "public" or not user.is_authenticated or not is_needed_by(user):
            return None
        if request.session.get(SHOWN_BY) == user.pk:
            return None
        if not is_set_up_by(user):
            return redirect("mfa_activate_totp")
        after = urlencode({"next": request.get_full_path()})  # this session is older than the app
        return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{after}")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The app shows the council's name beside the code; what is wrong is said with what to do."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is not right. It changes every half minute: type the one the app shows now",
    }

    def get_totp_issuer(self) -> str:
        return f"{CouncilSettings.current().name}: project budgets"


def _shown(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    request.session[SHOWN_BY] = user.pk


def _set_up(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    _shown(sender, request, user)
    _note(request, user, kwargs["authenticator"], "set up")


def _removed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    request.session.pop(SHOWN_BY, None)
    _note(request, user, kwargs["authenticator"], "removed")


def _renewed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    _note(request, user, kwargs["authenticator"], "made anew")


def _refused(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    _note(request, user, kwargs["authenticator"], "wrong code")


def _note(request: HttpRequest, user: User, authenticator: Authenticator, what: str) -> None:
    kind = "app" if authenticator.type == Authenticator.Type.TOTP else "recovery codes"
    security_log.note("second_factor", request=request, by=user, about=f"{user}: {kind} {what}")


def listen() -> None:
    """Hear from allauth when a second factor is set up, shown, removed or got wrong. Called once, at start."""
    for signal, hear in (
        (signals.authenticator_added, _set_up),
        (signals.authenticator_used, _shown),
        (signals.authenticator_removed, _removed),
        (signals.authenticator_reset, _renewed),
        (signals.authentication_failed, _refused),
    ):
        signal.connect(hear, dispatch_uid=f"council_hms.{hear.__name__}")
