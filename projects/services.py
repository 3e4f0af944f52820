"""Every way in which projects and their delivery change: one function per act, each one transaction with its name.

All are keyword-only; ``by`` is who acts. They raise ProjectError, whose text is a sentence for
people, or StaleError when somebody else saved first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max
from django.urls import reverse

from council_hms import once
from council_hms.access import Permission, require
from council_hms.concurrency import save_if_unchanged
from council_hms.financial_year import FinancialYear
from council_hms.history import acting
from projects import highlight
from projects.models import (
    Action,
    Aspect,
    Benefit,
    BenefitYear,
    BoardMembership,
    ChangeRequest,
    ClosureReport,
    Contract,
    DateKind,
    Discount,
    FindingAcceptance,
    Following,
    HighlightRating,
    HighlightReport,
    Issue,
    Milestone,
    MilestoneDate,
    Precision,
    Project,
    Rag,
    RequestOutcome,
    SettlementTerm,
    Supplier,
    WorkPackage,
)

if TYPE_CHECKING:
    from council_hms.models import User

P = Permission
M = TypeVar("M", bound=models.Model)

#: Who may write the delivery of a project; contracts, savings and products also by finance.
DELIVERY = (P.MANAGE_DELIVERY,)
DELIVERY_OR_FINANCE = (P.MANAGE_DELIVERY, P.ENTER_BUDGETS)
KEEP_PROJECT = (P.CREATE_PROJECT, P.MANAGE_DELIVERY)
KEEP_BOARD = (P.CREATE_PROJECT, P.ADMINISTER)


class ProjectError(ValueError):
    """An act is refused. ``str(error)`` says why and what to do; ``field`` names the input, if one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def _check(row: M) -> M:
    """Check a row against its fields and constraints; raise ProjectError with the first sentence."""
    try:
        row.full_clean()
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            raise ProjectError(messages[0], "" if field == "__all__" else field) from error
    return row


def _checked_values(row: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set the values on the row and check it, so that a save and a first entry meet the same rules."""
    for name, value in values.items():
        setattr(row, name, value)
    _check(row)
    return {name: getattr(row, name) for name in values}


def _enter(row: M, *, by: User, act: str, reason: str, token: UUID | None, url_name: str = "") -> M:
    """Check and insert one row of a project in one act."""
    with acting(by, act, reason):
        claimed = once.claim(token, by)
        _check(row).save(force_insert=True)
        if url_name:
            once.settle(claimed, reverse(url_name, args=[row.project.reference]))  # type: ignore[attr-defined]
    return row


def _change(
    row: M, *, by: User, act: str, version: int, values: Mapping[str, Any], reason: str
) -> M:
    """Check and save one row that nobody else changed meanwhile, in one act. Raises StaleError."""
    with acting(by, act, reason):
        current: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
        return save_if_unchanged(row, version, **_checked_values(current, values))


# -- projects ---------------------------------------------------------------------------------

#: The columns that the project form keeps.
PROJECT_FIELDS = (
    "title",
    "summary",
    "directorate",
    "service",
    "cabinet_member",
    "sponsor",
    "senior_responsible_owner",
    "fund",
    "stage",
    "reporting_weeks",
    "is_budget_head",
    "notes",
)


def create_project(
    *,
    by: User,
    reference: str,
    title: str,
    is_illustrative: bool = False,
    token: UUID | None = None,
    reason: str = "",
    **values: Any,
) -> Project:
    """Enter a project. Raises ProjectError (reference taken, misshapen or empty), once.AlreadyDone."""
    require(by, P.CREATE_PROJECT)
    with acting(by, "project.create", reason):
        claimed = once.claim(token, by)
        project = _check(
            Project(reference=reference, title=title, is_illustrative=is_illustrative, **values)
        )
        project.save(force_insert=True)
        once.settle(claimed, f"/projects/{project.reference}/")
    return project


def edit_project(
    *, by: User, project: Project, version: int, reason: str = "", **values: Any
) -> Project:
    """Change what is said of a project. Its reference stays: papers cite it. Raises StaleError, ProjectError."""
    require(by, P.CREATE_PROJECT)
    with acting(by, "project.edit", reason):
        current = Project.objects.get(pk=project.pk)
        return save_if_unchanged(project, version, **_checked_values(current, values))


@dataclass(frozen=True, slots=True)
class NewWorkPackage:
    """A work package or planned product as it is to be; ``pk`` when it is already there."""

    name: str
    description: str = ""
    planned_year: FinancialYear | None = None
    is_product: bool = False
    pk: int | None = None


def save_work_packages(
    *,
    by: User,
    project: Project,
    version: int,
    packages: Sequence[NewWorkPackage],
    reason: str = "",
) -> Project:
    """Set the work packages and planned products in their order. One that has costs planned cannot be removed.

    Raises StaleError when the project was saved meanwhile, ProjectError for a name given twice.
    """
    require(by, *KEEP_PROJECT)
    names = [package.name.strip() for package in packages]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ProjectError(f"“{twice}” is there twice: each work package needs a name of its own")
    with acting(by, "project.work_packages", reason):
        saved = save_if_unchanged(project, version)
        present = {row.pk: row for row in project.work_packages.all()}
        kept = {package.pk for package in packages if package.pk}
        for pk, row in present.items():
            if pk not in kept:
                try:
                    row.delete()
                except models.ProtectedError:
                    raise ProjectError(
                        f"“{row.name}” has costs planned against it and cannot be removed"
                    ) from None
        for position, package in enumerate(packages, start=1):
            kept_row = present.get(package.pk) if package.pk else None
            row = kept_row or WorkPackage(project=project)
            row.position = position
            row.name = package.name.strip()
            row.description = package.description
            row.planned_year = package.planned_year
            row.is_product = package.is_product
            _check(row).save()
    return saved


# -- the board --------------------------------------------------------------------------------


def join_board(
    *,
    by: User,
    project: Project,
    person: User,
    part: str = "Member",
    since: dt.date,
    reason: str = "",
) -> BoardMembership:
    """Put a person on a project's board, from a day. Raises ProjectError when they sit on it already."""
    require(by, *KEEP_BOARD)
    with acting(by, "board.join", reason):
        membership = _check(BoardMembership(project=project, person=person, part=part, since=since))
        membership.save()
    return membership


def leave_board(
    *, by: User, membership: BoardMembership, until: dt.date, reason: str = ""
) -> BoardMembership:
    """End a person's seat on a day; they see the project no more from then on."""
    require(by, *KEEP_BOARD)
    with acting(by, "board.leave", reason):
        membership.until = until
        _check(membership).save(update_fields=["until"])
    return membership


# -- following --------------------------------------------------------------------------------


def follow(*, by: User, project: Project) -> None:
    """Follow a project: the daily digest then tells of it. Twice is once. It keeps no history: a mark for oneself."""
    require(by, P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)
    Following.objects.get_or_create(project=project, person=by)


def unfollow(*, by: User, project: Project) -> None:
    """Follow a project no more."""
    Following.objects.filter(project=project, person=by).delete()


# -- milestones -------------------------------------------------------------------------------


def add_milestone(
    *,
    by: User,
    project: Project,
    name: str,
    note: str = "",
    baseline: dt.date | None = None,
    forecast: dt.date | None = None,
    precision: str = Precision.DAY,
    stated_on: dt.date,
    token: UUID | None = None,
    reason: str = "",
) -> Milestone:
    """Enter a milestone with the dates that are known. Raises ProjectError, once.AlreadyDone."""
    require(by, *DELIVERY)
    with acting(by, "milestone.add", reason):
        claimed = once.claim(token, by)
        last = Milestone.objects.of(project).aggregate(last=Max("position"))["last"] or 0
        milestone = _check(Milestone(project=project, name=name, note=note, position=last + 1))
        milestone.save()
        for kind, day in ((DateKind.BASELINE, baseline), (DateKind.FORECAST, forecast)):
            if day is not None:
                _state(milestone, kind, day, precision, stated_on, reason, by)
        once.settle(claimed, reverse("milestones", args=[project.reference]))
    return milestone


def state_milestone_date(
    *,
    by: User,
    milestone: Milestone,
    kind: str,
    date: dt.date,
    stated_on: dt.date,
    precision: str = Precision.DAY,
    reason: str = "",
    token: UUID | None = None,
) -> MilestoneDate:
    """State a baseline, forecast or actual from a day on; what was stated before stays on record.

    Raises ProjectError: a changed baseline without a reason, an actual after the day it is stated.
    """
    require(by, *DELIVERY)
    if kind == DateKind.ACTUAL and date > stated_on:
        raise ProjectError(
            "A milestone cannot have been reached after the day this is stated", "date"
        )
    with acting(by, f"milestone.{kind}", reason):
        claimed = once.claim(token, by)
        Milestone.objects.select_for_update().get(pk=milestone.pk)
        changes_baseline = kind == DateKind.BASELINE and milestone.dates.filter(kind=kind).exists()
        if changes_baseline and not reason.strip():
            raise ProjectError("Say why the baseline changes, and who approved it", "reason")
        stated = _state(milestone, kind, date, precision, stated_on, reason, by)
        once.settle(claimed, reverse("milestones", args=[milestone.project.reference]))
    return stated


def _state(
    milestone: Milestone,
    kind: str,
    date: dt.date,
    precision: str,
    stated_on: dt.date,
    reason: str,
    by: User,
) -> MilestoneDate:
    stated = _check(
        MilestoneDate(
            milestone=milestone,
            kind=kind,
            date=date,
            precision=precision,
            stated_on=stated_on,
            reason=reason,
            entered_by=by,
        )
    )
    stated.save()
    return stated


def edit_milestone(
    *, by: User, milestone: Milestone, version: int, name: str, note: str, reason: str = ""
) -> Milestone:
    """Change the words of a milestone. Raises StaleError, ProjectError."""
    require(by, *DELIVERY)
    return _change(
        milestone,
        by=by,
        act="milestone.edit",
        version=version,
        values={"name": name, "note": note},
        reason=reason,
    )


def withdraw_milestone(
    *, by: User, milestone: Milestone, withdrawn_on: dt.date, withdrawn_reason: str
) -> Milestone:
    """Say since when and why a milestone is not needed. It stays on record."""
    require(by, *DELIVERY)
    return _change(
        milestone,
        by=by,
        act="milestone.withdraw",
        version=milestone.version,
        values={"withdrawn_on": withdrawn_on, "withdrawn_reason": withdrawn_reason},
        reason=withdrawn_reason,
    )


# -- highlight reports ------------------------------------------------------------------------

Ratings = Mapping[str, tuple[str, str]]


def draft_highlight_report(
    *,
    by: User,
    project: Project,
    values: Mapping[str, Any],
    ratings: Ratings,
    today: dt.date,
    is_illustrative: bool = False,
    note: str = "",
    token: UUID | None = None,
    reason: str = "",
) -> HighlightReport:
    """Begin a highlight report. The proposed ratings, as at ``today``, are kept beside the chosen ones.

    ``ratings`` gives rating and reason by aspect. Raises ProjectError (an override without a
    reason, a period taken), once.AlreadyDone.
    """
    require(by, *DELIVERY)
    with acting(by, "highlight_report.draft", reason):
        claimed = once.claim(token, by)
        report = _check(
            HighlightReport(
                project=project,
                written_by=by,
                is_illustrative=is_illustrative,
                note=note,
                **values,
            )
        )
        report.save()
        _save_ratings(report, ratings, highlight.propose(project, today))
        once.settle(claimed, report.get_absolute_url())
    return report


def save_highlight_report(
    *,
    by: User,
    report: HighlightReport,
    version: int,
    values: Mapping[str, Any],
    ratings: Ratings,
    today: dt.date,
    reason: str = "",
) -> HighlightReport:
    """Save a draft again. Raises StaleError, ProjectError (already submitted, override without a reason)."""
    require(by, *DELIVERY)
    with acting(by, "highlight_report.save", reason):
        current = HighlightReport.objects.select_for_update().get(pk=report.pk)
        if current.submitted_on:
            raise ProjectError("This report has been submitted and cannot be changed")
        saved = save_if_unchanged(report, version, **_checked_values(current, values))
        _save_ratings(saved, ratings, highlight.propose(saved.project, today))
    return saved


def _save_ratings(
    report: HighlightReport, ratings: Ratings, proposals: Mapping[str, highlight.Proposal]
) -> None:
    present = {row.aspect: row for row in report.ratings.all()}
    for aspect in Aspect:
        proposal = proposals[aspect]
        rating, reason = ratings.get(aspect, ("", ""))
        if rating and proposal.rating and rating != proposal.rating and not reason.strip():
            raise ProjectError(
                f"Say why {aspect.label.lower()} is not {Rag(proposal.rating).label.lower()}, as proposed",
                f"reason_{aspect}",
            )
        row = present.get(aspect) or HighlightRating(report=report, aspect=aspect)
        row.proposed, row.rule = proposal.rating, proposal.rule
        row.rating, row.reason = rating, reason.strip()
        row.save()


def submit_highlight_report(
    *, by: User, report: HighlightReport, today: dt.date, reason: str = ""
) -> HighlightReport:
    """Give a complete report to the board. Raises ProjectError that says what is missing."""
    require(by, *DELIVERY)
    with acting(by, "highlight_report.submit", reason):
        current = HighlightReport.objects.select_for_update().get(pk=report.pk)
        if current.submitted_on:
            raise ProjectError("This report has been submitted already")
        missing = [
            words
            for column, words in (
                ("summary", "a summary"),
                ("delivery_confidence", "the delivery confidence"),
                ("done", "what was done"),
                ("next_steps", "what comes next"),
            )
            if not getattr(current, column)
        ]
        unrated = current.ratings.filter(rating="").order_by("pk")
        missing += [f"a rating for {row.get_aspect_display().lower()}" for row in unrated]
        if missing:
            raise ProjectError(f"The report still needs {', '.join(missing)}")
        return save_if_unchanged(current, current.version, submitted_on=today, submitted_by=by)


def note_highlight_report(
    *, by: User, report: HighlightReport, version: int, on: dt.date, board_note: str
) -> HighlightReport:
    """Record what the board noted of a submitted report. Raises StaleError, ProjectError."""
    require(by, P.REVIEW_DELIVERY)
    if report.submitted_on is None:
        raise ProjectError("The board can only note a report that has been submitted")
    if on < report.submitted_on:
        raise ProjectError("The board cannot have noted it before it was submitted", "on")
    return _change(
        report,
        by=by,
        act="highlight_report.note",
        version=version,
        values={"noted_on": on, "noted_by": by, "board_note": board_note},
        reason=board_note,
    )


# -- actions and issues -----------------------------------------------------------------------


def add_action(
    *, by: User, project: Project, token: UUID | None = None, reason: str = "", **values: Any
) -> Action:
    """Give somebody something to do by a day. A board may, too. Raises ProjectError, once.AlreadyDone."""
    require(by, P.MANAGE_DELIVERY, P.REVIEW_DELIVERY)
    row = Action(project=project, **values)
    return _enter(row, by=by, act="action.add", reason=reason, token=token, url_name="action_list")


def edit_action(
    *, by: User, action: Action, version: int, reason: str = "", **values: Any
) -> Action:
    """Change an action, or say that it is done. Raises StaleError, ProjectError."""
    require(by, *DELIVERY)
    done = values.get("done_on") and not action.done_on
    act = "action.finish" if done else "action.edit"
    return _change(action, by=by, act=act, version=version, values=values, reason=reason)


def add_issue(
    *, by: User, project: Project, token: UUID | None = None, reason: str = "", **values: Any
) -> Issue:
    """Log something that has gone wrong. Raises ProjectError, once.AlreadyDone."""
    require(by, *DELIVERY)
    row = Issue(project=project, **values)
    return _enter(row, by=by, act="issue.add", reason=reason, token=token, url_name="issue_list")


def edit_issue(*, by: User, issue: Issue, version: int, reason: str = "", **values: Any) -> Issue:
    """Change an issue, or say how it was resolved. Raises StaleError, ProjectError."""
    require(by, *DELIVERY)
    act = "issue.resolve" if values.get("resolved_on") and not issue.resolved_on else "issue.edit"
    return _change(issue, by=by, act=act, version=version, values=values, reason=reason)


# -- change requests --------------------------------------------------------------------------


def raise_change_request(
    *, by: User, project: Project, token: UUID | None = None, reason: str = "", **values: Any
) -> ChangeRequest:
    """Ask the board for a change. Numbered within its project. Raises ProjectError, once.AlreadyDone."""
    require(by, *DELIVERY)
    with acting(by, "change_request.raise", reason):
        claimed = once.claim(token, by)
        Project.objects.select_for_update().get(pk=project.pk)  # one number at a time
        last = ChangeRequest.objects.of(project).aggregate(last=Max("number"))["last"] or 0
        request = _check(ChangeRequest(project=project, number=last + 1, raised_by=by, **values))
        request.save()
        once.settle(claimed, request.get_absolute_url())
    return request


def edit_change_request(
    *, by: User, request: ChangeRequest, version: int, reason: str = "", **values: Any
) -> ChangeRequest:
    """Change what is asked, while the board has not decided. Raises StaleError, ProjectError."""
    require(by, *DELIVERY)
    if request.outcome:
        raise ProjectError("The board has decided on this request; raise another one")
    return _change(
        request, by=by, act="change_request.edit", version=version, values=values, reason=reason
    )


def decide_change_request(
    *, by: User, request: ChangeRequest, version: int, outcome: str, on: dt.date, reason: str
) -> ChangeRequest:
    """Record what the board decided. It is no budget authority. Raises StaleError, ProjectError."""
    require(by, P.REVIEW_DELIVERY)
    if request.outcome:
        raise ProjectError("The board has decided on this request already")
    if on < request.raised_on:
        raise ProjectError("The board cannot have decided before the request was raised", "on")
    return _change(
        request,
        by=by,
        act=f"change_request.{'approve' if outcome == RequestOutcome.APPROVED else 'decide'}",
        version=version,
        values={"outcome": outcome, "decided_on": on, "decided_by": by, "decision_reason": reason},
        reason=reason,
    )


def link_budget_change(
    *, by: User, request: ChangeRequest, version: int, budget_change_reference: str
) -> ChangeRequest:
    """Name the budget change that a change request led to, by its reference."""
    require(by, *DELIVERY_OR_FINANCE)
    return _change(
        request,
        by=by,
        act="change_request.link",
        version=version,
        values={"budget_change_reference": budget_change_reference.strip()},
        reason="",
    )


# -- benefits ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class YearOfBenefit:
    """Planned and actual pounds of one year; no year when the record does not say which."""

    year: FinancialYear | None
    planned: Decimal | None = None
    actual: Decimal | None = None


def enter_benefit(
    *,
    by: User,
    project: Project,
    years: Iterable[YearOfBenefit] = (),
    token: UUID | None = None,
    reason: str = "",
    **values: Any,
) -> Benefit:
    """Enter a benefit or saving with its years. Raises ProjectError, once.AlreadyDone."""
    require(by, *DELIVERY_OR_FINANCE)
    with acting(by, "benefit.enter", reason):
        benefit = _enter(
            Benefit(project=project, **values),
            by=by,
            act="benefit.enter",
            reason=reason,
            token=token,
            url_name="benefit_list",
        )
        _save_years(benefit, years)
    return benefit


def edit_benefit(
    *,
    by: User,
    benefit: Benefit,
    version: int,
    years: Iterable[YearOfBenefit],
    reason: str = "",
    **values: Any,
) -> Benefit:
    """Change a benefit and its years. Raises StaleError, ProjectError (a year given twice)."""
    require(by, *DELIVERY_OR_FINANCE)
    with acting(by, "benefit.edit", reason):
        saved = _change(
            benefit, by=by, act="benefit.edit", version=version, values=values, reason=reason
        )
        _save_years(saved, years)
    return saved


def _save_years(benefit: Benefit, years: Iterable[YearOfBenefit]) -> None:
    present = {row.year: row for row in benefit.years.all()}
    seen: set[FinancialYear | None] = set()
    for figures in years:
        if figures.year in seen:
            which = figures.year.label if figures.year else "The row without a year"
            raise ProjectError(f"{which} is there twice: enter each year once")
        seen.add(figures.year)
        row = present.get(figures.year) or BenefitYear(benefit=benefit, year=figures.year)
        if row.pk is None or (row.planned, row.actual) != (figures.planned, figures.actual):
            row.planned, row.actual = figures.planned, figures.actual
            _check(row).save()
    for year, row in present.items():
        if year not in seen:
            row.delete()


# -- suppliers, contracts, terms, discounts ---------------------------------------------------


def _supplier(name: str) -> Supplier:
    found = Supplier.objects.filter(name__iexact=name.strip()).first()
    if found is None:
        found = _check(Supplier(name=name.strip()))
        found.save()
    return found


def enter_contract(
    *,
    by: User,
    project: Project,
    supplier_name: str,
    token: UUID | None = None,
    reason: str = "",
    **values: Any,
) -> Contract:
    """Enter a contract; a supplier of that name is used or made. Raises ProjectError, once.AlreadyDone."""
    require(by, *DELIVERY_OR_FINANCE)
    with acting(by, "contract.enter", reason):
        return _enter(
            Contract(project=project, supplier=_supplier(supplier_name), **values),
            by=by,
            act="contract.enter",
            reason=reason,
            token=token,
            url_name="contract_list",
        )


def edit_contract(
    *,
    by: User,
    contract: Contract,
    version: int,
    supplier_name: str,
    reason: str = "",
    **values: Any,
) -> Contract:
    """Change a contract, for example when it is extended. Raises StaleError, ProjectError."""
    require(by, *DELIVERY_OR_FINANCE)
    with acting(by, "contract.edit", reason):
        values["supplier"] = _supplier(supplier_name)
        return _change(
            contract, by=by, act="contract.edit", version=version, values=values, reason=reason
        )


def enter_settlement_term(
    *, by: User, project: Project, token: UUID | None = None, reason: str = "", **values: Any
) -> SettlementTerm:
    """Enter a settlement term; exempt unless said otherwise. Only by those who may see it."""
    require(by, *DELIVERY_OR_FINANCE)
    require(by, P.SEE_EXEMPT)
    return _enter(
        SettlementTerm(project=project, **values),
        by=by,
        act="settlement_term.enter",
        reason=reason,
        token=token,
        url_name="contract_list",
    )


def edit_settlement_term(
    *, by: User, term: SettlementTerm, version: int, reason: str = "", **values: Any
) -> SettlementTerm:
    """Change a settlement term. Raises StaleError, ProjectError."""
    require(by, *DELIVERY_OR_FINANCE)
    require(by, P.SEE_EXEMPT)
    return _change(
        term, by=by, act="settlement_term.edit", version=version, values=values, reason=reason
    )


def enter_discount(
    *, by: User, project: Project, token: UUID | None = None, reason: str = "", **values: Any
) -> Discount:
    """Enter a discount; exempt unless said otherwise. Only by those who may see it."""
    require(by, *DELIVERY_OR_FINANCE)
    require(by, P.SEE_EXEMPT)
    return _enter(
        Discount(project=project, **values),
        by=by,
        act="discount.enter",
        reason=reason,
        token=token,
        url_name="contract_list",
    )


def edit_discount(
    *, by: User, discount: Discount, version: int, reason: str = "", **values: Any
) -> Discount:
    """Change a discount, for example when part of it was claimed. Raises StaleError, ProjectError."""
    require(by, *DELIVERY_OR_FINANCE)
    require(by, P.SEE_EXEMPT)
    return _change(
        discount, by=by, act="discount.edit", version=version, values=values, reason=reason
    )


# -- closure ----------------------------------------------------------------------------------


def save_closure_report(
    *, by: User, project: Project, version: int, reason: str = "", **values: Any
) -> ClosureReport:
    """Write the closure report, or write it on. ``version`` 0 begins it. Raises StaleError, ProjectError."""
    require(by, *DELIVERY)
    report = ClosureReport.objects.filter(project=project).first()
    if report is None:
        return _enter(
            ClosureReport(project=project, **values),
            by=by,
            act="closure_report.begin",
            reason=reason,
            token=None,
        )
    if report.submitted_on:
        raise ProjectError("The closure report has been submitted and cannot be changed")
    return _change(
        report, by=by, act="closure_report.save", version=version, values=values, reason=reason
    )


def submit_closure_report(*, by: User, report: ClosureReport, today: dt.date) -> ClosureReport:
    """Give the closure report to the board. Raises ProjectError that says what is missing."""
    require(by, *DELIVERY)
    missing = [
        str(ClosureReport._meta.get_field(column).verbose_name)  # type: ignore[union-attr]
        for column in ("delivered", "outturn", "timing", "benefits", "lessons", "handover")
        if not getattr(report, column).strip()
    ]
    if missing:
        raise ProjectError(f"The closure report still needs: {'; '.join(missing)}")
    if report.submitted_on:
        raise ProjectError("The closure report has been submitted already")
    return _change(
        report,
        by=by,
        act="closure_report.submit",
        version=report.version,
        values={"submitted_on": today, "submitted_by": by},
        reason="",
    )


def accept_closure_report(
    *, by: User, report: ClosureReport, version: int, on: dt.date, board_note: str
) -> ClosureReport:
    """Record that the board accepted the closure report. Raises StaleError, ProjectError."""
    require(by, P.REVIEW_DELIVERY)
    if report.submitted_on is None or on < report.submitted_on:
        raise ProjectError(
            "The board can only accept a report that has been submitted by then", "on"
        )
    return _change(
        report,
        by=by,
        act="closure_report.accept",
        version=version,
        values={"accepted_on": on, "accepted_by": by, "board_note": board_note},
        reason=board_note,
    )


# -- accepting findings -----------------------------------------------------------------------


def accept_finding(
    *,
    by: User,
    code: str,
    project: Project | None,
    subject: str,
    reason: str,
    review_on: dt.date,
    today: dt.date,
    exempt: bool = False,
    token: UUID | None = None,
) -> FindingAcceptance:
    """Accept a finding until a day, with the reason. One that was accepted before is ended and taken anew.

    ``project`` is None for what belongs to none. ``exempt``: what is found is not for everybody to read.
    Raises ProjectError (no reason, a review day that is not later), once.AlreadyDone.
    """
    require(by, P.ACCEPT_FINDINGS)
    with acting(by, "finding.accept", reason):
        once.claim(token, by)
        earlier = (
            FindingAcceptance.objects.select_for_update()
            .order_by("pk")
            .filter(code=code, project=project, subject=subject, ended_on=None)
        )
        for acceptance in earlier:
            acceptance.ended_on, acceptance.ended_by = today, by
            acceptance.save(update_fields=["ended_on", "ended_by"])
        accepted = _check(
            FindingAcceptance(
                code=code,
                project=project,
                subject=subject,
                exempt=exempt,
                reason=reason.strip(),
                accepted_by=by,
                accepted_on=today,
                review_on=review_on,
            )
        )
        accepted.save()
    return accepted


def end_acceptance(
    *, by: User, acceptance: FindingAcceptance, today: dt.date, reason: str = ""
) -> FindingAcceptance:
    """Take an acceptance back: the finding counts again from today."""
    require(by, P.ACCEPT_FINDINGS)
    with acting(by, "finding.accept_no_more", reason):
        acceptance.ended_on, acceptance.ended_by = today, by
        acceptance.save(update_fields=["ended_on", "ended_by"])
    return acceptance
