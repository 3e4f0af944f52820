"""People, the council's settings, and what every room shares: exempt paragraphs, form tokens, saved views."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from council_hms.access import Permission, Role, permissions_of
from council_hms.constraints import one_of
from council_hms.history import tracked, tracked_but_for
from council_hms.money import Negative, Unit


class UserManager(BaseUserManager["User"]):
    """Makes people. E-mail is the name they sign in with."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        fields.setdefault("roles", [Role.ADMINISTRATOR])
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


@tracked_but_for(
    "password", "last_login"
)  # no copy of a password; sign-ins are in the security log
class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may do comes from ``roles`` alone (access.py)."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField("name or job title", max_length=120)
    roles = ArrayField(models.CharField(max_length=30, choices=Role), default=list, blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    is_staff = models.BooleanField("may use the data administration", default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering: ClassVar = ["name", "email"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(roles__contained_by=Role.values),
                name="user_roles_are_known",
                violation_error_message="Choose roles from the list",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that this person may do. An account that is switched off may do nothing."""
        return permissions_of(self.roles) if self.is_active else frozenset()

    @property
    def role_words(self) -> str:
        """The roles as people say them: "Finance officer, Auditor"."""
        return ", ".join(Role(role).label for role in self.roles)


class RingFenceRule(models.TextChoices):
    """What happens when money would cross a line: the HRA ring-fence, or from capital to revenue and back."""

    STOP = "stop", "Stop the change"
    FLAG = "flag", "Let it through and flag it"


@tracked
class CouncilSettings(models.Model):
    """What the council has decided about the product: one row. Limits with dates live in budgets."""

    name = models.CharField("council name", max_length=120, default="Example Council")
    colour = models.CharField(
        "brand colour",
        max_length=7,
        default="#1d4f4a",
        help_text="Six hexadecimal digits after #. White text must be readable on it.",
        validators=[
            RegexValidator(
                r"^#[0-9a-fA-F]{6}$", "Enter a colour as # and six digits, for example #1d4f4a"
            )
        ],
    )
    negative_style = models.CharField(
        "negative figures in tables",
        max_length=10,
        default=Negative.MINUS,
        choices=[(Negative.MINUS.value, "-6.8"), (Negative.BRACKETS.value, "(6.8)")],
    )
    table_unit = models.CharField(
        "unit of tables",
        max_length=10,
        default=Unit.THOUSANDS,
        choices=[(unit.value, unit.heading) for unit in Unit],
    )
    table_years = models.PositiveSmallIntegerField("years in a funding table", default=4)
    four_eyes = models.BooleanField(
        "a second person confirms decisions against the minutes",
        default=False,
        help_text="While this is on, a decision counts only when someone other than its writer has confirmed it.",
    )
    ring_fence_rule = models.CharField(
        "money crossing the HRA ring-fence",
        max_length=4,
        choices=RingFenceRule,
        default=RingFenceRule.STOP,
    )
    nature_rule = models.CharField(
        "money moved between capital and revenue",
        max_length=4,
        choices=RingFenceRule,
        default=RingFenceRule.STOP,
        help_text="Reclassification is the kind of change for it; this is about virements and moves between years.",
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name_plural = "council settings"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=1), name="council_settings_is_one_row"),
            models.CheckConstraint(
                condition=Q(table_years__gte=1, table_years__lte=10),
                name="council_settings_table_years_1_to_10",
                violation_error_message="Enter a number of years from 1 to 10",
            ),
            one_of("ring_fence_rule", RingFenceRule, model="council_settings"),
            one_of("nature_rule", RingFenceRule, model="council_settings"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> CouncilSettings:
        """The council's settings; the defaults when none have been saved yet. One query."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def negative(self) -> Negative:
        return Negative(self.negative_style)

    @property
    def unit(self) -> Unit:
        return Unit(self.table_unit)


class FormToken(models.Model):
    """A form that was sent once: its token, so that a second send of the same form has no second effect."""

    token = models.UUIDField(primary_key=True)
    sent_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    result_url = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sent_at"], name="form_token_sent_at")]

    def __str__(self) -> str:
        return str(self.token)


class SavedView(models.Model):
    """A list as one person likes to see it: its address, search, filters and order under a name."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=200, help_text="The path of the list")
    query = models.CharField(max_length=2000, blank=True)
    name = models.CharField(max_length=60)

    class Meta:
        ordering: ClassVar = ["page", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "page", "name"],
                name="saved_view_name_once_a_list",
                violation_error_message="You already have a saved view of this name here",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where it is shown."""
        return f"{self.page}?{self.query}" if self.query else self.page


class SecurityKind(models.TextChoices):
    """What happened."""

    SIGN_IN = "sign_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    SIGN_OUT = "sign_out", "Signed out"
    REFUSED = "refused", "Refused"
    EXPORT = "export", "Took a file"
    EXEMPT_DOWNLOAD = "exempt_download", "Took an exempt file"
    IMPORT = "import", "Imported a file"
    RIGHTS = "rights", "Changed rights"
    SECOND_FACTOR = "second_factor", "Second factor"
    PASSWORD = "password", "Changed a password"


class SecurityEvent(models.Model):
    """One line of the security log. Its rows are added and never changed (security_log.py)."""

    app_privileges = ("SELECT", "INSERT")

    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=20, choices=SecurityKind)
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    person_name = models.CharField(max_length=120, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    path = models.CharField(max_length=300, blank=True)
    about = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [one_of("what", SecurityKind, model="security_event")]
        indexes: ClassVar = [models.Index(fields=["person"], name="security_event_person")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.get_what_display()
