"""Files of a report in other people's programs, with hostile words in every field; what gives exempt amounts away."""

from __future__ import annotations

import io

import docx
import openpyxl
import pikepdf
import pypdfium2
import pytest
from django.core.management import CommandError, call_command

from council_hms.exemption import Audience
from council_hms.models import CouncilSettings
from council_hms.money import parse_money
from projects.models import Discount
from reports import publish
from reports.assemble import assemble
from reports.models import Report, ReportTemplate
from reports.review import review
from reports.services import report as services
from reports.services import template as templates
from reports.services.report import Exemption
from reports.summary import summary_of
from tests.council_hms.outputs.readers import soffice
from tests.reports.report_factories import MEETING, make_ledger, make_report, section_of

HOSTILE = [
    "=1+1",
    "<script>alert(1)</script>",
    "{{ 7*7 }} {% now 'Y' %}",
    "#set page(width: 1pt) $x$ @ref *b*",
    "w:p]]></w:t>&amp;\"'",
    "\u202eright to left \u200b zero",
    "long" * 60,
]


@pytest.fixture
def report(project, report_author):
    make_ledger(project)
    return make_report(report_author, project, title="Housing system")


def everywhere(report: Report, author, words: str) -> Report:
    """Put the words into every field that people write."""
    safe = words.replace("{", "\\{")
    report = services.edit_report(
        by=author,
        report=report,
        version=report.version,
        title=words[:300],
        purpose=safe,
        agenda_item=words[:30],
        author_job_title=words[:120],
        author_service=words[:120],
        author_telephone=words[:40],
        background_papers=words,
        field_texts={field.pk: safe for field in report.fields.filter(source="text")},
    )
    services.add_section(by=author, report=report, title=words[:120])
    services.add_paragraphs(
        by=author,
        section=report.sections.get(title=words[:120]),
        text=f"A {safe}\n\n- {safe}\n\n| Head {safe} | Two |\n|---|---|\n| {safe} | {safe} |\n\n{{insert:funding}}",
        split=False,
    )
    services.add_appendix(by=author, report=report, title=words[:200], text=safe)
    services.add_recommendation(
        by=author,
        report=report,
        verb="delegate",
        text=safe,
        delegate_to=words[:200],
        consult_with=words[:300],
        delegate_what=words[:300],
    )
    return report


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_in_every_field_stay_words_in_every_format(report, report_author, words):
    report = everywhere(report, report_author, words)
    drawn = assemble(report)
    assert drawn.problems == []
    page = publish.draft_file(report, Audience.PUBLIC, "html")[0].decode()
    assert "<script>" not in page
    assert "49" not in page.replace("#", "") or "7*7" in page
    word = docx.Document(io.BytesIO(publish.draft_file(report, Audience.PUBLIC, "docx")[0]))
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    if words.isprintable():
        assert words[:40] in text
    book = openpyxl.load_workbook(
        io.BytesIO(publish.draft_file(report, Audience.PUBLIC, "xlsx")[0])
    )
    live = [
        c.value for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"
    ]
    assert "=1+1" not in live


def test_the_pdf_is_tagged_titled_and_in_english_with_head_cells(report, report_author):
    everywhere(report, report_author, "Plain & simple")
    content = publish.draft_file(report, Audience.PUBLIC, "pdf")[0]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        root = pdf.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang).startswith("en")
        assert "Plain & simple" in str(pdf.docinfo.get("/Title", "")) or pdf.open_metadata().get(
            "dc:title"
        )
        raw = b"".join(
            bytes(each.unparse(resolved=True))
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary)
        )
        assert b"/TH" in raw
        assert "/Outlines" in root


@pytest.mark.libreoffice
def test_libreoffice_opens_the_word_file_and_the_workbook_without_loss(report, report_author):
    services.add_paragraphs(
        by=report_author,
        section=section_of(report),
        text="Spent {spent | k} of {approved | k}:\n\n{insert:funding}\n\n{insert:approvals}",
        split=False,
    )
    word = publish.draft_file(report, Audience.PUBLIC, "docx")[0]
    (pdf,) = soffice(word, "docx", "pdf").values()
    text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    for words in ("Spent £655k of £750k", "605.1", "Budget requirement", "Approved by Council"):
        assert words in " ".join(text.split())
    book = publish.draft_file(report, Audience.PUBLIC, "xlsx")[0]
    (again,) = soffice(book, "xlsx", "xlsx").values()
    cells = [
        cell.value
        for sheet in openpyxl.load_workbook(io.BytesIO(again), data_only=True)
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert 605100 in cells


def test_a_councils_own_word_file_gives_the_styles(report, report_author, administrator):
    own = docx.Document()
    own.sections[0].header.paragraphs[0].text = "Borough of Example"
    out = io.BytesIO()
    own.save(out)
    templates.upload_word_template(
        by=administrator,
        template=ReportTemplate.objects.get(),
        name="ours.docx",
        content=out.getvalue(),
    )
    drawn = docx.Document(io.BytesIO(publish.draft_file(report, Audience.PUBLIC, "docx")[0]))
    assert drawn.sections[0].header.paragraphs[0].text == "Borough of Example"
    with pytest.raises(services.ReportError, match="Word file"):
        templates.upload_word_template(
            by=administrator, template=ReportTemplate.objects.get(), name="x.docx", content=b"PK no"
        )


def test_an_exempt_amount_that_public_figures_give_away_is_found(
    report, report_author, project, administrator
):
    Discount.objects.create(project=project, title="Rebate", amount=95_000)
    services.add_paragraphs(
        by=report_author,
        section=section_of(report),
        text="Spent {spent | k}; the net cost is £560k.",
    )
    found = {each.code: each.message for each in review(report, report_author, MEETING)}
    assert "the discount “Rebate” can be worked out" in found["reports.exempt_amount_given_away"]
    assert "difference of" in found["reports.exempt_amount_given_away"]
    # who may not read of it is not told
    assert "reports.exempt_amount_given_away" not in {
        each.code for each in review(report, administrator, MEETING)
    }


def test_an_amount_typed_in_an_exempt_paragraph_is_not_shown_to_others(
    report, report_author, administrator
):
    services.add_paragraphs(
        by=report_author,
        section=section_of(report),
        text="The supplier pays £12,345.",
        exemption=Exemption(True, [3], "Negotiations"),
    )
    assert parse_money("£12,345")
    theirs = " ".join(each.message for each in review(report, administrator, MEETING))
    assert "12,345" not in theirs
    mine = " ".join(each.message for each in review(report, report_author, MEETING))
    assert "£12,345 is typed" in mine


def test_the_command_writes_the_public_version_unless_asked(
    report, report_author, tmp_path, caplog
):
    services.add_paragraphs(
        by=report_author,
        section=section_of(report),
        text="SECRET",
        exemption=Exemption(True, [3], "Negotiations"),
    )
    file = tmp_path / "report.html"
    call_command("export_report", report.reference, "-o", str(file), verbosity=0)
    assert "SECRET" not in file.read_text()
    with caplog.at_level("INFO", logger="council_hms.exports"):
        call_command(
            "export_report", report.reference, "--audience", "exempt", "-o", str(file), verbosity=0
        )
    assert "SECRET" in file.read_text()
    assert "exempt report=HMS-2023-06-14" in caplog.text


def test_the_command_says_what_is_wrong_and_what_would_be_right(report, tmp_path):
    for words, said in (
        (["HMS-2023-06-41"], "Did you mean “HMS-2023-06-14”"),
        ([report.reference, "--published", "0"], "no public file of that kind in a version 0"),
        ([report.reference, "-o", str(tmp_path)], "cannot be written: Is a directory"),
        ([report.reference, "-o", str(tmp_path / "no" / "x.html")], "No such file or directory"),
    ):
        with pytest.raises(CommandError, match=said):
            call_command("export_report", *words)


def test_a_briefing_is_one_page(report, report_author):
    """Purpose, ask, recommendations, position and risks of a report of the usual length."""
    for number in range(4):
        services.add_recommendation(
            by=report_author,
            report=report,
            verb="delegate",
            delegate_to="the Executive Director (Communities and People)",
            consult_with="the Head of Financial Services and the Head of Law and Governance",
            text=f"to finalise the terms of agreement number {number} that the supplier has offered",
        )
    council = CouncilSettings.current()
    paper = summary_of(report, MEETING, council)
    made = pypdfium2.PdfDocument(publish.draw(report, paper, "pdf", council))
    assert len(made) == 1
    said = " ".join(made[0].get_textpage().get_text_range().split())
    assert "£750k is formally approved for all years, £600k of it for years to 2022-23." in said
    assert (
        "£655k was spent to 14 June 2023, £55k ahead of formal approval at the end of 2022-23."
        in said
    )
