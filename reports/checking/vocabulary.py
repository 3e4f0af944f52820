"""Lists of the trade's words as patterns, so that they can be read and added to."""

from __future__ import annotations

import re


def any_of(words: str) -> re.Pattern[str]:
    """A pattern that finds any of the words as a whole, in any case. Parted by blanks; ``_`` stands for a blank.

    Each may be a pattern itself: ``over_?spen[dt]``.
    """
    return re.compile(r"(?<!\w)(?:" + "|".join(_alternatives(words)) + r")(?!\w)", re.IGNORECASE)


def begins_with(words: str) -> re.Pattern[str]:
    """The same at the beginning alone, after any marks."""
    return re.compile(r"^\W*(?:" + "|".join(_alternatives(words)) + r")(?!\w)", re.IGNORECASE)


def _alternatives(words: str) -> list[str]:
    return [re.sub(r"_(\??)", r"[\\s-]\1", word) for word in words.split()]
