"""The issues log: what has gone wrong, beside the risks, which are what might."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from council_hms.constraints import not_blank, one_of
from council_hms.history import tracked
from projects.models.project import Project
from projects.querysets import IssueQuerySet


class IssueSeverity(models.TextChoices):
    """How much an issue hurts."""

    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


@tracked
class Issue(models.Model):
    """Something that has happened and needs an answer."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="issues")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    severity = models.CharField(max_length=10, choices=IssueSeverity, default=IssueSeverity.MEDIUM)
    owner = models.CharField(max_length=120, blank=True, help_text="A job title")
    raised_on = models.DateField(default=timezone.localdate)
    resolved_on = models.DateField(null=True, blank=True)
    resolution = models.TextField("how it was resolved", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "resolved_on", "-raised_on", "pk"]
        constraints: ClassVar = [
            not_blank("title", model="issue"),
            one_of("severity", IssueSeverity, model="issue"),
            models.CheckConstraint(
                condition=Q(resolved_on=None)
                | (Q(resolved_on__gte=F("raised_on")) & ~Q(resolution="")),
                name="issue_resolved_with_words",
                violation_error_message="Say how it was resolved, on a day not before it was raised",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("issue_list", args=[self.project.reference])
