"""The source report of June 2023 from the product: every figure and both tables, in HTML, Word, PDF and workbook."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re

import docx
import openpyxl
import pypdfium2
import pytest
from django.core.management import call_command
from django.test import Client

from budgets.models import BudgetChange, SpendEntry
from council_hms.exemption import Audience
from council_hms.models import User
from reports import publish
from reports.assemble import assemble
from reports.models import Publication, Report
from reports.review import review
from tests.source_report import APPENDIX_3

#: Every figure that the report prints in its text, in its order.
PRINTED = (
    "£263k £497k £97k £600k £1.7 million £2.3 million £375k £250k £3.188 million £263k £528k £448k £112k £60k "
    "£497k £97k £147k £1.5 million £1.6 million"
)
FIGURES = re.findall(r"£[\d.]+(?:k| million)", PRINTED)
PRODUCTS = [
    "Versaa Forms: Tenancy Sign-up",
    "CBL Portal",
    "Enhance Housing Options",
    "Contractor Portal",
]


@pytest.fixture(scope="module")
def example(django_db_setup, django_db_blocker):
    """The example council with its published report, loaded once for this file and taken out again at its end."""
    from django.db import transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        call_command("load_example", verbosity=0)
        yield
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.fixture
def report(example, db) -> Report:
    return Report.objects.get(reference="HMS-2023-06-14")


def published(report: Report, format: str, audience: str = "public") -> bytes:
    return bytes(
        report.publications.get(number=1).files.get(format=format, audience=audience).content
    )


def words_of(content: bytes, format: str) -> str:
    """The text of a file, as a reader of it would see it."""
    if format == "html":
        text = re.sub(r"<style>.*?</style>", "", content.decode(), flags=re.S)
        return (
            " ".join(re.sub(r"<[^>]+>", " ", text).split())
            .replace("&#39;", "'")
            .replace("&amp;", "&")
        )
    if format == "docx":
        paper = docx.Document(io.BytesIO(content))
        parts = [paragraph.text for paragraph in paper.paragraphs]
        parts += [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
        return " ".join(" ".join(parts).split())
    pages = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_range() for page in pages)
    return " ".join(text.replace("\r", " ").replace("\n", " ").split())


@pytest.mark.parametrize("format", ["html", "docx", "pdf"])
def test_every_figure_and_both_tables_are_in_the_file(report, format):
    text = words_of(published(report, format), format)
    for figure in FIGURES:
        assert figure in text
    assert text.count("£497k") >= 2
    for row, figures in APPENDIX_3.items():
        assert row in text
        for figure in figures:
            if figure and figure != "-":
                assert figure in text.replace("−", "-")
    for product in PRODUCTS:
        assert product in text
    for heading in (
        "Recommendations",
        "Financial Implications",
        "Legal Implications",
        "Report author",
    ):
        assert heading in text
    assert "Appendix 4 (Exempt)" in text


def test_what_the_report_says_is_what_the_paper_says_in_its_order(report):
    text = words_of(published(report, "html"), "html")
    prose = text[: text.index("Report author")]
    found = re.findall(r"£\d[\d.]*(?:k| million)", prose)
    recommended = [each for each in found if each in FIGURES]
    # the recommendations' lines state their amounts beside the prose; the prose keeps the paper's order
    place = 0
    for figure in recommended:
        if place < len(FIGURES) and figure == FIGURES[place]:
            place += 1
    assert place == len(FIGURES)


def test_every_figure_of_the_ledger_is_bound_and_the_mistakes_are_not(report):
    drawn = assemble(report)
    assert drawn.problems == []
    shown = [figure.shown for figure in drawn.figures.values()]
    assert set(FIGURES) - set(shown) == {"£1.5 million", "£1.6 million"}
    assert {str(figure.value) for figure in drawn.figures.values()} >= {"497400.00", "97300.00"}


def test_the_workbook_holds_the_tables_with_live_formulas(report):
    content = published(report, "xlsx")
    shown = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    cells = [cell.value for sheet in shown for row in sheet.iter_rows() for cell in row]
    assert 273900 in cells or 273.9 in cells
    formulas = openpyxl.load_workbook(io.BytesIO(content))
    live = [
        cell.value
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert len(live) >= 16


def test_the_product_finds_what_the_report_gets_wrong(report):
    author = User.objects.get(email="author@council.example")
    found = {(each.code, each.message) for each in review(report, author, dt.date(2023, 6, 14))}
    codes = {code for code, _ in found}
    assert {
        "reports.exempt_without_paragraph",
        "reports.appendix_unreferred",
        "reports.key_decision",
        "reports.no_source",
        "reports.retrospective",
        "reports.typed_figure",
    } <= codes
    messages = " ".join(message for _, message in found)
    assert "Appendix 5, Risk Register" in messages
    assert "Appendix 1 is exempt and cites no paragraph" in messages
    assert "£1.5 million and £1.6 million are typed" in messages
    assert "2022-23, which ended on 31 March 2023" in messages
    # what the projects' own checks say of the same report comes with it
    assert "budgets.headline_differs" in codes or any("528k" in message for _, message in found)


def test_the_world_reads_the_public_version_and_never_the_exempt_one(report):
    world = Client()
    page = world.get("/published/HMS-2023-06-14/1/")
    assert page.status_code == 200
    assert "exempt from publication; no paragraph of Schedule 12A is cited" in page.content.decode()
    assert "It was not published" not in page.content.decode()
    files = report.publications.get().files.all()
    for file in files:
        answer = world.get(f"/published/HMS-2023-06-14/1/{file.name}")
        assert answer.status_code == (200 if file.audience == Audience.PUBLIC else 404)
    for format in ("html", "docx", "pdf"):
        assert "It was not published" not in words_of(published(report, format), format)
        assert "It was not published" in words_of(published(report, format, "exempt"), format)


def test_exempt_files_are_marked_and_named_and_their_download_is_logged(report, caplog):
    file = report.publications.get().files.get(audience="exempt", format="pdf")
    assert "exempt-not-for-publication" in file.name
    assert "Exempt: not for publication" in words_of(bytes(file.content), "pdf")
    entitled = Client()
    entitled.force_login(User.objects.get(email="author@council.example"))
    with caplog.at_level("INFO", logger="council_hms.exports"):
        assert entitled.get(f"/published/HMS-2023-06-14/1/{file.name}").status_code == 200
    assert "exempt report=HMS-2023-06-14" in caplog.text
    administrator = Client()
    administrator.force_login(User.objects.get(email="admin@council.example"))
    assert administrator.get(f"/published/HMS-2023-06-14/1/{file.name}").status_code == 404


def test_the_same_bytes_whoever_asks_and_for_ever(report):
    version = report.publications.get()
    for file in version.files.all():
        assert hashlib.sha256(bytes(file.content)).hexdigest() == file.sha256
    name = version.files.get(audience="public", format="docx").name
    address = f"/published/HMS-2023-06-14/1/{name}"
    author = Client()
    author.force_login(User.objects.get(email="author@council.example"))
    assert author.get(address).content == Client().get(address).content


def test_a_changed_ledger_leaves_the_published_report_and_is_told_beside_it(report):
    before = Client().get("/published/HMS-2023-06-14/1/").content
    files = {file.pk: file.sha256 for file in report.publications.get().files.all()}
    SpendEntry.objects.filter(project__reference="HMS").update(amount="3200000.00")
    BudgetChange.objects.filter(reference="HMS-04").get().lines.update(amount="380000.00")
    now = Client().get("/published/HMS-2023-06-14/1/")
    strip = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')
    assert strip.sub(b"", now.content) == strip.sub(b"", before)
    version = report.publications.get()
    assert {
        file.pk: hashlib.sha256(bytes(file.content)).hexdigest() for file in version.files.all()
    } == files
    changed = {
        change.reference: (change.before, change.after) for change in publish.changed_since(version)
    }
    assert changed["change HMS-04 | k"] == ("£375k", "£380k")
    assert changed["spent as at 2023-03-31 | million"] == ("£3.188 million", "£3.2 million")
    author = Client()
    author.force_login(User.objects.get(email="author@council.example"))
    page = author.get("/reports/HMS-2023-06-14/versions/").content.decode()
    assert "£375k as published, £380k now" in page


def test_the_database_refuses_to_change_what_is_published(report):
    from django.db import transaction
    from django.db.utils import InternalError, ProgrammingError

    for act in (
        lambda: Publication.objects.update(note="other"),
        lambda: Publication.objects.get().files.all().update(sha256="x"),
        lambda: Publication.objects.get().files.all().delete(),
    ):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            act()


@pytest.mark.parametrize(
    "name",
    [
        "report",
        "report_preview",
        "report_findings",
        "report_clearance",
        "report_summary",
        "report_versions",
        "report_figures",
        "report_publish",
    ],
)
def test_every_page_of_the_report_opens_for_its_author(report, name):
    from django.urls import reverse

    author = Client()
    author.force_login(User.objects.get(email="author@council.example"))
    answer = author.get(reverse(name, args=[report.reference]))
    assert answer.status_code == 200


def test_the_findings_page_says_what_the_checker_says_of_the_draft(report):
    author = Client()
    author.force_login(User.objects.get(email="author@council.example"))
    page = author.get("/reports/HMS-2023-06-14/findings/").content.decode()
    said = page.partition('id="figures"')[2].partition("Of its projects")[0]
    for words in (
        "Paragraph 9 gives £528k",
        "Paragraph 12 says “3 year”, but May 2018 to November 2022 is 4½ years",
        "Paragraph 12 gives £1.5 million above £1.6 million",
        "Paragraph 12 calls £1.6 million the original budget",
    ):
        assert said.count(words) == 1
    label = list(report.paragraphs.read_by(Audience.PUBLIC))[8].label
    assert f'href="/reports/HMS-2023-06-14/paragraphs/{label}/">paragraph 9</a>' in said
    assert page.count("Schedule 12A") == page.partition('id="figures"')[0].count("Schedule 12A")
