"""The history, read: what each act changed, from what to what, by whom, why and through what.

An act is one row of pghistory's context; its events are the rows it changed, each as it was
afterwards. What stood before is the event before. Who may not see a row does not see its history:
rows go through ``visible_to``, and a row that was exempt at any time is shown to those with the right alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils.html import format_html
from pghistory.models import Context, Event

from council_hms.access import Permission, may

#: Rows of one kind that the page of an act shows; an import can change a hundred thousand.
MOST_ROWS = 200
#: Columns that say nothing to an auditor.
SILENT = frozenset({"version"})
VERBS = {
    "accept": "accepted",
    "add": "added",
    "answer": "answered",
    "change": "changed",
    "correct": "corrected",
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
    "propose_correction": "correction entered, to be confirmed",
    "publish": "published",
    "record": "recorded",
    "remove": "removed",
    "refuse_correction": "correction refused",
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
    "minute": "Minute of a decision",
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
        visible = manager.visible_to(user).filter(pk__in=ids).values("pk")
        hidden = set(
            manager.filter(pk__in=ids).exclude(pk__in=visible).values_list("pk", flat=True)
        )
    if _is_exemptable(event_model) and not may(user, Permission.SEE_EXEMPT):
        hidden |= set(
            event_model.objects.filter(pgh_obj_id__in=ids, exempt=True).values_list(
                "pgh_obj_id", flat=True
            )
        )
    return ids - hidden


# -- of which project -------------------------------------------------------------------------


@cache
def _project_lookups() -> dict[str, str]:
    """How the events of each model lead to a project, by label: ``change__project`` for a line of a change.

    By what its rows are visible through (``project_path``) or say themselves (``history_project``, empty for
    the project itself); parts by their whole.
    """
    found: dict[str, str] = {}
    for label, (model, event_model) in tracked_models().items():
        rows: Any = model._default_manager.all()
        path = getattr(model, "history_project", getattr(rows, "project_path", None))
        if path is None or (path and not _leads_on(model, path)):
            continue
        found[label] = path if path and _leads_on(event_model, path) else _joined("pgh_obj", path)
        for part in getattr(model, "history_parts", ()):
            whole, back = model, path
            for name in part.split("__"):
                relation: Any = whole._meta.get_field(name)
                whole, back = relation.related_model, _joined(relation.field.name, back)
            found.setdefault(whole._meta.label_lower, back)
    return found


def _joined(*steps: str) -> str:
    return "__".join(step for step in steps if step)


def _leads_on(model: type[models.Model], path: str) -> bool:
    """Whether a model has the first step of a path."""
    return any(field.name == path.partition("__")[0] for field in model._meta.get_fields())


def acts_on_project(reference: str) -> models.QuerySet[Any]:
    """The keys of the acts that changed a project, or a row of it, however many there are."""
    parts = [
        tracked_models()[label][1]
        .objects.filter(**{f"{path}__reference__iexact": reference}, pgh_context__isnull=False)
        .order_by()
        .values("pgh_context_id")
        for label, path in _project_lookups().items()
    ]
    found: models.QuerySet[Any] = parts[0].union(*parts[1:], all=True)
    return found


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
    wanted: dict[str, set[int]] = {}
    for label, kind, _ in counts_of([context.pk]).get(context.pk, []):
        model, event_model = tracked_models()[label]
        events = event_model.objects.filter(pgh_context_id=context.pk)
        numbers: dict[Any, list[int]] = {}
        for number, pk in events.order_by("pgh_obj_id", "pgh_id").values_list(
            "pgh_id", "pgh_obj_id"
        ):
            numbers.setdefault(pk, []).append(number)
        seen = _seen(model, event_model, set(numbers), user)
        act.hides = act.hides or len(seen) < len(numbers)
        shown = sorted(seen)[:MOST_ROWS]
        if len(seen) > MOST_ROWS:
            act.more.append((kind, len(seen) - MOST_ROWS))
        wanted[label] = {number for pk in shown for number in numbers[pk]}
    act.rows = _changes(wanted)
    return act


@dataclass(frozen=True, slots=True)
class RowHistory:
    """The history of a row as its own page shows it: the latest acts, how many there are, where all of it stands."""

    acts: list[Act]
    total: int
    address: str


def history_of(row: models.Model, user: Any, *, most: int = 3) -> RowHistory | None:
    """The latest changes of a row and its parts, for the row's own page; None for those who may not see history."""
    if not may(user, Permission.SEE_HISTORY):
        return None
    acts, total = _acts_of(row, user, most=most, most_rows=5)
    return RowHistory(acts, total, history_address(row))


def history_address(row: models.Model) -> str:
    """Where all of a row's history is shown."""
    return reverse("history_row", args=[row._meta.label_lower, row.pk])


def link_to_history(row: models.Model, name: str) -> str:
    """A link to all of a row's history; its name is said to those who hear the page. Asks the database nothing."""
    return format_html(
        '<a class="govuk-link no-print" href="{}">History<span class="govuk-visually-hidden"> of {}</span></a>',
        history_address(row),
        name,
    )


def acts_on(row: models.Model, user: Any, *, most: int = 100) -> list[Act]:
    """The acts that changed a row or its parts, the latest first."""
    return _acts_of(row, user, most=most, most_rows=MOST_ROWS)[0]


def _acts_of(row: models.Model, user: Any, *, most: int, most_rows: int) -> tuple[list[Act], int]:
    """The latest acts on a row and its parts with up to ``most_rows`` rows each, and how many acts there are.

    One query finds them in all tables; then two or three for each kind of row that they changed.
    """
    found, total = _events_on(row, most, most_rows)
    by_model: dict[str, list[_Found]] = {}
    for event in found:
        by_model.setdefault(event.model, []).append(event)
    sees_all = may(user, Permission.SEE_ALL_PROJECTS) and may(user, Permission.SEE_EXEMPT)
    wanted: dict[str, set[int]] = {}
    hidden: set[tuple[str, Any]] = set()
    for label, events in by_model.items():
        model, event_model = tracked_models()[label]
        seen = ids = {event.pk for event in events}
        if not sees_all:  # the row itself is visible, and so are its parts to those who see all
            seen = _seen(model, event_model, ids, user)
        hidden |= {(label, pk) for pk in ids - seen}
        wanted[label] = {event.number for event in events if event.pk in seen}
    changes = {(change.model, change.number): change for change in _changes(wanted)}
    contexts = {
        context.pk: context
        for context in Context.objects.filter(
            pk__in={event.context_id for event in found if event.context_id}
        ).annotate(is_hidden=Case(When(exempt_acts(user), then=True), default=False))
    }
    acts: dict[str, Act] = {}
    for event in found:
        context = contexts.get(event.context_id)
        act = acts.setdefault(
            event.act,
            Act(
                event.context_id,
                event.at,
                dict(context.metadata or {}) if context else {},
                hides=context.is_hidden if context else False,
                more=[("rows", event.rows - most_rows)] if event.rows > most_rows else [],
            ),
        )
        if (event.model, event.pk) in hidden:
            act.hides = True
        elif change := changes.get((event.model, event.number)):
            act.rows.append(change)
    return list(acts.values()), total


class _Found(NamedTuple):
    """An event of a row or its parts: in which act, of how many rows and when."""

    act: str
    at: dt.datetime
    rows: int
    total: int
    model: str
    number: int  # of the event in its table
    pk: Any
    context_id: Any


def _events_on(row: models.Model, most: int, most_rows: int) -> tuple[list[_Found], int]:
    """Events of the latest acts on a row and its parts, and the number of all acts. One query over their tables."""
    parts = list(_tables_of(row))
    union = " UNION ALL ".join(
        f"SELECT '{label}' AS model, pgh_id, pgh_obj_id, pgh_context_id, pgh_created_at FROM {table} WHERE {where}"  # noqa: S608 - names of our tables
        for label, table, where in parts
    )
    sql = f"""
        WITH changes AS (
            SELECT *, coalesce(pgh_context_id::text, model || ' ' || pgh_obj_id || ' ' || pgh_created_at) AS act
              FROM ({union}) AS events
        ), acts AS (
            SELECT act, max(pgh_created_at) AS at, count(*) AS rows, count(*) OVER () AS total
              FROM changes GROUP BY act ORDER BY at DESC, act LIMIT %s
        ), numbered AS (
            SELECT acts.*, model, pgh_id, pgh_obj_id, changes.pgh_context_id,
                   row_number() OVER (PARTITION BY act ORDER BY pgh_created_at, model, pgh_id) AS place
              FROM changes JOIN acts USING (act)
        )
        SELECT act, at, rows, total, model, pgh_id, pgh_obj_id, pgh_context_id
          FROM numbered WHERE place <= %s ORDER BY at DESC, act, place
    """  # noqa: S608 - names of our tables
    with connection.cursor() as cursor:
        cursor.execute(sql, [*[row.pk] * len(parts), most, most_rows])
        found = [_Found(*each) for each in cursor.fetchall()]
    return found, found[0].total if found else 0


def _tables_of(row: models.Model) -> Iterator[tuple[str, str, str]]:
    """Label, event table and condition (on the row's key) of a row and of its parts.

    A model names its parts in ``history_parts``: rows without a page of their own, by the names of their
    relations, a part of a part with ``__`` between. The events know parts that are gone, too.
    """
    quoted = connection.ops.quote_name

    def table_of(model: type[models.Model]) -> str:
        return quoted(tracked_models()[model._meta.label_lower][1]._meta.db_table)

    own: Any = type(row)
    yield own._meta.label_lower, table_of(own), "pgh_obj_id = %s"
    for path in getattr(own, "history_parts", ()):
        model, keys, where = own, "%s", ""
        for name in path.split("__"):
            relation: Any = model._meta.get_field(name)
            model = relation.related_model
            where = f"{quoted(relation.field.column)} IN ({keys})"
            keys = f"SELECT pgh_obj_id FROM {table_of(model)} WHERE {where}"  # noqa: S608 - names of our tables
        yield model._meta.label_lower, table_of(model), where


def _changes(wanted: Mapping[str, set[int]]) -> list[RowChange]:
    """What some events changed, each against the state before it: their numbers by model, in their order.

    One or two queries for each model, and one for each kind of row that foreign keys point at.
    """
    found = [
        (label, event, parts)
        for label, numbers in wanted.items()
        if numbers
        for event, parts in _parts_changed(label, numbers)
    ]
    names = _names(part for _, _, parts in found for part in parts)
    changes = []
    for label, event, parts in found:
        model = tracked_models()[label][0]
        changes.append(
            RowChange(
                kind=str(model._meta.verbose_name).capitalize(),
                name=_name(model, event),
                label=LABELS.get(event.pgh_label, event.pgh_label),
                model=label,
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
        )
    return changes


def _parts_changed(
    label: str, numbers: set[int]
) -> Iterator[tuple[Any, list[tuple[Any, Any, Any]]]]:
    """Each event of a model with the columns that it changed: column, before, after."""
    model, event_model = tracked_models()[label]
    kept = {column.name for column in event_model._meta.concrete_fields}
    columns = [
        column
        for column in model._meta.concrete_fields
        if column.name in kept and column.name not in SILENT and not column.primary_key
    ]
    earlier = (
        event_model.objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
        .order_by("-pgh_id")
        .values("pgh_id")[:1]
    )
    events = list(
        event_model.objects.filter(pgh_id__in=numbers)
        .annotate(earlier_id=Subquery(earlier))
        .order_by("pgh_id")
    )
    before = {event.pgh_id: event for event in events}
    missing = {event.earlier_id for event in events} - before.keys() - {None}
    if missing:
        before |= event_model.objects.in_bulk(missing)
    for event in events:
        standing = before.get(event.earlier_id)
        parts = []
        for column in columns:
            was = getattr(standing, column.attname, None) if standing else None
            now = getattr(event, column.attname, None)
            if event.pgh_label == "delete":
                was, now = now, None
            if was != now and not (event.pgh_label == "insert" and now in ("", None, [], False)):
                parts.append((column, was, now))
        if parts or event.pgh_label != "update":
            yield event, parts


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
