"""Starts the product on this machine: database, tables, example council, web server.

``python -m council_hms.launch run`` is what ``make run`` calls; ``reset`` is ``make reset``.
Management commands come through ``surroundings_of_command``, so that they meet the same database.
Settings only read the environment: whatever a machine without configuration lacks is put there here,
before Django reads it. Importing the settings never starts anything.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from council_hms.env import envint, read_env_file, said_plainly
from council_hms.local_postgres import APP, OWNER, LocalPostgres, LocalPostgresError

CHECKOUT = Path(__file__).resolve().parent.parent
#: Commands that touch no table. They must run without any database.
NEEDS_NO_DATABASE = frozenset(
    "check collectstatic compilemessages diffsettings findstatic help makemessages makemigrations "
    "optimizemigration sendtestemail squashmigrations startapp startproject test version".split()
)
#: Commands that make or change tables, or empty them: they run as the role that owns them.
RUNS_AS_OWNER = frozenset(
    "backup createcachetable flush grant_app_role migrate pgtrigger prepare remove_stale_contenttypes "
    "restore seed_portfolio sqlflush".split()
)


def state_folder() -> Path:
    """Where this machine's data lies: ``COUNCIL_HMS_STATE``, otherwise ``.state`` in the checkout."""
    return Path(os.environ.get("COUNCIL_HMS_STATE") or CHECKOUT / ".state")


def say(text: str = "") -> None:
    """To the person at the terminal, and never into a command's own output."""
    print(text, file=sys.stderr, flush=True)


# -- what a command finds around it --------------------------------------------------------------


@contextmanager
def surroundings_of_command(words: Sequence[str]) -> Iterator[None]:
    """Everything a management command needs, for as long as it runs.

    ``words`` is the command line after ``manage.py``. With DATABASE_URL set that database is used;
    otherwise the product's own server, started if need be and stopped by the last to leave.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "council_hms.settings")
    read_env_file(CHECKOUT / ".env")
    command = words[0] if words else "help"
    as_owner = command in RUNS_AS_OWNER
    no_database = (
        command in NEEDS_NO_DATABASE or command.startswith("-") or {"-h", "--help"} & set(words)
    )
    if os.environ.get("DATABASE_URL"):
        if as_owner:
            _become_owner_of_given_database()
        yield
        return
    fill_in_for_trial()
    if no_database:
        yield
        return
    server = LocalPostgres(state_folder())
    try:
        with server.in_use():
            os.environ["DATABASE_APP_ROLE"] = APP
            if not as_owner:
                os.environ["DATABASE_URL"] = server.url(APP)
                prepare_if_new(server)
            os.environ["DATABASE_URL"] = server.url(OWNER if as_owner else APP)
            yield
    except LocalPostgresError as error:
        raise SystemExit(str(error)) from error


def fill_in_for_trial() -> None:
    """Settings of a copy that runs on one machine for its owner: plain http, a key of its own, marked as a trial."""
    if not os.environ.get("SECRET_KEY") and not os.environ.get("SECRET_KEY_FILE"):
        os.environ["SECRET_KEY"] = _own_secret_key()
    os.environ.setdefault("SECURE", "False")
    os.environ.setdefault("SECOND_FACTOR", "False")
    os.environ.setdefault("ENVIRONMENT_NOTICE", "Demonstration: nothing here is a council's record")
    os.environ.setdefault("MEDIA_ROOT", str(state_folder() / "media"))


def _own_secret_key() -> str:
    path = state_folder() / "secret_key"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    key = secrets.token_urlsafe(50)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
    except FileExistsError:  # another process was quicker; it may not have written yet
        time.sleep(0.2)
        return path.read_text(encoding="utf-8")
    return key


def _become_owner_of_given_database() -> None:
    """With two roles given, let this command own the tables and remember who serves."""
    from council_hms.env import envdatabase

    if owner := os.environ.get("DATABASE_OWNER_URL"):
        os.environ.setdefault("DATABASE_APP_ROLE", envdatabase("DATABASE_URL")["USER"])
        os.environ["DATABASE_URL"] = owner


# -- first contents --------------------------------------------------------------------------------


def manage(*words: str, **environment: str) -> int:
    """Run one management command as a process of its own, its output to the terminal's error side."""
    return subprocess.run(
        [sys.executable, str(CHECKOUT / "manage.py"), *words],
        stdout=sys.stderr.fileno(),
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
        check=False,
    ).returncode


def holds(table: str) -> bool:
    """Whether a table is there and has a row."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone()
        if row is None or not row[0]:
            return False
        query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        row = connection.execute(query).fetchone()
        return bool(row and row[0])


def prepare(owner: str | None, app_role: str) -> None:
    """Tables, grants and, when there is no project yet, the example council. Safe to repeat.

    ``owner`` is the address of the role that owns the tables; None when DATABASE_URL's role does.
    """
    surroundings = {"DATABASE_APP_ROLE": app_role} if app_role else {}
    owned = {**surroundings, "DATABASE_URL": owner} if owner else surroundings
    if manage("prepare", **owned) != 0:
        raise SystemExit("The tables could not be made: see above")
    if not holds("projects_project"):
        if not (CHECKOUT / "council_hms/management/commands/load_example.py").exists():
            return
        say("Loading the example council")
        if manage("load_example") != 0:
            raise SystemExit("The example council could not be loaded: see above")


def prepare_if_new(server: LocalPostgres) -> None:
    """Prepare a database that was never prepared, once, however many commands arrive together."""
    if holds("django_migrations"):
        return
    with (state_folder() / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not holds("django_migrations"):
            say("The database is new: making its tables")
            prepare(server.url(OWNER), APP)


# -- make run ----------------------------------------------------------------------------------------


def run() -> None:
    """Serve until Ctrl-C, on the database given or the product's own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "council_hms.settings")
    read_env_file(CHECKOUT / ".env")
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        if os.environ.get("DATABASE_URL"):
            say("Using the database that DATABASE_URL names")
            fill_in_for_trial()
            from council_hms.env import envdatabase

            prepare(os.environ.get("DATABASE_OWNER_URL"), envdatabase("DATABASE_URL")["USER"])
            serve()
        else:
            fill_in_for_trial()
            server = LocalPostgres(state_folder())
            say(f"Starting the database in {server.state}")
            with server.in_use():
                os.environ["DATABASE_URL"] = server.url(APP)
                with (state_folder() / "prepare.lock").open("w") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX)
                    prepare(server.url(OWNER), APP)
                with kept_running():
                    serve()
                say("Stopping the database")
    except LocalPostgresError as error:
        raise SystemExit(str(error)) from error
    except KeyboardInterrupt:
        say("Stopped")


@contextmanager
def kept_running() -> Iterator[None]:
    """A process beside the web server that brings the database back should it be killed."""
    keeper = subprocess.Popen(
        [sys.executable, "-m", "council_hms.launch", "keep"],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is not for it: it ends when told, or when its parent is gone
    )
    try:
        yield
    finally:
        keeper.terminate()
        keeper.wait()


def keep() -> None:
    """Look every two seconds, for as long as the process lives that asked for it."""
    parent = os.getppid()
    server = LocalPostgres(state_folder())
    while os.getppid() == parent:
        if not server.is_running():
            say("The database does not answer: starting it again")
            try:
                server.start()
            except LocalPostgresError as error:
                say(str(error))
        time.sleep(2)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def serve() -> None:
    """Run the web server in this process, so that nothing is left when this process is killed."""
    if not static_files_are_current():
        say("Collecting the static files")
        if manage("collectstatic", "--noinput", "--verbosity", "0") != 0:
            raise SystemExit("The static files could not be collected: see above")
        _static_mark().write_text(_static_sum(), encoding="utf-8")
    from gunicorn.app.base import BaseApplication

    port = free_port(envint("PORT", default=8000))
    address = f"http://127.0.0.1:{port}/"

    def ready(worker: Any) -> None:
        worker.timeout = (
            1  # how often it looks whether its master still lives; without it the port stays taken
        )
        if worker.age == 1:  # the first to have loaded the product speaks
            announce(address)

    class Product(BaseApplication):  # type: ignore[misc]
        """gunicorn with our settings."""

        def load_config(self) -> None:
            for name, value in gunicorn_settings(port).items():
                self.cfg.set(name, value)
            self.cfg.set("post_worker_init", ready)

        def load(self) -> Any:
            from council_hms.wsgi import application

            return application

    master = os.getpid()
    code: object = 1
    try:
        Product().run()
    except SystemExit as end:
        code = end.code
    finally:
        if os.getpid() != master:
            # A worker, which is a fork, has come to its end here: stopping the database is not its business.
            sys.stderr.flush()
            os._exit(code if isinstance(code, int) else 0)
    if code:
        raise SystemExit(f"The web server could not start (code {code}): see above")


def gunicorn_settings(port: int) -> dict[str, Any]:
    """How the product is served here. Requests are short; a worker is a process with one connection."""
    return {
        "bind": f"127.0.0.1:{port}",
        "workers": envint("WEB_WORKERS", default=2),
        "threads": 1,
        "timeout": 60,
        "graceful_timeout": 5,
        "max_requests": 5000,
        "max_requests_jitter": 500,
        "loglevel": "warning",
        "proc_name": "council-hms",
        "control_socket_disable": True,
    }


def free_port(wanted: int) -> int:
    """The port wanted or the next that is free, saying so."""
    for port in range(wanted, min(wanted + 50, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port != wanted:
            say(f"Port {wanted} is in use: taking {port} (set PORT to choose another)")
        return port
    raise SystemExit(f"No free port from {wanted} on: set PORT to a free one")


def announce(address: str) -> None:
    """Say where the product is and who can sign in."""
    say()
    say(f"Ready: {address}")
    try:
        from council_hms.demonstration import accounts
    except ImportError:
        people: list[tuple[str, str, str]] = []
    else:
        people = list(accounts())
    if people:
        say("Sign in as one of the demonstration accounts:")
        wide, mail = (max(len(person[i]) for person in people) for i in (0, 1))
        for role, email, password in people:
            say(f"  {role:<{wide}}  {email:<{mail}}  {password}")
    say("Ctrl-C stops it. The data stays; `make reset` starts afresh.")


# -- static files ------------------------------------------------------------------------------------


def _static_mark() -> Path:
    return CHECKOUT / "staticfiles" / ".collected"


def _static_sum() -> str:
    """Changes whenever a static file of ours or a package does."""
    total = hashlib.sha256()
    lock = CHECKOUT / "requirements.lock"
    total.update(lock.read_bytes() if lock.exists() else b"")
    for path in sorted((CHECKOUT / "static").rglob("*")):
        if path.is_file():
            found = path.stat()
            total.update(
                f"{path.relative_to(CHECKOUT)} {found.st_size} {found.st_mtime_ns}\n".encode()
            )
    return total.hexdigest()


def static_files_are_current() -> bool:
    """Whether what was collected last is still what is there."""
    mark = _static_mark()
    return mark.exists() and mark.read_text(encoding="utf-8") == _static_sum()


# -- make reset --------------------------------------------------------------------------------------


def reset() -> None:
    """Delete this machine's data and start afresh with the example council."""
    read_env_file(CHECKOUT / ".env")
    if os.environ.get("DATABASE_URL"):
        raise SystemExit(
            "DATABASE_URL is set, and its database is not ours to delete: unset it, or empty it yourself"
        )
    state = state_folder()
    try:
        say(f"Deleting the database and files in {state}")
        LocalPostgres(state).remove()
        shutil.rmtree(state / "media", ignore_errors=True)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "council_hms.settings")
        fill_in_for_trial()
        server = LocalPostgres(state)
        with server.in_use():
            os.environ["DATABASE_URL"] = server.url(APP)
            prepare_if_new(server)
    except LocalPostgresError as error:
        raise SystemExit(str(error)) from error
    say("Afresh. `make run` serves it.")


if __name__ == "__main__":
    with said_plainly():
        {"run": run, "reset": reset, "keep": keep}[sys.argv[1] if len(sys.argv) > 1 else "run"]()
