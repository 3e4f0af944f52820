"""A project's lessons: those it logged, what it answers to those of others, Appendix 2."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once, outputs
from council_hms.access import SignedInRequest, allow, may
from council_hms.concurrency import StaleError
from council_hms.exemption import Audience
from council_hms.models import CouncilSettings
from council_hms.outputs import html
from lessons import services, summary
from lessons.duties import duties_of
from lessons.forms import (
    ClassificationForm,
    answer_forms,
    send_with,
)
from lessons.models import (
    Answer,
    Gate,
    Lesson,
    ProjectClassification,
)
from lessons.views.common import SEES, P, all_valid, file_of
from projects.models import Project
from projects.views.common import day_of, page_of, visible_project


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def project_lessons(request: SignedInRequest, reference: str) -> HttpResponse:
    """A project's own lessons, and those of earlier projects that it must answer, on one screen."""
    project = visible_project(request, reference)
    today = timezone.localdate()
    may_answer = may(request.user, P.MANAGE_LESSONS)
    if request.method == "POST" and not may_answer:
        raise PermissionDenied("Your role does not answer lessons.")
    day = today if request.method == "POST" else day_of(request)
    owed = duties_of(project, day)
    standing = {
        answer.lesson_id: answer
        for answer in Answer.objects.filter(project=project)
        .standing(day)
        .select_related("answered_by")
    }
    named = Lesson.objects.filter(pk__in={duty.lesson_id for duty in owed.duties} | set(standing))
    lessons = {each.pk: each for each in named.for_lists()}
    typed = request.POST if request.method == "POST" else None
    duties = sorted(
        owed.duties, key=lambda duty: (not duty.stops, duty.state.is_answered)
    )  # what stops first, each part in the order of lists
    forms = answer_forms([lessons[duty.lesson_id] for duty in duties], standing, today, typed)
    theirs: dict[int, Answer] = {}
    here = reverse("project_lessons", args=[project.reference])
    if typed is not None and all_valid(forms):
        drafts = [draft for form in forms if (draft := form.draft())]
        try:
            written = services.answer_lessons(
                project=project,
                by=request.user,
                answers=drafts,
                today=today,
                token=once.token_of(request),
                result_url=here,
            )
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect(done.result_url or here)
        except services.StaleAnswersError as stale:
            theirs = {answer.lesson_id: answer for answer in stale.current}
            for form in forms:
                if form.lesson.pk in theirs:
                    form.show_theirs(theirs[form.lesson.pk], str(stale))
        else:
            messages.success(request, _what_was_answered(project, len(written), today))
            return redirect(here)
    own = project.lessons.visible_to(request.user).for_lists()  # type: ignore[attr-defined]
    return render(
        request,
        "lessons/project_lessons.html",
        page_of(
            request,
            project,
            own=own,
            owed=owed,
            entries=_entries(duties, forms, lessons, standing, day),
            forms=forms,
            stopping=owed.stopping_approval,
            answers=summary.answers_grid(project, owed, standing, lessons, day),
            answers_table=html.grid(summary.answers_grid(project, owed, standing, lessons, day)),
            classification=ProjectClassification.objects.filter(project=project)
            .select_related("project_type")
            .first(),
            may_answer=may_answer and day == today,
            may_log=may_answer,
            may_classify=may(request.user, P.MANAGE_LESSONS, P.ADMINISTER),
            as_at=day,
            is_today=day == today,
        ),
        status=200 if typed is None else 409 if theirs else 422,
    )


def _entries(
    duties: Any, forms: Any, lessons: Any, standing: Any, day: dt.date
) -> list[dict[str, Any]]:
    """What the page shows of each lesson to be answered."""
    return [
        {
            "lesson": lessons[duty.lesson_id],
            "state": duty.state,
            "gates": ", ".join(Gate(gate).label for gate in duty.gates),
            "is_due": bool(duty.due_at),
            "stops": duty.stops,
            "answer": standing.get(duty.lesson_id),
            "form": form,
            "is_open": duty.stops or bool(form.errors),
        }
        for duty, form in zip(duties, forms, strict=True)
    ]


def _what_was_answered(project: Project, written: int, today: dt.date) -> str:
    """What the page says after answers were sent: how many, and whether the project may go on."""
    words = (
        f"{written} answer{'' if written == 1 else 's'} saved."
        if written
        else "Nothing had changed."
    )
    left = len(duties_of(project, today).stopping_approval)
    if left:
        return f"{words} {left} lesson{'' if left == 1 else 's'} still to answer before approval."
    return f"{words} No lesson stops this project."


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_LESSONS, P.ADMINISTER)
def project_classify(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say what type of project this is, which decides what lessons bind it."""
    project = visible_project(request, reference)
    standing = ProjectClassification.objects.filter(project=project).first()
    typed = request.POST if request.method == "POST" else None
    initial = {
        "project_type": standing.project_type_id if standing else None,
        "version": standing.version if standing else 0,
    }
    form = ClassificationForm(typed, initial=initial)
    theirs: ProjectClassification | None = None
    if typed is not None and form.is_valid():
        try:
            services.classify_project(
                project=project,
                project_type=form.cleaned_data["project_type"],
                version=form.cleaned_data["version"],
                by=request.user,
            )
        except StaleError as stale:
            theirs = ProjectClassification.objects.select_related("project_type").get(
                pk=stale.current.pk
            )
            form.add_error(None, str(stale))
            send_with(form, version=theirs.version)
        else:
            messages.success(request, "The type of project is saved.")
            return redirect("project_lessons", project.reference)
    return render(
        request,
        "lessons/project_classify.html",
        page_of(request, project, form=form, forms=[form], theirs=theirs),
        status=200 if typed is None else 409 if theirs else 422,
    )


@require_GET
@allow(*SEES)
def lesson_summary(request: SignedInRequest, reference: str, format: str = "") -> HttpResponse:
    """Appendix 2 as page and, with a format at the end of the address, as file.

    The public version, whoever asks, unless a person with the right asks for the exempt one.
    """
    project = visible_project(request, reference)
    day = day_of(request)
    may_see_exempt = may(request.user, P.SEE_EXEMPT)
    wants_exempt = request.GET.get("audience") == Audience.EXEMPT
    if wants_exempt and not may_see_exempt:
        raise PermissionDenied("Your role does not see exempt matter.")
    audience = Audience.EXEMPT if wants_exempt else Audience.PUBLIC
    lessons = summary.for_paper(project, day)
    details = summary.Details(lessons, audience)
    grid = summary.summary_grid(project, lessons, details, day)
    if format in ("xlsx", "csv", "json"):
        return file_of(grid, format, f"{project.reference} lessons learned {day.isoformat()}")
    document = summary.summary_document(
        project, lessons, details, day, council=CouncilSettings.current().name
    )
    if format:
        return file_of(document, format, f"{project.reference} lessons learned {day.isoformat()}")
    return render(
        request,
        "lessons/appendix_2.html",
        page_of(
            request,
            project,
            has_lessons=bool(lessons),
            paper=html.document(
                replace(document, about=())
            ),  # the file's last page, not the screen's
            as_at=day,
            may_see_exempt=may_see_exempt,
            audience=audience.value,
            formats=[each for each in outputs.FORMATS.values() if each.suffix != "html"],
            query=request.GET.urlencode(),
        ),
    )


@require_GET
@allow(*SEES)
def answers_file(request: SignedInRequest, reference: str, format: str) -> HttpResponse:
    """A project's answers to the lessons of earlier projects, as file."""
    project = visible_project(request, reference)
    day = day_of(request)
    return file_of(
        summary.answers_of(project, day),
        format,
        f"{project.reference} lessons answered {day.isoformat()}",
    )
