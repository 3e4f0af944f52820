import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import council_hms.fields
import projects.models.supplier


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("council_hms", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        help_text="Short and unique, for example HMS",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9][A-Z0-9-]{1,19}$",
                                "Enter 2 to 20 capital letters, figures or hyphens, for example HMS or ICT-07",
                            )
                        ],
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("summary", models.TextField(blank=True, verbose_name="what it is for")),
                ("directorate", models.CharField(blank=True, max_length=120)),
                ("service", models.CharField(blank=True, max_length=120)),
                (
                    "cabinet_member",
                    models.CharField(
                        blank=True, help_text="The portfolio, for example Housing", max_length=160
                    ),
                ),
                ("sponsor", models.CharField(blank=True, help_text="A job title", max_length=120)),
                (
                    "senior_responsible_owner",
                    models.CharField(blank=True, help_text="A job title", max_length=120),
                ),
                (
                    "fund",
                    models.CharField(
                        choices=[("GF", "General Fund"), ("HRA", "Housing Revenue Account")],
                        default="GF",
                        max_length=3,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("business_case", "Business case"),
                            ("delivery", "In delivery"),
                            ("closing", "Closing"),
                            ("closed", "Closed"),
                        ],
                        default="proposed",
                        max_length=20,
                    ),
                ),
                (
                    "is_budget_head",
                    models.BooleanField(
                        default=False,
                        help_text="A head that gives or takes virements, such as under-spends in a programme.",
                        verbose_name="budget head, not a project",
                    ),
                ),
                (
                    "is_illustrative",
                    models.BooleanField(
                        default=False, help_text="Made up to show the product, not from a report."
                    ),
                ),
                (
                    "reporting_weeks",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="For example 4. Leave empty when no highlight reports are asked for.",
                        null=True,
                        verbose_name="weeks between highlight reports",
                    ),
                ),
                ("notes", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
            options={
                "ordering": ["reference"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reference",),
                        name="project_reference_is_unique",
                        violation_error_message="Another project has this reference; choose a different one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference__regex", "^[A-Z0-9][A-Z0-9-]{1,19}$")),
                        name="project_reference_shape",
                        violation_error_message="Enter 2 to 20 capital letters, figures or hyphens, for example HMS",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="project_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fund__in", ["GF", "HRA"])),
                        name="project_fund_is_known",
                        violation_error_message="Choose one of the listed values for fund",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "stage__in",
                                ["proposed", "business_case", "delivery", "closing", "closed"],
                            )
                        ),
                        name="project_stage_is_known",
                        violation_error_message="Choose one of the listed values for stage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reporting_weeks", None),
                            models.Q(("reporting_weeks__gte", 1), ("reporting_weeks__lte", 52)),
                            _connector="OR",
                        ),
                        name="project_reporting_weeks_1_to_52",
                        violation_error_message="Enter a number of weeks from 1 to 52",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectEvent",
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
                        to="projects.project",
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
                    "reference",
                    models.CharField(
                        help_text="Short and unique, for example HMS",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9][A-Z0-9-]{1,19}$",
                                "Enter 2 to 20 capital letters, figures or hyphens, for example HMS or ICT-07",
                            )
                        ],
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("summary", models.TextField(blank=True, verbose_name="what it is for")),
                ("directorate", models.CharField(blank=True, max_length=120)),
                ("service", models.CharField(blank=True, max_length=120)),
                (
                    "cabinet_member",
                    models.CharField(
                        blank=True, help_text="The portfolio, for example Housing", max_length=160
                    ),
                ),
                ("sponsor", models.CharField(blank=True, help_text="A job title", max_length=120)),
                (
                    "senior_responsible_owner",
                    models.CharField(blank=True, help_text="A job title", max_length=120),
                ),
                (
                    "fund",
                    models.CharField(
                        choices=[("GF", "General Fund"), ("HRA", "Housing Revenue Account")],
                        default="GF",
                        max_length=3,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("business_case", "Business case"),
                            ("delivery", "In delivery"),
                            ("closing", "Closing"),
                            ("closed", "Closed"),
                        ],
                        default="proposed",
                        max_length=20,
                    ),
                ),
                (
                    "is_budget_head",
                    models.BooleanField(
                        default=False,
                        help_text="A head that gives or takes virements, such as under-spends in a programme.",
                        verbose_name="budget head, not a project",
                    ),
                ),
                (
                    "is_illustrative",
                    models.BooleanField(
                        default=False, help_text="Made up to show the product, not from a report."
                    ),
                ),
                (
                    "reporting_weeks",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="For example 4. Leave empty when no highlight reports are asked for.",
                        null=True,
                        verbose_name="weeks between highlight reports",
                    ),
                ),
                ("notes", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WorkPackage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="work_packages",
                        to="projects.project",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("name", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                ("planned_year", council_hms.fields.FinancialYearField(blank=True, null=True)),
                ("is_product", models.BooleanField(default=False, verbose_name="planned product")),
            ],
            options={
                "ordering": ["project", "position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "name"),
                        name="work_package_name_is_unique",
                        violation_error_message="This project already has a work package of that name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="work_package_name_not_blank",
                        violation_error_message="Enter the name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("planned_year__gte", 1990), ("planned_year__lte", 2099)
                        ),
                        name="work_package_planned_year_is_valid",
                        violation_error_message="Enter a financial year from 1990 to 2099",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkPackageEvent",
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
                        to="projects.workpackage",
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
                ("name", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                ("planned_year", council_hms.fields.FinancialYearField(blank=True, null=True)),
                ("is_product", models.BooleanField(default=False, verbose_name="planned product")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BoardMembership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="board",
                        to="projects.project",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="boards",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        default="Member", max_length=80, verbose_name="part on the board"
                    ),
                ),
                ("since", models.DateField(default=django.utils.timezone.localdate)),
                ("until", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["project", "person"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("project", "person"),
                        name="board_membership_once_at_a_time",
                        violation_error_message="This person is already on the board",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="board_membership_ends_after_it_starts",
                        violation_error_message="The last day must not be before the first",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BoardMembershipEvent",
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
                        to="projects.boardmembership",
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
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        default="Member", max_length=80, verbose_name="part on the board"
                    ),
                ),
                ("since", models.DateField(default=django.utils.timezone.localdate)),
                ("until", models.DateField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FindingAcceptance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=80)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="finding_acceptances",
                        to="projects.project",
                    ),
                ),
                ("subject", models.CharField(max_length=200)),
                ("reason", models.TextField(verbose_name="why it is accepted")),
                (
                    "accepted_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("accepted_on", models.DateField(default=django.utils.timezone.localdate)),
                ("review_on", models.DateField(verbose_name="look at it again on")),
                ("ended_on", models.DateField(blank=True, editable=False, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["project", "code", "subject", "-accepted_on"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("code", "project", "subject"),
                        name="finding_acceptance_once_at_a_time",
                        violation_error_message="This finding has been accepted already",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        name="finding_acceptance_code_not_blank",
                        violation_error_message="Enter the code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="finding_acceptance_reason_not_blank",
                        violation_error_message="Say why the finding is accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_by__isnull", True), ("ended_on__isnull", True)),
                            models.Q(("ended_by__isnull", False), ("ended_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="finding_acceptance_ended_on_with_ended_by",
                        violation_error_message="Enter both ended on and ended by, or neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("review_on__gt", models.F("accepted_on"))),
                        name="finding_acceptance_review_later",
                        violation_error_message="The day to look at it again must be after the day it is accepted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FindingAcceptanceEvent",
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
                        to="projects.findingacceptance",
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
                ("code", models.CharField(max_length=80)),
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
                ("subject", models.CharField(max_length=200)),
                ("reason", models.TextField(verbose_name="why it is accepted")),
                (
                    "accepted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("accepted_on", models.DateField(default=django.utils.timezone.localdate)),
                ("review_on", models.DateField(verbose_name="look at it again on")),
                ("ended_on", models.DateField(blank=True, editable=False, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
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
            name="HighlightReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="highlight_reports",
                        to="projects.project",
                    ),
                ),
                ("period_from", models.DateField(verbose_name="first day of the period")),
                ("period_to", models.DateField(verbose_name="last day of the period")),
                ("summary", models.TextField(blank=True, verbose_name="in a few sentences")),
                ("done", models.TextField(blank=True, verbose_name="what was done")),
                ("next_steps", models.TextField(blank=True, verbose_name="what comes next")),
                (
                    "delivery_confidence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("green", "Green"),
                            ("amber_green", "Amber/green"),
                            ("amber", "Amber"),
                            ("amber_red", "Amber/red"),
                            ("red", "Red"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "confidence_reason",
                    models.TextField(blank=True, verbose_name="why that confidence"),
                ),
                ("is_illustrative", models.BooleanField(default=False, editable=False)),
                ("note", models.TextField(blank=True, editable=False)),
                (
                    "written_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "written_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("submitted_on", models.DateField(blank=True, editable=False, null=True)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("noted_on", models.DateField(blank=True, null=True)),
                (
                    "noted_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("board_note", models.TextField(blank=True, verbose_name="what the board noted")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["project", "-period_to", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "period_to"),
                        name="highlight_report_one_per_period",
                        violation_error_message="There is already a highlight report whose period ends on that day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period_to__gte", models.F("period_from"))),
                        name="highlight_report_period_ends_after_it_starts",
                        violation_error_message="The last day of the period must not be before the first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("delivery_confidence", ""),
                            (
                                "delivery_confidence__in",
                                ["green", "amber_green", "amber", "amber_red", "red"],
                            ),
                            _connector="OR",
                        ),
                        name="highlight_report_confidence_is_known",
                        violation_error_message="Choose the delivery confidence from the list",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("submitted_by__isnull", True), ("submitted_on__isnull", True)
                            ),
                            models.Q(
                                ("submitted_by__isnull", False), ("submitted_on__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="highlight_report_submitted_on_with_submitted_by",
                        violation_error_message="Enter both submitted on and submitted by, or neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("noted_by__isnull", True), ("noted_on__isnull", True)),
                            models.Q(("noted_by__isnull", False), ("noted_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="highlight_report_noted_on_with_noted_by",
                        violation_error_message="Enter both noted on and noted by, or neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("noted_on", None),
                            models.Q(
                                ("noted_on__gte", models.F("submitted_on")),
                                ("submitted_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="highlight_report_noted_after_submitted",
                        violation_error_message="The board can only note a report that has been submitted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HighlightReportEvent",
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
                        to="projects.highlightreport",
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
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.project",
                    ),
                ),
                ("period_from", models.DateField(verbose_name="first day of the period")),
                ("period_to", models.DateField(verbose_name="last day of the period")),
                ("summary", models.TextField(blank=True, verbose_name="in a few sentences")),
                ("done", models.TextField(blank=True, verbose_name="what was done")),
                ("next_steps", models.TextField(blank=True, verbose_name="what comes next")),
                (
                    "delivery_confidence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("green", "Green"),
                            ("amber_green", "Amber/green"),
                            ("amber", "Amber"),
                            ("amber_red", "Amber/red"),
                            ("red", "Red"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "confidence_reason",
                    models.TextField(blank=True, verbose_name="why that confidence"),
                ),
                ("is_illustrative", models.BooleanField(default=False, editable=False)),
                ("note", models.TextField(blank=True, editable=False)),
                (
                    "written_by",
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
                    "written_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("submitted_on", models.DateField(blank=True, editable=False, null=True)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("noted_on", models.DateField(blank=True, null=True)),
                (
                    "noted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("board_note", models.TextField(blank=True, verbose_name="what the board noted")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HighlightRating",
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
                        related_name="ratings",
                        to="projects.highlightreport",
                    ),
                ),
                (
                    "aspect",
                    models.CharField(
                        choices=[
                            ("time", "Time"),
                            ("cost", "Cost"),
                            ("scope", "Scope"),
                            ("quality", "Quality"),
                            ("benefits", "Benefits"),
                            ("risk", "Risk"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "proposed",
                    models.CharField(
                        blank=True,
                        choices=[("green", "Green"), ("amber", "Amber"), ("red", "Red")],
                        max_length=5,
                    ),
                ),
                ("rule", models.TextField(blank=True, verbose_name="what the proposal rests on")),
                (
                    "rating",
                    models.CharField(
                        blank=True,
                        choices=[("green", "Green"), ("amber", "Amber"), ("red", "Red")],
                        max_length=5,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["report", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "aspect"), name="highlight_rating_once_per_aspect"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("aspect__in", ["time", "cost", "scope", "quality", "benefits", "risk"])
                        ),
                        name="highlight_rating_aspect_is_known",
                        violation_error_message="Choose one of the listed values for aspect",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rating", ""),
                            ("rating__in", ["green", "amber", "red"]),
                            _connector="OR",
                        ),
                        name="highlight_rating_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("proposed", ""),
                            ("proposed__in", ["green", "amber", "red"]),
                            _connector="OR",
                        ),
                        name="highlight_rating_proposal_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("proposed", ""),
                            ("rating", ""),
                            ("rating", models.F("proposed")),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="highlight_rating_override_has_reason",
                        violation_error_message="Say why the rating differs from the one the figures propose",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HighlightRatingEvent",
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
                        to="projects.highlightrating",
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
                        to="projects.highlightreport",
                    ),
                ),
                (
                    "aspect",
                    models.CharField(
                        choices=[
                            ("time", "Time"),
                            ("cost", "Cost"),
                            ("scope", "Scope"),
                            ("quality", "Quality"),
                            ("benefits", "Benefits"),
                            ("risk", "Risk"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "proposed",
                    models.CharField(
                        blank=True,
                        choices=[("green", "Green"), ("amber", "Amber"), ("red", "Red")],
                        max_length=5,
                    ),
                ),
                ("rule", models.TextField(blank=True, verbose_name="what the proposal rests on")),
                (
                    "rating",
                    models.CharField(
                        blank=True,
                        choices=[("green", "Green"), ("amber", "Amber"), ("red", "Red")],
                        max_length=5,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Action",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="projects.project",
                    ),
                ),
                (
                    "highlight_report",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="projects.highlightreport",
                    ),
                ),
                ("what", models.CharField(max_length=300, verbose_name="what is to be done")),
                ("owner", models.CharField(help_text="A job title", max_length=120)),
                ("raised_on", models.DateField(default=django.utils.timezone.localdate)),
                ("due_on", models.DateField(verbose_name="to be done by")),
                ("done_on", models.DateField(blank=True, null=True)),
                ("outcome", models.TextField(blank=True, verbose_name="what came of it")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["project", "due_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what", ""), _negated=True),
                        name="action_what_not_blank",
                        violation_error_message="Say what is to be done",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("owner", ""), _negated=True),
                        name="action_owner_not_blank",
                        violation_error_message="Enter the owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("raised_on"))),
                        name="action_due_after_raised",
                        violation_error_message="The day it is to be done by must not be before the day it was raised",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActionEvent",
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
                        to="projects.action",
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
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "highlight_report",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.highlightreport",
                    ),
                ),
                ("what", models.CharField(max_length=300, verbose_name="what is to be done")),
                ("owner", models.CharField(help_text="A job title", max_length=120)),
                ("raised_on", models.DateField(default=django.utils.timezone.localdate)),
                ("due_on", models.DateField(verbose_name="to be done by")),
                ("done_on", models.DateField(blank=True, null=True)),
                ("outcome", models.TextField(blank=True, verbose_name="what came of it")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Benefit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="benefits",
                        to="projects.project",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("saving", "Saving"),
                            ("income", "Income"),
                            ("service", "Better service"),
                        ],
                        default="service",
                        max_length=10,
                    ),
                ),
                (
                    "cashable",
                    models.BooleanField(default=False, verbose_name="cashable: it lowers a budget"),
                ),
                (
                    "already_in_budget",
                    models.BooleanField(
                        default=False,
                        help_text="The budget has been lowered by this saving, so it cannot pay for anything again.",
                        verbose_name="already removed from the budget",
                    ),
                ),
                (
                    "counts_towards_funding",
                    models.BooleanField(
                        default=False,
                        help_text="The funding of the project relies on this saving.",
                        verbose_name="counted towards paying for the project",
                    ),
                ),
                ("owner", models.CharField(blank=True, help_text="A job title", max_length=120)),
                (
                    "measure",
                    models.CharField(blank=True, max_length=200, verbose_name="how it is measured"),
                ),
                (
                    "due_on",
                    models.DateField(blank=True, null=True, verbose_name="to be reached by"),
                ),
                ("realised_on", models.DateField(blank=True, null=True, verbose_name="reached on")),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What the record does not say, and how that was entered.",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["project", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "title"),
                        name="benefit_title_is_unique",
                        violation_error_message="This project already has a benefit of that title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="benefit_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["saving", "income", "service"])),
                        name="benefit_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BenefitEvent",
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
                        to="projects.benefit",
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
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.project",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("saving", "Saving"),
                            ("income", "Income"),
                            ("service", "Better service"),
                        ],
                        default="service",
                        max_length=10,
                    ),
                ),
                (
                    "cashable",
                    models.BooleanField(default=False, verbose_name="cashable: it lowers a budget"),
                ),
                (
                    "already_in_budget",
                    models.BooleanField(
                        default=False,
                        help_text="The budget has been lowered by this saving, so it cannot pay for anything again.",
                        verbose_name="already removed from the budget",
                    ),
                ),
                (
                    "counts_towards_funding",
                    models.BooleanField(
                        default=False,
                        help_text="The funding of the project relies on this saving.",
                        verbose_name="counted towards paying for the project",
                    ),
                ),
                ("owner", models.CharField(blank=True, help_text="A job title", max_length=120)),
                (
                    "measure",
                    models.CharField(blank=True, max_length=200, verbose_name="how it is measured"),
                ),
                (
                    "due_on",
                    models.DateField(blank=True, null=True, verbose_name="to be reached by"),
                ),
                ("realised_on", models.DateField(blank=True, null=True, verbose_name="reached on")),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What the record does not say, and how that was entered.",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BenefitYear",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "benefit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="years",
                        to="projects.benefit",
                    ),
                ),
                ("year", council_hms.fields.FinancialYearField(blank=True, null=True)),
                ("planned", council_hms.fields.MoneyField(blank=True, null=True)),
                ("actual", council_hms.fields.MoneyField(blank=True, null=True)),
            ],
            options={
                "ordering": ["benefit", "year"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("benefit", "year"),
                        name="benefit_year_once",
                        nulls_distinct=False,
                        violation_error_message="This benefit already has figures for that year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1990), ("year__lte", 2099)),
                        name="benefit_year_is_valid",
                        violation_error_message="Enter a financial year from 1990 to 2099",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BenefitYearEvent",
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
                        to="projects.benefityear",
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
                    "benefit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.benefit",
                    ),
                ),
                ("year", council_hms.fields.FinancialYearField(blank=True, null=True)),
                ("planned", council_hms.fields.MoneyField(blank=True, null=True)),
                ("actual", council_hms.fields.MoneyField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChangeRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="change_requests",
                        to="projects.project",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(editable=False)),
                ("title", models.CharField(max_length=200)),
                ("what", models.TextField(verbose_name="what is to change")),
                ("why", models.TextField(verbose_name="why")),
                (
                    "months",
                    models.SmallIntegerField(
                        blank=True,
                        help_text="Later is positive, sooner is negative.",
                        null=True,
                        verbose_name="effect on time, in months",
                    ),
                ),
                (
                    "cost",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="effect on cost, in pounds"
                    ),
                ),
                ("effect_on_benefits", models.TextField(blank=True)),
                ("raised_on", models.DateField(default=django.utils.timezone.localdate)),
                (
                    "raised_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decide_by",
                    models.DateField(blank=True, null=True, verbose_name="to be decided by"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=10,
                        null=True,
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision_reason",
                    models.TextField(blank=True, verbose_name="the board's reason"),
                ),
                (
                    "budget_change_reference",
                    models.CharField(
                        blank=True,
                        help_text="The budget change that this led to, for example BC-12. A board's decision is not budget authority.",
                        max_length=30,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["project", "-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "number"), name="change_request_number_is_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="change_request_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("what", ""), _negated=True),
                        name="change_request_what_not_blank",
                        violation_error_message="Say what is to change",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("why", ""), _negated=True),
                        name="change_request_why_not_blank",
                        violation_error_message="Say why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", None),
                            ("outcome__in", ["approved", "refused", "withdrawn"]),
                            _connector="OR",
                        ),
                        name="change_request_outcome_is_known",
                        violation_error_message="Choose one of the listed outcomes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_on__isnull", True), ("outcome__isnull", True)),
                            models.Q(("decided_on__isnull", False), ("outcome__isnull", False)),
                            _connector="OR",
                        ),
                        name="change_request_outcome_with_decided_on",
                        violation_error_message="Enter both outcome and decided on, or neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by__isnull", True), ("decided_on__isnull", True)),
                            models.Q(("decided_by__isnull", False), ("decided_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="change_request_decided_on_with_decided_by",
                        violation_error_message="Enter both decided on and decided by, or neither",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangeRequestEvent",
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
                        to="projects.changerequest",
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
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.project",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(editable=False)),
                ("title", models.CharField(max_length=200)),
                ("what", models.TextField(verbose_name="what is to change")),
                ("why", models.TextField(verbose_name="why")),
                (
                    "months",
                    models.SmallIntegerField(
                        blank=True,
                        help_text="Later is positive, sooner is negative.",
                        null=True,
                        verbose_name="effect on time, in months",
                    ),
                ),
                (
                    "cost",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="effect on cost, in pounds"
                    ),
                ),
                ("effect_on_benefits", models.TextField(blank=True)),
                ("raised_on", models.DateField(default=django.utils.timezone.localdate)),
                (
                    "raised_by",
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
                    "decide_by",
                    models.DateField(blank=True, null=True, verbose_name="to be decided by"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=10,
                        null=True,
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision_reason",
                    models.TextField(blank=True, verbose_name="the board's reason"),
                ),
                (
                    "budget_change_reference",
                    models.CharField(
                        blank=True,
                        help_text="The budget change that this led to, for example BC-12. A board's decision is not budget authority.",
                        max_length=30,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ClosureReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closure_report",
                        to="projects.project",
                    ),
                ),
                ("delivered", models.TextField(blank=True, verbose_name="what was delivered")),
                (
                    "outturn",
                    models.TextField(blank=True, verbose_name="outturn against the first approval"),
                ),
                (
                    "timing",
                    models.TextField(blank=True, verbose_name="milestones against their baselines"),
                ),
                (
                    "benefits",
                    models.TextField(blank=True, verbose_name="benefits reached and still to come"),
                ),
                (
                    "lessons",
                    models.TextField(blank=True, verbose_name="lessons for later projects"),
                ),
                (
                    "handover",
                    models.TextField(blank=True, verbose_name="what is handed over, and to whom"),
                ),
                ("submitted_on", models.DateField(blank=True, editable=False, null=True)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("accepted_on", models.DateField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("board_note", models.TextField(blank=True, verbose_name="what the board noted")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["project"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("submitted_by__isnull", True), ("submitted_on__isnull", True)
                            ),
                            models.Q(
                                ("submitted_by__isnull", False), ("submitted_on__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="closure_report_submitted_on_with_submitted_by",
                        violation_error_message="Enter both submitted on and submitted by, or neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_by__isnull", True), ("accepted_on__isnull", True)),
                            models.Q(
                                ("accepted_by__isnull", False), ("accepted_on__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="closure_report_accepted_on_with_accepted_by",
                        violation_error_message="Enter both accepted on and accepted by, or neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_on", None),
                            models.Q(
                                ("accepted_on__gte", models.F("submitted_on")),
                                ("submitted_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="closure_report_accepted_after_submitted",
                        violation_error_message="The board can only accept a report that has been submitted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClosureReportEvent",
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
                        to="projects.closurereport",
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
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.project",
                    ),
                ),
                ("delivered", models.TextField(blank=True, verbose_name="what was delivered")),
                (
                    "outturn",
                    models.TextField(blank=True, verbose_name="outturn against the first approval"),
                ),
                (
                    "timing",
                    models.TextField(blank=True, verbose_name="milestones against their baselines"),
                ),
                (
                    "benefits",
                    models.TextField(blank=True, verbose_name="benefits reached and still to come"),
                ),
                (
                    "lessons",
                    models.TextField(blank=True, verbose_name="lessons for later projects"),
                ),
                (
                    "handover",
                    models.TextField(blank=True, verbose_name="what is handed over, and to whom"),
                ),
                ("submitted_on", models.DateField(blank=True, editable=False, null=True)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("accepted_on", models.DateField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("board_note", models.TextField(blank=True, verbose_name="what the board noted")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Following",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followings",
                        to="projects.project",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "told",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        editable=False,
                        size=None,
                    ),
                ),
                ("told_on", models.DateField(editable=False, null=True)),
            ],
            options={
                "ordering": ["person", "project"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "person"),
                        name="following_once",
                        violation_error_message="You follow this project already",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issues",
                        to="projects.project",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                (
                    "severity",
                    models.CharField(
                        choices=[("high", "High"), ("medium", "Medium"), ("low", "Low")],
                        default="medium",
                        max_length=10,
                    ),
                ),
                ("owner", models.CharField(blank=True, help_text="A job title", max_length=120)),
                ("raised_on", models.DateField(default=django.utils.timezone.localdate)),
                ("resolved_on", models.DateField(blank=True, null=True)),
                ("resolution", models.TextField(blank=True, verbose_name="how it was resolved")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["project", "resolved_on", "-raised_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="issue_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["high", "medium", "low"])),
                        name="issue_severity_is_known",
                        violation_error_message="Choose one of the listed values for severity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("resolved_on", None),
                            models.Q(
                                ("resolved_on__gte", models.F("raised_on")),
                                models.Q(("resolution", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="issue_resolved_with_words",
                        violation_error_message="Say how it was resolved, on a day not before it was raised",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IssueEvent",
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
                        to="projects.issue",
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
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.project",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                (
                    "severity",
                    models.CharField(
                        choices=[("high", "High"), ("medium", "Medium"), ("low", "Low")],
                        default="medium",
                        max_length=10,
                    ),
                ),
                ("owner", models.CharField(blank=True, help_text="A job title", max_length=120)),
                ("raised_on", models.DateField(default=django.utils.timezone.localdate)),
                ("resolved_on", models.DateField(blank=True, null=True)),
                ("resolution", models.TextField(blank=True, verbose_name="how it was resolved")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="milestones",
                        to="projects.project",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("name", models.CharField(max_length=160)),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What the record does not say, and how that was entered.",
                    ),
                ),
                (
                    "withdrawn_on",
                    models.DateField(blank=True, null=True, verbose_name="no longer needed since"),
                ),
                (
                    "withdrawn_reason",
                    models.TextField(blank=True, verbose_name="why it is no longer needed"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["project", "position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "name"),
                        name="milestone_name_is_unique",
                        violation_error_message="This project already has a milestone of that name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="milestone_name_not_blank",
                        violation_error_message="Enter the name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_on", None), ("withdrawn_reason", "")),
                            models.Q(
                                ("withdrawn_on__isnull", False),
                                models.Q(("withdrawn_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="milestone_withdrawn_with_reason",
                        violation_error_message="Say since when and why the milestone is no longer needed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MilestoneEvent",
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
                        to="projects.milestone",
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
                ("name", models.CharField(max_length=160)),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What the record does not say, and how that was entered.",
                    ),
                ),
                (
                    "withdrawn_on",
                    models.DateField(blank=True, null=True, verbose_name="no longer needed since"),
                ),
                (
                    "withdrawn_reason",
                    models.TextField(blank=True, verbose_name="why it is no longer needed"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MilestoneDate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dates",
                        to="projects.milestone",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("baseline", "Baseline"),
                            ("forecast", "Forecast"),
                            ("actual", "Actual"),
                        ],
                        max_length=10,
                    ),
                ),
                ("date", models.DateField()),
                (
                    "precision",
                    models.CharField(
                        choices=[("day", "The day"), ("month", "The month only")],
                        default="day",
                        max_length=5,
                        verbose_name="the record gives",
                    ),
                ),
                ("stated_on", models.DateField(default=django.utils.timezone.localdate)),
                ("reason", models.TextField(blank=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
            options={
                "ordering": ["milestone", "stated_on", "pk"],
                "indexes": [
                    models.Index(
                        fields=["milestone", "kind", "-stated_on", "-id"],
                        name="milestone_date_latest",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["baseline", "forecast", "actual"])),
                        name="milestone_date_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("precision__in", ["day", "month"])),
                        name="milestone_date_precision_is_known",
                        violation_error_message="Choose one of the listed values for precision",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MilestoneDateEvent",
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
                        to="projects.milestonedate",
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
                    "milestone",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.milestone",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("baseline", "Baseline"),
                            ("forecast", "Forecast"),
                            ("actual", "Actual"),
                        ],
                        max_length=10,
                    ),
                ),
                ("date", models.DateField()),
                (
                    "precision",
                    models.CharField(
                        choices=[("day", "The day"), ("month", "The month only")],
                        default="day",
                        max_length=5,
                        verbose_name="the record gives",
                    ),
                ),
                ("stated_on", models.DateField(default=django.utils.timezone.localdate)),
                ("reason", models.TextField(blank=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Supplier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=160, verbose_name="name or description")),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name",),
                        name="supplier_name_is_unique",
                        violation_error_message="There is already a supplier of that name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="supplier_name_not_blank",
                        violation_error_message="Enter the name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplierEvent",
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
                        to="projects.supplier",
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
                ("name", models.CharField(max_length=160, verbose_name="name or description")),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="projects.project",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="projects.supplier",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "starts",
                    models.DateField(
                        blank=True, help_text="Leave empty when the record does not say.", null=True
                    ),
                ),
                (
                    "ends",
                    models.DateField(
                        blank=True, help_text="The last day without any extension.", null=True
                    ),
                ),
                (
                    "extension_until",
                    models.DateField(
                        blank=True,
                        help_text="The last day that the contract's own terms allow. Leave empty when they allow none.",
                        null=True,
                        verbose_name="can be extended until",
                    ),
                ),
                (
                    "value",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="value in pounds"
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What the record does not say, and how that was entered.",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["project", "title"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "title"),
                        name="contract_title_is_unique",
                        violation_error_message="This project already has a contract of that title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="contract_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts", None),
                            ("ends", None),
                            ("ends__gte", models.F("starts")),
                            _connector="OR",
                        ),
                        name="contract_ends_after_it_starts",
                        violation_error_message="The contract must not end before it starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("extension_until", None),
                            models.Q(
                                ("ends__isnull", False), ("extension_until__gt", models.F("ends"))
                            ),
                            _connector="OR",
                        ),
                        name="contract_extension_after_its_end",
                        violation_error_message="An extension must run beyond the end of the contract",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractEvent",
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
                        to="projects.contract",
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
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.supplier",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "starts",
                    models.DateField(
                        blank=True, help_text="Leave empty when the record does not say.", null=True
                    ),
                ),
                (
                    "ends",
                    models.DateField(
                        blank=True, help_text="The last day without any extension.", null=True
                    ),
                ),
                (
                    "extension_until",
                    models.DateField(
                        blank=True,
                        help_text="The last day that the contract's own terms allow. Leave empty when they allow none.",
                        null=True,
                        verbose_name="can be extended until",
                    ),
                ),
                (
                    "value",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="value in pounds"
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What the record does not say, and how that was entered.",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SettlementTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "exempt",
                    models.BooleanField(default=True, verbose_name="exempt from publication"),
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
                        default=projects.models.supplier.paragraph_three,
                        size=None,
                        verbose_name="Schedule 12A paragraphs",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement_terms",
                        to="projects.project",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement_terms",
                        to="projects.supplier",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("terms", models.TextField(blank=True)),
                (
                    "amount",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="amount in pounds"
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["project", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exempt", True), ("exempt_paragraphs__len", 0), _connector="OR"
                        ),
                        name="projects_settlementterm_paragraph_only_if_exempt",
                        violation_error_message="Mark it as exempt, or remove the Schedule 12A paragraph",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="settlement_term_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SettlementTermEvent",
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
                        to="projects.settlementterm",
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
                    "exempt_reason",
                    models.TextField(
                        blank=True,
                        help_text="Say why the public interest in withholding outweighs that in disclosing.",
                        verbose_name="why the public interest favours exemption",
                    ),
                ),
                (
                    "exempt",
                    models.BooleanField(default=True, verbose_name="exempt from publication"),
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
                        default=projects.models.supplier.paragraph_three,
                        size=None,
                        verbose_name="Schedule 12A paragraphs",
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
                (
                    "supplier",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.supplier",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("terms", models.TextField(blank=True)),
                (
                    "amount",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="amount in pounds"
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Discount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "exempt",
                    models.BooleanField(default=True, verbose_name="exempt from publication"),
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
                        default=projects.models.supplier.paragraph_three,
                        size=None,
                        verbose_name="Schedule 12A paragraphs",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discounts",
                        to="projects.project",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        help_text="The contract that must be running for the discount to be claimed.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discounts",
                        to="projects.contract",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "amount",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="amount in pounds"
                    ),
                ),
                (
                    "claim_from",
                    models.DateField(blank=True, null=True, verbose_name="can be claimed from"),
                ),
                (
                    "claim_until",
                    models.DateField(blank=True, null=True, verbose_name="can be claimed until"),
                ),
                (
                    "claimed",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="claimed so far"
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What the record does not say, and how that was entered.",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["project", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exempt", True), ("exempt_paragraphs__len", 0), _connector="OR"
                        ),
                        name="projects_discount_paragraph_only_if_exempt",
                        violation_error_message="Mark it as exempt, or remove the Schedule 12A paragraph",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="discount_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claim_from", None),
                            ("claim_until", None),
                            ("claim_until__gte", models.F("claim_from")),
                            _connector="OR",
                        ),
                        name="discount_window_ends_after_it_starts",
                        violation_error_message="The last day of the claim window must not be before the first",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DiscountEvent",
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
                        to="projects.discount",
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
                    "exempt_reason",
                    models.TextField(
                        blank=True,
                        help_text="Say why the public interest in withholding outweighs that in disclosing.",
                        verbose_name="why the public interest favours exemption",
                    ),
                ),
                (
                    "exempt",
                    models.BooleanField(default=True, verbose_name="exempt from publication"),
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
                        default=projects.models.supplier.paragraph_three,
                        size=None,
                        verbose_name="Schedule 12A paragraphs",
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
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The contract that must be running for the discount to be claimed.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.contract",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "amount",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="amount in pounds"
                    ),
                ),
                (
                    "claim_from",
                    models.DateField(blank=True, null=True, verbose_name="can be claimed from"),
                ),
                (
                    "claim_until",
                    models.DateField(blank=True, null=True, verbose_name="can be claimed until"),
                ),
                (
                    "claimed",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="claimed so far"
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What the record does not say, and how that was entered.",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
