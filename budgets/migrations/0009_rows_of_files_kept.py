"""The rows of a file are kept from its first reading until it is imported, so that it is opened once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("budgets", "0008_words_of_changes")]

    operations = [
        migrations.CreateModel(
            name="ImportPiece",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sheet", models.SmallIntegerField()),
                ("number", models.IntegerField()),
                ("rows", models.BinaryField()),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="budgets.importrun",
                    ),
                ),
            ],
            options={
                "ordering": ["run", "sheet", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "sheet", "number"), name="import_piece_in_order"
                    )
                ],
            },
        ),
        # they are compressed already
        migrations.RunSQL(
            "ALTER TABLE budgets_importpiece ALTER COLUMN rows SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
    ]
