"""A wrong minute put right: the number, agenda item or date under which a decision is on record, with the reason.

It never changes an outcome, a body or money: those are corrected by a reversal. Where the council
asks for a second person, the record stays as it is until one has confirmed the correction.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from budgets.models import BudgetChange, Decision, MinuteCorrection
from budgets.querysets import APPROVING
from budgets.services import (
    BudgetError,
    NotDecidedBySameError,
    judge_approval,
    lock_change,
    lock_head,
)
from council_hms import once
from council_hms.access import Permission, require
from council_hms.history import acting
from council_hms.models import CouncilSettings

if TYPE_CHECKING:
    from council_hms.models import User

#: What a correction may set right.
CORRECTED = ("decided_on", "precision", "agenda_item", "minute_number")


def correct_minute(
    *,
    by: User,
    decision: Decision,
    decided_on: dt.date,
    precision: str,
    agenda_item: str,
    minute_number: str,
    reason: str,
    version: int | None = None,
    token: UUID | None = None,
) -> MinuteCorrection:
    """Put right how a decision is on record, or, where a second person must confirm it, ask for that.

    A decision that itself waits to be confirmed is put right at once: who confirms it confirms the correction.

    Raises BudgetError (nothing decided, no reason, nothing changed, a date in the future or one on which the
    approval would count otherwise, another correction that waits), StaleError, once.AlreadyDone.
    """
    require(by, Permission.ENTER_BUDGETS)
    if not reason.strip():
        raise BudgetError("Say what was wrong; the reason stays in the record", "reason")
    if decided_on > timezone.localdate():
        raise BudgetError("The date of a decision cannot be in the future", "decided_on")
    four_eyes = CouncilSettings.current().four_eyes
    waits = decision.counts and four_eyes
    with acting(by, "minute.propose_correction" if waits else "minute.correct", reason):
        claimed = once.claim(token, by)
        change, current = _locked(decision, version)
        if current.outcome is None:
            raise BudgetError("Nothing has been decided here yet")
        if current.corrections.filter(settled_at=None).exists():
            raise BudgetError(
                "A correction of this decision already waits to be confirmed; settle that first"
            )
        correction = MinuteCorrection(
            decision=current,
            decided_on=decided_on,
            precision=precision,
            agenda_item=agenda_item.strip(),
            minute_number=minute_number.strip(),
            reason=reason.strip(),
            needs_confirmation=four_eyes,
            entered_by=by,
        )
        if all(getattr(correction, name) == getattr(current, name) for name in CORRECTED):
            raise BudgetError("That is how the decision is on record already; change what is wrong")
        _refuse_another_authority(change, current, decided_on)
        if not waits:
            # the decision's own confirmation, where one is asked for, is still to come
            correction.needs_confirmation = False
            correction.settled_by, correction.settled_at = by, timezone.now()
            correction.is_accepted = True
        correction.full_clean(exclude=["decision", "entered_by", "settled_by"])
        correction.save()
        if not waits:
            _make(change, current, correction)
        once.settle(claimed, change.get_absolute_url())
    return correction


def settle_correction(*, by: User, correction: MinuteCorrection, accept: bool) -> MinuteCorrection:
    """Confirm a correction that waits against the minutes, or refuse it. Who entered it may only take it back.

    Raises BudgetError when it has been settled, NotDecidedBySameError for confirming one's own.
    """
    require(by, Permission.CONFIRM_DECISIONS)
    act = "minute.correct" if accept else "minute.refuse_correction"
    with acting(by, act, correction.reason):
        change, current = _locked(correction.decision)
        standing = MinuteCorrection.objects.select_for_update(of=("self",)).get(pk=correction.pk)
        if standing.settled_at is not None:
            raise BudgetError("This correction has already been settled")
        if accept and standing.entered_by_id == by.pk:
            raise NotDecidedBySameError(
                "You entered this correction, so someone else must confirm it"
            )
        if accept:
            _refuse_another_authority(change, current, standing.decided_on)
        standing.settled_by, standing.settled_at, standing.is_accepted = by, timezone.now(), accept
        standing.save(update_fields=["settled_by", "settled_at", "is_accepted"])
        if accept:
            _make(change, current, standing)
    return standing


def _locked(decision: Decision, version: int | None = None) -> tuple[BudgetChange, Decision]:
    """The change and its decision under the locks that a decision takes, in the same order."""
    lock_head(decision.change.project_id)
    change = lock_change(decision.change, version)
    return change, Decision.objects.select_for_update(of=("self",)).select_related("body").get(
        pk=decision.pk
    )


def _refuse_another_authority(change: BudgetChange, decision: Decision, day: dt.date) -> None:
    """Refuse a date on which the limits say otherwise of the approval: that would change what counts."""
    if decision.outcome not in APPROVING or day == decision.decided_on:
        return
    judged = judge_approval(decision, change, day)
    if judged.sufficient != decision.has_authority:
        raise BudgetError(
            f"On that day the approval would {'count' if judged.sufficient else 'not count'}: {judged.reason} "
            "A correction of the minute does not change that; reverse the change instead.",
            "decided_on",
        )


def _make(change: BudgetChange, decision: Decision, correction: MinuteCorrection) -> None:
    if correction.decided_on != decision.decided_on and decision.outcome in APPROVING:
        decision.authority_reason = judge_approval(decision, change, correction.decided_on).reason
    for name in CORRECTED:
        setattr(decision, name, getattr(correction, name))
    decision.save(update_fields=[*CORRECTED, "authority_reason"])
    BudgetChange.objects.filter(pk=change.pk).update(version=F("version") + 1)
