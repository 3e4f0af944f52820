"""The cost plan: the one in force, and entering it."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from budgets import services
from budgets.entry import plan_grid, plan_lines_of_grid
from budgets.forms import PlanForm
from budgets.ledger import funding_table_of
from budgets.models import CostPlan
from budgets.views.common import ASKS_FOR_MORE, SEES, day_of, page_of, visible_project
from council_hms import once
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.concurrency import StaleError
from council_hms.grid import Grid
from council_hms.history_log import history_of
from council_hms.models import CouncilSettings
from council_hms.outputs import html
from projects.models import Project

P = Permission


@require_GET
@allow(*SEES)
def plan(request: SignedInRequest, reference: str) -> HttpResponse:
    """The cost plan in force, and those before it."""
    project = visible_project(request, reference)
    day = day_of(request)
    plans = list(CostPlan.objects.visible_to(request.user).filter(project=project))
    current = next((plan for plan in plans if plan.dated <= day), None)
    grid = None
    if current is not None:
        lines = list(current.lines.values_list("year", flat=True))
        if lines:
            first, last = min(lines), max(lines)
            table = funding_table_of(
                project,
                current.dated,
                first_year=first,
                years=min(last.start - first.start + 1, 10),
            )
            full = table.as_grid(
                work_packages=True, totals=True, unit=CouncilSettings.current().unit
            )
            grid = html.grid(_without_sources(full, project))
    return render(
        request,
        "budgets/plan.html",
        page_of(
            request,
            project,
            as_at=day,
            plans=plans,
            current=current,
            history=history_of(current, request.user) if current else None,
            grid=grid,
            may_enter=may(request.user, P.ENTER_BUDGETS),
        ),
    )


def _without_sources(grid: Grid, project: Project) -> Grid:
    """The part of the funding table that is the cost plan."""
    rows = [row for row in grid.rows if row.key.startswith(("work-package", "requirement"))]
    return replace(grid, rows=rows, caption=f"{project.title}: cost plan ({grid.unit.heading})")


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def plan_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Enter the cost plan in a grid: work packages by year, capital and revenue."""
    project = visible_project(request, reference)
    today = timezone.localdate()
    current = CostPlan.objects.filter(project=project).current(today).first()
    theirs = None
    if request.method == "POST":
        form = PlanForm(request.POST)
        grid = plan_grid(project, request.POST, current)
        ready = form.is_valid() & grid.is_valid()
        if ready and not ASKS_FOR_MORE & set(request.POST):
            try:
                services.save_cost_plan(
                    by=request.user,
                    project=project,
                    dated=form.cleaned_data["dated"],
                    note=form.cleaned_data["note"],
                    version=form.cleaned_data["version"],
                    lines=plan_lines_of_grid(grid, project),
                    token=once.token_of(request),
                )
                messages.success(request, "The cost plan is saved.")
                return redirect("plan", project.reference)
            except once.AlreadyDone as done:
                messages.info(request, str(done))
                return redirect("plan", project.reference)
            except StaleError as stale:
                theirs = stale.current
                typed = request.POST.copy()  # the posted values are read-only
                typed["version"] = str(theirs.version)  # type: ignore[attr-defined]
                form.data = typed
                form.add_error(None, str(stale))
            except services.BudgetError as error:
                form.add_error(None, str(error))
    else:
        form = PlanForm(
            initial={
                "dated": today,
                "version": current.version if current and current.dated == today else None,
                "note": current.note if current else "",
            }
        )
        grid = plan_grid(project, None, current)
    return render(
        request,
        "budgets/plan_form.html",
        page_of(request, project, form=form, grid=grid, current=current, theirs=theirs),
    )
