"""A report is uploaded and shown with its figures marked; findings are dismissed; others see nothing of it."""

from __future__ import annotations

import io
import json
import re
import uuid

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from council_hms.access import Role
from reports.models import CheckedText, Dismissal, ReportCheck
from tests.factories import make_user
from tests.reports.checking import forms


def upload(browser, content: bytes = forms.TEXT, name: str = "draft report.txt", **fields):
    sent = {
        "once": str(uuid.uuid4()),
        "file": SimpleUploadedFile(name, content),
        "compare": "found",
    } | fields
    return browser.post("/check/new/", sent)


@pytest.fixture
def checked(signed_in, finance_officer) -> ReportCheck:
    upload(signed_in(finance_officer))
    return ReportCheck.objects.get()


def page_of(browser, check: ReportCheck, query: str = "") -> str:
    return browser.get(f"/check/{check.pk}/{query}").content.decode()


# -- uploading ---------------------------------------------------------------------------------


def test_a_finance_officer_has_a_report_checked(signed_in, finance_officer):
    browser = signed_in(finance_officer)
    answer = upload(browser)
    check = ReportCheck.objects.get()
    assert answer.headers["Location"] == f"/check/{check.pk}/"
    page = page_of(browser, check)
    assert '<h1 class="govuk-heading-l">Housing Management System Implementation</h1>' in page
    assert "Compared with itself alone" in page
    assert re.search(r'mark--disagrees"[^>]*>£528k<span[^>]*> \(Disagrees\)', page)
    assert re.search(r'mark--agrees"[^>]*>£263k<span[^>]*> \(Agrees\)', page)
    assert "Probably meant: <strong>£538k</strong>" in page
    assert "The minus sign after 40.4" in page


def test_every_marked_figure_has_its_card_and_every_finding_its_place(signed_in, checked):
    page = page_of(signed_in(checked.checked_by), checked)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    targets = re.findall(r'href="#([^"]+)"', page)
    assert set(targets) <= set(ids)
    assert len([each for each in targets if each.startswith("f")]) > 50


def test_the_list_shows_what_was_checked_and_how_it_stands(signed_in, checked):
    browser = signed_in(checked.checked_by)
    page = browser.get("/check/").content.decode()
    assert "Housing Management System Implementation" in page
    assert "draft report.txt" in page
    counts = checked.text.counts
    assert f'numeric">{counts["disagrees"]}</td>' in page


def test_an_empty_list_says_what_to_do(signed_in, auditor):
    assert "not had a report checked yet" in signed_in(auditor).get("/check/").content.decode()


def test_the_project_that_the_report_names_is_compared(signed_in, finance_officer, project):
    upload(signed_in(finance_officer))
    check = ReportCheck.objects.get()
    assert (check.projects, str(check.as_at)) == (["HMS"], "2023-06-14")
    assert 'href="/projects/HMS/"' in page_of(signed_in(finance_officer), check)


def test_projects_and_day_can_be_chosen(signed_in, finance_officer, project, other_project):
    upload(signed_in(finance_officer), compare="chosen", references="pool, HMS", as_at="2023-04-01")
    check = ReportCheck.objects.get()
    assert (sorted(check.projects), str(check.as_at)) == (["HMS", "POOL"], "2023-04-01")


def test_a_report_can_be_checked_against_itself_alone(signed_in, finance_officer, project):
    upload(signed_in(finance_officer), compare="none")
    assert ReportCheck.objects.get().projects == []


@pytest.mark.parametrize(
    ("content", "name", "fields", "words"),
    [
        (b"", "a.docx", {}, "The file is empty"),
        (b"%PDF-1.4 broken", "a.pdf", {}, "The PDF is damaged or not complete"),
        (b"PK\x03\x04 broken", "a.docx", {}, "damaged or not complete"),
        (forms.TEXT, "a.txt", {"compare": "chosen"}, "Enter the reference of at least one project"),
        (
            forms.TEXT,
            "a.txt",
            {"compare": "chosen", "references": "HMS NONE"},
            "There is no project NONE",
        ),
        (forms.TEXT, "a.txt", {"as_at": "yesterday"}, "Enter a real date"),
        (forms.TEXT, "a.txt", {"compare": "x"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_checked_is_said_and_what_was_typed_stays(
    signed_in, finance_officer, project, content, name, fields, words
):
    answer = upload(signed_in(finance_officer), content, name, **fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "There is a problem" in page
    for value in fields.values():
        if value not in ("chosen", "x"):
            assert value in page
    assert not ReportCheck.objects.exists()


def test_a_form_without_a_file_asks_for_one(signed_in, finance_officer):
    answer = signed_in(finance_officer).post("/check/new/", {"compare": "found"})
    assert "Choose the report that is to be checked" in answer.content.decode()


def test_a_double_click_checks_once(signed_in, finance_officer):
    browser = signed_in(finance_officer)
    token = str(uuid.uuid4())
    upload(browser, once=token)
    again = upload(browser, once=token)
    assert ReportCheck.objects.count() == 1
    assert again.headers["Location"] == f"/check/{ReportCheck.objects.get().pk}/"


# -- who sees it -------------------------------------------------------------------------------


def test_a_draft_is_seen_by_its_uploader_and_auditors_alone(
    signed_in, checked, second_finance_officer, report_author, auditor, administrator, board_member
):
    addresses = [f"/check/{checked.pk}/", f"/check/{checked.pk}.json", f"/check/{checked.pk}.xlsx"]
    for person in (second_finance_officer, report_author):
        for address in addresses:
            assert signed_in(person).get(address).status_code == 404
        assert "draft report" not in signed_in(person).get("/check/").content.decode()
    for person in (administrator, board_member):
        assert signed_in(person).get(addresses[0]).status_code == 403
        assert signed_in(person).get("/check/").status_code == 403
    page = page_of(signed_in(auditor), checked)
    assert "£528k" in page
    assert "Dismiss<" not in page
    assert "Withdraw this report" not in page


def test_an_auditor_reads_and_does_nothing(signed_in, checked, auditor):
    browser = signed_in(auditor)
    key = keys(page_of(signed_in(checked.checked_by), checked))[0]
    for address in (
        f"/check/{checked.pk}/withdraw/",
        f"/check/{checked.pk}/findings/{key}/dismiss/",
    ):
        assert browser.post(address, {"reason": "x"}).status_code == 403
    assert CheckedText.objects.exists()


def test_a_report_author_is_not_shown_projects_that_are_not_theirs(signed_in, project):
    # every role that checks reports sees all projects today; the rule is asked all the same
    person = make_user(Role.REPORT_AUTHOR, name="Another author")
    upload(signed_in(person))
    assert ReportCheck.objects.get().projects == ["HMS"]


# -- findings ----------------------------------------------------------------------------------


def keys(page: str) -> list[str]:
    return re.findall(r"/findings/([a-z0-9-]+)/dismiss/", page)


def test_a_finding_is_dismissed_with_a_reason_and_taken_back(signed_in, checked):
    browser = signed_in(checked.checked_by)
    before = keys(page_of(browser, checked))
    address = f"/check/{checked.pk}/findings/{before[0]}/"
    assert "Why does it not matter?" in browser.get(address + "dismiss/").content.decode()
    refused = browser.post(address + "dismiss/", {"reason": "  "})
    assert refused.status_code == 422
    assert "Say why the finding does not matter" in refused.content.decode()
    browser.post(address + "dismiss/", {"reason": "Council resolved £528k"})
    page = page_of(browser, checked)
    assert keys(page) == before[1:]
    assert "Dismissed by Finance officer: Council resolved £528k" in page
    again = browser.post(address + "dismiss/", {"reason": "again"}, follow=True)
    assert "dismissed already" in again.content.decode()
    browser.post(address + "restore/")
    assert keys(page_of(browser, checked)) == before
    # both acts are in the history
    history = Dismissal.pgh_event_model.objects.order_by("pgh_id")
    assert [each.pgh_label for each in history] == ["insert", "update"]
    assert history[0].pgh_context.metadata["reason"] == "Council resolved £528k"


@pytest.mark.parametrize("key", ["nothing-like-it", "x" * 300])
def test_a_finding_that_is_not_there_is_not_found(signed_in, checked, key):
    browser = signed_in(checked.checked_by)
    assert browser.get(f"/check/{checked.pk}/findings/{key}/dismiss/").status_code == 404
    assert browser.get(f"/check/{checked.pk}/findings/{key}/restore/").status_code == 405


# -- files -------------------------------------------------------------------------------------


def test_the_answer_is_taken_away_as_a_workbook(signed_in, checked):
    answer = signed_in(checked.checked_by).get(f"/check/{checked.pk}.xlsx")
    assert "check-of-draft-report.xlsx" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    said = [[str(cell.value) for cell in row] for sheet in book for row in sheet.iter_rows()]
    assert any("£538k" in row for row in said)
    assert {"Findings", "Figures", "Not read"} <= set(book.sheetnames)


def test_the_answer_is_taken_away_as_json(signed_in, checked):
    answer = json.loads(signed_in(checked.checked_by).get(f"/check/{checked.pk}.json").content)
    assert {"figures", "findings", "unread"} <= set(answer)


def test_a_word_report_comes_back_with_comments_at_its_figures(signed_in, finance_officer):
    browser = signed_in(finance_officer)
    upload(browser, forms.as_word(), "report.docx")
    check = ReportCheck.objects.get()
    assert "Word copy with comments" in page_of(browser, check)
    copy = docx.Document(io.BytesIO(browser.get(f"/check/{check.pk}.docx").content))
    comments = [comment.text for comment in copy.comments]
    assert any("£538k" in text for text in comments)
    assert len(comments) >= 5
    # the comment stands at the figure, and the text is the same
    marked = [
        p for p in copy.paragraphs if "£528k" in p.text and p._p.xpath(".//w:commentReference")
    ]
    assert len(marked) == 1
    original = docx.Document(io.BytesIO(forms.as_word()))
    assert [p.text for p in copy.paragraphs] == [p.text for p in original.paragraphs]


@pytest.mark.parametrize("format", ["docx", "pdf", "exe"])
def test_a_text_report_has_no_word_copy(signed_in, checked, format):
    assert signed_in(checked.checked_by).get(f"/check/{checked.pk}.{format}").status_code == 404


# -- withdrawing -------------------------------------------------------------------------------


def test_a_withdrawn_report_leaves_its_record_and_no_text(signed_in, checked, auditor):
    browser = signed_in(checked.checked_by)
    assert "removed for good" in browser.get(f"/check/{checked.pk}/withdraw/").content.decode()
    assert CheckedText.objects.exists()
    browser.post(f"/check/{checked.pk}/withdraw/")
    assert not CheckedText.objects.exists()
    for person in (checked.checked_by, auditor):
        page = page_of(signed_in(person), checked)
        assert "Withdrawn report" in page
        assert "£528k" not in page
        assert signed_in(person).get(f"/check/{checked.pk}.json").status_code == 404
    assert "Withdrawn report" in browser.get("/check/").content.decode()
    assert browser.post(f"/check/{checked.pk}/withdraw/").status_code == 404


# -- long reports ------------------------------------------------------------------------------


def long_report(tables: int = 60) -> bytes:
    parts = []
    for at in range(tables):
        parts.append(f"## Section {at}\n\n{at + 1}. Spend on scheme {at} was £{at + 1}k.\n")
        parts.append("| Scheme | 2023-24 | 2024-25 | Total |\n|---|---|---|---|")
        parts.append(
            "\n".join(f"| Part {row} | {row}.0 | 2.0 | {row + 2}.0 |" for row in range(1, 7)) + "\n"
        )
    return "\n".join(parts).encode()


def test_a_long_report_is_shown_in_parts(signed_in, finance_officer, django_assert_max_num_queries):
    browser = signed_in(finance_officer)
    upload(browser, long_report(), "long.md")
    check = ReportCheck.objects.get()
    with django_assert_max_num_queries(12):
        first = page_of(browser, check)
    assert "part 1 of" in first
    assert "Section 0" in first
    assert "Section 59" not in first
    last = page_of(browser, check, "?part=99")
    assert "Section 59" in last
    assert first.count('class="check-card"') <= 500


@pytest.mark.parametrize("part", ["0", "-1", "x", "9" * 50, "%00", "٣"])
def test_no_part_in_the_address_breaks_the_page(signed_in, checked, part):
    answer = signed_in(checked.checked_by).get(f"/check/{checked.pk}/?part={part}")
    assert answer.status_code in (200, 400)


def test_text_of_a_report_is_never_markup(signed_in, finance_officer):
    browser = signed_in(finance_officer)
    upload(
        browser, b"1. <script>alert(1)</script> costs \xc2\xa35k & more than planned.\n", "x.txt"
    )
    page = page_of(browser, ReportCheck.objects.get())
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
