"""Opens a spreadsheet in a child process with little memory, little time, and nothing to write to.

A workbook of a few kilobytes can claim thousands of millions of cells, and a reader that meets a
broken file may do anything: then the child ends, and the person gets a sentence. The child gets the
file through a pipe and answers in lines of JSON and packed rows, so that nothing it says is ever run.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import pickle
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

_ROOT = Path(__file__).resolve().parents[2]
_log = logging.getLogger(__name__)


#: What a cell says whose formula has no result, because nothing has calculated the file since it was written.
UNCALCULATED = "#UNCALCULATED"


#: Between cells and between rows of packed text: control characters, which no cell keeps (reading.py).
CELL, ROW = "\x1f", "\x1e"


def pack(rows: list[list[str]]) -> str:
    """Rows of text as one text, a fifth of JSON's work for 100,000 of them."""
    return ROW.join([CELL.join(cells) for cells in rows])


def unpack(packed: str) -> list[list[str]]:
    """The rows that ``pack`` was given."""
    return [row.split(CELL) if row else [] for row in packed.split(ROW)]


class SpreadsheetError(ValueError):
    """A file cannot be read. ``str(error)`` is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may hold and cost. The first four are what pages tell people.

    Bytes of the file, rows of a sheet, columns, bytes once unpacked; then the child's address
    space in bytes, processor seconds and seconds on the clock.
    """

    size: int = 25_000_000  # 100,000 rows of a ledger as CSV are 11 to 20 MB
    rows: int = 120_000
    columns: int = 100
    unpacked: int = 100_000_000
    memory: int = 2_000_000_000
    processor: int = 60
    clock: int = 90

    @property
    def words(self) -> str:
        """The limits as a sentence for people."""
        return (
            f"at most {self.size // 1_000_000} MB ({self.unpacked // 1_000_000} MB unpacked), "
            f"{self.rows:,} rows and {self.columns} columns a sheet"
        )


def run(
    content: bytes,
    name: str,
    sheet: int | None,
    first: int | None,
    limits: Limits,
    *,
    marks: list[tuple[int, int, str]] | None = None,
) -> Iterator[Any]:
    """What the child finds: a dict for the file, a dict for each sheet, and packed rows.

    With ``marks`` it gives the file back instead, marked (``spreadsheets.mark``).

    Raises SpreadsheetError as soon as the child says so, or when it ends without an answer.
    """
    if not content:
        raise SpreadsheetError("The file is empty. Choose the file again.")
    if len(content) > limits.size:
        raise SpreadsheetError(
            f"The file is larger than {limits.size // 1_000_000} MB. Split it, or take pictures and "
            "other sheets out of it."
        )
    child = subprocess.Popen(  # our own module, no shell, nothing of the user's in the command
        [sys.executable, "-s", "-m", "council_hms.spreadsheets.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"},
    )
    too_late = threading.Timer(limits.clock, child.kill)
    too_late.daemon = True
    too_late.start()
    try:
        yield from _answers(
            child, pickle.dumps((content, name, sheet, first, asdict(limits), marks))
        )
    finally:
        too_late.cancel()
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        child.wait()


def _answers(child: subprocess.Popen[bytes], job: bytes) -> Iterator[Any]:
    into: IO[bytes]
    outof: IO[bytes]
    into, outof = child.stdin, child.stdout  # type: ignore[assignment]
    try:
        into.write(job)
        into.close()
    except BrokenPipeError:
        pass  # it ended before it had read everything; what it said is below
    for line in outof:
        message = json.loads(line)
        if isinstance(message, dict) and "refused" in message:
            raise SpreadsheetError(message["refused"])
        if message == "done":
            return
        if isinstance(message, int):  # so many bytes of rows follow
            message = outof.read(message).decode("utf-8", "replace")
        yield message
    _log.warning("reading a spreadsheet ended early: exit %s", child.wait())
    raise SpreadsheetError(
        "The file took more memory or time than one file may, or is damaged. Open it in Excel, copy the "
        "table alone into a new workbook, save that as .xlsx and try again."
    )


def main() -> None:
    """What the child does: limits itself, reads one file, answers line by line."""
    content, name, sheet, first, given, marks = pickle.load(sys.stdin.buffer)  # noqa: S301  # from our parent
    limits = Limits(**given)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.processor, limits.processor))
    # openpyxl, which marks, keeps each sheet in a temporary file; reading writes none
    written = 0 if marks is None else 2 * limits.unpacked
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.disable()  # it lives for one file, whose rows are no rubbish
    from council_hms.spreadsheets.reading import marked, messages

    answers = (
        messages(content, name, sheet, first, limits)
        if marks is None
        else marked(content, sheet, marks, limits)
    )
    out = sys.stdout.buffer
    try:
        for message in answers:
            if isinstance(message, list):
                rows = pack(message).encode("utf-8", "replace")
                out.write(b"%d\n" % len(rows))
                out.write(rows)
            else:
                out.write(json.dumps(message).encode() + b"\n")
        out.write(b'"done"\n')
    except SpreadsheetError as error:
        out.write(json.dumps({"refused": str(error)}).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    # the classes that reading.py raises are those of the module's real name
    from council_hms.spreadsheets import child

    child.main()
