"""Files that were sent to be imported: each with who, when and what became of it, its rows while they wait, its faults.

The ledger's own history says what an import changed, under the import's number. These tables keep
the work in between and are no part of the ledger: staged rows go when the import is done.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils import timezone

from budgets.models.change import BudgetChange
from budgets.models.plan import CostPlan
from council_hms.access import Permission, may
from council_hms.constraints import one_of
from council_hms.fields import MoneyField
from council_hms.history import tracked
from council_hms.money import Unit
from projects.models import Project

if TYPE_CHECKING:
    from council_hms.models import User


class ImportKind(models.TextChoices):
    """What the rows of a file are."""

    SPEND = "spend", "Spend"
    PLAN = "plan", "Cost plan"
    LINES = "lines", "Budget lines"


class ImportState(models.TextChoices):
    """How far an import has come."""

    SENT = "sent", "Columns to be chosen"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Checked, not yet imported"
    APPLYING = "applying", "Being imported"
    APPLIED = "applied", "Imported"
    DISCARDED = "discarded", "Discarded"


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    """Imports."""

    def visible_to(self, user: User | Any) -> Self:
        """Those of everybody for whoever sees every project; else one's own."""
        if may(user, Permission.SEE_ALL_PROJECTS):
            return self
        return self.filter(started_by=user)


class ImportRun(models.Model):
    """One file on its way into the ledger."""

    kind = models.CharField(max_length=5, choices=ImportKind)
    state = models.CharField(max_length=9, choices=ImportState, default=ImportState.SENT)
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    change = models.ForeignKey(
        BudgetChange,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="imports",
        help_text="The draft that its lines go into",
    )
    plan = models.ForeignKey(
        CostPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    file_name = models.CharField(max_length=200)
    file_kind = models.CharField(max_length=5)
    size = models.PositiveIntegerField("bytes")
    sha256 = models.CharField(max_length=64)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="imports"
    )
    started_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now, help_text="Last sign of work on it")
    finished_at = models.DateTimeField(null=True, blank=True)
    is_edit_copy = models.BooleanField(
        default=False, help_text="A copy that the product gave out to be edited and sent back"
    )
    #: How the file is read: sheet, row of heads, columns, unit; kept by choices.py.
    choices = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    #: The first rows of each sheet as text, for choosing columns.
    outline = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    rows_in_file = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    #: What was found and what would change or has changed; written by stage.py and apply.py.
    findings = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    faults = models.PositiveIntegerField(default=0)
    new_rows = models.PositiveIntegerField(default=0)
    unchanged_rows = models.PositiveIntegerField(default=0)
    refused_rows = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True, help_text="Why the last step came to nothing")

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            one_of("kind", ImportKind, model="import_run"),
            one_of("state", ImportState, model="import_run"),
        ]
        indexes: ClassVar = [models.Index(fields=["sha256"], name="import_run_same_file")]

    def __str__(self) -> str:
        return f"Import {self.pk}: {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("import_run", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        return self.state in (ImportState.CHECKING, ImportState.APPLYING)

    @property
    def unit(self) -> Unit:
        """What bare amounts of the file count in."""
        return Unit(self.choices.get("unit") or Unit.POUNDS)


class ImportFile(models.Model):
    """The file as it was sent, to be read again and given back with its faults marked."""

    run = models.OneToOneField(ImportRun, on_delete=models.CASCADE, primary_key=True)
    content = models.BinaryField()
    is_compressed = models.BooleanField(default=False)

    @classmethod
    def keep(cls, run: ImportRun, sent: bytes) -> Self:
        """Keep what was sent; a CSV compressed, a fifth of its size. Most workbooks are zip files already."""
        is_zip = sent.startswith(b"PK")
        content = sent if is_zip else zlib.compress(sent, level=1)
        return cls.objects.create(run=run, content=content, is_compressed=not is_zip)

    @property
    def sent(self) -> bytes:
        """Every byte as it was sent."""
        return zlib.decompress(self.content) if self.is_compressed else bytes(self.content)

    def __str__(self) -> str:
        return f"File of import {self.run_id}"


class ImportPiece(models.Model):
    """Some thousand rows of a sheet as text, so that a file is opened once and its columns chosen after.

    ``sheet`` as in the outline, from 0; ``number`` their order; ``rows`` packed (spreadsheets.unpack) and
    compressed. They go with the staged rows; then the file itself is opened again.
    """

    run = models.ForeignKey(
        ImportRun, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    sheet = models.SmallIntegerField()
    number = models.IntegerField()
    rows = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["run", "sheet", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "sheet", "number"], name="import_piece_in_order")
        ]

    def __str__(self) -> str:
        return f"Piece {self.number} of import {self.run_id}"


class ImportRow(models.Model):
    """One amount of a file, read, waiting for the check and for whoever confirms it.

    ``number`` is the row of the sheet, ``place`` the column of the amount (from 1) where years stand
    side by side. The table is unlogged: a crash of the server empties it, and the file is checked again.
    It has no foreign keys, so that staging 100,000 rows costs a tenth of storing them.
    """

    pk = models.CompositePrimaryKey("run_id", "number", "place")
    run_id = models.BigIntegerField()
    number = models.IntegerField()
    place = models.SmallIntegerField()
    project = models.TextField(null=True)
    work_package = models.TextField(null=True)
    posted_on = models.DateField(null=True)
    year = models.SmallIntegerField(null=True)
    nature = models.TextField(null=True)
    source = models.TextField(null=True)
    amount = MoneyField(null=True)
    description = models.TextField(null=True)
    supplier = models.TextField(null=True)
    ledger_reference = models.TextField(null=True)
    note = models.TextField(null=True)

    def __str__(self) -> str:
        return f"Row {self.number}"


class ImportFault(models.Model):
    """One thing that is wrong in a file: where, what stands there, and what to do."""

    run = models.ForeignKey(
        ImportRun, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    row = models.IntegerField()
    place = models.SmallIntegerField("column", help_text="From 1; 0 when no column is to blame")
    head = models.TextField()
    value = models.TextField()
    message = models.TextField()

    class Meta:
        ordering: ClassVar = ["run", "row", "place", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["run", "row", "place", "id"], name="import_fault_in_order")
        ]

    def __str__(self) -> str:
        return f"Row {self.row}: {self.message}"


@tracked
class ColumnName(models.Model):
    """What the council calls a column in its own files, as somebody once chose; remembered for each kind."""

    kind = models.CharField(max_length=5, choices=ImportKind)
    head = models.CharField(max_length=120, help_text="Small letters and figures only")
    column = models.CharField(max_length=30, blank=True, help_text="Empty: left out")

    class Meta:
        ordering: ClassVar = ["kind", "head"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "head"],
                name="column_name_once_a_kind",
                violation_error_message="This name is remembered already",
            ),
            one_of("kind", ImportKind, model="column_name"),
        ]

    def __str__(self) -> str:
        return self.head
