"""Pages of the room. Each is four moves: fetch what the person may see, bind, call one service, answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from copy import copy
from decimal import Decimal
from typing import Any, TypeVar

from django import forms as django_forms
from django.contrib import messages
from django.db import models
from django.forms import formset_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from council_hms import once
from council_hms.access import Permission, allow, may
from council_hms.exemption import Audience
from council_hms.navigation import project_tabs
from projects import forms, services
from projects.form_page import answer_form
from projects.highlight import RULES, prefill, propose
from projects.models import (
    Action,
    Benefit,
    BoardMembership,
    ChangeRequest,
    ClosureReport,
    Contract,
    Discount,
    Following,
    HighlightReport,
    HighlightState,
    Issue,
    Milestone,
    Project,
    SettlementTerm,
    Supplier,
    WorkPackage,
)
from projects.project_list import ProjectList
from projects.slip_chart import slip_chart

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)
M = TypeVar("M", bound=models.Model)


def _project(request: HttpRequest, reference: str) -> Project:
    """A project that this person may see, or 404."""
    return get_object_or_404(Project.objects.visible_to(request.user), reference=reference)


def _row(request: HttpRequest, model: type[M], project: Project, **lookup: Any) -> M:
    """A row of the project that this person may see, or 404."""
    rows = model._default_manager.all().visible_to(request.user).of(project)  # type: ignore[attr-defined]
    row: M = get_object_or_404(rows.select_related("project"), **lookup)
    return row


def _page(request: HttpRequest, project: Project, **more: Any) -> dict[str, Any]:
    """What every page of a project shows round its content, and what this person may write."""
    return {
        "project": project,
        "project_tabs": project_tabs(request, project),
        "may_write": may(request.user, *services.DELIVERY),
        "may_review": may(request.user, P.REVIEW_DELIVERY),
        "may_write_money": may(request.user, *services.DELIVERY_OR_FINANCE),
        **more,
    }


def _day(request: HttpRequest) -> dt.date:
    """The "as at" day of the address; today when there is none or it is no date."""
    try:
        return dt.date.fromisoformat(request.GET.get("as_at", ""))
    except ValueError:
        return timezone.localdate()


def _form_page(
    request: HttpRequest,
    project: Project,
    form: django_forms.BaseForm,
    *,
    heading: str,
    act: Callable[[], Any],
    done: str,
    back: str,
    button: str = "Save",
    intro: str = "",
    then: str = "",
) -> HttpResponse:
    """A page of a project that is one form under a heading."""
    return answer_form(
        request,
        form,
        act=act,
        done=done,
        then=then or back,
        template="projects/form.html",
        page=_page(request, project, heading=heading, back=back, button=button, intro=intro),
    )


# -- projects ---------------------------------------------------------------------------------


@require_GET
@allow(*SEES)
def project_list(request: HttpRequest, format: str = "") -> HttpResponse:
    """The register of projects: search, filters, order, pages, download."""
    page = ProjectList(request)
    if format:
        return page.download(format)
    return render(
        request,
        "projects/project_list.html",
        {"page": page, "may_create": may(request.user, P.CREATE_PROJECT)},
    )


@require_http_methods(["GET", "POST"])
@allow(P.CREATE_PROJECT)
def project_create(request: HttpRequest) -> HttpResponse:
    """Enter a project."""
    form = forms.ProjectForm(request.POST or None, instance=Project())
    return answer_form(
        request,
        form,
        act=lambda: services.create_project(
            by=request.user, token=once.token_of(request), **form.values
        ),  # type: ignore[arg-type]
        done="The project is entered.",
        then=_then_project(form),
        template="projects/project_form.html",
        page={
            "heading": "Enter a project",
            "back": reverse("project_list"),
            "button": "Enter the project",
        },
    )


def _then_project(form: forms.ProjectForm) -> str:
    """Where a new project's page will be; the list while the form is not good."""
    if form.is_bound and form.is_valid():
        return f"/projects/{form.cleaned_data['reference']}/"
    return reverse("project_list")


@require_http_methods(["GET", "POST"])
@allow(P.CREATE_PROJECT)
def project_edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Change what is said of a project."""
    project = _project(request, reference)
    form = forms.ProjectForm(request.POST or None, instance=copy(project))
    return answer_form(
        request,
        form,
        act=lambda: services.edit_project(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            version=form.typed_version,
            **form.values,
        ),
        done="The project is saved.",
        then=f"/projects/{project.reference}/",
        template="projects/project_form.html",
        page=_page(
            request,
            project,
            heading=f"Edit {project.reference}",
            back=f"/projects/{project.reference}/",
            button="Save",
        ),
    )


@require_POST
@allow(*SEES)
def follow(request: HttpRequest, reference: str) -> HttpResponse:
    """Follow a project or follow it no more, and go back to where one was."""
    project = _project(request, reference)
    if request.POST.get("follow") == "no":
        services.unfollow(by=request.user, project=project)  # type: ignore[arg-type]
        messages.success(request, f"You no longer follow {project.reference}.")
    else:
        services.follow(by=request.user, project=project)  # type: ignore[arg-type]
        messages.success(
            request,
            f"You follow {project.reference}: the daily digest tells you what is due, overdue or new.",
        )
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = f"/projects/{project.reference}/"
    return redirect(back)


WorkPackageRows = formset_factory(forms.WorkPackageForm, extra=5, max_num=200, absolute_max=200)


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def work_packages(request: HttpRequest, reference: str) -> HttpResponse:
    """Work packages and planned products: read by all who see the project, written by those who keep it."""
    project = _project(request, reference)
    may_edit = may(request.user, *services.KEEP_PROJECT)
    if request.method == "POST" and not may_edit:
        raise _refused()
    present = list(WorkPackage.objects.visible_to(request.user).filter(project=project))
    versions = forms.VersionForm(request.POST or None, initial={"version": project.version})
    rows = WorkPackageRows(
        request.POST or None,
        prefix="packages",
        initial=[
            {
                "row": row.pk,
                "name": row.name,
                "description": row.description,
                "planned_year": row.planned_year,
                "is_product": row.is_product,
            }
            for row in present
        ],
    )

    def save() -> Any:
        packages = [
            services.NewWorkPackage(
                name=typed["name"],
                description=typed.get("description", ""),
                planned_year=typed.get("planned_year"),
                is_product=typed.get("is_product", False),
                pk=typed.get("row"),
            )
            for typed in (row.cleaned_data for row in rows)
            if typed.get("name")
        ]
        return services.save_work_packages(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            version=versions.cleaned_data["version"] or 0,
            packages=packages,
        )

    return answer_form(
        request,
        versions,
        act=save,
        is_ready=not rows.is_bound or rows.is_valid(),
        done="The work packages are saved.",
        then=reverse("work_packages", args=[project.reference]),
        template="projects/work_packages.html",
        page=_page(request, project, rows=rows, present=present, may_edit=may_edit),
    )


def _refused() -> Exception:
    from django.core.exceptions import PermissionDenied

    return PermissionDenied("Your role does not include this.")


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def board(request: HttpRequest, reference: str) -> HttpResponse:
    """Who sits and sat on the board; who keeps boards can add a person."""
    project = _project(request, reference)
    may_keep = may(request.user, *services.KEEP_BOARD)
    if request.method == "POST" and not may_keep:
        raise _refused()
    form = forms.BoardForm(request.POST or None, instance=BoardMembership(project=project))
    seats = (
        BoardMembership.objects.visible_to(request.user)
        .filter(project=project)
        .select_related("person")
    )
    return answer_form(
        request,
        form,
        act=lambda: services.join_board(by=request.user, project=project, **form.values),  # type: ignore[arg-type]
        done="The person is on the board.",
        then=reverse("board", args=[project.reference]),
        template="projects/board.html",
        page=_page(
            request, project, seats=seats.order_by("until", "person__name"), may_keep=may_keep
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.CREATE_PROJECT, P.ADMINISTER)
def board_leave(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """End a seat on the board."""
    project = _project(request, reference)
    seat = get_object_or_404(
        BoardMembership.objects.visible_to(request.user).select_related("person"),
        project=project,
        pk=pk,
        until=None,
    )
    form = forms.LeaveBoardForm(request.POST or None, initial={"until": timezone.localdate()})
    return _form_page(
        request,
        project,
        form,
        heading=f"{seat.person.name} leaves the board",
        intro="From then on the person no longer sees this project, unless their role sees every project.",
        act=lambda: services.leave_board(by=request.user, membership=seat, **form.cleaned_data),  # type: ignore[arg-type]
        done="The seat has ended.",
        back=reverse("board", args=[project.reference]),
        button="End the seat",
    )


# -- milestones -------------------------------------------------------------------------------


@require_GET
@allow(*SEES)
def milestones(request: HttpRequest, reference: str) -> HttpResponse:
    """Every milestone with its dates and slip as at a day, as table and drawing."""
    project = _project(request, reference)
    day = _day(request)
    rows = Milestone.objects.visible_to(request.user).of(project).with_dates(day)
    found = [(row, row.slippage(day)) for row in rows]
    standing = [
        pair for pair in found if not (pair[0].withdrawn_on and pair[0].withdrawn_on <= day)
    ]
    withdrawn = [row for row, _ in found if row.withdrawn_on and row.withdrawn_on <= day]
    return render(
        request,
        "projects/milestones.html",
        _page(
            request,
            project,
            as_at=day,
            milestones=standing,
            withdrawn=withdrawn,
            chart=slip_chart(project, standing, day),
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def milestone_create(request: HttpRequest, reference: str) -> HttpResponse:
    """Enter a milestone with the dates that are known."""
    project = _project(request, reference)
    form = forms.MilestoneForm(request.POST or None, instance=Milestone(project=project))

    def act() -> Any:
        typed = form.cleaned_data
        return services.add_milestone(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            name=typed["name"],
            note=typed["note"],
            baseline=typed["baseline"],
            forecast=typed["forecast"],
            precision=typed["precision"],
            stated_on=timezone.localdate(),
            token=once.token_of(request),
        )

    return _form_page(
        request,
        project,
        form,
        heading="Add a milestone",
        act=act,
        done="The milestone is added.",
        back=reverse("milestones", args=[project.reference]),
        button="Add the milestone",
    )


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def milestone(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """One milestone with every date that was ever stated; its manager states a new one here."""
    project = _project(request, reference)
    may_write = may(request.user, *services.DELIVERY)
    if request.method == "POST" and not may_write:
        raise _refused()
    day = _day(request)
    rows = (
        Milestone.objects.visible_to(request.user)
        .of(project)
        .with_dates(day)
        .select_related("project")
    )
    found = get_object_or_404(rows, pk=pk)
    form = forms.StateDateForm(
        request.POST or None, initial={"stated_on": timezone.localdate(), "precision": "day"}
    )
    return answer_form(
        request,
        form,
        act=lambda: services.state_milestone_date(
            by=request.user,  # type: ignore[arg-type]
            milestone=found,
            token=once.token_of(request),
            **form.cleaned_data,
        ),
        done="The date is stated.",
        then=reverse("milestone", args=[project.reference, pk]),
        template="projects/milestone.html",
        page=_page(
            request,
            project,
            milestone=found,
            slip=found.slippage(day),
            as_at=day,
            dates=found.dates.select_related("entered_by").order_by("-stated_on", "-pk"),
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def milestone_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Change the words of a milestone."""
    project = _project(request, reference)
    found = _row(request, Milestone, project, pk=pk)
    form = forms.MilestoneNameForm(request.POST or None, instance=copy(found))
    return _form_page(
        request,
        project,
        form,
        heading=f"Edit “{found.name}”",
        act=lambda: services.edit_milestone(
            by=request.user,  # type: ignore[arg-type]
            milestone=found,
            version=form.typed_version,
            **form.values,
        ),
        done="The milestone is saved.",
        back=reverse("milestone", args=[project.reference, pk]),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def milestone_withdraw(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Say that a milestone is no longer needed."""
    project = _project(request, reference)
    found = _row(request, Milestone, project, pk=pk, withdrawn_on=None)
    form = forms.WithdrawMilestoneForm(
        request.POST or None, initial={"withdrawn_on": timezone.localdate()}
    )
    return _form_page(
        request,
        project,
        form,
        heading=f"“{found.name}” is no longer needed",
        intro="The milestone and its dates stay on record.",
        act=lambda: services.withdraw_milestone(
            by=request.user, milestone=found, **form.cleaned_data
        ),  # type: ignore[arg-type]
        done="The milestone is withdrawn.",
        back=reverse("milestones", args=[project.reference]),
        button="Withdraw the milestone",
    )


# -- highlight reports ------------------------------------------------------------------------


@require_GET
@allow(*SEES)
def highlight_list(request: HttpRequest, reference: str) -> HttpResponse:
    """The highlight reports of a project, the latest period first."""
    project = _project(request, reference)
    reports = (
        HighlightReport.objects.visible_to(request.user)
        .of(project)
        .select_related("written_by", "project")
        .prefetch_related("ratings")
    )
    return render(request, "projects/highlight_list.html", _page(request, project, reports=reports))


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def highlight_create(request: HttpRequest, reference: str) -> HttpResponse:
    """Write a highlight report, filled in with what the system knows."""
    project = _project(request, reference)
    today = timezone.localdate()
    known = prefill(project, today)
    form = forms.HighlightForm(
        request.POST or None,
        instance=HighlightReport(project=project, written_by=request.user),  # type: ignore[misc]
        proposals=known.proposals,
        complete="submit" in request.POST,
        initial={
            "period_from": known.period_from,
            "period_to": known.period_to,
            "done": known.done_text,
            "next_steps": known.next_text,
        },
    )

    def act() -> Any:
        report = services.draft_highlight_report(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            values=form.values,
            ratings=form.ratings,
            today=today,
            token=once.token_of(request),
        )
        if "submit" in request.POST:
            services.submit_highlight_report(by=request.user, report=report, today=today)  # type: ignore[arg-type]
        return report

    return answer_form(
        request,
        form,
        act=act,
        done=_saved_or_submitted(request),
        then=reverse("highlight_list", args=[project.reference]),
        template="projects/highlight_form.html",
        page=_page(
            request,
            project,
            previous=known.previous,
            rules=RULES,
            heading="Write a highlight report",
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def highlight_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Go on with a draft."""
    project = _project(request, reference)
    report = _row(request, HighlightReport, project, pk=pk, submitted_on=None)
    today = timezone.localdate()
    initial = {f"rating_{row.aspect}": row.rating for row in report.ratings.all()} | {
        f"reason_{row.aspect}": row.reason for row in report.ratings.all()
    }
    form = forms.HighlightForm(
        request.POST or None,
        instance=copy(report),
        proposals=propose(project, today),
        complete="submit" in request.POST,
        initial=initial,
    )

    def act() -> Any:
        saved = services.save_highlight_report(
            by=request.user,  # type: ignore[arg-type]
            report=report,
            version=form.typed_version,
            values=form.values,
            ratings=form.ratings,
            today=today,
        )
        if "submit" in request.POST:
            services.submit_highlight_report(by=request.user, report=saved, today=today)  # type: ignore[arg-type]

    earlier = (
        HighlightReport.objects.visible_to(request.user)
        .of(project)
        .filter(period_to__lt=report.period_to)
    )
    return answer_form(
        request,
        form,
        act=act,
        done=_saved_or_submitted(request),
        then=reverse("highlight_report", args=[project.reference, pk]),
        template="projects/highlight_form.html",
        page=_page(
            request, project, previous=earlier.first(), rules=RULES, heading=f"Edit: {report}"
        ),
    )


def _saved_or_submitted(request: HttpRequest) -> str:
    return (
        "The report is submitted to the board."
        if "submit" in request.POST
        else "The draft is saved."
    )


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def highlight_report(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """One highlight report: this and last period's ratings with their rules, and the board's note. POST submits it."""
    project = _project(request, reference)
    report = _row(request, HighlightReport, project, pk=pk)
    if request.method == "POST":
        return _submit(request, project, report)
    earlier = (
        HighlightReport.objects.visible_to(request.user)
        .of(project)
        .filter(period_to__lt=report.period_to, submitted_on__isnull=False)
        .prefetch_related("ratings")
        .first()
    )
    last = {row.aspect: row for row in earlier.ratings.all()} if earlier else {}
    return render(
        request,
        "projects/highlight_report.html",
        _page(
            request,
            project,
            report=report,
            ratings=[(row, last.get(row.aspect)) for row in report.ratings.all()],
            previous=earlier,
            actions=Action.objects.visible_to(request.user)
            .of(project)
            .filter(highlight_report=report),
            is_draft=report.state is HighlightState.DRAFT,
            is_submitted=report.state is HighlightState.SUBMITTED,
        ),
    )


def _submit(request: HttpRequest, project: Project, report: HighlightReport) -> HttpResponse:
    if not may(request.user, *services.DELIVERY):
        raise _refused()
    try:
        services.submit_highlight_report(by=request.user, report=report, today=timezone.localdate())  # type: ignore[arg-type]
        messages.success(request, "The report is submitted to the board.")
    except services.ProjectError as error:
        messages.error(request, str(error))
    return redirect("highlight_report", project.reference, report.pk)


@require_http_methods(["GET", "POST"])
@allow(P.REVIEW_DELIVERY)
def highlight_note(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Record what the board noted."""
    project = _project(request, reference)
    report = _row(request, HighlightReport, project, pk=pk, submitted_on__isnull=False)
    form = forms.BoardNoteForm(
        request.POST or None,
        initial={
            "on": report.noted_on or timezone.localdate(),
            "board_note": report.board_note,
            "version": report.version,
        },
    )
    return _form_page(
        request,
        project,
        form,
        heading=f"The board notes: {report}",
        act=lambda: services.note_highlight_report(
            by=request.user,  # type: ignore[arg-type]
            report=report,
            version=form.cleaned_data["version"] or 0,
            on=form.cleaned_data["on"],
            board_note=form.cleaned_data["board_note"],
        ),
        done="The board's note is recorded.",
        back=reverse("highlight_report", args=[project.reference, pk]),
        button="Record the note",
    )


# -- actions and issues -----------------------------------------------------------------------


@require_GET
@allow(*SEES)
def action_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Open actions, the earliest due first; then those done."""
    project = _project(request, reference)
    day = _day(request)
    rows = Action.objects.visible_to(request.user).of(project)
    return render(
        request,
        "projects/action_list.html",
        _page(
            request,
            project,
            as_at=day,
            open_actions=[(action, action.is_overdue(day)) for action in rows.open(day)],
            done_actions=rows.filter(done_on__lte=day).order_by("-done_on", "-pk"),
            may_add=may(request.user, P.MANAGE_DELIVERY, P.REVIEW_DELIVERY),
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.REVIEW_DELIVERY)
def action_create(request: HttpRequest, reference: str) -> HttpResponse:
    """Give somebody something to do."""
    project = _project(request, reference)
    form = forms.ActionForm(request.POST or None, instance=Action(project=project))
    return _form_page(
        request,
        project,
        form,
        heading="Add an action",
        act=lambda: services.add_action(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            token=once.token_of(request),
            **form.values,
        ),
        done="The action is added.",
        back=reverse("action_list", args=[project.reference]),
        button="Add the action",
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def action_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Change an action, or say that it is done."""
    project = _project(request, reference)
    action = _row(request, Action, project, pk=pk)
    form = forms.ActionForm(request.POST or None, instance=copy(action))
    return _form_page(
        request,
        project,
        form,
        heading="Action",
        act=lambda: services.edit_action(
            by=request.user,  # type: ignore[arg-type]
            action=action,
            version=form.typed_version,
            **form.values,
        ),
        done="The action is saved.",
        back=reverse("action_list", args=[project.reference]),
    )


@require_GET
@allow(*SEES)
def issue_list(request: HttpRequest, reference: str) -> HttpResponse:
    """The issues log: open ones first."""
    project = _project(request, reference)
    day = _day(request)
    rows = Issue.objects.visible_to(request.user).of(project)
    return render(
        request,
        "projects/issue_list.html",
        _page(
            request,
            project,
            as_at=day,
            open_issues=rows.open(day).order_by("-raised_on", "pk"),
            resolved_issues=rows.filter(resolved_on__lte=day).order_by("-resolved_on", "-pk"),
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def issue_create(request: HttpRequest, reference: str) -> HttpResponse:
    """Log an issue."""
    project = _project(request, reference)
    form = forms.IssueForm(request.POST or None, instance=Issue(project=project))
    return _form_page(
        request,
        project,
        form,
        heading="Log an issue",
        intro="An issue has happened. What might happen is a risk and belongs in the risk register.",
        act=lambda: services.add_issue(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            token=once.token_of(request),
            **form.values,
        ),
        done="The issue is logged.",
        back=reverse("issue_list", args=[project.reference]),
        button="Log the issue",
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def issue_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Change an issue, or say how it was resolved."""
    project = _project(request, reference)
    issue = _row(request, Issue, project, pk=pk)
    form = forms.IssueForm(request.POST or None, instance=copy(issue))
    return _form_page(
        request,
        project,
        form,
        heading="Issue",
        act=lambda: services.edit_issue(
            by=request.user,  # type: ignore[arg-type]
            issue=issue,
            version=form.typed_version,
            **form.values,
        ),
        done="The issue is saved.",
        back=reverse("issue_list", args=[project.reference]),
    )


# -- change requests --------------------------------------------------------------------------


@require_GET
@allow(*SEES)
def change_request_list(request: HttpRequest, reference: str) -> HttpResponse:
    """What the board has been asked to change, the latest first."""
    project = _project(request, reference)
    day = _day(request)
    rows = ChangeRequest.objects.visible_to(request.user).of(project).select_related("project")
    return render(
        request,
        "projects/change_request_list.html",
        _page(request, project, as_at=day, requests=rows),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def change_request_create(request: HttpRequest, reference: str) -> HttpResponse:
    """Raise a change request."""
    project = _project(request, reference)
    draft = ChangeRequest(project=project, raised_by=request.user, number=0)  # type: ignore[misc]
    form = forms.ChangeRequestForm(request.POST or None, instance=draft)
    return _form_page(
        request,
        project,
        form,
        heading="Raise a change request",
        intro="The board decides on it. A board's decision is not budget authority: what costs more needs a budget "
        "change as well.",
        act=lambda: services.raise_change_request(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            token=once.token_of(request),
            **form.values,
        ),
        done="The change request is raised.",
        back=reverse("change_request_list", args=[project.reference]),
        button="Raise the request",
    )


@require_GET
@allow(*SEES)
def change_request(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """One change request: what, why, its effects, the board's decision and the budget change it led to."""
    project = _project(request, reference)
    found = _row(request, ChangeRequest, project, number=number)
    return render(
        request,
        "projects/change_request.html",
        _page(
            request,
            project,
            found=found,
            is_undecided=found.outcome is None,
            may_enter_budgets=may(request.user, P.ENTER_BUDGETS),
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def change_request_edit(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Change a request that the board has not decided on."""
    project = _project(request, reference)
    found = _row(request, ChangeRequest, project, number=number, outcome=None)
    form = forms.ChangeRequestForm(request.POST or None, instance=copy(found))
    return _form_page(
        request,
        project,
        form,
        heading=f"Edit change request {number}",
        act=lambda: services.edit_change_request(
            by=request.user,  # type: ignore[arg-type]
            request=found,
            version=form.typed_version,
            **form.values,
        ),
        done="The change request is saved.",
        back=found.get_absolute_url(),
    )


@require_http_methods(["GET", "POST"])
@allow(P.REVIEW_DELIVERY)
def change_request_decide(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Record what the board decided."""
    project = _project(request, reference)
    found = _row(request, ChangeRequest, project, number=number, outcome=None)
    form = forms.DecideRequestForm(
        request.POST or None, initial={"on": timezone.localdate(), "version": found.version}
    )
    return _form_page(
        request,
        project,
        form,
        heading=f"The board decides: {found.title}",
        intro="A board's decision is not budget authority.",
        act=lambda: services.decide_change_request(
            by=request.user,  # type: ignore[arg-type]
            request=found,
            version=form.cleaned_data["version"] or 0,
            outcome=form.cleaned_data["outcome"],
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["reason"],
        ),
        done="The board's decision is recorded.",
        back=found.get_absolute_url(),
        button="Record the decision",
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def change_request_link(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Name the budget change that an approved request led to."""
    project = _project(request, reference)
    found = _row(request, ChangeRequest, project, number=number, outcome="approved")
    form = forms.BudgetReferenceForm(
        request.POST or None,
        initial={
            "budget_change_reference": found.budget_change_reference,
            "version": found.version,
        },
    )
    return _form_page(
        request,
        project,
        form,
        heading=f"Budget change of change request {number}",
        act=lambda: services.link_budget_change(
            by=request.user,  # type: ignore[arg-type]
            request=found,
            version=form.cleaned_data["version"] or 0,
            budget_change_reference=form.cleaned_data["budget_change_reference"],
        ),
        done="The budget change is named.",
        back=found.get_absolute_url(),
    )


# -- benefits ---------------------------------------------------------------------------------

BenefitYears = formset_factory(forms.BenefitYearForm, extra=4, max_num=60, absolute_max=60)


@require_GET
@allow(*SEES)
def benefit_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Benefits and savings with their years; what can still be counted, and what is already out of the budget."""
    project = _project(request, reference)
    benefits = list(
        Benefit.objects.visible_to(request.user).of(project).with_totals().prefetch_related("years")
    )
    cashable = [benefit for benefit in benefits if benefit.cashable]
    return render(
        request,
        "projects/benefit_list.html",
        _page(
            request,
            project,
            benefits=benefits,
            already_out=_sum(
                benefit.planned_total for benefit in cashable if benefit.already_in_budget
            ),
            still_to_count=_sum(
                benefit.planned_total for benefit in cashable if not benefit.already_in_budget
            ),
        ),
    )


def _sum(amounts: Any) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal("0.00"))


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def benefit_create(request: HttpRequest, reference: str) -> HttpResponse:
    """Enter a benefit or saving."""
    project = _project(request, reference)
    return _edit_benefit(request, project, None)


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def benefit_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Change a benefit, or enter what it brought."""
    project = _project(request, reference)
    return _edit_benefit(request, project, _row(request, Benefit, project, pk=pk))


def _edit_benefit(request: HttpRequest, project: Project, existing: Benefit | None) -> HttpResponse:
    form = forms.BenefitForm(
        request.POST or None, instance=copy(existing) if existing else Benefit(project=project)
    )
    years = BenefitYears(
        request.POST or None,
        prefix="years",
        initial=[
            {"year": row.year, "planned": row.planned, "actual": row.actual}
            for row in (existing.years.all() if existing else ())
        ],
    )

    def act() -> Any:
        figures = [
            services.YearOfBenefit(typed.get("year"), typed.get("planned"), typed.get("actual"))
            for typed in (row.cleaned_data for row in years)
            if typed.get("planned") is not None or typed.get("actual") is not None
        ]
        if existing is None:
            return services.enter_benefit(
                by=request.user,  # type: ignore[arg-type]
                project=project,
                years=figures,
                token=once.token_of(request),
                **form.values,
            )
        return services.edit_benefit(
            by=request.user,  # type: ignore[arg-type]
            benefit=existing,
            version=form.typed_version,
            years=figures,
            **form.values,
        )

    return answer_form(
        request,
        form,
        act=act,
        is_ready=not years.is_bound or years.is_valid(),
        done="The benefit is saved.",
        then=reverse("benefit_list", args=[project.reference]),
        template="projects/benefit_form.html",
        page=_page(
            request,
            project,
            years=years,
            heading="Edit the benefit" if existing else "Enter a benefit or saving",
            back=reverse("benefit_list", args=[project.reference]),
            button="Save",
        ),
    )


# -- contracts, settlement terms, discounts ---------------------------------------------------


@require_GET
@allow(*SEES)
def contract_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Suppliers, contracts, settlement terms and discounts with their claim windows, less what is exempt."""
    project = _project(request, reference)
    day = _day(request)
    contracts = Contract.objects.visible_to(request.user).of(project).select_related("supplier")
    terms = SettlementTerm.objects.visible_to(request.user).of(project).select_related("supplier")
    discounts = Discount.objects.visible_to(request.user).of(project).select_related("contract")
    sees_exempt = may(request.user, P.SEE_EXEMPT)
    if request.GET.get("audience") == Audience.PUBLIC:
        terms, discounts = (
            terms.for_audience(Audience.PUBLIC),
            discounts.for_audience(Audience.PUBLIC),
        )
        sees_exempt = False
    return render(
        request,
        "projects/contract_list.html",
        _page(
            request,
            project,
            as_at=day,
            contracts=contracts,
            terms=terms,
            discounts=discounts,
            sees_exempt=sees_exempt,
            may_write_exempt=may(request.user, *services.DELIVERY_OR_FINANCE) and sees_exempt,
        ),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def contract_create(request: HttpRequest, reference: str) -> HttpResponse:
    """Enter a contract."""
    project = _project(request, reference)
    form = forms.ContractForm(request.POST or None, instance=Contract(project=project))
    return _form_page(
        request,
        project,
        form,
        heading="Enter a contract",
        act=lambda: services.enter_contract(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            supplier_name=form.cleaned_data["supplier_name"],
            token=once.token_of(request),
            **form.values,
        ),
        done="The contract is entered.",
        back=reverse("contract_list", args=[project.reference]),
        button="Enter the contract",
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def contract_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Change a contract, for example when it is extended."""
    project = _project(request, reference)
    contract = _row(request, Contract, project, pk=pk)
    form = forms.ContractForm(request.POST or None, instance=copy(contract))
    return _form_page(
        request,
        project,
        form,
        heading=f"Edit “{contract.title}”",
        act=lambda: services.edit_contract(
            by=request.user,  # type: ignore[arg-type]
            contract=contract,
            version=form.typed_version,
            supplier_name=form.cleaned_data["supplier_name"],
            **form.values,
        ),
        done="The contract is saved.",
        back=reverse("contract_list", args=[project.reference]),
    )


EXEMPT_INTRO = "What is agreed with a supplier is exempt from publication (Schedule 12A, paragraph 3) until you say otherwise."


def _suppliers(project: Project) -> Any:
    """The suppliers of the project's contracts."""
    return Supplier.objects.filter(contracts__project=project).distinct()


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def term_create(request: HttpRequest, reference: str) -> HttpResponse:
    """Enter a settlement term."""
    project = _project(request, reference)
    form = forms.SettlementTermForm(
        request.POST or None,
        instance=SettlementTerm(project=project),
        suppliers=_suppliers(project),
    )
    return _form_page(
        request,
        project,
        form,
        heading="Enter a settlement term",
        intro=EXEMPT_INTRO,
        act=lambda: services.enter_settlement_term(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            token=once.token_of(request),
            **form.values,
        ),
        done="The settlement term is entered.",
        back=reverse("contract_list", args=[project.reference]),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def term_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Change a settlement term."""
    project = _project(request, reference)
    term = _row(request, SettlementTerm, project, pk=pk)
    form = forms.SettlementTermForm(
        request.POST or None, instance=copy(term), suppliers=_suppliers(project)
    )
    return _form_page(
        request,
        project,
        form,
        heading="Edit the settlement term",
        intro=EXEMPT_INTRO,
        act=lambda: services.edit_settlement_term(
            by=request.user,  # type: ignore[arg-type]
            term=term,
            version=form.typed_version,
            **form.values,
        ),
        done="The settlement term is saved.",
        back=reverse("contract_list", args=[project.reference]),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def discount_create(request: HttpRequest, reference: str) -> HttpResponse:
    """Enter a discount."""
    project = _project(request, reference)
    form = forms.DiscountForm(
        request.POST or None,
        instance=Discount(project=project),
        contracts=Contract.objects.of(project),
    )
    return _form_page(
        request,
        project,
        form,
        heading="Enter a discount",
        intro=EXEMPT_INTRO,
        act=lambda: services.enter_discount(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            token=once.token_of(request),
            **form.values,
        ),
        done="The discount is entered.",
        back=reverse("contract_list", args=[project.reference]),
    )


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
def discount_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Change a discount, or say how much of it was claimed."""
    project = _project(request, reference)
    discount = _row(request, Discount, project, pk=pk)
    form = forms.DiscountForm(
        request.POST or None, instance=copy(discount), contracts=Contract.objects.of(project)
    )
    return _form_page(
        request,
        project,
        form,
        heading="Edit the discount",
        intro=EXEMPT_INTRO,
        act=lambda: services.edit_discount(
            by=request.user,  # type: ignore[arg-type]
            discount=discount,
            version=form.typed_version,
            **form.values,
        ),
        done="The discount is saved.",
        back=reverse("contract_list", args=[project.reference]),
    )


# -- closure ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allow(*SEES)
def closure_report(request: HttpRequest, reference: str) -> HttpResponse:
    """The closure report: its words beside the milestones and benefits on record. POST submits it."""
    project = _project(request, reference)
    day = _day(request)
    report = ClosureReport.objects.visible_to(request.user).filter(project=project).first()
    if request.method == "POST":
        return _submit_closure(request, project, report)
    rows = Milestone.objects.visible_to(request.user).of(project).standing(day).with_dates(day)
    return render(
        request,
        "projects/closure_report.html",
        _page(
            request,
            project,
            as_at=day,
            report=report,
            parts=[
                (ClosureReport._meta.get_field(name).verbose_name, getattr(report, name))
                for name in forms.ClosureForm.Meta.fields
            ]
            if report
            else [],
            milestones=[(row, row.slippage(day)) for row in rows],
            benefits=Benefit.objects.visible_to(request.user).of(project).with_totals(),
        ),
    )


def _submit_closure(
    request: HttpRequest, project: Project, report: ClosureReport | None
) -> HttpResponse:
    if not may(request.user, *services.DELIVERY):
        raise _refused()
    if report is None:
        raise Http404("no closure report has been begun")
    try:
        services.submit_closure_report(by=request.user, report=report, today=timezone.localdate())  # type: ignore[arg-type]
        messages.success(request, "The closure report is submitted to the board.")
    except services.ProjectError as error:
        messages.error(request, str(error))
    return redirect("closure_report", project.reference)


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_DELIVERY)
def closure_edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Write the closure report."""
    project = _project(request, reference)
    report = ClosureReport.objects.visible_to(request.user).filter(project=project).first()
    if report and report.submitted_on:
        raise Http404("the closure report has been submitted")
    form = forms.ClosureForm(
        request.POST or None,
        instance=copy(report) if report else ClosureReport(project=project, version=0),
    )
    return _form_page(
        request,
        project,
        form,
        heading="Write the closure report",
        intro="Figures come from their own pages; say here in words what a later project should know.",
        act=lambda: services.save_closure_report(
            by=request.user,  # type: ignore[arg-type]
            project=project,
            version=form.typed_version,
            **form.values,
        ),
        done="The closure report is saved.",
        back=reverse("closure_report", args=[project.reference]),
    )


@require_http_methods(["GET", "POST"])
@allow(P.REVIEW_DELIVERY)
def closure_accept(request: HttpRequest, reference: str) -> HttpResponse:
    """Record that the board accepted the closure report."""
    project = _project(request, reference)
    report = get_object_or_404(
        ClosureReport.objects.visible_to(request.user), project=project, submitted_on__isnull=False
    )
    form = forms.BoardNoteForm(
        request.POST or None, initial={"on": timezone.localdate(), "version": report.version}
    )
    return _form_page(
        request,
        project,
        form,
        heading="The board accepts the closure report",
        act=lambda: services.accept_closure_report(
            by=request.user,  # type: ignore[arg-type]
            report=report,
            version=form.cleaned_data["version"] or 0,
            on=form.cleaned_data["on"],
            board_note=form.cleaned_data["board_note"],
        ),
        done="The closure report is accepted.",
        back=reverse("closure_report", args=[project.reference]),
        button="Record the acceptance",
    )


def is_following(user: Any, project: Project) -> bool:
    """Whether a person follows a project, for the button. One query."""
    return Following.objects.filter(person=user, project=project).exists()
