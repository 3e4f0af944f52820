"""What can be wrong with a register: the checks of this room, one or two queries each (council_hms.findings)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import F, IntegerField, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from council_hms.findings import Check, Finding, Scope, Severity
from projects.models import Stage
from risks.models import Assessment, Control, Register, Risk

ABOVE_APPETITE = "risks.above_appetite"
UNMOVED = "risks.unmoved"
CONTROL_OVERDUE = "risks.control_overdue"
REVIEW_OVERDUE = "risks.review_overdue"

#: Days beyond the interval before a review is called overdue.
REVIEW_GRACE_DAYS = 7


CORPORATE = "Corporate risk register"


def rows_in_scope(model: Any, scope: Scope, path: str) -> Any:
    """Rows of the projects in scope that are not closed and that the reader may see; all for the system itself.

    Those of the corporate register too, when the scope goes beyond projects.
    """
    rows = model.objects.all() if scope.user is None else model.objects.visible_to(scope.user)
    projects = scope.projects.order_by().exclude(stage=Stage.CLOSED)
    within = Q(**{f"{path}__in": projects.values("pk")})
    return rows.filter(within | Q(**{path: None}) if scope.beyond_projects else within)


#: Texts that no finding says: at a hundred thousand rows they weigh.
_LONG = (
    "comment",
    "risk__description",
    "risk__cause",
    "risk__consequence",
    "risk__exempt_reason",
    "risk__register__project__summary",
    "risk__register__project__notes",
)


def _standing(scope: Scope) -> Any:
    """The scores that stand for the open threats in scope, with ``score`` and what words need at hand."""
    return (
        rows_in_scope(Assessment, scope, "risk__register__project")
        .standing(scope.as_at)
        .of_open_threats(scope.as_at)
        .with_score()
        .select_related("scale", "risk__register__project")
        .defer(*_LONG)
        .order_by("risk__register__project__reference", "risk_id")
    )


def _finding(code: str, risk: Risk, message: str, since: dt.date, **more: Any) -> Finding:
    return Finding(
        code=code,
        subject=more.pop("subject", risk.reference),
        message=message,
        href=reverse("risk", args=[risk.pk]),
        since=since,
        **_whose(risk.register),
    )


def _whose(register: Register) -> dict[str, Any]:
    """The project of a register, as a finding names it; the corporate one has none."""
    project = register.project
    if project is None:
        return {"project_id": None, "project_reference": "", "about": CORPORATE}
    return {"project_id": project.pk, "project_reference": project.reference}


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def above_appetite(scope: Scope) -> Iterator[Finding]:
    """Open threats with a current score above the appetite of the scale that it was given on. One query."""
    for review in _standing(scope).filter(score__gt=F("scale__appetite")):
        rule = review.scale.rule
        yield _finding(
            ABOVE_APPETITE,
            review.risk,
            f"Risk {review.risk} is scored {rule.spelt(review.now)}, "
            f"above the appetite of {rule.appetite}.",
            review.reviewed_on,
        )


def unmoved(scope: Scope) -> Iterator[Finding]:
    """Open threats above their target (without one: above appetite) that have stood still. One query.

    As many reviews as the register says must have found the same score on the same scale, after the
    review that set it.
    """
    moved = (
        Assessment.objects.filter(risk=OuterRef("risk"), number__lt=OuterRef("number"))
        .with_score()
        .filter(~Q(score=OuterRef("score")) | ~Q(scale=OuterRef("scale")))
        .order_by("-number")
    )
    target = F("target_impact") * F("target_probability")
    rows = (
        _standing(scope)
        .annotate(
            aim=Coalesce(target, F("scale__appetite"), output_field=IntegerField()),
            still_for=F("number")
            - Value(1)
            - Coalesce(Subquery(moved.values("number")[:1]), Value(0)),
        )
        .filter(score__gt=F("aim"), still_for__gte=F("risk__register__unmoved_reviews"))
    )
    for review in rows:
        aim = "target" if review.target_impact is not None else "appetite"
        yield _finding(
            UNMOVED,
            review.risk,
            f"Risk {review.risk} has stood at {review.scale.rule.rating(review.now)} for "
            f"{review.still_for} reviews, above its {aim} of {review.aim}.",
            review.reviewed_on,
        )


def open_controls(scope: Scope) -> Any:
    """Controls of open risks that had been entered and were not settled on the day. One query."""
    open_risks = Risk.objects.open(scope.as_at).order_by().values("pk")
    return (
        rows_in_scope(Control, scope, "risk__register__project")
        .unsettled(scope.as_at)
        .filter(risk__in=open_risks)
        .select_related("risk__register__project")
        .order_by("risk__register__project__reference", "risk_id", "pk")
    )


def control_overdue(scope: Scope) -> Iterator[Finding]:
    """Controls of open risks past their day and not in place. One query."""
    for control in open_controls(scope).filter(due_on__lt=scope.as_at):
        assert control.due_on is not None  # noqa: S101 - the query asks for it
        yield _finding(
            CONTROL_OVERDUE,
            control.risk,
            f"Control of risk {control.risk} was to be in place by {_day(control.due_on)}: "
            f"{control.what}. Owner: {control.owner}.",
            control.due_on,
            subject=f"{control.risk.reference} control {control.pk}",
        )


def reviews_expected(scope: Scope) -> Iterator[tuple[Any, dt.date]]:
    """Registers with open risks and an interval, with ``since``, and the day by which to review them. One query.

    A register that was never reviewed counts from the day its first risk was raised. What was
    exempt counts as reviewed too: that a review took place is no secret.
    """
    risks = Risk.objects.open(scope.as_at).filter(register=OuterRef("pk")).order_by()
    rows = (
        rows_in_scope(Register, scope, "project")
        .filter(review_weeks__isnull=False)
        .annotate(
            open_since=Subquery(risks.order_by("raised_on").values("raised_on")[:1]),
            reviewed_on=Max(
                "risks__assessments__reviewed_on",
                filter=Q(risks__assessments__reviewed_on__lte=scope.as_at),
            ),
        )
        .filter(open_since__isnull=False)
        .select_related("project")
        .order_by("project__reference")
    )
    for register in rows:
        register.since = register.reviewed_on or register.open_since
        yield register, register.since + dt.timedelta(weeks=register.review_weeks)


def review_overdue(scope: Scope) -> Iterator[Finding]:
    """Registers with open risks whose last review is longer ago than their interval. One query."""
    for register, due in reviews_expected(scope):
        if scope.as_at <= due + dt.timedelta(days=REVIEW_GRACE_DAYS):
            continue
        last = (
            f"last reviewed on {_day(register.since)}" if register.reviewed_on else "never reviewed"
        )
        yield Finding(
            code=REVIEW_OVERDUE,
            subject="register",
            message=f"The risk register was due for review on {_day(due)} and was {last}.",
            href=register.get_absolute_url(),
            since=due,
            **_whose(register),
        )


CHECKS = (
    Check(
        code=ABOVE_APPETITE,
        title="Risk above appetite",
        severity=Severity.WARNING,
        who_acts="Owner of the risk",
        explanation=(
            "The current score of an open threat is higher than the highest score that the council is willing "
            "to bear, by the scale of its register. Reduce it, or escalate it to the corporate register."
        ),
        find=above_appetite,
    ),
    Check(
        code=UNMOVED,
        title="Risk unmoved",
        severity=Severity.WARNING,
        who_acts="Owner of the risk",
        explanation=(
            "Review after review has found an open threat at the same score, above the target it is to be "
            "brought to (above the appetite, when it has no target). Either its controls do not work, or the "
            "reviews do not look. Each register says how many reviews are too many."
        ),
        find=unmoved,
    ),
    Check(
        code=CONTROL_OVERDUE,
        title="Control of a risk overdue",
        severity=Severity.WARNING,
        who_acts="Owner of the control",
        explanation=(
            "A control of an open risk was to be in place by a day that has passed, and is neither in place "
            "nor dropped."
        ),
        find=control_overdue,
    ),
    Check(
        code=REVIEW_OVERDUE,
        title="Risk register not reviewed",
        severity=Severity.ADVICE,
        who_acts="Project manager",
        explanation=(
            "A register with open risks is reviewed at the interval that it states. A week after the day on "
            "which it was due it is overdue."
        ),
        find=review_overdue,
    ),
)
