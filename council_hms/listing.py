"""A list page, declared: rows one may see, a filter, a table; searched, sorted, paged, totalled, taken away as a file.

The whole of a list (views, addresses and template come with it)::

    class SpendTable(BaseTable):
        posted_on = Date(verbose_name="Posted")
        project = Words(accessor="project__reference", linkify=lambda record: ...)
        amount = Money(verbose_name="Amount (£)")

    class SpendFilter(ListFilter):
        search_fields = ["description", "supplier"]
        nature = ChoiceFilter(choices=Nature.choices)
        amount_from = MoneyFilter(field_name="amount", lookup_expr="gte", label="Amount from")

    class SpendList(ListPage):
        url_name, title = "all_spend", "Spend"
        table_class, filter_class = SpendTable, SpendFilter
        order = ("-posted_on", "-pk")
        totals = {"Amount": "amount"}
        empty_text = "Spend is entered on a project's page or imported from the ledger."

        def rows(self):
            return SpendEntry.objects.visible_to(self.user).select_related("project")

    @require_GET
    @allow(*SEES)
    def all_spend(request, format=""):
        return SpendList(request, format=format).answer()

    urlpatterns = [*list_paths("spend", all_spend, "all_spend")]  # /spend/ and /spend.xlsx

Only what is declared here is read from the address: an unknown or impossible sort key, page, page
size or filter is passed over (a filter with its message), and never an error. Pages by number go
to the first 10,000 rows; beyond them the next page starts after the last row shown, so that a
deep page costs what the first does. Counts stop at 10,001.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import connection
from django.db.models import ExpressionWrapper, F, Field, Model, Q, QuerySet, Sum
from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header

from council_hms.access import Permission, may
from council_hms.fields import FinancialYearFormField, MoneyFormField
from council_hms.forms import GovukForm
from council_hms.grid import Format, Value
from council_hms.outputs import FORMATS, file_name
from council_hms.outputs import csv as csv_file
from council_hms.outputs.stream import xlsx_rows
from council_hms.tables import BaseTable, History

log = logging.getLogger("council_hms.exports")

PER_PAGE = (25, 50, 100)
#: Rows that are counted and paged by number; beyond them pages follow one another.
COUNTED = 10_000
LIST_FORMATS = ("xlsx", "csv")
_ROWS_AT_ONCE = 2_000


# -- filters ----------------------------------------------------------------------------------


class ChoiceFilter(django_filters.ChoiceFilter):
    """One of fixed choices; the empty one shows all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "All")
        super().__init__(*args, **kwargs)


class RowFilter(django_filters.ModelChoiceFilter):
    """A row of another table; pass ``queryset`` as a callable of the request, so that it is what one may see."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "All")
        super().__init__(*args, **kwargs)


class DateFilter(django_filters.DateFilter):
    """A day, with the browser's own date input."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(*args, **kwargs)


class MoneyFilter(django_filters.Filter):
    """An amount as people type it: 1.2m, £375k, (6.8)."""

    field_class = MoneyFormField


class YearFilter(django_filters.Filter):
    """A financial year as people type it: 2023-24 or 23/24."""

    field_class = FinancialYearFormField


class FilterForm(GovukForm):
    """The form above a list. Nothing in it is required."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class ListFilter(django_filters.FilterSet):
    """Filters of a list. ``search_fields`` gives a search box: every word must occur in one of them."""

    search_fields: ClassVar[Sequence[str]] = ()
    search_help: ClassVar[str] = "Every word you enter must occur"

    q = django_filters.CharFilter(method="search", label="Search", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.search_fields:
            del self.filters["q"]

    def get_form_class(self) -> type[forms.Form]:
        fields: dict[str, Any] = {name: filter_.field for name, filter_ in self.filters.items()}
        for name, field in fields.items():
            if field.label:
                field.label = str(field.label)[0].upper() + str(field.label)[1:]
            if name == "q":
                field.widget.input_type = "search"
                field.help_text = self.search_help
        return type(f"{type(self).__name__}Form", (FilterForm,), fields)

    def search(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Rows in which each of the words (eight at most) occurs in one of the search fields."""
        for word in text.split()[:8]:
            found = Q()
            for field in self.search_fields:
                found |= Q(**{f"{field}__icontains": word})
            rows = rows.filter(found)
        return rows

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter holds something."""
        self.form.is_valid()
        return any(value not in (None, "", []) for value in self.form.cleaned_data.values())


# -- the page ---------------------------------------------------------------------------------


class ListPage:
    """One list, for one request. Subclasses declare it; see the head of this file."""

    url_name: ClassVar[str]
    title: ClassVar[str]
    intro: ClassVar[str] = ""
    table_class: ClassVar[type[BaseTable]]
    filter_class: ClassVar[type[ListFilter]]
    #: How the rows lie unless a column is chosen. It ends with pk, so that no row is shown twice.
    order: ClassVar[Sequence[str]] = ("-pk",)
    #: Words → column: sums in pounds over everything that is filtered, not over the page.
    totals: ClassVar[Mapping[str, str]] = {}
    empty_title: ClassVar[str] = "There is nothing here yet"
    empty_text: ClassVar[str] = ""
    template: ClassVar[str] = "components/list_page.html"
    project_template: ClassVar[str] = "projects/project_list_page.html"

    def __init__(self, request: HttpRequest, *, format: str = "", project: Any = None) -> None:
        self.request = request
        self.user: Any = request.user
        self.format = format
        self.project = project

    # -- declared by subclasses ---------------------------------------------------------------

    def rows(self) -> QuerySet[Any]:
        """The rows this person may see, with what the table needs at hand."""
        raise NotImplementedError

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        """What the table draws for some rows, in their order: the rows, unless a list shapes them."""
        return rows

    def more_context(self) -> dict[str, Any]:
        """What else the template shows, such as ``actions``: (words, address) of buttons above the list."""
        return {}

    # -- the rows -----------------------------------------------------------------------------

    @cached_property
    def filter(self) -> ListFilter:
        return self.filter_class(self.request.GET, queryset=self.rows(), request=self.request)

    @cached_property
    def found(self) -> QuerySet[Any]:
        """All rows that the filters leave, in order."""
        return self.filter.qs.order_by(*self._ordering)

    @cached_property
    def _columns(self) -> dict[str, Any]:
        return {bound.name: bound for bound in self.table_class([]).columns}

    @cached_property
    def sort(self) -> str:
        """The column that was chosen to sort by, "-" before it for the other way; empty when none, or unknown."""
        asked = self.request.GET.get("sort", "")
        bound = self._columns.get(asked.removeprefix("-"))
        return asked if bound is not None and bound.orderable else ""

    @cached_property
    def _ordering(self) -> list[Any]:
        if not self.sort:
            return list(self.order)
        bound = self._columns[self.sort.removeprefix("-")]
        down = self.sort.startswith("-")
        keys: list[Any] = []
        for key in bound.order_by:
            name = str(key).removeprefix("-").replace(".", "__")
            falls = str(key).startswith("-") != down
            column = F(name)
            keys.append(column.desc(nulls_last=True) if falls else column.asc(nulls_last=True))
        return [*keys, "pk"]

    @cached_property
    def per_page(self) -> int:
        asked = self.request.GET.get("per_page", "")
        return int(asked) if asked in {str(size) for size in PER_PAGE} else PER_PAGE[0]

    @cached_property
    def count(self) -> int:
        """How many rows are filtered, up to 10,001."""
        return self.filter.qs.order_by()[: COUNTED + 1].count()

    @property
    def is_beyond_count(self) -> bool:
        return self.count > COUNTED

    @property
    def last_page(self) -> int:
        """The last page that has a number."""
        return max(1, -(-min(self.count, COUNTED) // self.per_page))

    @cached_property
    def page_number(self) -> int:
        asked = self.request.GET.get("page", "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
        return number if self.after else min(max(number, 1), self.last_page)

    # -- pages beyond the counted ones --------------------------------------------------------

    @cached_property
    def _key_fields(self) -> list[tuple[str, bool, Any]]:
        """Name, falling, field of the ordering when rows can be asked for "after this one"; else empty."""
        if self.sort:
            return []
        model: type[Model] = self.filter.queryset.model
        fields = []
        for key in self.order:
            name = key.removeprefix("-")
            try:
                field = model._meta.pk if name == "pk" else model._meta.get_field(name)
            except FieldDoesNotExist:
                return []
            if getattr(field, "null", True) or field.is_relation:
                return []
            fields.append((name, key.startswith("-"), field))
        return fields if len({falls for _, falls, _ in fields}) == 1 else []

    @cached_property
    def after(self) -> list[Any]:
        """The keys of the row after which this page starts; empty on numbered pages or when unreadable."""
        text = self.request.GET.get("after", "")[:200]
        parts = text.split("~") if text else []
        if not parts or len(parts) != len(self._key_fields):
            return []
        keys = []
        for part, (_, _, field) in zip(parts, self._key_fields, strict=True):
            try:
                key = field.to_python(part)
            except (ValidationError, ValueError, OverflowError):
                return []
            if isinstance(key, int) and not -(2**31) < key < 2**63:
                return []
            keys.append(key)
        return [] if None in keys else keys

    def _from_there(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows after the key: the leading column first, which an index can follow, then the exact place."""
        exactly = Q()
        equal = Q()
        for (name, falls, _), key in zip(self._key_fields, self.after, strict=True):
            exactly |= equal & Q(**{f"{name}__{'lt' if falls else 'gt'}": key})
            equal &= Q(**{name: key})
        (name, falls, _), key = self._key_fields[0], self.after[0]
        return rows.filter(Q(**{f"{name}__{'lte' if falls else 'gte'}": key}) & exactly)

    @cached_property
    def _slice(self) -> list[Any]:
        """The rows of this page and one more, which says that another page follows."""
        if self.after:
            return list(self._from_there(self.found)[: self.per_page + 1])
        start = (self.page_number - 1) * self.per_page
        return list(self.found[start : start + self.per_page + 1])

    @property
    def page_rows(self) -> list[Any]:
        return self._slice[: self.per_page]

    @property
    def next_address(self) -> str:
        """The address of the next page; empty on the last."""
        if len(self._slice) <= self.per_page:
            return ""
        number = self.page_number + 1
        if number <= self.last_page and not self.after:
            return self.address(page=str(number))
        if not self._key_fields:
            return ""
        last = self._slice[self.per_page - 1]
        keys = [field.value_to_string(last) for _, _, field in self._key_fields]
        return self.address(page=str(number), after="~".join(keys))

    @property
    def previous_address(self) -> str:
        if self.after:  # the way back leads to the last page that has a number
            return self.address(page=str(self.last_page))
        return self.address(page=str(self.page_number - 1)) if self.page_number > 1 else ""

    # -- addresses ----------------------------------------------------------------------------

    @cached_property
    def kept(self) -> dict[str, str]:
        """What the address says, as far as this list knows it."""
        known = {name: self.request.GET.get(name, "").strip() for name in self.filter.filters}
        known["sort"] = self.sort
        known["per_page"] = str(self.per_page) if self.per_page != PER_PAGE[0] else ""
        return {name: value for name, value in known.items() if value}

    def address(self, **changed: str) -> str:
        """The query of this list with some of it changed; the page starts again unless it is named."""
        parts = {**self.kept, **changed}
        return "?" + urlencode({name: value for name, value in parts.items() if value})

    @property
    def path(self) -> str:
        return reverse(self.url_name, kwargs=self._url_kwargs)

    @property
    def _url_kwargs(self) -> dict[str, str]:
        return {"reference": self.project.reference} if self.project is not None else {}

    @property
    def query(self) -> str:
        """What a saved view keeps."""
        return urlencode(self.kept)

    @property
    def downloads(self) -> list[dict[str, str]]:
        query = self.address()
        return [
            {
                "label": FORMATS[format].label,
                "href": reverse(
                    f"{self.url_name}_file", kwargs={**self._url_kwargs, "format": format}
                )
                + (query if query != "?" else ""),
            }
            for format in LIST_FORMATS
        ]

    @property
    def headings(self) -> list[dict[str, Any]]:
        """The heads with their sort links."""
        heads = []
        for bound in self.table.columns:
            name = bound.name
            turned = f"-{name}" if self.sort == name else name
            heads.append(
                {
                    "label": bound.header,
                    "is_figure": getattr(bound.column, "is_figure", False),
                    "href": self.address(sort=turned) if bound.orderable else "",
                    "sorted": {name: "ascending", f"-{name}": "descending"}.get(self.sort, "none"),
                }
            )
        return heads

    # -- drawing ------------------------------------------------------------------------------

    @cached_property
    def table(self) -> BaseTable:
        table = self.table_class(list(self.present(self.page_rows)), orderable=True)
        if not may(self.user, Permission.SEE_HISTORY):
            for bound in list(table.columns):
                if isinstance(bound.column, History):
                    table.columns.hide(bound.name)
        return table

    def sums(self) -> list[tuple[str, Decimal]]:
        """The totals of everything that is filtered, in pounds. One query."""
        if not self.totals:
            return []
        summed = self.filter.qs.order_by().aggregate(
            **{f"sum_{place}": Sum(column) for place, column in enumerate(self.totals.values())}
        )
        return [
            (words, summed[f"sum_{place}"] or Decimal(0)) for place, words in enumerate(self.totals)
        ]

    def answer(self) -> HttpResponseBase:
        """The page, or the file when the address ends with a format. Raises 404 for one that lists have not."""
        if self.format:
            return self.download()
        from council_hms.models import SavedView

        context = {
            "list": self,
            "filter": self.filter,
            "table": self.table,
            "sums": self.sums() if self.count else [],
            "sizes": [(size, size == self.per_page) for size in PER_PAGE],
            "saved_views": list(SavedView.objects.filter(person=self.user, page=self.path)),
            "project": self.project,
            **self.more_context(),
        }
        template = self.project_template if self.project is not None else self.template
        return render(self.request, template, context)

    # -- files --------------------------------------------------------------------------------

    def file_heads(self) -> list[tuple[str, Format]]:
        return [
            (str(bound.header), getattr(bound.column, "format", Format.TEXT))
            for bound in self.table_class([]).file_columns()
        ]

    def file_rows(self) -> tuple[Iterator[Sequence[Any]], list[Callable[[Any], Value]] | None]:
        """The filtered rows in constant memory, and what each column makes a value by; None: rows hold values."""
        table = self.table_class([])
        bounds = table.file_columns()
        plain = self._plain_paths(table, bounds)
        if plain is not None:
            # no objects are built for a list whose columns are plain columns of the database
            stored, values = zip(*map(self._stored, plain, bounds), strict=True)
            return self.found.values_list(*stored).iterator(_ROWS_AT_ONCE), list(values)
        return self._resolved_rows([self._resolver(table, bound) for bound in bounds]), None

    def _resolved_rows(
        self, resolvers: Sequence[Callable[[Any], Value]]
    ) -> Iterator[Sequence[Value]]:
        for some in _in_chunks(self.found.iterator(_ROWS_AT_ONCE), _ROWS_AT_ONCE):
            for record in self.present(some):
                yield [resolve(record) for resolve in resolvers]

    def _stored(self, path: str, bound: Any) -> tuple[Any, Callable[[Any], Value]]:
        """What to ask the database for, and how a file's value is made of what is stored.

        A field that makes objects of what is stored (a year of its number) would make one for every row;
        here it makes them where the value is made, which is once for values that come again.
        """
        value = bound.column.value
        field = None
        if path not in self.filter.queryset.query.annotations:
            field = _column(self.filter.queryset.model, path)
        load = getattr(field, "from_db_value", None)
        if load is None:
            return path, value
        bare = ExpressionWrapper(F(path), output_field=Field())
        return bare, lambda raw: value(load(raw, bare, connection))

    def _plain_paths(self, table: BaseTable, bounds: Sequence[Any]) -> list[str] | None:
        if type(self).present is not ListPage.present:
            return None
        paths = []
        annotated = set(self.filter.queryset.query.annotations)
        for bound in bounds:
            name = str(bound.accessor).replace(".", "__")
            if hasattr(table, f"value_{bound.name}"):
                return None
            if name not in annotated and _column(self.filter.queryset.model, name) is None:
                return None
            paths.append(name)
        return paths

    @staticmethod
    def _resolver(table: BaseTable, bound: Any) -> Callable[[Any], Value]:
        own = getattr(table, f"value_{bound.name}", None)
        if own is not None:
            return lambda record: own(record=record)

        def resolve(record: Any) -> Value:
            raw = bound.accessor.resolve(record, quiet=True)
            return bound.column.value(raw)  # type: ignore[no-any-return]

        return resolve

    def download(self) -> HttpResponseBase:
        """The filtered rows as a file, streamed; one line in the log says who took what."""
        if self.format not in LIST_FORMATS:
            raise Http404("no such format")
        log.info(
            "export list=%s format=%s by=%s query=%s",
            self.url_name,
            self.format,
            self.user.pk,
            self.query[:300],
        )
        name = file_name(
            f"{self.project.reference if self.project else ''} {self.title}", self.format
        )
        kind = FORMATS[self.format].content_type
        heads = self.file_heads()
        rows, values = self.file_rows()
        answer: HttpResponseBase
        if self.format == "csv":
            answer = StreamingHttpResponse(
                csv_file.stream(heads, rows, values=values), content_type=kind
            )
        else:
            spool = tempfile.TemporaryFile()
            xlsx_rows(heads, rows, spool, values=values, name=self.title)
            spool.seek(0)
            answer = FileResponse(spool, content_type=kind)
        answer["Content-Disposition"] = content_disposition_header(True, name) or ""
        answer["Cache-Control"] = "no-store"
        return answer


def _column(model: Any, path: str) -> Any:
    """The field of a stored column to which a path of names leads through single-valued relations; else None."""
    try:
        for name in (parts := path.split("__"))[:-1]:
            field = model._meta.get_field(name)
            if not (field.many_to_one or field.one_to_one):
                return None
            model = field.related_model
        field = model._meta.get_field(parts[-1])
    except FieldDoesNotExist:
        return None
    return field if field.concrete and not field.is_relation else None


def _in_chunks(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    source = iter(rows)
    while chunk := list(islice(source, size)):
        yield chunk


def list_paths(route: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    """The two addresses of a list: ``route/`` (its name) and ``route.xlsx`` (``name_file``)."""
    return [
        path(f"{route}/", view, name=name),
        path(f"{route}.<slug:format>", view, name=f"{name}_file"),
    ]
