"""Loads what the example council's projects watch besides money, from a file that a person can edit.

Highlight reports of the past are kept as they were written, so their proposed ratings are those
the rules give as at the end of their period.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from council_hms.exemption import ExemptionParagraph
from council_hms.financial_year import FinancialYear
from council_hms.models import User
from council_hms.money import parse_money
from projects import services
from projects.highlight import propose
from projects.models import Aspect, Contract, Project, Supplier

REASON = "The example council"


def load(people: dict[str, User], folder: Path) -> None:
    """Load ``delivery.yaml``; after projects, budgets and risks, since proposed ratings look at them."""
    for row in yaml.safe_load((folder / "delivery.yaml").read_text(encoding="utf-8")):
        project = Project.objects.get(reference=row["project"])
        _load_milestones(people["project_manager"], project, row)
        _load_suppliers(people["project_manager"], project, row)
        _load_benefits(people["project_manager"], project, row)
        _load_log(people["project_manager"], project, row)
        for report in row.get("highlight_reports", []):
            _load_highlight(people, project, report)


def _amount(text: Any) -> Decimal | None:
    return None if text is None else parse_money(str(text))


def _load_milestones(by: User, project: Project, row: dict[str, Any]) -> None:
    for milestone_row in row.get("milestones", []):
        dates = milestone_row["dates"]
        milestone = services.add_milestone(
            by=by,
            project=project,
            name=milestone_row["name"],
            note=milestone_row.get("note", "").strip(),
            stated_on=dates[0]["stated_on"],
            reason=REASON,
        )
        for stated in dates:
            services.state_milestone_date(by=by, milestone=milestone, **{"reason": "", **stated})


def _load_suppliers(by: User, project: Project, row: dict[str, Any]) -> None:
    for contract in row.get("contracts", []):
        values = dict(contract)
        services.enter_contract(
            by=by,
            project=project,
            supplier_name=values.pop("supplier"),
            reason=REASON,
            **values | {"value": _amount(values.get("value"))},
        )
    for discount in row.get("discounts", []):
        values = dict(discount)
        services.enter_discount(
            by=by,
            project=project,
            contract=Contract.objects.get(project=project, title=values.pop("contract")),
            exempt=False,  # printed in a public report
            exempt_paragraphs=[],
            reason=REASON,
            **values | {"amount": _amount(values.get("amount"))},
        )
    for term in row.get("settlement_terms", []):
        values = dict(term)
        services.enter_settlement_term(
            by=by,
            project=project,
            supplier=Supplier.objects.get(name=values.pop("supplier")),
            exempt=True,
            exempt_paragraphs=[int(ExemptionParagraph.FINANCIAL)],
            reason=REASON,
            **values,
        )


def _load_benefits(by: User, project: Project, row: dict[str, Any]) -> None:
    for benefit in row.get("benefits", []):
        values = dict(benefit)
        years = [
            services.YearOfBenefit(
                FinancialYear.parse(str(year["year"])) if "year" in year else None,
                _amount(year.get("planned")),
                _amount(year.get("actual")),
            )
            for year in values.pop("years", [])
        ]
        services.enter_benefit(by=by, project=project, years=years, reason=REASON, **values)


def _load_log(by: User, project: Project, row: dict[str, Any]) -> None:
    for issue in row.get("issues", []):
        services.add_issue(by=by, project=project, reason=REASON, **issue)
    for request in row.get("change_requests", []):
        values = request | {"cost": _amount(request.get("cost"))}
        services.raise_change_request(by=by, project=project, reason=REASON, **values)


def _ratings(project: Project, row: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Rating and reason of each aspect; one that differs from the proposal says that it is an example's."""
    proposals = propose(project, row["period_to"])
    found = {}
    for aspect in Aspect:
        rating, reason = row["ratings"][aspect]
        if not reason and proposals[aspect].rating not in ("", rating):
            reason = "As judged for this example"
        found[aspect.value] = (rating, reason)
    return found


def _load_highlight(people: dict[str, User], project: Project, row: dict[str, Any]) -> None:
    manager, board = people["project_manager"], people["board_member"]
    report = services.draft_highlight_report(
        by=manager,
        project=project,
        values={
            "period_from": row["period_from"],
            "period_to": row["period_to"],
            "summary": row["summary"].strip(),
            "delivery_confidence": row["confidence"],
            "confidence_reason": row.get("confidence_reason", ""),
            "done": row["done"],
            "next_steps": row["next_steps"],
        },
        ratings=_ratings(project, row),
        today=row["period_to"],
        is_illustrative=row.get("illustrative", False),
        note=row.get("note", "").strip(),
        reason=REASON,
    )
    report = services.submit_highlight_report(by=manager, report=report, today=row["submitted"])
    if "noted" in row:
        services.note_highlight_report(
            by=board,
            report=report,
            version=report.version,
            on=row["noted"],
            board_note=row["board_note"],
        )
    for action in row.get("actions", []):
        services.add_action(
            by=manager, project=project, highlight_report=report, reason=REASON, **action
        )
