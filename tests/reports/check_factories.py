"""A checked report with one figure and one finding, without reading a file."""

from __future__ import annotations

from council_hms.models import User
from reports.check_page import finding_key
from reports.checking.paper import Paper, Place, Prose
from reports.checking.result import CheckFinding, Figure, Result, Status, Weight
from reports.checking.stored import paper_to_json, result_to_json
from reports.models import CheckedText, ReportCheck


def make_check(by: User) -> ReportCheck:
    """A check of a one-line report that someone had made."""
    made = ReportCheck.objects.create(
        file_name="draft.txt", sha256="0" * 64, size=20, checked_by=by
    )
    place = Place(0, start=9, end=13, words="paragraph 1")
    result = Result(
        [Figure(place, "£10k", None, "money", Status.DISAGREES, "it is £12k elsewhere")],
        [CheckFinding("match.sibling", Weight.ERROR, "Paragraph 1 gives £10k.", [place])],
    )
    counts = {"agrees": 0, "rounding": 0, "disagrees": 1, "untraced": 0}
    CheckedText.objects.create(
        check_of=made,
        paper=paper_to_json(Paper((Prose("Spend is £10k.", number="1"),), "Draft", "txt")),
        answer={"title": "Draft", "format": "txt", "counts": counts, **result_to_json(result)},
    )
    return made


def first_key(check: ReportCheck) -> str:
    """The key of its finding."""
    return finding_key(check.text.answer["findings"][0])
