"""What must hold of the ledger's rows: worked out anew in whole pence, apart from the queries that pages use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from budgets import authority, services
from budgets.models import (
    AuthorityLimit,
    BudgetChange,
    Decision,
    Line,
)
from budgets.models.change import BALANCED_KINDS
from budgets.querysets import APPROVING, UNDOING
from budgets.totals import differences
from council_hms.history_log import tracked_models
from council_hms.verification import Promise


def unbalanced() -> Iterator[str]:
    """Changes that only move money and whose lines, as asked or as resolved, do not sum to nil."""
    rows = (
        Line.objects.filter(change__kind__in=list(BALANCED_KINDS))
        .order_by("change__reference")
        .values("change__reference", "decision_id")
        .annotate(total=Sum("amount"))
        .exclude(total=0)
    )
    for row in rows:
        yield f"The lines of {row['change__reference']} sum to {row['total']} and must sum to nil."


def counted_without_authority() -> Iterator[str]:
    """Approvals that count although no limit, as it stood when they were entered, covered them.

    Limits are read from their history: one that was changed since does not change what it allowed.
    What a body approved on the head earlier in the year is judged at entry, under the lock.
    """
    limits = _limits_as_they_stood()
    counted = (
        Decision.objects.filter(has_authority=True)
        .select_related("change", "body")
        .prefetch_related("resolved_lines", "change__lines")
        .order_by("pk")
    )
    for decision in counted:
        lines = list(decision.resolved_lines.all()) or [
            line for line in decision.change.lines.all() if line.decision_id is None
        ]
        known = [
            limit
            for body, since, until, limit in limits
            if body == decision.body_id
            and since <= (decision.entered_at or since)
            and (until is None or (decision.entered_at or since) < until)
        ]
        assert decision.decided_on  # noqa: S101 - a constraint: an outcome has its date
        judged = authority.judge(
            decision.body.name,
            sorted(known, key=lambda limit: limit.since),
            decision.decided_on,
            services.weight_of(lines, decision.change.kind),
        )
        if not judged.sufficient:
            yield f"{decision.change.reference}: counted as approved, yet {judged.reason}"


def _limits_as_they_stood() -> list[tuple[int, dt.datetime, dt.datetime | None, authority.Limit]]:
    """Every state that a limit ever had: body, from when until when it stood in the database, and the limit."""
    event_model = tracked_models()[AuthorityLimit._meta.label_lower][1]
    states: list[tuple[int, dt.datetime, dt.datetime | None, authority.Limit]] = []
    open_state: dict[int, int] = {}
    for event in event_model.objects.order_by("pgh_id"):
        if (place := open_state.pop(event.pgh_obj_id, None)) is not None:
            body, since, _, limit = states[place]
            states[place] = (body, since, event.pgh_created_at, limit)
        if event.pgh_label != "delete":
            open_state[event.pgh_obj_id] = len(states)
            limit = authority.Limit(
                event.kind, event.per_change, event.per_year, event.since, event.until
            )
            states.append((event.body_id, event.pgh_created_at, None, limit))
    return states


def confirmed_by_their_writers() -> Iterator[str]:
    """Decisions that one person both entered and confirmed, and urgent ones without their record."""
    for decision in Decision.objects.exclude(confirmed_by=None).select_related("change"):
        if decision.confirmed_by_id == decision.entered_by_id:
            yield f"{decision.change.reference}: one person entered and confirmed a decision."
    urgent = Decision.objects.filter(
        body__kind="urgent_powers", outcome__in=APPROVING, urgent_record=None
    )
    for decision in urgent.select_related("change"):
        yield f"{decision.change.reference}: an urgent-powers decision has no record of its reasons."


def approved_otherwise() -> Iterator[str]:
    """Projects whose approved total, as pages show it, is not what decisions say when followed one by one."""
    today = timezone.localdate()
    shown = {
        row["project__reference"]: row["total"]
        for row in Line.objects.approved(today).totals("project__reference")
    }
    followed: dict[str, int] = {}
    changes = BudgetChange.objects.prefetch_related("decisions", "lines__project").order_by("pk")
    for change in changes.iterator(chunk_size=2000):
        approval = _approval(list(change.decisions.all()), today)
        if approval is None:
            continue
        lines = list(change.lines.all())
        own = [line for line in lines if line.decision_id == approval.pk]
        for line in own or [line for line in lines if line.decision_id is None]:
            pence = int(line.amount * 100)
            followed[line.project.reference] = followed.get(line.project.reference, 0) + pence
    for reference in sorted(shown.keys() | followed.keys()):
        pence = followed.get(reference, 0)
        if int(shown.get(reference, 0) * 100) != pence:
            yield f"{reference}: approved is shown as {shown.get(reference, 0)}; its decisions say {pence / 100:.2f}."


def _approval(decisions: list[Any], today: dt.date) -> Any:
    """The first decision with authority that stands: taken, confirmed where it must be, not undone since."""
    taken = [
        decision
        for decision in sorted(decisions, key=lambda decision: decision.position)
        if decision.outcome
        and decision.decided_on <= today
        and (not decision.needs_confirmation or decision.confirmed_at)
    ]
    for place, decision in enumerate(taken):
        undone = any(later.outcome in UNDOING for later in taken[place + 1 :])
        if decision.outcome in APPROVING and decision.has_authority and not undone:
            return decision
    return None


def stored_totals_differ() -> Iterator[str]:
    """Stored totals of projects that are not what lines and decisions say today."""
    yield from differences(timezone.localdate())


PROMISES = (
    Promise("Virements and other moves of money sum to nil, as asked and as resolved", unbalanced),
    Promise(
        "No decision counts that had no authority when it was entered", counted_without_authority
    ),
    Promise(
        "Nobody confirmed their own entry; urgent decisions have their record",
        confirmed_by_their_writers,
    ),
    Promise(
        "What is shown as approved is what the decisions say, in whole pence", approved_otherwise
    ),
    Promise("Stored totals are what lines and decisions say", stored_totals_differ),
)
