"""The portfolio dashboard."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from budgets.portfolio import GROUPS
from council_hms.access import Permission, SignedInRequest, allow
from council_hms.outputs import FORMATS, Style, html, respond
from reports.dashboards.portfolio import ORDER_WORDS, PER_PAGE, Portfolio

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)
TAKEN_AWAY_AS = ("xlsx", "csv", "pdf", "json")


@require_GET
@allow(*SEES)
def portfolio(request: SignedInRequest, format: str = "") -> HttpResponse:
    """Every project a person may see: what is approved, spent, forecast and asked for, and what needs a decision."""
    shown = Portfolio(request.GET, request.user, timezone.localdate())
    if format:
        if format not in TAKEN_AWAY_AS:
            raise Http404
        name = f"portfolio {shown.as_at.isoformat()}"
        grids = [shown.group_grid, shown.everything]
        return respond(
            grids if format != "csv" else grids[1],
            format,
            name,
            Style(colour=shown.council.colour, date=shown.as_at),
        )
    here = reverse("portfolio").removesuffix("/")
    return render(
        request,
        "dashboards/portfolio.html",
        {
            "portfolio": shown,
            "form": shown.form,
            "groups": [
                {"words": words, "href": shown.address(by=key), "is_chosen": key == shown.by}
                for key, (words, _) in GROUPS.items()
            ],
            "orders": [(key, words, key == shown.order) for key, words in ORDER_WORDS.items()],
            "sizes": [(size, size == shown.per_page) for size in PER_PAGE],
            "group_table": html.grid(shown.group_grid),
            "table": html.grid(shown.grid),
            "charts": shown.drawn(),
            "previous": shown.address(page=str(shown.page - 1)) if shown.page > 1 else "",
            "next": shown.address(page=str(shown.page + 1)) if shown.page < shown.last_page else "",
            "all_charts": shown.address(charts="all"),
            "downloads": [
                {"href": f"{here}.{suffix}{shown.address()}", "label": FORMATS[suffix].label}
                for suffix in TAKEN_AWAY_AS
            ],
        },
    )
