"""What the pages of a report share: which report one may see, the frame round a page, for whom it is drawn."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from council_hms.access import Permission, SignedInRequest, may
from council_hms.exemption import Audience
from reports.clearance import status_of
from reports.models import Report

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)
M = TypeVar("M", bound=models.Model)
log = logging.getLogger("council_hms.exports")

#: The pages of a report, in order: words and URL name.
TABS = (
    ("Write", "report"),
    ("Preview", "report_preview"),
    ("Findings", "report_findings"),
    ("Clearance", "report_clearance"),
    ("Briefing", "report_summary"),
    ("Versions", "report_versions"),
)


def visible_report(request: SignedInRequest, reference: str) -> Report:
    """A report that this person may see, or 404."""
    return get_object_or_404(
        Report.objects.visible_to(request.user).for_lists(), reference=reference
    )


def visible_part(request: SignedInRequest, model: type[M], reference: str, **lookup: Any) -> M:
    """A part of a report that this person may see, or 404."""
    visible_report(request, reference)
    rows = model._default_manager.all().visible_to(request.user)  # type: ignore[attr-defined]
    row: M = get_object_or_404(rows.select_related("report"), report__reference=reference, **lookup)
    return row


def page_of(request: SignedInRequest, report: Report, **more: Any) -> dict[str, Any]:
    """What every page of a report shows round its content."""
    tabs = []
    for label, name in TABS:
        url = reverse(name, args=[report.reference])
        tabs.append({"label": label, "url": url, "is_current": request.path == url})
    return {
        "report": report,
        "report_tabs": tabs,
        "status": status_of(report),
        "may_write": may(request.user, P.WRITE_REPORTS),
        "may_enter": may(request.user, P.ENTER_BUDGETS),
        "may_publish": may(request.user, P.PUBLISH_REPORTS),
        "may_see_exempt": may(request.user, P.SEE_EXEMPT),
        **more,
    }


def readers_audience(request: SignedInRequest) -> Audience:
    """What this person may read of a draft that they work on."""
    return Audience.EXEMPT if may(request.user, P.SEE_EXEMPT) else Audience.PUBLIC


def asked_audience(request: SignedInRequest, report: Report, what: str) -> Audience:
    """The public version, unless a person with the right asks for the exempt one; that is logged."""
    if request.GET.get("audience") != Audience.EXEMPT:
        return Audience.PUBLIC
    if not may(request.user, P.SEE_EXEMPT):
        raise PermissionDenied("The exempt version is for those with the right to it.")
    log_exempt(request, report, what)
    return Audience.EXEMPT


def log_exempt(request: HttpRequest, report: Report, what: str) -> None:
    """One line for each time somebody opens or takes an exempt version: who, what; never what it says."""
    log.info(
        "exempt report=%s what=%s by=%s from=%s",
        report.reference,
        what,
        request.user.pk,
        request.META.get("REMOTE_ADDR", ""),
    )


def today() -> dt.date:
    return timezone.localdate()


def send_with(form: Any, **values: Any) -> None:
    """What the form is sent with when it is sent again: the posted values are read-only."""
    form.data = form.data.copy()
    for name, value in values.items():
        form.data[name] = str(value)
