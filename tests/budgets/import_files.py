"""Files as councils send them, made for the tests of imports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl

from budgets.imports.apply import apply, confirm
from budgets.imports.intake import receive
from budgets.imports.preview import check
from budgets.models import ImportFault, ImportRun
from council_hms.models import User

LEDGER_HEADS = [
    "Project",
    "Posted",
    "Year",
    "Capital or revenue",
    "Amount",
    "Work package",
    "Description",
    "Supplier",
    "Ledger reference",
]


def csv_of(rows: Iterable[Sequence[Any]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_of(rows: Iterable[Sequence[Any]], sheet: str = "Sheet1") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ledger(*rows: Sequence[Any]) -> bytes:
    """A ledger's download with our own heads."""
    return csv_of([LEDGER_HEADS, *rows])


def entry(
    reference: str = "T1",
    amount: Any = "605.10",
    project: str = "HMS",
    on: str = "14/06/2023",
    year: str = "",
    nature: str = "Capital",
    package: str = "",
    words: str = "Data migration",
    supplier: str = "Supplier Ltd",
) -> list[str]:
    return [project, on, year, nature, amount, package, words, supplier, reference]


def checked(by: User, kind: str, content: bytes, name: str = "file.csv", **given: Any) -> ImportRun:
    """A file sent and checked as its heads propose."""
    run = receive(by=by, kind=kind, name=name, content=content, **given)
    return check(by=by, run=run)


def imported(by: User, kind: str, content: bytes, **given: Any) -> ImportRun:
    """A file sent, checked and stored."""
    run = checked(by, kind, content, **given)
    confirm(by=by, run=run)
    return apply(by=by, run=run)


def faults_of(run: ImportRun) -> list[tuple[int, int, str]]:
    """Row, column (from 1) and message of every fault."""
    return list(
        ImportFault.objects.filter(run=run)
        .order_by("row", "place", "pk")
        .values_list("row", "place", "message")
    )
