"""The least that is true about risks: a register with its scale, a risk, its reviews, a control."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from council_hms.access import Role
from council_hms.models import User
from projects.models import Project
from risks import services
from risks.models import Assessment, Control, Register, RegisterScale, Risk
from tests.factories import make_user

_count = itertools.count(1)
RAISED = dt.date(2026, 1, 5)


def keeper() -> User:
    """Someone who writes every register."""
    return User.objects.filter(roles__contains=[Role.FINANCE_OFFICER]).first() or make_user(
        Role.FINANCE_OFFICER, name="Finance officer"
    )


def open_register(project: Project | None, **fields: Any) -> Register:
    register = services.open_register(project=project, by=keeper())
    for name, value in fields.items():
        setattr(register, name, value)
    register.save()
    return register


def make_risk(project: Project | None, title: str = "", **fields: Any) -> Risk:
    """A risk without a score; ``reviews`` gives current scores as (day, impact, probability)."""
    register = open_register(project)
    reviews = fields.pop("reviews", [])
    risk = Risk.objects.create(
        register=register,
        reference=fields.pop("reference", "") or services.next_reference(register),
        title=title or f"Risk {next(_count)}",
        raised_on=fields.pop("raised_on", RAISED),
        created_by=fields.pop("created_by", None) or keeper(),
        **fields,
    )
    for day, impact, probability in reviews:
        review(risk, day, impact, probability)
    return risk


def review(risk: Risk, day: dt.date, impact: int, probability: int, **fields: Any) -> Assessment:
    """The next review of a risk, exactly as told; ``target`` is a pair."""
    target = fields.pop("target", None)
    if target:
        fields |= {"target_impact": target[0], "target_probability": target[1]}
    scale = RegisterScale.objects.in_force(risk.register.project, day)
    assert scale is not None
    return Assessment.objects.create(
        risk=risk,
        number=Assessment.objects.filter(risk=risk).count() + 1,
        scale=fields.pop("scale", scale),
        reviewed_on=day,
        current_impact=impact,
        current_probability=probability,
        reviewed_by=keeper(),
        **fields,
    )


def make_exempt(risk: Risk) -> Risk:
    risk.exempt, risk.exempt_paragraphs = True, [3]
    risk.exempt_reason = "Talks with the supplier go on"
    risk.save()
    return risk


def make_control(risk: Risk, what: str = "", **fields: Any) -> Control:
    return Control.objects.create(
        risk=risk,
        what=what or f"Control {next(_count)}",
        owner=fields.pop("owner", "Project manager"),
        added_on=fields.pop("added_on", RAISED),
        created_by=keeper(),
        **fields,
    )
