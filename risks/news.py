"""What is due and what changed in registers: controls and reviews; risks raised, scored otherwise, closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import F, OuterRef, Q, Subquery

from council_hms.findings import Scope
from council_hms.news import Change, Due
from risks.findings import (
    CONTROL_OVERDUE,
    REVIEW_OVERDUE,
    open_controls,
    reviews_expected,
    rows_in_scope,
)
from risks.models import Assessment, Risk


def controls_due(scope: Scope, until: dt.date) -> Iterator[Due]:
    """Controls of open risks that are not in place. One query."""
    for control in open_controls(scope).filter(due_on__lte=until):
        yield Due(
            control.risk.register.project_id,
            control.due_on,
            f"Control of risk {control.risk}: {control.what} ({control.owner})",
            control.risk.get_absolute_url(),
            (CONTROL_OVERDUE, f"{control.risk.reference} control {control.pk}"),
        )


def reviews_due(scope: Scope, until: dt.date) -> Iterator[Due]:
    """The next review of each register with open risks. One query."""
    for register, due_on in reviews_expected(scope):
        if due_on <= until:
            yield Due(
                register.project_id,
                due_on,
                "Review of the risk register",
                register.get_absolute_url(),
                (REVIEW_OVERDUE, "register"),
            )


def scores_moved(scope: Scope, since: dt.date) -> Iterator[Change]:
    """Risks whose current score a review has changed. One query."""
    before = Assessment.objects.filter(
        risk=OuterRef("risk"), number__lt=OuterRef("number")
    ).order_by("-number")
    moved = (
        rows_in_scope(Assessment, scope, "risk__register__project")
        .filter(reviewed_on__gt=since, reviewed_on__lte=scope.as_at)
        .with_score()
        .annotate(
            score_before=Subquery(
                before.annotate(was=F("current_impact") * F("current_probability")).values("was")[
                    :1
                ]
            )
        )
        .filter(score_before__isnull=False)
        .exclude(score_before=F("score"))
        .select_related("risk__register__project")
        .order_by("reviewed_on", "pk")
    )
    for review in moved:
        verb = "rose" if review.score > review.score_before else "fell"
        yield Change(
            review.risk.register.project_id,
            review.reviewed_on,
            f"Risk {review.risk} {verb} from {review.score_before} to {review.score}",
            review.risk.get_absolute_url(),
        )


def risks_raised(scope: Scope, since: dt.date) -> Iterator[Change]:
    """Risks raised, and closed. One query."""
    happened = Q(raised_on__gt=since, raised_on__lte=scope.as_at) | Q(
        closed_on__gt=since, closed_on__lte=scope.as_at
    )
    rows = rows_in_scope(Risk, scope, "register__project").filter(happened)
    for risk in rows.select_related("register__project").order_by("pk"):
        for day, words in ((risk.raised_on, "raised"), (risk.closed_on, "closed")):
            if day is not None and since < day <= scope.as_at:
                yield Change(
                    risk.register.project_id,
                    day,
                    f"Risk {risk} was {words}",
                    risk.get_absolute_url(),
                )


DUE = (controls_due, reviews_due)
CHANGED = (scores_moved, risks_raised)
