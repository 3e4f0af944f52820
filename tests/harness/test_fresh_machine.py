"""A fresh machine: a clone in an empty folder and an empty environment become a product that answers."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parents[2]
#: How to reach a package index is the machine's own affair; nothing else is passed on.
PASSED_ON = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
PASSED_ON += ("PIP_INDEX_URL", "PIP_CERT", "PIP_CONFIG_FILE", "SSL_CERT_FILE")
COMMAND = "funding_table HMS --as-at 2023-06-14 --format csv --unit k"


@pytest.fixture(scope="module")
def clone() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="council-hms-fresh-"))
    folder.chmod(0o711)
    if (CHECKOUT / ".git").exists():
        subprocess.run(["git", "clone", "-q", CHECKOUT, folder / "clone"], check=True)
    else:
        shutil.copytree(
            CHECKOUT,
            folder / "clone",
            ignore=shutil.ignore_patterns(".venv", ".state", "staticfiles"),
        )
    yield folder / "clone"
    shutil.rmtree(folder, ignore_errors=True)


class Running:
    """``make run`` in the clone, and what it has said."""

    def __init__(self, clone: Path) -> None:
        self.began = time.monotonic()
        self.said = clone.parent / "said"
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        with self.said.open("w") as said:
            self.make = subprocess.Popen(
                ["make", "run"],
                cwd=clone,
                env={"PATH": "/usr/local/bin:/usr/bin:/bin", "PORT": "8731", **environment},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def address(self, within: float) -> str:
        """The address it prints when ready."""
        while time.monotonic() - self.began < within:
            if found := re.search(r"^Ready: (\S+)$", self.said.read_text(), re.MULTILINE):
                self.seconds = time.monotonic() - self.began
                return found[1]
            if self.make.poll() is not None:
                break
            time.sleep(0.2)
        raise AssertionError(
            f"make run was not ready in {within} s; it said:\n{self.said.read_text()}"
        )

    def interrupt(self) -> None:
        """Ctrl-C at the terminal: every process of the session's foreground gets it."""
        os.killpg(self.make.pid, signal.SIGINT)
        self.make.wait(timeout=60)


def processes_of(clone: Path) -> list[str]:
    """Command lines of what still runs out of the clone."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            line = " ".join(process.cmdline())
            if str(clone) in line or process.cwd().startswith(str(clone)):
                found.append(line)
    return found


def page(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_make_run_from_an_empty_folder(clone: Path) -> None:
    first = Running(clone)
    try:
        address = first.address(within=420)
        status, text = page(address)
        assert status == 200
        assert "Sign in" in text
        assert 'type="password"' in text
        said = first.said.read_text()
        assert "Installing the packages of requirements.lock" in said
    finally:
        first.interrupt()
    assert processes_of(clone) == []

    second = Running(clone)
    try:
        address = second.address(within=60)
        assert second.seconds < 20
        assert "Installing" not in second.said.read_text()
        assert "Loading the example" not in second.said.read_text()  # it is there already
        # Killed without warning, it leaves no web server behind that would hold the port.
        for process in psutil.Process(second.make.pid).children(recursive=True):
            process.kill()
    finally:
        second.interrupt()

    third = Running(clone)
    try:
        assert third.address(within=60) == address
        assert page(address)[0] == 200
        # The database killed under it: a plain page for a moment, then all is well without a restart.
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.name() == "postgres" and str(clone) in " ".join(process.cmdline()):
                    process.kill()
        until = time.monotonic() + 30
        while (answer := page(address)[0]) != 200 and time.monotonic() < until:
            assert answer == 503
            time.sleep(0.5)
        assert answer == 200
        assert "starting it again" in third.said.read_text()
    finally:
        third.interrupt()
    assert processes_of(clone) == []


def test_commands_work_without_make_run(clone: Path) -> None:
    if not (clone / ".venv").exists():
        pytest.skip("follows the test of make run")
    answer = subprocess.run(
        [".venv/bin/python", "manage.py", *COMMAND.split()],
        cwd=clone,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    asks = "Additional budget ask,241.1,273.9,40.4,-58.0,-6.8,47.2,23.2,33.7"
    assert asks in answer.stdout.splitlines()
    assert processes_of(clone) == []
