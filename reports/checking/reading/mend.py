"""Mends what extraction from a PDF damages in tables: signs set apart from their figures, words cut in two.

A workbook's accounting format prints the minus at the left edge of its cell; extraction then glues it to
the figure before ("40.4 -", "58.0" for 40.4 and -58.0). Every mend is told, so that a person can look.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reports.checking.paper import Cell

_SIGN_GLUED = re.compile(r"(?P<figure>\(?£?[\d,]+(?:\.\d+)?\)?%?)\s+(?P<sign>[-−–—])")
_UNSIGNED = re.compile(r"£?[\d,]+(?:\.\d+)?%?")
_BRACKET_OPEN = re.compile(r"(?P<figure>£?[\d,]+(?:\.\d+)?%?)\s+\(")
_BRACKET_SHUT = re.compile(r"£?[\d,]+(?:\.\d+)?%?\)")
_TRADE_WORDS = {
    "capital", "revenue", "total", "budget", "actual", "forecast", "variance", "outturn", "available",
    "requirement", "additional", "funding", "expenditure", "income", "balance", "description", "original",
    "approved", "revised", "percentage", "slippage", "programme", "project", "scheme", "general", "account",
}  # fmt: skip

Mend = tuple[int, int, str]  # row, column, what was done


def mended(rows: Sequence[Sequence[Cell]]) -> tuple[list[tuple[Cell, ...]], list[Mend]]:
    """The rows with each sign in its own cell and cut heads whole, and what was mended."""
    mends: list[Mend] = []
    fixed = []
    for at, row in enumerate(rows):
        texts = [cell.text for cell in row]
        _signs(texts, at, mends)
        _words(texts, at, mends)
        fixed.append(
            tuple(
                cell if cell.text == text else Cell(text, head=cell.head)
                for cell, text in zip(row, texts, strict=True)
            )
        )
    return fixed, mends


def _signs(texts: list[str], at: int, mends: list[Mend]) -> None:
    for column in range(len(texts) - 1):
        glued = _SIGN_GLUED.fullmatch(texts[column].strip())
        following = texts[column + 1].strip()
        if glued and not following:
            texts[column], texts[column + 1] = glued["figure"], "-"
            mends.append(
                (
                    at,
                    column + 1,
                    f"“{glued[0]}” and a blank cell are read as {glued['figure']} and nil.",
                )
            )
        elif glued and _UNSIGNED.fullmatch(following):
            texts[column], texts[column + 1] = glued["figure"], f"-{following}"
            mends.append(
                (
                    at,
                    column + 1,
                    f"The minus sign after {glued['figure']} is read as that of {following}, the next figure.",
                )
            )
        opened = _BRACKET_OPEN.fullmatch(texts[column].strip())
        if opened and _BRACKET_SHUT.fullmatch(following):
            texts[column], texts[column + 1] = opened["figure"], f"({following}"
            mends.append(
                (
                    at,
                    column + 1,
                    f"The bracket after {opened['figure']} is read as that of {following}",
                )
            )


def _words(texts: list[str], at: int, mends: list[Mend]) -> None:
    for column in range(len(texts) - 1):
        left, right = texts[column].strip(), texts[column + 1].strip()
        if not (left.isalpha() and right.isalpha() and right.islower()):
            continue
        for whole in (left + right, left[:-1] + right):  # cut, or cut with a letter printed twice
            if whole.lower() in _TRADE_WORDS and left.lower() not in _TRADE_WORDS:
                texts[column], texts[column + 1] = whole, ""
                mends.append(
                    (at, column, f"“{left}” and “{right}” in two cells are read as “{whole}”.")
                )
                break
