"""Saving only what nobody else has changed meanwhile: compare the version, then set."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
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
