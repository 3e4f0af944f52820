"""Rows of a file while they wait: staged by COPY, their faults beside them, one person at work at a time.

Nothing here touches the ledger.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone

from budgets import services
from budgets.imports.parse import STAGED, Choices, Fault, Reader
from budgets.models import (
    ImportFault,
    ImportKind,
    ImportPiece,
    ImportRow,
    ImportRun,
    ImportState,
)
from council_hms import beside, spreadsheets

#: Rows of cost plans and budget lines, which nobody writes by the ten thousand.
SHORT_FILE = 5_000
_PROGRESS_EVERY = 10_000
#: The first of the two keys of the lock that whoever works on an import holds; the other is its number.
WORK_LOCK = 71_001


STOPPED = "The last attempt stopped before it was done. Nothing was imported; go on from here."


class ImportRefused(services.BudgetError):
    """An import cannot go on. ``str(error)`` says why and what to do."""


# -- one at a time ----------------------------------------------------------------------------


@contextmanager
def at_work(run: ImportRun) -> Iterator[None]:
    """Holds the import for this connection while it lasts; a killed process lets it go by itself."""
    try:
        with beside.at_work(WORK_LOCK, run.pk):
            yield
    except beside.BusyError:
        raise ImportRefused("Someone is at work on this import; wait until it is done") from None


def has_stopped(run: ImportRun) -> bool:
    """Whether an import that says it is at work has nobody working on it: its process was killed."""
    return run.is_at_work and beside.has_stopped(WORK_LOCK, run.pk, run.touched_at)


def recover(run: ImportRun) -> None:
    """Set an import whose process was killed back to where it was before: nothing of it was stored."""
    if has_stopped(run):
        back = ImportState.SENT if run.state == ImportState.CHECKING else ImportState.CHECKED
        set_now(run, state=back, problem=STOPPED)


# -- staging ----------------------------------------------------------------------------------


def stage(run: ImportRun, reader: Reader, choices: Choices) -> None:
    """Fill the run's staged rows and faults anew, piece by piece; each piece is committed and shows as progress."""
    clear(run)
    run.rows_read = 0
    height = run.outline["sheets"][choices.sheet]["height"]
    if run.kind != ImportKind.SPEND and height > SHORT_FILE:
        raise ImportRefused(
            f"The sheet has {height:,} rows; a file of this kind may have {SHORT_FILE:,}"
        )
    set_now(run, rows_in_file=height)
    lines: list[str] = []
    faults: list[Fault] = []
    read = 0
    for piece in rows_of(run, choices.sheet):
        more_lines, more_faults = reader.read(piece)
        lines += more_lines
        faults += more_faults
        read += len(piece)
        if read - run.rows_read >= _PROGRESS_EVERY:
            copy_rows(run, lines)
            copy_faults(run, faults)
            lines.clear()
            faults.clear()
            set_now(run, rows_read=read)
    copy_rows(run, lines)
    copy_faults(run, faults)
    set_now(run, rows_read=read)


def rows_of(run: ImportRun, sheet: int) -> Iterator[list[list[str]]]:
    """The rows of a sheet, some thousands at a time: as they were kept, else from the file itself."""
    kept = ImportPiece.objects.filter(run=run)
    if not kept.exists():
        yield from spreadsheets.rows(run.importfile.sent, run.file_name, sheet)
    for number in kept.filter(sheet=sheet).values_list("pk", flat=True):
        packed = ImportPiece.objects.values_list("rows", flat=True).get(pk=number)
        yield spreadsheets.unpack(zlib.decompress(packed).decode())


def clear(run: ImportRun) -> None:
    """Take away a run's staged rows and faults."""
    for rows in (ImportRow.objects.filter(run_id=run.pk), ImportFault.objects.filter(run=run)):
        rows._raw_delete(rows.db)


def copy_rows(run: ImportRun, lines: Sequence[str]) -> None:
    """Stage lines as ``Reader.read`` gives them."""
    if lines:
        _copy(
            f"budgets_importrow (run_id, number, place, {', '.join(STAGED)})",
            "".join([f"{run.pk}\t{line}\n" for line in lines]),
        )


def copy_faults(run: ImportRun, faults: Iterable[Fault]) -> None:
    """Keep faults."""
    words = "".join(
        [
            f"{run.pk}\t{fault.row}\t{fault.place}\t{_escaped(fault.head)}\t{_escaped(fault.value)}\t"
            f"{_escaped(fault.message)}\n"
            for fault in faults
        ]
    )
    if words:
        _copy("budgets_importfault (run_id, row, place, head, value, message)", words)


def _escaped(words: str) -> str:
    if words.isalnum():
        return words
    return (
        words.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    )


def _copy(table: str, words: str) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        copy.write(words)


def set_now(run: ImportRun, **values: Any) -> None:
    """Set columns at once, so that whoever looks sees how far it is."""
    values["touched_at"] = timezone.now()
    for name, value in values.items():
        setattr(run, name, value)
    ImportRun.objects.filter(pk=run.pk).update(**values)
