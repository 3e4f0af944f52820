"""A report to a body's meeting: its header, and what it is about. Its text and its recommendations hang on it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from budgets.models import GoverningBody
from council_hms.constraints import not_blank, one_of
from council_hms.history import tracked
from projects.models import Project
from reports.models.template import FieldSource, HeaderLine, ReportTemplate
from reports.querysets import ReportQuerySet


@tracked
class Report(models.Model):
    """One report. Where it stands (draft, cleared, published) follows from its clearances and publications.

    ``content_version`` counts every change of what it says: a clearance holds for the one it was given to.
    """

    reference = models.CharField(max_length=30)
    template = models.ForeignKey(ReportTemplate, on_delete=models.PROTECT, related_name="reports")
    title = models.CharField(max_length=300)
    purpose = models.TextField(blank=True)
    body = models.ForeignKey(
        GoverningBody,
        on_delete=models.PROTECT,
        related_name="reports",
        verbose_name="body that it goes to",
    )
    meeting_on = models.DateField("date of the meeting")
    agenda_item = models.CharField(max_length=30, blank=True)
    key_decision = models.BooleanField(
        null=True,
        blank=True,
        choices=[(True, "Yes"), (False, "No")],
        help_text="What the report will say. The thresholds are compared with what it asks for.",
    )
    figures_as_at = models.DateField(
        "figures as at",
        null=True,
        blank=True,
        help_text="The day on which the ledger is read. Leave it empty to follow the ledger from day to day.",
    )
    author_job_title = models.CharField("job title", max_length=120, blank=True)
    author_service = models.CharField("service area or department", max_length=120, blank=True)
    author_telephone = models.CharField("telephone", max_length=40, blank=True)
    author_email = models.CharField("e-mail", max_length=120, blank=True)
    background_papers = models.TextField(
        blank=True,
        help_text="One a line. Leave it empty when there are none: the report then says so.",
    )
    publish_on = models.DateField(
        "agenda published on",
        null=True,
        blank=True,
        help_text="By law five clear days before the meeting; clearances are due before it.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    content_version = models.PositiveIntegerField(default=1, editable=False)
    next_label = models.PositiveIntegerField(default=1, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    projects: models.ManyToManyField[Project, ReportProject] = models.ManyToManyField(
        Project, through="ReportProject", related_name="reports"
    )

    history_project: ClassVar = "report_projects__project"
    history_parts: ClassVar = (
        "report_projects",
        "fields",
        "sections",
        "paragraphs",
        "recommendations",
        "recommendations__own_lines",
        "appendices",
        "deadlines",
        "clearances",
        "publications",
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-meeting_on", "reference"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reference"],
                name="report_reference_is_unique",
                violation_error_message="There is already a report of this reference",
            ),
            models.CheckConstraint(
                condition=Q(reference__regex=r"^[A-Z0-9][A-Z0-9-]{1,29}$"),
                name="report_reference_shape",
                violation_error_message="Enter 2 to 30 capital letters, figures or hyphens, for example HMS-2023-06-14",
            ),
            not_blank("title", model="report"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.reference])


class SeenFigures(models.Model):
    """What each bound figure showed when the author last looked: reference → shown text, for each audience.

    Not in the history, and apart from the report: an exempt total must not be told to the public as "before".
    """

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="seen_figures")
    public = models.JSONField(default=dict)
    exempt = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"Figures seen of report {self.report_id}"


@tracked
class ReportProject(models.Model):
    """A project that a report is about. The first one is meant where the text names none."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="report_projects")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="report_projects")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "project"],
                name="report_project_once",
                violation_error_message="The report is already about this project",
            )
        ]

    def __str__(self) -> str:
        return f"Project {self.project_id} of a report"


@tracked
class ReportField(HeaderLine):
    """A line of a report's header. ``text`` is what the author wrote where it follows from nothing else."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="fields")
    text = models.TextField(blank=True)

    class Meta(HeaderLine.Meta):
        abstract = False
        constraints: ClassVar = [one_of("source", FieldSource, model="report_field")]

    def __str__(self) -> str:
        return self.label
