"""What a service is given to write: columns that people write and no others, and whether anything is new in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models


def only(values: Mapping[str, Any], names: Collection[str]) -> None:
    """Raise TypeError for a column that people do not write: a fault of the caller, not of what was typed."""
    if unknown := set(values) - set(names):
        raise TypeError(f"not columns that people write: {', '.join(sorted(unknown))}")


def differ(row: models.Model, values: Mapping[str, Any]) -> bool:
    """Whether saving the values would change the row."""
    return any(getattr(row, name) != value for name, value in values.items())
