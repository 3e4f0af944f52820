"""Who follows which project, and what the daily digest has told them already."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from projects.models.project import Project
from projects.querysets import FollowingQuerySet


class Following(models.Model):
    """A person follows a project. A mark for oneself, so it has no history.

    ``told`` are the keys of the findings that the digest has told, so that each is new only once.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="followings")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followings"
    )
    since = models.DateTimeField(default=timezone.now, editable=False)
    told = ArrayField(models.CharField(max_length=300), default=list, blank=True, editable=False)
    told_on = models.DateField(null=True, editable=False)

    objects = FollowingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["person", "project"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "person"],
                name="following_once",
                violation_error_message="You follow this project already",
            )
        ]

    def __str__(self) -> str:
        return f"following {self.pk}"
