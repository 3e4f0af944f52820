"""Loads the example council's report template and its reports, through the services, as people would enter them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from budgets.models import BudgetChange, GoverningBody
from council_hms.models import User
from projects.models import Project
from reports.models import Report, ReportTemplate
from reports.services import publish, report, template
from reports.services.report import Exemption


def load(people: dict[str, User], folder: Path) -> None:
    """Load every ``report_*.yaml``. Does nothing where there is a report already."""
    if Report.objects.exists():
        return
    if not ReportTemplate.objects.exists():
        template.add_standard_template(by=people["administrator"])
    for file in sorted(folder.glob("report_*.yaml")):
        load_report(people["report_author"], yaml.safe_load(file.read_text(encoding="utf-8")))


def load_report(by: User, row: dict[str, Any]) -> Report:
    """Enter one report as its author would."""
    made = report.create_report(
        by=by,
        template=ReportTemplate.objects.get(name=row["template"]),
        reference=row["reference"],
        title=row["title"],
        body=GoverningBody.objects.get(name=row["body"]),
        meeting_on=row["meeting_on"],
        projects=[Project.objects.get(reference=each) for each in row["projects"]],
        agenda_item=row.get("agenda_item", ""),
        purpose=row.get("purpose", ""),
        key_decision=row.get("key_decision"),
        figures_as_at=row.get("figures_as_at"),
        author_job_title=row.get("author_job_title", ""),
        author_service=row.get("author_service", ""),
        background_papers=row.get("background_papers", ""),
        publish_on=row.get("publish_on"),
    )
    texts = row.get("header", {})
    made = report.edit_report(
        by=by,
        report=made,
        version=made.version,
        field_texts={
            field.pk: texts[field.label] for field in made.fields.all() if field.label in texts
        },
    )
    for appendix in row.get("appendices", []):
        report.add_appendix(
            by=by,
            report=made,
            title=appendix["title"],
            text=appendix.get("text", ""),
            label=appendix.get("label", ""),
            exemption=_exemption(appendix),
        )
    _load_sections(by, made, row.get("sections", {}))
    for recommendation in row.get("recommendations", []):
        _load_recommendation(by, made, recommendation)
    for kind, due_on in row.get("deadlines", {}).items():
        report.set_deadline(by=by, report=made, kind=kind, due_on=due_on)
    if "publication" in row:
        publish.publish_report(
            by=by,
            report=made,
            of_version=Report.objects.get(pk=made.pk).content_version,
            today=row["publication"]["published_on"],
            note=row["publication"].get("note", ""),
        )
    return made


def _exemption(row: dict[str, Any]) -> Exemption:
    return Exemption(
        row.get("exempt", False), row.get("exempt_paragraphs", []), row.get("exempt_reason", "")
    )


def _load_sections(by: User, made: Report, sections: dict[str, Any]) -> None:
    """Sections in the order of the file; those of the template that the file leaves out are removed."""
    after = None
    for title, paragraphs in sections.items():
        section = made.sections.filter(title=title).first()
        if section is None:
            section = report.add_section(by=by, report=made, title=title, after=after)
        for paragraph in paragraphs:
            report.add_paragraphs(
                by=by,
                section=section,
                text=paragraph["text"],
                label=paragraph.get("label", ""),
                exemption=_exemption(paragraph),
                split=False,
            )
        after = made.sections.get(pk=section.pk)
    for section in made.sections.filter(paragraphs=None, compulsory=False):
        report.remove_section(by=by, section=section)


def _load_recommendation(by: User, made: Report, row: dict[str, Any]) -> None:
    report.add_recommendation(
        by=by,
        report=made,
        label=row.get("label", ""),
        verb=row["verb"],
        text=row["text"],
        to_body=GoverningBody.objects.get(name=row["to_body"]) if "to_body" in row else None,
        delegate_to=row.get("delegate_to", ""),
        consult_with=row.get("consult_with", ""),
        delegate_what=row.get("delegate_what", ""),
        change=BudgetChange.objects.get(reference=row["change"]) if "change" in row else None,
    )
