"""Figures in words: money, percentages, dates, spans of years, financial years and counts, each with its precision.

Nothing is compared here. A figure that only names something (paragraph 8, Section 151, page 3,
a telephone number) is left alone; one that sets a limit, a range or a rate says so in ``bearing``.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from council_hms.financial_year import FinancialYear, FinancialYearError

SCALES = {
    "": Decimal(1),
    "k": Decimal(1000),
    "thousand": Decimal(1000),
    "000": Decimal(1000),
    "m": Decimal(1_000_000),
    "mn": Decimal(1_000_000),
    "million": Decimal(1_000_000),
    "bn": Decimal(1_000_000_000),
    "billion": Decimal(1_000_000_000),
}
MINUS = "-−–—‒﹣－‑"


class Bearing(StrEnum):
    """How a figure is meant."""

    PLAIN = "plain"
    ABOUT = "about"  # "around £1.2m"
    LIMIT = "limit"  # "up to £100k", "over £500k", a threshold
    RANGE = "range"  # "£1m to £2m"
    RATE = "rate"  # "£12.50 an hour", "£1 in every £4"


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure in a text. ``amount`` is pounds, per cent, years or a plain number; ``step`` its last printed place.

    A date keeps its day in ``on`` (the first of the month when only a month is printed); a run of
    financial years keeps its first and last in ``years``.
    """

    kind: str
    start: int
    end: int
    printed: str
    amount: Decimal | None = None
    step: Decimal = Decimal(0)
    bearing: Bearing = Bearing.PLAIN
    on: dt.date | None = None
    day_known: bool = True
    years: tuple[FinancialYear, ...] = ()
    malformed: bool = False

    @property
    def size(self) -> Decimal:
        """The amount without its sign: prose says "overspend", not minus."""
        return abs(self.amount or Decimal(0))

    @property
    def digits(self) -> int:
        """How many significant digits are printed: £1.510m has 4, £600k has 3 (its noughts count)."""
        body = re.sub(r"[^\d]", "", re.split(r"[a-zA-Z]", self.printed.strip("£ ("))[0])
        return len(body.lstrip("0"))

    @property
    def is_firm(self) -> bool:
        """Whether the figure is stated outright."""
        return self.bearing is Bearing.PLAIN and not self.malformed


# -- patterns ---------------------------------------------------------------------------------

_NUMBER = r"\d+(?:,\d+)*(?:\.\d+)?"
_MONEY = re.compile(
    rf"(?P<sign>(?<![\w\d])[{MINUS}]\s?)?£\s?(?P<inner>[{MINUS}]\s?)?(?P<digits>{_NUMBER})"
    r"(?:\s?(?P<scale>k|thousand|million|mn|m|billion|bn|['’]?000s?)(?![\w]))?",
    re.IGNORECASE,
)
_RANGE_MONEY = re.compile(
    rf"£\s?(?P<low>{_NUMBER})\s?[{MINUS}]\s?(?P<high>{_NUMBER})\s?(?P<scale>k|million|m|bn)(?!\w)",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    rf"(?P<sign>(?<![\w\d])[{MINUS}]\s?)?(?P<digits>\d+(?:\.\d+)?)\s?(?:%|per\s?cent\b|percent\b)",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DATE_WORDS = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:\s?(?:st|nd|rd|th))?(?:\s+of)?\s+)?{_MONTH},?\s+(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_DATE_FIGURES = re.compile(
    r"(?<![\d./-])(?P<day>\d{1,2})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<year>(?:19|20)\d\d|\d\d)(?![\d/-])"
)
_YEAR = re.compile(
    rf"(?<![\d/.£-])(?P<first>20\d\d|19\d\d)\s?(?:/|[{MINUS}])\s?(?P<last>20\d\d|\d\d)(?![\d/,]|\.\d)"
)
_SHORT_YEAR = re.compile(r"(?<![\d/.£-])(?P<first>[012]\d)/(?P<last>[0123]\d)(?![\d/]|\.\d)")
_WORD_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "eighteen": 18,
    "twenty": 20,
    "thirty": 30,
}
_SPAN = re.compile(
    r"\b(?P<number>\d{1,3}(?:\.\d)?(?:\s?½)?|" + "|".join(_WORD_NUMBERS) + r")"
    r"(?P<half>\s+and\s+(?:a|one)[ -]half)?(?:[\s-]+(?:full|financial|consecutive|further|more))?"
    r"[\s-]*(?P<unit>years?|months?)['’]?\b(?![\s-]+olds?\b)",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"(?<![\w.,/£$€#:@-])(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<plus>\+)?\s+"
    r"(?P<noun>in (?:all|total)\b|(?!the\b)[a-z][a-z'’-]{2,})|"
    # a number in brackets after "than a year before", and one that ends a comparison
    r"(?<=before \()(?P<bare>\d{1,3}(?:,\d{3})*|\d+)(?=\))|"
    r"(?<=from )(?P<from>\d{1,3}(?:,\d{3})+)(?= (?:the|in|a)\b)"
)
#: What a number after these words merely names.
_NAMING = re.compile(
    r"(?:\b(?:paragraphs?|paras?\.?|sections?|sect\.?|s\.?|ss\.?|appendix|appendices|annex|schedules?|sch\.?|"
    r"part|parts|page|pages|pp?\.|item|items|minute|agenda|table|tables|figure|figures|fig\.?|chart|"
    r"recommendations?|rec\.?|clause|regulations?|reg\.?|article|rule|rules|chapter|note|notes|number|no\.?|nos\.?|"
    r"option|options|phase|phases|stage|tier|level|lot|zone|ward|period|month|quarter|week|q|p|ref\.?|version|v|"
    r"band|class|grade|ifrs|ias|frs|act|order|step|priority|objective|form|room|unit|block|plot|flat|floor|"
    r"telephone|tel\.?|phone|fax|ext\.?|extension|standing order)"
    r"\s*(?:\d[\w.]*\s*(?:,|and|&|to|or|[-–])\s*)*)$",
    re.IGNORECASE,
)
_NOT_COUNTED = frozenset(
    """january february march april may june july august september october november december
    years year months month weeks week days day hours hour minutes and the per cent percent million billion
    thousand for from with was has had will that which where when this these those
    but not pm noon above below onwards only being based""".split()
)

# -- how a figure is meant ----------------------------------------------------------------------

_ABOUT = re.compile(
    r"\b(?:about|around|approximately|approx\.?|circa|ca?\.?|c\.|roughly|some|nearly|almost|"
    r"just (?:over|under|below|above)|"
    r"close to|in the (?:region|order) of|or so|estimated at)\s*$",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?:up to|not (?:to )?exceed(?:ing)?|no more than|not more than|(?:a )?maximum(?: value| cost| sum)?(?: of)?|"
    r"(?:a )?minimum(?: level| balance)?(?: of)?|at least|not less than|no less than|over|above|below|under|"
    r"more than|less than|greater than|in excess of|exceeds?|exceeding|thresholds?(?: of| is| at| for \w+)?|"
    r"limits?(?: of| is| at)?|cap(?:ped)?(?: at| of)?|ceiling of|excess of|headroom of|values? (?:of|over|above))"
    r"\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_LIMIT_AFTER = re.compile(
    r"^\s*(?:or (?:more|above|over|less|greater|below)|and (?:above|over|below)|threshold|limit|cap\b|\+)",
    re.IGNORECASE,
)
_RATE_AFTER = re.compile(
    r"^\s*(?:an?\s+(?:hour|day|week|month|head|unit|property|home|household|pupil|place|tonne|dwelling)\b|"
    r"per\s+(?!annum\b|year\b|cent\b)\w+|p\.?\s?w\.?\b|pcm\b|/\s?(?:week|hour|day|month|unit|m2|sqm)|"
    r"each\b|in every|for every)",
    re.IGNORECASE,
)
_RATE_BEFORE = re.compile(
    r"\b(?:in every|for every|of every|every|each|rate of)\s*$", re.IGNORECASE
)
_RANGE_LINK = re.compile(rf"^\s*(?:to|{'|'.join(MINUS)}|and|or)\s*$")


def _bearing(text: str, start: int, end: int) -> Bearing:
    before, after = text[max(0, start - 48) : start], text[end : end + 24]
    if _RATE_AFTER.match(after) or _RATE_BEFORE.search(before):
        return Bearing.RATE
    if _ABOUT.search(before):
        return Bearing.ABOUT
    if _LIMIT.search(before) or _LIMIT_AFTER.match(after):
        return Bearing.LIMIT
    return Bearing.PLAIN


def _span_bearing(text: str, start: int, end: int) -> Bearing:
    """ "Over four years" tells how long, not a limit."""
    if re.search(r"\bover\s+(?:the\s+)?$", text[max(0, start - 12) : start], re.IGNORECASE):
        return Bearing.PLAIN
    bearing = _bearing(text, start, end)
    return Bearing.PLAIN if bearing is Bearing.RATE else bearing


# -- one kind each --------------------------------------------------------------------------------


def _decimals(digits: str) -> int:
    digits = _pointed(digits)
    return len(digits.rpartition(".")[2]) if "." in digits else 0


def _pointed(digits: str) -> str:
    """The digits with a point where a comma stands for one: "2,3" cannot be thousands."""
    return digits.replace(",", ".") if re.fullmatch(r"\d+,\d{1,2}", digits) else digits


def _value(digits: str) -> Decimal:
    return Decimal(_pointed(digits).replace(",", ""))


def _money(text: str) -> list[Mention]:
    found: list[Mention] = []
    for match in _RANGE_MONEY.finditer(text):
        scale = SCALES[match["scale"].lower()]
        high = Decimal(match["high"].replace(",", "")) * scale
        found.append(
            Mention(
                "money", match.start(), match.end(), match[0], high, scale, bearing=Bearing.RANGE
            )
        )
    ranged = {mention.start for mention in found}
    for match in _MONEY.finditer(text):
        digits = match["digits"]
        if match.start() in ranged:
            continue
        word = (match["scale"] or "").lower().strip("'’").removesuffix("s")
        scale = SCALES[word]
        amount = _value(digits) * scale
        negative = bool(match["inner"]) or bool(match["sign"])
        start = match.start()
        if match["sign"] and not _is_a_sign(text, start):
            start, negative = start + len(match["sign"]), bool(match["inner"])
        found.append(
            Mention(
                "money",
                start,
                match.end(),
                text[start : match.end()],
                -amount if negative else amount,
                scale.scaleb(-_decimals(digits)),
                bearing=_bearing(text, start, match.end()),
                malformed=_pointed(digits) != digits,
            )
        )
    found.sort(key=lambda mention: mention.start)
    return _ranges(text, found)


def _is_a_sign(text: str, start: int) -> bool:
    """Whether the dash at ``start`` belongs to the amount: not when it joins ("Phase 1 – £2m", "£1m–£2m")."""
    dash = text[start]
    return (
        dash in "-−"
        and (start == 0 or text[start - 1] in " (:")
        and text[start + 1 : start + 2] == "£"
    )


def _ranges(text: str, found: list[Mention]) -> list[Mention]:
    """Mark "between £1m and £2m" and "£1m to £2m" (but not "from £1m to £2m", which is a change)."""
    answer = list(found)
    for index in range(len(found) - 1):
        first, second = found[index], found[index + 1]
        link = text[first.end : second.start]
        if not _RANGE_LINK.match(link):
            continue
        before = text[max(0, first.start - 24) : first.start].lower()
        word = link.strip().lower()
        if (word == "and" and re.search(r"\bbetween\s+$", before)) or (
            word not in ("and", "or")
            and not re.search(
                r"\b(?:from|increased?|decreased?|reduced?|rising|rose|fallen|revised|changed?)\b[^.]*$",
                before,
            )
        ):
            answer[index] = _with_bearing(first, Bearing.RANGE)
            answer[index + 1] = _with_bearing(second, Bearing.RANGE)
    return answer


def _with_bearing(mention: Mention, bearing: Bearing) -> Mention:
    return Mention(
        mention.kind,
        mention.start,
        mention.end,
        mention.printed,
        mention.amount,
        mention.step,
        bearing=bearing,
        malformed=mention.malformed,
    )


def _percentages(text: str) -> list[Mention]:
    answer = []
    for match in _PERCENT.finditer(text):
        amount = Decimal(match["digits"])
        start = match.start()
        negative = bool(match["sign"]) and (start == 0 or text[start - 1] in " (")
        if match["sign"] and not negative:
            start += len(match["sign"])
        answer.append(
            Mention(
                "percent",
                start,
                match.end(),
                text[start : match.end()],
                -amount if negative else amount,
                Decimal(1).scaleb(-_decimals(match["digits"])),
                bearing=_bearing(text, start, match.end()),
            )
        )
    return answer


def _dates(text: str) -> list[Mention]:
    answer = []
    for match in _DATE_WORDS.finditer(text):
        day = int(match["day"]) if match["day"] else None
        on = _day(int(match["year"]), _MONTHS[match["month"].lower()], day or 1)
        if on:
            answer.append(_date(match, on, day is not None))
    for match in _DATE_FIGURES.finditer(text):
        year = int(match["year"])
        on = _day(year + 2000 if year < 100 else year, int(match["month"]), int(match["day"]))
        if on:
            answer.append(_date(match, on, True))
    return answer


def _date(match: re.Match[str], on: dt.date, day_known: bool) -> Mention:
    return Mention("date", match.start(), match.end(), match[0], on=on, day_known=day_known)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _years(text: str) -> list[Mention]:
    answer = []
    for match in [*_YEAR.finditer(text), *_SHORT_YEAR.finditer(text)]:
        first = (
            int(match["first"]) % 100 + 2000 if len(match["first"]) == 2 else int(match["first"])
        )
        last = int(match["last"])
        if last < 100:
            last += first // 100 * 100
            if last < first and first % 100 == 99:
                last += 100
        if not first < last <= first + 40:
            continue
        if len(match["first"]) == 2 and last != first + 1:
            continue
        try:
            # "2020-24" names a run of years; its last financial year may start in 2023 or 2024
            run = (
                (FinancialYear(first),)
                if last == first + 1
                else (FinancialYear(first), FinancialYear(last))
            )
        except FinancialYearError:
            continue
        answer.append(Mention("year", match.start(), match.end(), match[0], years=run))
    return answer


def _spans(text: str) -> list[Mention]:
    answer = []
    for match in _SPAN.finditer(text):
        word = match["number"].lower()
        number = (
            Decimal(_WORD_NUMBERS[word]) if word in _WORD_NUMBERS else Decimal(word.rstrip("½ "))
        )
        step = Decimal(1).scaleb(-_decimals(word)) if word not in _WORD_NUMBERS else Decimal(1)
        if match["half"] or "½" in word:
            number, step = number + Decimal("0.5"), Decimal("0.5")
        if match["unit"].lower().startswith("month"):
            number, step = number / 12, step / 12
        answer.append(
            Mention(
                "years",
                match.start(),
                match.end(),
                match[0],
                number,
                step,
                bearing=_span_bearing(text, match.start(), match.end()),
            )
        )
    return answer


def _counts(text: str) -> list[Mention]:
    answer = []
    for match in _COUNT.finditer(text):
        digits = match["digits"] or match["bare"] or match["from"]
        if (match["noun"] or "").lower() in _NOT_COUNTED or _NAMING.search(
            text[max(0, match.start() - 40) : match.start()]
        ):
            continue
        if re.fullmatch(r"(?:19|20)\d\d", digits) or (
            len(digits) > 3 and "," not in digits and digits[0] == "0"
        ):
            continue
        answer.append(
            Mention(
                "count",
                match.start(),
                match.start() + len(digits),
                digits,
                Decimal(digits.replace(",", "")),
                Decimal(1),
                bearing=Bearing.LIMIT
                if match["plus"]
                else _bearing(text, match.start(), match.end()),
            )
        )
    return answer


#: A text without a digit, a month's name or a number in words holds no figure.
_ANY_FIGURE = re.compile(r"\d|years?\b|months?\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def mentions(text: str) -> tuple[Mention, ...]:
    """Every figure of the text in its order; where two readings overlap, the fuller kind stands."""
    if not _ANY_FIGURE.search(text):
        return ()
    answer: list[Mention] = []
    taken = bytearray(len(text))
    for kind in (_money, _dates, _percentages, _years, _spans, _counts):
        found = [mention for mention in kind(text) if not any(taken[mention.start : mention.end])]
        for mention in found:
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
        answer += found
    return tuple(sorted(answer, key=lambda mention: mention.start))


# -- sentences ---------------------------------------------------------------------------------

_STOP = re.compile(r"(?<=[.!?;])[)\"'”’]?\s+(?=[A-Z(“\"'£])")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|no|nos|para|paras|approx|c|s|ss|sch|fig|vs|cllr|mr|mrs|ms|dr|st|p|pp|ref|incl|inc|ltd|art|reg)\.\s*$",
    re.IGNORECASE,
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence begins and ends; a semicolon before a capital ends one, "no. 5" does not."""
    answer, start = [], 0
    for match in _STOP.finditer(text):
        if _ABBREVIATION.search(text[start : match.start()]):
            continue
        answer.append((start, match.start()))
        start = match.end()
    if text[start:].strip():
        answer.append((start, len(text)))
    return answer


# -- cells -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as a cell prints it. ``value`` in the cell's own unit times ``scale`` where the cell names one.

    ``lent`` is a minus at the right end that belongs to the next cell ("40.4 -" | "58.0"); ``comma`` says that a
    comma stands where only a point can ("2,3").
    """

    value: Decimal
    step: Decimal
    nil: bool = False
    percent: bool = False
    pound: bool = False
    scale: Decimal | None = None
    lent: bool = False
    comma: bool = False


_CELL = re.compile(
    rf"(?P<open>[(\[])?\s*(?P<lead>[{MINUS}+])?\s*(?P<pound>£)?\s*(?P<lead2>[{MINUS}])?\s*(?P<open2>\()?"
    rf"(?P<digits>{_NUMBER}|\.\d+)(?:\s*(?P<scale>k|m|mn|bn|million))?(?:\s*(?P<percent>%))?"
    rf"(?P<gap>\s*)(?P<trail>[{MINUS}])?\s*(?P<close>[)\]])?\s*(?P<percent2>%)?\s*(?P<note>[*†‡#]+|\(?[a-z]\)|CR|DR|cr|dr)?",
)
_UNIT_ALONE = re.compile(r"\(?£?\s*['‘’`]?000['‘’]?s?\)?", re.IGNORECASE)
_NIL = re.compile(rf"£?\s*(?:[{MINUS}]{{1,3}}|nil)\s*", re.IGNORECASE)


def cell_number(text: str) -> Printed | None:
    """The number of a cell, or None when it holds words, a date, a year or nothing.

    Takes brackets, leading, trailing and floating minus, Unicode minus, ``-`` and ``nil``,
    ``£``, ``k``, ``m``, ``%`` and a mark that points to a note.
    """
    stripped = " ".join(text.split())
    if not stripped or len(stripped) > 40 or _UNIT_ALONE.fullmatch(stripped):
        return None
    if _NIL.fullmatch(stripped):
        return Printed(Decimal(0), Decimal(0), nil=True)
    match = _CELL.fullmatch(stripped)
    if match is None:
        return None
    digits = match["digits"]
    value = _value(digits)
    opened, closed = bool(match["open"] or match["open2"]), bool(match["close"])
    signs = sum(1 for sign in ((match["lead"] or "").replace("+", ""), match["lead2"]) if sign)
    trailing = bool(match["trail"])
    lent = trailing and bool(match["gap"]) and not signs and not opened
    negative = (
        bool(signs)
        or opened
        or closed
        or (trailing and not lent)
        or (match["note"] or "").upper() == "CR"
    )
    places = _decimals(digits)
    scale = SCALES[match["scale"].lower()] if match["scale"] else None
    return Printed(
        -value if negative else value,
        Decimal(1).scaleb(-places),
        percent=bool(match["percent"] or match["percent2"]),
        pound=bool(match["pound"]),
        scale=scale,
        lent=lent,
        comma=_pointed(digits) != digits,
    )
