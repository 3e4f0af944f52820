"""Questions about registers, risks, scores and controls, as queryset methods; who may read which risk."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from council_hms.access import Permission, may
from council_hms.exemption import Audience
from projects.querysets import VisibleQuerySet, own_project_ids

if TYPE_CHECKING:
    from risks.models import (  # noqa: F401 - the models that the generics below name
        Assessment,
        Control,
        Register,
        RegisterScale,
        Risk,
    )

Row = TypeVar("Row", bound=models.Model, covariant=True)


class RegisterQuerySet(VisibleQuerySet["Register"]):
    """Registers: of the projects one may see; the corporate one for those who see every project."""

    def of(self, project: Any) -> Register | None:
        """The register of a project, of the council when it is None; None when it has not been opened. One query."""
        return self.select_related("project").filter(project=project).first()


class RegisterScaleQuerySet(models.QuerySet["RegisterScale"]):
    """Scales of registers: what a score means is no secret."""

    def in_force(self, project: Any, day: dt.date) -> RegisterScale | None:
        """The scale of the register of a project (None: the corporate one) on a day. One query."""
        return self.filter(register__project=project, since__lte=day).order_by("-since").first()


class RiskQuerySet(VisibleQuerySet["Risk"]):
    """Risks. An exempt one is withheld as a whole from those without the right."""

    project_path = "register__project"
    exemptable = True

    def visible_to(self, user: Any) -> Self:
        """Risks of the projects one may see, and what was escalated from those to the corporate register."""
        if may(user, Permission.SEE_ALL_PROJECTS):
            rows = self
        elif may(user, Permission.SEE_OWN_PROJECTS):
            own = own_project_ids(user)
            rows = self.filter(
                Q(register__project__in=own)
                | Q(register__project=None, escalated_from__register__project__in=own)
            )
        else:
            return self.none()
        return rows if may(user, Permission.SEE_EXEMPT) else rows.for_audience(Audience.PUBLIC)

    def of(self, project: Any) -> Self:
        """The risks in the register of a project, in the corporate one when it is None."""
        return self.filter(register__project=project)

    def open(self, as_at: dt.date) -> Self:
        """Raised by a day and not closed on it."""
        return self.filter(raised_on__lte=as_at).filter(Q(closed_on=None) | Q(closed_on__gt=as_at))

    def for_lists(self) -> Self:
        """With register and project at hand. One query."""
        return self.select_related("register__project")

    def with_standing(self, as_at: dt.date) -> Self:
        """Annotate what lists are ordered and narrowed by, as at a day.

        ``score`` (current), ``band`` (green, amber, red), ``is_above_appetite``, ``reviewed_on`` and
        ``overdue_controls``; the first four are None while a risk has no score.
        """
        from risks.models import Assessment, Control

        standing: Any = (
            Assessment.objects.filter(risk=OuterRef("pk"), reviewed_on__lte=as_at)
            .with_score()
            .order_by("-number")
        )
        band = Case(
            When(score__gte=F("scale__red_from"), then=Value("red")),
            When(score__gte=F("scale__amber_from"), then=Value("amber")),
            default=Value("green"),
        )
        over = Control.objects.filter(risk=OuterRef("pk")).overdue(as_at).order_by()
        return self.annotate(
            score=Subquery(standing.values("score")[:1]),
            band=Subquery(standing.annotate(band=band).values("band")[:1]),
            appetite=Subquery(standing.values("scale__appetite")[:1]),
            reviewed_on=Subquery(standing.values("reviewed_on")[:1]),
            overdue_controls=Coalesce(
                Subquery(over.values("risk").annotate(count=Count("pk")).values("count")), 0
            ),
        )


class _OfRiskQuerySet(VisibleQuerySet[Row]):
    """Rows that hang on a risk: as visible as the risk is."""

    def visible_to(self, user: Any) -> Self:
        from risks.models import Risk

        return self.filter(risk__in=Risk.objects.visible_to(user).order_by().values("pk"))

    def for_audience(self, audience: Audience) -> Self:
        return self.filter(risk__exempt=False) if audience is Audience.PUBLIC else self


class AssessmentQuerySet(_OfRiskQuerySet["Assessment"]):
    """Scores of risks, from review to review."""

    def with_score(self) -> Self:
        """Annotate ``score``: current impact × probability."""
        return self.annotate(score=F("current_impact") * F("current_probability"))

    def standing(self, as_at: dt.date) -> Self:
        """The scores that stand for each risk on a day: the last given by then."""
        later = self.model._default_manager.filter(
            risk=OuterRef("risk"), number__gt=OuterRef("number"), reviewed_on__lte=as_at
        )
        return self.filter(reviewed_on__lte=as_at).filter(~Exists(later))

    def of_open_threats(self, as_at: dt.date) -> Self:
        """Scores of threats that are open on a day; opportunities are not measured against the appetite."""
        from risks.models import Risk, RiskKind

        threats = Risk.objects.open(as_at).filter(kind=RiskKind.THREAT)
        return self.filter(risk__in=threats.order_by().values("pk"))


class ControlQuerySet(_OfRiskQuerySet["Control"]):
    """Controls of risks."""

    def known(self, as_at: dt.date) -> Self:
        """Controls that had been entered by a day."""
        return self.filter(added_on__lte=as_at)

    def unsettled(self, as_at: dt.date) -> Self:
        """Entered by a day, and neither in place nor dropped on it."""
        return self.known(as_at).filter(Q(settled_on=None) | Q(settled_on__gt=as_at))

    def overdue(self, as_at: dt.date) -> Self:
        """To be in place before a day, and not settled on it."""
        return self.unsettled(as_at).filter(due_on__lt=as_at)
