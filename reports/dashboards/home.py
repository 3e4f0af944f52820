"""The home page: which projects need a person and why, what is due, what changed, what to do first.

One page for all; each role gets the parts that wait for it. Nothing here takes longer for a
portfolio of thousands: what would, is left to its own page, which the home page then points to.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.urls import reverse

from budgets.models import (
    BudgetChange,
    Decision,
    GoverningBody,
    ImportRun,
    ImportState,
    MinuteCorrection,
    ProjectTotals,
)
from budgets.portfolio import Sums, Totals
from budgets.standing import Standing
from council_hms import news
from council_hms.access import Permission, Role, may
from council_hms.findings import Scope, Severity
from council_hms.models import CouncilSettings, User
from projects.accepted import Concern
from projects.models import ChangeRequest, FindingAcceptance, HighlightReport, Project
from reports.dashboards.concerns import (
    ALWAYS_FRESH,
    Tally,
    Weight,
    concerns_of_projects,
    tally_for,
    weigh,
)
from reports.models import Report

P = Permission
#: Rows of each part of the page.
MOST_PROJECTS = 8
MOST_REASONS = 2
MOST_MEETINGS = 6
#: Changes that wait for a decision of which it is asked where they stand.
MOST_WAITING = 60
#: Stops that are read to find them: a change waits for a few.
MOST_STOPS = 4 * MOST_WAITING
MOST_CHANGES = 10
#: Days that count as lately.
LATELY = 28
REPORT_OVERDUE = "projects.highlight_overdue"

#: What a check says of who acts, for each role: its findings are marked as that person's.
ACTS = {
    Role.BOARD_MEMBER: ("board",),
    Role.PROJECT_MANAGER: ("project manager",),
    Role.FINANCE_OFFICER: ("finance officer", "s151 officer"),
    Role.REPORT_AUTHOR: ("report author",),
}


@dataclass(frozen=True, slots=True)
class InNeed:
    """A project that needs somebody: its open concerns, the heaviest first, and how it stands."""

    project: Project
    concerns: Sequence[Concern]
    weight: Weight
    totals: ProjectTotals | None
    report: HighlightReport | None
    mine: frozenset[tuple[str, int | None, str]]  # keys of the findings on which the reader acts

    @property
    def reasons(self) -> list[tuple[Concern, bool]]:
        """The heaviest, each with whether it is for the reader to act."""
        return [
            (concern, concern.finding.key in self.mine) for concern in self.concerns[:MOST_REASONS]
        ]

    @property
    def more(self) -> int:
        return len(self.concerns) - len(self.reasons)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A body's next meeting with what it has to decide; no day when none is planned."""

    body: str
    day: dt.date | None
    standings: Sequence[Standing]

    @property
    def total(self) -> Decimal:
        return sum((standing.total for standing in self.standings), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Agenda:
    """The next meetings, the earliest first. ``is_whole``: nothing that waits was left out; counts are right."""

    meetings: Sequence[Meeting] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the reader: how many, what, and where."""

    count: int
    words: str
    href: str = ""


@dataclass(slots=True)
class Home:
    """What the home page shows one person today."""

    today: dt.date
    projects: int
    sums: Sums | None = None
    tally: Tally | None = None
    in_need: list[InNeed] = field(default_factory=list)
    quiet: int = 0
    beyond: Weight = field(default_factory=Weight)  # open findings of what belongs to no project
    agenda: Agenda = Agenda()
    requests: list[ChangeRequest] = field(default_factory=list)
    to_note: list[HighlightReport] = field(default_factory=list)
    overdue_reports: list[Concern] = field(default_factory=list)
    changes: list[tuple[dt.date, str, str]] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    first_steps: list[tuple[str, str]] = field(default_factory=list)
    listed: list[Project] = field(default_factory=list)

    @property
    def weight(self) -> Weight:
        return self.tally.weight if self.tally else Weight()


def gather(user: User, today: dt.date) -> Home:
    """The home page of a person. A constant number of queries."""
    projects = Project.objects.visible_to(user).projects()
    count = projects.count()
    home = Home(today=today, projects=count, first_steps=first_steps(user, count))
    home.waiting = waiting_for(user, today)
    if not count:
        return home
    home.sums = Totals(projects, today, today).grand()
    home.tally = tally_for(user, today)
    _who_needs_whom(home, user, projects)
    home.agenda = agenda(user, today)
    if may(user, P.REVIEW_DELIVERY):
        home.requests = list(
            ChangeRequest.objects.visible_to(user)
            .undecided(today)
            .select_related("project")
            .order_by("decide_by", "raised_on")[:MOST_CHANGES]
        )
        home.to_note = list(
            HighlightReport.objects.visible_to(user)
            .filter(submitted_on__isnull=False, noted_on=None)
            .select_related("project")
            .order_by("-period_to")[:MOST_CHANGES]
        )
    if count <= ALWAYS_FRESH:
        home.changes = lately(user, projects, today)
    return home


def _who_needs_whom(home: Home, user: User, projects: Any) -> None:
    """The projects with open concerns, the heaviest first."""
    if home.tally is None:
        return
    home.beyond = home.tally.by_project.get(None, Weight())
    weights = {
        pk: weight
        for pk, weight in home.tally.by_project.items()
        if pk is not None and weight.severe + weight.warning
    }
    words = [word for role in user.roles for word in ACTS.get(Role(role), ())]

    def is_mine(concern: Concern) -> bool:
        who = concern.finding.check.who_acts.lower()
        return any(word in who for word in words)

    def rank(pk: int) -> tuple[int, int, int]:
        return (-weights[pk].severe, -weights[pk].warning, pk)

    shown = sorted(weights, key=rank)[:MOST_PROJECTS]
    by_project: dict[int | None, list[Concern]] = defaultdict(list)
    for concern in home.tally.concerns or concerns_of_projects(user, shown, home.today):
        if concern.finding.level >= Severity.WARNING and not concern.is_accepted:
            by_project[concern.finding.project_id].append(concern)
    rows = projects.in_bulk(shown)
    totals = ProjectTotals.objects.in_bulk(shown)
    reports = {
        report.project_id: report
        for report in HighlightReport.objects.visible_to(user)
        .filter(project__in=shown)
        .latest(home.today)
    }
    for pk in shown:
        if pk not in rows:
            continue
        concerns = sorted(by_project[pk], key=lambda each: (-each.finding.level, not is_mine(each)))
        home.in_need.append(
            InNeed(
                rows[pk],
                concerns,
                weigh(concerns),
                totals.get(pk),
                reports.get(pk),
                frozenset(concern.finding.key for concern in concerns if is_mine(concern)),
            )
        )
    home.quiet = home.projects - len(weights)
    overdue = home.tally.concerns
    if overdue is None:
        everywhere = projects.order_by().values("pk")
        overdue = concerns_of_projects(user, everywhere, home.today, [REPORT_OVERDUE])
    home.overdue_reports = [
        concern
        for concern in overdue
        if concern.finding.code == REPORT_OVERDUE and not concern.is_accepted
    ]


def agenda(user: Any, today: dt.date, projects: Any = None) -> Agenda:
    """The next meetings with what waits for them; what has no day comes last. Six queries.

    Where each stands is asked of the first changes by date alone, not of the thousands of a large portfolio.
    """
    waiting = BudgetChange.objects.visible_to(user).filter(submitted_on__lte=today)
    if projects is not None:
        waiting = waiting.filter(project__in=projects.order_by().values("pk"))
    stops = (
        Decision.objects.pending()
        .filter(change__in=waiting.order_by().values("pk"))
        .order_by("planned_for", "change")
        .values_list("change_id", flat=True)[: MOST_STOPS + 1]
    )
    read = list(stops)
    first = list(dict.fromkeys(read))[: MOST_WAITING + 1]
    standing_now: Any = BudgetChange.objects.filter(pk__in=first[:MOST_WAITING]).with_standing(
        today
    )
    by_meeting: dict[tuple[str, dt.date | None], list[Standing]] = defaultdict(list)
    for change in standing_now.filter(approval_id=None, ending_id=None).with_amounts():
        standing = Standing.of(change, today)
        if standing.next_stop is not None:
            stop = standing.next_stop
            by_meeting[stop.body.name, stop.planned_for].append(standing)
    found = [Meeting(body, day, standings) for (body, day), standings in by_meeting.items()]
    found.sort(key=lambda meeting: (meeting.day or dt.date.max, meeting.body))
    is_whole = len(first) <= MOST_WAITING and len(read) <= MOST_STOPS
    return Agenda(found[:MOST_MEETINGS], is_whole)


def lately(user: Any, projects: Any, today: dt.date) -> list[tuple[dt.date, str, str]]:
    """Day, project and words of what changed in the last weeks, the latest first."""
    scope = Scope(projects, today, user)
    found = news.changes(scope, today - dt.timedelta(days=LATELY))[:MOST_CHANGES]
    shown = Project.objects.filter(pk__in={change.project_id for change in found})
    names = dict(shown.values_list("pk", "reference"))
    return [(change.day, names[change.project_id], change.words) for change in found]


# -- what waits for whom ----------------------------------------------------------------------


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """What waits for a person because of their role; nothing that is at nil."""
    found: list[Waiting] = []
    if may(user, P.CONFIRM_DECISIONS):
        to_confirm = (
            Decision.objects.visible_to(user)
            .filter(outcome__isnull=False, needs_confirmation=True, confirmed_at=None)
            .exclude(entered_by=user)
            .count()
        )
        corrections = (
            MinuteCorrection.objects.filter(
                decision__in=Decision.objects.visible_to(user), settled_at=None
            )
            .exclude(entered_by=user)
            .count()
        )
        imports = (
            ImportRun.objects.visible_to(user)
            .exclude(state__in=[ImportState.APPLIED, ImportState.DISCARDED])
            .count()
        )
        drafts = BudgetChange.objects.visible_to(user).filter(submitted_on=None).count()
        held = (
            ProjectTotals.objects.visible_to(user)
            .filter(interim__gt=0)
            .exclude(project__is_budget_head=True)
            .count()
        )
        found += [
            Waiting(
                to_confirm,
                "decisions to confirm against the minutes"
                if to_confirm != 1
                else "decision to confirm",
                f"{reverse('finding_list')}?check=budgets.decision_not_confirmed",
            ),
            Waiting(
                corrections,
                "corrections of minutes to confirm"
                if corrections != 1
                else "correction of a minute to confirm",
                f"{reverse('decision_list')}?confirmation=waits",
            ),
            Waiting(
                held,
                "projects hold money on interim approval"
                if held != 1
                else "project holds money on interim approval",
                f"{reverse('finding_list')}?check=budgets.interim_awaiting_ratification",
            ),
            Waiting(
                imports,
                "imports are begun and not confirmed"
                if imports != 1
                else "import is begun and not confirmed",
                reverse("import_list"),
            ),
            Waiting(
                drafts,
                "budget changes are drafts" if drafts != 1 else "budget change is a draft",
                reverse("change_list"),
            ),
        ]
    if may(user, P.WRITE_REPORTS):
        unpublished = Report.objects.visible_to(user).filter(
            meeting_on__gte=today, publications=None
        )
        reports = unpublished.distinct().count()
        found.append(
            Waiting(
                reports,
                "reports for coming meetings are not published"
                if reports != 1
                else "report for a coming meeting is not published",
                reverse("report_list"),
            )
        )
    if may(user, P.ACCEPT_FINDINGS, P.SEE_HISTORY) and not may(user, P.ADMINISTER):
        due = (
            FindingAcceptance.objects.visible_to(user)
            .filter(ended_on=None, review_on__lte=today)
            .count()
        )
        found.append(
            Waiting(
                due,
                "accepted findings are due for another look"
                if due != 1
                else "accepted finding is due for another look",
                f"{reverse('finding_list')}?state=open",
            )
        )
    if may(user, P.ADMINISTER):
        found += _set_up()
    return [each for each in found if each.count]


def _set_up() -> list[Waiting]:
    """What an administrator should still see to."""
    without_role = User.objects.filter(is_active=True, roles=[]).count()
    toothless = (
        GoverningBody.objects.filter(kind="council", in_use=True).filter(limits=None).count()
    )
    unnamed = not CouncilSettings.objects.exclude(name="Example Council").exists()
    return [
        Waiting(
            without_role,
            "people can sign in and have no role" if without_role != 1 else "person has no role",
            reverse("person_list"),
        ),
        Waiting(toothless, "Council has no authority on record", reverse("constitution")),
        Waiting(
            int(unnamed),
            "setting is as delivered: the council's name and colour",
            reverse("council_settings"),
        ),
    ]


def first_steps(user: User, projects: int) -> list[tuple[str, str]]:
    """What a new user does first: words and address, by what they may do."""
    steps: list[tuple[str, str]] = []
    if may(user, P.CREATE_PROJECT):
        steps.append(("Enter a project, or open one", reverse("project_create")))
        if projects:
            steps += [
                ("See where every budget change stands", reverse("change_list")),
                ("Go through the findings, and accept what is settled", reverse("finding_list")),
            ]
    elif may(user, P.ADMINISTER):
        steps += [
            ("Set the council's name, colour and units", reverse("council_settings")),
            ("Give people their roles", reverse("person_list")),
            ("Enter bodies and the limits of their authority", reverse("constitution")),
        ]
    elif may(user, P.WRITE_REPORTS):
        steps += [
            ("Begin a report from a project's figures", reverse("report_create")),
            ("Check a report that is written already", reverse("check_list")),
        ]
    elif may(user, P.SEE_HISTORY):
        steps += [
            ("Read who changed what, when and why", reverse("history_list")),
            ("Read the findings and who accepted them", reverse("finding_list")),
            ("Check a published report against the ledger", reverse("check_list")),
        ]
    elif may(user, P.SEE_OWN_PROJECTS):
        if projects:
            steps.append(
                ("Open a project: its overview is made for ten minutes", reverse("project_list"))
            )
        steps.append(("Read what the words mean", reverse("help")))
    return [(words, href) for words, href in steps if href]
