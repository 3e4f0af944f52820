"""What was asked, approved, held on interim authority, needed and spent, as at any date: one place, one query each.

The rule (position.py and DOMAIN words): a change is **approved** from the day of an approval or
ratification by a body that had the authority for it, unless a later decision undid it;
**interim** from an approval without that authority until it is ratified; **sought** from its
submission until it is approved. Interim and recommended are parts of sought.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery, Sum

from council_hms.access import Permission, may
from projects.querysets import VisibleQuerySet

if TYPE_CHECKING:  # named in the subscripts below, where ruff does not look
    from budgets.models import (  # noqa: F401
        BudgetChange,
        CostPlan,
        CostPlanLine,
        Decision,
        Line,
        ProjectTotals,
        SpendEntry,
        YearTotals,
    )
    from projects.models import Project

#: Outcomes that approve, when the body has the authority.
APPROVING = ("approved", "ratified")
#: Outcomes that undo what was decided before them on the same change.
UNDOING = ("refused", "withdrawn", "called_in")


class DecisionQuerySet(VisibleQuerySet["Decision"]):
    """Stops on routes."""

    project_path = "change__project"

    def taken(self, as_at: dt.date, known_at: dt.datetime | None = None) -> Self:
        """Decisions taken by a day and, where a second person must confirm them, confirmed.

        ``known_at`` leaves out what had not been entered (or confirmed) at that moment.
        """
        taken = self.filter(outcome__isnull=False, decided_on__lte=as_at).filter(
            Q(needs_confirmation=False) | Q(confirmed_at__isnull=False)
        )
        if known_at is not None:
            taken = taken.filter(entered_at__lte=known_at).filter(
                Q(needs_confirmation=False) | Q(confirmed_at__lte=known_at)
            )
        return taken

    def pending(self) -> Self:
        """Stops where a body has still to decide."""
        return self.filter(outcome=None)


class BudgetChangeQuerySet(VisibleQuerySet["BudgetChange"]):
    """Budget changes. ``with_standing`` says where each stood on a day."""

    def visible_to(self, user: Any) -> Self:
        """Changes of visible projects, and those that move money into or out of one."""
        from budgets.models import Line
        from projects.models import Project

        own = super().visible_to(user)
        if may(user, Permission.SEE_ALL_PROJECTS):
            return own
        touching = Line.objects.filter(project__in=Project.objects.visible_to(user)).values(
            "change_id"
        )
        return self.filter(Q(pk__in=own.values("pk")) | Q(pk__in=touching))

    def touching(self, project: Project) -> Self:
        """Changes of a project, and those of others that move money into or out of it."""
        from budgets.models import Line

        moved = Line.objects.filter(project=project).values("change_id")
        return self.filter(Q(project=project) | Q(pk__in=moved))

    def perhaps_open(self, as_at: dt.date) -> Self:
        """Leaves out changes that were surely approved by a day: approved with authority and never undone.

        Cheap over a hundred thousand changes, of which ``with_standing`` then need not ask.
        """
        from budgets.models import Decision

        taken = Decision.objects.taken(as_at)
        approved = taken.filter(outcome__in=APPROVING, has_authority=True).values("change_id")
        undone = taken.filter(outcome__in=UNDOING).values("change_id")
        return self.filter(~Q(pk__in=approved) | Q(pk__in=undone))

    def with_standing(self, as_at: dt.date, known_at: dt.datetime | None = None) -> Self:
        """Annotate ids of the decisions that make a change what it is on a day (NULL when none).

        ``approval_id``, ``interim_id``, ``recommendation_id``, ``ending_id`` (refused, withdrawn or called
        in and not taken up again), ``deferral_id``; and ``approved_on``.
        """
        from budgets.models import Decision

        taken = Decision.objects.taken(as_at, known_at).filter(change=OuterRef("pk"))
        undone_later = Decision.objects.taken(as_at, known_at).filter(
            change=OuterRef("change"), outcome__in=UNDOING, position__gt=OuterRef("position")
        )
        standing = taken.filter(~Exists(undone_later))
        # The first approval sets the day; a later ratification of an approved change moves nothing.
        approval = standing.filter(outcome__in=APPROVING, has_authority=True).order_by("position")
        taken_up = Decision.objects.taken(as_at, known_at).filter(
            change=OuterRef("change"),
            outcome__in=[*APPROVING, "recommended"],
            position__gt=OuterRef("position"),
        )
        return self.annotate(
            approval_id=Subquery(approval.values("pk")[:1]),
            approved_on=Subquery(approval.values("decided_on")[:1]),
            interim_id=Subquery(
                standing.filter(outcome__in=APPROVING, has_authority=False)
                .order_by("position")
                .values("pk")[:1]
            ),
            recommendation_id=Subquery(
                standing.filter(outcome="recommended").order_by("-position").values("pk")[:1]
            ),
            ending_id=Subquery(
                taken.filter(outcome__in=UNDOING)
                .filter(~Exists(taken_up))
                .order_by("-position")
                .values("pk")[:1]
            ),
            deferral_id=Subquery(
                taken.filter(outcome="deferred")
                .filter(~Exists(taken_up))
                .order_by("-position")
                .values("pk")[:1]
            ),
        )

    def with_amounts(self) -> Self:
        """With project, decisions and amounts at hand, where no source and no other end is told. Three queries."""
        from budgets.models import Decision, Line

        amounts = Line.objects.only(
            "change_id", "decision_id", "project_id", "year", "nature", "amount"
        )
        return self.select_related("project").prefetch_related(
            Prefetch("decisions", Decision.objects.select_related("body__ratified_by")),
            Prefetch("lines", amounts.order_by("pk")),
        )

    def with_what_happened(self) -> Self:
        """With project, decisions and lines at hand, for lists and histories. Four queries in all."""
        from budgets.models import Decision, Line

        return self.select_related("project", "created_by").prefetch_related(
            Prefetch("decisions", Decision.objects.select_related("body__ratified_by")),
            Prefetch("lines", Line.objects.select_related("source", "project")),
            "headlines",
        )


class LineQuerySet(VisibleQuerySet["Line"]):
    """Lines of budget changes."""

    def as_asked(self) -> Self:
        """The lines as they were asked for, whatever was resolved."""
        return self.filter(decision=None)

    def approved(self, as_at: dt.date, known_at: dt.datetime | None = None) -> Self:
        """Lines formally approved on a day: those the approving body resolved, else those asked for."""
        from budgets.models import BudgetChange

        return self._standing("approval_id", BudgetChange.objects.all(), as_at, known_at)

    def interim(self, as_at: dt.date, known_at: dt.datetime | None = None) -> Self:
        """Lines that a body without sufficient authority approved and nobody has ratified yet."""
        return self._standing("interim_id", self._not_approved(as_at, known_at), as_at, known_at)

    def recommended(self, as_at: dt.date, known_at: dt.datetime | None = None) -> Self:
        """Lines that a body has recommended and that nobody has approved yet."""
        return self._standing(
            "recommendation_id", self._not_approved(as_at, known_at), as_at, known_at
        )

    def sought(self, as_at: dt.date, known_at: dt.datetime | None = None) -> Self:
        """Lines submitted by a day, not approved, refused or withdrawn; interim and recommended included."""
        changes = self._not_approved(as_at, known_at).filter(
            submitted_on__lte=as_at,
            ending_id=None,  # type: ignore[misc]  # annotated by with_standing
        )
        if known_at is not None:
            changes = changes.filter(created_at__lte=known_at)
        return self.as_asked().filter(change__in=changes.values("pk"))

    @staticmethod
    def _not_approved(as_at: dt.date, known_at: dt.datetime | None) -> BudgetChangeQuerySet:
        from budgets.models import BudgetChange

        changes = BudgetChange.objects.all()
        if known_at is None:
            changes = changes.perhaps_open(as_at)
        changes = changes.with_standing(as_at, known_at)
        return changes.filter(approval_id=None)  # type: ignore[misc]  # annotated by with_standing

    def _standing(
        self,
        column: str,
        changes: BudgetChangeQuerySet,
        as_at: dt.date,
        known_at: dt.datetime | None,
    ) -> Self:
        """Lines of changes that have such a decision: the decision's own lines when it resolved otherwise."""
        from budgets.models import Line

        deciding = (
            changes.with_standing(as_at, known_at)
            .filter(pk=OuterRef("change_id"))
            .values(column)[:1]
        )
        own_lines = Line.objects.filter(decision_id=OuterRef("deciding_id"))
        return (
            self.annotate(deciding_id=Subquery(deciding))
            .filter(deciding_id__isnull=False)
            .filter(Q(decision_id=F("deciding_id")) | (Q(decision=None) & ~Exists(own_lines)))
        )

    def totals(self, *by: str) -> list[dict[str, Any]]:
        """Sums in pounds grouped by the named columns. One query."""
        return list(self.order_by().values(*by).annotate(total=Sum("amount")))


class CostPlanQuerySet(VisibleQuerySet["CostPlan"]):
    """Cost plans."""

    def current(self, as_at: dt.date, known_at: dt.datetime | None = None) -> Self:
        """Each project's plan in force on a day: the latest dated on or before it."""
        plans = self.filter(dated__lte=as_at)
        if known_at is not None:
            plans = plans.filter(created_at__lte=known_at)
        later = plans.model._default_manager.filter(
            project=OuterRef("project"), dated__gt=OuterRef("dated"), dated__lte=as_at
        )
        if known_at is not None:
            later = later.filter(created_at__lte=known_at)
        return plans.filter(~Exists(later))


class CostPlanLineQuerySet(VisibleQuerySet["CostPlanLine"]):
    """Lines of cost plans."""

    project_path = "plan__project"

    def current(self, as_at: dt.date, known_at: dt.datetime | None = None) -> Self:
        """Lines of the plans in force on a day."""
        from budgets.models import CostPlan

        return self.filter(plan__in=CostPlan.objects.current(as_at, known_at))

    def totals(self, *by: str) -> list[dict[str, Any]]:
        """Sums in pounds grouped by the named columns. One query."""
        return list(self.order_by().values(*by).annotate(total=Sum("amount")))


class SpendEntryQuerySet(VisibleQuerySet["SpendEntry"]):
    """Spend."""

    def to_date(self, as_at: dt.date, known_at: dt.datetime | None = None) -> Self:
        """Spend posted by a day."""
        spend = self.filter(posted_on__lte=as_at)
        return spend if known_at is None else spend.filter(created_at__lte=known_at)

    def totals(self, *by: str) -> list[dict[str, Any]]:
        """Sums in pounds grouped by the named columns. One query."""
        return list(self.order_by().values(*by).annotate(total=Sum("amount")))


class YearTotalsQuerySet(VisibleQuerySet["YearTotals"]):
    """Stored totals by year, from which those of a project follow."""


class ProjectTotalsQuerySet(VisibleQuerySet["ProjectTotals"]):
    """Stored totals, one row a project."""

    def holding(self, day: dt.date) -> Self:
        """Rows that are right on a day: worked out by then, and nothing has changed them by itself since."""
        return self.filter(as_at__lte=day, next_change_on__gt=day)

    def due(self, today: dt.date) -> Self:
        """Rows that time has changed: something dated ahead has come, or a year has begun."""
        return self.filter(next_change_on__lte=today)
