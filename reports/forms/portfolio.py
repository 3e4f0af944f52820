"""What a portfolio can be narrowed to."""

from __future__ import annotations

from typing import Any

from django import forms

from council_hms.forms import GovukForm
from projects.models import Confidence, Fund, Stage
from reports.forms.findings import AsAtField


class PortfolioForm(GovukForm):
    """Nothing in it is required; a wrong value is passed over with its message."""

    q = forms.CharField(
        label="Project", max_length=60, required=False, help_text="Reference or title"
    )
    directorate = forms.ChoiceField(required=False)
    cabinet_member = forms.ChoiceField(label="Cabinet member", required=False)
    fund = forms.ChoiceField(choices=[("", "All"), *Fund.choices], required=False)
    stage = forms.ChoiceField(choices=[("", "All"), *Stage.choices], required=False)
    confidence = forms.ChoiceField(
        label="Delivery confidence", choices=[("", "All"), *Confidence.choices], required=False
    )
    as_at = AsAtField()

    def __init__(
        self, *args: Any, directorates: list[str], cabinet_members: list[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, values in (("directorate", directorates), ("cabinet_member", cabinet_members)):
            self.fields[name].choices = [("", "All"), *((value, value) for value in values)]  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs["autocomplete"] = "off"
        self.fields["q"].widget.input_type = "search"  # type: ignore[attr-defined]
