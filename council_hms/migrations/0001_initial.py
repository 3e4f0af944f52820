import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import council_hms.money


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "email",
                    models.EmailField(max_length=254, unique=True, verbose_name="e-mail address"),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name or job title")),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("finance_officer", "Finance officer"),
                                ("project_manager", "Project manager"),
                                ("board_member", "Board member"),
                                ("report_author", "Report author"),
                                ("auditor", "Auditor"),
                                ("administrator", "Administrator"),
                            ],
                            max_length=30,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="may sign in")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False, verbose_name="may use the data administration"
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "email"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "roles__contained_by",
                                [
                                    "finance_officer",
                                    "project_manager",
                                    "board_member",
                                    "report_author",
                                    "auditor",
                                    "administrator",
                                ],
                            )
                        ),
                        name="user_roles_are_known",
                        violation_error_message="Choose roles from the list",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UserEvent",
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
                        to=settings.AUTH_USER_MODEL,
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
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("name", models.CharField(max_length=120, verbose_name="name or job title")),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("finance_officer", "Finance officer"),
                                ("project_manager", "Project manager"),
                                ("board_member", "Board member"),
                                ("report_author", "Report author"),
                                ("auditor", "Auditor"),
                                ("administrator", "Administrator"),
                            ],
                            max_length=30,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="may sign in")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False, verbose_name="may use the data administration"
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CouncilSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        default="Example Council", max_length=120, verbose_name="council name"
                    ),
                ),
                (
                    "colour",
                    models.CharField(
                        default="#1d4f4a",
                        help_text="Six hexadecimal digits after #. White text must be readable on it.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-fA-F]{6}$",
                                "Enter a colour as # and six digits, for example #1d4f4a",
                            )
                        ],
                        verbose_name="brand colour",
                    ),
                ),
                (
                    "negative_style",
                    models.CharField(
                        choices=[("minus", "-6.8"), ("brackets", "(6.8)")],
                        default=council_hms.money.Negative["MINUS"],
                        max_length=10,
                        verbose_name="negative figures in tables",
                    ),
                ),
                (
                    "table_unit",
                    models.CharField(
                        choices=[("pounds", "£"), ("k", "£000"), ("m", "£m")],
                        default=council_hms.money.Unit["THOUSANDS"],
                        max_length=10,
                        verbose_name="unit of tables",
                    ),
                ),
                (
                    "table_years",
                    models.PositiveSmallIntegerField(
                        default=4, verbose_name="years in a funding table"
                    ),
                ),
                (
                    "four_eyes",
                    models.BooleanField(
                        default=False,
                        help_text="While this is on, a decision counts only when someone other than its writer has confirmed it.",
                        verbose_name="a second person confirms decisions against the minutes",
                    ),
                ),
                (
                    "ring_fence_rule",
                    models.CharField(
                        choices=[
                            ("stop", "Stop the change"),
                            ("flag", "Let it through and flag it"),
                        ],
                        default="stop",
                        max_length=4,
                        verbose_name="money crossing the HRA ring-fence",
                    ),
                ),
                (
                    "nature_rule",
                    models.CharField(
                        choices=[
                            ("stop", "Stop the change"),
                            ("flag", "Let it through and flag it"),
                        ],
                        default="stop",
                        help_text="Reclassification is the kind of change for it; this is about virements and moves between years.",
                        max_length=4,
                        verbose_name="money moved between capital and revenue",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name_plural": "council settings",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="council_settings_is_one_row"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("table_years__gte", 1), ("table_years__lte", 10)),
                        name="council_settings_table_years_1_to_10",
                        violation_error_message="Enter a number of years from 1 to 10",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ring_fence_rule__in", ["stop", "flag"])),
                        name="council_settings_ring_fence_rule_is_known",
                        violation_error_message="Choose one of the listed values for ring fence rule",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nature_rule__in", ["stop", "flag"])),
                        name="council_settings_nature_rule_is_known",
                        violation_error_message="Choose one of the listed values for nature rule",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CouncilSettingsEvent",
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
                        to="council_hms.councilsettings",
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
                    "name",
                    models.CharField(
                        default="Example Council", max_length=120, verbose_name="council name"
                    ),
                ),
                (
                    "colour",
                    models.CharField(
                        default="#1d4f4a",
                        help_text="Six hexadecimal digits after #. White text must be readable on it.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-fA-F]{6}$",
                                "Enter a colour as # and six digits, for example #1d4f4a",
                            )
                        ],
                        verbose_name="brand colour",
                    ),
                ),
                (
                    "negative_style",
                    models.CharField(
                        choices=[("minus", "-6.8"), ("brackets", "(6.8)")],
                        default=council_hms.money.Negative["MINUS"],
                        max_length=10,
                        verbose_name="negative figures in tables",
                    ),
                ),
                (
                    "table_unit",
                    models.CharField(
                        choices=[("pounds", "£"), ("k", "£000"), ("m", "£m")],
                        default=council_hms.money.Unit["THOUSANDS"],
                        max_length=10,
                        verbose_name="unit of tables",
                    ),
                ),
                (
                    "table_years",
                    models.PositiveSmallIntegerField(
                        default=4, verbose_name="years in a funding table"
                    ),
                ),
                (
                    "four_eyes",
                    models.BooleanField(
                        default=False,
                        help_text="While this is on, a decision counts only when someone other than its writer has confirmed it.",
                        verbose_name="a second person confirms decisions against the minutes",
                    ),
                ),
                (
                    "ring_fence_rule",
                    models.CharField(
                        choices=[
                            ("stop", "Stop the change"),
                            ("flag", "Let it through and flag it"),
                        ],
                        default="stop",
                        max_length=4,
                        verbose_name="money crossing the HRA ring-fence",
                    ),
                ),
                (
                    "nature_rule",
                    models.CharField(
                        choices=[
                            ("stop", "Stop the change"),
                            ("flag", "Let it through and flag it"),
                        ],
                        default="stop",
                        help_text="Reclassification is the kind of change for it; this is about virements and moves between years.",
                        max_length=4,
                        verbose_name="money moved between capital and revenue",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FormToken",
            fields=[
                ("token", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("result_url", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "indexes": [models.Index(fields=["sent_at"], name="form_token_sent_at")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("page", models.CharField(help_text="The path of the list", max_length=200)),
                ("query", models.CharField(blank=True, max_length=2000)),
                ("name", models.CharField(max_length=60)),
            ],
            options={
                "ordering": ["page", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "page", "name"),
                        name="saved_view_name_once_a_list",
                        violation_error_message="You already have a saved view of this name here",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SecurityEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("sign_in", "Signed in"),
                            ("sign_in_failed", "Sign-in failed"),
                            ("sign_out", "Signed out"),
                            ("refused", "Refused"),
                            ("export", "Took a file"),
                            ("exempt_download", "Took an exempt file"),
                            ("import", "Imported a file"),
                            ("rights", "Changed rights"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("person_name", models.CharField(blank=True, max_length=120)),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
                ("path", models.CharField(blank=True, max_length=300)),
                ("about", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["person"], name="security_event_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "what__in",
                                [
                                    "sign_in",
                                    "sign_in_failed",
                                    "sign_out",
                                    "refused",
                                    "export",
                                    "exempt_download",
                                    "import",
                                    "rights",
                                ],
                            )
                        ),
                        name="security_event_what_is_known",
                        violation_error_message="Choose one of the listed values for what",
                    )
                ],
            },
        ),
    ]
