"""Acts of the ledger: what is recorded, what counts, what is refused and in which words."""

import datetime as dt
import uuid
from decimal import Decimal

import pghistory.models
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from budgets import services
from budgets.ledger import position_of
from budgets.models import BudgetChange, Decision, MinutedHeadline, UrgentRecord
from budgets.services import NewHeadline, NewLine, NewPlanLine, NewStop
from budgets.standing import Standing
from council_hms import once
from council_hms.concurrency import StaleError
from council_hms.financial_year import FinancialYear
from council_hms.models import CouncilSettings
from tests.factories import (
    make_body,
    make_change,
    make_plan,
    make_project,
    make_source,
    make_spend,
)

pytestmark = pytest.mark.django_db
D = Decimal
Y23 = FinancialYear(2023)
DAY = dt.date(2023, 6, 14)


@pytest.fixture
def source(db):
    return make_source("Capital programme")


@pytest.fixture
def council(db):
    return make_body("council", "Council", position=9)


@pytest.fixture
def board(council):
    return make_body("project_board", "Project board", position=1, ratified_by=council)


@pytest.fixture
def record(finance_officer, project, source):
    def make(amount="100000", **fields):
        return services.record_change(
            by=finance_officer,
            project=fields.pop("project", project),
            kind=fields.pop("kind", "increase"),
            title=fields.pop("title", "More"),
            lines=fields.pop("lines", [NewLine(Y23, "capital", source, D(amount))]),
            **fields,
        )

    return make


@pytest.fixture
def decide(finance_officer):
    def make(change, body, outcome="approved", on=DAY, **fields):
        if change.submitted_on is None:
            BudgetChange.objects.filter(pk=change.pk, submitted_on=None).update(
                submitted_on=on, submitted_by=finance_officer
            )
        return services.record_decision(
            by=fields.pop("by", finance_officer),
            change=change,
            body=body,
            outcome=outcome,
            decided_on=on,
            **fields,
        )

    return make


def submit(change, officer, *stops, on=DAY):
    services.plan_route(
        by=officer,
        change=change,
        stops=[NewStop(body, expects) for body, expects in stops],
        reason="The council’s custom",
    )
    return services.submit_change(by=officer, change=change, on=on)


def standing(change, day=DAY):
    found = BudgetChange.objects.with_standing(day).with_what_happened().get(pk=change.pk)
    return Standing.of(found, day)


def test_a_change_goes_from_draft_to_approved(
    record, decide, finance_officer, council, board, project
):
    change = record()
    assert standing(change).code == "draft"
    assert position_of(project, DAY).sought.total == 0
    submit(change, finance_officer, (board, "recommend"), (council, "approve"))
    assert standing(change).code == "sought"
    assert standing(change).next_stop.body == board
    decide(change, None, "recommended", step=change.decisions.get(body=board))
    assert standing(change).code == "recommended"
    decide(change, None, step=change.decisions.get(body=council), minute_number="12")
    assert standing(change).words == "Approved by Council, 14 June 2023"
    assert position_of(project, DAY).approved.capital == 100_000
    assert position_of(project, DAY - dt.timedelta(days=1)).approved.total == 0


def test_a_board_without_authority_gives_an_interim_approval_until_it_is_ratified(
    record, decide, finance_officer, council, board, project
):
    change = record("263000")
    submit(change, finance_officer, (board, "approve"), (council, "ratify"))
    decision = decide(change, None, step=change.decisions.get(body=board))
    assert not decision.has_authority
    assert (
        decision.authority_reason == "Project board had no authority over capital on 14 June 2023."
    )
    assert standing(change).code == "interim"
    assert "needs ratification by Council" in standing(change).words
    position = position_of(project, DAY)
    assert (position.approved.total, position.interim.total) == (0, 263_000)
    later = DAY + dt.timedelta(days=30)
    decide(change, None, "ratified", on=later, step=change.decisions.get(body=council))
    assert standing(change, later).words == "Ratified by Council, 14 July 2023"
    assert position_of(project, later).interim.total == 0
    assert position_of(project, later).approved.total == 263_000
    assert position_of(project, DAY).interim.total == 263_000  # as at June nothing has changed


def test_the_limit_is_judged_by_what_one_change_adds(record, decide, finance_officer, council):
    cabinet = make_body("cabinet", "Cabinet", ratified_by=council)
    cabinet.limits.create(kind="capital", per_change=D("250000"), since=dt.date(2015, 4, 1))
    within, over = record("250000"), record("250000.01")
    assert decide(within, cabinet).has_authority
    assert not decide(over, cabinet).has_authority


def test_what_was_approved_earlier_in_the_year_is_counted(record, decide, council):
    head = make_body("officer", "Head")
    head.limits.create(
        kind="capital", per_change=D("50"), per_year=D("80"), since=dt.date(2015, 4, 1)
    )
    assert decide(record("50"), head).has_authority
    assert decide(record("30"), head).has_authority
    last = decide(record("1"), head)
    assert not last.has_authority
    assert "in the year, above its limit of £80" in last.authority_reason
    assert decide(record("50"), head, on=dt.date(2024, 4, 1)).has_authority


def test_what_is_resolved_may_differ_and_both_are_kept(record, decide, source, council, project):
    change = record("100000")
    decide(change, council, resolved_lines=[NewLine(Y23, "capital", source, D("80000"))])
    found = standing(change)
    assert found.resolved_differs
    assert (found.capital, found.asked_capital) == (80_000, 100_000)
    assert position_of(project, DAY).approved.total == 80_000


@pytest.mark.parametrize("outcome", ["refused", "withdrawn", "called_in"])
def test_what_is_undone_counts_no_longer(
    record, decide, finance_officer, council, project, outcome
):
    cabinet = make_body("cabinet", "Cabinet", limits=True)
    change = record()
    submit(change, finance_officer, (cabinet, "approve"))
    decide(change, None, step=change.decisions.get())
    later = DAY + dt.timedelta(days=7)
    decide(change, council, outcome, on=later)
    assert position_of(project, DAY).approved.total == 100_000
    assert position_of(project, later).approved.total == 0
    assert standing(change, later).code == outcome
    decide(change, council, "approved", on=later + dt.timedelta(days=7))
    assert position_of(project, later + dt.timedelta(days=7)).approved.total == 100_000


def test_what_was_undone_weighs_no_longer_and_what_was_resolved_weighs(
    record, decide, council, source
):
    head = make_body("officer", "Head")
    head.limits.create(
        kind="capital", per_change=D("80"), per_year=D("80"), since=dt.date(2015, 4, 1)
    )
    first = record("60")
    decide(first, head, resolved_lines=[NewLine(Y23, "capital", source, D("30"))])
    assert decide(record("50"), head).has_authority  # 30 resolved and 50, not 60 and 50
    decide(first, council, "withdrawn")
    assert decide(record("30"), head).has_authority


def test_a_body_decides_only_on_what_was_put_to_it(record, finance_officer, council):
    with pytest.raises(services.BudgetError, match="Submit the change first"):
        services.record_decision(
            by=finance_officer, change=record(), body=council, outcome="approved", decided_on=DAY
        )


def test_a_decision_on_what_someone_else_has_changed_is_refused(record, decide, council):
    change = record()
    seen = change.version
    services.edit_change(by=change.created_by, change=change, version=seen, title="Another")
    with pytest.raises(StaleError):
        decide(change, council, version=seen)
    assert not change.decisions.exists()


def test_a_deferral_brings_the_item_back_to_the_same_body(
    record, decide, finance_officer, council, board
):
    change = record()
    submit(change, finance_officer, (council, "approve"), (board, "note"))
    decide(change, None, "deferred", step=change.decisions.get(body=council))
    assert standing(change).code == "deferred"
    assert [(stop.position, stop.body.name, stop.outcome) for stop in change.decisions.all()] == [
        (1, "Council", "deferred"),
        (2, "Council", None),
        (3, "Project board", None),
    ]


def test_a_retrospective_approval_is_marked(record, decide, source, council):
    change = record(lines=[NewLine(FinancialYear(2022), "capital", source, D("263000"))])
    decide(change, council)
    assert [year.label for year in standing(change).retrospective_years] == ["2022-23"]


def test_urgent_powers_need_their_record(record, decide):
    chief = make_body("urgent_powers", "Chief Executive", limits=True)
    change = record()
    with pytest.raises(services.BudgetError, match="needs its record"):
        decide(change, chief)
    decide(
        change, chief, urgent=UrgentRecord(reasons="Flood", alternatives="None", consulted="Leader")
    )
    assert UrgentRecord.objects.get().reported_on is None


def test_nothing_is_ratified_that_was_not_interim(record, decide, council):
    with pytest.raises(services.BudgetError, match="no interim approval"):
        decide(record(), council, "ratified")


def test_a_decision_in_the_future_is_refused(record, decide, council):
    with pytest.raises(services.BudgetError, match="future"):
        decide(record(), council, on=dt.date(2199, 1, 1))


def test_with_four_eyes_a_decision_counts_once_another_has_confirmed_it(
    record, decide, finance_officer, second_finance_officer, council, project
):
    CouncilSettings.objects.create(pk=1, four_eyes=True)
    decision = decide(record(), council)
    assert position_of(project, DAY).approved.total == 0
    with pytest.raises(services.NotDecidedBySameError):
        services.confirm_decision(by=finance_officer, decision=decision)
    services.confirm_decision(by=second_finance_officer, decision=decision)
    assert position_of(project, DAY).approved.total == 100_000
    with pytest.raises(services.BudgetError, match="already"):
        services.confirm_decision(by=second_finance_officer, decision=decision)


def test_a_decided_change_is_corrected_by_a_reversal(
    record, decide, finance_officer, council, project
):
    change = record()
    decide(change, council)
    with pytest.raises(services.BudgetError, match="by a reversal"):
        services.edit_change(by=finance_officer, change=change, version=2, title="Other")
    with pytest.raises(services.BudgetError, match="Say why"):
        services.reverse_change(by=finance_officer, change=change, reason=" ")
    mirror = services.reverse_change(by=finance_officer, change=change, reason="Entered twice")
    decide(mirror, council)
    assert position_of(project, DAY).approved.total == 0
    assert BudgetChange.objects.count() == 2
    with pytest.raises(services.BudgetError, match="already been reversed"):
        services.reverse_change(by=finance_officer, change=change, reason="Again")


def test_both_projects_show_a_virement(
    decide, finance_officer, source, council, project, other_project
):
    change = services.record_change(
        by=finance_officer,
        project=project,
        kind="virement",
        title="Under-spend",
        lines=[
            NewLine(Y23, "capital", source, D(-50), other_project),
            NewLine(Y23, "capital", source, D(50)),
        ],
    )
    decide(change, council)
    assert position_of(project, DAY).approved.total == 50
    assert position_of(other_project, DAY).approved.total == -50


def test_an_unbalanced_virement_is_refused_in_words(record):
    with pytest.raises(services.UnbalancedError, match="must sum to nil: they sum to £100,000"):
        record(kind="virement")


def test_money_does_not_cross_the_ring_fence_unless_the_council_lets_it(
    record, finance_officer, project
):
    hra_source = make_source("HRA programme", fund="HRA")
    lines = [NewLine(Y23, "capital", hra_source, D(5))]
    with pytest.raises(services.RingFenceError, match="ring-fence"):
        record(lines=lines)
    CouncilSettings.objects.create(pk=1, ring_fence_rule="flag")
    assert record(lines=lines).pk


def test_a_line_twice_is_refused_in_words(record, source):
    with pytest.raises(services.BudgetError, match="there twice"):
        record(lines=[NewLine(Y23, "capital", source, D(1)), NewLine(Y23, "capital", source, D(2))])


def test_a_headline_keeps_its_words_and_its_precision(record):
    record(headlines=[NewHeadline("capital", "£528k"), NewHeadline("total", "£1.7 million", "to")])
    assert [
        (h.words, h.amount, h.nearest, h.basis) for h in MinutedHeadline.objects.order_by("pk")
    ] == [
        ("£528k", 528_000, 1_000, "by"),
        ("£1.7 million", 1_700_000, 100_000, "to"),
    ]


def test_the_same_form_sent_twice_has_one_effect(record, project):
    token = uuid.uuid4()
    change = record(token=token)
    with pytest.raises(once.AlreadyDone) as done:
        record(token=token)
    assert done.value.result_url == change.get_absolute_url()
    assert project.budget_changes.count() == 1


def test_a_stale_edit_is_refused_and_shows_what_stands(record, finance_officer):
    change = record()
    services.edit_change(by=finance_officer, change=change, version=1, title="Theirs")
    with pytest.raises(StaleError) as stale:
        services.edit_change(by=finance_officer, change=change, version=1, title="Mine")
    assert stale.value.current.title == "Theirs"
    assert BudgetChange.objects.get(pk=change.pk).title == "Theirs"


def test_a_change_is_submitted_whole_or_not(record, finance_officer, council):
    empty = record(lines=[])
    with pytest.raises(services.BudgetError, match="Enter the lines"):
        services.submit_change(by=finance_officer, change=empty, on=DAY)
    change = record()
    with pytest.raises(services.BudgetError, match="Plan the route"):
        services.submit_change(by=finance_officer, change=change, on=DAY)


def test_the_proposed_route_says_why(record, council, board):
    cabinet = make_body("cabinet", "Cabinet", position=5)
    stops = services.proposed_route(record(), DAY)
    assert [(stop.key, stop.expects) for stop in stops] == [
        (board.pk, "recommend"),
        (cabinet.pk, "recommend"),
        (council.pk, "approve"),
    ]
    assert "within the authority of Council" in stops[-1].reason


def test_a_plan_takes_the_place_of_the_one_before_from_its_day_on(finance_officer, project):
    for day, amount in ((dt.date(2023, 1, 1), 10), (dt.date(2023, 6, 1), 20)):
        services.save_cost_plan(
            by=finance_officer,
            project=project,
            dated=day,
            lines=[NewPlanLine(Y23, "capital", D(amount))],
        )
    assert [plan.dated.month for plan in project.cost_plans.current(dt.date(2023, 5, 31))] == [1]
    assert [plan.dated.month for plan in project.cost_plans.current(dt.date(2023, 6, 1))] == [6]
    with pytest.raises(StaleError):
        services.save_cost_plan(
            by=finance_officer, project=project, dated=dt.date(2023, 6, 1), lines=[], version=None
        )


def test_a_closed_year_takes_no_more_spend_and_its_plan_stands(finance_officer, project):
    services.save_cost_plan(
        by=finance_officer,
        project=project,
        dated=dt.date(2022, 5, 1),
        lines=[NewPlanLine(FinancialYear(2022), "capital", D(10))],
    )
    services.close_year(by=finance_officer, year=FinancialYear(2022), on=dt.date(2023, 6, 30))
    with pytest.raises(services.ClosedYearError, match="2022-23 is closed"):
        services.record_spend(
            by=finance_officer,
            project=project,
            posted_on=dt.date(2023, 3, 31),
            nature="capital",
            amount=D(1),
        )
    with pytest.raises(services.ClosedYearError):
        services.save_cost_plan(
            by=finance_officer,
            project=project,
            dated=DAY,
            lines=[NewPlanLine(FinancialYear(2022), "capital", D(11))],
        )
    with pytest.raises(services.BudgetError, match="close it after"):
        services.close_year(by=finance_officer, year=FinancialYear(2098), on=DAY)


def test_the_database_itself_keeps_a_closed_year(finance_officer, project):
    closed, plan_line = FinancialYear(2022), NewPlanLine(FinancialYear(2022), "capital", D(10))
    services.save_cost_plan(
        by=finance_officer, project=project, dated=dt.date(2022, 5, 1), lines=[plan_line]
    )
    entry = make_spend(project, dt.date(2023, 3, 31), 5)
    year = services.close_year(by=finance_officer, year=closed, on=dt.date(2023, 6, 30))
    open_line = NewPlanLine(Y23, "capital", D(3))
    later = services.save_cost_plan(  # the closed year's figures repeated: taken
        by=finance_officer, project=project, dated=DAY, lines=[plan_line, open_line]
    )
    attacks = [
        lambda: make_spend(project, dt.date(2023, 3, 31), 5),
        lambda: project.spend.filter(pk=entry.pk).update(amount=6),
        lambda: project.spend.filter(pk=entry.pk).update(year=Y23),
        lambda: project.spend.filter(pk=entry.pk).delete(),
        lambda: later.lines.filter(year=closed).update(amount=11),
        lambda: later.lines.filter(year=closed).delete(),
        lambda: make_plan(project, [(2022, "capital", 11)], dated=dt.date(2023, 7, 1)),
        lambda: make_plan(make_project(), [(2022, "capital", 11)], dated=dt.date(2023, 7, 1)),
    ]
    for attack in attacks:
        with pytest.raises(IntegrityError, match="2022 is closed"), transaction.atomic():
            attack()
    services.save_cost_plan(  # the other years of the same plan may change
        by=finance_officer,
        project=project,
        dated=DAY,
        version=later.version,
        lines=[plan_line, NewPlanLine(Y23, "capital", D(4))],
    )
    with pytest.raises(services.ClosedYearError, match="capital stays £10 in every later plan"):
        services.save_cost_plan(
            by=finance_officer, project=project, dated=dt.date(2023, 8, 1), lines=[open_line]
        )
    with pytest.raises(PermissionDenied):
        services.reopen_year(by=finance_officer, closed=year, reason="Audit adjustment")


def test_a_plan_saved_again_touches_only_what_differs(finance_officer, project):
    lines = [NewPlanLine(Y23, "capital", D(1)), NewPlanLine(Y23, "revenue", D(2))]
    plan = services.save_cost_plan(by=finance_officer, project=project, dated=DAY, lines=lines)
    kept = plan.lines.get(nature="capital").pk
    lines[1] = NewPlanLine(Y23, "revenue", D(3))
    services.save_cost_plan(
        by=finance_officer, project=project, dated=DAY, lines=lines, version=plan.version
    )
    assert plan.lines.get(nature="capital").pk == kept
    assert plan.lines.get(nature="revenue").amount == 3
    assert len(pghistory.models.Events.objects.tracks(plan.lines.get(nature="capital"))) == 1


def test_an_administrator_opens_a_year_again_with_the_reason(
    finance_officer, administrator, project
):
    year = services.close_year(
        by=finance_officer, year=FinancialYear(2022), on=dt.date(2023, 6, 30)
    )
    with pytest.raises(services.BudgetError, match="Say why"):
        services.reopen_year(by=administrator, closed=year, reason=" ")
    services.reopen_year(by=administrator, closed=year, reason="Audit adjustment")
    assert make_spend(project, dt.date(2023, 3, 31), 5).pk


def test_capital_is_not_moved_into_revenue_by_a_virement_unless_the_council_lets_it(record, source):
    lines = [NewLine(Y23, "capital", source, D(-5)), NewLine(Y23, "revenue", source, D(5))]
    with pytest.raises(services.NatureError, match="moves £5 from capital into revenue"):
        record(kind="virement", lines=lines)
    assert record(kind="reclassification", lines=lines).pk
    CouncilSettings.objects.create(pk=1, nature_rule="flag")
    assert record(kind="virement", lines=lines).pk


def test_a_reversal_is_made_once_and_its_kind_follows_its_sign(record, decide, council):
    change = record("-500", kind="decrease")
    decide(change, council)
    mirror = services.reverse_change(by=change.created_by, change=change, reason="Wrong project")
    assert (mirror.kind, mirror.lines.get().amount) == ("increase", 500)
    with pytest.raises(services.BudgetError, match=f"already been reversed, by {mirror.reference}"):
        services.reverse_change(by=change.created_by, change=change, reason="Again")


def test_spend_is_reversed_and_never_removed(finance_officer, project):
    entry = make_spend(project, DAY, 500)
    services.reverse_spend(by=finance_officer, entry=entry, on=DAY, reason="Wrong project")
    assert position_of(project, DAY).spent.total == 0
    assert project.spend.count() == 2
    with pytest.raises(services.BudgetError, match="already been reversed"):
        services.reverse_spend(by=finance_officer, entry=entry, on=DAY, reason="Again")


def test_only_those_who_enter_budgets_may(board_member, project, source):
    with pytest.raises(PermissionDenied):
        services.record_change(
            by=board_member, project=project, kind="increase", title="x", lines=[]
        )


def test_the_history_names_the_act_and_who_did_it(record, decide, council, finance_officer):
    change = record(reason="From the minutes of June")
    decide(change, council)
    events = pghistory.models.Events.objects.tracks(change).order_by("pgh_created_at")
    first = events.first()
    assert first.pgh_context["act"] == "change.record"
    assert first.pgh_context["reason"] == "From the minutes of June"
    assert first.pgh_context["by_name"] == "Finance officer"
    decision = Decision.objects.get()
    assert (
        pghistory.models.Events.objects.tracks(decision).first().pgh_context["act"]
        == "change.approved"
    )


def test_as_known_on_a_day_leaves_out_what_was_entered_later(record, decide, council, project):
    from django.utils import timezone

    before = timezone.now()
    decide(record(), council)
    assert position_of(project, DAY).approved.total == 100_000
    assert position_of(project, DAY, known_at=before).approved.total == 0


def test_queries_of_a_position_do_not_grow_with_lines_or_decisions(
    project, source, council, django_assert_num_queries, finance_officer
):
    for number in range(3):
        make_change(
            project,
            [(2023 + year, "capital", 1, make_source()) for year in range(10)],
            reference=f"Q-{number}",
        )
    with django_assert_num_queries(5):
        position_of(project, DAY)
    assert make_project().pk
