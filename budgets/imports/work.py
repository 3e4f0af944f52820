"""Long work on an import goes on beside the request, and its page shows how far it is; short work is done at once.

No worker is needed: a thread of the web process does it. Should that process be killed, the
database undoes what was not finished, and the page says so (stage.py has_stopped).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from budgets.imports.stage import ImportRefused
from budgets.models import ImportRun
from council_hms.spreadsheets import SpreadsheetError

#: Rows up to which a person waits a moment rather than looking at a page of progress.
AT_ONCE = 5_000

log = logging.getLogger("council_hms.imports")


def do(run: ImportRun, rows: int, step: Callable[[], Any]) -> None:
    """Run ``step``: here and now for a short file, raising what it raises; beside the request for a long one."""
    if rows <= AT_ONCE:
        step()
        return
    threading.Thread(target=_beside, args=(run.pk, step), name=f"import-{run.pk}").start()


def _beside(number: int, step: Callable[[], Any]) -> None:
    try:
        step()
    except (ImportRefused, SpreadsheetError) as refused:
        log.info(
            "import=%s refused: %s", number, type(refused).__name__
        )  # the reason is in its row
    except Exception:
        log.exception("import=%s failed", number)
        ImportRun.objects.filter(pk=number, problem="").update(
            problem="Something went wrong in the product, and nothing was imported. Tell whoever runs it."
        )
    finally:
        connection.close()
