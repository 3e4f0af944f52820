"""What the ledger says, handed to the checker: named amounts of projects as at the report's date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from council_hms.financial_year import FinancialYear


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of the ledger in pounds. ``words`` name it: "spend to 31 March 2023", "capital ask 2023-24".

    ``about`` is approved, increase_to, increase_by, original, spent, ahead, interim, sought, requirement,
    available or ask; ``nature`` capital, revenue or total; ``years`` empty when it is of no year.
    """

    project: str
    about: str
    words: str
    amount: Decimal
    nature: str = "total"
    source: str = ""
    years: Sequence[FinancialYear] = ()
    on: dt.date | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the ledger gives about the projects of a report, and the settings that bear on its form.

    ``key_decision_thresholds`` are pounds by kind (capital, revenue, total) in force on ``as_at``.
    """

    as_at: dt.date | None = None
    facts: Sequence[Fact] = ()
    key_decision_thresholds: Sequence[tuple[str, Decimal]] = field(default=())
