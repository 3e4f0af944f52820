"""Questions about projects, as queryset methods; visibility of a project and of all that hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

from council_hms.access import Permission, may
from council_hms.exemption import Audience

if TYPE_CHECKING:
    from council_hms.models import User

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
