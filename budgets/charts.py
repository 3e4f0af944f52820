"""The line of authority as a chart: formally approved, held on interim authority, spent, over time."""

from __future__ import annotations

from collections.abc import Sequence

from budgets.position import Moment, stretches_ahead
from council_hms.charts import Band, Chart, Series, steps_over_time
from council_hms.money import in_words


def authority_chart(project_title: str, moments: Sequence[Moment]) -> Chart:
    """Approved, approved with interim, and spent; the stretch in which spend ran ahead is marked and named."""
    days = [moment.day for moment in moments]
    series = [
        Series("Formally approved", [moment.approved for moment in moments]),
        Series("Spent", [moment.spent for moment in moments]),
    ]
    if any(moment.interim for moment in moments):
        series.append(
            Series("With interim", [moment.approved + moment.interim for moment in moments])
        )
    bands = [
        Band(
            stretch.since,
            stretch.until or days[-1],
            f"{in_words(stretch.most)} ahead of formal approval",
        )
        for stretch in stretches_ahead(moments)
    ]
    return steps_over_time(f"Approved and spent, {project_title}", days, series, bands)
