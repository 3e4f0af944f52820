"""What the ledger says of a report's projects, as named amounts for the checker; and which projects it is about."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse

from budgets.ledger import funding_table_of, position_of
from budgets.models import BudgetChange, KeyDecisionThreshold, Line, SpendEntry
from budgets.position import Amounts, Position
from council_hms.financial_year import FinancialYear
from council_hms.models import CouncilSettings
from council_hms.money import in_words
from projects.models import Project
from reports.checking.facts import Fact, Facts
from reports.checking.paper import Paper, Prose, ProseKind
from reports.inserts import day_words

NATURES = ("capital", "revenue", "total")
#: A report that names more projects than this is a list of them; its reader chooses which to check.
MOST_PROJECTS = 10


# -- which projects, which day ----------------------------------------------------------------


def projects_named(paper: Paper, user: Any) -> list[Project]:
    """The projects that a report names by reference or title, among those that ``user`` may see. One query.

    A title of one word, or a short reference that is an everyday word of the trade (ICT), names nothing by itself.
    """
    text = " ".join(_texts(paper))
    folded = " ".join(text.split()).casefold()
    words = set(re.findall(r"[A-Z0-9][A-Z0-9/-]*[A-Z0-9]", text))
    found = []
    for project in Project.objects.visible_to(user).projects().order_by("reference"):
        told_by_reference = project.reference in words and (
            len(project.reference) > 4 or bool(re.search(r"\d|-", project.reference))
        )
        title = " ".join(project.title.split()).casefold()
        if told_by_reference or (" " in title and title in folded):
            found.append(project)
    return found[:MOST_PROJECTS]


def date_of(paper: Paper) -> dt.date | None:
    """The date in the report's header; None when it has none that can be read."""
    for block in paper.blocks:
        if (
            isinstance(block, Prose)
            and block.kind is ProseKind.FACT
            and re.fullmatch(
                r"((date|day)( of (the )?meeting)?|meeting( date)?)", block.label, re.IGNORECASE
            )
            and (day := _day(block.text))
        ):
            return day
    return None


def _day(text: str) -> dt.date | None:
    found = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?([A-Z][a-z]+),?\s+(\d{4})\b", text)
    if found:
        for form in ("%d %B %Y", "%d %b %Y"):
            try:
                return dt.datetime.strptime(f"{found[1]} {found[2]} {found[3]}", form).date()  # noqa: DTZ007 - a day
            except ValueError:
                continue
    found = re.search(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b", text)
    try:
        return dt.date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


def _texts(paper: Paper) -> Iterator[str]:
    yield paper.title
    for block in paper.blocks:
        if isinstance(block, Prose):
            yield block.text
        else:
            yield block.caption
            yield from (cell.text for row in block.rows for cell in row)


# -- facts ------------------------------------------------------------------------------------


def facts_of(projects: Iterable[Project], as_at: dt.date) -> Facts:
    """What the ledger says of projects on a day, and the thresholds of key decisions then in force.

    The caller passes projects that whoever asks may see. Some fifteen queries a project.
    """
    years = CouncilSettings.current().table_years
    facts: list[Fact] = []
    for project in projects:
        teller = _Teller(project, as_at, position_of(project, as_at))
        facts += teller.approved()
        facts += teller.changes()
        facts += teller.spend()
        facts += teller.standing()
        facts += teller.funding(years)
    thresholds = KeyDecisionThreshold.objects.filter(since__lte=as_at).filter(
        Q(until=None) | Q(until__gte=as_at)
    )
    return Facts(
        as_at=as_at,
        facts=tuple(facts),
        key_decision_thresholds=tuple(
            thresholds.order_by("kind", "since").values_list("kind", "amount")
        ),
    )


def _amounts(rows: Iterable[dict[str, Any]]) -> Amounts:
    """Sums by nature as one pair."""
    totals = {row["nature"]: row["total"] for row in rows}
    return Amounts(totals.get("capital", Decimal(0)), totals.get("revenue", Decimal(0)))


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells the facts of one project on one day. Each method is one part of the ledger."""

    project: Project
    as_at: dt.date
    position: Position

    def _href(self, page: str) -> str:
        return reverse(page, args=[self.project.reference])

    def _one(self, about: str, words: str, amount: Decimal, page: str, **more: Any) -> Fact:
        """One figure; ``page`` shows it, unless ``more`` has an address of its own."""
        more.setdefault("href", self._href(page) if page else "")
        return Fact(self.project.reference, about, words, amount, **more)

    def _each(
        self, about: str, named: str, amounts: Amounts, page: str, **more: Any
    ) -> Iterator[Fact]:
        """A figure in all, and by nature where there is any: "capital budget approved". None of nil."""
        for nature, amount in (
            ("total", amounts.total),
            ("capital", amounts.capital),
            ("revenue", amounts.revenue),
        ):
            if amount:
                words = named if nature == "total" else f"{nature} {named}"
                yield self._one(about, words, amount, page, nature=nature, **more)

    def approved(self) -> Iterator[Fact]:
        """Approved in all, by nature, and by year and nature."""
        begun = f"budget approved for years to {FinancialYear.of(self.as_at)}"
        yield from self._each(
            "approved", "budget approved", self.position.approved, "position", on=self.as_at
        )
        yield from self._each(
            "approved", begun, self.position.approved_to_date, "position", on=self.as_at
        )
        lines = Line.objects.filter(project=self.project).approved(self.as_at)
        for row in lines.totals("nature", "year"):
            yield self._one(
                "approved",
                f"{row['nature']} approved for {row['year']}",
                row["total"],
                "funding",
                nature=row["nature"],
                years=(row["year"],),
            )

    def changes(self) -> Iterator[Fact]:
        """Each approved change: what it added, and to what it brought the budget; the original apart."""
        changes = (
            BudgetChange.objects.filter(project=self.project)
            .with_standing(self.as_at)
            .filter(approved_on__lte=self.as_at)  # type: ignore[misc]  # annotated by with_standing
            .order_by("approved_on", "pk")
        )
        rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
        lines = Line.objects.filter(project=self.project, change__project=self.project)
        for row in lines.approved(self.as_at).totals("change_id", "nature"):
            rows[row["change_id"]].append(row)
        reached = Decimal(0)
        for change in changes:
            added = _amounts(rows[change.pk])
            reached += added.total
            on: dt.date = change.approved_on  # type: ignore[attr-defined]  # annotated by with_standing
            more = {"on": on, "href": change.get_absolute_url(), "source": change.reference}
            if change.kind == "original":
                named = f"original budget, approved {day_words(on)}"
                yield from self._each("original", named, added, "", **more)
                continue
            named = f"added by {change.title}, approved {day_words(on)}"
            yield from self._each("increase_by", named, added, "", **more)
            if reached:
                words = f"budget after {change.title}, approved {day_words(on)}"
                yield self._one("increase_to", words, reached, "", **more)

    def spend(self) -> Iterator[Fact]:
        """Spend to the day, and to the end of each financial year before it. Two queries."""
        spend = SpendEntry.objects.filter(project=self.project).to_date(self.as_at)
        first = spend.order_by("posted_on").values_list("posted_on", flat=True).first()
        if first is None:
            return
        begun, this_year = FinancialYear.of(first), FinancialYear.of(self.as_at)
        posted = list(spend.totals("posted_on", "nature"))
        for year in [*begun.run(this_year.start - begun.start), this_year]:
            day = min(year.last_day, self.as_at)
            natures: dict[str, Decimal] = defaultdict(Decimal)
            for row in posted:
                if row["posted_on"] <= day:
                    natures[row["nature"]] += row["total"]
            amounts = Amounts(natures["capital"], natures["revenue"])
            named = f"spend to {day_words(day)}"
            yield from self._each("spent", named, amounts, "position", on=day)

    def standing(self) -> Iterator[Fact]:
        """Held on interim authority, sought and not approved, and how far spend is ahead of formal approval."""
        position, on = self.position, self.as_at
        interim, sought = "held on interim authority", "sought and not yet approved"
        yield from self._each("interim", interim, position.interim, "position", on=on)
        yield from self._each("sought", sought, position.sought, "position", on=on)
        asked = Line.objects.filter(project=self.project).sought(self.as_at)
        for row in asked.totals("change__title", "nature"):
            words = f"{row['nature']} sought by {row['change__title']}"
            yield self._one("sought", words, row["total"], "position", nature=row["nature"], on=on)
        if worst := position.worst_year:
            words = f"spend ahead of formal approval at the end of {worst.year}"
            yield self._one("ahead", words, position.ahead, "position", years=(worst.year,), on=on)

    def funding(self, years: int) -> Iterator[Fact]:
        """The funding table: requirement, available and ask by nature and year, over the years, and in all."""
        table = funding_table_of(self.project, self.as_at, years=years)
        span = f"{table.years[0]} to {table.years[-1]}"
        for about, named, row in (
            ("requirement", "budget requirement", table.requirement),
            ("available", "budget available", table.available),
            ("ask", "additional budget ask", table.ask),
        ):
            if not any(row.amounts.values()):
                continue
            over = dict.fromkeys(NATURES, Decimal(0))
            for (nature, year), amount in row.amounts.items():
                over[nature] += amount
                over["total"] += amount
                words = f"{nature} {named} {year}"
                yield self._one(about, words, amount, "funding", nature=nature, years=(year,))
            for nature in NATURES:
                words = f"{'' if nature == 'total' else f'{nature} '}{named} {span}"
                whole = tuple(table.years)
                yield self._one(about, words, over[nature], "funding", nature=nature, years=whole)


def in_plain_words(facts: Sequence[Fact]) -> list[str]:
    """Each fact as a line: "HMS: spend to 31 March 2023: £3.188m"."""
    return [f"{fact.project}: {fact.words}: {in_words(fact.amount)}" for fact in facts]
