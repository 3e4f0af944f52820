"""Puts a backup in place of what there is, and proves it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from council_hms import backup


class Command(BaseCommand):
    """``manage.py restore FOLDER --yes``; ends with the app role's rights and with ``verify``."""

    help = "Replace the database and the files by a backup, then check every promise (verify)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, help="the folder that backup made")
        parser.add_argument(
            "--yes", action="store_true", help="really replace everything that is there now"
        )

    def handle(self, *args: Any, yes: bool, **options: Any) -> None:
        folder: Path = options["backup"]
        try:
            manifest = backup.check(folder)
            if not yes:
                raise CommandError(
                    f"This replaces everything by the backup of {manifest['made_at']}. Say --yes to do it."
                )
            backup.restore(folder)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", interactive=False, verbosity=0)
        call_command("grant_app_role", verbosity=0)
        self.stdout.write(f"Restored the backup of {manifest['made_at']}.")
        call_command("verify", verbosity=0, stdout=self.stdout)
        self.stdout.write("All is as it should be.")
