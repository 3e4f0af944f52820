"""The services against an independent reckoning in whole pence: any order of acts, any day, the same figures.

Hypothesis makes up a council's year: changes are recorded, edited, submitted, decided, deferred,
refused, withdrawn, called in, ratified, reversed, confirmed. A reckoning that knows no table and no
query follows along in integers. After each step both must say the same, to the penny, and the
database must keep every promise that can be seen in a moment.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from budgets import services
from budgets.models import AuthorityLimit, Decision, Line
from budgets.verification import approved_otherwise, unbalanced
from council_hms.access import Role
from council_hms.financial_year import FinancialYear
from council_hms.models import CouncilSettings
from tests.factories import make_body, make_project, make_source, make_user

FIRST = dt.date(2023, 4, 1)
DAYS = st.integers(0, 700).map(lambda days: FIRST + dt.timedelta(days=days))
PENCE = st.integers(1, 10**9)
LIMIT_PENCE = 25_000_000
END = dt.date(2026, 3, 31)


@dataclass
class Reckoned:
    """A change as the pencil has it: pence as asked, and what each body did to it, in order."""

    pence: int
    submitted: bool = False
    #: outcome, day, whether it had the authority, pence it resolved (None: as asked), confirmed
    decided: list[list] = field(default_factory=list)

    def standing(self, day: dt.date) -> tuple[str, int]:
        """What it counts as on a day, and for how many pence."""
        taken = [step for step in self.decided if step[1] <= day and step[4]]
        for place, (outcome, _, authority, resolved, _) in enumerate(taken):
            undone = any(
                later[0] in ("refused", "withdrawn", "called_in") for later in taken[place + 1 :]
            )
            if outcome in ("approved", "ratified") and authority and not undone:
                return "approved", self.pence if resolved is None else resolved
        return "else", 0


class Ledger(RuleBasedStateMachine):
    """A council's year, made up."""

    changes = Bundle("changes")

    def __init__(self) -> None:
        super().__init__()
        self.year = transaction.atomic()
        self.year.__enter__()

    def teardown(self) -> None:
        if hasattr(self, "reckoned"):
            for day in (FIRST, dt.date(2024, 3, 31), END):
                self.agree_on(day)
            assert list(unbalanced()) == []
            assert list(approved_otherwise()) == []
        transaction.set_rollback(True)
        self.year.__exit__(None, None, None)

    @initialize(four_eyes=st.booleans())
    def start(self, four_eyes: bool) -> None:
        self.officer = make_user(Role.FINANCE_OFFICER)
        self.second = make_user(Role.FINANCE_OFFICER)
        CouncilSettings.objects.create(pk=1, four_eyes=four_eyes)
        self.four_eyes = four_eyes
        self.project, self.source = make_project(), make_source()
        self.council = make_body("council", limits=True)
        self.board = make_body("project_board", ratified_by=self.council)
        self.cabinet = make_body("cabinet", ratified_by=self.council)
        AuthorityLimit.objects.create(
            body=self.cabinet,
            kind="capital",
            per_change=Decimal(LIMIT_PENCE) / 100,
            since=dt.date(2015, 4, 1),
        )
        self.reckoned: dict[int, Reckoned] = {}

    def line(self, pence: int) -> list[services.NewLine]:
        return [services.NewLine(FinancialYear(2023), "capital", self.source, Decimal(pence) / 100)]

    @rule(target=changes, pence=PENCE)
    def record(self, pence: int):
        change = services.record_change(
            by=self.officer,
            project=self.project,
            kind="increase",
            title="A change",
            lines=self.line(pence),
        )
        self.reckoned[change.pk] = Reckoned(pence)
        return change

    @rule(change=changes, pence=PENCE)
    def edit(self, change, pence: int) -> None:
        change.refresh_from_db()
        entered = self.reckoned[change.pk]
        try:
            services.edit_change(
                by=self.officer, change=change, version=change.version, lines=self.line(pence)
            )
            assert not entered.decided
            entered.pence = pence
        except services.BudgetError:
            assert entered.decided

    @rule(change=changes, day=DAYS)
    def submit(self, change, day: dt.date) -> None:
        change.refresh_from_db()
        entered = self.reckoned[change.pk]
        try:
            if not change.decisions.exists():
                services.plan_route(
                    by=self.officer,
                    change=change,
                    stops=[services.NewStop(self.council, "approve")],
                )
            services.submit_change(by=self.officer, change=change, on=day)
            assert not entered.submitted
            entered.submitted = True
        except services.BudgetError:
            assert entered.submitted

    @rule(
        change=changes,
        day=DAYS,
        body=st.sampled_from(["council", "cabinet", "board"]),
        outcome=st.sampled_from(
            "approved approved approved recommended noted ratified deferred refused withdrawn "
            "called_in".split()
        ),
        resolved=st.none() | PENCE,
    )
    def decide(self, change, day: dt.date, body: str, outcome: str, resolved: int | None) -> None:
        entered = self.reckoned[change.pk]
        pence = entered.pence if resolved is None else resolved
        try:
            decision = services.record_decision(
                by=self.officer,
                change=change,
                body=getattr(self, body),
                outcome=outcome,
                decided_on=day,
                resolved_lines=None if resolved is None else self.line(resolved),
            )
        except services.BudgetError:
            held = [step for step in entered.decided if step[0] in ("approved", "ratified")]
            assert not entered.submitted or (
                outcome == "ratified" and not any(not step[2] for step in held)
            )
            return
        assert entered.submitted
        may = {"council": True, "cabinet": pence <= LIMIT_PENCE, "board": False}[body]
        authority = outcome in ("approved", "ratified") and may
        assert decision.has_authority is authority, decision.authority_reason
        entered.decided.append([outcome, day, authority, resolved, not self.four_eyes])

    @rule(change=changes)
    def confirm(self, change) -> None:
        waiting = Decision.objects.filter(
            change=change, needs_confirmation=True, outcome__isnull=False, confirmed_at=None
        ).order_by("position")
        if not (decision := waiting.first()):
            return
        with pytest.raises(services.NotDecidedBySameError):
            services.confirm_decision(by=self.officer, decision=decision)
        services.confirm_decision(by=self.second, decision=decision)
        next(step for step in self.reckoned[change.pk].decided if not step[4])[4] = True

    @rule(target=changes, change=consumes(changes))
    def reverse(self, change):
        mirror = services.reverse_change(by=self.officer, change=change, reason="A wrong entry")
        entered = self.reckoned[change.pk]
        state, pence = entered.standing(dt.date.today())
        self.reckoned[mirror.pk] = Reckoned(-(pence if state == "approved" else entered.pence))
        return multiple(mirror)

    @invariant()
    def figures_are_those_of_the_pencil(self) -> None:
        if hasattr(self, "reckoned"):
            self.agree_on(END)

    def agree_on(self, day: dt.date) -> None:
        """The approved total of the project is what the pencil says, in whole pence."""
        expected = sum(entered.standing(day)[1] for entered in self.reckoned.values())
        shown = Line.objects.filter(project=self.project).approved(day).totals("project_id")
        assert int(sum(row["total"] for row in shown) * 100) == expected


@pytest.mark.slow
@pytest.mark.django_db
def test_any_year_comes_to_the_same_by_pencil() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
