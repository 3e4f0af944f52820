"""Tables of the room: each column once, for the page and for files."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html

from council_hms.tables import BaseTable, Choice, Status, Words, tag
from projects.models import Fund, Project, Stage


class ProjectTable(BaseTable):
    """The register of projects."""

    reference = Words(linkify=lambda record: record.get_absolute_url())
    title = Words()
    directorate = Words()
    service = Words()
    cabinet_member = Words(verbose_name="Cabinet member")
    fund = Choice(Fund)
    stage = Status(Stage, colours={Stage.DELIVERY: "blue", Stage.CLOSED: "green"})

    class Meta(BaseTable.Meta):
        model = Project
        fields = (
            "reference",
            "title",
            "directorate",
            "service",
            "cabinet_member",
            "fund",
            "stage",
        )

    def render_title(self, record: Project) -> Any:
        marks = [
            tag(words, colour)
            for is_so, words, colour in (
                (record.is_budget_head, "Budget head", "grey"),
                (record.is_illustrative, "Illustrative", "yellow"),
            )
            if is_so
        ]
        return format_html("{}" + " {}" * len(marks), record.title, *marks)

    def value_title(self, record: Project) -> str:
        return record.title
