"""Staged rows of an import are a copy of a file that is kept: no need to write them twice."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("budgets", "0004_closed_years")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE budgets_importrow SET UNLOGGED", "ALTER TABLE budgets_importrow SET LOGGED"
        )
    ]
