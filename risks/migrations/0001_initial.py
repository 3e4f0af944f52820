import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("council_hms", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Register",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risk_register",
                        to="projects.project",
                    ),
                ),
                (
                    "review_weeks",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=13,
                        help_text="For example 13, once a quarter. Leave it empty when no reviews are asked for.",
                        null=True,
                        verbose_name="weeks between reviews",
                    ),
                ),
                (
                    "unmoved_reviews",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="A threat above its target that has stood still for so many reviews is a finding.",
                        verbose_name="reviews without movement that are remarked on",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": [models.OrderBy(models.F("project__reference"), nulls_first=True)],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project",),
                        name="register_one_for_each_project_one_corporate",
                        nulls_distinct=False,
                        violation_error_message="There is already such a register",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("review_weeks", None),
                            models.Q(("review_weeks__gte", 1), ("review_weeks__lte", 104)),
                            _connector="OR",
                        ),
                        name="register_review_weeks_1_to_104",
                        violation_error_message="Enter a number of weeks from 1 to 104",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unmoved_reviews__gte", 1), ("unmoved_reviews__lte", 20)
                        ),
                        name="register_unmoved_reviews_1_to_20",
                        violation_error_message="Enter a number of reviews from 1 to 20",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterEvent",
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
                        to="risks.register",
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
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "review_weeks",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=13,
                        help_text="For example 13, once a quarter. Leave it empty when no reviews are asked for.",
                        null=True,
                        verbose_name="weeks between reviews",
                    ),
                ),
                (
                    "unmoved_reviews",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="A threat above its target that has stood still for so many reviews is a finding.",
                        verbose_name="reviews without movement that are remarked on",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegisterScale",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scales",
                        to="risks.register",
                    ),
                ),
                (
                    "since",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="in force from"
                    ),
                ),
                (
                    "impact_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                (
                    "probability_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                (
                    "band_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                (
                    "amber_from",
                    models.PositiveSmallIntegerField(verbose_name="amber from a score of"),
                ),
                ("red_from", models.PositiveSmallIntegerField(verbose_name="red from a score of")),
                (
                    "appetite",
                    models.PositiveSmallIntegerField(
                        help_text="The highest score of a threat that the council is willing to bear.",
                        verbose_name="appetite",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="where it is written"
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
                "ordering": ["register", "since"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("register", "since"),
                        name="register_scale_one_a_day",
                        violation_error_message="There is already a scale from that day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("impact_words__len__gte", 3),
                            ("impact_words__len__lte", 6),
                            ("band_words__len", 3),
                            ("probability_words__len", models.F("impact_words__len")),
                        ),
                        name="register_scale_is_square",
                        violation_error_message="Enter as many steps for impact as for probability, and three bands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amber_from__gte", 2),
                            ("appetite__gte", 1),
                            ("red_from__gt", models.F("amber_from")),
                        ),
                        name="register_scale_bands_in_order",
                        violation_error_message="Amber starts at 2 or more, red above it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterScaleEvent",
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
                        to="risks.registerscale",
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
                    "register",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="risks.register",
                    ),
                ),
                (
                    "since",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="in force from"
                    ),
                ),
                (
                    "impact_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                (
                    "probability_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                (
                    "band_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                (
                    "amber_from",
                    models.PositiveSmallIntegerField(verbose_name="amber from a score of"),
                ),
                ("red_from", models.PositiveSmallIntegerField(verbose_name="red from a score of")),
                (
                    "appetite",
                    models.PositiveSmallIntegerField(
                        help_text="The highest score of a threat that the council is willing to bear.",
                        verbose_name="appetite",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="where it is written"
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
        migrations.CreateModel(
            name="Risk",
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
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risks",
                        to="risks.register",
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        help_text="Leave it empty for the next number, such as R7.", max_length=20
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="the risk in a few words")),
                (
                    "kind",
                    models.CharField(
                        choices=[("threat", "Threat"), ("opportunity", "Opportunity")],
                        default="threat",
                        max_length=11,
                        verbose_name="threat or opportunity",
                    ),
                ),
                (
                    "description",
                    models.TextField(blank=True, max_length=4000, verbose_name="what may happen"),
                ),
                (
                    "cause",
                    models.TextField(blank=True, max_length=4000, verbose_name="why it may happen"),
                ),
                (
                    "consequence",
                    models.TextField(blank=True, max_length=4000, verbose_name="what would follow"),
                ),
                (
                    "raised_on",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="date raised"
                    ),
                ),
                (
                    "owner",
                    models.CharField(
                        blank=True, help_text="A job title: who answers for it.", max_length=120
                    ),
                ),
                ("closed_on", models.DateField(blank=True, editable=False, null=True)),
                (
                    "closed_reason",
                    models.TextField(blank=True, editable=False, verbose_name="why it was closed"),
                ),
                (
                    "escalated_from",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalated_to",
                        to="risks.risk",
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
                "ordering": ["register", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exempt", True), ("exempt_paragraphs__len", 0), _connector="OR"
                        ),
                        name="risks_risk_paragraph_only_if_exempt",
                        violation_error_message="Mark it as exempt, or remove the Schedule 12A paragraph",
                    ),
                    models.UniqueConstraint(
                        fields=("register", "reference"),
                        name="risk_reference_once_in_a_register",
                        violation_error_message="Another risk of this register has this reference",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        name="risk_reference_not_blank",
                        violation_error_message="Enter the reference",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="risk_title_not_blank",
                        violation_error_message="Enter the risk in a few words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["threat", "opportunity"])),
                        name="risk_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on", None), ("closed_reason", "")),
                            models.Q(
                                ("closed_on__isnull", False),
                                models.Q(("closed_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="risk_closed_on_with_reason",
                        violation_error_message="A closed risk needs the day and the reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on", None),
                            ("closed_on__gte", models.F("raised_on")),
                            _connector="OR",
                        ),
                        name="risk_closed_after_it_was_raised",
                        violation_error_message="A risk cannot be closed before it was raised",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskEvent",
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
                        to="risks.risk",
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
                    "register",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="risks.register",
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        help_text="Leave it empty for the next number, such as R7.", max_length=20
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="the risk in a few words")),
                (
                    "kind",
                    models.CharField(
                        choices=[("threat", "Threat"), ("opportunity", "Opportunity")],
                        default="threat",
                        max_length=11,
                        verbose_name="threat or opportunity",
                    ),
                ),
                (
                    "description",
                    models.TextField(blank=True, max_length=4000, verbose_name="what may happen"),
                ),
                (
                    "cause",
                    models.TextField(blank=True, max_length=4000, verbose_name="why it may happen"),
                ),
                (
                    "consequence",
                    models.TextField(blank=True, max_length=4000, verbose_name="what would follow"),
                ),
                (
                    "raised_on",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="date raised"
                    ),
                ),
                (
                    "owner",
                    models.CharField(
                        blank=True, help_text="A job title: who answers for it.", max_length=120
                    ),
                ),
                ("closed_on", models.DateField(blank=True, editable=False, null=True)),
                (
                    "closed_reason",
                    models.TextField(blank=True, editable=False, verbose_name="why it was closed"),
                ),
                (
                    "escalated_from",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="risks.risk",
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
            name="Assessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "risk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="risks.risk",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1)),
                (
                    "scale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="risks.registerscale",
                    ),
                ),
                ("reviewed_on", models.DateField(default=django.utils.timezone.localdate)),
                ("gross_impact", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("gross_probability", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("current_impact", models.PositiveSmallIntegerField()),
                ("current_probability", models.PositiveSmallIntegerField()),
                ("target_impact", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("target_probability", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("comment", models.TextField(blank=True, max_length=4000)),
                (
                    "reviewed_by",
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
                "ordering": ["risk", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("risk", "number"),
                        name="assessment_numbered_once",
                        violation_error_message="Somebody else has just reviewed this risk",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("gross_impact__isnull", True), ("gross_probability__isnull", True)
                            ),
                            models.Q(
                                ("gross_impact__isnull", False),
                                ("gross_probability__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_gross_impact_with_gross_probability",
                        violation_error_message="Enter both gross impact and gross probability, or neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("target_impact__isnull", True),
                                ("target_probability__isnull", True),
                            ),
                            models.Q(
                                ("target_impact__isnull", False),
                                ("target_probability__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_target_impact_with_target_probability",
                        violation_error_message="Enter both target impact and target probability, or neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gross_impact", None),
                            models.Q(
                                ("gross_impact__gte", 1),
                                ("gross_impact__lte", 6),
                                ("gross_probability__gte", 1),
                                ("gross_probability__lte", 6),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_gross_on_a_scale",
                        violation_error_message="Choose gross impact and probability from the scale",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("current_impact", None),
                            models.Q(
                                ("current_impact__gte", 1),
                                ("current_impact__lte", 6),
                                ("current_probability__gte", 1),
                                ("current_probability__lte", 6),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_current_on_a_scale",
                        violation_error_message="Choose current impact and probability from the scale",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("target_impact", None),
                            models.Q(
                                ("target_impact__gte", 1),
                                ("target_impact__lte", 6),
                                ("target_probability__gte", 1),
                                ("target_probability__lte", 6),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_target_on_a_scale",
                        violation_error_message="Choose target impact and probability from the scale",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssessmentEvent",
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
                        to="risks.assessment",
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
                    "risk",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="risks.risk",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1)),
                (
                    "scale",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="risks.registerscale",
                    ),
                ),
                ("reviewed_on", models.DateField(default=django.utils.timezone.localdate)),
                ("gross_impact", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("gross_probability", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("current_impact", models.PositiveSmallIntegerField()),
                ("current_probability", models.PositiveSmallIntegerField()),
                ("target_impact", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("target_probability", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("comment", models.TextField(blank=True, max_length=4000)),
                (
                    "reviewed_by",
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
            name="Control",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "risk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="controls",
                        to="risks.risk",
                    ),
                ),
                ("what", models.CharField(max_length=300, verbose_name="what is done")),
                ("owner", models.CharField(help_text="A job title: who does it.", max_length=120)),
                (
                    "due_on",
                    models.DateField(
                        blank=True,
                        help_text="Leave it empty for a standing one.",
                        null=True,
                        verbose_name="to be in place by",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("in_progress", "In progress"),
                            ("in_place", "In place"),
                            ("dropped", "Dropped"),
                        ],
                        default="planned",
                        max_length=12,
                    ),
                ),
                ("progress", models.TextField(blank=True, max_length=4000)),
                (
                    "added_on",
                    models.DateField(default=django.utils.timezone.localdate, editable=False),
                ),
                (
                    "settled_on",
                    models.DateField(blank=True, null=True, verbose_name="in place or dropped on"),
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["risk", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_on", None)),
                        fields=["due_on"],
                        name="control_open_by_day",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("risk", "what"),
                        name="control_once_for_a_risk",
                        violation_error_message="This risk already has a control of these words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("what", ""), _negated=True),
                        name="control_what_not_blank",
                        violation_error_message="Enter what is done",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("owner", ""), _negated=True),
                        name="control_owner_not_blank",
                        violation_error_message="Enter the job title of who does it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["planned", "in_progress", "in_place", "dropped"])
                        ),
                        name="control_status_is_known",
                        violation_error_message="Choose one of the listed values for status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("settled_on", None), ("status__in", ("planned", "in_progress"))
                            ),
                            models.Q(
                                models.Q(("status__in", ("planned", "in_progress")), _negated=True),
                                ("settled_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="control_settled_on_with_status",
                        violation_error_message="Enter the day on which it was in place or dropped, and only then",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ControlEvent",
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
                        to="risks.control",
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
                    "risk",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="risks.risk",
                    ),
                ),
                ("what", models.CharField(max_length=300, verbose_name="what is done")),
                ("owner", models.CharField(help_text="A job title: who does it.", max_length=120)),
                (
                    "due_on",
                    models.DateField(
                        blank=True,
                        help_text="Leave it empty for a standing one.",
                        null=True,
                        verbose_name="to be in place by",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("in_progress", "In progress"),
                            ("in_place", "In place"),
                            ("dropped", "Dropped"),
                        ],
                        default="planned",
                        max_length=12,
                    ),
                ),
                ("progress", models.TextField(blank=True, max_length=4000)),
                (
                    "added_on",
                    models.DateField(default=django.utils.timezone.localdate, editable=False),
                ),
                (
                    "settled_on",
                    models.DateField(blank=True, null=True, verbose_name="in place or dropped on"),
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegisterUpload",
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
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("sheets", models.JSONField()),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-uploaded_at"],
            },
        ),
    ]
