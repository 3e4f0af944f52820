"""The forms by which a report is begun, written, cleared, published and followed up."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from budgets.models import BudgetChange, FundingSource, GoverningBody, Nature
from council_hms.entry_grid import EntryGrid, GridColumn, RowField
from council_hms.exemption import ExemptionParagraph
from council_hms.fields import DayField
from council_hms.financial_year import FIRST_YEAR, LAST_YEAR, FinancialYear, FinancialYearError
from council_hms.forms import GovukForm
from projects.models import Project
from reports.checking.reading.limits import (
    LARGEST_ATTACHED,
    MEGABYTE,
    MOST_ATTACHED,
    MOST_ATTACHED_PAGES,
)
from reports.figures import nearest
from reports.models import (
    ClearanceKind,
    ClearanceOutcome,
    FieldSource,
    Recommendation,
    Report,
    ReportTemplate,
    Resolution,
    Verb,
)
from reports.services.report import Exemption, NewAmount
from reports.services.template import NewField, NewSection

YES_NO = [("", "Not decided yet"), ("yes", "Yes"), ("no", "No")]


def bodies() -> QuerySet[GoverningBody]:
    """The bodies that a report can go to."""
    return GoverningBody.objects.filter(in_use=True)


class ProjectsField(forms.CharField):
    """References of projects that a person may see, in their order, as people type them: ``HMS, POOL-RF``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 400)
        kwargs.setdefault("label", "Projects")
        kwargs.setdefault(
            "help_text",
            "References, separated by commas, for example HMS. The first is meant where the text names none.",
        )
        kwargs.setdefault(
            "error_messages",
            {"required": "Enter the reference of at least one project, for example HMS"},
        )
        super().__init__(**kwargs)
        self.projects: QuerySet[Project] = Project.objects.none()
        self.widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters"}

    def clean(self, value: Any) -> list[Project]:  # type: ignore[override]
        typed = super().clean(value)
        references = list(
            dict.fromkeys(part.upper() for part in re.split(r"[\s,;]+", typed) if part)
        )
        found = {each.reference: each for each in self.projects.filter(reference__in=references)}
        for reference in references:
            if reference not in found:
                known = list(self.projects.values_list("reference", flat=True)[:2000])
                raise forms.ValidationError(
                    f"There is no project “{reference[:30]}”.{nearest(reference, known)}"
                )
        return [found[reference] for reference in references]


class ReportForm(GovukForm, forms.Form):
    """Begin a report: what it is, where it goes, what it is about."""

    template = forms.ModelChoiceField(
        ReportTemplate.objects.none(), label="Report template", empty_label=None
    )
    projects = ProjectsField()
    title = forms.CharField(
        max_length=300, error_messages={"required": "Enter the title of the report"}
    )
    body = forms.ModelChoiceField(
        GoverningBody.objects.none(),
        label="Body that it goes to",
        empty_label="Choose",
        error_messages={"required": "Choose the body that it goes to"},
    )
    meeting_on = DayField(label="Date of the meeting")
    reference = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]{1,29}$",
        label="Reference",
        help_text="2 to 30 capital letters, figures or hyphens, for example HMS-2023-06-14. It cannot be changed.",
        error_messages={
            "required": "Enter a reference, for example HMS-2023-06-14",
            "invalid": "Enter 2 to 30 capital letters, figures or hyphens, for example HMS-2023-06-14",
        },
    )

    def __init__(self, *args: Any, projects: QuerySet[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        templates = ReportTemplate.objects.filter(in_use=True)
        self.fields["template"].queryset = templates  # type: ignore[attr-defined]
        self.fields["template"].initial = templates.first()
        self.fields["projects"].projects = projects  # type: ignore[attr-defined]
        self.fields["body"].queryset = bodies()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        reference = cleaned.get("reference")
        if reference and Report.objects.filter(reference=reference).exists():
            self.add_error("reference", "There is already a report of this reference")
        return cleaned


class HeaderForm(GovukForm, forms.Form):
    """The header of a report: its own lines as the template names them, and the facts that others show."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(
        max_length=300, error_messages={"required": "Enter the title of the report"}
    )
    purpose = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), required=False)
    body = forms.ModelChoiceField(
        GoverningBody.objects.none(), label="Body that it goes to", empty_label=None
    )
    meeting_on = DayField(label="Date of the meeting")
    publish_on = DayField(
        label="Agenda published on",
        required=False,
        help_text="By law five clear days before the meeting. Clearances are due before it.",
    )
    agenda_item = forms.CharField(max_length=30, required=False)
    key_decision = forms.ChoiceField(
        choices=YES_NO, required=False, widget=forms.RadioSelect, label="Key decision"
    )
    projects = ProjectsField()
    figures_as_at = DayField(
        label="Figures as at",
        required=False,
        help_text="The day on which the ledger is read. Leave it empty to follow the ledger from day to day.",
    )
    author_job_title = forms.CharField(max_length=120, required=False, label="Author: job title")
    author_service = forms.CharField(
        max_length=120, required=False, label="Author: service area or department"
    )
    author_telephone = forms.CharField(max_length=40, required=False, label="Author: telephone")
    author_email = forms.EmailField(max_length=120, required=False, label="Author: e-mail")
    background_papers = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="One a line. Left empty, the report says that there are none.",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        report: Report,
        projects: QuerySet[Project],
    ) -> None:
        self.lines = list(
            report.fields.filter(source__in=[FieldSource.TEXT, FieldSource.CABINET_MEMBER])
        )
        initial: dict[str, Any] = {
            name: getattr(report, name)
            for name in (
                "version",
                "title",
                "purpose",
                "body",
                "meeting_on",
                "publish_on",
                "agenda_item",
                "figures_as_at",
                "author_job_title",
                "author_service",
                "author_telephone",
                "author_email",
                "background_papers",
            )
        }
        initial["key_decision"] = {True: "yes", False: "no", None: ""}[report.key_decision]
        initial["projects"] = ", ".join(
            row.project.reference for row in report.report_projects.all()
        )
        super().__init__(data, initial=initial)
        self.fields["body"].queryset = GoverningBody.objects.all()  # type: ignore[attr-defined]
        self.fields["projects"].projects = projects  # type: ignore[attr-defined]
        for line in self.lines:
            self.fields[f"field_{line.pk}"] = forms.CharField(
                label=line.label,
                required=False,
                initial=line.text,
                help_text=line.guidance
                or (
                    "Left empty, the cabinet member of its projects stands here."
                    if line.source == FieldSource.CABINET_MEMBER
                    else ""
                ),
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.order_fields(
            ["title", *(f"field_{line.pk}" for line in self.lines), "purpose", "key_decision"]
        )
        self.style_widgets()

    @property
    def values(self) -> dict[str, Any]:
        """The columns of the report as typed."""
        kept = {
            name: value
            for name, value in self.cleaned_data.items()
            if not name.startswith("field_") and name not in ("version", "projects")
        }
        kept["key_decision"] = {"yes": True, "no": False}.get(kept["key_decision"])
        return kept

    @property
    def field_texts(self) -> dict[int, str]:
        return {line.pk: self.cleaned_data[f"field_{line.pk}"] for line in self.lines}


class ExemptFields(GovukForm, forms.Form):
    """Whether a part is exempt; an exempt one should cite its paragraph and say why."""

    exempt = forms.BooleanField(
        label="Exempt from publication",
        required=False,
        help_text="The public version then says only that it is there, its title and the paragraph.",
    )
    exempt_paragraphs = forms.TypedMultipleChoiceField(
        label="Paragraph of Schedule 12A",
        choices=ExemptionParagraph.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    exempt_reason = forms.CharField(
        label="Why the public interest favours exemption",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Why the public interest in withholding outweighs that in disclosing.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("exempt"):
            if not cleaned.get("exempt_paragraphs"):
                self.add_error("exempt_paragraphs", "Choose the paragraph that applies")
            if not (cleaned.get("exempt_reason") or "").strip():
                self.add_error("exempt_reason", "Say why the public interest favours exemption")
        return cleaned

    @property
    def exemption(self) -> Exemption:
        given = self.cleaned_data
        return Exemption(
            bool(given.get("exempt")),
            given.get("exempt_paragraphs") or [],
            given.get("exempt_reason") or "",
        )


def exempt_initial(row: Any) -> dict[str, Any]:
    """What the exempt fields show of a part."""
    return {
        "exempt": row.exempt,
        "exempt_paragraphs": row.exempt_paragraphs,
        "exempt_reason": row.exempt_reason,
    }


class ParagraphForm(ExemptFields):
    """One paragraph."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label="Text",
        widget=forms.Textarea(attrs={"rows": 9}),
        error_messages={"required": "Write the paragraph, or remove it"},
    )

    field_order = ("version", "text", "exempt", "exempt_paragraphs", "exempt_reason")


class AddParagraphsForm(GovukForm, forms.Form):
    """New paragraphs at the end of a section."""

    text = forms.CharField(
        label="Add paragraphs",
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text="A blank line starts a new numbered paragraph. Lists and tables stay with the paragraph before them.",
        error_messages={"required": "Write the paragraph first"},
    )


class AppendixForm(ExemptFields):
    """One appendix."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        max_length=200,
        help_text="Public even when the appendix is exempt.",
        error_messages={"required": "Enter the title of the appendix"},
    )
    text = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 12}), required=False)
    file = forms.FileField(
        label="Attach a PDF",
        required=False,
        help_text=(
            f"A supplier’s paper, a map, an impact assessment: up to {LARGEST_ATTACHED // MEGABYTE} MB and "
            f"{MOST_ATTACHED_PAGES} pages, {MOST_ATTACHED // MEGABYTE} MB for the whole report. It is published "
            "as it is, a file of its own; say in the text what it shows, for those who cannot read it."
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"empty": "The file is empty. Choose the PDF again"},
    )
    without_file = forms.BooleanField(label="Take the attached PDF away", required=False)

    field_order = (
        "version",
        "title",
        "text",
        "file",
        "without_file",
        "exempt",
        "exempt_paragraphs",
        "exempt_reason",
    )


class SectionForm(GovukForm, forms.Form):
    """A section of the author's own."""

    title = forms.CharField(
        label="Title of the section",
        max_length=120,
        error_messages={"required": "Enter the title of the section"},
    )


class RecommendationForm(GovukForm, forms.Form):
    """What the body is asked to resolve."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    verb = forms.ChoiceField(
        label="The body is asked to",
        choices=Verb.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the body is asked to do"},
    )
    to_body = forms.ModelChoiceField(
        GoverningBody.objects.none(),
        label="Recommended to",
        required=False,
        empty_label="Nobody: it decides itself",
    )
    text = forms.CharField(
        label="What it asks for",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="As it follows the verb, for example: the lessons learned from the system implementation.",
        error_messages={"required": "Enter what it asks for"},
    )
    delegate_to = forms.CharField(
        max_length=200, required=False, label="Authority is delegated to", help_text="A job title"
    )
    consult_with = forms.CharField(
        max_length=300, required=False, label="In consultation with", help_text="Job titles"
    )
    delegate_what = forms.CharField(
        max_length=300,
        required=False,
        label="To do what",
        help_text="For example: to finalise the terms",
    )
    change = forms.ModelChoiceField(
        BudgetChange.objects.none(),
        label="Budget change in the ledger",
        required=False,
        empty_label="None, or not there yet: enter the amounts below",
        help_text="Its lines are then the amounts of this recommendation.",
    )

    def __init__(
        self, *args: Any, report: Report, changes: QuerySet[BudgetChange], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_body"].queryset = bodies().exclude(pk=report.body_id)  # type: ignore[attr-defined]
        self.fields["change"].queryset = changes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("verb") == Verb.RECOMMEND and not cleaned.get("to_body"):
            self.add_error("to_body", "Choose the body that it is recommended to")
        if cleaned.get("verb") == Verb.DELEGATE and not cleaned.get("delegate_to"):
            self.add_error("delegate_to", "Enter the job title that authority is delegated to")
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def recommendation_initial(row: Recommendation) -> dict[str, Any]:
    """What the form shows of a recommendation."""
    names = ("version", "verb", "to_body", "text", "delegate_to", "consult_with", "delegate_what")
    return {name: getattr(row, name) for name in names} | {"change": row.change_id}


def amounts_grid(
    report: Report, data: Mapping[str, str] | None, row: Recommendation | None
) -> EntryGrid:
    """The grid of a recommendation's own amounts: nature, source, project; columns are years."""
    lines = list(row.own_lines.select_related("project", "source")) if row else []
    years, wrong_year = _years(report, {line.year for line in lines}, data)
    rows: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    for line in lines:
        key = (line.nature, str(line.source_id or ""), str(line.project_id))
        rows.setdefault(key, {})[str(line.year.start)] = line.amount
    projects = [each.project for each in report.report_projects.select_related("project")]
    sources = FundingSource.objects.filter(in_use=True)
    return EntryGrid(
        caption="Amounts that the recommendation asks for, in pounds by year",
        columns=[GridColumn(str(year.start), year.label) for year in years],
        fields=[
            RowField("nature", "Capital or revenue", Nature.choices, "Choose capital or revenue"),
            RowField(
                "source",
                "Where the money comes from",
                [(str(each.pk), each.name) for each in sources],
            ),
            RowField("project", "Project", [(str(each.pk), each.reference) for each in projects]),
        ],
        data=data,
        initial=[
            ({"nature": nature, "source": source, "project": project}, amounts)
            for (nature, source, project), amounts in rows.items()
        ],
        spare=1 if rows else 2,
        column_hint="Another year",
        column_error=wrong_year,
    )


def _years(
    report: Report, used: set[FinancialYear], data: Mapping[str, str] | None
) -> tuple[list[FinancialYear], str]:
    """The years offered: four from the year of the meeting, and every year in use or added."""
    run = set(FinancialYear.of(report.meeting_on).run(4))
    if data is None:
        return sorted(used | run), ""
    posted = {
        FinancialYear(int(text))
        for text in data.get("columns", "").split(",")[:40]
        if text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR
    } or run
    typed = data.get("add_column_value", "").strip()
    if not typed:
        return sorted(posted), ""
    try:
        return sorted(posted | {FinancialYear.parse(typed)}), ""
    except FinancialYearError as error:
        return sorted(posted), str(error)


def amounts_of_grid(grid: EntryGrid, report: Report) -> list[NewAmount]:
    """The lines that a valid grid holds."""
    sources = {str(each.pk): each for each in FundingSource.objects.all()}
    projects = {
        str(each.project_id): each.project
        for each in report.report_projects.select_related("project")
    }
    return [
        NewAmount(
            FinancialYear(int(column.key)),
            row.heads["nature"],
            amount,
            sources.get(row.heads["source"]),
            projects.get(row.heads["project"]),
        )
        for row in grid.filled()
        for column in grid.columns
        if (amount := row.amounts.get(column.key)) is not None
    ]


class ProposeForm(GovukForm, forms.Form):
    """What the draft change in the ledger is called, and its kind."""

    title = forms.CharField(
        label="Title of the budget change",
        max_length=200,
        error_messages={"required": "Enter a title that says what the change is for"},
    )
    kind = forms.ChoiceField(
        label="Kind",
        choices=[
            ("increase", "Increase (supplementary estimate)"),
            ("original", "Original budget"),
            ("decrease", "Decrease"),
        ],
    )


class ResolutionForm(GovukForm, forms.Form):
    """What the meeting resolved."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    resolution = forms.ChoiceField(
        label="What the meeting did",
        choices=Resolution.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the meeting did"},
    )
    resolved_on = DayField(label="Date of the meeting")
    minute_number = forms.CharField(max_length=30, required=False)
    resolved_text = forms.CharField(
        label="As resolved",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The words of the minute, where they differ from what was recommended.",
    )


class ClearanceForm(GovukForm, forms.Form):
    """A clearance that was given, or comments with which the report came back."""

    of_version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="Clearance of",
        choices=ClearanceKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whose clearance it is"},
    )
    outcome = forms.ChoiceField(
        label="What was said",
        choices=ClearanceOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what was said"},
    )
    given_by = forms.CharField(
        label="Given by",
        max_length=120,
        help_text="A job title",
        error_messages={"required": "Enter the job title of who gives it"},
    )
    given_on = DayField(label="Given on")
    comment = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody who works on the report reads it: keep exempt matter out.",
    )

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            choice for choice in ClearanceKind.choices if choice[0] in kinds
        ]
        if len(kinds) == 1:
            self.fields["kind"].initial = kinds[0]


class DeadlinesForm(GovukForm, forms.Form):
    """By when each clearance is due."""

    finance = DayField(label="Finance due by", required=False)
    legal = DayField(label="Legal due by", required=False)
    cabinet_member = DayField(label="Cabinet member due by", required=False)

    @property
    def days(self) -> dict[str, dt.date | None]:
        return {kind: self.cleaned_data.get(kind) for kind in ClearanceKind.values}


class PublishForm(GovukForm, forms.Form):
    """The last question before a report is published."""

    of_version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="Note",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=(
            "Why it is published without a clearance, or why there is a new version. "
            "It is kept with the version and is not public."
        ),
    )


class TemplateForm(GovukForm, forms.Form):
    """A report template: one line of text for each header field and section, in their order."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        max_length=120, error_messages={"required": "Enter the name of the template"}
    )
    guidance = forms.CharField(
        label="When to use it", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    in_use = forms.BooleanField(label="Offered for new reports", required=False, initial=True)
    header = forms.CharField(
        label="Header fields",
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=(
            "One a line, in their order. A star makes it compulsory: Report of *. After a bar say what fills "
            "it: body, date, title, purpose, key decision or cabinet member; otherwise the author writes it."
        ),
        error_messages={"required": "Enter at least one header field"},
    )
    sections = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=(
            "One a line, in their order. A star makes it compulsory. After a bar you can say what belongs there."
        ),
        error_messages={"required": "Enter at least one section"},
    )

    @staticmethod
    def initial_of(template: ReportTemplate) -> dict[str, Any]:
        return {
            "version": template.version,
            "name": template.name,
            "guidance": template.guidance,
            "in_use": template.in_use,
            "header": "\n".join(
                _template_line(
                    field.label,
                    field.compulsory,
                    field.guidance
                    if field.source == FieldSource.TEXT
                    else field.source.replace("_", " "),
                )
                for field in template.fields.all()
            ),
            "sections": "\n".join(
                _template_line(section.title, section.compulsory, section.guidance)
                for section in template.sections.all()
            ),
        }

    def clean_header(self) -> list[NewField]:
        fields = []
        for label, compulsory, more in _template_lines(self.cleaned_data["header"], 80):
            key = more.lower().replace(" ", "_")
            if key in FieldSource.values:
                fields.append(NewField(label, key, "", compulsory))
            else:
                fields.append(NewField(label, FieldSource.TEXT, more[:300], compulsory))
        return fields

    def clean_sections(self) -> list[NewSection]:
        return [
            NewSection(title, more, compulsory)
            for title, compulsory, more in _template_lines(self.cleaned_data["sections"], 120)
        ]


def _template_line(name: str, compulsory: bool, more: str) -> str:
    words = f"{name} *" if compulsory else name
    return f"{words} | {' '.join(more.split())}" if more else words


def _template_lines(text: str, longest: int) -> list[tuple[str, bool, str]]:
    found = []
    for line in text.splitlines():
        words, _, more = line.partition("|")
        name = words.strip()
        compulsory = name.endswith("*")
        name = name.rstrip("* ").strip()
        if not name:
            continue
        if len(name) > longest:
            raise forms.ValidationError(f"“{name[:40]}…” is longer than {longest} characters")
        found.append((name, compulsory, more.strip()))
    if not found:
        raise forms.ValidationError("Enter at least one line")
    return found


class WordTemplateForm(GovukForm, forms.Form):
    """The council's own Word file."""

    file = forms.FileField(
        label="Word template",
        help_text="A .docx with the council's styles, logo, header and footer. Its text is left out.",
        error_messages={"required": "Choose a Word file that is saved as .docx"},
    )
