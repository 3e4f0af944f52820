"""Long files: worked on beside the request, killed half-way, wrong in every row."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import close_old_connections
from django.utils import timezone

from budgets.imports import stage
from budgets.imports.apply import apply, confirm
from budgets.models import ImportFault, ImportRow, ImportRun, SpendEntry
from council_hms.access import Role
from projects.models import Project
from tests.budgets.import_files import checked, entry, ledger
from tests.budgets.test_import_pages import columns_as_proposed, send
from tests.factories import make_project, make_user

ROOT = Path(__file__).parents[2]


def long_ledger(rows: int) -> bytes:
    return ledger(*(entry(f"T{number}", f"{number}.10") for number in range(rows)))


@pytest.mark.slow
@pytest.mark.django_db
def test_a_hundred_thousand_wrong_rows_are_all_listed(finance_officer, project):
    rows = 100_000
    run = checked(
        finance_officer,
        "spend",
        ledger(*(entry(f"T{number}", project="NOWHERE") for number in range(rows))),
    )
    assert (run.faults, run.refused_rows, run.new_rows) == (rows, rows, 0)
    faults = ImportFault.objects.filter(run=run)
    assert list(faults.order_by("row").values_list("row", flat=True)) == [*range(2, rows + 2)]


def wait_for(question: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_a_long_file_is_worked_on_beside_the_page_that_shows_how_far_it_is(
    signed_in, finance_officer, project, monkeypatch
):
    monkeypatch.setattr("budgets.imports.work.AT_ONCE", 10)
    session = signed_in(finance_officer)
    send(session, long_ledger(3_000))
    run = ImportRun.objects.get()
    data = columns_as_proposed(session, run)
    seen = []
    monkeypatch.setattr(
        "budgets.imports.preview.stage",
        lambda run, *rest: (
            seen.append(session.get(f"/imports/{run.pk}/").content.decode()),
            stage.stage(run, *rest),
        ),
    )
    session.post(f"/imports/{run.pk}/columns/", data)
    wait_for(lambda: ImportRun.objects.get().state == "checked")
    assert "Being checked" in seen[0]
    assert "data-progress" in seen[0]
    assert "Ready to import" in session.get(f"/imports/{run.pk}/").content.decode()
    session.post(f"/imports/{run.pk}/confirm/")
    wait_for(lambda: ImportRun.objects.get().state == "applied")
    assert SpendEntry.objects.count() == 3_000


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["checking", "applying", "storing"])
def test_a_killed_import_leaves_nothing_and_can_be_gone_on_with(
    database_url, tmp_path, moment, transactional_db
):
    """kill -9 of the process that does it, at three moments."""
    officer = make_user(Role.FINANCE_OFFICER, name="Finance officer")
    make_project("HMS")
    rows = 20_000
    file = tmp_path / "ledger.csv"
    file.write_bytes(long_ledger(rows))
    command = subprocess.Popen(
        [
            sys.executable,
            "manage.py",
            "import_lines",
            file,
            "--kind=spend",
            f"--by={officer.email}",
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "council_hms.settings",
            "DATABASE_URL": database_url(),
            "SECRET_KEY": "x" * 60,
            "SECURE": "False",
        },
        stdout=subprocess.DEVNULL,
    )
    try:
        if moment == "checking":
            wait_for(lambda: ImportRow.objects.exists())
        else:
            wait_for(lambda: ImportRun.objects.filter(state="applying").exists())
            time.sleep(0.3 if moment == "storing" else 0)
    finally:
        os.kill(command.pid, signal.SIGKILL)
        command.wait()
    close_old_connections()
    time.sleep(0.5)  # the server notices that its client is gone
    stored = SpendEntry.objects.count()
    assert stored in ((0,) if moment != "storing" else (0, rows))
    if stored:
        return
    run = ImportRun.objects.get()
    assert run.is_at_work
    assert not stage.has_stopped(run)  # it may only just have begun
    ImportRun.objects.update(touched_at=timezone.now() - dt.timedelta(minutes=1))
    run.refresh_from_db()
    wait_for(lambda: stage.has_stopped(run), 20)
    stage.recover(run)
    if run.state == "sent":
        from budgets.imports.preview import check

        check(by=officer, run=run)
    confirm(by=officer, run=run)
    apply(by=officer, run=run)
    assert SpendEntry.objects.count() == rows
    assert Project.objects.count() == 1
