"""How the list of risks is narrowed down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import F

from council_hms.listing import ChoiceFilter, ListFilter, RowFilter
from risks.models import Register, RiskKind

BAND_CHOICES = [("red", "Red"), ("amber", "Amber"), ("green", "Green")]
STATES = [("closed", "Closed"), ("all", "Open and closed")]


class RegisterChoice(forms.ModelChoiceField):
    """A register by the reference of its project and as much of the title as fits a narrow screen."""

    def label_from_instance(self, obj: Register) -> str:  # type: ignore[override]
        return f"{obj.name} {obj.project.title}"[:30] if obj.project else obj.name


class RegisterFilter(RowFilter):
    """One of the registers that one may see."""

    field_class = RegisterChoice


def _registers(request: Any) -> Any:
    return Register.objects.visible_to(request.user).select_related("project")


class ProjectRiskFilter(ListFilter):
    """Words, rating, kind and state. Open risks are shown unless others are asked for (``RiskList.rows``)."""

    search_fields = ("reference", "title", "description", "cause", "consequence", "owner")
    search_help = "Every word you enter must occur"

    band = ChoiceFilter(field_name="band", choices=BAND_CHOICES, label="Rating")
    kind = ChoiceFilter(choices=RiskKind.choices, label="Threat or opportunity")
    attention = ChoiceFilter(
        choices=[("appetite", "Above appetite"), ("overdue", "A control is overdue")],
        method="needs_attention",
        label="Needs attention",
    )
    state = ChoiceFilter(choices=STATES, method="as_it_is", label="State", empty_label="Open")

    def needs_attention(self, rows: Any, name: str, value: str) -> Any:
        if value == "overdue":
            return rows.filter(overdue_controls__gt=0)
        return rows.filter(kind=RiskKind.THREAT, score__gt=F("appetite"))

    def as_it_is(self, rows: Any, name: str, value: str) -> Any:
        return rows


class RiskFilter(ProjectRiskFilter):
    """The same over all registers, and which of them."""

    register = RegisterFilter(queryset=_registers, label="Register")
