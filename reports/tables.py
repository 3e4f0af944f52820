"""Tables of Cabinet reports."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html

from council_hms.tables import BaseTable, Date, Words, tag
from reports.models import Report


class ReportTable(BaseTable):
    """The reports that are written, cleared and published."""

    reference = Words(linkify=lambda record: record.get_absolute_url())
    title = Words()
    body = Words(accessor="body__name", verbose_name="To")
    meeting_on = Date(verbose_name="Meeting")
    about = Words(verbose_name="Projects", orderable=False)
    standing = Words(verbose_name="Standing", orderable=False)

    class Meta(BaseTable.Meta):
        model = Report
        fields = ("reference", "title", "body", "meeting_on", "about", "standing")

    def render_standing(self, record: Any) -> Any:
        words, colour = record.status
        return format_html("{}", tag(words, colour))

    def value_standing(self, record: Any) -> str:
        return str(record.status[0])
