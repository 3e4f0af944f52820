"""Reports that were published before publications had a history get their first event."""

from django.db import migrations

FIRST_EVENTS = """
    INSERT INTO reports_publicationevent (
        pgh_created_at, pgh_label, pgh_obj_id,
        id, report_id, number, of_version, as_at, published_on, published_at, published_by_id, note
    )
    SELECT
        published_at, 'insert', id,
        id, report_id, number, of_version, as_at, published_on, published_at, published_by_id, note
    FROM reports_publication
    WHERE id NOT IN (SELECT pgh_obj_id FROM reports_publicationevent)
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_attached_pdfs")]

    operations = [migrations.RunSQL(FIRST_EVENTS, migrations.RunSQL.noop)]
