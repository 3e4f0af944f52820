"""Imports a cost plan, budget lines or spend from a file, by the same path as the pages of imports."""

from __future__ import annotations

import datetime as dt
import json
from argparse import ArgumentTypeError
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from budgets.imports import apply as applying
from budgets.imports import intake
from budgets.imports.parse import HEADS_WITHIN, Choices, guess_columns, letter
from budgets.imports.preview import check
from budgets.imports.stage import ImportRefused
from budgets.models import BudgetChange, ChangeKind, ColumnName, ImportFault, ImportKind, ImportRun
from budgets.resources import Day
from council_hms.access import Permission, Role
from council_hms.models import User
from council_hms.money import Unit, pounds
from council_hms.spreadsheets import SpreadsheetError
from projects.models import Project

#: Who acts when nobody is named: an account that cannot sign in, so that the history names no person wrongly.
COMMAND_LINE = "command.line@localhost"


def _day(typed: str) -> dt.date:
    try:
        day = Day().clean(typed)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
    if day is None:
        raise ArgumentTypeError("enter a date")
    return day


class Command(BaseCommand):
    """``manage.py import_lines plan.xlsx --project HMS --kind plan --dry-run --json``."""

    help = (
        "Import a file: spend, a cost plan or budget lines. Ends with 0 when all of it went in or was there "
        "already, with 1 when it has faults and nothing was imported."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=".xlsx, .xlsm, .xls, .ods or .csv")
        parser.add_argument("--project", help="the project's reference, for example HMS")
        parser.add_argument("--kind", required=True, choices=ImportKind.values)
        parser.add_argument(
            "--dry-run", action="store_true", help="check, and say what would change"
        )
        parser.add_argument("--json", action="store_true", help="answer as JSON")
        parser.add_argument(
            "--by", help="e-mail of the person who acts; else the command line's own account"
        )
        parser.add_argument("--change", help="lines: reference of the draft that they go into")
        parser.add_argument("--title", help="lines: title of the draft that is made")
        parser.add_argument("--change-kind", choices=ChangeKind.values, help="lines: its kind")
        parser.add_argument(
            "--dated",
            type=_day,
            help="plan: in force from, 31/03/2026 or 2026-03-31; today if left out",
        )
        parser.add_argument("--unit", choices=[unit.value for unit in Unit], help="of bare amounts")
        parser.add_argument("--sheet", help="its name; the most likely one if left out")
        parser.add_argument("--head-row", type=int, help="row that holds the heads")
        parser.add_argument(
            "--accept-totals",
            action="store_true",
            help="import though a total of the file is not the sum of its rows",
        )

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            run = self._import(given)
        except (CommandError, ImportRefused, SpreadsheetError) as error:
            if given["json"]:
                self.stdout.write(json.dumps({"refused": str(error)}, ensure_ascii=False))
                raise SystemExit(1) from error
            raise CommandError(str(error)) from error
        if given["json"]:
            self.stdout.write(json.dumps(self._answer(run), ensure_ascii=False, indent=2))
        else:
            self._say(run)
        if run.faults:
            raise SystemExit(1)

    def _import(self, given: dict[str, Any]) -> ImportRun:
        by = self._person(given["by"])
        try:
            content = given["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{given['file']} cannot be read: {error.strerror}") from error
        run = intake.receive(
            by=by,
            kind=given["kind"],
            name=given["file"].name,
            content=content,
            project=self._project(given["project"], by),
            change=self._change(given["change"], by),
        )
        try:
            self._choose(run, given)
            check(by=by, run=run)
        except (CommandError, ImportRefused, SpreadsheetError):
            applying.discard(by=by, run=run)  # nobody waits for it on its page
            raise
        if given["dry_run"] or run.faults or not run.findings.get("changes"):
            return run
        if not given["accept_totals"] and any(
            not total["agrees"] for total in run.findings.get("totals", ())
        ):
            if not given["json"]:
                self._say(run)
            raise CommandError(
                "A total in the file is not the sum of its rows. Put the file right, or look at the rows "
                "and import it with --accept-totals."
            )
        applying.confirm(by=by, run=run, accept_totals=given["accept_totals"])
        return applying.apply(by=by, run=run, through="command")

    # -- what was asked -----------------------------------------------------------------------

    @staticmethod
    def _person(email: str | None) -> User:
        if email:
            person = User.objects.filter(email=email.lower()).first()
            if person is None or Permission.ENTER_BUDGETS not in person.permissions:
                raise CommandError(f"{email} is nobody who may enter budgets")
            return person
        made, is_new = User.objects.get_or_create(
            email=COMMAND_LINE, defaults={"name": "Command line", "roles": [Role.FINANCE_OFFICER]}
        )
        if is_new:
            made.set_unusable_password()
            made.save(update_fields=["password"])
        return made

    @staticmethod
    def _project(reference: str | None, by: User) -> Project | None:
        if not reference:
            return None
        project = Project.objects.visible_to(by).filter(reference=reference.upper()).first()
        if project is None:
            raise CommandError(f"There is no project {reference}")
        return project

    @staticmethod
    def _change(reference: str | None, by: User) -> BudgetChange | None:
        if not reference:
            return None
        change = BudgetChange.objects.visible_to(by).filter(reference=reference.upper()).first()
        if change is None:
            raise CommandError(f"There is no budget change {reference}")
        return change

    @staticmethod
    def _choose(run: ImportRun, given: dict[str, Any]) -> None:
        """Put what was asked for in the place of what was guessed; nothing is remembered for other files."""
        choices = Choices.of(run.choices)
        sheets = run.outline["sheets"]
        if given["sheet"] or given["head_row"]:
            names = [sheet["name"] for sheet in sheets]
            if given["sheet"] and given["sheet"] not in names:
                raise CommandError(
                    f"There is no sheet “{given['sheet']}”; there is {', '.join(names)}"
                )
            if given["head_row"] and not 1 <= given["head_row"] <= HEADS_WITHIN:
                raise CommandError(f"The heads must be within the first {HEADS_WITHIN} rows")
            sheet = names.index(given["sheet"]) if given["sheet"] else choices.sheet
            remembered = dict(
                ColumnName.objects.filter(kind=run.kind).values_list("head", "column")
            )
            found = guess_columns(
                sheets[sheet]["rows"], given["head_row"] or choices.head_row, run.kind, remembered
            )
            found.sheet, found.same, found.unit = sheet, choices.same, choices.unit
            choices = found
        choices.unit = given["unit"] or choices.unit
        more = {name: given[name] for name in ("title", "change_kind") if given[name] is not None}
        if given["dated"]:
            more["dated"] = given["dated"].isoformat()
        run.choices = {**run.choices, **choices.stored(), **more}
        run.save(update_fields=["choices"])

    # -- what came of it ----------------------------------------------------------------------

    @staticmethod
    def _answer(run: ImportRun) -> dict[str, Any]:
        faults = ImportFault.objects.filter(run=run).order_by("row", "place", "pk")
        return {
            "import": run.pk,
            "file": run.file_name,
            "kind": run.kind,
            "state": run.state,
            "rows_in_sheet": run.rows_in_file,
            "new": run.new_rows,
            "unchanged": run.unchanged_rows,
            "refused": run.refused_rows,
            "left_out": [
                {"row": row, "as": what, "words": words}
                for row, what, words in run.findings.get("left_out", ())
            ],
            "counts": run.findings.get("counts", {}),
            "total": run.findings.get("total"),
            "totals": run.findings.get("totals", []),
            "changes": run.findings.get("changes", []),
            "faults": [
                {
                    "row": fault.row,
                    "column": letter(fault.place),
                    "head": fault.head,
                    "value": fault.value,
                    "message": fault.message,
                }
                for fault in faults.iterator()
            ],
            "budget_change": run.change.reference if run.change else None,
            "cost_plan": run.plan.dated.isoformat() if run.plan else None,
        }

    def _say(self, run: ImportRun) -> None:
        for fault in ImportFault.objects.filter(run=run).order_by("row", "place", "pk").iterator():
            where = f"Row {fault.row}" if fault.row else "Whole file"
            column = f", column {letter(fault.place)}" if fault.place else ""
            self.stdout.write(f"{where}{column}: {fault.value or 'blank'}: {fault.message}")
        for row, what, words in run.findings.get("left_out", ()):
            self.stdout.write(f"Row {row} left out, {what}: {words}")
        for total in run.findings.get("totals", ()):
            if not total["agrees"]:
                summed = pounds(Decimal(total["summed"]))
                self.stdout.write(
                    f"Row {total['row']}, {total['label']}: says {total['said']}, its rows sum to {summed}"
                )
        verb = "Imported" if run.state == "applied" else "Checked, nothing imported"
        self.stdout.write(
            f"{verb}: {run.new_rows} new, {run.unchanged_rows} unchanged, {run.refused_rows} refused, "
            f"{run.rows_in_file} rows in the sheet"
        )
        if run.change:
            self.stdout.write(f"Budget change {run.change.reference}")
