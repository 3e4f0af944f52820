"""Findings of a report before it is cleared: what it leaves open, contradicts or gives away, and what its projects' do.

Each check is a function over one ``Reviewed`` report; ``CHECKS`` lists them, reports/findings.py says
what each means and registers them among the council's. What a reader without the right to exempt
matter may not read is not looked at for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, prefetch_related_objects
from django.urls import reverse

from budgets import authority
from budgets.models import Decision, KeyDecisionThreshold
from council_hms import money
from council_hms.access import Permission, may
from council_hms.exemption import Audience
from council_hms.findings import Finding, Scope, Severity, run
from council_hms.findings import checks as every_check
from projects.models import Project
from reports.assemble import Amount, Assembled, amounts_of, assemble
from reports.clearance import standing_clearances
from reports.disclosure import TYPED, PublicMatter, amounts_in
from reports.figures import BRACES, FigureReference, ReferenceProblem, parse, references
from reports.frozen import thaw
from reports.inserts import day_words, exempt_amounts
from reports.models import FieldSource, Recommendation, Report, Resolution, SeenFigures
from reports.references import Ledgers, labels_in

NIL = Decimal("0.00")
#: Of the checks of projects themselves, those that concern money.
_OF_PROJECTS = frozenset(
    {"projects.contract_ends_before_discounts", "projects.saving_counted_twice"}
)
#: So many published versions are laid beside the draft, the latest first.
_VERSIONS_COMPARED = 5


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of the report: where it stands, in words, and where it is edited."""

    where: str
    text: str
    href: str
    exempt: bool = False


class Reviewed:
    """A report read once for all checks, by a person, on a day. None is the system itself, which may read all."""

    def __init__(self, report: Report, user: Any, today: dt.date) -> None:
        self.report = report
        self.user = user
        self.today = today
        self.sees_exempt = user is None or may(user, Permission.SEE_EXEMPT)
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
        prefetch_related_objects([self.report], "report_projects__project")
        return [row.project for row in self.report.report_projects.all()]

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

    def finding(
        self,
        code: str,
        severity: Severity,
        message: str,
        href: str = "",
        part: str = "",
    ) -> Finding:
        """Something that should be looked at, with what it is about. ``part`` tells it from others of its kind."""
        project = self.projects[0] if self.projects else None
        return Finding(
            code=code,
            project_id=project.pk if project else None,
            project_reference=project.reference if project else "",
            subject=f"{self.report.reference} {part}".strip()[:200],
            message=message,
            href=href or reverse("report_preview", args=[self.report.reference]),
            severity=severity,
            about=f"Report {self.report.reference}",
        )

    @property
    def header(self) -> str:
        """Where the header is written, or read by those who do not write."""
        return reverse("report_edit" if self.writes else "report", args=[self.report.reference])


Check = Callable[[Reviewed], Iterable[Finding]]


def unresolved(read: Reviewed) -> Iterator[Finding]:
    """A reference that leads nowhere."""
    for problem in read.drawn.problems:
        yield read.finding("reports.unresolved", Severity.SEVERE, problem, part=problem)


def appendix_unreferred(read: Reviewed) -> Iterator[Finding]:
    """An appendix that no paragraph and no recommendation refers to."""
    named = labels_in(passage.text for passage in read.passages)
    for number, row in enumerate(read.appendices, start=1):
        if ("appendix", row.label) not in named:
            yield read.finding(
                "reports.appendix_unreferred",
                Severity.WARNING,
                f"No paragraph or recommendation refers to Appendix {number}, {row.title}.",
                read.at("appendix", row.label),
                f"appendix {row.label}",
            )


def appendix_unread(read: Reviewed) -> Iterator[Finding]:
    """An appendix that says nothing, or whose PDF says nothing to people who cannot see it."""
    for number, row in enumerate(read.appendices, start=1):
        if row.exempt and not read.sees_exempt:
            continue
        if not row.shown.strip() and not row.file_name:
            yield read.finding(
                "reports.appendix_empty",
                Severity.WARNING,
                f"Appendix {number}, {row.title}, has no text and no PDF.",
                read.at("appendix", row.label),
                f"appendix {row.label}",
            )
        elif not row.shown.strip() and not row.file_is_tagged:
            yield read.finding(
                "reports.appendix_unread",
                Severity.ADVICE,
                f"The PDF of Appendix {number} is not tagged for screen readers and no text says what it shows.",
                read.at("appendix", row.label),
                f"appendix {row.label}",
            )


def exempt_without_paragraph(read: Reviewed) -> Iterator[Finding]:
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
                yield read.finding(
                    "reports.exempt_without_paragraph",
                    Severity.SEVERE,
                    f"{where} is exempt and cites no paragraph of Schedule 12A.",
                    read.at(kind, row.label),
                    f"{kind} {row.label}",
                )
            elif (kind, row.label) not in reasons:
                yield read.finding(
                    "reports.exempt_without_reason",
                    Severity.WARNING,
                    f"{where} is exempt and does not say why the public interest favours it.",
                    read.at(kind, row.label),
                    f"{kind} {row.label}",
                )


def key_decision(read: Reviewed) -> Iterator[Finding]:
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
        yield read.finding(
            "reports.key_decision",
            Severity.SEVERE,
            f"The report says {said} to “key decision”. {judged.reason}",
            read.header,
        )


def no_source(read: Reviewed) -> Iterator[Finding]:
    """A recommendation of money that names no source, or whose money is in no line at all."""
    unnamed = {number for number, line in read.amounts if not line.source}
    with_lines = {number for number, _ in read.amounts}
    for number, row in enumerate(read.recommendations, start=1):
        if number in unnamed:
            yield read.finding(
                "reports.no_source",
                Severity.WARNING,
                f"Recommendation {number} asks for money and does not name where it comes from.",
                read.at("recommendation", row.label),
                f"recommendation {row.label}",
            )
        elif number not in with_lines and _speaks_of_money(row.text):
            yield read.finding(
                "reports.no_amounts",
                Severity.WARNING,
                f"Recommendation {number} speaks of money and states no years, nature or source.",
                read.at("recommendation", row.label),
                f"recommendation {row.label}",
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


def retrospective(read: Reviewed) -> Iterator[Finding]:
    """Money asked for a year that has ended before the meeting."""
    late: dict[tuple[int, Any], Decimal] = {}
    for number, line in read.amounts:
        if line.amount > 0 and line.year.last_day < read.report.meeting_on:
            late[number, line.year] = late.get((number, line.year), NIL) + line.amount
    for (number, year), amount in late.items():
        label = read.recommendations[number - 1].label
        yield read.finding(
            "reports.retrospective",
            Severity.SEVERE,
            f"Recommendation {number} asks for {money.in_words(amount)} in {year}, which ended on "
            f"{day_words(year.last_day)}: a retrospective approval.",
            read.at("recommendation", label),
            f"recommendation {label} {year}",
        )


def compulsory_empty(read: Reviewed) -> Iterator[Finding]:
    """A header field or section that the template asks for and that says nothing."""
    for field in read.report.fields.all():
        empty = field.source == FieldSource.TEXT and not field.text.strip()
        empty |= field.source == FieldSource.PURPOSE and not read.report.purpose.strip()
        empty |= field.source == FieldSource.KEY_DECISION and read.report.key_decision is None
        if field.compulsory and empty:
            yield read.finding(
                "reports.compulsory_empty",
                Severity.WARNING,
                f"The header does not say “{field.label}”.",
                read.header,
                field.label,
            )
    for section in read.report.sections.filter(compulsory=True, paragraphs=None):
        yield read.finding(
            "reports.compulsory_empty",
            Severity.SEVERE,
            f"The section “{section.title}” is compulsory and empty.",
            reverse("report_section", args=[read.report.reference, section.pk]),
            section.title,
        )
    if not read.recommendations:
        yield read.finding(
            "reports.no_recommendation", Severity.WARNING, "The report recommends nothing yet."
        )


def typed_figures(read: Reviewed) -> Iterator[Finding]:
    """An amount typed as plain text: it does not follow the ledger."""
    for passage in read.passages:
        typed = list(dict.fromkeys(TYPED.findall(BRACES.sub("", passage.text))))
        if typed:
            words = " and ".join(each.strip() for each in typed)
            yield read.finding(
                "reports.typed_figure",
                Severity.ADVICE,
                f"{passage.where}: {words} {'is' if len(typed) == 1 else 'are'} typed and not bound to the ledger.",
                passage.href,
                passage.where,
            )


def stale_figures(read: Reviewed) -> Iterator[Finding]:
    """A bound figure that shows something else than when the author last looked."""
    for words, now, before in changed_figures(read.report, read.drawn, read.audience):
        yield read.finding(
            "reports.stale_figure",
            Severity.WARNING,
            f"“{words}” showed {before} when the author last looked and is {now} now.",
            reverse("report", args=[read.report.reference]) + "#figures",
            words,
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


def exempt_amount_given_away(read: Reviewed) -> Iterator[Finding]:
    """An exempt amount that a reader of the public version could work out (disclosure.py), beside earlier versions."""
    if not read.sees_exempt:
        return
    secrets = exempt_amounts(read.projects)
    if len(secrets) > 1:
        together = sum((amount for _, amount in secrets), NIL)
        secrets.append(("all exempt settlement terms and discounts together", together))
    for passage in read.passages:
        if passage.exempt:
            secrets += [
                (f"an amount in {passage.where}", known.value) for known in amounts_in(passage.text)
            ]
    if not secrets:
        return
    public = assemble(read.report, Audience.PUBLIC, today=read.today, ledgers=read.ledgers)
    published = read.report.publications.order_by("-number").values_list("number", "document")
    earlier = {number: thaw(document) for number, document in published[:_VERSIONS_COMPARED]}
    matter = PublicMatter.of(public.document, earlier)
    for what, amount in secrets:
        if words := matter.gives_away(amount):
            yield read.finding(
                "reports.exempt_amount_given_away",
                Severity.SEVERE,
                f"From the public version {what} can be worked out: {words}.",
                part=what,
            )


def clearance_overdue(read: Reviewed) -> Iterator[Finding]:
    """A clearance that was due and has not been given: silence is not consent."""
    for each in standing_clearances(read.report):
        if each.is_overdue(read.today) and each.due_on is not None:
            yield read.finding(
                "reports.clearance_overdue",
                Severity.WARNING,
                f"{each.kind_words}: clearance was due by {day_words(each.due_on)}. {each.words}.",
                reverse("report_clearance", args=[read.report.reference]),
                each.kind,
            )


def resolution_not_in_ledger(read: Reviewed) -> Iterator[Finding]:
    """The meeting resolved a recommendation of money, and the ledger holds no decision of that body."""
    for row in resolved_without_decision(read.report.recommendations.all()):
        yield unrecorded(read, row)


def resolved_without_decision(recommendations: Any) -> Any:
    """Of some recommendations of money those resolved and not in the ledger, each with its printed ``number``."""
    decided = Decision.objects.filter(
        change=OuterRef("change"), body=OuterRef("report__body"), outcome__isnull=False
    )
    up_to_it = (
        Recommendation.objects.filter(report=OuterRef("report"))
        .filter(
            Q(position__lt=OuterRef("position"))
            | Q(position=OuterRef("position"), pk__lte=OuterRef("pk"))
        )
        .order_by()
        .values("report")
    )
    return (
        recommendations.filter(
            change__isnull=False, resolution__in=(Resolution.AGREED, Resolution.AMENDED)
        )
        .exclude(Exists(decided))
        .annotate(number=Subquery(up_to_it.annotate(count=Count("pk")).values("count")))
        .select_related("change")
    )


def unrecorded(read: Reviewed, row: Any) -> Finding:
    """What to say of a row of ``resolved_without_decision``."""
    return read.finding(
        "reports.resolution_not_in_ledger",
        Severity.WARNING,
        f"Recommendation {row.number} was resolved, and {row.change.reference} has no decision of "
        f"{read.report.body} in the ledger yet.",
        row.change.get_absolute_url(),
        f"recommendation {row.label}",
    )


#: Checks of what a report says: what they find changes with its text, the ledger and the settings.
OF_TEXT: tuple[Check, ...] = (
    unresolved,
    exempt_amount_given_away,
    exempt_without_paragraph,
    key_decision,
    retrospective,
    no_source,
    appendix_unreferred,
    appendix_unread,
    compulsory_empty,
    stale_figures,
    typed_figures,
)
#: Checks of what becomes of it.
OF_OUTCOME: tuple[Check, ...] = (clearance_overdue, resolution_not_in_ledger)
CHECKS = OF_TEXT + OF_OUTCOME


def review(report: Report, user: Any, today: dt.date) -> list[Finding]:
    """All findings of a report as a person may read them; those of its projects come after its own."""
    read = Reviewed(report, user, today)
    return own_findings(read) + findings_of_projects(read)


def own_findings(read: Reviewed, checks: Sequence[Check] = CHECKS) -> list[Finding]:
    """What the report itself leaves open, severest first."""
    own = [finding for check in checks for finding in check(read)]
    return sorted(own, key=lambda finding: -finding.level)


def _bearing_on_the_ask() -> list[str]:
    """The checks of projects that concern what a report asks."""
    return [
        check.code
        for check in every_check()
        if check.code.startswith(("budgets.", "lessons.")) or check.code in _OF_PROJECTS
    ]


def findings_of_projects(read: Reviewed) -> list[Finding]:
    """What the projects' own findings say of money, authority and lessons on the day of the figures.

    Those of delivery and risk are on the projects' own pages: they do not bear on what is asked.
    """
    if not read.projects:
        return []
    scope = Scope(
        projects=Project.objects.visible_to(read.user).filter(
            pk__in=[project.pk for project in read.projects]
        ),
        as_at=read.report.figures_as_at or read.today,
        user=read.user,
    )
    return run(scope, _bearing_on_the_ask())
