"""Appendix 3: the funding table, as page and file, and the lines behind its figures."""

from __future__ import annotations

from decimal import Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from budgets.funding_page import FundingPage
from budgets.models import CostPlanLine, Line
from budgets.views.common import SEES, page_of, visible_project
from council_hms import outputs
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.financial_year import FinancialYear
from council_hms.models import CouncilSettings
from council_hms.outputs import html

P = Permission


@require_GET
@allow(*SEES)
def funding(request: SignedInRequest, reference: str, format: str = "") -> HttpResponse:
    """Appendix 3 as page and, with a format at the end of the address, as file."""
    project = visible_project(request, reference)
    page = FundingPage.of(request.GET, project, CouncilSettings.current())
    if format:
        try:
            return outputs.respond(
                page.grid(by=str(request.user)),
                format,
                f"{project.reference} funding table {page.as_at.isoformat()}",
                outputs.Style(colour=page.council.colour),
            )
        except outputs.OutputError as error:
            raise Http404(str(error)) from error
    return render(
        request,
        "budgets/funding.html",
        page_of(
            request,
            project,
            page=page,
            form=page.form,
            table=html.grid(grid := page.grid(href=page.link_to_lines), notes=False),
            formats=outputs.formats_for(grid),
            query=request.GET.urlencode(),
            may_enter=may(request.user, P.ENTER_BUDGETS),
            council=page.council,
        ),
    )


@require_GET
@allow(*SEES)
def funding_lines(request: SignedInRequest, reference: str) -> HttpResponse:
    """The lines behind one figure of the funding table: of a year, or of all its years for a total."""
    project = visible_project(request, reference)
    page = FundingPage.of(request.GET, project, CouncilSettings.current())
    row, nature = request.GET.get("row", ""), request.GET.get("nature", "")
    try:
        years = (
            [FinancialYear.parse(request.GET["year"])]
            if "year" in request.GET
            else list(page.table.years)
        )
    except ValueError:
        raise Http404("no such figure") from None
    if nature not in ("capital", "revenue"):
        raise Http404("no such figure")
    approved: list[Line] = []
    planned: list[CostPlanLine] = []
    if row in ("available", "ask") or row.startswith("source-"):
        found = (
            Line.objects.filter(project=project, nature=nature, year__in=years)
            .approved(page.as_at)
            .select_related("change", "source")
            .order_by("year", "source__position", "pk")
        )
        if row.startswith("source-"):
            found = found.filter(source_id=_whole(row.removeprefix("source-")))
        approved = list(found)
    if row in ("requirement", "ask") or row.startswith("work-package-"):
        planned_for = (
            CostPlanLine.objects.filter(plan__project=project, nature=nature, year__in=years)
            .current(page.as_at)
            .select_related("plan", "work_package")
            .order_by("year", "work_package__position", "pk")
        )
        if row.startswith("work-package-"):
            planned_for = planned_for.filter(
                work_package=_whole(row.removeprefix("work-package-")) or None
            )
        planned = list(planned_for)
    elif row != "available" and not row.startswith("source-"):
        raise Http404("no such figure")
    available = sum((line.amount for line in approved), Decimal("0.00"))
    required = sum((line.amount for line in planned), Decimal("0.00"))
    return render(
        request,
        "budgets/funding_lines.html",
        page_of(
            request,
            project,
            approved=approved,
            planned=planned,
            available=available,
            required=required,
            ask=required - available if row == "ask" else None,
            figure=_figure_words(page, row),
            nature=nature,
            years=years,
            page=page,
        ),
    )


def _figure_words(page: FundingPage, row: str) -> str:
    """The heading of a row of the table; what is asked for when the row has no figure in these years."""
    table = page.table
    rows = [
        *table.work_packages,
        *table.sources,
        table.requirement,
        table.available,
        table.ask,
    ]
    return next((each.label for each in rows if each.key == row), "Figure")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise Http404("no such figure")
    return int(text)
