"""A row of totals for each project, kept in the same transaction by statement-level triggers.

``budgets_derived_totals`` says in SQL what budgets/querysets.py and budgets/outturn.py say in Python; tests and
``manage.py verify`` hold the two together. Each trigger notes which projects a statement touched, locks their rows
of totals and works those projects out again, so that a load of 100,000 lines pays for one sum a project, two people
who save at once cannot overwrite one another's part, and nothing is ever added twice.
"""

from django.db import migrations

TOTALS = (
    "next_change_on",
    "approved_capital",
    "approved_revenue",
    "original",
    "interim",
    "sought",
    "spent_capital",
    "spent_revenue",
    "ahead",
    "forecast",
    "ask_capital",
    "ask_revenue",
    "ask_years",
)

FUNCTIONS = f"""
CREATE FUNCTION budgets_today() RETURNS date LANGUAGE sql STABLE AS
$$ SELECT (now() AT TIME ZONE 'Europe/London')::date $$;

CREATE FUNCTION budgets_derived_totals(ids bigint[], day date) RETURNS TABLE (
    project_id bigint, next_change_on date, approved_capital numeric, approved_revenue numeric, original numeric,
    interim numeric, sought numeric, spent_capital numeric, spent_revenue numeric, ahead numeric, forecast numeric,
    ask_capital numeric, ask_revenue numeric, ask_years int
) LANGUAGE sql STABLE AS $$
WITH this AS (
    SELECT EXTRACT(year FROM day - interval '3 months')::int AS year
), line AS MATERIALIZED (
    SELECT project_id, change_id, decision_id, year, nature, amount FROM budgets_line WHERE project_id = ANY(ids)
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
), approval AS (
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
), posted AS MATERIALIZED (
    SELECT project_id, year, nature, sum(amount) FILTER (WHERE posted_on <= day) AS amount,
           min(posted_on) FILTER (WHERE posted_on > day) AS next_on
      FROM budgets_spendentry WHERE project_id = ANY(ids) GROUP BY 1, 2, 3
), plan AS MATERIALIZED (
    SELECT DISTINCT ON (project_id) id, project_id FROM budgets_costplan
     WHERE project_id = ANY(ids) AND dated <= day ORDER BY project_id, dated DESC
), required AS MATERIALIZED (
    SELECT plan.project_id, line.year, line.nature, sum(line.amount) AS amount
      FROM plan JOIN budgets_costplanline AS line ON line.plan_id = plan.id GROUP BY 1, 2, 3
), running AS (
    SELECT project_id, sum(sum(amount)) OVER (PARTITION BY project_id ORDER BY year) AS ahead
      FROM (SELECT project_id, year, amount FROM posted WHERE amount IS NOT NULL
             UNION ALL SELECT project_id, year, -amount FROM approved) AS both_sides
     WHERE year <= (SELECT year FROM this)
     GROUP BY project_id, year
), worst AS (
    SELECT project_id, max(ahead) AS ahead FROM running GROUP BY 1
), cost AS (
    SELECT project_id, sum(CASE WHEN year >= (SELECT year FROM this) THEN GREATEST(needed, spent) ELSE spent END)
                       AS forecast
      FROM (SELECT project_id, year, nature, sum(spent) AS spent, sum(needed) AS needed
              FROM (SELECT project_id, year, nature, amount AS spent, NULL AS needed FROM posted
                     UNION ALL SELECT project_id, year, nature, NULL, amount FROM required) AS each_side
             GROUP BY 1, 2, 3) AS both_sides
     GROUP BY 1
), ask AS (
    SELECT project_id,
           sum(amount) FILTER (WHERE nature = 'capital' AND year >= (SELECT year FROM this)) AS capital,
           sum(amount) FILTER (WHERE nature = 'revenue' AND year >= (SELECT year FROM this)) AS revenue,
           GREATEST(max(year), (SELECT year FROM this)) - (SELECT year FROM this) + 1 AS years
      FROM (SELECT project_id, year, nature, amount FROM required
             UNION ALL SELECT project_id, year, nature, -amount FROM approved) AS both_sides
     GROUP BY 1
), budget AS (
    SELECT project_id, sum(amount) FILTER (WHERE nature = 'capital') AS capital,
           sum(amount) FILTER (WHERE nature = 'revenue') AS revenue, sum(original) AS original
      FROM approved GROUP BY 1
), spend AS (
    SELECT project_id, sum(amount) FILTER (WHERE nature = 'capital') AS capital,
           sum(amount) FILTER (WHERE nature = 'revenue') AS revenue, min(next_on) AS next_on
      FROM posted GROUP BY 1
), dated_ahead AS (
    SELECT line.project_id, min(decision.decided_on) AS next_on
      FROM budgets_decision AS decision JOIN line ON line.change_id = decision.change_id
     WHERE decision.change_id IN (SELECT id FROM change) AND decision.outcome IS NOT NULL
       AND decision.decided_on > day
     GROUP BY 1
     UNION ALL
    SELECT line.project_id, min(change.submitted_on) FROM change JOIN line ON line.change_id = change.id
     WHERE change.submitted_on > day GROUP BY 1
     UNION ALL
    SELECT project_id, min(dated) FROM budgets_costplan WHERE project_id = ANY(ids) AND dated > day GROUP BY 1
), coming AS (
    SELECT project_id, min(next_on) AS next_on FROM dated_ahead GROUP BY 1
)
SELECT project.id, LEAST(make_date((SELECT year FROM this) + 1, 4, 1), coming.next_on, spend.next_on),
       COALESCE(budget.capital, 0), COALESCE(budget.revenue, 0), COALESCE(budget.original, 0),
       COALESCE(held.amount, 0), COALESCE(asked_for.amount, 0),
       COALESCE(spend.capital, 0), COALESCE(spend.revenue, 0), GREATEST(worst.ahead, 0),
       CASE WHEN project.stage = 'closed' THEN COALESCE(spend.capital, 0) + COALESCE(spend.revenue, 0)
            WHEN plan.id IS NOT NULL THEN COALESCE(cost.forecast, 0) END,
       CASE WHEN plan.id IS NOT NULL AND project.stage <> 'closed' THEN COALESCE(ask.capital, 0) END,
       CASE WHEN plan.id IS NOT NULL AND project.stage <> 'closed' THEN COALESCE(ask.revenue, 0) END,
       CASE WHEN plan.id IS NOT NULL AND project.stage <> 'closed' THEN COALESCE(ask.years, 1) ELSE 1 END
  FROM projects_project AS project
  LEFT JOIN budget ON budget.project_id = project.id
  LEFT JOIN held ON held.project_id = project.id
  LEFT JOIN asked_for ON asked_for.project_id = project.id
  LEFT JOIN spend ON spend.project_id = project.id
  LEFT JOIN worst ON worst.project_id = project.id
  LEFT JOIN plan ON plan.project_id = project.id
  LEFT JOIN cost ON cost.project_id = project.id
  LEFT JOIN ask ON ask.project_id = project.id
  LEFT JOIN coming ON coming.project_id = project.id
 WHERE project.id = ANY(ids)
$$;

CREATE FUNCTION budgets_keep_totals(ids bigint[], day date) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF COALESCE(cardinality(ids), 0) = 0 THEN
        RETURN;
    END IF;
    -- A second writer waits here and, since the next statement looks afresh, then sees what the first has done.
    PERFORM FROM budgets_projecttotals WHERE project_id = ANY(ids) ORDER BY project_id FOR UPDATE;
    INSERT INTO budgets_projecttotals (project_id, as_at, {", ".join(TOTALS)})
    SELECT project_id, day, {", ".join(TOTALS)} FROM budgets_derived_totals(ids, day) ORDER BY project_id
        ON CONFLICT (project_id) DO UPDATE
       SET as_at = excluded.as_at, {", ".join(f"{name} = excluded.{name}" for name in TOTALS)};
END $$;
"""  # noqa: S608 - the names are written above

#: Table → where its rows' projects are found, and the columns whose change matters (none: events of others do).
TOUCHING = {
    "budgets_line": (
        "SELECT project_id FROM {rows}",
        "change_id, decision_id, project_id, year, nature, amount",
    ),
    "budgets_decision": (
        "SELECT line.project_id FROM {rows} AS row JOIN budgets_line AS line ON line.change_id = row.change_id",
        "change_id, position, outcome, decided_on, has_authority, needs_confirmation, confirmed_at",
    ),
    "budgets_budgetchange": (
        "SELECT line.project_id FROM {rows} AS row JOIN budgets_line AS line ON line.change_id = row.id",
        "kind, submitted_on",
    ),
    "budgets_spendentry": (
        "SELECT project_id FROM {rows}",
        "project_id, posted_on, year, nature, amount",
    ),
    "budgets_costplan": ("SELECT project_id FROM {rows}", "project_id, dated"),
    "budgets_costplanline": (
        "SELECT plan.project_id FROM {rows} AS row JOIN budgets_costplan AS plan ON plan.id = row.plan_id",
        "plan_id, year, nature, amount",
    ),
    "projects_project": ("SELECT id FROM {rows}", "stage"),
}


def _function(name, projects):
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM budgets_keep_totals(ARRAY({projects}), budgets_today());
    RETURN NULL;
END $$;
"""


def _triggers():
    made = []
    for table, (projects, columns) in TOUCHING.items():
        for event, rows in (("insert", "NEW"), ("delete", "OLD")):
            name = f"{table}_totals_on_{event}"
            found = projects.format(rows="touched").replace("SELECT ", "SELECT DISTINCT ", 1)
            made.append(_function(name, found))
            made.append(
                f"CREATE TRIGGER totals_on_{event} AFTER {event.upper()} ON {table} "
                f"REFERENCING {rows} TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION {name}();"
            )
        name = f"{table}_totals_on_update"
        new = ", ".join(f"touched.{column}" for column in columns.split(", "))
        old = ", ".join(f"before.{column}" for column in columns.split(", "))
        differing = (
            f"(SELECT {{rows}}.* FROM touched JOIN before ON before.id = touched.id "  # noqa: S608 - names from above
            f"WHERE ROW({new}) IS DISTINCT FROM ROW({old}))"
        )
        either = " UNION ".join(
            projects.format(
                rows=differing.format(rows=rows) + ("" if " AS row" in projects else " AS row")
            )
            for rows in ("touched", "before")
        )
        made.append(_function(name, either))
        made.append(
            f"CREATE TRIGGER totals_on_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS before "
            f"NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION {name}();"
        )
    return "".join(made)


FILL = "SELECT budgets_keep_totals(ARRAY(SELECT id FROM projects_project), budgets_today());"


def _back():
    dropped = []
    for table in TOUCHING:
        for event in ("insert", "update", "delete"):
            dropped.append(f"DROP TRIGGER totals_on_{event} ON {table};")
            dropped.append(f"DROP FUNCTION {table}_totals_on_{event}();")
    dropped.append("DROP FUNCTION budgets_keep_totals(bigint[], date);")
    dropped.append("DROP FUNCTION budgets_derived_totals(bigint[], date);")
    dropped.append("DROP FUNCTION budgets_today();")
    return "".join(dropped)


class Migration(migrations.Migration):
    dependencies = [("budgets", "0002_balanced_changes")]

    operations = [
        migrations.RunSQL(FUNCTIONS + _triggers() + FILL, _back()),
    ]
