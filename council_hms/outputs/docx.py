"""Draws a Document or Grids as a Word file that an author can go on with: real styles, numbers, heads and links.

The body is written as one string of XML and parsed once, so that time grows with the words and not
with the square of the cells. Styles come from the council's own .docx when one is given (its header,
footer and paper too), else from a plain built-in one; what a council's file lacks is added to it.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape as _xml
from xml.sax.saxutils import quoteattr

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.parts.numbering import NumberingPart
from docx.shared import Mm, Pt, RGBColor

from council_hms.document import (
    Block,
    Bullets,
    Document,
    Facts,
    GridBlock,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Span,
    Text,
)
from council_hms.grid import Grid, RowKind
from council_hms.outputs import paper as papers
from council_hms.outputs.package import repack
from council_hms.outputs.shown import FIGURES, printable, remarks, safe_href, shower
from council_hms.outputs.style import OutputError, Style

_FONT = "Arial"
_NAMESPACES = nsdecls("w", "r", "wp", "a", "pic")
_EMU_PER_MM = 36_000
_LARGEST_TEMPLATE = 50_000_000
#: Points of a list stand closer than paragraphs.
_CLOSE = '<w:spacing w:after="80"/>'
#: What parts a table of facts from what follows: half a line.
_GAP = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
#: Properties of a paragraph that nobody should see.
_NO_HEIGHT = (
    '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    '<w:rPr><w:sz w:val="2"/></w:rPr>'
)

#: Our own paragraph styles: name, size in points, bold, alignment. A council's template may bring its own of
#: the same name.
_STYLES = (
    ("Table Text", 9.5, False, "left"),
    ("Table Figure", 9.5, False, "right"),
    ("Table Head", 9.5, True, "left"),
    ("Table Note", 9, False, "left"),
    ("Numbered Paragraph", 12, False, "left"),
    ("Marking", 11, True, "center"),
)


def grids_file(grids: Sequence[Grid], style: Style, template: bytes | None = None) -> bytes:
    """Tables as a Word file, each wide one on a landscape page."""
    return document_file(papers.of_grids(grids, style), style, template)


def document_file(paper: Document, style: Style, template: bytes | None = None) -> bytes:
    """A paper as a Word file, in the council's own template when its bytes are given.

    Raises OutputError when the template is no Word file that can be used, or a picture cannot be drawn.
    """
    opened = _open(template) if template else docx.Document(io.BytesIO(_built_in(style.colour)))
    _Writer(opened, paper, style, ours=template is None).write()
    out = io.BytesIO()
    opened.save(out)
    return repack(out.getvalue())


def _open(template: bytes) -> Any:
    """The council's template. OutputError in words when it is not one."""
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as package:
            if sum(entry.file_size for entry in package.infolist()) > _LARGEST_TEMPLATE:
                raise OutputError("The council's Word template is too large. Use one under 50 MB.")
        return docx.Document(io.BytesIO(template))
    except OutputError:
        raise
    except Exception as error:  # python-docx raises many kinds on files that are not what they say
        raise OutputError(
            "The council's Word template cannot be read. Save it in Word as a .docx file "
            "without macros or a password, and upload it again."
        ) from error


# -- the built-in template --------------------------------------------------------------------


@lru_cache(maxsize=8)
def _built_in(colour: str) -> bytes:
    """A plain template in the council's colour: A4, sans serif 12 point, footer with page numbers."""
    made = docx.Document()
    styles = made.styles
    for fonts in styles.element.iter(qn("w:rFonts")):
        fonts.attrib.clear()  # the theme's fonts would win over ours
        for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{kind}"), _FONT)
    styles["Normal"].font.name = _FONT
    styles["Normal"].font.size = Pt(12)
    styles["Normal"].paragraph_format.space_after = Pt(9)
    shade = RGBColor.from_string(_hex(colour))
    for level, size in ((1, 20), (2, 15), (3, 13), (4, 12), (5, 12), (6, 12)):
        heading = styles[f"Heading {level}"]
        heading.font.size, heading.font.bold, heading.font.italic = Pt(size), True, False
        heading.font.name, heading.font.color.rgb = _FONT, shade
        heading.paragraph_format.space_before = Pt(6 if level == 1 else 14)
        heading.paragraph_format.space_after = Pt(6)
        heading.paragraph_format.keep_with_next = True
    caption = styles["Caption"]
    caption.font.size, caption.font.bold = Pt(11), True
    caption.font.color.rgb = RGBColor(0x0B, 0x0C, 0x0C)
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_after = Pt(4)
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin = section.bottom_margin = Mm(22)
    # without this Word opens the file in the compatibility mode of 2007
    made.settings.element.append(
        parse_xml(
            f'<w:compat {nsdecls("w")}><w:compatSetting w:name="compatibilityMode" '
            'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        )
    )
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _hex(colour: str) -> str:
    bare = colour.lstrip("#").upper()
    return bare if re.fullmatch(r"[0-9A-F]{6}", bare) else "1D4F4A"


# -- writing ----------------------------------------------------------------------------------


def text_xml(text: str) -> str:
    """Words inside a run: escaped, line ends as breaks."""
    text = printable(text)
    if "\n" not in text and "\r" not in text:
        return _line(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "<w:br/>".join([_line(line) for line in lines])


def _line(line: str) -> str:
    kept = line[:1].isspace() or line[-1:].isspace()  # or Word drops them
    return f'<w:t xml:space="preserve">{_xml(line)}</w:t>' if kept else f"<w:t>{_xml(line)}</w:t>"


def _attribute(text: str) -> str:
    return quoteattr(re.sub(r"\s+", " ", printable(text)))


class _Writer:
    """One paper on its way into one Word file."""

    def __init__(self, opened: Any, paper: Document, style: Style, *, ours: bool) -> None:
        self.opened = opened
        self.paper = paper
        self.style = style
        self.ours = ours
        self.colour = _hex(style.colour)
        self.ids = 100
        self.next_number = 0
        self.number_list = 0
        self.links: dict[str, str] = {}
        self.nums: list[str] = []

    def write(self) -> None:
        self._styles()
        self._numbering()
        body = self.opened.element.body
        page = body.sectPr
        if page is None:  # a template may leave out what python-docx relies on
            page = parse_xml(
                f'<w:sectPr {nsdecls("w")}><w:pgSz w:w="11906" w:h="16838"/>'
                '<w:pgMar w:top="1247" w:right="1247" w:bottom="1247" w:left="1247" '
                'w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'
            )
            body.append(page)
        for element in list(body):
            if element is not page:
                body.remove(element)
        self._heads_and_feet()
        upright, turned = _orientations(page)
        self.upright_width, self.turned_width = _text_width(upright), _text_width(turned)

        stretches = papers.stretches(papers.blocks(self.paper))
        parts: list[str] = []
        for place, stretch in enumerate(stretches):
            self.width = self.turned_width if stretch.landscape else self.upright_width
            parts += [self._block(block) for block in stretch.blocks]
            if place < len(stretches) - 1:
                parts.append(
                    f'<w:p><w:pPr>{_NO_HEIGHT}<w:sect n="{int(stretch.landscape)}"/></w:pPr></w:p>'
                )
        if parts and parts[-1].removesuffix(_GAP).removesuffix("<w:p/>").endswith("</w:tbl>"):
            # Word wants a paragraph after the last table; a whole line could be a page of its own
            table = parts[-1].removesuffix(_GAP).removesuffix("<w:p/>")
            parts[-1] = f"{table}<w:p><w:pPr>{_NO_HEIGHT}</w:pPr></w:p>"
        drawn = parse_xml(f"<w:body {_NAMESPACES}>{''.join(parts)}</w:body>")
        for mark in list(drawn.iter(qn("w:sect"))):
            if (holder := mark.getparent()) is not None:
                holder.replace(mark, deepcopy(turned if mark.get("n") == "1" else upright))
        at = body.index(page)
        body[at:at] = list(drawn)
        if stretches and stretches[-1].landscape:
            body.replace(page, deepcopy(turned))
        if self.nums:
            numbering = self.numbering
            for num in self.nums:
                numbering.append(parse_xml(num))
        self._properties()

    # what the file is

    def _properties(self) -> None:
        paper, style = self.paper, self.style
        properties = self.opened.core_properties
        stamp = Style(date=paper.date or style.date).stamp
        properties.title = printable(paper.title)[:255]
        properties.author = printable(paper.author or style.author or style.council)[:255]
        properties.last_modified_by = properties.author
        properties.subject = printable(paper.reference)[:255]
        properties.language = paper.language
        properties.comments = properties.keywords = properties.category = ""
        properties.created = properties.modified = stamp.replace(tzinfo=dt.UTC)
        properties.revision = 1

    def _styles(self) -> None:
        styles = self.opened.styles
        have = {style.name for style in styles}
        for name, size, bold, alignment in _STYLES:
            if name in have:
                continue
            made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            made.base_style = styles["Normal"] if "Normal" in have else None
            made.font.bold = bold
            if self.ours or name != "Numbered Paragraph":  # a council's text has its own size
                made.font.size = Pt(size)
            properties = made.element.get_or_add_pPr()
            if name.startswith("Table"):
                made.paragraph_format.space_before = made.paragraph_format.space_after = Pt(2)
            properties.append(parse_xml(f'<w:jc {nsdecls("w")} w:val="{alignment}"/>'))
        for level in range(1, 7):
            name = f"Heading {level}"
            if name not in have:
                made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
                made.font.bold = True
                made.element.get_or_add_pPr().append(
                    parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{level - 1}"/>')
                )
        if "Caption" not in have:
            styles.add_style("Caption", WD_STYLE_TYPE.PARAGRAPH).font.bold = True
        self.style_ids = {style.name: style.style_id for style in styles}
        language = self.paper.language or "en-GB"
        for element in styles.element.iter(qn("w:lang")):
            element.set(qn("w:val"), language)
        defaults = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        if defaults is not None and defaults.find(qn("w:lang")) is None:
            defaults.append(parse_xml(f"<w:lang {nsdecls('w')} w:val={_attribute(language)}/>"))
        theme = self.opened.settings.element.find(qn("w:themeFontLang"))
        if theme is not None:
            theme.set(qn("w:val"), language)

    def _numbering(self) -> None:
        """Adds our three lists (paragraph numbers, letters, bullets) to the file's own."""
        part = self.opened.part
        try:
            element = part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element
        except KeyError:
            element = parse_xml(f"<w:numbering {nsdecls('w')}/>")
            numbering_part = NumberingPart(
                PackURI("/word/numbering.xml"), CONTENT_TYPE.WML_NUMBERING, element, part.package
            )
            part.relate_to(numbering_part, RELATIONSHIP_TYPE.NUMBERING)
        self.numbering = element
        used = [
            int(each.get(qn("w:abstractNumId"))) for each in element.findall(qn("w:abstractNum"))
        ]
        first = max(used, default=0) + 1
        self.decimal, self.letters, self.bullet = first, first + 1, first + 2
        nums = element.findall(qn("w:num"))
        self.next_num = max((int(each.get(qn("w:numId"))) for each in nums), default=0) + 1
        at = element.index(nums[0]) if nums else len(element)
        for offset, (kind, words) in enumerate(
            (("decimal", "%1."), ("lowerLetter", "%1."), ("bullet", "•"))
        ):
            element.insert(
                at + offset,
                parse_xml(
                    f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{first + offset}">'
                    '<w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
                    f'<w:numFmt w:val="{kind}"/><w:lvlText w:val="{words}"/><w:lvlJc w:val="left"/>'
                    '<w:pPr><w:ind w:left="624" w:hanging="624"/></w:pPr></w:lvl></w:abstractNum>'
                ),
            )
        self.bullet_list = self._list(self.bullet)

    def _list(self, abstract: int, start: int | None = None) -> int:
        """A new list of a kind; ``start`` where its numbers begin."""
        number = self.next_num
        self.next_num += 1
        override = (
            f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/></w:lvlOverride>'
            if start is not None
            else ""
        )
        self.nums.append(
            f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{override}</w:num>'
        )
        return number

    def _heads_and_feet(self) -> None:
        """The marking at the head of every page, first and even ones too; page numbers where we own the foot."""
        section = self.opened.sections[-1]
        headers = [section.header]
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        if self.opened.settings.odd_and_even_pages_header_footer:
            headers.append(section.even_page_header)
        if self.paper.marking:
            for header in headers:
                header.is_linked_to_previous = False
                header._element.insert(
                    0,
                    parse_xml(
                        f"<w:p {nsdecls('w')}>{self._style('Marking')}"
                        f'<w:r><w:rPr><w:color w:val="942514"/></w:rPr>{text_xml(self.paper.marking)}</w:r></w:p>'
                    ),
                )
        if self.ours:
            says = " · ".join(
                part
                for part in (self.paper.council or self.style.council, self.paper.title)
                if part
            )
            footer = section.footer
            footer.is_linked_to_previous = False
            for each in list(footer._element):
                footer._element.remove(each)
            footer._element.append(
                parse_xml(
                    f"<w:p {nsdecls('w')}>{self._style('Table Note')}<w:r>{text_xml(says[:120] + ' · Page ')}</w:r>"
                    f"{_field('PAGE')}<w:r>{text_xml(' of ')}</w:r>{_field('NUMPAGES')}</w:p>"
                )
            )

    # parts of the body

    def _style(self, name: str, more: str = "") -> str:
        return (
            f"<w:pPr><w:pStyle w:val={_attribute(self.style_ids.get(name, name))}/>{more}</w:pPr>"
        )

    def _anchored(self, anchor: str, runs: str) -> str:
        if not anchor:
            return runs
        self.ids += 1
        return (
            f'<w:bookmarkStart w:id="{self.ids}" w:name="{_bookmark(anchor)}"/>{runs}'
            f'<w:bookmarkEnd w:id="{self.ids}"/>'
        )

    def _block(self, block: Block) -> str:
        match block:
            case Heading():
                runs = self._anchored(block.anchor, f"<w:r>{text_xml(block.text)}</w:r>")
                return f"<w:p>{self._style(f'Heading {block.level}')}{runs}</w:p>"
            case Paragraph():
                return self._paragraph(block)
            case Bullets():
                return self._bullets(block)
            case Facts():
                return self._facts(block)
            case GridBlock():
                return self._grid(block)
            case Picture():
                return self._picture(block)
            case PageBreak():
                return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'

    def _paragraph(self, block: Paragraph) -> str:
        runs = self._anchored(block.anchor, self._runs(block.text))
        shift = max(0, min(block.indent, 4)) * 567
        number = re.fullmatch(r"([1-9]\d{0,4})\.", block.number)
        if number:
            value = int(number[1])
            if value != self.next_number or not self.number_list:
                self.number_list = self._list(self.decimal, value)
            self.next_number = value + 1
            return f"<w:p>{self._listed('Numbered Paragraph', self.number_list, shift)}{runs}</w:p>"
        if block.number:
            return (
                f"<w:p>{self._marked('Numbered Paragraph', shift)}"
                f"<w:r>{text_xml(block.number)}<w:tab/></w:r>{runs}</w:p>"
            )
        indent = f'<w:ind w:left="{shift}"/>' if shift else ""
        return f"<w:p><w:pPr>{indent}</w:pPr>{runs}</w:p>"

    def _listed(self, style: str, number: int, shift: int, close: str = "") -> str:
        return self._style(
            style,
            f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>{close}'
            f'<w:ind w:left="{624 + shift}" w:hanging="624"/>',
        )

    def _marked(self, style: str, shift: int) -> str:
        left = 624 + shift
        return self._style(
            style,
            f'<w:tabs><w:tab w:val="left" w:pos="{left}"/></w:tabs><w:ind w:left="{left}" w:hanging="624"/>',
        )

    def _bullets(self, block: Bullets) -> str:
        shift = max(0, min(block.indent, 4)) * 567
        marks = list(block.marks)
        if not marks:
            head = self._listed("Numbered Paragraph", self.bullet_list, shift, _CLOSE)
            return "".join(f"<w:p>{head}{self._runs(point)}</w:p>" for point in block.points)
        lettered = [f"{chr(97 + place)}." for place in range(min(26, len(block.points)))]
        numbered = [f"{place + 1}." for place in range(len(block.points))]
        if marks in (lettered, numbered):
            # Word's own numbers, so that an author can add a point between two
            kind = self.letters if marks == lettered else self.decimal
            head = self._listed("Numbered Paragraph", self._list(kind, 1), shift, _CLOSE)
            return "".join(f"<w:p>{head}{self._runs(point)}</w:p>" for point in block.points)
        marks += [""] * (len(block.points) - len(marks))
        head = self._marked("Numbered Paragraph", shift)
        return "".join(
            f"<w:p>{head}<w:r>{text_xml(mark)}<w:tab/></w:r>{self._runs(point)}</w:p>"
            for mark, point in zip(marks, block.points, strict=False)
        )

    def _runs(self, text: Text) -> str:
        return "".join(self._run(span) for span in text)

    def _run(self, span: Span) -> str:
        look = ("<w:b/>" if span.bold else "") + ("<w:i/>" if span.italic else "")
        href = safe_href(span.href) if span.href else ""
        leads = bool(re.match(r"https?:|mailto:|#.", href, re.IGNORECASE))
        if leads:
            look += '<w:color w:val="1A65A6"/><w:u w:val="single"/>'
        run = f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}{text_xml(span.text)}</w:r>"
        if not leads:
            return run
        if href.startswith("#"):
            return f'<w:hyperlink w:anchor="{_bookmark(href[1:])}">{run}</w:hyperlink>'
        if href not in self.links:
            self.links[href] = self.opened.part.relate_to(
                href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
            )
        return f'<w:hyperlink r:id="{self.links[href]}">{run}</w:hyperlink>'

    def _facts(self, block: Facts) -> str:
        caption = f"<w:p>{self._style('Caption')}<w:r>{text_xml(block.caption)}</w:r></w:p>"
        left = min(2600, self.width // 3)
        widths = (left, self.width - left)
        text = self._style("Table Text")
        rows = "".join(
            "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
            f'<w:tc><w:tcPr><w:tcW w:w="{widths[0]}" w:type="dxa"/></w:tcPr>'
            f"<w:p>{text}<w:r><w:rPr><w:b/></w:rPr>{text_xml(label)}</w:r></w:p></w:tc>"
            f'<w:tc><w:tcPr><w:tcW w:w="{widths[1]}" w:type="dxa"/></w:tcPr>'
            f"<w:p>{text}{self._runs(words)}</w:p></w:tc></w:tr>"
            for label, words in block.pairs
        )
        if not rows:
            return caption if block.caption else ""
        title = block.caption or "Details"
        return (
            (caption if block.caption else "")
            + _table_opening(
                title, "Each row has a label and what it says.", widths, row_heads=True
            )
            + rows
            + f"</w:tbl>{_GAP}"
        )

    def _grid(self, block: GridBlock) -> str:
        grid = block.grid
        words = f"{block.number}: {grid.caption}" if block.number else grid.caption
        caption = self._anchored(block.anchor, f"<w:r>{text_xml(words)}</w:r>")
        description = f"{len(grid.rows)} rows; figures in {grid.unit.heading}; the first column names each row."
        return (
            f"<w:p>{self._style('Caption')}{caption}</w:p>"
            + table_xml(
                grid,
                title=words,
                description=description,
                width=self.width,
                colour=self.colour,
                style_ids=self.style_ids,
            )
            + self._notes(grid)
        )

    def _notes(self, grid: Grid) -> str:
        notes = [*grid.notes, *(f"({each.mark}) {each.words}" for each in remarks(grid).values())]
        head = self._style("Table Note")
        return (
            "".join(f"<w:p>{head}<w:r>{text_xml(note)}</w:r></w:p>" for note in notes) or "<w:p/>"
        )

    def _picture(self, block: Picture) -> str:
        from council_hms.outputs.pdf import (
            svg_as_png,
        )  # brings Typst along, only where there is a picture

        png = svg_as_png(block.svg)
        relation, image = self.opened.part.get_or_add_image(io.BytesIO(png))
        wide, high = self.width / 56.7, 0.0  # twentieths of a point to mm
        high = wide * image.px_height / image.px_width
        if high > 200:
            wide, high = wide * 200 / high, 200
        size = f'cx="{int(wide * _EMU_PER_MM)}" cy="{int(high * _EMU_PER_MM)}"'
        self.ids += 1
        alternative = _attribute(block.alternative or block.caption or "Picture")
        name = f'id="{self.ids}" name="Picture {self.ids}" descr={alternative}'
        caption = (
            f"<w:p>{self._style('Caption')}<w:r>{text_xml(block.caption)}</w:r></w:p>"
            if block.caption
            else ""
        )
        return (
            f"{caption}<w:p><w:r><w:drawing><wp:inline><wp:extent {size}/><wp:docPr {name}/>"
            "<wp:cNvGraphicFramePr/><a:graphic>"
            '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f"<pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
            f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
            "</wp:inline></w:drawing></w:r></w:p>"
        )


def _field(code: str) -> str:
    return f'<w:fldSimple w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _bookmark(anchor: str) -> str:
    """A bookmark's name as Word takes it: letters, digits, low lines, a letter first, at most 40 characters."""
    return "a_" + re.sub(r"[^A-Za-z0-9_]", "_", anchor)[:38]


def _orientations(page: Any) -> tuple[Any, Any]:
    """The template's page upright and turned, each with its heads and feet."""
    size = page.find(qn("w:pgSz"))
    if size is None:
        size = parse_xml(f'<w:pgSz {nsdecls("w")} w:w="11906" w:h="16838"/>')
        page.append(size)
    short, long = sorted((int(size.get(qn("w:w")) or 11906), int(size.get(qn("w:h")) or 16838)))
    made = []
    for wide, high, orientation in ((short, long, None), (long, short, "landscape")):
        copy = deepcopy(page)
        sheet = copy.find(qn("w:pgSz"))
        sheet.set(qn("w:w"), str(wide))
        sheet.set(qn("w:h"), str(high))
        sheet.attrib.pop(qn("w:orient"), None)
        if orientation:
            sheet.set(qn("w:orient"), orientation)
        made.append(copy)
    return made[0], made[1]


def _text_width(page: Any) -> int:
    """The width between the margins, in twentieths of a point."""
    size, margins = page.find(qn("w:pgSz")), page.find(qn("w:pgMar"))
    wide = int(size.get(qn("w:w")))
    if margins is None:
        return wide - 2880
    sides = int(margins.get(qn("w:left")) or 1440) + int(margins.get(qn("w:right")) or 1440)
    return max(wide - sides, 2000)


# -- tables -----------------------------------------------------------------------------------


def _table_opening(title: str, description: str, widths: Sequence[int], *, row_heads: bool) -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders><w:bottom w:val="single" '
        'w:sz="4" w:color="CECECE"/><w:insideH w:val="single" w:sz="4" w:color="CECECE"/></w:tblBorders>'
        '<w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="04A0" w:firstRow="1" w:lastRow="0" w:firstColumn="{int(row_heads)}" '
        'w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
        f"<w:tblCaption w:val={_attribute(title)}/><w:tblDescription w:val={_attribute(description)}/>"
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>"
    )


_BOLD_KINDS = frozenset({RowKind.HEADING, RowKind.SUBTOTAL, RowKind.TOTAL, RowKind.RESULT})
_RULE = '<w:top w:val="single" w:sz="8" w:color="000000"/>'
_BORDERS = {
    RowKind.TOTAL: f"<w:tcBorders>{_RULE}</w:tcBorders>",
    RowKind.RESULT: f'<w:tcBorders>{_RULE}<w:bottom w:val="double" w:sz="6" w:color="000000"/></w:tcBorders>',
}


def table_xml(
    grid: Grid,
    *,
    title: str,
    description: str,
    width: int,
    colour: str,
    style_ids: dict[str, str],
) -> str:
    """A Grid as a Word table, as one string: heads that repeat, rows that do not split, caption and description.

    ``width`` is in twentieths of a point, ``colour`` six hexadecimal digits.
    """
    columns = grid.columns
    widths = _widths(grid, width)
    ids = {
        name: _attribute(style_ids.get(name, name))
        for name in ("Table Text", "Table Figure", "Table Head")
    }
    parts = [_table_opening(title, description, widths, row_heads=True)]
    parts.append(_head_rows(grid, widths, colour, ids["Table Head"]))
    marks = remarks(grid)
    opened = [f'<w:tc><w:tcPr><w:tcW w:w="{each}" w:type="dxa"/>' for each in widths]
    drawers = [
        (
            column.key,
            opened[1 + place],
            "</w:tcPr><w:p><w:pPr><w:pStyle w:val="
            + ids["Table Figure" if column.format in FIGURES else "Table Text"]
            + "/></w:pPr>",
            shower(column.format, grid.unit, grid.negative),
        )
        for place, column in enumerate(columns)
    ]
    for row in grid.rows:
        kind = row.kind
        borders = _BORDERS.get(kind, "")
        run = "<w:r><w:rPr><w:b/></w:rPr>" if kind in _BOLD_KINDS else "<w:r>"
        label = f"{run}{text_xml(row.label)}</w:r>"
        parts.append("<w:tr><w:trPr><w:cantSplit/></w:trPr>")
        if kind is RowKind.HEADING and not row.cells:
            parts.append(
                f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths)}" w:type="dxa"/><w:gridSpan w:val="{len(widths)}"/>'
                '<w:shd w:val="clear" w:color="auto" w:fill="E8EDED"/></w:tcPr>'
                f"<w:p><w:pPr><w:pStyle w:val={ids['Table Text']}/><w:keepNext/></w:pPr>{label}</w:p></w:tc></w:tr>"
            )
            continue
        indent = '<w:ind w:left="227"/>' if kind is RowKind.DETAIL else ""
        parts.append(
            f"{opened[0]}{borders}</w:tcPr>"
            f"<w:p><w:pPr><w:pStyle w:val={ids['Table Text']}/>{indent}</w:pPr>{label}</w:p></w:tc>"
        )
        for key, opening, style, show in drawers:
            value = row.value(key)
            words = show(value)
            if marks and (row.key, key) in marks:
                words += f" ({marks[row.key, key].mark})"
            if not words:
                parts.append(f"{opening}{borders}{style}</w:p></w:tc>")
            elif isinstance(value, str):
                parts.append(f"{opening}{borders}{style}{run}{text_xml(words)}</w:r></w:p></w:tc>")
            else:  # figures and dates need no care
                parts.append(f"{opening}{borders}{style}{run}<w:t>{words}</w:t></w:r></w:p></w:tc>")
        parts.append("</w:tr>")
    parts.append("</w:tbl>")
    return "".join(parts)


#: What a character of a table takes on average, in twentieths of a point.
_CHARACTER = 115


def _widths(grid: Grid, width: int) -> list[int]:
    """The widths of the columns, of ``width`` in all: each its share by what it says (paper.widths)."""
    shares = papers.allotted(papers.widths(grid), width // _CHARACTER)
    return [width * share // sum(shares) for share in shares]


def _head_rows(grid: Grid, widths: Sequence[int], colour: str, style: str) -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{colour}"/><w:vAlign w:val="bottom"/>'

    def head(words: str, wide: int, *, side: str = "left", more: str = "") -> str:
        run = (
            f'<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr>{text_xml(words)}</w:r>' if words else ""
        )
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/>{more}{shade}</w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val={style}/><w:keepNext/><w:jc w:val="{side}"/></w:pPr>{run}</w:p></w:tc>'
        )

    opening = "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
    below = '<w:vMerge w:val="restart"/>'
    merged = "<w:vMerge/>"
    two = grid.has_groups
    upper = [head(grid.row_heading, widths[0], more=below if two else "")]
    lower = [head("", widths[0], more=merged)]
    place = 0
    for group, size in grid.groups:
        for column, wide in zip(
            grid.columns[place : place + size], widths[1 + place : 1 + place + size], strict=True
        ):
            side = "right" if column.format in FIGURES else "left"
            if not two:
                upper.append(head(column.label, wide, side=side))
            elif group:
                lower.append(head(column.label, wide, side=side))
            else:
                upper.append(head(column.label, wide, side=side, more=below))
                lower.append(head("", wide, more=merged))
        if two and group:
            across = sum(widths[1 + place : 1 + place + size])
            upper.append(head(group, across, side="center", more=f'<w:gridSpan w:val="{size}"/>'))
        place += size
    rows = opening + "".join(upper) + "</w:tr>"
    return rows + (opening + "".join(lower) + "</w:tr>" if two else "")
