"""A large made-up portfolio for load and benchmarks, written by the database itself in seconds.

Every figure comes from a hash of its place, so that the same options give the same rows on any
machine. The rows are what services would have written: routes with their decisions, authority as
it was judged, cost plans, spend as a ledger posts it, milestones with the dates stated for them,
highlight reports with their ratings, risk registers with their reviews. They go through the same
constraints and history triggers; what they do not go through is the services, which take a second
for a hundred lines.

About one project in twelve has spent ahead of its authority, one in ten holds an interim
approval, and one change in a hundred is decided at a meeting that lies ahead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from council_hms import demonstration
from council_hms.financial_year import FinancialYear
from council_hms.history import acting
from risks.models.register import FIRST_DAY, USUAL_SCALE

LINES_PER_CHANGE = 10
DIRECTORATES = (
    ("Housing and Community", "Housing", "Housing"),
    ("Corporate Services", "ICT", "Resources"),
    ("Place", "Highways", "Transport"),
    ("Place", "Regeneration", "Economy and Growth"),
    ("Children's Services", "Schools", "Children and Young People"),
    ("Adult Services", "Adult social care", "Adults and Health"),
    ("Environment", "Parks and leisure", "Environment"),
    ("Environment", "Waste", "Environment"),
)
WORKS = (
    "kitchen and bathroom renewal",
    "boiler replacement",
    "records system",
    "payments system",
    "junction improvement",
    "school extension",
    "leisure centre roof",
    "flood defence",
    "depot relocation",
    "care home refurbishment",
    "street lighting renewal",
    "customer portal",
)


class PortfolioError(ValueError):
    """The portfolio cannot be made; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """How much to make: per project, lines of budget changes, entries of spend, risks. The same gives the same."""

    projects: int
    as_at: dt.date
    lines_per_project: int = 100
    spend_per_project: int = 500
    risks_per_project: int = 20
    prefix: str = "Z"
    with_history: bool = True

    @property
    def changes_per_project(self) -> int:
        return -(-self.lines_per_project // LINES_PER_CHANGE)


def make(portfolio: Portfolio, say: Callable[[str], None] = lambda words: None) -> None:
    """Write the portfolio in one transaction. Raises PortfolioError when its references are taken."""
    people = demonstration.make_people()
    values: dict[str, Any] = {
        "projects": portfolio.projects,
        "lines": portfolio.lines_per_project,
        "per_change": LINES_PER_CHANGE,
        "changes": portfolio.changes_per_project,
        "spend": portfolio.spend_per_project,
        "risks": portfolio.risks_per_project,
        "scale_since": FIRST_DAY,
        **USUAL_SCALE,
        "prefix": portfolio.prefix,
        "as_at": portfolio.as_at,
        "this_year": FinancialYear.of(portfolio.as_at).start,
        "writer": people["finance_officer"].pk,
        "manager": people["project_manager"].pk,
        "directorates": [directorate for directorate, _, _ in DIRECTORATES],
        "services": [service for _, service, _ in DIRECTORATES],
        "members": [member for _, _, member in DIRECTORATES],
        "works": list(WORKS),
    }
    with (
        acting(None, "portfolio.seed", "A made-up portfolio for load and benchmarks"),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL synchronous_commit = off")
        if not portfolio.with_history:
            cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [_history_triggers()])
        cursor.execute(
            "SELECT EXISTS (SELECT FROM projects_project WHERE reference LIKE %s || '-0%%')",
            [portfolio.prefix],
        )
        if cursor.fetchone()[0]:
            raise PortfolioError(
                f"There are already projects named {portfolio.prefix}-0…; choose another --prefix."
            )
        for words, statement in STEPS:
            cursor.execute(statement, values)
            say(f"{words}: {cursor.rowcount:,}" if cursor.rowcount > 0 else words)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
        cursor.execute("RESET statement_timeout")


TABLES = (
    "projects_project",
    "projects_milestone",
    "projects_milestonedate",
    "projects_highlightreport",
    "projects_highlightrating",
    "projects_action",
    "budgets_budgetchange",
    "budgets_decision",
    "budgets_line",
    "budgets_costplan",
    "budgets_costplanline",
    "budgets_spendentry",
    "risks_register",
    "risks_registerscale",
    "risks_risk",
    "risks_assessment",
    "risks_control",
)


def _history_triggers() -> str:
    """The history triggers of the tables that are written, as pgtrigger.ignore names them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(DISTINCT trigger_name::text)::text"
            "  FROM information_schema.triggers"
            " WHERE event_object_table = ANY(%s) AND trigger_name LIKE 'pgtrigger\\_%%'",
            [list(TABLES)],
        )
        return str(cursor.fetchone()[0])


# In the statements ``chance(place, salt)`` is a number from 0 up to 1 that depends on nothing else.
_CHANCE = """
CREATE OR REPLACE FUNCTION pg_temp.chance(place bigint, salt bigint) RETURNS float8
LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(place, salt) & 9007199254740991) / 9007199254740992.0::float8 $$
"""

_BODIES = """
INSERT INTO budgets_governingbody (name, kind, position, ratified_by_id, in_use, note)
SELECT name, kind, position, NULL, true, ''
  FROM (VALUES ('Project board', 'project_board', 10), ('Cabinet', 'cabinet', 40), ('Council', 'council', 60))
       AS needed (name, kind, position)
 WHERE NOT EXISTS (SELECT FROM budgets_governingbody AS body WHERE body.kind = needed.kind)
"""

_SOURCES = """
INSERT INTO budgets_fundingsource
       (name, kind, fund, position, may_fund_capital, may_fund_revenue, in_use, note)
SELECT name, kind, '', position, true, true, true, ''
  FROM (VALUES ('Government grant', 'grant', 110), ('Earmarked reserve', 'reserve', 140),
               ('Revenue contribution to capital (RCCO)', 'rcco', 90), ('ICT', 'department', 20))
       AS needed (name, kind, position)
 WHERE NOT EXISTS (SELECT FROM budgets_fundingsource AS source WHERE source.name = needed.name)
"""

# One row a project, from which everything else follows: when it began, how large, how well it goes.
_PLAN = """
CREATE TEMPORARY TABLE portfolio_project ON COMMIT DROP AS
SELECT n, nextval(pg_get_serial_sequence('projects_project', 'id')) AS id,
       %(prefix)s || '-' || lpad(n::text, 5, '0') AS reference,
       %(this_year)s - 7 + floor(pg_temp.chance(n, 1) * 9)::int AS start_year,
       exp(ln(60000) + 5 * pg_temp.chance(n, 2)) AS size,
       CASE WHEN pg_temp.chance(n, 3) < 0.08 THEN 1.05 + 0.3 * pg_temp.chance(n, 4)
            ELSE 0.55 + 0.3 * pg_temp.chance(n, 4) END AS burn,
       pg_temp.chance(n, 5) AS luck,
       1 + floor(pg_temp.chance(n, 6) * 8)::int AS place
  FROM generate_series(1, %(projects)s) AS n
"""

_PROJECTS = """
INSERT INTO projects_project
       (id, reference, title, summary, directorate, service, cabinet_member, sponsor,
        senior_responsible_owner, fund, stage, is_budget_head, is_illustrative, reporting_weeks,
        notes, version, created_at)
SELECT id, reference,
       initcap(left(works, 1)) || substr(works, 2) || ' ' || start_year || ', area ' || n,
       'Made up to try the product with many projects.',
       (%(directorates)s::text[])[place], (%(services)s::text[])[place], (%(members)s::text[])[place],
       'Director', 'Head of service', CASE WHEN place = 1 THEN 'HRA' ELSE 'GF' END,
       CASE WHEN start_year > %(this_year)s THEN 'proposed'
            WHEN start_year = %(this_year)s AND luck < 0.5 THEN 'business_case'
            WHEN start_year + 4 < %(this_year)s AND luck < 0.8 THEN 'closed'
            WHEN start_year + 4 < %(this_year)s THEN 'closing'
            ELSE 'delivery' END,
       false, true, CASE WHEN luck < 0.9 THEN 4 END, '', 1, make_timestamptz(start_year, 4, 1, 9, 0, 0, 'UTC')
  FROM (SELECT *, (%(works)s::text[])[1 + n %% 12] AS works FROM portfolio_project) AS planned
 ORDER BY n
"""

# How each change ends: the last two of a project are those still under way. What it funds begins in the
# year in which it is decided; in three of a hundred cases in the year before, which is a retrospective request.
_CHANGE_PLAN = """
CREATE TEMPORARY TABLE portfolio_change ON COMMIT DROP AS
SELECT change.*, nextval(pg_get_serial_sequence('budgets_budgetchange', 'id')) AS id,
       CASE WHEN k = 1 THEN start_year
            ELSE GREATEST(start_year, EXTRACT(year FROM submitted_on - interval '45 days')::int
                          - (chance > 0.97)::int) END AS first_year,
       CASE WHEN k = 1 AND chance >= 0.02 THEN 'approved'
            WHEN k < %(changes)s - 1 AND chance >= 0.03 THEN 'approved'
            WHEN chance < 0.03 THEN 'refused'
            WHEN submitted_on > %(as_at)s - 45 AND chance < 0.4 THEN 'ahead'
            WHEN chance < 0.10 THEN 'interim'
            WHEN chance < 0.17 THEN 'recommended'
            WHEN chance < 0.22 THEN 'sought'
            WHEN chance < 0.24 THEN 'deferred'
            WHEN chance < 0.27 THEN 'draft'
            ELSE 'approved' END AS ending
  FROM (SELECT project.n, project.id AS project_id, project.reference, project.start_year, project.size,
               project.place, k, pg_temp.chance(project.n * 1000 + k, 11) AS chance,
               make_date(LEAST(project.start_year, %(this_year)s), 4, 1)
               + ((%(as_at)s - make_date(LEAST(project.start_year, %(this_year)s), 4, 1))
                  * (k - 1 + 0.8 * pg_temp.chance(project.n * 1000 + k, 12)) / %(changes)s)::int
               AS submitted_on
          FROM portfolio_project AS project, generate_series(1, %(changes)s) AS k) AS change
"""

_CHANGES = """
INSERT INTO budgets_budgetchange
       (id, project_id, reference, title, kind, purpose, note, key_decision, key_decision_reason,
        route_reason, reverses_id, created_by_id, created_at, submitted_on, submitted_by_id, version)
SELECT id, project_id, reference || '-' || lpad(k::text, GREATEST(2, length(k::text)), '0'),
       CASE WHEN k = 1 THEN 'Original budget' ELSE 'Supplementary estimate ' || k END,
       CASE WHEN k = 1 THEN 'original'
            WHEN k %% 7 = 0 AND k * %(per_change)s <= %(lines)s THEN 'reprofile' ELSE 'increase' END,
       'Made up.', '',
       size * CASE WHEN k = 1 THEN 0.96 ELSE 0.24 / %(changes)s END > 500000 AND chance < 0.98,
       '', '', NULL, %(writer)s,
       submitted_on + time '09:00', CASE WHEN ending <> 'draft' THEN submitted_on END,
       CASE WHEN ending <> 'draft' THEN %(writer)s END, 1
  FROM portfolio_change
 ORDER BY submitted_on, n, k
"""

# The route is the project board, Cabinet, Council. An interim approval is the board's.
_DECISIONS = """
INSERT INTO budgets_decision
       (change_id, position, body_id, expects, planned_for, outcome, decided_on, precision, agenda_item,
        minute_number, call_in_deadline, note, has_authority, authority_reason, entered_by_id, entered_at,
        needs_confirmation, confirmed_by_id, confirmed_at)
SELECT change.id, stop.position,
       (SELECT id FROM budgets_governingbody WHERE kind = stop.kind ORDER BY position, id LIMIT 1),
       stop.expects, COALESCE(day, %(as_at)s + 14 * stop.position), outcome, day, 'day', '',
       CASE WHEN outcome IS NULL THEN '' ELSE ((change.n + change.k) %% 90 + 1)::text END, NULL, '',
       COALESCE(outcome = 'approved' AND stop.kind = 'council', false),
       CASE WHEN outcome = 'approved' AND stop.kind = 'council' THEN 'Council sets the budget.' ELSE '' END,
       CASE WHEN outcome IS NOT NULL THEN %(writer)s::bigint END,
       CASE WHEN outcome IS NOT NULL THEN day + time '10:00' END, false, NULL, NULL
  FROM portfolio_change AS change
 CROSS JOIN (VALUES (1, 'project_board', 'note'), (2, 'cabinet', 'recommend'), (3, 'council', 'approve'))
       AS stop (position, kind, expects)
 CROSS JOIN LATERAL (
       SELECT CASE
              WHEN ending = 'draft' OR ending = 'sought' AND stop.position > 1 THEN NULL
              WHEN stop.position = 1 THEN CASE WHEN ending = 'interim' THEN 'approved' ELSE 'noted' END
              WHEN ending = 'interim' THEN NULL
              WHEN stop.position = 2 THEN CASE WHEN ending = 'deferred' THEN 'deferred' ELSE 'recommended' END
              WHEN ending IN ('approved', 'ahead') THEN 'approved'
              WHEN ending = 'refused' THEN 'refused' END AS outcome) AS decided
 CROSS JOIN LATERAL (
       SELECT CASE WHEN outcome IS NULL THEN NULL
              WHEN ending = 'ahead' AND stop.position = 3 THEN %(as_at)s + 21
              ELSE LEAST(change.submitted_on + 10 * stop.position, %(as_at)s) END AS day) AS dated
 ORDER BY change.submitted_on, change.n, change.k, stop.position
"""

# Ten lines a change: five years, capital then revenue. A reprofiling moves and adds nothing.
_LINES = """
INSERT INTO budgets_line (change_id, decision_id, project_id, year, nature, source_id, amount, note, created_at)
SELECT change.id, NULL, change.project_id, change.first_year + j %% 5,
       CASE WHEN j < 5 THEN 'capital' ELSE 'revenue' END,
       (SELECT array_agg(id ORDER BY id) FROM budgets_fundingsource
         WHERE kind IN ('grant', 'reserve', 'rcco', 'department'))[1 + (change.n + change.k) %% 4],
       CASE WHEN k %% 7 = 0 AND k * %(per_change)s <= %(lines)s
            THEN round(size::numeric * 0.02, -2) * (ARRAY[1, -1, 2, -1, -1])[1 + j %% 5]
            ELSE round((size * CASE WHEN k = 1 THEN 0.8 ELSE 0.2 / GREATEST(%(changes)s - 1, 1) END
                  * (ARRAY[0.30, 0.30, 0.20, 0.10, 0.10])[1 + j %% 5] * CASE WHEN j < 5 THEN 0.8 ELSE 0.2 END
                  * (0.8 + 0.4 * pg_temp.chance((change.n * 1000 + change.k) * 10 + j, 21)))::numeric, -2) END,
       '', change.submitted_on + time '09:00'
  FROM portfolio_change AS change, generate_series(0, %(per_change)s - 1) AS j
 WHERE (k - 1) * %(per_change)s + j < %(lines)s
 ORDER BY j %% 5, change.submitted_on, change.n, change.k, j
"""

# In one change of a hundred Council resolved nine tenths of what was recommended.
_RESOLVED = """
INSERT INTO budgets_line (change_id, decision_id, project_id, year, nature, source_id, amount, note, created_at)
SELECT line.change_id, decision.id, line.project_id, line.year, line.nature, line.source_id,
       round(line.amount * 0.9, 2), 'As resolved', line.created_at
  FROM portfolio_change AS change
  JOIN budgets_decision AS decision ON decision.change_id = change.id AND decision.position = 3
  JOIN budgets_line AS line ON line.change_id = change.id
 WHERE change.ending = 'approved' AND change.k %% 7 <> 0
   AND pg_temp.chance(change.n * 1000 + change.k, 31) < 0.01
"""

_PLANS = """
INSERT INTO budgets_costplan (project_id, dated, note, created_by_id, created_at, version)
SELECT id, make_date(LEAST(start_year, %(this_year)s), 4, 1), 'Made up.', %(writer)s, now(), 1
  FROM portfolio_project ORDER BY n
"""

# One project in five needs a tenth more, or less, than it is approved.
_PLAN_LINES = """
INSERT INTO budgets_costplanline (plan_id, work_package_id, year, nature, amount, note)
SELECT plan.id, NULL, line.year, line.nature,
       round(sum(line.amount) * CASE WHEN pg_temp.chance(change.n, 7) < 0.12 THEN 1.1
                                     WHEN pg_temp.chance(change.n, 7) < 0.20 THEN 0.9 ELSE 1 END, 2), ''
  FROM portfolio_change AS change
  JOIN budgets_line AS line ON line.change_id = change.id AND line.decision_id IS NULL
  JOIN budgets_costplan AS plan ON plan.project_id = change.project_id
 WHERE change.ending = 'approved'
 GROUP BY plan.id, change.n, line.year, line.nature
 ORDER BY change.n, line.year, line.nature
"""

# As a ledger posts it: day after day, all projects among one another.
_SPEND = """
INSERT INTO budgets_spendentry
       (project_id, work_package_id, posted_on, year, nature, amount, description, supplier,
        ledger_reference, reverses_id, created_at)
SELECT id, NULL, posted_on, EXTRACT(year FROM posted_on - interval '3 months'),
       CASE WHEN pg_temp.chance(n * 10000 + j, 41) < 0.8 THEN 'capital' ELSE 'revenue' END,
       round((size * burn * share / %(spend)s * (0.5 + pg_temp.chance(n * 10000 + j, 42)))::numeric, 2),
       'Invoice', 'Supplier ' || (n * 31 + j) %% 997, 'GL' || n || '-' || j, NULL, posted_on + time '12:00'
  FROM (SELECT n, id, size, burn, j,
               LEAST(1.0, (%(as_at)s - make_date(start_year, 4, 1)) / 1826.0) AS share,
               make_date(start_year, 4, 1)
               + ((LEAST(%(as_at)s, make_date(start_year + 5, 3, 31)) - make_date(start_year, 4, 1))
                  * (j - 1 + pg_temp.chance(n * 10000 + j, 43)) / %(spend)s)::int AS posted_on
          FROM portfolio_project, generate_series(1, %(spend)s) AS j
         WHERE make_date(start_year, 4, 1) < %(as_at)s) AS posted
 ORDER BY j, n
"""

_MILESTONES = """
INSERT INTO projects_milestone (project_id, position, name, note, withdrawn_reason, version)
SELECT project.id, step, name, '', '', 1
  FROM portfolio_project AS project
 CROSS JOIN (VALUES (1, 'Business case approved'), (2, 'Contract let'), (3, 'Go-live'), (4, 'Closed'))
       AS names (step, name)
 ORDER BY project.n, step
"""

# A third of the projects slip, by up to a year and a half.
_MILESTONE_DATES = """
INSERT INTO projects_milestonedate
       (milestone_id, kind, date, precision, stated_on, reason, entered_by_id, entered_at)
SELECT milestone.id, kind, day, 'day', LEAST(stated_on, %(as_at)s),
       CASE kind WHEN 'forecast' THEN 'Made up.' ELSE '' END, %(manager)s,
       LEAST(stated_on, %(as_at)s) + time '09:00'
  FROM portfolio_project AS project
  JOIN projects_milestone AS milestone ON milestone.project_id = project.id
 CROSS JOIN LATERAL (
       SELECT make_date(project.start_year, 4, 1) + milestone.position * 300 AS planned,
              CASE WHEN pg_temp.chance(project.n, 51) < 0.33
                   THEN (milestone.position - 1) * (30 + 120 * pg_temp.chance(project.n, 52))::int ELSE 0 END
              AS late) AS times
 CROSS JOIN LATERAL (
       VALUES ('baseline', planned, make_date(LEAST(project.start_year, %(this_year)s), 4, 1)),
              ('forecast', planned + late, planned - 60),
              ('actual', planned + late, planned + late)) AS dates (kind, day, stated_on)
 WHERE kind = 'baseline' OR kind = 'forecast' AND late > 0 AND stated_on <= %(as_at)s
    OR kind = 'actual' AND day <= %(as_at)s
 ORDER BY project.n, milestone.position, stated_on
"""

# Two reports of each project in delivery, the last of them late in one case of ten.
_REPORTS = """
INSERT INTO projects_highlightreport
       (project_id, period_from, period_to, summary, done, next_steps, delivery_confidence,
        confidence_reason, is_illustrative, note, written_by_id, written_at, submitted_on,
        submitted_by_id, board_note, version)
SELECT project.id, period_to - 27, period_to, 'Made up.', '', '',
       (ARRAY['green', 'amber_green', 'amber', 'amber_red', 'red'])
       [1 + floor(5 * luck * luck)::int], '', true, '', %(manager)s, period_to + time '16:00', period_to,
       %(manager)s, '', 1
  FROM portfolio_project AS project
  JOIN projects_project AS row ON row.id = project.id AND row.stage IN ('delivery', 'closing')
 CROSS JOIN generate_series(1, 2) AS earlier
 CROSS JOIN LATERAL (
       SELECT %(as_at)s - 28 * (2 - earlier) - 1 - (25 * pg_temp.chance(project.n, 61))::int
              - CASE WHEN pg_temp.chance(project.n, 62) < 0.1 THEN 60 ELSE 0 END AS period_to) AS period
 ORDER BY earlier, project.n
"""

_RATINGS = """
INSERT INTO projects_highlightrating (report_id, aspect, proposed, rule, rating, reason)
SELECT report.id, aspect, '', '', (ARRAY['green', 'green', 'green', 'amber', 'amber', 'red'])
       [1 + floor(6 * sqrt(project.luck)
                  * pg_temp.chance(project.n * 1000 + (%(as_at)s - report.period_to), step))::int], ''
  FROM portfolio_project AS project
  JOIN projects_highlightreport AS report ON report.project_id = project.id
 CROSS JOIN (VALUES (71, 'time'), (72, 'cost'), (73, 'scope'), (74, 'quality'), (75, 'benefits'), (76, 'risk'))
       AS aspects (step, aspect)
 ORDER BY report.id, step
"""

_ACTIONS = """
INSERT INTO projects_action (project_id, highlight_report_id, what, owner, raised_on, due_on, done_on, outcome, version)
SELECT project.id, NULL, 'Made-up action ' || k, 'Project manager', %(as_at)s - 60, due_on,
       CASE WHEN due_on < %(as_at)s AND pg_temp.chance(project.n * 10 + k, 81) < 0.85 THEN due_on END, '', 1
  FROM portfolio_project AS project
  JOIN projects_project AS row ON row.id = project.id AND row.stage IN ('delivery', 'closing')
 CROSS JOIN generate_series(1, 3) AS k
 CROSS JOIN LATERAL (
       SELECT %(as_at)s - 40 + (80 * pg_temp.chance(project.n * 10 + k, 82))::int AS due_on) AS due
 ORDER BY project.n, k
"""

_REGISTERS = """
INSERT INTO risks_register (project_id, review_weeks, unmoved_reviews, version)
SELECT id, 13, 3, 1 FROM portfolio_project WHERE %(risks)s > 0 ORDER BY n
"""

_SCALES = """
INSERT INTO risks_registerscale
       (register_id, since, impact_words, probability_words, band_words, amber_from, red_from, appetite,
        source, created_by_id, created_at)
SELECT register.id, %(scale_since)s, %(impact_words)s, %(probability_words)s, %(band_words)s, %(amber_from)s,
       %(red_from)s, %(appetite)s, %(source)s, %(manager)s, now()
  FROM portfolio_project AS project JOIN risks_register AS register ON register.project_id = project.id
 ORDER BY project.n
"""

# One risk in five is closed again.
_RISKS = """
INSERT INTO risks_risk
       (register_id, reference, title, kind, description, cause, consequence, raised_on, owner, closed_on,
        closed_reason, escalated_from_id, is_illustrative, created_by_id, created_at, version, exempt,
        exempt_paragraphs, exempt_reason)
SELECT register.id, 'R' || k, 'Made-up risk ' || k,
       CASE WHEN k %% 10 = 0 THEN 'opportunity' ELSE 'threat' END, 'Made up.', '', '', raised_on,
       'Head of service', CASE WHEN is_closed THEN raised_on + 30 END,
       CASE WHEN is_closed THEN 'Made up.' ELSE '' END, NULL, true, %(manager)s, now(), 1, false, '{}', ''
  FROM portfolio_project AS project
  JOIN risks_register AS register ON register.project_id = project.id
 CROSS JOIN generate_series(1, %(risks)s) AS k
 CROSS JOIN LATERAL (
       SELECT %(as_at)s - 300 - (200 * pg_temp.chance(project.n * 100 + k, 91))::int AS raised_on,
              pg_temp.chance(project.n * 100 + k, 92) < 0.2 AS is_closed) AS life
 ORDER BY k, project.n
"""

# Three reviews each, a quarter of a year apart. A register in ten has missed the last; most scores stay as they were.
_ASSESSMENTS = """
INSERT INTO risks_assessment
       (risk_id, number, scale_id, reviewed_on, gross_impact, gross_probability, current_impact,
        current_probability, target_impact, target_probability, comment, reviewed_by_id, entered_at)
SELECT risk.id, review, scale.id, reviewed_on, 5, 4, 1 + floor(5 * pg_temp.chance(spot, 93))::int,
       CASE WHEN pg_temp.chance(spot, 94) < 0.2 THEN 1 + (review + spot) %% 5
            ELSE 1 + floor(4 * pg_temp.chance(spot, 95) ^ 2)::int END,
       2, 1, '', %(manager)s, reviewed_on + time '10:00'
  FROM portfolio_project AS project
  JOIN risks_register AS register ON register.project_id = project.id
  JOIN risks_registerscale AS scale ON scale.register_id = register.id
  JOIN risks_risk AS risk ON risk.register_id = register.id
 CROSS JOIN LATERAL (SELECT project.n * 100 + substr(risk.reference, 2)::int AS spot) AS its
 CROSS JOIN generate_series(1, 3) AS review
 CROSS JOIN LATERAL (
       SELECT %(as_at)s - 91 * (3 - review) - (60 * pg_temp.chance(project.n, 96))::int
              - CASE WHEN pg_temp.chance(project.n, 97) < 0.1 THEN 91 ELSE 0 END AS reviewed_on) AS held
 ORDER BY review, risk.id
"""

# One control for every second risk, one in twelve of them late.
_CONTROLS = """
INSERT INTO risks_control
       (risk_id, what, owner, due_on, status, progress, added_on, settled_on, created_by_id, version)
SELECT risk.id, 'Made-up control', 'Project manager', due_on,
       CASE WHEN is_settled THEN 'in_place' ELSE 'in_progress' END, '', risk.raised_on,
       CASE WHEN is_settled THEN due_on END, %(manager)s, 1
  FROM portfolio_project AS project
  JOIN risks_register AS register ON register.project_id = project.id
  JOIN risks_risk AS risk ON risk.register_id = register.id
 CROSS JOIN LATERAL (SELECT project.n * 100 + substr(risk.reference, 2)::int AS spot) AS its
 CROSS JOIN LATERAL (
       SELECT %(as_at)s - 100 + (200 * pg_temp.chance(spot, 98))::int AS due_on) AS due
 CROSS JOIN LATERAL (
       SELECT due_on < %(as_at)s AND pg_temp.chance(spot, 99) < 0.85 AS is_settled) AS state
 WHERE spot %% 2 = 0
 ORDER BY risk.id
"""

STEPS: tuple[tuple[str, str], ...] = (
    ("Preparing", _CHANCE),
    (
        "Clearing the table",
        "DROP TABLE IF EXISTS pg_temp.portfolio_project, pg_temp.portfolio_change",
    ),
    ("Bodies made", _BODIES),
    ("Funding sources made", _SOURCES),
    ("Planned", _PLAN),
    ("Projects", _PROJECTS),
    ("Changes planned", _CHANGE_PLAN),
    ("Budget changes", _CHANGES),
    ("Decisions", _DECISIONS),
    ("Budget lines", _LINES),
    ("Lines as resolved", _RESOLVED),
    ("Cost plans", _PLANS),
    ("Cost plan lines", _PLAN_LINES),
    ("Spend entries", _SPEND),
    ("Milestones", _MILESTONES),
    ("Milestone dates", _MILESTONE_DATES),
    ("Highlight reports", _REPORTS),
    ("Ratings", _RATINGS),
    ("Actions", _ACTIONS),
    ("Risk registers", _REGISTERS),
    ("Scales", _SCALES),
    ("Risks", _RISKS),
    ("Reviews of risks", _ASSESSMENTS),
    ("Controls", _CONTROLS),
)
