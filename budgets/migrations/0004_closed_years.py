"""A closed year takes no more spend, and its planned figures stand: held by the database, whoever writes.

Spend: no row of a closed year is added, changed or removed. Cost plans: no line of a closed year is
changed or removed, and a new plan may only repeat what the plan before it says of that year, in one
statement. Approvals may still come; they are marked retrospective.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION budgets_refuse_closed_year() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shut integer;
BEGIN
    SELECT touched.year INTO shut
      FROM touched JOIN budgets_closedyear AS closed ON closed.year = touched.year LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'The year % is closed: what stands in it can no longer be changed', shut
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_year_stands';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER closed_year_insert AFTER INSERT ON budgets_spendentry
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_refuse_closed_year();
CREATE TRIGGER closed_year_update_new AFTER UPDATE ON budgets_spendentry
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_refuse_closed_year();
CREATE TRIGGER closed_year_update_old AFTER UPDATE ON budgets_spendentry
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_refuse_closed_year();
CREATE TRIGGER closed_year_delete AFTER DELETE ON budgets_spendentry
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_refuse_closed_year();

CREATE TRIGGER closed_year_update_new AFTER UPDATE ON budgets_costplanline
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_refuse_closed_year();
CREATE TRIGGER closed_year_update_old AFTER UPDATE ON budgets_costplanline
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_refuse_closed_year();
CREATE TRIGGER closed_year_delete AFTER DELETE ON budgets_costplanline
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_refuse_closed_year();

CREATE FUNCTION budgets_plan_repeats_closed_year() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shut integer;
BEGIN
    SELECT due.year INTO shut
      FROM (SELECT DISTINCT touched.plan_id, touched.year, touched.nature
              FROM touched JOIN budgets_closedyear AS closed ON closed.year = touched.year) AS due
     WHERE (SELECT coalesce(sum(amount), 0) FROM budgets_costplanline AS line
             WHERE line.plan_id = due.plan_id AND line.year = due.year AND line.nature = due.nature)
        IS DISTINCT FROM
           (SELECT coalesce(sum(amount), 0) FROM budgets_costplanline AS line
             WHERE line.year = due.year AND line.nature = due.nature AND line.plan_id =
                   (SELECT earlier.id
                      FROM budgets_costplan AS plan
                      JOIN budgets_costplan AS earlier
                        ON earlier.project_id = plan.project_id AND earlier.dated < plan.dated
                     WHERE plan.id = due.plan_id ORDER BY earlier.dated DESC LIMIT 1))
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'The year % is closed: a new plan repeats its figures and does not change them', shut
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_year_stands';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER closed_year_insert AFTER INSERT ON budgets_costplanline
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_plan_repeats_closed_year();
"""

BACK = """
DROP TRIGGER closed_year_insert ON budgets_costplanline;
DROP TRIGGER closed_year_update_new ON budgets_costplanline;
DROP TRIGGER closed_year_update_old ON budgets_costplanline;
DROP TRIGGER closed_year_delete ON budgets_costplanline;
DROP TRIGGER closed_year_insert ON budgets_spendentry;
DROP TRIGGER closed_year_update_new ON budgets_spendentry;
DROP TRIGGER closed_year_update_old ON budgets_spendentry;
DROP TRIGGER closed_year_delete ON budgets_spendentry;
DROP FUNCTION budgets_plan_repeats_closed_year();
DROP FUNCTION budgets_refuse_closed_year();
"""


class Migration(migrations.Migration):
    dependencies = [("budgets", "0003_project_totals")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
