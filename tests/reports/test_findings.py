"""What reports on their way leave open is among the council's findings, for all who may read them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budgets.models import KeyDecisionThreshold
from council_hms.findings import Finding, Scope, run
from projects.models import Discount, Project
from projects.readers import OPEN_READER
from reports import findings
from reports.models import Report
from reports.services import report as services
from reports.services.report import Exemption
from tests.factories import decide, make_change, make_project
from tests.reports.report_factories import make_ledger, make_report, section_of

TODAY = timezone.localdate
MEETING = timezone.localdate() + dt.timedelta(days=14)


@pytest.fixture
def report(project, report_author) -> Report:
    make_ledger(project)
    return make_report(
        report_author,
        project,
        reference="HMS-NEXT",
        meeting_on=MEETING,
        figures_as_at=None,
        key_decision=False,
    )


def found(user=None, as_at=None, code="", projects=None) -> list[Finding]:
    """What is found of reports, or what one check of them finds."""
    every = Project.objects.all() if projects is None else projects
    scope = Scope(every, as_at or TODAY(), user, beyond_projects=projects is None)
    codes = [code] if code else [check.code for check in findings.CHECKS]
    return run(scope, codes)


def codes(**asked) -> set[str]:
    return {finding.code for finding in found(**asked)}


def write(report: Report, author, text: str, **exemption) -> None:
    services.add_paragraphs(
        by=author,
        section=section_of(report),
        text=text,
        exemption=Exemption(**exemption) if exemption else Exemption(),
    )


def say(report: Report, text: str) -> None:
    """The words of its one paragraph, past the form that would refuse them."""
    report.paragraphs.update(text=text)
    Report.objects.update(content_version=F("content_version") + 1)


def fresh(report: Report) -> Report:
    return Report.objects.get(pk=report.pk)


def test_a_reference_to_what_is_not_there_is_found_until_it_is_mended(report, report_author):
    assert "reports.unresolved" not in codes()
    write(report, report_author, "See the terms.")
    say(report, "See paragraph {paragraph:nowhere}.")
    [finding] = found(code="reports.unresolved")
    assert "no paragraph “nowhere”" in finding.message
    assert (finding.project_reference, finding.about) == ("HMS", "Report HMS-NEXT")
    assert finding.level.label == "Severe"
    say(report, "See the terms.")
    assert found(code="reports.unresolved") == []


def test_an_exempt_part_without_its_paragraph_is_found_and_one_with_it_is_not(
    report, report_author
):
    services.add_appendix(
        by=report_author,
        report=report,
        title="Terms",
        exemption=Exemption(True, [3], "Negotiations go on"),
    )
    assert not {"reports.exempt_without_paragraph", "reports.exempt_without_reason"} & codes()
    report.appendices.update(exempt_paragraphs=[])
    Report.objects.update(content_version=F("content_version") + 1)
    assert "Appendix 1 is exempt and cites no paragraph" in (
        found(code="reports.exempt_without_paragraph")[0].message
    )


def test_an_ask_above_the_threshold_that_is_said_to_be_no_key_decision_is_found(
    report, report_author, project
):
    KeyDecisionThreshold.objects.create(
        kind="total", amount=500_000, since=dt.date(2020, 1, 1), source="Constitution"
    )
    small = make_change(project, [(2026, "capital", 100_000)], reference="HMS-03")
    services.add_recommendation(
        by=report_author, report=report, verb="approve", text="the budget", change=small
    )
    assert "reports.key_decision" not in codes()
    large = make_change(project, [(2026, "capital", 600_000)], reference="HMS-04")
    services.add_recommendation(
        by=report_author, report=fresh(report), verb="approve", text="the rest", change=large
    )
    [finding] = found(code="reports.key_decision")
    assert "says No to “key decision”" in finding.message


def test_an_exempt_amount_that_is_given_away_is_told_to_those_with_the_right_alone(
    report, report_author, project, administrator
):
    Discount.objects.create(project=project, title="Rebate", amount=95_000)
    write(report, report_author, "Spent {spent | k}; the net cost is £560k.")
    code = "reports.exempt_amount_given_away"
    assert len(found(code=code)) == len(found(report_author, code=code)) == 1
    assert found(administrator, code=code) == found(OPEN_READER, code=code) == []


def test_a_report_is_looked_at_from_its_beginning_to_its_meeting_while_it_is_not_published(report):
    yesterday = TODAY() - dt.timedelta(days=1)
    assert "reports.no_recommendation" in codes()
    assert codes(as_at=yesterday) == set()  # it was not begun
    assert codes(as_at=MEETING + dt.timedelta(days=1)) == set()  # the meeting is past
    report.publications.create(
        number=1,
        of_version=1,
        as_at=TODAY(),
        published_on=TODAY(),
        document={},
        published_by=report.created_by,
    )
    assert codes() == set()


def test_a_clearance_that_is_overdue_is_found_until_it_is_given(
    report, report_author, finance_officer
):
    services.set_deadline(
        by=report_author, report=report, kind="finance", due_on=TODAY() - dt.timedelta(days=1)
    )
    [finding] = found(code="reports.clearance_overdue")
    assert finding.message.startswith("Finance: clearance was due by")
    services.give_clearance(
        by=finance_officer,
        report=fresh(report),
        kind="finance",
        outcome="cleared",
        of_version=fresh(report).content_version,
        given_by="Head of finance",
        given_on=TODAY(),
        comment="",
        today=TODAY(),
    )
    assert found(code="reports.clearance_overdue") == []


def test_a_resolution_without_a_decision_in_the_ledger_is_found(report, report_author, project):
    change = make_change(project, [(2026, "capital", 1_000)], reference="HMS-05")
    recommendation = services.add_recommendation(
        by=report_author, report=report, verb="approve", text="it", change=change
    )
    code = "reports.resolution_not_in_ledger"
    assert found(code=code) == []
    type(recommendation).objects.update(
        resolution="agreed", resolved_on=TODAY(), resolution_entered_by=report_author
    )
    [finding] = found(code=code)
    assert "Recommendation 1 was resolved, and HMS-05 has no decision of Cabinet" in finding.message
    assert found(code=code, as_at=TODAY() - dt.timedelta(days=1)) == []
    decide(change, report.body, "approved", TODAY())
    assert found(code=code) == []


def test_a_draft_is_a_finding_only_to_those_who_may_read_it(
    report, report_author, project, board_member, other_board_member, other_project
):
    assert found(board_member)
    assert found(other_board_member) == []
    services.edit_report(
        by=report_author,
        report=fresh(report),
        version=fresh(report).version,
        projects=[project, other_project],
    )
    assert found(board_member) == []  # it is on a project that they may not see, too


def test_it_stands_on_the_pages_of_the_portfolio_and_of_each_of_its_projects(
    report, report_author, project, other_project, signed_in, auditor
):
    services.edit_report(
        by=report_author,
        report=report,
        version=fresh(report).version,
        projects=[project, other_project],
    )
    session = signed_in(auditor)
    for address in ("/findings/", "/projects/HMS/findings/", "/projects/POOL/findings/"):
        page = session.get(address).content.decode()
        assert "Report HMS-NEXT: The report recommends nothing yet." in page, address
    third = make_project("THIRD")
    assert "HMS-NEXT" not in session.get(f"/projects/{third.reference}/findings/").content.decode()


def test_many_reports_are_asked_of_once_they_have_been_read(report, report_author, project):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            found()
        return len(queries)

    found()
    one = count()
    for number in range(3):
        make_report(
            report_author,
            project,
            reference=f"NEXT-{number}",
            meeting_on=MEETING,
            figures_as_at=None,
            body=report.body,
        )
    found()
    assert count() == one <= 9
