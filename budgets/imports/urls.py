"""Addresses of imports."""

from django.urls import path

from budgets.imports import views
from council_hms.listing import list_paths

urlpatterns = [
    *list_paths("imports", views.import_list, "import_list"),
    path("imports/new/", views.import_new, name="import_new"),
    path("imports/template-<slug:kind>.xlsx", views.import_template, name="import_template"),
    path("imports/<int:number>/", views.import_run, name="import_run"),
    path("imports/<int:number>/columns/", views.import_columns, name="import_columns"),
    path("imports/<int:number>/check/", views.import_check, name="import_check"),
    path("imports/<int:number>/confirm/", views.import_confirm, name="import_confirm"),
    path("imports/<int:number>/discard/", views.import_discard, name="import_discard"),
    path("imports/<int:number>/marked.<slug:format>", views.import_marked, name="import_marked"),
    *list_paths("imports/<int:number>/faults", views.import_faults, "import_faults"),
    path(
        "projects/<reference:reference>/plan/edit-copy.xlsx",
        views.edit_copy,
        {"kind": "plan"},
        name="plan_edit_copy",
    ),
    path(
        "projects/<reference:reference>/funding/edit-copy.xlsx",
        views.edit_copy,
        {"kind": "lines"},
        name="funding_edit_copy",
    ),
]
