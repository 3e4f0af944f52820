"""A project's cost plan or funding goes out to Excel, is edited there, and comes back as differences, cell by cell.

A copy says openly what it is: project, day, version, and on a sheet of its own the amounts as they
were when it was made, with a stamp that shows whether anybody changed that sheet. So nothing has to be
kept here, and three versions of each cell can be compared: as it was, as edited, as it is now. A cell
that somebody else changed meanwhile is refused; the others go in.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.core.signing import Signer
from django.utils import timezone
from xlsxwriter.utility import xl_rowcol_to_cell

from budgets import services
from budgets.imports import short_files
from budgets.imports.parse import Reader, guess_columns, heads_of
from budgets.imports.short_files import Amounts, Key
from budgets.imports.stage import ImportRefused, clear, copy_faults, copy_rows
from budgets.models import (
    BudgetChange,
    CostPlan,
    FundingSource,
    ImportFault,
    ImportKind,
    ImportRun,
    Line,
    Nature,
)
from council_hms import spreadsheets
from council_hms.financial_year import FinancialYear
from council_hms.models import User
from council_hms.money import PENNY, Negative, Unit
from council_hms.outputs.xlsx import money_format
from projects.models import Project

_TITLES = {
    ImportKind.PLAN.value: "Edit copy of the cost plan",
    ImportKind.LINES.value: "Edit copy of the approved funding",
}
_FIRST_COLUMN = {ImportKind.PLAN.value: "Work package", ImportKind.LINES.value: "Funding source"}
_AS_IT_WAS = "As it was"
_HEAD_ROW = 8
_BASE_HEAD_ROW = 4


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy says of itself."""

    kind: str
    reference: str
    as_at: str
    version: str


# -- going out --------------------------------------------------------------------------------


def plan_copy(project: Project, plan: CostPlan | None, years: Sequence[FinancialYear]) -> bytes:
    """The cost plan in force as a workbook to edit; ``years`` are offered beside those it uses."""
    amounts = short_files.plan_amounts(plan)
    version = f"Plan of {plan.dated.isoformat()}, version {plan.version}" if plan else "No plan yet"
    about = Copy(ImportKind.PLAN, project.reference, timezone.localdate().isoformat(), version)
    return _workbook(project, about, amounts, years, [])


def funding_copy(project: Project, as_at: dt.date, years: Sequence[FinancialYear]) -> bytes:
    """The funding approved on a day as a workbook to edit."""
    amounts = approved_amounts(project, as_at)
    about = Copy(
        ImportKind.LINES,
        project.reference,
        as_at.isoformat(),
        f"Approved as at {as_at.isoformat()}",
    )
    sources = list(FundingSource.objects.filter(in_use=True).values_list("name", flat=True))
    return _workbook(project, about, amounts, years, sources)


def approved_amounts(project: Project, as_at: dt.date) -> Amounts:
    """What was approved by a day: pounds by source, nature and year."""
    amounts: dict[Key, Decimal] = {}
    labels: dict[str, str] = {}
    rows = (
        Line.objects.filter(project=project)
        .approved(as_at)
        .totals("source__position", "source__name", "nature", "year")
    )
    for row in sorted(rows, key=lambda row: (row["source__position"], row["source__name"])):
        name = f"{row['source__name'].casefold()}|{project.reference}"
        labels[name] = row["source__name"]
        amounts[(name, row["nature"], row["year"].start)] = row["total"]
    return Amounts(amounts, labels, {})


def _stamp(about: Copy, amounts: Mapping[tuple[str, str, int], Decimal]) -> str:
    """What shows that the sheet of amounts as they were is as it was made."""
    said = [
        [label, nature, start, f"{amount:.2f}"]
        for (label, nature, start), amount in sorted(amounts.items())
    ]
    whole = json.dumps([about.kind, about.reference, about.as_at, about.version, said])
    return Signer(salt="budgets.edit_copy").signature(whole)


def _workbook(
    project: Project,
    about: Copy,
    amounts: Amounts,
    offered: Sequence[FinancialYear],
    sources: Sequence[str],
) -> bytes:
    labelled = {
        (_label(amounts, key), key[1], key[2]): amount for key, amount in amounts.by_key.items()
    }
    starts = sorted({year.start for year in offered} | {key[2] for key in amounts.by_key})
    rows: dict[tuple[str, str], dict[int, Decimal]] = {}
    for (label, nature, start), amount in labelled.items():
        rows.setdefault((label, nature), {})[start] = amount
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    figure = book.add_format({"num_format": money_format(Unit.POUNDS, Negative.MINUS)})
    total = book.add_format(
        {"num_format": money_format(Unit.POUNDS, Negative.MINUS), "bold": True, "top": 1}
    )
    text = book.add_format({"num_format": "@"})
    heads = [
        _FIRST_COLUMN[about.kind],
        "Capital or revenue",
        *(FinancialYear(start).label for start in starts),
    ]

    def write(sheet: Any, top: int, *, with_totals: bool) -> None:
        for at, head in enumerate(heads):
            sheet.write_string(top - 1, at, head, bold)
        for below, ((label, nature), by_year) in enumerate(rows.items()):
            sheet.write_string(top + below, 0, label, text)
            sheet.write_string(top + below, 1, Nature(nature).label)
            for at, start in enumerate(starts, start=2):
                if start in by_year:
                    sheet.write_number(top + below, at, by_year[start], figure)
                else:
                    sheet.write_blank(top + below, at, None, figure)
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 1, 20)
        sheet.set_column(2, len(heads) - 1, 16)
        if with_totals and rows:
            end = top + len(rows)
            sheet.write_string(end, 0, "Total", bold)
            for at, start in enumerate(starts, start=2):
                summed = sum(
                    (by_year.get(start, Decimal(0)) for by_year in rows.values()), Decimal(0)
                )
                cells = f"{xl_rowcol_to_cell(top, at)}:{xl_rowcol_to_cell(end - 1, at)}"
                sheet.write_formula(end, at, f"=SUM({cells})", total, float(summed))

    sheet = book.add_worksheet("Amounts")
    sheet.write_string(0, 0, _TITLES[about.kind], bold)
    for at, (label, words) in enumerate(
        (
            ("Project", about.reference),
            ("Title", project.title),
            ("As at", about.as_at),
            ("Version", about.version),
        ),
        start=1,
    ):
        sheet.write_string(at, 0, label)
        sheet.write_string(at, 1, words, text)
    sheet.merge_range(
        5,
        0,
        5,
        max(len(heads) - 1, 3),
        "Change the amounts below, in pounds; put new rows in above the total. Leave the sheet "
        f"“{_AS_IT_WAS}” as it is. Save, and send the file back under Imports.",
        wrapped,
    )
    sheet.set_row(5, 32)
    write(sheet, _HEAD_ROW, with_totals=True)
    sheet.freeze_panes(_HEAD_ROW, 2)
    last = _HEAD_ROW + len(rows) + 40
    sheet.data_validation(
        _HEAD_ROW, 1, last, 1, {"validate": "list", "source": ["Capital", "Revenue"]}
    )
    if sources:
        listed = book.add_worksheet("Sources")
        listed.write_string(0, 0, "The council's funding sources", bold)
        for at, name in enumerate(sources, start=1):
            listed.write_string(at, 0, name, text)
        listed.set_column(0, 0, 50)
        sheet.data_validation(
            _HEAD_ROW,
            0,
            last,
            0,
            {
                "validate": "list",
                "source": f"=Sources!$A$2:$A${len(sources) + 1}",
                "error_message": "Choose one of the council's funding sources",
            },
        )
    base = book.add_worksheet(_AS_IT_WAS)
    base.write_string(0, 0, "As it was: do not change this sheet", bold)
    base.write_string(1, 0, "Stamp")
    base.write_string(1, 1, _stamp(about, labelled), text)
    write(base, _BASE_HEAD_ROW, with_totals=False)
    book.close()
    return out.getvalue()


def _label(amounts: Amounts, key: Key) -> str:
    return amounts.labels[key[0]] if key[0] else ""


# -- coming back ------------------------------------------------------------------------------


def recognise(found: spreadsheets.Outline) -> Copy | None:
    """What a file says of itself, when it is a copy of ours."""
    for sheet in found.sheets:
        title = sheet.rows[0][0] if sheet.rows and sheet.rows[0] else ""
        for kind, words in _TITLES.items():
            if title == words and len(sheet.rows) >= 5:
                said = {row[0]: row[1] for row in sheet.rows[1:5] if len(row) > 1}
                return Copy(
                    kind, said.get("Project", ""), said.get("As at", ""), said.get("Version", "")
                )
    return None


def project_of(copy: Copy, by: User) -> Project:
    """The project that a copy names, if this person may see it."""
    project = Project.objects.visible_to(by).filter(reference=copy.reference).first()
    if project is None:
        raise ImportRefused(
            f"The copy is of project “{copy.reference[:20]}”, which is not there or not yours to see. "
            "Leave the lines above the table as they are, or take a new copy."
        )
    return project


def compare(run: ImportRun, by: User, content: bytes) -> dict[str, Any]:
    """Compare an edited copy with what it was made from and with what is there now.

    Raises ImportRefused when the copy cannot be trusted to say what it was made from.
    """
    found = spreadsheets.read(content, run.file_name)
    about = recognise(found)
    by_title = {sheet.rows[0][0]: sheet for sheet in found.sheets if sheet.rows and sheet.rows[0]}
    edited = by_title.get(_TITLES[run.kind])
    base_sheet = next((sheet for sheet in found.sheets if sheet.name == _AS_IT_WAS), None)
    if about is None or edited is None or base_sheet is None:
        raise ImportRefused(f"The sheet “{_AS_IT_WAS}” is missing. Take a new copy and edit that.")
    base = _base(base_sheet.rows, about)
    choices = guess_columns(edited.rows, _HEAD_ROW, run.kind, {})
    reader = Reader(
        run.kind,
        choices,
        heads_of(edited.rows, _HEAD_ROW),
        default_project=run.project.reference if run.project else "",
    )
    if not choices.years or 1 not in choices.columns:
        raise ImportRefused(
            f"The heads of the table must stay in row {_HEAD_ROW}: {_FIRST_COLUMN[run.kind]}, "
            "Capital or revenue, and the years. Put them back, or take a new copy."
        )
    run.choices = choices.stored()
    clear(run)
    lines, faults = reader.read(edited.rows)
    copy_rows(run, lines)
    copy_faults(run, faults)
    mine = short_files.staged_amounts(run, by, reader)
    now = _now(run)
    cells = _three_way(run, base, mine, now)
    count = ImportFault.objects.filter(run=run).count()
    verdicts = [cell["verdict"] for cell in cells]
    return {
        "choices": run.choices,
        "rows_in_file": len(edited.rows),
        "rows_read": len(edited.rows),
        "faults": count,
        "new_rows": verdicts.count("change"),
        "unchanged_rows": verdicts.count("same"),
        "refused_rows": verdicts.count("refused"),
        "findings": {
            "changes": [cell for cell in cells if cell["verdict"] == "change"],
            "refused": [cell for cell in cells if cell["verdict"] == "refused"],
            "same": [cell for cell in cells if cell["verdict"] == "same"],
            "copy": {"as_at": about.as_at, "version": about.version},
            "counts": dict(reader.counts),
            "left_out": reader.left_out,
            "readings": reader.readings,
            "total": str(reader.total),
        },
    }


def _base(rows: Sequence[Sequence[str]], about: Copy) -> dict[tuple[str, str, int], Decimal]:
    """The amounts as they were, by label, nature and year. Raises ImportRefused when anybody changed them."""
    changed = ImportRefused(
        f"The sheet “{_AS_IT_WAS}” or the lines above the table were changed, so it cannot be told what "
        "you edited. Take a new copy and edit that."
    )
    try:
        stamp = rows[1][1]
        starts = [FinancialYear.parse(head).start for head in rows[_BASE_HEAD_ROW - 1][2:] if head]
        amounts = {
            (row[0], Nature[row[1].upper()].value, start): Decimal(row[at]).quantize(PENNY)
            for row in rows[_BASE_HEAD_ROW:]
            for at, start in enumerate(starts, start=2)
            if at < len(row) and row[at]
        }
    except (IndexError, KeyError, ValueError, ArithmeticError) as error:
        raise changed from error
    if stamp != _stamp(about, amounts):
        raise changed
    return amounts


def _now(run: ImportRun) -> Amounts:
    assert run.project is not None  # noqa: S101 - receive() finds the project of a copy
    if run.kind == ImportKind.PLAN:
        plan = CostPlan.objects.filter(project=run.project).current(timezone.localdate()).first()
        return short_files.plan_amounts(plan)
    return approved_amounts(run.project, timezone.localdate())


def _three_way(
    run: ImportRun,
    base: Mapping[tuple[str, str, int], Decimal],
    mine: Amounts,
    now: Amounts,
) -> list[dict[str, Any]]:
    """Each cell that was edited: as it was, as edited, as it is now, and whether the edit can go in."""
    own = f"|{run.project.reference}" if run.kind == ImportKind.LINES and run.project else ""
    was = {
        (f"{label.casefold()}{own}", nature, start): amount
        for (label, nature, start), amount in base.items()
    }
    labels = {
        **{f"{label.casefold()}{own}": label or "Not split" for label, _, _ in base},
        **now.labels,
        **mine.labels,
    }
    cells = []
    for key in [*mine.by_key, *(key for key in was if key not in mine.by_key)]:
        before, edited, current = was.get(key), mine.by_key.get(key), now.by_key.get(key)
        if before == edited:
            continue
        verdict = "same" if current == edited else "change" if current == before else "refused"
        cells.append(
            {
                "key": key[0],
                "label": labels.get(key[0], key[0]),
                "nature": key[1],
                "start": key[2],
                "year": FinancialYear(key[2]).label,
                "was": None if before is None else str(before),
                "becomes": None if edited is None else str(edited),
                "now": None if current is None else str(current),
                "verdict": verdict,
            }
        )
    return cells


# -- going in ---------------------------------------------------------------------------------


def store(run: ImportRun, by: User) -> CostPlan | BudgetChange:
    """Store the edits that can go in: a cost plan in force from today, or a draft change of the differences.

    The caller's transaction. Raises ImportRefused when what was compared has changed since.
    """
    assert run.project is not None  # noqa: S101 - receive() finds the project of a copy
    project = Project.objects.select_for_update().get(pk=run.project.pk)
    now = _now(run)
    cells = run.findings["changes"]
    if any(_amount(cell["now"]) != now.by_key.get(_key(cell)) for cell in cells):
        raise ImportRefused(
            "Someone has changed one of these amounts since they were compared. Check the file again."
        )
    if run.kind == ImportKind.PLAN:
        today = timezone.localdate()
        plan = CostPlan.objects.filter(project=project).current(today).first()
        amounts = dict(now.by_key)
        for cell in cells:
            edited = _amount(cell["becomes"])
            if edited is None:
                amounts.pop(_key(cell), None)
            else:
                amounts[_key(cell)] = edited
        labels = {**now.labels, **{cell["key"]: cell["label"] for cell in cells}}
        return short_files.save_plan(
            run,
            by,
            Amounts(amounts, labels, now.notes),
            dated=today,
            version=plan.version if plan and plan.dated == today else None,
            note=plan.note if plan else "",
        )
    nil = Decimal("0.00")
    differences = {
        _key(cell): (_amount(cell["becomes"]) or nil) - (_amount(cell["was"]) or nil)
        for cell in cells
    }
    changed = {key: amount for key, amount in differences.items() if amount}
    return services.record_change(
        by=by,
        project=project,
        kind=run.choices.get("change_kind") or short_files.kind_for(changed),
        title=run.choices.get("title") or f"Funding edited in {run.file_name}"[:200],
        note=f"The differences between the funding approved as at {run.findings['copy']['as_at']} and the edited copy.",
        lines=short_files.new_lines(Amounts(changed, {}, {})),
        reason=str(run),
    )


def _key(cell: Mapping[str, Any]) -> Key:
    return (cell["key"], cell["nature"], cell["start"])


def _amount(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)
