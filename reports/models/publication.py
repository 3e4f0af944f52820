"""What was published: text, figures and files of one day, kept as they were for ever."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from council_hms.constraints import one_of
from council_hms.history import tracked_but_for
from council_hms.outputs import FORMATS
from reports.models.report import Report
from reports.querysets import (
    PublicationFileQuerySet,
    PublicationQuerySet,
    ReportPartQuerySet,
)


class FileAudience(models.TextChoices):
    """Who a published file is for."""

    PUBLIC = "public", "Public"
    EXEMPT = "exempt", "Exempt"


@tracked_but_for("figures", "document", "exempt_document")
class Publication(models.Model):
    """A version of a report as it was published. The database refuses to change or remove one.

    ``figures`` holds each bound figure: reference → shown text, exact value, meaning. ``document`` and
    ``exempt_document`` hold the paper itself (frozen.py), for the page and for differences in words.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="publications")
    number = models.PositiveSmallIntegerField()
    of_version = models.PositiveIntegerField()
    as_at = models.DateField("figures as at")
    published_on = models.DateField()
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField("why a new version", blank=True)
    figures = models.JSONField(default=dict)
    document = models.JSONField()
    exempt_document = models.JSONField(null=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["report", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "number"], name="publication_number_once_a_report"
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="publication_is_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("published_report", args=[self.report.reference, self.number])


class PublicationFile(models.Model):
    """One file of a published version, with its SHA-256."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="files")
    audience = models.CharField(max_length=6, choices=FileAudience)
    format = models.CharField(max_length=5)
    appendix = models.PositiveSmallIntegerField(
        "number of the appendix that it is", null=True, blank=True
    )
    title = models.CharField("title of the appendix", max_length=200, blank=True)
    name = models.CharField("file name", max_length=150)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField("size in bytes")
    content = models.BinaryField()

    objects = PublicationFileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["publication", "-audience", "pk"]  # public ones first
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["publication", "audience", "format", "appendix"],
                name="publication_file_once_a_format",
                nulls_distinct=False,
            ),
            one_of("audience", FileAudience, model="publication_file"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="publication_file_is_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """What it is, for people: ``Word document``, or ``Appendix 6: Equality impact assessment``."""
        if self.appendix is not None:
            return f"Appendix {self.appendix}: {self.title} ({FORMATS[self.format].label})"
        return FORMATS[self.format].label


class Publishing(models.Model):
    """One asking to publish: how many of the files are made, and what came of it. Its page shows how far it is.

    A record of work, not of the council: what was published is the ``publication``, made whole or not at all.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="publishings")
    note = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now, help_text="Last sign of work on it")
    files = models.PositiveSmallIntegerField("files to make")
    made = models.PositiveSmallIntegerField("files made", default=0)
    problem = models.TextField("why nothing was published", blank=True)
    publication = models.OneToOneField(
        Publication, on_delete=models.PROTECT, null=True, blank=True, related_name="asked_for"
    )

    objects = ReportPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"Publishing {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("report_publishing", args=[self.report.reference, self.pk])

    @property
    def is_at_work(self) -> bool:
        """Whether it has come to no end that is known; its process may be gone (services/publish.py)."""
        return self.publication_id is None and not self.problem
