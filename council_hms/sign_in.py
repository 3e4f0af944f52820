"""How people sign in: accounts are made by an administrator, never by signing up; forms look like all others."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account import forms as account_forms
from allauth.account import signals
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.base import forms as code_forms
from allauth.mfa.totp import forms as app_forms
from django.http import HttpRequest

from council_hms import security_log
from council_hms.forms import style_widgets
from council_hms.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No open registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        answer = super().post_login(request, user, **kwargs)
        security_log.note("sign_in", request=request, by=user)
        return answer

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        email = str(credentials.get("email", ""))  # to whose account; never the password
        known = User.objects.filter(email=email.lower()).first()
        security_log.note(
            "sign_in_failed",
            request=request,
            about=f"account of {known}" if known else "no such account",
        )

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever gave a password or code in the last five minutes is not asked for it again."""
        records = get_authentication_records(context.request, context.request.user)
        latest = max((record["at"] for record in records), default=0.0)
        return bool(time.time() - latest > account_settings.REAUTHENTICATION_TIMEOUT)

    def logout(self, request: HttpRequest) -> None:
        security_log.note("sign_out", request=request)
        super().logout(request)


def note_changed_password(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """The security log knows when a password was set or changed, by its owner's page or by a link."""
    security_log.note("password", request=request, by=user)


def listen() -> None:
    """Hear from allauth when a password changes. Called once, at start."""
    for signal in (signals.password_set, signals.password_changed, signals.password_reset):
        signal.connect(note_changed_password, dispatch_uid="council_hms.note_changed_password")


class _Styled:
    """Gives an account form the classes of our fields and plain labels."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        style_widgets(self.fields.values())
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = "" if "href" in str(field.help_text) else field.help_text


class LoginForm(_Styled, account_forms.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail address"
        self.fields.pop("remember", None)


class ChangePasswordForm(_Styled, account_forms.ChangePasswordForm):  # type: ignore[misc]
    """The present password and the new one twice."""


class ResetPasswordForm(_Styled, account_forms.ResetPasswordForm):  # type: ignore[misc]
    """The address to send a link to."""


class ResetPasswordKeyForm(_Styled, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, from the link."""


class AgainForm(_Styled, account_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something about the account is changed."""


class _Code(_Styled):
    """A code is typed with the figures of a telephone's keyboard."""

    label = "Six-figure code from the app, or a recovery code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = self.label
        code.error_messages["required"] = "Enter the code"
        code.widget.attrs.update(
            inputmode="numeric", autocomplete="one-time-code", spellcheck="false"
        )


class CodeForm(_Code, code_forms.AuthenticateForm):  # type: ignore[misc]
    """The second factor, when signing in."""


class CodeAgainForm(_Code, code_forms.ReauthenticateForm):  # type: ignore[misc]
    """The second factor once more, before something about the account is changed."""


class FirstCodeForm(_Code, app_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code from an app that has just been given the secret."""

    label = "Six-figure code that the app now shows"
