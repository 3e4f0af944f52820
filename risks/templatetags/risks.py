"""Ratings in templates: one line each over standing.py and matrix.py."""

from __future__ import annotations

from typing import Any

from django import template

from risks.matrix import Band
from risks.models import Assessment
from risks.standing import Standing
from risks.tables import rating_tag

register = template.Library()


@register.simple_tag
def rating(words: str, band: Band | None) -> Any:
    """A rating as a tag: ``{% rating standing.rating standing.band %}``."""
    return rating_tag(words, band)


@register.filter
def spelt(standing: Standing, name: str) -> str:
    """``12 Medium (impact 4 Major, probability 3 Possible)``."""
    return standing.spelt(name)


@register.filter
def rated(review: Assessment, name: str) -> str:
    """``12 Medium`` on the scale of that review; empty when it gave none."""
    point = review.point(name)
    return review.scale.rule.rating(point) if point else ""
