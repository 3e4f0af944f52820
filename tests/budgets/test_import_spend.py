"""A ledger's download comes in: every row accounted for, every fault listed, all of it or nothing."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from budgets import services
from budgets.imports.apply import apply, confirm
from budgets.imports.intake import receive
from budgets.imports.preview import check
from budgets.imports.stage import ImportRefused
from budgets.models import ImportPiece, ImportRun, SpendEntry
from council_hms import access
from council_hms.access import Permission, Role
from council_hms.financial_year import FinancialYear
from projects.models import WorkPackage
from tests.budgets.import_files import (
    LEDGER_HEADS,
    checked,
    csv_of,
    entry,
    faults_of,
    imported,
    ledger,
    xlsx_of,
)
from tests.factories import make_project, make_spend, make_user, sit_on_board

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hms(project, other_project):
    WorkPackage.objects.create(project=project, name="Data migration")


def test_a_clean_download_is_stored_as_it_says(finance_officer, project):
    run = imported(
        finance_officer,
        "spend",
        ledger(
            entry("T1", "605.10", package="data migration"),
            entry("T2", "(6.80)", on="2024-03-31", nature="Revenue"),
            entry("T3", "1.2m", project="pool", on="01 April 2024", year="2023-24"),
        ),
    )
    assert (run.new_rows, run.unchanged_rows, run.refused_rows, run.state) == (3, 0, 0, "applied")
    first, second, third = SpendEntry.objects.order_by("ledger_reference")
    assert (first.project, first.amount, first.year.label) == (
        project,
        Decimal("605.10"),
        "2023-24",
    )
    assert (first.work_package.name, first.supplier) == ("Data migration", "Supplier Ltd")
    assert (second.amount, second.nature, second.posted_on) == (
        Decimal("-6.80"),
        "revenue",
        dt.date(2024, 3, 31),
    )
    assert (third.project.reference, third.amount) == ("POOL", Decimal("1200000.00"))
    assert third.year == FinancialYear(2023)  # as the ledger says, not as the day says


def test_the_history_names_the_import(finance_officer):
    run = imported(finance_officer, "spend", ledger(entry()))
    event = SpendEntry.pgh_event_models["insert"].objects.select_related("pgh_context").get()
    told = event.pgh_context.metadata
    assert told["act"] == "spend.import"
    assert told["import_run"] == run.pk
    assert told["through"] == "import"
    assert told["by"] == finance_officer.pk
    assert "file.csv" in told["reason"]


@pytest.mark.parametrize("reference", [True, False])
def test_the_same_file_again_changes_nothing(finance_officer, reference):
    rows = [entry(f"T{n}" if reference else "", str(n % 3 + 1)) for n in range(7)]
    imported(finance_officer, "spend", ledger(*rows))
    again = checked(finance_officer, "spend", ledger(*rows))
    assert (again.new_rows, again.unchanged_rows, again.faults) == (0, 7, 0)
    with pytest.raises(ImportRefused, match="nothing to import"):
        confirm(by=finance_officer, run=again)
    assert SpendEntry.objects.count() == 7
    # one more of what is there already is new, and only that
    more = imported(finance_officer, "spend", ledger(*rows, entry("T9" if reference else "", "1")))
    assert (more.new_rows, more.unchanged_rows) == (1, 7)
    assert SpendEntry.objects.count() == 8


def test_every_fault_is_listed_with_row_column_and_what_to_do(finance_officer, project):
    services.close_year(by=finance_officer, year=FinancialYear(2019), on=dt.date(2020, 6, 1))
    make_spend(project, dt.date(2023, 5, 1), 10, ledger_reference="OLD")
    tomorrow = (dt.date.today() + dt.timedelta(days=1)).strftime("%d/%m/%Y")
    run = checked(
        finance_officer,
        "spend",
        ledger(
            entry("T1", project="NOWHERE"),  # 2
            entry("T2", package="No such part"),  # 3
            entry("T3", on="31/02/2023"),  # 4
            entry("T4", on=tomorrow),  # 5
            entry("T5", on="01/05/2019"),  # 6
            entry("T6", nature="x"),  # 7
            entry("T7", amount=""),  # 8
            entry("T7", amount="12,50"),  # 9
            entry("OLD", amount="11"),  # 10
            entry("T8", project=""),  # 11
            entry("T9", words="w" * 301),  # 12
            entry("T10"),  # 13: nothing wrong
        ),
    )
    told = faults_of(run)
    assert [(row, place) for row, place, _ in told] == [
        (2, 1),
        (3, 6),
        (4, 2),
        (5, 2),
        (6, 2),
        (7, 4),
        (8, 5),
        (9, 5),
        (9, 9),
        (10, 9),
        (11, 1),
        (12, 7),
    ]
    words = {(row, place): message for row, place, message in told}
    assert words[2, 1] == "There is no project NOWHERE that you may see; check the reference"
    assert words[5, 2] == services.POSTED_IN_FUTURE
    assert words[6, 2] == "2019-20 is closed: spend can no longer be entered in it"
    assert "row 8" in words[9, 9]
    assert "£10.00 of capital posted on 01/05/2023" in words[10, 9]
    assert (run.new_rows, run.refused_rows) == (1, 11)
    with pytest.raises(ImportRefused, match="faults"):
        confirm(by=finance_officer, run=run)
    assert SpendEntry.objects.count() == 1


@pytest.mark.parametrize(
    "row",
    [
        entry("T4", on="01/01/2090"),
        entry("T5", on="01/05/2019"),
        entry("OLD"),
        entry("T9", words="w" * 301),
        entry("T1", amount="1.234"),
        entry("T1", nature="neither"),
        entry("T1", year="1066"),
        entry("T1"),
        entry("", amount="-"),
    ],
)
def test_the_import_takes_and_refuses_what_the_form_does(signed_in, finance_officer, project, row):
    services.close_year(by=finance_officer, year=FinancialYear(2019), on=dt.date(2020, 6, 1))
    make_spend(project, dt.date(2023, 5, 1), 10, ledger_reference="OLD")
    run = checked(finance_officer, "spend", ledger(row))
    _, on, year, nature, amount, _, words, supplier, reference = row
    signed_in(finance_officer).post(
        "/projects/HMS/spend/new/",
        {
            "posted_on": on,
            "year": year,
            "nature": nature.lower(),
            "amount": amount,
            "description": words,
            "supplier": supplier,
            "ledger_reference": reference,
        },
    )
    taken = SpendEntry.objects.count() == 2
    assert (run.faults == 0) == taken, faults_of(run)


def test_a_dirty_download_is_read_right_or_listed(finance_officer):
    rows = [
        ["Spend to period 3 (£000)", "", "", "", "", ""],
        [],
        ["Scheme", "Trans date", "Fin year", "C/R", "Net value", "Narrative"],
        ["HMS", dt.date(2023, 6, 14), "2023 -24", "Cap", "(6.8)", "brackets"],
        ["HMS", dt.date(2023, 6, 14), "23/24", "C", "6.8-", "trailing"],
        ["HMS", dt.date(2023, 6, 14), dt.date(2011, 12, 1), "C", "- 6.8", "a year Excel took"],
        ["HMS", dt.date(2023, 6, 14), 2023, "R", "-", "nil"],
        ["HMS", dt.date(2023, 6, 14), "", "R", "1.2m", "million"],
        ["HMS", dt.date(2023, 6, 14), "", "R", 112, "a bare number"],
        ["Total HMS", "", "", "", 1291.6, ""],
        [],
        ["Source: general ledger, run on 3 July 2023"],
        ["Scheme", "Trans date", "Fin year", "C/R", "Net value", "Narrative"],
        ["POOL", dt.date(2023, 6, 14), "", "R", "£1,234.50", "pounds in a column of £000"],
        ["Grand total", "", "", "", 9999, ""],
    ]
    run = checked(finance_officer, "spend", xlsx_of(rows))
    ((row, place, message),) = faults_of(run)
    assert (row, place) == (14, 5)
    assert "£1,234.50 or £1,234,500" in message
    assert run.findings["counts"] == {
        "above": 1,
        "blank": 2,
        "head": 2,
        "rows": 7,
        "total": 2,
        "note": 1,
    }
    assert run.findings["total"] == "1291600.00"
    agreed, differs = run.findings["totals"]
    assert agreed["agrees"]
    assert not differs["agrees"]
    assert [row for row, _, _ in run.findings["left_out"]] == [10, 12, 13, 15]
    assert ["Year", "2011-12-01", "2011-12"] in [list(each) for each in run.findings["readings"]]

    rows[13][4] = "1.2345"  # repaired: £1,234.50
    run = checked(finance_officer, "spend", xlsx_of(rows))
    assert run.faults == 0
    with pytest.raises(ImportRefused, match="total in the file"):
        confirm(by=finance_officer, run=run)
    confirm(by=finance_officer, run=run, accept_totals=True)
    apply(by=finance_officer, run=run)
    assert sorted(SpendEntry.objects.values_list("amount", flat=True)) == [
        Decimal(each) for each in ("-6800", "-6800", "-6800", "0", "1234.50", "112000", "1200000")
    ]


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("cp1252", ","), ("utf-16", "\t"), ("utf-8-sig", ";")]
)
def test_encodings_and_separators_of_the_trade(finance_officer, encoding, delimiter):
    content = csv_of(
        [LEDGER_HEADS, entry("T1", "£1,234.50", words="Café – phase 2")], encoding, delimiter
    )
    imported(finance_officer, "spend", content)
    found = SpendEntry.objects.get()
    assert (found.amount, found.description) == (Decimal("1234.50"), "Café – phase 2")


def test_an_import_touches_no_project_outside_ones_scope(monkeypatch, project, other_project):
    monkeypatch.setitem(
        access.ROLE_PERMISSIONS,
        Role.PROJECT_MANAGER,
        frozenset({Permission.SEE_OWN_PROJECTS, Permission.ENTER_BUDGETS}),
    )
    own = make_user(Role.PROJECT_MANAGER)
    sit_on_board(own, project)
    run = checked(own, "spend", ledger(entry("T1"), entry("T2", project="POOL")))
    assert faults_of(run) == [
        (3, 1, "There is no project POOL that you may see; check the reference")
    ]
    assert ImportRun.objects.visible_to(own).count() == 1
    assert not ImportRun.objects.visible_to(make_user(Role.PROJECT_MANAGER)).exists()


def test_keys_never_come_from_the_file(finance_officer, project):
    old = make_spend(project, dt.date(2023, 5, 1), 10, ledger_reference="OLD")
    content = csv_of(
        [["id", "pk", *LEDGER_HEADS], [old.pk, old.pk, *entry("T1", "99")]],
    )
    run = imported(finance_officer, "spend", content)
    assert run.findings["columns_left_out"] == ["id", "pk"]
    old.refresh_from_db()
    assert old.amount == 10
    assert SpendEntry.objects.count() == 2


def test_what_changed_between_check_and_confirmation_stops_it(finance_officer, project):
    content = ledger(entry("T1", on="01/05/2019"), entry("T2"))
    run = checked(finance_officer, "spend", content)
    services.close_year(by=finance_officer, year=FinancialYear(2019), on=dt.date(2020, 6, 1))
    confirm(by=finance_officer, run=run)
    with pytest.raises(ImportRefused, match="changed since the file was checked"):
        apply(by=finance_officer, run=run)
    run.refresh_from_db()
    assert run.state == "checked"
    assert not SpendEntry.objects.exists()


def test_a_second_confirmation_has_no_second_effect(finance_officer):
    run = checked(finance_officer, "spend", ledger(entry("")))
    confirm(by=finance_officer, run=run)
    with pytest.raises(ImportRefused, match="stored already"):
        confirm(by=finance_officer, run=ImportRun.objects.get(pk=run.pk))
    apply(by=finance_officer, run=run)
    with pytest.raises(ImportRefused, match="not been confirmed, or is done"):
        apply(by=finance_officer, run=run)
    assert SpendEntry.objects.count() == 1


def test_whoever_may_not_enter_budgets_imports_nothing(auditor):
    with pytest.raises(access.PermissionDenied):
        checked(auditor, "spend", ledger(entry()))


def test_a_project_is_given_for_a_file_that_names_none(finance_officer, project):
    content = csv_of([["Date", "Type", "Value"], ["14/06/2023", "C", "12"]])
    run = imported(finance_officer, "spend", content, project=project)
    assert SpendEntry.objects.get().project == project
    assert run.new_rows == 1


def test_columns_that_are_missing_are_asked_for(finance_officer):
    with pytest.raises(ImportRefused, match="which column holds: project, posted"):
        checked(finance_officer, "spend", csv_of([["Value", "Type"], ["1", "C"]]))


def test_another_project_in_the_ledger_is_not_mistaken_for_a_known_entry(finance_officer):
    make_spend(make_project("THIRD"), dt.date(2023, 6, 14), "605.10", ledger_reference="T1")
    run = imported(finance_officer, "spend", ledger(entry("T1")))
    assert run.new_rows == 1


def test_years_that_excel_turned_to_dates_and_saved_in_a_csv(finance_officer, project):
    years = ["Dec-11", "01/12/2011", "01/04/2011", "31/03/2012", "2011-12-01 00:00:00"]
    rows = [entry(f"T{place}", year=year) for place, year in enumerate(years)]
    run = imported(finance_officer, "spend", ledger(*rows))
    assert run.new_rows == len(years)
    assert set(SpendEntry.objects.values_list("year", flat=True)) == {FinancialYear(2011)}
    wrong = checked(finance_officer, "spend", ledger(entry("X", year="May-25")))
    assert "holds the date 1 May 2025, which is no financial year" in str(faults_of(wrong))


def test_a_sheet_that_is_a_chart_alone_is_none_of_those_that_are_read(finance_officer, project):
    book = openpyxl.Workbook()
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=1, min_row=1, max_row=2))
    book.create_chartsheet("Chart", 0).add_chart(chart)
    book["Sheet"].append(LEDGER_HEADS)
    book["Sheet"].append(entry("T1"))
    out = io.BytesIO()
    book.save(out)
    run = receive(by=finance_officer, kind="spend", name="ledger.xlsx", content=out.getvalue())
    assert [sheet["name"] for sheet in run.outline["sheets"]] == ["Sheet"]
    assert check(by=finance_officer, run=run).new_rows == 1
    # when the rows are no longer kept, the file itself is opened again and read the same
    ImportPiece.objects.all().delete()
    run = check(by=finance_officer, run=run)
    assert (run.new_rows, run.rows_in_file) == (1, 2)


@pytest.mark.parametrize("form", [csv_of, xlsx_of])
def test_the_file_is_kept_to_the_last_byte(finance_officer, form):
    sent = form([LEDGER_HEADS, entry("T1", "605.10"), entry("T2", "(6.80)")])
    run = receive(by=finance_officer, kind="spend", name="ledger", content=sent)
    assert ImportRun.objects.get(pk=run.pk).importfile.sent == sent


def test_the_rows_that_were_kept_go_when_the_import_is_done(finance_officer, project):
    imported(finance_officer, "spend", ledger(entry("T1")))
    waiting = receive(
        by=finance_officer, kind="spend", name="ledger.csv", content=ledger(entry("T2"))
    )
    assert set(ImportPiece.objects.values_list("run", flat=True)) == {waiting.pk}
