"""A copy of everything the council has entered: the database and the files, in one folder with their hashes.

Made with PostgreSQL's own programs, in one consistent moment. Roles and passwords are no part of it:
they belong to the machine; what each role may do is granted again after a restore.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from council_hms.local_postgres import programs_on_this_machine

DUMP, FILES, MANIFEST = "database.dump", "files.zip", "manifest.json"


class BackupError(RuntimeError):
    """A backup cannot be made or restored; the text says why and what to do."""


def make(folder: Path, now: dt.datetime) -> Path:
    """Write a backup into a new folder under ``folder``; returns it. Nothing half made is left under its name."""
    target = folder / f"backup-{now:%Y-%m-%dT%H%M%S}"
    fresh = folder / f".{target.name}.{os.getpid()}"
    fresh.mkdir(parents=True, mode=0o700)
    _run("pg_dump", "--format=custom", "--no-owner", "--no-comments", f"--file={fresh / DUMP}")
    with zipfile.ZipFile(fresh / FILES, "w") as archive:
        for path in sorted(settings.MEDIA_ROOT.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(settings.MEDIA_ROOT))
    manifest = {
        "made_at": now.isoformat(),
        "sha256": {name: _sha256(fresh / name) for name in (DUMP, FILES)},
    }
    (fresh / MANIFEST).write_text(json.dumps(manifest, indent=2))
    fresh.rename(target)
    return target


def check(backup: Path) -> dict[str, Any]:
    """The manifest of a backup whose files are those that were written. Raises BackupError otherwise."""
    try:
        manifest: dict[str, Any] = json.loads((backup / MANIFEST).read_text())
        right = all(_sha256(backup / name) == sha256 for name, sha256 in manifest["sha256"].items())
    except (OSError, ValueError, KeyError) as error:
        raise BackupError(f"{backup} is no whole backup: {error}") from error
    if not right:
        raise BackupError(f"{backup} is damaged: a file is not the one that was written")
    return manifest


def restore(backup: Path) -> None:
    """Put a backup in place of what the database and the folder of files hold. All of the database or nothing."""
    check(backup)
    connection.close()
    _run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={connection.settings_dict['NAME']}",
        str(backup / DUMP),
    )
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(
        backup / FILES
    ) as archive:  # keeps every file inside the folder, on any Python
        archive.extractall(settings.MEDIA_ROOT)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(program: str, *words: str) -> None:
    """Run one of PostgreSQL's programs against the database of the settings; the password is on no command line."""
    given = connection.settings_dict
    surroundings = {
        "PGHOST": str(given["HOST"]),
        "PGPORT": str(given["PORT"]),
        "PGUSER": str(given["USER"]),
        "PGPASSWORD": str(given["PASSWORD"]),
        "PGDATABASE": str(given["NAME"]),
    }
    done = subprocess.run(  # noqa: S603 - a program by its full path, no shell
        [str(_program(program)), *words],
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            **{name: value for name, value in surroundings.items() if value},
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-800:]}")


def _program(name: str) -> Path:
    for programs in programs_on_this_machine():
        if (programs.folder / name).exists():
            return programs.folder / name
    raise BackupError(
        f"{name} was not found: install PostgreSQL's client programs, or set PG_BINDIR to their folder"
    )
