"""Pages of an import: send the file, say what its columns are, look at what is wrong and what will change, confirm."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from budgets.imports import apply as applying
from budgets.imports import copies, intake, work
from budgets.imports.forms import ColumnsForm, ConfirmForm, SendForm
from budgets.imports.lists import FaultList, ImportList
from budgets.imports.marked import comes_back_itself, form_of, marked_file
from budgets.imports.parse import letter
from budgets.imports.preview import check
from budgets.imports.short_files import kind_for
from budgets.imports.stage import STOPPED, ImportRefused, has_stopped
from budgets.imports.templates import template
from budgets.models import (
    BudgetChange,
    ColumnName,
    CostPlan,
    ImportFault,
    ImportKind,
    ImportRun,
    ImportState,
)
from council_hms import once, outputs
from council_hms.access import Permission, allow, may
from council_hms.financial_year import FinancialYear
from council_hms.outputs import FORMATS, file_name
from council_hms.spreadsheets import SpreadsheetError
from projects.models import Project

P = Permission
#: Those who import, and those who look at what was imported.
READERS = (P.ENTER_BUDGETS, P.SEE_HISTORY)
_FAULTS_SHOWN = 50


def _run(request: HttpRequest, number: int) -> ImportRun:
    return get_object_or_404(
        ImportRun.objects.visible_to(request.user).select_related(
            "project", "change", "plan", "started_by"
        ),
        pk=number,
    )


# -- sending ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def import_new(request: HttpRequest) -> HttpResponse:
    """Send a file. ``kind``, ``project`` and ``change`` of the address say where one came from."""
    change = _draft(request)
    given = {
        "kind": request.GET.get("kind", "")[:10],
        "project": change.project.reference if change else request.GET.get("project", "")[:20],
    }
    form = SendForm(request.POST or None, request.FILES or None, user=request.user, initial=given)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            run = intake.receive(
                by=request.user,  # type: ignore[arg-type]  # the guard lets only people in
                kind=data["kind"],
                name=data["file"].name,
                content=data["file"].read(),
                project=data["project"],
                change=change if data["kind"] == ImportKind.LINES else None,
                token=once.token_of(request),
            )
            if not run.is_edit_copy:
                return redirect("import_columns", run.pk)
            return _checked(request, run)
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect(done.result_url or "import_list")
        except SpreadsheetError as error:
            form.add_error("file", str(error))
        except ImportRefused as error:
            form.add_error("project" if "project" in str(error) else "file", str(error))
    return render(
        request,
        "budgets/imports/new.html",
        {
            "form": form,
            "change": change,
            "templates": [
                (
                    ImportKind(kind).label,
                    reverse("import_template", args=[kind])
                    + (f"?project={given['project']}" if given["project"] else ""),
                )
                for kind in ImportKind.values
            ],
        },
    )


def _draft(request: HttpRequest) -> BudgetChange | None:
    """The draft that lines go into, of the address; None when none is named."""
    reference = request.GET.get("change", "")[:30]
    if not reference:
        return None
    return get_object_or_404(
        BudgetChange.objects.visible_to(request.user)
        .exclude(decisions__outcome__isnull=False)
        .select_related("project"),
        reference=reference,
    )


@require_http_methods(["GET", "POST"])
@allow(P.ENTER_BUDGETS)
def import_columns(request: HttpRequest, number: int) -> HttpResponse:
    """Say which sheet, which row of heads and what each column is; all of it is proposed."""
    run = _run(request, number)
    if run.is_edit_copy or run.state not in (ImportState.SENT, ImportState.CHECKED):
        return redirect(run)
    remembered = dict(ColumnName.objects.filter(kind=run.kind).values_list("head", "column"))
    form = ColumnsForm(request.POST or None, run=run, remembered=remembered)
    if request.method == "POST" and "again" not in request.POST and not form.is_redrawn:
        if form.is_valid():
            chosen = form.chosen
            run.choices = {**run.choices, **form.more}
            intake.choose(by=request.user, run=run, choices=chosen)  # type: ignore[arg-type]
            try:
                return _checked(request, run)
            except (ImportRefused, SpreadsheetError) as error:
                form.add_error(None, str(error))
    return render(
        request,
        "budgets/imports/columns.html",
        {"run": run, "form": form, "asked": request.method == "POST"},
    )


def _checked(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Check the file, now or beside this request, and lead to its page."""
    by: Any = request.user
    sheet = run.choices.get("sheet", 0)
    rows = 0 if run.is_edit_copy else run.outline["sheets"][sheet]["height"]
    if rows > work.AT_ONCE:
        begun = ImportRun.objects.filter(
            pk=run.pk, state__in=[ImportState.SENT, ImportState.CHECKED]
        )
        begun.update(state=ImportState.CHECKING, touched_at=timezone.now(), problem="", rows_read=0)
    work.do(run, rows, lambda: check(by=by, run=ImportRun.objects.get(pk=run.pk)))
    return redirect(run)


# -- looking ----------------------------------------------------------------------------------


@require_GET
@allow(*READERS)
def import_run(request: HttpRequest, number: int) -> HttpResponse:
    """One import: how far it is, what is wrong and would change, or what it did."""
    run = _run(request, number)
    return _page(request, run, None)


def _page(request: HttpRequest, run: ImportRun, form: ConfirmForm | None) -> HttpResponse:
    enters = may(request.user, P.ENTER_BUDGETS)
    stopped = has_stopped(run)
    if run.state == ImportState.SENT and enters and not run.problem and not run.is_edit_copy:
        return redirect("import_columns", run.pk)
    if run.is_at_work and not stopped:
        return render(request, "budgets/imports/progress.html", {"run": run, **_progress(run)})
    findings = run.findings
    faults = list(ImportFault.objects.filter(run=run)[:_FAULTS_SHOWN]) if run.faults else []
    for fault in faults:
        fault.letter = letter(fault.place)  # type: ignore[attr-defined]
    return render(
        request,
        "budgets/imports/run.html",
        {
            "run": run,
            "problem": STOPPED if stopped else run.problem,
            "faults": faults,
            "marked_form": form_of(run),
            "comes_back_itself": comes_back_itself(run),
            "changes": _with_amounts(findings.get("changes", ())),
            "refused": _with_amounts(findings.get("refused", ())),
            "totals": [
                {
                    **total,
                    "stated": Decimal(total["stated"]) if total["stated"] else None,
                    "summed": Decimal(total["summed"]),
                }
                for total in findings.get("totals", ())
            ],
            "accounts": _accounts(run),
            "total": Decimal(findings.get("total") or 0),
            "new_total": Decimal(findings.get("new_total") or 0),
            "form": form or ConfirmForm(run=run, initial=_proposed(run)),
            "may_confirm": enters
            and not run.faults
            and bool(findings.get("changes"))
            and (
                run.state == ImportState.CHECKED or (stopped and run.state == ImportState.APPLYING)
            ),
            "may_go_on": enters
            and (stopped or run.state in (ImportState.SENT, ImportState.CHECKED)),
            "earlier": ImportRun.objects.filter(
                sha256=run.sha256, kind=run.kind, state=ImportState.APPLIED, pk__lt=run.pk
            )
            .select_related("started_by")
            .first(),
        },
    )


def _progress(run: ImportRun) -> dict[str, Any]:
    """How far it is, for its page."""
    if run.state == ImportState.APPLYING:
        words = f"{run.new_rows} rows are being stored in one step: all of them or none."
        return {"words": words, "label": "Rows being stored", "share": None}
    share = min(100, 100 * run.rows_read // run.rows_in_file) if run.rows_in_file else 0
    checked = "; the rules are being checked over all of them" if share == 100 else ""
    words = f"{run.rows_read} of {run.rows_in_file} rows are read{checked}."
    return {"words": words, "label": "Rows read", "share": share}


def _with_amounts(changes: Any) -> list[dict[str, Any]]:
    """What was kept as text, as amounts again."""
    return [
        {
            **change,
            **{
                name: Decimal(change[name]) if change[name] is not None else None
                for name in ("was", "becomes", "now", "amount")
                if name in change
            },
        }
        for change in changes
    ]


def _accounts(run: ImportRun) -> list[tuple[str, int]]:
    """Every row of the file under what became of it, the sum of which is the number of rows."""
    counts = run.findings.get("counts", {})
    done = run.state == ImportState.APPLIED
    rows = [
        ("Heads and lines above the table", counts.get("above", 0) + counts.get("head", 0)),
        ("Blank", counts.get("blank", 0)),
        ("Totals, left out", counts.get("total", 0)),
        ("Notes and headings, left out", counts.get("note", 0)),
    ]
    if run.is_edit_copy:
        rows.append(("Rows of amounts, compared cell by cell", counts.get("rows", 0)))
    else:
        rows += [
            ("Imported" if done else "New or changed", run.new_rows),
            ("Unchanged: already there", run.unchanged_rows),
            ("Refused: with a fault", run.refused_rows),
        ]
    return [*rows, ("Rows in the sheet", run.rows_in_file)]


def _proposed(run: ImportRun) -> dict[str, Any]:
    """What the confirmation of a new budget change proposes."""
    if run.kind != ImportKind.LINES:
        return {}
    amounts = {
        (change["key"], change["nature"], change["start"]): Decimal(change["becomes"] or 0)
        - (Decimal(change["was"] or 0) if run.is_edit_copy else 0)
        for change in run.findings.get("changes", ())
    }
    return {"change_kind": kind_for(amounts), "title": ""}


# -- acting -----------------------------------------------------------------------------------


@require_POST
@allow(P.ENTER_BUDGETS)
def import_confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Store what was checked."""
    run = _run(request, number)
    by: Any = request.user
    form = ConfirmForm(request.POST, run=run)
    if not form.is_valid():
        return _page(request, run, form)
    try:
        if "title" in form.fields:
            run.choices |= {name: form.cleaned_data[name] for name in ("title", "change_kind")}
            ImportRun.objects.filter(pk=run.pk).update(choices=run.choices)
        applying.confirm(
            by=by, run=run, accept_totals=form.cleaned_data.get("accept_totals", False)
        )
        work.do(run, run.new_rows, lambda: applying.apply(by=by, run=run))
    except ImportRefused as error:
        messages.error(request, str(error))
    return redirect(run)


@require_POST
@allow(P.ENTER_BUDGETS)
def import_check(request: HttpRequest, number: int) -> HttpResponse:
    """Check a file again, as it was read before."""
    run = _run(request, number)
    try:
        return _checked(request, run)
    except (ImportRefused, SpreadsheetError) as error:
        messages.error(request, str(error))
        return redirect(run)


@require_POST
@allow(P.ENTER_BUDGETS)
def import_discard(request: HttpRequest, number: int) -> HttpResponse:
    """Give an import up."""
    run = _run(request, number)
    try:
        with transaction.atomic():
            applying.discard(by=request.user, run=run)  # type: ignore[arg-type]
        messages.success(request, f"{run.file_name} is discarded; nothing was imported.")
    except ImportRefused as error:
        messages.error(request, str(error))
        return redirect(run)
    return redirect("import_list")


# -- lists and files --------------------------------------------------------------------------


@require_GET
@allow(*READERS)
def import_list(request: HttpRequest, format: str = "") -> HttpResponseBase:
    """Every import."""
    return ImportList(request, format=format).answer()


@require_GET
@allow(*READERS)
def import_faults(request: HttpRequest, number: int, format: str = "") -> HttpResponseBase:
    """Every fault of an import."""
    page = FaultList(request, format=format)
    page.run = _run(request, number)
    return page.answer()


@require_GET
@allow(P.ENTER_BUDGETS)
def import_marked(request: HttpRequest, number: int, format: str) -> HttpResponseBase:
    """The file with its faults marked, in the one format in which it comes back."""
    run = _run(request, number)
    if not run.faults or format != form_of(run):
        raise Http404("no faults to mark, or not in this format")
    try:
        file = marked_file(run)
    except SpreadsheetError as error:
        messages.error(request, str(error))
        return redirect("import_faults", run.pk)
    sent_as = (run.file_name.rpartition(".")[0] or run.file_name).removesuffix("-to-put-right")
    name = file_name(f"{sent_as} to put right", format)
    answer = FileResponse(file, content_type=FORMATS[format].content_type)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
@allow(P.ENTER_BUDGETS)
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty workbook of a kind, with lists to choose from."""
    if kind not in ImportKind.values:
        raise Http404("no such kind")
    reference = request.GET.get("project", "")[:20].upper()
    project = Project.objects.visible_to(request.user).filter(reference=reference).first()
    by: Any = request.user
    content = template(kind, by, project, timezone.localdate())
    return outputs.download(content, "xlsx", f"{ImportKind(kind).label} template")


@require_GET
@allow(P.ENTER_BUDGETS)
def edit_copy(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """A project's cost plan or approved funding to be edited in Excel and sent back."""
    project = get_object_or_404(Project.objects.visible_to(request.user), reference=reference)
    today: dt.date = timezone.localdate()
    years = FinancialYear.of(today).run(4)
    if kind == ImportKind.PLAN:
        plan = CostPlan.objects.filter(project=project).current(today).first()
        content = copies.plan_copy(project, plan, years)
    else:
        content = copies.funding_copy(project, today, years)
    what = "cost plan" if kind == ImportKind.PLAN else "funding"
    return outputs.download(content, "xlsx", f"{project.reference} {what} to edit {today}")
