"""The tabs of a project's pages, for templates whose view has not put them in the context."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from council_hms import navigation

register = template.Library()


@register.simple_tag(takes_context=True)
def tabs_of_project(context: RequestContext) -> list[dict[str, Any]]:
    """The tabs that the view gave as ``project_tabs``; else those of ``project``. Asks the database nothing."""
    given: list[dict[str, Any]] | None = context.get("project_tabs")
    if given is not None:
        return given
    request, project = context.get("request"), context.get("project")
    return navigation.project_tabs(request, project) if request and project else []
