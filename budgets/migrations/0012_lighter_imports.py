"""A CSV that was sent is kept compressed; history has no index by which nobody asks for spend."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0011_totals_by_year"),
        ("projects", "0002_acceptances_beyond_projects"),
    ]

    operations = [
        migrations.AddField(
            model_name="importfile",
            name="is_compressed",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="spendentryevent",
            name="reverses",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="budgets.spendentry",
            ),
        ),
        migrations.AlterField(
            model_name="spendentryevent",
            name="work_package",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="projects.workpackage",
            ),
        ),
    ]
