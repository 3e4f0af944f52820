"""The ledger of approvals: who may approve, what was asked and decided, what it costs, what was spent."""

from budgets.models.body import (
    AuthorityLimit,
    BodyKind,
    GoverningBody,
    KeyDecisionThreshold,
    LimitKind,
)
from budgets.models.change import (
    BudgetChange,
    ChangeKind,
    DatePrecision,
    Decision,
    Expectation,
    HeadlineBasis,
    HeadlineNature,
    Line,
    MinutedHeadline,
    Nature,
    Outcome,
    UrgentRecord,
)
from budgets.models.imports import (
    ColumnName,
    ImportFault,
    ImportFile,
    ImportKind,
    ImportPiece,
    ImportRow,
    ImportRun,
    ImportState,
)
from budgets.models.minute import MinuteCorrection
from budgets.models.plan import CostPlan, CostPlanLine
from budgets.models.source import FundingSource, SourceKind
from budgets.models.spend import ClosedYear, SpendEntry
from budgets.models.totals import ProjectTotals, YearTotals

__all__ = [
    "AuthorityLimit",
    "BodyKind",
    "BudgetChange",
    "ChangeKind",
    "ClosedYear",
    "ColumnName",
    "CostPlan",
    "CostPlanLine",
    "DatePrecision",
    "Decision",
    "Expectation",
    "FundingSource",
    "GoverningBody",
    "HeadlineBasis",
    "HeadlineNature",
    "ImportFault",
    "ImportFile",
    "ImportKind",
    "ImportPiece",
    "ImportRow",
    "ImportRun",
    "ImportState",
    "KeyDecisionThreshold",
    "LimitKind",
    "Line",
    "MinuteCorrection",
    "MinutedHeadline",
    "Nature",
    "Outcome",
    "ProjectTotals",
    "SourceKind",
    "SpendEntry",
    "UrgentRecord",
    "YearTotals",
]
