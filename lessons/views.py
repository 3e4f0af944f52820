"""Pages of lessons. Each is four moves: fetch what the person may see, bind, call one service, answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from council_hms import once, outputs
from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.concurrency import StaleError
from council_hms.exemption import Audience
from council_hms.history_log import history_of
from council_hms.models import CouncilSettings
from council_hms.navigation import project_tabs
from council_hms.outputs import html
from lessons import services, summary
from lessons.adoption import adoption
from lessons.charts import adoption_chart
from lessons.duties import duties_of
from lessons.filters import LessonFilter
from lessons.forms import (
    CategoryForm,
    ClassificationForm,
    DetailForm,
    GateLimitForm,
    LessonForm,
    LessonProjectForm,
    ProjectTypeForm,
    RuleForm,
    answer_forms,
    send_with,
)
from lessons.models import (
    Answer,
    ApplicabilityRule,
    Gate,
    GateLimit,
    Lesson,
    LessonCategory,
    LessonDetail,
    ProjectClassification,
    ProjectType,
)
from lessons.tables import lessons_grid
from projects.models import Project

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)


def _project(request: SignedInRequest, reference: str) -> Project:
    """A project that this person may see, or 404."""
    return get_object_or_404(Project.objects.visible_to(request.user), reference=reference)


def _lesson(request: SignedInRequest, pk: int) -> Lesson:
    """A lesson that this person may read, or 404."""
    return get_object_or_404(Lesson.objects.visible_to(request.user).for_lists(), pk=pk)


def _all_valid(forms: Sequence[BaseForm]) -> bool:
    """Whether all are right. Each is asked, so that the page shows the errors of all of them."""
    return not [form for form in forms if not form.is_valid()]


def _page(request: SignedInRequest, project: Project, **more: Any) -> dict[str, Any]:
    """What every page of a project shows round its content."""
    return {"project": project, "project_tabs": project_tabs(request, project), **more}


def _day(request: SignedInRequest) -> dt.date:
    """The "as at" day of the address; today when there is none or it is no date."""
    try:
        return dt.date.fromisoformat(request.GET.get("as_at", ""))
    except ValueError:
        return timezone.localdate()


def _file(what: Any, format: str, name: str) -> HttpResponse:
    """A file of a format that can hold it, or 404."""
    if format not in {each.suffix for each in outputs.formats_for(what)}:
        raise Http404("no such format")
    return outputs.respond(what, format, name)


# -- all lessons -------------------------------------------------------------------------------

PAGE_ROWS = 25


@require_GET
@allow(*SEES)
def lesson_list(request: SignedInRequest, format: str = "") -> HttpResponse:
    """All lessons that this person may read, searched and filtered; with a format, the same rows as file."""
    listed = LessonFilter(request.GET, Lesson.objects.visible_to(request.user))
    found = listed.found
    today = timezone.localdate()
    if format:
        return _file(lessons_grid(found, today), format, f"lessons {today.isoformat()}")
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


# -- one lesson --------------------------------------------------------------------------------


@require_GET
@allow(*SEES)
def lesson(request: SignedInRequest, pk: int) -> HttpResponse:
    """A lesson: what the record says, what it leaves open, and what later projects answered."""
    found = _lesson(request, pk)
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
    project = _project(request, reference) if reference else None
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
    if typed is not None and _all_valid(forms):
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
    found = _lesson(request, pk)
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
    if typed is not None and _all_valid(forms):
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
                _differing(form, stale.current)
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


def _differing(form: Any, theirs: Model) -> list[tuple[str, Any]]:
    """What someone else wrote where it differs from what was typed: words and value."""
    found = []
    for name in form._meta.fields:
        value = getattr(theirs, name)
        if value != form.cleaned_data.get(name):
            found.append((form.fields[name].label, value))
    return found


# -- a project's lessons and answers -----------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def project_lessons(request: SignedInRequest, reference: str) -> HttpResponse:
    """A project's own lessons, and those of earlier projects that it must answer, on one screen."""
    project = _project(request, reference)
    today = timezone.localdate()
    may_answer = may(request.user, P.MANAGE_LESSONS)
    if request.method == "POST" and not may_answer:
        raise PermissionDenied("Your role does not answer lessons.")
    day = today if request.method == "POST" else _day(request)
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
    if typed is not None and _all_valid(forms):
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
        _page(
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
    project = _project(request, reference)
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
        _page(request, project, form=form, forms=[form], theirs=theirs),
        status=200 if typed is None else 409 if theirs else 422,
    )


@require_GET
@allow(*SEES)
def lesson_summary(request: SignedInRequest, reference: str, format: str = "") -> HttpResponse:
    """Appendix 2 as page and, with a format at the end of the address, as file.

    The public version, whoever asks, unless a person with the right asks for the exempt one.
    """
    project = _project(request, reference)
    day = _day(request)
    may_see_exempt = may(request.user, P.SEE_EXEMPT)
    wants_exempt = request.GET.get("audience") == Audience.EXEMPT
    if wants_exempt and not may_see_exempt:
        raise PermissionDenied("Your role does not see exempt matter.")
    audience = Audience.EXEMPT if wants_exempt else Audience.PUBLIC
    lessons = summary.for_paper(project, day)
    details = summary.Details(lessons, audience)
    grid = summary.summary_grid(project, lessons, details, day)
    if format in ("xlsx", "csv", "json"):
        return _file(grid, format, f"{project.reference} lessons learned {day.isoformat()}")
    document = summary.summary_document(
        project, lessons, details, day, council=CouncilSettings.current().name
    )
    if format:
        return _file(document, format, f"{project.reference} lessons learned {day.isoformat()}")
    return render(
        request,
        "lessons/appendix_2.html",
        _page(
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
    project = _project(request, reference)
    day = _day(request)
    return _file(
        summary.answers_of(project, day),
        format,
        f"{project.reference} lessons answered {day.isoformat()}",
    )


# -- adoption ----------------------------------------------------------------------------------


@require_GET
@allow(*SEES)
def lesson_adoption(request: SignedInRequest, format: str = "") -> HttpResponse:
    """Which lessons later projects have learned, and which were only noted, over the projects one may see."""
    day = _day(request)
    projects = Project.objects.visible_to(request.user)
    lessons = list(Lesson.objects.binding(day).for_lists())
    rows = adoption(projects, lessons, day)
    grid = summary.adoption_grid(rows, day)
    if format:
        return _file(grid, format, f"adoption of lessons {day.isoformat()}")
    standings = [row.standing for row in rows]
    return render(
        request,
        "lessons/adoption.html",
        {
            "rows": rows,
            "grid": grid,
            "chart": adoption_chart(rows, day),
            "table": html.grid(grid),
            "tally": [
                (words, standings.count(words)) for words in ("Learned", "Answered", "Only noted")
            ],
            "as_at": day,
            "sees_all": may(request.user, P.SEE_ALL_PROJECTS),
            "formats": [each for each in outputs.formats_for(grid) if each.suffix != "html"],
            "query": request.GET.urlencode(),
        },
    )


# -- rules, kept by the administrator ----------------------------------------------------------


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
            theirs = _differing(form, stale.current)
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
