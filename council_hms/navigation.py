"""The tabs of a project's pages, in order. Rooms that are not installed have no tab."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

#: Words and URL name; every URL takes the project's reference.
PROJECT_TABS = [
    ("Overview", "project"),
    ("Findings", "project_findings"),
    ("Budget position", "position"),
    ("Funding table", "funding"),
    ("Budget changes", "project_changes"),
    ("Cost plan", "plan"),
    ("Spend", "spend_list"),
    ("Milestones", "milestones"),
    ("Highlight reports", "highlight_list"),
    ("Actions", "action_list"),
    ("Risks", "project_risks"),
    ("Lessons", "project_lessons"),
    ("Benefits", "benefit_list"),
    ("Contracts", "contract_list"),
    ("Reports", "project_reports"),
]


def project_tabs(request: HttpRequest, project: Any) -> list[dict[str, Any]]:
    """The tabs of one project: words, address and whether the page is there."""
    tabs = []
    for label, name, address in _addresses():
        url = address.replace(_A_REFERENCE, project.reference)
        here = request.path == url or (name != "project" and request.path.startswith(url))
        tabs.append({"label": label, "url": url, "is_current": here})
    return tabs


_A_REFERENCE = "A-REFERENCE"


@cache
def _addresses() -> list[tuple[str, str, str]]:
    """Words, name and address of every tab, looked up once a process."""
    found = []
    for label, name in PROJECT_TABS:
        with suppress(NoReverseMatch):
            found.append((label, name, reverse(name, args=[_A_REFERENCE])))
    return found
