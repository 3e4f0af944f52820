"""Which lessons later projects have learned, and which were only noted."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from council_hms import outputs
from council_hms.access import SignedInRequest, allow, may
from council_hms.outputs import html
from lessons import summary
from lessons.adoption import adoption
from lessons.charts import adoption_chart
from lessons.models import (
    Lesson,
)
from lessons.views.common import SEES, P, file_of
from projects.models import Project
from projects.views.common import day_of


@require_GET
@allow(*SEES)
def lesson_adoption(request: SignedInRequest, format: str = "") -> HttpResponse:
    """Which lessons later projects have learned, and which were only noted, over the projects one may see."""
    day = day_of(request)
    projects = Project.objects.visible_to(request.user)
    lessons = list(Lesson.objects.binding(day).for_lists())
    rows = adoption(projects, lessons, day)
    grid = summary.adoption_grid(rows, day)
    if format:
        return file_of(grid, format, f"adoption of lessons {day.isoformat()}")
    standings = [row.standing for row in rows]
    return render(
        request,
        "lessons/adoption.html",
        {
            "rows": rows,
            "grid": grid,
            "chart": adoption_chart(rows, day),
            "table": html.grid(grid),
            "tally": [
                (words, standings.count(words)) for words in ("Learned", "Answered", "Only noted")
            ],
            "as_at": day,
            "sees_all": may(request.user, P.SEE_ALL_PROJECTS),
            "formats": [each for each in outputs.formats_for(grid) if each.suffix != "html"],
            "query": request.GET.urlencode(),
        },
    )
