"""HTML: headings, numbered lists, tables with heads and spans. What a page hides or runs is never read."""

from __future__ import annotations

import re

from lxml import etree, html

from reports.checking.paper import Cell, Paper
from reports.checking.reading.compose import Composer, Mark, squeeze, take_mark
from reports.checking.reading.limits import MOST_COLUMNS, MOST_ROWS, ReadError
from reports.checking.reading.spans import grid_of

_SKIPPED = {
    "script",
    "style",
    "noscript",
    "template",
    "head",
    "nav",
    "svg",
    "button",
    "form",
    "iframe",
    "object",
    "select",
}
_BLOCKS = {
    "p", "div", "section", "article", "main", "header", "footer", "aside", "body", "html", "blockquote", "figure",
    "figcaption", "ul", "ol", "li", "dl", "dt", "dd", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr",
    "address", "details", "summary", "fieldset", "center",
}  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def read(content: bytes, format: str = "html") -> Paper:
    """The report of a web page."""
    parser = html.HTMLParser(
        remove_comments=True, remove_pis=True, no_network=True, huge_tree=False, recover=True
    )
    try:
        tree = html.document_fromstring(_with_encoding(content), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(
            "The page could not be read. Save it again from your browser, or upload a PDF of it."
        ) from error
    return of_tree(tree, format, title=squeeze(tree.findtext(".//title") or ""))


def of_tree(tree: html.HtmlElement, format: str, title: str = "") -> Paper:
    """The report of a parsed page."""
    composer = Composer(format)
    walk = _Walk(composer)
    walk.several_tops = sum(1 for _ in tree.iter("h1")) > 1
    walk.element(tree)
    return composer.paper(title)


def _with_encoding(content: bytes) -> bytes | str:
    """lxml reads a page's own declaration; without one it would take UTF-8 for Latin-1."""
    if re.search(rb"charset\s*=", content[:2000], re.IGNORECASE) or content[:3] == b"\xef\xbb\xbf":
        return content
    from reports.checking.reading.decode import decode

    return re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(content))


class _Walk:
    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        self.several_tops = False

    def element(self, element: html.HtmlElement, depth: int = 0) -> None:
        """One block element and what is in it."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _SKIPPED or not tag:
            return
        if element.get("hidden") is not None or _HIDDEN.search(element.get("style") or ""):
            if squeeze(element.text_content()):
                self.composer.not_read(
                    f"Text that the page hides is left out: “{squeeze(element.text_content())[:60]}”."
                )
            return
        if re.fullmatch(r"h[1-6]", tag):
            # one h1 is the title; several are sections
            self.composer.heading(words(element), level=int(tag[1]) + self.several_tops)
        elif tag == "table":
            self.table(element)
        elif tag in ("ol", "ul"):
            self.list(element, depth)
        elif tag == "dl":
            self.definitions(element)
        elif tag == "figcaption":
            self.composer.caption(words(element))
        elif tag in ("p", "pre", "address", "summary") or not any(
            isinstance(child.tag, str) and child.tag in _BLOCKS for child in element
        ):
            self.paragraph(element)
        else:
            self.mixed(element, depth)
        if tag in ("img", "canvas") or (element.find(".//img") is not None and tag == "p"):
            self.picture(element)

    def mixed(self, element: html.HtmlElement, depth: int) -> None:
        """An element with blocks in it: the loose text between them is paragraphs of its own."""
        loose = [element.text or ""]
        for child in element:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag in _BLOCKS or tag in _SKIPPED:
                self.composer.prose("".join(loose))
                loose = []
                self.element(child, depth)
            else:
                loose.append(words(child))
            loose.append(child.tail or "")
        self.composer.prose("".join(loose))

    def paragraph(self, element: html.HtmlElement) -> None:
        text = words(element)
        bold = element.xpath("string(.//b | .//strong)")
        is_bold = bool(squeeze(str(bold))) and squeeze(str(bold)) == squeeze(text)
        for line in re.split(r"\x0b\s*\x0b\s*", text) if "\x0b" in text else [text]:
            self.composer.prose(
                line.replace("\x0b", " "),
                alone=is_bold,
                strong=is_bold,
                before="x" if is_bold else "",
            )

    def picture(self, element: html.HtmlElement) -> None:
        self.composer.not_read("A picture is not read. If it shows figures, put them into a table.")

    def list(self, element: html.HtmlElement, depth: int) -> None:
        """A list; ordered points get the marks that a browser would print."""
        ordered = element.tag == "ol"
        kind = element.get("type") or ("1" if depth == 0 else "a")
        try:
            at = int(element.get("start") or 1)
        except ValueError:
            at = 1
        for point in element:
            if point.tag != "li":
                if isinstance(point.tag, str):
                    self.element(point, depth)
                continue
            if (value := point.get("value") or "").isdigit():
                at = int(value)
            inner = [
                child for child in point if isinstance(child.tag, str) and child.tag in _BLOCKS
            ]
            text = words(
                point,
                without=[
                    child for child in inner if child.tag in ("ol", "ul", "table", "p", "div")
                ],
            )
            first = [child for child in inner if child.tag in ("p", "div")]
            rest = inner
            if not squeeze(text) and first:
                text = words(first[0])
                rest = [child for child in inner if child is not first[0]]
            mark = _mark(kind, at) if ordered else Mark("bullet")
            # a point that prints a mark of its own goes by that
            self.composer.prose(text, mark=None if take_mark(text)[0] else mark, level=depth)
            for child in rest:
                self.element(child, depth + 1)
            at += 1

    def definitions(self, element: html.HtmlElement) -> None:
        label = ""
        for child in element.iter("dt", "dd"):
            if child.tag == "dt":
                label = words(child).strip().rstrip(":")
            else:
                self.composer.prose(f"{label}: {squeeze(words(child))}" if label else words(child))
                label = ""

    def table(self, element: html.HtmlElement) -> None:
        """A table; one that lays out a page (with tables or headings in it) is read as its parts."""
        if element.find(".//table") is not None or element.find(".//h2") is not None:
            for cell in element.xpath(
                "./tr/td | ./tr/th | ./tbody/tr/td | ./tbody/tr/th | ./thead/tr/th"
            ):
                self.mixed(cell, 0)
            return
        caption = element.find("./caption")
        lines: list[list[Cell]] = []
        heads: list[bool] = []
        for row in element.iter("tr"):
            cells = []
            for cell in row:
                if cell.tag not in ("td", "th"):
                    continue
                is_head = cell.tag == "th"
                cells.append(
                    Cell(
                        squeeze(words(cell).replace("\x0b", " ")),
                        head=is_head,
                        across=_count(cell.get("colspan"), MOST_COLUMNS),
                        down=_count(cell.get("rowspan"), MOST_ROWS),
                    )
                )
            lines.append(cells)
            parent = row.getparent()
            in_head = parent is not None and parent.tag == "thead"
            heads.append(in_head or (bool(cells) and all(cell.head for cell in cells)))
        rows = grid_of(lines)
        head_rows = 0
        while head_rows < len(heads) and heads[head_rows]:
            head_rows += 1
        below = rows[head_rows:]
        head_columns = (
            1
            if below and all(row[0].head or row[0].covered or not row[0].text for row in below)
            else None
        )
        if caption is not None:
            self.composer.caption(words(caption))
        self.composer.table(
            rows,
            caption=squeeze(words(caption)) if caption is not None else "",
            head_rows=head_rows or None,
            head_columns=head_columns,
        )


def _mark(kind: str, at: int) -> Mark:
    if kind in ("a", "A"):
        letter = chr(ord("a") + (at - 1) % 26)
        return Mark("letter", letter if kind == "a" else letter.upper())
    if kind in ("i", "I"):
        return Mark("roman", roman(at))
    return Mark("number", str(at))


def roman(number: int) -> str:
    """A small roman numeral."""
    out = ""
    for value, letters in (
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ):
        while number >= value and len(out) < 12:
            out, number = out + letters, number - value
    return out


def _count(text: str | None, most: int) -> int:
    return min(max(int(text), 1), most) if text and text.strip().isdigit() and len(text) < 7 else 1


def words(element: html.HtmlElement, without: list[html.HtmlElement] | None = None) -> str:
    """The text of an element as it is read: line breaks kept as \\x0b, hidden parts and notes' signs left out."""
    parts: list[str] = [element.text or ""]
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag == "br":
            parts.append("\x0b")
        elif (
            tag
            and tag not in _SKIPPED
            and not (without and child in without)
            and child.get("hidden") is None
        ):
            inner = words(child, without)
            parts.append(f" {inner} " if tag in _BLOCKS else inner)
        parts.append(child.tail or "")
    return "".join(parts)
