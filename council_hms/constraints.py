"""Database constraints with a name for what they forbid and a sentence for people."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


def both_or_neither(
    first: str, second: str, *, model: str, message: str = ""
) -> models.CheckConstraint:
    """Two columns are filled together or not at all (who and when, outcome and date)."""
    return models.CheckConstraint(
        condition=Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        name=f"{model}_{first}_with_{second}",
        violation_error_message=message
        or f"Enter both {first.replace('_', ' ')} and {second.replace('_', ' ')}, or neither",
    )


def one_of(field: str, choices: type[models.TextChoices], *, model: str) -> models.CheckConstraint:
    """The column holds one of the words that the product knows."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": choices.values}),
        name=f"{model}_{field}_is_known",
        violation_error_message=f"Choose one of the listed values for {field.replace('_', ' ')}",
    )


def not_blank(field: str, *, model: str, message: str = "") -> models.CheckConstraint:
    """The column holds more than an empty text."""
    return models.CheckConstraint(
        condition=~Q(**{field: ""}),
        name=f"{model}_{field}_not_blank",
        violation_error_message=message or f"Enter the {field.replace('_', ' ')}",
    )
