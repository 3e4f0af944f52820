"""Long work goes on beside the request that asks for it, and a page of its own shows how far it is.

No worker is needed: a thread of the web process does it. While it lasts its connection holds a lock of
the database; should the process be killed the lock goes with it, the database undoes what was not
finished, and the page can say that the work has stopped.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone

log = logging.getLogger("council_hms.beside")

#: Between "it begins" and the lock's being held: no sign that anybody was killed.
_SETTLING = dt.timedelta(seconds=10)


class BusyError(Exception):
    """Someone else is at this very work."""


@contextmanager
def at_work(kind: int, number: int) -> Iterator[None]:
    """Holds a piece of work for this connection while it lasts. Raises BusyError when another holds it.

    ``kind`` is a number for each kind of work, ``number`` the piece of it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, number])
        if not cursor.fetchone()[0]:
            raise BusyError
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, number])


def has_stopped(kind: int, number: int, touched_at: dt.datetime) -> bool:
    """Whether work that is said to go on has nobody at it: its process was killed.

    ``touched_at`` is the last sign of it.
    """
    if timezone.now() - touched_at < _SETTLING:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s "
            "AND objid = %s AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [kind, number],
        )
        return bool(cursor.fetchone()[0])


def begin(
    name: str,
    step: Callable[[], Any],
    *,
    refusals: tuple[type[Exception], ...],
    failed: Callable[[], Any],
) -> None:
    """Run ``step`` in a thread. It notes its own ``refusals``; ``failed`` notes whatever else it raises."""
    threading.Thread(target=_run, args=(name, step, refusals, failed), name=name).start()


def _run(
    name: str,
    step: Callable[[], Any],
    refusals: tuple[type[Exception], ...],
    failed: Callable[[], Any],
) -> None:
    try:
        step()
    except refusals as refused:
        log.info("%s refused: %s", name, type(refused).__name__)  # the reason is in its row
    except Exception:
        log.exception("%s failed", name)
        failed()
    finally:
        connection.close()
