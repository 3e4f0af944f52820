"""A project's budget position as at a date: approved, interim, sought, spent, and how far spend ran ahead. Pure.

Rules. A year's budget may pay only for that year and those after it, so money approved for
2023-24 does not mend what 2022-23 overspent: spend is **ahead of formal approval** by the most
that, at the end of any year reached so far, spend up to and including that year exceeds what is
approved for it. It stays so until lines for that year are approved (a retrospective approval).
All amounts are pounds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from council_hms.financial_year import FinancialYear

NIL = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class YearTotal:
    """Pounds of one year and nature ("capital" or "revenue")."""

    year: FinancialYear
    nature: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class Amounts:
    """An amount in pounds, split by nature."""

    capital: Decimal = NIL
    revenue: Decimal = NIL

    @property
    def total(self) -> Decimal:
        return self.capital + self.revenue

    @classmethod
    def of(cls, totals: Iterable[YearTotal], *, until: FinancialYear | None = None) -> Amounts:
        """The sum of totals, of years up to ``until`` when it is given."""
        capital = revenue = NIL
        for entry in totals:
            if until is not None and entry.year > until:
                continue
            if entry.nature == "capital":
                capital += entry.total
            else:
                revenue += entry.total
        return cls(capital, revenue)


@dataclass(frozen=True, slots=True)
class YearPosition:
    """One year: approved for it, spent in it, and both added up to its end."""

    year: FinancialYear
    approved: Decimal
    spent: Decimal
    approved_to_end: Decimal
    spent_to_end: Decimal

    @property
    def ahead(self) -> Decimal:
        """How far spend to the end of this year exceeds what is approved for it; nil when it does not."""
        return max(NIL, self.spent_to_end - self.approved_to_end)


@dataclass(frozen=True, slots=True)
class Position:
    """The budget position of one project on one day, in pounds.

    ``approved`` is every formally approved line, whatever its year; ``approved_to_date`` those of
    years that have begun. ``sought`` is submitted and not approved; ``interim`` and
    ``recommended`` are the parts of it that a body without authority approved, or one recommended.
    """

    as_at: dt.date
    approved: Amounts
    approved_to_date: Amounts
    interim: Amounts
    recommended: Amounts
    sought: Amounts
    spent: Amounts
    years: Sequence[YearPosition]

    @property
    def uncommitted(self) -> Decimal:
        """Approved for years that have begun, less spend; negative when spend is beyond it."""
        return self.approved_to_date.total - self.spent.total

    @property
    def beyond_approval(self) -> Decimal:
        """Spend beyond all that is approved for years that have begun; nil when there is none."""
        return max(NIL, -self.uncommitted)

    @property
    def worst_year(self) -> YearPosition | None:
        """The year in which spend ran furthest ahead of formal approval, None when in none."""
        ahead = [year for year in self.years if year.ahead > 0]
        return max(ahead, key=lambda year: year.ahead) if ahead else None

    @property
    def ahead(self) -> Decimal:
        """How far spend is ahead of formal approval; nil when it is not."""
        return self.worst_year.ahead if self.worst_year else NIL

    @property
    def ahead_on_interim(self) -> Decimal:
        """How much of that is held on the word of a body without the authority."""
        return min(self.ahead, max(NIL, self.interim.total))


def build(
    as_at: dt.date,
    *,
    approved: Sequence[YearTotal],
    interim: Sequence[YearTotal] = (),
    recommended: Sequence[YearTotal] = (),
    sought: Sequence[YearTotal] = (),
    spent: Sequence[YearTotal] = (),
) -> Position:
    """The position from sums by year and nature. Every input is as at the date already."""
    this_year = FinancialYear.of(as_at)
    return Position(
        as_at=as_at,
        approved=Amounts.of(approved),
        approved_to_date=Amounts.of(approved, until=this_year),
        interim=Amounts.of(interim),
        recommended=Amounts.of(recommended),
        sought=Amounts.of(sought),
        spent=Amounts.of(spent),
        years=_year_by_year(this_year, approved, spent),
    )


def _year_by_year(
    this_year: FinancialYear, approved: Sequence[YearTotal], spent: Sequence[YearTotal]
) -> list[YearPosition]:
    years = sorted({entry.year for entry in (*approved, *spent) if entry.year <= this_year})
    positions = []
    approved_to_end = spent_to_end = NIL
    for year in years:
        approved_in = sum((entry.total for entry in approved if entry.year == year), NIL)
        spent_in = sum((entry.total for entry in spent if entry.year == year), NIL)
        approved_to_end += approved_in
        spent_to_end += spent_in
        positions.append(YearPosition(year, approved_in, spent_in, approved_to_end, spent_to_end))
    return positions


# -- over time --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dated:
    """Pounds that count from a day on: an approval from its decision, spend from its posting."""

    day: dt.date
    year: FinancialYear
    amount: Decimal
    until: dt.date | None = None  # an interim amount stops counting when it is ratified or refused


@dataclass(frozen=True, slots=True)
class Moment:
    """The line of authority on one day: what may be spent, what is held on interim, what was spent."""

    day: dt.date
    approved: Decimal
    interim: Decimal
    spent: Decimal
    ahead: Decimal


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which spend ran ahead of formal approval: from, to (None: still), at most by how much."""

    since: dt.date
    until: dt.date | None
    most: Decimal


def line_of_authority(
    approved: Sequence[Dated], interim: Sequence[Dated], spent: Sequence[Dated], until: dt.date
) -> list[Moment]:
    """The position on every day on which something changed, up to ``until``.

    A line counts as available from its decision or from the first day of its year, whichever is later.
    """
    days = {until}
    for entry in (*approved, *interim):
        days.add(max(entry.day, entry.year.first_day))
        days.add(entry.day)
        if entry.until:
            days.add(entry.until)
    days.update(entry.day for entry in spent)
    moments = []
    for day in sorted(day for day in days if day <= until):
        this_year = FinancialYear.of(day)
        in_force = [entry for entry in approved if entry.day <= day and entry.year <= this_year]
        held = [
            entry
            for entry in interim
            if entry.day <= day
            and entry.year <= this_year
            and (entry.until is None or entry.until > day)
        ]
        paid = [entry for entry in spent if entry.day <= day]
        years = _year_by_year(
            this_year,
            [YearTotal(entry.year, "capital", entry.amount) for entry in in_force],
            [YearTotal(entry.year, "capital", entry.amount) for entry in paid],
        )
        moments.append(
            Moment(
                day=day,
                approved=sum((entry.amount for entry in in_force), NIL),
                interim=sum((entry.amount for entry in held), NIL),
                spent=sum((entry.amount for entry in paid), NIL),
                ahead=max((year.ahead for year in years), default=NIL),
            )
        )
    return moments


def stretches_ahead(moments: Sequence[Moment]) -> list[Stretch]:
    """The times in which spend was ahead of formal approval, each with its worst amount."""
    found: list[Stretch] = []
    since: dt.date | None = None
    most = NIL
    for moment, following in pairwise([*moments, None]):
        assert moment is not None  # noqa: S101 - only the last of a pair is None
        if moment.ahead > 0:
            since = since or moment.day
            most = max(most, moment.ahead)
        if since and (following is None or following.ahead == 0):
            found.append(Stretch(since, following.day if following else None, most))
            since, most = None, NIL
    return found
