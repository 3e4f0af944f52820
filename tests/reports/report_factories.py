"""The least report that is true: a template, a body, a project with some ledger, a report about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from council_hms.access import Role
from council_hms.document import Document, Paragraph, plain
from council_hms.models import User
from council_hms.outputs import Style, draw_here
from projects.models import Project
from reports.models import Appendix, Report, ReportTemplate, Section
from reports.services import report as services
from reports.services import template as templates
from tests.factories import decide, make_body, make_change, make_plan, make_spend, make_user

MEETING = dt.date(2023, 6, 14)


def make_template() -> ReportTemplate:
    found = ReportTemplate.objects.first()
    return found or templates.add_standard_template(by=make_user(Role.ADMINISTRATOR))


def make_ledger(project: Project) -> None:
    """£600k approved in 2022-23, £655k spent, a plan of £605.1k and £150k approved for 2023-24."""
    council = make_body("council", "Council")
    for reference, year, amount in (("HMS-01", 2022, 600_000), ("HMS-02", 2023, 150_000)):
        change = make_change(project, [(year, "capital", amount)], reference=reference)
        decide(change, council, "approved", dt.date(2023, 2, 1), has_authority=True)
    make_plan(project, [(2023, "capital", "605100")], dated=dt.date(2023, 4, 1))
    make_spend(project, dt.date(2023, 3, 31), 655_000)


def make_report(by: User, project: Project, **values: Any) -> Report:
    values.setdefault("figures_as_at", MEETING)
    return services.create_report(
        by=by,
        template=make_template(),
        reference=values.pop("reference", "HMS-2023-06-14"),
        title=values.pop("title", "Housing system"),
        body=values.pop("body", None) or make_body("cabinet", "Cabinet", limits=False),
        meeting_on=values.pop("meeting_on", MEETING),
        projects=values.pop("projects", [project]),
        **values,
    )


def section_of(report: Report, title: str = "Introduction") -> Section:
    return report.sections.get(title=title)


def fill_compulsory(by: User, report: Report) -> None:
    """A line in every compulsory section that is empty."""
    for section in report.sections.filter(compulsory=True, paragraphs=None):
        services.add_paragraphs(by=by, section=section, text=f"{section.title}: none.")


def a_pdf(words: str = "A paper of the supplier") -> bytes:
    """A tagged PDF of one page that says these words."""
    return draw_here(Document("A paper", [Paragraph(plain(words))]), "pdf", Style())


def attach(by: User, row: Appendix, content: bytes, name: str = "Paper.pdf") -> Appendix:
    """Attach a PDF to an appendix that keeps its text."""
    return services.edit_appendix(
        by=by,
        appendix=row,
        version=row.version,
        title=row.title,
        text=row.text,
        attached=services.attachable(name, content),
    )
