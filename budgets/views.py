"""Pages of the ledger. Each is four moves: fetch what the person may see, bind, call one service, answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from budgets import comparison, services
from budgets.charts import authority_chart
from budgets.entry import change_grid, lines_of_grid, plan_grid, plan_lines_of_grid
from budgets.forms import (
    ChangeForm,
    DayForm,
    DecisionForm,
    PlanForm,
    ReasonForm,
    RouteForm,
    SpendForm,
)
from budgets.funding_page import FundingPage
from budgets.ledger import (
    compare_headlines,
    funding_table_of,
    line_of_authority_of,
    position_of,
)
from budgets.models import (
    BodyKind,
    BudgetChange,
    CostPlan,
    CostPlanLine,
    Decision,
    GoverningBody,
    Line,
    Outcome,
    SpendEntry,
    UrgentRecord,
)
from budgets.models.change import BALANCED_KINDS
from budgets.position import stretches_ahead
from budgets.standing import Standing, standings_of
from council_hms import once, outputs
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.concurrency import StaleError
from council_hms.financial_year import FinancialYear
from council_hms.grid import Grid
from council_hms.history_log import acts_on
from council_hms.models import CouncilSettings
from council_hms.money import MoneyError, parse_money
from council_hms.navigation import project_tabs
from council_hms.outputs import html
from projects.models import Project

P = Permission
#: Buttons of a grid that save nothing: another row, another year, the totals.
ASKS_FOR_MORE = {"add_row", "add_column", "check"}
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)


def _project(request: SignedInRequest, reference: str) -> Project:
    """A project that this person may see, or 404."""
    return get_object_or_404(Project.objects.visible_to(request.user), reference=reference)


def _page(request: SignedInRequest, project: Project, **more: Any) -> dict[str, Any]:
    """What every page of a project shows round its content."""
    return {"project": project, "project_tabs": project_tabs(request, project), **more}


def _day(request: SignedInRequest, default: dt.date | None = None) -> dt.date:
    """The "as at" day of the address; today when there is none or it is no date."""
    try:
        return dt.date.fromisoformat(request.GET.get("as_at", ""))
    except ValueError:
        return default or timezone.localdate()


# -- the funding table ------------------------------------------------------------------------


@require_GET
@allow(*SEES)
def funding(request: SignedInRequest, reference: str, format: str = "") -> HttpResponse:
    """Appendix 3 as page and, with a format at the end of the address, as file."""
    project = _project(request, reference)
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
        _page(
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
    project = _project(request, reference)
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
        _page(
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


# -- position and history ---------------------------------------------------------------------


@require_GET
@allow(*SEES)
def position(request: SignedInRequest, reference: str) -> HttpResponse:
    """What is approved, held on interim authority, spent; the history of approvals; the line of authority."""
    project = _project(request, reference)
    day = _day(request)
    known_at = _known_at(request)
    changes = list(
        BudgetChange.objects.visible_to(request.user)
        .touching(project)
        .with_standing(day, known_at)
        .with_what_happened()
    )
    moments = line_of_authority_of(project, day)
    history = [
        standing for standing in standings_of(changes, day, project) if standing.had_begun(day)
    ]
    return render(
        request,
        "budgets/position.html",
        _page(
            request,
            project,
            as_at=day,
            known_at=known_at,
            position=position_of(project, day, known_at),
            history=history,
            interim_bodies=list(
                dict.fromkeys(
                    standing.deciding.body.name
                    for standing in history
                    if standing.code == "interim"
                )
            ),
            headlines=[
                found
                for found in compare_headlines(
                    [change for change in changes if change.project_id == project.pk], day
                )
                if not found.agrees
            ],
            chart=authority_chart(project.title, moments) if len(moments) > 1 else None,
            stretches=stretches_ahead(moments),
        ),
    )


def _known_at(request: SignedInRequest) -> dt.datetime | None:
    """The moment up to which entries count, at the end of the day of the address; None for all."""
    try:
        day = dt.date.fromisoformat(request.GET.get("known_on", ""))
    except ValueError:
        return None
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


@require_GET
@allow(*SEES)
def project_changes(request: SignedInRequest, reference: str) -> HttpResponse:
    """Every budget change of a project with its standing, oldest first."""
    project = _project(request, reference)
    day = _day(request)
    changes = BudgetChange.objects.visible_to(request.user).touching(project)
    history = standings_of(list(changes.with_standing(day).with_what_happened()), day, project)
    return render(
        request,
        "budgets/project_changes.html",
        _page(
            request,
            project,
            as_at=day,
            history=history,
            may_enter=may(request.user, P.ENTER_BUDGETS),
        ),
    )


# -- a budget change --------------------------------------------------------------------------


def _change(request: SignedInRequest, reference: str) -> BudgetChange:
    return get_object_or_404(
        BudgetChange.objects.visible_to(request.user)
        .with_standing(_day(request))
        .select_related("project", "created_by", "reverses", "submitted_by")
        .prefetch_related(
            Prefetch(
                "decisions",
                Decision.objects.select_related(
                    "body", "body__ratified_by", "urgent_record", "entered_by", "confirmed_by"
                ).prefetch_related("resolved_lines__source", "resolved_lines__project"),
            ),
            "lines__source",
            "lines__project",
            "headlines",
        ),
        reference=reference,
    )


@require_GET
@allow(*SEES)
def change(request: SignedInRequest, reference: str) -> HttpResponse:
    """One change: what is asked, its lines, the route with its decisions, what can be done next."""
    found = _change(request, reference)
    day = _day(request)
    standing = Standing.of(found, day)
    enters = may(request.user, P.ENTER_BUDGETS)
    asked = [line for line in found.lines.all() if line.decision_id is None]
    return render(
        request,
        "budgets/change.html",
        _page(
            request,
            found.project,
            change=found,
            standing=standing,
            as_at=day,
            headlines=compare_headlines([found], day),
            asked_lines=asked,
            comparison=_comparison(found, asked),
            crossings=services.crossings_of(found, asked),
            ratifier=standing.deciding.body.ratified_by if standing.code == "interim" else None,
            key_decision=services.key_decision_proposed(found, found.submitted_on or day),
            proposed_route=services.proposed_route(found, found.submitted_on or day)
            if enters and not found.decisions.all()
            else [],
            may_enter=enters,
            may_confirm=may(request.user, P.CONFIRM_DECISIONS),
            acts=acts_on(found, request.user, most=10)
            if may(request.user, P.SEE_HISTORY)
            else None,
        ),
    )


def _comparison(change: BudgetChange, asked: list[Line]) -> str:
    """The lines as asked beside what bodies recommended and resolved otherwise; empty when none did."""

    def version(heading: str, lines: Iterable[Line]) -> comparison.Version:
        return comparison.Version.of(
            heading,
            (
                (
                    (
                        line.project.reference,
                        line.year,
                        line.get_nature_display().lower(),
                        line.source.name,
                    ),
                    line.amount,
                )
                for line in lines
            ),
        )

    resolved = [
        version(f"{decision.get_outcome_display()} by {decision.body.name}", lines)
        for decision in change.decisions.all()
        if (lines := decision.resolved_lines.all())
    ]
    if not resolved:
        return ""
    return html.grid(
        comparison.as_grid(change.reference, [version("Asked for", asked), *resolved]), notes=False
    )


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def change_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Record a budget change: its words, its minuted headline, its lines in a grid."""
    project = _project(request, reference)
    return _edit_change(request, project, None)


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def change_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Edit a change that no body has decided on."""
    found = _change(request, reference)
    return _edit_change(request, found.project, found)


def _edit_change(
    request: SignedInRequest, project: Project, existing: BudgetChange | None
) -> HttpResponse:
    today = timezone.localdate()
    approved_now = position_of(project, today).approved
    theirs = key_decision = None
    if request.method == "POST":
        form = ChangeForm(request.POST)
        grid = change_grid(project, request.POST, existing)
        ready = form.is_valid() & grid.is_valid()
        asks_for_more = bool(ASKS_FOR_MORE & set(request.POST))
        lines = lines_of_grid(grid, project) if grid.is_valid() else []
        if lines:
            key_decision = services.key_decision_of(
                form.cleaned_data.get("kind", ""), lines, _asked_on(existing, today)
            )
            ready = ready & (asks_for_more or form.accepts_key_decision(key_decision))
        if ready and not asks_for_more:  # a row or the totals: nothing saved, nothing typed lost
            try:
                headlines = [services.NewHeadline(*headline) for headline in form.headlines]
                values = {
                    name: form.cleaned_data[name]
                    for name in (
                        "kind",
                        "title",
                        "purpose",
                        "note",
                        "key_decision",
                        "key_decision_reason",
                    )
                }
                if existing is None:
                    saved = services.record_change(
                        by=request.user,
                        project=project,
                        lines=lines,
                        headlines=headlines,
                        token=once.token_of(request),
                        **values,
                    )
                    messages.success(request, f"{saved.reference} is recorded as a draft.")
                else:
                    saved = services.edit_change(
                        by=request.user,
                        change=existing,
                        version=form.cleaned_data["version"] or 0,
                        lines=lines,
                        headlines=headlines,
                        **values,
                    )
                    messages.success(request, f"{saved.reference} is saved.")
                return redirect(saved)
            except once.AlreadyDone as done:
                messages.info(request, str(done))
                return redirect(
                    done.result_url or reverse("project_changes", args=[project.reference])
                )
            except StaleError as stale:
                theirs = _theirs(request, form, stale)
            except services.BudgetError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            except ValidationError as error:
                form.add_error(None, error)
    else:
        form = ChangeForm(initial=ChangeForm.initial_of(existing) if existing else None)
        grid = change_grid(project, None, existing)
    return render(
        request,
        "budgets/change_form.html",
        _page(
            request,
            project,
            form=form,
            grid=grid,
            change=existing,
            theirs=theirs,
            approved_now=approved_now,
            by_and_to=_by_and_to(form, approved_now.total),
            key_decision=key_decision,
            balanced_kinds=" ".join(sorted(BALANCED_KINDS)),
            balance=grid.total if form["kind"].value() in BALANCED_KINDS else None,
        ),
    )


def _asked_on(change: BudgetChange | None, today: dt.date) -> dt.date:
    """The day whose thresholds bear on a change: of its submission, else today."""
    return (change.submitted_on if change else None) or today


def _by_and_to(form: ChangeForm, approved_now: Decimal) -> dict[str, Decimal] | None:
    """What the typed headline means both ways, in pounds; None when there is none to read."""
    text = form["headline"].value() or ""
    try:
        amount = parse_money(text)
    except MoneyError:
        return None
    if amount is None:
        return None
    if form["headline_basis"].value() == "to":
        return {"by": amount - approved_now, "to": amount}
    return {"by": amount, "to": approved_now + amount}


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def change_route(request: SignedInRequest, reference: str) -> HttpResponse:
    """Plan who decides, the proposal filled in with its reasons."""
    found = _change(request, reference)
    day = found.submitted_on or timezone.localdate()
    proposal = services.proposed_route(found, day)
    proposed = [(stop.key, stop.expects) for stop in proposal]
    pending = [stop for stop in found.decisions.all() if stop.outcome is None]
    initial: dict[str, Any] = {}
    if pending:
        for number, stop in enumerate(pending[: RouteForm.STOPS], start=1):
            initial |= {
                f"body_{number}": stop.body_id,
                f"expects_{number}": stop.expects,
                f"planned_{number}": stop.planned_for,
            }
        initial["reason"] = found.route_reason
    initial["version"] = found.version
    form = RouteForm(request.POST or None, proposed=proposed, initial=initial)
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            services.plan_route(
                by=request.user,
                change=found,
                stops=[services.NewStop(*stop) for stop in form.stops],
                version=form.cleaned_data["version"] or 0,
                reason=form.cleaned_data["reason"].strip(),
            )
            messages.success(request, "The route is planned.")
            return redirect(found)
        except StaleError as stale:
            theirs = _theirs(request, form, stale)
    return render(
        request,
        "budgets/change_route.html",
        _page(request, found.project, change=found, form=form, proposal=proposal, theirs=theirs),
    )


def _theirs(request: SignedInRequest, form: Any, stale: StaleError) -> BudgetChange:
    """The change as someone else saved it. The form says so, and from here on answers to their version."""
    theirs = _change(request, stale.current.reference)  # type: ignore[attr-defined]
    typed = request.POST.copy()  # the posted values are read-only
    typed["version"] = str(theirs.version)
    form.data = typed
    form.add_error(None, str(stale))
    return theirs


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def change_submit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Submit a draft for decision, along the proposed route when none has been planned."""
    found = _change(request, reference)
    form = DayForm(request.POST or None, initial={"on": timezone.localdate()})
    reasons: Any = ()
    if request.method == "POST" and form.is_valid():
        try:
            if not found.decisions.all():
                proposal = services.proposed_route(found, form.cleaned_data["on"])
                bodies = GoverningBody.objects.in_bulk([stop.key for stop in proposal])
                services.plan_route(
                    by=request.user,
                    change=found,
                    stops=[services.NewStop(bodies[stop.key], stop.expects) for stop in proposal],
                )
            services.submit_change(by=request.user, change=found, on=form.cleaned_data["on"])
            messages.success(request, f"{found.reference} is submitted for decision.")
            return redirect(found)
        except services.GateError as gate:
            reasons = gate.reasons
            form.add_error(None, str(gate))
        except services.BudgetError as error:
            form.add_error(None, str(error))
    return render(
        request,
        "budgets/change_submit.html",
        _page(
            request,
            found.project,
            change=found,
            form=form,
            reasons=reasons,
            proposal=services.proposed_route(found, timezone.localdate()),
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def decision_record(
    request: SignedInRequest, reference: str, position: int | None = None
) -> HttpResponse:
    """Record what a body decided, at a planned stop or by a body that was not on the route."""
    found = _change(request, reference)
    step = None
    if position is not None:
        step = next((stop for stop in found.decisions.all() if stop.position == position), None)
        if step is None or step.outcome is not None:
            raise Http404("no such stop")
    recommended = found.lines_last_resolved()
    form = DecisionForm(
        request.POST or None,
        step=step,
        initial={
            "outcome": _usual_outcome(step) or request.GET.get("outcome", ""),
            "body": request.GET.get("body", ""),
            "differs": bool(recommended),
            "version": found.version,
        },
    )
    grid = change_grid(
        found.project, request.POST if request.method == "POST" else None, found, recommended
    )
    theirs = None
    if request.method == "POST" and not ASKS_FOR_MORE & set(request.POST) and form.is_valid():
        try:
            differs = form.cleaned_data["differs"]
            if not differs or grid.is_valid():
                services.record_decision(
                    by=request.user,
                    change=found,
                    step=step,
                    body=form.cleaned_data.get("body"),
                    outcome=form.cleaned_data["outcome"],
                    decided_on=form.cleaned_data["decided_on"],
                    precision=form.cleaned_data["precision"],
                    agenda_item=form.cleaned_data["agenda_item"],
                    minute_number=form.cleaned_data["minute_number"],
                    call_in_deadline=form.cleaned_data["call_in_deadline"],
                    note=form.cleaned_data["note"],
                    resolved_lines=lines_of_grid(grid, found.project) if differs else None,
                    urgent=_urgent(form, step),
                    version=form.cleaned_data["version"] or 0,
                    token=once.token_of(request),
                )
                messages.success(request, "The decision is recorded.")
                return redirect(found)
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect(done.result_url or found.get_absolute_url())
        except StaleError as stale:
            theirs = _theirs(request, form, stale)
        except services.BudgetError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
    return render(
        request,
        "budgets/decision_form.html",
        _page(
            request,
            found.project,
            change=found,
            step=step,
            form=form,
            grid=grid,
            theirs=theirs,
            recommended=recommended,
        ),
    )


def _usual_outcome(step: Decision | None) -> str:
    usual = {
        "approve": Outcome.APPROVED,
        "recommend": Outcome.RECOMMENDED,
        "note": Outcome.NOTED,
        "ratify": Outcome.RATIFIED,
    }
    return usual[step.expects] if step else ""


def _urgent(form: DecisionForm, step: Decision | None) -> UrgentRecord | None:
    """The urgent-powers record, when the deciding body is the chief executive's urgent powers and it is filled in."""
    body = step.body if step else form.cleaned_data["body"]
    record = {
        name: form.cleaned_data[name].strip() for name in ("reasons", "alternatives", "consulted")
    }
    if body.kind != BodyKind.URGENT_POWERS or not all(record.values()):
        return None
    return UrgentRecord(**record)


@require_POST
@allow(P.CONFIRM_DECISIONS)
def decision_confirm(request: SignedInRequest, reference: str, position: int) -> HttpResponse:
    """Confirm a decision against the minutes."""
    found = _change(request, reference)
    decision = get_object_or_404(Decision, change=found, position=position)
    try:
        services.confirm_decision(by=request.user, decision=decision)
        messages.success(request, "The decision is confirmed against the minutes.")
    except services.BudgetError as error:
        messages.error(request, str(error))
    return redirect(found)


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def change_reverse(request: SignedInRequest, reference: str) -> HttpResponse:
    """Correct a change by its mirror image, with the reason."""
    found = _change(request, reference)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mirror = services.reverse_change(
                by=request.user,
                change=found,
                reason=form.cleaned_data["reason"],
                token=once.token_of(request),
            )
            messages.success(
                request, f"{mirror.reference} reverses {found.reference}. Submit it for decision."
            )
            return redirect(mirror)
        except once.AlreadyDone as done:
            return redirect(done.result_url or found.get_absolute_url())
        except services.BudgetError as error:
            form.add_error(None, str(error))
    return render(
        request,
        "budgets/change_reverse.html",
        _page(request, found.project, change=found, form=form),
    )


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def urgent_reported(request: SignedInRequest, reference: str, position: int) -> HttpResponse:
    """Note when Council was told of an urgent-powers decision."""
    found = _change(request, reference)
    record = get_object_or_404(UrgentRecord, decision__change=found, decision__position=position)
    form = DayForm(request.POST or None, initial={"on": record.reported_on})
    if request.method == "POST" and form.is_valid():
        try:
            services.report_urgent_decision(
                by=request.user, record=record, on=form.cleaned_data["on"]
            )
            messages.success(request, "The report to Council is noted.")
            return redirect(found)
        except services.BudgetError as error:
            form.add_error("on", str(error))
    return render(
        request,
        "budgets/urgent_reported.html",
        _page(request, found.project, change=found, form=form),
    )


# -- the cost plan ----------------------------------------------------------------------------


@require_GET
@allow(*SEES)
def plan(request: SignedInRequest, reference: str) -> HttpResponse:
    """The cost plan in force, and those before it."""
    project = _project(request, reference)
    day = _day(request)
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
        _page(
            request,
            project,
            as_at=day,
            plans=plans,
            current=current,
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
    project = _project(request, reference)
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
        _page(request, project, form=form, grid=grid, current=current, theirs=theirs),
    )


# -- spend ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def spend_create(request: SignedInRequest, reference: str) -> HttpResponse:
    """Record one amount of spend."""
    project = _project(request, reference)
    form = SpendForm(
        request.POST or None, project=project, initial={"posted_on": timezone.localdate()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            entry = services.record_spend(
                by=request.user, project=project, token=once.token_of(request), **form.cleaned_data
            )
            messages.success(request, f"Spend of £{entry.amount:,} is recorded in {entry.year}.")
            return redirect("spend_list", project.reference)
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect("spend_list", project.reference)
        except services.BudgetError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "budgets/spend_form.html", _page(request, project, form=form))


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def spend_reverse(request: SignedInRequest, reference: str, entry: int) -> HttpResponse:
    """Correct an entry by its mirror image, with the reason."""
    project = _project(request, reference)
    found = get_object_or_404(SpendEntry.objects.filter(project=project), pk=entry)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reverse_spend(
                by=request.user,
                entry=found,
                on=timezone.localdate(),
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, "The entry is reversed.")
            return redirect("spend_list", project.reference)
        except services.BudgetError as error:
            form.add_error(None, str(error))
    return render(
        request, "budgets/spend_reverse.html", _page(request, project, entry=found, form=form)
    )
