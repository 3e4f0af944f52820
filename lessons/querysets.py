"""Questions about lessons, rules and answers, as queryset methods; who may read a lesson and its detail."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from council_hms.access import Permission, may
from projects.querysets import VisibleQuerySet, own_project_ids

if TYPE_CHECKING:
    from lessons.models import (  # noqa: F401 - the models that the generics below name
        Answer,
        ApplicabilityRule,
        GateLimit,
        Lesson,
        LessonDetail,
        ProjectClassification,
    )


class LessonQuerySet(VisibleQuerySet["Lesson"]):
    """Lessons. Shared ones are for everyone who works with projects; the rest for their project's people."""

    def visible_to(self, user: Any) -> Self:
        """Shared lessons, and those of projects this person may see.

        The next project cannot answer what its people may not read.
        """
        if may(user, Permission.SEE_ALL_PROJECTS):
            return self
        if may(user, Permission.SEE_OWN_PROJECTS):
            return self.filter(Q(is_shared=True) | Q(project_id__in=own_project_ids(user)))
        return self.none()

    def binding(self, as_at: dt.date) -> Self:
        """Lessons that can bind a project on a day: shared and logged by then."""
        return self.filter(is_shared=True, logged_on__lte=as_at)

    def search(self, text: str) -> Self:
        """Lessons in which every word occurs, exempt detail never looked at."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(title__icontains=word)
                | Q(event__icontains=word)
                | Q(effect__icontains=word)
                | Q(cause__icontains=word)
                | Q(early_warning_signs__icontains=word)
                | Q(recommendation__icontains=word)
                | Q(category__name__icontains=word)
                | Q(project__reference__icontains=word)
                | Q(project__title__icontains=word)
                | Q(owner__icontains=word)
            )
        return found

    def for_lists(self) -> Self:
        """With project and category at hand. One query."""
        return self.select_related("project", "category")


class LessonDetailQuerySet(VisibleQuerySet["LessonDetail"]):
    """Detail of lessons: for those who may see the project and, when it is exempt, hold the right."""

    project_path = "lesson__project"
    exemptable = True


class ProjectClassificationQuerySet(VisibleQuerySet["ProjectClassification"]):
    """Types of projects."""


class ApplicabilityRuleQuerySet(models.QuerySet["ApplicabilityRule"]):
    """The council's rules: no project's secret, so everyone who works with projects may read them."""

    def in_force(self, day: dt.date) -> Self:
        """Rules in force on a day."""
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gte=day))


class GateLimitQuerySet(models.QuerySet["GateLimit"]):
    """The dated limit above which a budget change must answer lessons."""

    def on(self, day: dt.date) -> Decimal | None:
        """The limit in pounds on a day; None when size binds no change. One query."""
        return (
            self.filter(since__lte=day).order_by("-since").values_list("amount", flat=True).first()
        )


class AnswerQuerySet(VisibleQuerySet["Answer"]):
    """Answers of projects to lessons."""

    def standing(self, as_at: dt.date) -> Self:
        """The answer that stands for each project and lesson on a day: the last given by then."""
        later = self.model._default_manager.filter(
            project=OuterRef("project"),
            lesson=OuterRef("lesson"),
            number__gt=OuterRef("number"),
            answered_on__lte=as_at,
        )
        return self.filter(answered_on__lte=as_at).filter(~Exists(later))

    def overdue(self, as_at: dt.date) -> Self:
        """Standing deferrals whose date has passed by a day."""
        return self.standing(as_at).filter(kind="deferred", deferred_until__lt=as_at)
