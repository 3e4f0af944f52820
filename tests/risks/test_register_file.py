"""A register goes out as a workbook, is edited, and comes back: shown first, then written; twice changes nothing."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from risks.models import Assessment, Control, RegisterUpload, Risk
from tests.risks.risk_factories import make_control, make_exempt, make_risk, review

DAY = dt.date(2026, 2, 2)
BASE = "/projects/HMS/risks/"
TEXT = "First line\nsecond – “quoted”, £1.2m; =1+1"


@pytest.fixture
def register(project):
    """A full row of each kind: text that spreadsheets mistake, an opportunity, a closed and an exempt risk."""
    first = make_risk(project, "=HYPERLINK(1)", description=TEXT, cause="+44", owner="-1")
    review(first, DAY, 4, 3, gross_impact=5, gross_probability=5, target=(4, 1), comment=TEXT)
    make_control(first, "Rehearse", due_on=DAY, progress="@half")
    make_control(first, "In place", status="in_place", settled_on=DAY)
    make_risk(project, "Chance", kind="opportunity", reviews=[(DAY, 2, 2), (DAY, 3, 2)])
    make_risk(project, "Gone", closed_on=DAY, closed_reason="It cannot happen", reviews=[])
    make_exempt(make_risk(project, "Zeppelin", reviews=[(DAY, 5, 5)]))
    return first


def take(browser, format="xlsx", base=BASE):
    response = browser.get(f"{base}to-edit.{format}")
    assert response.status_code == 200
    return response.content


def upload(browser, content, name="register.xlsx", base=BASE):
    """Upload a file and follow to its preview (or the form again with its error)."""
    return browser.post(
        f"{base}import/",
        {"once": str(uuid.uuid4()), "file": SimpleUploadedFile(name, content)},
        follow=True,
    )


def go_ahead(browser, preview):
    page = preview.content.decode()
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)[1]
    return browser.post(
        preview.request["PATH_INFO"], {"once": str(uuid.uuid4()), "seen": seen}, follow=True
    )


def edited(content, edit):
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell(sheet, reference, heading):
    """The cell of a row (by what stands in its first column) under a heading."""
    heads = {}
    for row in sheet.iter_rows():
        if not heads:
            words = {each.value: each.column for each in row}
            if heading in words:
                heads = words
        elif row[0].value == reference:
            return sheet.cell(row[0].row, heads[heading])
    raise AssertionError(f"no {heading} of {reference}")


def everything():
    return (
        list(Risk.objects.order_by("pk").values()),
        list(Assessment.objects.order_by("pk").values()),
        list(Control.objects.order_by("pk").values()),
    )


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_what_went_out_comes_back_and_changes_nothing(signed_in, project_manager, register, format):
    browser = signed_in(project_manager)
    before = everything()
    page = upload(browser, take(browser, format), f"register.{format}").content.decode()
    assert "The file changes nothing" in page
    assert everything() == before


def test_changes_are_shown_before_they_are_written_and_then_all_made(
    signed_in, project_manager, register
):
    browser = signed_in(project_manager)

    def edit(book):
        risks, controls = book["Risks"], book["Controls"]
        cell(risks, "R1", "Current impact").value = "Severe"
        cell(risks, "R1", "Comments").value = "Trial failed"
        cell(risks, "R1", "Reviewed on").value = None
        cell(risks, "R2", "Owner").value = "Head of Housing"
        cell(controls, "R1", "Progress").value = "Two thirds"
        risks.append(["R9", "A new one", "Threat"])
        cell(risks, "R9", "Current impact").value = 3
        cell(risks, "R9", "Current probability").value = "2 Unlikely"
        controls.append(["R9", "Watch it", "Data Lead", dt.date(2026, 12, 1)])

    content = edited(take(browser), edit)
    preview = upload(browser, content)
    page = preview.content.decode()
    assert "1 new risk, 2 changed, 2 controls new or changed" in page
    assert "12 Medium (4 × 3)" in page
    assert "15 High (5 × 3)" in page
    assert "Head of Housing" in page
    assert Assessment.objects.filter(risk=register).count() == 1  # nothing is written yet
    done = go_ahead(browser, preview).content.decode()
    assert "Imported: 1 new and 2 changed risks, 2 controls." in done
    last = register.assessments.last()
    assert (last.current_impact, last.gross_impact, last.comment) == (5, 5, "Trial failed")
    new = Risk.objects.get(reference="R9")
    assert new.controls.get().due_on == dt.date(2026, 12, 1)
    assert new.assessments.get().current_probability == 2
    assert Control.objects.get(what="Rehearse").progress == "Two thirds"
    assert not RegisterUpload.objects.exists()
    # the same file again
    before = everything()
    assert "The file changes nothing" in upload(browser, content).content.decode()
    assert everything() == before


def test_every_fault_is_told_with_its_place_and_nothing_is_written(
    signed_in, project_manager, register
):
    browser = signed_in(project_manager)

    def edit(book):
        risks, controls = book["Risks"], book["Controls"]
        cell(risks, "R1", "Current impact").value = 9
        cell(risks, "R1", "Date raised").value = "31/02/2026"
        cell(risks, "R2", "Threat or opportunity").value = "Maybe"
        cell(risks, "R2", "Risk").value = None
        cell(risks, "R4", "Schedule 12A paragraphs").value = "9"
        cell(risks, "R3", "Why it was closed").value = None
        risks.append(["R1", "Twice"])
        risks.append([None, "No reference"])
        controls.append(["R77", "Nobody's", "X"])
        cell(controls, "R1", "Status").value = "Nearly"

    before = everything()
    page = upload(browser, edited(take(browser), edit)).content.decode()
    for words in (
        "Risks, row 4",
        "Enter a number from 1 to 5, or one of: Insignificant",
        "Enter a real date between 1990 and 2099",
        "31/02/2026",
        "Enter one of: Threat, Opportunity",
        "Enter something under “Risk”",
        "Enter numbers of paragraphs from 1 to 7",
        "Say why the risk is closed",
        "has this reference too",
        "Enter a reference that is not used yet",
        "No risk of the register or of the file has this reference",
        "Enter one of: Planned, In progress, In place, Dropped",
    ):
        assert words in page, words
    assert 'name="seen"' not in page
    assert everything() == before


def test_a_register_changed_since_the_preview_is_looked_at_again(
    signed_in, project_manager, register
):
    browser = signed_in(project_manager)

    def edit(book):
        cell(book["Risks"], "R1", "Owner").value = "Head of Housing"

    preview = upload(browser, edited(take(browser), edit))
    Risk.objects.filter(pk=register.pk).update(owner="Someone else", version=2)
    response = go_ahead(browser, preview)
    assert response.status_code == 409
    assert "The register has changed since you saw" in response.content.decode()
    assert Risk.objects.get(pk=register.pk).owner == "Someone else"
    # seen again, it goes through
    assert "1 changed" in go_ahead(browser, response).content.decode()


def test_a_double_click_imports_once(signed_in, project_manager, register):
    browser = signed_in(project_manager)
    preview = upload(
        browser,
        edited(
            take(browser), lambda book: setattr(cell(book["Risks"], "R1", "Owner"), "value", "X")
        ),
    )
    page = preview.content.decode()
    sent = {
        "once": str(uuid.uuid4()),
        "seen": re.search(r'name="seen" value="([0-9a-f]+)"', page)[1],
    }
    address = preview.request["PATH_INFO"]
    browser.post(address, sent)
    again = browser.post(address, sent, follow=True)
    assert again.status_code == 200
    assert "nothing was done twice" in again.content.decode()


def test_columns_and_rows_left_out_are_left_alone(signed_in, project_manager, register):
    browser = signed_in(project_manager)
    content = b"Reference,Risk,Owner\nR1,=HYPERLINK(1),Head of Housing\n"
    preview = upload(browser, content, "some.csv")
    go_ahead(browser, preview)
    register.refresh_from_db()
    assert (register.owner, register.cause) == ("Head of Housing", "+44")
    assert register.assessments.count() == 1


def test_a_later_review_with_the_same_scores_is_a_review(signed_in, project_manager, register):
    browser = signed_in(project_manager)

    def edit(book):
        cell(book["Risks"], "R1", "Reviewed on").value = dt.date(2026, 5, 4)

    go_ahead(browser, upload(browser, edited(take(browser), edit)))
    assert [each.reviewed_on for each in register.assessments.all()] == [DAY, dt.date(2026, 5, 4)]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("register.csv", b"a,b\n1,2\n", "No sheet has the headings"),
        ("register.xlsx", b"PK\x03\x04 not a workbook", "cut off or damaged"),
        ("register.csv", b"%PDF-1.7", "This is a PDF"),
        ("register.doc", b"x", "Choose an Excel workbook"),
        ("register.csv", b"", "The file is empty"),
    ],
)
def test_a_file_that_is_no_register_says_what_to_do(
    signed_in, project_manager, project, name, content, sentence
):
    assert sentence in upload(signed_in(project_manager), content, name).content.decode()


def test_a_first_register_can_come_from_a_file(signed_in, finance_officer, db):
    browser = signed_in(finance_officer)
    content = (
        b"Reference,Risk,Threat or opportunity,Current impact,Current probability\n"
        b"C1,A cyber attack stops a service,threat,Severe,Possible\n"
    )
    base = "/risks/corporate/"
    preview = upload(browser, content, "corporate.csv", base)
    go_ahead(browser, preview)
    risk = Risk.objects.get()
    assert (risk.register.project, risk.reference) == (None, "C1")
    assert risk.assessments.get().now.score == 15


def test_an_exempt_reference_is_in_use_and_says_no_more(
    signed_in, project_manager, register, monkeypatch
):
    """Should a role ever write risks without the right to exempt matter."""
    from council_hms import access

    monkeypatch.setitem(
        access.ROLE_PERMISSIONS,
        access.Role.PROJECT_MANAGER,
        access.ROLE_PERMISSIONS[access.Role.PROJECT_MANAGER] - {access.Permission.SEE_EXEMPT},
    )
    browser = signed_in(project_manager)
    assert b"Zeppelin" not in take(browser, "csv")
    page = upload(browser, b"Reference,Risk\nR4,Mine\n", "r.csv").content.decode()
    assert "This reference is in use: choose another" in page
    assert "Zeppelin" not in page
