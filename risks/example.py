"""The example council's registers, read from a file that a person can edit, through the services of this room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from council_hms.history import acting
from council_hms.models import User
from projects.models import Project
from risks import services
from risks.matrix import Point
from risks.models import Risk
from risks.models.register import SCALE_FIELDS


def load(people: dict[str, User], folder: Path) -> None:
    """Enter scale, risks, reviews, controls and escalations; registers of projects that are not there are left out."""
    told: dict[str, Any] = yaml.safe_load((folder / "risks.yaml").read_text(encoding="utf-8"))
    projects = {project.reference: project for project in Project.objects.all()}
    corporate = told["corporate"]
    with acting(people["administrator"], "example.load", "Risks of the example council"):
        register = services.open_register(project=None, by=people["administrator"])
        scale = corporate["scale"]
        services.set_scale(
            register=register,
            by=people["administrator"],
            values={name: scale[name] for name in SCALE_FIELDS},
            since=scale["since"],
        )
        for row in corporate["risks"]:
            _enter(None, people[corporate["by"]], row)
        for one in told["registers"]:
            if one["project"] in projects:
                for row in one["risks"]:
                    _enter(projects[one["project"]], people[one["by"]], row)


def _enter(project: Project | None, by: User, row: dict[str, Any]) -> None:
    values = {name: row[name] for name in services.RISK_FIELDS if name in row and name != "exempt"}
    if "exempt" in row:
        values |= {
            "exempt": True,
            "exempt_paragraphs": row["exempt"]["paragraphs"],
            "exempt_reason": row["exempt"]["reason"],
        }
    risk = services.add_risk(
        project=project,
        by=by,
        values=values,
        scores=None,
        today=row["raised_on"],
        is_illustrative=True,
    )
    escalation = row.get("escalate")
    for number, review in enumerate(row["reviews"]):
        services.review_risks(
            register=risk.register,
            by=by,
            drafts=[_draft(risk, number, review)],
            reviewed_on=review["day"],
            today=review["day"],
        )
        if escalation and escalation["day"] == review["day"]:
            services.escalate_risk(
                risk=risk,
                by=by,
                owner=escalation["owner"],
                current=Point(*escalation["current"]),
                reason=escalation["reason"],
                today=escalation["day"],
            )
    for control in row.get("controls", []):
        services.add_control(
            risk=risk,
            by=by,
            values={name: control[name] for name in services.CONTROL_FIELDS if name in control},
            added_on=control["added_on"],
        )
    if "closed" in row:
        services.close_risk(
            risk=risk,
            version=risk.version,
            by=by,
            closed_on=row["closed"]["day"],
            closed_reason=row["closed"]["reason"],
            today=row["closed"]["day"],
        )


def _draft(risk: Risk, seen: int, review: dict[str, Any]) -> services.ReviewDraft:
    points = {
        name: Point(*review[name]) for name in ("current", "gross", "target") if name in review
    }
    return services.ReviewDraft(
        risk_id=risk.pk,
        seen=seen,
        scores=services.Scores(**points),
        comment=review.get("comment", ""),
    )
