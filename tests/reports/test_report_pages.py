"""Pages of reports: who opens them, wrong input, and a number of questions that does not grow with the text."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from council_hms.access import Role
from council_hms.financial_year import FinancialYear
from reports.models import Report
from reports.services import report as services
from reports.services.report import Exemption, NewAmount
from tests.factories import make_project, make_source, make_user, sit_on_board
from tests.reports.report_factories import make_ledger, make_report, make_template, section_of


@pytest.fixture
def report(project, report_author):
    make_ledger(project)
    return make_report(report_author, project)


def questions(session, address: str) -> int:
    session.get(address)  # what is kept between requests is kept now
    with CaptureQueriesContext(connection) as asked:
        assert session.get(address).status_code == 200
    return len(asked)


def test_a_longer_report_asks_the_database_no_more(report, report_author, signed_in):
    author = signed_in(report_author)
    section = section_of(report)

    def write(count):
        services.add_paragraphs(
            by=report_author,
            section=section,
            text="\n\n".join(
                f"Paragraph {n} of {{approved | k}} and {{spent}}." for n in range(count)
            ),
        )

    write(3)
    pages = (
        f"/reports/{report.reference}/",
        f"/reports/{report.reference}/preview/",
        f"/reports/{report.reference}/sections/{section.pk}/",
    )
    before = [questions(author, page) for page in pages]
    write(25)
    assert [questions(author, page) for page in pages] == before


def test_more_reports_ask_the_database_no_more(report, report_author, project, signed_in):
    author = signed_in(report_author)
    make_report(report_author, project, reference="R-2", body=report.body)
    before = questions(author, "/reports/")
    for number in range(3, 9):
        make_report(report_author, project, reference=f"R-{number}", body=report.body)
    assert questions(author, "/reports/") == before


def test_a_board_sees_the_reports_of_its_own_projects_alone(
    report, report_author, board_member, other_board_member, other_project, project, signed_in
):
    both = make_report(
        report_author,
        project,
        reference="BOTH",
        projects=[project, other_project],
        body=report.body,
    )
    own = signed_in(board_member)
    assert own.get(report.get_absolute_url()).status_code == 200
    assert own.get(both.get_absolute_url()).status_code == 404
    listed = own.get("/reports/").content.decode()
    assert "HMS-2023-06-14" in listed
    assert "BOTH" not in listed
    assert signed_in(other_board_member).get(report.get_absolute_url()).status_code == 404
    assert "HMS-2023-06-14" in own.get("/projects/HMS/reports/").content.decode()
    assert signed_in(other_board_member).get("/projects/HMS/reports/").status_code == 404


def test_an_administrator_reads_no_exempt_word_on_any_page(
    report, report_author, administrator, signed_in
):
    services.add_paragraphs(
        by=report_author,
        section=section_of(report),
        text="CANARY £98,765",
        exemption=Exemption(True, [3], "CANARY reason"),
    )
    services.add_appendix(
        by=report_author,
        report=report,
        title="Terms",
        text="CANARY text",
        exemption=Exemption(True, [3], "CANARY reason"),
    )
    session = signed_in(administrator)
    base = report.get_absolute_url()
    pages = ["", "preview/", "findings/", "clearance/", "briefing/", "versions/", "figures/"]
    pages += [f"sections/{section_of(report).pk}/", "preview.html", "preview.docx", "preview.xlsx"]
    for page in pages:
        answer = session.get(base + page, follow=True)
        assert answer.status_code == 200, page
        assert b"CANARY" not in answer.content, page
        assert b"98,765" not in answer.content, page
    assert session.get(f"{base}preview/?audience=exempt").status_code == 403
    assert session.get(f"{base}preview.html?audience=exempt").status_code == 403
    assert session.get("/reports/?q=CANARY").content.decode().count("HMS-2023-06-14") == 0


def test_wrong_input_keeps_what_was_typed(report, report_author, signed_in):
    author = signed_in(report_author)
    page = author.post(
        "/reports/new/",
        {"title": "Kept title", "projects": "HMZ", "meeting_on": "31/02/2023", "reference": "no"},
    )
    assert page.status_code == 422
    text = page.content.decode()
    assert "Kept title" in text
    assert "There is no project “HMZ”. Did you mean “HMS”?" in text
    assert "Enter a real date" in text


@pytest.mark.parametrize("day", ["1990-01-01", "2099-12-31"])
def test_a_day_beyond_the_years_we_know_is_refused_in_words(report, report_author, day):
    with pytest.raises(services.ReportError, match="Enter a date from 1990 to 2085"):
        services.edit_report(
            by=report_author,
            report=report,
            version=report.version,
            figures_as_at=dt.date.fromisoformat(day),
        )


@pytest.mark.parametrize(
    "query",
    [
        "figure=approved&project=HMS&unit=k&first=9999-00",
        "figure=change&project=HMS&unit=k&change=x",
        "figure=approved&project=HMS&unit=k&as_at=1990-01-01",
        "figure=spent&project=HMS&unit=k&first=2023-24&last=2021-22",
        "figure=&project=&unit=",
    ],
)
def test_no_figure_that_is_put_together_breaks_the_page(report, report_author, signed_in, query):
    answer = signed_in(report_author).get(f"/reports/{report.reference}/figures/?{query}")
    assert answer.status_code in (200, 422)


def test_autosave_answers_the_script(report, report_author, signed_in):
    author = signed_in(report_author)
    row = services.add_paragraphs(by=report_author, section=section_of(report), text="One.")[0]
    address = f"/reports/{report.reference}/paragraphs/{row.label}/"

    def save(text, version):
        return author.post(address, {"text": text, "version": version}, headers={"X-Autosave": "1"})

    assert save("Two.", 1).json()["version"] == 2
    assert save("Three.", 1).status_code == 409
    assert save("{aproved}", 2).json()["problems"] == [
        "“aproved” is no figure of the ledger. Did you mean “approved”?"
    ]
    assert save("x", "99999999999999").json() == {"state": "waiting"}
    row.refresh_from_db()
    assert row.text == "Two."


def test_a_change_in_the_ledger_is_told_until_the_author_has_seen_it(
    report, report_author, project, signed_in
):
    from budgets.models import SpendEntry

    author = signed_in(report_author)
    services.add_paragraphs(by=report_author, section=section_of(report), text="Spent {spent | k}.")
    author.post(f"/reports/{report.reference}/figures/noted/")
    assert "The ledger has changed" not in author.get(report.get_absolute_url()).content.decode()
    SpendEntry.objects.filter(project=project).update(amount=700_000)
    page = author.get(report.get_absolute_url()).content.decode()
    assert "The ledger has changed" in page
    assert "£655k before, <strong>£700k</strong> now" in page
    author.post(f"/reports/{report.reference}/figures/noted/")
    assert "The ledger has changed" not in author.get(report.get_absolute_url()).content.decode()


def test_a_council_without_a_template_is_told_where_to_add_one(
    db, report_author, administrator, signed_in
):
    page = signed_in(report_author).get("/reports/new/").content.decode()
    assert "There is no report template yet" in page
    keeper = signed_in(administrator)
    keeper.post("/reports/templates/standard/")
    template = make_template()
    page = keeper.get(f"/reports/templates/{template.pk}/").content.decode()
    assert "Financial Implications *" in page
    answer = keeper.post(
        f"/reports/templates/{template.pk}/",
        {
            "version": template.version,
            "name": "Cabinet report",
            "in_use": "on",
            "header": "To * | body\nPortfolio",
            "sections": "Reasons * | Why now\nClimate",
        },
    )
    assert answer.status_code == 302
    template.refresh_from_db()
    assert [str(section) for section in template.sections.all()] == ["Reasons", "Climate"]
    assert [field.source for field in template.fields.all()] == ["body", "text"]


def test_a_stranger_finds_nothing(report, signed_in):
    stranger = signed_in(make_user(name="Stranger"))
    assert stranger.get(report.get_absolute_url()).status_code == 403
    manager = make_user(Role.PROJECT_MANAGER)
    sit_on_board(manager, make_project("ELSE"))
    assert signed_in(manager).get(report.get_absolute_url()).status_code == 404
    assert Report.objects.visible_to(manager).count() == 0


def test_an_exempt_total_is_not_told_as_what_a_figure_showed_before(
    report, report_author, administrator, project, signed_in
):
    from projects.models import Discount

    public = {"exempt": False, "exempt_paragraphs": []}
    Discount.objects.create(project=project, title="Open", amount=60_000, **public)
    Discount.objects.create(project=project, title="Secret", amount=11_000)
    services.add_paragraphs(
        by=report_author, section=section_of(report), text="Discounts of {discounts | k}."
    )
    signed_in(report_author).post(f"/reports/{report.reference}/figures/noted/")
    page = signed_in(administrator).get(report.get_absolute_url()).content.decode()
    assert "The ledger has changed" not in page
    assert "£71k" not in page
    assert "£60k" in page


def test_saving_an_unchanged_header_re_opens_nothing(report, report_author, project):
    report.refresh_from_db()
    again = services.edit_report(
        by=report_author,
        report=report,
        version=report.version,
        title=report.title,
        projects=[project],
    )
    assert (again.version, again.content_version) == (report.version, report.content_version)


def test_whoever_does_not_write_is_led_to_where_the_finding_is_read(
    report, report_author, finance_officer, signed_in
):
    services.add_paragraphs(
        by=report_author, section=section_of(report), text="It costs £9 million."
    )
    label = report.paragraphs.get().label
    theirs = (
        signed_in(finance_officer).get(f"/reports/{report.reference}/findings/").content.decode()
    )
    assert f"/reports/{report.reference}/preview/#paragraph-{label}" in theirs
    mine = signed_in(report_author).get(f"/reports/{report.reference}/findings/").content.decode()
    assert f"/reports/{report.reference}/paragraphs/{label}/" in mine


def test_what_the_meeting_changed_goes_on_to_the_ledger(
    report, report_author, finance_officer, project, signed_in
):
    """Cabinet agrees with changes; the finance officer is led to the decision, with the minute filled in."""
    row = services.add_recommendation(
        by=report_author,
        report=report,
        verb="approve",
        text="the budget",
        amounts=[NewAmount(FinancialYear(2023), "capital", Decimal(500_000), make_source())],
    )
    change = services.propose_change(
        by=finance_officer, recommendation=row, kind="increase", title="Next steps"
    )
    address = f"/reports/{report.reference}/recommendations/{row.label}/resolved/"
    row.refresh_from_db()
    sent = {
        "version": row.version,
        "resolution": "amended",
        "resolved_on": "2023-06-14",
        "minute_number": "45",
        "resolved_text": "To approve £300,000.",
    }
    officer = signed_in(finance_officer)
    page = officer.post(address, sent, follow=True).content.decode()
    assert f"Record the decision on {change.reference} next" in page
    assert 'value="45"' in page
    assert 'value="2023-06-14"' in page
    assert "To approve £300,000." in page
    assert re.search(r'name="differs"[^>]*checked', page)
    # an author, who does not keep the ledger, is led back to the report
    row.refresh_from_db()
    answer = signed_in(report_author).post(address, {**sent, "version": row.version})
    assert answer["Location"] == f"/reports/{report.reference}/#recommendations"
