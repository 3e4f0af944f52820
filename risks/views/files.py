"""A register as a paper (Appendix 5), as a file to edit, and the file brought back."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once, outputs, spreadsheets
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.exemption import Audience
from council_hms.models import CouncilSettings
from council_hms.outputs import html
from projects.models import Project
from projects.views.common import day_of
from risks import paper, register_file, services
from risks.forms import UPLOAD_LIMITS, UploadForm
from risks.models import Control, RegisterUpload, Risk
from risks.models.register import register_address
from risks.standing import register_standing
from risks.views.common import SEES, file_of, page_of, project_of, writable

P = Permission


@require_GET
@allow(*SEES)
def risk_paper(request: SignedInRequest, reference: str = "", format: str = "") -> HttpResponse:
    """Appendix 5 as page and, with a format at the end of the address, as file.

    The public version, whoever asks, unless a person with the right asks for the exempt one.
    """
    project = project_of(request, reference)
    day = day_of(request)
    may_see_exempt = may(request.user, P.SEE_EXEMPT)
    wants_exempt = request.GET.get("audience") == Audience.EXEMPT
    if wants_exempt and not may_see_exempt:
        raise PermissionDenied("Your role does not see exempt matter.")
    audience = Audience.EXEMPT if wants_exempt else Audience.PUBLIC
    found = register_standing(project, request.user, day, audience)
    name = f"{project.reference if project else 'corporate'} risk register {day.isoformat()}"
    if format in ("xlsx", "json"):
        return file_of(paper.register_grids(found, project), format, name)
    if format == "csv":
        return file_of(paper.register_grid(found, project), format, name)
    number = "Appendix 5" if project else ""
    document = paper.register_document(
        found, project, council=CouncilSettings.current().name, number=number
    )
    if format:
        return file_of(document, format, name)
    return render(
        request,
        "risks/paper.html",
        page_of(
            request,
            project,
            heading=document.title,
            # the file's last page, not the screen's
            paper=html.document(replace(document, about=())),
            as_at=day,
            may_see_exempt=may_see_exempt,
            audience=audience.value,
            files=[
                (
                    each.label,
                    register_address(project, "risk_paper_file", each.suffix),
                )
                for each in outputs.FORMATS.values()
                if each.suffix != "html"
            ],
            query=request.GET.urlencode(),
            back=register_address(project, "risks"),
        ),
    )


@require_GET
@allow(P.MANAGE_RISKS)
def register_download(
    request: SignedInRequest, reference: str = "", format: str = "xlsx"
) -> HttpResponse:
    """The register as a file to edit and bring back: all risks that this person sees, closed ones too."""
    project = writable(request, project_of(request, reference))
    risks = list(
        Risk.objects.visible_to(request.user).of(project).select_related("register__project")
    )
    latest = services.latest_of([risk.pk for risk in risks])
    controls = list(Control.objects.filter(risk__in=risks).order_by("risk", "pk"))
    grids = register_file.grids(risks, latest, controls, project)
    name = f"{project.reference if project else 'corporate'} risk register to edit"
    return file_of(grids if format == "xlsx" else grids[0], format, name)


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_RISKS)
def risk_import(request: SignedInRequest, reference: str = "") -> HttpResponse:
    """Upload a register. Nothing is written before its owner has seen what it would do."""
    project = writable(request, project_of(request, reference))
    typed = request.POST if request.method == "POST" else None
    form = UploadForm(typed, request.FILES or None)
    if typed is not None and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            read = spreadsheets.read(file.read(), file.name, limits=UPLOAD_LIMITS)
            upload = services.keep_upload(
                project=project,
                by=request.user,
                file_name=file.name,
                sheets=[(sheet.name, sheet.rows) for sheet in read.sheets],
                token=once.token_of(request),
            )
        except once.AlreadyDone as done:
            return redirect(done.result_url)
        except spreadsheets.SpreadsheetError as error:
            form.add_error("file", str(error))
        else:
            return redirect(register_address(project, "risk_import_preview", upload.pk))
    return render(
        request,
        "risks/import.html",
        page_of(
            request,
            project,
            form=form,
            back=register_address(project, "risks"),
            file_to_edit=[
                (label, register_address(project, "register_file", suffix))
                for label, suffix in (("Excel workbook", "xlsx"), ("CSV, without controls", "csv"))
            ],
        ),
        status=200 if typed is None else 422,
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_RISKS)
def risk_import_preview(request: SignedInRequest, pk: int, reference: str = "") -> HttpResponse:
    """What a file would do: every fault, or every change; and the word to go ahead."""
    project = writable(request, project_of(request, reference))
    here = register_address(project, "risks")
    today = timezone.localdate()
    upload = _uploads(request, project).filter(pk=pk).first()
    error = ""
    if request.method == "POST":
        try:
            if upload is None:
                once.claim(once.token_of(request), request.user)
                raise services.RiskError("The file has been imported already, or replaced")
            done = services.import_register(
                upload=upload,
                by=request.user,
                seen=request.POST.get("seen", ""),
                today=today,
                token=once.token_of(request),
            )
        except once.AlreadyDone as already:
            messages.info(request, str(already))
            return redirect(already.result_url or here)
        except services.RiskError as refused:
            error = str(refused)
        else:
            messages.success(
                request,
                f"Imported: {len(done.new_risks)} new and {len(done.changed_risks)} changed risks, "
                f"{len(done.controls)} controls. {done.unchanged} rows were as they stand.",
            )
            return redirect(here)
    upload = get_object_or_404(_uploads(request, project), pk=pk)
    return render(
        request,
        "risks/import_preview.html",
        page_of(
            request,
            project,
            upload=upload,
            plan=register_file.plan(project, request.user, upload.sheets, today),
            error=error,
            back=register_address(project, "risk_import"),
            here=here,
        ),
        status=409 if error else 200,
    )


def _uploads(request: SignedInRequest, project: Project | None) -> QuerySet[RegisterUpload]:
    """Files waiting for a register that this person writes; those of others may hold exempt risks."""
    waiting = RegisterUpload.objects.filter(project=project).select_related("uploaded_by")
    if may(request.user, P.SEE_EXEMPT):
        return waiting
    return waiting.filter(uploaded_by=request.user)
