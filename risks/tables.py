"""The list of risks: each column once, for the page and for files. Its rows are standings as at a day."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html

from council_hms.tables import BaseTable, Choice, Count, Date, Words, tag
from risks.matrix import Band
from risks.models import RiskKind
from risks.standing import Standing

#: Colours of GOV.UK tags by band; the scale's word stands in the tag.
TAG_COLOURS = {Band.GREEN: "green", Band.AMBER: "orange", Band.RED: "red"}


def rating_tag(words: str, band: Band | None) -> Any:
    """A rating as a tag: its words on the colour of its band."""
    return tag(words, TAG_COLOURS[band]) if band else "No score yet"


class RiskTable(BaseTable):
    """Risks with their current score, its travel, and what is late."""

    reference = Words(
        accessor="risk__reference", linkify=lambda record: record.risk.get_absolute_url()
    )
    title = Words(accessor="risk__title", verbose_name="Risk", order_by=("title",))
    register = Words(accessor="risk__register__name", order_by=("register__project__reference",))
    kind = Choice(RiskKind, accessor="risk__kind", verbose_name="Kind", order_by=("kind",))
    owner = Words(accessor="risk__owner", order_by=("owner",))
    score = Count(verbose_name="Current score")
    rating = Words(accessor="rating", orderable=False)
    travel = Words(
        accessor="travel__label", verbose_name="Since the review before", orderable=False
    )
    target = Words(accessor="risk__pk", verbose_name="Target", orderable=False)
    reviewed_on = Date(accessor="now__reviewed_on", verbose_name="Reviewed")
    overdue = Count(
        accessor="overdue_controls", verbose_name="Controls overdue", order_by=("overdue_controls",)
    )

    def render_title(self, record: Standing) -> Any:
        risk = record.risk
        marks = [
            tag(words, colour)
            for is_so, words, colour in (
                (record.is_above_appetite, "Above appetite", "red"),
                (risk.exempt, "Exempt", "purple"),
                (risk.closed_on and risk.closed_on <= record.as_at, "Closed", "grey"),
                (risk.is_illustrative, "Illustrative", "yellow"),
            )
            if is_so
        ]
        return format_html("{}" + " {}" * len(marks), risk.title, *marks)

    def render_rating(self, record: Standing) -> Any:
        return rating_tag(record.band_word, record.band)

    def value_rating(self, record: Standing) -> str | None:
        return record.band_word or None

    def render_travel(self, record: Standing) -> Any:
        travel = record.travel
        if travel is None:
            return ""
        return format_html('<span aria-hidden="true">{}</span> {}', travel.arrow, travel.label)

    def render_target(self, record: Standing) -> str:
        return record.rated("target")

    def value_target(self, record: Standing) -> str | None:
        return record.rated("target") or None

    def render_overdue(self, record: Standing) -> Any:
        late = len(record.overdue_controls)
        return tag(f"{late} overdue", "red") if late else ""

    def value_overdue(self, record: Standing) -> int:
        return len(record.overdue_controls)


class RegisterTable(RiskTable):
    """The risks of one register: which one needs no saying."""

    register = None  # type: ignore[assignment]
