"""History: every change of a row is kept by the database itself, with who did it, in which act and why.

Triggers at statement level write the events, so that bulk operations, COPY and plain SQL are
caught too (pghistory's row triggers are quadratic in a bulk load under deferred foreign keys).
The event tables refuse UPDATE, DELETE and TRUNCATE.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import pghistory
import pgtrigger
from django.db import IntegrityError, models, transaction
from pghistory import runtime

from council_hms import concurrency

if TYPE_CHECKING:
    from council_hms.models import User

M = TypeVar("M", bound=type[models.Model])


def tracked(model: M) -> M:
    """Class decorator: keep every insert, update and delete of this model's rows for ever."""
    return tracked_but_for()(model)


def tracked_but_for(*columns: str, unasked: Sequence[str] = ()) -> Callable[[M], M]:
    """``tracked``, but for columns that must not or need not be kept twice. A change of them alone is no event.

    ``unasked`` are foreign keys by which nobody looks history up: their indexes would cost a bulk load for nothing.
    """

    def decorate(model: M) -> M:
        decorated = _tracked(model, list(columns))
        events: Any = decorated
        for name in unasked:
            events.pgh_event_models["insert"]._meta.get_field(name).db_index = False
        return decorated

    return decorate


def _tracked(model: M, left_out: list[str]) -> M:
    decorated: M = pghistory.track(
        pghistory.InsertEvent(level=pghistory.Statement),
        pghistory.UpdateEvent(level=pghistory.Statement),
        pghistory.DeleteEvent(level=pghistory.Statement),
        append_only=True,
        exclude=left_out or None,
        meta={
            "triggers": [
                pgtrigger.Trigger(
                    name="no_truncate",
                    operation=pgtrigger.Truncate,
                    level=pgtrigger.Statement,
                    when=pgtrigger.Before,
                    func="RAISE EXCEPTION 'history cannot be truncated';",
                )
            ]
        },
    )(model)
    return decorated


@contextmanager
def _refusals_in_words() -> Iterator[None]:
    """What the database refuses, when it is asked or at commit, as a sentence for people."""
    try:
        yield
    except IntegrityError as error:
        clash = concurrency.in_words(error)
        if clash is None or clash is error:
            raise
        raise clash from error


@contextmanager
def acting(by: User | None, act: str, reason: str = "", through: str = "") -> Iterator[None]:
    """One act: a transaction whose history says who did it, what it is called and why.

    ``act`` is ``thing.verb`` (``change.ratify``); ``reason`` a sentence for the auditor; ``through``
    how it came (``form``, which the middleware says by itself, ``import``, ``command``).
    ``by`` is None only for the system itself (set-up, migration of data). An act within an act is
    part of the larger one and keeps its name; two acts in one request are two acts.

    Raises concurrency.ClashError for what the database refuses, such as a name that somebody gave in the same moment.
    """
    said = {
        "act": act,
        "reason": reason,
        "by": by.pk if by else None,
        "by_name": str(by) if by else "system",
        **({"through": through} if through else {}),
    }
    # pghistory would put all that a request does under one name; the tracker it keeps is a thread's own.
    outer = getattr(runtime._tracker, "value", None)
    with _refusals_in_words(), transaction.atomic():
        if outer is None:
            with pghistory.context(**{"through": "command", **said}):
                yield
        elif "act" in outer.metadata:
            yield
        else:
            runtime._tracker.value = runtime.Context(uuid.uuid4(), {**outer.metadata, **said})
            try:
                yield
            finally:
                runtime._tracker.value = outer
