"""What the pages of a report share: which report one may see, the frame round a page, for whom it is drawn."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from budgets.services import BudgetError
from council_hms import once
from council_hms.access import Permission, SignedInRequest, may
from council_hms.concurrency import StaleError
from council_hms.exemption import Audience
from reports.clearance import status_of
from reports.models import Report
from reports.services.report import ReportError

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


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a form that was sent: an ``answer`` to give, or errors on the form; ``stale`` when overtaken."""

    answer: HttpResponse | None = None
    stale: StaleError | None = None

    @property
    def theirs(self) -> Any:
        """The row as somebody else saved it meanwhile."""
        return self.stale.current if self.stale else None


Of = Callable[[Any], str]


def send(
    request: SignedInRequest,
    form: Any,
    act: Callable[[], Any],
    *,
    then: str | Of,
    said: str | Of = "",
    stale: str = "",
    version: str = "version",
) -> Sent:
    """Call the service with a good form and go on to ``then``, saying what is ``said``; a refusal stands on the form.

    Both may be worked out of what was made. A form that was overtaken carries the ``version`` that is shown now,
    so that it goes over that one when it is sent again; ``stale`` are words for that in place of the error's own.
    """
    try:
        made = act()
    except once.AlreadyDone as done:
        messages.info(request, str(done))
        to = done.result_url or (then if isinstance(then, str) else reverse("report_list"))
        return Sent(redirect(to))
    except StaleError as overtaken:
        current: Any = overtaken.current
        name = "content_version" if version == "of_version" else "version"
        send_with(form, **{version: getattr(current, name)})
        form.add_error(None, stale or str(overtaken))
        return Sent(stale=overtaken)
    except (ReportError, BudgetError) as error:
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, sentences_of(error))
        return Sent()
    if said:
        messages.success(request, said if isinstance(said, str) else said(made))
    return Sent(redirect(then if isinstance(then, str) else then(made)))


def sentences_of(error: Exception) -> list[str]:
    """What refused an act, a sentence each."""
    return list(getattr(error, "problems", [str(error)]))


def send_with(form: Any, **values: Any) -> None:
    """What the form is sent with when it is sent again: the posted values are read-only."""
    form.data = form.data.copy()
    for name, value in values.items():
        form.data[name] = str(value)
