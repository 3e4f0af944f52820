"""The cast of the tests: one person of each role, a project with its board, and a browser session for each."""

from __future__ import annotations

import pytest
from django.test import Client

from council_hms.access import Role
from council_hms.models import User
from projects.models import Project
from tests.factories import make_project, make_user, sit_on_board


@pytest.fixture
def finance_officer(db: None) -> User:
    return make_user(Role.FINANCE_OFFICER, name="Finance officer")


@pytest.fixture
def second_finance_officer(db: None) -> User:
    return make_user(Role.FINANCE_OFFICER, name="Second finance officer")


@pytest.fixture
def report_author(db: None) -> User:
    return make_user(Role.REPORT_AUTHOR, name="Report author")


@pytest.fixture
def auditor(db: None) -> User:
    return make_user(Role.AUDITOR, name="Auditor")


@pytest.fixture
def administrator(db: None) -> User:
    return make_user(Role.ADMINISTRATOR, name="Administrator")


@pytest.fixture
def stranger(db: None) -> User:
    """Signs in, and has no role."""
    return make_user(name="Stranger")


@pytest.fixture
def project(db: None) -> Project:
    return make_project("HMS", title="Housing Management System")


@pytest.fixture
def other_project(db: None) -> Project:
    return make_project("POOL", title="Leisure pool roof")


@pytest.fixture
def board_member(project: Project) -> User:
    """Sits on the board of ``project``."""
    person = make_user(Role.BOARD_MEMBER, name="Board member")
    sit_on_board(person, project)
    return person


@pytest.fixture
def project_manager(project: Project) -> User:
    """Manages ``project`` and sits on its board."""
    person = make_user(Role.PROJECT_MANAGER, name="Project manager")
    sit_on_board(person, project)
    return person


@pytest.fixture
def other_board_member(other_project: Project) -> User:
    """Sits on another project's board."""
    person = make_user(Role.BOARD_MEMBER, name="Other board member")
    sit_on_board(person, other_project)
    return person


@pytest.fixture
def signed_in(client: Client):
    """``signed_in(person)`` gives a browser session of that person."""

    def sign_in(person: User) -> Client:
        session = Client()
        session.force_login(person)
        return session

    return sign_in
