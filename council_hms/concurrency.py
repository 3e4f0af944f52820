"""Several people at once: saving only what nobody else has changed, and what the database refused in words.

A save compares the version, then sets. What two people do in the same moment and only one may (the same
name, a year that is being closed) the database refuses to the second; ``in_words`` says so as a sentence.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import F

M = TypeVar("M", bound=models.Model)


class StaleError(Exception):
    """Someone else saved the same row first. ``current`` is the row as it now stands.

    A page shows both texts, keeps what was typed and lets the person choose; it never overwrites.
    """

    def __init__(self, current: models.Model) -> None:
        super().__init__(
            "Someone else has changed this since you opened it. Their version is shown beside yours."
        )
        self.current = current


def save_if_unchanged(row: M, version: int, **values: Any) -> M:
    """Set columns of a row that still has ``version``, in the caller's transaction; raise StaleError otherwise."""
    manager = type(row)._default_manager
    changed = manager.filter(pk=row.pk, version=version).update(**values, version=F("version") + 1)
    current: M = manager.get(pk=row.pk)
    if not changed:
        raise StaleError(current)
    return current


class ClashError(ValidationError, IntegrityError):
    """The database refused what somebody else did in the same moment. Its message is a sentence for people.

    A form shows it as it shows what is invalid; where none does, kept_typing.py has a page for it.
    """


#: What PostgreSQL calls a rule that was broken: not unique, refers to nothing, against a check, overlapping.
_UNIQUE, _REFERENCE, _CHECK, _OVERLAP = "23505", "23503", "23514", "23P01"
MEANWHILE = (
    "Someone else saved the same a moment before you. Look at what is there now, and change yours"
)


def in_words(error: IntegrityError) -> ClashError | None:
    """What the database refused, as a sentence; None when it is no rule of ours (the error then goes on)."""
    if isinstance(error, ClashError):
        return error
    said = getattr(error.__cause__, "diag", None)
    state = getattr(error.__cause__, "sqlstate", "")
    if said is None or state not in (_UNIQUE, _REFERENCE, _CHECK, _OVERLAP):
        return None
    if state == _REFERENCE:
        return ClashError("What this refers to was removed meanwhile: choose again")
    words = _sentences().get(said.constraint_name or "", "")
    if not words and state == _CHECK:
        words = str(said.message_primary)  # a trigger of ours speaks in sentences
    return ClashError(f"{words}. {MEANWHILE}" if words and state == _UNIQUE else words or MEANWHILE)


@cache
def _sentences() -> dict[str, str]:
    """The sentence of every constraint that has one of its own, by its name."""
    return {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message != constraint.default_violation_error_message
    }
