"""Who may decide what: governing bodies, the dated limits of their authority, key-decision thresholds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from council_hms.constraints import not_blank, one_of
from council_hms.fields import MoneyField
from council_hms.history import tracked


class BodyKind(models.TextChoices):
    """What a body is in the council's constitution."""

    COUNCIL = "council", "Full Council"
    CABINET = "cabinet", "Cabinet"
    COMMITTEE = "committee", "Committee"
    PROJECT_BOARD = "project_board", "Project board"
    PORTFOLIO_BOARD = "portfolio_board", "Portfolio board"
    URGENT_POWERS = "urgent_powers", "Chief executive, urgent powers"
    OFFICER = "officer", "Officer with delegated powers"
    NOT_STATED = "not_stated", "Not stated in the record"


@tracked
class GoverningBody(models.Model):
    """A body or office that decides. Being one gives no budget authority: AuthorityLimit does."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=BodyKind)
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Order on a route: the lowest decides first."
    )
    ratified_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Which body must ratify what this one approves without sufficient authority.",
    )
    in_use = models.BooleanField(default=True)
    note = models.TextField(blank=True)

    history_parts: ClassVar = ("limits",)

    class Meta:
        ordering: ClassVar = ["position", "name"]
        verbose_name_plural = "governing bodies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"],
                name="governing_body_name_is_unique",
                violation_error_message="There is already a body of this name",
            ),
            not_blank("name", model="governing_body"),
            one_of("kind", BodyKind, model="governing_body"),
        ]

    def __str__(self) -> str:
        return self.name


class LimitKind(models.TextChoices):
    """What a limit is about. A virement is limited by what it moves, whichever its nature."""

    CAPITAL = "capital", "Capital"
    REVENUE = "revenue", "Revenue"
    VIREMENT = "virement", "Virement"


@tracked
class AuthorityLimit(models.Model):
    """How much a body may approve, from a day until a day. No row in force means no authority at all.

    Amounts are in pounds; None means without limit. ``per_change`` is compared with what one
    change adds (a virement: what it moves); ``per_year`` with what the body has approved on
    the same head (project and nature) in the financial year of the decision, this change included.
    """

    body = models.ForeignKey(GoverningBody, on_delete=models.PROTECT, related_name="limits")
    kind = models.CharField(max_length=10, choices=LimitKind)
    per_change = MoneyField("most in one change", null=True, blank=True)
    per_year = MoneyField("most on one head in a year", null=True, blank=True)
    since = models.DateField("in force from")
    until = models.DateField("in force until", null=True, blank=True)
    source = models.CharField("where the limit is written", max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["body", "kind", "since"]
        constraints: ClassVar = [
            one_of("kind", LimitKind, model="authority_limit"),
            models.UniqueConstraint(
                fields=["body", "kind", "since"],
                name="authority_limit_starts_once",
                violation_error_message="This body already has such a limit from that day",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="authority_limit_ends_after_it_starts",
                violation_error_message="The last day must not be before the first",
            ),
            models.CheckConstraint(
                condition=(Q(per_change=None) | Q(per_change__gte=0))
                & (Q(per_year=None) | Q(per_year__gte=0)),
                name="authority_limit_is_not_negative",
                violation_error_message="Enter a limit of nil or more; leave it empty for no limit",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


@tracked
class KeyDecisionThreshold(models.Model):
    """From what amount a decision is a key decision, from a day. Councils differ: £50k to £1m."""

    kind = models.CharField(
        max_length=10,
        choices=[
            ("capital", "Capital"),
            ("revenue", "Revenue"),
            ("total", "Capital and revenue together"),
        ],
    )
    amount = MoneyField()
    since = models.DateField("in force from")
    until = models.DateField("in force until", null=True, blank=True)
    source = models.CharField("where the threshold is written", max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["kind", "since"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "since"],
                name="key_decision_threshold_starts_once",
                violation_error_message="There is already such a threshold from that day",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="key_decision_threshold_is_positive",
                violation_error_message="Enter a threshold above nil",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
