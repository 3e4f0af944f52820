"""A project's dashboard, and the board pack made from it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.exemption import Audience
from council_hms.outputs import FORMATS, Style, html, respond
from projects.readers import OPEN_READER
from projects.views.common import day_of, page_of, visible_project
from reports.dashboards.board_pack import board_pack as pack_of
from reports.dashboards.board_pack import figures
from reports.dashboards.project import gather

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)
PACK_AS = ("pdf", "docx", "html")


@require_GET
@allow(*SEES)
def project(request: SignedInRequest, reference: str) -> HttpResponse:
    """A project at a glance, as at a day: authority, money, time, risk, and what needs somebody."""
    found = visible_project(request, reference)
    dashboard = gather(found, request.user, day_of(request))
    grids = {
        name: html.grid(getattr(dashboard, f"{name}_grid"))
        for name in (
            "funding",
            "decisions",
            "milestones",
            "risks",
            "actions",
            "lessons",
            "benefits",
            "contracts",
            "agreed",
        )
    }
    pack = reverse("board_pack", args=[found.reference])
    return render(
        request,
        "dashboards/project.html",
        page_of(
            request,
            found,
            as_at=dashboard.as_at,
            dashboard=dashboard,
            grids=grids,
            figures=figures(dashboard),
            pack=f"{pack}?as_at={dashboard.as_at.isoformat()}",
            packs=[
                (
                    FORMATS[suffix].label,
                    f"{pack.removesuffix('/')}.{suffix}?as_at={dashboard.as_at.isoformat()}",
                )
                for suffix in ("pdf", "docx")
            ],
            may_edit_project=may(request.user, P.CREATE_PROJECT),
        ),
    )


@require_GET
@allow(*SEES)
def board_pack(request: SignedInRequest, reference: str, format: str = "") -> HttpResponse:
    """The pack for a board meeting as page, PDF or Word: the public version, or the exempt one for those entitled."""
    found = visible_project(request, reference)
    day = day_of(request)
    may_exempt = may(request.user, P.SEE_EXEMPT)
    audience = Audience.PUBLIC
    if may_exempt and request.GET.get("audience") == Audience.EXEMPT:
        audience = Audience.EXEMPT
    reader = request.user if audience is Audience.EXEMPT else OPEN_READER
    dashboard = gather(found, reader, day)
    paper = pack_of(dashboard, str(request.user))
    if format:
        if format not in PACK_AS:
            raise Http404
        name = f"{found.reference} board pack {day.isoformat()}"
        if paper.marking:
            name += " exempt"
        return respond(paper, format, name, Style(colour=dashboard.council.colour, date=day))
    here = reverse("board_pack", args=[found.reference])
    query = f"?as_at={day.isoformat()}&audience={audience}"
    return render(
        request,
        "dashboards/board_pack.html",
        page_of(
            request,
            found,
            as_at=day,
            paper=html.document(paper, level_offset=0),
            is_exempt=audience is Audience.EXEMPT,
            may_exempt=may_exempt,
            other=f"{here}?as_at={day.isoformat()}&audience="
            + ("public" if audience is Audience.EXEMPT else "exempt"),
            packs=[
                (FORMATS[suffix].label, f"{here.removesuffix('/')}.{suffix}{query}")
                for suffix in PACK_AS
            ],
        ),
    )
