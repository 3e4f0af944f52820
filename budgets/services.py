"""Every way in which the ledger changes: one function per act, each one transaction with its name in the history.

Forms, imports and commands call the same functions, so the rules cannot differ. All are
keyword-only; ``by`` is who acts. They raise BudgetError, whose text is a sentence for people.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef
from django.utils import timezone

from budgets import authority, crossing
from budgets.models import (
    AuthorityLimit,
    BodyKind,
    BudgetChange,
    ChangeKind,
    ClosedYear,
    CostPlan,
    CostPlanLine,
    DatePrecision,
    Decision,
    Expectation,
    FundingSource,
    GoverningBody,
    HeadlineBasis,
    KeyDecisionThreshold,
    Line,
    MinutedHeadline,
    Outcome,
    SpendEntry,
    UrgentRecord,
)
from budgets.models.change import BALANCED_KINDS
from budgets.querysets import APPROVING, UNDOING
from council_hms import findings, money, once
from council_hms.access import Permission, require
from council_hms.concurrency import StaleError, save_if_unchanged
from council_hms.financial_year import FinancialYear
from council_hms.history import acting
from council_hms.models import CouncilSettings, RingFenceRule
from projects.models import ChangeRequest, Project, WorkPackage
from projects.services import link_budget_change

if TYPE_CHECKING:
    from council_hms.models import User

NIL = Decimal("0.00")
#: Findings that stop a change from being submitted: what another room must have settled first.
GATES = ("lessons.unanswered_at_gate",)


class BudgetError(ValueError):
    """The ledger refuses an act. ``str(error)`` says why and what to do; ``field`` names the input, if one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class UnbalancedError(BudgetError):
    """A change that only moves money does not sum to nil."""


class RingFenceError(BudgetError):
    """Money would cross between the Housing Revenue Account and the General Fund."""


class NatureError(BudgetError):
    """A change that only moves money would move it between capital and revenue."""


class ClosedYearError(BudgetError):
    """The year's books are closed."""


class NotDecidedBySameError(BudgetError):
    """Nobody confirms what they entered themselves."""


class KeyDecisionError(BudgetError):
    """The mark as a key decision differs from what the thresholds say, and no reason is given."""


class GateError(BudgetError):
    """Something must be settled before the change may be submitted; ``reasons`` lists it."""

    def __init__(self, message: str, reasons: Sequence[findings.Finding]) -> None:
        super().__init__(message)
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to record: signed pounds for a year, nature and source; ``project`` when it is another end."""

    year: FinancialYear
    nature: str
    source: FundingSource
    amount: Decimal
    project: Project | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewHeadline:
    """What the minute states in words: ``words`` as printed ("£528k"), for capital, revenue or total; by or to."""

    nature: str
    words: str
    basis: str = HeadlineBasis.BY


# -- budget changes ---------------------------------------------------------------------------


def record_change(
    *,
    by: User,
    project: Project,
    kind: str,
    title: str,
    lines: Iterable[NewLine] = (),
    headlines: Iterable[NewHeadline] = (),
    purpose: str = "",
    note: str = "",
    key_decision: bool = False,
    key_decision_reason: str = "",
    reverses: BudgetChange | None = None,
    asked_by: ChangeRequest | None = None,
    token: UUID | None = None,
    reason: str = "",
) -> BudgetChange:
    """Record a draft of a budget change with its lines. ``asked_by``: the board's change request that led to it.

    Raises BudgetError (no title), UnbalancedError, RingFenceError, once.AlreadyDone.
    """
    require(by, Permission.ENTER_BUDGETS)
    if not title.strip():
        raise BudgetError("Enter a title that says what the change is for", "title")
    with acting(by, "change.record", reason):
        claimed = once.claim(token, by)
        locked = Project.objects.select_for_update().get(pk=project.pk)
        change = BudgetChange(
            project=locked,
            reference=_next_reference(locked),
            title=title.strip(),
            kind=kind,
            purpose=purpose,
            note=note,
            key_decision=key_decision,
            key_decision_reason=key_decision_reason,
            reverses=reverses,
            created_by=by,
        )
        change.full_clean(exclude=["created_by"])
        change.save()
        _write_lines(change, list(lines))
        _write_headlines(change, headlines)
        if asked_by is not None:
            _answer_request(asked_by, change, by)
        once.settle(claimed, change.get_absolute_url())
    return change


def _answer_request(asked_by: ChangeRequest, change: BudgetChange, by: User) -> None:
    """Name the change on the board's request that led to it. Raises BudgetError when one is named already."""
    locked = ChangeRequest.objects.select_for_update().get(pk=asked_by.pk)
    if locked.budget_change_reference:
        raise BudgetError(
            f"{locked} has led to {locked.budget_change_reference} already: edit that one"
        )
    link_budget_change(
        by=by,
        request=locked,
        version=locked.version,
        budget_change_reference=change.reference,
    )


def edit_change(
    *,
    by: User,
    change: BudgetChange,
    version: int,
    lines: Iterable[NewLine] | None = None,
    headlines: Iterable[NewHeadline] | None = None,
    reason: str = "",
    **values: object,
) -> BudgetChange:
    """Edit a draft: its words, lines or headlines. A change with a decision is corrected by a reversal instead.

    Raises StaleError when someone saved it meanwhile, BudgetError when a body has decided on it, KeyDecisionError
    when it is submitted and its mark as a key decision would differ from the thresholds without a reason.
    """
    require(by, Permission.ENTER_BUDGETS)
    with acting(by, "change.edit", reason):
        locked = BudgetChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
        if locked.version != version:
            raise StaleError(locked)
        if locked.decisions.filter(outcome__isnull=False).exists():
            raise BudgetError(
                "A body has decided on this change: correct it by a reversal, with the reason"
            )
        for name, value in values.items():
            setattr(locked, name, value)
        written = None if lines is None else list(lines)
        if locked.submitted_on is not None:
            asked = list(locked.lines.as_asked()) if written is None else written
            values["key_decision_expected"] = _expected_mark(
                locked.key_decision,
                locked.key_decision_reason,
                key_decision_of(locked.kind, asked, locked.submitted_on),
            )
        edited = save_if_unchanged(locked, version, **values)
        if written is not None:
            edited.lines.filter(decision=None).delete()
            _write_lines(edited, written)
        if headlines is not None:
            edited.headlines.all().delete()
            _write_headlines(edited, headlines)
    return edited


def _next_reference(project: Project) -> str:
    """The project's reference and a running number: HMS-07. Under the project's row lock."""
    last = (
        BudgetChange.objects.filter(project=project, reference__startswith=f"{project.reference}-")
        .order_by("-pk")
        .values_list("reference", flat=True)
        .first()
    )
    match = re.search(r"-(\d+)$", last or "")
    return f"{project.reference}-{int(match[1]) + 1 if match else 1:02d}"


def _write_lines(
    change: BudgetChange, lines: Sequence[NewLine], decision: Decision | None = None
) -> None:
    seen: set[tuple[int, int, str, int]] = set()
    for line in lines:
        project = line.project or change.project
        key = (project.pk, line.year.start, line.nature, line.source.pk)
        if key in seen:
            raise BudgetError(
                f"{line.nature.capitalize()} {line.year} from {line.source} is there twice; put it in one line",
                "lines",
            )
        seen.add(key)
    total = sum((line.amount for line in lines), NIL)
    if change.kind in BALANCED_KINDS and total != 0:
        raise UnbalancedError(
            f"The lines of a {change.get_kind_display().lower()} must sum to nil: they sum to {money.pounds(total)}. "
            "Enter both ends.",
            "lines",
        )
    _refuse_crossings(change, lines)
    Line.objects.bulk_create(
        Line(
            change=change,
            decision=decision,
            project=line.project or change.project,
            year=line.year,
            nature=line.nature,
            source=line.source,
            amount=line.amount,
            note=line.note,
        )
        for line in lines
    )


def crossings_of(change: BudgetChange, lines: Iterable[Line | NewLine]) -> list[crossing.Crossing]:
    """What a change with these lines takes across the ring-fence, or between capital and revenue."""
    return crossing.crossings(
        (
            crossing.End(
                line.amount,
                line.nature,
                (line.project or change.project).reference,
                (line.project or change.project).fund,
                line.source.name,
                line.source.fund,
            )
            for line in lines
        ),
        kind=change.kind,
        kind_words=change.get_kind_display().partition(" (")[0].lower(),
        balanced=change.kind in BALANCED_KINDS,
    )


def _refuse_crossings(change: BudgetChange, lines: Sequence[NewLine]) -> None:
    """Refuse what the council's rules stop; what they flag is shown on the change and found by the checks."""
    found = crossings_of(change, lines)
    if not found:
        return
    council = CouncilSettings.current()
    for each in found:
        if each.line == crossing.RING_FENCE and council.ring_fence_rule == RingFenceRule.STOP:
            raise RingFenceError(
                f"{each.words}. Money does not cross it; choose a source or project of the same fund.",
                "lines",
            )
        if each.line == crossing.NATURE and council.nature_rule == RingFenceRule.STOP:
            raise NatureError(
                f"{each.words}. Capital and revenue must each sum to nil; record a reclassification to move "
                "money between them.",
                "lines",
            )


def _write_headlines(change: BudgetChange, headlines: Iterable[NewHeadline]) -> None:
    for headline in headlines:
        amount = money.parse_money(headline.words)
        if amount is None:
            continue
        MinutedHeadline.objects.create(
            change=change,
            nature=headline.nature,
            basis=headline.basis,
            words=headline.words.strip(),
            amount=amount,
            nearest=money.last_place(headline.words),
        )


# -- route and decisions ----------------------------------------------------------------------


def weight_of(lines: Iterable[Line | NewLine], kind: str) -> authority.Weight:
    """What lines weigh against the limits."""
    return authority.weigh(
        ((line.nature, line.amount) for line in lines), balanced=kind in BALANCED_KINDS
    )


def proposed_route(change: BudgetChange, day: dt.date) -> list[authority.Stop]:
    """The route that the limits in force on a day call for, each stop with its reason. Two queries."""
    bodies = GoverningBody.objects.filter(in_use=True).prefetch_related("limits")
    candidates = [
        authority.Candidate(
            body.pk, body.name, body.kind, [_limit(limit) for limit in body.limits.all()]
        )
        for body in bodies
    ]
    lines = [line for line in change.lines.all() if line.decision_id is None]
    return authority.propose_route(candidates, day, weight_of(lines, change.kind))


def key_decision_of(
    kind: str, lines: Iterable[Line | NewLine], day: dt.date
) -> authority.Judgement:
    """Whether the thresholds in force on a day make a change of these lines a key decision, and why."""
    thresholds = [
        authority.Threshold(row.kind, row.amount, row.since, row.until)
        for row in KeyDecisionThreshold.objects.all()
    ]
    return authority.key_decision(thresholds, day, weight_of(lines, kind))


def key_decision_proposed(change: BudgetChange, day: dt.date) -> authority.Judgement:
    """The same for a change as it was asked."""
    lines = [line for line in change.lines.all() if line.decision_id is None]
    return key_decision_of(change.kind, lines, day)


def unexplained_mark(marked: bool, reason: str, proposed: authority.Judgement) -> str:
    """What is missing when a mark differs from the thresholds without a reason; empty when nothing is."""
    if marked == proposed.sufficient or reason.strip():
        return ""
    what = "Remove the mark" if marked else "Mark it as a key decision"
    return f"{proposed.reason} {what}, or say why the mark differs."


def _expected_mark(marked: bool, reason: str, proposed: authority.Judgement) -> bool:
    """What the thresholds say of a change that is put to decision; KeyDecisionError when its mark needs a reason."""
    if missing := unexplained_mark(marked, reason, proposed):
        raise KeyDecisionError(missing, "key_decision_reason")
    return proposed.sufficient


def lock_change(change: BudgetChange, version: int | None = None) -> BudgetChange:
    """The change under its row lock; StaleError when it is not of the version that the form showed."""
    locked = BudgetChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if version is not None and locked.version != version:
        raise StaleError(locked)
    return locked


@dataclass(frozen=True, slots=True)
class NewStop:
    """A stop to plan: a body, what it is there to do, and the meeting if it is known."""

    body: GoverningBody
    expects: str
    planned_for: dt.date | None = None


def plan_route(
    *,
    by: User,
    change: BudgetChange,
    stops: Sequence[NewStop],
    version: int | None = None,
    reason: str = "",
) -> list[Decision]:
    """Set the stops still to come. What has been decided stays. ``reason`` says why it differs from the proposal.

    ``version`` is that of the change as the form showed it; raises StaleError when someone saved it meanwhile,
    BudgetError when the route is not the proposed one and no reason is given.
    """
    require(by, Permission.ENTER_BUDGETS)
    with acting(by, "change.plan_route", reason):
        locked = lock_change(change, version)
        proposal = [
            (stop.key, stop.expects)
            for stop in proposed_route(locked, locked.submitted_on or timezone.localdate())
        ]
        differs = bool(proposal) and proposal != [(stop.body.pk, stop.expects) for stop in stops]
        if differs and not reason.strip():
            raise BudgetError("Say why the route differs from the proposed one", "reason")
        locked.decisions.pending().delete()
        last = locked.decisions.aggregate(last=Max("position"))["last"] or 0
        BudgetChange.objects.filter(pk=locked.pk).update(
            route_reason=reason.strip() if differs else "", version=F("version") + 1
        )
        return Decision.objects.bulk_create(
            Decision(
                change=locked,
                position=last + number,
                body=stop.body,
                expects=stop.expects,
                planned_for=stop.planned_for,
            )
            for number, stop in enumerate(stops, start=1)
        )


def submit_change(
    *,
    by: User,
    change: BudgetChange,
    on: dt.date,
    key_decision_reason: str = "",
    reason: str = "",
) -> BudgetChange:
    """Submit a draft for decision. From then on its amount is sought.

    ``key_decision_reason`` says why the mark differs from the thresholds in force on the day, if it does and the
    draft does not say it. Raises KeyDecisionError without one, BudgetError without lines or route, GateError while
    lessons of old projects are unanswered.
    """
    require(by, Permission.ENTER_BUDGETS)
    with acting(by, "change.submit", reason):
        locked = BudgetChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
        if locked.submitted_on is not None:
            raise BudgetError("This change has already been submitted")
        if not locked.lines.exists():
            raise BudgetError("Enter the lines of the change before you submit it")
        if not locked.decisions.exists():
            raise BudgetError("Plan the route, that is who decides, before you submit the change")
        why = key_decision_reason.strip() or locked.key_decision_reason
        expected = _expected_mark(locked.key_decision, why, key_decision_proposed(locked, on))
        _check_gates(locked, on)
        return save_if_unchanged(
            locked,
            locked.version,
            submitted_on=on,
            submitted_by=by,
            key_decision_expected=expected,
            key_decision_reason=why,
        )


def _check_gates(change: BudgetChange, day: dt.date) -> None:
    known = {check.code for check in findings.checks()}
    scope = findings.Scope(projects=Project.objects.filter(pk=change.project_id), as_at=day)
    reasons = findings.run(scope, [code for code in GATES if code in known])
    if reasons:
        raise GateError(
            "Lessons of earlier projects must be answered before this change can be submitted",
            reasons,
        )


def record_decision(
    *,
    by: User,
    change: BudgetChange,
    outcome: str,
    decided_on: dt.date,
    step: Decision | None = None,
    body: GoverningBody | None = None,
    precision: str = DatePrecision.DAY,
    agenda_item: str = "",
    minute_number: str = "",
    call_in_deadline: dt.date | None = None,
    note: str = "",
    resolved_lines: Sequence[NewLine] | None = None,
    urgent: UrgentRecord | None = None,
    version: int | None = None,
    token: UUID | None = None,
    reason: str = "",
) -> Decision:
    """Record what a body decided: at a planned ``step``, or by a ``body`` that was not on the route.

    Whether an approval counts is judged here, from the limits in force on the day, under a lock
    of the head: one without authority is interim and needs ratification. ``resolved_lines`` are
    the lines as resolved when they differ from those asked for. A deferral plans another stop.

    Raises BudgetError (no body, a date in the future, a change that was never submitted, an urgent
    decision without its record), UnbalancedError, once.AlreadyDone, and StaleError when the change
    is no longer of the ``version`` that the form showed.
    """
    require(by, Permission.ENTER_BUDGETS)
    if decided_on > timezone.localdate():
        raise BudgetError("The date of a decision cannot be in the future", "decided_on")
    with acting(by, f"change.{outcome}", reason):
        claimed = once.claim(token, by)
        # The head is locked, not only the change: two approvals at once could each be within a
        # yearly limit and together above it.
        lock_head(change.project_id)
        locked = lock_change(change, version)
        if locked.submitted_on is None:
            raise BudgetError("Submit the change first: a body decides on what was put to it")
        decision = _step_to_decide(locked, step, body, outcome)
        if decision.body.kind == BodyKind.URGENT_POWERS and outcome in APPROVING and urgent is None:
            raise BudgetError(
                "An urgent-powers decision needs its record: the reasons, the alternatives and who was consulted",
                "reasons",
            )
        if outcome == Outcome.RATIFIED and not _has_interim(locked):
            raise BudgetError(
                "There is no interim approval here to ratify; record it as approved", "outcome"
            )
        lines = resolved_lines if resolved_lines is not None else list(locked.lines.as_asked())
        judgement = authority.Judgement(False, "")
        if outcome in APPROVING:
            judgement = _judge(decision.body, locked, weight_of(lines, locked.kind), decided_on)
        decision.outcome = outcome
        decision.decided_on = decided_on
        decision.precision = precision
        decision.agenda_item = agenda_item
        decision.minute_number = minute_number
        decision.call_in_deadline = call_in_deadline
        decision.note = note
        decision.has_authority = judgement.sufficient
        decision.authority_reason = judgement.reason
        decision.entered_by = by
        decision.entered_at = timezone.now()
        decision.needs_confirmation = CouncilSettings.current().four_eyes
        decision.full_clean(exclude=["change", "body", "entered_by"])
        decision.save()
        if resolved_lines is not None:
            _write_lines(locked, resolved_lines, decision)
        if urgent is not None:
            urgent.decision = decision
            urgent.full_clean(exclude=["decision"])
            urgent.save()
        if outcome == Outcome.DEFERRED:
            _plan_again(locked, decision)
        BudgetChange.objects.filter(pk=locked.pk).update(version=F("version") + 1)
        once.settle(claimed, locked.get_absolute_url())
    return decision


def lock_head(project_id: int) -> None:
    """Hold the project against every other decision on it until the transaction ends."""
    Project.objects.select_for_update().get(pk=project_id)


def _step_to_decide(
    change: BudgetChange, step: Decision | None, body: GoverningBody | None, outcome: str
) -> Decision:
    if step is not None:
        current = (
            Decision.objects.select_for_update(of=("self",)).select_related("body").get(pk=step.pk)
        )
        if current.change_id != change.pk or current.outcome is not None:
            raise BudgetError("This step of the route already has its decision")
        return current
    if body is None:
        raise BudgetError("Choose the body that decided", "body")
    # A body that was not on the route stands before the stops still to come. Moving those up one
    # at a time from the end keeps their numbers unique.
    pending = change.decisions.pending().order_by("-position")
    decided = change.decisions.exclude(outcome=None).aggregate(last=Max("position"))["last"] or 0
    for stop in pending:
        Decision.objects.filter(pk=stop.pk).update(position=F("position") + 1)
    expects = {
        Outcome.RECOMMENDED: Expectation.RECOMMEND,
        Outcome.NOTED: Expectation.NOTE,
        Outcome.RATIFIED: Expectation.RATIFY,
    }.get(Outcome(outcome), Expectation.APPROVE)
    return Decision(change=change, position=decided + 1, body=body, expects=expects)


def _plan_again(change: BudgetChange, deferred: Decision) -> None:
    """A deferred item comes back: the same body has another stop right after."""
    for stop in change.decisions.pending().order_by("-position"):
        Decision.objects.filter(pk=stop.pk).update(position=F("position") + 1)
    Decision.objects.create(
        change=change, position=deferred.position + 1, body=deferred.body, expects=deferred.expects
    )


def _has_interim(change: BudgetChange) -> bool:
    return change.decisions.filter(outcome__in=APPROVING, has_authority=False).exists()


def _limit(row: AuthorityLimit) -> authority.Limit:
    return authority.Limit(row.kind, row.per_change, row.per_year, row.since, row.until)


def _judge(
    body: GoverningBody, change: BudgetChange, weight: authority.Weight, day: dt.date
) -> authority.Judgement:
    """Judge a body's authority over a change; the caller holds the lock of the head."""
    limits = [_limit(row) for row in body.limits.order_by("since")]
    year = FinancialYear.of(day)
    # What it approved and a later decision undid no longer weighs; what waits to be confirmed does.
    undone = Decision.objects.filter(
        change=OuterRef("change"), outcome__in=UNDOING, position__gt=OuterRef("position")
    )
    approvals = (
        Decision.objects.filter(
            change__project=change.project_id,
            body=body,
            has_authority=True,
            decided_on__gte=year.first_day,
            decided_on__lte=year.last_day,
        )
        .exclude(change=change)
        .exclude(Exists(undone))
        .select_related("change")
        .prefetch_related("resolved_lines", "change__lines")
    )
    earlier: dict[str, Decimal] = {}
    for approval in approvals:
        lines = list(approval.resolved_lines.all()) or [
            line for line in approval.change.lines.all() if line.decision_id is None
        ]
        for kind, amount in weight_of(lines, approval.change.kind).by_kind.items():
            earlier[kind] = earlier.get(kind, NIL) + amount
    return authority.judge(body.name, limits, day, weight, earlier)


def judge_approval(decision: Decision, change: BudgetChange, day: dt.date) -> authority.Judgement:
    """Whether the body of an approval on record would have had the authority on a day; the caller holds the lock."""
    lines = list(decision.resolved_lines.all()) or list(change.lines.as_asked())
    return _judge(decision.body, change, weight_of(lines, change.kind), day)


def confirm_decision(*, by: User, decision: Decision, reason: str = "") -> Decision:
    """Confirm a decision against the minutes. Raises NotDecidedBySameError for one's own entry."""
    require(by, Permission.CONFIRM_DECISIONS)
    with acting(by, "decision.confirm", reason):
        locked = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
        if locked.outcome is None:
            raise BudgetError("Nothing has been decided here yet")
        if locked.confirmed_at is not None:
            raise BudgetError("This decision has already been confirmed")
        if locked.entered_by_id == by.pk:
            raise NotDecidedBySameError(
                "You entered this decision, so someone else must confirm it"
            )
        if locked.corrections.filter(is_accepted=True, entered_by=by).exists():
            raise NotDecidedBySameError(
                "You corrected this decision’s minute, so someone else must confirm it"
            )
        locked.confirmed_by = by
        locked.confirmed_at = timezone.now()
        locked.save(update_fields=["confirmed_by", "confirmed_at"])
    return locked


def report_urgent_decision(*, by: User, record: UrgentRecord, on: dt.date) -> None:
    """Note the day on which Council was told of an urgent-powers decision. Raises BudgetError for another day."""
    require(by, Permission.ENTER_BUDGETS)
    decided_on = record.decision.decided_on
    if on > timezone.localdate() or (decided_on and on < decided_on):
        raise BudgetError(
            "Enter the day of the report: after the decision, and not in the future", "on"
        )
    with acting(by, "urgent.report"):
        UrgentRecord.objects.filter(pk=record.pk).update(reported_on=on)


def reverse_change(
    *, by: User, change: BudgetChange, reason: str, token: UUID | None = None
) -> BudgetChange:
    """Correct a change by its mirror image: the same lines with the other sign, as a new draft on a route of its own.

    Raises BudgetError without a reason, or when it has been reversed before.
    """
    if not reason.strip():
        raise BudgetError(
            "Say why the change is reversed; the reason stays in the record", "reason"
        )
    require(by, Permission.ENTER_BUDGETS)
    with acting(by, "change.reverse", reason):
        locked = lock_change(change)
        earlier = BudgetChange.objects.filter(reverses=locked).first()
        if earlier is not None and not once.is_claimed(token):
            raise BudgetError(f"This change has already been reversed, by {earlier.reference}")
        standing: Any = BudgetChange.objects.with_standing(timezone.localdate()).get(pk=change.pk)
        own = list(locked.lines.filter(decision=standing.approval_id, decision__isnull=False))
        lines = own or list(locked.lines.as_asked())
        mirrored = -sum((line.amount for line in lines), NIL)
        kind = ChangeKind.DECREASE if mirrored < 0 else ChangeKind.INCREASE
        return record_change(
            by=by,
            project=locked.project,
            kind=locked.kind if locked.kind in BALANCED_KINDS else kind,
            title=f"Reversal of {locked.reference}: {locked.title}"[:200],
            purpose=reason,
            lines=[
                NewLine(
                    line.year,
                    line.nature,
                    line.source,
                    -line.amount,
                    line.project,
                    f"Reverses {locked.reference}",
                )
                for line in lines
            ],
            reverses=locked,
            token=token,
            reason=reason,
        )


# -- cost plans -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewPlanLine:
    """Pounds needed for a work package (None: not split) in a year."""

    year: FinancialYear
    nature: str
    amount: Decimal
    work_package: WorkPackage | None = None
    note: str = ""


def save_cost_plan(
    *,
    by: User,
    project: Project,
    dated: dt.date,
    lines: Iterable[NewPlanLine],
    note: str = "",
    version: int | None = None,
    token: UUID | None = None,
    reason: str = "",
) -> CostPlan:
    """Save the cost plan in force from a day. A plan of the same day is replaced, if nobody else saved it meanwhile.

    ``version`` is that of the plan of this day as the form showed it; None when there was none.
    Raises StaleError, ClosedYearError, once.AlreadyDone.
    """
    require(by, Permission.ENTER_BUDGETS)
    rows = list(lines)
    with acting(by, "plan.save", reason):
        claimed = once.claim(token, by)
        Project.objects.select_for_update().get(pk=project.pk)
        _refuse_closed_years(project, dated, rows)
        plan = CostPlan.objects.filter(project=project, dated=dated).first()
        if plan is not None:
            if plan.version != version:
                raise StaleError(plan)
            plan = save_if_unchanged(plan, version, note=note)
        else:
            plan = CostPlan.objects.create(project=project, dated=dated, note=note, created_by=by)
        _set_plan_lines(plan, rows)
        once.settle(claimed, "")
    return plan


def _set_plan_lines(plan: CostPlan, rows: Sequence[NewPlanLine]) -> None:
    """Make the plan's lines those given, touching only what differs: history tells of changes alone."""

    def place(line: CostPlanLine | NewPlanLine) -> tuple[int, int, str]:
        return (line.work_package.pk if line.work_package else 0, line.year.start, line.nature)

    standing = {place(line): line for line in plan.lines.select_related("work_package")}
    new, changed = [], []
    for row in rows:
        line = standing.pop(place(row), None)
        if line is None:
            new.append(
                CostPlanLine(
                    plan=plan,
                    work_package=row.work_package,
                    year=row.year,
                    nature=row.nature,
                    amount=row.amount,
                    note=row.note,
                )
            )
        elif (line.amount, line.note) != (row.amount, row.note):
            line.amount, line.note = row.amount, row.note
            changed.append(line)
    plan.lines.filter(pk__in=[line.pk for line in standing.values()]).delete()
    CostPlanLine.objects.bulk_update(changed, ["amount", "note"])
    CostPlanLine.objects.bulk_create(new)


def _refuse_closed_years(project: Project, dated: dt.date, rows: Sequence[NewPlanLine]) -> None:
    """A new plan may repeat a closed year's figures and not change or drop them."""
    closed = {row.year.start: row.year for row in ClosedYear.objects.all()}
    if not closed:
        return
    before: dict[tuple[int, str], Decimal] = {
        (row["year"].start, row["nature"]): row["total"]
        for row in CostPlanLine.objects.filter(plan__project=project)
        .current(dated)
        .totals("year", "nature")
    }
    after: dict[tuple[int, str], Decimal] = {}
    for row in rows:
        key = (row.year.start, row.nature)
        after[key] = after.get(key, NIL) + row.amount
    for start, nature in sorted(before.keys() | after.keys()):
        was, becomes = before.get((start, nature), NIL), after.get((start, nature), NIL)
        if start in closed and was != becomes:
            raise ClosedYearError(
                f"{closed[start]} is closed: its {nature} stays {money.pounds(was)} in every later plan, "
                f"and this one says {money.pounds(becomes)}",
                "lines",
            )


# -- spend ------------------------------------------------------------------------------------

#: What the form and the import say alike.
POSTED_IN_FUTURE = "Spend cannot be posted in the future"


def closed_for_spend(year: FinancialYear) -> str:
    """What the form and the import say of spend in a closed year."""
    return f"{year} is closed: spend can no longer be entered in it"


def record_spend(
    *,
    by: User,
    project: Project,
    posted_on: dt.date,
    nature: str,
    amount: Decimal,
    description: str = "",
    supplier: str = "",
    ledger_reference: str = "",
    work_package: WorkPackage | None = None,
    year: FinancialYear | None = None,
    reverses: SpendEntry | None = None,
    token: UUID | None = None,
    reason: str = "",
) -> SpendEntry:
    """Record one amount of spend. Its year is that of the posting unless the ledger says another.

    Raises ClosedYearError, BudgetError for a date in the future, once.AlreadyDone.
    """
    require(by, Permission.ENTER_BUDGETS)
    of_year = year or FinancialYear.of(posted_on)
    if posted_on > timezone.localdate():
        raise BudgetError(POSTED_IN_FUTURE, "posted_on")
    with acting(by, "spend.record", reason):
        claimed = once.claim(token, by)
        if ClosedYear.objects.filter(year=of_year).exists():
            raise ClosedYearError(closed_for_spend(of_year), "posted_on")
        entry = SpendEntry(
            project=project,
            work_package=work_package,
            posted_on=posted_on,
            year=of_year,
            nature=nature,
            amount=amount,
            description=description,
            supplier=supplier,
            ledger_reference=ledger_reference,
            reverses=reverses,
        )
        entry.full_clean()  # the project too: a ledger reference is used once in it
        entry.save()
        once.settle(claimed, "")
    return entry


def reverse_spend(*, by: User, entry: SpendEntry, on: dt.date, reason: str) -> SpendEntry:
    """Correct an entry by its mirror image; nothing disappears."""
    if not reason.strip():
        raise BudgetError("Say why the entry is reversed; the reason stays in the record", "reason")
    require(by, Permission.ENTER_BUDGETS)
    with acting(by, "spend.reverse", reason):
        if (
            SpendEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk).amount
            and SpendEntry.objects.filter(reverses=entry).exists()
        ):
            raise BudgetError("This entry has already been reversed")
        return record_spend(
            by=by,
            project=entry.project,
            posted_on=on,
            year=entry.year if not ClosedYear.objects.filter(year=entry.year).exists() else None,
            nature=entry.nature,
            amount=-entry.amount,
            description=f"Reversal: {reason}"[:300],
            supplier=entry.supplier,
            work_package=entry.work_package,
            reverses=entry,
            reason=reason,
        )


def close_year(*, by: User, year: FinancialYear, on: dt.date) -> ClosedYear:
    """Close a year: no more spend or plan changes in it. Approvals may still come, marked retrospective."""
    require(by, Permission.ENTER_BUDGETS, Permission.ADMINISTER)
    if on <= year.last_day:
        raise BudgetError(
            f"{year} ends on {year.last_day:%-d %B %Y}; close it after that day", "on"
        )
    with acting(by, "year.close"):
        closed = ClosedYear(year=year, closed_on=on, closed_by=by)
        closed.full_clean(exclude=["closed_by"])
        closed.save()
    return closed


def reopen_year(*, by: User, closed: ClosedYear, reason: str) -> None:
    """Open a closed year again, for a correction that cannot wait. The closing stays in the history.

    Raises BudgetError without a reason.
    """
    require(by, Permission.ADMINISTER)
    if not reason.strip():
        raise BudgetError(
            "Say why the year is opened again; the reason stays in the record", "reason"
        )
    with acting(by, "year.reopen", reason):
        closed.delete()
