"""Forms of imports: the file, what its columns are, and the confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from budgets.imports.parse import HEADS_WITHIN, Choices, guess_columns, heads_of, year_lost_in
from budgets.imports.stage import SHORT_FILE
from budgets.models import ChangeKind, ImportKind, ImportRun
from budgets.resources import ACROSS, columns_of
from council_hms.fields import DayField
from council_hms.forms import GovukForm
from council_hms.money import Unit
from council_hms.spreadsheets import Limits
from projects.models import Project


class SendForm(GovukForm, forms.Form):
    """Which file, and what is in it."""

    kind = forms.ChoiceField(
        label="What is in the file?",
        choices=ImportKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is in the file"},
    )
    project = forms.CharField(
        label="Project reference",
        max_length=20,
        required=False,
        help_text="Needed for a cost plan or budget lines. For spend only when the file has no column of projects.",
    )
    file = forms.FileField(
        label="File",
        help_text=f"Excel (.xlsx, .xlsm, .xls), OpenDocument (.ods) or CSV, {Limits().words}; "
        f"a cost plan or budget lines at most {SHORT_FILE:,} rows",
        error_messages={
            "required": "Choose the file",
            "empty": "The file is empty. Choose the file again.",
        },
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.xlsm,.xls,.ods,.csv,.txt"

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > Limits().size:
            raise ValidationError(
                f"The file is larger than {Limits().size // 1_000_000} MB; split it"
            )
        return file

    def clean_project(self) -> Project | None:
        reference = self.cleaned_data["project"].strip().upper()
        if not reference:
            return None
        project = Project.objects.visible_to(self.user).filter(reference=reference).first()
        if project is None:
            raise ValidationError(f"There is no project {reference}; check the reference")
        return project


class ColumnsForm(GovukForm, forms.Form):
    """What each column of a file is. Its fields follow the sheet and the row of heads that were chosen."""

    sheet = forms.TypedChoiceField(label="Sheet", coerce=int)
    head_row = forms.IntegerField(
        label="Row that holds the heads",
        min_value=1,
        max_value=HEADS_WITHIN,
        error_messages={
            "required": "Enter the number of the row that holds the heads",
            "invalid": "Enter the number of a row",
            "min_value": "Enter the number of a row, from 1",
            "max_value": f"The heads must be within the first {HEADS_WITHIN} rows",
        },
    )
    unit = forms.ChoiceField(
        label="Bare amounts are in", choices=[(unit.value, unit.heading) for unit in Unit]
    )

    def __init__(
        self, data: Mapping[str, str] | None, *, run: ImportRun, remembered: Mapping[str, str]
    ) -> None:
        super().__init__(data)
        self.run = run
        self.proposed = Choices.of(run.choices)
        sheets = run.outline["sheets"]
        self.fields["sheet"].choices = [  # type: ignore[attr-defined]
            (
                number,
                f"{sheet['name']} ({sheet['height']:,} rows{', hidden' if sheet['is_hidden'] else ''})",
            )
            for number, sheet in enumerate(sheets)
        ]
        sheet = _whole(data, "sheet", self.proposed.sheet, len(sheets) - 1)
        head_row = _whole(data, "head_row", self.proposed.head_row, HEADS_WITHIN)
        rows = sheets[sheet]["rows"]
        if (sheet, head_row) != (self.proposed.sheet, self.proposed.head_row):
            given = guess_columns(rows, head_row, run.kind, remembered)
            given.sheet, given.unit, given.same = sheet, self.proposed.unit, self.proposed.same
            self.proposed = given
        #: The columns asked about are those under the heads that the form was drawn with.
        self.is_redrawn = data is not None and data.get("drawn") != f"{sheet}-{head_row}"
        self.drawn = f"{sheet}-{head_row}"
        self.initial = {"sheet": sheet, "head_row": head_row, "unit": self.proposed.unit}
        self.heads = heads_of(rows, head_row)
        columns = columns_of(run.kind)
        for head in self.heads:
            year = self.proposed.years.get(head.place)
            choices = [("", "Left out"), *((key, column.name) for key, column in columns.items())]
            if run.kind in ACROSS and year is not None:
                choices.insert(1, ("year-amounts", "Amounts of the year in its head"))
            self.fields[f"column-{head.place}"] = forms.ChoiceField(
                label=f"Column {head.letter}: {head.words or 'no head'}",
                choices=choices,
                required=False,
                initial="year-amounts" if year else self.proposed.columns.get(head.place, ""),
            )
        for key, column in columns.items():
            if column.same_for_all:
                self.fields[f"same-{key}"] = forms.CharField(
                    label=f"{column.name} of every row",
                    max_length=120,
                    required=False,
                    help_text=f"When the file has no such column. {column.help}",
                    initial=self.proposed.same.get(key, ""),
                )
        if run.kind == ImportKind.PLAN:
            self.fields["dated"] = DayField(
                label="The plan is in force from", initial=timezone.localdate()
            )
            self.fields["note"] = forms.CharField(label="Note on the plan", required=False)
        self.style_widgets()
        if self.is_redrawn:
            redrawn: Any = self.data.copy()  # type: ignore[attr-defined]
            for name, field in self.fields.items():
                if name.startswith("column-"):
                    redrawn[name] = field.initial
            self.data = redrawn

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each column of the file beside the choice of what it is, and what its head may have lost."""
        return [
            {
                "head": head,
                "field": self[f"column-{head.place}"],
                "lost": year_lost_in(head.words) if self.run.kind in ACROSS else "",
            }
            for head in self.heads
        ]

    @property
    def same_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("same-")]

    @property
    def has_same(self) -> bool:
        """Whether something is given for every row."""
        return any(field.value() for field in self.same_fields)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        taken: dict[str, str] = {}
        for head in self.heads:
            key = data.get(f"column-{head.place}", "")
            if key and key != "year-amounts":
                if key in taken:
                    self.add_error(
                        f"column-{head.place}",
                        f"Columns {taken[key]} and {head.letter} are both said to be "
                        f"“{columns_of(self.run.kind)[key].name}”; leave one out",
                    )
                taken.setdefault(key, head.letter)
        return data

    @property
    def chosen(self) -> Choices:
        """How the file is to be read, of a valid form."""
        data = self.cleaned_data
        chosen = {head.place: data.get(f"column-{head.place}", "") for head in self.heads}
        return Choices(
            sheet=data["sheet"],
            head_row=data["head_row"],
            columns={place: key for place, key in chosen.items() if key and key != "year-amounts"},
            years={
                place: self.proposed.years[place]
                for place, key in chosen.items()
                if key == "year-amounts" and place in self.proposed.years
            },
            same={
                name.removeprefix("same-"): data[name].strip()
                for name in self.fields
                if name.startswith("same-") and data.get(name, "").strip()
            },
            unit=data["unit"],
            unit_found=self.proposed.unit_found,
        )

    @property
    def more(self) -> dict[str, str]:
        """What else is said of the whole file."""
        if "dated" not in self.fields:
            return {}
        return {
            "dated": self.cleaned_data["dated"].isoformat(),
            "note": self.cleaned_data["note"],
        }


def _whole(data: Mapping[str, str] | None, name: str, otherwise: int, most: int) -> int:
    text = (data or {}).get(name, "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise
    return number if number <= most else otherwise


class ConfirmForm(GovukForm, forms.Form):
    """What the person says when a file is stored. Asks only what this file needs."""

    title = forms.CharField(
        label="Title of the draft budget change",
        max_length=200,
        error_messages={"required": "Enter a title that says what the change is for"},
    )
    change_kind = forms.ChoiceField(label="What kind of change is it?", choices=ChangeKind.choices)
    accept_totals = forms.BooleanField(
        label="I have looked at the totals of the file that differ from the sum of its rows",
        error_messages={
            "required": "Tick that you have looked at the totals that differ, or put the file right"
        },
    )

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        makes_change = run.kind == ImportKind.LINES and not run.findings.get("into")
        if not makes_change:
            del self.fields["title"], self.fields["change_kind"]
        if all(total["agrees"] for total in run.findings.get("totals", ())):
            del self.fields["accept_totals"]
