"""What people type about lessons: a lesson and its detail, the answers of a project, the administrator's rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from council_hms.exemption import ExemptionParagraph
from council_hms.fields import DayField
from council_hms.forms import GovukForm
from lessons.models import (
    Answer,
    AnswerKind,
    ApplicabilityRule,
    GateLimit,
    Lesson,
    LessonCategory,
    LessonDetail,
    ProjectType,
)
from lessons.services import AnswerDraft
from projects.models import Fund, Project

LONG = {"rows": 3}


def send_with(form: forms.BaseForm, **values: Any) -> None:
    """Put values under what was typed, for when the form is sent again; what was typed stays."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    for name, value in values.items():
        data[form.add_prefix(name)] = value
    form.data = data


class LessonForm(GovukForm, forms.ModelForm):
    """A lesson. Only its title, category and what later projects should do must be given."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label="Why are you changing it?",
        max_length=300,
        required=False,
        help_text="Kept in the history.",
    )

    class Meta:
        model = Lesson
        fields = [
            "title",
            "category",
            "event",
            "effect",
            "cause",
            "early_warning_signs",
            "recommendation",
            "known_as_risk",
            "priority",
            "owner",
            "logged_by",
            "logged_on",
            "source",
            "is_shared",
        ]
        widgets = {
            "event": forms.Textarea(LONG),
            "effect": forms.Textarea(LONG),
            "cause": forms.Textarea(LONG),
            "early_warning_signs": forms.Textarea(LONG),
            "recommendation": forms.Textarea(LONG),
            "known_as_risk": forms.RadioSelect,
            "priority": forms.RadioSelect,
        }
        field_classes = {"logged_on": DayField}
        error_messages = {
            "title": {"required": "Enter the lesson in a few words"},
            "category": {"required": "Choose a category"},
            "recommendation": {"required": "Enter what later projects should do"},
            "logged_on": {
                "required": "Enter the day it was logged",
                "invalid": "Enter a real date",
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = LessonCategory.objects.filter(in_use=True)
        if self.instance.pk:
            categories |= LessonCategory.objects.filter(pk=self.instance.category_id)
            self.fields["version"].initial = self.instance.version
        else:
            del self.fields["reason"]
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]
        self.fields["category"].empty_label = "Choose a category"  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The lesson's columns, without version and reason."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class DetailForm(GovukForm, forms.ModelForm):
    """The detail of a lesson that may be exempt; all of it may stay empty."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    exempt_paragraphs = forms.TypedMultipleChoiceField(
        label="Schedule 12A paragraphs",
        choices=ExemptionParagraph.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = LessonDetail
        fields = ["text", "exempt", "exempt_paragraphs", "exempt_reason"]
        widgets = {
            "text": forms.Textarea({"rows": 4}),
            "exempt_reason": forms.Textarea({"rows": 2}),
        }
        labels = {
            "text": "Detail that not everyone may read",
            "exempt": "This detail is exempt from publication",
        }
        help_texts = {
            "text": "Optional. Others are told that there is exempt detail and under which paragraph, not what it says."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False
        self.fields["version"].initial = self.instance.version if self.instance.pk else 0

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if not typed.get("text", "").strip():
            if typed.get("exempt") or self.instance.pk:
                raise ValidationError({"text": "Enter the detail"})
            return typed
        return typed

    def _post_clean(self) -> None:
        # an empty detail of a lesson that has none is no row, so the row's own rules do not ask
        if (self.cleaned_data.get("text") or "").strip():
            super()._post_clean()  # type: ignore[misc]

    def values(self) -> dict[str, Any]:
        """The detail's columns; empty when there is nothing to keep."""
        if not self.cleaned_data.get("text", "").strip():
            return {}
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class AnswerForm(GovukForm, forms.Form):
    """One lesson's answer on the page of a project. Untouched, it says nothing and is left alone."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=30_000)
    kind = forms.ChoiceField(
        label="Your answer",
        choices=AnswerKind.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose adopted, not applicable or deferred"},
    )
    how = forms.CharField(
        label="How is it adopted?", required=False, max_length=4000, widget=forms.Textarea(LONG)
    )
    evidence = forms.CharField(
        label="Evidence",
        help_text="Where that can be seen: a plan, a contract clause, a minute.",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )
    by_whom = forms.CharField(
        label="By whom?", help_text="A job title.", required=False, max_length=120
    )
    why = forms.CharField(
        label="Why does it not apply?", required=False, max_length=4000, widget=forms.Textarea(LONG)
    )
    deferred_until = DayField(
        label="Deferred until",
        help_text="After that day it counts as unanswered.",
        required=False,
        error_messages={"invalid": "Enter a real date, for example 31/3/2027"},
    )
    owner = forms.CharField(
        label="Owner",
        help_text="A job title: who will answer it by then.",
        required=False,
        max_length=120,
    )

    #: What someone else answered meanwhile, when they did.
    theirs: Answer | None = None

    ASKED = {
        AnswerKind.ADOPTED: {
            "how": "Say how the lesson is adopted",
            "evidence": "Say where the evidence can be seen",
            "by_whom": "Enter the job title of who adopts it",
        },
        AnswerKind.NOT_APPLICABLE: {"why": "Say why the lesson does not apply"},
        AnswerKind.DEFERRED: {
            "deferred_until": "Enter the date until which it is deferred",
            "owner": "Enter the job title of who will answer it",
        },
    }

    def __init__(
        self, *args: Any, lesson: Lesson, standing: Answer | None, today: dt.date, **kwargs: Any
    ) -> None:
        self.lesson, self.standing, self.today = lesson, standing, today
        initial = {"seen": standing.number if standing else 0}
        if standing:
            names = ("kind", "how", "evidence", "by_whom", "why", "deferred_until", "owner")
            initial |= {name: getattr(standing, name) for name in names}
        super().__init__(*args, prefix=f"lesson-{lesson.pk}", initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        kind = typed.get("kind")
        if not kind:
            if "kind" not in self.errors and any(
                typed.get(name) for wanted in self.ASKED.values() for name in wanted
            ):
                self.add_error("kind", f"Choose an answer to lesson {self.lesson.reference}")
            return typed
        for name, message in self.ASKED[AnswerKind(kind)].items():
            if name not in self.errors and not typed.get(name):
                self.add_error(name, f"{self.lesson.reference}: {message[0].lower()}{message[1:]}")
        until = typed.get("deferred_until")
        is_new = not (
            self.standing and self.standing.kind == kind and self.standing.deferred_until == until
        )
        if kind == AnswerKind.DEFERRED and until and is_new and until <= self.today:
            self.add_error("deferred_until", f"{self.lesson.reference}: enter a date after today")
        return typed

    def show_theirs(self, theirs: Answer, message: str) -> None:
        """Someone else answered first: show their answer; sent again, this one is written after theirs."""
        self.theirs = theirs
        self.add_error("kind", f"{self.lesson.reference}: {message[0].lower()}{message[1:]}")
        send_with(self, seen=theirs.number)

    def draft(self) -> AnswerDraft | None:
        """What was answered; None when nothing was chosen."""
        typed = self.cleaned_data
        if not typed.get("kind"):
            return None
        names = ("how", "evidence", "by_whom", "why", "owner")
        return AnswerDraft(
            lesson_id=self.lesson.pk,
            seen=typed["seen"],
            kind=typed["kind"],
            deferred_until=typed.get("deferred_until"),
            **{name: typed.get(name, "").strip() for name in names},
        )


def answer_forms(
    lessons: Sequence[Lesson],
    standing: Mapping[int, Answer],
    today: dt.date,
    typed: Any = None,
) -> list[AnswerForm]:
    """One form for each lesson, in the order given; bound when something was sent."""
    return [
        AnswerForm(typed, lesson=lesson, standing=standing.get(lesson.pk), today=today)
        for lesson in lessons
    ]


class ClassificationForm(GovukForm, forms.Form):
    """What type of project this is."""

    project_type = forms.ModelChoiceField(
        label="Type of project",
        queryset=ProjectType.objects.none(),
        empty_label="Choose a type",
        error_messages={"required": "Choose the type of project"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project_type"].queryset = ProjectType.objects.filter(in_use=True)  # type: ignore[attr-defined]


class RuleForm(GovukForm, forms.ModelForm):
    """Which lessons bind which projects at which gate, from when until when."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    fund = forms.ChoiceField(choices=[("", "Both funds"), *Fund.choices], required=False)

    class Meta:
        model = ApplicabilityRule
        fields = [
            "category",
            "lesson",
            "project_type",
            "fund",
            "directorate",
            "gate",
            "since",
            "until",
            "note",
        ]
        field_classes = {"since": DayField, "until": DayField}
        widgets = {"gate": forms.RadioSelect, "note": forms.Textarea({"rows": 2})}
        labels = {
            "category": "All lessons of a category",
            "lesson": "Or one lesson",
            "gate": "Must be answered at this gate",
        }
        help_texts = {
            "category": "Choose a category here, or one lesson below.",
            "directorate": "Leave it empty for every directorate. Write it as projects write it.",
            "since": "Projects are bound from this day on.",
            "until": "Leave it empty while the rule stands.",
        }
        error_messages = {
            "gate": {"required": "Choose a gate"},
            "since": {
                "required": "Enter the day from which the rule stands",
                "invalid": "Enter a real date",
            },
            "until": {"invalid": "Enter a real date"},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (
            ("category", "No category"),
            ("lesson", "No single lesson"),
            ("project_type", "Every type"),
        ):
            self.fields[name].empty_label = words  # type: ignore[attr-defined]
        self.fields["lesson"].queryset = Lesson.objects.filter(is_shared=True)  # type: ignore[attr-defined]
        self.fields["version"].initial = self.instance.version if self.instance.pk else 0

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if not typed.get("category") and not typed.get("lesson"):
            self.add_error("category", "Choose a category, or one lesson")
        elif typed.get("category") and typed.get("lesson"):
            self.add_error("lesson", "Choose either a category or one lesson, not both")
        return typed

    def values(self) -> dict[str, Any]:
        """The rule's columns."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class GateLimitForm(GovukForm, forms.ModelForm):
    """From what amount a budget change answers lessons, from a day."""

    class Meta:
        model = GateLimit
        fields = ["amount", "since", "source"]
        field_classes = {"since": DayField}
        error_messages = {
            "since": {
                "required": "Enter the day from which it counts",
                "invalid": "Enter a real date",
            }
        }


class CategoryForm(GovukForm, forms.ModelForm):
    """A category of lessons."""

    class Meta:
        model = LessonCategory
        fields = ["name", "description", "position", "in_use"]
        widgets = {"description": forms.Textarea({"rows": 2})}
        error_messages = {"name": {"required": "Enter the name of the category"}}


class ProjectTypeForm(GovukForm, forms.ModelForm):
    """A type of project."""

    class Meta:
        model = ProjectType
        fields = ["name", "position", "in_use"]
        error_messages = {"name": {"required": "Enter the name of the type"}}


class LessonProjectForm(GovukForm, forms.Form):
    """Which project a lesson is logged for, when it is logged from the list of all lessons."""

    project = forms.ModelChoiceField(
        label="Project",
        queryset=Project.objects.none(),
        to_field_name="reference",
        empty_label="Choose a project",
        error_messages={"required": "Choose the project whose lesson it is"},
    )

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]
