"""Slips of the pen: is the figure that would agree one that a hand or a copy might have turned into the printed one?"""

from __future__ import annotations

import re
from decimal import Decimal

from council_hms.money import round_half_up

#: Slips that leave little doubt; one wrong digit is told apart because any two short figures differ by it.
TRANSPOSED = "two digits have changed places"
SIGN = "the sign is lost"
UNIT = "the unit is a thousand times out"
NOUGHT = "a nought is missing or too many"
DROPPED = "a digit is missing"
DOUBLED = "a digit is too many"
DIGIT = "one digit differs"


def slip(printed: Decimal, wanted: Decimal, step: Decimal) -> str:
    """What may have happened to ``wanted`` to be printed as ``printed``, in words, or empty: nothing plain.

    ``step`` is the last printed place; both figures are seen in it.
    """
    if step <= 0 or wanted == printed or not wanted:
        return ""
    if wanted == -printed:
        return SIGN
    if not printed:
        return ""
    if (wanted < 0) != (printed < 0):
        return ""
    for factor, words in (
        (Decimal(10), NOUGHT),
        (Decimal(100), NOUGHT),
        (Decimal(1000), UNIT),
        (Decimal(1_000_000), UNIT),
    ):
        # the wanted figure may be a sum of rounded ones, so it is met to within two places
        if _meets(printed, wanted * factor, factor, step) or _meets(
            wanted, printed * factor, factor, step
        ):
            return words
    have, want = _digits(printed, step), _digits(wanted, step)
    if have == want:
        return ""
    if len(have) == len(want):
        apart = [at for at in range(len(have)) if have[at] != want[at]]
        if len(apart) == 2:
            one, two = apart
            if have[one] == want[two] and have[two] == want[one] and two - one == 1:
                return TRANSPOSED
        return DIGIT if len(apart) == 1 and len(have) >= 3 else ""
    if len(want) == len(have) + 1 and any(
        want[:at] + want[at + 1 :] == have for at in range(len(want))
    ):
        return DROPPED
    if len(have) == len(want) + 1 and any(
        have[:at] + have[at + 1 :] == want for at in range(len(have))
    ):
        return DOUBLED
    return ""


def _meets(large: Decimal, scaled: Decimal, factor: Decimal, step: Decimal) -> bool:
    return abs(large - scaled) <= 2 * step * factor and abs(large - scaled) * 100 <= abs(scaled)


def is_plain(words: str) -> bool:
    """Whether a slip is telling by itself: one differing digit is not."""
    return words in (TRANSPOSED, UNIT, NOUGHT, SIGN)


def _digits(amount: Decimal, step: Decimal) -> str:
    return str(int(round_half_up(abs(amount) / step, 0)))


def reprint(printed: str, amount: Decimal, scale: Decimal, step: Decimal) -> str:
    """``amount`` in the dress of ``printed``: the same places, commas, unit, brackets or minus ("£528k" → "£538k")."""
    places = max(0, -int((step / scale).normalize().as_tuple().exponent)) if scale and step else 0
    shown = round_half_up(abs(amount) / scale, places)
    commas = "," in printed or (shown >= 1000 and not re.search(r"\d{4}", printed))
    body = f"{shown:,}" if commas else str(shown)
    bare = re.sub(r"[()\[\]]|^[\s]*[-−–—]|[-−–—]\s*$|\s[-−–—]\s", "", printed).strip()
    bare = re.sub(r"^(£?)\s*[-−–—]\s*", r"\1", bare)
    replaced = re.sub(r"\d[\d,]*(?:\.\d+)?|\.\d+", body, bare, count=1)
    if not re.search(r"\d", bare):
        replaced = body
    if amount >= 0:
        return replaced
    return f"({replaced})" if "(" in printed else f"-{replaced}"
