"""Takes a file in, proposes how it is read, and remembers what the council calls its columns."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import zlib
from pathlib import PurePath
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from budgets.imports import copies
from budgets.imports.parse import Choices, guess, heads_of
from budgets.imports.stage import ImportRefused
from budgets.models import (
    BudgetChange,
    ColumnName,
    ImportFile,
    ImportKind,
    ImportPiece,
    ImportRow,
    ImportRun,
    ImportState,
)
from budgets.resources import plain
from council_hms import once, spreadsheets
from council_hms.access import Permission, require
from council_hms.history import acting
from council_hms.models import User
from projects.models import Project

log = logging.getLogger("council_hms.imports")

#: Rows of a sheet that are kept for choosing columns, and characters of a cell.
_OUTLINE_ROWS, _OUTLINE_WIDTH = 60, 60


def receive(
    *,
    by: User,
    kind: str,
    name: str,
    content: bytes,
    project: Project | None = None,
    change: BudgetChange | None = None,
    token: UUID | None = None,
) -> ImportRun:
    """Keep a file and propose how to read it. An edit copy of ours is recognised and compared at once.

    Raises SpreadsheetError when it cannot be read, ImportRefused when it is for nothing here,
    once.AlreadyDone.
    """
    require(by, Permission.ENTER_BUDGETS)
    pieces: list[ImportPiece] = []

    def keep(sheet: int, packed: str) -> None:
        pieces.append(
            ImportPiece(
                sheet=sheet, number=len(pieces), rows=zlib.compress(packed.encode(), level=1)
            )
        )

    found = spreadsheets.outline(content, name, first=_OUTLINE_ROWS, keep=keep)
    copy = copies.recognise(found)
    if copy is not None:
        kind, project = copy.kind, copies.project_of(copy, by)
    if not any(sheet.rows for sheet in found.sheets):
        raise ImportRefused("The file has no rows. Choose the file with the table.")
    if kind in (ImportKind.PLAN, ImportKind.LINES) and project is None:
        raise ImportRefused("Say which project the file is for")
    remembered = dict(ColumnName.objects.filter(kind=kind).values_list("head", "column"))
    choices = guess([sheet.rows for sheet in found.sheets], kind, remembered)
    if (
        project is not None
        and kind == ImportKind.SPEND
        and "project" not in choices.columns.values()
    ):
        choices.same["project"] = project.reference
    with transaction.atomic():
        _empty_old_stages()
        claimed = once.claim(token, by)
        run = ImportRun.objects.create(
            kind=kind,
            project=project,
            change=change,
            file_name=PurePath(name.replace("\\", "/")).name[-200:] or "file",
            file_kind=found.kind,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            started_by=by,
            is_edit_copy=copy is not None,
            choices=choices.stored(),
            outline={
                "remarks": found.remarks,
                "sheets": [
                    {
                        "name": sheet.name,
                        "height": sheet.height,
                        "is_hidden": sheet.is_hidden,
                        "rows": [[cell[:_OUTLINE_WIDTH] for cell in row] for row in sheet.rows],
                    }
                    for sheet in found.sheets
                ],
            },
        )
        ImportFile.keep(run, content)
        for piece in pieces:
            piece.run = run
        ImportPiece.objects.bulk_create(pieces)
        log.info(
            "import=%s sent kind=%s bytes=%s sha256=%s by=%s",
            run.pk,
            kind,
            run.size,
            run.sha256,
            by.pk,
        )
        once.settle(claimed, run.get_absolute_url())
    return run


def _empty_old_stages() -> None:
    """What waits of imports that ended, or that nobody has gone on with for a week, goes."""
    week_ago = timezone.now() - dt.timedelta(days=7)
    gone = ImportRun.objects.filter(
        state__in=[ImportState.APPLIED, ImportState.DISCARDED]
    ) | ImportRun.objects.filter(started_at__lt=week_ago)
    for waiting in (ImportRow.objects, ImportPiece.objects):
        staged = waiting.filter(run_id__in=gone.values("pk"))
        staged._raw_delete(staged.db)


def choose(*, by: User, run: ImportRun, choices: Choices) -> None:
    """Keep how a file is to be read, and remember what the council calls its columns."""
    require(by, Permission.ENTER_BUDGETS)
    sheets = run.outline["sheets"]
    heads = heads_of(sheets[choices.sheet]["rows"], choices.head_row)
    known = dict(ColumnName.objects.filter(kind=run.kind).values_list("head", "column"))
    with acting(by, "import.choose_columns", str(run)):
        for head in heads:
            name, column = plain(head.words), choices.columns.get(head.place, "")
            if name and head.place not in choices.years and known.get(name) != column:
                ColumnName.objects.update_or_create(
                    kind=run.kind, head=name, defaults={"column": column}
                )
        run.choices = {**run.choices, **choices.stored()}
        run.save(update_fields=["choices"])
