"""What must hold of the stored rows, whatever wrote them: a registry of promises, and the house's own.

Each room lists its promises in ``<room>/verification.py`` as the tuple ``PROMISES``, as it lists its
findings. A finding is about the council's business and may be accepted; a breach of a promise is a
fault of the product or of its database, and none may stand. ``manage.py verify`` keeps them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import islice

from django.apps import apps
from django.db import connection

from council_hms.history_log import tracked_models

#: Breaches of one promise that are told; one is enough to fail, and a thousand help nobody.
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that must hold: its sentence, and a search that yields a sentence for each breach."""

    words: str
    breaches: Callable[[], Iterator[str]]
    fails: bool = True  # False: the council's own business, told and no fault

    def told(self) -> list[str]:
        """The first breaches; empty when it holds."""
        return list(islice(self.breaches(), MOST_TOLD))


def promises() -> list[Promise]:
    """Every promise of every room, the house's first."""
    found: list[Promise] = []
    for config in sorted(apps.get_app_configs(), key=lambda config: config.name != "council_hms"):
        module = f"{config.name}.verification"
        if "." not in config.name and find_spec(module):
            found.extend(getattr(import_module(module), "PROMISES", ()))
    return found


# -- the house's own --------------------------------------------------------------------------


def rows_unlike_their_history() -> Iterator[str]:
    """Rows that are not what the latest event says, rows without history and history without rows."""
    quote = connection.ops.quote_name
    for label, (model, event_model) in tracked_models().items():
        table, events = quote(model._meta.db_table), quote(event_model._meta.db_table)
        kept = {column.name for column in event_model._meta.concrete_fields}
        columns = [
            quote(str(column.column))
            for column in model._meta.concrete_fields
            if column.name in kept
        ]
        key = quote(str(model._meta.pk.column))  # type: ignore[union-attr]
        said = ", ".join(f"latest.{column}" for column in columns)
        held = ", ".join(f"held.{column}" for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT coalesce(held.{key}, latest.{key}), held.{key} IS NULL, latest.{key} IS NULL "  # noqa: S608
                f"FROM {table} AS held FULL JOIN (SELECT * FROM (SELECT DISTINCT ON (pgh_obj_id) * "
                f"FROM {events} ORDER BY pgh_obj_id, pgh_id DESC) AS last WHERE pgh_label <> 'delete') "
                f"AS latest ON latest.{key} = held.{key} "
                f"WHERE held.{key} IS NULL OR latest.{key} IS NULL OR ({held}) IS DISTINCT FROM ({said}) "
                f"ORDER BY 1 LIMIT {MOST_TOLD}"
            )
            for pk, is_gone, is_new in cursor.fetchall():
                name = f"{model._meta.verbose_name} {pk} ({label})"
                if is_gone:
                    yield f"{name} is in the history and not among the rows."
                elif is_new:
                    yield f"{name} has no history."
                else:
                    yield f"{name} is not what its history says."


def history_unguarded() -> Iterator[str]:
    """Tracked tables without their triggers, and history that could be altered or emptied."""
    wanted = {}
    for model, event_model in tracked_models().values():
        wanted[model._meta.db_table] = {"insert", "update", "delete"}
        wanted[event_model._meta.db_table] = {"append_only", "no_truncate"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT class.relname, trigger.tgname FROM pg_trigger AS trigger "
            "JOIN pg_class AS class ON class.oid = trigger.tgrelid "
            "WHERE NOT trigger.tgisinternal AND trigger.tgenabled <> 'D' AND class.relname = ANY(%s)",
            [list(wanted)],
        )
        standing: dict[str, list[str]] = {}
        for table, trigger in cursor.fetchall():
            standing.setdefault(table, []).append(trigger)
    for table, kinds in sorted(wanted.items()):
        for kind in sorted(kinds):
            if not any(f"_{kind}_" in trigger for trigger in standing.get(table, [])):
                yield f"The table {table} has lost its trigger “{kind}”."


def constraints_not_valid() -> Iterator[str]:
    """Constraints that the database does not hold, because they were added past the existing rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint "
            "WHERE NOT convalidated AND connamespace = 'public'::regnamespace ORDER BY 1, 2"
        )
        for table, name in cursor.fetchall():
            yield f"The constraint {name} on {table} was never proved against its rows."


def exempt_without_paragraph() -> Iterator[str]:
    """Exempt rows that cite no paragraph and give no reason: a paper may come so, and is a finding, not a fault."""
    for model, _ in tracked_models().values():
        names = {column.name for column in model._meta.fields}
        if not {"exempt", "exempt_paragraphs", "exempt_reason"} <= names:
            continue
        silent = model._default_manager.filter(
            exempt=True, exempt_paragraphs__len=0, exempt_reason=""
        )
        for pk in silent.order_by("pk").values_list("pk", flat=True):
            name = str(model._meta.verbose_name).capitalize()
            yield f"{name} {pk} is exempt, cites no paragraph and gives no reason."


PROMISES = (
    Promise(
        "Every row is what its history says, and every history has its row",
        rows_unlike_their_history,
    ),
    Promise(
        "History is written by triggers and can be neither altered nor emptied", history_unguarded
    ),
    Promise("Every constraint of the database holds for every row", constraints_not_valid),
    Promise(
        "What is exempt cites its paragraph of Schedule 12A", exempt_without_paragraph, fails=False
    ),
)
