"""Forms in the GOV.UK manner: widgets get their classes, errors their summary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting

from council_hms.kept_typing import RESTORED, SIGNED_OUT, WORDS


class GovukRenderer(TemplatesSetting):
    """Draws fields with our templates."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


class GovukForm(forms.Form):
    """A form whose widgets carry their classes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style_widgets()

    def full_clean(self) -> None:
        """As Django does; a form that has come back after sign-in (kept_typing.py) is shown, not saved."""
        super().full_clean()
        if self.is_bound and self.data.get(RESTORED):
            why = str(self.data.get(RESTORED))
            self.add_error(None, WORDS.get(why, WORDS[SIGNED_OUT]))

    def style_widgets(self) -> None:
        """Give every widget the class of its kind; again after fields were added."""
        style_widgets(self.fields.values())


def style_widgets(fields: Iterable[forms.Field]) -> None:
    """Give the widgets of fields the classes that GOV.UK Frontend draws them by."""
    for field in fields:
        widget = field.widget
        if isinstance(widget, forms.Textarea):
            css = "govuk-textarea"
        elif isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
            css = "govuk-checkboxes__input"
        elif isinstance(widget, forms.RadioSelect):  # which checkboxes for several derive from
            css = "govuk-radios__input"
        elif isinstance(widget, forms.Select):
            css = "govuk-select"
        elif isinstance(widget, forms.FileInput):
            css = "govuk-file-upload"
        else:
            css = "govuk-input"
        widget.attrs["class"] = css
