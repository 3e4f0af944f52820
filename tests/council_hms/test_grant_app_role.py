"""The role that serves can do its work and cannot rewrite history."""

import psycopg
import pytest
from psycopg import errors

pytestmark = pytest.mark.django_db(transaction=True)

PERSON = """INSERT INTO council_hms_user
    (password, email, name, roles, is_active, is_staff, is_superuser, date_joined)
    VALUES ('', 'clerk@council.test', 'Clerk', '{}', true, false, false, now())"""


def test_serving_role_writes_rows_and_their_history(as_app_role: psycopg.Connection) -> None:
    as_app_role.execute(PERSON)
    as_app_role.execute("UPDATE council_hms_user SET name = 'Clerk to the council'")
    events = as_app_role.execute(
        "SELECT pgh_label, name FROM council_hms_userevent ORDER BY pgh_id"
    )
    assert events.fetchall() == [("insert", "Clerk"), ("update", "Clerk to the council")]


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE council_hms_userevent SET name = 'Somebody else'",
        "DELETE FROM council_hms_userevent",
        "TRUNCATE council_hms_userevent",
        "DELETE FROM pghistory_context",
        "ALTER TABLE council_hms_userevent DISABLE TRIGGER ALL",
        "DROP TABLE council_hms_userevent",
        "CREATE TABLE mine (id int)",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())",
    ],
)
def test_serving_role_cannot_touch_history_or_tables(
    as_app_role: psycopg.Connection, attempt: str
) -> None:
    as_app_role.execute(PERSON)
    with pytest.raises(errors.InsufficientPrivilege):
        as_app_role.execute(attempt)
