"""Addresses of the home page, the dashboards, reports and the checker."""

from django.urls import include, path

from reports.views import dashboards

urlpatterns = [
    path("", dashboards.home, name="home"),
    path("projects/<reference:reference>/", dashboards.project, name="project"),
    path("", include("reports.urls_reports")),
    path("", include("reports.urls_checks")),
]
