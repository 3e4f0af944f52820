"""A register's file as it was read, kept between the preview and the word to go ahead."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from projects.models import Project


class RegisterUpload(models.Model):
    """The rows of a file that one person has uploaded, for those who write the register. It goes when it is applied.

    Without a project it is for the corporate register.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+")
    file_name = models.CharField(max_length=200)
    sheets = models.JSONField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.file_name
