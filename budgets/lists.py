"""The registers of the ledger: approvals, lines, decisions, spend, sources and bodies, each also as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from budgets.filters import (
    BodyFilter,
    ChangeFilter,
    DecisionFilter,
    LineFilter,
    ProjectSpendFilter,
    SourceFilter,
    SpendFilter,
    day_of,
)
from budgets.models import (
    AuthorityLimit,
    BudgetChange,
    Decision,
    FundingSource,
    GoverningBody,
    Line,
    Nature,
    SpendEntry,
)
from budgets.standing import Standing
from budgets.tables import (
    BodyTable,
    ChangeTable,
    DecisionTable,
    LineTable,
    SourceTable,
    SpendTable,
)
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.listing import ListPage
from projects.models import Project

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)


class ChangeList(ListPage):
    """The approvals register, as at a day."""

    url_name, title = "change_list", "Approvals register"
    intro = "Every budget change and where it stands on the day. Amounts are what counts: as resolved, else as asked."
    table_class, filter_class = ChangeTable, ChangeFilter
    order = ("-pk",)
    empty_title = "There are no budget changes here yet"
    empty_text = "A finance officer records them on a project's page, under Budget changes."

    @property
    def as_at(self) -> dt.date:
        """The day of the address; today when there is none or it is no date."""
        return day_of(self.request.GET)

    def rows(self) -> QuerySet[Any]:
        return (
            BudgetChange.objects.visible_to(self.user)
            .with_standing(self.as_at)
            .with_what_happened()
        )

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [Standing.of(change, self.as_at) for change in rows]

    def sums(self) -> list[tuple[str, Decimal]]:
        """Capital and revenue of all that is filtered, by the rule of the columns. One query."""
        changes = self.filter.qs.order_by().annotate(
            deciding=Coalesce(
                F("approval_id"),
                F("ending_id"),
                Case(
                    When(
                        submitted_on__lte=self.as_at,
                        then=Coalesce(F("deferral_id"), F("interim_id"), F("recommendation_id")),
                    )
                ),
            )
        )
        own = Line.objects.filter(decision_id=OuterRef("deciding"))
        lines = (
            Line.objects.filter(change__in=changes.values("pk"), project=F("change__project"))
            .annotate(
                deciding=Subquery(changes.filter(pk=OuterRef("change_id")).values("deciding")[:1])
            )
            .filter(Q(decision_id=F("deciding")) | (Q(decision=None) & ~Exists(own)))
        )
        totals = lines.aggregate(
            capital=Sum("amount", filter=Q(nature=Nature.CAPITAL)),
            revenue=Sum("amount", filter=Q(nature=Nature.REVENUE)),
        )
        return [
            ("capital", totals["capital"] or Decimal(0)),
            ("revenue", totals["revenue"] or Decimal(0)),
        ]

    def more_context(self) -> dict[str, Any]:
        return {
            "actions": [
                ("Needs ratification", f"{reverse('change_list')}?standing=interim"),
                (
                    "Urgent decisions to report to Council",
                    f"{reverse('decision_list')}?urgent=to_report",
                ),
                ("See all lines", reverse("line_list")),
                ("See all decisions", reverse("decision_list")),
                ("See all spend", reverse("all_spend")),
            ]
        }


class LineList(ListPage):
    """Every line of every change."""

    url_name, title = "line_list", "Budget lines"
    intro = "Lines as asked, and, where a body resolved otherwise, the lines it resolved."
    table_class, filter_class = LineTable, LineFilter
    order = ("-pk",)
    totals = {"amount": "amount"}
    empty_text = "Lines belong to budget changes."

    def rows(self) -> QuerySet[Any]:
        return (
            Line.objects.visible_to(self.user)
            .select_related("change", "project", "source")
            .annotate(is_resolved=Case(When(decision=None, then=False), default=True))
        )


class DecisionList(ListPage):
    """Every stop on every route."""

    url_name, title = "decision_list", "Decisions"
    table_class, filter_class = DecisionTable, DecisionFilter
    order = ("-pk",)
    empty_text = "Decisions are recorded on the page of a budget change."

    def rows(self) -> QuerySet[Any]:
        return Decision.objects.visible_to(self.user).select_related("change", "body")


class AllSpendList(ListPage):
    """Spend of all projects one may see."""

    url_name, title = "all_spend", "Spend"
    table_class, filter_class = SpendTable, SpendFilter
    order = ("-posted_on", "-pk")
    totals = {"spend": "amount"}
    empty_title = "No spend has been entered yet"
    empty_text = "Spend is entered on a project's page, or imported from the ledger's download."

    def rows(self) -> QuerySet[Any]:
        return SpendEntry.objects.visible_to(self.user).select_related("project", "work_package")

    def more_context(self) -> dict[str, Any]:
        if not may(self.user, P.ENTER_BUDGETS):
            return {}
        return {
            "actions": [
                ("Import spend", f"{reverse('import_new')}?kind=spend"),
                ("See what was imported", reverse("import_list")),
            ]
        }


class ProjectSpendList(AllSpendList):
    """Spend of one project."""

    url_name = "spend_list"
    filter_class = ProjectSpendFilter

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(project=self.project)

    def more_context(self) -> dict[str, Any]:
        if not may(self.user, P.ENTER_BUDGETS):
            return {}
        doors = [("Enter spend", reverse("spend_create", args=[self.project.reference]))]
        imports = f"{reverse('import_new')}?kind=spend&project={self.project.reference}"
        return {"actions": [*doors, ("Import spend", imports)]}


class SourceList(ListPage):
    """Funding sources."""

    url_name, title = "source_list", "Funding sources"
    table_class, filter_class = SourceTable, SourceFilter
    order = ("position", "name", "pk")
    empty_text = "An administrator keeps the list of sources."

    def rows(self) -> QuerySet[Any]:
        asked = (
            Line.objects.visible_to(self.user)
            .filter(source=OuterRef("pk"), decision=None)
            .order_by()
            .values("source")
            .annotate(total=Sum("amount"))
            .values("total")
        )
        return FundingSource.objects.annotate(asked=Subquery(asked))


class BodyList(ListPage):
    """Governing bodies with the authority in force today."""

    url_name, title = "body_list", "Governing bodies"
    table_class, filter_class = BodyTable, BodyFilter
    order = ("position", "name", "pk")
    empty_text = "An administrator keeps the bodies and the limits of their authority."

    def rows(self) -> QuerySet[Any]:
        today = timezone.localdate()
        in_force = AuthorityLimit.objects.filter(since__lte=today).filter(
            Q(until=None) | Q(until__gte=today)
        )
        return GoverningBody.objects.select_related("ratified_by").prefetch_related(
            Prefetch("limits", queryset=in_force, to_attr="in_force")
        )


# -- views ------------------------------------------------------------------------------------


@require_GET
@allow(*SEES)
def change_list(request: SignedInRequest, format: str = "") -> HttpResponseBase:
    """The approvals register."""
    return ChangeList(request, format=format).answer()


@require_GET
@allow(*SEES)
def line_list(request: SignedInRequest, format: str = "") -> HttpResponseBase:
    """Lines of all changes."""
    return LineList(request, format=format).answer()


@require_GET
@allow(*SEES)
def decision_list(request: SignedInRequest, format: str = "") -> HttpResponseBase:
    """Decisions on all routes."""
    return DecisionList(request, format=format).answer()


@require_GET
@allow(*SEES)
def all_spend(request: SignedInRequest, format: str = "") -> HttpResponseBase:
    """Spend of all projects."""
    return AllSpendList(request, format=format).answer()


@require_GET
@allow(*SEES)
def spend_list(request: SignedInRequest, reference: str, format: str = "") -> HttpResponseBase:
    """Spend of one project."""
    project = get_object_or_404(Project.objects.visible_to(request.user), reference=reference)
    return ProjectSpendList(request, format=format, project=project).answer()


@require_GET
@allow(*SEES)
def source_list(request: SignedInRequest, format: str = "") -> HttpResponseBase:
    """Funding sources."""
    return SourceList(request, format=format).answer()


@require_GET
@allow(*SEES)
def body_list(request: SignedInRequest, format: str = "") -> HttpResponseBase:
    """Governing bodies."""
    return BodyList(request, format=format).answer()
