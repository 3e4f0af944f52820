"""The source report's project, loaded as the example council, gives back its Appendix 3 to the digit."""

import csv
import datetime as dt
import io
import json
import shutil
import subprocess
from decimal import Decimal
from io import StringIO

import openpyxl
import pytest
from django.core.management import call_command
from lxml import html

from budgets.ledger import (
    FundingRow,
    compare_headlines,
    funding_query,
    funding_rows_of,
    funding_table_of,
    position_of,
)
from council_hms import demonstration
from council_hms.findings import Scope, run
from council_hms.models import User
from projects.models import Project
from tests.source_report import APPENDIX_3, AS_AT, ASK

D = Decimal
DAY = dt.date.fromisoformat(AS_AT)


@pytest.fixture(scope="module")
def example_council(django_db_setup, django_db_blocker):
    """The example council, loaded once for this file and taken away after it."""
    from django.db import transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            call_command("load_example", stdout=StringIO())
            yield
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


@pytest.fixture
def hms(example_council, db):
    return Project.objects.get(reference="HMS")


@pytest.fixture
def page_of(hms, signed_in):
    officer = User.objects.get(email="finance@council.example")
    session = signed_in(officer)

    def get(path, **query):
        response = session.get(path, query)
        assert response.status_code == 200, (path, response.status_code)
        return response

    return get


def rows_of_page(response):
    """The printed table: row heading → the words of its cells."""
    table = html.fromstring(response.content.decode()).cssselect("table.grid")[0]
    rows = {}
    for row in table.cssselect("tbody tr"):
        head, *cells = row.cssselect("th, td")
        if cells:
            rows[head.text_content().strip()] = [cell.text_content().strip() for cell in cells]
    return table, rows


def test_the_page_shows_appendix_3_to_the_digit(page_of):
    table, rows = rows_of_page(page_of("/projects/HMS/funding/", as_at=AS_AT))
    assert {label: cells for label, cells in rows.items() if label in APPENDIX_3} == APPENDIX_3
    assert list(rows) == list(APPENDIX_3)
    heads = [cell.text_content().strip() for cell in table.cssselect("thead th[scope=col]")]
    assert [head for head in heads if head] == ["2023-24", "2024-25", "2025-26", "2026-27"] * 2
    assert [
        cell.text_content().strip() for cell in table.cssselect("thead th[scope=colgroup]")
    ] == [
        "Capital",
        "Revenue",
    ]
    assert "£000" in table.cssselect("caption")[0].text_content()


def test_the_page_says_the_ask_in_words_and_where_the_headline_disagrees(page_of):
    words = page_of("/projects/HMS/funding/", as_at=AS_AT).content.decode()
    assert "£497,400 capital and £97,300 revenue" in words
    assert "£555,400" in words
    assert "a surplus of £58k in 2026-27" in words
    assert "£528k of capital is minuted, and £538k stands as lines" in words


def test_unit_years_brackets_and_totals_are_kept_in_the_address(page_of):
    _, rows = rows_of_page(
        page_of(
            "/projects/HMS/funding/",
            as_at=AS_AT,
            unit="pounds",
            negative="brackets",
            totals="on",
            years="2",
        )
    )
    assert rows["Additional budget ask"] == [
        "241,100.00",
        "273,900.00",
        "515,000.00",
        "(6,800.00)",
        "47,200.00",
        "40,400.00",
    ]


def test_every_figure_leads_to_lines_that_sum_to_it(page_of):
    page = html.fromstring(
        page_of("/projects/HMS/funding/", as_at=AS_AT, totals="on").content.decode()
    )
    rows = page.cssselect("table.grid tbody tr")
    figures = [cell for row in rows for cell in row.cssselect("td") if cell.text_content().strip()]
    links = [link for row in rows for link in row.cssselect("td a")]
    assert len(links) == len(figures) == (8 + 1 + 1 + 8 + 8 + 8) + (2 + 1 + 1 + 2 + 2 + 2)
    for link in links:
        behind = html.fromstring(page_of(link.get("href")).content.decode())
        totals = [_amount(cell.text_content()) for cell in behind.cssselect("tfoot td")]
        total = totals[0] - totals[1] if "row=ask" in link.get("href") else totals[0]
        assert total == _amount(link.text_content()) * 1000, link.get("href")
        back = behind.cssselect("a.govuk-back-link")[0].get("href")
        assert "totals=on" in back
        assert f"as_at={AS_AT}" in back


def test_a_table_that_is_opened_without_options_shows_the_years_of_the_cost_plan(page_of):
    """The plan runs from 2023-24 to 2026-27; whoever opens the page years later still reads Appendix 3."""
    response = page_of("/projects/HMS/funding/", as_at="2026-11-25")
    assert rows_of_page(response)[1] == APPENDIX_3


def _amount(text):
    text = text.strip().replace(",", "")
    return D(0) if text in ("-", "-nil") else D(text)


def test_before_the_plan_and_the_approval_the_page_says_that_there_is_nothing_yet(page_of):
    words = page_of(
        "/projects/HMS/funding/", as_at="2023-01-31", first_year="2023-24"
    ).content.decode()
    assert "There is nothing in these years yet" in words
    assert "605.1" not in words


def test_a_wrong_option_says_what_to_do_and_shows_the_table_all_the_same(page_of):
    response = page_of(
        "/projects/HMS/funding/", as_at=AS_AT, years="eleven", first_year="23-25", unit="guineas"
    )
    words = response.content.decode()
    assert "Enter a whole number of years from 1 to 10" in words
    assert "23-25" in words
    assert rows_of_page(response)[1] == APPENDIX_3


def test_the_workbook_holds_numbers_live_formulas_and_their_values(page_of):
    content = page_of("/projects/HMS/funding.xlsx", as_at=AS_AT, totals="on").content
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
    formulas = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    found = {}
    for row, written in zip(values.iter_rows(), formulas.iter_rows(), strict=True):
        label = str(row[0].value or "").strip()
        if label in APPENDIX_3:
            found[label] = [cell.value for cell in row[1:11]]
            if label in ("Total budget available", "Additional budget ask"):
                assert all(str(cell.value).startswith("=") for cell in written[1:11]), label
    for label, printed in APPENDIX_3.items():
        with_totals = found[label][:4] + found[label][5:9]
        expected = [
            None if text == "" else D(0) if text == "-" else D(text) * 1000 for text in printed
        ]
        assert [None if value is None else D(str(value)) for value in with_totals] == expected, (
            label
        )
    assert D(str(found["Additional budget ask"][4])) == D(ASK["capital"]) * 1000
    assert D(str(found["Additional budget ask"][9])) == D(ASK["revenue"]) * 1000


@pytest.mark.libreoffice
def test_libreoffice_recalculates_the_workbook_to_the_same_figures(page_of, tmp_path):
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    book = tmp_path / "funding.xlsx"
    book.write_bytes(page_of("/projects/HMS/funding.xlsx", as_at=AS_AT, unit="pounds").content)
    subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false",
            "--outdir",
            str(tmp_path),
            str(book),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    rows = {
        row[0].strip(): row[1:9]
        for row in csv.reader((tmp_path / "funding.csv").read_text(encoding="utf-8").splitlines())
        if row
    }
    for label in ("Total budget available", "Additional budget ask"):
        assert [D(text) for text in rows[label]] == [
            D(0) if text == "-" else D(text) * 1000 for text in APPENDIX_3[label]
        ]


def test_csv_and_json_hold_the_same_figures(page_of):
    text = page_of("/projects/HMS/funding.csv", as_at=AS_AT).content.decode("utf-8-sig")
    rows = {row[0]: row[1:] for row in csv.reader(StringIO(text)) if row}
    assert [D(cell) for cell in rows["Additional budget ask"][:8]] == [
        D(cell) for cell in APPENDIX_3["Additional budget ask"]
    ]
    assert rows["Transformation"][1:8] == [""] * 7
    data = json.loads(page_of("/projects/HMS/funding.json", as_at=AS_AT).content)
    asked = next(row for row in _walk_rows(data) if row.get("label") == "Additional budget ask")
    amounts = [D(str(cell)) for cell in _amounts(asked)]
    assert amounts == [D(cell) * 1000 for cell in APPENDIX_3["Additional budget ask"]]


def _walk_rows(data):
    if isinstance(data, dict):
        if "rows" in data:
            yield from data["rows"]
        for value in data.values():
            yield from _walk_rows(value)
    elif isinstance(data, list):
        for value in data:
            yield from _walk_rows(value)


def _amounts(row):
    cells = row.get("cells") or row.get("values") or {}
    values = cells.values() if isinstance(cells, dict) else cells
    return [value.get("value") if isinstance(value, dict) else value for value in values]


def test_the_command_prints_what_the_page_shows(hms, capsys):
    out = StringIO()
    call_command(
        "funding_table", "HMS", "--as-at", AS_AT, "--format", "csv", "--unit", "k", stdout=out
    )
    rows = {row[0]: row[1:] for row in csv.reader(StringIO(out.getvalue())) if row}
    assert [D(cell) for cell in rows["Budget requirement"][:3]] == [
        D("605.1"),
        D("331.9"),
        D("98.4"),
    ]
    out = StringIO()
    call_command("position", "HMS", "--as-at", "2023-03-31", "--json", stdout=out)
    position = json.loads(out.getvalue())
    assert position["approved_to_date"]["total"] == "2925000.00"
    assert position["spent"]["total"] == "3188000.00"
    assert position["ahead_of_formal_approval"] == "263000.00"
    assert position["ahead_held_on_interim"] == "263000.00"
    assert position["ahead_in_year"] == "2022-23"


@pytest.mark.parametrize(
    ("day", "approved"),
    [
        ("2016-02-28", 0),
        ("2016-02-29", 600_000),
        ("2017-06-30", 1_700_000),
        ("2021-02-28", 2_300_000),
        ("2022-05-31", 2_925_000),
        ("2023-03-31", 2_925_000),
        ("2023-04-01", 3_401_000),
    ],
)
def test_the_approval_history_as_at_each_day(hms, day, approved):
    assert position_of(hms, dt.date.fromisoformat(day)).approved_to_date.total == approved


def test_the_june_2023_request_as_it_stood(hms):
    position = position_of(hms, DAY)
    assert position.interim.total == 263_000
    assert position.recommended.total == 263_000 + 594_700
    assert position.sought.total == 857_700
    assert position.ahead == 263_000


def test_the_position_page_names_the_stretch_in_words(page_of):
    words = page_of("/projects/HMS/position/", as_at="2023-03-31").content.decode()
    assert "Spend is £263k ahead of formal approval" in words
    assert "held on the word of the project board" in words
    assert "£2.925m" in words
    assert "£3.188m" in words


def test_headlines_agree_within_their_rounding_and_the_one_that_does_not_is_kept(hms):
    changes = list(hms.budget_changes.prefetch_related("headlines"))
    compared = compare_headlines(changes, DAY)
    assert len(compared) == 10
    (wrong,) = [found for found in compared if not found.agrees]
    assert (wrong.words, wrong.lines, wrong.difference) == ("£528k", D("538000"), D("10000"))


def test_the_findings_are_those_of_the_report_and_no_others(hms):
    found = run(Scope(Project.objects.filter(pk=hms.pk), DAY))
    ledger = [
        (finding.code, finding.subject) for finding in found if finding.code.startswith("budgets.")
    ]
    assert sorted(ledger) == [
        ("budgets.ahead_of_authority", "year-2022"),
        ("budgets.forecast_over_budget", "plan"),
        ("budgets.headline_differs_from_lines", "HMS-06"),
        ("budgets.interim_awaiting_ratification", "HMS-07"),
        ("budgets.key_decision_marked_no", "HMS-08"),
        ("budgets.no_funding_source", "HMS-07"),
        ("budgets.no_funding_source", "HMS-08"),
        ("budgets.retrospective_request", "HMS-07"),
        ("budgets.surplus_year", "plan"),
        ("budgets.urgent_decision_not_reported", "HMS-04"),
    ]
    (ahead,) = [finding for finding in found if finding.code == "budgets.ahead_of_authority"]
    assert ahead.amount == 263_000
    assert ahead.since == dt.date(2023, 3, 31)
    assert "on the word of the Project board alone" in ahead.message


def test_the_same_question_gives_the_same_answer_after_the_limits_changed(hms):
    from budgets.models import AuthorityLimit

    before = position_of(hms, DAY)
    AuthorityLimit.objects.all().update(per_change=D("1"))
    assert position_of(hms, DAY) == before


@pytest.mark.parametrize("known", [None, "2023-06-14", "2100-01-01"])
@pytest.mark.parametrize("day", ["2016-01-01", "2017-06-30", "2023-01-31", AS_AT, "2026-11-25"])
def test_the_query_that_is_put_together_once_answers_for_every_day(hms, day, known):
    """It is kept as SQL with places for project, day and moment: each must go where it belongs."""
    day = dt.date.fromisoformat(day)
    known_at = known and dt.datetime.fromisoformat(f"{known}T12:00+00:00")
    put_together = [FundingRow(*row) for row in funding_query(hms, day, known_at)]
    assert sorted(map(repr, funding_rows_of(hms, day, known_at))) == sorted(map(repr, put_together))


def test_queries_do_not_grow_with_the_lines(hms, django_assert_num_queries):
    with django_assert_num_queries(1):
        funding_table_of(hms, DAY)
    with django_assert_num_queries(5):
        position_of(hms, DAY)


def test_the_example_council_names_nobody(example_council):
    """People are job titles: nothing of the report's author, telephone or e-mail is loaded."""
    text = StringIO()
    for person in demonstration.PEOPLE:
        assert person.email.endswith("@council.example")
    call_command("dumpdata", "--exclude=contenttypes", "--exclude=auth.permission", stdout=text)
    for word in ("kennedy", "chapman", "oxford.gov", "01865"):
        assert word not in text.getvalue().lower()
