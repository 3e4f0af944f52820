"""A virement, carry-forward, reprofiling or reclassification sums to nil: held by the database at commit.

Lines are checked a change at a time, not a line at a time: statement triggers note which
balanced changes were touched in ``budgets_balance_due``, whose deferred constraint trigger
looks at each of them once when the transaction commits. A load of 100,000 lines that moves
nothing between heads pays for one join.
"""

from django.db import migrations

KINDS = "('virement', 'carry_forward', 'reprofile', 'reclassification')"

FORWARD = f"""
CREATE TABLE budgets_balance_due (
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    change_id bigint NOT NULL,
    PRIMARY KEY (transaction_id, change_id)
);

CREATE FUNCTION budgets_note_touched_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO budgets_balance_due (change_id)
    SELECT DISTINCT change.id
      FROM touched JOIN budgets_budgetchange AS change ON change.id = touched.change_id
     WHERE change.kind IN {KINDS}
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION budgets_note_touched_kinds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO budgets_balance_due (change_id)
    SELECT id FROM touched WHERE kind IN {KINDS} ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION budgets_change_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT sum(line.amount) AS total, change.reference INTO wrong
      FROM budgets_line AS line JOIN budgets_budgetchange AS change ON change.id = line.change_id
     WHERE line.change_id = NEW.change_id AND change.kind IN {KINDS}
     GROUP BY line.decision_id, change.reference
    HAVING sum(line.amount) <> 0
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'The lines of % do not balance: they sum to % and must sum to nil',
            wrong.reference, wrong.total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'change_balances';
    END IF;
    DELETE FROM budgets_balance_due
     WHERE transaction_id = NEW.transaction_id AND change_id = NEW.change_id;
    RETURN NULL;
END $$;

CREATE TRIGGER balance_due_on_insert AFTER INSERT ON budgets_line
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_note_touched_changes();
CREATE TRIGGER balance_due_on_update_new AFTER UPDATE ON budgets_line
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_note_touched_changes();
CREATE TRIGGER balance_due_on_update_old AFTER UPDATE ON budgets_line
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_note_touched_changes();
CREATE TRIGGER balance_due_on_delete AFTER DELETE ON budgets_line
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_note_touched_changes();
CREATE TRIGGER balance_due_on_kind AFTER UPDATE ON budgets_budgetchange
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION budgets_note_touched_kinds();
CREATE CONSTRAINT TRIGGER change_balances AFTER INSERT ON budgets_balance_due
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION budgets_change_balances();
"""  # noqa: S608 - the kinds are written above

BACK = """
DROP TRIGGER balance_due_on_kind ON budgets_budgetchange;
DROP TRIGGER balance_due_on_insert ON budgets_line;
DROP TRIGGER balance_due_on_update_new ON budgets_line;
DROP TRIGGER balance_due_on_update_old ON budgets_line;
DROP TRIGGER balance_due_on_delete ON budgets_line;
DROP TABLE budgets_balance_due;
DROP FUNCTION budgets_note_touched_changes();
DROP FUNCTION budgets_note_touched_kinds();
DROP FUNCTION budgets_change_balances();
"""


class Migration(migrations.Migration):
    dependencies = [("budgets", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
