"""Pages for the administrator: who may approve what, from when until when; sources of money; closed years.

The council's constitution as the ledger knows it. Every act goes through a service, with its reason.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from budgets import services
from budgets.constitution_forms import (
    BodyForm,
    CloseYearForm,
    LimitForm,
    ReopenYearForm,
    SourceForm,
    ThresholdForm,
)
from budgets.models import (
    AuthorityLimit,
    ClosedYear,
    FundingSource,
    GoverningBody,
    KeyDecisionThreshold,
)
from council_hms import council
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.council_pages import answer
from council_hms.history_log import history_of

P = Permission


@require_GET
@allow(P.ADMINISTER)
def constitution(request: SignedInRequest) -> HttpResponse:
    """Bodies in the order of a route, with every limit they have or had, and the key-decision thresholds."""
    today = timezone.localdate()
    return render(
        request,
        "council/constitution.html",
        {
            "today": today,
            "bodies": GoverningBody.objects.select_related("ratified_by").prefetch_related(
                "limits"
            ),
            "thresholds": KeyDecisionThreshold.objects.order_by("kind", "-since"),
        },
    )


@require_GET
@allow(P.ADMINISTER)
def source_keep(request: SignedInRequest) -> HttpResponse:
    """Funding sources in the order that papers print them."""
    return render(request, "council/sources.html", {"sources": FundingSource.objects.all()})


def _keep(
    request: SignedInRequest,
    form_class: Any,
    row: Model,
    *,
    thing: str,
    heading: str,
    done: str,
    back: str,
    intro: str = "",
) -> HttpResponse:
    """A page that adds or changes one row of the council's rules."""
    form = form_class(request.POST or None, instance=row)
    return answer(
        request,
        form,
        act=lambda: council.save_row(
            by=request.user,
            row=form.instance,
            seen=form.cleaned_data["seen"],
            act=f"{thing}.edit" if row.pk else f"{thing}.add",
            reason=form.cleaned_data.get("reason", ""),
        ),
        look_again=form.look_again,
        history=history_of(row, request.user) if row.pk else None,
        done=done,
        heading=heading,
        back=back,
        intro=intro,
    )


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def body(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Add a governing body, or change one."""
    row = get_object_or_404(GoverningBody, pk=pk) if pk else GoverningBody()
    return _keep(
        request,
        BodyForm,
        row,
        thing="body",
        heading=row.name or "Add a governing body",
        done=f"{row.name} is saved."
        if pk
        else "The body is added. It has no authority until you give it a limit.",
        back=reverse("constitution"),
        intro="Decisions keep the body that took them. A body that decides no longer is taken out of use."
        if pk
        else "",
    )


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def limit(request: SignedInRequest, body: int | None = None, pk: int | None = None) -> HttpResponse:
    """Give a body authority from a day; change a limit, or end it."""
    if pk:
        row = get_object_or_404(AuthorityLimit.objects.select_related("body"), pk=pk)
        heading = f"{row.body.name}: {row.get_kind_display().lower()}"
        intro = (
            "When the council has set a new limit, end this one and add another. What was decided under this one "
            "was judged by it and stays as it was judged."
        )
    else:
        row = AuthorityLimit(body=get_object_or_404(GoverningBody, pk=body))
        heading = f"A limit for {row.body.name}"
        intro = "Without a limit in force a body has no authority, and what it approves is interim."
    return _keep(
        request,
        LimitForm,
        row,
        thing="limit",
        heading=heading,
        done="The limit is saved.",
        back=reverse("constitution"),
        intro=intro,
    )


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def threshold(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Set a key-decision threshold from a day; change one, or end it."""
    return _keep(
        request,
        ThresholdForm,
        get_object_or_404(KeyDecisionThreshold, pk=pk) if pk else KeyDecisionThreshold(),
        thing="threshold",
        heading="Change a key-decision threshold" if pk else "Set a key-decision threshold",
        done="The threshold is saved.",
        back=reverse("constitution"),
        intro="When the council has set a new threshold, end this one and add another."
        if pk
        else "",
    )


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def source(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Add a funding source, or change one."""
    row = get_object_or_404(FundingSource, pk=pk) if pk else FundingSource()
    return _keep(
        request,
        SourceForm,
        row,
        thing="source",
        heading=row.name or "Add a funding source",
        done=f"{row.name} is saved." if pk else "The source is added.",
        back=reverse("source_keep"),
        intro="Lines keep their source. A source that no longer gives money is taken out of use."
        if pk
        else "",
    )


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER, P.ENTER_BUDGETS)
def closed_years(request: SignedInRequest) -> HttpResponse:
    """Years whose books are closed, and closing another."""
    form = CloseYearForm(request.POST or None, initial={"on": timezone.localdate()})
    return answer(
        request,
        form,
        act=lambda: services.close_year(
            by=request.user, year=form.cleaned_data["year"], on=form.cleaned_data["on"]
        ),
        done="The year is closed.",
        heading="Closed years",
        back=reverse("closed_years"),
        template="council/closed_years.html",
        may_reopen=may(request.user, P.ADMINISTER),
        closed=ClosedYear.objects.select_related("closed_by").order_by("-year"),
    )


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def closed_year_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a closed year again, with the reason."""
    closed = get_object_or_404(ClosedYear, pk=pk)
    form = ReopenYearForm(request.POST or None)
    return answer(
        request,
        form,
        act=lambda: services.reopen_year(
            by=request.user, closed=closed, reason=form.cleaned_data["reason"]
        ),
        done=f"{closed.year} is open again. Close it when the correction is made.",
        heading=f"Open {closed.year} again",
        back=reverse("closed_years"),
        intro="Spend and cost plans of the year can then be changed. That it was closed, and by whom, stays on record.",
    )
