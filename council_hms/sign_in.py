"""How people sign in: accounts are made by an administrator, never by signing up; forms look like all others."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import DefaultAccountAdapter
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

    def logout(self, request: HttpRequest) -> None:
        security_log.note("sign_out", request=request)
        super().logout(request)


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
