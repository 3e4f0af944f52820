"""The line of authority as a chart: formally approved, held on interim authority, spent, forecast, over time."""

from __future__ import annotations

from collections.abc import Sequence

from budgets.outturn import ComingYear
from budgets.position import Moment, stretches_ahead
from council_hms.charts import Band, Chart, Line, steps_over_time
from council_hms.money import in_words


def authority_chart(
    project_title: str, moments: Sequence[Moment], coming: Sequence[ComingYear] = ()
) -> Chart:
    """Approved, approved with interim, and spent; the stretch in which spend ran ahead is marked and named.

    ``coming`` draws on what is approved for later years, and what the work is forecast to have cost by the
    end of this year and of each later one.
    """
    today = moments[-1].day
    days = [moment.day for moment in moments]
    approved = [moment.approved for moment in moments]
    forecast = [None] * (len(moments) - 1) + [moments[-1].spent]
    for year in coming:
        if year.year.first_day > today:
            days.append(year.year.first_day)
            approved.append(year.approved_to_end)
            forecast.append(forecast[-1])
        if year.year.last_day > today:
            days.append(year.year.last_day)
            approved.append(year.approved_to_end if days[-2] > today else approved[-1])
            forecast.append(year.forecast_to_end)
    later = [None] * (len(days) - len(moments))
    lines = [
        Line("Formally approved", approved),
        Line("Spent", [*(moment.spent for moment in moments), *later]),
    ]
    if any(moment.interim for moment in moments):
        held = (moment.approved + moment.interim for moment in moments)
        lines.append(Line("With interim", [*held, *later]))
    if coming:
        lines.append(Line("Forecast", forecast))
    bands = [
        Band(
            stretch.since,
            stretch.until or today,
            f"{in_words(stretch.most)} ahead of formal approval",
        )
        for stretch in stretches_ahead(moments)
    ]
    title = (
        f"Approved, spent and forecast, {project_title}"
        if coming
        else f"Approved and spent, {project_title}"
    )
    return steps_over_time(title, days, lines, bands, today)
