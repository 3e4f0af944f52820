"""The source report's Appendix 3 as a Grid written by hand, and the file readers that tests share."""

from __future__ import annotations

from decimal import Decimal

from council_hms.grid import Cell, Column, Difference, Format, Grid, Row, RowKind, Sum
from council_hms.money import Negative, Unit

YEARS = ("2023-24", "2024-25", "2025-26", "2026-27")

#: In £000, as the paper prints it: capital then revenue; None is blank, 0 is the paper's "-".
PAPER: dict[str, tuple[str, list[str | None]]] = {
    "requirement": (
        "Budget Requirement",
        ["605.1", "331.9", "98.4", "0", "105.2", "159.2", "135.2", "145.7"],
    ),
    "transformation": ("Transformation", ["39.0", *[None] * 7]),
    "ict": ("ICT", ["80.0", *[None] * 7]),
    "hra": (
        "Capital programme HRA",
        ["245.0", "58.0", "58.0", "58.0", "112.0", "112.0", "112.0", "112.0"],
    ),
    "available": (
        "Total budget available",
        ["364.0", "58.0", "58.0", "58.0", "112.0", "112.0", "112.0", "112.0"],
    ),
    "ask": (
        "Additional Budget Ask",
        ["241.1", "273.9", "40.4", "-58.0", "-6.8", "47.2", "23.2", "33.7"],
    ),
}
#: What every output that people read shows, row by row, with the totals over four years.
PRINTED: dict[str, list[str]] = {
    "Budget Requirement": "605.1 331.9 98.4 - 1,035.4 105.2 159.2 135.2 145.7 545.3".split(),
    "Transformation": ["39.0", "", "", "", "39.0", "", "", "", "", ""],
    "ICT": ["80.0", "", "", "", "80.0", "", "", "", "", ""],
    "Capital programme HRA": "245.0 58.0 58.0 58.0 419.0 112.0 112.0 112.0 112.0 448.0".split(),
    "Total budget available": "364.0 58.0 58.0 58.0 538.0 112.0 112.0 112.0 112.0 448.0".split(),
    "Additional Budget Ask": "241.1 273.9 40.4 -58.0 497.4 -6.8 47.2 23.2 33.7 97.3".split(),
}


def appendix_3(
    *, unit: Unit = Unit.THOUSANDS, negative: Negative = Negative.MINUS, totals: bool = True
) -> Grid:
    """The table with its totals column, castings stated, one figure linked and one remarked on."""
    columns: list[Column] = []
    for nature in ("Capital", "Revenue"):
        keys = [f"{nature.lower()}-{year[:4]}" for year in YEARS]
        columns += [
            Column(key, year, Format.MONEY, nature) for key, year in zip(keys, YEARS, strict=True)
        ]
        if totals:
            columns.append(
                Column(f"{nature.lower()}-total", "Total", Format.MONEY, nature, Sum(tuple(keys)))
            )
    casts = {
        "available": Sum(("transformation", "ict", "hra")),
        "ask": Difference("requirement", "available"),
    }
    kinds = {
        "requirement": RowKind.SUBTOTAL,
        "available": RowKind.TOTAL,
        "ask": RowKind.RESULT,
    }
    rows = []
    for key, (label, figures) in PAPER.items():
        pounds = [None if figure is None else Decimal(figure) * 1000 for figure in figures]
        cells: dict[str, Cell] = {}
        for block, nature in enumerate(("capital", "revenue")):
            of_block = pounds[block * 4 : block * 4 + 4]
            for year, amount in zip(YEARS, of_block, strict=True):
                if amount is not None:
                    note = "Surplus" if (key, nature, year) == ("ask", "capital", "2026-27") else ""
                    href = f"/lines/{key}/" if key == "hra" else ""
                    cells[f"{nature}-{year[:4]}"] = Cell(
                        amount.quantize(Decimal("0.01")), href, note
                    )
            known = [amount for amount in of_block if amount is not None]
            if totals and known:
                cells[f"{nature}-total"] = Cell(sum(known, Decimal("0.00")))
        rows.append(Row(key, label, cells, kinds.get(key, RowKind.BODY), casts.get(key)))
    rows.insert(1, Row("sources", "Budget available", kind=RowKind.HEADING))
    return Grid(
        caption="Housing management system: resource required 2023-24 to 2026-27 (£000)",
        columns=columns,
        rows=rows,
        unit=unit,
        negative=negative,
        notes=("The capital ask is net of a surplus of £58k in 2026-27.",),
        about=(("Source", "Ledger of the example council"), ("As at", "14 June 2023")),
        name="Appendix 3",
    )
