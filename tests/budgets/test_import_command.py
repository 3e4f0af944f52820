"""The same import from the shell."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from budgets.models import BudgetChange, CostPlan, ImportRun, SpendEntry
from tests.budgets.import_files import csv_of, entry, ledger
from tests.factories import make_source

pytestmark = pytest.mark.django_db

PLAN = csv_of([["Work package", "Nature", "2026-27"], ["Roof", "Capital", "1.2m"]])


def run_command(*words: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("import_lines", *words, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def file_of(tmp_path: Path):
    def make(content: bytes, name: str = "file.csv") -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    return make


def test_a_plan_is_tried_stored_and_then_unchanged(project, file_of):
    file = file_of(PLAN)
    asked = (file, "--project", "hms", "--kind", "plan")
    code, said = run_command(*asked, "--dry-run", "--json")
    answer = json.loads(said)
    assert (code, answer["state"], answer["new"]) == (0, "checked", 1)
    assert answer["changes"][0]["becomes"] == "1200000.00"
    assert not CostPlan.objects.exists()
    code, said = run_command(*asked)
    assert code == 0
    assert "Imported: 1 new, 0 unchanged, 0 refused, 2 rows in the sheet" in said
    plan = CostPlan.objects.get()
    assert plan.created_by.name == "Command line"
    assert not plan.created_by.has_usable_password()
    code, said = run_command(*asked, "--json")
    assert (code, json.loads(said)["unchanged"]) == (0, 1)
    assert CostPlan.objects.count() == 1


def test_the_history_says_that_a_command_did_it(project, finance_officer, file_of):
    run_command(file_of(ledger(entry())), "--kind", "spend", "--by", finance_officer.email)
    event = SpendEntry.pgh_event_models["insert"].objects.select_related("pgh_context").get()
    assert event.pgh_context.metadata["through"] == "command"
    assert event.pgh_context.metadata["by"] == finance_officer.pk


def test_faults_are_said_and_end_with_1(project, file_of):
    code, said = run_command(file_of(ledger(entry(amount="12,50"))), "--kind", "spend")
    assert code == 1
    assert "Row 2, column E: 12,50:" in said
    code, said = run_command(file_of(ledger(entry(amount="12,50"))), "--kind", "spend", "--json")
    assert code == 1
    (fault,) = json.loads(said)["faults"]
    assert (fault["row"], fault["column"], fault["head"]) == (2, "E", "Amount")
    assert not SpendEntry.objects.exists()


def test_lines_become_a_draft_with_its_title(project, file_of):
    make_source("ICT")
    rows = csv_of([["Source", "Type", "Year", "Value (£000)"], ["ICT", "C", "2026-27", "80"]])
    file = file_of(rows)
    code, _ = run_command(file, "--project", "HMS", "--kind", "lines", "--title", "More servers")
    change = BudgetChange.objects.get()
    assert (code, change.title, change.lines.get().amount) == (0, "More servers", 80000)
    code, said = run_command(file, "--project", "HMS", "--kind", "lines")
    assert "0 new, 1 unchanged" in said
    assert BudgetChange.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--project", "NOPE"), "no project NOPE"),
        ((), "which project"),
        (("--project", "HMS", "--sheet", "x"), "no sheet"),
        (("--project", "HMS", "--head-row", "99"), "first 40 rows"),
        (("--project", "HMS", "--by", "nobody@council.example"), "may enter budgets"),
        (("--project", "HMS", "--change", "HMS-99"), "no budget change"),
        (("--project", "HMS", "--dated", "31/02/2026"), "not a real date"),
    ],
)
def test_what_cannot_be_done_is_said(project, file_of, more, said):
    with pytest.raises(CommandError, match=said):
        call_command("import_lines", file_of(PLAN), "--kind", "plan", *more)
    # nothing is left waiting for somebody on its page
    assert not ImportRun.objects.exclude(state="discarded").exists()


def test_a_total_that_differs_is_shown_and_can_be_accepted(project, file_of):
    rows = csv_of(
        [["Work package", "Nature", "2026-27"], ["Roof", "C", "1.2m"], ["Total", "", "5"]]
    )
    asked = (file_of(rows), "--project", "HMS", "--kind", "plan", "--dated", "31/03/2026")
    with pytest.raises(CommandError, match="--accept-totals"):
        call_command("import_lines", *asked)
    code, said = run_command(*asked, "--json")
    assert (code, list(json.loads(said))) == (1, ["refused"])
    code, said = run_command(*asked, "--accept-totals")
    assert "Row 3, Total: says 5, its rows sum to £1,200,000" in said
    assert CostPlan.objects.get().dated == dt.date(2026, 3, 31)


def test_a_file_that_is_not_there(project):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_lines", "nowhere.xlsx", "--kind", "spend")
