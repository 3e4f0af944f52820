"""A file that was sent is kept as it is: it is mostly packed already, and packing it again costs a second."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("budgets", "0006_approved_by_year")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE budgets_importfile ALTER COLUMN content SET STORAGE EXTERNAL",
            "ALTER TABLE budgets_importfile ALTER COLUMN content SET STORAGE EXTENDED",
        )
    ]
