"""What a project has approved, needs and has spent is kept year by year too, so that a posting is added and not summed anew.

Migration 0003 worked a project out again from all its lines and all its entries whenever one of either
changed: over a large ledger an import that touches every project read all of it. Now entries of spend that
are posted add what they are to the project's years; lines, decisions and plans are read again without the
entries; the row of totals follows from the years. Everything is read again when an entry is altered, a
project is closed, or a row is due because time has changed it. ``manage.py verify`` and tests hold the
rows to what the lines, decisions and entries say.
"""

import re
from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

import council_hms.fields

before = import_module("budgets.migrations.0003_project_totals")

#: What follows from the years of some projects: the same in each of the functions below.
_FROM_YEARS = """
    SELECT project.id AS project_id,
           COALESCE(year.approved_capital, 0) AS approved_capital,
           COALESCE(year.approved_revenue, 0) AS approved_revenue,
           COALESCE(year.spent_capital, 0) AS spent_capital,
           COALESCE(year.spent_revenue, 0) AS spent_revenue,
           GREATEST(worst.ahead, 0) AS ahead,
           CASE WHEN project.stage = 'closed'
                THEN COALESCE(year.spent_capital, 0) + COALESCE(year.spent_revenue, 0)
                WHEN planned.has_plan THEN COALESCE(year.forecast, 0) END AS forecast,
           CASE WHEN planned.has_plan AND project.stage <> 'closed'
                THEN COALESCE(year.ask_capital, 0) END AS ask_capital,
           CASE WHEN planned.has_plan AND project.stage <> 'closed'
                THEN COALESCE(year.ask_revenue, 0) END AS ask_revenue,
           CASE WHEN planned.has_plan AND project.stage <> 'closed'
                THEN GREATEST(year.last, this_year) - this_year + 1 ELSE 1 END AS ask_years
      FROM projects_project AS project
     CROSS JOIN LATERAL (
           SELECT EXISTS (SELECT FROM budgets_costplan AS plan
                           WHERE plan.project_id = project.id AND plan.dated <= day) AS has_plan) AS planned
      LEFT JOIN (
           SELECT project_id,
                  sum(approved) FILTER (WHERE nature = 'capital') AS approved_capital,
                  sum(approved) FILTER (WHERE nature = 'revenue') AS approved_revenue,
                  sum(spent) FILTER (WHERE nature = 'capital') AS spent_capital,
                  sum(spent) FILTER (WHERE nature = 'revenue') AS spent_revenue,
                  sum(CASE WHEN year >= this_year THEN GREATEST(required, spent) ELSE spent END) AS forecast,
                  sum(COALESCE(required, 0) - COALESCE(approved, 0))
                      FILTER (WHERE nature = 'capital' AND year >= this_year) AS ask_capital,
                  sum(COALESCE(required, 0) - COALESCE(approved, 0))
                      FILTER (WHERE nature = 'revenue' AND year >= this_year) AS ask_revenue,
                  max(year) FILTER (WHERE required IS NOT NULL OR approved IS NOT NULL) AS last
             FROM years GROUP BY 1) AS year ON year.project_id = project.id
      LEFT JOIN (
           SELECT project_id, max(running) AS ahead
             FROM (SELECT project_id, sum(sum(COALESCE(spent, 0) - COALESCE(approved, 0)))
                                      OVER (PARTITION BY project_id ORDER BY year) AS running
                     FROM years WHERE year <= this_year GROUP BY project_id, year) AS to_end
            GROUP BY 1) AS worst ON worst.project_id = project.id
"""

_NAMES = (
    "approved_capital, approved_revenue, spent_capital, spent_revenue, ahead, forecast, ask_capital, ask_revenue,"
    " ask_years"
)
_AS_EXCLUDED = ", ".join(f"{name} = excluded.{name}" for name in _NAMES.split(", "))

#: What lines and decisions say of the projects ``ids`` on ``day``: as budgets_derived_totals has it (0003).
_LEDGER = """
    line AS MATERIALIZED (
        SELECT project_id, change_id, decision_id, year, nature, amount FROM budgets_line
         WHERE project_id = ANY(ids)
    ), change AS MATERIALIZED (
        SELECT id, kind, submitted_on FROM budgets_budgetchange WHERE id IN (SELECT change_id FROM line)
    ), taken AS MATERIALIZED (
        SELECT id, change_id, position, outcome, has_authority,
               COALESCE(max(position) FILTER (WHERE outcome IN ('refused', 'withdrawn', 'called_in'))
                        OVER (PARTITION BY change_id), -1) AS undone_at,
               COALESCE(max(position) FILTER (WHERE outcome IN ('approved', 'ratified', 'recommended'))
                        OVER (PARTITION BY change_id), -1) AS taken_up_at
          FROM budgets_decision
         WHERE change_id IN (SELECT id FROM change) AND outcome IS NOT NULL AND decided_on <= day
           AND (NOT needs_confirmation OR confirmed_at IS NOT NULL)
    ), approval AS MATERIALIZED (
        SELECT DISTINCT ON (change_id) change_id, id FROM taken
         WHERE outcome IN ('approved', 'ratified') AND has_authority AND position > undone_at
         ORDER BY change_id, position
    ), interim_approval AS (
        SELECT DISTINCT ON (change_id) change_id, id FROM taken
         WHERE outcome IN ('approved', 'ratified') AND NOT has_authority AND position > undone_at
           AND change_id NOT IN (SELECT change_id FROM approval)
         ORDER BY change_id, position
    ), approved AS MATERIALIZED (
        SELECT line.project_id, line.year, line.nature,
               sum(line.amount) AS amount, sum(line.amount) FILTER (WHERE change.kind = 'original') AS original
          FROM line JOIN approval ON approval.change_id = line.change_id JOIN change ON change.id = line.change_id
         WHERE line.decision_id = approval.id
            OR line.decision_id IS NULL
               AND NOT EXISTS (SELECT FROM budgets_line AS own WHERE own.decision_id = approval.id)
         GROUP BY 1, 2, 3
    ), held AS (
        SELECT line.project_id, sum(line.amount) AS amount
          FROM line JOIN interim_approval AS interim ON interim.change_id = line.change_id
         WHERE line.decision_id = interim.id
            OR line.decision_id IS NULL
               AND NOT EXISTS (SELECT FROM budgets_line AS own WHERE own.decision_id = interim.id)
         GROUP BY 1
    ), asked_for AS (
        SELECT line.project_id, sum(line.amount) AS amount
          FROM line JOIN change ON change.id = line.change_id
         WHERE line.decision_id IS NULL AND change.submitted_on <= day
           AND line.change_id NOT IN (SELECT change_id FROM approval)
           AND line.change_id NOT IN (SELECT change_id FROM taken WHERE undone_at > taken_up_at)
         GROUP BY 1
    ), required AS (
        SELECT plan.project_id, line.year, line.nature, sum(line.amount) AS amount
          FROM (SELECT DISTINCT ON (project_id) id, project_id FROM budgets_costplan
                 WHERE project_id = ANY(ids) AND dated <= day ORDER BY project_id, dated DESC) AS plan
          JOIN budgets_costplanline AS line ON line.plan_id = plan.id
         GROUP BY 1, 2, 3
    ), dated_ahead AS (
        SELECT project_id, min(next_on) AS next_on
          FROM (SELECT line.project_id, decision.decided_on AS next_on
                  FROM budgets_decision AS decision JOIN line ON line.change_id = decision.change_id
                 WHERE decision.change_id IN (SELECT id FROM change) AND decision.outcome IS NOT NULL
                   AND decision.decided_on > day
                 UNION ALL
                SELECT line.project_id, change.submitted_on FROM change JOIN line ON line.change_id = change.id
                 WHERE change.submitted_on > day
                 UNION ALL
                SELECT project_id, dated FROM budgets_costplan WHERE project_id = ANY(ids) AND dated > day) AS each
         GROUP BY 1
    )
"""

FUNCTIONS = f"""
DROP FUNCTION budgets_keep_totals(bigint[], date);

-- with_spend: the entries are summed anew as well; without, only those of projects whose row is due or missing.
CREATE FUNCTION budgets_keep_totals(ids bigint[], day date, with_spend boolean DEFAULT true)
RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    this_year int := EXTRACT(year FROM day - interval '3 months');
    anew bigint[] := ids;
    kept bigint[] := '{{}}';
BEGIN
    IF COALESCE(cardinality(ids), 0) = 0 THEN
        RETURN;
    END IF;
    -- A second writer waits here and, since the next statement looks afresh, then sees what the first has done.
    PERFORM FROM budgets_projecttotals WHERE project_id = ANY(ids) ORDER BY project_id FOR UPDATE;
    IF NOT with_spend THEN
        kept := ARRAY(SELECT project_id FROM budgets_projecttotals
                       WHERE project_id = ANY(ids) AND as_at <= day AND next_change_on > day);
        anew := ARRAY(SELECT unnest(ids) EXCEPT SELECT unnest(kept));
    END IF;
    WITH {_LEDGER}, posted AS MATERIALIZED (
        SELECT project_id, year, nature, sum(amount) FILTER (WHERE posted_on <= day) AS amount,
               min(posted_on) FILTER (WHERE posted_on > day) AS next_on
          FROM budgets_spendentry WHERE project_id = ANY(anew) GROUP BY 1, 2, 3
    ), next_posting AS (
        SELECT project_id, min(next_on) AS next_on FROM posted GROUP BY 1
         UNION ALL
        SELECT project_id, next_posting_on FROM budgets_projecttotals WHERE project_id = ANY(kept)
    ), years AS MATERIALIZED (
        SELECT project_id, year, nature, sum(approved) AS approved, sum(required) AS required, sum(spent) AS spent
          FROM (SELECT project_id, year, nature, amount AS approved, NULL::numeric AS required,
                       NULL::numeric AS spent FROM approved
                 UNION ALL
                SELECT project_id, year, nature, NULL, amount, NULL FROM required
                 UNION ALL
                SELECT project_id, year, nature, NULL, NULL, amount FROM posted WHERE amount IS NOT NULL
                 UNION ALL
                SELECT project_id, year, nature, NULL, NULL, spent FROM budgets_yeartotals
                 WHERE project_id = ANY(kept) AND spent IS NOT NULL) AS part
         GROUP BY 1, 2, 3
    ), gone AS (
        DELETE FROM budgets_yeartotals AS stored
         WHERE project_id = ANY(ids)
           AND NOT EXISTS (SELECT FROM years WHERE (years.project_id, years.year, years.nature)
                                                   = (stored.project_id, stored.year, stored.nature))
    ), put AS (
        INSERT INTO budgets_yeartotals AS stored (project_id, year, nature, approved, required, spent)
        SELECT project_id, year, nature, approved, required, spent FROM years ORDER BY 1, 2, 3
            ON CONFLICT (project_id, year, nature) DO UPDATE
           SET approved = excluded.approved, required = excluded.required, spent = excluded.spent
         WHERE (stored.approved, stored.required, stored.spent)
               IS DISTINCT FROM (excluded.approved, excluded.required, excluded.spent)
    ), now_is AS ({_FROM_YEARS} WHERE project.id = ANY(ids))
    INSERT INTO budgets_projecttotals
           (project_id, as_at, next_change_on, next_posting_on, original, interim, sought, {_NAMES})
    SELECT now_is.project_id, day,
           LEAST(make_date(this_year + 1, 4, 1), dated_ahead.next_on, next_posting.next_on), next_posting.next_on,
           COALESCE(first.original, 0), COALESCE(held.amount, 0), COALESCE(asked_for.amount, 0), {_NAMES}
      FROM now_is
      LEFT JOIN (SELECT project_id, sum(original) AS original FROM approved GROUP BY 1) AS first USING (project_id)
      LEFT JOIN held USING (project_id)
      LEFT JOIN asked_for USING (project_id)
      LEFT JOIN dated_ahead USING (project_id)
      LEFT JOIN next_posting USING (project_id)
     ORDER BY now_is.project_id
        ON CONFLICT (project_id) DO UPDATE
       SET as_at = excluded.as_at, next_change_on = excluded.next_change_on,
           next_posting_on = excluded.next_posting_on, original = excluded.original, interim = excluded.interim,
           sought = excluded.sought, {_AS_EXCLUDED};
END $$;

-- Entries that are posted add to the years of their projects: an import pays for what it brings.
CREATE OR REPLACE FUNCTION budgets_spendentry_totals_on_insert() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    day date := budgets_today();
    this_year int := EXTRACT(year FROM day - interval '3 months');
    ids bigint[] := ARRAY(SELECT DISTINCT project_id FROM touched);
    kept bigint[];
BEGIN
    IF cardinality(ids) = 0 THEN
        RETURN NULL;
    END IF;
    PERFORM FROM budgets_projecttotals WHERE project_id = ANY(ids) ORDER BY project_id FOR UPDATE;
    kept := ARRAY(SELECT project_id FROM budgets_projecttotals
                   WHERE project_id = ANY(ids) AND as_at <= day AND next_change_on > day);
    PERFORM budgets_keep_totals(ARRAY(SELECT unnest(ids) EXCEPT SELECT unnest(kept)), day);
    IF cardinality(kept) = 0 THEN
        RETURN NULL;
    END IF;
    INSERT INTO budgets_yeartotals AS stored (project_id, year, nature, spent)
    SELECT project_id, year, nature, sum(amount) FROM touched
     WHERE posted_on <= day AND project_id = ANY(kept) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (project_id, year, nature) DO UPDATE SET spent = COALESCE(stored.spent, 0) + excluded.spent;
    WITH years AS MATERIALIZED (
        SELECT project_id, year, nature, approved, required, spent FROM budgets_yeartotals
         WHERE project_id = ANY(kept)
    ), next_posting AS (
        SELECT project_id, min(posted_on) AS next_on FROM touched WHERE posted_on > day GROUP BY 1
    ), now_is AS ({_FROM_YEARS} WHERE project.id = ANY(kept))
    UPDATE budgets_projecttotals AS held
       SET as_at = day, spent_capital = now_is.spent_capital, spent_revenue = now_is.spent_revenue,
           ahead = now_is.ahead, forecast = now_is.forecast,
           next_posting_on = LEAST(held.next_posting_on, next_posting.next_on),
           next_change_on = LEAST(held.next_change_on, next_posting.next_on)
      FROM now_is LEFT JOIN next_posting USING (project_id)
     WHERE held.project_id = now_is.project_id;
    RETURN NULL;
END $$;
"""  # noqa: S608 - the parts are written above

#: Over ten thousand projects it takes longer than a page may.
_KEEP_ALL = "SET LOCAL statement_timeout = 0; SELECT budgets_keep_totals(ARRAY(SELECT id FROM projects_project), budgets_today());"


def _functions_of_triggers(*, with_spend):
    """The functions behind the triggers of 0003 but that of posted entries, as they were or reading no entries."""
    found = re.findall(
        r"CREATE FUNCTION \w+_totals_on_\w+\(\).*?\$\$;\n", before._triggers(), re.DOTALL
    )
    written = []
    for function in found:
        is_of_spend = function.startswith("CREATE FUNCTION budgets_spendentry")
        if is_of_spend and "_on_insert" in function and not with_spend:
            continue
        changed = function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
        if not with_spend and not is_of_spend:
            changed = changed.replace("budgets_today());", "budgets_today(), false);")
        written.append(changed)
    return "".join(written)


_BACK = (
    "DROP FUNCTION budgets_keep_totals(bigint[], date, boolean);"
    + before.FUNCTIONS[before.FUNCTIONS.index("CREATE FUNCTION budgets_keep_totals") :]
    + _functions_of_triggers(with_spend=True)
)


def _amount():
    return models.DecimalField(decimal_places=2, max_digits=20, null=True)


class Migration(migrations.Migration):
    dependencies = [("budgets", "0010_corrected_minutes")]

    operations = [
        migrations.CreateModel(
            name="YearTotals",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", council_hms.fields.FinancialYearField(verbose_name="financial year")),
                ("nature", models.CharField(max_length=7)),
                ("approved", _amount()),
                ("required", _amount()),
                ("spent", _amount()),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "year totals",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "year", "nature"), name="year_totals_one_row"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("outcome", None)),
                fields=["planned_for", "change"],
                name="decision_pending",
            ),
        ),
        migrations.AddField(
            model_name="projecttotals",
            name="next_posting_on",
            field=models.DateField(null=True),
        ),
        migrations.RunSQL(FUNCTIONS + _functions_of_triggers(with_spend=False) + _KEEP_ALL, _BACK),
    ]
