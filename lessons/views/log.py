"""The log of lessons: all of them, one, logging one, writing one again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once, outputs
from council_hms.access import SignedInRequest, allow, may
from council_hms.concurrency import StaleError
from council_hms.history_log import history_of
from council_hms.navigation import project_tabs
from lessons import services, summary
from lessons.filters import LessonFilter
from lessons.forms import (
    DetailForm,
    LessonForm,
    LessonProjectForm,
    send_with,
)
from lessons.models import (
    Answer,
    Lesson,
    LessonDetail,
)
from lessons.tables import lessons_grid
from lessons.views.common import SEES, P, all_valid, differing, file_of, visible_lesson
from projects.models import Project
from projects.views.common import visible_project

PAGE_ROWS = 25


@require_GET
@allow(*SEES)
def lesson_list(request: SignedInRequest, format: str = "") -> HttpResponse:
    """All lessons that this person may read, searched and filtered; with a format, the same rows as file."""
    listed = LessonFilter(request.GET, Lesson.objects.visible_to(request.user))
    found = listed.found
    today = timezone.localdate()
    if format:
        return file_of(lessons_grid(found, today), format, f"lessons {today.isoformat()}")
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "lessons/lesson_list.html",
        {
            "form": listed,
            "page": page,
            "query": query.urlencode(),
            "formats": [
                each for each in outputs.FORMATS.values() if each.suffix in ("xlsx", "csv", "json")
            ],
            "may_log": may(request.user, P.MANAGE_LESSONS),
        },
    )


@require_GET
@allow(*SEES)
def lesson(request: SignedInRequest, pk: int) -> HttpResponse:
    """A lesson: what the record says, what it leaves open, and what later projects answered."""
    found = visible_lesson(request, pk)
    detail = (
        LessonDetail.objects.visible_to(request.user).filter(lesson=found).exclude(text="").first()
    )
    # that exempt detail is held, and under which paragraph, is no secret; what it says is
    withheld = None
    if detail is None:
        withheld = LessonDetail.objects.filter(lesson=found, exempt=True).exclude(text="").first()
    project_is_visible = (
        Project.objects.visible_to(request.user).filter(pk=found.project_id).exists()
    )
    answers = (
        Answer.objects.visible_to(request.user)
        .standing(timezone.localdate())
        .filter(lesson=found)
        .select_related("project")
        .order_by("project__reference")
    )
    return render(
        request,
        "lessons/lesson.html",
        {
            "lesson": found,
            "history": history_of(found, request.user),
            "parts": [(label, summary.stated(found, key)) for key, label in summary.PARTS],
            "known_as_risk": summary.stated(found, "known_as_risk"),
            "priority": summary.stated(found, "priority"),
            "detail": detail,
            "detail_cited": summary.paragraph_words(detail.exempt_paragraphs) if detail else "",
            "withheld_cited": summary.paragraph_words(withheld.exempt_paragraphs)
            if withheld
            else "",
            "project_is_visible": project_is_visible,
            "answers": answers,
            "may_edit": may(request.user, P.MANAGE_LESSONS) and project_is_visible,
        },
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_LESSONS)
def lesson_create(request: SignedInRequest, reference: str = "") -> HttpResponse:
    """Log a lesson, for a project whose page one comes from or one chosen on the page."""
    project = visible_project(request, reference) if reference else None
    typed = request.POST if request.method == "POST" else None
    chooser = None
    if project is None:
        choice = Project.objects.visible_to(request.user).projects()
        chooser = LessonProjectForm(typed, projects=choice)
    form = LessonForm(
        typed,
        initial={
            "logged_by": request.user.role_words.split(", ")[0],
            "logged_on": timezone.localdate(),
        },
    )
    may_withhold = may(request.user, P.SEE_EXEMPT)
    detail_form = DetailForm(typed, prefix="detail") if may_withhold else None
    forms: list[Any] = [each for each in (chooser, form, detail_form) if each is not None]
    if typed is not None and all_valid(forms):
        chosen = project or forms[0].cleaned_data["project"]
        try:
            logged = services.log_lesson(
                project=chosen,
                by=request.user,
                values=form.values(),
                detail=detail_form.values() if detail_form else None,
                token=once.token_of(request),
            )
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect(done.result_url or "lesson_list")
        messages.success(request, f"Lesson {logged.reference} is logged.")
        return redirect(logged)
    context = {
        "form": form,
        "chooser": chooser,
        "detail_form": detail_form,
        "forms": forms,
        "project": project,
    }
    if project is not None:
        context["project_tabs"] = project_tabs(request, project)
    return render(
        request, "lessons/lesson_form.html", context, status=422 if typed is not None else 200
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_LESSONS)
def lesson_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a lesson of a project that one may see, and its detail if one may see that."""
    found = visible_lesson(request, pk)
    _project_of_lesson(request, found)
    may_withhold = may(request.user, P.SEE_EXEMPT)
    standing = LessonDetail.objects.filter(lesson=found).first() if may_withhold else None
    typed = request.POST if request.method == "POST" else None
    form = LessonForm(typed, instance=Lesson.objects.get(pk=found.pk))
    detail_form = (
        DetailForm(typed, instance=standing or LessonDetail(lesson=found), prefix="detail")
        if may_withhold
        else None
    )
    forms: list[Any] = [each for each in (form, detail_form) if each is not None]
    theirs: list[tuple[str, Any]] = []
    if typed is not None and all_valid(forms):
        try:
            saved = services.edit_lesson(
                lesson=found,
                version=form.cleaned_data["version"] or 0,
                by=request.user,
                values=form.values(),
                detail_version=(detail_form.cleaned_data["version"] or 0) if detail_form else 0,
                detail=detail_form.values() if detail_form else None,
                reason=form.cleaned_data["reason"],
            )
        except StaleError as stale:
            form.add_error(None, str(stale))
            theirs = (
                differing(form, stale.current)
                if isinstance(stale.current, Lesson)
                else [
                    ("Detail", stale.current.text)  # type: ignore[attr-defined]
                ]
            )
            # sent again, it goes over the text that is shown now
            send_with(form, version=Lesson.objects.get(pk=found.pk).version)
            now = LessonDetail.objects.filter(lesson=found).first()
            if detail_form is not None and now is not None:
                send_with(detail_form, version=now.version)
        else:
            messages.success(request, f"Lesson {saved.reference} is saved.")
            return redirect(saved)
    return render(
        request,
        "lessons/lesson_form.html",
        {
            "form": form,
            "detail_form": detail_form,
            "forms": forms,
            "lesson": found,
            "project": found.project,
            "project_tabs": project_tabs(request, found.project),
            "theirs": theirs,
        },
        status=200 if typed is None else 409 if theirs else 422,
    )


def _project_of_lesson(request: SignedInRequest, found: Lesson) -> None:
    """A lesson of a project that is not one's own can be read, and changed by its own people only."""
    if not Project.objects.visible_to(request.user).filter(pk=found.project_id).exists():
        raise PermissionDenied("Only the people of its project change a lesson.")
