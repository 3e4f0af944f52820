"""The log of all acts shows the latest first, of millions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("council_hms", "0001_initial"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX history_latest_first ON pghistory_context (created_at DESC, id DESC);",
            "DROP INDEX history_latest_first;",
        )
    ]
