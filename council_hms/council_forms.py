"""Forms of the council's settings and people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from council_hms.access import ROLE_PERMISSIONS, Role
from council_hms.council import fingerprint
from council_hms.forms import GovukForm
from council_hms.models import CouncilSettings, User

WHY = "It stays in the history, for whoever asks a year from now"


def _reason() -> forms.CharField:
    return forms.CharField(
        label="Why",
        max_length=300,
        required=False,
        help_text=WHY,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SettingsForm(GovukForm, forms.ModelForm):
    """What the council has decided about the product."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = _reason()

    class Meta:
        model = CouncilSettings
        fields = [
            "name",
            "colour",
            "table_unit",
            "negative_style",
            "table_years",
            "four_eyes",
            "ring_fence_rule",
            "nature_rule",
        ]
        widgets = {
            "negative_style": forms.RadioSelect,
            "ring_fence_rule": forms.RadioSelect,
            "nature_rule": forms.RadioSelect,
        }
        error_messages = {
            "name": {"required": "Enter the name of the council"},
            "table_years": {"invalid": "Enter a number of years from 1 to 10"},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    @property
    def values(self) -> dict[str, Any]:
        """The settings as typed, by column."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    def clean_colour(self) -> str:
        """White text must be readable on it: contrast of 4.5 to 1 (WCAG 2.2, 1.4.3)."""
        colour: str = self.cleaned_data["colour"]
        self._meta.model._meta.get_field("colour").run_validators(colour)  # that it is one, first
        contrast = 1.05 / (_luminance(colour) + 0.05)
        if contrast < 4.5:
            raise forms.ValidationError(
                f"White text on this colour is too faint ({contrast:.1f} to 1, and 4.5 is needed). Choose a darker one"
            )
        return colour


def _luminance(colour: str) -> float:
    """Relative luminance of a colour written as # and six digits, from 0 to 1 (WCAG)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _role_choices() -> list[tuple[str, str]]:
    """Each role with what it may do, since the word alone says little."""
    return [
        (role.value, f"{role.label}: {'; '.join(sorted(ROLE_PERMISSIONS[role]))}") for role in Role
    ]


class PersonForm(GovukForm, forms.ModelForm):
    """A person who signs in, and what they may do."""

    roles = forms.MultipleChoiceField(
        choices=_role_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="A person may hold several. Project managers and board members see the projects on whose boards "
        "they sit: the board is kept on the project’s page.",
    )
    seen_roles = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = _reason()

    class Meta:
        model = User
        fields = ["name", "email", "roles", "is_active"]
        error_messages = {
            "name": {"required": "Enter the name or job title"},
            "email": {
                "required": "Enter the e-mail address",
                "invalid": "Enter an e-mail address such as name@council.gov.uk",
                "unique": "There is already an account with this e-mail address",
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["email"]
            self.fields["seen_roles"].initial = ",".join(sorted(self.instance.roles))
        else:
            del self.fields["is_active"]
            del self.fields["reason"]


class RuleRowForm(GovukForm, forms.ModelForm):
    """A row of the council's rules: remembers what it looked like when it was opened, and asks why."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = fingerprint(self.instance)
        if self.instance.pk is None:
            del self.fields["reason"]
        else:
            self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def look_again(self, standing: models.Model) -> None:
        """Answer from now on to the row as someone else saved it; what was typed stays."""
        typed = self.data.copy()  # type: ignore[attr-defined]
        typed["seen"] = fingerprint(standing)
        self.data = typed
