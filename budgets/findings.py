"""What can be wrong in the ledger: the checks of this room, each in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Abs
from django.urls import reverse

from budgets import authority
from budgets.ledger import compare_headlines
from budgets.models import (
    BodyKind,
    BudgetChange,
    ChangeKind,
    Decision,
    KeyDecisionThreshold,
    Line,
    Nature,
    ProjectTotals,
    SourceKind,
    SpendEntry,
    UrgentRecord,
)
from budgets.models.change import BALANCED_KINDS
from budgets.position import YearTotal, build
from budgets.querysets import APPROVING
from budgets.standing import Standing
from budgets.totals import approved_by_year
from council_hms.financial_year import FinancialYear
from council_hms.findings import Check, Finding, Scope, Severity
from council_hms.money import in_words

NIL = Decimal("0.00")
#: From so many projects on, their ids are not listed in a statement.
MANY = 3_000
#: Bodies whose decisions are executive ones: key decisions are theirs, never full Council's.
EXECUTIVE = (BodyKind.CABINET, BodyKind.OFFICER, BodyKind.URGENT_POWERS)


def _ids(scope: Scope) -> Any:
    """The projects of the scope as a subquery of ids."""
    projects = scope.projects
    return projects.order_by().values("pk") if isinstance(projects, QuerySet) else projects


def _references(scope: Scope) -> dict[int, str]:
    return dict(scope.projects.order_by().values_list("pk", "reference"))


def _suspects(scope: Scope) -> list[BudgetChange]:
    """The changes that a check may find wrong, with their standing and what its words need. Five queries.

    What leaves out the others: over a portfolio they are nearly all. Each check looks again for itself.
    """
    submitted = BudgetChange.objects.filter(
        project__in=_ids(scope), submitted_on__lte=scope.as_at
    ).order_by()
    suspect = (
        submitted.filter(Exists(_approvals(scope, with_authority=False)))
        .values("pk")
        .union(
            submitted.filter(pk__in=_perhaps_retrospective(scope)).values("pk"),
            submitted.filter(headlines__isnull=False).values("pk"),
        )
    )
    return list(
        BudgetChange.objects.filter(pk__in=suspect)
        .with_standing(scope.as_at)
        .with_amounts()
        .prefetch_related("headlines")
    )


def _standings(scope: Scope) -> Iterator[tuple[BudgetChange, Standing]]:
    for change in scope.once(_suspects):
        yield change, Standing.of(change, scope.as_at)


def _approvals(scope: Scope, *, with_authority: bool) -> Any:
    """Approvals taken by the day, of the change of the outer query."""
    return Decision.objects.taken(scope.as_at).filter(
        change=OuterRef("pk"), outcome__in=APPROVING, has_authority=with_authority
    )


def _about(code: str, change: BudgetChange, message: str, **more: Any) -> Finding:
    return Finding(
        code=code,
        project_id=change.project_id,
        project_reference=change.project.reference,
        subject=change.reference,
        message=message,
        href=reverse("change", args=[change.reference]),
        **more,
    )


def ahead_of_authority(scope: Scope) -> Iterator[Finding]:
    """Spend beyond what is formally approved for a year that has begun. Six queries."""
    approved: dict[int, list[YearTotal]] = {}
    spent: dict[int, list[YearTotal]] = {}
    # Stored totals that hold on the day and say nil spare the sum of a project's spend.
    settled = ProjectTotals.objects.holding(scope.as_at).filter(ahead=0).values("pk")
    asked = list(scope.projects.order_by().exclude(pk__in=settled).values_list("pk", flat=True))
    for row in (
        # a few by the index of projects, all of them in one go
        SpendEntry.objects.filter(project__in=asked if len(asked) < MANY else _ids(scope))
        .to_date(scope.as_at)
        .totals("project_id", "year", "nature")
    ):
        spent.setdefault(row["project_id"], []).append(
            YearTotal(row["year"], row["nature"], row["total"])
        )
    for row in approved_by_year(list(spent), scope.as_at):
        approved.setdefault(row["project_id"], []).append(
            YearTotal(row["year"], row["nature"], row["total"])
        )
    references = scope.once(_references)
    held = _interim_bodies(scope)
    for project_id, spend in spent.items():
        position = build(scope.as_at, approved=approved.get(project_id, []), spent=spend)
        year = position.worst_year
        if year is None:
            continue
        bodies = held.get(project_id)
        word = f", on the word of {bodies} alone" if bodies else ", on nobody's recorded word"
        yield Finding(
            code="budgets.ahead_of_authority",
            project_id=project_id,
            project_reference=references[project_id],
            subject=f"year-{year.year.start}",
            message=f"{in_words(year.spent_to_end)} was spent to the end of {year.year} and "
            f"{in_words(year.approved_to_end)} is formally approved for it: {in_words(year.ahead)} ahead{word}.",
            href=reverse("position", args=[references[project_id]])
            + f"?as_at={scope.as_at.isoformat()}",
            amount=year.ahead,
            since=min(year.year.last_day, scope.as_at),
        )


def _interim_bodies(scope: Scope) -> dict[int, str]:
    """By project, the bodies whose interim approvals nobody has ratified."""
    changes = (
        BudgetChange.objects.filter(project__in=_ids(scope))
        .perhaps_open(scope.as_at)
        .with_standing(scope.as_at)
        .filter(approval_id=None, interim_id__isnull=False)  # type: ignore[misc]  # by with_standing
        .values("interim_id")
    )
    found: dict[int, list[str]] = {}
    for project_id, name in Decision.objects.filter(pk__in=changes).values_list(
        "change__project_id", "body__name"
    ):
        if f"the {name}" not in found.setdefault(project_id, []):
            found[project_id].append(f"the {name}")
    return {project_id: " and ".join(names) for project_id, names in found.items()}


def interim_awaiting(scope: Scope) -> Iterator[Finding]:
    """Approvals by a body without the authority that nobody has ratified."""
    for change, standing in _standings(scope):
        if standing.code == "interim":
            yield _about(
                "budgets.interim_awaiting_ratification",
                change,
                f"{change.title}: {in_words(standing.total)}. {standing.words}.",
                amount=standing.total,
                since=standing.deciding.decided_on,
            )


def retrospective(scope: Scope) -> Iterator[Finding]:
    """Changes decided, or still waiting, after a year that they fund had ended."""
    for change, standing in _standings(scope):
        if not standing.retrospective_years or standing.code not in (
            "approved",
            "interim",
            "recommended",
            "sought",
        ):
            continue
        years = ", ".join(year.label for year in standing.retrospective_years)
        when = "was approved" if standing.is_approved else "is asked for"
        yield _about(
            "budgets.retrospective_request",
            change,
            f"{change.title}: {in_words(standing.total)} for {years} {when} after the year had ended.",
            amount=standing.total,
            since=standing.retrospective_years[0].last_day,
        )


def _perhaps_retrospective(scope: Scope) -> list[int]:
    """The changes that add to a year before that of their last approval, or of the day while there is none.

    Ninety days before a day is in the calendar year with whose number its financial year begins, or, on
    the last day of March of a leap year, a year too late: no change is left out.
    """
    try:
        projects, of_projects = _ids(scope).query.sql_with_params()
    except EmptyResultSet:  # no project is looked at
        return []
    with connection.cursor() as cursor:
        # Set by set: asked of each change by itself it takes a millisecond, and there are a hundred thousand.
        cursor.execute(
            f"""
            WITH change AS MATERIALIZED (
                SELECT id FROM budgets_budgetchange WHERE project_id IN ({projects}) AND submitted_on <= %s
            ), first AS (
                SELECT change_id, min(year) AS year FROM budgets_line
                 WHERE change_id IN (SELECT id FROM change) AND amount > 0 GROUP BY 1
            ), approval AS (
                SELECT change_id, max(decided_on) AS decided_on FROM budgets_decision
                 WHERE change_id IN (SELECT id FROM change) AND outcome = ANY(%s) AND has_authority
                   AND decided_on <= %s AND (NOT needs_confirmation OR confirmed_at IS NOT NULL)
                 GROUP BY 1
            )
            SELECT change_id FROM first LEFT JOIN approval USING (change_id)
             WHERE year < COALESCE(EXTRACT(year FROM decided_on - 90)::int, %s)
            """,  # noqa: S608 - the projects are a queryset's own statement with its parameters
            [
                *of_projects,
                scope.as_at,
                list(APPROVING),
                scope.as_at,
                FinancialYear.of(scope.as_at).start,
            ],
        )
        return [pk for (pk,) in cursor.fetchall()]


def headline_differs(scope: Scope) -> Iterator[Finding]:
    """Minuted headlines that disagree with their lines by more than their own rounding."""
    minuted = [change for change in scope.once(_suspects) if change.headlines.all()]
    for found in compare_headlines(minuted, scope.as_at):
        if not found.agrees:
            yield _about(
                "budgets.headline_differs_from_lines",
                found.change,
                found.sentence,
                amount=abs(found.difference),
            )


def _gaps(scope: Scope) -> list[tuple[int, str, FinancialYear, Decimal]]:
    """Project, nature, year and what the cost plan in force needs beyond what is approved, from this year on.

    Negative where more is approved; years that agree are left out. One query.
    """
    try:
        projects, of_projects = _ids(scope).query.sql_with_params()
    except EmptyResultSet:  # no project is looked at
        return []
    this_year = FinancialYear.of(scope.as_at).start
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH plan AS (
                SELECT DISTINCT ON (project_id) id, project_id FROM budgets_costplan
                 WHERE project_id IN ({projects}) AND dated <= %s ORDER BY project_id, dated DESC
            ), need AS MATERIALIZED (
                SELECT plan.project_id, line.nature, line.year, sum(line.amount) AS amount
                  FROM plan JOIN budgets_costplanline AS line ON line.plan_id = plan.id
                 WHERE line.year >= %s GROUP BY 1, 2, 3
            ), cover AS (
                SELECT * FROM budgets_approved_by_year(ARRAY(SELECT DISTINCT project_id FROM need), %s)
                 WHERE year >= %s
            )
            SELECT project_id, nature, year, COALESCE(need.amount, 0) - COALESCE(cover.amount, 0) AS gap
              FROM need FULL JOIN cover USING (project_id, nature, year)
             WHERE COALESCE(need.amount, 0) <> COALESCE(cover.amount, 0)
             ORDER BY project_id, nature, year
            """,  # noqa: S608 - the projects are a queryset's own statement with its parameters
            [*of_projects, scope.as_at, this_year, scope.as_at, this_year],
        )
        return [
            (project_id, nature, FinancialYear(year), gap)
            for project_id, nature, year, gap in cursor.fetchall()
        ]


def _by_year(scope: Scope, code: str, *, over: bool) -> Iterator[Finding]:
    references = scope.once(_references)
    gaps: dict[int, list[tuple[FinancialYear, str, Decimal]]] = {}
    for project_id, nature, year, gap in scope.once(_gaps):
        if (gap > 0) is over:
            gaps.setdefault(project_id, []).append((year, nature, abs(gap)))
    for project_id, years in gaps.items():
        parts = ", ".join(
            f"{in_words(amount)} {nature} in {year}" for year, nature, amount in years
        )
        total = sum((amount for _, _, amount in years), NIL)
        message = (
            f"The work is forecast to cost more than is approved: {parts}."
            if over
            else f"More is approved than the work will cost: {parts}. Reprofile it before it is asked for elsewhere."
        )
        yield Finding(
            code=code,
            project_id=project_id,
            project_reference=references[project_id],
            subject="plan",
            message=message,
            href=reverse("funding", args=[references[project_id]])
            + f"?as_at={scope.as_at.isoformat()}",
            amount=total,
        )


def forecast_over_budget(scope: Scope) -> Iterator[Finding]:
    """Years for which the cost plan needs more than is approved."""
    return _by_year(scope, "budgets.forecast_over_budget", over=True)


def surplus_year(scope: Scope) -> Iterator[Finding]:
    """Years for which more is approved than the cost plan needs."""
    return _by_year(scope, "budgets.surplus_year", over=False)


def _open_lines(scope: Scope) -> Any:
    """Lines in scope that are approved or asked for: the ones that a rule about sources binds."""
    return (
        Line.objects.filter(project__in=_ids(scope), change__submitted_on__lte=scope.as_at)
        .select_related("change", "change__project", "source", "project")
        .order_by("change_id", "pk")
    )


def _grouped(lines: Iterable[Line]) -> Iterator[tuple[BudgetChange, list[Line]]]:
    by_change: dict[int, list[Line]] = {}
    for line in lines:
        by_change.setdefault(line.change_id, []).append(line)
    for found in by_change.values():
        yield found[0].change, found


def no_source(scope: Scope) -> Iterator[Finding]:
    """Amounts asked for without saying where the money comes from. What Council has approved since is past mending."""
    lines = _open_lines(scope).sought(scope.as_at).filter(source__kind=SourceKind.NOT_STATED)
    for change, found in _grouped(lines):
        total = sum((line.amount for line in found), NIL)
        yield _about(
            "budgets.no_funding_source",
            change,
            f"{change.title}: no funding source is named for {in_words(total)}.",
            amount=total,
        )


def ring_fence(scope: Scope) -> Iterator[Finding]:
    """Money that crosses between the Housing Revenue Account and the General Fund. Three queries."""
    lines = Line.objects.filter(project__in=_ids(scope), change__submitted_on__lte=scope.as_at)
    by_source = lines.exclude(source__fund="").exclude(source__fund=F("project__fund"))
    by_move = lines.filter(change__kind__in=list(BALANCED_KINDS)).exclude(
        project__fund=F("change__project__fund")
    )
    crossing = {pk for rows in (by_source, by_move) for pk in rows.values_list("pk", flat=True)}
    for change, found in _grouped(_open_lines(scope).filter(pk__in=crossing) if crossing else ()):
        total = sum((abs(line.amount) for line in found), NIL)
        yield _about(
            "budgets.ring_fence_crossed",
            change,
            f"{change.title}: {in_words(total)} crosses the HRA ring-fence ({found[0].source.name} for "
            f"{found[0].project.reference}).",
            amount=total,
        )


def nature_crossed(scope: Scope) -> Iterator[Finding]:
    """Virements and moves between years that take money from capital to revenue or back. One query."""
    moving: Any = (
        BudgetChange.objects.filter(
            project__in=_ids(scope),
            submitted_on__lte=scope.as_at,
            kind__in=list(BALANCED_KINDS - {ChangeKind.RECLASSIFICATION}),
        )
        .annotate(
            capital=Sum(
                "lines__amount", filter=Q(lines__nature=Nature.CAPITAL, lines__decision=None)
            )
        )
        .exclude(capital=None)
        .exclude(capital=0)
        .select_related("project")
        .order_by("pk")
    )
    for change in moving:
        yield _about(
            "budgets.nature_crossed",
            change,
            f"{change.title}: {in_words(abs(change.capital))} moves between capital and revenue without a "
            "reclassification.",
            amount=abs(change.capital),
        )


def wrong_nature(scope: Scope) -> Iterator[Finding]:
    """Revenue met from a source that may fund only capital, or the reverse."""
    wrong = _open_lines(scope).filter(
        Q(nature="revenue", source__may_fund_revenue=False)
        | Q(nature="capital", source__may_fund_capital=False)
    )
    for change, found in _grouped(wrong):
        total = sum((line.amount for line in found), NIL)
        yield _about(
            "budgets.source_of_wrong_nature",
            change,
            f"{change.title}: {in_words(total)} of {found[0].nature} is funded from {found[0].source.name}, "
            f"which may not fund {found[0].nature}.",
            amount=total,
        )


def key_decision_not_marked(scope: Scope) -> Iterator[Finding]:
    """Executive decisions above the key-decision threshold that are marked "No". Three queries."""
    thresholds = [
        authority.Threshold(row.kind, row.amount, row.since, row.until)
        for row in KeyDecisionThreshold.objects.all()
    ]
    if not thresholds:
        return
    # What a change weighs is never more than all its amounts without their signs.
    heavy = (
        Line.objects.filter(change__project__in=_ids(scope))
        .as_asked()
        .order_by()
        .values("change_id")
        .annotate(size=Sum(Abs("amount")))
        .filter(size__gte=min(threshold.amount for threshold in thresholds))
        .values("change_id")
    )
    executive = Decision.objects.filter(change=OuterRef("pk"), body__kind__in=EXECUTIVE)
    unmarked = BudgetChange.objects.filter(
        Exists(executive),
        project__in=_ids(scope),
        submitted_on__lte=scope.as_at,
        key_decision=False,
        pk__in=heavy,
    )
    sums = (
        Line.objects.as_asked()
        .filter(change__in=unmarked.order_by().values("pk"))
        .order_by()
        .values_list("change_id", "nature")
        .annotate(
            up=Sum("amount", filter=Q(amount__gt=0)), down=Sum("amount", filter=Q(amount__lt=0))
        )
    )
    lines: dict[int, list[tuple[str, Decimal]]] = {}
    for change_id, nature, up, down in sums:
        lines.setdefault(change_id, []).extend((nature, amount or NIL) for amount in (up, down))
    for change in unmarked.select_related("project").order_by("pk"):
        weight = authority.weigh(lines.get(change.pk, []), balanced=change.is_balanced_kind)
        judged = authority.key_decision(thresholds, change.submitted_on or scope.as_at, weight)
        if judged.sufficient:
            yield _about(
                "budgets.key_decision_marked_no",
                change,
                f"{change.title} is marked “Key decision: No”. {judged.reason}",
                amount=weight.total,
            )


def urgent_not_reported(scope: Scope) -> Iterator[Finding]:
    """Urgent-powers decisions of which no report to Council is on record. One query."""
    records = UrgentRecord.objects.filter(
        decision__change__project__in=_ids(scope), decision__decided_on__lte=scope.as_at
    ).filter(Q(reported_on=None) | Q(reported_on__gt=scope.as_at))
    for record in records.select_related("decision__change__project", "decision__body"):
        decision = record.decision
        yield _about(
            "budgets.urgent_decision_not_reported",
            decision.change,
            f"{decision.change.title}: decided by {decision.body.name} in {decision.decided_on:%B %Y}; "
            "no report of it to Council is on record.",
            since=decision.decided_on,
        )


def not_confirmed(scope: Scope) -> Iterator[Finding]:
    """Decisions that wait for a second person. One query."""
    waiting = Decision.objects.filter(
        change__project__in=_ids(scope),
        outcome__isnull=False,
        decided_on__lte=scope.as_at,
        needs_confirmation=True,
        confirmed_at=None,
    )
    for decision in waiting.select_related("change__project", "body"):
        yield _about(
            "budgets.decision_not_confirmed",
            decision.change,
            f"{decision.change.title}: what {decision.body.name} decided has not been confirmed against the minutes.",
            since=decision.decided_on,
        )


def meeting_passed(scope: Scope) -> Iterator[Finding]:
    """Stops whose meeting has passed without a decision on record. One query."""
    passed = Decision.objects.pending().filter(
        change__project__in=_ids(scope),
        planned_for__lt=scope.as_at,
        change__submitted_on__lte=scope.as_at,
    )
    for decision in passed.select_related("change__project", "body"):
        assert decision.planned_for  # noqa: S101 - the query asks for it
        yield _about(
            "budgets.meeting_passed",
            decision.change,
            f"{decision.change.title}: {decision.body.name} was to decide on "
            f"{decision.planned_for.day} {decision.planned_for:%B %Y}; no decision is on record.",
            since=decision.planned_for,
        )


FINANCE, SPONSOR, AUTHOR = "Finance officer", "Project sponsor", "Report author"

CHECKS = (
    Check(
        "budgets.ahead_of_authority",
        "Spend ahead of formal approval",
        Severity.SEVERE,
        "Project sponsor and s151 officer",
        "Spend to the end of a year may not exceed what a body with authority has approved for it. A later year's "
        "budget does not mend it, and a project board's approval is not budget authority.",
        ahead_of_authority,
    ),
    Check(
        "budgets.interim_awaiting_ratification",
        "Interim approval awaiting ratification",
        Severity.SEVERE,
        FINANCE,
        "A body approved it without sufficient authority. It is not counted as approved until the body that has the "
        "authority ratifies or approves it.",
        interim_awaiting,
    ),
    Check(
        "budgets.retrospective_request",
        "Retrospective request",
        Severity.WARNING,
        SPONSOR,
        "Approval is to come before spend. A decision dated after the year that it funds is retrospective, and the "
        "report that asks for it should say so.",
        retrospective,
    ),
    Check(
        "budgets.headline_differs_from_lines",
        "Minuted headline differs from its lines",
        Severity.WARNING,
        FINANCE,
        "The amount that the minute states is compared with the lines, allowing half of its last printed place for "
        "rounding. Neither is corrected: the council should know which it meant.",
        headline_differs,
    ),
    Check(
        "budgets.forecast_over_budget",
        "Forecast over budget",
        Severity.WARNING,
        SPONSOR,
        "The cost plan in force needs more in a year than is formally approved for it.",
        forecast_over_budget,
    ),
    Check(
        "budgets.surplus_year",
        "Surplus year to reprofile",
        Severity.ADVICE,
        FINANCE,
        "A year has more approved than the cost plan needs. It cannot pay for another year until it is reprofiled.",
        surplus_year,
    ),
    Check(
        "budgets.no_funding_source",
        "Requirement with no funding source",
        Severity.WARNING,
        AUTHOR,
        "A request for money says where it is to come from.",
        no_source,
    ),
    Check(
        "budgets.ring_fence_crossed",
        "HRA ring-fence crossed",
        Severity.SEVERE,
        "s151 officer",
        "The Housing Revenue Account is a ring-fenced landlord account: money does not cross to or from the General "
        "Fund unnoticed.",
        ring_fence,
    ),
    Check(
        "budgets.nature_crossed",
        "Money moved between capital and revenue",
        Severity.WARNING,
        "s151 officer",
        "A virement or a move between years keeps capital and revenue apart; what moves between them is recorded as "
        "a reclassification. The council's settings say whether another change may do it and be flagged.",
        nature_crossed,
    ),
    Check(
        "budgets.source_of_wrong_nature",
        "Capital funded as revenue, or the reverse",
        Severity.SEVERE,
        "s151 officer",
        "Revenue may not be met from borrowing or capital receipts without a specific permission.",
        wrong_nature,
    ),
    Check(
        "budgets.key_decision_marked_no",
        "Key-decision threshold crossed but marked “No”",
        Severity.WARNING,
        "Monitoring officer",
        "An executive decision that reaches the council's threshold is a key decision, and needs notice. The "
        "threshold is the council's own, with dates.",
        key_decision_not_marked,
    ),
    Check(
        "budgets.urgent_decision_not_reported",
        "Urgent decision not yet reported",
        Severity.WARNING,
        "Monitoring officer",
        "What was decided under urgent powers is reported to the next Council.",
        urgent_not_reported,
    ),
    Check(
        "budgets.decision_not_confirmed",
        "Decision not confirmed against the minutes",
        Severity.ADVICE,
        FINANCE,
        "While the council asks for a second person, a decision counts only when someone other than its writer has "
        "confirmed it.",
        not_confirmed,
    ),
    Check(
        "budgets.meeting_passed",
        "Meeting passed without a decision on record",
        Severity.ADVICE,
        FINANCE,
        "The meeting planned for a decision has passed: record what was decided, or plan another.",
        meeting_passed,
    ),
)
