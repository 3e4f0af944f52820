"""Forms of the council's constitution as the ledger knows it: bodies, limits, thresholds, sources, years."""

from __future__ import annotations

from typing import Any

from django import forms

from budgets.models import AuthorityLimit, FundingSource, GoverningBody, KeyDecisionThreshold
from council_hms.council_forms import RuleRowForm
from council_hms.fields import DayField, FinancialYearFormField
from council_hms.forms import GovukForm

DAYS = {"since": DayField, "until": DayField}
UNTIL = {"until": "Leave it empty while it stands"}


class BodyForm(RuleRowForm):
    """A governing body or office that decides."""

    class Meta:
        model = GoverningBody
        fields = ["name", "kind", "position", "ratified_by", "in_use", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}
        labels = {"ratified_by": "Who ratifies what it approves without authority?"}
        error_messages = {
            "name": {"required": "Enter the name of the body"},
            "kind": {"required": "Choose what the body is"},
            "position": {"required": "Enter its place on a route, 0 for the first"},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ratified_by"].queryset = GoverningBody.objects.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        self.fields["ratified_by"].empty_label = "Not set"  # type: ignore[attr-defined]


class LimitForm(RuleRowForm):
    """How much a body may approve, from a day until a day."""

    class Meta:
        model = AuthorityLimit
        fields = ["kind", "per_change", "per_year", "since", "until", "source"]
        field_classes = DAYS
        widgets = {"kind": forms.RadioSelect}
        help_texts = {
            **UNTIL,
            "per_change": "In pounds, such as £250k. Empty: without limit",
            "per_year": "What it may approve on one project in a financial year, in all. Empty: without limit",
            "source": "For example: Constitution, part 4, paragraph 3.2",
        }
        error_messages = {"kind": {"required": "Choose what the limit is about"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [choice for choice in kind.choices if choice[0]]


class ThresholdForm(RuleRowForm):
    """From what amount a decision is a key decision."""

    class Meta:
        model = KeyDecisionThreshold
        fields = ["kind", "amount", "since", "until", "source"]
        field_classes = DAYS
        help_texts = {**UNTIL, "amount": "In pounds, such as £500k"}
        error_messages = {"kind": {"required": "Choose what is measured"}}


class SourceForm(RuleRowForm):
    """Where money comes from."""

    class Meta:
        model = FundingSource
        fields = [
            "name",
            "kind",
            "fund",
            "position",
            "may_fund_capital",
            "may_fund_revenue",
            "in_use",
            "note",
        ]
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"position": "Its place in printed tables: the lowest first"}
        error_messages = {
            "name": {"required": "Enter the name of the source"},
            "kind": {"required": "Choose what the source is"},
        }


class CloseYearForm(GovukForm, forms.Form):
    """A year whose books are closed."""

    year = FinancialYearFormField(
        label="Financial year to close",
        help_text="For example 2022-23. Spend and cost plans of the year can then no longer be changed; approvals may "
        "still come, and are marked retrospective.",
    )
    on = DayField(label="Closed on")


class ReopenYearForm(GovukForm, forms.Form):
    """Why a closed year is opened again."""

    reason = forms.CharField(
        label="Why it must be opened again",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Say why the year is opened again; the reason stays in the record"
        },
    )
