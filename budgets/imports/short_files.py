"""Cost plans and budget lines from a file: compared with what is there, checked by the service that stores them."""

from __future__ import annotations

import datetime as dt
import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from budgets import services
from budgets.imports.parse import Reader
from budgets.models import (
    BudgetChange,
    ChangeKind,
    CostPlan,
    FundingSource,
    ImportFault,
    ImportKind,
    ImportRow,
    ImportRun,
    ImportState,
)
from council_hms.concurrency import StaleError
from council_hms.financial_year import FinancialYear
from council_hms.models import User
from projects.models import Project, WorkPackage

#: What makes a line the same line: package or source and other project, nature, year.
Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Amounts:
    """Amounts in pounds by line, how each line is called, and the notes on them."""

    by_key: Mapping[Key, Decimal]
    labels: Mapping[str, str]
    notes: Mapping[Key, str]


class _Undo(Exception):
    """Ends a trial of a service whose effects must not stay."""


# -- checking ---------------------------------------------------------------------------------


def check(run: ImportRun, by: User, reader: Reader) -> dict[str, Any]:
    """List faults and work out what would change. The caller's transaction."""
    rows = list(ImportRow.objects.filter(run_id=run.pk).order_by("number", "place"))
    faults = _Faults(run, reader)
    if run.kind == ImportKind.PLAN:
        there, here = _plan_there(run), _plan_here(run, rows, faults)
        base: dict[str, Any] = _plan_base(run)
    else:
        there, here = _lines_there(run), _lines_here(run, by, rows, faults)
        base = _lines_base(run)
    changes = differences(there, here)
    run.findings = {**base, "changes": changes}
    if not faults.found and not ImportFault.objects.filter(run=run).exists() and changes:
        faults.add_from_trial(lambda: store(run, by))
    faults.save()
    return _outcome(run, rows, changes, base)


def staged_amounts(run: ImportRun, by: User, reader: Reader) -> Amounts:
    """The staged rows as amounts; what is wrong with them becomes faults."""
    rows = list(ImportRow.objects.filter(run_id=run.pk).order_by("number", "place"))
    faults = _Faults(run, reader)
    plan = run.kind == ImportKind.PLAN
    amounts = _plan_here(run, rows, faults) if plan else _lines_here(run, by, rows, faults)
    faults.save()
    return amounts


def _outcome(
    run: ImportRun, rows: Sequence[ImportRow], changes: list[dict[str, Any]], base: dict[str, Any]
) -> dict[str, Any]:
    faulty = set(ImportFault.objects.filter(run=run, row__gt=0).values_list("row", flat=True))
    changed = {(change["key"], change["nature"], change["start"]) for change in changes}
    kept = _key_of_plan if run.kind == ImportKind.PLAN else _key_of_line
    numbers = {row.number for row in rows} - faulty
    new = {row.number for row in rows if row.number in numbers and kept(row) in changed}
    return {
        "new_rows": len(new),
        "unchanged_rows": len(numbers - new),
        "refused_rows": len(faulty),
        "findings": {**base, "changes": changes},
    }


class _Faults:
    """Faults found beside those of reading."""

    def __init__(self, run: ImportRun, reader: Reader) -> None:
        self.run = run
        self.reader = reader
        self.places = {key: place for place, key in reader.choices.columns.items()}
        self.found: list[ImportFault] = []

    def add(self, row: ImportRow, column: str, value: str, message: str) -> None:
        place = self.places.get(column, row.place)
        head = self.reader.heads.get(place, "")
        self.found.append(
            ImportFault(
                run=self.run,
                row=row.number,
                place=place,
                head=head,
                value=value[:200],
                message=message,
            )
        )

    def add_from_trial(self, store: Callable[[], Any]) -> None:
        """What the service that would store the rows refuses; nothing that it did stays."""
        try:
            with transaction.atomic():
                store()
                raise _Undo
        except _Undo:
            return
        except (services.BudgetError, StaleError) as error:
            message = str(error)
        except ValidationError as error:
            message = " ".join(error.messages)
        self.found.append(
            ImportFault(run=self.run, row=0, place=0, head="", value="", message=message)
        )

    def save(self) -> None:
        ImportFault.objects.bulk_create(self.found)


def differences(there: Amounts, here: Amounts) -> list[dict[str, Any]]:
    """What is new, changed or gone, line by line, in the order of the file and then of what is there."""
    labels = {**here.labels, **there.labels}
    found = []
    for key in [*here.by_key, *(key for key in there.by_key if key not in here.by_key)]:
        was, becomes = there.by_key.get(key), here.by_key.get(key)
        if was == becomes:
            continue
        found.append(
            {
                "key": key[0],
                "label": labels.get(key[0], key[0]),
                "nature": key[1],
                "start": key[2],
                "year": FinancialYear(key[2]).label,
                "was": None if was is None else str(was),
                "becomes": None if becomes is None else str(becomes),
            }
        )
    return found


# -- cost plans -------------------------------------------------------------------------------


def dated_of(run: ImportRun) -> dt.date:
    """The day from which an imported plan is in force."""
    try:
        return dt.date.fromisoformat(run.choices.get("dated") or "")
    except ValueError:
        return timezone.localdate()


def _plan_in_force(run: ImportRun) -> CostPlan | None:
    return CostPlan.objects.filter(project=run.project).current(dated_of(run)).first()


def _plan_base(run: ImportRun) -> dict[str, Any]:
    """What the plan was when it was compared, so that a later confirmation is of the same."""
    plan = _plan_in_force(run)
    return {"base": [plan.dated.isoformat(), plan.version] if plan else None}


def _plan_there(run: ImportRun) -> Amounts:
    plan = _plan_in_force(run)
    return plan_amounts(plan)


def plan_amounts(plan: CostPlan | None) -> Amounts:
    """What a plan holds, by work package (small letters), nature and year."""
    amounts: dict[Key, Decimal] = {}
    labels: dict[str, str] = {"": "Not split"}
    notes: dict[Key, str] = {}
    for line in plan.lines.select_related("work_package") if plan else ():
        name = line.work_package.name if line.work_package else ""
        labels[name.casefold()] = name or "Not split"
        key = (name.casefold(), line.nature, line.year.start)
        amounts[key], notes[key] = line.amount, line.note
    return Amounts(amounts, labels, notes)


def _key_of_plan(row: ImportRow) -> Key:
    return ((row.work_package or "").casefold(), row.nature or "", row.year or 0)


def _plan_here(run: ImportRun, rows: Iterable[ImportRow], faults: _Faults) -> Amounts:
    amounts: dict[Key, Decimal] = {}
    labels: dict[str, str] = {"": "Not split"}
    notes: dict[Key, str] = {}
    first: dict[Key, int] = {}
    for row in rows:
        if row.amount is None or not row.year or not row.nature:
            continue  # its fault is listed
        key = _key_of_plan(row)
        labels[key[0]] = row.work_package or "Not split"
        if key in amounts:
            year = FinancialYear(row.year)
            faults.add(
                row,
                "work_package",
                row.work_package or "",
                f"{row.nature.capitalize()} {year} of this work package stands in row {first[key]} too; "
                "put it in one row",
            )
            continue
        amounts[key], first[key] = row.amount, row.number
        if row.note:
            notes[key] = row.note
    return Amounts(amounts, labels, notes)


def save_plan(
    run: ImportRun, by: User, amounts: Amounts, *, dated: dt.date, version: int | None, note: str
) -> CostPlan:
    """Save a cost plan of these amounts, making the work packages that are new. The caller's transaction."""
    project = run.project
    assert project is not None  # noqa: S101 - receive() refuses a plan without a project
    packages = {package.name.casefold(): package for package in project.work_packages.all()}
    for name in sorted({key[0] for key in amounts.by_key} - set(packages) - {""}):
        packages[name] = WorkPackage(
            project=project, name=amounts.labels[name], position=len(packages) + 1
        )
        packages[name].full_clean(exclude=["project"])
        packages[name].save()
    return services.save_cost_plan(
        by=by,
        project=project,
        dated=dated,
        lines=[
            services.NewPlanLine(
                FinancialYear(start),
                nature,
                amount,
                packages.get(name),
                amounts.notes.get((name, nature, start), ""),
            )
            for (name, nature, start), amount in amounts.by_key.items()
        ],
        note=note,
        version=version,
        reason=str(run),
    )


# -- budget lines -----------------------------------------------------------------------------


def _key_of_line(row: ImportRow) -> Key:
    return (f"{(row.source or '').casefold()}|{row.project or ''}", row.nature or "", row.year or 0)


def _target(run: ImportRun) -> BudgetChange | None:
    """The change that the lines belong to: the chosen draft, or the one that this very file made before."""
    if run.change is not None:
        return run.change
    earlier = (
        ImportRun.objects.filter(
            kind=ImportKind.LINES,
            state=ImportState.APPLIED,
            project=run.project,
            sha256=run.sha256,
            change__isnull=False,
        )
        .select_related("change")
        .first()
    )
    return earlier.change if earlier else None


def _lines_base(run: ImportRun) -> dict[str, Any]:
    target = _target(run)
    return {"into": target.reference, "base": target.version} if target else {"base": None}


def _lines_there(run: ImportRun) -> Amounts:
    target = _target(run)
    amounts: dict[Key, Decimal] = {}
    labels: dict[str, str] = {}
    notes: dict[Key, str] = {}
    for line in target.lines.as_asked().select_related("source", "project") if target else ():
        name = f"{line.source.name.casefold()}|{line.project.reference}"
        labels[name] = _line_label(line.source.name, line.project.reference, run)
        key = (name, line.nature, line.year.start)
        amounts[key], notes[key] = line.amount, line.note
    return Amounts(amounts, labels, notes)


def _line_label(source: str, project: str, run: ImportRun) -> str:
    own = run.project.reference if run.project else ""
    return source if project == own else f"{source} ({project})"


def _lines_here(run: ImportRun, by: User, rows: Iterable[ImportRow], faults: _Faults) -> Amounts:
    sources = {source.name.casefold(): source for source in FundingSource.objects.all()}
    projects = set(Project.objects.visible_to(by).values_list("reference", flat=True))
    amounts: dict[Key, Decimal] = {}
    labels: dict[str, str] = {}
    notes: dict[Key, str] = {}
    first: dict[Key, int] = {}
    told: set[tuple[int, str]] = set()
    for row in rows:
        source = sources.get((row.source or "").casefold())
        if row.source and source is None and (row.number, "source") not in told:
            told.add((row.number, "source"))
            near = difflib.get_close_matches(row.source.casefold(), sources, 1, 0.6)
            did = (
                f"; did you mean {sources[near[0]].name}?"
                if near
                else "; the template lists those there are, and an administrator can add one"
            )
            faults.add(row, "source", row.source, f"There is no funding source of this name{did}")
        if row.project and row.project not in projects and (row.number, "project") not in told:
            told.add((row.number, "project"))
            faults.add(
                row,
                "project",
                row.project,
                f"There is no project {row.project} that you may see; check the reference",
            )
        if row.amount is None or not row.year or not row.nature or source is None:
            continue  # its fault is listed
        key = _key_of_line(row)
        labels[key[0]] = _line_label(source.name, row.project or "", run)
        if key in amounts:
            year = FinancialYear(row.year)
            faults.add(
                row,
                "source",
                row.source or "",
                f"{row.nature.capitalize()} {year} from {source.name} stands in row {first[key]} too; "
                "put it in one row",
            )
            continue
        amounts[key], first[key] = row.amount, row.number
        if row.note:
            notes[key] = row.note
    return Amounts(amounts, labels, notes)


def new_lines(amounts: Amounts) -> list[services.NewLine]:
    """What the services take, of lines whose sources and projects are known."""
    sources = {source.name.casefold(): source for source in FundingSource.objects.all()}
    wanted = {key[0].rpartition("|")[2] for key in amounts.by_key}
    projects = {each.reference: each for each in Project.objects.filter(reference__in=wanted)}
    return [
        services.NewLine(
            FinancialYear(start),
            nature,
            sources[name.rpartition("|")[0]],
            amount,
            projects[name.rpartition("|")[2]],
            amounts.notes.get((name, nature, start), ""),
        )
        for (name, nature, start), amount in amounts.by_key.items()
    ]


def kind_for(amounts: Mapping[Key, Decimal]) -> str:
    """The kind of change that lines most likely make; a person may choose another."""
    total = sum(amounts.values(), Decimal(0))
    if total:
        return ChangeKind.INCREASE if total > 0 else ChangeKind.DECREASE
    if len({name.rpartition("|")[2] for name, _, _ in amounts}) > 1:
        return ChangeKind.VIREMENT
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for (_, nature, _), amount in amounts.items():
        sums[nature] += amount
    return ChangeKind.RECLASSIFICATION if any(sums.values()) else ChangeKind.REPROFILE


# -- storing ----------------------------------------------------------------------------------


def store(run: ImportRun, by: User) -> CostPlan | BudgetChange:
    """Store what the file says, through the services, and return it. The caller's transaction.

    Raises BudgetError and what the services raise; StaleError when what was compared has changed since.
    """
    rows = list(ImportRow.objects.filter(run_id=run.pk).order_by("number", "place"))
    if run.kind == ImportKind.PLAN:
        here = _plan_here(run, rows, _Nowhere())
        plan = _plan_in_force(run)
        if _plan_base(run)["base"] != run.findings["base"]:
            assert plan is not None  # noqa: S101 - plans are never deleted
            raise StaleError(plan)
        dated = dated_of(run)
        same_day = plan is not None and plan.dated == dated
        return save_plan(
            run,
            by,
            here,
            dated=dated,
            version=plan.version if plan and same_day else None,
            note=run.choices.get("note", ""),
        )
    amounts = _lines_here(run, by, rows, _Nowhere())
    target = _target(run)
    if target is not None:
        return services.edit_change(
            by=by,
            change=target,
            version=run.findings["base"],
            lines=new_lines(amounts),
            reason=str(run),
        )
    return services.record_change(
        by=by,
        project=run.project,  # type: ignore[arg-type]  # receive() refuses lines without a project
        kind=run.choices.get("change_kind") or kind_for(amounts.by_key),
        title=run.choices.get("title") or f"Lines of {run.file_name}"[:200],
        lines=new_lines(amounts),
        reason=str(run),
    )


class _Nowhere(_Faults):
    """Faults that were listed before."""

    def __init__(self) -> None:
        pass

    def add(self, row: ImportRow, column: str, value: str, message: str) -> None:
        return
