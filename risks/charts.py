"""The chart of a risk: its scores from review to review, with the bounds of the scale in force."""

from __future__ import annotations

from council_hms.charts import Chart, ScoreLine, scores_over_time
from risks.models.assessment import SCORES
from risks.standing import Standing


def history_chart(standing: Standing) -> Chart | None:
    """Current, gross and target score over time; None before the first review."""
    reviews, now = standing.reviews, standing.now
    if now is None:
        return None
    rule = now.scale.rule
    words = {"current": "Current", "gross": "Gross", "target": "Target"}
    order = ("current", *(name for name in SCORES if name != "current"))
    lines = []
    for name in order:
        points = [review.point(name) for review in reviews]
        if any(points):
            lines.append(ScoreLine(words[name], [p.score if p else None for p in points]))
    levels = [
        (rule.amber_from, f"{rule.band_words[1]} from {rule.amber_from}"),
        (rule.red_from, f"{rule.band_words[2]} from {rule.red_from}"),
    ]
    rows = []
    for review in reviews:
        row = [f"{review.reviewed_on.day} {review.reviewed_on:%B %Y}"]
        for name in order:
            point = review.point(name)
            row.append(review.scale.rule.rating(point) if point else "")
        rows.append(row)
    return scores_over_time(
        f"Scores of {standing.risk.reference} from review to review",
        [review.reviewed_on for review in reviews],
        lines,
        max(review.scale.rule.highest for review in reviews),
        levels,
        ["Review", *(words[name] for name in order)],
        rows,
    )
