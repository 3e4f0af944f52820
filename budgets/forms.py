"""Forms of the ledger: they read what was typed and say what is wrong; services do the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils import timezone

from budgets.authority import Judgement
from budgets.models import (
    BudgetChange,
    ChangeKind,
    DatePrecision,
    Decision,
    Expectation,
    FundingSource,
    GoverningBody,
    HeadlineBasis,
    HeadlineNature,
    Nature,
    Outcome,
)
from budgets.services import unexplained_mark
from council_hms.fields import DayField, FinancialYearFormField, MoneyFormField
from council_hms.financial_year import FinancialYear
from council_hms.forms import GovukForm
from council_hms.money import Negative, Unit, in_words
from projects.models import ChangeRequest, Project, WorkPackage


class ChangeForm(GovukForm, forms.Form):
    """The words of a budget change and its minuted headline. Its lines are an entry grid beside it."""

    kind = forms.ChoiceField(
        label="What kind of change is it?",
        choices=ChangeKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of change it is"},
    )
    title = forms.CharField(
        label="Title",
        max_length=200,
        help_text="What it is for, as the agenda will name it",
        error_messages={"required": "Enter a title that says what the change is for"},
    )
    headline_basis = forms.ChoiceField(
        label="What does the paper say?",
        choices=[
            (HeadlineBasis.BY, "Change by this amount"),
            (HeadlineBasis.TO, "Change to this amount"),
        ],
        widget=forms.RadioSelect,
        initial=HeadlineBasis.BY,
        required=False,
        help_text="Papers say both “increase by £375k” and “increased to £1.7m”. Enter either; you see both.",
    )
    headline = forms.CharField(
        label="Amount as the paper states it",
        max_length=40,
        required=False,
        help_text="For example £375k or £1.7m",
    )
    headline_capital = forms.CharField(
        label="Of which capital, if stated", max_length=40, required=False
    )
    headline_revenue = forms.CharField(
        label="Of which revenue, if stated", max_length=40, required=False
    )
    purpose = forms.CharField(
        label="Why it is needed", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    note = forms.CharField(
        label="Note",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text="What the record does not say, and how you entered it",
    )
    key_decision = forms.BooleanField(label="Marked as a key decision", required=False)
    key_decision_reason = forms.CharField(
        label="Why the mark differs from the thresholds, if it does",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def _clean_headline(self, name: str) -> str:
        text: str = self.cleaned_data.get(name, "").strip()
        MoneyFormField(required=False).clean(text)
        return text

    def clean_headline(self) -> str:
        return self._clean_headline("headline")

    def clean_headline_capital(self) -> str:
        return self._clean_headline("headline_capital")

    def clean_headline_revenue(self) -> str:
        return self._clean_headline("headline_revenue")

    @property
    def headlines(self) -> list[tuple[str, str, str]]:
        """Nature, words and basis of each headline that was typed."""
        basis = self.cleaned_data.get("headline_basis") or HeadlineBasis.BY
        typed = (
            (HeadlineNature.TOTAL, self.cleaned_data.get("headline", "")),
            (HeadlineNature.CAPITAL, self.cleaned_data.get("headline_capital", "")),
            (HeadlineNature.REVENUE, self.cleaned_data.get("headline_revenue", "")),
        )
        return [(nature, words, basis) for nature, words in typed if words]

    def accepts_key_decision(self, proposed: Judgement) -> bool:
        """Whether the mark is as the thresholds propose, or the reason for another is given."""
        missing = unexplained_mark(
            self.cleaned_data.get("key_decision", False),
            self.cleaned_data.get("key_decision_reason", ""),
            proposed,
        )
        if missing:
            self.add_error("key_decision_reason", missing)
        return not missing

    @staticmethod
    def initial_of(change: BudgetChange) -> dict[str, Any]:
        """The form's values for a change that exists."""
        headlines = {headline.nature: headline for headline in change.headlines.all()}
        words = {nature: headline.words for nature, headline in headlines.items()}
        return {
            "kind": change.kind,
            "title": change.title,
            "headline_basis": next((h.basis for h in headlines.values()), HeadlineBasis.BY),
            "headline": words.get(HeadlineNature.TOTAL, ""),
            "headline_capital": words.get(HeadlineNature.CAPITAL, ""),
            "headline_revenue": words.get(HeadlineNature.REVENUE, ""),
            "purpose": change.purpose,
            "note": change.note,
            "key_decision": change.key_decision,
            "key_decision_reason": change.key_decision_reason,
            "version": change.version,
        }

    @staticmethod
    def initial_from(request: ChangeRequest) -> dict[str, Any]:
        """The form's values for the budget change that a board's change request leads to."""
        cost = request.cost or Decimal(0)
        return {
            "kind": ChangeKind.DECREASE if cost < 0 else ChangeKind.INCREASE,
            "title": request.title,
            "headline_basis": HeadlineBasis.BY,
            "headline": in_words(cost) if cost else "",
            "purpose": request.why,
            "note": f"Change request {request.number}, approved by the project board.",
        }


class BudgetChangeOfRequestForm(GovukForm, forms.Form):
    """The budget change that a change request led to, one of those of its project."""

    budget_change_reference = forms.ChoiceField(
        label="Budget change",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the budget change that asks for its money"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, changes: Iterable[BudgetChange], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["budget_change_reference"])
        field.choices = [
            (change.reference, f"{change.reference} {change.title}") for change in changes
        ]


class RouteForm(GovukForm, forms.Form):
    """Who decides, in order: up to five stops, the proposal filled in."""

    STOPS = 5

    reason = forms.CharField(
        label="Why the route differs from the proposed one",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, proposed: list[tuple[int, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.proposed = proposed or []
        bodies = GoverningBody.objects.filter(in_use=True)
        for number in range(1, self.STOPS + 1):
            body, expects = (
                self.proposed[number - 1] if number <= len(self.proposed) else (None, "")
            )
            self.fields[f"body_{number}"] = forms.ModelChoiceField(
                bodies,
                label=f"Body, stop {number}",
                required=False,
                initial=body,
                empty_label="No stop",
            )
            self.fields[f"expects_{number}"] = forms.ChoiceField(
                label=f"There to, stop {number}",
                choices=[("", "Choose"), *Expectation.choices],
                required=False,
                initial=expects,
            )
            self.fields[f"planned_{number}"] = DayField(
                label=f"Meeting, stop {number}", required=False
            )
            for name in ("body", "expects", "planned"):  # named by the table, not by labels
                field = self.fields[f"{name}_{number}"]
                field.widget.attrs["aria-label"] = field.label
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])
        self.style_widgets()

    @property
    def rows(self) -> list[tuple[int, list[BoundField]]]:
        """The fields of each stop, for the table."""
        return [
            (n, [self[f"body_{n}"], self[f"expects_{n}"], self[f"planned_{n}"]])
            for n in range(1, self.STOPS + 1)
        ]

    @property
    def stops(self) -> list[tuple[GoverningBody, str, dt.date | None]]:
        """Body, what it is there to do and the meeting, of each stop that was filled in."""
        data = self.cleaned_data
        return [
            (data[f"body_{n}"], data[f"expects_{n}"], data.get(f"planned_{n}"))
            for n in range(1, self.STOPS + 1)
            if data.get(f"body_{n}")
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for number in range(1, self.STOPS + 1):
            if data.get(f"body_{number}") and not data.get(f"expects_{number}"):
                self.add_error(f"expects_{number}", f"Choose what stop {number} is there to do")
        chosen = [
            (data[f"body_{n}"].pk, data.get(f"expects_{n}"))
            for n in range(1, self.STOPS + 1)
            if data.get(f"body_{n}")
        ]
        if not chosen:
            self.add_error("body_1", "Choose at least one body")
        elif self.proposed and chosen != self.proposed and not data.get("reason", "").strip():
            self.add_error("reason", "Say why the route differs from the proposed one")
        return data


class DecisionForm(GovukForm, forms.Form):
    """What a body decided: outcome, date, minute. An urgent decision has its record with it."""

    body = forms.ModelChoiceField(
        GoverningBody.objects.none(),
        label="Which body decided?",
        error_messages={"required": "Choose the body that decided"},
    )
    outcome = forms.ChoiceField(
        label="What did it decide?",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what was decided"},
    )
    decided_on = DayField(label="Date of the decision")
    precision = forms.ChoiceField(
        label="The record gives the date",
        choices=DatePrecision.choices,
        initial=DatePrecision.DAY,
        required=False,
        help_text="When only a month is known, enter its last day",
    )
    agenda_item = forms.CharField(label="Agenda item", max_length=30, required=False)
    minute_number = forms.CharField(label="Minute number", max_length=30, required=False)
    call_in_deadline = DayField(label="Call-in deadline", required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    differs = forms.BooleanField(
        label="What was resolved differs from what was asked",
        required=False,
        help_text="Tick it and change the amounts below to those that were resolved. Both are kept.",
    )
    reasons = forms.CharField(
        label="Urgent powers: why it could not wait",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    alternatives = forms.CharField(
        label="Urgent powers: alternatives considered",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    consulted = forms.CharField(
        label="Urgent powers: who was consulted",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, step: Decision | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = GoverningBody.objects.all()  # type: ignore[attr-defined]
        if step is not None:
            del self.fields["body"]

    def clean_precision(self) -> str:
        return self.cleaned_data.get("precision") or DatePrecision.DAY

    def clean_decided_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["decided_on"]
        if day > timezone.localdate():
            raise ValidationError("The date of a decision cannot be in the future")
        return day


class SpendForm(GovukForm, forms.Form):
    """One amount of spend, as the ledger posts it."""

    amount = MoneyFormField(
        label="Amount", help_text="For example 1,234.50, £12k, or (500) for a credit"
    )
    posted_on = DayField(label="Date of posting")
    nature = forms.ChoiceField(
        label="Capital or revenue?",
        choices=Nature.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose capital or revenue"},
    )
    year = FinancialYearFormField(
        label="Financial year", required=False, help_text="Leave empty for the year of the posting"
    )
    work_package = forms.ModelChoiceField(
        WorkPackage.objects.none(), label="Work package", required=False, empty_label="Not split"
    )
    description = forms.CharField(label="Description", max_length=300, required=False)
    supplier = forms.CharField(label="Supplier", max_length=200, required=False)
    ledger_reference = forms.CharField(label="Ledger reference", max_length=60, required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["work_package"].queryset = project.work_packages.all()  # type: ignore[attr-defined]


class ReasonForm(GovukForm, forms.Form):
    """An act that must say why."""

    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter the reason; it stays in the record"},
    )


class DayForm(GovukForm, forms.Form):
    """An act that happens on a day."""

    on = DayField(label="Date")


class SubmitForm(DayForm):
    """When a change is submitted; why its mark as a key decision differs from the thresholds, if it does."""

    key_decision_reason = forms.CharField(
        label="Why the mark as a key decision differs from the thresholds",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )


class MinuteForm(GovukForm, forms.Form):
    """How a decision should be on record, and what was wrong."""

    decided_on = DayField(label="Date of the decision")
    precision = forms.ChoiceField(
        label="The record gives", choices=DatePrecision.choices, required=False
    )
    agenda_item = forms.CharField(label="Agenda item", max_length=30, required=False)
    minute_number = forms.CharField(label="Minute number", max_length=30, required=False)
    reason = forms.CharField(
        label="What was wrong?",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For example: The minutes of 14 June give number 54; 45 was a slip. It stays in the record.",
        error_messages={"required": "Say what was wrong; the reason stays in the record"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_precision(self) -> str:
        return self.cleaned_data.get("precision") or DatePrecision.DAY

    def clean_decided_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["decided_on"]
        if day > timezone.localdate():
            raise ValidationError("The date of a decision cannot be in the future")
        return day


class PlanForm(GovukForm, forms.Form):
    """From when a cost plan is in force. Its amounts are an entry grid beside it."""

    dated = DayField(
        label="In force from", help_text="The plan of an earlier date stays in the record"
    )
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class FundingOptionsForm(GovukForm, forms.Form):
    """How a funding table is shown; all of it stays in the address."""

    as_at = DayField(label="As at", required=False)
    first_year = FinancialYearFormField(label="First year", required=False)
    years = forms.IntegerField(
        label="Number of years",
        min_value=1,
        max_value=10,
        required=False,
        error_messages={
            "invalid": "Enter a whole number of years from 1 to 10",
            "min_value": "Enter a whole number of years from 1 to 10",
            "max_value": "Enter a whole number of years from 1 to 10",
        },
    )
    unit = forms.ChoiceField(
        label="Unit", choices=[(unit.value, unit.heading) for unit in Unit], required=False
    )
    negative = forms.ChoiceField(
        label="Negative figures",
        choices=[(Negative.MINUS.value, "-6.8"), (Negative.BRACKETS.value, "(6.8)")],
        required=False,
    )
    totals = forms.BooleanField(label="Totals column", required=False)
    work_packages = forms.BooleanField(label="Work packages", required=False)


def source_choices() -> list[tuple[str, str]]:
    """Funding sources in the council's order, as choices of a grid row."""
    return [(str(source.pk), source.name) for source in FundingSource.objects.filter(in_use=True)]


def years_around(day: dt.date, used: set[FinancialYear], count: int = 5) -> list[FinancialYear]:
    """The years an entry grid offers: those in use, and from the year before ``day`` on, ``count`` of them."""
    return sorted(used | set((FinancialYear.of(day) - 1).run(count)))
