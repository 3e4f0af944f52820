"""The tests' own PostgreSQL: started when the first test needs it, its databases thrown away at the end.

The same start-up module as the product's, with fsync off, in ``.state/tests``. Every process of every
run has a database of its own, copied from a template that is migrated once for each state of the
migrations, so that the second run starts in a second. All of it can be deleted at any time.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import sql

from council_hms.env import envdatabase
from council_hms.local_postgres import ADMIN, APP, OWNER, LocalPostgres, LocalPostgresError

CHECKOUT = Path(__file__).resolve().parent.parent
TEMPLATES_KEPT = 4


def _folder() -> Path:
    return Path(os.environ.get("COUNCIL_HMS_TEST_STATE") or CHECKOUT / ".state" / "tests")


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    """The running server of the tests."""
    folder = _folder()
    if os.geteuid() == 0:  # the server runs as another account, which must pass through
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    server = LocalPostgres(folder, throw_away=True)
    try:
        server.start()
    except LocalPostgresError:  # without fsync a power cut may have left it unreadable
        shutil.rmtree(folder, ignore_errors=True)
    with server.in_use():
        yield server


@contextmanager
def _administering(server: LocalPostgres) -> Iterator[psycopg.Connection]:
    """A connection that may create databases, one process at a time."""
    with (server.state / "templates.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(server.url(ADMIN, "postgres"), autocommit=True) as admin:
            yield admin


def _names(admin: psycopg.Connection, start: str) -> list[str]:
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid"
    return [row[0] for row in admin.execute(query, [start])]


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _template(server: LocalPostgres, admin: psycopg.Connection) -> str:
    """The name of a database that holds the tables of the migrations as they are now."""
    state = hashlib.sha256()
    for path in [
        CHECKOUT / "requirements.lock",
        CHECKOUT / "council_hms" / "history.py",  # declares the triggers that migrate puts in place
        *sorted(CHECKOUT.glob("*/migrations/**/*")),
    ]:
        if path.suffix in {".py", ".sql", ".lock"} and path.exists():
            state.update(path.read_bytes())
    name = f"template_{state.hexdigest()[:16]}"
    known = _names(admin, "template_")
    if name in known:
        return name
    for old in [*known[: -TEMPLATES_KEPT + 1], *_names(admin, "building_")]:
        _drop(admin, old)
    building = name.replace("template_", "building_")
    admin.execute(
        sql.SQL("CREATE DATABASE {} OWNER {}").format(
            sql.Identifier(building), sql.Identifier(OWNER)
        )
    )
    for command in (["migrate"], ["createcachetable"]):
        subprocess.run(
            [sys.executable, "manage.py", *command, "--verbosity", "0"],
            cwd=CHECKOUT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "council_hms.settings",
                "DATABASE_URL": server.url(OWNER, building),
                "STATEMENT_TIMEOUT_MS": "0",
            },
            check=True,
        )
    admin.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(building), sql.Identifier(name)
        )
    )
    return name


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Django finds its test database made; this module drops it."""
    return True


@pytest.fixture(scope="session")
def django_db_createdb() -> bool:
    """See django_db_keepdb."""
    return False


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: LocalPostgres) -> Iterator[None]:
    """A database for this process, as the owner of the tables, before Django sets its own up."""
    from django.db import connections

    name = f"test_{os.getpid()}"
    with _administering(postgres) as admin:
        for left in _names(admin, "test_"):
            if not psutil.pid_exists(int(left.split("_")[1])):
                _drop(admin, left)
        _drop(admin, name)
        admin.execute(
            sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(
                sql.Identifier(OWNER)
            )
        )
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name),
                sql.Identifier(OWNER),
                sql.Identifier(_template(postgres, admin)),
            )
        )
    given = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = postgres.url(OWNER)
    settings = connections.databases["default"]
    settings.update(envdatabase("DATABASE_URL"))
    settings["TEST"]["NAME"] = name
    os.environ.pop("DATABASE_URL")
    if given:
        os.environ["DATABASE_URL"] = given
    with pytest.MonkeyPatch.context() as patch:
        _let_tests_empty_history(patch)
        yield
    connections.close_all()
    with suppress(psycopg.Error), _administering(postgres) as admin:
        _drop(admin, name)


def _let_tests_empty_history(patch: pytest.MonkeyPatch) -> None:
    """Between tests with real transactions Django truncates every table, which history refuses.

    Only here may it: the owner of the tests' databases may switch triggers off for a moment.
    """
    from django.db import connections, transaction
    from django.db.backends.postgresql.operations import DatabaseOperations

    plain = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        alias = self.connection.alias
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            plain(self, sql_list)

    patch.setattr(DatabaseOperations, "execute_sql_flush", flush)


@pytest.fixture
def database_url(postgres: LocalPostgres, transactional_db: None) -> Callable[[str], str]:
    """The address of this process's test database for a role, for commands started as processes."""
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
