"""Who may do what: roles, the permissions each carries, and the guards that pages wear.

Nothing else decides. A page is shut until it carries a guard from here; a row is invisible
until its queryset's ``visible_to`` lets it through. Not visible is 404; visible but not
yours to do is 403.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponseBase

if TYPE_CHECKING:
    from council_hms.models import User


class Role(models.TextChoices):
    """What a person is to the product. A person may hold several."""

    FINANCE_OFFICER = "finance_officer", "Finance officer"
    PROJECT_MANAGER = "project_manager", "Project manager"
    BOARD_MEMBER = "board_member", "Board member"
    REPORT_AUTHOR = "report_author", "Report author"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"


class Permission(StrEnum):
    """One thing that can be done, in the words of the trade."""

    SEE_ALL_PROJECTS = "see every project"
    SEE_OWN_PROJECTS = "see the projects of the boards one sits on"
    SEE_EXEMPT = "see exempt matter of the projects one can see"
    SEE_HISTORY = "see the history of every row"
    CREATE_PROJECT = "create and edit projects"
    ENTER_BUDGETS = "enter budget changes, decisions, cost plans and spend"
    CONFIRM_DECISIONS = "confirm a decision against the minutes"
    MANAGE_DELIVERY = "write highlight reports, milestones, actions and issues"
    REVIEW_DELIVERY = "note and decide as a project board"
    MANAGE_RISKS = "write and review risks"
    MANAGE_CORPORATE_RISKS = "write and review the corporate risk register"
    MANAGE_LESSONS = "log lessons and answer them"
    WRITE_REPORTS = "write Cabinet reports and clear them"
    PUBLISH_REPORTS = "publish a report"
    CHECK_REPORTS = "upload a report to be checked"
    SEE_ALL_CHECKS = "see the reports that others have had checked"
    ACCEPT_FINDINGS = "accept a finding with a reason"
    ADMINISTER = "keep people, bodies, limits, sources and settings"


P = Permission

#: The whole of who may do what. Read it row by row; tests walk it against every address.
ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.FINANCE_OFFICER: frozenset(
        {
            P.SEE_ALL_PROJECTS,
            P.SEE_EXEMPT,
            P.SEE_HISTORY,
            P.CREATE_PROJECT,
            P.ENTER_BUDGETS,
            P.CONFIRM_DECISIONS,
            P.MANAGE_RISKS,
            P.MANAGE_CORPORATE_RISKS,
            P.MANAGE_LESSONS,
            P.CHECK_REPORTS,
            P.ACCEPT_FINDINGS,
        }
    ),
    Role.PROJECT_MANAGER: frozenset(
        {P.SEE_OWN_PROJECTS, P.SEE_EXEMPT, P.MANAGE_DELIVERY, P.MANAGE_RISKS, P.MANAGE_LESSONS}
    ),
    Role.BOARD_MEMBER: frozenset({P.SEE_OWN_PROJECTS, P.SEE_EXEMPT, P.REVIEW_DELIVERY}),
    Role.REPORT_AUTHOR: frozenset(
        {P.SEE_ALL_PROJECTS, P.SEE_EXEMPT, P.WRITE_REPORTS, P.PUBLISH_REPORTS, P.CHECK_REPORTS}
    ),
    Role.AUDITOR: frozenset(
        {P.SEE_ALL_PROJECTS, P.SEE_EXEMPT, P.SEE_HISTORY, P.CHECK_REPORTS, P.SEE_ALL_CHECKS}
    ),
    Role.ADMINISTRATOR: frozenset({P.SEE_ALL_PROJECTS, P.SEE_HISTORY, P.ADMINISTER}),
}


def permissions_of(roles: list[str]) -> frozenset[Permission]:
    """All that a set of roles may do."""
    return frozenset().union(*(ROLE_PERMISSIONS.get(role, frozenset()) for role in roles))


View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """What a view behind a guard is given: a request whose user is a person, never a stranger."""

    user: User


def allow(*permissions: Permission) -> Callable[[View], View]:
    """Open a page to signed-in people who hold any one of these permissions.

    The guard is an attribute that AccessMiddleware reads, so that a page without one stays shut.
    """

    def mark(view: View) -> View:
        view.access = frozenset(permissions)  # type: ignore[attr-defined]
        return view

    return mark


def allow_signed_in(view: View) -> View:
    """Open a page to everyone who is signed in, whatever their roles."""
    view.access = "signed_in"  # type: ignore[attr-defined]
    return view


def allow_public(view: View) -> View:
    """Open a page to the world: sign-in, the accessibility statement, published reports."""
    from django.contrib.auth.decorators import login_not_required

    view.access = "public"  # type: ignore[attr-defined]
    return login_not_required(view)


#: Pages of packages that cannot wear a guard: module prefix → who may open them.
PACKAGE_VIEWS = {"allauth.": "public", "django.views.static": "public", "whitenoise.": "public"}


def guard_of(view: Any) -> frozenset[Permission] | str | None:
    """What a resolved view lets in: permissions, "signed_in", "public", or None when it has no guard."""
    target = getattr(view, "view_class", view)
    guard: frozenset[Permission] | str | None = getattr(view, "access", None) or getattr(
        target, "access", None
    )
    if guard is None:
        module = getattr(view, "__module__", "") or ""
        guard = next(
            (who for prefix, who in PACKAGE_VIEWS.items() if module.startswith(prefix)), None
        )
    return guard


class AccessMiddleware:
    """Refuses every page that has no guard, and every person whom the guard does not name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        guard = guard_of(view)
        if guard == "public":
            return None
        if guard is None:
            raise PermissionDenied("This page is not open to anyone yet.")
        if not request.user.is_authenticated or guard == "signed_in":
            return None  # LoginRequiredMiddleware has sent strangers to sign in
        if not may(request.user, *guard):
            raise PermissionDenied("Your role does not include this page.")
        return None


def may(user: Any, *permissions: Permission) -> bool:
    """Whether a person holds any one of these permissions. Asks the database nothing."""
    held: frozenset[Permission] = getattr(user, "permissions", frozenset())
    return any(permission in held for permission in permissions)


def require(user: User, *permissions: Permission) -> None:
    """Raise PermissionDenied unless the person holds any one of these permissions."""
    if not may(user, *permissions):
        raise PermissionDenied("Your role does not include this.")
