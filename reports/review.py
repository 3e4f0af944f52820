"""Findings of a report before it is cleared: what it leaves open, contradicts or gives away, and what its projects' do.

Each check is a function over one ``Reviewed`` report; ``CHECKS`` lists them. What a reader without
the right to exempt matter may not read is not looked at for them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import Any

from django.urls import reverse

from budgets import authority
from budgets.models import KeyDecisionThreshold
from council_hms import findings as projects_findings
from council_hms import money
from council_hms.access import Permission, may
from council_hms.exemption import Audience
from council_hms.findings import Severity
from projects.models import Project
from reports.assemble import Amount, Assembled, amounts_of, assemble
from reports.clearance import standing_clearances
from reports.figures import BRACES, FigureReference, ReferenceProblem, parse, references
from reports.inserts import day_words, exempt_amounts
from reports.models import FieldSource, Recommendation, Report, Resolution, SeenFigures
from reports.references import Ledgers, labels_in

NIL = Decimal("0.00")
TYPED = re.compile(
    r"£\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:k|m|bn|million|thousand|billion)\b)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """One thing that somebody should look at before the report goes on: where it is and what it is."""

    code: str
    severity: Severity
    message: str
    href: str = ""
    project: str = ""  # for findings of its projects


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of the report: where it stands, in words, and where it is edited."""

    where: str
    text: str
    href: str
    exempt: bool = False


class Reviewed:
    """A report read once for all checks, by a person, on a day."""

    def __init__(self, report: Report, user: Any, today: dt.date) -> None:
        self.report = report
        self.user = user
        self.today = today
        self.sees_exempt = may(user, Permission.SEE_EXEMPT)
        self.writes = may(user, Permission.WRITE_REPORTS)
        self.audience = Audience.EXEMPT if self.sees_exempt else Audience.PUBLIC
        self.ledgers: Ledgers = {}

    @cached_property
    def drawn(self) -> Assembled:
        return assemble(self.report, self.audience, today=self.today, ledgers=self.ledgers)

    @cached_property
    def paragraphs(self) -> list[Any]:
        return list(self.report.paragraphs.read_by(self.audience))

    @cached_property
    def appendices(self) -> list[Any]:
        return list(self.report.appendices.read_by(self.audience))

    @cached_property
    def recommendations(self) -> list[Recommendation]:
        return list(self.report.recommendations.with_amounts())

    @cached_property
    def projects(self) -> list[Project]:
        return [row.project for row in self.report.report_projects.select_related("project")]

    @cached_property
    def amounts(self) -> list[tuple[int, Amount]]:
        """Each line of money that is recommended, with the number of its recommendation."""
        return [
            (number, line)
            for number, row in enumerate(self.recommendations, start=1)
            for line in amounts_of(row)
        ]

    @cached_property
    def passages(self) -> list[Passage]:
        """Every text of the report that this person may read."""
        found = [Passage("The purpose", self.report.purpose, self.header)]
        found += [
            Passage(f"Recommendation {number}", row.text, self.at("recommendation", row.label))
            for number, row in enumerate(self.recommendations, start=1)
        ]
        found += [
            Passage(f"Paragraph {number}", row.shown, self.at("paragraph", row.label), row.exempt)
            for number, row in enumerate(self.paragraphs, start=1)
        ]
        found += [
            Passage(f"Appendix {number}", row.shown, self.at("appendix", row.label), row.exempt)
            for number, row in enumerate(self.appendices, start=1)
        ]
        return found

    def at(self, kind: str, label: str) -> str:
        """Where a part is written, or read by those who do not write."""
        reference = self.report.reference
        if self.writes:
            return reverse(f"report_{kind}", args=[reference, label])
        return f"{reverse('report_preview', args=[reference])}#{kind}-{label}"

    @property
    def header(self) -> str:
        """Where the header is written, or read by those who do not write."""
        return reverse("report_edit" if self.writes else "report", args=[self.report.reference])


Check = Callable[[Reviewed], Iterable[ReportFinding]]


def unresolved(read: Reviewed) -> Iterator[ReportFinding]:
    """A reference that leads nowhere."""
    for problem in read.drawn.problems:
        yield ReportFinding("report.unresolved", Severity.SEVERE, problem)


def appendix_unreferred(read: Reviewed) -> Iterator[ReportFinding]:
    """An appendix that no paragraph and no recommendation refers to."""
    named = labels_in(passage.text for passage in read.passages)
    for number, row in enumerate(read.appendices, start=1):
        if ("appendix", row.label) not in named:
            yield ReportFinding(
                "report.appendix_unreferred",
                Severity.WARNING,
                f"No paragraph or recommendation refers to Appendix {number}, {row.title}.",
                read.at("appendix", row.label),
            )


def appendix_unread(read: Reviewed) -> Iterator[ReportFinding]:
    """An appendix that says nothing, or whose PDF says nothing to people who cannot see it."""
    for number, row in enumerate(read.appendices, start=1):
        if row.exempt and not read.sees_exempt:
            continue
        if not row.shown.strip() and not row.file_name:
            yield ReportFinding(
                "report.appendix_empty",
                Severity.WARNING,
                f"Appendix {number}, {row.title}, has no text and no PDF.",
                read.at("appendix", row.label),
            )
        elif not row.shown.strip() and not row.file_is_tagged:
            yield ReportFinding(
                "report.appendix_unread",
                Severity.ADVICE,
                f"The PDF of Appendix {number} is not tagged for screen readers and no text says what it shows.",
                read.at("appendix", row.label),
            )


def exempt_without_paragraph(read: Reviewed) -> Iterator[ReportFinding]:
    """Something exempt that cites no paragraph of Schedule 12A, or gives no public-interest reason."""
    reasons = {
        (kind, label)
        for kind, rows in (
            ("paragraph", read.report.paragraphs),
            ("appendix", read.report.appendices),
        )
        for label in rows.filter(exempt=True)
        .exclude(exempt_reason="")
        .values_list("label", flat=True)
    }
    for kind, rows in (("paragraph", read.paragraphs), ("appendix", read.appendices)):
        for number, row in enumerate(rows, start=1):
            if not row.exempt:
                continue
            where = f"{kind.capitalize()} {number}"
            if not row.exempt_paragraphs:
                yield ReportFinding(
                    "report.exempt_without_paragraph",
                    Severity.SEVERE,
                    f"{where} is exempt and cites no paragraph of Schedule 12A.",
                    read.at(kind, row.label),
                )
            elif (kind, row.label) not in reasons:
                yield ReportFinding(
                    "report.exempt_without_reason",
                    Severity.WARNING,
                    f"{where} is exempt and does not say why the public interest favours it.",
                    read.at(kind, row.label),
                )


def key_decision(read: Reviewed) -> Iterator[ReportFinding]:
    """ "Key decision: No", or nothing said, with an ask above a threshold in force on the day of the meeting."""
    if read.report.key_decision or not read.amounts:
        return
    weight = authority.weigh(
        ((line.nature, line.amount) for _, line in read.amounts), balanced=False
    )
    thresholds = [
        authority.Threshold(row.kind, row.amount, row.since, row.until)
        for row in KeyDecisionThreshold.objects.all()
    ]
    judged = authority.key_decision(thresholds, read.report.meeting_on, weight)
    if judged.sufficient:
        said = "No" if read.report.key_decision is False else "nothing"
        yield ReportFinding(
            "report.key_decision",
            Severity.SEVERE,
            f"The report says {said} to “key decision”. {judged.reason}",
            read.header,
        )


def no_source(read: Reviewed) -> Iterator[ReportFinding]:
    """A recommendation of money that names no source, or whose money is in no line at all."""
    unnamed = {number for number, line in read.amounts if not line.source}
    with_lines = {number for number, _ in read.amounts}
    for number, row in enumerate(read.recommendations, start=1):
        if number in unnamed:
            yield ReportFinding(
                "report.no_source",
                Severity.WARNING,
                f"Recommendation {number} asks for money and does not name where it comes from.",
                read.at("recommendation", row.label),
            )
        elif number not in with_lines and _speaks_of_money(row.text):
            yield ReportFinding(
                "report.no_amounts",
                Severity.WARNING,
                f"Recommendation {number} speaks of money and states no years, nature or source.",
                read.at("recommendation", row.label),
            )


def _speaks_of_money(text: str) -> bool:
    """Whether a text holds an amount, typed or bound."""
    if TYPED.search(text):
        return True
    for words in references(text):
        try:
            if isinstance(parse(words), FigureReference):
                return True
        except ReferenceProblem:
            continue
    return False


def retrospective(read: Reviewed) -> Iterator[ReportFinding]:
    """Money asked for a year that has ended before the meeting."""
    late: dict[tuple[int, Any], Decimal] = {}
    for number, line in read.amounts:
        if line.amount > 0 and line.year.last_day < read.report.meeting_on:
            late[number, line.year] = late.get((number, line.year), NIL) + line.amount
    for (number, year), amount in late.items():
        yield ReportFinding(
            "report.retrospective",
            Severity.SEVERE,
            f"Recommendation {number} asks for {money.in_words(amount)} in {year}, which ended on "
            f"{day_words(year.last_day)}: a retrospective approval.",
            read.at("recommendation", read.recommendations[number - 1].label),
        )


def compulsory_empty(read: Reviewed) -> Iterator[ReportFinding]:
    """A header field or section that the template asks for and that says nothing."""
    for field in read.report.fields.all():
        empty = field.source == FieldSource.TEXT and not field.text.strip()
        empty |= field.source == FieldSource.PURPOSE and not read.report.purpose.strip()
        empty |= field.source == FieldSource.KEY_DECISION and read.report.key_decision is None
        if field.compulsory and empty:
            yield ReportFinding(
                "report.compulsory_empty",
                Severity.WARNING,
                f"The header does not say “{field.label}”.",
                read.header,
            )
    for section in read.report.sections.filter(compulsory=True, paragraphs=None):
        yield ReportFinding(
            "report.compulsory_empty",
            Severity.SEVERE,
            f"The section “{section.title}” is compulsory and empty.",
            reverse("report_section", args=[read.report.reference, section.pk]),
        )
    if not read.recommendations:
        yield ReportFinding(
            "report.no_recommendation", Severity.WARNING, "The report recommends nothing yet."
        )


def typed_figures(read: Reviewed) -> Iterator[ReportFinding]:
    """An amount typed as plain text: it does not follow the ledger."""
    for passage in read.passages:
        typed = list(dict.fromkeys(TYPED.findall(BRACES.sub("", passage.text))))
        if typed:
            words = " and ".join(each.strip() for each in typed)
            yield ReportFinding(
                "report.typed_figure",
                Severity.ADVICE,
                f"{passage.where}: {words} {'is' if len(typed) == 1 else 'are'} typed and not bound to the ledger.",
                passage.href,
            )


def stale_figures(read: Reviewed) -> Iterator[ReportFinding]:
    """A bound figure that shows something else than when the author last looked."""
    for words, now, before in changed_figures(read.report, read.drawn, read.audience):
        yield ReportFinding(
            "report.stale_figure",
            Severity.WARNING,
            f"“{words}” showed {before} when the author last looked and is {now} now.",
            reverse("report", args=[read.report.reference]) + "#figures",
        )


def changed_figures(
    report: Report, drawn: Assembled, audience: Audience
) -> list[tuple[str, str, str]]:
    """Meaning, what it shows now and what it showed when the author last looked, of each figure that changed.

    ``drawn`` is for ``audience``, and is compared with what that audience was shown.
    """
    kept = SeenFigures.objects.filter(report=report).first()
    seen: dict[str, str] = getattr(kept, audience.value) if kept else {}
    return [
        (figure.meaning, figure.shown, before)
        for words, figure in drawn.figures.items()
        if (before := seen.get(words, figure.shown)) != figure.shown
    ]


def exempt_amount_given_away(read: Reviewed) -> Iterator[ReportFinding]:
    """A public figure, or the sum or difference of two, that is an exempt amount within its rounding."""
    if not read.sees_exempt:
        return
    secret = exempt_amounts(read.projects)
    for passage in read.passages:
        if passage.exempt:
            secret += [
                (f"an amount in {passage.where}", amount) for amount in _amounts_in(passage.text)
            ]
    if not secret:
        return
    public = assemble(read.report, Audience.PUBLIC, today=read.today, ledgers=read.ledgers)
    shown = {figure.shown for figure in public.figures.values()}
    for passage in read.passages:
        if not passage.exempt:
            shown |= set(TYPED.findall(BRACES.sub("", passage.text)))
    known = [
        (words, abs(amount), money.last_place(words)) for words in shown if (amount := _read(words))
    ]
    for what, amount in secret:
        if words := _worked_out(abs(amount), known[:150]):
            yield ReportFinding(
                "report.exempt_amount_given_away",
                Severity.SEVERE,
                f"From the public version {what} can be worked out: {words}.",
            )


def _worked_out(amount: Decimal, known: Sequence[tuple[str, Decimal, Decimal]]) -> str:
    for words, public, nearest in known:
        if nearest < amount and abs(public - amount) * 2 <= nearest:
            return f"it is {words}"
    for (one, a, near_a), (other, b, near_b) in combinations(known, 2):
        nearest = near_a + near_b
        if nearest >= amount:
            continue
        if abs(abs(a - b) - amount) * 2 <= nearest:
            return f"it is the difference of {one} and {other}"
        if abs(a + b - amount) * 2 <= nearest:
            return f"it is the sum of {one} and {other}"
    return ""


def _read(words: str) -> Decimal | None:
    try:
        return money.parse_money(words)
    except money.MoneyError:
        return None


def _amounts_in(text: str) -> list[Decimal]:
    return [amount for words in TYPED.findall(text) if (amount := _read(words))]


def clearance_overdue(read: Reviewed) -> Iterator[ReportFinding]:
    """A clearance that was due and has not been given: silence is not consent."""
    for each in standing_clearances(read.report):
        if each.is_overdue(read.today) and each.due_on is not None:
            yield ReportFinding(
                "report.clearance_overdue",
                Severity.WARNING,
                f"{each.kind_words}: clearance was due by {day_words(each.due_on)}. {each.words}.",
                reverse("report_clearance", args=[read.report.reference]),
            )


def resolution_not_in_ledger(read: Reviewed) -> Iterator[ReportFinding]:
    """The meeting resolved a recommendation of money, and the ledger holds no decision of that body."""
    agreed = (Resolution.AGREED, Resolution.AMENDED)
    for number, row in enumerate(read.recommendations, start=1):
        if row.change is None or row.resolution not in agreed:
            continue
        decided = row.change.decisions.filter(body=read.report.body, outcome__isnull=False)
        if not decided.exists():
            yield ReportFinding(
                "report.resolution_not_in_ledger",
                Severity.WARNING,
                f"Recommendation {number} was resolved, and {row.change.reference} has no decision of "
                f"{read.report.body} in the ledger yet.",
                row.change.get_absolute_url(),
            )


CHECKS: tuple[Check, ...] = (
    unresolved,
    exempt_amount_given_away,
    exempt_without_paragraph,
    key_decision,
    retrospective,
    no_source,
    appendix_unreferred,
    appendix_unread,
    compulsory_empty,
    clearance_overdue,
    stale_figures,
    typed_figures,
    resolution_not_in_ledger,
)


def review(report: Report, user: Any, today: dt.date) -> list[ReportFinding]:
    """All findings of a report as a person may read them; those of its projects come after its own."""
    read = Reviewed(report, user, today)
    return own_findings(read) + findings_of_projects(read)


def own_findings(read: Reviewed) -> list[ReportFinding]:
    """What the report itself leaves open, severest first."""
    own = [finding for check in CHECKS for finding in check(read)]
    return sorted(own, key=lambda finding: -finding.severity)


def findings_of_projects(read: Reviewed) -> list[ReportFinding]:
    """What the projects' own findings say on the day of the figures."""
    if not read.projects:
        return []
    scope = projects_findings.Scope(
        projects=Project.objects.visible_to(read.user).filter(
            pk__in=[project.pk for project in read.projects]
        ),
        as_at=read.report.figures_as_at or read.today,
        user=read.user,
    )
    return [
        ReportFinding(
            finding.code,
            finding.level,
            finding.message,
            finding.href,
            finding.project_reference,
        )
        for finding in projects_findings.run(scope)
    ]
