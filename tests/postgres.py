"""The tests' own PostgreSQL: started when the first test needs it, thrown away at the end.

The same start-up module as the product's, with fsync off. All xdist workers share one server.
To keep a server between runs (with ``--reuse-db``), set COUNCIL_HMS_TEST_STATE to a folder.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from council_hms.env import envdatabase
from council_hms.local_postgres import APP, OWNER, LocalPostgres, LocalPostgresError

PREFIX = "council-hms-test-"
_made: list[Path] = []


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder, before workers inherit the environment."""
    if "COUNCIL_HMS_TEST_STATE" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        folder.chmod(0o711)  # as root, the server's account must pass through
        os.environ["COUNCIL_HMS_TEST_STATE"] = str(folder)
        _made.append(folder)
        _clear_away_left_behind(folder.parent)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove it, in the process that chose the folder."""
    for folder in _made:
        with suppress(LocalPostgresError):
            LocalPostgres(folder, throw_away=True).remove()
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop("COUNCIL_HMS_TEST_STATE", None)
    _made.clear()


def _clear_away_left_behind(folder: Path) -> None:
    """Remove servers of runs that were killed more than three hours ago."""
    for left in folder.glob(f"{PREFIX}*"):
        with suppress(LocalPostgresError, OSError):
            if time.time() - left.stat().st_mtime > 3 * 60 * 60:
                LocalPostgres(left, throw_away=True).remove()
                shutil.rmtree(left)


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    """The running throw-away server."""
    server = LocalPostgres(Path(os.environ["COUNCIL_HMS_TEST_STATE"]), throw_away=True)
    with server.in_use():
        yield server


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    postgres: LocalPostgres, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Point Django's connection at the server, as the owner of the tables, before the test database is made."""
    from django.db import connections

    os.environ["DATABASE_URL"] = postgres.url(OWNER)
    connections.databases["default"].update(envdatabase("DATABASE_URL"))
    del os.environ[
        "DATABASE_URL"
    ]  # commands that a test starts must be told theirs: see database_url


@pytest.fixture
def database_url(postgres: LocalPostgres, transactional_db: None) -> Callable[[str], str]:
    """The address of this worker's test database for a role, for commands started as processes."""
    from django.db import connection

    return lambda role=OWNER: postgres.url(role, str(connection.settings_dict["NAME"]))


@pytest.fixture
def as_app_role(postgres: LocalPostgres, transactional_db: None) -> Iterator[psycopg.Connection]:
    """A plain connection to the test database as the role that serves, with its grants as in earnest."""
    from django.core.management import call_command
    from django.db import connection

    call_command("grant_app_role", role=APP, verbosity=0)
    with psycopg.connect(
        postgres.url(APP, str(connection.settings_dict["NAME"])), autocommit=True
    ) as app:
        yield app
