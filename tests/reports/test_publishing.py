"""Publishing goes on beside the request: its page shows how far it is, and all of a version is kept or none."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable

import pytest
from django.utils import timezone

from council_hms import outputs
from reports import publish
from reports.models import Publication, PublicationFile, Publishing, Report
from reports.services import publish as publishing
from reports.services import report as services
from reports.services.report import Exemption
from tests.reports.report_factories import (
    MEETING,
    fill_compulsory,
    make_ledger,
    make_report,
    section_of,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def report(project, report_author):
    make_ledger(project)
    report = make_report(report_author, project)
    fill_compulsory(report_author, report)
    return report


def version_of(report: Report) -> int:
    return Report.objects.get(pk=report.pk).content_version


def wait_for(found: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.05)


def ask(session, report, note="Cleared on paper"):
    """Press Publish; the answer is the page of progress."""
    answer = session.post(
        f"/reports/{report.reference}/publish/",
        {"of_version": version_of(report), "note": note},
    )
    assert answer.status_code == 302
    return answer["Location"]


def test_the_page_shows_how_many_files_are_made_and_then_the_version(
    report, report_author, signed_in, monkeypatch
):
    """While the third file is being made, two are; nothing is public yet."""
    session = signed_in(report_author)
    go_on, seen = threading.Event(), threading.Event()
    drawn = publish.draw

    def draw(report, paper, format, council):
        if format == "pdf":
            seen.set()
            assert go_on.wait(30)
        return drawn(report, paper, format, council)

    monkeypatch.setattr(publish, "draw", draw)
    page = ask(session, report)
    assert seen.wait(30)
    said = session.get(page).content.decode()
    assert "2 of 3 files are made" in said
    assert 'max="100" value="50"' in said
    assert f'href="{page}"' in said  # without scripts
    assert Publication.objects.count() == 0
    assert session.get(f"/published/{report.reference}/").status_code == 404
    # nobody else begins it meanwhile, and the author may go on writing
    again = session.post(
        f"/reports/{report.reference}/publish/",
        {"of_version": version_of(report), "note": "Again"},
    )
    assert "is being published at this moment" in again.content.decode()
    services.add_paragraphs(by=report_author, section=section_of(report), text="Written later.")
    go_on.set()
    wait_for(lambda: Publication.objects.exists())
    said = session.get(page).content.decode()
    assert "Version 1 is published" in said
    assert "Word document" in said
    assert PublicationFile.objects.count() == 3
    public = session.get(f"/published/{report.reference}/").content.decode()
    assert "Written later." not in public
    assert Publication.objects.get().of_version == version_of(report) - 1


def test_a_file_that_cannot_be_made_leaves_nothing_and_the_page_says_what_to_do(
    report, report_author, signed_in, monkeypatch
):
    session = signed_in(report_author)
    drawn = publish.draw

    def draw(report, paper, format, council):
        if format == "pdf":
            raise outputs.OutputError("It took more memory than one file may. Leave out a table.")
        return drawn(report, paper, format, council)

    monkeypatch.setattr(publish, "draw", draw)
    page = ask(session, report, note="Cleared by telephone")
    wait_for(lambda: Publishing.objects.get().problem != "")
    said = session.get(page).content.decode()
    assert "Leave out a table." in said
    assert "data-progress" not in said
    assert Publication.objects.count() == PublicationFile.objects.count() == 0
    form = session.get(f"/reports/{report.reference}/publish/").content.decode()
    assert "Cleared by telephone" in form  # not to be written again
    monkeypatch.undo()
    ask(session, report)
    wait_for(lambda: Publication.objects.exists())


def test_a_fault_of_the_product_is_told_as_one(report, report_author, signed_in, monkeypatch):
    def draw(*_):
        raise RuntimeError("a fault")

    monkeypatch.setattr(publish, "draw", draw)
    session = signed_in(report_author)
    page = ask(session, report)
    wait_for(lambda: Publishing.objects.get().problem != "")
    said = session.get(page).content.decode()
    assert "Something went wrong in the product, and nothing was published" in said
    assert "a fault" not in said


def test_work_whose_process_was_killed_is_told_and_can_be_begun_again(
    report, report_author, signed_in
):
    """The row of a process that is gone: it says that it is at work, and nobody holds its lock."""
    pack = publishing.ask_to_publish(
        by=report_author, report=report, of_version=version_of(report), today=MEETING, note="x"
    )
    session = signed_in(report_author)
    page = pack.asked.get_absolute_url()
    assert "0 of 3 files are made" in session.get(page).content.decode()  # it may only just begin
    Publishing.objects.update(touched_at=timezone.now() - dt.timedelta(minutes=1))
    assert "The work stopped before it was done" in session.get(page).content.decode()
    ask(session, report)
    wait_for(lambda: Publication.objects.exists())


def test_who_published_what_stands_in_the_history(report, report_author, auditor, signed_in):
    services.add_paragraphs(
        by=report_author,
        section=section_of(report),
        text="SECRET of the talks",
        exemption=Exemption(True, [3], "The talks go on"),
    )
    made = publishing.publish_report(
        by=report_author,
        report=report,
        of_version=version_of(report),
        today=MEETING,
        note="Cleared on paper",
    )
    log = signed_in(auditor).get("/history/").content.decode()
    assert "Report: published" in log
    assert "Cleared on paper" in log
    row = signed_in(auditor).get(f"/history/rows/reports.publication/{made.pk}/").content.decode()
    assert report_author.name in row
    assert "SECRET" not in row
