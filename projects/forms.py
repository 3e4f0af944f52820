"""Forms of the room: they read what was typed and say what is wrong; services do the rest.

Most are model forms, so that the words of the fields and the sentences of the constraints are
written once, on the model. Each form of a row that can be edited carries its ``version``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db import models

from council_hms.exemption import ExemptionParagraph
from council_hms.fields import DayField, FinancialYearFormField, MoneyFormField
from council_hms.forms import GovukForm
from council_hms.models import User
from projects.highlight import Proposal
from projects.models import (
    Action,
    Aspect,
    Benefit,
    BoardMembership,
    ChangeRequest,
    ClosureReport,
    Contract,
    DateKind,
    Discount,
    HighlightReport,
    Issue,
    Milestone,
    Precision,
    Project,
    Rag,
    RequestOutcome,
    SettlementTerm,
    Supplier,
)

REFERENCE_HELP = (
    "2 to 20 capital letters, figures or hyphens, for example HMS or ICT-07. "
    "It cannot be changed later."
)

#: Rows of a box by what goes into it; other texts get four.
BOX_ROWS = {"note": 2, "notes": 2, "reason": 3, "outcome": 2, "done": 6, "next_steps": 6}


def field_of(column: models.Field[Any, Any], **kwargs: Any) -> forms.Field | None:
    """The form field of a column: our date box, boxes of a fitting height, nothing else changed."""
    if isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField):
        return column.formfield(form_class=DayField, **kwargs)
    if isinstance(column, models.TextField):
        kwargs["widget"] = forms.Textarea(attrs={"rows": BOX_ROWS.get(column.name, 4)})
    field = column.formfield(**kwargs)
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = "Choose"
    elif isinstance(field, forms.TypedChoiceField):
        field.choices = [
            (value, label if value else "Choose") for value, label in column.choices or ()
        ]
        if column.blank or not column.has_default():
            field.choices = [("", "Choose"), *(pair for pair in field.choices if pair[0])]
    if field is not None and field.required and not isinstance(field, MoneyFormField):
        choose = isinstance(field, forms.TypedChoiceField | forms.ModelChoiceField)
        field.error_messages["required"] = _what_to_do(column, "Choose" if choose else "Enter")
    if isinstance(field, forms.IntegerField):
        field.error_messages["invalid"] = "Enter a whole number, for example 3"
    return field


def _what_to_do(column: models.Field[Any, Any], verb: str) -> str:
    """``Enter the title``, ``Say what is to be done``: the name of a column as what is missing."""
    name = str(column.verbose_name).lower()
    if name.startswith(("what ", "why")):
        return f"Say {name}"
    return f"{verb} {name}" if name.startswith("the ") else f"{verb} the {name}"


class RowForm(GovukForm, forms.ModelForm):
    """A form of one row. ``version`` is the one that was read, for the compare-and-set of the service."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "version" in self.fields and hasattr(self.instance, "version"):
            self.fields["version"].initial = self.instance.version

    def _get_validation_exclusions(self) -> set[str]:
        """Constraints that name the project are checked too, though no field of the form does."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"project"}

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the service."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name in (self._meta.fields or ())
        }

    @property
    def typed_version(self) -> int:
        return self.cleaned_data.get("version") or 0


class ProjectForm(RowForm):
    """What is said of a project. The reference can be chosen once: papers cite it."""

    class Meta:
        model = Project
        formfield_callback = field_of
        fields = (
            "reference",
            "title",
            "summary",
            "fund",
            "stage",
            "directorate",
            "service",
            "cabinet_member",
            "sponsor",
            "senior_responsible_owner",
            "reporting_weeks",
            "is_budget_head",
            "notes",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].help_text = REFERENCE_HELP
        if self.instance.pk:
            del self.fields["reference"]

    def clean_reference(self) -> str:
        return str(self.cleaned_data["reference"]).strip().upper()


class VersionForm(GovukForm, forms.Form):
    """The version of the project that a page of rows was read with."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class WorkPackageForm(GovukForm, forms.Form):
    """One row of the work packages."""

    row = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label="Name", max_length=200, required=False)
    description = forms.CharField(label="What it is", max_length=2000, required=False)
    planned_year = FinancialYearFormField(label="Planned for", required=False)
    is_product = forms.BooleanField(label="Planned product", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        said = (
            cleaned.get("description") or cleaned.get("planned_year") or cleaned.get("is_product")
        )
        if said and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", "Enter the name, or clear the rest of the row")
        return cleaned


class BoardForm(RowForm):
    """Who joins the board."""

    class Meta:
        model = BoardMembership
        formfield_callback = field_of
        fields = ("person", "part", "since")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).order_by("name")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["person"].label_from_instance = (  # type: ignore[attr-defined]
            lambda person: f"{person.name} ({person.role_words or 'no role'})"
        )
        self.fields["part"].help_text = "For example Chair, Member or Supplier representative"


class LeaveBoardForm(GovukForm, forms.Form):
    """The last day of a seat."""

    until = DayField(label="Last day on the board")


# -- milestones -------------------------------------------------------------------------------


class MilestoneForm(RowForm):
    """A new milestone with its first dates; either may be left empty when the record does not say."""

    baseline = DayField(
        label="Baseline date",
        required=False,
        help_text="The date first approved. Leave empty if not stated.",
    )
    forecast = DayField(
        label="Forecast date",
        required=False,
        help_text="Leave empty if it is the same as the baseline.",
    )
    precision = forms.ChoiceField(
        label="The dates are known to", choices=Precision.choices, initial=Precision.DAY
    )

    class Meta:
        model = Milestone
        formfield_callback = field_of
        fields = ("name", "note")

    field_order = ("name", "baseline", "forecast", "precision", "note")


class MilestoneNameForm(RowForm):
    """The words of a milestone that is there."""

    class Meta:
        model = Milestone
        formfield_callback = field_of
        fields = ("name", "note")


class StateDateForm(GovukForm, forms.Form):
    """A date that is now stated for a milestone: re-forecast, reached, or a new baseline with its reason."""

    kind = forms.ChoiceField(
        label="What is stated?",
        choices=[
            (DateKind.FORECAST, "A new forecast"),
            (DateKind.ACTUAL, "It was reached"),
            (DateKind.BASELINE, "A new baseline, approved"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the date is"},
    )
    date = DayField(label="Date")
    precision = forms.ChoiceField(
        label="The date is known to", choices=Precision.choices, initial=Precision.DAY
    )
    stated_on = DayField(
        label="Stated on",
        help_text="From this day on it holds. What was said before stays on record.",
    )
    reason = forms.CharField(
        label="Reason",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A new baseline needs one.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == DateKind.BASELINE and not cleaned.get("reason", "").strip():
            self.add_error("reason", "Say why the baseline changes, and who approved it")
        day, stated_on = cleaned.get("date"), cleaned.get("stated_on")
        if cleaned.get("kind") == DateKind.ACTUAL and day and stated_on and day > stated_on:
            self.add_error(
                "date", "A milestone cannot have been reached after the day this is stated"
            )
        return cleaned


class WithdrawMilestoneForm(GovukForm, forms.Form):
    """Since when and why a milestone is not needed."""

    withdrawn_on = DayField(label="No longer needed since")
    withdrawn_reason = forms.CharField(
        label="Why it is no longer needed",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it is no longer needed"},
    )


# -- highlight reports ------------------------------------------------------------------------


class HighlightForm(RowForm):
    """A highlight report with its six ratings; each that differs from the proposal needs its reason."""

    class Meta:
        model = HighlightReport
        formfield_callback = field_of
        fields = (
            "period_from",
            "period_to",
            "summary",
            "delivery_confidence",
            "confidence_reason",
            "done",
            "next_steps",
        )

    #: What a report needs before the board gets it, with the sentence that asks for it.
    NEEDED = {
        "summary": "Sum the period up in a few sentences",
        "delivery_confidence": "Choose the delivery confidence",
        "done": "Say what was done",
        "next_steps": "Say what comes next",
    }

    def __init__(
        self,
        *args: Any,
        proposals: Mapping[str, Proposal],
        previous: HighlightReport | None = None,
        is_draft: bool = False,
        **kwargs: Any,
    ) -> None:
        """``proposals`` by aspect; ``is_draft`` when it is saved for later and may be incomplete."""
        super().__init__(*args, **kwargs)
        self.proposals = proposals
        self.last = {row.aspect: row for row in previous.ratings.all()} if previous else {}
        for aspect in Aspect:
            self.fields[f"rating_{aspect}"] = forms.ChoiceField(
                label=f"{aspect.label} this period",
                choices=Rag.choices,
                widget=forms.RadioSelect,
                required=not is_draft,
                initial=proposals[aspect].rating,
                error_messages={"required": f"Choose a rating for {aspect.label.lower()}"},
            )
            self.fields[f"reason_{aspect}"] = forms.CharField(
                label=f"Reason for {aspect.label.lower()}",
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text="Needed when the rating differs from the one proposed.",
            )
        for name, sentence in self.NEEDED.items():
            self.fields[name].required = not is_draft
            self.fields[name].error_messages["required"] = sentence
        self.style_widgets()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for aspect in Aspect:
            rating = cleaned.get(f"rating_{aspect}", "")
            proposed = self.proposals[aspect].rating
            overrides = proposed and rating and rating != proposed
            if overrides and not cleaned.get(f"reason_{aspect}", "").strip():
                self.add_error(
                    f"reason_{aspect}",
                    f"Say why {aspect.label.lower()} is not {Rag(proposed).label.lower()}, as proposed",
                )
        return cleaned

    @property
    def ratings(self) -> dict[str, tuple[str, str]]:
        """Rating and reason by aspect, as typed."""
        return {
            aspect.value: (
                self.cleaned_data.get(f"rating_{aspect}", ""),
                self.cleaned_data.get(f"reason_{aspect}", "").strip(),
            )
            for aspect in Aspect
        }

    def rating_rows(self) -> Iterable[tuple[Any, Any, Any, Any, Any]]:
        """For the page: aspect, proposal, rating of the period before, rating field, reason field."""
        for aspect in Aspect:
            yield (
                aspect,
                self.proposals[aspect],
                self.last.get(aspect),
                self[f"rating_{aspect}"],
                self[f"reason_{aspect}"],
            )


class BoardNoteForm(GovukForm, forms.Form):
    """What the board noted, and when."""

    on = DayField(label="Date of the board")
    board_note = forms.CharField(
        label="What the board noted",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say what the board noted"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


# -- actions, issues, change requests ---------------------------------------------------------


class ActionForm(RowForm):
    """An action; done once it has a day."""

    class Meta:
        model = Action
        formfield_callback = field_of
        fields = ("what", "owner", "raised_on", "due_on", "done_on", "outcome")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].help_text = "Leave empty while it is open"
        if not self.instance.pk:
            del self.fields["done_on"], self.fields["outcome"]


class IssueForm(RowForm):
    """An issue; resolved once it has a day and words."""

    class Meta:
        model = Issue
        formfield_callback = field_of
        fields = (
            "title",
            "description",
            "severity",
            "owner",
            "raised_on",
            "resolved_on",
            "resolution",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resolved_on"].help_text = "Leave empty while it is open"
        if not self.instance.pk:
            del self.fields["resolved_on"], self.fields["resolution"]


class ChangeRequestForm(RowForm):
    """What is asked of the board."""

    class Meta:
        model = ChangeRequest
        formfield_callback = field_of
        fields = (
            "title",
            "what",
            "why",
            "months",
            "cost",
            "effect_on_benefits",
            "raised_on",
            "decide_by",
        )


class DecideRequestForm(GovukForm, forms.Form):
    """What the board decided on a change request."""

    outcome = forms.ChoiceField(
        label="What did the board decide?",
        choices=RequestOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the board decided"},
    )
    on = DayField(label="Date of the decision")
    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the board decided so"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


# -- benefits, contracts ----------------------------------------------------------------------


class BenefitForm(RowForm):
    """A benefit or saving. Its years are rows beside it."""

    class Meta:
        model = Benefit
        formfield_callback = field_of
        fields = (
            "title",
            "description",
            "kind",
            "cashable",
            "already_in_budget",
            "counts_towards_funding",
            "owner",
            "measure",
            "due_on",
            "realised_on",
            "note",
        )


class BenefitYearForm(GovukForm, forms.Form):
    """Planned and actual of one year."""

    year = FinancialYearFormField(label="Financial year", required=False)
    planned = MoneyFormField(label="Planned", required=False)
    actual = MoneyFormField(label="Actual", required=False)


class ContractForm(RowForm):
    """A contract. The supplier is chosen from the list or named anew."""

    supplier_name = forms.CharField(
        label="Supplier",
        max_length=160,
        help_text="The name, or a description where the report does not name it",
        error_messages={"required": "Enter the supplier"},
    )

    class Meta:
        model = Contract
        formfield_callback = field_of
        fields = ("title", "starts", "ends", "extension_until", "value", "note")

    field_order = ("supplier_name", "title")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.supplier_id:
            self.fields["supplier_name"].initial = self.instance.supplier.name


class ExemptForm(RowForm):
    """Exempt unless said otherwise: then it names its paragraph and the public-interest reason."""

    exempt_paragraphs = forms.TypedMultipleChoiceField(
        label="Paragraph of Schedule 12A",
        choices=ExemptionParagraph.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("exempt"):
            # An item that is public cites no paragraph: what was ticked before goes with the mark.
            cleaned["exempt_paragraphs"] = []
            cleaned["exempt_reason"] = ""
        return cleaned


class SettlementTermForm(ExemptForm):
    """A settlement term with a supplier of the project."""

    class Meta:
        model = SettlementTerm
        formfield_callback = field_of
        fields = (
            "supplier",
            "title",
            "terms",
            "amount",
            "exempt",
            "exempt_paragraphs",
            "exempt_reason",
            "note",
        )

    def __init__(self, *args: Any, suppliers: models.QuerySet[Supplier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplier"].queryset = suppliers  # type: ignore[attr-defined]


class DiscountForm(ExemptForm):
    """A discount with its claim window and the contract it relies on."""

    class Meta:
        model = Discount
        formfield_callback = field_of
        fields = (
            "title",
            "contract",
            "amount",
            "claim_from",
            "claim_until",
            "claimed",
            "exempt",
            "exempt_paragraphs",
            "exempt_reason",
            "note",
        )

    def __init__(self, *args: Any, contracts: models.QuerySet[Contract], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contract"].queryset = contracts  # type: ignore[attr-defined]


# -- closure ----------------------------------------------------------------------------------


class ClosureForm(RowForm):
    """The words of the closure report."""

    class Meta:
        model = ClosureReport
        formfield_callback = field_of
        fields = ("delivered", "outturn", "timing", "benefits", "lessons", "handover")
