"""Charts as SVG, drawn by ourselves: no script, no style attribute, words for those who cannot see them. Pure.

Each function takes plain values and gives a Chart: the drawing and the table of its figures.
Series are told apart by dash or pattern and by a label at their end, never by colour alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape as _escape
from zlib import crc32

from django.utils.safestring import SafeString, mark_safe

from council_hms.money import in_words, round_half_up

BLUE, TEAL, PLUM, ORANGE, GREY = "#12436D", "#28A197", "#801650", "#F46A25", "#6f777b"
COLOURS = (BLUE, TEAL, PLUM, ORANGE)
#: Lines that cross need colours that differ in lightness too.
LINE_COLOURS = (BLUE, PLUM, TEAL, ORANGE)
DASHES = ("", ' stroke-dasharray="9 5"', ' stroke-dasharray="2 4"', ' stroke-dasharray="12 4 2 4"')
WIDTH = 960


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, its title, and its figures as a table (head and rows of text)."""

    title: str
    svg: SafeString
    table_head: Sequence[str]
    table_rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Series:
    """A named run of amounts in pounds, one for each category."""

    name: str
    values: Sequence[Decimal]


@dataclass(frozen=True, slots=True)
class Line:
    """A named line over time, with None where it has not begun or has ended."""

    name: str
    values: Sequence[Decimal | None]

    @property
    def known(self) -> list[tuple[int, Decimal]]:
        """Each amount with the place of its day."""
        return [(place, value) for place, value in enumerate(self.values) if value is not None]


@dataclass(frozen=True, slots=True)
class Band:
    """A marked stretch of time with its words."""

    since: dt.date
    until: dt.date
    words: str


def escape(text: object) -> str:
    return _escape(str(text), quote=True)


def _svg(title: str, description: str, height: int, parts: Sequence[str]) -> SafeString:
    slug = f"chart-{crc32((title + description).encode()):08x}"
    return mark_safe(
        f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-labelledby="{slug}-t {slug}-d" xmlns="http://www.w3.org/2000/svg" font-family="arial, sans-serif" '
        f'font-size="14"><title id="{slug}-t">{escape(title)}</title><desc id="{slug}-d">{escape(description)}</desc>'
        + "".join(parts)
        + "</svg>"
    )


def _text(
    x: float, y: float, words: str, anchor: str = "start", fill: str = "#0b0c0c", weight: str = ""
) -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}"{bold}>{escape(words)}</text>'


def _sample(x: float, y: float, colour: str, dash: str) -> str:
    return f'<line x1="{x:.1f}" x2="{x + 18:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-width="3"{dash}/>'


def _short(amount: Decimal) -> str:
    """An axis or bar label: £2.9m, £375k, £800."""
    size = abs(amount)
    sign = "-" if amount < 0 else ""
    if size >= 1_000_000:
        return f"{sign}£{round_half_up(size / 1_000_000, 1).normalize():f}m"
    if size >= 1_000:
        return f"{sign}£{round_half_up(size / 1_000, 0):f}k"
    return f"{sign}£{round_half_up(size, 0):f}"


def _scale(most: Decimal, steps: int = 4) -> Decimal:
    """A round number at or above ``most`` that divides into ``steps``."""
    if most <= 0:
        return Decimal(steps)
    magnitude = Decimal(10) ** (most.adjusted())
    for factor in ("1", "1.2", "1.6", "2", "2.4", "3.2", "4", "5", "6", "8", "10"):
        if magnitude * Decimal(factor) >= most:
            return magnitude * Decimal(factor)
    return magnitude * 10


def steps_over_time(
    title: str,
    days: Sequence[dt.date],
    series: Sequence[Line],
    bands: Sequence[Band] = (),
    today: dt.date | None = None,
) -> Chart:
    """Amounts that hold from day to day (approved, interim, spent), as steps; bands mark stretches of time.

    ``today`` is marked when the days go beyond it. Every line has at least one amount.
    """
    left, right, top, bottom, height = 70, 200, 40, 40, 380
    most = _scale(max((value for each in series for _, value in each.known), default=Decimal(0)))
    first, last = days[0], days[-1]
    span = max((last - first).days, 1)

    def x(day: dt.date) -> float:
        return left + (WIDTH - left - right) * max(0, (day - first).days) / span

    def y(amount: Decimal) -> float:
        return float(height - bottom - (height - top - bottom) * amount / most)

    parts = []
    for band in bands:
        start, width = x(band.since), max(x(band.until) - x(band.since), 4)
        parts.append(
            f'<rect x="{start:.1f}" y="{top}" width="{width:.1f}" height="{height - top - bottom}" fill="#fbe3e0" '
            f'stroke="#b10e1e" stroke-dasharray="3 3"/>'
        )
        middle = min(max(start + width / 2, left + 60), WIDTH - right)
        parts.append(
            _text(
                middle,
                top - 10,
                band.words,
                "end" if middle > WIDTH * 0.6 else "middle",
                "#b10e1e",
                "bold",
            )
        )
    for step in range(5):
        amount = most * step / 4
        parts.append(
            f'<line x1="{left}" x2="{WIDTH - right}" y1="{y(amount):.1f}" y2="{y(amount):.1f}" stroke="#d0d3d6"/>'
        )
        parts.append(_text(left - 8, y(amount) + 5, _short(amount), "end"))
    every = max(1, (last.year - first.year) // 8 + 1)
    for year in range(first.year, last.year + 1, every):
        day = max(dt.date(year, 1, 1), first)
        parts.append(_text(x(day), height - 14, str(year), "middle"))
        parts.append(
            f'<line x1="{x(day):.1f}" x2="{x(day):.1f}" y1="{height - bottom}" '
            f'y2="{height - bottom + 6}" stroke="#0b0c0c"/>'
        )
    if today is not None and today < last:
        parts.append(
            f'<line x1="{x(today):.1f}" x2="{x(today):.1f}" y1="{top}" y2="{height - bottom}" '
            f'stroke="#0b0c0c" stroke-dasharray="1 3"/>'
        )
        parts.append(_text(x(today) + 5, height - bottom - 8, f"{today.day} {today:%b %Y}"))
    for number, each in enumerate(series):
        (start, value), *later = each.known
        path = f"M{x(days[start]):.1f} {y(value):.1f}"
        for place, value in later:
            path += f"H{x(days[place]):.1f}V{y(value):.1f}"
        dash = DASHES[number % 4]
        colour = LINE_COLOURS[number % 4]
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="3"{dash}/>')
    # The words at the end of each line, highest first, moved down where two would touch.
    at = 0.0
    ends = [each.known[-1][1] for each in series]
    for number, each in sorted(enumerate(series), key=lambda pair: -ends[pair[0]]):
        at = max(y(ends[number]), at + 36)
        parts.append(
            _sample(WIDTH - right + 6, at - 4, LINE_COLOURS[number % 4], DASHES[number % 4])
        )
        parts.append(_text(WIDTH - right + 30, at, each.name, weight="bold"))
        parts.append(_text(WIDTH - right + 30, at + 16, in_words(ends[number])))
    said = "; ".join(f"{each.name} {in_words(ends[place])}" for place, each in enumerate(series))
    words = f"From {first:%B %Y} to {last:%B %Y}. At the end: {said}."
    if bands:
        words += " Marked: " + "; ".join(band.words for band in bands) + "."
    return Chart(
        title,
        _svg(title, words, height, parts),
        ["Date", *(each.name for each in series)],
        [
            [
                f"{day.day} {day:%B %Y}",
                *(
                    "" if value is None else in_words(value)
                    for value in (each.values[index] for each in series)
                ),
            ]
            for index, day in enumerate(days)
        ],
    )


def grouped_bars(
    title: str, categories: Sequence[str], series: Sequence[Series], heading: str = ""
) -> Chart:
    """A horizontal group of bars for each category: approved, spent and forecast by project, or by year."""
    left, right, bar, gap = 190, 90, 15, 14
    group = len(series) * (bar + 2) + gap
    height = 34 + group * len(categories)
    most = max(
        (abs(value) for each in series for value in each.values), default=Decimal(0)
    ) or Decimal(1)
    lowest = min((value for each in series for value in each.values), default=Decimal(0))
    zero = left + (float(-lowest / (most - lowest)) * (WIDTH - left - right) if lowest < 0 else 0)
    room = WIDTH - right - zero
    parts = []
    for number, each in enumerate(series):
        at = left + number * 170
        parts.append(_pattern(number))
        parts.append(
            f'<rect x="{at}" y="6" width="16" height="14" fill="{_fill(number)}" stroke="{COLOURS[number % 4]}"/>'
        )
        parts.append(_text(at + 22, 18, each.name))
    for index, category in enumerate(categories):
        top = 34 + index * group
        name = category if len(category) <= 24 else category[:23] + "…"
        parts.append(_text(left - 8, top + group / 2 - 2, name, "end"))
        for number, each in enumerate(series):
            value = each.values[index]
            width = float(abs(value) / most) * room
            start = zero if value >= 0 else zero - width
            at = top + number * (bar + 2)
            parts.append(
                f'<rect x="{start:.1f}" y="{at}" width="{max(width, 1):.1f}" height="{bar}" fill="{_fill(number)}" '
                f'stroke="{COLOURS[number % 4]}"/>'
            )
            parts.append(_text(max(start + width, zero) + 5, at + 12, _short(value)))
    parts.append(f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="30" y2="{height}" stroke="#0b0c0c"/>')
    words = "; ".join(
        f"{category}: "
        + ", ".join(f"{each.name} {in_words(each.values[index])}" for each in series)
        for index, category in enumerate(categories)
    )
    return Chart(
        title,
        _svg(title, words or "Nothing to show", height, parts),
        [heading or "Item", *(each.name for each in series)],
        [
            [category, *(in_words(each.values[index]) for each in series)]
            for index, category in enumerate(categories)
        ],
    )


def _fill(number: int) -> str:
    return COLOURS[0] if number % 4 == 0 else f"url(#chart-fill-{number % 4})"


def _pattern(number: int) -> str:
    colour = COLOURS[number % 4]
    shapes = {
        1: f'<path d="M0 6L6 0" stroke="{colour}" stroke-width="2"/>',
        2: f'<circle cx="3" cy="3" r="1.6" fill="{colour}"/>',
        3: f'<path d="M0 3H6" stroke="{colour}" stroke-width="2"/>',
    }
    if number % 4 == 0:
        return ""
    return (
        f'<defs><pattern id="chart-fill-{number % 4}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="#fff"/>{shapes[number % 4]}</pattern></defs>'
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of counts or months, with the words at its end."""

    name: str
    value: int
    words: str


def plain_bars(
    title: str, bars: Sequence[Bar], heading: str = "", value_heading: str = ""
) -> Chart:
    """One horizontal bar each: slip in months, findings, lessons adopted."""
    left, right, bar, gap = 260, 200, 18, 10
    height = 12 + (bar + gap) * max(len(bars), 1)
    most = max((abs(each.value) for each in bars), default=0) or 1
    parts = []
    for index, each in enumerate(bars):
        at = 6 + index * (bar + gap)
        width = (WIDTH - left - right) * abs(each.value) / most
        name = each.name if len(each.name) <= 33 else each.name[:32] + "…"
        parts.append(_text(left - 8, at + 14, name, "end"))
        parts.append(
            f'<rect x="{left}" y="{at}" width="{max(width, 1):.1f}" height="{bar}" fill="{BLUE}"/>'
        )
        parts.append(_text(left + width + 6, at + 14, each.words))
    return Chart(
        title,
        _svg(
            title,
            "; ".join(f"{each.name}: {each.words}" for each in bars) or "Nothing to show",
            height,
            parts,
        ),
        [heading or "Item", value_heading or "Value"],
        [[each.name, each.words] for each in bars],
    )


@dataclass(frozen=True, slots=True)
class MilestoneMark:
    """A milestone's baseline, forecast and actual days; None where there is none."""

    name: str
    baseline: dt.date | None
    forecast: dt.date | None
    actual: dt.date | None
    words: str = ""


def milestones(title: str, marks: Sequence[MilestoneMark], today: dt.date | None = None) -> Chart:
    """Milestones on a time line: a hollow diamond for baseline, pale for forecast, full for actual."""
    left, right, row = 230, 130, 34
    height = 50 + row * max(len(marks), 1)
    days = [day for mark in marks for day in (mark.baseline, mark.forecast, mark.actual) if day]
    if today:
        days.append(today)
    first, last = (min(days), max(days)) if days else (dt.date(2000, 1, 1), dt.date(2000, 12, 31))
    span = max((last - first).days, 1)

    def x(day: dt.date) -> float:
        return left + (WIDTH - left - right) * (day - first).days / span

    def diamond(at: float, middle: float, fill: str) -> str:
        return f'<path d="M{at:.1f} {middle - 8:.1f}l8 8l-8 8l-8 -8z" fill="{fill}" stroke="{BLUE}" stroke-width="2"/>'

    parts = []
    every = max(1, (last.year - first.year) // 8 + 1)
    for year in range(first.year, last.year + 1, every):
        at = x(max(dt.date(year, 1, 1), first))
        parts.append(_text(at, height - 8, str(year), "middle"))
        parts.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="8" y2="{height - 26}" stroke="#d0d3d6"/>'
        )
    if today:
        parts.append(
            f'<line x1="{x(today):.1f}" x2="{x(today):.1f}" y1="8" y2="{height - 26}" '
            f'stroke="{ORANGE}" stroke-dasharray="4 4"/>'
        )
    for index, mark in enumerate(marks):
        middle = 24 + index * row
        name = mark.name if len(mark.name) <= 28 else mark.name[:27] + "…"
        parts.append(_text(left - 14, middle + 5, name, "end"))
        end = mark.actual or mark.forecast
        if mark.baseline and end and end != mark.baseline:
            start, stop = sorted((x(mark.baseline), x(end)))
            parts.append(
                f'<rect x="{start:.1f}" y="{middle - 3}" width="{stop - start:.1f}" height="6" '
                f'fill="{PLUM if end > mark.baseline else TEAL}"/>'
            )
        if mark.baseline:
            parts.append(diamond(x(mark.baseline), middle, "#fff"))
        if mark.forecast and not mark.actual:
            parts.append(diamond(x(mark.forecast), middle, "#9fb6cc"))
        if mark.actual:
            parts.append(diamond(x(mark.actual), middle, BLUE))
        parts.append(_text(WIDTH - right + 14, middle + 5, mark.words))

    def said(day: dt.date | None) -> str:
        return f"{day.day} {day:%B %Y}" if day else ""

    return Chart(
        title,
        _svg(
            title,
            "; ".join(
                f"{mark.name}: baseline {said(mark.baseline) or 'none'}, "
                + (
                    f"actual {said(mark.actual)}"
                    if mark.actual
                    else f"forecast {said(mark.forecast) or 'none'}"
                )
                + (f", {mark.words}" if mark.words else "")
                for mark in marks
            )
            or "No milestones",
            height,
            parts,
        ),
        ["Milestone", "Baseline", "Forecast", "Actual", "Slip"],
        [
            [mark.name, said(mark.baseline), said(mark.forecast), said(mark.actual), mark.words]
            for mark in marks
        ],
    )


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """A named run of scores, one for each review; None where the review gave none."""

    name: str
    values: Sequence[int | None]


def scores_over_time(
    title: str,
    days: Sequence[dt.date],
    lines: Sequence[ScoreLine],
    most: int,
    levels: Sequence[tuple[int, str]],
    table_head: Sequence[str],
    table_rows: Sequence[Sequence[str]],
) -> Chart:
    """Scores from 0 to ``most`` review by review, as dots joined by lines; ``levels`` are marked across."""
    left, right, top, bottom, height = 60, 230, 20, 40, 320
    first, last = days[0], days[-1]
    span = max((last - first).days, 1)

    def x(day: dt.date) -> float:
        if first == last:
            return left + 20
        return left + 20 + (WIDTH - left - right - 40) * (day - first).days / span

    def y(score: float) -> float:
        return height - bottom - (height - top - bottom) * score / most

    def dot(place: float, level: float, number: int, colour: str) -> str:
        return (
            f'<circle cx="{place:.1f}" cy="{level:.1f}" r="5" fill="{colour}"/>'
            if number == 0
            else f'<rect x="{place - 5:.1f}" y="{level - 5:.1f}" width="10" height="10" fill="#fff" '
            f'stroke="{colour}" stroke-width="2"/>'
            if number == 1
            else f'<path d="M{place:.1f} {level - 6:.1f}l6 11h-12z" fill="{colour}"/>'
        )

    parts = [
        f'<line x1="{left}" x2="{WIDTH - right}" y1="{y(0):.1f}" y2="{y(0):.1f}" stroke="#0b0c0c"/>',
        _text(left - 8, y(0) + 5, "0", "end"),
    ]
    for score, words in levels:
        parts.append(
            f'<line x1="{left}" x2="{WIDTH - right}" y1="{y(score):.1f}" y2="{y(score):.1f}" '
            f'stroke="{GREY}" stroke-dasharray="3 4"/>'
        )
        parts.append(_text(left - 8, y(score) + 5, str(score), "end"))
        parts.append(_text(WIDTH - right + 8, y(score) + 5, words, fill="#484949"))
    shown = -100.0
    for day in days:
        if x(day) - shown >= 80:
            parts.append(_text(x(day), height - 14, f"{day:%b %Y}", "middle"))
            shown = x(day)
    for number, each in enumerate(lines):
        colour, dash = LINE_COLOURS[number % 4], DASHES[number % 4]
        given = [
            (x(day), y(value))
            for day, value in zip(days, each.values, strict=True)
            if value is not None
        ]
        if len(given) > 1:
            path = "L".join(f"{place:.1f} {level:.1f}" for place, level in given)
            parts.append(
                f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="3"{dash}/>'
            )
        parts += [dot(place, level, number, colour) for place, level in given]
        at = 18 + number * 20
        parts.append(_sample(WIDTH - 118, at - 5, colour, dash))
        parts.append(dot(WIDTH - 109, at - 5, number, colour))
        parts.append(_text(WIDTH - 92, at, each.name, weight="bold"))
    words = "; ".join(", ".join(cell for cell in row if cell) for row in table_rows)
    return Chart(title, _svg(title, words, height, parts), table_head, table_rows)
