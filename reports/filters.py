"""How the register of reports is narrowed down."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from budgets.models import GoverningBody
from council_hms.listing import DateFilter, ListFilter, RowFilter
from reports.models import Report, ReportProject


class ReportFilter(ListFilter):
    """Search and filters of the register of reports. Texts of drafts are not searched: some are exempt."""

    search_fields = ("reference", "title")
    search_help = "Reference or title"

    project = django_filters.CharFilter(method="about", label="Project reference", max_length=30)
    body = RowFilter(queryset=lambda request: GoverningBody.objects.all(), label="To")
    meeting_from = DateFilter(field_name="meeting_on", lookup_expr="gte", label="Meeting from")
    meeting_to = DateFilter(field_name="meeting_on", lookup_expr="lte", label="Meeting to")

    def about(self, rows: QuerySet[Report], name: str, reference: str) -> QuerySet[Report]:
        """Reports about a project."""
        named = ReportProject.objects.filter(project__reference__iexact=reference.strip())
        return rows.filter(pk__in=named.values("report_id"))
