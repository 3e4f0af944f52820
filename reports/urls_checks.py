"""Addresses of the report checker."""

from django.urls import path

from reports.views import checks

urlpatterns = [
    path("check/", checks.check_list, name="check_list"),
    path("check/new/", checks.check_new, name="check_new"),
    path("check/<int:pk>/", checks.check, name="check"),
    path("check/<int:pk>.<slug:format>", checks.check_file, name="check_file"),
    path("check/<int:pk>/withdraw/", checks.check_withdraw, name="check_withdraw"),
    path(
        "check/<int:pk>/findings/<slug:key>/dismiss/",
        checks.finding_dismiss,
        name="finding_dismiss",
    ),
    path(
        "check/<int:pk>/findings/<slug:key>/restore/",
        checks.finding_restore,
        name="finding_restore",
    ),
]
