"""Stores a checked file in one transaction: all of it or nothing, under one act in the history."""

from __future__ import annotations

import logging
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone

from budgets import services
from budgets.imports import copies, short_files, spend_rows
from budgets.imports.stage import ImportRefused, at_work, recover, set_now
from budgets.models import CostPlan, ImportKind, ImportRun, ImportState
from council_hms.access import Permission, require
from council_hms.concurrency import StaleError
from council_hms.history import acting
from council_hms.models import User

log = logging.getLogger("council_hms.imports")

#: Imports of spend are stored one after the other: two at once could both hold a row to be new.
_SPEND_LOCK = 71_002
_MEANWHILE = "The ledger has changed since the file was checked, and nothing was imported. Check the file again."


def confirm(*, by: User, run: ImportRun, accept_totals: bool = False) -> None:
    """Mark a checked import as being stored; whoever comes second is told. Then call ``apply``.

    Raises ImportRefused: faults, nothing new, the file's own totals differ and nobody accepted that.
    """
    require(by, Permission.ENTER_BUDGETS)
    recover(run)
    if run.faults:
        raise ImportRefused(
            "Put the faults right and send the file again; nothing can be imported before"
        )
    if not run.findings.get("changes"):
        raise ImportRefused("There is nothing to import: the ledger has all of it already")
    if not accept_totals and any(not total["agrees"] for total in run.findings.get("totals", ())):
        raise ImportRefused(
            "A total in the file is not the sum of its rows. Tick that you have looked at it, or put the file right."
        )
    claimed = ImportRun.objects.filter(pk=run.pk, state=ImportState.CHECKED).update(
        state=ImportState.APPLYING, problem="", touched_at=timezone.now()
    )
    if not claimed:
        raise ImportRefused("This import is being stored already, or is done")
    run.refresh_from_db()


def apply(*, by: User, run: ImportRun, through: str = "import") -> ImportRun:
    """Store what was confirmed. When anything is refused, nothing is stored and the import is checked again.

    Raises ImportRefused with the reason.
    """
    require(by, Permission.ENTER_BUDGETS)
    try:
        with at_work(run), acting(by, f"{run.kind}.import", str(run)):
            pghistory.context(through=through, import_run=run.pk)
            locked = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
            if locked.state != ImportState.APPLYING:
                raise ImportRefused("This import has not been confirmed, or is done")
            made = _store(locked, by)
            set_now(locked, state=ImportState.APPLIED, finished_at=timezone.now(), **made)
    except (services.BudgetError, StaleError, ValidationError, IntegrityError) as error:
        reason = _reason(error)
        ImportRun.objects.filter(pk=run.pk, state=ImportState.APPLYING).update(
            state=ImportState.CHECKED, problem=reason
        )
        raise ImportRefused(reason) from error
    except BaseException:
        ImportRun.objects.filter(pk=run.pk, state=ImportState.APPLYING).update(
            state=ImportState.CHECKED
        )
        raise
    log.info("import=%s stored new=%s by=%s through=%s", run.pk, locked.new_rows, by.pk, through)
    return locked


def _store(run: ImportRun, by: User) -> dict[str, Any]:
    """Store the rows; what the run is to remember of it: the cost plan or budget change that was made."""
    if run.kind == ImportKind.SPEND:
        with connection.cursor() as cursor:
            try:
                cursor.execute("SET LOCAL lock_timeout = '45s'")
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SPEND_LOCK])
            except OperationalError as error:
                raise ImportRefused(
                    "Another import is being stored. Try again when it is done."
                ) from error
        if spend_rows.store(run, by) != run.new_rows:
            raise ImportRefused(_MEANWHILE)
        return {}
    made = copies.store(run, by) if run.is_edit_copy else short_files.store(run, by)
    return {"plan" if isinstance(made, CostPlan) else "change": made}


def _reason(error: Exception) -> str:
    if isinstance(error, IntegrityError | StaleError):
        return _MEANWHILE
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error)


def discard(*, by: User, run: ImportRun) -> None:
    """Give an import up before it is stored; the file and who sent it stay in the list."""
    require(by, Permission.ENTER_BUDGETS)
    recover(run)
    given_up = ImportRun.objects.filter(
        pk=run.pk, state__in=[ImportState.SENT, ImportState.CHECKED]
    ).update(state=ImportState.DISCARDED, finished_at=timezone.now())
    if not given_up:
        raise ImportRefused("This import is at work or done; it cannot be discarded")
