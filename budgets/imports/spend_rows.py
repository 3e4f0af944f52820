"""Spend from a ledger's download: checked and stored by a few statements over all staged rows at once.

The rules are those of ``services.record_spend``, in the same words; a test sends the same rows both ways.
An entry with a ledger reference is known again by project and reference. One without is known by all
that it says: the second equal row of a file is known when the ledger holds two such entries.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from budgets import services
from budgets.imports.parse import Reader
from budgets.models import ClosedYear, ImportFault, ImportRun
from council_hms.financial_year import FinancialYear
from council_hms.models import User
from projects.models import Project

#: How many lines of "what will change" are kept for the page; the sums are of all.
_SHOWN = 200
#: From so many rows on it is quicker to read whole tables than to look rows up.
_MANY = 2_000

#: Staged rows with what their words refer to. Only projects that the person may see are found.
_READ = """
visible AS ({visible}),
package AS (
    SELECT DISTINCT ON (project_id, lower(name)) id, project_id, lower(name) AS name
      FROM projects_workpackage
     ORDER BY project_id, lower(name), position
),
read AS (
    SELECT staged.*, visible.id AS project_id, package.id AS work_package_id
      FROM budgets_importrow AS staged
      LEFT JOIN visible ON visible.reference = staged.project
      LEFT JOIN package ON package.project_id = visible.id AND package.name = lower(staged.work_package)
     WHERE staged.run_id = %(run)s
)
"""

_SAYS = "project_id, work_package_id, posted_on, year, nature, amount, description, supplier"

#: Each staged row once, with whether the ledger has it already.
_JUDGED = f"""
judged AS (
    SELECT read.number, read.project, read.project_id, read.work_package_id, read.posted_on, read.year,
           read.nature, read.amount, read.description, read.supplier, read.ledger_reference,
           entry.id IS NOT NULL AS is_known
      FROM read
      LEFT JOIN budgets_spendentry AS entry
        ON entry.project_id = read.project_id AND entry.ledger_reference = read.ledger_reference
       AND entry.ledger_reference <> ''
     WHERE read.ledger_reference IS NOT NULL
    UNION ALL
    SELECT numbered.number, numbered.project, numbered.project_id, numbered.work_package_id, numbered.posted_on,
           numbered.year, numbered.nature, numbered.amount, numbered.description, numbered.supplier, NULL,
           numbered.place_among_equals <= coalesce(existing.entries, 0)
      FROM (
        SELECT *, row_number() OVER (PARTITION BY {_SAYS} ORDER BY number) AS place_among_equals
          FROM read WHERE ledger_reference IS NULL
      ) AS numbered
      LEFT JOIN (
        SELECT {_SAYS}, count(*) AS entries
          FROM budgets_spendentry
         WHERE ledger_reference = ''
           AND project_id IN (SELECT project_id FROM read WHERE ledger_reference IS NULL)
         GROUP BY {_SAYS}
      ) AS existing
        ON existing.project_id = numbered.project_id
       AND existing.work_package_id IS NOT DISTINCT FROM numbered.work_package_id
       AND existing.posted_on = numbered.posted_on AND existing.year = numbered.year
       AND existing.nature = numbered.nature AND existing.amount = numbered.amount
       AND existing.description = coalesce(numbered.description, '')
       AND existing.supplier = coalesce(numbered.supplier, '')
)
"""

_FAULT = "INSERT INTO budgets_importfault (run_id, row, place, head, value, message) "


def _with(by: User, *parts: str) -> tuple[str, dict[str, Any]]:
    """The head of a statement and its parameters: what this person may see is part of it."""
    visible, given = (
        Project.objects.visible_to(by).order_by().values("id", "reference").query.sql_with_params()
    )
    names = {f"visible_{place}": value for place, value in enumerate(given)}
    named = visible % tuple(f"%({name})s" for name in names) if names else visible
    return "WITH " + ",".join(part.replace("{visible}", named) for part in parts), names


def _prepare(cursor: Any, run: ImportRun) -> None:
    """Let the statements of this transaction take the time and the way that many rows need.

    Nothing has counted freshly staged rows, so the planner takes 100,000 for a few hundred and would look
    each of them up one by one: minutes instead of a second.
    """
    cursor.execute("SET LOCAL statement_timeout = '300s'")
    cursor.execute("SET LOCAL work_mem = '64MB'")
    if run.rows_in_file > _MANY:
        cursor.execute("SET LOCAL enable_nestloop = off")


def check(run: ImportRun, by: User, reader: Reader) -> dict[str, Any]:
    """List what is wrong with the staged rows, and count and sum what is new. The caller's transaction."""
    head, parameters = _with(by, _READ)
    places = {key: place for place, key in reader.choices.columns.items()}
    judged_head, _ = _with(by, _READ, _JUDGED)
    with connection.cursor() as cursor:
        _prepare(cursor, run)

        def fault(column: str, statement: str, message: str = "", **more: Any) -> None:
            """One rule: INSERT … SELECT of the rows that break it."""
            place = places.get(column, 0)
            cursor.execute(
                _FAULT + statement,
                {
                    **parameters,
                    "run": run.pk,
                    "place": place,
                    "head": reader.heads.get(place, ""),
                    "message": message,
                    **more,
                },
            )

        # one look over all rows says which rules are broken at all; only those list their rows
        cursor.execute(
            f"{head} SELECT bool_or(project IS NOT NULL AND project_id IS NULL), "
            "bool_or(work_package IS NOT NULL AND work_package_id IS NULL AND project_id IS NOT NULL), "
            "max(posted_on), array_agg(DISTINCT year) FROM read",
            {**parameters, "run": run.pk},
        )
        no_project, no_package, last_day, years = cursor.fetchone()
        if no_project:
            fault(
                "project",
                f"{head} SELECT run_id, number, %(place)s, %(head)s, project, 'There is no project ' || project || "
                "' that you may see; check the reference' FROM read "
                "WHERE project IS NOT NULL AND project_id IS NULL",
            )
        if no_package:
            fault(
                "work_package",
                f"{head} SELECT run_id, number, %(place)s, %(head)s, left(work_package, 200), project || ' has no "
                "work package of this name; leave it empty, or add it on the project''s page' FROM read "
                "WHERE work_package IS NOT NULL AND work_package_id IS NULL AND project_id IS NOT NULL",
            )
        if last_day and last_day > timezone.localdate():
            fault(
                "posted_on",
                "SELECT run_id, number, %(place)s, %(head)s, to_char(posted_on, 'DD/MM/YYYY'), %(message)s "
                "FROM budgets_importrow WHERE run_id = %(run)s AND posted_on > %(today)s",
                services.POSTED_IN_FUTURE,
                today=timezone.localdate(),
            )
        for closed in ClosedYear.objects.filter(year__in=[year for year in years or () if year]):
            fault(
                "posted_on",
                "SELECT run_id, number, %(place)s, %(head)s, %(label)s, %(message)s "
                "FROM budgets_importrow WHERE run_id = %(run)s AND year = %(year)s",
                services.closed_for_spend(closed.year),
                year=closed.year.start,
                label=closed.year.label,
            )
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM budgets_importrow WHERE run_id = %s AND ledger_reference IS NOT NULL "
            "GROUP BY project, ledger_reference HAVING count(*) > 1)",
            [run.pk],
        )
        if cursor.fetchone()[0]:
            fault(
                "ledger_reference",
                "SELECT run_id, number, %(place)s, %(head)s, ledger_reference, 'This reference stands in row ' "
                "|| first || ' for the same project; each entry needs a reference of its own, for example with "
                "its line number' FROM (SELECT run_id, number, ledger_reference, "
                "min(number) OVER (PARTITION BY project, ledger_reference) AS first "
                "FROM budgets_importrow WHERE run_id = %(run)s AND ledger_reference IS NOT NULL) AS numbered "
                "WHERE number > first",
            )
        fault(
            "ledger_reference",
            f"{head} SELECT run_id, number, %(place)s, %(head)s, read.ledger_reference, 'The ledger has this reference "
            "with £' || to_char(entry.amount, 'FM999,999,999,990.00') || ' of ' || entry.nature || ' posted on ' "
            "|| to_char(entry.posted_on, 'DD/MM/YYYY') || '; reverse that entry first if it is wrong' "
            "FROM read JOIN budgets_spendentry AS entry ON entry.project_id = read.project_id "
            "AND entry.ledger_reference = read.ledger_reference AND entry.ledger_reference <> '' "
            "WHERE (entry.amount, entry.posted_on, entry.year, entry.nature) "
            "<> (read.amount, read.posted_on, read.year, read.nature)",
        )
        cursor.execute(
            f"{judged_head} SELECT coalesce(project, ''), year, coalesce(nature, ''), is_known, count(*), "
            "coalesce(sum(amount), 0) FROM judged WHERE NOT EXISTS (SELECT 1 FROM budgets_importfault AS fault "
            "WHERE fault.run_id = %(run)s AND fault.row = judged.number) "
            "GROUP BY project, year, nature, is_known ORDER BY project, year, nature",
            {**parameters, "run": run.pk},
        )
        groups = cursor.fetchall()
    new = [group for group in groups if not group[3]]
    refused = ImportFault.objects.filter(run=run).values("row").distinct().count()
    return {
        "new_rows": sum(group[4] for group in new),
        "unchanged_rows": sum(group[4] for group in groups if group[3]),
        "refused_rows": refused,
        "findings": {
            "changes": [
                {
                    "project": project,
                    "year": FinancialYear(year).label if year else "",
                    "nature": nature,
                    "rows": count,
                    "amount": str(amount),
                }
                for project, year, nature, _, count, amount in new[:_SHOWN]
            ],
            "more_changes": max(0, len(new) - _SHOWN),
            "new_total": str(sum(group[5] for group in new)),
        },
    }


def store(run: ImportRun, by: User) -> int:
    """Store the rows that are new, and return how many. The caller's transaction, under the lock of imports.

    What has changed since the check (a year closed, an entry recorded) leaves rows out here; the caller
    compares the number with what was confirmed and undoes all when they differ.
    """
    head, parameters = _with(by, _READ, _JUDGED)
    with connection.cursor() as cursor:
        _prepare(cursor, run)
        # no year is closed while spend is stored in it
        cursor.execute("LOCK TABLE budgets_closedyear IN SHARE MODE")
        cursor.execute(
            # WITH stands behind INSERT INTO, so that history's settings may be put before the statement
            "INSERT INTO budgets_spendentry (project_id, work_package_id, posted_on, year, nature, amount, "
            f"description, supplier, ledger_reference, created_at) {head} "
            "SELECT project_id, work_package_id, posted_on, year, nature, amount, coalesce(description, ''), "
            "coalesce(supplier, ''), coalesce(ledger_reference, ''), now() FROM judged "
            "WHERE NOT is_known AND project_id IS NOT NULL AND posted_on <= %(today)s "
            "AND year NOT IN (SELECT year FROM budgets_closedyear) "
            "ORDER BY project_id, year, posted_on, number",
            {**parameters, "run": run.pk, "today": timezone.localdate()},
        )
        return int(cursor.rowcount)
