"""What there is to tell of projects: what is to be done by a day, what has changed. A registry like that of findings.

Each room lists in ``<room>/news.py`` what of its own is DUE and what CHANGED, as tuples of
functions; each asks a constant number of queries and starts from what the scope's reader may see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from council_hms.findings import Scope


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done by a day. ``told_by``: code and subject of the finding that says it once it is overdue."""

    project_id: int
    due_on: dt.date
    words: str
    href: str
    told_by: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened on a day."""

    project_id: int
    day: dt.date
    words: str
    href: str


FindDue = Callable[[Scope, dt.date], Iterable[Due]]
FindChanges = Callable[[Scope, dt.date], Iterable[Change]]


def due(scope: Scope, until: dt.date) -> list[Due]:
    """What was or is to be done by ``until`` and is not done on the scope's day, the earliest first."""
    found = [each for find in _listed("DUE") for each in find(scope, until)]
    return sorted(found, key=lambda each: (each.due_on, each.words))


def changes(scope: Scope, since: dt.date) -> list[Change]:
    """What happened after ``since`` up to the scope's day, the latest first."""
    found = [each for find in _listed("CHANGED") for each in find(scope, since)]
    return sorted(found, key=lambda each: (-each.day.toordinal(), each.words))


@cache
def _listed(name: str) -> tuple[Any, ...]:
    """The functions that the rooms list under a name."""
    return tuple(_every(name))


def _every(name: str) -> Iterator[Any]:
    for config in apps.get_app_configs():
        module = f"{config.name}.news"
        if config.name != "council_hms" and "." not in config.name and find_spec(module):
            yield from getattr(import_module(module), name, ())


def day_words(day: dt.date) -> str:
    """``14 June 2023``."""
    return f"{day.day} {day:%B %Y}"
