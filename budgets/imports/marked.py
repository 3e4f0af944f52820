"""Gives a file back with its faults marked, to be put right and sent again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from budgets.imports.parse import Choices, letter
from budgets.imports.stage import rows_of
from budgets.models import ImportFault, ImportRun
from council_hms import spreadsheets
from council_hms.grid import Format
from council_hms.outputs.stream import xlsx_rows

#: Rows up to which the workbook itself is marked; a longer one comes back as its faulty rows alone.
_WHOLE_UP_TO = 5_000


def marked_file(run: ImportRun) -> IO[bytes]:
    """A workbook: the one that was sent with its faulty cells coloured and commented and a list of
    faults; or, for other kinds and long files, the faulty rows under the same heads with what is wrong.
    """
    out = tempfile.TemporaryFile()
    faults = list(
        ImportFault.objects.filter(run=run)
        .order_by("row", "place", "pk")
        .values_list("row", "place", "head", "value", "message")
    )
    content = bytes(run.importfile.content)
    sheet = Choices.of(run.choices).sheet
    if run.file_kind == "xlsx" and run.rows_in_file <= _WHOLE_UP_TO:
        out.write(
            spreadsheets.mark(
                content, run.file_name, sheet, [(row, at, said) for row, at, _, _, said in faults]
            )
        )
    else:
        _faulty_rows(run, content, sheet, faults, out)
    out.seek(0)
    return out


def _faulty_rows(
    run: ImportRun, content: bytes, sheet: int, faults: list[Any], out: IO[bytes]
) -> None:
    wrong: dict[int, list[str]] = {}
    for row, place, head, _, message in faults:
        where = f"{letter(place)} {head}: " if place else ""
        wrong.setdefault(row, []).append(f"{where}{message}")
    head_row = Choices.of(run.choices).head_row
    outline = run.outline["sheets"][sheet]["rows"]
    heads = list(outline[head_row - 1]) if head_row <= len(outline) else []
    width = max([len(heads), *(len(row) for row in outline)], default=0)
    columns = [
        *((heads[at] if at < len(heads) else "", Format.TEXT) for at in range(width)),
        ("Row in the file", Format.COUNT),
        ("What is wrong", Format.TEXT),
    ]

    def rows() -> Iterator[list[Any]]:
        number = 0
        for piece in rows_of(run, sheet):
            for cells in piece:
                number += 1
                if number in wrong:
                    padded = [*cells, *[""] * (width - len(cells))][:width]
                    yield [*padded, number, "; ".join(wrong[number])]

    xlsx_rows(columns, rows(), out, name="To put right")
