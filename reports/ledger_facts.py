"""What the ledger says of a report's projects, as named amounts for the checker; and which projects it is about."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse

from budgets.ledger import funding_table_of, position_of
from budgets.models import BudgetChange, KeyDecisionThreshold, Line, SpendEntry
from budgets.position import Amounts
from council_hms.financial_year import FinancialYear
from council_hms.models import CouncilSettings
from council_hms.money import in_words
from projects.models import Project
from reports.checking.facts import Fact, Facts
from reports.checking.paper import Paper, Prose, ProseKind

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

    The caller passes projects that whoever asks may see. Some twenty queries a project.
    """
    years = CouncilSettings.current().table_years
    facts: list[Fact] = []
    for project in projects:
        facts += _approved(project, as_at)
        facts += _changes(project, as_at)
        facts += _spend(project, as_at)
        facts += _standing(project, as_at)
        facts += _funding(project, as_at, years)
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


def _of(amounts: Amounts) -> Iterator[tuple[str, str, Decimal]]:
    """Nature, the words that go before a noun, and pounds: in all, and by nature where there is any."""
    yield "total", "", amounts.total
    if amounts.capital and amounts.revenue:
        yield "capital", "capital ", amounts.capital
        yield "revenue", "revenue ", amounts.revenue
    elif amounts.capital:
        yield "capital", "capital ", amounts.capital
    elif amounts.revenue:
        yield "revenue", "revenue ", amounts.revenue


def _approved(project: Project, as_at: dt.date) -> list[Fact]:
    """Approved in all, by nature, and by year and nature."""
    facts = []
    href = reverse("position", args=[project.reference])
    position = position_of(project, as_at)
    this_year = FinancialYear.of(as_at)
    for amounts, until in (
        (position.approved, ""),
        (position.approved_to_date, f" for years to {this_year}"),
    ):
        for nature, words, amount in _of(amounts):
            if amount:
                said = f"{words}budget approved{until}"
                facts.append(
                    Fact(project.reference, "approved", said, amount, nature, on=as_at, href=href)
                )
    href = reverse("funding", args=[project.reference])
    for row in Line.objects.filter(project=project).approved(as_at).totals("nature", "year"):
        facts.append(
            Fact(
                project.reference,
                "approved",
                f"{row['nature']} approved for {row['year']}",
                row["total"],
                row["nature"],
                years=(row["year"],),
                href=href,
            )
        )
    return facts


def _changes(project: Project, as_at: dt.date) -> list[Fact]:
    """Each approved change: what it added, and to what it brought the budget; the original apart."""
    changes = (
        BudgetChange.objects.filter(project=project)
        .with_standing(as_at)
        .filter(approved_on__lte=as_at)  # type: ignore[misc]  # annotated by with_standing
        .order_by("approved_on", "pk")
    )
    sums: dict[int, Amounts] = {}
    for row in (
        Line.objects.filter(project=project, change__project=project)
        .approved(as_at)
        .totals("change_id", "nature")
    ):
        before = sums.get(row["change_id"], Amounts())
        added = (
            Amounts(row["total"]) if row["nature"] == "capital" else Amounts(revenue=row["total"])
        )
        sums[row["change_id"]] = Amounts(
            before.capital + added.capital, before.revenue + added.revenue
        )
    facts = []
    reached = Decimal(0)
    for change in changes:
        amounts = sums.get(change.pk, Amounts())
        reached += amounts.total
        on: dt.date = change.approved_on  # type: ignore[attr-defined]  # annotated by with_standing
        day = f"{on.day} {on:%B %Y}"
        href = change.get_absolute_url()
        about = "original" if change.kind == "original" else "increase_by"
        for nature, words, amount in _of(amounts):
            if amount:
                named = "original budget" if about == "original" else f"added by {change.title}"
                said = f"{words}{named}, approved {day}"
                facts.append(
                    Fact(
                        project.reference,
                        about,
                        said,
                        amount,
                        nature,
                        change.reference,
                        on=on,
                        href=href,
                    )
                )
        if about != "original" and reached:
            facts.append(
                Fact(
                    project.reference,
                    "increase_to",
                    f"budget after {change.title}, approved {day}",
                    reached,
                    source=change.reference,
                    on=on,
                    href=href,
                )
            )
    return facts


def _spend(project: Project, as_at: dt.date) -> list[Fact]:
    """Spend to the day, and to the end of each financial year before it."""
    spend = SpendEntry.objects.filter(project=project).to_date(as_at)
    first = spend.order_by("posted_on").values_list("posted_on", flat=True).first()
    if first is None:
        return []
    href = reverse("position", args=[project.reference])
    begun, this_year = FinancialYear.of(first), FinancialYear.of(as_at)
    days = [year.last_day for year in begun.run(this_year.start - begun.start)]
    facts = []
    for day in [*days, as_at]:
        totals = {row["nature"]: row["total"] for row in spend.to_date(day).totals("nature")}
        amounts = Amounts(totals.get("capital", Decimal(0)), totals.get("revenue", Decimal(0)))
        for nature, words, amount in _of(amounts):
            facts.append(
                Fact(
                    project.reference,
                    "spent",
                    f"{words}spend to {day.day} {day:%B %Y}",
                    amount,
                    nature,
                    on=day,
                    href=href,
                )
            )
    return facts


def _standing(project: Project, as_at: dt.date) -> list[Fact]:
    """Held on interim authority, sought and not approved, and how far spend is ahead of formal approval."""
    position = position_of(project, as_at)
    href = reverse("position", args=[project.reference])
    facts = []
    for about, named, amounts in (
        ("interim", "held on interim authority", position.interim),
        ("sought", "sought and not yet approved", position.sought),
    ):
        for nature, words, amount in _of(amounts):
            if amount:
                facts.append(
                    Fact(
                        project.reference,
                        about,
                        f"{words}{named}",
                        amount,
                        nature,
                        on=as_at,
                        href=href,
                    )
                )
    asked = Line.objects.filter(project=project).sought(as_at)
    for row in asked.totals("change__title", "nature"):
        facts.append(
            Fact(
                project.reference,
                "sought",
                f"{row['nature']} sought by {row['change__title']}",
                row["total"],
                row["nature"],
                on=as_at,
                href=href,
            )
        )
    if worst := position.worst_year:
        facts.append(
            Fact(
                project.reference,
                "ahead",
                f"spend ahead of formal approval at the end of {worst.year}",
                position.ahead,
                years=(worst.year,),
                on=as_at,
                href=href,
            )
        )
    return facts


def _funding(project: Project, as_at: dt.date, years: int) -> list[Fact]:
    """The funding table: requirement, available and ask by nature and year, over the years, and in all."""
    table = funding_table_of(project, as_at, years=years)
    href = reverse("funding", args=[project.reference])
    span = f"{table.years[0]} to {table.years[-1]}"
    facts = []
    for about, row in (
        ("requirement", table.requirement),
        ("available", table.available),
        ("ask", table.ask),
    ):
        if not any(row.amounts.values()):
            continue
        named = {
            "requirement": "budget requirement",
            "available": "budget available",
            "ask": "additional budget ask",
        }[about]
        over = dict.fromkeys(NATURES, Decimal(0))
        for (nature, year), amount in row.amounts.items():
            over[nature] += amount
            over["total"] += amount
            facts.append(
                Fact(
                    project.reference,
                    about,
                    f"{nature} {named} {year}",
                    amount,
                    nature,
                    years=(year,),
                    href=href,
                )
            )
        for nature in NATURES:
            words = "" if nature == "total" else f"{nature} "
            facts.append(
                Fact(
                    project.reference,
                    about,
                    f"{words}{named} {span}",
                    over[nature],
                    nature,
                    years=tuple(table.years),
                    href=href,
                )
            )
    return facts


def in_plain_words(facts: Sequence[Fact]) -> list[str]:
    """Each fact as a line: "HMS: spend to 31 March 2023: £3.188m"."""
    return [f"{fact.project}: {fact.words}: {in_words(fact.amount)}" for fact in facts]
