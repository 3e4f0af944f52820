"""The database goes away under the running web server: a plain page, no typing lost, and all well once it is back."""

from __future__ import annotations

import re
import shutil
import socket
import tempfile
import threading
from contextlib import suppress
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection, connections
from django.test import Client

from budgets.models import BudgetChange
from tests.factories import make_source

pytestmark = pytest.mark.django_db(transaction=True)


class Line:
    """A line to the database that can be cut: a socket that passes all on to the real one."""

    def __init__(self, real: Path) -> None:
        self.real = real
        self.folder = Path(tempfile.mkdtemp(prefix="line-"))  # a socket's path must be short
        self.address = self.folder / real.name
        self.open_ends: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(str(self.address))
        self.door.listen()
        threading.Thread(target=self._let_in, args=(self.door,), daemon=True).start()

    def cut(self) -> None:
        """Refuse whoever knocks, and end every conversation."""
        self.address.unlink()
        for end in [self.door, *self.open_ends]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.open_ends.clear()

    def _let_in(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                caller, _ = door.accept()
                database = socket.socket(socket.AF_UNIX)
                database.connect(str(self.real))
                self.open_ends += [caller, database]
                for one, other in ((caller, database), (database, caller)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass_on(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while words := one.recv(65536):
                other.sendall(words)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line(db):
    """Every new connection of the web server goes through a line that the test can cut."""
    connection.ensure_connection()  # the test's own goes straight to the database
    known = connections.databases["default"]
    real = Path(known["HOST"]) / f".s.PGSQL.{known['PORT'] or 5432}"
    line, host = Line(real), known["HOST"]
    known["HOST"] = str(line.folder)
    yield line
    known["HOST"] = host
    connection.close()
    shutil.rmtree(line.folder, ignore_errors=True)


class Browser:
    """Speaks HTTP with the live server, with the cookies of a person who is signed in."""

    def __init__(self, address: str, person) -> None:
        session = Client()
        session.force_login(person)
        self.host = urlsplit(address).netloc
        self.cookies = {"sessionid": session.cookies["sessionid"].value, "csrftoken": "x" * 32}

    def ask(self, path: str, fields: list[tuple[str, str]] | None = None) -> tuple[int, str]:
        web = HTTPConnection(self.host, timeout=30)
        heads = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            heads["Content-Type"] = "application/x-www-form-urlencoded"
        web.request(
            "GET" if fields is None else "POST",
            path,
            None if fields is None else urlencode(fields),
            heads,
        )
        answer = web.getresponse()
        return answer.status, answer.read().decode()


def test_the_database_goes_away_and_comes_back_under_the_running_server(
    live_server, line, finance_officer, project
):
    source = make_source()
    browser = Browser(live_server.url, finance_officer)
    assert browser.ask("/projects/HMS/changes/")[0] == 200
    form = [
        ("csrfmiddlewaretoken", "x" * 32),
        ("once", "7f0f2c1e-6a94-4d7e-9b0e-6f2f4f1d7c11"),
        ("kind", "increase"),
        ("title", "Interfaces & <integration>"),
        ("rows", "1"),
        ("columns", "2026"),
        ("nature-1", "capital"),
        ("source-1", str(source.pk)),
        ("project-1", ""),
        ("cell-1-2026", "375k"),
    ]

    line.cut()
    for _ in range(3):  # and again: no request is left with a connection that is dead
        status, page = browser.ask("/projects/HMS/changes/")
        assert status == 503
        assert "The database did not answer" in page
    status, page = browser.ask("/projects/HMS/changes/new/", form)
    assert status == 503
    assert "Interfaces &amp; &lt;integration&gt;" in page
    kept = re.findall(r"<input type='hidden' name='([^']+)' value='([^']*)'>", page)

    line.mend()
    assert browser.ask("/projects/HMS/changes/")[0] == 200
    again = [(name, unescape(value)) for name, value in kept]
    assert browser.ask("/projects/HMS/changes/new/", again)[0] == 302
    assert browser.ask("/projects/HMS/changes/new/", again)[0] == 302  # pressed twice
    assert BudgetChange.objects.get().title == "Interfaces & <integration>"


def test_what_a_stranger_typed_is_not_written_into_the_page(live_server, line, finance_officer):
    browser = Browser(live_server.url, finance_officer)
    del browser.cookies["sessionid"]
    line.cut()
    secret = [("csrfmiddlewaretoken", "x" * 32), ("login", "a@b.gov.uk"), ("password", "hush-hush")]
    status, page = browser.ask("/accounts/login/", secret)
    line.mend()
    assert status == 503
    assert "hush-hush" not in page
