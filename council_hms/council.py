"""How the council's settings and its people are kept: one function an act, each with its name in the history."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import models
from django.urls import reverse

from council_hms import security_log
from council_hms.access import Permission, Role, require
from council_hms.concurrency import StaleError, save_if_unchanged
from council_hms.history import acting
from council_hms.models import CouncilSettings, User


class CouncilError(ValueError):
    """An act on settings or people is refused. ``str(error)`` says why; ``field`` names the input, if one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def save_settings(*, by: User, version: int, reason: str = "", **values: Any) -> CouncilSettings:
    """Set what the council has decided about the product. Raises StaleError when someone did so meanwhile."""
    require(by, Permission.ADMINISTER)
    with acting(by, "council.settings", reason):
        standing = CouncilSettings.objects.filter(pk=1).first()
        if standing is None:
            return CouncilSettings.objects.create(pk=1, **values)
        return save_if_unchanged(standing, version, **values)


def add_person(*, by: User, email: str, name: str, roles: Sequence[str]) -> User:
    """Make an account without a password; the person sets one by ``link_to_set_password``."""
    require(by, Permission.ADMINISTER)
    with acting(by, "person.add"):
        if User.objects.filter(email__iexact=email).exists():
            raise CouncilError("There is already an account with this e-mail address", "email")
        person = User(email=User.objects.normalize_email(email).lower(), name=name)
        person.roles = list(roles)
        person.set_unusable_password()
        person.full_clean(exclude=["password"])
        person.save()
    security_log.note("rights", by=by, about=f"{person}: {person.role_words or 'no role'}")
    return person


def edit_person(
    *,
    by: User,
    person: User,
    seen: Sequence[str],
    name: str,
    roles: Sequence[str],
    is_active: bool,
    reason: str = "",
) -> User:
    """Change a person's name and rights. ``seen`` are the roles as the form showed them.

    Raises StaleError when someone changed them meanwhile, CouncilError when one would shut oneself out
    or leave the council without an administrator.
    """
    require(by, Permission.ADMINISTER)
    with acting(by, "person.edit", reason):
        locked = User.objects.select_for_update().get(pk=person.pk)
        if sorted(locked.roles) != sorted(seen):
            raise StaleError(locked)
        keeps = is_active and Role.ADMINISTRATOR in roles
        if person.pk == by.pk and not keeps:
            raise CouncilError(
                "Another administrator must take this role from you, so that nobody shuts themselves out",
                "roles",
            )
        before, was_active = locked.role_words, locked.is_active
        locked.name, locked.roles, locked.is_active = name, list(roles), is_active
        locked.full_clean(exclude=["password"])
        locked.save(update_fields=["name", "roles", "is_active"])
    if (before, was_active) != (locked.role_words, is_active):
        after = locked.role_words or "no role"
        security_log.note(
            "rights",
            by=by,
            about=f"{locked}: {before or 'no role'} → {after}{'' if is_active else ', may not sign in'}",
        )
    return locked


def link_to_set_password(*, by: User, person: User) -> str:
    """A path under which the person sets a password once; it dies with its use or after three days."""
    require(by, Permission.ADMINISTER)
    security_log.note("rights", by=by, about=f"{person}: link to set a password")
    key = default_token_generator.make_token(person)
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": key},
    )


def save_row(*, by: User, row: models.Model, seen: str, act: str, reason: str = "") -> models.Model:
    """Save a row of the council's rules (a body, a limit, a source) as its form changed it.

    ``seen`` is ``fingerprint`` of the row as the form showed it; raises StaleError when it no longer is so.
    """
    require(by, Permission.ADMINISTER)
    with acting(by, act, reason):
        if row.pk is not None:
            standing = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
            if fingerprint(standing) != seen:
                raise StaleError(standing)
        row.full_clean()
        row.save()
    return row


def fingerprint(row: models.Model) -> str:
    """What a row says, as a short text that changes with it; empty for a row that is not saved yet."""
    if row.pk is None:
        return ""
    said = repr(
        [(field.attname, field.value_to_string(row)) for field in row._meta.concrete_fields]
    )
    return hashlib.sha256(said.encode()).hexdigest()[:32]
