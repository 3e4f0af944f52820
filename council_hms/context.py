"""What every page shows round its content: the council's name, the navigation, a notice of the environment."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from council_hms.access import Permission, may
from council_hms.models import CouncilSettings

P = Permission

#: The main navigation: words, URL name, path prefix that counts as "here", who sees it.
NAVIGATION: list[tuple[str, str, str, tuple[Permission, ...]]] = [
    ("Home", "home", "/", (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)),
    ("Portfolio", "portfolio", "/portfolio/", (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)),
    ("Projects", "project_list", "/projects/", (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)),
    ("Approvals", "change_list", "/approvals/", (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)),
    ("Findings", "finding_list", "/findings/", (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)),
    ("Risks", "risk_list", "/risks/", (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)),
    ("Lessons", "lesson_list", "/lessons/", (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)),
    ("Reports", "report_list", "/reports/", (P.SEE_ALL_PROJECTS,)),
    ("Check a report", "check_list", "/check/", (P.CHECK_REPORTS,)),
    ("History", "history_list", "/history/", (P.SEE_HISTORY,)),
    ("Council settings", "council_settings", "/council/", (P.ADMINISTER,)),
]


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor. The council's settings are read once, and only by pages that use them."""
    council = SimpleLazyObject(CouncilSettings.current)
    return {
        "council": council,
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
        "environment_notice": settings.ENVIRONMENT_NOTICE,
        "single_sign_on": settings.SINGLE_SIGN_ON_NAME if settings.SINGLE_SIGN_ON_URL else "",
    }


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    entries = []
    for label, url, prefix, permissions in _doors():
        if may(user, *permissions):
            here = request.path == "/" if prefix == "/" else request.path.startswith(prefix)
            entries.append({"label": label, "url": url, "is_current": here})
    return entries


@cache
def _doors() -> list[tuple[str, str, str, tuple[Permission, ...]]]:
    """The navigation with addresses instead of their names, looked up once a process."""
    return [
        (label, reverse(name), prefix, permissions)
        for label, name, prefix, permissions in NAVIGATION
    ]
