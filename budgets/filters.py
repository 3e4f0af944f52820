"""How the registers of the ledger are narrowed down."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from budgets.models import (
    BodyKind,
    BudgetChange,
    ChangeKind,
    FundingSource,
    GoverningBody,
    MinuteCorrection,
    Nature,
    Outcome,
    SourceKind,
)
from council_hms.listing import (
    ChoiceFilter,
    DateFilter,
    ListFilter,
    MoneyFilter,
    RowFilter,
    YearFilter,
)

STANDINGS = [
    ("approved", "Approved"),
    ("interim", "Interim: needs ratification"),
    ("recommended", "Recommended"),
    ("sought", "Sought"),
    ("deferred", "Deferred"),
    ("ended", "Refused, withdrawn or called in"),
    ("draft", "Draft"),
]


def _reference(
    label: str = "Project", path: str = "project__reference"
) -> django_filters.CharFilter:
    """A project by its reference: a list of thousands in a drop-down helps nobody."""
    return django_filters.CharFilter(
        field_name=path, lookup_expr="iexact", label=f"{label} reference", max_length=30
    )


def day_of(query: Any) -> dt.date:
    """The "as at" day of an address; today when there is none or it is no date."""
    try:
        return dt.date.fromisoformat(query.get("as_at", ""))
    except ValueError:
        return timezone.localdate()


class ChangeFilter(ListFilter):
    """The approvals register."""

    search_fields = ("reference", "title")
    search_help = "Reference or title"

    project = _reference()
    kind = ChoiceFilter(choices=ChangeKind.choices)
    standing = ChoiceFilter(choices=STANDINGS, method="by_standing", label="Standing")
    key_decision = ChoiceFilter(
        choices=[("yes", "Yes"), ("no", "No")], method="by_key_decision", label="Key decision"
    )
    as_at = DateFilter(method="as_it_is", label="As at")

    def by_standing(self, rows: QuerySet[Any], name: str, code: str) -> QuerySet[Any]:
        """The same order of questions as standing.py asks."""
        return self.narrow(rows, code, day_of(self.data))

    @staticmethod
    def narrow(rows: QuerySet[Any], code: str, as_at: Any) -> QuerySet[Any]:
        if code == "approved":
            return rows.filter(approval_id__isnull=False)
        rows = rows.filter(approval_id__isnull=True)
        if code == "ended":
            return rows.filter(ending_id__isnull=False)
        rows = rows.filter(ending_id__isnull=True)
        if code == "draft":
            return rows.filter(Q(submitted_on=None) | Q(submitted_on__gt=as_at))
        rows = rows.filter(submitted_on__lte=as_at)
        if code == "deferred":
            return rows.filter(deferral_id__isnull=False)
        rows = rows.filter(deferral_id__isnull=True)
        if code == "interim":
            return rows.filter(interim_id__isnull=False)
        rows = rows.filter(interim_id__isnull=True)
        return rows.filter(recommendation_id__isnull=code != "recommended")

    def by_key_decision(self, rows: QuerySet[Any], name: str, answer: str) -> QuerySet[Any]:
        return rows.filter(key_decision=answer == "yes")

    def as_it_is(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        """The day is read by the list, which asks for the standing on it."""
        return rows


class LineFilter(ListFilter):
    """Lines."""

    search_fields = ("change__reference", "change__title")
    search_help = "The change's reference or title"

    project = _reference()
    year = YearFilter()
    nature = ChoiceFilter(choices=Nature.choices, label="Capital or revenue")
    source = RowFilter(queryset=lambda request: FundingSource.objects.all())
    amount_from = MoneyFilter(field_name="amount", lookup_expr="gte", label="Amount from")
    amount_to = MoneyFilter(field_name="amount", lookup_expr="lte", label="Amount to")

    def search(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """By the changes that match, which are a tenth of the lines and have an index for it."""
        changes = BudgetChange.objects.all()
        for word in text.split()[:8]:
            changes = changes.filter(Q(reference__icontains=word) | Q(title__icontains=word))
        return rows.filter(change__in=changes.values("pk"))


class DecisionFilter(ListFilter):
    """Decisions."""

    search_fields = ("change__reference", "change__title", "minute_number")
    search_help = "The change's reference or title, or a minute number"

    project = _reference(path="change__project__reference")
    body = RowFilter(queryset=lambda request: GoverningBody.objects.all())
    outcome = ChoiceFilter(
        choices=[("pending", "Still to decide"), *Outcome.choices],
        method="by_outcome",
        label="Outcome",
    )
    authority = ChoiceFilter(
        choices=[("with", "With authority"), ("without", "Without: interim")],
        method="by_authority",
        label="Approvals",
    )
    urgent = ChoiceFilter(
        choices=[("to_report", "To report to Council"), ("reported", "Reported to Council")],
        method="by_urgency",
        label="Urgent powers",
    )
    confirmation = ChoiceFilter(
        choices=[
            ("waits", "Decision or correction waits to be confirmed"),
            ("confirmed", "Confirmed"),
        ],
        method="by_confirmation",
        label="Second person",
    )
    decided_from = DateFilter(field_name="decided_on", lookup_expr="gte", label="Decided from")
    decided_to = DateFilter(field_name="decided_on", lookup_expr="lte", label="Decided until")

    def by_outcome(self, rows: QuerySet[Any], name: str, outcome: str) -> QuerySet[Any]:
        return rows.filter(outcome=None if outcome == "pending" else outcome)

    def by_authority(self, rows: QuerySet[Any], name: str, answer: str) -> QuerySet[Any]:
        return rows.filter(
            outcome__in=[Outcome.APPROVED, Outcome.RATIFIED], has_authority=answer == "with"
        )

    def by_urgency(self, rows: QuerySet[Any], name: str, answer: str) -> QuerySet[Any]:
        return rows.filter(
            urgent_record__isnull=False,
            urgent_record__reported_on__isnull=answer == "to_report",
        )

    def by_confirmation(self, rows: QuerySet[Any], name: str, answer: str) -> QuerySet[Any]:
        entered = Q(needs_confirmation=True, outcome__isnull=False)
        if answer == "confirmed":
            return rows.filter(entered, confirmed_at__isnull=False)
        corrected = MinuteCorrection.objects.filter(decision=OuterRef("pk"), settled_at=None)
        return rows.filter(entered & Q(confirmed_at=None) | Exists(corrected))


class SpendFilter(ListFilter):
    """Spend."""

    search_fields = ("description", "supplier", "ledger_reference")
    search_help = "Description, supplier or ledger reference"

    project = _reference()
    year = YearFilter()
    nature = ChoiceFilter(choices=Nature.choices, label="Capital or revenue")
    posted_from = DateFilter(field_name="posted_on", lookup_expr="gte", label="Posted from")
    posted_to = DateFilter(field_name="posted_on", lookup_expr="lte", label="Posted until")
    amount_from = MoneyFilter(field_name="amount", lookup_expr="gte", label="Amount from")
    amount_to = MoneyFilter(field_name="amount", lookup_expr="lte", label="Amount to")


class ProjectSpendFilter(SpendFilter):
    """Spend of one project."""

    project = None


class SourceFilter(ListFilter):
    """Funding sources."""

    search_fields = ("name", "note")

    kind = ChoiceFilter(choices=SourceKind.choices)
    in_use = ChoiceFilter(choices=[("True", "Yes"), ("False", "No")], label="In use")


class BodyFilter(ListFilter):
    """Governing bodies."""

    search_fields = ("name", "note")

    kind = ChoiceFilter(choices=BodyKind.choices)
    in_use = ChoiceFilter(choices=[("True", "Yes"), ("False", "No")], label="In use")
