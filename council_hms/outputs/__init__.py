"""Draws a Grid or a Document as a file: one registry of formats, one file a format, one way to answer with it.

``render(what, "xlsx")`` gives bytes, ``respond(what, "xlsx", "hms-funding")`` a download. Whoever calls has
chosen what the reader may see: the outputs leave nothing out and put nothing in. They add up nothing
either; what a workbook casts, the Grid states.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from council_hms.document import Document
from council_hms.grid import Grid
from council_hms.outputs.style import OutputError, Style

if TYPE_CHECKING:
    from django.http import HttpResponse

__all__ = [
    "FORMATS",
    "Format",
    "OutputError",
    "Style",
    "download",
    "draw_here",
    "file_name",
    "formats_for",
    "render",
    "respond",
]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: how it is named to people and machines, and whether it can hold a whole paper."""

    suffix: str
    label: str
    content_type: str
    draws_documents: bool = True
    heavy: bool = False  # drawn in a limited child process
    takes_template: bool = False

    @property
    def module(self) -> str:
        return f"council_hms.outputs.{self.suffix}"


FORMATS: dict[str, Format] = {
    each.suffix: each
    for each in (
        Format("html", "Web page", "text/html; charset=utf-8"),
        Format(
            "xlsx",
            "Excel workbook",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Format("csv", "CSV", "text/csv; charset=utf-8", draws_documents=False),
        Format("json", "JSON", "application/json"),
        Format(
            "docx",
            "Word document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            heavy=True,
            takes_template=True,
        ),
        Format("pdf", "PDF", "application/pdf", heavy=True),
    )
}

What = Grid | Sequence[Grid] | Document


def formats_for(what: What) -> list[Format]:
    """The formats that can hold this, in the order in which a page offers them."""
    whole = isinstance(what, Document)
    return [each for each in FORMATS.values() if each.draws_documents or not whole]


def render(
    what: What, format: str, style: Style | None = None, *, template: bytes | None = None
) -> bytes:
    """The file as bytes; the same bytes for the same input, always. Word and PDF in a limited child process.

    ``template`` is the council's own .docx, for Word. Raises OutputError, whose text is a sentence for
    people, for a format that is not there or cannot hold this, and when the file could not be made.
    """
    if format not in FORMATS:
        offered = ", ".join(FORMATS)
        raise OutputError(f"There is no format “{format[:20]}”. Choose one of {offered}.")
    style = style or Style()
    if FORMATS[format].heavy:
        from council_hms.outputs import child

        return child.draw(what, format, style, template=template)
    return draw_here(what, format, style, template)


def draw_here(what: What, format: str, style: Style, template: bytes | None = None) -> bytes:
    """The file, drawn in this process."""
    chosen = FORMATS[format]
    # loaded when first asked for: Word and PDF bring large packages with them
    module = import_module(chosen.module)
    if isinstance(what, Document):
        if not chosen.draws_documents:
            raise OutputError(f"{chosen.label} holds one table, not a whole paper.")
        if chosen.takes_template:
            return cast(bytes, module.document_file(what, style, template))
        return cast(bytes, module.document_file(what, style))
    grids = [what] if isinstance(what, Grid) else list(what)
    if not grids:
        raise OutputError("There is no table to put into a file.")
    if chosen.takes_template:
        return cast(bytes, module.grids_file(grids, style, template))
    return cast(bytes, module.grids_file(grids, style))


def file_name(name: str, suffix: str) -> str:
    """A name that every system takes: ``HMS funding table 14/6`` gives ``hms-funding-table-14-6.xlsx``."""
    flat = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    flat = re.sub(r"[^a-z0-9]+", "-", flat).strip("-")[:100].strip("-")
    return f"{flat or 'table'}.{suffix}"


def respond(
    what: What,
    format: str,
    name: str,
    style: Style | None = None,
    *,
    template: bytes | None = None,
) -> HttpResponse:
    """The file as a download called ``name``; never kept by a cache. Raises OutputError as ``render`` does."""
    return download(render(what, format, style, template=template), format, name)


def download(content: bytes, format: str, name: str) -> HttpResponse:
    """Bytes that are a file of a format already, as a download."""
    from django.http import HttpResponse
    from django.utils.http import content_disposition_header

    response = HttpResponse(content, content_type=FORMATS[format].content_type)
    disposition = content_disposition_header(True, file_name(name, format))
    if disposition:
        response["Content-Disposition"] = disposition
    response["Cache-Control"] = "no-store"
    return response
