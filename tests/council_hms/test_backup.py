"""What is lost comes back: rows, history, triggers and files; a damaged backup touches nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from budgets import services
from budgets.models import Line
from council_hms.financial_year import FinancialYear
from tests.factories import make_source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def files(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "published").mkdir(parents=True)
    (settings.MEDIA_ROOT / "published" / "report.pdf").write_bytes(b"%PDF-1.7")
    return settings.MEDIA_ROOT


@pytest.fixture
def backup_folder(finance_officer, project, files, tmp_path) -> Path:
    line = services.NewLine(FinancialYear(2023), "capital", make_source(), Decimal(100))
    services.record_change(
        by=finance_officer, project=project, kind="increase", title="More", lines=[line]
    )
    call_command("backup", str(tmp_path / "kept"), stdout=StringIO())
    (folder,) = (tmp_path / "kept").iterdir()
    return folder


def test_what_is_lost_comes_back_with_its_history_and_its_guards(backup_folder, files):
    Line.objects.update(amount=7)
    (files / "published" / "report.pdf").unlink()
    out = StringIO()
    with pytest.raises(CommandError, match="Say --yes"):
        call_command("restore", str(backup_folder), stdout=out)
    call_command("restore", str(backup_folder), "--yes", stdout=out)
    assert "All is as it should be." in out.getvalue()
    assert Line.objects.get().amount == 100
    assert (files / "published" / "report.pdf").read_bytes() == b"%PDF-1.7"
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM budgets_lineevent")


def test_a_damaged_backup_is_refused_and_touches_nothing(backup_folder):
    with (backup_folder / "database.dump").open("ab") as file:
        file.write(b"x")
    Line.objects.update(amount=7)
    with pytest.raises(CommandError, match="is damaged"):
        call_command("restore", str(backup_folder), "--yes", stdout=StringIO())
    assert Line.objects.get().amount == 7


def test_a_folder_that_is_no_backup_is_refused(tmp_path):
    with pytest.raises(CommandError, match="no whole backup"):
        call_command("restore", str(tmp_path), "--yes", stdout=StringIO())


def test_the_backup_is_for_its_owner_alone(backup_folder):
    assert backup_folder.stat().st_mode & 0o077 == 0
    assert dt.datetime.strptime(backup_folder.name, "backup-%Y-%m-%dT%H%M%S")
