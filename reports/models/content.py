"""What a report says: sections of numbered paragraphs, recommendations with their amounts, appendices.

Texts are Markdown with references in braces (figures.py): bound figures, paragraphs, recommendations,
appendices and tables. ``label`` is what others refer to; numbers are given when the report is drawn.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from budgets.models import BudgetChange, FundingSource, GoverningBody, Nature
from council_hms.constraints import both_or_neither, not_blank, one_of
from council_hms.exemption import Exemptable
from council_hms.fields import FinancialYearField, MoneyField, year_is_valid
from council_hms.history import tracked
from projects.models import Project
from reports.models.report import Report
from reports.models.template import SectionHead
from reports.querysets import (
    AppendixFileQuerySet,
    AppendixQuerySet,
    ParagraphQuerySet,
    RecommendationQuerySet,
)


@tracked
class Section(SectionHead):
    """A section of a report, from its template or added by the author."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="sections")

    class Meta(SectionHead.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "title"],
                name="section_title_is_unique",
                violation_error_message="This report already has a section of that name",
            ),
            not_blank("title", model="section"),
        ]

    def __str__(self) -> str:
        return self.title


@tracked
class Paragraph(Exemptable):
    """A numbered paragraph with the lists and tables that belong to it. It can be exempt by itself."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="paragraphs")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="paragraphs")
    position = models.PositiveSmallIntegerField(default=0)
    label = models.SlugField(max_length=40)
    text = models.TextField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ParagraphQuerySet.as_manager()

    class Meta(Exemptable.Meta):
        abstract = False
        ordering: ClassVar = ["section__position", "section", "position", "pk"]
        constraints: ClassVar = [
            *Exemptable.Meta.constraints,
            models.UniqueConstraint(fields=["report", "label"], name="paragraph_label_is_unique"),
        ]

    def __str__(self) -> str:
        return f"Paragraph {self.label}"


class Verb(models.TextChoices):
    """What the body is asked to do."""

    NOTE = "note", "Note"
    APPROVE = "approve", "Approve"
    DELEGATE = "delegate", "Delegate authority"
    RECOMMEND = "recommend", "Recommend to another body"


class Resolution(models.TextChoices):
    """What the body did with a recommendation."""

    AGREED = "agreed", "Agreed as recommended"
    AMENDED = "amended", "Agreed with changes"
    DEFERRED = "deferred", "Deferred"
    REFUSED = "refused", "Not agreed"
    WITHDRAWN = "withdrawn", "Withdrawn before the meeting"


@tracked
class Recommendation(models.Model):
    """What the body is asked to resolve. One about money has amount lines: its own, or those of ``change``.

    Once the change is proposed in the ledger its lines are there and nowhere else.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="recommendations")
    position = models.PositiveSmallIntegerField(default=0)
    label = models.SlugField(max_length=40)
    verb = models.CharField(max_length=10, choices=Verb)
    to_body = models.ForeignKey(
        GoverningBody,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="body recommended to",
    )
    text = models.TextField(
        "what it asks for", help_text="As it follows the verb: “the lessons learned from …”."
    )
    delegate_to = models.CharField(max_length=200, blank=True, help_text="A job title")
    consult_with = models.CharField(
        "in consultation with", max_length=300, blank=True, help_text="Job titles"
    )
    delegate_what = models.CharField(
        "to do what", max_length=300, blank=True, help_text="For example: to finalise the terms"
    )
    change = models.ForeignKey(
        BudgetChange,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recommendations",
        verbose_name="budget change that it asks for",
    )
    resolution = models.CharField(max_length=10, choices=Resolution, null=True, blank=True)
    resolved_text = models.TextField(
        "as resolved", blank=True, help_text="The words of the minute, where they differ."
    )
    resolved_on = models.DateField(null=True, blank=True)
    minute_number = models.CharField(max_length=30, blank=True)
    resolution_entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "label"], name="recommendation_label_is_unique"
            ),
            not_blank("text", model="recommendation", message="Enter what it asks for"),
            one_of("verb", Verb, model="recommendation"),
            models.CheckConstraint(
                condition=~Q(verb="recommend") | Q(to_body__isnull=False),
                name="recommendation_names_its_body",
                violation_error_message="Choose the body that it is recommended to",
            ),
            models.CheckConstraint(
                condition=~Q(verb="delegate") | ~Q(delegate_to=""),
                name="recommendation_names_its_delegate",
                violation_error_message="Enter the job title that authority is delegated to",
            ),
            models.CheckConstraint(
                condition=Q(resolution=None) | Q(resolution__in=Resolution.values),
                name="recommendation_resolution_is_known",
            ),
            both_or_neither("resolution", "resolved_on", model="recommendation"),
            both_or_neither("resolution", "resolution_entered_by", model="recommendation"),
        ]

    def __str__(self) -> str:
        return f"Recommendation {self.label}"


@tracked
class AmountLine(models.Model):
    """Signed pounds that a recommendation asks for, until the budget change in the ledger holds them."""

    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.CASCADE, related_name="own_lines"
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    year = FinancialYearField("financial year")
    nature = models.CharField("capital or revenue", max_length=7, choices=Nature)
    source = models.ForeignKey(
        FundingSource, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount = MoneyField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recommendation", "project", "year", "nature", "source"],
                name="amount_line_once_in_a_recommendation",
                nulls_distinct=False,
                violation_error_message="This recommendation already has a line for that",
            ),
            one_of("nature", Nature, model="amount_line"),
            year_is_valid("year", "amount_line_year_is_valid"),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.year}"


@tracked
class Appendix(Exemptable):
    """An appendix. When it is exempt its title and the paragraph of Schedule 12A are public, its text is not."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="appendices")
    position = models.PositiveSmallIntegerField(default=0)
    label = models.SlugField(max_length=40)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    # of the attached PDF; its content is in AppendixFile. Here, so that its history is withheld with the row's
    file_name = models.CharField("attached PDF", max_length=150, blank=True, editable=False)
    file_sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    file_size = models.PositiveIntegerField("size in bytes", null=True, editable=False)
    file_pages = models.PositiveSmallIntegerField("pages", null=True, editable=False)
    file_is_tagged = models.BooleanField("tagged for screen readers", null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AppendixQuerySet.as_manager()

    class Meta(Exemptable.Meta):
        abstract = False
        ordering: ClassVar = ["position", "pk"]
        verbose_name_plural = "appendices"
        constraints: ClassVar = [
            *Exemptable.Meta.constraints,
            models.UniqueConstraint(fields=["report", "label"], name="appendix_label_is_unique"),
            not_blank("title", model="appendix"),
        ]

    def __str__(self) -> str:
        return self.title


class AppendixFile(models.Model):
    """The PDF that is attached to an appendix as its whole or its end. No history: the row of the appendix has it."""

    appendix = models.OneToOneField(Appendix, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()

    objects = AppendixFileQuerySet.as_manager()

    def __str__(self) -> str:
        return f"File of appendix {self.appendix_id}"
