"""What people type about risks: a risk, its scores, a review of a whole register, controls, scales, a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from council_hms.exemption import ExemptionParagraph
from council_hms.fields import DayField
from council_hms.forms import GovukForm
from council_hms.spreadsheets import Limits
from projects.forms import RowForm, field_of
from risks.matrix import Point
from risks.matrix import Scale as Rule
from risks.models import Assessment, Control, ControlStatus, Register, RegisterScale, Risk, RiskKind
from risks.models.assessment import SCORES
from risks.services import ReviewDraft, Scores
from risks.standing import Standing

#: A register of some thousands of rows is a large one; more is not a register.
UPLOAD_LIMITS = Limits(size=5_000_000, rows=5_000, columns=60)
PARTS = ("impact", "probability")


class RiskForm(RowForm):
    """What a risk says. Its scores come from reviews."""

    exempt_paragraphs = forms.TypedMultipleChoiceField(
        label="Schedule 12A paragraphs",
        choices=ExemptionParagraph.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label="Why are you changing it?",
        max_length=300,
        required=False,
        help_text="Kept in the history.",
    )

    class Meta:
        model = Risk
        formfield_callback = field_of
        fields = (
            "title",
            "reference",
            "kind",
            "description",
            "cause",
            "consequence",
            "owner",
            "raised_on",
            "exempt",
            "exempt_paragraphs",
            "exempt_reason",
        )
        widgets = {"kind": forms.RadioSelect}

    def __init__(self, *args: Any, may_withhold: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].error_messages["required"] = "Enter the risk in a few words"
        self.fields["title"].help_text = "What the heat map and the board call it."
        kind: Any = self.fields["kind"]
        kind.widget = forms.RadioSelect(choices=RiskKind.choices)
        for name in ("description", "cause", "consequence"):
            self.fields[name].widget.attrs["rows"] = 3
        self.fields["exempt_reason"].widget.attrs["rows"] = 2
        if self.instance.pk:
            self.fields["reference"].help_text = "Papers cite it: change it only if it was wrong."
        else:
            self.fields["reference"].required = False
            del self.fields["reason"]
        if not may_withhold:
            for name in ("exempt", "exempt_paragraphs", "exempt_reason"):
                del self.fields[name]
        self.style_widgets()

    def _post_clean(self) -> None:
        # a reference left empty is given by the service
        if "reference" in self.cleaned_data and not self.cleaned_data["reference"].strip():
            self.instance.reference = self.cleaned_data["reference"] = " "
            super()._post_clean()  # type: ignore[misc]
            self.cleaned_data["reference"] = ""
        else:
            super()._post_clean()  # type: ignore[misc]


class ScoresForm(GovukForm, forms.Form):
    """Impact and probability on a register's scale: as the risk stands; and before controls and as aimed at."""

    comment = forms.CharField(
        label="Comment",
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(
        self, *args: Any, rule: Rule, last: Assessment | None = None, **kwargs: Any
    ) -> None:
        self.rule = rule
        initial = dict(kwargs.pop("initial", None) or {})
        super().__init__(*args, **kwargs)
        fits = last is not None and all(
            point is None or rule.holds(point) for point in (last.point(name) for name in SCORES)
        )
        for name, words in (
            ("current", "Current"),
            ("gross", "Gross"),
            ("target", "Target"),
        ):
            for part in PARTS:
                steps = rule.impact_words if part == "impact" else rule.probability_words
                field = forms.TypedChoiceField(
                    label=f"{words} {part}",
                    choices=[
                        ("", "Choose"),
                        *((place, f"{place} {word}") for place, word in enumerate(steps, start=1)),
                    ],
                    coerce=int,
                    empty_value=None,
                    required=name == "current",
                    error_messages={
                        "required": f"Choose the {words.lower()} {part}",
                        "invalid_choice": f"Choose the {words.lower()} {part} from the list",
                    },
                )
                if last is not None and fits:
                    initial.setdefault(f"{name}_{part}", getattr(last, f"{name}_{part}"))
                self.fields[f"{name}_{part}"] = field
        self.initial = initial
        self.style_widgets()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        for name in ("gross", "target"):
            given = [typed.get(f"{name}_{part}") is not None for part in PARTS]
            if (
                any(given)
                and not all(given)
                and not any(f"{name}_{part}" in self.errors for part in PARTS)
            ):
                missing = PARTS[given.index(False)]
                self.add_error(
                    f"{name}_{missing}", self.named(f"choose the {name} {missing} too, or neither")
                )
        return typed

    def named(self, sentence: str) -> str:
        """An error with what it is about in front, where a page has several such forms."""
        return sentence[0].upper() + sentence[1:]

    @property
    def scores(self) -> Scores:
        """What was chosen. Only for a form that is valid."""

        def point(name: str) -> Point | None:
            impact = self.cleaned_data[f"{name}_impact"]
            return (
                None if impact is None else Point(impact, self.cleaned_data[f"{name}_probability"])
            )

        current = point("current")
        assert current is not None  # noqa: S101 - the form asks for it
        return Scores(current=current, gross=point("gross"), target=point("target"))

    @property
    def has_scores(self) -> bool:
        """Whether anything was chosen."""
        return any(self.cleaned_data.get(f"{name}_{part}") for name in SCORES for part in PARTS)


class FirstScoresForm(ScoresForm):
    """The scores of a new risk. All may stay empty: the risk is then scored at the first review."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in PARTS:
            self.fields[f"current_{part}"].required = False

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if self.has_scores:
            for part in PARTS:
                if typed.get(f"current_{part}") is None and f"current_{part}" not in self.errors:
                    self.add_error(f"current_{part}", f"Choose the current {part}")
        return typed


class ReviewForm(ScoresForm):
    """One risk on the screen of a review. Its last scores are filled in: left so, it has not moved."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=30_000)
    left_out = forms.BooleanField(label="Not reviewed this time", required=False)

    #: What someone else found meanwhile, when they did.
    theirs: Assessment | None = None

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        self.standing = standing
        last = standing.now
        super().__init__(
            *args,
            prefix=f"risk-{standing.risk.pk}",
            last=last,
            initial={"seen": last.number if last else 0},
            **kwargs,
        )
        reference = standing.risk.reference
        for name, field in self.fields.items():
            for kind, message in list(field.error_messages.items()):
                if name not in ("seen", "left_out"):
                    field.error_messages[kind] = f"{reference}: {message[0].lower()}{message[1:]}"

    def named(self, sentence: str) -> str:
        return f"{self.standing.risk.reference}: {sentence}"

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.cleaned_data.get("left_out"):
            self._errors = forms.utils.ErrorDict()  # what is left out is not asked about

    def show_theirs(self, theirs: Assessment, message: str) -> None:
        """Someone else reviewed first: show theirs; sent again, this review is written after it."""
        self.theirs = theirs
        self.add_error("current_impact", self.named(message[0].lower() + message[1:]))
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("seen")] = theirs.number
        self.data = data

    def draft(self) -> ReviewDraft | None:
        """What the review says of the risk; None when it was left out."""
        if self.cleaned_data.get("left_out"):
            return None
        return ReviewDraft(
            risk_id=self.standing.risk.pk,
            seen=self.cleaned_data["seen"],
            scores=self.scores,
            comment=self.cleaned_data["comment"].strip(),
        )


class ReviewDayForm(GovukForm, forms.Form):
    """The day of a review."""

    reviewed_on = DayField(label="Date of the review")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"reviewed_on": today}, **kwargs)
        self.today = today

    def clean_reviewed_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["reviewed_on"]
        if day > self.today:
            raise ValidationError("Enter the day of the review, not one to come")
        return day


def review_forms(standings: Sequence[Standing], rule: Rule, typed: Any = None) -> list[ReviewForm]:
    """A form for each risk; when something was sent, for each that was on the page."""
    return [
        ReviewForm(typed, standing=each, rule=rule)
        for each in standings
        if typed is None or f"risk-{each.risk.pk}-seen" in typed
    ]


class CloseForm(GovukForm, forms.Form):
    """When and why a risk is closed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    closed_on = DayField(label="Closed on")
    closed_reason = forms.CharField(
        label="Why it is closed",
        help_text="For example: it can no longer happen, or it has happened and is now an issue.",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why the risk is closed"},
    )


class ReopenForm(GovukForm, forms.Form):
    """Why a closed risk is opened again."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(
        label="Why it is opened again",
        max_length=300,
        error_messages={"required": "Say why the risk is opened again"},
    )


class EscalateForm(GovukForm, forms.Form):
    """What the corporate register needs to know of a risk that is brought to it."""

    owner = forms.CharField(
        label="Owner in the corporate register",
        help_text="A job title.",
        max_length=120,
        error_messages={"required": "Enter the job title of who answers for it"},
    )
    reason = forms.CharField(
        label="Why it is escalated",
        max_length=300,
        help_text="Shown in the corporate register and kept in the history.",
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why it is escalated"},
    )

    def __init__(self, *args: Any, rule: Rule, last: Assessment | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scores = ScoresForm(rule=rule, last=last)
        for part in PARTS:
            field = scores.fields[f"current_{part}"]
            field.label = f"Corporate {part}"
            field.initial = scores.initial.get(f"current_{part}")
            field.error_messages["required"] = f"Choose the {part} for the whole council"
            self.fields[part] = field
        self.fields["impact"].help_text = "On the corporate scale: for the whole council."
        self.style_widgets()

    @property
    def point(self) -> Point:
        return Point(self.cleaned_data["impact"], self.cleaned_data["probability"])


class ControlForm(RowForm):
    """A control, and how far it has come."""

    class Meta:
        model = Control
        formfield_callback = field_of
        fields = ("what", "owner", "due_on", "status", "progress", "settled_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].error_messages["required"] = "Enter what is done"
        self.fields["owner"].error_messages["required"] = "Enter the job title of who does it"
        status: Any = self.fields["status"]
        status.widget = forms.RadioSelect(choices=ControlStatus.choices)
        self.fields["settled_on"].help_text = "Only when it is in place or dropped."
        self.style_widgets()


class RegisterForm(RowForm):
    """How often a register is reviewed, and when standing still is remarked on."""

    class Meta:
        model = Register
        formfield_callback = field_of
        fields = ("review_weeks", "unmoved_reviews")


class WordsField(forms.CharField):
    """Words, one on a line."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        text: str = super().clean(value)
        words = [line.strip() for line in text.splitlines() if line.strip()]
        if any(len(word) > 40 for word in words):
            raise ValidationError("Keep each word or phrase to 40 letters")
        return words

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class ScaleForm(GovukForm, forms.ModelForm):
    """A scale: the words of its steps, where amber and red begin, and the appetite."""

    impact_words = WordsField(
        label="Impact, the least first",
        help_text="3 to 6 steps, one on a line.",
        error_messages={"required": "Enter the steps of impact, one on a line"},
    )
    probability_words = WordsField(
        label="Probability, the least first",
        help_text="As many steps as for impact, one on a line.",
        error_messages={"required": "Enter the steps of probability, one on a line"},
    )
    band_words = WordsField(
        label="Words for green, amber and red",
        help_text="Three, one on a line, for example Low, Medium, High.",
        error_messages={"required": "Enter three words, one on a line"},
    )
    since = DayField(
        label="In force from", help_text="Older scores keep the scale they were given on."
    )
    everywhere = forms.BooleanField(
        label="Put this scale in force for every register of the council", required=False
    )

    class Meta:
        model = RegisterScale
        fields = (
            "impact_words",
            "probability_words",
            "band_words",
            "amber_from",
            "red_from",
            "appetite",
            "since",
            "source",
        )
        labels = {"amber_from": "Amber from a score of", "red_from": "Red from a score of"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("impact_words", "probability_words", "band_words"):
            self.fields[name].widget.attrs["rows"] = 3 if name == "band_words" else 5
        for name in ("amber_from", "red_from", "appetite"):
            self.fields[name].error_messages["required"] = "Enter a score"

    @property
    def values(self) -> dict[str, Any]:
        """The parts of the scale, for the service."""
        return {
            name: self.cleaned_data[name] for name in self._meta.fields or () if name != "since"
        }


class UploadForm(GovukForm, forms.Form):
    """A register as Excel workbook or CSV."""

    file = forms.FileField(
        label="The register as a file",
        help_text=f"An Excel workbook (.xlsx) or CSV with the headings of the file to edit, {UPLOAD_LIMITS.words}.",
        error_messages={
            "required": "Choose a file",
            "empty": "The file is empty: choose another",
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > 5_000_000:
            raise ValidationError(
                "The file is larger than 5 MB: leave out what is not the register"
            )
        if not file.name.lower().endswith((".xlsx", ".csv")):
            raise ValidationError("Choose an Excel workbook (.xlsx) or a CSV file")
        return file
