"""The history, read: what each act changed, from what to what, by whom, why and through what.

An act is one row of pghistory's context; its events are the rows it changed, each as it was
afterwards. What stood before is the event before. Who may not see a row does not see its history:
rows go through ``visible_to``, and a row that was exempt at any time is shown to those with the right alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from pghistory.models import Context, Event

from council_hms.access import Permission, may

#: Rows of one kind that the page of an act shows; an import can change a hundred thousand.
MOST_ROWS = 200
#: Columns that say nothing to an auditor, and one whose content nobody may read.
SILENT = frozenset({"version", "last_login"})
SECRET = frozenset({"password"})
VERBS = {
    "accept": "accepted",
    "add": "added",
    "answer": "answered",
    "change": "changed",
    "close": "closed",
    "confirm": "confirmed against the minutes",
    "create": "created",
    "edit": "edited",
    "enter": "entered",
    "join": "joined",
    "leave": "left",
    "load": "loaded",
    "log": "logged",
    "plan_route": "route planned",
    "publish": "published",
    "record": "recorded",
    "remove": "removed",
    "reopen": "opened again",
    "report": "reported to Council",
    "resolve": "resolved",
    "reverse": "reversed",
    "review": "reviewed",
    "save": "saved",
    "set": "set",
    "submit": "submitted",
}
THINGS = {
    "change": "Budget change",
    "plan": "Cost plan",
    "urgent": "Urgent decision",
    "year": "Financial year",
}
LABELS = {"insert": "Entered", "update": "Changed", "delete": "Removed"}


@cache
def tracked_models() -> dict[str, tuple[type[models.Model], type[Any]]]:
    """Every model whose history is kept, with its events, by label in small letters."""
    found = {}
    for event_model in apps.get_models():
        if issubclass(event_model, Event) and hasattr(event_model, "pgh_tracked_model"):
            model: Any = event_model.pgh_tracked_model
            found[model._meta.label_lower] = (model, event_model)
    return dict(sorted(found.items()))


def act_words(code: str) -> str:
    """The code of an act as words: ``change.ratified`` is "Budget change: ratified"."""
    if not code:
        return "Changed outside the product’s acts"
    thing, _, verb = code.partition(".")
    return f"{THINGS.get(thing, thing.replace('_', ' ').capitalize())}: {VERBS.get(verb, verb.replace('_', ' '))}"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column: its label, what stood before and what after, as words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row as one act changed it."""

    kind: str
    name: str
    label: str
    model: str
    pk: Any
    at: dt.datetime
    fields: list[FieldChange]
    context_id: Any = None
    number: int = 0  # of the event in its table


@dataclass(slots=True)
class Act:
    """One act with the rows it changed. ``more`` says how many further rows there are, by kind."""

    id: Any
    at: dt.datetime
    said: dict[str, Any]
    rows: list[RowChange] = field(default_factory=list)
    more: list[tuple[str, int]] = field(default_factory=list)
    hides: bool = False

    @property
    def words(self) -> str:
        return act_words(str(self.said.get("act", "")))

    @property
    def by(self) -> str:
        return str(self.said.get("by_name", "")) or "unknown"

    @property
    def reason(self) -> str:
        """Why; not told where the act touches what the reader may not see."""
        return "" if self.hides else str(self.said.get("reason", "") or "")

    @property
    def through(self) -> str:
        return str(self.said.get("through", "") or "")


# -- who may see ------------------------------------------------------------------------------


def exempt_acts(user: Any) -> Q:
    """Acts that touch a row which was exempt at any time: their reasons are for those with the right."""
    found: Any = Q(pk__in=[])
    if may(user, Permission.SEE_EXEMPT):
        return found
    for _, event_model in tracked_models().values():
        if not _is_exemptable(event_model):
            continue
        ever = event_model.objects.filter(exempt=True).values("pgh_obj_id")
        found |= Exists(
            event_model.objects.filter(pgh_context_id=OuterRef("pk"), pgh_obj_id__in=ever)
        )
    return found


def _is_exemptable(event_model: type[Any]) -> bool:
    return any(column.name == "exempt" for column in event_model._meta.fields)


def _seen(model: type[models.Model], event_model: type[Any], ids: set[Any], user: Any) -> set[Any]:
    """Of some rows of a model, those whose history a person may see; rows that are gone stay seen."""
    manager: Any = model._default_manager
    hidden: set[Any] = set()
    if hasattr(manager.all(), "visible_to"):
        standing = set(manager.filter(pk__in=ids).values_list("pk", flat=True))
        visible = set(manager.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
        hidden = standing - visible
    if _is_exemptable(event_model) and not may(user, Permission.SEE_EXEMPT):
        hidden |= set(
            event_model.objects.filter(pgh_obj_id__in=ids, exempt=True).values_list(
                "pgh_obj_id", flat=True
            )
        )
    return ids - hidden


# -- reading ----------------------------------------------------------------------------------


def counts_of(contexts: Sequence[Any]) -> dict[Any, list[tuple[str, str, int]]]:
    """How many rows of which kind each act changed: (label, kind, number), by act. One query over all tables."""
    if not contexts:
        return {}
    parts = [
        f"SELECT '{label}', pgh_context_id, count(*) FROM {connection.ops.quote_name(event._meta.db_table)} "  # noqa: S608 - names of our tables
        "WHERE pgh_context_id = ANY(%s) GROUP BY pgh_context_id"
        for label, (_, event) in tracked_models().items()
    ]
    found: dict[Any, list[tuple[str, str, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [list(contexts)] * len(parts))
        for label, context, number in cursor.fetchall():
            kind = str(tracked_models()[label][0]._meta.verbose_name)
            found.setdefault(context, []).append((label, kind, number))
    return found


def act_of(context: Context, user: Any) -> Act:
    """One act with its rows, as far as a person may see them."""
    act = Act(context.pk, context.created_at, dict(context.metadata or {}))
    for label, kind, _ in counts_of([context.pk]).get(context.pk, []):
        model, event_model = tracked_models()[label]
        ids = set(
            event_model.objects.filter(pgh_context_id=context.pk).values_list(
                "pgh_obj_id", flat=True
            )
        )
        seen = _seen(model, event_model, ids, user)
        act.hides = act.hides or len(seen) < len(ids)
        shown = set(sorted(seen)[:MOST_ROWS])
        if len(seen) > MOST_ROWS:
            act.more.append((kind, len(seen) - MOST_ROWS))
        act.rows += [
            change
            for change in _changes(model, event_model, shown)
            if change.context_id == context.pk
        ]
    return act


def acts_on(row: models.Model, user: Any, *, most: int = 100) -> list[Act]:
    """The acts that changed a row or the rows that belong to it, the latest first."""
    changes: list[RowChange] = []
    hides = False
    for model, ids in _family(row):
        event_model = tracked_models()[model._meta.label_lower][1]
        seen = _seen(model, event_model, ids, user)
        hides = hides or len(seen) < len(ids)
        changes += _changes(model, event_model, set(sorted(seen)[:MOST_ROWS]))
    changes.sort(key=lambda change: (change.at, change.number), reverse=True)
    contexts = Context.objects.in_bulk({c.context_id for c in changes if c.context_id})
    acts: dict[Any, Act] = {}
    for change in changes:
        key = change.context_id or ("alone", change.at, change.model, change.pk)
        if key not in acts:
            if len(acts) == most:
                break
            context = contexts.get(change.context_id)
            acts[key] = Act(
                change.context_id,
                change.at,
                dict(context.metadata or {}) if context else {},
                hides=hides,
            )
        acts[key].rows.append(change)
    return list(acts.values())


def _family(row: models.Model) -> Iterable[tuple[type[models.Model], set[Any]]]:
    """The row, and the tracked rows that belong to it; of a project only itself, whose rows have pages of their own."""
    model = type(row)
    yield model, {row.pk}
    if model._meta.label_lower == "projects.project":
        return
    for relation in model._meta.related_objects:
        child: Any = relation.related_model
        if child._meta.label_lower not in tracked_models() or child is model:
            continue
        event_model = tracked_models()[child._meta.label_lower][1]
        # the events know children that are gone, too
        ids = set(
            event_model.objects.filter(**{relation.field.attname: row.pk}).values_list(
                "pgh_obj_id", flat=True
            )[: MOST_ROWS * 5]
        )
        if ids:
            yield child, ids


def _changes(model: type[models.Model], event_model: type[Any], ids: set[Any]) -> list[RowChange]:
    """Every change of some rows, oldest first, each against the state before it."""
    if not ids:
        return []
    columns = [
        column
        for column in model._meta.concrete_fields
        if column.name not in SILENT and not column.primary_key
    ]
    before: dict[Any, Any] = {}
    found: list[tuple[Any, list[tuple[Any, Any, Any]]]] = []
    for event in event_model.objects.filter(pgh_obj_id__in=ids).order_by("pgh_id"):
        earlier = before.get(event.pgh_obj_id)
        parts = []
        for column in columns:
            was = getattr(earlier, column.attname, None) if earlier else None
            now = getattr(event, column.attname, None)
            if event.pgh_label == "delete":
                was, now = now, None
            if was != now and not (event.pgh_label == "insert" and now in ("", None, [], False)):
                parts.append((column, was, now))
        before[event.pgh_obj_id] = event
        if parts or event.pgh_label != "update":
            found.append((event, parts))
    names = _names(part for _, parts in found for part in parts)
    return [
        RowChange(
            kind=str(model._meta.verbose_name).capitalize(),
            name=_name(model, event),
            label=LABELS.get(event.pgh_label, event.pgh_label),
            model=model._meta.label_lower,
            pk=event.pgh_obj_id,
            at=event.pgh_created_at,
            context_id=event.pgh_context_id,
            number=event.pgh_id,
            fields=[
                FieldChange(
                    str(column.verbose_name).capitalize(),
                    _words(column, was, names),
                    _words(column, now, names),
                )
                for column, was, now in parts
            ],
        )
        for event, parts in found
    ]


def _names(parts: Iterable[tuple[Any, Any, Any]]) -> dict[tuple[Any, Any], str]:
    """The names of the rows that foreign keys point at, by model and key: one query for each model."""
    wanted: dict[Any, set[Any]] = {}
    for column, was, now in parts:
        if column.is_relation:
            wanted.setdefault(column.related_model, set()).update({was, now} - {None})
    return {
        (model, pk): str(row)
        for model, keys in wanted.items()
        for pk, row in model._default_manager.in_bulk(keys).items()
    }


def _words(column: Any, value: Any, names: dict[tuple[Any, Any], str]) -> str:
    if value is None or value == "" or value == []:
        return "(empty)"
    if column.name in SECRET:
        return "(not shown)"
    if column.is_relation:
        return names.get((column.related_model, value), f"no longer there ({value})")
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, dt.datetime):
        return f"{value.astimezone():%-d %B %Y, %H:%M}"
    if isinstance(value, dt.date):
        return f"{value:%-d %B %Y}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _name(model: type[models.Model], event: Any) -> str:
    """What the row was called then, from columns of its own; empty when it has no name."""
    for name in ("reference", "title", "name", "words", "email"):
        if value := getattr(event, name, ""):
            return str(value)
    return ""
