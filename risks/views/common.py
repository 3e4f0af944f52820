"""What the pages of the room share: whose register, who may write it, the frame, a page that is one form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404

from council_hms import outputs
from council_hms.access import Permission, SignedInRequest, View, allow, may
from projects.form_page import answer_form
from projects.models import Project
from projects.views.common import frame_of
from risks.models import Risk
from risks.services import may_write

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)


def project_of(request: SignedInRequest, reference: str) -> Project | None:
    """The project of a register that this person may see, or 404; None for the corporate register."""
    if not reference:
        return None
    return get_object_or_404(Project.objects.visible_to(request.user), reference=reference)


def writable(request: SignedInRequest, project: Project | None) -> Project | None:
    """The project (None: the corporate register) when this person writes its register, or 403."""
    if not may_write(request.user, project):
        raise PermissionDenied("Your role does not write this register.")
    return project


def corporate(view: View) -> View:
    """A page that writes a register, as the corporate register's: for those who keep that one."""

    @wraps(view)
    def page(request: SignedInRequest, **parts: Any) -> HttpResponseBase:
        return view(request, **parts)

    return allow(P.MANAGE_CORPORATE_RISKS)(page)


def risk_of(request: SignedInRequest, pk: int, *, to_write: bool = False) -> Risk:
    """A risk that this person may see, or 404; to be written, or 403."""
    rows = Risk.objects.visible_to(request.user).for_lists()
    risk = get_object_or_404(rows.select_related("escalated_from__register__project"), pk=pk)
    if to_write:
        writable(request, risk.register.project)
    return risk


def page_of(request: SignedInRequest, project: Project | None, **more: Any) -> dict[str, Any]:
    """What every page of a register shows round its content."""
    if project is None:
        return {"project": None, **more}
    frame = frame_of(request, project)
    for tab in frame[
        "project_tabs"
    ]:  # a risk has an address of its own: its place is under this tab
        tab["is_current"] = tab["label"] == "Risks"
    return {**frame, **more}


def form_page(
    request: SignedInRequest,
    project: Project | None,
    form: BaseForm,
    *,
    heading: str,
    act: Callable[[], Any],
    done: str,
    back: str,
    button: str = "Save",
    intro: str = "",
    then: str = "",
    is_ready: bool = True,
    template: str = "projects/form.html",
    **more: Any,
) -> HttpResponse:
    """A page of a register that is one form under a heading."""
    return answer_form(
        request,
        form,
        act=act,
        done=done,
        then=then or back,
        template=template,
        is_ready=is_ready,
        page=page_of(
            request,
            project,
            heading=heading,
            back=back,
            button=button,
            intro=intro,
            base="projects/project_base.html" if project else "risks/corporate_base.html",
            **more,
        ),
    )


def file_of(what: Any, format: str, name: str) -> HttpResponse:
    """A file of a format that can hold it, or 404."""
    if format not in {each.suffix for each in outputs.formats_for(what)}:
        raise Http404("no such format")
    return outputs.respond(what, format, name)


def administers(request: SignedInRequest) -> bool:
    return may(request.user, P.ADMINISTER)
