"""What a reader works out of a public paper, by hand: each way in which an exempt amount comes to be known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from council_hms.document import Bullets, Document, GridBlock, Paragraph, plain
from council_hms.grid import Cell, Column, Format, Grid, Row, RowKind, Sum
from council_hms.money import Unit
from projects.models import Discount
from reports import markup
from reports.disclosure import PublicMatter
from reports.markup import Resolved
from reports.models import Report
from reports.review import review
from reports.services import publish as publishing
from reports.services import report as services
from tests.council_hms.outputs.appendix_3 import appendix_3
from tests.reports.report_factories import (
    MEETING,
    fill_compulsory,
    make_ledger,
    make_report,
    section_of,
)

SECRET = Decimal(95_000)


def paper(*texts: str, grids: tuple[Grid, ...] = ()) -> Document:
    """A public paper of numbered paragraphs and tables."""
    blocks = [
        Paragraph(plain(text), f"{at}.", f"paragraph-p{at}") for at, text in enumerate(texts, 1)
    ]
    tables = [GridBlock(grid, f"Table {at}") for at, grid in enumerate(grids, 1)]
    return Document("T", [*blocks, *tables])


def written(text: str) -> Document:
    """A paper of what an author wrote."""
    return Document(
        "T", markup.blocks(text, lambda _: Resolved(), number="1.", anchor="paragraph-a")
    )


def costs(**shown: int) -> Grid:
    """What the work costs in 2023-24 and in all; a row that is exempt is left out of the rows, not of the total."""
    parts = ("licences", "settlement", "training")
    return Grid(
        caption="Costs",
        columns=[Column("y23", "2023-24", Format.MONEY)],
        unit=Unit.THOUSANDS,
        rows=[
            *(Row(key, key, {"y23": Cell(Decimal(value))}) for key, value in shown.items()),
            Row("total", "Total", {"y23": Cell(Decimal(695_000))}, RowKind.TOTAL, Sum(parts)),
        ],
    )


@pytest.mark.parametrize(
    ("public", "said"),
    [
        (paper("The supplier pays £95k."), "it is £95k"),
        (paper("We spent £655k.", "The net cost is £560k."), "the difference of £655k and £560k"),
        (
            paper("Of £695k, £400k is for licences, £150k for data and £50k for training."),
            "£695k less £400k and £150k and £50k",
        ),
        (paper("The settlement is 19% of the £500k that was claimed."), "19% of £500k"),
        (paper("Of the £500k that was claimed, 81% is refused."), "left of £500k after 81%"),
        (
            paper(grids=(costs(licences=500_000, training=100_000),)),
            "“Total” less the rows shown in Table 1, 2023-24",
        ),
        (
            written(
                "| Cost (£000) | 2023-24 |\n|---|---|\n| Licences | 500.0 |\n| Training | 100.0 |\n"
                "| Total | £695k |"
            ),
            "“Total” less the rows shown",
        ),
        (
            written(
                "| Source | Licences (£) | Settlement (£) | Total (£) |\n|---|---|---|---|\n"
                "| HRA | 500,000 | exempt | 595,000 |"
            ),
            "“Total (£)” less the columns shown",
        ),
    ],
)
def test_a_reader_comes_to_the_exempt_amount(public, said):
    assert said in PublicMatter.of(public).gives_away(SECRET)


@pytest.mark.parametrize(
    "public",
    [
        paper("We spent £655k.", "The net cost is £600k."),
        paper("Of £695k, £400k is for licences, £150k for data; the rest is exempt."),
        paper("The settlement is 25% of the £500k that was claimed."),
        paper(grids=(costs(licences=500_000, settlement=90_000, training=105_000),)),
        paper(grids=(appendix_3(),)),
        paper("About £1m was spent in all, of a budget of £1m."),
        written("| Year | Amount |\n|---|---|\n| 2023 | 12 |\n| 2024 | 13 |"),
    ],
)
def test_a_paper_that_tells_nothing_is_not_suspected(public):
    assert PublicMatter.of(public).gives_away(SECRET) == ""


def test_a_list_belongs_to_the_paragraph_before_it():
    points = [plain("licences £400k"), plain("data £150k"), plain("training £50k")]
    public = Document("T", [*paper("The whole is £695k:").blocks, Bullets(points)])
    assert "£695k less £400k and £150k and £50k" in PublicMatter.of(public).gives_away(SECRET)


def test_two_versions_tell_what_neither_tells_alone():
    before = paper("The budget is £655k.", grids=(costs(licences=600_000, training=95_500),))
    after = paper("The budget is £750k.", grids=(costs(licences=600_000, training=95_500),))
    assert PublicMatter.of(after).gives_away(SECRET) == ""
    assert "said £655k in version 1 and says £750k now" in PublicMatter.of(
        after, {1: before}
    ).gives_away(SECRET)
    changed = paper("The budget is £655k.", grids=(costs(licences=505_000, training=95_500),))
    assert "“licences” in Table 1 is another than in version 1" in PublicMatter.of(
        changed, {1: before}
    ).gives_away(SECRET)


@pytest.mark.django_db
def test_a_total_that_was_published_with_the_settlement_is_found_in_the_next_version(
    project, report_author
):
    make_ledger(project)
    report = make_report(report_author, project)
    fill_compulsory(report_author, report)
    row = services.add_paragraphs(
        by=report_author, section=section_of(report), text="The work will cost £700k."
    )[0]
    publishing.publish_report(
        by=report_author,
        report=report,
        of_version=Report.objects.get().content_version,
        today=MEETING,
        note="Cleared on paper",
    )
    Discount.objects.create(project=project, title="Rebate", amount=93_400, exempt=True)
    assert "reports.exempt_amount_given_away" not in codes(report, report_author)
    services.edit_paragraph(
        by=report_author, paragraph=row, version=1, text="The work will cost £606.6k."
    )
    assert "reports.exempt_amount_given_away" in codes(report, report_author)


@pytest.mark.django_db
def test_two_exempt_amounts_are_not_given_away_together(project, report_author):
    make_ledger(project)
    report = make_report(report_author, project)
    for title, amount in (("Rebate", 31_100), ("Second rebate", 42_300)):
        Discount.objects.create(project=project, title=title, amount=amount, exempt=True)
    services.add_paragraphs(
        by=report_author, section=section_of(report), text="The supplier gives £73.4k in all."
    )
    (found,) = [
        each.message
        for each in review(report, report_author, MEETING)
        if each.code == "reports.exempt_amount_given_away"
    ]
    assert "all exempt settlement terms and discounts together" in found


def codes(report, person) -> set[str]:
    return {each.code for each in review(Report.objects.get(pk=report.pk), person, MEETING)}
