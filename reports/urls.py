"""Addresses of the home page, the dashboards, reports and the checker."""

from django.urls import include, path

urlpatterns = [
    path("", include("reports.urls_dashboards")),
    path("", include("reports.urls_reports")),
    path("", include("reports.urls_checks")),
]
