"""The council's report template: its header fields and sections, in their order, and which of them are compulsory."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from council_hms.constraints import not_blank, one_of
from council_hms.history import tracked


@tracked
class ReportTemplate(models.Model):
    """A kind of report. A report copies its fields and sections when it is begun, so a later change leaves it alone."""

    name = models.CharField(max_length=120)
    guidance = models.TextField("when to use it", blank=True)
    position = models.PositiveSmallIntegerField("order in lists", default=0)
    in_use = models.BooleanField("offered for new reports", default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history_parts: ClassVar = ("fields", "sections")

    class Meta:
        ordering: ClassVar = ["position", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"],
                name="report_template_name_is_unique",
                violation_error_message="There is already a report template of this name",
            ),
            not_blank("name", model="report_template"),
        ]

    def __str__(self) -> str:
        return self.name


class FieldSource(models.TextChoices):
    """Where what a header field says comes from: written for it, or a fact of the report."""

    TEXT = "text", "Written by the author"
    BODY = "body", "The body that it goes to"
    DATE = "date", "The date of the meeting"
    TITLE = "title", "The title"
    PURPOSE = "purpose", "The purpose"
    KEY_DECISION = "key_decision", "Whether it is a key decision"
    CABINET_MEMBER = "cabinet_member", "The cabinet member of its projects"


class HeaderLine(models.Model):
    """What a header field is, in a template as in a report."""

    position = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=80)
    source = models.CharField(
        "what it says", max_length=20, choices=FieldSource, default=FieldSource.TEXT
    )
    guidance = models.CharField(max_length=300, blank=True)
    compulsory = models.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "pk"]


class SectionHead(models.Model):
    """What a section is, in a template as in a report."""

    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=120)
    guidance = models.TextField("what belongs here", blank=True)
    compulsory = models.BooleanField(default=False)

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "pk"]


@tracked
class TemplateField(HeaderLine):
    """A line of the header that reports of this template begin with."""

    template = models.ForeignKey(ReportTemplate, on_delete=models.CASCADE, related_name="fields")

    class Meta(HeaderLine.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["template", "label"],
                name="template_field_label_is_unique",
                violation_error_message="This template already has a field of that name",
            ),
            not_blank("label", model="template_field"),
            one_of("source", FieldSource, model="template_field"),
        ]

    def __str__(self) -> str:
        return self.label


@tracked
class TemplateSection(SectionHead):
    """A section that reports of this template begin with."""

    template = models.ForeignKey(ReportTemplate, on_delete=models.CASCADE, related_name="sections")

    class Meta(SectionHead.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["template", "title"],
                name="template_section_title_is_unique",
                violation_error_message="This template already has a section of that name",
            ),
            not_blank("title", model="template_section"),
        ]

    def __str__(self) -> str:
        return self.title


class WordTemplate(models.Model):
    """The council's own Word file for reports of a template: styles, logo, header and footer. The last one counts."""

    template = models.ForeignKey(
        ReportTemplate, on_delete=models.CASCADE, related_name="word_templates"
    )
    name = models.CharField("file name", max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.name
