"""How the council's files look and what they say of themselves, passed to every output."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

#: The day that a file is stamped with when nobody says one: files never carry the clock's time,
#: so that the same content gives the same bytes and a published hash can be checked for ever.
UNDATED = dt.date(1980, 1, 1)


class OutputError(Exception):
    """A file could not be made. ``str(error)`` is a sentence for the person who asked for it."""


@dataclass(frozen=True, slots=True)
class Style:
    """``colour`` is the council's (white text is readable on it); ``date`` stamps the file.

    ``marking`` ("Exempt: not for publication") is printed on every page of a table's file;
    a Document brings its own.
    """

    colour: str = "#1d4f4a"
    council: str = ""
    author: str = ""
    date: dt.date | None = None
    marking: str = ""
    language: str = "en-GB"

    @property
    def stamp(self) -> dt.datetime:
        """The moment written into a file's properties: midnight of ``date``."""
        return dt.datetime.combine(self.date or UNDATED, dt.time())
