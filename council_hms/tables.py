"""Tables of lists: one class says what a column is on the page (``render``) and in a file (``value``).

Files get numbers, dates and plain words, never what was drawn for people: an amount stays a
Decimal in pounds, a choice becomes its words, a year its label.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html

from council_hms import money
from council_hms.financial_year import FinancialYear
from council_hms.grid import Format, Value
from council_hms.history_log import link_to_history


class BaseTable(tables.Table):
    """A list in the GOV.UK manner. The first column is the row's head; columns sort unless they say not."""

    class Meta:
        template_name = "components/table.html"
        attrs: ClassVar = {"class": "govuk-table"}
        default = ""

    def file_columns(self) -> list[Any]:
        """The visible columns, in order: a hidden one is in no file."""
        return [bound for bound in self.columns if not getattr(bound.column, "page_only", False)]


class Words(tables.Column):
    """Text as it was written. Also the base of the others: ``format`` is what files make of the column."""

    format: ClassVar[Format] = Format.TEXT
    is_figure: ClassVar[bool] = False

    def __init__(self, *args: Any, page_only: bool = False, **kwargs: Any) -> None:
        self.page_only = page_only
        numeric = "--numeric" if self.is_figure else ""
        attrs = kwargs.setdefault("attrs", {})
        attrs.setdefault("th", {"class": f"govuk-table__header govuk-table__header{numeric}"})
        attrs.setdefault("td", {"class": f"govuk-table__cell govuk-table__cell{numeric}"})
        attrs.setdefault("a", {"class": "govuk-link"})
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def value(self, value: Any) -> Value:  # type: ignore[override]
        """What a file holds for the raw value."""
        return None if value is None else str(value)


class Money(Words):
    """Pounds: ``£`` in the head, pence only where there are any, nil as ``-``; exact in files."""

    format: ClassVar[Format] = Format.MONEY
    is_figure: ClassVar[bool] = True

    def render(self, value: Decimal) -> Any:  # type: ignore[override]
        places = 0 if value == value.to_integral_value() else 2
        shown = money.show(value, places=places)
        if value < 0:
            return format_html('<span class="grid__figure--negative">{}</span>', shown)
        return shown

    def value(self, value: Any) -> Value:  # type: ignore[override]
        return value if isinstance(value, Decimal) else None


class Count(Words):
    """A whole number."""

    format: ClassVar[Format] = Format.COUNT
    is_figure: ClassVar[bool] = True

    def render(self, value: int) -> str:  # type: ignore[override]
        return f"{value:,}"

    def value(self, value: Any) -> Value:  # type: ignore[override]
        return value if isinstance(value, int) else None


class Year(Words):
    """A financial year: ``2023-24`` on the page and in files."""

    def render(self, value: FinancialYear) -> str:  # type: ignore[override]
        return value.label

    def value(self, value: Any) -> Value:  # type: ignore[override]
        return value.label if isinstance(value, FinancialYear) else None


class Date(Words):
    """A day: ``14 June 2023`` on the page, a real date in files."""

    format: ClassVar[Format] = Format.DATE

    def render(self, value: dt.date) -> str:  # type: ignore[override]
        return f"{value.day} {value:%b %Y}"

    def value(self, value: Any) -> Value:  # type: ignore[override]
        if isinstance(value, dt.datetime):
            return timezone.localtime(value).date()
        return value if isinstance(value, dt.date) else None


class Moment(Words):
    """A moment, to the second in Europe/London, in words that sort: ``2023-06-14 10:05:31``."""

    def render(self, value: dt.datetime) -> str:  # type: ignore[override]
        local = timezone.localtime(value)
        return f"{local.day} {local:%b %Y, %H:%M:%S}"

    def value(self, value: Any) -> Value:  # type: ignore[override]
        if not isinstance(value, dt.datetime):
            return None
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"


class History(Words):
    """The way to the history of the row, on the page of a list, for those who may see it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args,
            accessor="pk",
            verbose_name="History",
            orderable=False,
            page_only=True,
            **kwargs,
        )

    def render(self, record: Any) -> Any:  # type: ignore[override]
        return link_to_history(record, str(record))


class Choice(Words):
    """One of fixed choices, in its words: ``Choice(ChangeKind)``."""

    def __init__(self, choices: Any, *args: Any, **kwargs: Any) -> None:
        pairs = getattr(choices, "choices", choices)
        self.words: Mapping[Any, str] = dict(pairs)
        super().__init__(*args, **kwargs)

    def render(self, value: Any) -> str:  # type: ignore[override]
        return self.words.get(value, str(value))

    def value(self, value: Any) -> Value:  # type: ignore[override]
        return None if value in (None, "") else self.words.get(value, str(value))


class YesNo(Words):
    """Yes, or nothing: an empty cell is easier to scan than a column of No."""

    def render(self, value: bool) -> str:  # type: ignore[override]
        return "Yes" if value else ""

    def value(self, value: Any) -> Value:  # type: ignore[override]
        return "Yes" if value else "No"


class Status(Choice):
    """A choice as a tag; ``colours`` by value. The words always stand in it: colour is never alone."""

    def __init__(
        self, choices: Any, *args: Any, colours: Mapping[Any, str] | None = None, **kwargs: Any
    ) -> None:
        self.colours = colours or {}
        super().__init__(choices, *args, **kwargs)

    def render(self, value: Any) -> Any:  # type: ignore[override]
        return tag(self.words.get(value, str(value)), self.colours.get(value, "grey"))


def tag(words: str, colour: str = "grey") -> Any:
    """A GOV.UK tag."""
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, words)
