"""The people of the example council: one of each role, by job title, with passwords that everyone may know."""

from __future__ import annotations

from dataclasses import dataclass

from council_hms.access import Role
from council_hms.history import acting
from council_hms.models import User


@dataclass(frozen=True, slots=True)
class Person:
    """An account of the example council."""

    key: str
    name: str
    email: str
    password: str
    roles: tuple[str, ...]


PASSWORD = "example-council-2023"  # noqa: S105 - printed by the start-up on purpose; never in a council's own database

PEOPLE = (
    Person(
        "finance_officer",
        "Finance officer",
        "finance@council.example",
        PASSWORD,
        (Role.FINANCE_OFFICER,),
    ),
    Person(
        "second_finance_officer",
        "Second finance officer",
        "finance2@council.example",
        PASSWORD,
        (Role.FINANCE_OFFICER,),
    ),
    Person(
        "project_manager",
        "Project manager",
        "manager@council.example",
        PASSWORD,
        (Role.PROJECT_MANAGER,),
    ),
    Person(
        "board_member",
        "Project board member",
        "board@council.example",
        PASSWORD,
        (Role.BOARD_MEMBER,),
    ),
    Person(
        "report_author", "Report author", "author@council.example", PASSWORD, (Role.REPORT_AUTHOR,)
    ),
    Person("auditor", "Internal auditor", "auditor@council.example", PASSWORD, (Role.AUDITOR,)),
    Person(
        "administrator",
        "System administrator",
        "admin@council.example",
        PASSWORD,
        (Role.ADMINISTRATOR,),
    ),
)


def accounts() -> list[tuple[str, str, str]]:
    """Role, e-mail address and password of each demonstration account, for the start-up to print."""
    return [(person.name, person.email, person.password) for person in PEOPLE]


def make_people() -> dict[str, User]:
    """The accounts as users, made where they are missing, by key."""
    people = {}
    with acting(None, "example.load", "Demonstration accounts"):
        for person in PEOPLE:
            user = User.objects.filter(email=person.email).first()
            if user is None:
                user = User.objects.create_user(
                    person.email, person.password, name=person.name, roles=list(person.roles)
                )
            people[person.key] = user
    return people
