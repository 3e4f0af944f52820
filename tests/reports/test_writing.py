"""Writing a report through its acts: what is refused, what cannot dangle, what re-opens a clearance."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import BudgetChange, SpendEntry
from council_hms.concurrency import StaleError
from council_hms.exemption import Audience
from council_hms.financial_year import FinancialYear
from reports.assemble import assemble
from reports.clearance import standing_clearances, status_of
from reports.frozen import freeze, passages, thaw
from reports.models import Paragraph, Report
from reports.services import report as services
from reports.services.publish import publish_report
from reports.services.report import Exemption, NewAmount
from tests.factories import make_body, make_source
from tests.reports.report_factories import (
    MEETING,
    fill_compulsory,
    make_ledger,
    make_report,
    section_of,
)


@pytest.fixture
def report(project, report_author):
    make_ledger(project)
    return make_report(report_author, project)


def write(report, author, text, **more) -> Paragraph:
    return services.add_paragraphs(
        by=author, section=section_of(report), text=text, split=False, **more
    )[0]


def said(report, audience=Audience.PUBLIC) -> str:
    return "\n".join(words for _, words in passages(assemble(report, audience).document))


def test_a_pasted_text_becomes_numbered_paragraphs(report, report_author):
    services.add_paragraphs(
        by=report_author,
        section=section_of(report),
        text="First.\n\nSecond, with points:\n\n- one\n- two\n\nThird {approved | k}.",
    )
    assert "1. First.\n2. Second, with points:\n• one\n• two\n3. Third £750k." in said(report)


def test_an_unknown_figure_is_refused_with_the_nearest(report, report_author):
    with pytest.raises(services.DanglingError, match="Did you mean “approved”"):
        write(report, report_author, "We have {aproved}.")
    assert not report.paragraphs.exists()


def test_references_follow_the_order(report, report_author):
    first = write(report, report_author, "First.")
    write(report, report_author, "See paragraph {paragraph:" + first.label + "}.")
    assert "2. See paragraph 1." in said(report)
    services.move(by=report_author, row=first, up=False)
    assert "1. See paragraph 2." in said(report)


def test_what_is_referred_to_stays(report, report_author):
    first = write(report, report_author, "First.")
    second = write(report, report_author, "See {paragraph:" + first.label + "}.")
    with pytest.raises(services.ReportError, match="Another part of the report refers to"):
        services.remove_paragraph(by=report_author, paragraph=first)
    services.remove_paragraph(by=report_author, paragraph=second)
    services.remove_paragraph(by=report_author, paragraph=first)
    assert not report.paragraphs.exists()


def test_two_authors_at_once_lose_nothing(report, report_author):
    row = write(report, report_author, "As it was.")
    services.edit_paragraph(by=report_author, paragraph=row, version=1, text="Mine.")
    with pytest.raises(StaleError) as stale:
        services.edit_paragraph(by=report_author, paragraph=row, version=1, text="Yours.")
    assert stale.value.current.text == "Mine."


def test_saving_the_same_again_writes_nothing(report, report_author):
    row = write(report, report_author, "As it was.")
    before = Report.objects.get(pk=report.pk).content_version
    services.edit_paragraph(by=report_author, paragraph=row, version=1, text="As it was.")
    assert Report.objects.get(pk=report.pk).content_version == before


def test_a_project_that_the_text_names_stays(report, report_author, project, other_project):
    report = services.edit_report(
        by=report_author, report=report, version=report.version, projects=[project, other_project]
    )
    write(report, report_author, "{approved POOL}")
    with pytest.raises(services.ReportError, match="still names it"):
        services.edit_report(
            by=report_author, report=report, version=report.version, projects=[project]
        )


def test_only_those_who_write_reports_write_them(report, finance_officer, auditor):
    for person in (finance_officer, auditor):
        with pytest.raises(PermissionDenied):
            write(report, person, "A word.")


def test_the_public_version_says_that_something_is_exempt_and_nothing_else(report, report_author):
    hidden = write(
        report,
        report_author,
        "The supplier pays CANARY £12,345.",
        exemption=Exemption(True, [3], "Negotiations go on"),
    )
    services.add_appendix(
        by=report_author,
        report=report,
        title="The terms",
        text="CANARY terms",
        exemption=Exemption(True, [3, 5], "Privilege"),
    )
    public = said(report)
    assert "CANARY" not in public
    assert "12,345" not in public
    assert "Negotiations" not in public
    assert "1. This paragraph is exempt from publication under paragraph 3 of Part 1" in public
    assert "Appendix 1 (Exempt): The terms" in public
    assert "under paragraphs 3 and 5" in public
    assert said(report, Audience.EXEMPT).count("CANARY") == 2
    assert hidden.exempt


def test_a_public_figure_holds_no_exempt_amount(report, report_author, project):
    from projects.models import Discount

    Discount.objects.create(
        project=project, title="Open", amount=60_000, exempt=False, exempt_paragraphs=[]
    )
    Discount.objects.create(project=project, title="Secret", amount=11_000)
    write(report, report_author, "Discounts of {discounts | k}.")
    assert "Discounts of £60k." in said(report)
    assert "Discounts of £71k." in said(report, Audience.EXEMPT)


def test_silence_is_no_consent_and_a_later_edit_re_opens(report, report_author, finance_officer):
    row = write(report, report_author, "Text.")

    def clear(kind, by):
        services.give_clearance(
            by=by,
            report=report,
            kind=kind,
            outcome="cleared",
            of_version=Report.objects.get(pk=report.pk).content_version,
            given_by="Head of Finance",
            given_on=MEETING,
            today=MEETING,
        )

    def stands():
        return [each.stands for each in standing_clearances(Report.objects.get(pk=report.pk))]

    services.set_deadline(
        by=report_author, report=report, kind="finance", due_on=dt.date(2023, 6, 1)
    )
    assert stands() == [False, False, False]
    clear("finance", finance_officer)
    assert stands() == [True, False, False]
    with pytest.raises(PermissionDenied):
        clear("finance", report_author)
    clear("legal", report_author)
    clear("cabinet_member", report_author)
    assert status_of(Report.objects.get(pk=report.pk))[0] == "Cleared"
    services.edit_paragraph(by=report_author, paragraph=row, version=1, text="Text, changed.")
    assert stands() == [False, False, False]
    again = standing_clearances(Report.objects.get(pk=report.pk))
    assert again[0].words == "Changed since it was cleared"
    assert again[0].is_overdue(MEETING)


def test_a_clearance_of_what_was_not_read_is_refused(report, report_author, finance_officer):
    seen = Report.objects.get(pk=report.pk).content_version
    write(report, report_author, "Slipped in.")
    with pytest.raises(StaleError):
        services.give_clearance(
            by=finance_officer,
            report=report,
            kind="finance",
            outcome="cleared",
            of_version=seen,
            given_by="Head of Finance",
            given_on=MEETING,
            today=MEETING,
        )


def test_money_is_recommended_proposed_in_the_ledger_and_resolved_otherwise(
    report, report_author, finance_officer, project
):
    source = make_source("Capital programme HRA")
    row = services.add_recommendation(
        by=report_author,
        report=report,
        verb="recommend",
        to_body=make_body("council", "Full Council"),
        text="additional budget",
        amounts=[
            NewAmount(FinancialYear(2023), "capital", Decimal(241_100), source),
            NewAmount(FinancialYear(2024), "capital", Decimal(273_900), source),
        ],
    )
    assert (
        "£241,100 in 2023-24, £273,900 in 2024-25 (£515k in all), from Capital programme HRA."
        in said(report)
    )
    change = services.propose_change(
        by=finance_officer, recommendation=row, kind="increase", title="Further development"
    )
    assert [stop.body.name for stop in change.decisions.all()] == ["Cabinet", "Full Council"]
    assert sorted(line.amount for line in change.lines.all()) == [241_100, 273_900]
    row.refresh_from_db()
    assert row.own_lines.count() == 0
    assert "£515k in all" in said(report)  # from the ledger now
    with pytest.raises(services.ReportError, match="in the ledger already"):
        services.propose_change(
            by=finance_officer, recommendation=row, kind="increase", title="Again"
        )
    assert BudgetChange.objects.filter(title="Again").count() == 0
    done = services.record_resolution(
        by=finance_officer,
        recommendation=row,
        version=row.version,
        resolution="amended",
        resolved_on=MEETING,
        today=MEETING,
        resolved_text="To approve £241,100 in 2023-24 only.",
        minute_number="45",
    )
    assert done.get_resolution_display() == "Agreed with changes"


def test_nothing_half_done_is_published(report, report_author):
    version = Report.objects.get(pk=report.pk).content_version
    with pytest.raises(services.ReportError, match="compulsory and empty"):
        publish_report(by=report_author, report=report, of_version=version, today=MEETING)
    fill_compulsory(report_author, report)
    version = Report.objects.get(pk=report.pk).content_version
    with pytest.raises(
        services.ReportError, match="Not cleared by finance and legal and cabinet member"
    ):
        publish_report(by=report_author, report=report, of_version=version, today=MEETING)
    with pytest.raises(StaleError):
        publish_report(
            by=report_author, report=report, of_version=version - 1, today=MEETING, note="x"
        )


def test_a_frozen_paper_thaws_to_the_same_bytes(report, report_author):
    from council_hms import outputs

    write(report, report_author, "Table:\n\n{insert:funding}\n\n{insert:approvals}")
    paper = assemble(report).document
    again = thaw(freeze(paper))
    for format in ("html", "docx", "xlsx"):
        assert outputs.render(again, format) == outputs.render(paper, format)


def test_two_versions_differ_in_words_and_figures(report, report_author, project):
    from reports.frozen import differences, figure_changes
    from reports.publish import frozen_figures

    row = write(report, report_author, "Spent {spent | k} by the board's word.")
    before = assemble(report)
    services.edit_paragraph(
        by=report_author, paragraph=row, version=1, text="Spent {spent | k} by the Council's word."
    )
    SpendEntry.objects.filter(project=project).update(amount=700_000)
    after = assemble(report)
    changed = differences(before.document, after.document)
    (passage,) = [each for each in changed if each.place == "Introduction"]
    gone = "".join(piece.words for piece in passage.pieces if piece.kind == "gone")
    new = "".join(piece.words for piece in passage.pieces if piece.kind == "new")
    assert "board's" in gone
    assert "Council's" in new
    (figure,) = figure_changes(frozen_figures(before.figures), frozen_figures(after.figures))
    assert (figure.before, figure.after) == ("£655k", "£700k")
