"""What the pages of the ledger share: who sees which project and change, the day, the frame round a page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone

from budgets.models import BudgetChange, Decision, MinuteCorrection
from council_hms.access import Permission, SignedInRequest
from council_hms.concurrency import StaleError
from council_hms.navigation import project_tabs
from projects.models import Project

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)
#: Buttons of a grid that save nothing: another row, another year, the totals.
ASKS_FOR_MORE = {"add_row", "add_column", "check"}


def visible_project(request: SignedInRequest, reference: str) -> Project:
    """A project that this person may see, or 404."""
    return get_object_or_404(Project.objects.visible_to(request.user), reference=reference)


def page_of(request: SignedInRequest, project: Project, **more: Any) -> dict[str, Any]:
    """What every page of a project shows round its content."""
    return {"project": project, "project_tabs": project_tabs(request, project), **more}


def day_of(request: SignedInRequest) -> dt.date:
    """The "as at" day of the address; today when there is none or it is no date."""
    try:
        return dt.date.fromisoformat(request.GET.get("as_at", ""))
    except ValueError:
        return timezone.localdate()


def visible_change(request: SignedInRequest, reference: str) -> BudgetChange:
    """A change that this person may see, with all that its pages show, or 404."""
    return get_object_or_404(
        BudgetChange.objects.visible_to(request.user)
        .with_standing(day_of(request))
        .select_related("project", "created_by", "reverses", "submitted_by")
        .prefetch_related(
            Prefetch(
                "decisions",
                Decision.objects.select_related(
                    "body", "body__ratified_by", "urgent_record", "entered_by", "confirmed_by"
                ).prefetch_related(
                    "resolved_lines__source",
                    "resolved_lines__project",
                    Prefetch(
                        "corrections",
                        MinuteCorrection.objects.select_related("entered_by", "settled_by"),
                    ),
                ),
            ),
            "lines__source",
            "lines__project",
            "headlines",
        ),
        reference=reference,
    )


def look_again(request: SignedInRequest, form: Any, stale: StaleError) -> BudgetChange:
    """The change as someone else saved it. The form says so, and from here on answers to their version."""
    theirs = visible_change(request, stale.current.reference)  # type: ignore[attr-defined]
    typed = request.POST.copy()  # the posted values are read-only
    typed["version"] = str(theirs.version)
    form.data = typed
    form.add_error(None, str(stale))
    return theirs
