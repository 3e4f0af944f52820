"""The council's report templates: fields, sections, and the council's own Word file."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from council_hms import once
from council_hms.access import Permission, require
from council_hms.concurrency import StaleError, save_if_unchanged
from council_hms.history import acting
from council_hms.models import User
from reports.models import (
    FieldSource,
    ReportTemplate,
    TemplateField,
    TemplateSection,
    WordTemplate,
)
from reports.services.report import ReportError

LARGEST_WORD_TEMPLATE = 10_000_000


@dataclass(frozen=True, slots=True)
class NewField:
    """A header line of a template, in its place."""

    label: str
    source: str = FieldSource.TEXT
    guidance: str = ""
    compulsory: bool = True


@dataclass(frozen=True, slots=True)
class NewSection:
    """A section of a template, in its place."""

    title: str
    guidance: str = ""
    compulsory: bool = False


#: What most councils' reports to Cabinet have; a council changes it to its own.
STANDARD_NAME = "Cabinet report"
STANDARD_FIELDS = (
    NewField("To", FieldSource.BODY),
    NewField("Date", FieldSource.DATE),
    NewField("Report of", guidance="Job titles of the officers who put the report"),
    NewField("Title of report", FieldSource.TITLE),
    NewField("Purpose of report", FieldSource.PURPOSE),
    NewField("Key decision", FieldSource.KEY_DECISION),
    NewField("Cabinet Member", FieldSource.CABINET_MEMBER),
    NewField("Policy Framework", guidance="The plan or strategy that it serves"),
)
STANDARD_SECTIONS = (
    NewSection("Introduction", "What the report is about and why it comes now", True),
    NewSection("Background", "What members need to know of what went before"),
    NewSection("Options considered", "What else could be done, and why it is not recommended"),
    NewSection(
        "Financial Implications",
        "Cost, source of the money, capital and revenue, year by year. Cleared by finance.",
        True,
    ),
    NewSection("Legal Implications", "Powers, duties and contracts. Cleared by legal.", True),
    NewSection("Risk Implications", "What may go wrong and how it is controlled", True),
    NewSection("Equality Impact Implications", "Whom the proposal affects, and how", True),
)


def save_template(
    *,
    by: User,
    name: str,
    fields: Iterable[NewField],
    sections: Iterable[NewSection],
    guidance: str = "",
    in_use: bool = True,
    template: ReportTemplate | None = None,
    version: int = 0,
    token: UUID | None = None,
) -> ReportTemplate:
    """Keep a template: its fields and sections in order. Reports begun before keep theirs.

    Raises ReportError (no name, two of a label), StaleError, once.AlreadyDone.
    """
    require(by, Permission.ADMINISTER)
    heads, parts = list(fields), list(sections)
    for what, words in (("field", [f.label for f in heads]), ("section", [s.title for s in parts])):
        twice = sorted({word for word in words if words.count(word) > 1})
        if twice:
            raise ReportError(f"The {what} “{twice[0]}” is there twice", f"{what}s")
    if not name.strip():
        raise ReportError("Enter the name of the template", "name")
    taken = ReportTemplate.objects.filter(name=name.strip())
    if template is not None:
        taken = taken.exclude(pk=template.pk)
    if taken.exists():
        raise ReportError("There is already a report template of this name", "name")
    with acting(by, "report_template.save"):
        claimed = once.claim(token, by)
        values = {"name": name.strip(), "guidance": guidance, "in_use": in_use}
        if template is None:
            kept = ReportTemplate.objects.create(position=ReportTemplate.objects.count(), **values)
        else:
            if template.version != version:
                raise StaleError(template)
            kept = save_if_unchanged(template, version, **values)
        kept.fields.all().delete()
        kept.sections.all().delete()
        TemplateField.objects.bulk_create(
            TemplateField(
                template=kept,
                position=position,
                label=field.label,
                source=field.source,
                guidance=field.guidance,
                compulsory=field.compulsory,
            )
            for position, field in enumerate(heads)
        )
        TemplateSection.objects.bulk_create(
            TemplateSection(
                template=kept,
                position=position,
                title=section.title,
                guidance=section.guidance,
                compulsory=section.compulsory,
            )
            for position, section in enumerate(parts)
        )
        once.settle(claimed, reverse("report_templates"))
    return kept


def add_standard_template(*, by: User) -> ReportTemplate:
    """The template that a council can begin with and make its own."""
    return save_template(
        by=by, name=STANDARD_NAME, fields=STANDARD_FIELDS, sections=STANDARD_SECTIONS
    )


def upload_word_template(
    *, by: User, template: ReportTemplate, name: str, content: bytes
) -> WordTemplate:
    """Keep the council's own .docx for reports of a template. It is tried at once, and refused if it cannot be used.

    Raises ReportError with what to do.
    """
    require(by, Permission.ADMINISTER)
    if len(content) > LARGEST_WORD_TEMPLATE:
        raise ReportError("The file is larger than 10 MB; use smaller pictures in it", "file")
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise ReportError("Choose a Word file that is saved as .docx, without a password", "file")
    from council_hms import outputs
    from council_hms.document import Document, Heading

    try:
        outputs.render(Document("Trial", [Heading("Trial", 1)]), "docx", template=content)
    except outputs.OutputError as error:
        raise ReportError(str(error), "file") from error
    with acting(by, "report_template.upload_word", name):
        return WordTemplate.objects.create(
            template=template,
            name=name[:200],
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            uploaded_by=by,
        )


def remove_word_template(*, by: User, template: ReportTemplate) -> None:
    """Go back to the built-in Word styles."""
    require(by, Permission.ADMINISTER)
    with acting(by, "report_template.remove_word"):
        WordTemplate.objects.filter(template=template).delete()
