"""Draws a heavy file in a child process that can take only so much memory and time, and nothing else.

A paper of unusual size or a chart that upsets the renderer then ends the child and not the web process:
the person gets a sentence, everyone else their pages. The child gets the paper through a pipe and gives
the file back through another; it writes no file and inherits nothing but what it needs to start.
"""

from __future__ import annotations

import logging
import os
import pickle
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from council_hms.outputs.style import OutputError, Style

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: address space in bytes, processor seconds, seconds on the clock."""

    memory: int = 2_000_000_000
    processor: int = 60
    clock: int = 90


def draw(
    what: Any,
    format: str,
    style: Style,
    *,
    template: bytes | None = None,
    limits: Limits | None = None,
) -> bytes:
    """The file, drawn in a limited child. OutputError when it could not be drawn within the limits."""
    limits = limits or Limits()
    job = pickle.dumps((what, format, style, template, limits.memory, limits.processor))
    try:
        done = subprocess.run(  # our own module, no shell, nothing of the user's in the command
            [sys.executable, "-s", "-m", "council_hms.outputs.child"],
            input=job,
            capture_output=True,
            timeout=limits.clock,
            cwd=_ROOT,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OutputError(_TOO_MUCH) from error
    if done.returncode == 0 and done.stdout[:1] == b"F":
        return done.stdout[1:]
    if done.stdout[:1] == b"E":
        raise OutputError(done.stdout[1:].decode("utf-8", "replace"))
    if done.returncode < 0:  # a limit, or the renderer giving up for want of memory
        raise OutputError(_TOO_MUCH)
    # the last line names the fault; the lines before it may quote the paper
    fault = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2].partition(":")[0]
    _log.error("drawing %s failed in the child process: %s", format, fault[:200])
    raise OutputError(_FAULT)


_log = logging.getLogger(__name__)
_FAULT = (
    "The file could not be made, through a fault in this product. Try another format, "
    "and tell the people who run it what you asked for and when."
)
_TOO_MUCH = (
    "The file could not be made: it took more time or memory than one file may. "
    "Leave out some of the tables or pictures, or choose fewer years, and try again."
)


def main() -> None:
    """What the child does: limits itself, draws one file, hands it back."""
    what, format, style, template, memory, processor = pickle.load(sys.stdin.buffer)  # noqa: S301  # from our parent
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        from council_hms.outputs import draw_here

        answer = b"F" + draw_here(what, format, style, template)
    except OutputError as error:
        answer = b"E" + str(error).encode()
    except MemoryError:
        answer = b"E" + _TOO_MUCH.encode()
    except ImportError as error:
        if "map segment" not in str(error):  # what the loader says when there is no memory left
            raise
        answer = b"E" + _TOO_MUCH.encode()
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
