"""What a list of findings can be narrowed by, and the form that accepts one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from council_hms.financial_year import FinancialYear, FinancialYearError
from council_hms.findings import Severity, checks
from council_hms.forms import GovukForm
from projects.models import Fund, Stage
from reports.dashboards.concerns import ROOMS, room_of

#: Filters that ask what a finding's project is.
OF_PROJECT = ("directorate", "cabinet_member", "fund", "stage")
STATES = [("", "All"), ("open", "Not accepted"), ("accepted", "Accepted")]


def _all(choices: Any) -> list[tuple[str, str]]:
    return [("", "All"), *choices]


class DayInput(forms.DateInput):
    """The browser's own input of a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AsAtField(forms.DateField):
    """A day in a year that the product knows; empty for today."""

    def __init__(self) -> None:
        super().__init__(label="As at", widget=DayInput, required=False)

    def clean(self, value: Any) -> dt.date | None:
        day: dt.date | None = super().clean(value)
        if day is not None:
            try:
                FinancialYear.of(day)
            except FinancialYearError as error:
                raise ValidationError("Enter a day between 1990 and 2100") from error
        return day


class FindingFilterForm(GovukForm):
    """Nothing in it is required; a wrong value is passed over with its message."""

    severity = forms.ChoiceField(
        choices=_all((level.name.lower(), level.label) for level in reversed(Severity)),
        required=False,
    )
    room = forms.ChoiceField(label="About", required=False)
    check = forms.ChoiceField(label="Finding", required=False)
    directorate = forms.ChoiceField(required=False)
    cabinet_member = forms.ChoiceField(required=False)
    fund = forms.ChoiceField(choices=_all(Fund.choices), required=False)
    stage = forms.ChoiceField(choices=_all(Stage.choices), required=False)
    who = forms.ChoiceField(label="Who acts", required=False)
    state = forms.ChoiceField(label="Accepted or not", choices=STATES, required=False)
    q = forms.CharField(label="Project", max_length=60, required=False)
    as_at = AsAtField()

    def __init__(
        self,
        *args: Any,
        directorates: list[str],
        cabinet_members: list[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        every = checks()
        rooms = sorted({room_of(check.code) for check in every})
        choices = {
            "room": [(room, ROOMS.get(room, room)) for room in rooms],
            "check": [
                (check.code, check.title) for check in sorted(every, key=lambda each: each.title)
            ],
            "directorate": [(name, name) for name in directorates],
            "cabinet_member": [(name, name) for name in cabinet_members],
            "who": [(who, who) for who in sorted({check.who_acts for check in every})],
        }
        for name, pairs in choices.items():
            self.fields[name].choices = _all(pairs)  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs["autocomplete"] = "off"
        self.fields["q"].widget.input_type = "search"  # type: ignore[attr-defined]
        self.fields["q"].help_text = "Reference or title"


class AcceptForm(GovukForm):
    """Why a finding is accepted, and when it is to be looked at again."""

    reason = forms.CharField(
        label="Why is it accepted?",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What has been done or decided about it, and by whom. Everybody who sees the finding reads this.",
        error_messages={"required": "Say why the finding is accepted"},
        max_length=2000,
    )
    review_on = forms.DateField(
        label="Look at it again on",
        widget=DayInput,
        help_text="From that day it counts as open again.",
        error_messages={
            "required": "Enter the day on which somebody looks at it again",
            "invalid": "Enter a day, for example 2027-03-31",
        },
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_review_on(self) -> dt.date:
        """A day after today, within five years."""
        day: dt.date = self.cleaned_data["review_on"]
        if day <= self.today:
            raise ValidationError("Enter a day after today")
        if day > self.today + dt.timedelta(days=5 * 366):
            raise ValidationError("Enter a day within the next five years")
        return day


class EndAcceptanceForm(GovukForm):
    """Why an acceptance is taken back."""

    reason = forms.CharField(
        label="Why does it count again?",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )
