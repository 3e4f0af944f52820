"""The project, its work packages and the people of its board."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from council_hms.constraints import not_blank, one_of
from council_hms.fields import FinancialYearField, year_is_valid
from council_hms.history import tracked
from projects.querysets import ProjectQuerySet, VisibleQuerySet


class Fund(models.TextChoices):
    """Which account pays. The HRA is ring-fenced: money does not cross unnoticed."""

    GENERAL_FUND = "GF", "General Fund"
    HRA = "HRA", "Housing Revenue Account"


class Stage(models.TextChoices):
    """Where a project is in its life."""

    PROPOSED = "proposed", "Proposed"
    BUSINESS_CASE = "business_case", "Business case"
    DELIVERY = "delivery", "In delivery"
    CLOSING = "closing", "Closing"
    CLOSED = "closed", "Closed"


REFERENCE = RegexValidator(
    r"^[A-Z0-9][A-Z0-9-]{1,19}$",
    "Enter 2 to 20 capital letters, figures or hyphens, for example HMS or ICT-07",
)


@tracked
class Project(models.Model):
    """A piece of work with a budget of its own, or a budget head that only gives or takes virements."""

    reference = models.CharField(
        max_length=20, validators=[REFERENCE], help_text="Short and unique, for example HMS"
    )
    title = models.CharField(max_length=200)
    summary = models.TextField("what it is for", blank=True)
    directorate = models.CharField(max_length=120, blank=True)
    service = models.CharField(max_length=120, blank=True)
    cabinet_member = models.CharField(
        max_length=160, blank=True, help_text="The portfolio, for example Housing"
    )
    sponsor = models.CharField(max_length=120, blank=True, help_text="A job title")
    senior_responsible_owner = models.CharField(max_length=120, blank=True, help_text="A job title")
    fund = models.CharField(max_length=3, choices=Fund, default=Fund.GENERAL_FUND)
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.PROPOSED)
    is_budget_head = models.BooleanField(
        "budget head, not a project",
        default=False,
        help_text="A head that gives or takes virements, such as under-spends in a programme.",
    )
    is_illustrative = models.BooleanField(
        default=False, help_text="Made up to show the product, not from a report."
    )
    reporting_weeks = models.PositiveSmallIntegerField(
        "weeks between highlight reports",
        null=True,
        blank=True,
        help_text="For example 4. Leave empty when no highlight reports are asked for.",
    )
    notes = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history_parts: ClassVar = ("work_packages", "board")
    history_project: ClassVar = ""

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["reference"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reference"],
                name="project_reference_is_unique",
                violation_error_message="Another project has this reference; choose a different one",
            ),
            models.CheckConstraint(
                condition=Q(reference__regex=r"^[A-Z0-9][A-Z0-9-]{1,19}$"),
                name="project_reference_shape",
                violation_error_message="Enter 2 to 20 capital letters, figures or hyphens, for example HMS",
            ),
            not_blank("title", model="project"),
            one_of("fund", Fund, model="project"),
            one_of("stage", Stage, model="project"),
            models.CheckConstraint(
                condition=Q(reporting_weeks=None)
                | Q(reporting_weeks__gte=1, reporting_weeks__lte=52),
                name="project_reporting_weeks_1_to_52",
                violation_error_message="Enter a number of weeks from 1 to 52",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.reference])


class WorkPackageQuerySet(VisibleQuerySet["WorkPackage"]):
    """Work packages and planned products."""


@tracked
class WorkPackage(models.Model):
    """A part of the work with a cost of its own, or a planned product with the year it is due."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="work_packages")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    planned_year = FinancialYearField(null=True, blank=True)
    is_product = models.BooleanField("planned product", default=False)

    objects = WorkPackageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "name"],
                name="work_package_name_is_unique",
                violation_error_message="This project already has a work package of that name",
            ),
            not_blank("name", model="work_package"),
            year_is_valid("planned_year", "work_package_planned_year_is_valid"),
        ]

    def __str__(self) -> str:
        return self.name


class BoardMembershipQuerySet(VisibleQuerySet["BoardMembership"]):
    """Who sits, or sat, on which project's board."""


@tracked
class BoardMembership(models.Model):
    """A person on a project's board, from a day and, once they have left, until a day."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="board")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="boards"
    )
    part = models.CharField("part on the board", max_length=80, default="Member")
    since = models.DateField(default=timezone.localdate)
    until = models.DateField(null=True, blank=True)

    objects = BoardMembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "person"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "person"],
                condition=Q(until=None),
                name="board_membership_once_at_a_time",
                violation_error_message="This person is already on the board",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")),
                name="board_membership_ends_after_it_starts",
                violation_error_message="The last day must not be before the first",
            ),
        ]

    def __str__(self) -> str:
        return self.part
