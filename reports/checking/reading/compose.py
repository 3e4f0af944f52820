"""Puts the pieces of a report together as blocks, recognising what each is: fact, recommendation, paragraph, caption.

A format's reader hands over pieces in reading order and says what its format knows (this is a heading,
this is number 8 of a list); what it leaves open is told here by the manner of council reports: header
fields with a colon at the top, recommendations after the word, numbered paragraphs under short headings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reports.checking.paper import Block, Cell, Paper, Place, Prose, ProseKind, Table, Unread

K = ProseKind

#: A number, letter or roman numeral that heads a paragraph or point, and what follows it.
_MARK = re.compile(
    r"(?:(?P<number>\d{1,3}(?:\.\d{1,3})*)[.)]"
    r"|(?P<dotted>\d{1,2}(?:\.\d{1,2})+)(?=\s+[A-Z‘“'\"])"
    r"|(?P<spaced>\d{1,2})(?=(?:\t|\s{2,})[A-Z‘“'\"])"
    r"|\(?(?P<letter>[a-z]|[ivx]{2,5})[.)]"
    r"|\((?P<digits>\d{1,2})\)"
    r"|(?P<capital>[A-Z])[.)](?=\s+[A-Z][a-z]))\s+(?=\S)"
)
_BULLET = re.compile(r"(?:[•·▪◦●○■□➢✓\uf0b7\uf0a7\u2022*]|[-–—]|o)\s+(?=\S)")
_LABEL = re.compile(r"(?P<label>[A-Z][\w /&()’'\-]{0,48}?)\s*:(?:\s+(?P<value>.*))?$", re.DOTALL)
#: Header fields that are facts wherever they stand.
_KNOWN_LABEL = re.compile(
    r"(to|date|date of meeting|meeting|meeting date|committee|report (of|by|to|author|title)|title( of report)?|subject"
    r"|purpose( of (the )?report)?|key decision\??"
    r"|is this a key decision\??|(lead )?cabinet member.*|portfolio( holder)?"
    r"|policy framework|wards?( affected)?|recommendations?|classification|exempt.*|contact( officer)?s?"
    r"|background papers|lead officer|director|(report )?author|job title"
    r"|service( area)?.*|tel(ephone)?.*|e-?mail.*|ward\(s\)|status|reason for urgency|corporate priority.*)",
    re.IGNORECASE,
)
_AUTHOR = re.compile(r"(report )?(author|contact|lead officer)", re.IGNORECASE)
#: What stands alone at the top of a paper and is not its title.
_NO_HEADING = re.compile(
    r"agenda item\b.*|(\S+ ){0,5}(council|authority|corporation)", re.IGNORECASE
)
_SECTION = re.compile(
    r"(\d{1,2}(\.\d{1,2})*\.?\s+)?(introduction|background|(executive )?summary|purpose|reasons?|options?|context|"
    r"conclusions?|consultation|recommendations?|proposals?|appendix\b|appendices|next steps|risks?\b|timetable|"
    r"legal|finance|financial|equalit|environmental|implications|capital\b|revenue\b|discussion|details?\b|"
    r"additional budget|key issues|main report|decision)",
    re.IGNORECASE,
)
_RECOMMENDS = re.compile(
    r"(recommendations?\b|.*\b(resolves?|recommended|recommends?|asked|requested|invited|agrees?)\b.*(to|that)\s*:?\s*$)",
    re.IGNORECASE | re.DOTALL,
)
_VERB = re.compile(
    r"(that\b|(to )?(note|approve|agree|delegate|recommend|endorse|authorise|consider|adopt|confirm|ratify"
    r"|receive)s?\b)",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"(table|figure|chart|graph)\s+([\dA-Z]{1,3})(\.\d+)?\b", re.IGNORECASE)
_NOTE = re.compile(r"(notes?|source|key|\*+|†|n\.?b\.?)\s*[:.\d\-–]|\*+\s*\S", re.IGNORECASE)
_UNIT_ALONE = re.compile(
    r"\(?\s*(all )?(figures? (are |is )?in |amounts? in )?(£\s*[’']?\s*(000|k|m|million|thousand)s?|£[’']?000[’']?s?"
    r"|thousands|millions)\.?\s*\)?",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")
_ENDS_SENTENCE = re.compile(r"[.;:!?,]\s*$|\b(and|or|the|of|to)\s*$")
_LAST_SENTENCE = re.compile(r"(?:^|(?<=[.;!?])\s+)(?P<last>[A-Z][^.!?]*(?:\.\d[^.!?]*)*[:.]?)\s*$")


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark that heads a piece: its kind (number, letter, roman, bullet) and its text without stop or bracket."""

    kind: str
    text: str = ""


def take_mark(text: str, *, after_letter: str = "") -> tuple[Mark | None, str]:
    """The mark at the head of a line, if any, and the words after it. ``- 1. Note`` is number 1.

    ``after_letter`` is the letter of the point before: "i" after "h" is a letter, otherwise roman.
    """
    rest = text.lstrip()
    bullet = _BULLET.match(rest)
    if bullet:
        rest = rest[bullet.end() :]
    found = _MARK.match(rest)
    if found:
        body = rest[found.end() :]
        number = found["number"] or found["dotted"] or found["spaced"] or found["digits"]
        if number:
            return Mark("number", number), body
        letter = found["letter"] or found["capital"]
        is_roman = len(letter) > 1 or (letter in "ivx" and chr(ord(letter) - 1) != after_letter)
        return Mark("roman" if is_roman else "letter", letter), body
    return (Mark("bullet"), rest) if bullet else (None, rest)


def _is_section(text: str) -> bool:
    """Whether a short line is what sections of reports are called."""
    return _SECTION.match(text) is not None and len(text.split()) <= 5


def looks_like_heading(text: str) -> bool:
    """Whether a line that stands alone reads as a heading: short, without a full stop, no sum of money."""
    return (
        len(text) <= 100
        and len(text.split()) <= 14
        and (text[:1].isupper() or text[:1].isdigit())
        and not _ENDS_SENTENCE.search(text)
        and "£" not in text
    )


class Composer:
    """Takes the pieces of one report in order and gives its Paper."""

    def __init__(self, format: str) -> None:
        self.format = format
        self.title = ""
        self.blocks: list[Block] = []
        self.unread: list[Unread] = []
        self.tables = 0
        self._section = ""
        self._in_header = True
        self._in_recommendations = False
        self._open_fact = False  # a label whose value is still to come
        self._number = self._letter = ""

    # -- pieces -------------------------------------------------------------------------------

    def heading(
        self, text: str, *, level: int = 2, number: str = "", page: int | None = None
    ) -> None:
        """A heading that the format marks, or that reads as one."""
        text = squeeze(text)
        if not text:
            return
        if not number:
            found = re.match(r"(\d{1,2}(?:\.\d{1,2})*|[A-Z])[.)]?\s+(?=[A-Z])", text)
            if found and (found[1][0].isdigit() or found[0].rstrip()[-1] in ".)"):
                number, text = found[1], text[found.end() :]
        is_title = level == 1 and not any(
            isinstance(each, Prose) and each.kind is K.TITLE for each in self.blocks
        )
        if not is_title:
            self._section = text
        self._open_fact = False
        self._in_recommendations = bool(re.match(r"recommend", text, re.IGNORECASE))
        if not is_title and not self._in_recommendations:
            self._in_header = False
        if is_title and not self.title:
            self.title = text
        self._number = self._letter = ""
        self._add(text, K.TITLE if is_title else K.HEADING, number=number, level=level, page=page)

    def prose(
        self,
        text: str,
        *,
        mark: Mark | None = None,
        level: int = 0,
        page: int | None = None,
        alone: bool = False,
        strong: bool = False,
        before: str = "",
    ) -> None:
        """A paragraph or point. ``mark`` is what the format numbers it by; without one it is looked for.

        ``alone`` says that it may be a heading, ``strong`` that it is set in bold or larger; ``before`` is
        the text of the piece after it.
        """
        text = text.strip()
        if mark is None:
            mark, text = take_mark(text, after_letter=self._letter)
        text = squeeze(text)
        if not text:
            return
        if mark is None:
            self._unmarked(text, level, page, alone=alone, strong=strong, before=before)
        elif mark.kind == "number" and self._is_numbered_heading(
            text, mark.text, alone=alone, strong=strong
        ):
            self.heading(text, level=2 + mark.text.count("."), number=mark.text, page=page)
        else:
            self._marked(text, mark, level, page)

    def caption(self, text: str, *, page: int | None = None) -> None:
        """The title of a table or picture."""
        if text := squeeze(text):
            self._add(text, K.CAPTION, page=page)

    def note(self, text: str, *, page: int | None = None) -> None:
        """A footnote, or a line beneath a table."""
        if text := squeeze(text):
            self._add(text, K.NOTE, page=page)

    def table(
        self,
        rows: Sequence[Sequence[Cell]],
        *,
        caption: str = "",
        head_rows: int | None = None,
        head_columns: int | None = None,
        page: int | None = None,
        sheet: str = "",
    ) -> None:
        """A table; titles in its first rows and remarks in its last become captions and notes of their own."""
        rows, head_rows = trimmed(rows, head_rows)
        if not rows:
            return
        self._open_fact = False
        if len(rows[0]) == 1 or all(_lone(row) for row in rows if any(cell.text for cell in row)):
            for row in rows:
                text = next((cell.text for cell in row if cell.text), "")
                if sheet:
                    self.caption(text)
                else:
                    self.prose(text, page=page)
            return
        if self._are_facts(rows) and (self._in_header or _AUTHOR.match(rows[0][0].text)):
            for row in rows:
                value = " ".join(cell.text for cell in row[1:] if cell.text)
                self.fact(row[0].text.strip().rstrip(":").strip(), squeeze(value), page)
            return
        first, last = body_of(rows)
        for row in rows[:first]:
            self.caption(next(cell.text for cell in row if cell.text), page=page)
        body = rows[first:last]
        if body:
            self._in_recommendations = False
            self.tables += 1
            kept_heads = None if head_rows is None else max(0, min(head_rows - first, len(body)))
            self.blocks.append(
                Table(
                    body,
                    caption=squeeze(caption) or self._nearest_caption(),
                    head_rows=kept_heads or None,
                    head_columns=head_columns,
                    section=self._section,
                    page=page,
                    sheet=sheet,
                )
            )
        for row in rows[last:]:
            self.note(next(cell.text for cell in row if cell.text), page=page)

    def not_read(
        self,
        reason: str,
        *,
        page: int | None = None,
        row: int | None = None,
        column: int | None = None,
    ) -> None:
        """Something of the last block, or of the paper when there is none yet, that could not be read or was mended."""
        place = None
        if self.blocks:
            at = len(self.blocks) - 1
            block = self.blocks[at]
            page = page or block.page
            if isinstance(block, Table):
                label = (
                    next((cell.text for cell in block.rows[row] if cell.text), "")
                    if row is not None
                    else ""
                )
                words = f"table {self.tables}" + (f", row {label}" if label else "")
                place = Place(at, table=self.tables, row=row, column=column, page=page, words=words)
            else:
                words = (
                    f"paragraph {block.number}" if block.number else f"after “{block.text[:40]}”"
                )
                place = Place(at, paragraph=block.number, page=page, words=words)
        elif page:
            place = Place(0, page=page, words=f"page {page}")
        self.unread.append(Unread(place, reason))

    def remark(self, reason: str) -> None:
        """Something about the document as a whole."""
        self.unread.append(Unread(None, reason))

    def paper(self, title: str = "") -> Paper:
        """The whole report."""
        named = next(
            (
                block.text
                for block in self.blocks
                if isinstance(block, Prose)
                and block.kind is K.FACT
                and re.fullmatch(
                    r"(report )?title( of (the )?report)?|subject", block.label, re.IGNORECASE
                )
            ),
            "",
        )
        return Paper(
            tuple(self.blocks),
            title=named or self.title or title,
            format=self.format,
            unread=tuple(self.unread),
        )

    # -- recognising --------------------------------------------------------------------------

    def _add(
        self,
        text: str,
        kind: ProseKind,
        *,
        number: str = "",
        label: str = "",
        level: int = 0,
        page: int | None,
    ) -> None:
        section = "" if kind in (K.TITLE, K.HEADING) else self._section
        self.blocks.append(Prose(text, kind, number, label, level, section, page))

    def _last(self) -> Block | None:
        return self.blocks[-1] if self.blocks else None

    def _is_heading(self, text: str, before: str) -> bool:
        """Whether a line that stands alone heads a section: by its words, or because something stands under it."""
        return looks_like_heading(text) and bool(before.strip() or _is_section(text))

    def _is_numbered_heading(self, text: str, number: str, *, alone: bool, strong: bool) -> bool:
        """Whether "3. Background" heads a section; a short paragraph is not bold."""
        if not looks_like_heading(text):
            return False
        if self._in_recommendations:
            # recommendations 1.1 and 1.2, or (a) and (b), end where section 2 begins
            above = self._number.partition(".")
            is_next = not self._number or (bool(above[1]) and number != above[0])
            return "." not in number and (
                (is_next and (strong or alone)) or (strong and _is_section(text))
            )
        return strong or (alone and _is_section(text))

    def _unmarked(
        self, text: str, level: int, page: int | None, *, alone: bool, strong: bool, before: str
    ) -> None:
        if _NOTE.match(text) and isinstance(self._last(), Table):
            self._add(text, K.NOTE, page=page)
            return
        label = _LABEL.fullmatch(text)
        if label and self._is_label(label["label"], label["value"] or ""):
            self.fact(label["label"].strip(), (label["value"] or "").strip(), page)
            return
        last = self._last()
        after_fact = self._in_header and isinstance(last, Prose) and last.kind is K.FACT
        if self._open_fact and isinstance(last, Prose):
            self._open_fact = False
            self.blocks[-1] = replace(last, text=text)
            if re.match(r"recommend", last.label, re.IGNORECASE) is None:
                return
            self._in_recommendations = True
            return
        if _UNIT_ALONE.fullmatch(text) or (
            _CAPTION.match(text) and len(text) <= 160 and not re.search(r"[.;]$", text)
        ):
            self._add(text, K.CAPTION, page=page)
            return
        if alone and not _NO_HEADING.fullmatch(text) and self._is_heading(text, before):
            continues = after_fact and not _is_section(text) and not _heads_a_list(before)
            if not continues:
                is_title = (
                    self._in_header
                    and not self._has(K.TITLE)
                    and not _is_section(text)
                    and (strong or not self._has(K.FACT))
                )
                self.heading(text, level=1 if is_title else 2, page=page)
                return
        if (
            after_fact
            and len(text) <= 90
            and not _FIGURE.search(text)
            and isinstance(last, Prose)
            and not self._in_recommendations
        ):
            self.blocks[-1] = replace(last, text=f"{last.text} {text}".strip())
            return
        if self._in_recommendations and _VERB.match(text) and not text.endswith(":"):
            self._add(text, K.RECOMMENDATION, page=page)
            return
        if self._in_header and re.search(
            r"\b(resolves?|recommended|asked|requested|invited) (to|that)\s*:$", text
        ):
            self._in_recommendations = True
        self._add(text, K.PARAGRAPH, level=level, page=page)

    def _marked(self, text: str, mark: Mark, level: int, page: int | None) -> None:
        self._open_fact = False
        if mark.kind == "number":
            # "2.1" under recommendations is one of them; elsewhere any number ends the header
            self._number, self._letter = mark.text, ""
            number, kind, depth = mark.text, K.PARAGRAPH, 0
            if not self._in_recommendations:
                self._in_header = False
        elif mark.kind == "letter":
            self._letter = mark.text
            number, kind, depth = f"{self._number}{mark.text}", K.BULLET, 1
        elif mark.kind == "roman":
            number, kind, depth = f"{self._number}{self._letter}({mark.text})", K.BULLET, 2
        else:
            number, kind, depth = "", K.BULLET, 1
        if self._in_recommendations:
            kind = K.RECOMMENDATION
        self._add(text, kind, number=number, level=max(level, depth), page=page)

    def fact(self, label: str, value: str, page: int | None = None) -> None:
        """A header field: its label without the colon, and its value; an empty value is the next paragraph."""
        self._in_recommendations = bool(re.match(r"recommend", label, re.IGNORECASE))
        self._open_fact = not value
        self._number = self._letter = ""
        self._add(value, K.FACT, label=label, page=page)

    def _is_label(self, label: str, value: str) -> bool:
        if _KNOWN_LABEL.fullmatch(label.strip()):
            return True
        return (
            self._in_header
            and not self._in_recommendations
            and len(label.split()) <= 6
            and not _FIGURE.search(label)
            and len(value) <= 300
        )

    def _has(self, kind: ProseKind) -> bool:
        return any(isinstance(block, Prose) and block.kind is kind for block in self.blocks)

    @staticmethod
    def _are_facts(rows: Sequence[Sequence[Cell]]) -> bool:
        """Whether a table at the top is the report's header fields set as two columns."""
        labels = [row[0].text.strip() for row in rows]
        if len(rows[0]) > 3 or not all(labels):
            return False
        told = [text for text in labels if text.endswith(":") or _KNOWN_LABEL.fullmatch(text)]
        return len(told) * 2 > len(labels) and not any(
            text.lower().startswith("appendi") for text in labels
        )

    def _nearest_caption(self) -> str:
        """The captions just before a table, with the heading over them; or the sentence that leads to it."""
        parts: list[str] = []
        for block in reversed(self.blocks[-5:]):
            if not isinstance(block, Prose):
                break
            if block.kind is K.CAPTION:
                parts.insert(0, block.text)
                continue
            if block.kind in (K.HEADING, K.TITLE):
                parts.insert(0, block.text)
            elif not parts and block.kind in (K.PARAGRAPH, K.BULLET):
                parts.insert(0, last_sentence(block.text))
            break
        return " – ".join(parts)


def _heads_a_list(before: str) -> bool:
    mark, _ = take_mark(before)
    return mark is not None and mark.kind == "number"


def last_sentence(text: str) -> str:
    """The last sentence of a paragraph; the whole of a short one."""
    if len(text) <= 200:
        return text
    found = _LAST_SENTENCE.search(text)
    return found["last"] if found else text[-200:]


def squeeze(text: str) -> str:
    """The text with every run of spaces, line ends and soft hyphens as one space."""
    return re.sub(r"\s+", " ", text.replace("\u00ad", "").replace("\u200b", "")).strip()


# -- tables -----------------------------------------------------------------------------------


def trimmed(
    rows: Sequence[Sequence[Cell]], head_rows: int | None = None
) -> tuple[list[tuple[Cell, ...]], int | None]:
    """Rows of one length without empty rows and columns at the edges; heads counted anew."""
    width = max((len(row) for row in rows), default=0)
    whole = [tuple(row) + (Cell(""),) * (width - len(row)) for row in rows]
    filled = [any(cell.text.strip() for cell in row) for row in whole]
    if not any(filled):
        return [], None
    first = filled.index(True)
    last = len(filled) - filled[::-1].index(True)
    if head_rows is not None:
        head_rows = max(0, head_rows - first)
    whole = whole[first:last]
    used = [
        any(row[column].text.strip() or row[column].covered for row in whole)
        for column in range(width)
    ]
    right = width - used[::-1].index(True)
    left = used.index(True)
    return [row[left:right] for row in whole], head_rows


def _lone(row: Sequence[Cell]) -> Cell | None:
    """The one filled cell of a row that stands first or goes across all of it; None for any other row."""
    filled = [(place, cell) for place, cell in enumerate(row) if cell.text.strip()]
    if len(filled) != 1:
        return None
    place, cell = filled[0]
    return cell if place == 0 or 1 < cell.across >= len(row) - 1 else None


def body_of(rows: Sequence[Sequence[Cell]]) -> tuple[int, int]:
    """Where the table itself begins and ends: titles stand alone in the rows above it, remarks in those below."""
    first, last = 0, len(rows)
    while (
        first < last
        and (cell := _lone(rows[first]))
        and _is_title_row(cell, rows[first], rows[first + 1 :])
    ):
        first += 1
    while last > first + 1 and (cell := _lone(rows[last - 1])) and _is_remark(cell):
        last -= 1
    return (0, len(rows)) if first == last else (first, last)


def _is_title_row(cell: Cell, row: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> bool:
    """A row over the heads of a table, not a group of its first rows: what follows is another title or a head."""
    if cell.across >= len(row) - 1 and len(row) > 2:
        return True
    after = next((each for each in below if any(other.text.strip() for other in each)), None)
    if after is None:
        return False
    if _lone(after) is not None:
        return True
    return not _FIGURE.search(
        "".join(
            re.sub(r"\b(19|20)\d\d\b([-/]\d\d(\d\d)?)?|\d\d/\d\d|000", "", other.text)
            for other in after[1:]
        )
    ) or bool(re.match(r"(appendix|table|annex)\b", cell.text.strip(), re.IGNORECASE))


def _is_remark(cell: Cell) -> bool:
    text = cell.text.strip()
    return bool(_NOTE.match(text)) or len(text) > 60
