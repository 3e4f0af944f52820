"""The council's report templates and its own Word files."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from council_hms import once
from council_hms.access import Permission, SignedInRequest, allow
from council_hms.concurrency import StaleError
from council_hms.history_log import history_of
from reports.forms.report import TemplateForm, WordTemplateForm
from reports.models import ReportTemplate, WordTemplate
from reports.services import template as services
from reports.services.report import ReportError

P = Permission


@require_GET
@allow(P.ADMINISTER)
def report_templates(request: SignedInRequest) -> HttpResponse:
    """All templates."""
    rows = ReportTemplate.objects.prefetch_related("fields", "sections")
    return render(request, "reports/templates.html", {"templates": rows})


@require_POST
@allow(P.ADMINISTER)
def template_standard(request: SignedInRequest) -> HttpResponse:
    """Add the template that a council can begin with."""
    try:
        made = services.add_standard_template(by=request.user)
    except ReportError as error:
        messages.error(request, str(error))
        return redirect("report_templates")
    messages.success(request, "The template is added. Make it the council's own.")
    return redirect("report_template", made.pk)


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def template_edit(request: SignedInRequest, pk: int = 0) -> HttpResponse:
    """Add or change a template."""
    found = get_object_or_404(ReportTemplate, pk=pk) if pk else None
    form = TemplateForm(
        request.POST if request.method == "POST" else None,
        initial=TemplateForm.initial_of(found) if found else None,
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.save_template(
                by=request.user,
                template=found,
                version=given["version"] or 0,
                name=given["name"],
                guidance=given["guidance"],
                in_use=given["in_use"],
                fields=given["header"],
                sections=given["sections"],
                token=once.token_of(request),
            )
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect("report_templates")
        except StaleError:
            form.add_error(
                None, "Someone else has changed this template. Open it again and change theirs."
            )
        except ReportError as error:
            names = {"fields": "header"}
            field = names.get(error.field, error.field)
            form.add_error(field if field in form.fields else None, str(error))
        else:
            messages.success(request, "The template is saved. Reports begun before keep theirs.")
            return redirect("report_templates")
    word = WordTemplate.objects.filter(template=found).defer("content").first() if found else None
    return render(
        request,
        "reports/template.html",
        {
            "form": form,
            "template": found,
            "word": word,
            "word_form": WordTemplateForm(),
            "history": history_of(found, request.user) if found else None,
        },
        status=422 if form.errors else 200,
    )


@require_POST
@allow(P.ADMINISTER)
def template_word(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take in the council's own Word file, or go back to the built-in styles."""
    found = get_object_or_404(ReportTemplate, pk=pk)
    if "remove" in request.POST:
        services.remove_word_template(by=request.user, template=found)
        messages.success(request, "Reports are drawn with the built-in Word styles again.")
        return redirect("report_template", pk)
    form = WordTemplateForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, "Choose a Word file that is saved as .docx")
        return redirect("report_template", pk)
    file = form.cleaned_data["file"]
    try:
        services.upload_word_template(
            by=request.user, template=found, name=file.name, content=file.read()
        )
    except ReportError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, "Reports of this template are drawn with the council's Word file."
        )
    return redirect("report_template", pk)
