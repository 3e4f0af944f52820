"""Empty workbooks to fill in: the heads that an import knows, with lists to choose from."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from budgets.models import FundingSource, ImportKind, Nature
from budgets.resources import ACROSS, Amount, Column, Day, columns_of
from council_hms.financial_year import FinancialYear
from council_hms.models import User
from projects.models import Project, WorkPackage

_ROWS = 5_000  # as far as lists are offered
_WIDTH = 22


def template(kind: str, by: User, project: Project | None, today: dt.date) -> bytes:
    """A workbook of a kind; the lists hold what this person may see."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@"})
    date = book.add_format({"num_format": "dd/mm/yyyy"})
    money = book.add_format({"num_format": "#,##0.00"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    columns = columns_of(kind)
    years = FinancialYear.of(today).run(5)
    fields: list[tuple[str, Column | None]] = [
        (column.name, column)
        for key, column in columns.items()
        if not (kind in ACROSS and key in ("year", "amount", "note"))
    ]
    if kind in ACROSS:
        fields += [(year.label, None) for year in years]
    sheet = book.add_worksheet(ImportKind(kind).label)
    for at, (head, column) in enumerate(fields):
        sheet.write_string(
            0, at, f"{head} (£)" if column is None or head == "Amount" else head, bold
        )
        is_money = column is None or isinstance(column.widget, Amount)
        is_date = column is not None and isinstance(column.widget, Day)
        sheet.set_column(at, at, _WIDTH, money if is_money else date if is_date else text)
    sheet.freeze_panes(1, 0)
    lists = _lists(kind, by, project, today)
    listed = book.add_worksheet("Lists")
    listed.write_row(0, 0, list(lists), bold)
    for at, (head, words) in enumerate(lists.items()):
        listed.set_column(at, at, _WIDTH)
        for below, word in enumerate(words, start=1):
            listed.write_string(below, at, word, text)
        where = next((place for place, (name, _) in enumerate(fields) if name == head), None)
        if where is not None and words:
            letters = xl_col_to_name(at)
            sheet.data_validation(
                1,
                where,
                _ROWS,
                where,
                {
                    "validate": "list",
                    "source": f"=Lists!${letters}$2:${letters}${len(words) + 1}",
                    "error_type": "warning",
                    "error_title": head,
                    "error_message": "This is not in the list. Check it, or leave it as it is.",
                },
            )
    _explain(book.add_worksheet("How to fill it in"), fields, bold, wrapped)
    book.close()
    return out.getvalue()


def _lists(
    kind: str, by: User, project: Project | None, today: dt.date
) -> dict[str, Sequence[str]]:
    visible = Project.objects.visible_to(by)
    lists: dict[str, Sequence[str]] = {"Capital or revenue": Nature.labels}
    if kind == ImportKind.SPEND:
        lists["Project"] = list(visible.order_by("reference").values_list("reference", flat=True))
        lists["Year"] = [year.label for year in (FinancialYear.of(today) - 6).run(8)]
    if kind == ImportKind.LINES:
        lists["Funding source"] = list(
            FundingSource.objects.filter(in_use=True).values_list("name", flat=True)
        )
        lists["Project"] = list(visible.order_by("reference").values_list("reference", flat=True))
    if kind in (ImportKind.SPEND, ImportKind.PLAN):
        packages = WorkPackage.objects.filter(project__in=[project] if project else visible)
        lists["Work package"] = list(
            packages.order_by("name").values_list("name", flat=True).distinct()[:2_000]
        )
    return lists


def _explain(
    sheet: Any, fields: Sequence[tuple[str, Column | None]], bold: Any, wrapped: Any
) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, 70)
    sheet.write_row(0, 0, ["Column", "Needed", "What stands in it"], bold)
    for at, (head, column) in enumerate(fields, start=1):
        sheet.write_string(at, 0, head)
        sheet.write_string(at, 1, "Yes" if column is not None and column.required else "No")
        said = (
            "Pounds in that year; empty where there is no line, 0 for nil"
            if column is None
            else column.help
        )
        sheet.write_string(at, 2, said, wrapped)
    sheet.write_string(
        len(fields) + 2,
        0,
        "Amounts may be written 1,234.50, (6.80), 375k or £1.2m. Total rows and notes may stay: they are "
        "left out and listed.",
    )
