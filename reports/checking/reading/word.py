"""Word (.docx): headings, automatic numbers, tables with merged cells, captions, footnotes.

Read from the document's own parts: nothing outside the file is fetched, no macro or field is run.
Tracked changes are read as if accepted, and said; so is everything that cannot be read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import docx
from docx.oxml.ns import qn

from reports.checking.paper import Cell, Paper
from reports.checking.reading.compose import Composer, squeeze
from reports.checking.reading.limits import ReadError
from reports.checking.reading.numbering import Numbering
from reports.checking.reading.spans import grid_of

_SKIPPED = {
    qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), qn("w:delText"), qn("w:pPr"), qn("w:rPr"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}  # fmt: skip
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_TEXT_BOX = qn("w:txbxContent")


def read(content: bytes, format: str = "docx") -> Paper:
    """The report of a Word file."""
    return trace(content).paper


@dataclass(frozen=True, slots=True)
class Traced:
    """A report with the way back into its Word file: the paragraph or table of a block, the element of a cell."""

    document: Any
    paper: Paper
    paragraphs: Mapping[int, Any]
    cells: Mapping[int, Any]


def trace(content: bytes) -> Traced:
    """The report of a Word file, and where in the file each of its blocks stands."""
    try:
        document = docx.Document(io.BytesIO(content))
        body = document.element.body
    except (
        Exception
    ) as error:  # python-docx raises KeyError, ValueError and lxml's own on damaged files
        raise ReadError(
            "The Word file is damaged or not complete. Open it in Word, save it again as .docx and upload that."
        ) from error
    reader = _Reader(document)
    reader.container(body)
    reader.closing(body)
    paper = reader.composer.paper(document.core_properties.title or "")
    return Traced(document, paper, reader.paragraphs, reader.cells)


class _Reader:
    def __init__(self, document: Any) -> None:
        self.composer = Composer("docx")
        self.numbering = Numbering(document)
        self.styles = {style.style_id: style for style in document.styles if style.style_id}
        self.notes = _notes_of(document)
        #: Where blocks and cells come from, for comments: block → paragraph, id of the cell → its element.
        self.paragraphs: dict[int, Any] = {}
        self.cells: dict[int, Any] = {}
        self._kept: list[Cell] = []
        # one Heading 1 over smaller ones is the title; several are sections
        tops = [
            each
            for each in document.element.body.iter(qn("w:p"))
            if self._style_name(each) == "heading 1"
        ]
        self.title = tops[0] if len(tops) == 1 else None

    def container(self, parent: Any) -> None:
        """Paragraphs and tables in order; content controls and inserted blocks are looked into."""
        children = list(_blocks(parent))
        for at, child in enumerate(children):
            before = len(self.composer.blocks)
            if child.tag == qn("w:p"):
                following = children[at + 1] if at + 1 < len(children) else None
                self.paragraph(child, following)
            else:
                self.table(child)
            for made in range(before, len(self.composer.blocks)):
                self.paragraphs.setdefault(made, child)

    def paragraph(self, element: Any, following: Any = None) -> None:
        text = text_of(element)
        name = self._style_name(element)
        number = self.numbering.number_of(element)
        before = ""
        if following is not None:
            before = "table" if following.tag == qn("w:tbl") else text_of(following)
        level = self._heading_level(element, name)
        self._pictures(element)
        if text.strip():
            if name.startswith("toc "):
                pass  # the contents list says again what the headings say
            elif name in ("caption",):
                self.composer.caption(text)
            elif name == "title" or element is self.title:
                self.composer.heading(text, level=1)
            elif level:
                self.composer.heading(
                    text,
                    level=level,
                    number=number.text if number and number.kind == "number" else "",
                )
            else:
                # a soft line break parts header fields set in one paragraph
                lines = (
                    text.split("\x0b") if _is_several_facts(text) else [text.replace("\x0b", " ")]
                )
                for line in lines:
                    is_bold = _all_bold(element)
                    self.composer.prose(
                        line,
                        mark=number,
                        level=number.level if number else 0,
                        alone=is_bold,
                        strong=is_bold,
                        before=before,
                    )
        for box in element.iter(_TEXT_BOX):
            if not _inside_fallback(box):
                self.container(box)
        for reference in element.iter(qn("w:footnoteReference"), qn("w:endnoteReference")):
            if note := self.notes.get((reference.tag, reference.get(qn("w:id")))):
                self.composer.note(note)

    def table(self, element: Any) -> None:
        lines: list[list[Cell]] = []
        heads: list[bool] = []
        open_merges: dict[int, tuple[int, int]] = {}  # grid column → where its vertical merge began
        kept = self._kept  # an id names a cell only while the cell is there
        nested = False
        rows = list(_rows(element))
        for row in rows:
            cells: list[Cell] = []
            properties = row.find(qn("w:trPr"))
            is_head = properties is not None and _is_on(properties.find(qn("w:tblHeader")))
            column = _count(properties, "w:gridBefore")
            cells.extend(Cell("") for _ in range(column))
            for cell in _cells(row):
                across, merge = _cell_spans(cell)
                nested = nested or cell.find(f".//{qn('w:tbl')}") is not None
                if merge == "continue" and column in open_merges:
                    at, place = open_merges[column]
                    above = lines[at][place]
                    if len(lines) - at + 1 > above.down:
                        longer = replace(above, down=len(lines) - at + 1)
                        self.cells[id(longer)] = self.cells.get(id(above))
                        kept.append(longer)
                        lines[at][place] = longer
                else:
                    open_merges.pop(column, None)
                    if merge == "restart":
                        open_merges[column] = (len(lines), len(cells))
                    made = Cell(_cell_text(cell), head=is_head, across=across)
                    self.cells[id(made)] = cell
                    kept.append(made)
                    cells.append(made)
                column += across
            lines.append(cells)
            heads.append(is_head)
        head_rows = 0
        while head_rows < len(heads) and heads[head_rows]:
            head_rows += 1
        tables = self.composer.tables
        self.composer.table(
            grid_of(lines), head_rows=head_rows or None, caption=_described(element)
        )
        if nested and self.composer.tables > tables:
            self.composer.not_read("A table inside a cell is read as the text of that cell.")
        for paragraph in element.iter(qn("w:p")):
            self._pictures(paragraph)

    def closing(self, body: Any) -> None:
        """What is said about the document as a whole."""
        if next(body.iter(qn("w:ins"), qn("w:del"), qn("w:moveFrom")), None) is not None:
            self.composer.remark(
                "The document has tracked changes; it is read as if all were accepted."
            )
        if next(body.iter(qn("w:vanish")), None) is not None and any(
            _is_on(each)
            and each.getparent().tag == qn("w:rPr")
            and each.getparent().getparent().tag == qn("w:r")
            for each in body.iter(qn("w:vanish"))
        ):
            self.composer.remark("Hidden text in the document is left out.")

    def _pictures(self, element: Any) -> None:
        has_object = next(element.iter(qn("w:object")), None) is not None
        if has_object:
            self.composer.not_read(
                "An embedded object (such as a worksheet) is not read. Paste its table as a table of Word."
            )
        elif next(element.iter(_PICTURE), None) is not None:
            self.composer.not_read(
                "A picture is not read. If it shows figures, put them into a table."
            )

    def _style_name(self, element: Any) -> str:
        style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        known = self.styles.get(style.get(qn("w:val"))) if style is not None else None
        return (known.name or "").lower() if known is not None else ""

    def _heading_level(self, element: Any, name: str) -> int:
        """1 to 9 for a heading, by its style or outline level; 0 for text."""
        if found := re.fullmatch(r"heading (\d)", name):
            # Word's Heading 1 heads a section; the title of the report has a style of its own
            return 1 + int(found[1])
        outline = element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if outline is None:
            style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            known = self.styles.get(style.get(qn("w:val"))) if style is not None else None
            while known is not None and outline is None:
                if re.fullmatch(r"heading (\d)", (known.name or "").lower()):
                    return 1 + int((known.name or "")[-1])
                outline = known.element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
                known = getattr(known, "base_style", None)
        value = outline.get(qn("w:val")) if outline is not None else None
        return 2 + int(value) if value and value.isdigit() and int(value) < 9 else 0


# -- text -------------------------------------------------------------------------------------


def text_of(element: Any) -> str:
    """The text of a paragraph as printed: without deleted and hidden runs, text boxes and field codes."""
    return "".join(_texts(element))


def _texts(element: Any) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag in _SKIPPED or tag == _TEXT_BOX or not isinstance(tag, str):
            continue
        if tag == qn("w:r") and _is_hidden(child):
            continue
        if tag == qn("w:t"):
            yield child.text or ""
        elif tag == qn("w:tab"):
            yield "\t"
        elif tag in (qn("w:br"), qn("w:cr")):
            yield "\x0b"
        elif tag == qn("w:noBreakHyphen"):
            yield "-"
        elif tag == qn("w:sym"):
            yield ""
        else:
            yield from _texts(child)


def _is_hidden(run: Any) -> bool:
    properties = run.find(qn("w:rPr"))
    return properties is not None and _is_on(properties.find(qn("w:vanish")))


def _is_on(switch: Any) -> bool:
    return switch is not None and switch.get(qn("w:val")) not in ("0", "false", "off")


def _all_bold(paragraph: Any) -> bool:
    """Whether every run with text is bold: how many papers set a heading without a style."""
    runs = [run for run in paragraph.iter(qn("w:r")) if "".join(_texts(run)).strip()]
    return bool(runs) and all(
        (properties := run.find(qn("w:rPr"))) is not None and _is_on(properties.find(qn("w:b")))
        for run in runs
    )


def _is_several_facts(text: str) -> bool:
    lines = [line for line in text.split("\x0b") if line.strip()]
    return len(lines) > 1 and sum(
        1 for line in lines if re.match(r"[A-Z][\w /()]{0,40}:", line)
    ) * 2 >= len(lines)


def _inside_fallback(element: Any) -> bool:
    return any(
        isinstance(each.tag, str) and each.tag.endswith("}Fallback")
        for each in element.iterancestors()
    )


def _notes_of(document: Any) -> dict[tuple[str, str], str]:
    """Foot and end notes by the tag and id of their reference."""
    notes: dict[tuple[str, str], str] = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind not in ("footnotes", "endnotes") or relation.is_external:
            continue
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        try:
            root = etree.fromstring(relation.target_part.blob, parser)
        except etree.XMLSyntaxError:
            continue
        one = kind[:-1]
        for note in root.iter(qn(f"w:{one}")):
            if note.get(qn("w:type")) in (None, "normal"):
                text = squeeze(" ".join(text_of(each) for each in note.iter(qn("w:p"))))
                notes[(qn(f"w:{one}Reference"), note.get(qn("w:id")) or "")] = text
    return notes


# -- tables -----------------------------------------------------------------------------------


def _blocks(parent: Any) -> Iterator[Any]:
    for child in parent:
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag in (
            qn("w:sdt"),
            qn("w:sdtContent"),
            qn("w:ins"),
            qn("w:customXml"),
            qn("w:smartTag"),
        ):
            yield from _blocks(child)


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == qn("w:tr"):
            properties = child.find(qn("w:trPr"))
            if properties is None or properties.find(qn("w:del")) is None:
                yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml")):
            yield from _rows(child)


def _cells(row: Any) -> Iterator[Any]:
    for child in row:
        if child.tag == qn("w:tc"):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml")):
            yield from _cells(child)


def _cell_text(cell: Any) -> str:
    return squeeze(" ".join(text_of(paragraph) for paragraph in cell.iter(qn("w:p"))))


def _cell_spans(cell: Any) -> tuple[int, str]:
    """Columns across, and whether a vertical merge begins here, goes on or is absent."""
    properties = cell.find(qn("w:tcPr"))
    if properties is None:
        return 1, ""
    merge = properties.find(qn("w:vMerge"))
    kind = "" if merge is None else (merge.get(qn("w:val")) or "continue")
    return max(1, _count(properties, "w:gridSpan", 1)), kind


def _count(properties: Any, name: str, default: int = 0) -> int:
    found = properties.find(qn(name)) if properties is not None else None
    value = found.get(qn("w:val")) if found is not None else None
    return min(int(value), 100) if value and value.isdigit() else default


def _described(table: Any) -> str:
    """The table's own title among its properties, if its author gave it one."""
    properties = table.find(qn("w:tblPr"))
    caption = properties.find(qn("w:tblCaption")) if properties is not None else None
    return squeeze(caption.get(qn("w:val")) or "") if caption is not None else ""
