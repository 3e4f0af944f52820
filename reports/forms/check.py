"""What people say when they have a report checked, and when they set a finding aside."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from council_hms.fields import DayField
from council_hms.forms import GovukForm
from projects.models import Project
from reports.checking.reading.limits import LARGEST_FILE, MEGABYTE, MOST_PAGES, MOST_ROWS
from reports.checking.reading.reader import READS

FOUND, CHOSEN, NONE = "found", "chosen", "none"


class CheckForm(GovukForm):
    """A file, and which projects of the ledger it is compared with."""

    file = forms.FileField(
        label="Report",
        help_text=(
            f"{READS}. Up to {LARGEST_FILE // MEGABYTE} MB, {MOST_PAGES:,} pages "
            f"or {MOST_ROWS:,} rows on a sheet. A scan must be made searchable first."
        ),
        error_messages={
            "required": "Choose the report that is to be checked",
            "empty": "The file is empty. Choose the report itself",
        },
        max_length=None,
    )
    compare = forms.ChoiceField(
        label="Compare with the ledger",
        choices=[
            (FOUND, "The projects that the report names"),
            (CHOSEN, "The projects I list below"),
            (NONE, "No project: check the report against itself"),
        ],
        initial=FOUND,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the report is compared with"},
    )
    references = forms.CharField(
        label="Project references",
        required=False,
        max_length=300,
        help_text="For example HMS, POOL. Only when you list projects.",
    )
    as_at = DayField(
        label="Ledger as at",
        required=False,
        help_text="The report’s own date if you leave it empty.",
    )

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        self.choice = projects
        super().__init__(*args, **kwargs)

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise ValidationError(
                f"The file is larger than {LARGEST_FILE // MEGABYTE} MB. Take out pictures or split it"
            )
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        typed = [each for each in re.split(r"[\s,;]+", cleaned.get("references") or "") if each]
        cleaned["projects"] = None
        if cleaned.get("compare") == NONE:
            cleaned["projects"] = []
        elif cleaned.get("compare") == CHOSEN:
            if not typed:
                self.add_error("references", "Enter the reference of at least one project")
            known = {
                project.reference: project
                for project in self.choice.filter(reference__in=[each.upper() for each in typed])
            }
            missing = [each for each in typed if each.upper() not in known]
            if missing:
                self.add_error("references", f"There is no project {', '.join(missing)[:100]}")
            cleaned["projects"] = list(known.values())
        return cleaned

    @property
    def projects(self) -> Sequence[Project] | None:
        """The projects chosen; None when they are to be found in the report."""
        chosen: Sequence[Project] | None = self.cleaned_data["projects"]
        return chosen

    @property
    def day(self) -> dt.date | None:
        """The day of the ledger; None for the report's own."""
        day: dt.date | None = self.cleaned_data["as_at"]
        return day


class DismissForm(GovukForm):
    """Why a finding does not matter."""

    reason = forms.CharField(
        label="Why does it not matter?",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Kept with the check and in the history, and shown beside the finding.",
        error_messages={"required": "Say why the finding does not matter"},
    )
