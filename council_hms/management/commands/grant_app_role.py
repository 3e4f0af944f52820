"""Lets the role that serves the product do what it needs and no more, above all not rewrite history."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

import pghistory.models
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models, transaction
from psycopg import sql

EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")
APPEND_ONLY = ("SELECT", "INSERT")


def privileges() -> dict[str, tuple[str, ...]]:
    """What the app role may do with each table, by table name.

    A model may say otherwise for its table with ``app_privileges = ("SELECT", ...)``.
    """
    granted: dict[str, tuple[str, ...]] = {}
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if not options.managed or options.proxy:
            continue
        said: tuple[str, ...] | None = getattr(model, "app_privileges", None)
        granted[options.db_table] = said or _by_kind(model)
    granted["django_migrations"] = ("SELECT",)
    return granted


def _by_kind(model: type[models.Model]) -> tuple[str, ...]:
    if issubclass(model, pghistory.models.Event):
        return APPEND_ONLY
    if issubclass(model, pghistory.models.Context):
        return (*APPEND_ONLY, "UPDATE")  # the triggers complete the row of the act they write under
    return EVERYTHING


class Command(BaseCommand):
    """Safe to repeat; run it as the tables' owner after every migration."""

    help = (
        "Grants the app role what serving needs. On history tables it may read and add, not change "
        "or delete. Run it as the owner of the tables after each migrate."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--role",
            default=os.environ.get("DATABASE_APP_ROLE"),
            help="the role that serves; otherwise DATABASE_APP_ROLE from the environment",
        )

    def handle(self, *args: Any, role: str | None, verbosity: int, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            me = cursor.fetchone()[0]
            if not role or role == me:
                self.stdout.write(
                    f"One role, {me}, both owns the tables and serves: history is kept from change by "
                    "triggers alone. Set DATABASE_OWNER_URL to a second role for more."
                )
                return
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if not cursor.fetchone():
                raise CommandError(
                    f"There is no database role {role}: create it, then run this again"
                )
        self._grant(role)
        if verbosity:
            self.stdout.write(f"{role} may serve; history it may only read and add to.")

    @transaction.atomic
    def _grant(self, role: str) -> None:
        """One transaction, so that whoever is connected never meets a moment without rights."""
        names = set(connection.introspection.table_names())
        who = sql.Identifier(role)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(who))
            cursor.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(who))
            cursor.execute(
                sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(who)
            )
            granted = privileges()
            for table in sorted(names):
                rights = granted.get(
                    table, EVERYTHING
                )  # a table without a model, such as the cache's
                cursor.execute(
                    sql.SQL("GRANT {} ON {} TO {}").format(
                        sql.SQL(", ").join(sql.SQL(right) for right in rights),
                        sql.Identifier(table),
                        who,
                    )
                )
