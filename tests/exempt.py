"""Canaries in every exempt field, and the means to find them in whatever leaves the product.

Exempt models are found by themselves (every model that is Exemptable), so that a new one is watched
from its first day. Files are unpacked: every part of a workbook or Word file, every page of a PDF.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_plus

import pypdfium2
from django.apps import apps
from django.db import connection, models
from django.db.models import Value
from django.db.models.functions import Cast, Concat, Replace
from django.http import HttpResponseBase

from council_hms.exemption import Exemptable
from council_hms.fields import MoneyField

#: What is public of an exempt row: its title in the list of appendices, the label others refer to it by.
PUBLIC_FIELDS = {"reports.Appendix": {"title", "label"}, "reports.Paragraph": {"label"}}


@dataclass(frozen=True, slots=True)
class Canary:
    """A value that stands in one exempt field and nowhere else, and what it may look like outside."""

    model: type[models.Model]
    field: str
    value: str | Decimal
    needles: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.field}"


def exempt_models() -> list[type[models.Model]]:
    """Every model whose rows may be exempt."""
    return sorted(
        (model for model in apps.get_models() if issubclass(model, Exemptable)),
        key=lambda model: model._meta.label,
    )


def watched_fields(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    """The fields of an exempt row that hold words or amounts of its own and are not public."""
    public = PUBLIC_FIELDS.get(model._meta.label, set())
    for field in model._meta.concrete_fields:
        if field.name in public or field.choices or field.is_relation:
            continue
        if isinstance(field, models.TextField | models.CharField | MoneyField):
            yield field


def canaries(seed: int) -> list[Canary]:
    """One canary for each exempt field. Another seed gives other words and amounts, of the same length."""
    found = []
    number = 0
    for model in exempt_models():
        for field in watched_fields(model):
            number += 1
            if isinstance(field, MoneyField):
                # a later field holds less: what is claimed of a discount is never more than the discount
                amount = Decimal(f"{6 + seed}{999 - number}{204 + seed}.{17 + seed}")
                found.append(Canary(model, field.name, amount, looks_of(amount)))
            else:
                word = f"{'qvx' if seed == 1 else 'wzj'}canary{number:03}t"
                found.append(Canary(model, field.name, word, (word,)))
    return found


def looks_of(amount: Decimal) -> tuple[str, ...]:
    """An amount in pounds, thousands and millions, as outputs show it, without commas."""
    return (
        f"{amount}",
        f"{int(amount)}",
        f"{amount / 1000:.1f}",
        f"{amount / 1_000_000:.3f}m",
        f"{int(amount) // 1000}k",
    )


def plant(planted: Iterable[Canary]) -> None:
    """Make every row of the exempt models exempt and put the canaries into its fields."""
    by_model: dict[type[models.Model], dict[str, Any]] = {}
    for canary in planted:
        by_model.setdefault(canary.model, {})[canary.field] = canary.value
    for model, values in by_model.items():
        rows: Any = model._default_manager
        rows.update(
            exempt=True,
            exempt_paragraphs=[3],
            **{
                field: Concat(
                    Value(f"{value}-"), Cast("pk", models.TextField())
                )  # titles are unique
                if isinstance(value, str)
                else value
                for field, value in values.items()
            },
        )


def exchange(old: Iterable[Canary], new: Iterable[Canary]) -> None:
    """Turn this database into its twin: other exempt values in rows and in their history, all else the same.

    Past the triggers, so that no further event tells the two apart.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for before, after in zip(old, new, strict=True):
            for model in (before.model, *_events_of(before.model)):
                rows: Any = model._default_manager
                if isinstance(before.value, str):
                    rows.filter(**{f"{before.field}__contains": before.value}).update(
                        **{
                            before.field: Replace(
                                before.field, Value(before.value), Value(after.value)
                            )
                        }
                    )
                else:
                    rows.filter(**{before.field: before.value}).update(
                        **{before.field: after.value}
                    )
        cursor.execute("SET LOCAL session_replication_role = origin")


def _events_of(model: type[models.Model]) -> list[type[models.Model]]:
    return [each for each in apps.get_models() if getattr(each, "pgh_tracked_model", None) is model]


# -- what left the product ----------------------------------------------------------------------


def parts_of(response: HttpResponseBase) -> Iterator[tuple[str, str]]:
    """Everything an answer says: where, and the words. Files are unpacked."""
    yield "status", str(response.status_code)
    for name, value in response.headers.items():
        yield f"header {name}", value
    for name, cookie in response.cookies.items():
        if name not in ("csrftoken", "sessionid"):
            yield f"cookie {name}", cookie.value
    streamed = getattr(response, "streaming_content", None)
    content = b"".join(streamed) if streamed is not None else response.content  # type: ignore[attr-defined]
    yield from parts_of_bytes("body", content)


def parts_of_bytes(where: str, content: bytes) -> Iterator[tuple[str, str]]:
    """The words of a file: of every member of an archive, of every page of a PDF, else of the bytes as they are."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield f"{where}: comment", archive.comment.decode("utf-8", "replace")
            for member in archive.infolist():
                yield f"{where}: member", member.filename
                yield from parts_of_bytes(f"{where}: {member.filename}", archive.read(member))
        return
    yield where, content.decode("utf-8", "replace")
    if content[:5] == b"%PDF-":
        paper = pypdfium2.PdfDocument(content)
        yield f"{where}: metadata", repr(paper.get_metadata_dict())
        for number in range(len(paper)):
            yield f"{where}: page {number + 1}", paper[number].get_textpage().get_text_range()


def plainly(words: str) -> str:
    """Words as a reader takes them in: unescaped, without the commas of thousands, in small letters."""
    return html.unescape(unquote_plus(words)).replace(",", "").lower()


def hits(response: HttpResponseBase, wanted: Iterable[Canary]) -> list[str]:
    """Which canaries an answer holds, and where."""
    found = []
    for where, words in parts_of(response):
        plain = plainly(words)
        found += [
            f"{canary} in {where}"
            for canary in wanted
            if any(needle.lower() in plain for needle in canary.needles)
        ]
    return found


#: What differs between two answers to the same question, without telling anything.
PASSING = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]*"|name="once" value="[^"]*"|nonce-[\w+/=]+'
)


def bytes_of(response: HttpResponseBase) -> bytes:
    """An answer as it is compared with its twin's: all of it but tokens."""
    streamed = getattr(response, "streaming_content", None)
    content = b"".join(streamed) if streamed is not None else response.content  # type: ignore[attr-defined]
    head = [f"{name}: {value}" for name, value in response.headers.items() if name != "Expires"]
    return PASSING.sub(b"", "\n".join([str(response.status_code), *head]).encode() + content)
