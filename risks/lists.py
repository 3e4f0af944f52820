"""The lists of risks: over all registers, and of one, each also as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from council_hms.access import Permission, SignedInRequest, allow, may
from council_hms.listing import ListPage
from projects.models import Project
from risks.filters import ProjectRiskFilter, RiskFilter
from risks.models import Risk
from risks.models.register import register_address
from risks.services import may_write
from risks.standing import register_standing, standings
from risks.tables import RegisterTable, RiskTable

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)


class RiskList(ListPage):
    """Every risk that a person may see, as at today, the highest score first."""

    url_name, title = "risk_list", "Risks"
    intro = (
        "The risks of every register that you may see. A score is impact × probability "
        "on the scale of its own register."
    )
    table_class, filter_class = RiskTable, RiskFilter
    order = ("-rank", "pk")
    empty_title = "There are no open risks here"
    empty_text = "Risks are entered in the register of a project, or in the corporate register."

    @property
    def as_at(self) -> dt.date:
        return timezone.localdate()

    def rows(self) -> QuerySet[Any]:
        rows = Risk.objects.visible_to(self.user)
        state = self.request.GET.get("state", "")
        if state == "closed":
            rows = rows.filter(closed_on__lte=self.as_at)
        elif state != "all":
            rows = rows.open(self.as_at)
        # a risk without a score comes last
        return rows.with_standing(self.as_at).annotate(rank=Coalesce("score", 0)).for_lists()

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return standings(rows, self.as_at)

    def more_context(self) -> dict[str, Any]:
        actions = [("Corporate risk register", reverse("corporate_risks"))]
        if may(self.user, P.ADMINISTER):
            actions.append(("Registers and scales", reverse("risk_registers")))
        return {"actions": actions}


class RegisterRisks(RiskList):
    """The register of one project, or the corporate one: its risks, and how they lie on the heat map."""

    url_name, title, intro = "project_risks", "Risks", ""
    table_class, filter_class = RegisterTable, ProjectRiskFilter
    project_template = template = "risks/register.html"
    empty_text = (
        "Enter the first as soon as it is seen: what it is, why it may happen, what would follow."
    )

    def rows(self) -> QuerySet[Any]:
        return super().rows().of(self.project)  # type: ignore[attr-defined, no-any-return]

    def more_context(self) -> dict[str, Any]:
        standing = register_standing(self.project, self.user, self.as_at)
        writes = may_write(self.user, self.project)
        actions = []
        if writes:
            actions.append(("Add a risk", register_address(self.project, "risk_create")))
            if standing.risks:
                actions.insert(
                    0, ("Review the register", register_address(self.project, "risk_review"))
                )
        return {
            "actions": actions,
            "standing": standing,
            "may_write": writes,
            "addresses": {
                name: register_address(self.project, f"risk_{name}")
                for name in ("paper", "import", "scales")
            },
            "register_file": register_address(self.project, "register_file", "xlsx"),
        }


class CorporateRisks(RegisterRisks):
    """The corporate register."""

    url_name, title = "corporate_risks", "Corporate risk register"


@require_GET
@allow(*SEES)
def risk_list(request: SignedInRequest, format: str = "") -> HttpResponseBase:
    """Every risk, searched and filtered; with a format, the same rows as file."""
    return RiskList(request, format=format).answer()


@require_GET
@allow(*SEES)
def project_risks(request: SignedInRequest, reference: str, format: str = "") -> HttpResponseBase:
    """The register of a project."""
    project = get_object_or_404(Project.objects.visible_to(request.user), reference=reference)
    return RegisterRisks(request, format=format, project=project).answer()


@require_GET
@allow(*SEES)
def corporate_risks(request: SignedInRequest, format: str = "") -> HttpResponseBase:
    """The corporate register; for people of single projects, what was escalated from these."""
    return CorporateRisks(request, format=format).answer()
