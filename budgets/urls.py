"""Addresses of the ledger."""

from django.urls import include, path

from budgets import views

urlpatterns = [
    path("", include("budgets.urls_lists")),
    path("", include("budgets.imports.urls")),
    path("projects/<reference:reference>/funding/", views.funding, name="funding"),
    path(
        "projects/<reference:reference>/funding/lines/", views.funding_lines, name="funding_lines"
    ),
    path(
        "projects/<reference:reference>/funding.<slug:format>", views.funding, name="funding_file"
    ),
    path("projects/<reference:reference>/position/", views.position, name="position"),
    path("projects/<reference:reference>/changes/", views.project_changes, name="project_changes"),
    path("projects/<reference:reference>/changes/new/", views.change_create, name="change_create"),
    path(
        "projects/<reference:reference>/change-requests/<int:number>/budget-change/",
        views.change_request_link,
        name="change_request_link",
    ),
    path("projects/<reference:reference>/plan/", views.plan, name="plan"),
    path("projects/<reference:reference>/plan/edit/", views.plan_edit, name="plan_edit"),
    path("projects/<reference:reference>/spend/new/", views.spend_create, name="spend_create"),
    path(
        "projects/<reference:reference>/spend/<int:entry>/reverse/",
        views.spend_reverse,
        name="spend_reverse",
    ),
    path("approvals/<reference:reference>/", views.change, name="change"),
    path("approvals/<reference:reference>/edit/", views.change_edit, name="change_edit"),
    path("approvals/<reference:reference>/route/", views.change_route, name="change_route"),
    path("approvals/<reference:reference>/submit/", views.change_submit, name="change_submit"),
    path("approvals/<reference:reference>/reverse/", views.change_reverse, name="change_reverse"),
    path(
        "approvals/<reference:reference>/decide/", views.decision_record, name="decision_off_route"
    ),
    path(
        "approvals/<reference:reference>/decide/<int:position>/",
        views.decision_record,
        name="decision_record",
    ),
    path(
        "approvals/<reference:reference>/confirm/<int:position>/",
        views.decision_confirm,
        name="decision_confirm",
    ),
    path(
        "approvals/<reference:reference>/minute/<int:position>/",
        views.minute_correct,
        name="minute_correct",
    ),
    path(
        "approvals/<reference:reference>/minute/<int:position>/settle/",
        views.minute_settle,
        name="minute_settle",
    ),
    path(
        "approvals/<reference:reference>/reported/<int:position>/",
        views.urgent_reported,
        name="urgent_reported",
    ),
]
