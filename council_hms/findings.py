"""Governance findings: a registry of checks, each a rule with its words and a query that yields what breaks it.

Each room lists its checks in ``<room>/findings.py`` as the tuple ``CHECKS``; nothing else is
indirect. A check looks at one project or a whole portfolio in a constant number of queries,
as at any date. A finding is about a project, or about what belongs to none: the corporate risk
register, a report on no project. What one room must know of a sibling it learns from here, never by import.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from django.apps import apps

T = TypeVar("T")


class Severity(IntEnum):
    """How much a finding weighs, in words that a board understands."""

    ADVICE = 1
    WARNING = 2
    SEVERE = 3

    @property
    def label(self) -> str:
        return {1: "Advice", 2: "Warning", 3: "Severe"}[self.value]


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at: a queryset of projects (already those the reader may see) as at a date.

    ``user`` is who reads: rows of rooms start from ``visible_to(user)``; None is the system itself
    (the command), which sees all. ``beyond_projects``: what belongs to no project is looked at too.
    """

    projects: Any
    as_at: dt.date
    user: Any = None
    beyond_projects: bool = False
    _read: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, read: Callable[[Scope], T]) -> T:
        """What ``read`` gives for this scope: several checks ask it alike, and the first of them has it read."""
        if read not in self._read:
            self._read[read] = read(self)
        found: T = self._read[read]
        return found


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that breaks a rule. ``subject`` names the row it is about and, with the code, is its key.

    Without a project, ``about`` says in words what it is about.
    """

    code: str
    project_id: int | None
    project_reference: str  # empty without a project
    subject: str
    message: str
    href: str = ""
    amount: Decimal | None = None
    since: dt.date | None = None
    severity: Severity | None = None  # None: the severity of its check
    about: str = ""  # "Corporate risk register", "Report HMS-2023-06-14"

    @property
    def check(self) -> Check:
        return check_of(self.code)

    @property
    def level(self) -> Severity:
        return self.severity or self.check.severity

    @property
    def whose(self) -> str:
        """The project's reference; what it is about where there is none."""
        return self.project_reference or self.about

    @property
    def key(self) -> tuple[str, int | None, str]:
        """What an acceptance is remembered by."""
        return (self.code, self.project_id, self.subject)


@dataclass(frozen=True, slots=True)
class Check:
    """A rule: ``code`` (``budgets.ahead_of_authority``), title, weight, who should act, and why it matters."""

    code: str
    title: str
    severity: Severity
    who_acts: str
    explanation: str
    find: Callable[[Scope], Iterable[Finding]]


@cache
def checks() -> tuple[Check, ...]:
    """Every check of every room, by code."""
    found: list[Check] = []
    for config in apps.get_app_configs():
        module = f"{config.name}.findings"
        if config.name != "council_hms" and "." not in config.name and find_spec(module):
            found.extend(getattr(import_module(module), "CHECKS", ()))
    return tuple(sorted(found, key=lambda check: check.code))


def check_of(code: str) -> Check:
    """The check with this code; KeyError when there is none."""
    return _by_code()[code]


@cache
def _by_code() -> dict[str, Check]:
    return {check.code: check for check in checks()}


def run(scope: Scope, codes: Sequence[str] | None = None) -> list[Finding]:
    """All findings in scope, severest first, then by project and code."""
    findings = [
        finding
        for check in checks()
        if codes is None or check.code in codes
        for finding in check.find(scope)
    ]
    return sorted(
        findings,
        key=lambda found: (-found.level, found.project_reference, found.code, found.subject),
    )
