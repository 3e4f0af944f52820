"""The way from a row in a list to its history, for those who may see it."""

from __future__ import annotations

from typing import Any

from django import template
from django.db import models
from django.template.context import Context

from council_hms.access import Permission, may
from council_hms.history_log import link_to_history

register = template.Library()


@register.simple_tag(takes_context=True)
def history_link(context: Context, row: models.Model, name: Any = "") -> str:
    """A link to the history of ``row``, ``name`` said to those who hear the page. Asks the database nothing."""
    request = getattr(context, "request", None)  # it is there in an ``include … only``, too
    if request is None or not may(request.user, Permission.SEE_HISTORY):
        return ""
    return link_to_history(row, str(name or row))
