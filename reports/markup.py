"""An author's text as blocks of a paper: a small Markdown, gone through once, with references resolved on the way.

Paragraphs, lists (``- `` and ``1. `` or ``a. ``), ``**bold**``, ``*italic*``, ``### sub-headings``, links and
simple tables are known; everything else, HTML above all, stays the text it is. A reference in braces
becomes a finished run of text: nothing in it is read again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from council_hms.document import Block, Bullets, GridBlock, Heading, Paragraph, Span, Text
from council_hms.grid import Cell, Column, Grid, Row
from reports.figures import BRACES

_NOT_KNOWN = "html_block html_inline image code fence blockquote hr reference lheading autolink backticks entity"
_REFERENCE = re.compile(BRACES.pattern.removeprefix(r"(?<!\\)"))
#: "a. " at the head of a line is how papers letter their points; Markdown knows only numbers.
_LETTERED = re.compile(r"(?m)^( *)[a-z][.)] (?=\S)")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a reference comes to: a run of text inside a line, or blocks on a line of its own."""

    span: Span | None = None
    blocks: Sequence[Block] = ()


Resolve = Callable[[str], Resolved]


def _reference_rule(state: StateInline, silent: bool) -> bool:
    match = _REFERENCE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        token = state.push("reference", "", 0)
        token.content = match[1]
    state.pos = match.end()
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").disable(_NOT_KNOWN.split()).enable("table")
    parser.inline.ruler.before("escape", "reference", _reference_rule)
    # the text rule stops only at known terminators: "{" is one, so the rule above is asked
    return parser


_MARKDOWN = _parser()


def blocks(
    text: str, resolve: Resolve, *, number: str = "", anchor: str = "", indent: int = 0
) -> list[Block]:
    """The blocks of a text. The first paragraph carries ``number`` and ``anchor``; what follows is set in."""
    reader = _Reader(resolve, number, anchor, indent)
    reader.read(_MARKDOWN.parse(_LETTERED.sub(r"\g<1>1. ", text.replace("\r\n", "\n"))))
    return reader.out


def line(text: str, resolve: Resolve) -> Text:
    """A text of one line (a header field, a recommendation) as runs."""
    spans: list[Span] = []
    for token in _MARKDOWN.parseInline(" ".join(text.split())):
        spans += _Reader(resolve, "", "", 0).runs(token.children or [])
    return spans


class _Reader:
    """Goes through the tokens of one text once."""

    def __init__(self, resolve: Resolve, number: str, anchor: str, indent: int) -> None:
        self.resolve = resolve
        self.number = number
        self.anchor = anchor
        self.indent = indent
        self.out: list[Block] = []

    def read(self, tokens: Sequence[Token]) -> None:
        place = 0
        while place < len(tokens):
            token = tokens[place]
            end = _end_of(tokens, place)
            inside = tokens[place + 1 : end]
            match token.type:
                case "paragraph_open":
                    self._paragraph(inside[0].children or [])
                case "heading_open":
                    words = "".join(span.text for span in self.runs(inside[0].children or []))
                    self.out.append(Heading(words, 3))
                case "bullet_list_open" | "ordered_list_open":
                    self._list(inside, ordered=token.type == "ordered_list_open", depth=0)
                case "table_open":
                    self._table(inside)
                case _:
                    pass
            place = end + 1

    def _paragraph(self, children: Sequence[Token]) -> None:
        only = [token for token in children if token.type != "text" or token.content.strip()]
        if len(only) == 1 and only[0].type == "reference":
            resolved = self.resolve(only[0].content)
            if resolved.blocks:
                self.out += resolved.blocks
                return
        indent = self.indent + (1 if self.out and self.indent == 0 and self._is_numbered else 0)
        self.out.append(Paragraph(self.runs(children), self.number, self.anchor, indent))
        if self.number or self.anchor:
            self._is_numbered = bool(self.number)
        self.number = self.anchor = ""

    _is_numbered = False

    def _list(self, tokens: Sequence[Token], *, ordered: bool, depth: int) -> None:
        """A list; one within a point follows it, set in further."""
        if self.number or self.anchor:  # a text that begins with a list still shows its number
            self._paragraph([])
        points: list[Text] = []
        indent = self.indent + depth + (1 if self._is_numbered else 0)
        begun = 0

        def flush() -> None:
            nonlocal points, begun
            if points:
                marks = [_letter(begun + at) for at in range(len(points))] if ordered else ()
                self.out.append(Bullets(points, marks, indent))
                begun += len(points)
                points = []

        place = 0
        while place < len(tokens):
            end = _end_of(tokens, place)
            within = tokens[place + 1 : end]
            at = 0
            first = True
            while at < len(within):
                stop = _end_of(within, at)
                child = within[at]
                if child.type == "paragraph_open":
                    words = self.runs(within[at + 1].children or [])
                    if first:
                        points.append(words)
                    elif points:
                        points[-1] = [*points[-1], Span("\n"), *words]
                    first = False
                elif child.type in ("bullet_list_open", "ordered_list_open"):
                    flush()
                    self._list(
                        within[at + 1 : stop],
                        ordered=child.type == "ordered_list_open",
                        depth=depth + 1,
                    )
                at = stop + 1
            place = end + 1
        flush()

    def _table(self, tokens: Sequence[Token]) -> None:
        rows: list[list[str]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline" and rows:
                rows[-1].append("".join(span.text for span in self.runs(token.children or [])))
        if not rows:
            return
        head, *body = rows
        columns = [Column(f"c{at}", words) for at, words in enumerate(head[1:], start=1)]
        self.out.append(
            GridBlock(
                Grid(
                    caption=head[0] or "Table",
                    columns=columns,
                    row_heading=head[0],
                    rows=[
                        Row(
                            f"r{at}",
                            cells[0] if cells else "",
                            {
                                f"c{place}": Cell(words or None)
                                for place, words in enumerate(cells[1:], start=1)
                            },
                        )
                        for at, cells in enumerate(body)
                    ],
                )
            )
        )

    def runs(self, children: Sequence[Token]) -> list[Span]:
        """The runs of one line, neighbours of the same look joined."""
        spans: list[Span] = []
        bold = italic = 0
        href = ""
        for token in children:
            match token.type:
                case "strong_open":
                    bold += 1
                case "strong_close":
                    bold -= 1
                case "em_open":
                    italic += 1
                case "em_close":
                    italic -= 1
                case "link_open":
                    href = str(token.attrGet("href") or "")
                case "link_close":
                    href = ""
                case "softbreak":
                    self._add(spans, Span(" ", bold > 0, italic > 0, href))
                case "hardbreak":
                    self._add(spans, Span("\n", bold > 0, italic > 0, href))
                case "reference":
                    span = self.resolve(token.content).span
                    if span is not None:
                        spans.append(
                            replace(
                                span, bold=span.bold or bold > 0, italic=span.italic or italic > 0
                            )
                        )
                case _:
                    if token.content:
                        self._add(spans, Span(token.content, bold > 0, italic > 0, href))
        return spans

    @staticmethod
    def _add(spans: list[Span], span: Span) -> None:
        last: Any = spans[-1] if spans else None
        if (
            last is not None
            and last.figure == ""
            and replace(last, text="") == replace(span, text="")
        ):
            spans[-1] = replace(last, text=last.text + span.text)
        else:
            spans.append(span)


def _end_of(tokens: Sequence[Token], place: int) -> int:
    """The place of the token that closes the one at ``place``."""
    if tokens[place].nesting != 1:
        return place
    depth = 0
    for at in range(place, len(tokens)):
        depth += tokens[at].nesting
        if depth == 0:
            return at
    return len(tokens) - 1


def _letter(place: int) -> str:
    """``a.`` to ``z.``, then ``aa.``"""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(97 + rest) + letters
    return f"{letters}."
