"""Who may read which report and which part of it: the one place where a draft or exempt matter is held back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Value, When

from council_hms.access import Permission, may
from council_hms.exemption import Audience
from projects.querysets import own_project_ids

if TYPE_CHECKING:
    from reports.models import (  # noqa: F401 - named in quoted type arguments
        Appendix,
        AppendixFile,
        Dismissal,
        Paragraph,
        Publication,
        PublicationFile,
        Recommendation,
        Report,
        ReportCheck,
    )

Row = TypeVar("Row", bound=models.Model, covariant=True)


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports. Start every read with ``visible_to``."""

    def visible_to(self, user: Any) -> Self:
        """Reports about projects all of which this person may see. What is published is open to all on its own page."""
        if may(user, Permission.SEE_ALL_PROJECTS):
            return self
        if may(user, Permission.SEE_OWN_PROJECTS):
            from reports.models import ReportProject

            about = ReportProject.objects.filter(report=OuterRef("pk"))
            others = about.exclude(project_id__in=own_project_ids(user))
            return self.filter(Exists(about), ~Exists(others))
        return self.none()

    def in_preparation(self, as_at: dt.date) -> Self:
        """Begun by a day, for a meeting still ahead, and no version published by then."""
        from reports.models import Publication

        published = Publication.objects.filter(report=OuterRef("pk"), published_on__lte=as_at)
        return self.filter(created_at__date__lte=as_at, meeting_on__gte=as_at).exclude(
            Exists(published)
        )

    def about(self, projects: Any, *, or_none: bool) -> Self:
        """Those on any of these projects (a subquery of ids); ``or_none``: those on no project too."""
        from reports.models import ReportProject

        theirs = ReportProject.objects.filter(report=OuterRef("pk"))
        found = Q(Exists(theirs.filter(project__in=projects)))
        return self.filter(found | ~Exists(theirs) if or_none else found)

    def for_lists(self) -> Self:
        """With body, template, projects, clearances and versions (without their text) at hand. Six queries."""
        from reports.models import Publication

        return self.select_related("body", "template", "created_by").prefetch_related(
            "report_projects__project",
            "clearances",
            "deadlines",
            Prefetch("publications", Publication.objects.light()),
        )


class ReportPartQuerySet(models.QuerySet[Row]):
    """Rows that hang on a report: visible when their report is."""

    report_path: ClassVar[str] = "report"

    def visible_to(self, user: Any) -> Self:
        """The rows of reports this person may see."""
        from reports.models import Report

        return self.filter(**{f"{self.report_path}__in": Report.objects.visible_to(user)})


class RecommendationQuerySet(ReportPartQuerySet["Recommendation"]):
    """Recommendations."""

    def with_amounts(self) -> Self:
        """With bodies, changes and all lines at hand. Three queries."""
        return self.select_related("to_body", "change").prefetch_related(
            "own_lines__source",
            "own_lines__project",
            "change__lines__source",
            "change__lines__project",
        )


class ExemptPartQuerySet(ReportPartQuerySet[Row]):
    """Parts that may be exempt: each audience reads its own text of them."""

    def visible_to(self, user: Any) -> Self:
        """Rows of visible reports; exempt ones only with the right to them."""
        rows = super().visible_to(user)
        return rows if may(user, Permission.SEE_EXEMPT) else rows.filter(exempt=False)

    def read_by(self, audience: Audience) -> Self:
        """All rows, each with ``shown``: its text, or nothing where this audience may not read it.

        That an exempt part is there, its title and its paragraph of Schedule 12A are public; its text
        does not leave the database for the public.
        """
        shown: Any = F("text")
        if audience is Audience.PUBLIC:
            shown = Case(
                When(exempt=True, then=Value("")),
                default=F("text"),
                output_field=models.TextField(),
            )
        return self.annotate(shown=shown).defer("text", "exempt_reason")


class ParagraphQuerySet(ExemptPartQuerySet["Paragraph"]):
    """Paragraphs, in the order in which they are numbered."""


class AppendixQuerySet(ExemptPartQuerySet["Appendix"]):
    """Appendices, in the order in which they are numbered."""


class AppendixFileQuerySet(ReportPartQuerySet["AppendixFile"]):
    """PDFs of appendices: an exempt appendix's for those with the right alone."""

    report_path = "appendix__report"

    def visible_to(self, user: Any) -> Self:
        """The files of appendices whose content this person may read."""
        rows = super().visible_to(user)
        return rows if may(user, Permission.SEE_EXEMPT) else rows.filter(appendix__exempt=False)


class PublicationQuerySet(ReportPartQuerySet["Publication"]):
    """Published versions. The public text is for the world; what a version holds beside it is not."""

    def light(self) -> Self:
        """Without the frozen papers, which are large."""
        return self.defer("document", "exempt_document", "figures")


class PublicationFileQuerySet(ReportPartQuerySet["PublicationFile"]):
    """Files of published versions: public ones are for the world, exempt ones for those with the right."""

    report_path = "publication__report"

    def visible_to(self, user: Any) -> Self:
        """Public files; exempt ones too where the person may see the report and exempt matter."""
        public = Q(audience=Audience.PUBLIC)
        if not may(user, Permission.SEE_EXEMPT):
            return self.filter(public)
        own = super().visible_to(user)
        return self.filter(public | Q(pk__in=own.values("pk")))


# -- checks -----------------------------------------------------------------------------------


class CheckQuerySet(models.QuerySet["ReportCheck"]):
    """Checks. A draft is its uploader's own matter: others see none of it, not even its name, but auditors do."""

    def visible_to(self, user: Any) -> Self:
        """One's own checks; all of them for those who audit."""
        if may(user, Permission.SEE_ALL_CHECKS):
            return self
        if may(user, Permission.CHECK_REPORTS):
            return self.filter(checked_by=user)
        return self.none()

    def for_lists(self) -> Self:
        """With the title and the counts out of the answer, which itself stays where it is. One query."""
        return self.select_related("checked_by").annotate(
            title=F("text__answer__title"),
            agrees=F("text__answer__counts__agrees"),
            rounding=F("text__answer__counts__rounding"),
            disagrees=F("text__answer__counts__disagrees"),
            untraced=F("text__answer__counts__untraced"),
        )


class DismissalQuerySet(models.QuerySet["Dismissal"]):
    """Findings set aside."""

    def standing(self) -> Self:
        """Those that have not been undone."""
        return self.filter(undone_at=None)
