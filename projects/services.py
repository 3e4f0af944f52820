"""Every way in which projects and their delivery change: one function per act, each one transaction with its name.

All are keyword-only; ``by`` is who acts. They raise ProjectError, whose text is a sentence for
people, or StaleError when somebody else saved first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from council_hms import once
from council_hms.access import Permission, require
from council_hms.concurrency import save_if_unchanged
from council_hms.financial_year import FinancialYear
from council_hms.history import acting
from projects.models import (
    BoardMembership,
    Project,
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
