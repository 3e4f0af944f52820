"""The form that puts a bound figure together from its parts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from council_hms.fields import DayField, FinancialYearFormField
from council_hms.forms import GovukForm
from reports.figures import KINDS
from reports.references import Resolver

UNITS = [
    ("k", "£497k"),
    ("k1", "£497.4k"),
    ("m", "£2.925m"),
    ("m1", "£2.9m"),
    ("million", "£2.925 million"),
    ("million1", "£2.9 million"),
    ("£", "£497,400"),
]


class FigureForm(GovukForm, forms.Form):
    """Which figure, of which project, cut how, as at when, shown how."""

    figure = forms.ChoiceField(choices=[(kind.name, kind.label) for kind in KINDS.values()])
    project = forms.ChoiceField()
    change = forms.ChoiceField(label="Budget change", required=False)
    nature = forms.ChoiceField(
        label="Capital or revenue",
        choices=[("", "Both"), ("capital", "Capital"), ("revenue", "Revenue")],
        required=False,
    )
    first = FinancialYearFormField(label="Year", required=False, help_text="For example 2023-24")
    last = FinancialYearFormField(label="To year", required=False)
    source = forms.ChoiceField(label="Funding source", required=False)
    as_at = DayField(label="As at", required=False, help_text="Empty: the day of the report")
    unit = forms.ChoiceField(label="Shown as", choices=UNITS)

    def __init__(self, data: Any, *, resolver: Resolver) -> None:
        super().__init__(data)
        projects = list(resolver.projects)
        ledgers = [resolver.ledger(reference) for reference in projects]
        self.fields["project"].choices = [(each, each) for each in projects]  # type: ignore[attr-defined]
        changes = [change for ledger in ledgers for change in ledger.changes]
        self.fields["change"].choices = [("", "None"), *((each, each) for each in changes)]  # type: ignore[attr-defined]
        sources = dict.fromkeys(source for ledger in ledgers for source in ledger.sources)
        self.fields["source"].choices = [("", "All"), *((each, each) for each in sources)]  # type: ignore[attr-defined]

    @property
    def reference(self) -> str:
        """What to write between the braces."""
        given = self.cleaned_data
        takes = KINDS[given["figure"]].takes
        words = [given["figure"]]
        if "change" in takes:
            words.append(given["change"])
        elif given["project"] != self.fields["project"].choices[0][0]:  # type: ignore[attr-defined]
            words.append(given["project"])
        if given["nature"] and "nature" in takes:
            words.append(given["nature"])
        if given["first"] and "years" in takes:
            words.append(str(given["first"]))
            if given["last"] and given["last"] != given["first"]:
                words += ["to", str(given["last"])]
        if given["source"] and "source" in takes:
            words += ["from", f'"{given["source"]}"']
        day: dt.date | None = given["as_at"]
        if day:
            words += ["as at", day.isoformat()]
        return f"{' '.join(word for word in words if word)} | {given['unit']}"
