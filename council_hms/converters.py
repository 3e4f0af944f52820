"""Parts of addresses that every room reads the same way."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter


class ReferenceConverter(StringConverter):
    """The reference of a project, budget change or report: HMS, HMS-07, HMS-2023-06-14."""

    regex = r"[A-Z0-9][A-Z0-9-]{1,29}"


def register() -> None:
    """Make ``<reference:…>`` known; council_hms/urls.py does so once, before the rooms' addresses."""
    register_converter(ReferenceConverter, "reference")
