"""What the administrator keeps: rules, the limit, categories, types of project."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once
from council_hms.access import SignedInRequest, allow, may
from council_hms.concurrency import StaleError
from council_hms.history_log import history_of
from lessons import services
from lessons.forms import (
    CategoryForm,
    GateLimitForm,
    ProjectTypeForm,
    RuleForm,
    send_with,
)
from lessons.models import (
    ApplicabilityRule,
    GateLimit,
    LessonCategory,
    ProjectType,
)
from lessons.views.common import SEES, P, differing


@require_GET
@allow(*SEES)
def lesson_rules(request: SignedInRequest) -> HttpResponse:
    """Which lessons bind which projects at which gate; everyone may read it, the administrator keeps it."""
    today = timezone.localdate()
    rules = ApplicabilityRule.objects.select_related(
        "category", "lesson", "lesson__category", "project_type"
    )
    return render(
        request,
        "lessons/rules.html",
        {
            "rules": rules,
            "in_force": set(ApplicabilityRule.objects.in_force(today).values_list("pk", flat=True)),
            "limits": GateLimit.objects.all(),
            "limit_now": GateLimit.objects.on(today),
            "categories": LessonCategory.objects.all(),
            "types": ProjectType.objects.all(),
            "may_keep": may(request.user, P.ADMINISTER),
            "today": today,
        },
    )


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def rule_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Add, change or end a rule."""
    rule = get_object_or_404(ApplicabilityRule, pk=pk) if pk else None
    typed = request.POST if request.method == "POST" else None
    form = RuleForm(typed, instance=ApplicabilityRule.objects.get(pk=pk) if pk else None)
    theirs: list[tuple[str, Any]] = []
    if typed is not None and form.is_valid():
        try:
            if rule is None:
                services.add_rule(
                    by=request.user, values=form.values(), token=once.token_of(request)
                )
            else:
                services.change_rule(
                    rule=rule,
                    version=form.cleaned_data["version"] or 0,
                    by=request.user,
                    values=form.values(),
                    reason=form.cleaned_data["note"],
                )
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect("lesson_rules")
        except StaleError as stale:
            form.add_error(None, str(stale))
            theirs = differing(form, stale.current)
            send_with(form, version=stale.current.version)  # type: ignore[attr-defined]
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The rule is saved.")
            return redirect("lesson_rules")
    title = "Change a rule" if rule else "Add a rule"
    return _setting_page(request, form, title, typed, theirs)


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def gate_limit_add(request: SignedInRequest) -> HttpResponse:
    """Set from what amount a budget change answers lessons, from a day."""
    typed = request.POST if request.method == "POST" else None
    form = GateLimitForm(typed)
    if typed is not None and form.is_valid():
        try:
            services.set_gate_limit(
                by=request.user, token=once.token_of(request), **form.cleaned_data
            )
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect("lesson_rules")
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The limit is set.")
            return redirect("lesson_rules")
    return _setting_page(request, form, "Set the limit for budget changes", typed)


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def category_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Add or change a category of lessons."""
    category = get_object_or_404(LessonCategory, pk=pk) if pk else None
    typed = request.POST if request.method == "POST" else None
    form = CategoryForm(typed, instance=category)
    if typed is not None and form.is_valid():
        try:
            services.save_category(
                by=request.user, category=form.save(commit=False), token=once.token_of(request)
            )
        except once.AlreadyDone as done:
            messages.info(request, str(done))
        else:
            messages.success(request, "The category is saved.")
        return redirect("lesson_rules")
    return _setting_page(
        request, form, "Change a category" if category else "Add a category", typed
    )


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def project_type_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Add or change a type of project."""
    project_type = get_object_or_404(ProjectType, pk=pk) if pk else None
    typed = request.POST if request.method == "POST" else None
    form = ProjectTypeForm(typed, instance=project_type)
    if typed is not None and form.is_valid():
        try:
            services.save_project_type(
                by=request.user, project_type=form.save(commit=False), token=once.token_of(request)
            )
        except once.AlreadyDone as done:
            messages.info(request, str(done))
        else:
            messages.success(request, "The type of project is saved.")
        return redirect("lesson_rules")
    title = "Change a type of project" if project_type else "Add a type of project"
    return _setting_page(request, form, title, typed)


def _setting_page(
    request: SignedInRequest, form: Any, title: str, typed: Any, theirs: Any = ()
) -> HttpResponse:
    """The page of one of the administrator's forms."""
    return render(
        request,
        "lessons/setting_form.html",
        {
            "form": form,
            "forms": [form],
            "title": title,
            "theirs": theirs,
            "history": history_of(form.instance, request.user) if form.instance.pk else None,
        },
        status=200 if typed is None else 409 if theirs else 422,
    )
