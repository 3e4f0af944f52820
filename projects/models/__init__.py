"""What a project is, and what is planned and watched in it."""

from projects.models.project import BoardMembership, Fund, Project, Stage, WorkPackage

__all__ = ["BoardMembership", "Fund", "Project", "Stage", "WorkPackage"]
