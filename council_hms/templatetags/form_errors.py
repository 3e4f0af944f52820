"""The errors of several forms on one page, each with the box that it is about."""

from __future__ import annotations

from typing import Any

from django import forms, template

register = template.Library()


@register.filter
def errors_of(bound: list[Any]) -> list[dict[str, str]]:
    """Messages of all forms in order; ``target`` is the id of the box, empty for the form as a whole."""
    found = []
    for form in bound or []:
        if not form.is_bound:
            continue
        for name, messages in form.errors.items():
            target = ""
            if name in form.fields:
                field = form[name]
                many = forms.RadioSelect | forms.CheckboxSelectMultiple
                target = (
                    f"{field.auto_id}_0" if isinstance(field.field.widget, many) else field.auto_id
                )
            found += [{"message": message, "target": target} for message in messages]
    return found
