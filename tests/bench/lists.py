"""Ledger lines of any number, made as they are asked for, and the columns of their list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from council_hms.grid import Format

LIST = [
    ("Line", Format.TEXT),
    ("Project", Format.TEXT),
    ("Title", Format.TEXT),
    ("Work package", Format.TEXT),
    ("Source", Format.TEXT),
    ("Type", Format.TEXT),
    ("Year", Format.TEXT),
    ("Amount", Format.MONEY),
    ("Spent", Format.MONEY),
    ("Date", Format.DATE),
    ("Count", Format.COUNT),
    ("Remark", Format.TEXT),
]


def lines(count: int) -> Iterator[tuple]:
    """Ledger lines, made as they are asked for."""
    day = dt.date(2023, 6, 14)
    for place in range(count):
        yield (
            f"L{place:07}",
            f"P{place % 1000:05}",
            "Housing & repairs system",
            "Data migration",
            "Capital programme HRA",
            "capital",
            "2023-24",
            Decimal(place * 100 + 5) / 100,
            Decimal("-6.80"),
            day,
            place % 17,
            "carried forward from the year before" if place % 3 else None,
        )
