"""Questions about projects, as queryset methods; visibility of a project and of all that hangs on it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import OuterRef, Q, Subquery, Sum

from council_hms.access import Permission, may
from council_hms.exemption import Audience

if TYPE_CHECKING:
    from council_hms.models import User
    from projects.models import (  # noqa: F401 - named in quoted type arguments
        Action,
        Benefit,
        BenefitYear,
        BoardMembership,
        ChangeRequest,
        ClosureReport,
        Contract,
        Discount,
        FindingAcceptance,
        Following,
        HighlightRating,
        HighlightReport,
        Issue,
        Milestone,
        MilestoneDate,
        Project,
        SettlementTerm,
        Supplier,
        WorkPackage,
    )

Row = TypeVar("Row", bound=models.Model, covariant=True)


def own_project_ids(user: User) -> models.QuerySet[Any, Any]:
    """Ids of the projects on whose boards a person sits today, as a subquery."""
    from projects.models import BoardMembership

    return BoardMembership.objects.filter(person=user, until=None).values("project_id")


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects. Start every read with ``visible_to``."""

    def visible_to(self, user: User | Any) -> Self:
        """The projects this person may see: all, those whose board they sit on, or none."""
        if may(user, Permission.SEE_ALL_PROJECTS):
            return self
        if may(user, Permission.SEE_OWN_PROJECTS):
            return self.filter(pk__in=own_project_ids(user))
        return self.none()

    def projects(self) -> Self:
        """Real projects, without the budget heads that only give or take virements."""
        return self.filter(is_budget_head=False)

    def search(self, text: str) -> Self:
        """Projects in which every word occurs: reference, title, directorate, service, cabinet member."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(reference__icontains=word)
                | Q(title__icontains=word)
                | Q(directorate__icontains=word)
                | Q(service__icontains=word)
                | Q(cabinet_member__icontains=word)
            )
        return found


class VisibleQuerySet(models.QuerySet[Row]):
    """Rows that hang on a project: visible when their project is.

    A subclass names the way to its project (``project_path``) and, when its model is
    Exemptable, sets ``exemptable``: exempt rows are then for those with the right alone.
    """

    project_path: ClassVar[str] = "project"
    exemptable: ClassVar[bool] = False

    def visible_to(self, user: User | Any) -> Self:
        """The rows this person may see; exempt ones only with the right to them."""
        if may(user, Permission.SEE_ALL_PROJECTS):
            rows = self
        elif may(user, Permission.SEE_OWN_PROJECTS):
            rows = self.filter(**{f"{self.project_path}__in": own_project_ids(user)})
        else:
            return self.none()
        return rows if may(user, Permission.SEE_EXEMPT) else rows.for_audience(Audience.PUBLIC)

    def for_audience(self, audience: Audience) -> Self:
        """The rows that may be shown to an audience, whoever asks."""
        if self.exemptable and audience is Audience.PUBLIC:
            return self.filter(exempt=False)
        return self


class WorkQuerySet(VisibleQuerySet[Row]):
    """Rows of a project, for those who may see it; ``of`` narrows them to one project."""

    def of(self, project: Project) -> Self:
        """The rows of one project."""
        return self.filter(**{self.project_path: project})


class MilestoneQuerySet(WorkQuerySet["Milestone"]):
    """Milestones; ``with_dates`` says what their dates were as at a day."""

    def standing(self, as_at: dt.date) -> Self:
        """Milestones that were not withdrawn on a day."""
        return self.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=as_at))

    def with_dates(self, as_at: dt.date) -> Self:
        """Annotate ``baseline``, ``forecast``, ``actual`` with ``…_precision``, and ``first_baseline``.

        Each is the date last stated by ``as_at``; an actual counts from its own day. One query.
        """
        from projects.models import MilestoneDate

        stated = MilestoneDate.objects.filter(milestone=OuterRef("pk"), stated_on__lte=as_at)
        annotations: dict[str, Any] = {}
        for kind in ("baseline", "forecast", "actual"):
            latest = stated.filter(kind=kind).order_by("-stated_on", "-pk")
            if kind == "actual":
                latest = latest.filter(date__lte=as_at)
            annotations[kind] = Subquery(latest.values("date")[:1])
            annotations[f"{kind}_precision"] = Subquery(latest.values("precision")[:1])
        first = stated.filter(kind="baseline").order_by("stated_on", "pk")
        return self.annotate(first_baseline=Subquery(first.values("date")[:1]), **annotations)


class MilestoneDateQuerySet(WorkQuerySet["MilestoneDate"]):
    """Dates stated for milestones."""

    project_path = "milestone__project"


class SupplierQuerySet(models.QuerySet["Supplier"]):
    """Suppliers. A firm is seen by those who see a contract, term or discount of a project with it."""

    def visible_to(self, user: User | Any) -> Self:
        """The suppliers with a contract, or a settlement term this person may see."""
        from projects.models import Contract, SettlementTerm

        if may(user, Permission.SEE_ALL_PROJECTS) and may(user, Permission.SEE_EXEMPT):
            return self
        return self.filter(
            Q(pk__in=Contract.objects.visible_to(user).values("supplier_id"))
            | Q(pk__in=SettlementTerm.objects.visible_to(user).values("supplier_id"))
        )


class ContractQuerySet(WorkQuerySet["Contract"]):
    """Contracts of projects."""


class SettlementTermQuerySet(WorkQuerySet["SettlementTerm"]):
    """Settlement terms; exempt ones for those with the right."""

    exemptable = True


class DiscountQuerySet(WorkQuerySet["Discount"]):
    """Discounts; exempt ones for those with the right."""

    exemptable = True


class BenefitQuerySet(WorkQuerySet["Benefit"]):
    """Benefits and savings."""

    def with_totals(self) -> Self:
        """Annotate ``planned_total`` and ``actual_total`` over all years in pounds (None: no figure). One query."""
        from projects.models import BenefitYear

        def total(column: str) -> Subquery:
            years = BenefitYear.objects.filter(benefit=OuterRef("pk")).order_by().values("benefit")
            return Subquery(years.annotate(total=Sum(column)).values("total"))

        return self.annotate(planned_total=total("planned"), actual_total=total("actual"))


class BenefitYearQuerySet(WorkQuerySet["BenefitYear"]):
    """Planned and actual benefit by year."""

    project_path = "benefit__project"


class HighlightReportQuerySet(WorkQuerySet["HighlightReport"]):
    """Highlight reports. A draft is seen by those who write them."""

    def visible_to(self, user: User | Any) -> Self:
        """Submitted reports of visible projects; drafts too for a project's own managers."""
        seen = super().visible_to(user)
        return (
            seen
            if may(user, Permission.MANAGE_DELIVERY)
            else seen.filter(submitted_on__isnull=False)
        )

    def submitted(self, as_at: dt.date) -> Self:
        """Reports that had been submitted by a day, the latest period first."""
        return self.filter(submitted_on__lte=as_at).order_by("project_id", "-period_to", "-pk")

    def latest(self, as_at: dt.date) -> Self:  # type: ignore[override]
        """The last report of each project that had been submitted by a day."""
        return self.submitted(as_at).distinct("project_id")


class HighlightRatingQuerySet(WorkQuerySet["HighlightRating"]):
    """Ratings in highlight reports."""

    project_path = "report__project"

    def visible_to(self, user: User | Any) -> Self:
        """Ratings of the reports this person may see."""
        seen = super().visible_to(user)
        return (
            seen
            if may(user, Permission.MANAGE_DELIVERY)
            else seen.filter(report__submitted_on__isnull=False)
        )


class ActionQuerySet(WorkQuerySet["Action"]):
    """Actions."""

    def open(self, as_at: dt.date) -> Self:
        """Raised by a day and not done on it, the earliest due first."""
        return (
            self.filter(raised_on__lte=as_at)
            .filter(Q(done_on=None) | Q(done_on__gt=as_at))
            .order_by("due_on", "pk")
        )

    def overdue(self, as_at: dt.date) -> Self:
        """Open on a day that is later than the one they were due on."""
        return self.open(as_at).filter(due_on__lt=as_at)


class IssueQuerySet(WorkQuerySet["Issue"]):
    """Issues."""

    def open(self, as_at: dt.date) -> Self:
        """Raised by a day and not resolved on it."""
        return self.filter(raised_on__lte=as_at).filter(
            Q(resolved_on=None) | Q(resolved_on__gt=as_at)
        )


class ChangeRequestQuerySet(WorkQuerySet["ChangeRequest"]):
    """Change requests."""

    def undecided(self, as_at: dt.date) -> Self:
        """Raised by a day and not decided on it."""
        return self.filter(raised_on__lte=as_at).filter(
            Q(decided_on=None) | Q(decided_on__gt=as_at)
        )


class ClosureReportQuerySet(WorkQuerySet["ClosureReport"]):
    """Closure reports. A draft is seen by those who write them."""

    def visible_to(self, user: User | Any) -> Self:
        """Submitted reports of visible projects; drafts too for a project's own managers."""
        seen = super().visible_to(user)
        return (
            seen
            if may(user, Permission.MANAGE_DELIVERY)
            else seen.filter(submitted_on__isnull=False)
        )


class FollowingQuerySet(models.QuerySet["Following"]):
    """Who follows what. Each person sees their own."""

    def visible_to(self, user: User | Any) -> Self:
        """This person's own, and only while they may see the project."""
        from projects.models import Project

        return self.filter(
            person_id=getattr(user, "pk", None), project__in=Project.objects.visible_to(user)
        )


class FindingAcceptanceQuerySet(WorkQuerySet["FindingAcceptance"]):
    """Accepted findings. Those of exempt matter are for those with the right to it."""

    exemptable = True

    def holding(self, as_at: dt.date) -> Self:
        """Acceptances that stand on a day: taken, not ended, not yet due for another look."""
        return self.filter(accepted_on__lte=as_at, review_on__gt=as_at).filter(
            Q(ended_on=None) | Q(ended_on__gt=as_at)
        )
