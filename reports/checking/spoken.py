"""Figures in words, without knowing where they stand."""

from __future__ import annotations

from decimal import Decimal

from council_hms.money import round_half_up


def years_words(years: Decimal) -> str:
    """ "4½ years", "3 years", "18 months" and, where neither fits, years and months."""
    months = int(round_half_up(years * 12, 0))
    whole, rest = divmod(months, 12)
    if rest == 6 and whole:
        return f"{whole}½ years"
    if not rest:
        return f"{whole} year{'' if whole == 1 else 's'}"
    if not whole:
        return f"{months} month{'' if months == 1 else 's'}"
    return f"{whole} year{'' if whole == 1 else 's'} and {rest} month{'' if rest == 1 else 's'}"
