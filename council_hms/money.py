"""Money as exact pounds and pence: read as people write it, rounded half up, shown in £, £000 or £m.

Amounts are ``Decimal`` pounds with two places everywhere in the product. Showing an amount
in thousands or millions is a view of it: sums are taken before rounding, never after.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

PENNY = Decimal("0.01")
#: The largest amount the ledger holds, in pounds: 10¹². More is a typing error.
LARGEST = Decimal(10) ** 12


class MoneyError(ValueError):
    """An amount could not be read. ``str(error)`` is a sentence that says what to do."""


class Unit(StrEnum):
    """What the figures of a column are counted in."""

    POUNDS = "pounds"
    THOUSANDS = "k"
    MILLIONS = "m"

    @property
    def divisor(self) -> Decimal:
        """How many pounds one shown unit stands for."""
        return {"pounds": Decimal(1), "k": Decimal(1000), "m": Decimal(1_000_000)}[self.value]

    @property
    def places(self) -> int:
        """Decimal places that papers print in this unit: £1.00, £000 605.1, £m 2.925."""
        return {"pounds": 2, "k": 1, "m": 3}[self.value]

    @property
    def heading(self) -> str:
        """How a column or caption names the unit."""
        return {"pounds": "£", "k": "£000", "m": "£m"}[self.value]


class Negative(StrEnum):
    """The council's way of printing a negative figure in a table."""

    MINUS = "minus"
    BRACKETS = "brackets"


def round_half_up(amount: Decimal, places: int) -> Decimal:
    """Round as papers and Excel do: 0.5 goes away from nought. The only rounding in the product."""
    rounded = amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded  # never "-0.0"


# -- reading ----------------------------------------------------------------------------------

_MINUS_SIGNS = "−–—‒﹣－"
_SCALES = {
    "": Decimal(1),
    "k": Decimal(1000),
    "thousand": Decimal(1000),
    "m": Decimal(1_000_000),
    "mn": Decimal(1_000_000),
    "million": Decimal(1_000_000),
    "bn": Decimal(1_000_000_000),
    "billion": Decimal(1_000_000_000),
}
_AMOUNT = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)"
    r"(?P<scale>k|thousand|mn|million|m|bn|billion)?"
)
_NIL = {"-", "nil", "--"}
_EXAMPLE = "for example 1,200, £1.2m, 375k or (6.8)"


def parse_money(text: str, *, unit: Unit = Unit.POUNDS) -> Decimal | None:
    """Read an amount as people write it and return exact pounds, or None for a blank.

    Takes ``£``, thousands commas, ``k``, ``m``, ``million``, brackets, a leading, trailing or
    floating minus (``- 6.8``, ``6.8-``), Unicode minus signs, and ``-`` or ``nil`` for nothing.
    A bare number counts in ``unit`` (a column headed £000 is read with ``Unit.THOUSANDS``);
    one that carries a pound sign with pence, or its own ``k`` or ``m``, says its unit itself.

    Raises MoneyError, whose text says what to type instead.
    """
    if len(text) > 64:
        raise MoneyError(f"Enter an amount only, {_EXAMPLE}")
    cleaned = text.translate({ord(sign): "-" for sign in _MINUS_SIGNS})
    compact = re.sub(r"\s+", "", cleaned).lower()
    if not compact:
        return None
    if compact.replace("£", "") in _NIL:
        return Decimal("0.00")

    body, negative = _take_sign(compact, text)
    body = body.replace("£", "", 1)
    match = _AMOUNT.fullmatch(body) if body.isascii() else None
    if match is None:
        raise MoneyError(_explain_unreadable(body, text))
    number = Decimal(match["digits"].replace(",", ""))
    scale = match["scale"] or ""
    amount = number * (_SCALES[scale] if scale else unit.divisor)
    if abs(amount) > LARGEST:
        raise MoneyError(f"“{text.strip()}” is more than a million million pounds; check the units")
    pounds = amount.quantize(PENNY, rounding=ROUND_HALF_UP)
    if pounds != amount:
        raise MoneyError(
            f"“{text.strip()}” has a fraction of a penny; use no more than two decimal places of a pound"
        )
    return -pounds if negative and pounds else pounds


def last_place(text: str) -> Decimal:
    """What the last printed digit of an amount stands for, in pounds: £528k 1,000; £1.7m 100,000; £250 1.

    Raises MoneyError as ``parse_money`` does.
    """
    parse_money(text)
    compact = re.sub(r"[\s£(),-]+", "", text).lower()
    match = re.search(r"(?:\.(?P<decimals>\d+))?(?P<scale>[a-z]*)$", compact)
    decimals = len(match["decimals"] or "") if match else 0
    return _SCALES.get(match["scale"] if match else "", Decimal(1)).scaleb(-decimals)


def _take_sign(compact: str, typed: str) -> tuple[str, bool]:
    """Strip brackets and minus signs from an amount without spaces; more than one sign is refused."""
    signs = 0
    body = compact
    if match := re.fullmatch(r"(£?)-(.+)", body):
        body, signs = match[1] + match[2], signs + 1
    if bracketed := re.fullmatch(r"(£?)\((.*)\)", body):
        body, signs = bracketed[1] + bracketed[2], signs + 1
    if len(body) > 1 and body.endswith("-"):
        body, signs = body[:-1], signs + 1
    if body.startswith("+") and not signs:
        body = body[1:]
    if signs > 1:
        raise MoneyError(f"“{typed.strip()}” has more than one minus sign or bracket; use one")
    return body, signs == 1


def _explain_unreadable(body: str, typed: str) -> str:
    shown = typed.strip()
    if re.fullmatch(r"[\d.,]+[a-z]*", body) and "," in body:
        return f"“{shown}”: a comma goes before each group of three digits, and pence follow a full stop, {_EXAMPLE}"
    return f"“{shown}” is not an amount; enter figures, {_EXAMPLE}"


# -- showing ----------------------------------------------------------------------------------


def show(
    amount: Decimal | None,
    unit: Unit = Unit.POUNDS,
    *,
    places: int | None = None,
    negative: Negative = Negative.MINUS,
) -> str:
    """A table cell: ``605.1``, ``-6.8`` or ``(6.8)``; exactly nil is ``-``, no line at all is blank."""
    if amount is None:
        return ""
    if amount == 0:
        return "-"
    figure = round_half_up(amount / unit.divisor, unit.places if places is None else places)
    if figure < 0 and negative is Negative.BRACKETS:
        return f"({-figure:,})"
    return f"{figure:,}"


def pounds(amount: Decimal) -> str:
    """An amount in full, pence only where there are any: ``£497,400`` or ``-£6.80``."""
    places = 0 if amount == amount.to_integral_value() else 2
    return _prose(amount, places, "")


def k(amount: Decimal, places: int = 0) -> str:
    """An amount in thousands for a sentence: ``£497k``."""
    return _prose(amount / 1000, places, "k")


def m(amount: Decimal, places: int = 3) -> str:
    """An amount in millions for a sentence: ``£2.925m``."""
    return _prose(amount / 1_000_000, places, "m")


def in_words(amount: Decimal) -> str:
    """The shortest form that loses nothing a reader would miss: ``£2.925m``, ``£375k``, ``£6,800``.

    Whole thousands from £100,000 are written in k and from £1m in m; anything else in full.
    """
    size = abs(amount)
    if size >= 1_000_000 and amount % 1000 == 0:
        shown = (amount / 1_000_000).normalize()
        return _prose(shown, max(0, -int(shown.as_tuple().exponent)), "m")
    if size >= 1_000 and amount % 1000 == 0:
        return k(amount)
    return pounds(amount)


def briefly(amount: Decimal) -> str:
    """For headlines of a dashboard, three figures or so: ``£12.98m``, ``£994k``, ``£850``."""
    if abs(amount) >= 1_000_000:
        return m(amount, 2)
    return k(amount) if abs(amount) >= 10_000 else _prose(amount, 0, "")


def _prose(figure: Decimal, places: int, suffix: str) -> str:
    rounded = round_half_up(figure, places)
    sign = "-" if rounded < 0 else ""
    return f"{sign}£{abs(rounded):,}{suffix}"
