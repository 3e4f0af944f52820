"""What people do with checks: have a report checked, set a finding aside and take that back, withdraw a draft."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from council_hms import once
from council_hms.access import Permission, require
from council_hms.history import acting
from council_hms.models import User
from projects.models import Project
from reports.checking.stored import paper_to_json
from reports.examine import examine_file
from reports.models import CheckedText, Dismissal, ReportCheck

P = Permission


class CheckError(ValueError):
    """An act is refused. ``str(error)`` says why and what to do."""


def check_file(
    *,
    content: bytes,
    name: str,
    by: User,
    projects: Sequence[Project] | None = None,
    as_at: dt.date | None = None,
    token: UUID | None = None,
) -> ReportCheck:
    """Have a report checked and keep the answer. ``projects`` as in ``examine_file``; None looks for them.

    Raises ReadError when the file cannot be read, and once.AlreadyDone on a second send.
    """
    require(by, P.CHECK_REPORTS)
    examined = examine_file(
        content, name, user=by, projects=projects, as_at=as_at, today=timezone.localdate()
    )
    with acting(by, "check.make", "Report checked"):
        claimed = once.claim(token, by)
        made = ReportCheck.objects.create(
            file_name=name[-200:],
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            projects=list(examined.projects),
            as_at=examined.as_at,
            checked_by=by,
        )
        CheckedText.objects.create(
            check_of=made,
            paper=paper_to_json(examined.paper),
            answer=examined.as_json(),
            word_file=content if examined.paper.format == "docx" else None,
        )
        once.settle(claimed, made.get_absolute_url())
    return made


def dismiss_finding(*, check: ReportCheck, finding: str, reason: str, by: User) -> Dismissal:
    """Set a finding aside, with the reason why it does not matter. Raises CheckError."""
    _may_act(check, by)
    if not reason.strip():
        raise CheckError("Say why the finding does not matter.")
    try:
        with acting(by, "check.dismiss", reason), transaction.atomic():
            return Dismissal.objects.create(
                check_of=check, finding=finding, reason=reason.strip(), dismissed_by=by
            )
    except IntegrityError as error:
        raise CheckError("This finding is dismissed already.") from error


def restore_finding(*, check: ReportCheck, finding: str, by: User) -> None:
    """Take a dismissal back: the finding stands again. Nothing happens when it stands already."""
    _may_act(check, by)
    with acting(by, "check.restore", "Dismissal taken back"):
        Dismissal.objects.standing().filter(check_of=check, finding=finding).update(
            undone_at=timezone.now(), undone_by=by
        )


def withdraw_check(*, check: ReportCheck, by: User) -> None:
    """Remove the text and the answer of a check for good. That it was made stays on record.

    Only whoever had the report checked withdraws it. Nothing happens when it is withdrawn already.
    """
    _may_act(check, by)
    with acting(by, "check.withdraw", "Text removed by its uploader"):
        locked = ReportCheck.objects.select_for_update().get(pk=check.pk)
        if locked.withdrawn_at is not None:
            return
        CheckedText.objects.filter(check_of=locked).delete()
        locked.withdrawn_at, locked.withdrawn_by = timezone.now(), by
        locked.save(update_fields=["withdrawn_at", "withdrawn_by"])


def _may_act(check: ReportCheck, by: User) -> None:
    require(by, P.CHECK_REPORTS)
    if check.checked_by_id != by.pk:
        raise CheckError("Only the person who had the report checked can do this.")
