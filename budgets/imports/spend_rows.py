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

#: The staged rows by themselves, so that they can be counted (_read).
_STAGED = """
CREATE TEMPORARY TABLE spend_staged ON COMMIT DROP AS
SELECT number, project, work_package, posted_on, year, nature, amount, description, supplier, ledger_reference
  FROM budgets_importrow WHERE run_id = %s
"""

#: Staged rows with what their words refer to, and the entry of the ledger that has their reference.
#: Only projects that the person may see are found.
_READ = """
CREATE TEMPORARY TABLE spend_read ON COMMIT DROP AS
WITH visible AS ({visible}),
package AS (
    SELECT DISTINCT ON (project_id, lower(name)) id, project_id, lower(name) AS name
      FROM projects_workpackage
     ORDER BY project_id, lower(name), position
)
SELECT staged.number, staged.project, visible.id AS project_id, staged.work_package, package.id AS work_package_id,
       staged.posted_on, staged.year, staged.nature, staged.amount, coalesce(staged.description, '') AS description,
       coalesce(staged.supplier, '') AS supplier, coalesce(staged.ledger_reference, '') AS ledger_reference,
       entry.id AS entry_id,
       (entry.amount, entry.posted_on, entry.year, entry.nature)
           <> (staged.amount, staged.posted_on, staged.year, staged.nature) AS differs
  FROM spend_staged AS staged
  LEFT JOIN visible ON visible.reference = staged.project
  LEFT JOIN package ON package.project_id = visible.id AND package.name = lower(staged.work_package)
  LEFT JOIN budgets_spendentry AS entry ON entry.project_id = visible.id
        AND entry.ledger_reference = staged.ledger_reference AND entry.ledger_reference <> ''
"""

_SAYS = "project_id, work_package_id, posted_on, year, nature, amount, description, supplier"

#: Each row once, with whether the ledger has it already.
_JUDGED = f"""
(
    SELECT number, project, {_SAYS}, ledger_reference, entry_id IS NOT NULL AS is_known
      FROM spend_read
     WHERE ledger_reference <> ''
    UNION ALL
    SELECT numbered.number, numbered.project, {_SAYS}, '', numbered.place_among_equals <= coalesce(existing.entries, 0)
      FROM (
        SELECT *, row_number() OVER (PARTITION BY {_SAYS} ORDER BY number) AS place_among_equals,
               coalesce(work_package_id, 0) AS package
          FROM spend_read WHERE ledger_reference = ''
      ) AS numbered
      LEFT JOIN (
        SELECT project_id, coalesce(work_package_id, 0) AS package, posted_on, year, nature, amount, description,
               supplier, count(*) AS entries
          FROM budgets_spendentry
         WHERE ledger_reference = ''
           AND project_id IN (SELECT project_id FROM spend_read WHERE ledger_reference = '')
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
      ) AS existing
      USING (project_id, package, posted_on, year, nature, amount, description, supplier)
) AS judged
"""

_FAULT = "INSERT INTO budgets_importfault (run_id, row, place, head, value, message) "


def _read(cursor: Any, run: ImportRun, by: User) -> None:
    """Make the table ``spend_read`` for the rest of the transaction. The statements that follow may take their time.

    Rows are counted (ANALYZE) before they are asked, so that whatever asks takes the way that so many need:
    the planner would else take 100,000 for a few hundred. A sample of some thousands is enough for that.
    """
    visible, given = (
        Project.objects.visible_to(by).order_by().values("id", "reference").query.sql_with_params()
    )
    cursor.execute("SET LOCAL statement_timeout = '300s'")
    cursor.execute("SET LOCAL work_mem = '64MB'")
    cursor.execute("SET LOCAL default_statistics_target = 10")
    cursor.execute("DROP TABLE IF EXISTS pg_temp.spend_staged, pg_temp.spend_read")
    cursor.execute(_STAGED, [run.pk])
    cursor.execute("ANALYZE spend_staged (project, work_package, ledger_reference)")
    cursor.execute(_READ.replace("{visible}", visible), given)
    cursor.execute("ANALYZE spend_read (project_id, ledger_reference)")


def check(run: ImportRun, by: User, reader: Reader) -> dict[str, Any]:
    """List what is wrong with the staged rows, and count and sum what is new. The caller's transaction."""
    places = {key: place for place, key in reader.choices.columns.items()}
    with connection.cursor() as cursor:
        _read(cursor, run, by)

        def fault(column: str, statement: str, message: str = "", **more: Any) -> None:
            """One rule: INSERT … SELECT of the rows that break it."""
            place = places.get(column, 0)
            cursor.execute(
                f"{_FAULT} SELECT %(run)s, number, %(place)s, %(head)s, {statement}",
                {
                    "run": run.pk,
                    "place": place,
                    "head": reader.heads.get(place, ""),
                    "message": message,
                    **more,
                },
            )

        # one look over all rows says which rules are broken at all; only those list their rows
        cursor.execute(
            "SELECT bool_or(project IS NOT NULL AND project_id IS NULL), "
            "bool_or(work_package IS NOT NULL AND work_package_id IS NULL AND project_id IS NOT NULL), "
            "bool_or(differs), max(posted_on), array_agg(DISTINCT year) FROM spend_read"
        )
        no_project, no_package, differs, last_day, years = cursor.fetchone()
        if no_project:
            fault(
                "project",
                "project, 'There is no project ' || project || ' that you may see; check the reference' "
                "FROM spend_read WHERE project IS NOT NULL AND project_id IS NULL",
            )
        if no_package:
            fault(
                "work_package",
                "left(work_package, 200), project || ' has no work package of this name; leave it empty, or add it "
                "on the project''s page' FROM spend_read "
                "WHERE work_package IS NOT NULL AND work_package_id IS NULL AND project_id IS NOT NULL",
            )
        if last_day and last_day > timezone.localdate():
            fault(
                "posted_on",
                "to_char(posted_on, 'DD/MM/YYYY'), %(message)s FROM spend_read WHERE posted_on > %(today)s",
                services.POSTED_IN_FUTURE,
                today=timezone.localdate(),
            )
        for closed in ClosedYear.objects.filter(year__in=[year for year in years or () if year]):
            fault(
                "posted_on",
                "%(label)s, %(message)s FROM spend_read WHERE year = %(year)s",
                services.closed_for_spend(closed.year),
                year=closed.year.start,
                label=closed.year.label,
            )
        if differs:
            fault(
                "ledger_reference",
                "spend_read.ledger_reference, 'The ledger has this reference with £' "
                "|| to_char(entry.amount, 'FM999,999,999,990.00') || ' of ' || entry.nature || ' posted on ' "
                "|| to_char(entry.posted_on, 'DD/MM/YYYY') || '; reverse that entry first if it is wrong' "
                "FROM spend_read JOIN budgets_spendentry AS entry ON entry.id = entry_id WHERE differs",
            )
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM spend_read WHERE ledger_reference <> '' "
            "GROUP BY project, ledger_reference HAVING count(*) > 1)"
        )
        if cursor.fetchone()[0]:
            fault(
                "ledger_reference",
                "ledger_reference, 'This reference stands in row ' || first || ' for the same project; each entry "
                "needs a reference of its own, for example with its line number' FROM (SELECT number, "
                "ledger_reference, min(number) OVER (PARTITION BY project, ledger_reference) AS first "
                "FROM spend_read WHERE ledger_reference <> '') AS numbered WHERE number > first",
            )
        cursor.execute(
            "SELECT coalesce(project, ''), year, coalesce(nature, ''), is_known, count(*), "
            f"coalesce(sum(amount), 0) FROM {_JUDGED} WHERE NOT EXISTS (SELECT 1 FROM budgets_importfault AS fault "
            "WHERE fault.run_id = %s AND fault.row = judged.number) "
            "GROUP BY project, year, nature, is_known ORDER BY project, year, nature",
            [run.pk],
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
    with connection.cursor() as cursor:
        _read(cursor, run, by)
        # no year is closed while spend is stored in it
        cursor.execute("LOCK TABLE budgets_closedyear IN SHARE MODE")
        cursor.execute(
            "INSERT INTO budgets_spendentry (project_id, work_package_id, posted_on, year, nature, amount, "
            "description, supplier, ledger_reference, created_at) "
            "SELECT project_id, work_package_id, posted_on, year, nature, amount, description, supplier, "
            f"ledger_reference, now() FROM {_JUDGED} "
            "WHERE NOT is_known AND project_id IS NOT NULL AND posted_on <= %s "
            "AND year NOT IN (SELECT year FROM budgets_closedyear) "
            "ORDER BY project_id, year, posted_on, number",
            [timezone.localdate()],
        )
        return int(cursor.rowcount)
