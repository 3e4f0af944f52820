"""Reads and judges a whole file: every fault, what would change, totals, and every row accounted for.

Spend is checked by a handful of statements over all rows at once, since a ledger's download has
100,000 of them; cost plans and budget lines, which are short, by trying the very service that would
store them and undoing it.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from budgets.imports import copies, short_files, spend_rows
from budgets.imports.parse import Choices, Reader, heads_of
from budgets.imports.stage import ImportRefused, at_work, set_now, stage
from budgets.models import ImportFault, ImportKind, ImportRun, ImportState
from council_hms.access import Permission, require
from council_hms.models import User


def check(*, by: User, run: ImportRun) -> ImportRun:
    """Read the whole file, stage its rows, list every fault, and work out what would change.

    May be repeated. Raises ImportRefused (not to be checked now, columns missing) and SpreadsheetError.
    """
    require(by, Permission.ENTER_BUDGETS)
    with at_work(run):
        run.refresh_from_db()
        if run.state in (ImportState.APPLIED, ImportState.DISCARDED):
            raise ImportRefused("This import is done. Send the file again to import it again.")
        before = run.state if not run.is_at_work else ImportState.SENT
        set_now(run, state=ImportState.CHECKING, rows_read=0, problem="")
        try:
            if run.is_edit_copy:
                outcome = copies.compare(run, by, run.importfile.sent)
            else:
                outcome = _check_rows(run, by)
        except BaseException as error:
            set_now(run, state=before, problem=str(error) if isinstance(error, ValueError) else "")
            raise
        set_now(run, state=ImportState.CHECKED, **outcome)
    return run


def _check_rows(run: ImportRun, by: User) -> dict[str, Any]:
    choices = Choices.of(run.choices)
    reader = reader_of(run)
    if reader.same_faults:
        raise ImportRefused("; ".join(reader.same_faults))
    if reader.missing:
        raise ImportRefused(
            f"Say which column holds: {', '.join(name.lower() for name in reader.missing)}"
        )
    stage(run, reader, choices)
    with transaction.atomic():
        if run.kind == ImportKind.SPEND:
            outcome = spend_rows.check(run, by, reader)
        else:
            outcome = short_files.check(run, by, reader)
        outcome["faults"] = ImportFault.objects.filter(run=run).count()
        outcome["findings"] |= {
            "counts": dict(reader.counts),
            "left_out": reader.left_out,
            "totals": [total.stored() for total in reader.totals[:100]],
            "readings": reader.readings,
            "total": str(reader.total),
            "columns_left_out": _columns_left_out(run, choices),
        }
    accounted = sum(reader.counts.values())
    judged = outcome["new_rows"] + outcome["unchanged_rows"] + outcome["refused_rows"]
    if accounted != run.rows_in_file or judged != reader.counts["rows"]:
        raise AssertionError(f"import {run.pk}: {accounted} and {judged} rows are accounted for")
    return outcome


def reader_of(run: ImportRun) -> Reader:
    """The reader of a run's file, by its choices."""
    choices = Choices.of(run.choices)
    heads = heads_of(run.outline["sheets"][choices.sheet]["rows"], choices.head_row)
    own_project = run.kind != ImportKind.SPEND and run.project is not None
    return Reader(
        run.kind,
        choices,
        heads,
        default_project=run.project.reference if own_project and run.project else "",
    )


def _columns_left_out(run: ImportRun, choices: Choices) -> list[str]:
    heads = heads_of(run.outline["sheets"][choices.sheet]["rows"], choices.head_row)
    return [
        head.words or f"Column {head.letter}"
        for head in heads
        if not choices.columns.get(head.place) and head.place not in choices.years
    ]
