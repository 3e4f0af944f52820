"""The automatic numbers of a Word document, counted as Word counts them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

from reports.checking.reading.compose import Mark
from reports.checking.reading.web import roman


@dataclass(frozen=True, slots=True)
class ListMark(Mark):
    """A mark with the level of its list, from 0."""

    level: int = 0


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str  # "%1.%2)"


class Numbering:
    """Counts the paragraphs of each list; ask it once for every paragraph, in order."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._list_of: dict[str, str] = {}
        self._overrides: dict[tuple[str, int], int] = {}
        self._counts: dict[str, list[int]] = {}
        self._started: set[tuple[str, int]] = set()
        self._styles = {style.style_id: style for style in document.styles if style.style_id}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        for abstract in root.iter(qn("w:abstractNum")):
            self._levels[abstract.get(qn("w:abstractNumId"))] = dict(_levels(abstract))
        for number in root.iter(qn("w:num")):
            abstract = number.find(qn("w:abstractNumId"))
            if abstract is None:
                continue
            name = number.get(qn("w:numId"))
            self._list_of[name] = abstract.get(qn("w:val"))
            for override in number.iter(qn("w:lvlOverride")):
                start = override.find(qn("w:startOverride"))
                if start is not None:
                    self._overrides[(name, _int(override.get(qn("w:ilvl"))))] = _int(
                        start.get(qn("w:val")), 1
                    )

    def number_of(self, paragraph: Any) -> ListMark | None:
        """The mark that Word prints before the paragraph; None when it is in no list."""
        name, level = self._reference(paragraph)
        if not name or name == "0" or name not in self._list_of:
            return None
        abstract = self._list_of[name]
        levels = self._levels.get(abstract, {})
        here = levels.get(level)
        if here is None or here.format == "none":
            return None
        if here.format == "bullet":
            return ListMark("bullet", level=level)
        counts = self._counts.setdefault(abstract, [0] * 9)
        if (name, level) in self._overrides and (name, level) not in self._started:
            counts[level] = self._overrides[(name, level)]
        else:
            counts[level] = counts[level] + 1 if counts[level] else here.start
        self._started.add((name, level))
        for deeper in range(level + 1, 9):
            counts[deeper] = 0
        for upper in range(level):
            counts[upper] = counts[upper] or (levels[upper].start if upper in levels else 1)
        return self._printed(here, counts, levels, level)

    def _printed(
        self, here: _Level, counts: list[int], levels: dict[int, _Level], level: int
    ) -> ListMark:
        def place(found: re.Match[str]) -> str:
            at = min(int(found[1]) - 1, 8)
            form = "decimal" if at not in levels else levels[at].format
            return _form(counts[at], form)

        text = re.sub(r"%(\d)", place, here.text).strip().strip("().: ")
        if here.format in ("lowerLetter", "upperLetter") and "%" in here.text and "." not in text:
            return ListMark("letter", text, level)
        if here.format in ("lowerRoman", "upperRoman") and "." not in text:
            return ListMark("roman", text, level)
        return ListMark(
            "number", re.sub(r"^(?:paragraph|para)\s*", "", text, flags=re.IGNORECASE), level
        )

    def _reference(self, paragraph: Any) -> tuple[str, int]:
        """List and level of a paragraph, its own or its style's."""
        properties = paragraph.find(qn("w:pPr"))
        found = properties.find(qn("w:numPr")) if properties is not None else None
        style = properties.find(qn("w:pStyle")) if properties is not None else None
        known = self._styles.get(style.get(qn("w:val"))) if style is not None else None
        name, level = _of(found)
        for _ in range(10):  # a chain of styles; a damaged file may turn in a circle
            if name is not None or known is None:
                break
            inherited = known.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            name, of_style = _of(inherited)
            level = level if level is not None else of_style
            known = getattr(known, "base_style", None)
        return name or "", min(level or 0, 8)


def _of(properties: Any) -> tuple[str | None, int | None]:
    if properties is None:
        return None, None
    number, level = properties.find(qn("w:numId")), properties.find(qn("w:ilvl"))
    return (
        number.get(qn("w:val")) if number is not None else None,
        _int(level.get(qn("w:val"))) if level is not None else None,
    )


def _levels(abstract: Any) -> list[tuple[int, _Level]]:
    found = []
    for level in abstract.iter(qn("w:lvl")):
        start, form, text = (level.find(qn(f"w:{name}")) for name in ("start", "numFmt", "lvlText"))
        found.append(
            (
                _int(level.get(qn("w:ilvl"))),
                _Level(
                    _int(start.get(qn("w:val")), 1) if start is not None else 1,
                    form.get(qn("w:val")) if form is not None else "decimal",
                    (text.get(qn("w:val")) or "") if text is not None else "",
                ),
            )
        )
    return found


def _form(count: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (count - 1) % 26) if count else "a"
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman"):
        return roman(count).upper() if form == "upperRoman" else roman(count)
    if form == "decimalZero":
        return f"{count:02d}"
    return str(count)


def _int(text: str | None, default: int = 0) -> int:
    return int(text) if text and text.lstrip("-").isdigit() else default
