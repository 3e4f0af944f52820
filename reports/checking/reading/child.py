"""Reads an uploaded report in a child process that can take only so much memory and time, and writes no file.

A hostile or broken file then ends the child and not the web process. The child is given the file through a
pipe and gives the Paper back as JSON, so that nothing it says is more than text.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.checking.paper import Paper
from reports.checking.reading.limits import ReadError
from reports.checking.stored import paper_from_json, paper_to_json

_ROOT = Path(__file__).resolve().parents[3]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost: address space in bytes, processor seconds, seconds on the clock."""

    memory: int = 1_500_000_000
    processor: int = 60
    clock: int = 90


_TOO_MUCH = (
    "The file could not be read: it took more time or memory than one report may. "
    "Split it, or leave out appendices, pictures and unused sheets, and try again."
)
_DAMAGED = (
    "The file could not be read: it is damaged or made in an unusual way. "
    "Open it in the program that made it, save a fresh copy and upload that."
)


def read(content: bytes, format: str, limits: Limits | None = None) -> Paper:
    """The Paper of a file, read in a limited child. ReadError when that is not possible."""
    return paper_from_json(json.loads(_ask({"do": "read", "format": format}, content, limits)))


def comment(content: bytes, answer: Mapping[str, Any], limits: Limits | None = None) -> bytes:
    """A copy of a Word file with comments at what the checker found, made in a limited child."""
    wanted = {name: answer[name] for name in ("figures", "findings")}
    return _ask({"do": "comment", "answer": wanted}, content, limits)


def inspect(content: bytes, limits: Limits | None = None) -> dict[str, Any]:
    """What a PDF is that is to be attached (attachable.py), found out in a limited child."""
    found: dict[str, Any] = json.loads(_ask({"do": "inspect", "format": "pdf"}, content, limits))
    return found


def _ask(job: dict[str, Any], content: bytes, limits: Limits | None) -> bytes:
    limits = limits or Limits()
    head = json.dumps(job | {"memory": limits.memory, "processor": limits.processor}).encode()
    try:
        done = subprocess.run(  # our own module, no shell, nothing of the user's in the command
            [sys.executable, "-s", "-m", "reports.checking.reading.child"],
            input=head + b"\n" + content,
            capture_output=True,
            timeout=limits.clock,
            cwd=_ROOT,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ReadError(_TOO_MUCH) from error
    if done.returncode == 0 and done.stdout[:1] == b"A":
        return done.stdout[1:]
    if done.stdout[:1] == b"E":
        raise ReadError(done.stdout[1:].decode("utf-8", "replace"))
    if done.returncode < 0:
        raise ReadError(_TOO_MUCH)
    # the last line names the fault; the lines before it may quote the report
    fault = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2].partition(":")[0]
    _log.error(
        "reading a report (%s) failed in the child process: %s",
        job.get("format", "docx"),
        fault[:200],
    )
    raise ReadError(_DAMAGED)


def main() -> None:
    """What the child does: limits itself, does its one job, hands the answer back."""
    head, _, content = sys.stdin.buffer.read().partition(b"\n")
    job = json.loads(head)
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["processor"], job["processor"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = b"A" + _do(job, content)
    except ReadError as error:
        answer = b"E" + str(error).encode()
    except (MemoryError, RecursionError):
        answer = b"E" + _TOO_MUCH.encode()
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def _do(job: Mapping[str, Any], content: bytes) -> bytes:
    # loaded under the limits
    if job["do"] == "comment":
        from reports.checking.reading.word_comments import commented

        return commented(content, job["answer"])
    if job["do"] == "inspect":
        from reports.checking.reading.attachable import inspected

        return json.dumps(inspected(content)).encode()
    from reports.checking.reading.reader import read_here

    return json.dumps(paper_to_json(read_here(content, job["format"]))).encode()


if __name__ == "__main__":
    main()
