"""The tabs of a project's pages, in order."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

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

#: Pages that lie beside a tab's own and are reached from it.
BESIDE = {
    "action_list": ("issue_list", "change_request_list"),
    "highlight_list": ("closure_report",),
}


def project_tabs(request: HttpRequest, project: Any) -> list[dict[str, Any]]:
    """The tabs of one project: words, address and whether the page is there."""
    tabs = []
    for label, name, addresses in _addresses():
        url, *beside = (each.replace(_A_REFERENCE, project.reference) for each in addresses)
        here = request.path == url or (
            name != "project" and request.path.startswith((url, *beside))
        )
        tabs.append({"label": label, "url": url, "is_current": here})
    return tabs


_A_REFERENCE = "A-REFERENCE"


@cache
def _addresses() -> list[tuple[str, str, list[str]]]:
    """Words, name and addresses (its own first) of every tab, looked up once a process."""
    return [
        (
            label,
            name,
            [reverse(each, args=[_A_REFERENCE]) for each in (name, *BESIDE.get(name, ()))],
        )
        for label, name in PROJECT_TABS
    ]
