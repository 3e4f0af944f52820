"""The portfolio as a person asked for it: narrowed, grouped, ordered, paged, as at a day; its tables and charts.

Sums come from budgets.portfolio. What is not a sum (milestones, risks, ratings) is asked for the
projects on the page alone, so that ten thousand projects cost what a hundred do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, OuterRef, Subquery
from django.http import QueryDict
from django.urls import reverse

from budgets.portfolio import GROUPS, ORDERS, ProjectRow, Sums, Totals
from council_hms import charts
from council_hms.charts import Bar, Chart, Series
from council_hms.financial_year import FinancialYear
from council_hms.findings import Severity
from council_hms.grid import Cell, Column, Difference, Format, Grid, Row, RowKind, Sum
from council_hms.models import CouncilSettings
from projects.models import Fund, HighlightReport, Milestone, Project
from reports.dashboards.concerns import Tally, Weight, tally_for
from reports.dashboards.home import Agenda, agenda
from reports.forms.portfolio import PortfolioForm
from risks.models import Risk

PER_PAGE = (25, 50, 100)
#: Up to so many projects the charts over all of them are drawn at once; beyond, when they are asked for.
DRAWN_AT_ONCE = 500
#: Projects or milestones in a chart.
MOST_IN_CHART = 12
SIGN = "A variance above nil is over what is approved; a negative one is under it. A negative ask is a surplus."

ORDER_WORDS = {
    "variance": "Worst variance first",
    "ahead": "Furthest ahead of authority first",
    "reference": "Reference",
    "approved": "Most approved first",
    "spent": "Most spent first",
    "forecast": "Highest forecast first",
    "ask": "Largest ask first",
}


class Portfolio:
    """One showing of the portfolio."""

    def __init__(self, query: QueryDict, user: Any, today: dt.date) -> None:
        self.query = query
        self.user = user
        self.today = today
        self.council = CouncilSettings.current()
        self._visible: Any = Project.objects.visible_to(user).projects()
        self.form = PortfolioForm(
            query,
            directorates=self._values("directorate"),
            cabinet_members=self._values("cabinet_member"),
        )
        self.form.is_valid()

    def _values(self, column: str) -> list[str]:
        values = self._visible.exclude(**{column: ""}).order_by(column)
        return list(values.values_list(column, flat=True).distinct())

    # -- what was asked -----------------------------------------------------------------------

    @cached_property
    def asked(self) -> dict[str, Any]:
        """What the filters hold; a wrong value counts as none."""
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def as_at(self) -> dt.date:
        day: dt.date = self.asked.get("as_at") or self.today
        return day

    @property
    def is_narrowed(self) -> bool:
        return bool(set(self.asked) - {"as_at"})

    @cached_property
    def by(self) -> str:
        asked = self.query.get("by", "")
        return asked if asked in GROUPS else "directorate"

    @cached_property
    def order(self) -> str:
        asked = self.query.get("order", "")
        return asked if asked in ORDERS else "variance"

    @cached_property
    def per_page(self) -> int:
        asked = self.query.get("per_page", "")
        return int(asked) if asked in {str(size) for size in PER_PAGE} else PER_PAGE[0]

    @cached_property
    def page(self) -> int:
        asked = self.query.get("page", "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        return min(max(number, 1), self.last_page)

    @property
    def last_page(self) -> int:
        return max(1, -(-self.sums.projects // self.per_page))

    @cached_property
    def projects(self) -> Any:
        """The projects that the filters leave."""
        projects = self._visible
        asked = self.asked
        if "q" in asked:
            projects = projects.search(asked["q"])
        for name in ("directorate", "cabinet_member", "fund", "stage"):
            if name in asked:
                projects = projects.filter(**{name: asked[name]})
        if "confidence" in asked:
            latest = HighlightReport.objects.filter(project=OuterRef("pk")).submitted(self.as_at)
            projects = projects.annotate(
                confidence=Subquery(
                    latest.order_by("-period_to", "-pk").values("delivery_confidence")[:1]
                )
            ).filter(confidence=asked["confidence"])
        return projects

    def address(self, **changed: str) -> str:
        """The query of this page with some of it changed; the page starts again unless it is named."""
        kept = {
            name: value.isoformat() if isinstance(value, dt.date) else str(value)
            for name, value in self.asked.items()
        }
        kept["by"] = self.by if self.by != "directorate" else ""
        kept["order"] = self.order if self.order != "variance" else ""
        kept["per_page"] = str(self.per_page) if self.per_page != PER_PAGE[0] else ""
        return "?" + urlencode(
            {name: value for name, value in {**kept, **changed}.items() if value}
        )

    # -- figures ------------------------------------------------------------------------------

    @cached_property
    def totals(self) -> Totals:
        return Totals(self.projects, self.as_at, self.today)

    @cached_property
    def sums(self) -> Sums:
        return self.totals.grand()

    @cached_property
    def rows(self) -> list[ProjectRow]:
        """The projects on this page."""
        return self.totals.rows(
            self.order, start=(self.page - 1) * self.per_page, most=self.per_page
        )

    def _open_risks(self, rows: Sequence[ProjectRow]) -> dict[int, int]:
        """How many open risks of each project the reader may see."""
        counts = (
            Risk.objects.visible_to(self.user)
            .open(self.as_at)
            .filter(register__project__in=[row.pk for row in rows])
            .order_by()
            .values_list("register__project_id")
            .annotate(count=Count("pk"))
        )
        return dict(counts)

    @cached_property
    def tally(self) -> Tally | None:
        """How the findings of everything the reader sees weigh; None when they must be worked out first."""
        return tally_for(self.user, self.as_at)

    @cached_property
    def weight(self) -> Weight | None:
        """Open findings of the projects that the filters leave, of everything when there are none; None as above."""
        if self.tally is None:
            return None
        return self._weight_of_projects if self.is_narrowed else self.tally.weight

    @cached_property
    def weight_beyond(self) -> Weight:
        """Those of ``weight`` that are of no project: in the corporate register, in reports on none."""
        if self.tally is None or self.is_narrowed:
            return Weight()
        return self.tally.by_project.get(None, Weight())

    @cached_property
    def _weight_of_projects(self) -> Weight:
        return Weight.sum(self._weights_of_groups.values())

    def findings_address(self, severity: str) -> str:
        """The list of the open findings that are counted here; empty when no list is narrowed like this page."""
        if "confidence" in self.asked:
            return ""
        query = {name: str(value) for name, value in self.asked.items() if name != "as_at"}
        query |= {"severity": severity, "state": "open", "as_at": self.as_at.isoformat()}
        return f"{reverse('finding_list')}?{urlencode(query)}"

    @property
    def finding_counts(self) -> list[tuple[Severity, int, str]]:
        """Severity, how many, and the list of them."""
        weight = self.weight or Weight()
        counts = (weight.severe, weight.warning, weight.advice)
        return [
            (level, count, self.findings_address(level.name.lower()))
            for level, count in zip(reversed(Severity), counts, strict=True)
        ]

    @cached_property
    def agenda(self) -> Agenda:
        """What needs a decision at which body next."""
        return agenda(self.user, self.as_at, self.projects)

    # -- tables -------------------------------------------------------------------------------

    def _project_page(self, reference: str, name: str, **query: str) -> str:
        if self.as_at != self.today:
            query["as_at"] = self.as_at.isoformat()
        address = reverse(name, args=[reference])
        return f"{address}?{urlencode(query)}" if query else address

    @property
    def grid(self) -> Grid:
        """The projects on this page, each figure with its origin."""
        return self._grid_of(self.rows)

    @property
    def everything(self) -> Grid:
        """All projects that the filters leave, up to 20,000, to take away."""
        return self._grid_of(self.totals.rows(self.order, most=20_000))

    def _grid_of(self, shown: Sequence[ProjectRow]) -> Grid:
        open_risks = self._open_risks(shown)
        this_year = FinancialYear.of(self.as_at).label
        rows = []
        for row in shown:
            position = self._project_page(row.reference, "position")
            years = str(min(row.ask_years, 10))
            funding = self._project_page(
                row.reference, "funding", first_year=this_year, years=years, totals="on"
            )
            overview = self._project_page(row.reference, "project")
            rows.append(
                Row(
                    row.reference,
                    row.reference,
                    {
                        "title": Cell(row.title, overview),
                        "stage": Cell(row.stage_words),
                        "confidence": Cell(row.confidence_words or None),
                        "original": Cell(row.original),
                        "approved": Cell(row.approved, position),
                        "spent": Cell(row.spent, position),
                        "forecast": Cell(row.forecast, f"{overview}#money"),
                        "variance": Cell(row.variance, f"{overview}#money"),
                        "ahead": Cell(row.ahead, position),
                        "ask": Cell(row.ask, funding),
                        "risks": Cell(
                            open_risks.get(row.pk, 0),
                            self._project_page(row.reference, "project_risks"),
                        ),
                    },
                )
            )
        return Grid(
            caption=f"Projects as at {self.as_at.day} {self.as_at:%B %Y} ({self.council.unit.heading})",
            name="Portfolio",
            row_heading="Project",
            unit=self.council.unit,
            negative=self.council.negative,
            columns=(
                Column("title", "Title"),
                Column("stage", "Stage"),
                Column("confidence", "Confidence"),
                Column("original", "Original budget", Format.MONEY),
                Column("approved", "Approved", Format.MONEY),
                Column("spent", "Spent", Format.MONEY),
                Column("forecast", "Forecast outturn", Format.MONEY),
                Column(
                    "variance", "Variance", Format.MONEY, casts=Difference("forecast", "approved")
                ),
                Column("ahead", "Ahead of authority", Format.MONEY),
                Column("ask", "Ask", Format.MONEY),
                Column("risks", "Open risks", Format.COUNT),
            ),
            rows=rows,
            notes=(SIGN, "A blank is not known: the project has no cost plan in force."),
            about=(("As at", f"{self.as_at.day} {self.as_at:%B %Y}"), ("Sign", SIGN)),
        )

    @cached_property
    def group_grid(self) -> Grid:
        """Sums by what projects share, with the total; each group leads to its projects."""
        heading = GROUPS[self.by][0]
        groups = self.totals.by(self.by)
        weights = self._weights_of_groups
        rows = [
            Row(
                f"group-{number}",
                words,
                self._sum_cells(
                    sums,
                    self.address(**{self.by: value, "by": self.by}) if value else "",
                    weights.get(value, Weight()),
                ),
            )
            for number, (value, words, sums) in enumerate(groups)
        ]
        keys = tuple(row.key for row in rows)
        total = self._sum_cells(self.sums, "", self._weight_of_projects)
        rows.append(Row("total", "Total", total, RowKind.TOTAL, Sum(keys)))
        return Grid(
            caption=f"By {heading.lower()} ({self.council.unit.heading})",
            row_heading=heading,
            unit=self.council.unit,
            negative=self.council.negative,
            columns=(
                Column("projects", "Projects", Format.COUNT),
                Column("approved", "Approved", Format.MONEY),
                Column("spent", "Spent", Format.MONEY),
                Column("forecast", "Forecast outturn", Format.MONEY),
                Column("variance", "Variance", Format.MONEY),
                Column("ask", "Ask", Format.MONEY),
                Column("over", "Over budget", Format.COUNT),
                *(
                    (
                        Column("severe", "Severe findings", Format.COUNT),
                        Column("warning", "Warnings", Format.COUNT),
                    )
                    if self.tally is not None
                    else ()
                ),
            ),
            rows=rows,
            notes=(SIGN, *self._unknown_note()),
        )

    @cached_property
    def _weights_of_groups(self) -> dict[str, Weight]:
        """Open findings of each group; empty when findings must be worked out first."""
        if self.tally is None:
            return {}
        weights: dict[str, list[Weight]] = {}
        for pk, value in self.totals.members(self.by).items():
            if pk in self.tally.by_project:
                weights.setdefault(value, []).append(self.tally.by_project[pk])
        return {value: Weight.sum(each) for value, each in weights.items()}

    def _unknown_note(self) -> list[str]:
        unknown = self.sums.unknown
        if not unknown:
            return []
        who = "1 project has" if unknown == 1 else f"{unknown:,} projects have"
        return [
            f"{who} no cost plan in force: not in forecast, variance and ask, but in approved and spent."
        ]

    @staticmethod
    def _sum_cells(sums: Sums, href: str, weight: Weight) -> dict[str, Cell]:
        return {
            "projects": Cell(sums.projects, href),
            "approved": Cell(sums.approved),
            "spent": Cell(sums.spent),
            "forecast": Cell(sums.forecast),
            "variance": Cell(sums.variance),
            "ask": Cell(sums.ask),
            "over": Cell(sums.over),
            "severe": Cell(weight.severe),
            "warning": Cell(weight.warning),
        }

    # -- charts -------------------------------------------------------------------------------

    @property
    def money_chart(self) -> Chart | None:
        """Approved against spent and forecast, of the first projects on the page."""
        rows = [row for row in self.rows if row.approved or row.spent or row.forecast]
        rows = rows[:MOST_IN_CHART]
        if not rows:
            return None
        return charts.grouped_bars(
            "Approved, spent and forecast of the first projects on this page",
            [row.reference for row in rows],
            [
                Series("Approved", [row.approved for row in rows]),
                Series("Spent", [row.spent for row in rows]),
                Series("Forecast", [row.forecast or Decimal(0) for row in rows]),
            ],
            "Project",
        )

    @property
    def slip_chart(self) -> Chart | None:
        """The milestones on this page that slipped most, in months against their baselines."""
        milestones: Any = (
            Milestone.objects.visible_to(self.user)
            .filter(project__in=[row.pk for row in self.rows])
            .standing(self.as_at)
            .with_dates(self.as_at)
            .select_related("project")
        )
        late = [
            (slip.months or 0, milestone, slip)
            for milestone in milestones
            for slip in (milestone.slippage(self.as_at),)
            if (slip.months or 0) > 0
        ]
        late.sort(key=lambda each: (-each[0], each[1].pk))
        if not late:
            return None
        return charts.plain_bars(
            "Milestones on this page that slipped most",
            [
                Bar(f"{milestone.project.reference} {milestone.name}", months, slip.in_words)
                for months, milestone, slip in late[:MOST_IN_CHART]
            ],
            "Milestone",
            "Slip",
        )

    @property
    def draws_all(self) -> bool:
        """Whether the charts over all projects are drawn: when they are few, or asked for."""
        return self.sums.projects <= DRAWN_AT_ONCE or self.query.get("charts") == "all"

    @property
    def spend_chart(self) -> Chart | None:
        """Spend by year and fund, of all projects that the filters leave."""
        if not self.draws_all:
            return None
        found = self.totals.spend_by_year()
        years = sorted({year for year, _, _ in found})
        if not years:
            return None
        amounts = {(year, fund): amount for year, fund, amount in found}
        funds = [
            (value, label)
            for value, label in Fund.choices
            if any(fund == value for _, fund, _ in found)
        ]
        return charts.grouped_bars(
            "Spend by year and fund",
            [FinancialYear(year).label for year in years],
            [
                Series(str(label), [amounts.get((year, value), Decimal(0)) for year in years])
                for value, label in funds
            ],
            "Year",
        )

    @property
    def trend_chart(self) -> Chart | None:
        """Approved and spent in all at the end of each of the last years and on the day."""
        if not self.draws_all or self.sums.projects > DRAWN_AT_ONCE:
            return None
        this_year = FinancialYear.of(self.as_at)
        days = [(this_year + number).last_day for number in range(-5, 0)] + [self.as_at]
        sums = [Totals(self.projects, day, self.today).grand() for day in days[:-1]] + [self.sums]
        if not any(each.approved or each.spent for each in sums):
            return None
        return charts.grouped_bars(
            "Approved and spent in all, year by year",
            [f"{day.day} {day:%b %Y}" for day in days],
            [
                Series("Approved", [each.approved for each in sums]),
                Series("Spent", [each.spent for each in sums]),
            ],
            "As at",
        )

    def drawn(self) -> Sequence[Chart]:
        """The charts that there is anything to draw in."""
        every = (self.money_chart, self.slip_chart, self.spend_chart, self.trend_chart)
        return [chart for chart in every if chart is not None]
