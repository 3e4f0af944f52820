"""Each finding of delivery on a case that has it and one that has not, as at a date, in one query each."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from council_hms.findings import Finding, Scope, Severity, check_of
from council_hms.models import User
from projects import findings
from projects.models import ChangeRequest, Project
from projects.readers import OPEN_READER
from tests.factories import make_project
from tests.projects.delivery_factories import (
    make_action,
    make_benefit,
    make_contract,
    make_discount,
    make_highlight,
    make_milestone,
    make_request,
)

AS_AT = dt.date(2023, 6, 14)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def found(code: str, as_at: dt.date = AS_AT, user: object = None) -> list[Finding]:
    return list(check_of(f"projects.{code}").find(Scope(Project.objects.all(), as_at, user)))


def test_go_live_three_years_late_is_found_from_the_day_it_was_late(project: Project) -> None:
    make_milestone(project, "Go-live", baseline=day("2018-05-31"), actual=day("2021-05-31"))
    [finding] = found("milestone_slipped")
    assert "Go-live is 36 months late" in finding.message
    assert finding.level == Severity.WARNING
    assert found("milestone_slipped", day("2018-05-31")) == []
    [then] = found("milestone_slipped", day("2019-01-10"))
    assert "at least 8 months late" in then.message
    assert then.level == Severity.SEVERE  # still ahead and more than three months


def test_milestone_on_time_early_withdrawn_or_of_a_closed_project_is_no_finding(
    project: Project,
) -> None:
    make_milestone(project, baseline=day("2023-05-31"), actual=day("2023-05-02"))
    make_milestone(project, baseline=day("2023-05-31"), actual=day("2023-04-30"))
    make_milestone(project, actual=day("2022-11-30"))
    withdrawn = make_milestone(project, baseline=day("2022-01-31"))
    withdrawn.withdrawn_on, withdrawn.withdrawn_reason = day("2022-01-01"), "Not needed"
    withdrawn.save()
    closed = make_project("DONE", stage="closed")
    make_milestone(closed, baseline=day("2018-05-31"), actual=day("2021-05-31"))
    assert found("milestone_slipped") == []


def test_a_new_baseline_takes_the_slip_away_only_from_its_day(project: Project) -> None:
    milestone = make_milestone(project, baseline=day("2023-01-31"), forecast=day("2023-12-31"))
    milestone.dates.create(
        kind="baseline", date=day("2023-12-31"), stated_on=day("2023-06-01"), reason="Board"
    )
    assert found("milestone_slipped") == []
    assert "11 months late" in found("milestone_slipped", day("2023-05-31"))[0].message


def test_highlight_report_overdue(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(stage="delivery", reporting_weeks=4)
    make_highlight(project, day("2023-05-10"), submitted_on=day("2023-05-12"))
    # four weeks after 10 May is 7 June; a week of grace ends on 14 June
    assert found("highlight_overdue", day("2023-06-14")) == []
    [finding] = found("highlight_overdue", day("2023-06-15"))
    assert "due on 7 June 2023; the last one was to 10 May 2023" in finding.message


def test_no_highlight_report_is_overdue_without_interval_before_delivery_or_as_a_draft_counts(
    project: Project,
) -> None:
    make_highlight(project, day("2023-01-10"), submitted_on=day("2023-01-12"))
    assert found("highlight_overdue") == []  # no interval
    Project.objects.filter(pk=project.pk).update(stage="business_case", reporting_weeks=4)
    assert found("highlight_overdue") == []
    Project.objects.filter(pk=project.pk).update(stage="delivery")
    make_highlight(project, day("2023-06-10"))  # a draft tells the board nothing
    assert len(found("highlight_overdue")) == 1


def test_contract_ends_before_the_discounts(project: Project) -> None:
    contract = make_contract(project, ends=day("2025-06-30"), title="System contract")
    make_discount(
        project,
        public=True,
        contract=contract,
        amount=Decimal("60000"),
        claimed=Decimal("10000"),
        claim_from=day("2023-06-14"),
        claim_until=day("2026-06-30"),
    )
    [finding] = found("contract_ends_before_discounts")
    assert finding.amount == Decimal("50000.00")
    assert "“System contract” ends on 30 June 2025" in finding.message
    assert finding.level == Severity.WARNING
    assert found("contract_ends_before_discounts", day("2023-06-13")) == []  # not agreed yet
    assert found("contract_ends_before_discounts", day("2026-07-01")) == []  # nothing left to claim
    contract.extension_until = day("2026-06-30")
    contract.save()
    assert found("contract_ends_before_discounts")[0].level == Severity.ADVICE
    contract.extension_until, contract.ends = None, day("2026-06-30")
    contract.save()
    assert found("contract_ends_before_discounts") == []


def test_an_exempt_discount_is_a_finding_only_to_those_with_the_right(
    project: Project, finance_officer: User, administrator: User
) -> None:
    contract = make_contract(project, ends=day("2025-06-30"))
    make_discount(project, title="CANARY", contract=contract, claim_until=day("2026-06-30"))
    assert len(found("contract_ends_before_discounts", user=finance_officer)) == 1
    assert found("contract_ends_before_discounts", user=administrator) == []
    assert found("contract_ends_before_discounts", user=OPEN_READER) == []


def test_saving_counted_that_is_already_out_of_the_budget(project: Project) -> None:
    make_benefit(project, 147_000, already_in_budget=True, cashable=True, title="Legacy systems")
    make_benefit(project, 20_000, counts_towards_funding=True, cashable=True)
    assert found("saving_counted_twice") == []
    make_benefit(
        project, 5_000, already_in_budget=True, counts_towards_funding=True, title="Licences"
    )
    [finding] = found("saving_counted_twice")
    assert finding.amount == Decimal("5000.00")
    assert "“Licences” of £5k" in finding.message
    assert finding.level == Severity.SEVERE


def test_benefit_past_its_date(project: Project) -> None:
    make_benefit(project, due_on=AS_AT)  # today is not past
    make_benefit(project, due_on=day("2023-05-01"), realised_on=day("2023-05-20"))
    make_benefit(project)
    assert found("benefit_past_due") == []
    make_benefit(project, due_on=day("2023-06-13"), title="Heat saved")
    assert "“Heat saved” was to be reached by 13 June 2023" in found("benefit_past_due")[0].message
    assert (
        len(found("benefit_past_due", day("2023-05-10"))) == 1
    )  # the other, before it was reached


def test_action_overdue(project: Project) -> None:
    make_action(project, AS_AT)
    make_action(project, day("2023-06-01"), done_on=day("2023-06-10"))
    assert found("action_overdue") == []
    assert len(found("action_overdue", day("2023-06-05"))) == 1  # as it was before it was done
    make_action(project, day("2023-06-13"), what="Tell Council")
    assert "“Tell Council”" in found("action_overdue")[0].message


def test_change_request_undecided(project: Project, board_member: User) -> None:
    make_request(project, day("2023-06-01"), decide_by=AS_AT)
    make_request(project, day("2023-05-10"))  # five weeks, no day named
    decided = make_request(project, day("2023-01-10"), decide_by=day("2023-02-01"))
    decided.outcome, decided.decided_on, decided.decided_by = (
        "approved",
        day("2023-02-10"),
        board_member,
    )
    decided.save()
    assert found("change_request_undecided") == []
    assert len(found("change_request_undecided", day("2023-02-05"))) == 1
    late = make_request(project, day("2023-04-01"), title="Leave out the sauna")
    assert late.title in found("change_request_undecided")[0].message


def approve(request: ChangeRequest) -> ChangeRequest:
    """The board approves a request on the day."""
    request.outcome, request.decided_on, request.decided_by = "approved", AS_AT, request.raised_by
    request.save()
    return request


def test_a_change_that_the_board_approved_needs_a_budget_change(project: Project) -> None:
    request = approve(make_request(project, day("2023-06-01"), cost=Decimal(42_000)))
    approve(make_request(project, day("2023-06-01")))  # costs nothing
    make_request(project, day("2023-06-01"), cost=Decimal(5_000))  # not decided
    [finding] = found("change_request_without_budget_change")
    assert "costs £42k and was approved by the board on 14 June 2023" in finding.message
    assert found("change_request_without_budget_change", day("2023-06-13")) == []
    request.budget_change_reference = "HMS-02"
    request.save()
    assert found("change_request_without_budget_change") == []


@pytest.mark.parametrize("check", findings.CHECKS, ids=lambda check: check.code)
def test_each_check_asks_once_whatever_the_number_of_projects(
    check, project, django_assert_num_queries
) -> None:
    def fill(where: Project) -> None:
        Project.objects.filter(pk=where.pk).update(stage="delivery", reporting_weeks=1)
        make_highlight(where, day("2022-01-10"), submitted_on=day("2022-01-12"))
        make_milestone(where, baseline=day("2018-05-31"), actual=day("2021-05-31"))
        contract = make_contract(where, ends=day("2025-06-30"))
        make_discount(where, public=True, contract=contract, claim_until=day("2026-06-30"))
        make_benefit(
            where, 1, already_in_budget=True, counts_towards_funding=True, due_on=day("2020-01-01")
        )
        make_action(where, day("2020-01-01"))
        make_request(where, day("2020-01-01"))
        approve(make_request(where, day("2023-06-01"), cost=Decimal(1_000)))

    fill(project)
    for number in range(4):
        fill(make_project(f"MORE-{number}"))
    scope = Scope(Project.objects.all(), AS_AT, OPEN_READER)
    with django_assert_num_queries(1):
        assert len(list(check.find(scope))) == 5


def test_a_check_looks_only_at_the_projects_in_scope(
    project: Project, other_project: Project
) -> None:
    make_action(project, day("2020-01-01"))
    make_action(other_project, day("2020-01-01"))
    scope = Scope(Project.objects.filter(pk=project.pk), AS_AT)
    [finding] = check_of("projects.action_overdue").find(scope)
    assert finding.project_reference == project.reference
