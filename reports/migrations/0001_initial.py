import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import council_hms.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("budgets", "0001_initial"),
        ("council_hms", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the file")),
                ("size", models.PositiveIntegerField(verbose_name="size in bytes")),
                (
                    "projects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("as_at", models.DateField(blank=True, null=True, verbose_name="ledger as at")),
                (
                    "checked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_checks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "checked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-checked_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="report_check_withdrawn_at_with_withdrawn_by",
                        violation_error_message="Enter both withdrawn at and withdrawn by, or neither",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportCheckEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.reportcheck",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("file_name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the file")),
                ("size", models.PositiveIntegerField(verbose_name="size in bytes")),
                (
                    "projects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("as_at", models.DateField(blank=True, null=True, verbose_name="ledger as at")),
                (
                    "checked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "checked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CheckedText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "check_of",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="text",
                        to="reports.reportcheck",
                    ),
                ),
                ("paper", models.JSONField()),
                ("answer", models.JSONField()),
                ("word_file", models.BinaryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Dismissal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "check_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dismissals",
                        to="reports.reportcheck",
                    ),
                ),
                ("finding", models.CharField(max_length=80, verbose_name="key of the finding")),
                ("reason", models.TextField()),
                (
                    "dismissed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dismissed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="dismissal_reason_not_blank",
                        violation_error_message="Say why the finding does not matter",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                            models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="dismissal_undone_at_with_undone_by",
                        violation_error_message="Enter both undone at and undone by, or neither",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("check_of", "finding"),
                        name="dismissal_stands_once_a_finding",
                        violation_error_message="This finding is dismissed already",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DismissalEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.dismissal",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "check_of",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.reportcheck",
                    ),
                ),
                ("finding", models.CharField(max_length=80, verbose_name="key of the finding")),
                ("reason", models.TextField()),
                (
                    "dismissed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dismissed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReportTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("guidance", models.TextField(blank=True, verbose_name="when to use it")),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, verbose_name="order in lists"),
                ),
                (
                    "in_use",
                    models.BooleanField(default=True, verbose_name="offered for new reports"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["position", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name",),
                        name="report_template_name_is_unique",
                        violation_error_message="There is already a report template of this name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="report_template_name_not_blank",
                        violation_error_message="Enter the name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportTemplateEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.reporttemplate",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("guidance", models.TextField(blank=True, verbose_name="when to use it")),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, verbose_name="order in lists"),
                ),
                (
                    "in_use",
                    models.BooleanField(default=True, verbose_name="offered for new reports"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TemplateField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("label", models.CharField(max_length=80)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("text", "Written by the author"),
                            ("body", "The body that it goes to"),
                            ("date", "The date of the meeting"),
                            ("title", "The title"),
                            ("purpose", "The purpose"),
                            ("key_decision", "Whether it is a key decision"),
                            ("cabinet_member", "The cabinet member of its projects"),
                        ],
                        default="text",
                        max_length=20,
                        verbose_name="what it says",
                    ),
                ),
                ("guidance", models.CharField(blank=True, max_length=300)),
                ("compulsory", models.BooleanField(default=True)),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fields",
                        to="reports.reporttemplate",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("template", "label"),
                        name="template_field_label_is_unique",
                        violation_error_message="This template already has a field of that name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("label", ""), _negated=True),
                        name="template_field_label_not_blank",
                        violation_error_message="Enter the label",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "source__in",
                                [
                                    "text",
                                    "body",
                                    "date",
                                    "title",
                                    "purpose",
                                    "key_decision",
                                    "cabinet_member",
                                ],
                            )
                        ),
                        name="template_field_source_is_known",
                        violation_error_message="Choose one of the listed values for source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateFieldEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.templatefield",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("label", models.CharField(max_length=80)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("text", "Written by the author"),
                            ("body", "The body that it goes to"),
                            ("date", "The date of the meeting"),
                            ("title", "The title"),
                            ("purpose", "The purpose"),
                            ("key_decision", "Whether it is a key decision"),
                            ("cabinet_member", "The cabinet member of its projects"),
                        ],
                        default="text",
                        max_length=20,
                        verbose_name="what it says",
                    ),
                ),
                ("guidance", models.CharField(blank=True, max_length=300)),
                ("compulsory", models.BooleanField(default=True)),
                (
                    "template",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.reporttemplate",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TemplateSection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("title", models.CharField(max_length=120)),
                ("guidance", models.TextField(blank=True, verbose_name="what belongs here")),
                ("compulsory", models.BooleanField(default=False)),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="reports.reporttemplate",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("template", "title"),
                        name="template_section_title_is_unique",
                        violation_error_message="This template already has a section of that name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="template_section_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateSectionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.templatesection",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("title", models.CharField(max_length=120)),
                ("guidance", models.TextField(blank=True, verbose_name="what belongs here")),
                ("compulsory", models.BooleanField(default=False)),
                (
                    "template",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.reporttemplate",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WordTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="word_templates",
                        to="reports.reporttemplate",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="file name")),
                ("content", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-uploaded_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=30)),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="reports.reporttemplate",
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                ("purpose", models.TextField(blank=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="budgets.governingbody",
                        verbose_name="body that it goes to",
                    ),
                ),
                ("meeting_on", models.DateField(verbose_name="date of the meeting")),
                ("agenda_item", models.CharField(blank=True, max_length=30)),
                (
                    "key_decision",
                    models.BooleanField(
                        blank=True,
                        choices=[(True, "Yes"), (False, "No")],
                        help_text="What the report will say. The thresholds are compared with what it asks for.",
                        null=True,
                    ),
                ),
                (
                    "figures_as_at",
                    models.DateField(
                        blank=True,
                        help_text="The day on which the ledger is read. Leave it empty to follow the ledger from day to day.",
                        null=True,
                        verbose_name="figures as at",
                    ),
                ),
                (
                    "author_job_title",
                    models.CharField(blank=True, max_length=120, verbose_name="job title"),
                ),
                (
                    "author_service",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="service area or department"
                    ),
                ),
                (
                    "author_telephone",
                    models.CharField(blank=True, max_length=40, verbose_name="telephone"),
                ),
                (
                    "author_email",
                    models.CharField(blank=True, max_length=120, verbose_name="e-mail"),
                ),
                (
                    "background_papers",
                    models.TextField(
                        blank=True,
                        help_text="One a line. Leave it empty when there are none: the report then says so.",
                    ),
                ),
                (
                    "publish_on",
                    models.DateField(
                        blank=True,
                        help_text="By law five clear days before the meeting; clearances are due before it.",
                        null=True,
                        verbose_name="agenda published on",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("seen_figures", models.JSONField(default=dict, editable=False)),
                ("content_version", models.PositiveIntegerField(default=1, editable=False)),
                ("next_label", models.PositiveIntegerField(default=1, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["-meeting_on", "reference"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reference",),
                        name="report_reference_is_unique",
                        violation_error_message="There is already a report of this reference",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference__regex", "^[A-Z0-9][A-Z0-9-]{1,29}$")),
                        name="report_reference_shape",
                        violation_error_message="Enter 2 to 30 capital letters, figures or hyphens, for example HMS-2023-06-14",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="report_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.report",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("reference", models.CharField(max_length=30)),
                (
                    "template",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.reporttemplate",
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                ("purpose", models.TextField(blank=True)),
                (
                    "body",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.governingbody",
                        verbose_name="body that it goes to",
                    ),
                ),
                ("meeting_on", models.DateField(verbose_name="date of the meeting")),
                ("agenda_item", models.CharField(blank=True, max_length=30)),
                (
                    "key_decision",
                    models.BooleanField(
                        blank=True,
                        choices=[(True, "Yes"), (False, "No")],
                        help_text="What the report will say. The thresholds are compared with what it asks for.",
                        null=True,
                    ),
                ),
                (
                    "figures_as_at",
                    models.DateField(
                        blank=True,
                        help_text="The day on which the ledger is read. Leave it empty to follow the ledger from day to day.",
                        null=True,
                        verbose_name="figures as at",
                    ),
                ),
                (
                    "author_job_title",
                    models.CharField(blank=True, max_length=120, verbose_name="job title"),
                ),
                (
                    "author_service",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="service area or department"
                    ),
                ),
                (
                    "author_telephone",
                    models.CharField(blank=True, max_length=40, verbose_name="telephone"),
                ),
                (
                    "author_email",
                    models.CharField(blank=True, max_length=120, verbose_name="e-mail"),
                ),
                (
                    "background_papers",
                    models.TextField(
                        blank=True,
                        help_text="One a line. Leave it empty when there are none: the report then says so.",
                    ),
                ),
                (
                    "publish_on",
                    models.DateField(
                        blank=True,
                        help_text="By law five clear days before the meeting; clearances are due before it.",
                        null=True,
                        verbose_name="agenda published on",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("seen_figures", models.JSONField(default=dict, editable=False)),
                ("content_version", models.PositiveIntegerField(default=1, editable=False)),
                ("next_label", models.PositiveIntegerField(default=1, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReportProject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_projects",
                        to="reports.report",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_projects",
                        to="projects.project",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "project"),
                        name="report_project_once",
                        violation_error_message="The report is already about this project",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportProjectEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.reportproject",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "report",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.report",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.project",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReportField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("label", models.CharField(max_length=80)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("text", "Written by the author"),
                            ("body", "The body that it goes to"),
                            ("date", "The date of the meeting"),
                            ("title", "The title"),
                            ("purpose", "The purpose"),
                            ("key_decision", "Whether it is a key decision"),
                            ("cabinet_member", "The cabinet member of its projects"),
                        ],
                        default="text",
                        max_length=20,
                        verbose_name="what it says",
                    ),
                ),
                ("guidance", models.CharField(blank=True, max_length=300)),
                ("compulsory", models.BooleanField(default=True)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fields",
                        to="reports.report",
                    ),
                ),
                ("text", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["position", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "source__in",
                                [
                                    "text",
                                    "body",
                                    "date",
                                    "title",
                                    "purpose",
                                    "key_decision",
                                    "cabinet_member",
                                ],
                            )
                        ),
                        name="report_field_source_is_known",
                        violation_error_message="Choose one of the listed values for source",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportFieldEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.reportfield",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("label", models.CharField(max_length=80)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("text", "Written by the author"),
                            ("body", "The body that it goes to"),
                            ("date", "The date of the meeting"),
                            ("title", "The title"),
                            ("purpose", "The purpose"),
                            ("key_decision", "Whether it is a key decision"),
                            ("cabinet_member", "The cabinet member of its projects"),
                        ],
                        default="text",
                        max_length=20,
                        verbose_name="what it says",
                    ),
                ),
                ("guidance", models.CharField(blank=True, max_length=300)),
                ("compulsory", models.BooleanField(default=True)),
                (
                    "report",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.report",
                    ),
                ),
                ("text", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ClearanceDeadline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deadlines",
                        to="reports.report",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("finance", "Finance"),
                            ("legal", "Legal"),
                            ("cabinet_member", "Cabinet member"),
                        ],
                        max_length=20,
                    ),
                ),
                ("due_on", models.DateField(verbose_name="due by")),
            ],
            options={
                "ordering": ["report", "kind"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "kind"),
                        name="clearance_deadline_once",
                        violation_error_message="There is already a deadline for this clearance",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["finance", "legal", "cabinet_member"])),
                        name="clearance_deadline_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClearanceDeadlineEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.clearancedeadline",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "report",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.report",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("finance", "Finance"),
                            ("legal", "Legal"),
                            ("cabinet_member", "Cabinet member"),
                        ],
                        max_length=20,
                    ),
                ),
                ("due_on", models.DateField(verbose_name="due by")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Clearance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clearances",
                        to="reports.report",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("finance", "Finance"),
                            ("legal", "Legal"),
                            ("cabinet_member", "Cabinet member"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("cleared", "Cleared"), ("returned", "Returned with comments")],
                        max_length=10,
                    ),
                ),
                ("of_version", models.PositiveIntegerField()),
                (
                    "given_by",
                    models.CharField(
                        help_text="A job title", max_length=120, verbose_name="given by"
                    ),
                ),
                ("given_on", models.DateField(verbose_name="given on")),
                ("comment", models.TextField(blank=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["report", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["finance", "legal", "cabinet_member"])),
                        name="clearance_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["cleared", "returned"])),
                        name="clearance_outcome_is_known",
                        violation_error_message="Choose one of the listed values for outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClearanceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.clearance",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "report",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.report",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("finance", "Finance"),
                            ("legal", "Legal"),
                            ("cabinet_member", "Cabinet member"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("cleared", "Cleared"), ("returned", "Returned with comments")],
                        max_length=10,
                    ),
                ),
                ("of_version", models.PositiveIntegerField()),
                (
                    "given_by",
                    models.CharField(
                        help_text="A job title", max_length=120, verbose_name="given by"
                    ),
                ),
                ("given_on", models.DateField(verbose_name="given on")),
                ("comment", models.TextField(blank=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Section",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("title", models.CharField(max_length=120)),
                ("guidance", models.TextField(blank=True, verbose_name="what belongs here")),
                ("compulsory", models.BooleanField(default=False)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="reports.report",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "title"),
                        name="section_title_is_unique",
                        violation_error_message="This report already has a section of that name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="section_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SectionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.section",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("title", models.CharField(max_length=120)),
                ("guidance", models.TextField(blank=True, verbose_name="what belongs here")),
                ("compulsory", models.BooleanField(default=False)),
                (
                    "report",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.report",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Paragraph",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "exempt",
                    models.BooleanField(default=False, verbose_name="exempt from publication"),
                ),
                (
                    "exempt_paragraphs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            choices=[
                                (1, "1: information relating to an individual"),
                                (2, "2: likely to reveal the identity of an individual"),
                                (
                                    3,
                                    "3: financial or business affairs of any person (including the authority)",
                                ),
                                (4, "4: labour relations consultations or negotiations"),
                                (5, "5: legal professional privilege"),
                                (6, "6: proposed notices, orders or directions"),
                                (7, "7: prevention, investigation or prosecution of crime"),
                            ]
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Schedule 12A paragraphs",
                    ),
                ),
                (
                    "exempt_reason",
                    models.TextField(
                        blank=True,
                        help_text="Say why the public interest in withholding outweighs that in disclosing.",
                        verbose_name="why the public interest favours exemption",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paragraphs",
                        to="reports.report",
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paragraphs",
                        to="reports.section",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("label", models.SlugField(max_length=40)),
                ("text", models.TextField()),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["section__position", "section", "position", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exempt", True), ("exempt_paragraphs__len", 0), _connector="OR"
                        ),
                        name="reports_paragraph_paragraph_only_if_exempt",
                        violation_error_message="Mark it as exempt, or remove the Schedule 12A paragraph",
                    ),
                    models.UniqueConstraint(
                        fields=("report", "label"), name="paragraph_label_is_unique"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ParagraphEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.paragraph",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "exempt",
                    models.BooleanField(default=False, verbose_name="exempt from publication"),
                ),
                (
                    "exempt_paragraphs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            choices=[
                                (1, "1: information relating to an individual"),
                                (2, "2: likely to reveal the identity of an individual"),
                                (
                                    3,
                                    "3: financial or business affairs of any person (including the authority)",
                                ),
                                (4, "4: labour relations consultations or negotiations"),
                                (5, "5: legal professional privilege"),
                                (6, "6: proposed notices, orders or directions"),
                                (7, "7: prevention, investigation or prosecution of crime"),
                            ]
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Schedule 12A paragraphs",
                    ),
                ),
                (
                    "exempt_reason",
                    models.TextField(
                        blank=True,
                        help_text="Say why the public interest in withholding outweighs that in disclosing.",
                        verbose_name="why the public interest favours exemption",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.report",
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.section",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("label", models.SlugField(db_index=False, max_length=40)),
                ("text", models.TextField()),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Recommendation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recommendations",
                        to="reports.report",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("label", models.SlugField(max_length=40)),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("note", "Note"),
                            ("approve", "Approve"),
                            ("delegate", "Delegate authority"),
                            ("recommend", "Recommend to another body"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "to_body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="budgets.governingbody",
                        verbose_name="body recommended to",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="As it follows the verb: “the lessons learned from …”.",
                        verbose_name="what it asks for",
                    ),
                ),
                (
                    "delegate_to",
                    models.CharField(blank=True, help_text="A job title", max_length=200),
                ),
                (
                    "consult_with",
                    models.CharField(
                        blank=True,
                        help_text="Job titles",
                        max_length=300,
                        verbose_name="in consultation with",
                    ),
                ),
                (
                    "delegate_what",
                    models.CharField(
                        blank=True,
                        help_text="For example: to finalise the terms",
                        max_length=300,
                        verbose_name="to do what",
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommendations",
                        to="budgets.budgetchange",
                        verbose_name="budget change that it asks for",
                    ),
                ),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("agreed", "Agreed as recommended"),
                            ("amended", "Agreed with changes"),
                            ("deferred", "Deferred"),
                            ("refused", "Not agreed"),
                            ("withdrawn", "Withdrawn before the meeting"),
                        ],
                        max_length=10,
                        null=True,
                    ),
                ),
                (
                    "resolved_text",
                    models.TextField(
                        blank=True,
                        help_text="The words of the minute, where they differ.",
                        verbose_name="as resolved",
                    ),
                ),
                ("resolved_on", models.DateField(blank=True, null=True)),
                ("minute_number", models.CharField(blank=True, max_length=30)),
                (
                    "resolution_entered_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "label"), name="recommendation_label_is_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="recommendation_text_not_blank",
                        violation_error_message="Enter what it asks for",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verb__in", ["note", "approve", "delegate", "recommend"])
                        ),
                        name="recommendation_verb_is_known",
                        violation_error_message="Choose one of the listed values for verb",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("verb", "recommend"), _negated=True),
                            ("to_body__isnull", False),
                            _connector="OR",
                        ),
                        name="recommendation_names_its_body",
                        violation_error_message="Choose the body that it is recommended to",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("verb", "delegate"), _negated=True),
                            models.Q(("delegate_to", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="recommendation_names_its_delegate",
                        violation_error_message="Enter the job title that authority is delegated to",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("resolution", None),
                            (
                                "resolution__in",
                                ["agreed", "amended", "deferred", "refused", "withdrawn"],
                            ),
                            _connector="OR",
                        ),
                        name="recommendation_resolution_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolution__isnull", True), ("resolved_on__isnull", True)),
                            models.Q(("resolution__isnull", False), ("resolved_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="recommendation_resolution_with_resolved_on",
                        violation_error_message="Enter both resolution and resolved on, or neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("resolution__isnull", True),
                                ("resolution_entered_by__isnull", True),
                            ),
                            models.Q(
                                ("resolution__isnull", False),
                                ("resolution_entered_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="recommendation_resolution_with_resolution_entered_by",
                        violation_error_message="Enter both resolution and resolution entered by, or neither",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecommendationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.recommendation",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "report",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.report",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("label", models.SlugField(db_index=False, max_length=40)),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("note", "Note"),
                            ("approve", "Approve"),
                            ("delegate", "Delegate authority"),
                            ("recommend", "Recommend to another body"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "to_body",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.governingbody",
                        verbose_name="body recommended to",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="As it follows the verb: “the lessons learned from …”.",
                        verbose_name="what it asks for",
                    ),
                ),
                (
                    "delegate_to",
                    models.CharField(blank=True, help_text="A job title", max_length=200),
                ),
                (
                    "consult_with",
                    models.CharField(
                        blank=True,
                        help_text="Job titles",
                        max_length=300,
                        verbose_name="in consultation with",
                    ),
                ),
                (
                    "delegate_what",
                    models.CharField(
                        blank=True,
                        help_text="For example: to finalise the terms",
                        max_length=300,
                        verbose_name="to do what",
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.budgetchange",
                        verbose_name="budget change that it asks for",
                    ),
                ),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("agreed", "Agreed as recommended"),
                            ("amended", "Agreed with changes"),
                            ("deferred", "Deferred"),
                            ("refused", "Not agreed"),
                            ("withdrawn", "Withdrawn before the meeting"),
                        ],
                        max_length=10,
                        null=True,
                    ),
                ),
                (
                    "resolved_text",
                    models.TextField(
                        blank=True,
                        help_text="The words of the minute, where they differ.",
                        verbose_name="as resolved",
                    ),
                ),
                ("resolved_on", models.DateField(blank=True, null=True)),
                ("minute_number", models.CharField(blank=True, max_length=30)),
                (
                    "resolution_entered_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AmountLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "recommendation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="own_lines",
                        to="reports.recommendation",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                ("year", council_hms.fields.FinancialYearField(verbose_name="financial year")),
                (
                    "nature",
                    models.CharField(
                        choices=[("capital", "Capital"), ("revenue", "Revenue")],
                        max_length=7,
                        verbose_name="capital or revenue",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="budgets.fundingsource",
                    ),
                ),
                ("amount", council_hms.fields.MoneyField()),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recommendation", "project", "year", "nature", "source"),
                        name="amount_line_once_in_a_recommendation",
                        nulls_distinct=False,
                        violation_error_message="This recommendation already has a line for that",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nature__in", ["capital", "revenue"])),
                        name="amount_line_nature_is_known",
                        violation_error_message="Choose one of the listed values for nature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1990), ("year__lte", 2099)),
                        name="amount_line_year_is_valid",
                        violation_error_message="Enter a financial year from 1990 to 2099",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AmountLineEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.amountline",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "recommendation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.recommendation",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.project",
                    ),
                ),
                ("year", council_hms.fields.FinancialYearField(verbose_name="financial year")),
                (
                    "nature",
                    models.CharField(
                        choices=[("capital", "Capital"), ("revenue", "Revenue")],
                        max_length=7,
                        verbose_name="capital or revenue",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.fundingsource",
                    ),
                ),
                ("amount", council_hms.fields.MoneyField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Appendix",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "exempt",
                    models.BooleanField(default=False, verbose_name="exempt from publication"),
                ),
                (
                    "exempt_paragraphs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            choices=[
                                (1, "1: information relating to an individual"),
                                (2, "2: likely to reveal the identity of an individual"),
                                (
                                    3,
                                    "3: financial or business affairs of any person (including the authority)",
                                ),
                                (4, "4: labour relations consultations or negotiations"),
                                (5, "5: legal professional privilege"),
                                (6, "6: proposed notices, orders or directions"),
                                (7, "7: prevention, investigation or prosecution of crime"),
                            ]
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Schedule 12A paragraphs",
                    ),
                ),
                (
                    "exempt_reason",
                    models.TextField(
                        blank=True,
                        help_text="Say why the public interest in withholding outweighs that in disclosing.",
                        verbose_name="why the public interest favours exemption",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appendices",
                        to="reports.report",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("label", models.SlugField(max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name_plural": "appendices",
                "ordering": ["position", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exempt", True), ("exempt_paragraphs__len", 0), _connector="OR"
                        ),
                        name="reports_appendix_paragraph_only_if_exempt",
                        violation_error_message="Mark it as exempt, or remove the Schedule 12A paragraph",
                    ),
                    models.UniqueConstraint(
                        fields=("report", "label"), name="appendix_label_is_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="appendix_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AppendixEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="reports.appendix",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "exempt",
                    models.BooleanField(default=False, verbose_name="exempt from publication"),
                ),
                (
                    "exempt_paragraphs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            choices=[
                                (1, "1: information relating to an individual"),
                                (2, "2: likely to reveal the identity of an individual"),
                                (
                                    3,
                                    "3: financial or business affairs of any person (including the authority)",
                                ),
                                (4, "4: labour relations consultations or negotiations"),
                                (5, "5: legal professional privilege"),
                                (6, "6: proposed notices, orders or directions"),
                                (7, "7: prevention, investigation or prosecution of crime"),
                            ]
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Schedule 12A paragraphs",
                    ),
                ),
                (
                    "exempt_reason",
                    models.TextField(
                        blank=True,
                        help_text="Say why the public interest in withholding outweighs that in disclosing.",
                        verbose_name="why the public interest favours exemption",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="reports.report",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("label", models.SlugField(db_index=False, max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="reports.report",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("of_version", models.PositiveIntegerField()),
                ("as_at", models.DateField(verbose_name="figures as at")),
                ("published_on", models.DateField()),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="why a new version")),
                ("figures", models.JSONField(default=dict)),
                ("document", models.JSONField()),
                ("exempt_document", models.JSONField(null=True)),
            ],
            options={
                "ordering": ["report", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "number"), name="publication_number_once_a_report"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicationFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="reports.publication",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("public", "Public"), ("exempt", "Exempt")], max_length=6
                    ),
                ),
                ("format", models.CharField(max_length=5)),
                ("name", models.CharField(max_length=150, verbose_name="file name")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField(verbose_name="size in bytes")),
                ("content", models.BinaryField()),
            ],
            options={
                "ordering": ["publication", "audience", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("publication", "audience", "format"),
                        name="publication_file_once_a_format",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("audience__in", ["public", "exempt"])),
                        name="publication_file_audience_is_known",
                        violation_error_message="Choose one of the listed values for audience",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="report",
            name="projects",
            field=models.ManyToManyField(
                related_name="reports", through="reports.ReportProject", to="projects.project"
            ),
        ),
    ]
