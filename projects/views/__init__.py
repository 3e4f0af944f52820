"""Pages of the room. Each is four moves: fetch what the person may see, bind, call one service, answer."""

from projects.views.benefit import benefit_create, benefit_edit, benefit_list
from projects.views.closure import closure_accept, closure_edit
from projects.views.contract import (
    contract_create,
    contract_edit,
    contract_list,
    discount_create,
    discount_edit,
    term_create,
    term_edit,
)
from projects.views.highlight import (
    highlight_create,
    highlight_edit,
    highlight_list,
    highlight_note,
    highlight_report,
)
from projects.views.log import (
    action_create,
    action_edit,
    action_list,
    issue_create,
    issue_edit,
    issue_list,
)
from projects.views.project import (
    board,
    board_leave,
    follow,
    followed_projects,
    project_create,
    project_edit,
    project_list,
    work_packages,
)
from projects.views.requests import (
    change_request,
    change_request_create,
    change_request_decide,
    change_request_edit,
    change_request_list,
)
from projects.views.timetable import (
    milestone,
    milestone_create,
    milestone_edit,
    milestone_withdraw,
    milestones,
)

__all__ = [
    "action_create",
    "action_edit",
    "action_list",
    "benefit_create",
    "benefit_edit",
    "benefit_list",
    "board",
    "board_leave",
    "change_request",
    "change_request_create",
    "change_request_decide",
    "change_request_edit",
    "change_request_list",
    "closure_accept",
    "closure_edit",
    "contract_create",
    "contract_edit",
    "contract_list",
    "discount_create",
    "discount_edit",
    "follow",
    "followed_projects",
    "highlight_create",
    "highlight_edit",
    "highlight_list",
    "highlight_note",
    "highlight_report",
    "issue_create",
    "issue_edit",
    "issue_list",
    "milestone",
    "milestone_create",
    "milestone_edit",
    "milestone_withdraw",
    "milestones",
    "project_create",
    "project_edit",
    "project_list",
    "term_create",
    "term_edit",
    "work_packages",
]
