"""The real programs that tests lean on do what the tests take for granted."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from playwright.sync_api import Page


@pytest.mark.browser
def test_browser_shows_a_page(page: Page) -> None:
    page.set_content("<h1>Budgets</h1>")
    assert page.get_by_role("heading").inner_text() == "Budgets"


def test_libreoffice_recalculates(tmp_path: Path, recalculated: Callable[[Path], Path]) -> None:
    """Also where the workbook brings a value along, here a wrong one."""
    with xlsxwriter.Workbook(tmp_path / "asks.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row("A1", [497_400, 97_300])
        sheet.write_formula("C1", "=A1+B1", value=1)
    read = openpyxl.load_workbook(recalculated(tmp_path / "asks.xlsx"), data_only=True)
    assert read.active
    assert read.active["C1"].value == 594_700
