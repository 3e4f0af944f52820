"""Loads the example council's ledger from files that a person can read and edit, through the services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from budgets import services
from budgets.models import (
    AuthorityLimit,
    BodyKind,
    BudgetChange,
    Expectation,
    FundingSource,
    GoverningBody,
    KeyDecisionThreshold,
    Outcome,
    UrgentRecord,
)
from council_hms.financial_year import FinancialYear
from council_hms.history import acting
from council_hms.models import CouncilSettings, User
from council_hms.money import parse_money
from projects.models import Project, WorkPackage

#: What a stop is there to do, when the file gives only what it did.
EXPECTED = {
    Outcome.RECOMMENDED: Expectation.RECOMMEND,
    Outcome.NOTED: Expectation.NOTE,
    Outcome.RATIFIED: Expectation.RATIFY,
}


def load(people: dict[str, User], folder: Path) -> None:
    """Load bodies, limits, sources and every ``ledger_*.yaml``. Does nothing where bodies exist already."""
    if GoverningBody.objects.exists():
        return
    with acting(None, "example.load", "The example council"):
        _load_council(_read(folder / "council.yaml"))
        for file in sorted(folder.glob("ledger_*.yaml")):
            for ledger in yaml.safe_load_all(file.read_text(encoding="utf-8")):
                load_ledger(people["finance_officer"], ledger)


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def _amount(text: Any) -> Decimal:
    amount = parse_money(str(text))
    if amount is None:
        raise ValueError("an amount in the example data is blank")
    return amount


def _load_council(council: dict[str, Any]) -> None:
    if not CouncilSettings.objects.exists():
        CouncilSettings.objects.create(pk=1, name="Example Council")
    for position, row in enumerate(council["bodies"], start=1):
        body = GoverningBody.objects.create(
            name=row["name"],
            kind=row["kind"],
            position=position,
            note=row.get("note", ""),
            in_use=row["kind"] != BodyKind.NOT_STATED,
        )
        for kind, limit in row.get("limits", {}).items():
            AuthorityLimit.objects.create(
                body=body,
                kind=kind,
                since=limit["since"],
                source=limit.get("source", ""),
                per_change=_amount(limit["per_change"]) if "per_change" in limit else None,
                per_year=_amount(limit["per_year"]) if "per_year" in limit else None,
            )
    for row in council["bodies"]:
        if "ratified_by" in row:
            GoverningBody.objects.filter(name=row["name"]).update(
                ratified_by=GoverningBody.objects.get(name=row["ratified_by"])
            )
    for row in council["key_decision_thresholds"]:
        KeyDecisionThreshold.objects.create(**row | {"amount": _amount(row["amount"])})
    for position, row in enumerate(council["sources"], start=1):
        FundingSource.objects.create(position=position * 10, **row)


def load_ledger(by: User, ledger: dict[str, Any]) -> None:
    """Enter one project's changes, plans and spend as the finance officer would."""
    project = Project.objects.get(reference=ledger["project"])
    sources = {source.name: source for source in FundingSource.objects.all()}
    bodies = {body.name: body for body in GoverningBody.objects.all()}
    for row in ledger.get("changes", []):
        _load_change(by, project, row, sources, bodies)
    for plan in ledger.get("plans", []):
        services.save_cost_plan(
            by=by,
            project=project,
            dated=plan["dated"],
            note=plan.get("note", "").strip(),
            lines=[
                services.NewPlanLine(
                    FinancialYear.parse(line["year"]),
                    line["nature"],
                    _amount(line["amount"]),
                    _work_package(project, line.get("work_package")),
                )
                for line in plan["lines"]
            ],
        )
    for entry in ledger.get("spend", []):
        services.record_spend(
            by=by,
            project=project,
            posted_on=entry["date"],
            nature=entry["nature"],
            amount=_amount(entry["amount"]),
            description=entry.get("description", ""),
            supplier=entry.get("supplier", ""),
            ledger_reference=entry.get("reference", ""),
        )


def _work_package(project: Project, name: str | None) -> WorkPackage | None:
    if name is None:
        return None
    return WorkPackage.objects.get_or_create(project=project, name=name)[0]


def _load_change(
    by: User,
    project: Project,
    row: dict[str, Any],
    sources: dict[str, FundingSource],
    bodies: dict[str, GoverningBody],
) -> None:
    change = services.record_change(
        by=by,
        project=project,
        kind=row["kind"],
        title=row["title"],
        purpose=row.get("purpose", "").strip(),
        note=row.get("note", "").strip(),
        key_decision=row.get("key_decision", False),
        lines=[
            services.NewLine(
                FinancialYear.parse(line["year"]),
                line["nature"],
                sources[line["source"]],
                _amount(line["amount"]),
                Project.objects.get(reference=line["project"]) if "project" in line else None,
            )
            for line in row["lines"]
        ],
        headlines=[
            services.NewHeadline(headline["nature"], headline["words"], headline.get("basis", "by"))
            for headline in row.get("headlines", [])
        ],
    )
    route = row.get("route", [])
    steps = services.plan_route(
        by=by,
        change=change,
        reason=row.get("route_reason", "The papers say who decided, and that stands here"),
        stops=[
            services.NewStop(
                bodies[stop["body"]],
                stop.get("expects") or EXPECTED.get(stop["outcome"], Expectation.APPROVE),
                stop.get("planned_for"),
            )
            for stop in route
        ],
    )
    if "submitted" in row:
        services.submit_change(
            by=by,
            change=change,
            on=row["submitted"],
            key_decision_reason=_why_so_marked(change, row["submitted"]),
        )
    for stop, step in zip(route, steps, strict=True):
        if "outcome" in stop:
            services.record_decision(
                by=by,
                change=change,
                step=step,
                outcome=stop["outcome"],
                decided_on=stop["date"],
                precision=stop.get("precision", "day"),
                agenda_item=stop.get("agenda_item", ""),
                minute_number=stop.get("minute_number", ""),
                note=stop.get("note", ""),
                urgent=_urgent(stop.get("urgent")),
            )


def _why_so_marked(change: BudgetChange, day: dt.date) -> str:
    """The papers mark a change as they do and give no reason; said only where the thresholds say otherwise."""
    if services.key_decision_proposed(change, day).sufficient == change.key_decision:
        return ""
    return "The papers mark it so and give no reason"


def _urgent(record: dict[str, Any] | None) -> UrgentRecord | None:
    if record is None:
        return None
    reported: dt.date | None = record.get("reported_on")
    return UrgentRecord(
        reasons=record["reasons"].strip(),
        alternatives=record["alternatives"].strip(),
        consulted=record["consulted"].strip(),
        reported_on=reported,
    )
