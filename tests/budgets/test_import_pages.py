"""The pages of an import, as a finance officer walks through them and as others meet them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from budgets.imports.apply import apply, confirm
from budgets.models import ColumnName, ImportRun, SpendEntry
from council_hms.access import Role
from tests.budgets.import_files import LEDGER_HEADS, checked, csv_of, entry, ledger, xlsx_of
from tests.factories import make_change, make_plan, make_user

pytestmark = pytest.mark.django_db


def send(session, content: bytes, name: str = "ledger.csv", **given):
    address = given.pop("address", "/imports/new/")
    return session.post(
        address,
        {"kind": "spend", "project": "", "file": SimpleUploadedFile(name, content), **given},
    )


def columns_as_proposed(session, run: ImportRun, **changed) -> dict[str, str]:
    """What the page of columns would send if nothing were touched."""
    page = session.get(f"/imports/{run.pk}/columns/").content.decode()
    data = dict(re.findall(r'<input type="hidden" name="(drawn)" value="([^"]*)"', page))
    for name, body in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        data[name] = chosen[1] if chosen else ""
    for tag in re.findall(r"<input type=\"(?:text|number|date)\"[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        data[name[1]] = value[1] if value else ""
    return data | changed


def test_a_file_goes_from_sending_to_the_ledger_in_three_steps(
    signed_in, finance_officer, project, other_project
):
    session = signed_in(finance_officer)
    sent = send(session, ledger(entry("T1"), entry("T2", "1.2m", project="POOL")))
    run = ImportRun.objects.get()
    assert sent["Location"] == f"/imports/{run.pk}/columns/"
    answer = session.post(f"/imports/{run.pk}/columns/", columns_as_proposed(session, run))
    assert answer["Location"] == f"/imports/{run.pk}/"
    page = session.get(f"/imports/{run.pk}/").content.decode()
    assert "Ready to import" in page
    assert "1,200,000" in page
    assert "£1,200,605.10" in page  # what was read in all
    done = session.post(f"/imports/{run.pk}/confirm/", follow=True).content.decode()
    assert "Imported" in done
    assert SpendEntry.objects.count() == 2
    # the same button again, as the back button gives it
    again = session.post(f"/imports/{run.pk}/confirm/", follow=True)
    assert "stored already, or is done" in again.content.decode()
    assert SpendEntry.objects.count() == 2
    listed = session.get("/imports/").content.decode()
    assert "ledger.csv" in listed
    assert "Finance officer" in listed


def test_the_councils_own_names_are_asked_once_and_remembered(signed_in, finance_officer, project):
    session = signed_in(finance_officer)
    own = [["Costc", "When", "Kind", "Sum £", "Junk"], ["HMS", "14/06/2023", "C", "12", "x"]]
    send(session, csv_of(own))
    run = ImportRun.objects.get()
    data = columns_as_proposed(session, run)
    refused = session.post(f"/imports/{run.pk}/columns/", data)
    assert "Say which column holds" in refused.content.decode()
    chosen = {
        "column-1": "project",
        "column-2": "posted_on",
        "column-3": "nature",
        "column-4": "amount",
    }
    twice = session.post(f"/imports/{run.pk}/columns/", data | chosen | {"column-5": "amount"})
    assert "both said to be" in twice.content.decode()
    answer = session.post(f"/imports/{run.pk}/columns/", data | chosen)
    assert answer["Location"] == f"/imports/{run.pk}/"
    assert ColumnName.objects.get(head="costc").column == "project"
    send(session, csv_of([*own, ["HMS", "15/06/2023", "C", "13", "x"]]))
    second = ImportRun.objects.order_by("-pk")[0]
    proposed = columns_as_proposed(session, second)
    assert {name: proposed[name] for name in chosen} == chosen


def test_heads_elsewhere_are_shown_before_anything_is_read(signed_in, finance_officer, project):
    session = signed_in(finance_officer)
    rows = [["Wert", "x"], ["a", "b"], ["Project", "Date", "Type", "Amount"], ["HMS", "", "", ""]]
    send(session, csv_of(rows))
    run = ImportRun.objects.get()
    data = columns_as_proposed(session, run)
    assert data["head_row"] == "3"
    page = session.post(
        f"/imports/{run.pk}/columns/", data | {"head_row": "1"}
    ).content.decode()  # even by the main button: the columns are others now
    assert "Wert" in page
    assert ImportRun.objects.get().state == "sent"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF-1.4", "This is a PDF"),
        ("a.xlsx", b"PK\x03\x04", "cut off or damaged"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"\n\n", "no rows"),
    ],
)
def test_what_cannot_be_read_is_refused_beside_the_file(
    signed_in, finance_officer, name, content, said
):
    page = send(signed_in(finance_officer), content, name).content.decode()
    assert said in page
    assert "There is a problem" in page
    assert not ImportRun.objects.exists()


def test_one_form_sent_twice_makes_one_import(signed_in, finance_officer, project):
    session = signed_in(finance_officer)
    token = "0b0c1a7e-6d4f-4a56-9a7b-0d7b1f1b2c3d"
    send(session, ledger(entry()), once=token)
    second = send(session, ledger(entry()), once=token)
    assert second["Location"] == f"/imports/{ImportRun.objects.get().pk}/"


def test_faults_are_shown_listed_and_marked_in_the_workbook(signed_in, finance_officer, project):
    rows = [
        ["Project", "Posted", "Capital or revenue", "Amount", "Description"],
        ["HMS", dt.date(2023, 6, 14), "Capital", "12,50", "=1+1"],
        ["HMS", dt.date(2023, 6, 15), "Capital", 13, "right"],
    ]
    run = checked(finance_officer, "spend", xlsx_of(rows, "Ledger"), "ledger.xlsx")
    session = signed_in(finance_officer)
    page = session.get(f"/imports/{run.pk}/").content.decode()
    assert "1 fault to put right" in page
    assert "12,50" in page
    assert "Import it" not in page
    listed = session.get(f"/imports/{run.pk}/faults.csv")
    assert b"12,50" in b"".join(listed.streaming_content)
    answer = session.get(f"/imports/{run.pk}/marked.xlsx")
    assert "ledger-to-put-right.xlsx" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["Ledger", "To put right"]
    assert "comma" in book["Ledger"]["D2"].comment.text
    assert book["Ledger"]["D3"].comment is None
    assert book["Ledger"]["D3"].value == 13
    assert [cell.value for cell in book["To put right"][2]][:2] == [2, "D"]
    # repaired and sent again
    book["Ledger"]["D2"] = 12.5
    out = io.BytesIO()
    book.save(out)
    again = checked(finance_officer, "spend", out.getvalue(), "ledger.xlsx")
    assert (again.faults, again.new_rows) == (0, 2)


def marked(session, run, form: str) -> bytes:
    answer = session.get(f"/imports/{run.pk}/marked.{form}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_csv_comes_back_whole_with_what_is_wrong_in_a_last_column(
    signed_in, finance_officer, project
):
    session = signed_in(finance_officer)
    rows = [
        ["Spend of period 3"],
        [],
        LEDGER_HEADS,
        entry("T1", "12,50", words="=1+1"),
        ["", "", "", "", "", "", "checked by the ledger team"],
        entry("T2", "-6.80"),
        entry("T3", "y", project="HSM", words="Café £"),
    ]
    run = checked(finance_officer, "spend", csv_of(rows, "cp1252", ";"), "period 3.csv")
    page = session.get(f"/imports/{run.pk}/").content.decode()
    assert "It comes back as a CSV" in page
    assert f"/imports/{run.pk}/marked.csv" in page
    assert session.get(f"/imports/{run.pk}/marked.xlsx").status_code == 404
    back = list(csv.reader(io.StringIO(marked(session, run, "csv").decode("utf-8-sig"))))
    # each row stands where it stood, an amount stays one, and no words can run as a formula
    assert [row[:9] for row in back[2:3]] == [LEDGER_HEADS]
    assert back[2][9] == "What is wrong"
    assert (back[3][6], back[5][4], back[6][6]) == ("'=1+1", "-6.80", "Café £")
    assert "E Amount: " in back[3][9]
    assert back[5][9] == ""
    assert "There is no project HSM" in back[6][9]
    assert "“y” is not an amount" in back[6][9]

    # half repaired and sent again: the column is none of the file's, and is written anew
    back[3][4] = "12.50"
    run = checked(finance_officer, "spend", csv_of(back), "period 3 to put right.csv")
    assert (run.faults, run.refused_rows) == (2, 1)
    assert "What is wrong" not in run.findings["columns_left_out"]
    back = list(csv.reader(io.StringIO(marked(session, run, "csv").decode("utf-8-sig"))))
    assert len(back[2]) == 10
    assert back[3][9] == ""
    back[6][0], back[6][4] = "HMS", "1"
    run = checked(finance_officer, "spend", csv_of(back))
    assert (run.faults, run.new_rows) == (0, 3)
    confirm(by=finance_officer, run=run)
    apply(by=finance_officer, run=run)
    assert set(SpendEntry.objects.values_list("description", flat=True)) == {
        "=1+1",
        "Data migration",
        "Café £",
    }


@pytest.mark.libreoffice
def test_an_opendocument_sheet_comes_back_as_a_workbook_of_the_sheet(
    signed_in, finance_officer, project, saved_by_libreoffice
):
    session = signed_in(finance_officer)
    rows = [
        LEDGER_HEADS,
        entry("T1", "12,50"),
        entry("0042", 13.5, on=dt.date(2099, 1, 1), words="@SUM(1)"),
    ]
    content = saved_by_libreoffice(xlsx_of(rows, "Ledger"), "ods")
    run = checked(finance_officer, "spend", content, "ledger.ods")
    page = session.get(f"/imports/{run.pk}/").content.decode()
    assert "Excel workbook (.xlsx) of the sheet that was read" in page
    sheet = openpyxl.load_workbook(io.BytesIO(marked(session, run, "xlsx"))).active
    assert sheet.title == "Ledger"
    assert [cell.value for cell in sheet[1]] == [*LEDGER_HEADS, "What is wrong"]
    assert (sheet["E3"].value, sheet["B3"].value) == (13.5, dt.datetime(2099, 1, 1))
    assert (sheet["I3"].value, sheet["G3"].data_type) == ("0042", "s")
    assert sheet["E2"].fill.fgColor.rgb == sheet["B3"].fill.fgColor.rgb == "FFFFD9D9"
    assert sheet["E3"].fill.fill_type is None
    sheet["E2"], sheet["B3"] = 12.5, dt.date(2023, 6, 14)
    out = io.BytesIO()
    sheet.parent.save(out)
    again = checked(finance_officer, "spend", out.getvalue())
    assert (again.faults, again.new_rows) == (0, 2)


def test_marks_of_an_earlier_time_do_not_stay_in_a_workbook(signed_in, finance_officer, project):
    session = signed_in(finance_officer)
    heads = ["Project", "Posted", "Capital or revenue", "Amount"]
    rows = [heads, ["HMS", "14/06/2023", "Capital", "x"], ["HMS", "14/06/2023", "Capital", "y"]]
    run = checked(finance_officer, "spend", xlsx_of(rows, "Ledger"), "ledger.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(marked(session, run, "xlsx")))
    book["Ledger"]["D2"] = 12.5
    out = io.BytesIO()
    book.save(out)
    run = checked(finance_officer, "spend", out.getvalue(), "ledger.xlsx")
    assert run.faults == 1
    book = openpyxl.load_workbook(io.BytesIO(marked(session, run, "xlsx")))
    assert book.sheetnames == ["Ledger", "To put right"]
    assert book["Ledger"]["D2"].comment is None
    assert book["Ledger"]["D2"].fill.fill_type is None
    assert "“y”" in book["Ledger"]["D3"].comment.text
    assert "“x”" not in book["Ledger"]["D3"].comment.text


@pytest.mark.parametrize("role", [*Role])
def test_who_may_open_which_page(signed_in, finance_officer, project, role):
    run = checked(finance_officer, "spend", ledger(entry()))
    session = signed_in(make_user(role))
    imports = role == Role.FINANCE_OFFICER
    reads = role in (Role.FINANCE_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)
    for address in ("/imports/new/", "/imports/template-spend.xlsx"):
        assert session.get(address).status_code == (200 if imports else 403), address
    for address in ("/imports/", f"/imports/{run.pk}/", f"/imports/{run.pk}/faults/"):
        assert session.get(address).status_code == (200 if reads else 403), address
    for step in ("confirm", "check", "discard"):
        answer = session.post(f"/imports/{run.pk}/{step}/")
        assert answer.status_code == (302 if imports else 403)
    assert SpendEntry.objects.count() == (1 if imports else 0)
    if reads and not imports:
        assert "Import it" not in session.get(f"/imports/{run.pk}/").content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/imports/99999999999999999999999/",
        "/imports/7/columns/",
        "/imports/template-nothing.xlsx",
        "/imports/new/?change=NONE-01",
        "/imports.pdf",
        "/projects/NONE/plan/edit-copy.xlsx",
    ],
)
def test_what_is_not_there_is_not_found(signed_in, finance_officer, address):
    assert signed_in(finance_officer).get(address).status_code == 404


@pytest.mark.parametrize("value", ["", "-1", "9" * 30, "x", "1e9", "²"])
def test_no_value_of_the_columns_breaks_the_page(signed_in, finance_officer, project, value):
    session = signed_in(finance_officer)
    send(session, ledger(entry()))
    run = ImportRun.objects.get()
    data = columns_as_proposed(session, run)
    for name in data:
        answer = session.post(f"/imports/{run.pk}/columns/", data | {name: value})
        assert answer.status_code in (200, 302), name


def test_an_auditor_sees_a_discarded_file_too(signed_in, finance_officer, auditor, project):
    run = checked(finance_officer, "spend", ledger(entry()))
    signed_in(finance_officer).post(f"/imports/{run.pk}/discard/")
    page = signed_in(auditor).get(f"/imports/{run.pk}/").content.decode()
    assert "Discarded" in page
    assert not SpendEntry.objects.exists()


def test_templates_come_back_as_they_are_filled_in(signed_in, finance_officer, project):
    session = signed_in(finance_officer)
    for kind in ("spend", "plan", "lines"):
        content = session.get(f"/imports/template-{kind}.xlsx?project=HMS").content
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book.worksheets[0]
        heads = {cell.value: cell.column for cell in sheet[1]}
        lists = {str(each.sqref) for each in sheet.data_validations.dataValidation}
        assert lists, kind
        if kind != "spend":
            continue
        for head, value in {
            "Project": "HMS",
            "Posted": dt.date(2023, 6, 14),
            "Capital or revenue": "Revenue",
            "Amount (£)": 6.8,
        }.items():
            sheet.cell(2, heads[head], value)
        out = io.BytesIO()
        book.save(out)
        run = checked(finance_officer, "spend", out.getvalue())
        assert (run.faults, run.new_rows, run.findings["total"]) == (0, 1, "6.80")


def test_the_doors_to_imports_know_where_one_came_from(signed_in, finance_officer, project):
    session = signed_in(finance_officer)
    change = make_change(project, [(2023, "capital", 1)], submitted_on=None, reference="HMS-01")
    make_plan(project, [(dt.date.today().year, "capital", 1)], dated=dt.date(2020, 4, 1))
    for address, door in (
        ("/spend/", "/imports/new/?kind=spend"),
        ("/projects/HMS/spend/", "/imports/new/?kind=spend&amp;project=HMS"),
        ("/projects/HMS/plan/", "/imports/new/?kind=plan&amp;project=HMS"),
        ("/projects/HMS/plan/", "/projects/HMS/plan/edit-copy.xlsx"),
        ("/projects/HMS/funding/", "/projects/HMS/funding/edit-copy.xlsx"),
        ("/projects/HMS/changes/", "/imports/new/?kind=lines&amp;project=HMS"),
        (f"/approvals/{change.reference}/", "/imports/new/?kind=lines&amp;change=HMS-01"),
    ):
        page = session.get(address).content.decode()
        assert door in page, address
        assert session.get(door.replace("&amp;", "&")).status_code == 200


def test_the_list_of_imports_asks_the_database_no_more_for_many(
    signed_in, finance_officer, project, django_assert_max_num_queries
):
    for number in range(12):
        checked(finance_officer, "spend", ledger(entry(f"T{number}")))
    session = signed_in(finance_officer)
    with django_assert_max_num_queries(10):
        session.get("/imports/")


def test_a_head_that_excel_has_turned_to_a_date_is_pointed_out(signed_in, finance_officer, project):
    rows = [["Workstream", "2025-26", dt.datetime(2027, 12, 1)], ["Licences", 10, 20]]
    session = signed_in(finance_officer)
    send(session, xlsx_of(rows), "plan.xlsx", kind="plan", project="HMS")
    run = ImportRun.objects.get()
    page = session.get(f"/imports/{run.pk}/columns/").content.decode()
    assert "This cell holds the date 1 December 2027, which is no financial year" in page
    assert page.count("which is no financial year") == 1
