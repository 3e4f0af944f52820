"""How large a report may be, and the refusal of one that cannot be read."""

from __future__ import annotations

MEGABYTE = 1_000_000
LARGEST_FILE = 40 * MEGABYTE
#: What the parts of a packed file (.docx, .xlsx) may come to when unpacked.
LARGEST_UNPACKED = 300 * MEGABYTE
MOST_PARTS = 5_000
MOST_PAGES = 1_000
MOST_ROWS = 50_000
MOST_COLUMNS = 100
#: A PDF that is attached to a report as an appendix, and all of a report's.
LARGEST_ATTACHED = 20 * MEGABYTE
MOST_ATTACHED = 60 * MEGABYTE
MOST_ATTACHED_PAGES = 300


class ReadError(Exception):
    """A file that cannot be read. ``str(error)`` is a sentence for people which says what to do."""
