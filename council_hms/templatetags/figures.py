"""Filters over money.py, one line each; loaded for every template."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from council_hms import money

register = template.Library()


@register.filter
def pounds(amount: Decimal | None) -> str:
    """``£497,400``; blank for None."""
    return "" if amount is None else money.pounds(amount)


@register.filter
def in_words(amount: Decimal | None) -> str:
    """``£2.925m``, ``£375k``, ``£6,800``; blank for None."""
    return "" if amount is None else money.in_words(amount)


@register.filter
def thousands(amount: Decimal | None) -> str:
    """``605.1``; nil ``-``; blank for None."""
    return money.show(amount, money.Unit.THOUSANDS)


@register.filter
def figure(amount: Decimal | None, unit: str = "pounds") -> str:
    """A table figure in the unit: pounds, k or m."""
    return money.show(amount, money.Unit(unit))


@register.filter
def prose(amount: Decimal | None) -> SafeString | str:
    """``£497k`` with the exact amount in the markup, for text about figures."""
    if amount is None:
        return ""
    return format_html('<data value="{}">{}</data>', amount, money.in_words(amount))


@register.filter
def brief(amount: Decimal | None) -> SafeString | str:
    """``£12.98m`` with the exact amount in the markup, for the headlines of a dashboard."""
    if amount is None:
        return ""
    return format_html('<data value="{}">{}</data>', amount, money.briefly(amount))


@register.simple_tag
def once_token() -> SafeString:
    """The hidden field that makes a form count once (once.py)."""
    import uuid

    return format_html('<input type="hidden" name="once" value="{}">', uuid.uuid4())
