"""Addresses of the registers of the ledger, and of the rules that the administrator keeps."""

from django.urls import path

from budgets import constitution, lists
from council_hms.listing import list_paths

urlpatterns = [
    *list_paths("approvals", lists.change_list, "change_list"),
    *list_paths("approvals/lines", lists.line_list, "line_list"),
    *list_paths("approvals/decisions", lists.decision_list, "decision_list"),
    *list_paths("spend", lists.all_spend, "all_spend"),
    *list_paths("projects/<reference:reference>/spend", lists.spend_list, "spend_list"),
    *list_paths("sources", lists.source_list, "source_list"),
    *list_paths("bodies", lists.body_list, "body_list"),
    path("council/constitution/", constitution.constitution, name="constitution"),
    path("council/bodies/new/", constitution.body, name="body_add"),
    path("council/bodies/<int:pk>/", constitution.body, name="body_edit"),
    path("council/bodies/<int:body>/limits/new/", constitution.limit, name="limit_add"),
    path("council/limits/<int:pk>/", constitution.limit, name="limit_edit"),
    path("council/thresholds/new/", constitution.threshold, name="threshold_add"),
    path("council/thresholds/<int:pk>/", constitution.threshold, name="threshold_edit"),
    path("council/sources/", constitution.source_keep, name="source_keep"),
    path("council/sources/new/", constitution.source, name="source_add"),
    path("council/sources/<int:pk>/", constitution.source, name="source_edit"),
    path("council/closed-years/", constitution.closed_years, name="closed_years"),
    path(
        "council/closed-years/<int:pk>/reopen/",
        constitution.closed_year_reopen,
        name="closed_year_reopen",
    ),
]
