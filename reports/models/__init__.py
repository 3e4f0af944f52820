"""The Cabinet report: what a council's template asks for, what the author writes, who clears it, what was published."""

from reports.models.check import CheckedText, Dismissal, ReportCheck
from reports.models.clearance import (
    Clearance,
    ClearanceDeadline,
    ClearanceKind,
    ClearanceOutcome,
)
from reports.models.content import (
    AmountLine,
    Appendix,
    AppendixFile,
    Paragraph,
    Recommendation,
    Resolution,
    Section,
    Verb,
)
from reports.models.publication import FileAudience, Publication, PublicationFile, Publishing
from reports.models.report import Report, ReportField, ReportProject, SeenFigures
from reports.models.template import (
    FieldSource,
    ReportTemplate,
    TemplateField,
    TemplateSection,
    WordTemplate,
)

__all__ = [
    "AmountLine",
    "Appendix",
    "AppendixFile",
    "CheckedText",
    "Clearance",
    "ClearanceDeadline",
    "ClearanceKind",
    "ClearanceOutcome",
    "Dismissal",
    "FieldSource",
    "FileAudience",
    "Paragraph",
    "Publication",
    "PublicationFile",
    "Publishing",
    "Recommendation",
    "Report",
    "ReportCheck",
    "ReportField",
    "ReportProject",
    "ReportTemplate",
    "Resolution",
    "Section",
    "SeenFigures",
    "TemplateField",
    "TemplateSection",
    "Verb",
    "WordTemplate",
]
