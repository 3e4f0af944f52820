"""Everything that a board asks about one project on one day, gathered once for a reader; page and board pack draw it.

The reader decides what is in it: a person on the page, OPEN_READER for what the public may see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from budgets.books import books_of
from budgets.charts import authority_chart
from budgets.funding import FundingTable
from budgets.ledger import latest_date_known
from budgets.models import BudgetChange, Decision
from budgets.outturn import Outturn
from budgets.position import Position, Stretch, stretches_ahead
from budgets.standing import Standing, standings_of
from council_hms.access import Permission, may
from council_hms.charts import Chart
from council_hms.financial_year import FinancialYear
from council_hms.findings import Scope, run
from council_hms.grid import Cell, Column, Format, Grid, Row
from council_hms.models import CouncilSettings
from council_hms.money import Unit, in_words
from lessons.duties import duties_of
from lessons.findings import binding_of
from lessons.gate import Duty
from lessons.models import Lesson
from projects.accepted import Concern, concerns_of
from projects.models import (
    Action,
    Benefit,
    Contract,
    Discount,
    HighlightRating,
    HighlightReport,
    Milestone,
    Project,
    SettlementTerm,
    Stage,
)
from projects.slip_chart import slip_chart
from projects.slippage import Slippage
from reports.dashboards import tables
from reports.dashboards.concerns import Weight, weigh
from reports.dashboards.tables import day_words
from risks.standing import Standing as RiskStanding
from risks.standing import top_risks

#: Days without any entry in the ledger after which the page says so.
STALE_AFTER_DAYS = 180


@dataclass(frozen=True, slots=True)
class ProjectDashboard:
    """One project on one day. Amounts are pounds; rows are those that the reader may see."""

    project: Project
    as_at: dt.date
    council: CouncilSettings
    concerns: Sequence[Concern]
    position: Position
    outturn: Outturn
    funding: FundingTable
    history: Sequence[Standing]
    decisions: Sequence[Decision]
    pending: Sequence[Decision]
    chart: Chart | None
    stretches: Sequence[Stretch]
    milestones: Sequence[tuple[Milestone, Slippage]]
    slip_chart: Chart | None
    report: HighlightReport | None
    ratings: Sequence[tuple[HighlightRating, HighlightRating | None]]
    risks: Sequence[RiskStanding]
    actions: Sequence[Action]
    lessons: Sequence[Lesson]
    duties: Sequence[Duty]
    benefits: Sequence[Benefit]
    contracts: Sequence[Contract]
    discounts: Sequence[Discount]
    terms: Sequence[SettlementTerm]
    sees_exempt: bool
    last_entry: dt.date | None

    @property
    def is_stale(self) -> bool:
        """Whether nothing has been decided, planned or spent for so long that the figures of today mislead."""
        return (
            self.last_entry is not None
            and (self.as_at - self.last_entry).days > STALE_AFTER_DAYS
            and self.project.stage != Stage.CLOSED
        )

    @property
    def weight(self) -> Weight:
        """How many open findings of each severity."""
        return weigh(self.concerns)

    @property
    def open_concerns(self) -> list[Concern]:
        return [concern for concern in self.concerns if not concern.is_accepted]

    @property
    def interim_bodies(self) -> list[str]:
        """Bodies on whose word alone something is held."""
        return list(
            dict.fromkeys(
                standing.deciding.body.name
                for standing in self.history
                if standing.code == "interim"
            )
        )

    @property
    def worst_slip(self) -> tuple[Milestone, Slippage] | None:
        """The milestone that slipped most, None when none did."""
        late = [pair for pair in self.milestones if (pair[1].months or 0) > 0]
        return max(late, key=lambda pair: pair[1].months or 0) if late else None

    @property
    def overdue_actions(self) -> list[Action]:
        return [action for action in self.actions if action.is_overdue(self.as_at)]

    @property
    def unanswered(self) -> list[Duty]:
        """Lessons of other projects that this one has still to answer."""
        return [duty for duty in self.duties if not duty.state.is_answered]

    @property
    def holds_exempt(self) -> bool:
        """Whether anything in it is withheld from the public."""
        return any(
            row.exempt
            for rows in (self.discounts, self.terms, [each.risk for each in self.risks])
            for row in rows
        )

    def address(self, name: str, **query: str) -> str:
        """The page of this project behind a section, as at the same day."""
        return (
            reverse(name, args=[self.project.reference])
            + "?"
            + urlencode({**query, "as_at": self.as_at.isoformat()})
        )

    # -- tables -------------------------------------------------------------------------------

    @property
    def milestones_grid(self) -> Grid:
        return tables.milestones(self.project, self.milestones)

    @property
    def lessons_grid(self) -> Grid:
        return tables.lessons(self.lessons)

    @property
    def benefits_grid(self) -> Grid:
        return tables.benefits(self.project, self.benefits, self.as_at, self.council.negative)

    @property
    def funding_grid(self) -> Grid:
        """The funding table in brief: what is needed, what is there, what is still to be asked for."""

        def behind(row: str, nature: str, year: FinancialYear | None) -> str:
            query = {"row": row, "nature": nature}
            if year is not None:
                query["year"] = year.label
            return self.address("funding_lines", **query)

        return self.funding.as_grid(
            unit=self.council.unit, negative=self.council.negative, href=behind
        )

    @property
    def decisions_grid(self) -> Grid:
        """Every decision taken by the day, the earliest first."""
        rows = []
        by_change = {standing.change.pk: standing for standing in self.history}
        has_minutes = any(decision.minute_number for decision in self.decisions)
        for decision in self.decisions:
            standing = by_change.get(decision.change_id)
            decides = standing is not None and standing.deciding == decision
            rows.append(
                Row(
                    f"decision-{decision.pk}",
                    decision.date_words,
                    {
                        "body": Cell(decision.body.name),
                        "outcome": Cell(
                            f"{decision.get_outcome_display()}"
                            + (
                                " (no budget authority)"
                                if decision.outcome in ("approved", "ratified")
                                and not decision.has_authority
                                else ""
                            )
                        ),
                        "change": Cell(
                            f"{decision.change.reference} {decision.change.title}",
                            reverse("change", args=[decision.change.reference]),
                        ),
                        "minute": Cell(decision.minute_number or None),
                        "amount": Cell(
                            standing.total if standing is not None and decides else None
                        ),
                        "running": Cell(
                            standing.running if standing is not None and decides else None
                        ),
                    },
                )
            )
        return Grid(
            caption="Decisions, the earliest first",
            row_heading="When",
            unit=Unit.THOUSANDS,
            negative=self.council.negative,
            columns=(
                Column("body", "Body"),
                Column("outcome", "Decided"),
                Column("change", "On"),
                *([Column("minute", "Minute")] if has_minutes else []),
                Column("amount", "Amount (£000)", Format.MONEY),
                Column("running", "Approved in all (£000)", Format.MONEY),
            ),
            rows=rows,
            notes=("The amount of a change stands beside the decision by which it stands today.",),
        )

    @property
    def ratings_grid(self) -> Grid:
        return Grid(
            caption="Ratings of the latest highlight report",
            row_heading="Aspect",
            columns=(
                Column("last", "Last period"),
                Column("this", "This period"),
                Column("reason", "Reason"),
                Column("proposed", "Proposed by the figures"),
            ),
            rows=[
                Row(
                    rating.aspect,
                    rating.get_aspect_display(),
                    {
                        "last": Cell(last.get_rating_display() if last else "No report"),
                        "this": Cell(rating.get_rating_display() or "Not rated"),
                        "reason": Cell(rating.reason or rating.rule or None),
                        "proposed": Cell(rating.get_proposed_display() or None),
                    },
                )
                for rating, last in self.ratings
            ],
        )

    @property
    def risks_grid(self) -> Grid:
        return Grid(
            caption="The risks with the highest scores",
            row_heading="Risk",
            columns=(
                Column("gross", "Before controls"),
                Column("now", "Now"),
                Column("target", "Target"),
                Column("travel", "Travel"),
                Column("owner", "Owner"),
                Column("controls", "Controls overdue", Format.COUNT),
            ),
            rows=[
                Row(
                    f"risk-{each.risk.pk}",
                    str(each.risk),
                    {
                        "gross": Cell(each.rated("gross") or None),
                        "now": Cell(
                            each.rating + (", above appetite" if each.is_above_appetite else ""),
                            each.risk.get_absolute_url(),
                        ),
                        "target": Cell(each.rated("target") or None),
                        "travel": Cell(each.travel.label if each.travel else None),
                        "owner": Cell(each.risk.owner or None),
                        "controls": Cell(len(each.overdue_controls)),
                    },
                )
                for each in self.risks
            ],
        )

    @property
    def actions_grid(self) -> Grid:
        return Grid(
            caption="Open actions, the earliest due first",
            row_heading="Action",
            columns=(
                Column("owner", "Owner"),
                Column("due", "To be done by", Format.DATE),
                Column("state", "State"),
            ),
            rows=[
                Row(
                    f"action-{action.pk}",
                    action.what,
                    {
                        "owner": Cell(action.owner),
                        "due": Cell(action.due_on),
                        "state": Cell("Overdue" if action.is_overdue(self.as_at) else "Open"),
                    },
                )
                for action in self.actions
            ],
        )

    @property
    def contracts_grid(self) -> Grid:
        here = reverse("contract_list", args=[self.project.reference])
        return Grid(
            caption="Suppliers and contracts",
            row_heading="Contract",
            unit=Unit.POUNDS,
            negative=self.council.negative,
            columns=(
                Column("supplier", "Supplier"),
                Column("starts", "Starts"),
                Column("ends", "Ends"),
                Column("extension", "Can be extended until"),
                Column("value", "Value (£)", Format.MONEY),
            ),
            rows=[
                Row(
                    f"contract-{contract.pk}",
                    contract.title,
                    {
                        "supplier": Cell(contract.supplier.name, here),
                        "starts": Cell(day_words(contract.starts) or "Not stated"),
                        "ends": Cell(day_words(contract.ends) or "Not stated"),
                        "extension": Cell(day_words(contract.extension_until) or "Not stated"),
                        "value": Cell(contract.value),
                    },
                )
                for contract in self.contracts
            ],
        )

    @property
    def agreed_grid(self) -> Grid:
        """Settlement terms and discounts that the reader may see, each with its mark when it is exempt."""
        here = reverse("contract_list", args=[self.project.reference])
        rows = [
            Row(
                f"term-{term.pk}",
                term.title,
                {
                    "kind": Cell("Settlement term", here),
                    "amount": Cell(term.amount),
                    "when": Cell(term.supplier.name),
                    "exempt": Cell(_exempt_words(term)),
                },
            )
            for term in self.terms
        ]
        for discount in self.discounts:
            window = (
                f"{day_words(discount.claim_from) or 'start not stated'} to "
                f"{day_words(discount.claim_until) or 'end not stated'}"
            )
            contract = discount.contract
            if (
                contract
                and contract.ends
                and discount.claim_until
                and contract.ends < discount.claim_until
            ):
                window += f"; the contract ends {day_words(contract.ends)}, before the window does"
            rows.append(
                Row(
                    f"discount-{discount.pk}",
                    discount.title,
                    {
                        "kind": Cell("Discount", here),
                        "amount": Cell(discount.amount),
                        "claimed": Cell(discount.claimed),
                        "when": Cell(f"Can be claimed {window}"),
                        "exempt": Cell(_exempt_words(discount)),
                    },
                )
            )
        return Grid(
            caption="Settlement terms and discounts",
            row_heading="What",
            unit=Unit.POUNDS,
            negative=self.council.negative,
            columns=(
                Column("kind", "Kind"),
                Column("amount", "Amount (£)", Format.MONEY),
                Column("claimed", "Claimed (£)", Format.MONEY),
                Column("when", "With whom, or when"),
                Column("exempt", "Public?"),
            ),
            rows=rows,
        )

    @property
    def story(self) -> list[str]:
        """The project in sentences: budget, authority, time, what is asked for. Figures are those of the tables."""
        said = []
        outturn, position = self.outturn, self.position
        if outturn.original and outturn.approved != outturn.original:
            said.append(
                f"First approved at {in_words(outturn.original)}; {in_words(outturn.approved)} is formally "
                "approved now, later years included."
            )
        elif outturn.approved:
            said.append(f"{in_words(outturn.approved)} is formally approved.")
        else:
            said.append("Nothing is formally approved.")
        if position.spent.total:
            said.append(f"{in_words(position.spent.total)} has been spent.")
        year = position.worst_year
        if year is not None:
            held = (
                f", held on the word of the {' and the '.join(self.interim_bodies)}"
                if self.interim_bodies and position.ahead_on_interim
                else ""
            )
            said.append(
                f"To the end of {year.year} spend ran {in_words(year.ahead)} ahead of formal approval{held}."
            )
        if outturn.forecast is not None and outturn.variance is not None:
            over = outturn.variance
            against = (
                f"{in_words(over)} more than is approved"
                if over > 0
                else f"{in_words(-over)} less than is approved"
                if over < 0
                else "as approved"
            )
            said.append(
                f"It is forecast to cost {in_words(outturn.forecast)} in the end, {against}."
            )
        if self.worst_slip:
            milestone, slip = self.worst_slip
            said.append(f"{milestone.name} is {slip.in_words}.")
        if outturn.ask is not None and outturn.ask > 0:
            said.append(
                f"Still to be approved for this year and later: {in_words(outturn.ask)} "
                f"({in_words(outturn.ask_capital or Decimal(0))} capital, "
                f"{in_words(outturn.ask_revenue or Decimal(0))} revenue)."
            )
        if self.lessons:
            logged = len(self.lessons)
            said.append(
                f"It has logged {logged} lesson{'' if logged == 1 else 's'} for later projects: "
                + "; ".join(dict.fromkeys(each.category.name.lower() for each in self.lessons))
                + "."
            )
        if self.is_stale:
            said.append(
                f"Nothing has been decided, planned or spent on record since {day_words(self.last_entry)}."
            )
        if self.pending:
            stop = self.pending[0]
            when = f" on {day_words(stop.planned_for)}" if stop.planned_for else ""
            said.append(f"Next: {stop.body.name}{when}, on {stop.change.title}.")
        return said


def _exempt_words(row: Any) -> str:
    if not row.exempt:
        return "Public"
    numbers = ", ".join(str(number) for number in row.exempt_paragraphs)
    return f"Exempt, paragraph {numbers}" if numbers else "Exempt, no paragraph cited"


def gather(project: Project, reader: Any, as_at: dt.date) -> ProjectDashboard:
    """The dashboard of a project that the reader may see. A constant number of queries."""
    council = CouncilSettings.current()
    scope = Scope(Project.objects.filter(pk=project.pk), as_at, reader)
    changes = list(
        BudgetChange.objects.visible_to(reader)
        .touching(project)
        .with_standing(as_at)
        .with_what_happened()
    )
    history = [
        standing for standing in standings_of(changes, as_at, project) if standing.had_begun(as_at)
    ]
    submitted = [
        change for change in changes if change.submitted_on and change.submitted_on <= as_at
    ]
    decisions = (
        Decision.objects.visible_to(reader)
        .filter(change__in=[change.pk for change in submitted])
        .select_related("body", "change")
    )
    books = books_of(project, as_at, years=council.table_years)
    rows = Milestone.objects.visible_to(reader).of(project).standing(as_at).with_dates(as_at)
    milestones = [(row, row.slippage(as_at)) for row in rows]
    reports = list(
        HighlightReport.objects.visible_to(reader)
        .of(project)
        .submitted(as_at)
        .prefetch_related("ratings")[:2]
    )
    report = reports[0] if reports else None
    earlier = {row.aspect: row for row in reports[1].ratings.all()} if len(reports) > 1 else {}
    return ProjectDashboard(
        project=project,
        as_at=as_at,
        council=council,
        concerns=concerns_of(run(scope), as_at),
        position=books.position,
        outturn=books.outturn,
        funding=books.funding,
        history=history,
        decisions=list(decisions.taken(as_at).order_by("decided_on", "change_id", "position")),
        pending=[
            standing.next_stop
            for standing in history
            if standing.next_stop is not None and standing.code not in ("draft", "approved")
        ],
        chart=authority_chart(project.title, books.moments, books.coming)
        if len(books.moments) > 1
        else None,
        stretches=stretches_ahead(books.moments),
        milestones=milestones,
        slip_chart=slip_chart(project, milestones, as_at),
        report=report,
        ratings=[(row, earlier.get(row.aspect)) for row in report.ratings.all()] if report else [],
        risks=top_risks(project, reader, as_at),
        actions=list(Action.objects.visible_to(reader).of(project).open(as_at)),
        lessons=list(
            Lesson.objects.visible_to(reader)
            .filter(project=project, logged_on__lte=as_at)
            .for_lists()
        ),
        duties=duties_of(project, as_at, binding=scope.once(binding_of)).duties,
        benefits=list(Benefit.objects.visible_to(reader).of(project).with_totals()),
        contracts=list(Contract.objects.visible_to(reader).of(project).select_related("supplier")),
        discounts=list(Discount.objects.visible_to(reader).of(project).select_related("contract")),
        terms=list(
            SettlementTerm.objects.visible_to(reader).of(project).select_related("supplier")
        ),
        sees_exempt=may(reader, Permission.SEE_EXEMPT),
        last_entry=latest_date_known(project),
    )
