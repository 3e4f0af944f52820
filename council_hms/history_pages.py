"""Pages of the history: the log of all acts, one act with its rows, and one row with its acts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import django_filters
from django.db.models import Case, QuerySet, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET
from pghistory.models import Context

from council_hms import history_log
from council_hms.access import Permission, SignedInRequest, allow
from council_hms.listing import ChoiceFilter, DateFilter, ListFilter, ListPage
from council_hms.models import SecurityEvent, SecurityKind, User
from council_hms.tables import BaseTable, Date, Words

P = Permission
THROUGH = [("form", "A form"), ("import", "An import"), ("command", "A command")]


def _said(key: str) -> Any:
    """What an act said of itself under a key, as text; empty when it said nothing."""
    return Coalesce(
        KT(f"metadata__{key}"), Value("", output_field=TextField()), output_field=TextField()
    )


class ActTable(BaseTable):
    """One act a row."""

    at = Date(accessor="at", order_by="created_at", verbose_name="When")
    time = Words(accessor="time", orderable=False, verbose_name="Time")
    act = Words(
        accessor="words",
        order_by="act",
        verbose_name="Act",
        linkify=lambda record: reverse("history_act", args=[record.id]),
    )
    by = Words(accessor="by", order_by="by_name", verbose_name="By")
    reason = Words(accessor="reason", orderable=False, verbose_name="Because")
    through = Words(accessor="through", order_by="through", verbose_name="Through")
    rows = Words(accessor="rows", orderable=False, verbose_name="What it changed")


class ActFilter(ListFilter):
    """The log of all acts."""

    search_fields = ("by_name", "act", "reason_shown", "url")
    search_help = "Who, which act, why, or a reference"

    person = ChoiceFilter(
        choices=lambda: [(str(user.pk), str(user)) for user in User.objects.all()],
        method="by_person",
        label="Person",
    )
    kind = ChoiceFilter(
        choices=lambda: [
            (label, str(model._meta.verbose_name).capitalize())
            for label, (model, _) in history_log.tracked_models().items()
        ],
        method="by_kind",
        label="What was changed",
    )
    project = django_filters.CharFilter(
        method="by_project", label="Project reference", max_length=30
    )
    through = ChoiceFilter(choices=THROUGH, label="Through")
    since = DateFilter(field_name="created_at", lookup_expr="date__gte", label="From")
    until = DateFilter(field_name="created_at", lookup_expr="date__lte", label="Until")

    def by_person(self, rows: QuerySet[Any], name: str, person: str) -> QuerySet[Any]:
        return rows.filter(metadata__by=int(person))

    def by_project(self, rows: QuerySet[Any], name: str, reference: str) -> QuerySet[Any]:
        return rows.filter(pk__in=history_log.acts_on_project(reference))

    def by_kind(self, rows: QuerySet[Any], name: str, label: str) -> QuerySet[Any]:
        event_model = history_log.tracked_models()[label][1]
        return rows.filter(
            pk__in=event_model.objects.exclude(pgh_context_id=None).values("pgh_context_id")
        )


class ActList(ListPage):
    """The log of all acts, the latest first."""

    url_name, title = "history_list", "History"
    intro = (
        "Every act by which anything was changed: who, when, why and through what. "
        "The database writes it, and nobody can alter it."
    )
    table_class, filter_class = ActTable, ActFilter
    order = ("-created_at", "-pk")
    empty_text = "Nothing has been entered yet."

    def rows(self) -> QuerySet[Any]:
        hidden = history_log.exempt_acts(self.user)
        return Context.objects.annotate(
            act=_said("act"),
            by_name=_said("by_name"),
            through=_said("through"),
            url=_said("url"),
            is_hidden=Case(When(hidden, then=True), default=False),
            reason_shown=Case(
                When(hidden, then=Value("", output_field=TextField())),
                default=_said("reason"),
            ),
        )

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        changed = history_log.counts_of([row.pk for row in rows])
        return [
            SimpleNamespace(
                pk=row.pk,
                id=row.pk,
                at=row.created_at.astimezone().date(),
                time=f"{row.created_at.astimezone():%H:%M:%S}",
                words=history_log.act_words(row.act),
                by=row.by_name,
                reason="(exempt matter)" if row.is_hidden else row.reason_shown,
                through=row.through,
                rows=", ".join(f"{number} × {kind}" for _, kind, number in changed.get(row.pk, [])),
            )
            for row in rows
        ]


@require_GET
@allow(P.SEE_HISTORY)
def history_list(request: SignedInRequest, format: str = "") -> HttpResponseBase:
    """The log of all acts."""
    return ActList(request, format=format).answer()


@require_GET
@allow(P.SEE_HISTORY)
def history_act(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """One act: every row it changed, before and after."""
    context = get_object_or_404(Context, pk=pk)
    return render(request, "history/act.html", {"act": history_log.act_of(context, request.user)})


@require_GET
@allow(P.SEE_HISTORY)
def history_row(request: SignedInRequest, model: str, pk: int) -> HttpResponse:
    """One row: every act that changed it or what belongs to it. A row one may not see is not there."""
    if model not in history_log.tracked_models():
        raise Http404("no history of this kind is kept")
    rows: Any = history_log.tracked_models()[model][0]._default_manager.all()
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(request.user)
    row = get_object_or_404(rows, pk=pk)
    return render(
        request,
        "history/row.html",
        {
            "row": row,
            "kind": row._meta.verbose_name,
            "href": row.get_absolute_url() if hasattr(row, "get_absolute_url") else "",
            "acts": history_log.acts_on(row, request.user),
        },
    )


# -- the security log -------------------------------------------------------------------------


class SecurityTable(BaseTable):
    """One event a row."""

    at = Date(accessor="day", order_by="pk", verbose_name="When")
    time = Words(accessor="time", orderable=False, verbose_name="Time")
    what = Words(accessor="words", order_by="what", verbose_name="What")
    person = Words(accessor="person_name", verbose_name="Who")
    address = Words(accessor="address", verbose_name="From where")
    path = Words(accessor="path", verbose_name="Page")
    about = Words(accessor="about", verbose_name="About")


class SecurityFilter(ListFilter):
    """The security log."""

    search_fields = ("person_name", "path", "about")
    search_help = "Who, which page, about what"

    what = ChoiceFilter(choices=SecurityKind.choices, label="What")
    since = DateFilter(field_name="at", lookup_expr="date__gte", label="From")
    until = DateFilter(field_name="at", lookup_expr="date__lte", label="Until")


class SecurityList(ListPage):
    """Sign-ins, refusals, files taken, rights given."""

    url_name, title = "security_log", "Security log"
    intro = "Who signed in, was refused, took a file away or was given rights."
    table_class, filter_class = SecurityTable, SecurityFilter
    order = ("-pk",)
    empty_text = "It starts with the first sign-in."

    def rows(self) -> QuerySet[Any]:
        return SecurityEvent.objects.all()

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [
            SimpleNamespace(
                pk=row.pk,
                day=row.at.astimezone().date(),
                time=f"{row.at.astimezone():%H:%M:%S}",
                words=row.get_what_display(),
                person_name=row.person_name,
                address=row.address,
                path=row.path,
                about=row.about,
            )
            for row in rows
        ]


@require_GET
@allow(P.SEE_HISTORY)
def security_log(request: SignedInRequest, format: str = "") -> HttpResponseBase:
    """The security log."""
    return SecurityList(request, format=format).answer()
