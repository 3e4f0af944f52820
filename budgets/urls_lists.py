"""Addresses of the registers of the ledger."""

from budgets import lists
from council_hms.listing import list_paths

urlpatterns = [
    *list_paths("approvals", lists.change_list, "change_list"),
    *list_paths("approvals/lines", lists.line_list, "line_list"),
    *list_paths("approvals/decisions", lists.decision_list, "decision_list"),
    *list_paths("spend", lists.all_spend, "all_spend"),
    *list_paths("projects/<reference:reference>/spend", lists.spend_list, "spend_list"),
    *list_paths("sources", lists.source_list, "source_list"),
    *list_paths("bodies", lists.body_list, "body_list"),
]
