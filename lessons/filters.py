"""How the list of lessons is narrowed down."""

from __future__ import annotations

from typing import Any

from django import forms

from council_hms.forms import GovukForm
from lessons.models import LessonCategory, Priority
from projects.models import Project

ORDERS = {
    "": ("category__position", "category__name", "pk"),
    "newest": ("-logged_on", "-pk"),
    "project": ("project__reference", "category__position", "pk"),
}


class ProjectChoice(forms.ModelChoiceField):
    """A project by its reference and as much of its title as fits a narrow screen."""

    def label_from_instance(self, obj: Project) -> str:
        return f"{obj.reference} {obj.title}"[:30]


class LessonFilter(GovukForm, forms.Form):
    """Words, category, project and priority; what is not understood narrows nothing."""

    q = forms.CharField(
        label="Search",
        help_text="All words, anywhere in the lesson.",
        required=False,
        max_length=200,
    )
    category = forms.ModelChoiceField(
        queryset=LessonCategory.objects.none(), required=False, empty_label="Every category"
    )
    project = ProjectChoice(
        queryset=Project.objects.none(),
        to_field_name="reference",
        required=False,
        empty_label="Every project",
    )
    priority = forms.ChoiceField(
        choices=[("", "Every priority"), *Priority.choices], required=False
    )
    order = forms.ChoiceField(
        label="In the order of",
        choices=[("", "Category"), ("newest", "Newest first"), ("project", "Project")],
        required=False,
    )

    def __init__(self, typed: Any, lessons: Any) -> None:
        super().__init__(typed)
        self.lessons = lessons
        self.fields["category"].queryset = LessonCategory.objects.all()  # type: ignore[attr-defined]
        # only projects that have a lesson this person may read
        self.fields["project"].queryset = Project.objects.filter(  # type: ignore[attr-defined]
            pk__in=lessons.order_by().values("project_id")
        )

    @property
    def found(self) -> Any:
        """The lessons that fit, in the chosen order, with project and category at hand."""
        self.is_valid()
        typed = self.cleaned_data
        rows = self.lessons
        if words := typed.get("q"):
            rows = rows.search(words)
        for name in ("category", "project", "priority"):
            if typed.get(name):
                rows = rows.filter(**{name: typed[name]})
        return rows.for_lists().order_by(*ORDERS[typed.get("order") or ""])

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order was chosen."""
        return any(self.cleaned_data.get(name) for name in ("q", "category", "project", "priority"))
