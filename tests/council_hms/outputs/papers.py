"""A paper with one of everything, for tests of the outputs that draw papers."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

from council_hms.document import (
    Bullets,
    Document,
    Facts,
    GridBlock,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Span,
    plain,
)
from council_hms.grid import Grid
from tests.council_hms.outputs.appendix_3 import appendix_3

CHART = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100">'
    '<rect x="10" y="20" width="200" height="30" fill="#1d4f4a"/>'
    '<text x="10" y="80" font-family="sans-serif" font-size="16">Spend £3.188m</text></svg>'
)


def narrow() -> Grid:
    """Capital alone: a table that fits an upright page."""
    grid = appendix_3(totals=False)
    return dataclasses.replace(grid, columns=grid.columns[:4], name="Capital")


def cabinet_report(marking: str = "") -> Document:
    return Document(
        title="Housing management system: request for resources",
        blocks=[
            Heading("Housing management system: request for resources", 1),
            Facts(
                [("To", plain("Cabinet")), ("Report of", plain("Director of Housing"))], "Header"
            ),
            Heading("Recommendations", 2),
            Bullets(
                [
                    plain("Note the position"),
                    (
                        Span("Approve "),
                        Span("£497k", bold=True, figure="capital_ask", value=Decimal("497400.00")),
                        Span(" of capital"),
                    ),
                ],
                marks=("a.", "b."),
            ),
            Heading("Background", 2),
            *(
                Paragraph(
                    plain(f"The programme began in {2010 + place}."), f"{place}.", f"p{place}"
                )
                for place in range(1, 6)
            ),
            Paragraph(
                (
                    Span("See paragraph 3", href="#p3"),
                    Span(" and "),
                    Span("the plan", href="https://example.org/plan"),
                )
            ),
            Bullets([plain("One point"), plain("Another point")], indent=1),
            Heading("Appendix 3", 2, "appendix-3"),
            GridBlock(appendix_3(), "Table 1"),
            Heading("Capital alone", 2),
            GridBlock(narrow(), "Table 2"),
            Picture(CHART, "Spend ran ahead of approval by £263k", "Figure 1: spend and approval"),
            PageBreak(),
            Heading("A part of a part", 4),
            Paragraph((Span("In italics", italic=True),), indent=1),
        ],
        author="Director of Housing",
        date=dt.date(2023, 6, 14),
        council="Example Council",
        reference="HMS-2023-06-14",
        marking=marking,
        about=(("As at", "14 June 2023"),),
    )
