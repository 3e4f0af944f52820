"""The list of imports and the list of an import's faults, each also as a file."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from budgets.imports.parse import letter
from budgets.models import ImportFault, ImportKind, ImportRun, ImportState
from council_hms.access import Permission, may
from council_hms.grid import Value
from council_hms.listing import ChoiceFilter, DateFilter, ListFilter, ListPage, RowFilter
from council_hms.models import User
from council_hms.tables import BaseTable, Choice, Count, Moment, Status, Words

P = Permission


class ImportTable(BaseTable):
    """Files that were sent."""

    file_name = Words(verbose_name="File", linkify=lambda record: record.get_absolute_url())
    kind = Choice(ImportKind)
    project = Words(accessor="project__reference", order_by="project__reference")
    state = Status(
        ImportState,
        colours={"applied": "green", "checked": "yellow", "checking": "blue", "applying": "blue"},
    )
    faults = Count(verbose_name="Faults")
    rows_in_file = Count(verbose_name="Rows")
    new_rows = Count(verbose_name="New")
    unchanged_rows = Count(verbose_name="Unchanged")
    started_by = Words(
        accessor="started_by__name", order_by="started_by__name", verbose_name="Sent by"
    )
    started_at = Moment(verbose_name="Sent")
    sha256 = Words(verbose_name="File's fingerprint", orderable=False, visible=False)


class ImportFilter(ListFilter):
    """Imports."""

    search_fields = ("file_name", "project__reference")
    search_help = "File name or project"

    kind = ChoiceFilter(choices=ImportKind.choices)
    state = ChoiceFilter(choices=ImportState.choices)
    started_by = RowFilter(
        queryset=lambda request: User.objects.filter(
            pk__in=ImportRun.objects.visible_to(request.user).values("started_by")
        ),
        label="Sent by",
    )
    sent_from = DateFilter(field_name="started_at", lookup_expr="date__gte", label="Sent from")
    sent_to = DateFilter(field_name="started_at", lookup_expr="date__lte", label="Sent until")


class ImportList(ListPage):
    """Every file that was sent to be imported."""

    url_name, title = "import_list", "Imports"
    intro = "Every file that was sent: by whom, when, and what became of it."
    table_class, filter_class = ImportTable, ImportFilter
    order = ("-pk",)
    empty_title = "No file has been imported yet"
    empty_text = "Ledger downloads, cost plans and budget lines come in from Excel, CSV and OpenDocument files."

    def rows(self) -> QuerySet[Any]:
        return (
            ImportRun.objects.visible_to(self.user)
            .select_related("project", "started_by")
            .defer("outline", "findings", "choices")
        )

    def more_context(self) -> dict[str, Any]:
        if not may(self.user, P.ENTER_BUDGETS):
            return {}
        from django.urls import reverse

        return {"actions": [("Import a file", reverse("import_new"))]}


class FaultTable(BaseTable):
    """What is wrong in a file."""

    row = Count(verbose_name="Row")
    place = Words(verbose_name="Column")
    head = Words(verbose_name="Its head", orderable=False)
    value = Words(verbose_name="In the file", orderable=False)
    message = Words(verbose_name="What to do")

    def render_place(self, record: Any) -> str:
        return letter(record.place)

    def value_place(self, record: Any) -> Value:
        return letter(record.place)


class FaultFilter(ListFilter):
    """Faults."""

    search_fields = ("message", "value", "head")
    search_help = "Words of the fault, the cell or the head"


class FaultList(ListPage):
    """Every fault of one file."""

    url_name, title = "import_faults", "Faults"
    table_class, filter_class = FaultTable, FaultFilter
    order = ("row", "place", "pk")
    empty_title = "There are no faults"
    run: ImportRun

    @property
    def _url_kwargs(self) -> dict[str, Any]:
        return {"number": self.run.pk}

    def rows(self) -> QuerySet[Any]:
        return ImportFault.objects.filter(run=self.run)

    def more_context(self) -> dict[str, Any]:
        return {"actions": [(f"Back to {self.run.file_name}", self.run.get_absolute_url())]}
