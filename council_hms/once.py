"""One effect for one form: a double click, a retry or the back button never does a thing twice.

A form carries a token (``{% once_token %}``); the service's transaction claims it under a
unique constraint. A second send finds it claimed and is led to the result of the first.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from council_hms.models import FormToken

if TYPE_CHECKING:
    from council_hms.models import User

FIELD = "once"


class AlreadyDone(Exception):
    """The form with this token has been sent before. ``result_url`` is where its result is shown."""

    def __init__(self, result_url: str) -> None:
        super().__init__("This form has already been sent; nothing was done twice.")
        self.result_url = result_url


def token_of(request: HttpRequest) -> uuid.UUID | None:
    """The token that a posted form carries; None when it has none or a forged one."""
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def claim(token: uuid.UUID | None, by: User) -> FormToken | None:
    """Claim a token inside the caller's transaction. Raises AlreadyDone when it was claimed before.

    The caller saves ``result_url`` on the returned row (``settle``) before its transaction ends.
    Callers without a form (commands, imports) pass None and get None.
    """
    if token is None:
        return None
    try:
        with transaction.atomic():
            return FormToken.objects.create(token=token, sent_by=by)
    except IntegrityError:
        earlier = FormToken.objects.filter(token=token).first()
        raise AlreadyDone(earlier.result_url if earlier else "") from None


def settle(claimed: FormToken | None, result_url: str) -> None:
    """Note where the result of a claimed form is shown."""
    if claimed is not None:
        claimed.result_url = result_url
        claimed.save(update_fields=["result_url"])


def is_claimed(token: uuid.UUID | None) -> bool:
    """Whether a form with this token has been sent before."""
    return token is not None and FormToken.objects.filter(token=token).exists()
