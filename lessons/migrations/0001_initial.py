import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import council_hms.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("council_hms", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LessonCategory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("description", models.TextField(blank=True, verbose_name="what belongs here")),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, verbose_name="order in lists"),
                ),
                (
                    "in_use",
                    models.BooleanField(default=True, verbose_name="offered for new lessons"),
                ),
            ],
            options={
                "verbose_name_plural": "lesson categories",
                "ordering": ["position", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name",),
                        name="lesson_category_name_is_unique",
                        violation_error_message="There is already a category of this name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="lesson_category_name_not_blank",
                        violation_error_message="Enter the name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LessonCategoryEvent",
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
                        to="lessons.lessoncategory",
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
                ("description", models.TextField(blank=True, verbose_name="what belongs here")),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, verbose_name="order in lists"),
                ),
                (
                    "in_use",
                    models.BooleanField(default=True, verbose_name="offered for new lessons"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Lesson",
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
                        related_name="lessons",
                        to="projects.project",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lessons",
                        to="lessons.lessoncategory",
                    ),
                ),
                (
                    "title",
                    models.CharField(max_length=200, verbose_name="the lesson in a few words"),
                ),
                ("event", models.TextField(blank=True, verbose_name="what happened")),
                ("effect", models.TextField(blank=True, verbose_name="what it led to")),
                ("cause", models.TextField(blank=True, verbose_name="why it happened")),
                (
                    "early_warning_signs",
                    models.TextField(
                        blank=True,
                        help_text="What could have been noticed sooner.",
                        verbose_name="early-warning signs",
                    ),
                ),
                ("recommendation", models.TextField(verbose_name="what later projects should do")),
                (
                    "known_as_risk",
                    models.CharField(
                        choices=[("yes", "Yes"), ("no", "No"), ("not_stated", "Not stated")],
                        default="not_stated",
                        max_length=10,
                        verbose_name="previously identified as a risk?",
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("high", "High"),
                            ("medium", "Medium"),
                            ("low", "Low"),
                            ("not_stated", "Not stated"),
                        ],
                        default="not_stated",
                        max_length=10,
                    ),
                ),
                (
                    "owner",
                    models.CharField(
                        blank=True,
                        help_text="A job title: who sees that it is learned.",
                        max_length=120,
                    ),
                ),
                (
                    "logged_by",
                    models.CharField(
                        blank=True,
                        help_text="A job title or the paper it comes from.",
                        max_length=120,
                    ),
                ),
                (
                    "logged_on",
                    models.DateField(
                        default=django.utils.timezone.localdate,
                        help_text="Projects approved before this day are not bound by it.",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        help_text="A paper and its paragraph, if there is one.",
                        max_length=200,
                        verbose_name="where it is written",
                    ),
                ),
                (
                    "is_shared",
                    models.BooleanField(
                        default=True,
                        help_text="A shared lesson is read and answered by other projects. Leave it off while you are drafting.",
                        verbose_name="shared with every project",
                    ),
                ),
                (
                    "is_illustrative",
                    models.BooleanField(
                        default=False, help_text="Made up to show the product, not from a report."
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["category__position", "category__name", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_shared", True)),
                        fields=["logged_on"],
                        name="lesson_shared_by_day",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="lesson_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recommendation", ""), _negated=True),
                        name="lesson_recommendation_not_blank",
                        violation_error_message="Say what later projects should do",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("known_as_risk__in", ["yes", "no", "not_stated"])),
                        name="lesson_known_as_risk_is_known",
                        violation_error_message="Choose one of the listed values for known as risk",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("priority__in", ["high", "medium", "low", "not_stated"])
                        ),
                        name="lesson_priority_is_known",
                        violation_error_message="Choose one of the listed values for priority",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LessonEvent",
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
                        to="lessons.lesson",
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
                    "category",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="lessons.lessoncategory",
                    ),
                ),
                (
                    "title",
                    models.CharField(max_length=200, verbose_name="the lesson in a few words"),
                ),
                ("event", models.TextField(blank=True, verbose_name="what happened")),
                ("effect", models.TextField(blank=True, verbose_name="what it led to")),
                ("cause", models.TextField(blank=True, verbose_name="why it happened")),
                (
                    "early_warning_signs",
                    models.TextField(
                        blank=True,
                        help_text="What could have been noticed sooner.",
                        verbose_name="early-warning signs",
                    ),
                ),
                ("recommendation", models.TextField(verbose_name="what later projects should do")),
                (
                    "known_as_risk",
                    models.CharField(
                        choices=[("yes", "Yes"), ("no", "No"), ("not_stated", "Not stated")],
                        default="not_stated",
                        max_length=10,
                        verbose_name="previously identified as a risk?",
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("high", "High"),
                            ("medium", "Medium"),
                            ("low", "Low"),
                            ("not_stated", "Not stated"),
                        ],
                        default="not_stated",
                        max_length=10,
                    ),
                ),
                (
                    "owner",
                    models.CharField(
                        blank=True,
                        help_text="A job title: who sees that it is learned.",
                        max_length=120,
                    ),
                ),
                (
                    "logged_by",
                    models.CharField(
                        blank=True,
                        help_text="A job title or the paper it comes from.",
                        max_length=120,
                    ),
                ),
                (
                    "logged_on",
                    models.DateField(
                        default=django.utils.timezone.localdate,
                        help_text="Projects approved before this day are not bound by it.",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        help_text="A paper and its paragraph, if there is one.",
                        max_length=200,
                        verbose_name="where it is written",
                    ),
                ),
                (
                    "is_shared",
                    models.BooleanField(
                        default=True,
                        help_text="A shared lesson is read and answered by other projects. Leave it off while you are drafting.",
                        verbose_name="shared with every project",
                    ),
                ),
                (
                    "is_illustrative",
                    models.BooleanField(
                        default=False, help_text="Made up to show the product, not from a report."
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LessonDetail",
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
                    "lesson",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="detail",
                        to="lessons.lesson",
                    ),
                ),
                ("text", models.TextField(verbose_name="detail")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["lesson"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exempt", True), ("exempt_paragraphs__len", 0), _connector="OR"
                        ),
                        name="lessons_lessondetail_paragraph_only_if_exempt",
                        violation_error_message="Mark it as exempt, or remove the Schedule 12A paragraph",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="lesson_detail_text_not_blank",
                        violation_error_message="Enter the detail",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LessonDetailEvent",
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
                        to="lessons.lessondetail",
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
                    "lesson",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="lessons.lesson",
                    ),
                ),
                ("text", models.TextField(verbose_name="detail")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Answer",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lesson_answers",
                        to="projects.project",
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="lessons.lesson",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("adopted", "Adopted"),
                            ("not_applicable", "Not applicable"),
                            ("deferred", "Deferred"),
                        ],
                        max_length=15,
                        verbose_name="answer",
                    ),
                ),
                ("how", models.TextField(blank=True, verbose_name="how it is adopted")),
                (
                    "evidence",
                    models.TextField(
                        blank=True,
                        help_text="Where that can be seen: a plan, a contract clause, a minute.",
                    ),
                ),
                ("by_whom", models.CharField(blank=True, help_text="A job title.", max_length=120)),
                ("why", models.TextField(blank=True, verbose_name="why it does not apply")),
                ("deferred_until", models.DateField(blank=True, null=True)),
                (
                    "owner",
                    models.CharField(
                        blank=True,
                        help_text="A job title: who will answer it by then.",
                        max_length=120,
                    ),
                ),
                ("answered_on", models.DateField(default=django.utils.timezone.localdate)),
                (
                    "answered_by",
                    models.ForeignKey(
                        editable=False,
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
                "ordering": ["project", "lesson", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "lesson", "number"),
                        name="lesson_answer_numbered_once",
                        violation_error_message="Somebody else has just answered this lesson",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["adopted", "not_applicable", "deferred"])),
                        name="lesson_answer_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "adopted"), _negated=True),
                            models.Q(
                                models.Q(("how", ""), _negated=True),
                                models.Q(("evidence", ""), _negated=True),
                                models.Q(("by_whom", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="lesson_answer_adopted_says_how",
                        violation_error_message="An adopted lesson needs how, the evidence and by whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "not_applicable"), _negated=True),
                            models.Q(("why", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="lesson_answer_not_applicable_says_why",
                        violation_error_message="Say why the lesson does not apply",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "deferred"), _negated=True),
                            models.Q(
                                ("deferred_until__isnull", False),
                                models.Q(("owner", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="lesson_answer_deferred_has_date",
                        violation_error_message="A deferred lesson needs a date and an owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "deferred"), ("deferred_until", None), _connector="OR"
                        ),
                        name="lesson_answer_date_only_if_deferred",
                        violation_error_message="Only a deferred answer has a date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deferred_until", None),
                            ("deferred_until__gt", models.F("answered_on")),
                            _connector="OR",
                        ),
                        name="lesson_answer_deferred_to_later",
                        violation_error_message="The date must be after the day of the answer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnswerEvent",
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
                        to="lessons.answer",
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
                    "lesson",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="lessons.lesson",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("adopted", "Adopted"),
                            ("not_applicable", "Not applicable"),
                            ("deferred", "Deferred"),
                        ],
                        max_length=15,
                        verbose_name="answer",
                    ),
                ),
                ("how", models.TextField(blank=True, verbose_name="how it is adopted")),
                (
                    "evidence",
                    models.TextField(
                        blank=True,
                        help_text="Where that can be seen: a plan, a contract clause, a minute.",
                    ),
                ),
                ("by_whom", models.CharField(blank=True, help_text="A job title.", max_length=120)),
                ("why", models.TextField(blank=True, verbose_name="why it does not apply")),
                ("deferred_until", models.DateField(blank=True, null=True)),
                (
                    "owner",
                    models.CharField(
                        blank=True,
                        help_text="A job title: who will answer it by then.",
                        max_length=120,
                    ),
                ),
                ("answered_on", models.DateField(default=django.utils.timezone.localdate)),
                (
                    "answered_by",
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
                    "entered_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProjectType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, verbose_name="order in lists"),
                ),
                (
                    "in_use",
                    models.BooleanField(default=True, verbose_name="offered for new projects"),
                ),
            ],
            options={
                "ordering": ["position", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name",),
                        name="project_type_name_is_unique",
                        violation_error_message="There is already a type of this name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="project_type_name_not_blank",
                        violation_error_message="Enter the name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectTypeEvent",
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
                        to="lessons.projecttype",
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
                ("name", models.CharField(max_length=80)),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, verbose_name="order in lists"),
                ),
                (
                    "in_use",
                    models.BooleanField(default=True, verbose_name="offered for new projects"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProjectClassification",
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
                        related_name="classification",
                        to="projects.project",
                    ),
                ),
                (
                    "project_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="classifications",
                        to="lessons.projecttype",
                        verbose_name="type of project",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["project"],
            },
        ),
        migrations.CreateModel(
            name="ProjectClassificationEvent",
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
                        to="lessons.projectclassification",
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
                    "project_type",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="lessons.projecttype",
                        verbose_name="type of project",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ApplicabilityRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="lessons.lessoncategory",
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        blank=True,
                        help_text="Leave it empty to bind all lessons of the category.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="lessons.lesson",
                    ),
                ),
                (
                    "project_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="lessons.projecttype",
                        verbose_name="type of project",
                    ),
                ),
                (
                    "fund",
                    models.CharField(
                        blank=True,
                        choices=[("GF", "General Fund"), ("HRA", "Housing Revenue Account")],
                        max_length=3,
                    ),
                ),
                ("directorate", models.CharField(blank=True, max_length=120)),
                (
                    "gate",
                    models.CharField(
                        choices=[
                            ("business_case", "Business case"),
                            ("budget", "Before budget approval"),
                            ("go_live", "Before go-live"),
                            ("closure", "Closure"),
                        ],
                        default="budget",
                        max_length=15,
                    ),
                ),
                (
                    "since",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="in force from"
                    ),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="in force until")),
                ("note", models.TextField(blank=True, verbose_name="why, or by whose decision")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["category__position", "category__name", "lesson", "since", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gate__in", ["business_case", "budget", "go_live", "closure"])
                        ),
                        name="applicability_rule_gate_is_known",
                        violation_error_message="Choose one of the listed values for gate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("category__isnull", False), ("lesson__isnull", True)),
                            models.Q(("category__isnull", True), ("lesson__isnull", False)),
                            _connector="OR",
                        ),
                        name="applicability_rule_category_or_lesson",
                        violation_error_message="Choose either a category or one lesson, not both",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fund", ""), ("fund__in", ["GF", "HRA"]), _connector="OR"
                        ),
                        name="applicability_rule_fund_is_known",
                        violation_error_message="Choose a fund from the list, or all",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="applicability_rule_ends_after_it_starts",
                        violation_error_message="The last day must not be before the first",
                    ),
                    models.UniqueConstraint(
                        fields=(
                            "category",
                            "lesson",
                            "project_type",
                            "fund",
                            "directorate",
                            "gate",
                            "since",
                        ),
                        name="applicability_rule_once",
                        nulls_distinct=False,
                        violation_error_message="There is already such a rule from that day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicabilityRuleEvent",
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
                        to="lessons.applicabilityrule",
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
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="lessons.lessoncategory",
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Leave it empty to bind all lessons of the category.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="lessons.lesson",
                    ),
                ),
                (
                    "project_type",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="lessons.projecttype",
                        verbose_name="type of project",
                    ),
                ),
                (
                    "fund",
                    models.CharField(
                        blank=True,
                        choices=[("GF", "General Fund"), ("HRA", "Housing Revenue Account")],
                        max_length=3,
                    ),
                ),
                ("directorate", models.CharField(blank=True, max_length=120)),
                (
                    "gate",
                    models.CharField(
                        choices=[
                            ("business_case", "Business case"),
                            ("budget", "Before budget approval"),
                            ("go_live", "Before go-live"),
                            ("closure", "Closure"),
                        ],
                        default="budget",
                        max_length=15,
                    ),
                ),
                (
                    "since",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="in force from"
                    ),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="in force until")),
                ("note", models.TextField(blank=True, verbose_name="why, or by whose decision")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="GateLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "amount",
                    council_hms.fields.MoneyField(
                        blank=True,
                        help_text="Leave it empty when changes of running projects need not answer lessons, whatever their size.",
                        null=True,
                        verbose_name="a change of more than",
                    ),
                ),
                (
                    "since",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="in force from"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="where the limit is written"
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
            ],
            options={
                "ordering": ["-since"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("since",),
                        name="gate_limit_one_a_day",
                        violation_error_message="There is already a limit from that day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", None), ("amount__gte", 0), _connector="OR"),
                        name="gate_limit_is_not_negative",
                        violation_error_message="Enter nil or more",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GateLimitEvent",
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
                        to="lessons.gatelimit",
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
                    "amount",
                    council_hms.fields.MoneyField(
                        blank=True,
                        help_text="Leave it empty when changes of running projects need not answer lessons, whatever their size.",
                        null=True,
                        verbose_name="a change of more than",
                    ),
                ),
                (
                    "since",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="in force from"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="where the limit is written"
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
            ],
            options={
                "abstract": False,
            },
        ),
    ]
