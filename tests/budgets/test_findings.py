"""Each check of the ledger on a case that has it and on one that has not, as at any day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets import findings
from budgets.models import KeyDecisionThreshold, MinutedHeadline, UrgentRecord
from council_hms.findings import Finding, Scope, Severity, check_of, run
from projects.models import Project
from tests.factories import (
    add_lines,
    decide,
    make_body,
    make_change,
    make_plan,
    make_project,
    make_source,
    make_spend,
)

AS_AT = dt.date(2023, 6, 14)  # in 2023-24


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def found(code: str, as_at: dt.date = AS_AT) -> list[Finding]:
    return list(check_of(f"budgets.{code}").find(Scope(Project.objects.all(), as_at)))


def subjects(code: str, as_at: dt.date = AS_AT) -> list[str]:
    return sorted(finding.subject for finding in found(code, as_at))


@pytest.fixture
def council(db):
    return make_body("council", "Council")


@pytest.fixture
def board(council):
    return make_body("project_board", "Project board", limits=False, ratified_by=council)


@pytest.fixture
def cabinet(db):
    return make_body("cabinet", "Cabinet", limits=False)


@pytest.fixture
def approved(council):
    """Makes a change that Council approved on a day."""

    def make(project, lines, on="2022-02-01", **fields):
        change = make_change(project, lines, submitted_on=day("2022-01-01"), **fields)
        decide(change, council, "approved", day(on), has_authority=True)
        return change

    return make


def test_spend_ahead_of_formal_approval(project, approved, board):
    approved(project, [(2022, "capital", 100_000)])
    make_spend(project, day("2022-06-01"), 100_000)
    assert found("ahead_of_authority") == []
    make_spend(project, day("2022-09-01"), 50_000)
    [finding] = found("ahead_of_authority")
    assert (finding.amount, finding.since, finding.subject) == (
        Decimal("50000.00"),
        day("2023-03-31"),
        "year-2022",
    )
    assert "on nobody's recorded word" in finding.message
    assert found("ahead_of_authority", day("2022-08-31")) == []  # it was not spent yet
    held = make_change(project, [(2022, "capital", 50_000)], submitted_on=day("2022-08-01"))
    decide(held, board, "approved", day("2022-08-15"))
    assert "on the word of the Project board alone" in found("ahead_of_authority")[0].message


def test_a_later_years_budget_does_not_mend_what_was_spent_before(project, approved):
    approved(project, [(2023, "capital", 500_000)])
    make_spend(project, day("2022-06-01"), 1_000)
    assert found("ahead_of_authority")[0].amount == Decimal("1000.00")


def test_what_is_ahead_today_and_what_was_on_a_day_long_past_are_both_found(project, approved):
    """Stored totals answer for today alone."""
    make_spend(project, day("2022-06-01"), 1_000)
    approved(project, [(2022, "capital", 1_000)], on="2022-12-01")
    assert len(found("ahead_of_authority", day("2022-11-30"))) == 1
    assert found("ahead_of_authority", day("2022-12-01")) == []
    assert found("ahead_of_authority", day("2026-11-25")) == []


def test_an_interim_approval_waits_until_it_is_ratified(project, board, council):
    change = make_change(project, [(2022, "capital", 1_000)], reference="HMS-01")
    decide(change, board, "approved", day("2023-02-01"))
    assert subjects("interim_awaiting_ratification") == ["HMS-01"]
    assert found("interim_awaiting_ratification", day("2023-01-31")) == []
    decide(change, council, "ratified", day("2023-06-10"), has_authority=True)
    assert found("interim_awaiting_ratification") == []
    assert subjects("interim_awaiting_ratification", day("2023-06-09")) == ["HMS-01"]


def test_money_for_a_year_that_had_ended_is_retrospective(project, approved):
    approved(project, [(2022, "capital", 1_000)], on="2023-03-31", reference="IN-TIME")
    approved(project, [(2022, "capital", 1_000)], on="2023-04-01", reference="LATE")
    make_change(project, [(2022, "capital", 1_000)], reference="WAITS")
    make_change(project, [(2022, "capital", -1_000)], reference="GIVES-BACK")
    assert subjects("retrospective_request") == ["LATE", "WAITS"]
    assert subjects("retrospective_request", day("2023-03-31")) == []
    messages = {each.subject: each.message for each in found("retrospective_request")}
    assert "was approved after the year had ended" in messages["LATE"]
    assert "is asked for after the year had ended" in messages["WAITS"]


def test_what_was_resolved_decides_whether_it_is_retrospective(project, council):
    change = make_change(project, [(2023, "capital", 1_000)], reference="RESOLVED")
    decision = decide(change, council, "approved", day("2023-05-01"), has_authority=True)
    assert found("retrospective_request") == []
    add_lines(change, [(2022, "capital", 1_000)], decision)
    assert subjects("retrospective_request") == ["RESOLVED"]


def test_a_headline_differs_by_more_than_its_rounding(project, approved):
    change = approved(project, [(2023, "capital", 538_000), (2023, "revenue", 448_400)])
    for words, nature, amount in (("£528k", "capital", 528_000), ("£448k", "revenue", 448_000)):
        MinutedHeadline.objects.create(
            change=change, words=words, nature=nature, amount=amount, basis="by", nearest=1_000
        )
    [finding] = found("headline_differs_from_lines")
    assert finding.amount == Decimal("10000.00")
    assert "£528k" in finding.message


def test_a_plan_above_and_below_what_is_approved_is_told_year_by_year(project, approved):
    approved(project, [(2023, "capital", 100_000), (2024, "capital", 100_000)])
    make_plan(
        project,
        [(2022, "capital", 9), (2023, "capital", 150_000), (2024, "capital", 100_000)],
        dated=day("2023-04-01"),
    )
    [over] = found("forecast_over_budget")
    assert over.amount == Decimal("50000.00")
    assert "£50k capital in 2023-24" in over.message
    assert "2022-23" not in over.message  # a year that has ended is not forecast
    assert found("surplus_year") == []
    make_plan(project, [(2023, "capital", 100_000)], dated=day("2023-06-01"))
    assert found("forecast_over_budget") == []
    [surplus] = found("surplus_year")
    assert "£100k capital in 2024-25" in surplus.message
    assert len(found("forecast_over_budget", day("2023-05-31"))) == 1  # by the plan in force then
    assert found("surplus_year", day("2023-03-31")) == []  # there was no plan


def test_without_a_plan_nothing_is_forecast(project, approved):
    approved(project, [(2023, "capital", 100_000)])
    assert found("forecast_over_budget") == found("surplus_year") == []


def test_an_ask_that_names_no_source_until_it_is_approved(project, council):
    nowhere, grant = make_source("Not stated", kind="not_stated"), make_source("Grant")
    make_change(project, [(2023, "capital", 5_000, grant)], reference="NAMED")
    change = make_change(project, [(2023, "capital", 1_000, nowhere)], reference="UNNAMED")
    assert subjects("no_funding_source") == ["UNNAMED"]
    assert found("no_funding_source")[0].amount == Decimal("1000.00")
    assert found("no_funding_source", day("2022-12-31")) == []
    decide(change, council, "approved", day("2023-06-01"), has_authority=True)
    assert found("no_funding_source") == []


def test_the_ring_fence_is_crossed_by_a_source_and_by_a_virement(project, other_project):
    Project.objects.filter(pk=project.pk).update(fund="HRA")
    Project.objects.filter(pk=other_project.pk).update(fund="GF")
    hra, general = make_source("HRA", fund="HRA"), make_source("GF", fund="GF")
    own = [(2023, "capital", 1_000, hra, project), (2024, "capital", -1_000, hra, project)]
    across = [(2023, "capital", 7_000, hra, project), (2023, "capital", -7_000, hra, other_project)]
    make_change(project, [(2023, "capital", 1_000, hra)], reference="OWN-SOURCE")
    make_change(project, [(2023, "capital", 1_000, general)], reference="SOURCE")
    make_change(project, own, kind="virement", reference="WITHIN")
    make_change(project, across, kind="virement", reference="ACROSS")
    assert subjects("ring_fence_crossed") == ["ACROSS", "SOURCE"]
    assert found("ring_fence_crossed", day("2022-12-31")) == []
    assert {finding.level for finding in found("ring_fence_crossed")} == {Severity.SEVERE}


def test_a_virement_keeps_capital_and_revenue_apart(project, other_project):
    make_change(
        project,
        [(2023, "capital", 500), (2024, "capital", -500)],
        kind="virement",
        reference="APART",
    )
    mixed = [(2023, "capital", 500), (2023, "revenue", -500)]
    make_change(project, mixed, kind="virement", reference="MIXED")
    make_change(project, mixed, kind="reclassification", reference="SAYS-SO")
    assert subjects("nature_crossed") == ["MIXED"]
    assert found("nature_crossed")[0].amount == Decimal("500.00")
    assert found("nature_crossed", day("2022-12-31")) == []


def test_revenue_is_not_met_from_what_funds_only_capital(project):
    receipts = make_source("Capital receipts", kind="capital_receipts", may_fund_revenue=False)
    make_change(project, [(2023, "capital", 1_000, receipts)], reference="RIGHT")
    make_change(project, [(2023, "revenue", 1_000, receipts)], reference="WRONG")
    salaries = make_source("Own budget", kind="department", may_fund_capital=False)
    make_change(project, [(2023, "capital", 2_000, salaries)], reference="REVERSE")
    assert subjects("source_of_wrong_nature") == ["REVERSE", "WRONG"]
    assert found("source_of_wrong_nature", day("2022-12-31")) == []


def test_a_key_decision_marked_no(project, cabinet, council):
    KeyDecisionThreshold.objects.create(kind="capital", amount=500_000, since=day("2020-01-01"))

    def ask(reference, amount, body, **fields):
        change = make_change(project, [(2023, "capital", amount)], reference=reference, **fields)
        decide(change, body, "recommended", day("2023-02-01"))

    ask("BELOW", 499_999, cabinet)
    ask("ABOVE", 500_000, cabinet)
    ask("MARKED", 500_000, cabinet, key_decision=True)
    ask("COUNCILS-OWN", 500_000, council)
    ask("BEFORE-THE-RULE", 500_000, cabinet, submitted_on=day("2019-12-31"))
    split = make_change(
        project,
        [(2023, "capital", 300_000), (2024, "capital", 300_000), (2025, "capital", -400_000)],
        reference="YEARS-TOGETHER",
    )
    decide(split, cabinet, "recommended", day("2023-02-01"))
    assert subjects("key_decision_marked_no") == ["ABOVE", "YEARS-TOGETHER"]
    assert found("key_decision_marked_no", day("2022-12-31")) == []


def test_an_urgent_decision_is_reported_to_council(project):
    chief = make_body("urgent_powers", "Chief executive", limits=True)
    change = make_change(project, [(2022, "capital", 1_000)], reference="URGENT")
    decision = decide(change, chief, "approved", day("2023-02-01"), has_authority=True)
    record = UrgentRecord.objects.create(
        decision=decision,
        reasons="It could not wait",
        alternatives="None",
        consulted="The leader",
    )
    assert subjects("urgent_decision_not_reported") == ["URGENT"]
    assert found("urgent_decision_not_reported", day("2023-01-31")) == []
    record.reported_on = day("2023-05-01")
    record.save()
    assert found("urgent_decision_not_reported") == []
    assert subjects("urgent_decision_not_reported", day("2023-04-30")) == ["URGENT"]


def test_a_decision_waits_for_a_second_person(project, council, second_finance_officer):
    change = make_change(project, [(2023, "capital", 1_000)], reference="ONE-PERSON")
    decision = decide(
        change, council, "approved", day("2023-02-01"), has_authority=True, needs_confirmation=True
    )
    sure = make_change(project, [(2023, "capital", 1_000)])
    decide(sure, council, "approved", day("2023-02-01"), has_authority=True)
    assert subjects("decision_not_confirmed") == ["ONE-PERSON"]
    assert found("decision_not_confirmed", day("2023-01-31")) == []
    decision.confirmed_by, decision.confirmed_at = second_finance_officer, decision.entered_at
    decision.save()
    assert found("decision_not_confirmed") == []


def test_a_meeting_that_passed_without_a_decision(project, council):
    change = make_change(project, [(2023, "capital", 1_000)], reference="FORGOTTEN")
    stop = decide(change, council, None, None, planned_for=day("2023-06-13"))
    assert subjects("meeting_passed") == ["FORGOTTEN"]
    assert found("meeting_passed", day("2023-06-13")) == []
    stop.planned_for = AS_AT
    stop.save()
    assert found("meeting_passed") == []


def test_many_projects_take_as_many_queries_as_one(project, council, board, cabinet):
    KeyDecisionThreshold.objects.create(kind="capital", amount=10, since=day("2020-01-01"))
    hra = make_source("HRA", fund="HRA", may_fund_revenue=False)

    def fill(where: Project) -> None:
        change = make_change(
            where, [(2022, "capital", 100, hra), (2022, "revenue", 100, hra)], kind="increase"
        )
        decide(change, board, "approved", day("2023-05-01"))
        decide(change, cabinet, None, None, planned_for=day("2023-06-01"))
        make_plan(where, [(2023, "capital", 50), (2024, "capital", 5)], dated=day("2023-04-01"))
        make_spend(where, day("2022-06-01"), 1_000)

    def count() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            all_found = run(
                Scope(Project.objects.all(), AS_AT), [check.code for check in findings.CHECKS]
            )
        return len(queries), len(all_found)

    fill(project)
    queries, first = count()
    for number in range(3):
        fill(make_project(f"MORE-{number}"))
    assert count() == (queries, 4 * first)


def test_where_no_project_is_looked_at_nothing_is_found(project, approved):
    approved(project, [(2022, "capital", 1_000)], on="2023-05-01")
    scope = Scope(Project.objects.none(), AS_AT, beyond_projects=True)
    assert run(scope, [check.code for check in findings.CHECKS]) == []
