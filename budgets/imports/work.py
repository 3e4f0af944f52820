"""Long work on an import goes on beside the request, and its page shows how far it is; short work is done at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from budgets.imports.stage import ImportRefused
from budgets.models import ImportRun
from council_hms import beside
from council_hms.spreadsheets import SpreadsheetError

#: Rows up to which a person waits a moment rather than looking at a page of progress.
AT_ONCE = 5_000


def do(run: ImportRun, rows: int, step: Callable[[], Any]) -> None:
    """Run ``step``: here and now for a short file, raising what it raises; beside the request for a long one."""
    if rows <= AT_ONCE:
        step()
        return

    def failed() -> None:
        ImportRun.objects.filter(pk=run.pk, problem="").update(
            problem="Something went wrong in the product, and nothing was imported. Tell whoever runs it."
        )

    beside.begin(
        f"import={run.pk}", step, refusals=(ImportRefused, SpreadsheetError), failed=failed
    )
