"""Pages of the ledger. Each is four moves: fetch what the person may see, bind, call one service, answer."""

from budgets.views.change import change, change_create, change_edit, change_reverse
from budgets.views.funding import funding, funding_lines
from budgets.views.minute import minute_correct, minute_settle
from budgets.views.plan import plan, plan_edit
from budgets.views.position import position, project_changes
from budgets.views.requested import change_request_link
from budgets.views.route import (
    change_route,
    change_submit,
    decision_confirm,
    decision_record,
    urgent_reported,
)
from budgets.views.spend import spend_create, spend_reverse

__all__ = [
    "change",
    "change_create",
    "change_edit",
    "change_request_link",
    "change_reverse",
    "change_route",
    "change_submit",
    "decision_confirm",
    "decision_record",
    "funding",
    "funding_lines",
    "minute_correct",
    "minute_settle",
    "plan",
    "plan_edit",
    "position",
    "project_changes",
    "spend_create",
    "spend_reverse",
    "urgent_reported",
]
