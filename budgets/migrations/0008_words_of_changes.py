"""Words inside titles and references of changes are found by an index: trigrams, which PostgreSQL brings along."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("budgets", "0007_files_as_sent")]

    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            model_name="budgetchange",
            index=GinIndex(
                OpClass(Upper("title"), name="gin_trgm_ops"), name="budget_change_title_words"
            ),
        ),
        migrations.AddIndex(
            model_name="budgetchange",
            index=GinIndex(
                OpClass(Upper("reference"), name="gin_trgm_ops"), name="budget_change_ref_words"
            ),
        ),
    ]
