"""Markdown with pipe tables: drawn as HTML in memory and read as that, so that both are read alike."""

from __future__ import annotations

from lxml import html
from markdown_it import MarkdownIt

from reports.checking.paper import Paper
from reports.checking.reading import web
from reports.checking.reading.decode import decode


def read(content: bytes, format: str = "md") -> Paper:
    """The report of a Markdown file. HTML in it stays text."""
    drawn = MarkdownIt("commonmark", {"html": False}).enable("table").render(decode(content))
    return web.of_tree(html.document_fromstring(f"<html><body>{drawn}</body></html>"), format)
