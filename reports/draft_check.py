"""What the report checker says of a draft, by the same engine that checks a report from elsewhere.

What the review of a draft finds by itself, from the parts that it is made of, is left to the review.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.urls import reverse

from council_hms import document
from council_hms.findings import Finding
from projects.models import Project
from reports import check_page
from reports.checking.reading.draft import with_sources
from reports.disclosure import TYPED
from reports.examine import examine
from reports.review import Reviewed

#: Rules that the review knows better: it sees the parts and their amounts, the checker only the words.
_LEFT_TO_REVIEW = {"form.appendix-unused", "form.exempt-paragraph", "form.recommendation"}
#: Rules that both can find, each by its own evidence, and the review's finding that says the same.
_SAID_BY_REVIEW = {"form.key-decision": "reports.key_decision"}


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """The checker's answer on a draft, each thing once.

    ``disagreeing`` are figures of which no finding speaks; ``typed`` those that do not follow the ledger,
    untraced ones first; ``reviewed`` what the review found, less what ``typed`` says already.
    """

    counts: check_page.Counts
    findings: Sequence[check_page.ShownFinding]
    disagreeing: Sequence[check_page.Mark]
    typed: Sequence[check_page.Mark]
    reviewed: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a block is written, and what its author did not type: figures bound to the ledger, or all of it."""

    href: str
    bound: Collection[str] = ()
    is_typed: bool = True


def check_draft(read: Reviewed, found: Sequence[Finding]) -> DraftCheck:
    """Check the draft as its reader may read it; ``found`` is what the review found of it.

    Some twenty queries for each of its projects.
    """
    drawn = read.drawn.document
    paper, numbers = with_sources(drawn)
    by_block = _sources(read, drawn)
    sources = [
        by_block[number] if number is not None else _Source(read.header, is_typed=False)
        for number in numbers
    ]
    projects = list(
        Project.objects.visible_to(read.user).filter(
            pk__in=[project.pk for project in read.projects]
        )
    )
    examined = examine(
        paper,
        user=read.user,
        projects=projects,
        as_at=read.report.figures_as_at or read.today,
        today=read.today,
    )
    answer = examined.as_json()
    findings, marks, counts = check_page.outline(answer, lambda place: sources[place["block"]].href)
    codes = {finding.code for finding in found}
    shown = [
        number
        for number, finding in enumerate(findings)
        if finding.rule not in _LEFT_TO_REVIEW and _SAID_BY_REVIEW.get(finding.rule) not in codes
    ]
    told = {
        _spot(place)
        for finding in (answer["findings"][number] for number in shown)
        for place in finding.get("places", [finding["place"]])
    }
    figures = answer["figures"]

    def is_told(mark: check_page.Mark) -> bool:
        return _spot(figures[mark.number]["place"]) in told

    def is_typed(mark: check_page.Mark) -> bool:
        figure = figures[mark.number]
        source = sources[figure["place"]["block"]]
        return (
            source.is_typed
            and mark.printed not in source.bound
            and (
                figure["kind"] == "money"
                or (figure["kind"] == "percent" and mark.status == "untraced")
            )
        )

    typed = [mark for mark in marks if is_typed(mark)]
    printed: dict[str, set[str]] = defaultdict(set)
    for mark in typed:
        printed[mark.href].add(mark.printed)

    def is_said(finding: Finding) -> bool:
        """Whether each amount that a finding calls typed is among the figures shown here."""
        return finding.code == "reports.typed_figure" and printed[finding.href].issuperset(
            words.strip() for words in TYPED.findall(finding.message)
        )

    return DraftCheck(
        counts=counts,
        findings=[findings[number] for number in shown],
        disagreeing=[mark for mark in marks if mark.status == "disagrees" and not is_told(mark)],
        typed=sorted(
            (mark for mark in typed if mark.status != "disagrees" and not is_told(mark)),
            key=lambda mark: mark.status != "untraced",
        ),
        reviewed=[finding for finding in found if not is_said(finding)],
    )


def _spot(place: check_page.Place) -> tuple[object, ...]:
    return tuple(place.get(name) for name in ("block", "row", "column", "start"))


def _sources(read: Reviewed, drawn: document.Document) -> list[_Source]:
    """For each block of the draft where it is written: its own anchor's part, or that of the part that it is in."""
    preview = reverse("report_preview", args=[read.report.reference])
    sources = []
    kind, href = "", read.header
    for block in drawn.blocks:
        anchor = getattr(block, "anchor", "")
        part, _, label = anchor.partition("-")
        if part in ("recommendation", "paragraph", "appendix") and label:
            kind, href = part, read.at(part, label)
        elif isinstance(block, document.Heading) and block.level == 2:
            kind, href = "", preview
        # what stands under a recommendation is worked out from its lines of money
        derived = isinstance(block, document.GridBlock) or (kind == "recommendation" and not anchor)
        sources.append(_Source(href, _bound(block), is_typed=not derived))
    return sources


def _bound(block: document.Block) -> set[str]:
    """The figures of a block that follow the ledger, as printed."""
    texts: list[document.Text] = []
    if isinstance(block, document.Paragraph):
        texts = [block.text]
    elif isinstance(block, document.Bullets):
        texts = list(block.points)
    elif isinstance(block, document.Facts):
        texts = [text for _, text in block.pairs]
    return {span.text for text in texts for span in text if span.figure}
