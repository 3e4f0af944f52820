"""What people do with a report: begin, write, ask, clear, publish. Each is one act with its name in the history.

Everything that changes what a report says raises its ``content_version``: a clearance given to an
earlier one no longer stands. All are keyword-only; they raise ReportError, whose text is for people.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Max, Sum
from django.urls import reverse

from budgets import services as ledger
from budgets.models import BudgetChange, FundingSource, GoverningBody
from council_hms import once
from council_hms.access import Permission, require
from council_hms.concurrency import StaleError, save_if_unchanged
from council_hms.exemption import Audience
from council_hms.financial_year import FinancialYear
from council_hms.history import acting
from council_hms.models import User
from projects.models import Project
from reports.assemble import assemble
from reports.checking.reading import child
from reports.checking.reading.limits import (
    LARGEST_ATTACHED,
    MEGABYTE,
    MOST_ATTACHED,
    ReadError,
)
from reports.figures import FIRST_DAY, LAST_DAY
from reports.models import (
    AmountLine,
    Appendix,
    AppendixFile,
    Clearance,
    ClearanceDeadline,
    ClearanceKind,
    ClearanceOutcome,
    FieldSource,
    Paragraph,
    Recommendation,
    Report,
    ReportField,
    ReportProject,
    ReportTemplate,
    Section,
    SeenFigures,
    Verb,
)
from reports.references import Resolver, labels_in

P = Permission
M = TypeVar("M", bound=models.Model)


class ReportError(ValueError):
    """An act is refused. ``str(error)`` says why and what to do; ``field`` names the input, if one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class DanglingError(ReportError):
    """A text refers to something that is not there. ``problems`` says each in a sentence."""

    def __init__(self, problems: Sequence[str], field: str) -> None:
        super().__init__(" ".join(problems), field)
        self.problems = problems


def _check(row: M) -> M:
    try:
        row.full_clean()
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            raise ReportError(messages[0], "" if field == "__all__" else field) from error
    return row


def _check_days(report: Report) -> None:
    """The days of a report lie in years that a funding table can begin with."""
    for name in ("meeting_on", "figures_as_at", "publish_on"):
        day = getattr(report, name)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise ReportError(f"Enter a date from {FIRST_DAY.year} to {LAST_DAY.year}", name)


def _lock(report: Report) -> Report:
    """One report is written by one act at a time: numbers, labels and its version are then sure."""
    return Report.objects.select_for_update(of=("self",)).get(pk=report.pk)


def _touch(report: Report) -> None:
    """What the report says has changed: clearances of what it said before no longer stand."""
    Report.objects.filter(pk=report.pk).update(content_version=F("content_version") + 1)


def _label(report: Report, letter: str, wanted: str = "") -> str:
    """A label that no other part of this report has or had."""
    number = report.next_label
    Report.objects.filter(pk=report.pk).update(next_label=F("next_label") + 1)
    report.next_label += 1
    return wanted or f"{letter}{number}"


def _check_text(report: Report, text: str, field: str) -> None:
    problems = Resolver(report, Audience.EXEMPT).problems(text)
    if problems:
        raise DanglingError(problems, field)


def _place_after(rows: Any, position: int | None) -> int:
    """Where a new row stands: after ``position``, those behind it moved on; at the end when None."""
    if position is None:
        last = rows.aggregate(last=Max("position"))["last"]
        return 0 if last is None else last + 1
    rows.filter(position__gt=position).update(position=F("position") + 1)
    return position + 1


# -- beginning a report -----------------------------------------------------------------------


def create_report(
    *,
    by: User,
    template: ReportTemplate,
    reference: str,
    title: str,
    body: GoverningBody,
    meeting_on: dt.date,
    projects: Sequence[Project],
    token: UUID | None = None,
    **values: Any,
) -> Report:
    """Begin a report with the header fields and sections of a template.

    Raises ReportError (reference taken or misshapen, no project), once.AlreadyDone.
    """
    require(by, P.WRITE_REPORTS)
    if not projects:
        raise ReportError("Choose at least one project that the report is about", "projects")
    with acting(by, "report.create", f"Report to {body}"):
        claimed = once.claim(token, by)
        report = Report(
            template=template,
            reference=reference,
            title=title.strip(),
            body=body,
            meeting_on=meeting_on,
            created_by=by,
            **values,
        )
        _check_days(report)
        _check(report).save(force_insert=True)
        _set_projects(report, projects)
        ReportField.objects.bulk_create(
            ReportField(
                report=report,
                position=field.position,
                label=field.label,
                source=field.source,
                guidance=field.guidance,
                compulsory=field.compulsory,
            )
            for field in template.fields.all()
        )
        Section.objects.bulk_create(
            Section(
                report=report,
                position=section.position,
                title=section.title,
                guidance=section.guidance,
                compulsory=section.compulsory,
            )
            for section in template.sections.all()
        )
        once.settle(claimed, report.get_absolute_url())
    return report


def _set_projects(report: Report, projects: Sequence[Project]) -> None:
    ReportProject.objects.filter(report=report).exclude(project__in=projects).delete()
    for position, project in enumerate(projects):
        ReportProject.objects.update_or_create(
            report=report, project=project, defaults={"position": position}
        )


#: The columns of a report that its author writes.
REPORT_FIELDS = (
    "title",
    "purpose",
    "body",
    "meeting_on",
    "agenda_item",
    "key_decision",
    "figures_as_at",
    "author_job_title",
    "author_service",
    "author_telephone",
    "author_email",
    "background_papers",
    "publish_on",
)


def edit_report(
    *,
    by: User,
    report: Report,
    version: int,
    projects: Sequence[Project] | None = None,
    field_texts: dict[int, str] | None = None,
    **values: Any,
) -> Report:
    """Change the header of a report. ``field_texts``: what its own header lines say, by their id.

    Raises StaleError, ReportError (a reference to a project that is taken off, an unknown figure).
    """
    require(by, P.WRITE_REPORTS)
    unknown = set(values) - set(REPORT_FIELDS)
    if unknown:
        raise TypeError(f"Not a column that people write: {', '.join(sorted(unknown))}")
    with acting(by, "report.edit"):
        current = _lock(report)
        if current.version != version:
            raise StaleError(current)
        if projects is not None and not projects:
            raise ReportError("Choose at least one project that the report is about", "projects")
        if not _changes(current, projects, field_texts or {}, values):
            return current
        if projects is not None:
            _set_projects(current, projects)
        for name, value in values.items():
            setattr(current, name, value)
        _check_days(current)
        _check(current)
        _check_text(current, current.purpose, "purpose")
        saved = save_if_unchanged(report, version, **values)
        for field in saved.fields.filter(source__in=[FieldSource.TEXT, FieldSource.CABINET_MEMBER]):
            text = (field_texts or {}).get(field.pk)
            if text is not None and text != field.text:
                _check_text(saved, text, f"field_{field.pk}")
                ReportField.objects.filter(pk=field.pk).update(text=text)
        if projects is not None:
            _refuse_lost_projects(saved)
        _touch(saved)
        saved.refresh_from_db()
    return saved


def _changes(
    report: Report,
    projects: Sequence[Project] | None,
    field_texts: dict[int, str],
    values: dict[str, Any],
) -> bool:
    """Whether a save of the header would change anything: one that does not re-opens no clearance."""
    about = list(report.report_projects.values_list("project_id", flat=True))
    texts = dict(report.fields.values_list("pk", "text"))
    return (
        any(getattr(report, name) != value for name, value in values.items())
        or (projects is not None and [project.pk for project in projects] != about)
        or any(texts.get(pk) != text for pk, text in field_texts.items())
    )


def _refuse_lost_projects(report: Report) -> None:
    """A project that the text names stays one of the report's."""
    resolver = Resolver(report, Audience.EXEMPT)
    for text in _texts(report):
        problems = [words for words in resolver.problems(text) if "is not about a project" in words]
        if problems:
            raise ReportError(f"The text still names it. {problems[0]}", "projects")


def _texts(report: Report) -> list[str]:
    """Every text of a report in which references may stand. Four queries."""
    return [
        report.purpose,
        *report.fields.values_list("text", flat=True),
        *report.paragraphs.values_list("text", flat=True),
        *report.recommendations.values_list("text", flat=True),
        *report.appendices.values_list("text", flat=True),
    ]


def _refuse_dangling(report: Report, kind: str, label: str, what: str) -> None:
    """Nothing is removed while a text refers to it."""
    if (kind, label) in labels_in(_texts(report)):
        raise ReportError(
            f"Another part of the report refers to {what} as “{{{kind}:{label}}}”. "
            "Change that text first; then it can be removed."
        )


def note_figures(*, by: User, report: Report, today: dt.date) -> None:
    """The author has seen what the bound figures show now."""
    require(by, P.WRITE_REPORTS)
    with acting(by, "report.note_figures"):
        current = _lock(report)
        seen = {
            audience.value: {
                words: figure.shown
                for words, figure in assemble(current, audience, today=today).figures.items()
            }
            for audience in Audience
        }
        SeenFigures.objects.update_or_create(report=current, defaults=seen)


# -- sections and paragraphs ------------------------------------------------------------------


def add_section(*, by: User, report: Report, title: str, after: Section | None = None) -> Section:
    """Add a section of one's own. Raises ReportError for a title that is there."""
    require(by, P.WRITE_REPORTS)
    with acting(by, "section.add"):
        locked = _lock(report)
        place = _place_after(locked.sections, after.position if after else None)
        section = _check(Section(report=locked, position=place, title=title.strip()))
        section.save()
        _touch(locked)
    return section


def remove_section(*, by: User, section: Section) -> None:
    """Remove a section that holds nothing and that the template does not ask for."""
    require(by, P.WRITE_REPORTS)
    with acting(by, "section.remove"):
        locked = _lock(section.report)
        if section.compulsory:
            raise ReportError("The template asks for this section; it stays")
        if section.paragraphs.exists():
            raise ReportError("Remove its paragraphs first")
        section.delete()
        _touch(locked)


@dataclass(frozen=True, slots=True)
class Exemption:
    """Whether a part is exempt, under which paragraphs of Schedule 12A, and why the public interest favours it."""

    exempt: bool = False
    paragraphs: Sequence[int] = ()
    reason: str = ""

    @property
    def values(self) -> dict[str, Any]:
        if not self.exempt:
            return {"exempt": False, "exempt_paragraphs": [], "exempt_reason": ""}
        return {
            "exempt": True,
            "exempt_paragraphs": sorted(self.paragraphs),
            "exempt_reason": self.reason,
        }


def split_paragraphs(text: str) -> list[str]:
    """A pasted text as numbered paragraphs: each blank line starts one, except before a list, table or sub-heading."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        block = block.rstrip()
        continues = re.match(r"\s*([-*+] |\d+[.)] |[a-z][.)] |\||#|\{insert:)", block) is not None
        if found and (continues or block.startswith("  ")):
            found[-1] += f"\n\n{block}"
        elif block:
            found.append(block)
    return found


def add_paragraphs(
    *,
    by: User,
    section: Section,
    text: str,
    exemption: Exemption | None = None,
    label: str = "",
    split: bool = True,
    token: UUID | None = None,
) -> list[Paragraph]:
    """Add what was written as one or more numbered paragraphs. Raises DanglingError, once.AlreadyDone."""
    require(by, P.WRITE_REPORTS)
    parts = split_paragraphs(text) if split else [text.strip()]
    if not any(parts):
        raise ReportError("Write the paragraph first", "text")
    with acting(by, "paragraph.add"):
        claimed = once.claim(token, by)
        report = _lock(section.report)
        added = []
        for part in parts:
            _check_text(report, part, "text")
            row = Paragraph(
                report=report,
                section=section,
                position=_place_after(section.paragraphs, None),
                label=_label(report, "p", label),
                text=part,
                **(exemption or Exemption()).values,
            )
            row.save()
            added.append(row)
        _touch(report)
        once.settle(claimed, reverse("report_section", args=[report.reference, section.pk]))
    return added


def edit_paragraph(
    *,
    by: User,
    paragraph: Paragraph,
    version: int,
    text: str,
    exemption: Exemption | None = None,
) -> Paragraph:
    """Save the text of a paragraph, if nobody else has meanwhile. Raises StaleError, DanglingError."""
    require(by, P.WRITE_REPORTS)
    return _edit_part(
        by,
        paragraph,
        version,
        "paragraph.edit",
        {"text": text.replace("\r\n", "\n").strip()} | (exemption.values if exemption else {}),
    )


def _edit_part(by: User, row: M, version: int, act: str, values: dict[str, Any]) -> M:
    """Save a part of a report; nothing is written where nothing changed."""
    with acting(by, act):
        report = _lock(row.report)  # type: ignore[attr-defined]
        current: Any = type(row)._default_manager.get(pk=row.pk)
        if current.version != version:
            raise StaleError(current)
        if all(getattr(current, name) == value for name, value in values.items()):
            return current  # type: ignore[no-any-return]
        if "text" in values:
            _check_text(report, values["text"], "text")
        for name, value in values.items():
            setattr(current, name, value)
        _check_part(current)
        saved = save_if_unchanged(row, version, **values)
        _touch(report)
    return saved


def _check_part(row: models.Model) -> None:
    """Its fields and constraints. An exemption without its paragraph is kept: it is a finding, and stays withheld."""
    try:
        row.clean_fields()
        row.validate_constraints()
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            raise ReportError(messages[0], "" if field == "__all__" else field) from error


def remove_paragraph(*, by: User, paragraph: Paragraph) -> None:
    """Remove a paragraph that nothing refers to."""
    require(by, P.WRITE_REPORTS)
    with acting(by, "paragraph.remove"):
        report = _lock(paragraph.report)
        _refuse_dangling(report, "paragraph", paragraph.label, "this paragraph")
        paragraph.delete()
        _touch(report)


def move(*, by: User, row: Any, up: bool) -> None:
    """Move a part of a report one place; a paragraph at the end of its section goes to the next."""
    require(by, P.WRITE_REPORTS)
    kind = type(row).__name__.lower()
    with acting(by, f"{kind}.move"):
        report = _lock(row.report)
        whole = {"section": row.section} if isinstance(row, Paragraph) else {"report": report}
        rows = list(type(row)._default_manager.filter(**whole).order_by("position", "pk"))
        place = next(at for at, each in enumerate(rows) if each.pk == row.pk)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(rows):
            if isinstance(row, Paragraph):
                _move_to_neighbour(report, row, up)
            return
        rows[place], rows[other] = rows[other], rows[place]
        for position, each in enumerate(rows):
            if each.position != position:
                type(row)._default_manager.filter(pk=each.pk).update(position=position)
        _touch(report)


def _move_to_neighbour(report: Report, paragraph: Paragraph, up: bool) -> None:
    sections = list(report.sections.all())
    place = next(at for at, each in enumerate(sections) if each.pk == paragraph.section_id)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(sections):
        return
    section = sections[other]
    if up:
        position = _place_after(section.paragraphs, None)
    else:
        section.paragraphs.update(position=F("position") + 1)
        position = 0
    Paragraph.objects.filter(pk=paragraph.pk).update(section=section, position=position)
    _touch(report)


# -- recommendations --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewAmount:
    """A line of money to recommend: signed pounds for a year, nature and source; of the first project unless named."""

    year: FinancialYear
    nature: str
    amount: Decimal
    source: FundingSource | None = None
    project: Project | None = None


RECOMMENDATION_FIELDS = (
    "verb",
    "to_body",
    "text",
    "delegate_to",
    "consult_with",
    "delegate_what",
    "change",
)


def add_recommendation(
    *,
    by: User,
    report: Report,
    amounts: Iterable[NewAmount] = (),
    label: str = "",
    token: UUID | None = None,
    **values: Any,
) -> Recommendation:
    """Add a recommendation, with its amounts when it is about money. Raises ReportError, once.AlreadyDone."""
    require(by, P.WRITE_REPORTS)
    with acting(by, "recommendation.add"):
        claimed = once.claim(token, by)
        locked = _lock(report)
        row = Recommendation(
            report=locked,
            position=_place_after(locked.recommendations, None),
            label=_label(locked, "r", label),
            **_recommended(values),
        )
        _check_recommendation(locked, row)
        row.save(force_insert=True)
        _write_amounts(locked, row, amounts)
        _touch(locked)
        once.settle(claimed, locked.get_absolute_url())
    return row


def edit_recommendation(
    *,
    by: User,
    recommendation: Recommendation,
    version: int,
    amounts: Iterable[NewAmount] | None = None,
    **values: Any,
) -> Recommendation:
    """Change a recommendation; ``amounts`` replaces its own lines. Raises StaleError, ReportError."""
    require(by, P.WRITE_REPORTS)
    with acting(by, "recommendation.edit"):
        locked = _lock(recommendation.report)
        current = Recommendation.objects.get(pk=recommendation.pk)
        if current.version != version:
            raise StaleError(current)
        for name, value in _recommended(values).items():
            setattr(current, name, value)
        _check_recommendation(locked, current)
        saved = save_if_unchanged(recommendation, version, **_recommended(values))
        if amounts is not None:
            saved.own_lines.all().delete()
            _write_amounts(locked, saved, amounts)
        _touch(locked)
    return saved


def _recommended(values: dict[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(RECOMMENDATION_FIELDS)
    if unknown:
        raise TypeError(f"Not a column that people write: {', '.join(sorted(unknown))}")
    if values.get("verb") not in (None, Verb.RECOMMEND):
        values = values | {"to_body": None}
    return values


def _check_recommendation(report: Report, row: Recommendation) -> None:
    _check_part(row)
    _check_text(report, row.text, "text")
    change = row.change
    if change is not None and not report.report_projects.filter(project=change.project_id).exists():
        raise ReportError("Choose a budget change of a project that the report is about", "change")


def _write_amounts(report: Report, row: Recommendation, amounts: Iterable[NewAmount]) -> None:
    lines = list(amounts)
    if not lines:
        return
    if row.change_id is not None:
        raise ReportError(
            "The amounts are those of the budget change in the ledger; change them there", "change"
        )
    first = report.report_projects.select_related("project").first()
    for line in lines:
        project = line.project or (first.project if first else None)
        if project is None:
            raise ReportError("Choose a project for the report first")
        _check(
            AmountLine(
                recommendation=row,
                project=project,
                year=line.year,
                nature=line.nature,
                source=line.source,
                amount=line.amount,
            )
        ).save()


def remove_recommendation(*, by: User, recommendation: Recommendation) -> None:
    """Remove a recommendation that nothing refers to and that nobody has resolved. Its budget change stays."""
    require(by, P.WRITE_REPORTS)
    with acting(by, "recommendation.remove"):
        report = _lock(recommendation.report)
        if recommendation.resolution:
            raise ReportError("The meeting has resolved it; it stays on record")
        _refuse_dangling(report, "recommendation", recommendation.label, "this recommendation")
        recommendation.delete()
        _touch(report)


def propose_change(
    *,
    by: User,
    recommendation: Recommendation,
    kind: str,
    title: str,
    stops: Sequence[ledger.NewStop] | None = None,
    token: UUID | None = None,
) -> BudgetChange:
    """Put what a recommendation asks for into the ledger as a draft change, with the meeting on its route.

    A finance officer does this: the ledger's own rules hold. From then on the lines are the ledger's.
    Raises ReportError without amounts or when it has been done; BudgetError as the ledger does.
    """
    require(by, P.ENTER_BUDGETS)
    with acting(by, "recommendation.propose_change"):
        claimed = once.claim(token, by)
        report = _lock(recommendation.report)
        row = Recommendation.objects.with_amounts().get(pk=recommendation.pk)
        if row.change is not None:
            raise ReportError(f"It is in the ledger already, as {row.change.reference}")
        lines = list(row.own_lines.all())
        if not lines:
            raise ReportError("Enter the amounts of the recommendation first")
        unnamed = FundingSource.objects.filter(kind="not_stated").first()
        new = []
        for line in lines:
            source = line.source or unnamed
            if source is None:
                raise ReportError("Name the source of each amount first")
            new.append(ledger.NewLine(line.year, line.nature, source, line.amount, line.project))
        change = ledger.record_change(
            by=by,
            project=lines[0].project,
            kind=kind,
            title=title,
            lines=new,
            purpose=f"Recommendation of report {report.reference}",
            key_decision=bool(report.key_decision),
            reason=f"Recommended in {report.reference}",
        )
        route = stops if stops is not None else _route(report, row)
        ledger.plan_route(
            by=by,
            change=change,
            stops=route,
            reason=f"As report {report.reference} recommends",
        )
        row.own_lines.all().delete()
        Recommendation.objects.filter(pk=row.pk).update(change=change, version=F("version") + 1)
        once.settle(claimed, change.get_absolute_url())
    return change


def _route(report: Report, row: Recommendation) -> list[ledger.NewStop]:
    """The meeting, and the body that it recommends to."""
    if row.verb == Verb.RECOMMEND and row.to_body is not None:
        return [
            ledger.NewStop(report.body, "recommend", report.meeting_on),
            ledger.NewStop(row.to_body, "approve"),
        ]
    return [ledger.NewStop(report.body, "approve", report.meeting_on)]


def record_resolution(
    *,
    by: User,
    recommendation: Recommendation,
    version: int,
    resolution: str,
    resolved_on: dt.date,
    today: dt.date,
    resolved_text: str = "",
    minute_number: str = "",
) -> Recommendation:
    """Record what the meeting resolved, which may differ from what it was asked. Raises StaleError, ReportError.

    The decision on a budget change is recorded in the ledger, by whoever keeps it.
    """
    require(by, P.WRITE_REPORTS, P.ENTER_BUDGETS)
    if resolved_on > today:
        raise ReportError("The meeting cannot be in the future", "resolved_on")
    if resolution == "amended" and not resolved_text.strip():
        raise ReportError("Enter the words as resolved, since they differ", "resolved_text")
    with acting(by, "recommendation.resolve"):
        return save_if_unchanged(
            recommendation,
            version,
            resolution=resolution,
            resolved_on=resolved_on,
            resolved_text=resolved_text.strip(),
            minute_number=minute_number.strip(),
            resolution_entered_by=by,
        )


# -- appendices -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attached:
    """A PDF that was checked and can be attached: its name, content, pages, and whether it is tagged."""

    name: str
    content: bytes
    pages: int
    is_tagged: bool

    @property
    def values(self) -> dict[str, Any]:
        return {
            "file_name": self.name,
            "file_sha256": hashlib.sha256(self.content).hexdigest(),
            "file_size": len(self.content),
            "file_pages": self.pages,
            "file_is_tagged": self.is_tagged,
        }


#: What an appendix says that has no PDF attached.
_NOTHING_ATTACHED = {
    "file_name": "",
    "file_sha256": "",
    "file_size": None,
    "file_pages": None,
    "file_is_tagged": None,
}


def attachable(name: str, content: bytes) -> Attached:
    """Check a PDF that somebody wants to attach, in a limited child process. Raises ReportError with what to do."""
    if len(content) > LARGEST_ATTACHED:
        most = LARGEST_ATTACHED // MEGABYTE
        raise ReportError(f"The PDF is larger than {most} MB. Save it smaller, or split it", "file")
    if not content.startswith(b"%PDF-"):
        raise ReportError("The file is no PDF. Save it as a PDF and attach that", "file")
    try:
        found = child.inspect(content)
    except ReadError as error:
        raise ReportError(str(error), "file") from error
    bare = " ".join(name.replace("\\", "/").rpartition("/")[2].split())
    return Attached(bare[-150:] or "appendix.pdf", content, found["pages"], found["tagged"])


def add_appendix(
    *,
    by: User,
    report: Report,
    title: str,
    text: str = "",
    exemption: Exemption | None = None,
    label: str = "",
    attached: Attached | None = None,
    token: UUID | None = None,
) -> Appendix:
    """Add an appendix. Raises ReportError, DanglingError, once.AlreadyDone."""
    require(by, P.WRITE_REPORTS)
    with acting(by, "appendix.add"):
        claimed = once.claim(token, by)
        locked = _lock(report)
        _check_text(locked, text, "text")
        row = Appendix(
            report=locked,
            position=_place_after(locked.appendices, None),
            label=_label(locked, "a", label),
            title=title.strip(),
            text=text.replace("\r\n", "\n").strip(),
            **(exemption or Exemption()).values,
            **(attached.values if attached else {}),
        )
        _check_part(row)
        row.save(force_insert=True)
        if attached:
            _keep_file(row, attached)
        _touch(locked)
        once.settle(claimed, locked.get_absolute_url())
    return row


def edit_appendix(
    *,
    by: User,
    appendix: Appendix,
    version: int,
    title: str,
    text: str,
    exemption: Exemption | None = None,
    attached: Attached | None = None,
    without_file: bool = False,
) -> Appendix:
    """Save an appendix, if nobody else has meanwhile. ``attached`` takes the place of its PDF, if it has one.

    Raises StaleError, ReportError, DanglingError.
    """
    require(by, P.WRITE_REPORTS)
    values: dict[str, Any] = {
        "title": title.strip(),
        "text": text.replace("\r\n", "\n").strip(),
    }
    if exemption is not None:
        values |= exemption.values
    if attached:
        values |= attached.values
    elif without_file:
        values |= _NOTHING_ATTACHED
    with acting(by, "appendix.edit"):
        saved = _edit_part(by, appendix, version, "appendix.edit", values)
        if attached:
            _keep_file(saved, attached)
        elif without_file:
            AppendixFile.objects.filter(appendix=saved).delete()
    return saved


def _keep_file(row: Appendix, attached: Attached) -> None:
    """Keep the PDF, as long as all of the report's come to no more than people can be sent."""
    others = row.report.appendices.exclude(pk=row.pk).aggregate(all=Sum("file_size"))["all"] or 0
    if others + len(attached.content) > MOST_ATTACHED:
        raise ReportError(
            f"The PDFs of a report may come to {MOST_ATTACHED // MEGABYTE} MB in all. Save them smaller",
            "file",
        )
    AppendixFile.objects.update_or_create(appendix=row, defaults={"content": attached.content})


def remove_appendix(*, by: User, appendix: Appendix) -> None:
    """Remove an appendix that nothing refers to."""
    require(by, P.WRITE_REPORTS)
    with acting(by, "appendix.remove"):
        report = _lock(appendix.report)
        _refuse_dangling(report, "appendix", appendix.label, "this appendix")
        appendix.delete()
        _touch(report)


# -- clearance --------------------------------------------------------------------------------


def set_deadline(*, by: User, report: Report, kind: str, due_on: dt.date | None) -> None:
    """Say by when a clearance is due; None takes the date away."""
    require(by, P.WRITE_REPORTS)
    with acting(by, "clearance.set_deadline"):
        if due_on is None:
            ClearanceDeadline.objects.filter(report=report, kind=kind).delete()
        else:
            ClearanceDeadline.objects.update_or_create(
                report=report, kind=kind, defaults={"due_on": due_on}
            )


def give_clearance(
    *,
    by: User,
    report: Report,
    kind: str,
    outcome: str,
    of_version: int,
    given_by: str,
    given_on: dt.date,
    today: dt.date,
    comment: str = "",
) -> Clearance:
    """Record that somebody cleared, or returned, the version that was read.

    Finance is cleared by a finance officer in person; legal and the cabinet member by whoever holds
    their word, with the job title. Raises StaleError when the report has changed since it was read.
    """
    if kind == ClearanceKind.FINANCE:
        require(by, P.ENTER_BUDGETS)
    else:
        require(by, P.WRITE_REPORTS, P.ENTER_BUDGETS)
    if not given_by.strip():
        raise ReportError("Enter the job title of who gives it", "given_by")
    if given_on > today:
        raise ReportError("It cannot have been given in the future", "given_on")
    if outcome == ClearanceOutcome.RETURNED and not comment.strip():
        raise ReportError("Say what must change", "comment")
    with acting(by, f"clearance.{outcome}", comment):
        current = _lock(report)
        if current.content_version != of_version:
            raise StaleError(current)
        row = Clearance(
            report=current,
            kind=kind,
            outcome=outcome,
            of_version=of_version,
            given_by=given_by.strip(),
            given_on=given_on,
            comment=comment.strip(),
            entered_by=by,
        )
        _check(row).save()
    return row
