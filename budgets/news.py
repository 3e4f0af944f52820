"""What is due and what changed in the ledger: meetings that have something to decide, and what bodies decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from budgets.models import Decision
from council_hms.findings import Scope
from council_hms.news import Change, Due


def meetings_due(scope: Scope, until: dt.date) -> Iterator[Due]:
    """Stops of submitted changes at which a body has still to decide. One query."""
    stops = Decision.objects.pending().filter(
        change__project__in=scope.projects.order_by().values("pk"),
        change__submitted_on__lte=scope.as_at,
        planned_for__lte=until,
    )
    for stop in stops.select_related("change", "body"):
        assert stop.planned_for is not None  # noqa: S101 - the query asks for it
        yield Due(
            stop.change.project_id,
            stop.planned_for,
            f"{stop.body.name} decides on {stop.change.reference} {stop.change.title}",
            reverse("change", args=[stop.change.reference]),
            ("budgets.meeting_passed", stop.change.reference),
        )


def decisions_taken(scope: Scope, since: dt.date) -> Iterator[Change]:
    """What bodies decided, by the day of their meeting. One query."""
    decisions = Decision.objects.taken(scope.as_at).filter(
        change__project__in=scope.projects.order_by().values("pk"), decided_on__gt=since
    )
    for decision in decisions.select_related("change", "body"):
        assert decision.decided_on is not None  # noqa: S101 - a decision taken has its day
        yield Change(
            decision.change.project_id,
            decision.decided_on,
            f"{decision.body.name}, {decision.get_outcome_display().lower()}: "  # type: ignore[union-attr]
            f"{decision.change.reference} {decision.change.title}",
            reverse("change", args=[decision.change.reference]),
        )


DUE = (meetings_due,)
CHANGED = (decisions_taken,)
