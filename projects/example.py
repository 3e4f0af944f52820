"""Loads the example council's projects from a file that a person can read and edit, through the services."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from council_hms.financial_year import FinancialYear
from council_hms.models import User
from projects import services
from projects.models import Project


def load(people: dict[str, User], folder: Path) -> None:
    """Load ``projects.yaml``: each project with its work packages, planned products and board."""
    rows = yaml.safe_load((folder / "projects.yaml").read_text(encoding="utf-8"))
    for row in rows:
        _load_project(people, row)


def _load_project(people: dict[str, User], row: dict[str, Any]) -> Project:
    by = people["finance_officer"]
    project = services.create_project(
        by=by,
        reference=row["reference"],
        title=row["title"],
        is_illustrative=row.get("is_illustrative", False),
        reason="The example council",
        **{
            name: row[name]
            for name in services.PROJECT_FIELDS
            if name in row and name not in ("title", "reference")
        },
    )
    packages = [services.NewWorkPackage(name=name) for name in row.get("packages", [])]
    packages += [
        services.NewWorkPackage(
            name=product["name"],
            description=product.get("description", ""),
            planned_year=FinancialYear.parse(str(product["year"])),
            is_product=True,
        )
        for product in row.get("products", [])
    ]
    if packages:
        services.save_work_packages(
            by=by,
            project=project,
            version=project.version,
            packages=packages,
            reason=row.get("products_note", "The example council"),
        )
    for seat in row.get("board", []):
        services.join_board(
            by=by,
            project=project,
            person=people[seat["person"]],
            part=seat["part"],
            since=seat["since"],
            reason="The example council",
        )
    return project
