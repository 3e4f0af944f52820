"""Addresses of the room of projects."""

from django.urls import path

from council_hms.listing import list_paths
from projects import views

PROJECT = "projects/<reference:reference>"

urlpatterns = [
    *list_paths("projects", views.project_list, "project_list"),
    path("projects/new/", views.project_create, name="project_create"),
    path("projects/followed/", views.followed_projects, name="followed_projects"),
    path(f"{PROJECT}/edit/", views.project_edit, name="project_edit"),
    path(f"{PROJECT}/follow/", views.follow, name="project_follow"),
    path(f"{PROJECT}/work-packages/", views.work_packages, name="work_packages"),
    path(f"{PROJECT}/board/", views.board, name="board"),
    path(
        f"{PROJECT}/board/<int:pk>/leave/",
        views.board_leave,
        name="board_leave",
    ),
    path(f"{PROJECT}/milestones/", views.milestones, name="milestones"),
    path(
        f"{PROJECT}/milestones/new/",
        views.milestone_create,
        name="milestone_create",
    ),
    path(f"{PROJECT}/milestones/<int:pk>/", views.milestone, name="milestone"),
    path(
        f"{PROJECT}/milestones/<int:pk>/edit/",
        views.milestone_edit,
        name="milestone_edit",
    ),
    path(
        f"{PROJECT}/milestones/<int:pk>/withdraw/",
        views.milestone_withdraw,
        name="milestone_withdraw",
    ),
    path(
        f"{PROJECT}/highlight-reports/",
        views.highlight_list,
        name="highlight_list",
    ),
    path(
        f"{PROJECT}/highlight-reports/new/",
        views.highlight_create,
        name="highlight_create",
    ),
    path(
        f"{PROJECT}/highlight-reports/<int:pk>/",
        views.highlight_report,
        name="highlight_report",
    ),
    path(
        f"{PROJECT}/highlight-reports/<int:pk>/edit/",
        views.highlight_edit,
        name="highlight_edit",
    ),
    path(
        f"{PROJECT}/highlight-reports/<int:pk>/note/",
        views.highlight_note,
        name="highlight_note",
    ),
    path(f"{PROJECT}/actions/", views.action_list, name="action_list"),
    path(f"{PROJECT}/actions/new/", views.action_create, name="action_create"),
    path(f"{PROJECT}/actions/<int:pk>/", views.action_edit, name="action_edit"),
    path(f"{PROJECT}/issues/", views.issue_list, name="issue_list"),
    path(f"{PROJECT}/issues/new/", views.issue_create, name="issue_create"),
    path(f"{PROJECT}/issues/<int:pk>/", views.issue_edit, name="issue_edit"),
    path(
        f"{PROJECT}/change-requests/",
        views.change_request_list,
        name="change_request_list",
    ),
    path(
        f"{PROJECT}/change-requests/new/",
        views.change_request_create,
        name="change_request_create",
    ),
    path(
        f"{PROJECT}/change-requests/<int:number>/",
        views.change_request,
        name="change_request",
    ),
    path(
        f"{PROJECT}/change-requests/<int:number>/edit/",
        views.change_request_edit,
        name="change_request_edit",
    ),
    path(
        f"{PROJECT}/change-requests/<int:number>/decide/",
        views.change_request_decide,
        name="change_request_decide",
    ),
    path(f"{PROJECT}/benefits/", views.benefit_list, name="benefit_list"),
    path(f"{PROJECT}/benefits/new/", views.benefit_create, name="benefit_create"),
    path(f"{PROJECT}/benefits/<int:pk>/", views.benefit_edit, name="benefit_edit"),
    path(f"{PROJECT}/contracts/", views.contract_list, name="contract_list"),
    path(
        f"{PROJECT}/contracts/new/",
        views.contract_create,
        name="contract_create",
    ),
    path(
        f"{PROJECT}/contracts/<int:pk>/",
        views.contract_edit,
        name="contract_edit",
    ),
    path(
        f"{PROJECT}/settlement-terms/new/",
        views.term_create,
        name="settlement_term_create",
    ),
    path(
        f"{PROJECT}/settlement-terms/<int:pk>/",
        views.term_edit,
        name="settlement_term_edit",
    ),
    path(
        f"{PROJECT}/discounts/new/",
        views.discount_create,
        name="discount_create",
    ),
    path(
        f"{PROJECT}/discounts/<int:pk>/",
        views.discount_edit,
        name="discount_edit",
    ),
    path(f"{PROJECT}/closure/edit/", views.closure_edit, name="closure_edit"),
    path(
        f"{PROJECT}/closure/accept/",
        views.closure_accept,
        name="closure_accept",
    ),
]
