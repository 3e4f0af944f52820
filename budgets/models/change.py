"""A budget change: what is asked, its lines, and the decisions on its route.

A change's standing on any day (draft, sought, recommended, interim, approved, refused) is
derived from its decisions and their dates; no column holds it. What a body resolved may
differ from what was recommended: the lines it resolved then hang on the decision, and the
lines as asked stay.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone

from budgets.models.body import GoverningBody
from budgets.models.source import FundingSource
from budgets.querysets import BudgetChangeQuerySet, DecisionQuerySet, LineQuerySet
from council_hms.constraints import both_or_neither, not_blank, one_of
from council_hms.fields import FinancialYearField, MoneyField, year_is_valid
from council_hms.history import tracked
from projects.models import Project


class Nature(models.TextChoices):
    """Capital buys, builds or enhances an asset that lasts; revenue is day-to-day."""

    CAPITAL = "capital", "Capital"
    REVENUE = "revenue", "Revenue"


class ChangeKind(models.TextChoices):
    """What a change does to the budget."""

    ORIGINAL = "original", "Original budget"
    INCREASE = "increase", "Increase (supplementary estimate)"
    DECREASE = "decrease", "Decrease"
    VIREMENT = "virement", "Virement (between heads)"
    CARRY_FORWARD = "carry_forward", "Carry-forward (to a later year)"
    REPROFILE = "reprofile", "Reprofiling (between years)"
    RELEASE = "release", "Release"
    RECLASSIFICATION = "reclassification", "Reclassification (capital and revenue)"


#: Kinds that move money and add none: their lines sum to nil, which the database holds them to.
BALANCED_KINDS = frozenset(
    {
        ChangeKind.VIREMENT,
        ChangeKind.CARRY_FORWARD,
        ChangeKind.REPROFILE,
        ChangeKind.RECLASSIFICATION,
    }
)


@tracked
class BudgetChange(models.Model):
    """One proposal to change budgets, from draft to the last decision on its route."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="budget_changes")
    reference = models.CharField(max_length=30, editable=False)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=ChangeKind)
    purpose = models.TextField("why it is needed", blank=True)
    note = models.TextField(
        blank=True, help_text="What the record does not say, and how that was entered."
    )
    key_decision = models.BooleanField("marked as a key decision", default=False)
    key_decision_reason = models.TextField(
        blank=True, help_text="Why the mark differs from what the threshold says, if it does."
    )
    key_decision_expected = models.BooleanField(
        "what the thresholds said when it was put to decision",
        null=True,
        blank=True,
        editable=False,
    )
    route_reason = models.TextField(
        blank=True, help_text="Why the route differs from the proposed one, if it does."
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_on = models.DateField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    history_parts: ClassVar = (
        "decisions",
        "decisions__urgent_record",
        "decisions__corrections",
        "lines",
        "headlines",
    )

    objects = BudgetChangeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reference"],
                name="budget_change_reference_is_unique",
                violation_error_message="Another change has this reference",
            ),
            not_blank("title", model="budget_change"),
            one_of("kind", ChangeKind, model="budget_change"),
            both_or_neither("submitted_on", "submitted_by", model="budget_change"),
            models.CheckConstraint(
                # empty for drafts, and for what was submitted before this was kept
                condition=Q(key_decision_expected=None)
                | Q(key_decision_expected=F("key_decision"))
                | ~Q(key_decision_reason=""),
                name="budget_change_key_decision_explained",
                violation_error_message="Say why the mark as a key decision differs from the thresholds",
            ),
        ]
        indexes: ClassVar = [
            # a search for words inside titles and references, as icontains asks it, in a million lines
            GinIndex(
                OpClass(Upper("title"), name="gin_trgm_ops"), name="budget_change_title_words"
            ),
            GinIndex(
                OpClass(Upper("reference"), name="gin_trgm_ops"), name="budget_change_ref_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("change", args=[self.reference])

    def lines_last_resolved(self) -> list[Line]:
        """The lines that the latest decision resolved or recommended otherwise than asked; empty when none did.

        Reads ``decisions`` and their ``resolved_lines`` as fetched beforehand.
        """
        for decision in reversed(self.decisions.all()):
            if decision.outcome is not None and (lines := list(decision.resolved_lines.all())):
                return lines
        return []

    @property
    def is_balanced_kind(self) -> bool:
        """Whether its lines must sum to nil."""
        return self.kind in BALANCED_KINDS


class Expectation(models.TextChoices):
    """What a stop on the route is there to do."""

    APPROVE = "approve", "Approve"
    RECOMMEND = "recommend", "Recommend"
    NOTE = "note", "Note"
    RATIFY = "ratify", "Ratify"


class Outcome(models.TextChoices):
    """What a body did."""

    APPROVED = "approved", "Approved"
    RECOMMENDED = "recommended", "Recommended"
    NOTED = "noted", "Noted"
    RATIFIED = "ratified", "Ratified"
    DEFERRED = "deferred", "Deferred"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    CALLED_IN = "called_in", "Called in"


class DatePrecision(models.TextChoices):
    """How exactly the record dates a decision. The stored day is the latest that it allows."""

    DAY = "day", "On the day"
    MONTH = "month", "In the month"
    BY = "by", "On or before the day"


@tracked
class Decision(models.Model):
    """One stop on a change's route: a body, and once it has decided, when, what and under which minute.

    ``has_authority`` is what the limits in force on the day said (authority.py), recorded with its
    reason when the decision was entered, so that the answer as at a date never changes when a
    limit does. An approval without it is interim: it counts as approved only once ratified.
    """

    change = models.ForeignKey(BudgetChange, on_delete=models.PROTECT, related_name="decisions")
    position = models.PositiveSmallIntegerField()
    body = models.ForeignKey(GoverningBody, on_delete=models.PROTECT, related_name="decisions")
    expects = models.CharField("is there to", max_length=10, choices=Expectation)
    planned_for = models.DateField("meeting planned for", null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    precision = models.CharField(
        "the record gives", max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )
    agenda_item = models.CharField(max_length=30, blank=True)
    minute_number = models.CharField(max_length=30, blank=True)
    call_in_deadline = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    has_authority = models.BooleanField(default=False, editable=False)
    authority_reason = models.TextField(blank=True, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    entered_at = models.DateTimeField(null=True, blank=True, editable=False)
    needs_confirmation = models.BooleanField(default=False, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["change", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["change", "position"],
                name="decision_one_per_step",
                violation_error_message="This step of the route already has its decision",
            ),
            one_of("expects", Expectation, model="decision"),
            models.CheckConstraint(
                condition=Q(outcome=None) | Q(outcome__in=Outcome.values),
                name="decision_outcome_is_known",
                violation_error_message="Choose one of the listed outcomes",
            ),
            both_or_neither(
                "outcome",
                "decided_on",
                model="decision",
                message="Enter the outcome together with its date",
            ),
            both_or_neither("outcome", "entered_by", model="decision"),
            both_or_neither("entered_by", "entered_at", model="decision"),
            both_or_neither("confirmed_by", "confirmed_at", model="decision"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("entered_by")),
                name="decision_confirmed_by_another",
                violation_error_message="Someone other than the person who entered it must confirm a decision",
            ),
            models.CheckConstraint(
                condition=Q(has_authority=False)
                | Q(outcome__in=[Outcome.APPROVED, Outcome.RATIFIED]),
                name="decision_authority_only_if_approved",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["change", "decided_on"],
                name="decision_approvals",
                condition=Q(has_authority=True),
            ),
            # what waits, by the day of its meeting: a few of three hundred thousand
            models.Index(
                fields=["planned_for", "change"],
                name="decision_pending",
                condition=Q(outcome=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display() or 'To decide'}"

    @property
    def date_words(self) -> str:
        """The date as the record gives it: "14 June 2023", "February 2016", "by 31 March 2023"."""
        return dated_words(self.decided_on, self.precision)

    @property
    def counts(self) -> bool:
        """Whether it has been decided and, where the council asks for a second person, confirmed."""
        return self.outcome is not None and (
            not self.needs_confirmation or self.confirmed_at is not None
        )

    @property
    def correction_waits(self) -> bool:
        """Whether a correction of its minute waits to be confirmed. Reads ``corrections`` as fetched beforehand."""
        return any(each.settled_at is None for each in self.corrections.all())


def dated_words(day: dt.date | None, precision: str) -> str:
    """A date as exactly as the record gives it; empty when there is none."""
    if day is None:
        return ""
    if precision == DatePrecision.MONTH:
        return f"{day:%B %Y}"
    words = f"{day.day} {day:%B %Y}"
    return f"by {words}" if precision == DatePrecision.BY else words


@tracked
class Line(models.Model):
    """A signed amount in pounds: project, year, nature and source.

    ``decision`` is None for the line as asked; a body that resolved otherwise has its own lines.
    """

    change = models.ForeignKey(BudgetChange, on_delete=models.PROTECT, related_name="lines")
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="resolved_lines"
    )
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    year = FinancialYearField("financial year")
    nature = models.CharField("capital or revenue", max_length=7, choices=Nature)
    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="lines")
    amount = MoneyField()
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["change", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["change", "decision", "project", "year", "nature", "source"],
                name="line_once_in_a_change",
                nulls_distinct=False,
                violation_error_message="This change already has a line for that project, year, nature and source",
            ),
            one_of("nature", Nature, model="line"),
            year_is_valid("year", "line_year_is_valid"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["project", "year"],
                include=["nature", "source", "amount", "change", "decision"],
                name="line_by_project",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.year}"


class HeadlineNature(models.TextChoices):
    """What a minuted headline speaks of."""

    CAPITAL = "capital", "Capital"
    REVENUE = "revenue", "Revenue"
    TOTAL = "total", "Capital and revenue together"


class HeadlineBasis(models.TextChoices):
    """Papers say both "increased to £1.7m" and "increase by £375k"."""

    BY = "by", "By (the change itself)"
    TO = "to", "To (the budget after it)"


@tracked
class MinutedHeadline(models.Model):
    """The amount that the minute or report states in words, beside the lines. It may disagree with them.

    ``nearest`` is what its last printed digit stands for in pounds: £528k is to the nearest £1,000.
    """

    change = models.ForeignKey(BudgetChange, on_delete=models.PROTECT, related_name="headlines")
    nature = models.CharField(max_length=7, choices=HeadlineNature)
    basis = models.CharField(max_length=2, choices=HeadlineBasis, default=HeadlineBasis.BY)
    words = models.CharField("as minuted", max_length=40)
    amount = MoneyField()
    nearest = MoneyField()

    class Meta:
        ordering: ClassVar = ["change", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["change", "nature"],
                name="minuted_headline_once_a_nature",
                violation_error_message="This change already has a headline for that",
            ),
            one_of("nature", HeadlineNature, model="minuted_headline"),
            one_of("basis", HeadlineBasis, model="minuted_headline"),
        ]

    def __str__(self) -> str:
        return self.words


@tracked
class UrgentRecord(models.Model):
    """What an urgent-powers decision must put on record, and when Council was told."""

    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="urgent_record"
    )
    reasons = models.TextField("why it could not wait")
    alternatives = models.TextField("alternatives considered")
    consulted = models.TextField("who was consulted")
    reported_on = models.DateField("reported to Council on", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["decision"]
        constraints: ClassVar = [
            not_blank("reasons", model="urgent_record"),
            not_blank("alternatives", model="urgent_record"),
            not_blank("consulted", model="urgent_record"),
        ]

    def __str__(self) -> str:
        return "Urgent-powers record"
