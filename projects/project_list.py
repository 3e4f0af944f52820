"""The register of projects as a list page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from council_hms.access import Permission, may
from council_hms.listing import ListPage
from projects.filters import ProjectFilter
from projects.models import Project
from projects.tables import ProjectTable


class ProjectList(ListPage):
    """Every project that a person may see."""

    url_name, title = "project_list", "Projects"
    table_class, filter_class = ProjectTable, ProjectFilter
    order = ("reference",)
    empty_title = "There are no projects here yet"
    empty_text = (
        "You see the projects that your role, or a seat on their boards, opens to you. "
        "A finance officer enters projects."
    )

    def rows(self) -> Any:
        return Project.objects.visible_to(self.user)

    def more_context(self) -> dict[str, Any]:
        actions = [("Projects you follow", reverse("followed_projects"))]
        if may(self.user, Permission.CREATE_PROJECT):
            actions.insert(0, ("Enter a project", reverse("project_create")))
        return {"actions": actions}
