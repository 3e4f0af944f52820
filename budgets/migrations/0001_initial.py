import django.core.serializers.json
import django.db.models.deletion
import django.db.models.expressions
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
            name="GoverningBody",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("council", "Full Council"),
                            ("cabinet", "Cabinet"),
                            ("committee", "Committee"),
                            ("project_board", "Project board"),
                            ("portfolio_board", "Portfolio board"),
                            ("urgent_powers", "Chief executive, urgent powers"),
                            ("officer", "Officer with delegated powers"),
                            ("not_stated", "Not stated in the record"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Order on a route: the lowest decides first."
                    ),
                ),
                (
                    "ratified_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Which body must ratify what this one approves without sufficient authority.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="budgets.governingbody",
                    ),
                ),
                ("in_use", models.BooleanField(default=True)),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "verbose_name_plural": "governing bodies",
                "ordering": ["position", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name",),
                        name="governing_body_name_is_unique",
                        violation_error_message="There is already a body of this name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="governing_body_name_not_blank",
                        violation_error_message="Enter the name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "council",
                                    "cabinet",
                                    "committee",
                                    "project_board",
                                    "portfolio_board",
                                    "urgent_powers",
                                    "officer",
                                    "not_stated",
                                ],
                            )
                        ),
                        name="governing_body_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoverningBodyEvent",
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
                        to="budgets.governingbody",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("council", "Full Council"),
                            ("cabinet", "Cabinet"),
                            ("committee", "Committee"),
                            ("project_board", "Project board"),
                            ("portfolio_board", "Portfolio board"),
                            ("urgent_powers", "Chief executive, urgent powers"),
                            ("officer", "Officer with delegated powers"),
                            ("not_stated", "Not stated in the record"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Order on a route: the lowest decides first."
                    ),
                ),
                (
                    "ratified_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Which body must ratify what this one approves without sufficient authority.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.governingbody",
                    ),
                ),
                ("in_use", models.BooleanField(default=True)),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AuthorityLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="limits",
                        to="budgets.governingbody",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("capital", "Capital"),
                            ("revenue", "Revenue"),
                            ("virement", "Virement"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "per_change",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="most in one change"
                    ),
                ),
                (
                    "per_year",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="most on one head in a year"
                    ),
                ),
                ("since", models.DateField(verbose_name="in force from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="in force until")),
                (
                    "source",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="where the limit is written"
                    ),
                ),
            ],
            options={
                "ordering": ["body", "kind", "since"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["capital", "revenue", "virement"])),
                        name="authority_limit_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind",
                    ),
                    models.UniqueConstraint(
                        fields=("body", "kind", "since"),
                        name="authority_limit_starts_once",
                        violation_error_message="This body already has such a limit from that day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="authority_limit_ends_after_it_starts",
                        violation_error_message="The last day must not be before the first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("per_change", None), ("per_change__gte", 0), _connector="OR"),
                            models.Q(("per_year", None), ("per_year__gte", 0), _connector="OR"),
                        ),
                        name="authority_limit_is_not_negative",
                        violation_error_message="Enter a limit of nil or more; leave it empty for no limit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuthorityLimitEvent",
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
                        to="budgets.authoritylimit",
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
                    "body",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.governingbody",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("capital", "Capital"),
                            ("revenue", "Revenue"),
                            ("virement", "Virement"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "per_change",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="most in one change"
                    ),
                ),
                (
                    "per_year",
                    council_hms.fields.MoneyField(
                        blank=True, null=True, verbose_name="most on one head in a year"
                    ),
                ),
                ("since", models.DateField(verbose_name="in force from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="in force until")),
                (
                    "source",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="where the limit is written"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="KeyDecisionThreshold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("capital", "Capital"),
                            ("revenue", "Revenue"),
                            ("total", "Capital and revenue together"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount", council_hms.fields.MoneyField()),
                ("since", models.DateField(verbose_name="in force from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="in force until")),
                (
                    "source",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="where the threshold is written"
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "since"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "since"),
                        name="key_decision_threshold_starts_once",
                        violation_error_message="There is already such a threshold from that day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="key_decision_threshold_is_positive",
                        violation_error_message="Enter a threshold above nil",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyDecisionThresholdEvent",
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
                        to="budgets.keydecisionthreshold",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("capital", "Capital"),
                            ("revenue", "Revenue"),
                            ("total", "Capital and revenue together"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount", council_hms.fields.MoneyField()),
                ("since", models.DateField(verbose_name="in force from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="in force until")),
                (
                    "source",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="where the threshold is written"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FundingSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("capital_programme", "Capital programme"),
                            ("capital_receipts", "Capital receipts"),
                            ("right_to_buy", "Right-to-buy receipts"),
                            ("major_repairs", "Major Repairs Reserve"),
                            ("rcco", "Revenue contribution to capital (RCCO)"),
                            ("borrowing", "Prudential borrowing"),
                            ("grant", "Government grant"),
                            ("s106", "Section 106"),
                            ("cil", "Community Infrastructure Levy"),
                            ("reserve", "Earmarked reserve"),
                            ("balances", "General balances"),
                            ("contingency", "Contingency"),
                            ("under_spend", "Under-spend elsewhere (virement)"),
                            ("department", "A department's own budget"),
                            ("not_stated", "Not stated"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "fund",
                    models.CharField(
                        blank=True,
                        choices=[("GF", "General Fund"), ("HRA", "Housing Revenue Account")],
                        help_text="Leave empty when it may serve both sides of the ring-fence.",
                        max_length=3,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("may_fund_capital", models.BooleanField(default=True)),
                (
                    "may_fund_revenue",
                    models.BooleanField(
                        default=True,
                        help_text="Revenue may not be met from borrowing or capital receipts without a specific permission.",
                    ),
                ),
                ("in_use", models.BooleanField(default=True)),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["position", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name",),
                        name="funding_source_name_is_unique",
                        violation_error_message="There is already a funding source of this name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="funding_source_name_not_blank",
                        violation_error_message="Enter the name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "capital_programme",
                                    "capital_receipts",
                                    "right_to_buy",
                                    "major_repairs",
                                    "rcco",
                                    "borrowing",
                                    "grant",
                                    "s106",
                                    "cil",
                                    "reserve",
                                    "balances",
                                    "contingency",
                                    "under_spend",
                                    "department",
                                    "not_stated",
                                ],
                            )
                        ),
                        name="funding_source_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundingSourceEvent",
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
                        to="budgets.fundingsource",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("capital_programme", "Capital programme"),
                            ("capital_receipts", "Capital receipts"),
                            ("right_to_buy", "Right-to-buy receipts"),
                            ("major_repairs", "Major Repairs Reserve"),
                            ("rcco", "Revenue contribution to capital (RCCO)"),
                            ("borrowing", "Prudential borrowing"),
                            ("grant", "Government grant"),
                            ("s106", "Section 106"),
                            ("cil", "Community Infrastructure Levy"),
                            ("reserve", "Earmarked reserve"),
                            ("balances", "General balances"),
                            ("contingency", "Contingency"),
                            ("under_spend", "Under-spend elsewhere (virement)"),
                            ("department", "A department's own budget"),
                            ("not_stated", "Not stated"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "fund",
                    models.CharField(
                        blank=True,
                        choices=[("GF", "General Fund"), ("HRA", "Housing Revenue Account")],
                        help_text="Leave empty when it may serve both sides of the ring-fence.",
                        max_length=3,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("may_fund_capital", models.BooleanField(default=True)),
                (
                    "may_fund_revenue",
                    models.BooleanField(
                        default=True,
                        help_text="Revenue may not be met from borrowing or capital receipts without a specific permission.",
                    ),
                ),
                ("in_use", models.BooleanField(default=True)),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BudgetChange",
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
                        related_name="budget_changes",
                        to="projects.project",
                    ),
                ),
                ("reference", models.CharField(editable=False, max_length=30)),
                ("title", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("original", "Original budget"),
                            ("increase", "Increase (supplementary estimate)"),
                            ("decrease", "Decrease"),
                            ("virement", "Virement (between heads)"),
                            ("carry_forward", "Carry-forward (to a later year)"),
                            ("reprofile", "Reprofiling (between years)"),
                            ("release", "Release"),
                            ("reclassification", "Reclassification (capital and revenue)"),
                        ],
                        max_length=20,
                    ),
                ),
                ("purpose", models.TextField(blank=True, verbose_name="why it is needed")),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What the record does not say, and how that was entered.",
                    ),
                ),
                (
                    "key_decision",
                    models.BooleanField(default=False, verbose_name="marked as a key decision"),
                ),
                (
                    "key_decision_reason",
                    models.TextField(
                        blank=True,
                        help_text="Why the mark differs from what the threshold says, if it does.",
                    ),
                ),
                (
                    "route_reason",
                    models.TextField(
                        blank=True,
                        help_text="Why the route differs from the proposed one, if it does.",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="budgets.budgetchange",
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
                ("submitted_on", models.DateField(blank=True, null=True)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["project", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reference",),
                        name="budget_change_reference_is_unique",
                        violation_error_message="Another change has this reference",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="budget_change_title_not_blank",
                        violation_error_message="Enter the title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "original",
                                    "increase",
                                    "decrease",
                                    "virement",
                                    "carry_forward",
                                    "reprofile",
                                    "release",
                                    "reclassification",
                                ],
                            )
                        ),
                        name="budget_change_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind",
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
                        name="budget_change_submitted_on_with_submitted_by",
                        violation_error_message="Enter both submitted on and submitted by, or neither",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BudgetChangeEvent",
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
                        to="budgets.budgetchange",
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
                ("reference", models.CharField(editable=False, max_length=30)),
                ("title", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("original", "Original budget"),
                            ("increase", "Increase (supplementary estimate)"),
                            ("decrease", "Decrease"),
                            ("virement", "Virement (between heads)"),
                            ("carry_forward", "Carry-forward (to a later year)"),
                            ("reprofile", "Reprofiling (between years)"),
                            ("release", "Release"),
                            ("reclassification", "Reclassification (capital and revenue)"),
                        ],
                        max_length=20,
                    ),
                ),
                ("purpose", models.TextField(blank=True, verbose_name="why it is needed")),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What the record does not say, and how that was entered.",
                    ),
                ),
                (
                    "key_decision",
                    models.BooleanField(default=False, verbose_name="marked as a key decision"),
                ),
                (
                    "key_decision_reason",
                    models.TextField(
                        blank=True,
                        help_text="Why the mark differs from what the threshold says, if it does.",
                    ),
                ),
                (
                    "route_reason",
                    models.TextField(
                        blank=True,
                        help_text="Why the route differs from the proposed one, if it does.",
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.budgetchange",
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
                ("submitted_on", models.DateField(blank=True, null=True)),
                (
                    "submitted_by",
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="budgets.budgetchange",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="budgets.governingbody",
                    ),
                ),
                (
                    "expects",
                    models.CharField(
                        choices=[
                            ("approve", "Approve"),
                            ("recommend", "Recommend"),
                            ("note", "Note"),
                            ("ratify", "Ratify"),
                        ],
                        max_length=10,
                        verbose_name="is there to",
                    ),
                ),
                (
                    "planned_for",
                    models.DateField(blank=True, null=True, verbose_name="meeting planned for"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("approved", "Approved"),
                            ("recommended", "Recommended"),
                            ("noted", "Noted"),
                            ("ratified", "Ratified"),
                            ("deferred", "Deferred"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("called_in", "Called in"),
                        ],
                        max_length=12,
                        null=True,
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True)),
                (
                    "precision",
                    models.CharField(
                        choices=[
                            ("day", "On the day"),
                            ("month", "In the month"),
                            ("by", "On or before the day"),
                        ],
                        default="day",
                        max_length=5,
                        verbose_name="the record gives",
                    ),
                ),
                ("agenda_item", models.CharField(blank=True, max_length=30)),
                ("minute_number", models.CharField(blank=True, max_length=30)),
                ("call_in_deadline", models.DateField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                ("has_authority", models.BooleanField(default=False, editable=False)),
                ("authority_reason", models.TextField(blank=True, editable=False)),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("entered_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("needs_confirmation", models.BooleanField(default=False, editable=False)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ["change", "position"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("has_authority", True)),
                        fields=["change", "decided_on"],
                        name="decision_approvals",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("change", "position"),
                        name="decision_one_per_step",
                        violation_error_message="This step of the route already has its decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expects__in", ["approve", "recommend", "note", "ratify"])
                        ),
                        name="decision_expects_is_known",
                        violation_error_message="Choose one of the listed values for expects",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", None),
                            (
                                "outcome__in",
                                [
                                    "approved",
                                    "recommended",
                                    "noted",
                                    "ratified",
                                    "deferred",
                                    "refused",
                                    "withdrawn",
                                    "called_in",
                                ],
                            ),
                            _connector="OR",
                        ),
                        name="decision_outcome_is_known",
                        violation_error_message="Choose one of the listed outcomes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_on__isnull", True), ("outcome__isnull", True)),
                            models.Q(("decided_on__isnull", False), ("outcome__isnull", False)),
                            _connector="OR",
                        ),
                        name="decision_outcome_with_decided_on",
                        violation_error_message="Enter the outcome together with its date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entered_by__isnull", True), ("outcome__isnull", True)),
                            models.Q(("entered_by__isnull", False), ("outcome__isnull", False)),
                            _connector="OR",
                        ),
                        name="decision_outcome_with_entered_by",
                        violation_error_message="Enter both outcome and entered by, or neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entered_at__isnull", True), ("entered_by__isnull", True)),
                            models.Q(("entered_at__isnull", False), ("entered_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="decision_entered_by_with_entered_at",
                        violation_error_message="Enter both entered by and entered at, or neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("confirmed_at__isnull", True), ("confirmed_by__isnull", True)
                            ),
                            models.Q(
                                ("confirmed_at__isnull", False), ("confirmed_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="decision_confirmed_by_with_confirmed_at",
                        violation_error_message="Enter both confirmed by and confirmed at, or neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="decision_confirmed_by_another",
                        violation_error_message="Someone other than the person who entered it must confirm a decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("has_authority", False),
                            ("outcome__in", ["approved", "ratified"]),
                            _connector="OR",
                        ),
                        name="decision_authority_only_if_approved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionEvent",
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
                        to="budgets.decision",
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
                    "change",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.budgetchange",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "body",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.governingbody",
                    ),
                ),
                (
                    "expects",
                    models.CharField(
                        choices=[
                            ("approve", "Approve"),
                            ("recommend", "Recommend"),
                            ("note", "Note"),
                            ("ratify", "Ratify"),
                        ],
                        max_length=10,
                        verbose_name="is there to",
                    ),
                ),
                (
                    "planned_for",
                    models.DateField(blank=True, null=True, verbose_name="meeting planned for"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("approved", "Approved"),
                            ("recommended", "Recommended"),
                            ("noted", "Noted"),
                            ("ratified", "Ratified"),
                            ("deferred", "Deferred"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("called_in", "Called in"),
                        ],
                        max_length=12,
                        null=True,
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True)),
                (
                    "precision",
                    models.CharField(
                        choices=[
                            ("day", "On the day"),
                            ("month", "In the month"),
                            ("by", "On or before the day"),
                        ],
                        default="day",
                        max_length=5,
                        verbose_name="the record gives",
                    ),
                ),
                ("agenda_item", models.CharField(blank=True, max_length=30)),
                ("minute_number", models.CharField(blank=True, max_length=30)),
                ("call_in_deadline", models.DateField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                ("has_authority", models.BooleanField(default=False, editable=False)),
                ("authority_reason", models.TextField(blank=True, editable=False)),
                (
                    "entered_by",
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
                ("entered_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("needs_confirmation", models.BooleanField(default=False, editable=False)),
                (
                    "confirmed_by",
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
                ("confirmed_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="budgets.budgetchange",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolved_lines",
                        to="budgets.decision",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="budgets.fundingsource",
                    ),
                ),
                ("amount", council_hms.fields.MoneyField()),
                ("note", models.TextField(blank=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
            options={
                "ordering": ["change", "pk"],
                "indexes": [
                    models.Index(
                        fields=["project", "year"],
                        include=("nature", "source", "amount", "change", "decision"),
                        name="line_by_project",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("change", "decision", "project", "year", "nature", "source"),
                        name="line_once_in_a_change",
                        nulls_distinct=False,
                        violation_error_message="This change already has a line for that project, year, nature and source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nature__in", ["capital", "revenue"])),
                        name="line_nature_is_known",
                        violation_error_message="Choose one of the listed values for nature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1990), ("year__lte", 2099)),
                        name="line_year_is_valid",
                        violation_error_message="Enter a financial year from 1990 to 2099",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineEvent",
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
                        to="budgets.line",
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
                    "change",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.budgetchange",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.decision",
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
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.fundingsource",
                    ),
                ),
                ("amount", council_hms.fields.MoneyField()),
                ("note", models.TextField(blank=True)),
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
            name="MinutedHeadline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="headlines",
                        to="budgets.budgetchange",
                    ),
                ),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("capital", "Capital"),
                            ("revenue", "Revenue"),
                            ("total", "Capital and revenue together"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("by", "By (the change itself)"),
                            ("to", "To (the budget after it)"),
                        ],
                        default="by",
                        max_length=2,
                    ),
                ),
                ("words", models.CharField(max_length=40, verbose_name="as minuted")),
                ("amount", council_hms.fields.MoneyField()),
                ("nearest", council_hms.fields.MoneyField()),
            ],
            options={
                "ordering": ["change", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("change", "nature"),
                        name="minuted_headline_once_a_nature",
                        violation_error_message="This change already has a headline for that",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nature__in", ["capital", "revenue", "total"])),
                        name="minuted_headline_nature_is_known",
                        violation_error_message="Choose one of the listed values for nature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["by", "to"])),
                        name="minuted_headline_basis_is_known",
                        violation_error_message="Choose one of the listed values for basis",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MinutedHeadlineEvent",
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
                        to="budgets.minutedheadline",
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
                    "change",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.budgetchange",
                    ),
                ),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("capital", "Capital"),
                            ("revenue", "Revenue"),
                            ("total", "Capital and revenue together"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("by", "By (the change itself)"),
                            ("to", "To (the budget after it)"),
                        ],
                        default="by",
                        max_length=2,
                    ),
                ),
                ("words", models.CharField(max_length=40, verbose_name="as minuted")),
                ("amount", council_hms.fields.MoneyField()),
                ("nearest", council_hms.fields.MoneyField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UrgentRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="urgent_record",
                        to="budgets.decision",
                    ),
                ),
                ("reasons", models.TextField(verbose_name="why it could not wait")),
                ("alternatives", models.TextField(verbose_name="alternatives considered")),
                ("consulted", models.TextField(verbose_name="who was consulted")),
                (
                    "reported_on",
                    models.DateField(blank=True, null=True, verbose_name="reported to Council on"),
                ),
            ],
            options={
                "ordering": ["decision"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reasons", ""), _negated=True),
                        name="urgent_record_reasons_not_blank",
                        violation_error_message="Enter the reasons",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("alternatives", ""), _negated=True),
                        name="urgent_record_alternatives_not_blank",
                        violation_error_message="Enter the alternatives",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("consulted", ""), _negated=True),
                        name="urgent_record_consulted_not_blank",
                        violation_error_message="Enter the consulted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UrgentRecordEvent",
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
                        to="budgets.urgentrecord",
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
                    "decision",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.decision",
                    ),
                ),
                ("reasons", models.TextField(verbose_name="why it could not wait")),
                ("alternatives", models.TextField(verbose_name="alternatives considered")),
                ("consulted", models.TextField(verbose_name="who was consulted")),
                (
                    "reported_on",
                    models.DateField(blank=True, null=True, verbose_name="reported to Council on"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CostPlan",
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
                        related_name="cost_plans",
                        to="projects.project",
                    ),
                ),
                ("dated", models.DateField(verbose_name="in force from")),
                ("note", models.TextField(blank=True)),
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
                "ordering": ["project", "-dated"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "dated"),
                        name="cost_plan_one_a_day",
                        violation_error_message="This project already has a cost plan of that date",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CostPlanEvent",
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
                        to="budgets.costplan",
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
                ("dated", models.DateField(verbose_name="in force from")),
                ("note", models.TextField(blank=True)),
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
            name="CostPlanLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="budgets.costplan",
                    ),
                ),
                (
                    "work_package",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_lines",
                        to="projects.workpackage",
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
                ("amount", council_hms.fields.MoneyField()),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["plan", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "work_package", "year", "nature"),
                        name="cost_plan_line_once",
                        nulls_distinct=False,
                        violation_error_message="The plan already has an amount for that work package, year and nature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nature__in", ["capital", "revenue"])),
                        name="cost_plan_line_nature_is_known",
                        violation_error_message="Choose one of the listed values for nature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1990), ("year__lte", 2099)),
                        name="cost_plan_line_year_is_valid",
                        violation_error_message="Enter a financial year from 1990 to 2099",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CostPlanLineEvent",
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
                        to="budgets.costplanline",
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
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.costplan",
                    ),
                ),
                (
                    "work_package",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.workpackage",
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
                ("amount", council_hms.fields.MoneyField()),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("spend", "Spend"),
                            ("plan", "Cost plan"),
                            ("lines", "Budget lines"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "Columns to be chosen"),
                            ("checking", "Being checked"),
                            ("checked", "Checked, not yet imported"),
                            ("applying", "Being imported"),
                            ("applied", "Imported"),
                            ("discarded", "Discarded"),
                        ],
                        default="sent",
                        max_length=9,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="projects.project",
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        blank=True,
                        help_text="The draft that its lines go into",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="budgets.budgetchange",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="budgets.costplan",
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("file_kind", models.CharField(max_length=5)),
                ("size", models.PositiveIntegerField(verbose_name="bytes")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "touched_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="Last sign of work on it"
                    ),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "is_edit_copy",
                    models.BooleanField(
                        default=False,
                        help_text="A copy that the product gave out to be edited and sent back",
                    ),
                ),
                (
                    "choices",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "outline",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                ("rows_in_file", models.PositiveIntegerField(default=0)),
                ("rows_read", models.PositiveIntegerField(default=0)),
                (
                    "findings",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                ("faults", models.PositiveIntegerField(default=0)),
                ("new_rows", models.PositiveIntegerField(default=0)),
                ("unchanged_rows", models.PositiveIntegerField(default=0)),
                ("refused_rows", models.PositiveIntegerField(default=0)),
                (
                    "problem",
                    models.TextField(blank=True, help_text="Why the last step came to nothing"),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["sha256"], name="import_run_same_file")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["spend", "plan", "lines"])),
                        name="import_run_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["sent", "checking", "checked", "applying", "applied", "discarded"],
                            )
                        ),
                        name="import_run_state_is_known",
                        violation_error_message="Choose one of the listed values for state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="budgets.importrun",
                    ),
                ),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_id",
                        "number",
                        "place",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("run_id", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("place", models.SmallIntegerField()),
                ("project", models.TextField(null=True)),
                ("work_package", models.TextField(null=True)),
                ("posted_on", models.DateField(null=True)),
                ("year", models.SmallIntegerField(null=True)),
                ("nature", models.TextField(null=True)),
                ("source", models.TextField(null=True)),
                ("amount", council_hms.fields.MoneyField(null=True)),
                ("description", models.TextField(null=True)),
                ("supplier", models.TextField(null=True)),
                ("ledger_reference", models.TextField(null=True)),
                ("note", models.TextField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ImportFault",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                ("row", models.IntegerField()),
                (
                    "place",
                    models.SmallIntegerField(
                        help_text="From 1; 0 when no column is to blame", verbose_name="column"
                    ),
                ),
                ("head", models.TextField()),
                ("value", models.TextField()),
                ("message", models.TextField()),
            ],
            options={
                "ordering": ["run", "row", "place", "pk"],
                "indexes": [
                    models.Index(fields=["run", "row", "place", "id"], name="import_fault_in_order")
                ],
            },
        ),
        migrations.CreateModel(
            name="ColumnName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("spend", "Spend"),
                            ("plan", "Cost plan"),
                            ("lines", "Budget lines"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "head",
                    models.CharField(help_text="Small letters and figures only", max_length=120),
                ),
                (
                    "column",
                    models.CharField(blank=True, help_text="Empty: left out", max_length=30),
                ),
            ],
            options={
                "ordering": ["kind", "head"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "head"),
                        name="column_name_once_a_kind",
                        violation_error_message="This name is remembered already",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["spend", "plan", "lines"])),
                        name="column_name_kind_is_known",
                        violation_error_message="Choose one of the listed values for kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ColumnNameEvent",
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
                        to="budgets.columnname",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("spend", "Spend"),
                            ("plan", "Cost plan"),
                            ("lines", "Budget lines"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "head",
                    models.CharField(help_text="Small letters and figures only", max_length=120),
                ),
                (
                    "column",
                    models.CharField(blank=True, help_text="Empty: left out", max_length=30),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SpendEntry",
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
                        related_name="spend",
                        to="projects.project",
                    ),
                ),
                (
                    "work_package",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spend",
                        to="projects.workpackage",
                    ),
                ),
                ("posted_on", models.DateField()),
                ("year", council_hms.fields.FinancialYearField(verbose_name="financial year")),
                (
                    "nature",
                    models.CharField(
                        choices=[("capital", "Capital"), ("revenue", "Revenue")],
                        max_length=7,
                        verbose_name="capital or revenue",
                    ),
                ),
                ("amount", council_hms.fields.MoneyField()),
                ("description", models.CharField(blank=True, max_length=300)),
                ("supplier", models.CharField(blank=True, max_length=200)),
                (
                    "ledger_reference",
                    models.CharField(
                        blank=True, help_text="The transaction number in the ledger", max_length=60
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="budgets.spendentry",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
            options={
                "verbose_name_plural": "spend entries",
                "ordering": ["-posted_on", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["project", "year", "posted_on"],
                        include=("nature", "amount"),
                        name="spend_by_project",
                    ),
                    models.Index(fields=["-posted_on", "-id"], name="spend_latest_first"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ledger_reference", ""), _negated=True),
                        fields=("project", "ledger_reference"),
                        name="spend_ledger_reference_once_a_project",
                        violation_error_message="Spend with this ledger reference is already recorded for the project",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nature__in", ["capital", "revenue"])),
                        name="spend_entry_nature_is_known",
                        violation_error_message="Choose one of the listed values for nature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1990), ("year__lte", 2099)),
                        name="spend_year_is_valid",
                        violation_error_message="Enter a financial year from 1990 to 2099",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SpendEntryEvent",
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
                        to="budgets.spendentry",
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
                    "work_package",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="projects.workpackage",
                    ),
                ),
                ("posted_on", models.DateField()),
                ("year", council_hms.fields.FinancialYearField(verbose_name="financial year")),
                (
                    "nature",
                    models.CharField(
                        choices=[("capital", "Capital"), ("revenue", "Revenue")],
                        max_length=7,
                        verbose_name="capital or revenue",
                    ),
                ),
                ("amount", council_hms.fields.MoneyField()),
                ("description", models.CharField(blank=True, max_length=300)),
                ("supplier", models.CharField(blank=True, max_length=200)),
                (
                    "ledger_reference",
                    models.CharField(
                        blank=True, help_text="The transaction number in the ledger", max_length=60
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budgets.spendentry",
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
            name="ClosedYear",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", council_hms.fields.FinancialYearField(verbose_name="financial year")),
                ("closed_on", models.DateField()),
                (
                    "closed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["year"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("year",),
                        name="closed_year_once",
                        violation_error_message="This year is already closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1990), ("year__lte", 2099)),
                        name="closed_year_is_valid",
                        violation_error_message="Enter a financial year from 1990 to 2099",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClosedYearEvent",
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
                        to="budgets.closedyear",
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
                ("year", council_hms.fields.FinancialYearField(verbose_name="financial year")),
                ("closed_on", models.DateField()),
                (
                    "closed_by",
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
            name="ProjectTotals",
            fields=[
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="totals",
                        serialize=False,
                        to="projects.project",
                    ),
                ),
                ("as_at", models.DateField()),
                ("next_change_on", models.DateField()),
                ("approved_capital", models.DecimalField(decimal_places=2, max_digits=20)),
                ("approved_revenue", models.DecimalField(decimal_places=2, max_digits=20)),
                ("original", models.DecimalField(decimal_places=2, max_digits=20)),
                ("interim", models.DecimalField(decimal_places=2, max_digits=20)),
                ("sought", models.DecimalField(decimal_places=2, max_digits=20)),
                ("spent_capital", models.DecimalField(decimal_places=2, max_digits=20)),
                ("spent_revenue", models.DecimalField(decimal_places=2, max_digits=20)),
                ("ahead", models.DecimalField(decimal_places=2, max_digits=20)),
                ("forecast", models.DecimalField(decimal_places=2, max_digits=20, null=True)),
                ("ask_capital", models.DecimalField(decimal_places=2, max_digits=20, null=True)),
                ("ask_revenue", models.DecimalField(decimal_places=2, max_digits=20, null=True)),
                ("ask_years", models.PositiveSmallIntegerField()),
                (
                    "approved",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            models.F("approved_capital"), "+", models.F("approved_revenue")
                        ),
                        output_field=models.DecimalField(decimal_places=2, max_digits=20),
                    ),
                ),
                (
                    "spent",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            models.F("spent_capital"), "+", models.F("spent_revenue")
                        ),
                        output_field=models.DecimalField(decimal_places=2, max_digits=20),
                    ),
                ),
                (
                    "variance",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("forecast"), "-", models.F("approved_capital")
                            ),
                            "-",
                            models.F("approved_revenue"),
                        ),
                        output_field=models.DecimalField(
                            decimal_places=2, max_digits=20, null=True
                        ),
                    ),
                ),
                (
                    "ask",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            models.F("ask_capital"), "+", models.F("ask_revenue")
                        ),
                        output_field=models.DecimalField(
                            decimal_places=2, max_digits=20, null=True
                        ),
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "project totals",
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("variance"), descending=True, nulls_last=True),
                        models.F("project"),
                        name="totals_worst_variance",
                    ),
                    models.Index(
                        models.OrderBy(models.F("ahead"), descending=True),
                        models.F("project"),
                        name="totals_worst_ahead",
                    ),
                    models.Index(fields=["next_change_on"], name="totals_next_change"),
                ],
            },
        ),
    ]
