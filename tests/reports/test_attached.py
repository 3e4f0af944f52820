"""A PDF as an appendix: checked, kept and published as it was attached; an exempt one not for the public."""

from __future__ import annotations

import hashlib
import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from council_hms.exemption import Audience
from reports.assemble import assemble
from reports.models import Appendix, AppendixFile, PublicationFile, Report
from reports.review import review
from reports.services import publish as publishing
from reports.services import report as services
from reports.services.report import Exemption
from tests.exempt import parts_of_bytes
from tests.reports.report_factories import (
    MEETING,
    a_pdf,
    attach,
    fill_compulsory,
    make_ledger,
    make_report,
)

pytestmark = pytest.mark.django_db
EXEMPT = Exemption(True, [3], "The talks go on")


@pytest.fixture
def report(project, report_author):
    make_ledger(project)
    return make_report(report_author, project)


def saved(change) -> bytes:
    """A PDF after something was done to it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(a_pdf())) as opened:
        more = change(opened) or {}
        opened.save(out, **more)
    return out.getvalue()


def said_in(file: PublicationFile) -> str:
    """All words of a published file."""
    return " ".join(words for _, words in parts_of_bytes(file.name, bytes(file.content)))


def with_script(opened) -> None:
    opened.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def with_script_on_a_page(opened) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")
    opened.pages[0].AA = pikepdf.Dictionary(O=action)


def with_file_inside(opened) -> None:
    opened.attachments["ledger.csv"] = b"secret"


def with_password(opened):
    return {"encryption": pikepdf.Encryption(owner="a", user="b")}


def with_protection(opened):
    return {"encryption": pikepdf.Encryption(owner="a", user="")}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: b"PK no pdf", "no PDF"),
        (lambda: b"%PDF-1.7 broken", "damaged or no PDF"),
        (lambda: saved(with_script), "a script|run or send by itself"),
        (lambda: saved(with_script_on_a_page), "run or send by itself"),
        (lambda: saved(with_file_inside), "a file inside it"),
        (lambda: saved(with_password), "asks for a password"),
        (lambda: saved(with_protection), "is protected"),
        (lambda: b"%PDF-" + b"x" * 20_000_001, "larger than 20 MB"),
    ],
)
def test_what_is_not_paper_alone_is_refused_with_what_to_do(make, said):
    with pytest.raises(services.ReportError, match=said) as refused:
        services.attachable("paper.pdf", make())
    assert refused.value.field == "file"


def test_an_author_attaches_reads_replaces_and_takes_away(report, report_author, signed_in):
    session = signed_in(report_author)
    content = a_pdf("Impact on tenants")
    answer = session.post(
        f"/reports/{report.reference}/appendices/new/",
        {"title": "Impact assessment", "file": SimpleUploadedFile("C:\\x\\Impact.pdf", content)},
    )
    assert answer.status_code == 302
    row = Appendix.objects.get()
    assert (row.file_name, row.file_pages, row.file_is_tagged) == ("Impact.pdf", 1, True)
    assert row.file_sha256 == hashlib.sha256(content).hexdigest()
    address = f"/reports/{report.reference}/appendices/{row.label}/"
    assert "Impact.pdf" in session.get(address).content.decode()
    assert session.get(f"{address}file.pdf").content == content
    said = session.get(f"/reports/{report.reference}/preview/").content.decode()
    assert f'href="{address}file.pdf"' in said
    assert row.file_sha256 in said
    # a wrong one is refused, and what stood there stays
    form = {"version": row.version, "title": row.title, "text": "A summary."}
    wrong = session.post(address, {**form, "file": SimpleUploadedFile("x.pdf", b"no")})
    assert wrong.status_code == 422
    assert "The file is no PDF" in wrong.content.decode()
    assert "A summary." in wrong.content.decode()
    assert bytes(AppendixFile.objects.get().content) == content
    session.post(address, {**form, "without_file": "on"})
    row.refresh_from_db()
    assert (row.file_name, row.text) == ("", "A summary.")
    assert not AppendixFile.objects.exists()
    assert session.get(f"{address}file.pdf").status_code == 404


def test_all_pdfs_of_a_report_have_one_limit(report, report_author, monkeypatch):
    content = a_pdf()
    monkeypatch.setattr(services, "MOST_ATTACHED", len(content) + 10)
    first = services.add_appendix(by=report_author, report=report, title="One")
    attach(report_author, first, content)
    second = services.add_appendix(by=report_author, report=report, title="Two")
    with pytest.raises(services.ReportError, match="in all"):
        attach(report_author, second, content)
    assert Appendix.objects.get(pk=second.pk).file_name == ""  # all or nothing


def test_a_published_version_keeps_pdfs_as_they_were_and_exempt_ones_apart(
    report, report_author, administrator, client, signed_in
):
    fill_compulsory(report_author, report)
    public = services.add_appendix(by=report_author, report=report, title="Map", text="A map.")
    secret = services.add_appendix(
        by=report_author, report=report, title="Talks", text="x", exemption=EXEMPT
    )
    map_, talks = a_pdf("The map of the estate"), a_pdf("SECRET offer of the supplier")
    attach(report_author, public, map_, "Map.pdf")
    attach(report_author, secret, talks, "SECRET offer.pdf")
    publishing.publish_report(
        by=report_author,
        report=report,
        of_version=Report.objects.get().content_version,
        today=MEETING,
        note="Cleared on paper",
    )
    # the draft goes on; what was published stays
    attach(report_author, Appendix.objects.get(pk=public.pk), a_pdf("Another map"), "Map 2.pdf")
    page = client.get(f"/published/{report.reference}/").content.decode()
    kept = PublicationFile.objects.get(appendix=1)
    assert f'href="/published/{report.reference}/1/{kept.name}"' in page
    assert "Appendix 1: Map (PDF)" in page
    assert kept.sha256 == hashlib.sha256(map_).hexdigest()
    address = f"/published/{report.reference}/1/{kept.name}"
    assert client.get(address).content == map_
    # nothing of the exempt one, its name included, is anybody's without the right
    hidden = PublicationFile.objects.get(appendix=2)
    assert hidden.audience == Audience.EXEMPT
    assert "exempt-not-for-publication" in hidden.name
    for session in (client, signed_in(administrator)):
        assert session.get(f"/published/{report.reference}/1/{hidden.name}").status_code == 404
        assert "SECRET" not in page
    draft = f"/reports/{report.reference}/appendices/{secret.label}/file.pdf"
    assert signed_in(administrator).get(draft).status_code == 404
    assert signed_in(administrator).get(f"/reports/{report.reference}/").status_code == 200
    for name in ("", "preview/", "versions/", "findings/"):
        said = signed_in(administrator).get(f"/reports/{report.reference}/{name}").content.decode()
        assert "SECRET" not in said, name
    for file in PublicationFile.objects.filter(audience=Audience.PUBLIC):
        assert "SECRET" not in said_in(file)
    assert "SECRET" in said_in(PublicationFile.objects.get(audience="exempt", format="html"))
    assert signed_in(report_author).get(draft).content == talks


def test_an_appendix_that_says_nothing_to_somebody_is_a_finding(report, report_author):
    empty = services.add_appendix(by=report_author, report=report, title="Nothing yet")
    found = {each.code for each in review(report, report_author, MEETING)}
    assert "reports.appendix_empty" in found
    attach(report_author, empty, a_pdf())
    found = {each.code for each in review(report, report_author, MEETING)}
    assert not found & {"reports.appendix_empty", "reports.appendix_unread"}
    Appendix.objects.update(file_is_tagged=False)
    assert "reports.appendix_unread" in {
        each.code for each in review(report, report_author, MEETING)
    }


def test_the_paper_names_the_pdf_for_its_readers_alone(report, report_author):
    row = services.add_appendix(by=report_author, report=report, title="Talks", exemption=EXEMPT)
    attach(report_author, row, a_pdf(), "Offer.pdf")

    def words(audience: Audience) -> str:
        return str(assemble(report, audience).document)

    assert "Offer.pdf" in words(Audience.EXEMPT)
    assert "Offer.pdf" not in words(Audience.PUBLIC)
    assert Appendix.objects.get().file_sha256 not in words(Audience.PUBLIC)
