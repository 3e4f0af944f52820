"""What a project is, and what is planned and watched in it."""

from projects.models.acceptance import FindingAcceptance
from projects.models.action import Action
from projects.models.benefit import Benefit, BenefitKind, BenefitYear
from projects.models.change_request import ChangeRequest, RequestOutcome
from projects.models.closure import ClosureReport
from projects.models.following import Following
from projects.models.highlight import (
    Aspect,
    Confidence,
    HighlightRating,
    HighlightReport,
    HighlightState,
    Rag,
)
from projects.models.issue import Issue, IssueSeverity
from projects.models.milestone import DateKind, Milestone, MilestoneDate, Precision
from projects.models.project import BoardMembership, Fund, Project, Stage, WorkPackage
from projects.models.supplier import Contract, Discount, SettlementTerm, Supplier

__all__ = [
    "Action",
    "Aspect",
    "Benefit",
    "BenefitKind",
    "BenefitYear",
    "BoardMembership",
    "ChangeRequest",
    "ClosureReport",
    "Confidence",
    "Contract",
    "DateKind",
    "Discount",
    "FindingAcceptance",
    "Following",
    "Fund",
    "HighlightRating",
    "HighlightReport",
    "HighlightState",
    "Issue",
    "IssueSeverity",
    "Milestone",
    "MilestoneDate",
    "Precision",
    "Project",
    "Rag",
    "RequestOutcome",
    "SettlementTerm",
    "Stage",
    "Supplier",
    "WorkPackage",
]
