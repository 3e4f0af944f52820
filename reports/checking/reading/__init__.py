"""Reads a report of any common format into a Paper: prose and tables with their places, and what could not be read.

One module a format turns the file into pieces in reading order; ``compose`` recognises what each
piece is. What kind of file it is is told by its content, never by its name alone.
"""

from __future__ import annotations

from reports.checking.reading.draft import from_document
from reports.checking.reading.limits import ReadError
from reports.checking.reading.reader import read

__all__ = ["ReadError", "from_document", "read"]
