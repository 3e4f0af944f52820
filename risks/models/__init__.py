"""Risks: registers with their scales, risks with their scores from review to review, and controls."""

from risks.models.assessment import Assessment
from risks.models.control import Control, ControlStatus
from risks.models.register import Register, RegisterScale
from risks.models.risk import Risk, RiskKind
from risks.models.upload import RegisterUpload

__all__ = [
    "Assessment",
    "Control",
    "ControlStatus",
    "Register",
    "RegisterScale",
    "RegisterUpload",
    "Risk",
    "RiskKind",
]
