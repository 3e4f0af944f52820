"""What the council has published: pages and files open to the world, the same for whoever asks."""

from __future__ import annotations

from django.db.models import Max, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from council_hms import outputs
from council_hms.access import allow_public
from council_hms.exemption import Audience
from council_hms.outputs import html
from reports.frozen import thaw
from reports.models import Publication, PublicationFile
from reports.views.report_common import log_exempt


@require_GET
@allow_public
def published_reports(request: HttpRequest) -> HttpResponse:
    """The latest version of every published report."""
    latest = Publication.objects.filter(report=OuterRef("report")).order_by("-number")
    rows = (
        Publication.objects.light()
        .filter(number=Subquery(latest.values("number")[:1]))
        .select_related("report__body")
        .order_by("-report__meeting_on", "report__reference")[:500]
    )
    return render(request, "reports/published_list.html", {"published": rows})


def _version(reference: str, number: int) -> Publication:
    """A version, the latest when ``number`` is 0; 404 when there is none."""
    rows = Publication.objects.filter(report__reference=reference).select_related("report__body")
    if number:
        return get_object_or_404(rows, number=number)
    found = rows.order_by("-number").first()
    if found is None:
        raise Http404("nothing is published")
    return found


@require_GET
@allow_public
def published_report(request: HttpRequest, reference: str, number: int = 0) -> HttpResponse:
    """A published report as a page: the public version, as it was frozen."""
    version = _version(reference, number)
    latest = Publication.objects.filter(report=version.report).aggregate(last=Max("number"))["last"]
    return render(
        request,
        "reports/published.html",
        {
            "version": version,
            "paper": html.document(thaw(version.document)),
            "files": version.files.filter(audience=Audience.PUBLIC).defer("content"),
            "latest": latest,
        },
    )


@require_GET
@allow_public
def published_file(request: HttpRequest, reference: str, number: int, name: str) -> HttpResponse:
    """A file as it was frozen, byte for byte. Exempt ones for those with the right, and logged."""
    version = _version(reference, number)
    file = get_object_or_404(
        PublicationFile.objects.visible_to(request.user), publication=version, name=name
    )
    if file.audience == Audience.EXEMPT:
        log_exempt(request, version.report, file.name)
    response = HttpResponse(
        bytes(file.content), content_type=outputs.FORMATS[file.format].content_type
    )
    response["Content-Disposition"] = content_disposition_header(True, file.name) or ""
    if file.audience == Audience.EXEMPT:
        response["Cache-Control"] = "no-store"
    return response
