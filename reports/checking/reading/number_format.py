"""A number as a workbook's number format shows it: places, thousands, percent, scale, brackets, a dash for nil."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from council_hms.money import round_half_up


@dataclass(frozen=True, slots=True)
class Shown:
    """The printed text, the exact number in the unit printed, and what the format says of it."""

    text: str
    value: Decimal
    percent: bool | None
    money: bool | None


@dataclass(frozen=True, slots=True)
class _Section:
    before: str
    after: str
    places: int
    grouped: bool
    percent: bool
    scale: int  # of thousands
    has_digits: bool
    general: bool


def show(value: Decimal, form: str) -> Shown:
    """How Excel prints ``value`` under ``#,##0.0;(#,##0.0);"-"``; colours and widths are passed over."""
    sections = _sections(form)
    if value < 0 and len(sections) > 1:
        section, number = sections[1], -value
    elif value == 0 and len(sections) > 2:
        section, number = sections[2], value
    else:
        section, number = sections[0], value
    exact = value * 100 if section.percent else value / (1000**section.scale)
    currency = any(sign in section.before + section.after for sign in "£$€")
    if not section.has_digits and not section.general:
        return Shown((section.before + section.after).strip(), exact, None, currency or None)
    number = number * 100 if section.percent else number / (1000**section.scale)
    if section.general:
        text = _general(number)
    else:
        rounded = round_half_up(number, section.places)
        text = (
            f"{rounded:,.{section.places}f}" if section.grouped else f"{rounded:.{section.places}f}"
        )
    sign = ""
    if text.startswith("-"):
        sign, text = "-", text[1:]
    printed = f"{sign}{section.before}{text}{section.after}".strip()
    return Shown(re.sub(r"\s+", " ", printed), exact, section.percent or None, currency or None)


def _general(number: Decimal) -> str:
    """Up to eleven figures, as General shows."""
    text = f"{number:f}"
    if len(text.replace("-", "").replace(".", "")) > 11 and "." in text:
        whole = len(text.split(".")[0].lstrip("-"))
        text = f"{round_half_up(number, max(0, 10 - whole)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=500)
def _sections(form: str) -> tuple[_Section, ...]:
    return tuple(_section(part) for part in _split(form)[:3])


def _split(form: str) -> list[str]:
    parts, current, quoted, skip = [], "", False, False
    for character in form:
        if skip:
            skip = False
        elif character == "\\":
            skip = True
        elif character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            parts.append(current)
            current = ""
            continue
        current += character
    return [*parts, current]


def _section(part: str) -> _Section:
    # [$£-809] prints a pound sign; [Red] and [>100] print nothing
    part = re.sub(r"\[\$([^\]-]*)(-[^\]]*)?\]", lambda found: f'"{found[1]}"', part)
    part = re.sub(r"\[[^\]]*\]", "", part)
    before = after = digits = ""
    at, in_digits, done = 0, False, False
    percent = False
    while at < len(part):
        character = part[at]
        literal = ""
        if character == '"':
            end = part.find('"', at + 1)
            end = len(part) if end < 0 else end
            literal, at = part[at + 1 : end], end
        elif character == "\\" and at + 1 < len(part):
            literal, at = part[at + 1], at + 1
        elif character == "_":
            literal, at = " ", at + 1
        elif character == "*":
            at += 1
        elif character == "%":
            percent, literal = True, "%"
        elif character in "0#?" or (character in ".," and (in_digits or character == ".")):
            if not done:
                digits += character
                in_digits = True
            at += 1
            continue
        elif part[at : at + 7].lower() == "general":
            digits, in_digits, at = "general", True, at + 6
            at += 1
            continue
        else:
            literal = character
        if in_digits:
            done = True
            after += literal
        else:
            before += literal
        at += 1
    scale = len(digits) - len(digits.rstrip(","))
    core = digits.rstrip(",")
    places = len(core.partition(".")[2].replace(",", "")) if digits != "general" else 0
    has_digits = bool(re.search(r"[0#]", core))
    # "??" alone keeps room in accounting formats and prints nothing
    if not has_digits:
        core = ""
    return _Section(
        before,
        after,
        places,
        "," in core,
        percent,
        scale,
        has_digits,
        digits == "general" or part == "",
    )
