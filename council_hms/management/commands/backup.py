"""Makes a backup of the database and the files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from council_hms import backup


class Command(BaseCommand):
    """``manage.py backup FOLDER``; while people work, since it is one consistent moment."""

    help = "Copy the database and the files into a new folder, with their hashes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where the backup's folder is made")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            made = backup.make(folder, timezone.localtime())
        except (backup.BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Backup made: {made}")
