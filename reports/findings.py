"""What can be wrong with a report on its way to a meeting, registered among the council's checks.

What a report's own pages say of it (reports/review.py) is said here of every report in preparation, so
that it is met on the portfolio's page, the project's and in ``manage.py findings`` as well. A finding
belongs to the first project of its report. Advice is left to the report's own pages.

To find what a text leaves open the whole report is put together, some fifty queries each. That reading
is kept for as long as the report says the same, ten minutes at most: the dashboards then ask three
queries, whatever the number of reports. The report's own pages always read afresh.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.core.cache import cache

from council_hms.access import Permission, may
from council_hms.findings import Check, Finding, Scope, Severity
from reports.models import Recommendation, Report
from reports.review import (
    OF_TEXT,
    Reviewed,
    clearance_overdue,
    own_findings,
    resolved_without_decision,
    unrecorded,
)

#: Seconds for which a reading of a report that stays the same is kept.
KEPT_FOR = 600


def _reports(scope: Scope) -> Any:
    """The reports on the projects in scope that the reader may see."""
    reports = Report.objects.all() if scope.user is None else Report.objects.visible_to(scope.user)
    return reports.about(scope.projects.order_by().values("pk"), or_none=scope.beyond_projects)


def _drafts(scope: Scope) -> list[Report]:
    """The reports in preparation, with what is asked of all of them at hand. Four queries."""
    return list(
        _reports(scope)
        .in_preparation(scope.as_at)
        .select_related("body")
        .prefetch_related("report_projects__project", "clearances", "deadlines")
        .order_by("reference")
    )


def _readings(scope: Scope) -> list[Finding]:
    """What the texts of the reports in preparation leave open, as the reader may read them."""
    drafts = {_name(report, scope): report for report in scope.once(_drafts)}
    kept: dict[str, list[Finding]] = cache.get_many(drafts)
    new = {
        name: [
            finding
            for finding in own_findings(Reviewed(report, scope.user, scope.as_at), OF_TEXT)
            if finding.level >= Severity.WARNING
        ]
        for name, report in drafts.items()
        if name not in kept
    }
    if new:
        cache.set_many(new, KEPT_FOR)
    every = kept | new
    return [each for name in drafts for each in every[name]]


def _name(report: Report, scope: Scope) -> str:
    """What a reading is kept by: the report as it says now, the day, and what this reader may read and write."""
    sees = scope.user is None or may(scope.user, Permission.SEE_EXEMPT)
    writes = may(scope.user, Permission.WRITE_REPORTS)
    version = f"{report.content_version}.{report.version}"
    return f"report-read:{report.pk}:{version}:{scope.as_at.isoformat()}:{sees:d}{writes:d}"


def of_text(code: str, scope: Scope) -> Iterator[Finding]:
    """What one check of the text finds in the reports in preparation."""
    return (finding for finding in scope.once(_readings) if finding.code == code)


def clearances_overdue(scope: Scope) -> Iterator[Finding]:
    """Clearances of reports in preparation that were due and are not given."""
    for report in scope.once(_drafts):
        yield from clearance_overdue(Reviewed(report, scope.user, scope.as_at))


def resolutions_not_in_ledger(scope: Scope) -> Iterator[Finding]:
    """Money that a meeting has resolved and of which the ledger holds no decision. Three queries."""
    rows = resolved_without_decision(Recommendation.objects.all()).filter(
        report__in=_reports(scope).order_by().values("pk"), resolved_on__lte=scope.as_at
    )
    with_report = rows.select_related("report__body", "change")
    for row in with_report.prefetch_related("report__report_projects__project"):
        yield unrecorded(Reviewed(row.report, scope.user, scope.as_at), row)


AUTHOR, FINANCE, MONITORING = "Report author", "Finance officer", "Monitoring officer"


def _check(
    name: str, title: str, severity: Severity, who_acts: str, explanation: str, find: Any = None
) -> Check:
    code = f"reports.{name}"
    return Check(code, title, severity, who_acts, explanation, find or partial(of_text, code))


CHECKS = (
    _check(
        "unresolved",
        "Report refers to what is not there",
        Severity.SEVERE,
        AUTHOR,
        "A figure, paragraph, appendix or table that the text of a report in preparation refers to is not to be "
        "had. In the paper it stands as [unknown: …].",
    ),
    _check(
        "exempt_amount_given_away",
        "Public version gives an exempt amount away",
        Severity.SEVERE,
        MONITORING,
        "From public figures of the report a reader could work out an exempt amount: as a sum or difference, a total "
        "less the rows shown, a share, or what an earlier version said. "
        "Only those with the right to exempt matter are told.",
    ),
    _check(
        "exempt_without_paragraph",
        "Exempt part cites no paragraph of Schedule 12A",
        Severity.SEVERE,
        MONITORING,
        "What is withheld from the public says under which paragraph of Part 1 of Schedule 12A to the Local "
        "Government Act 1972.",
    ),
    _check(
        "exempt_without_reason",
        "Exempt part gives no public-interest reason",
        Severity.WARNING,
        MONITORING,
        "Information is exempt only while the public interest in withholding it outweighs that in disclosing it. "
        "The report says why.",
    ),
    _check(
        "key_decision",
        "Report asks for a key decision and does not say so",
        Severity.SEVERE,
        MONITORING,
        "What the report asks for reaches a threshold in force on the day of the meeting, and its header says “No” "
        "to key decision, or nothing.",
    ),
    _check(
        "retrospective",
        "Report asks for a year that has ended",
        Severity.SEVERE,
        AUTHOR,
        "Money is asked for a financial year that ends before the meeting: a retrospective approval. The report "
        "should say that it is one, and why.",
    ),
    _check(
        "no_source",
        "Recommendation names no source",
        Severity.WARNING,
        AUTHOR,
        "A recommendation of money says where it is to come from.",
    ),
    _check(
        "no_amounts",
        "Recommendation of money without years and nature",
        Severity.WARNING,
        AUTHOR,
        "A recommendation speaks of money and has no lines that say which years, capital or revenue, and source.",
    ),
    _check(
        "compulsory_empty",
        "Compulsory part of a report is empty",
        Severity.SEVERE,
        AUTHOR,
        "The council's template asks for a section that has no paragraph, or (a warning) a line of the header that "
        "says nothing.",
    ),
    _check(
        "no_recommendation",
        "Report recommends nothing",
        Severity.WARNING,
        AUTHOR,
        "A report to a meeting asks it to note, approve, delegate or recommend something.",
    ),
    _check(
        "appendix_unreferred",
        "Appendix that nothing refers to",
        Severity.WARNING,
        AUTHOR,
        "No paragraph and no recommendation refers to an appendix: the reader is not told what it is for.",
    ),
    _check(
        "appendix_empty",
        "Appendix that says nothing",
        Severity.WARNING,
        AUTHOR,
        "An appendix has neither text nor a PDF.",
    ),
    _check(
        "appendix_unread",
        "PDF of an appendix that not everybody can read",
        Severity.ADVICE,
        AUTHOR,
        "The PDF of an appendix is not tagged for screen readers, and no text says what it shows. It is listed on "
        "the report's own page of findings alone.",
    ),
    _check(
        "stale_figure",
        "Figure of a report has changed",
        Severity.WARNING,
        AUTHOR,
        "A figure that follows the ledger shows something else than when the author last looked. The words round "
        "it may no longer fit.",
    ),
    _check(
        "typed_figure",
        "Figure typed and not bound to the ledger",
        Severity.ADVICE,
        AUTHOR,
        "An amount in the text does not follow the ledger. It is listed on the report's own page of findings alone.",
    ),
    _check(
        "clearance_overdue",
        "Clearance of a report overdue",
        Severity.WARNING,
        "Finance, legal or the Cabinet member, as named",
        "A clearance was due by a day that has passed. Silence is not consent; a change after clearing re-opens it.",
        clearances_overdue,
    ),
    _check(
        "resolution_not_in_ledger",
        "Resolution not in the ledger",
        Severity.WARNING,
        FINANCE,
        "A meeting has resolved a recommendation of money, and the budget change has no decision of that body yet.",
        resolutions_not_in_ledger,
    ),
)
