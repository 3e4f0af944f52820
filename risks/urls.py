"""Addresses of risks. Each page of a register has one under its project and one under the corporate register."""

from django.urls import URLPattern, path

from council_hms.access import View
from council_hms.listing import list_paths
from risks import lists
from risks.views import files, review, risk, settings
from risks.views.common import corporate

PROJECT, CORPORATE = "projects/<reference:reference>/risks", "risks/corporate"


def both(route: str, view: View, name: str, *, writes: bool = False) -> list[URLPattern]:
    """A page of a register: under its project (``project_…``) and of the corporate one (``corporate_…``)."""
    return [
        path(f"{PROJECT}/{route}", view, name=f"project_{name}"),
        path(
            f"{CORPORATE}/{route}",
            corporate(view) if writes else view,
            name=f"corporate_{name}",
        ),
    ]


urlpatterns = [
    *list_paths("risks", lists.risk_list, "risk_list"),
    *list_paths(PROJECT, lists.project_risks, "project_risks"),
    *list_paths(CORPORATE, lists.corporate_risks, "corporate_risks"),
    *both("new/", risk.risk_create, "risk_create", writes=True),
    *both("review/", review.risk_review, "risk_review", writes=True),
    *both("scale/", settings.risk_scales, "risk_scales"),
    *both("appendix-5/", files.risk_paper, "risk_paper"),
    *both("appendix-5.<slug:format>", files.risk_paper, "risk_paper_file"),
    *both("to-edit.<slug:format>", files.register_download, "register_file", writes=True),
    *both("import/", files.risk_import, "risk_import", writes=True),
    *both("import/<int:pk>/", files.risk_import_preview, "risk_import_preview", writes=True),
    path("risks/registers/", settings.risk_registers, name="risk_registers"),
    path("risks/registers/corporate/", settings.corporate_open, name="corporate_register_open"),
    path("risks/registers/<int:pk>/", settings.register_edit, name="risk_register"),
    path("risks/registers/<int:pk>/scale/", settings.scale_create, name="risk_scale_create"),
    path("risks/<int:pk>/", risk.risk, name="risk"),
    path("risks/<int:pk>/edit/", risk.risk_edit, name="risk_edit"),
    path("risks/<int:pk>/close/", risk.risk_close, name="risk_close"),
    path("risks/<int:pk>/open/", risk.risk_reopen, name="risk_reopen"),
    path("risks/<int:pk>/escalate/", risk.risk_escalate, name="risk_escalate"),
    path("risks/<int:pk>/controls/new/", risk.control_create, name="risk_control_create"),
    path("risks/<int:pk>/controls/<int:control_pk>/", risk.control_edit, name="risk_control"),
]
