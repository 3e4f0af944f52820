"""What the registers of the ledger show: approvals, lines, decisions, spend, sources and bodies."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join

from budgets.models import BodyKind, ChangeKind, Expectation, Nature, Outcome, SourceKind
from council_hms import money
from council_hms.grid import Value
from council_hms.tables import BaseTable, Choice, Date, History, Money, Words, Year, YesNo, tag
from projects.models import Fund


def _change_address(record: Any) -> str:
    return reverse("change", args=[record.change.reference])


def _project_position(record: Any) -> str:
    return reverse("position", args=[record.project.reference])


class ChangeTable(BaseTable):
    """The approvals register. A record is a Standing: a change on a day."""

    reference = Words(accessor="change__reference", order_by="reference", linkify=_change_address)
    project = Words(accessor="change__project__reference", order_by="project__reference")
    title = Words(accessor="change__title", order_by="title")
    kind = Choice(ChangeKind, accessor="change__kind", order_by="kind")
    standing = Words(accessor="words", verbose_name="Standing", orderable=False)
    approved_on = Date(
        accessor="change__approved_on", order_by="approved_on", verbose_name="Approved"
    )
    capital = Money(verbose_name="Capital (£)", orderable=False)
    revenue = Money(verbose_name="Revenue (£)", orderable=False)
    next_body = Words(accessor="next_stop__body__name", verbose_name="Next", orderable=False)
    flags = Words(accessor="code", verbose_name="Flags", orderable=False)

    def render_standing(self, record: Any) -> Any:
        return tag(record.words, record.tag)

    def render_flags(self, record: Any) -> Any:
        return format_html_join(
            " ", "{}", ((tag(words, "yellow"),) for words in self._flags(record))
        )

    def value_flags(self, record: Any) -> Value:
        return "; ".join(self._flags(record))

    @staticmethod
    def _flags(record: Any) -> list[str]:
        flags = []
        if record.code == "interim":
            flags.append("Needs ratification")
        if record.retrospective_years:
            years = ", ".join(year.label for year in record.retrospective_years)
            flags.append(f"Retrospective for {years}")
        if record.change.key_decision:
            flags.append("Key decision")
        if record.resolved_differs:
            flags.append("Resolved otherwise than asked")
        return flags


class LineTable(BaseTable):
    """Lines of budget changes, as asked and as resolved."""

    change = Words(
        accessor="change__reference",
        order_by="change__reference",
        verbose_name="Change",
        linkify=_change_address,
    )
    title = Words(accessor="change__title", order_by="change__title", verbose_name="Title")
    project = Words(accessor="project__reference", order_by="project__reference")
    year = Year(verbose_name="Year")
    nature = Choice(Nature, verbose_name="Nature")
    source = Words(accessor="source__name", order_by="source__name", verbose_name="Source")
    amount = Money(verbose_name="Amount (£)")
    resolved = YesNo(
        accessor="is_resolved", order_by="is_resolved", verbose_name="As a body resolved"
    )
    note = Words(orderable=False)
    history = History()


class DecisionTable(BaseTable):
    """Stops on routes, decided and still to come."""

    change = Words(
        accessor="change__reference",
        order_by="change__reference",
        verbose_name="Change",
        linkify=_change_address,
    )
    title = Words(accessor="change__title", order_by="change__title", verbose_name="Title")
    body = Words(accessor="body__name", order_by="body__position", verbose_name="Body")
    expects = Choice(Expectation, verbose_name="Is there to")
    outcome = Choice(Outcome, verbose_name="Outcome")
    decided_on = Date(verbose_name="Decided")
    planned_for = Date(verbose_name="Planned for")
    minute_number = Words(verbose_name="Minute")
    has_authority = YesNo(verbose_name="With authority")
    confirmed_at = Date(verbose_name="Confirmed")
    history = History()

    def render_decided_on(self, record: Any) -> str:
        return str(record.date_words)


class SpendTable(BaseTable):
    """Spend as the council's ledger posts it."""

    posted_on = Date(verbose_name="Posted")
    project = Words(
        accessor="project__reference", order_by="project__reference", linkify=_project_position
    )
    work_package = Words(
        accessor="work_package__name", order_by="work_package__name", verbose_name="Work package"
    )
    year = Year(verbose_name="Year")
    nature = Choice(Nature, verbose_name="Nature")
    description = Words()
    supplier = Words()
    ledger_reference = Words(verbose_name="Ledger reference")
    amount = Money(verbose_name="Amount (£)")
    history = History()


class SourceTable(BaseTable):
    """Funding sources in the order in which papers print them."""

    name = Words(verbose_name="Source")
    kind = Choice(SourceKind)
    fund = Choice([("", "Either"), *Fund.choices], verbose_name="Fund", empty_values=(None,))
    may_fund_capital = YesNo(verbose_name="Capital")
    may_fund_revenue = YesNo(verbose_name="Revenue")
    asked = Money(verbose_name="In lines, as asked (£)")
    in_use = YesNo(verbose_name="In use")
    note = Words(orderable=False)
    history = History()


class BodyTable(BaseTable):
    """Who may decide what today."""

    name = Words(verbose_name="Body")
    kind = Choice(BodyKind)
    limits = Words(accessor="pk", verbose_name="Authority in force", orderable=False)
    ratified_by = Words(
        accessor="ratified_by__name", order_by="ratified_by__name", verbose_name="Ratified by"
    )
    in_use = YesNo(verbose_name="In use")
    history = History()

    def render_limits(self, record: Any) -> str:
        return "; ".join(self._limits(record)) or "None: needs ratification"

    def value_limits(self, record: Any) -> Value:
        return self.render_limits(record)

    @staticmethod
    def _limits(record: Any) -> list[str]:
        words = []
        for limit in record.in_force:
            amounts = [
                f"{money.in_words(amount)} {what}"
                for amount, what in ((limit.per_change, "a change"), (limit.per_year, "a year"))
                if amount is not None
            ]
            words.append(f"{limit.get_kind_display()}: {' and '.join(amounts) or 'without limit'}")
        return words
