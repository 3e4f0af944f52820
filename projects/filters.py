"""Filters of the room's lists."""

from __future__ import annotations

from typing import Any

from council_hms.listing import ChoiceFilter, ListFilter
from projects.models import Fund, Stage


class ProjectFilter(ListFilter):
    """Search and filters of the register. Directorates and cabinet members offered are those one may see."""

    search_fields = ("reference", "title", "directorate", "service", "cabinet_member")
    search_help = "Reference, title, directorate, service or cabinet member"

    directorate = ChoiceFilter(label="Directorate")
    cabinet_member = ChoiceFilter(label="Cabinet member")
    fund = ChoiceFilter(choices=Fund.choices, label="Fund")
    stage = ChoiceFilter(choices=Stage.choices, label="Stage")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in ("directorate", "cabinet_member"):
            values = (
                self.queryset.exclude(**{column: ""})
                .order_by(column)
                .values_list(column, flat=True)
            )
            self.filters[column].extra["choices"] = [(value, value) for value in values.distinct()]
