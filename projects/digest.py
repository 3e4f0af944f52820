"""The daily digest: what is due, overdue, changed or newly found in the projects that a person follows.

Everything in it is read as a reader without any right to exempt matter (OPEN_READER): mail leaves
the house. A finding is told once; what is due or overdue is told every day that it is so.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from council_hms import findings
from council_hms.findings import Finding, Scope
from council_hms.models import User
from projects.accepted import concerns_of
from projects.models import (
    Action,
    ChangeRequest,
    DateKind,
    Following,
    HighlightReport,
    Milestone,
    MilestoneDate,
    Project,
)
from projects.readers import OPEN_READER

#: Days ahead that count as due soon.
DUE_WITHIN_DAYS = 7
#: Days back that the page of followed projects tells changes of.
CHANGED_WITHIN_DAYS = 14
#: New findings of one project that a mail spells out; more are counted.
MOST_FINDINGS = 15


@dataclass(slots=True)
class ProjectNews:
    """What one project has to tell on a day. ``changed`` gives each line with its day."""

    project: Project
    due: list[str] = field(default_factory=list)
    overdue: list[str] = field(default_factory=list)
    changed: list[tuple[dt.date, str]] = field(default_factory=list)
    found: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Digest:
    """One mail to one person."""

    person: User
    subject: str
    body: str
    told: dict[int, list[str]]  # following id → keys of the findings told by now


def key_of(finding: Finding) -> str:
    """The key of a finding as text, by which a digest remembers having told it."""
    return f"{finding.code}:{finding.subject}"[:300]


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def gather(projects: Iterable[Project], as_at: dt.date, since: dt.date) -> dict[int, ProjectNews]:
    """What the projects have to tell as at a day, with changes after ``since``. A constant number of queries."""
    news = {project.pk: ProjectNews(project) for project in projects}
    ids = list(news)
    soon = as_at + dt.timedelta(days=DUE_WITHIN_DAYS)

    for action in Action.objects.filter(project__in=ids).open(as_at).filter(due_on__lte=soon):
        words = f"Action: {action.what} ({action.owner}), {_day(action.due_on)}"
        lines = (
            news[action.project_id].overdue
            if action.is_overdue(as_at)
            else news[action.project_id].due
        )
        lines.append(words)
    for milestone in Milestone.objects.filter(project__in=ids).standing(as_at).with_dates(as_at):
        promised = milestone.forecast or milestone.baseline
        if milestone.actual or promised is None or promised > soon:
            continue
        words = f"Milestone: {milestone.name}, {_day(promised)}"
        mine = news[milestone.project_id]
        (mine.overdue if promised < as_at else mine.due).append(words)
    waiting = ChangeRequest.objects.filter(project__in=ids, decide_by__lte=soon).undecided(as_at)
    for request in waiting:
        assert request.decide_by  # noqa: S101 - the query asks for it
        words = f"Decision on change request {request.number}: {request.title}, {_day(request.decide_by)}"
        mine = news[request.project_id]
        (mine.overdue if request.decide_by < as_at else mine.due).append(words)

    for project_id, day, words in changes_of(ids, since, as_at):
        news[project_id].changed.append((day, words))
    scope = Scope(Project.objects.filter(pk__in=ids), as_at, OPEN_READER)
    for finding in findings.run(scope):
        # what is about a paper in draft is not for everyone who follows a project that it is about
        if finding.project_id in news and not finding.about:
            news[finding.project_id].found.append(finding)
    return news


def changes_of(
    ids: list[int], since: dt.date, until: dt.date
) -> Iterator[tuple[int, dt.date, str]]:
    """Project, day and words of what was stated, submitted, noted, raised or decided after ``since``."""
    dates = MilestoneDate.objects.filter(
        milestone__project__in=ids, stated_on__gt=since, stated_on__lte=until
    ).select_related("milestone")
    for stated in dates.order_by("stated_on", "pk"):
        what = {
            DateKind.BASELINE: "has a new baseline,",
            DateKind.FORECAST: "is now forecast for",
            DateKind.ACTUAL: "was reached on",
        }[DateKind(stated.kind)]
        yield (
            stated.milestone.project_id,
            stated.stated_on,
            f"Milestone {stated.milestone.name} {what} {_day(stated.date)}",
        )
    reports = HighlightReport.objects.filter(project__in=ids, submitted_on__isnull=False)
    for report in reports.filter(submitted_on__gt=since, submitted_on__lte=until):
        yield (
            report.project_id,
            report.submitted_on or until,
            f"{report} was submitted to the board",
        )
    for report in reports.filter(noted_on__gt=since, noted_on__lte=until):
        yield report.project_id, report.noted_on or until, f"{report} was noted by the board"
    requests = ChangeRequest.objects.filter(project__in=ids)
    for request in requests.filter(raised_on__gt=since, raised_on__lte=until):
        yield (
            request.project_id,
            request.raised_on,
            f"Change request {request.number} was raised: {request.title}",
        )
    for request in requests.filter(decided_on__gt=since, decided_on__lte=until):
        yield (
            request.project_id,
            request.decided_on or until,
            f"Change request {request.number} was {(request.get_outcome_display() or '').lower()}: {request.title}",
        )


@dataclass(frozen=True, slots=True)
class FollowedNews:
    """What a followed project has to tell its follower. ``found`` says which findings no mail has told yet."""

    project: Project
    overdue: list[str]
    due: list[str]
    changed: list[tuple[dt.date, str]]
    found: list[tuple[Finding, bool]]

    @property
    def is_quiet(self) -> bool:
        return not (self.overdue or self.due or self.changed or self.found)


def news_for(person: User, as_at: dt.date) -> list[FollowedNews]:
    """What the projects that a person follows have to tell on a day, as the digest tells it, nothing exempt.

    Changes of the last ``CHANGED_WITHIN_DAYS``, the latest first; accepted findings are left out. A
    constant number of queries.
    """
    followings = list(
        Following.objects.visible_to(person)
        .select_related("project")
        .order_by("project__reference")
    )
    if not followings:
        return []
    since = as_at - dt.timedelta(days=CHANGED_WITHIN_DAYS)
    news = gather([following.project for following in followings], as_at, since)
    every = [finding for each in news.values() for finding in each.found]
    accepted = {each.finding.key for each in concerns_of(every, as_at) if each.is_accepted}
    return [
        FollowedNews(
            project=following.project,
            overdue=mine.overdue,
            due=mine.due,
            changed=sorted(mine.changed, reverse=True),
            found=[
                (finding, key_of(finding) not in following.told)
                for finding in mine.found
                if finding.key not in accepted
            ],
        )
        for following in followings
        for mine in [news[following.project_id]]
    ]


def digests(as_at: dt.date) -> Iterator[Digest]:
    """A digest for each person who follows something that has something to tell and was not told today."""
    followings: dict[User, list[Following]] = defaultdict(list)
    rows = (
        Following.objects.filter(person__is_active=True)
        .select_related("person", "project")
        .order_by("person__email", "project__reference")
    )
    for following in rows:
        if following.told_on is None or following.told_on < as_at:
            followings[following.person].append(following)
    if not followings:
        return
    followed = {one.project_id: one.project for many in followings.values() for one in many}
    yesterday = as_at - dt.timedelta(days=1)
    told_on = [one.told_on or yesterday for many in followings.values() for one in many]
    news = gather(followed.values(), as_at, min(told_on))
    for person, many in followings.items():
        visible = set(
            Project.objects.visible_to(person)
            .filter(pk__in=[one.project_id for one in many])
            .values_list("pk", flat=True)
        )
        mine = [one for one in many if one.project_id in visible]
        digest = _digest_for(person, mine, news, as_at, yesterday)
        if digest is not None:
            yield digest


def _digest_for(
    person: User,
    followings: list[Following],
    news: dict[int, ProjectNews],
    as_at: dt.date,
    yesterday: dt.date,
) -> Digest | None:
    parts = []
    told: dict[int, list[str]] = {}
    for following in followings:
        mine = news[following.project_id]
        since = following.told_on or yesterday
        new = [finding for finding in mine.found if key_of(finding) not in following.told]
        told[following.pk] = [key_of(finding) for finding in mine.found]
        sections = [
            ("Overdue", mine.overdue),
            ("Due by " + _day(as_at + dt.timedelta(days=DUE_WITHIN_DAYS)), mine.due),
            ("Changed", [words for day, words in mine.changed if day > since]),
            ("Newly found", _finding_lines(new)),
        ]
        lines = [
            f"{heading}\n" + "\n".join(f"- {line}" for line in entries)
            for heading, entries in sections
            if entries
        ]
        if lines:
            address = f"{settings.SITE_URL}/projects/{mine.project.reference}/"
            parts.append(f"{mine.project}\n{address}\n\n" + "\n\n".join(lines))
    if not parts:
        return None
    body = "\n\n\n".join(parts) + (
        "\n\n\nYou get this because you follow these projects. Stop following on a project's page.\n"
        "Nothing that is exempt from publication is in this mail.\n"
    )
    count = len(parts)
    subject = f"{count} project{'' if count == 1 else 's'} you follow: what is due and new on {_day(as_at)}"
    return Digest(person, subject, body, told)


def _finding_lines(new: list[Finding]) -> list[str]:
    lines = [f"{finding.level.label}: {finding.message}" for finding in new[:MOST_FINDINGS]]
    if len(new) > MOST_FINDINGS:
        lines.append(f"and {len(new) - MOST_FINDINGS} more on the page of findings")
    return lines


def send(as_at: dt.date, report: Callable[[str], object]) -> tuple[int, int]:
    """Send every digest of a day; ``report`` is told each address. Gives how many were sent and how many failed.

    What a person was told is remembered once the mail server has taken the mail, so a second run on
    the same day sends nothing again, and a failed one is tried again by the next.
    """
    sent = failed = 0
    for digest in digests(as_at):
        message = EmailMessage(digest.subject, digest.body, to=[digest.person.email])
        try:
            message.send()
        except OSError as error:  # smtplib's errors are OSErrors
            failed += 1
            report(f"{digest.person.email}: not sent ({type(error).__name__})")
            continue
        remember(digest, as_at)
        sent += 1
        report(f"{digest.person.email}: sent")
    return sent, failed


def remember(digest: Digest, as_at: dt.date) -> None:
    """Note what a person has been told, and on which day."""
    with transaction.atomic():
        for pk, keys in digest.told.items():
            Following.objects.filter(pk=pk).update(told=keys, told_on=as_at)
