"""The history of a report's exempt paragraph or appendix: for those with the right alone, also once it is public."""

from __future__ import annotations

import pytest
from pghistory.models import Context

from reports.models import Appendix, Paragraph
from reports.services import report as services
from reports.services.report import Exemption
from tests.reports.report_factories import make_ledger, make_report, section_of

pytestmark = pytest.mark.django_db
CANARY = "the supplier pays 777,777 pounds"
EXEMPT = Exemption(True, [3], "The talks go on: canary of the reason")


@pytest.fixture
def report(project, report_author):
    make_ledger(project)
    return make_report(report_author, project)


def make_paragraph(author, report) -> Paragraph:
    return services.add_paragraphs(
        by=author, section=section_of(report), text=CANARY, exemption=EXEMPT
    )[0]


def make_appendix(author, report) -> Appendix:
    return services.add_appendix(
        by=author, report=report, title="Talks", text=CANARY, exemption=EXEMPT
    )


def made_public(author, row) -> None:
    """The author takes the exemption away and writes words for everybody."""
    edit = services.edit_paragraph if isinstance(row, Paragraph) else services.edit_appendix
    given = {"title": row.title} if isinstance(row, Appendix) else {}
    edit(
        by=author,
        **{type(row).__name__.lower(): row},
        version=row.version,
        text="The talks are over.",
        exemption=Exemption(),
        **given,
    )


def removed(author, row) -> None:
    """The author takes the part out of the report."""
    if isinstance(row, Paragraph):
        services.remove_paragraph(by=author, paragraph=row)
    else:
        services.remove_appendix(by=author, appendix=row)


def left(author, row) -> None:
    """Nothing more becomes of it."""


def pages_of(row) -> list[str]:
    """The log, and the pages of the history of the part and of its report."""
    return [
        "/history/",
        "/history.csv",
        f"/history/rows/{row._meta.label_lower}/{row.pk}/",
        f"/history/rows/reports.report/{row.report_id}/",
    ]


def read(session, addresses: list[str]) -> str:
    """All that these pages say."""
    said = b""
    for address in addresses:
        answer = session.get(address)
        said += b"".join(answer.streaming_content) if answer.streaming else answer.content
    return said.decode()


@pytest.mark.parametrize("what_becomes_of_it", [left, made_public, removed])
@pytest.mark.parametrize("make", [make_paragraph, make_appendix])
def test_what_was_ever_exempt_of_a_report_is_not_told_by_its_history(
    make, what_becomes_of_it, report, report_author, administrator, auditor, signed_in
):
    row = make(report_author, report)
    row_pages = pages_of(row)
    what_becomes_of_it(report_author, row)
    addresses = [*row_pages, *(f"/history/acts/{act.pk}/" for act in Context.objects.all())]
    assert "canary of the reason" in read(signed_in(auditor), addresses)
    said = read(signed_in(administrator), addresses)  # sees the history, and nothing exempt
    assert "Paragraph: added" in said or "Appendix: added" in said
    assert "777,777" not in said
    assert "canary of the reason" not in said
