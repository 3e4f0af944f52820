"""Tags for the lists of the room."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def page_address(listing: Any, number: int) -> str:
    """The address of another page of the same list."""
    address: str = listing.address(page=str(number))
    return address
