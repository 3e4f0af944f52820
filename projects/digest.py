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

from council_hms import findings, news
from council_hms.findings import Finding, Scope
from council_hms.models import User
from council_hms.news import Change, Due, day_words
from projects.accepted import concerns_of
from projects.models import Following, Project
from projects.readers import OPEN_READER

#: Days ahead that count as due soon.
DUE_WITHIN_DAYS = 7
#: Days back that the page of followed projects tells changes of.
CHANGED_WITHIN_DAYS = 14
#: New findings of one project that a mail spells out; more are counted.
MOST_FINDINGS = 15


@dataclass(slots=True)
class ProjectNews:
    """What one project has to tell on a day. A finding that an overdue line says already is in ``repeated``."""

    project: Project
    due: list[Due] = field(default_factory=list)
    overdue: list[Due] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    found: list[Finding] = field(default_factory=list)
    repeated: list[Finding] = field(default_factory=list)


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


def gather(projects: Iterable[Project], as_at: dt.date, since: dt.date) -> dict[int, ProjectNews]:
    """What the projects have to tell as at a day, with changes after ``since``. A constant number of queries.

    Findings that somebody has accepted are left out.
    """
    telling = {project.pk: ProjectNews(project) for project in projects}
    scope = Scope(Project.objects.filter(pk__in=telling), as_at, OPEN_READER)
    overdue_already = set()
    for each in news.due(scope, as_at + dt.timedelta(days=DUE_WITHIN_DAYS)):
        mine = telling[each.project_id]
        if each.due_on < as_at:
            mine.overdue.append(each)
            if each.told_by:
                overdue_already.add((each.project_id, *each.told_by))
        else:
            mine.due.append(each)
    for change in news.changes(scope, since):
        telling[change.project_id].changed.append(change)
    for concern in concerns_of(findings.run(scope), as_at):
        finding = concern.finding
        # what is about a paper in draft is not for everyone who follows a project that it is on
        if finding.project_id in telling and not finding.about and not concern.is_accepted:
            mine = telling[finding.project_id]
            same = (finding.project_id, finding.code, finding.subject)
            (mine.repeated if same in overdue_already else mine.found).append(finding)
    return telling


@dataclass(frozen=True, slots=True)
class FollowedNews:
    """What a followed project has to tell its follower. ``found`` says which findings no mail has told yet."""

    project: Project
    overdue: list[Due]
    due: list[Due]
    changed: list[Change]
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
    telling = gather([following.project for following in followings], as_at, since)
    return [
        FollowedNews(
            project=following.project,
            overdue=mine.overdue,
            due=mine.due,
            changed=mine.changed,
            found=[(finding, key_of(finding) not in following.told) for finding in mine.found],
        )
        for following in followings
        for mine in [telling[following.project_id]]
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
    telling = gather(followed.values(), as_at, min(told_on))
    for person, many in followings.items():
        visible = set(
            Project.objects.visible_to(person)
            .filter(pk__in=[one.project_id for one in many])
            .values_list("pk", flat=True)
        )
        mine = [one for one in many if one.project_id in visible]
        digest = _digest_for(person, mine, telling, as_at, yesterday)
        if digest is not None:
            yield digest


def _digest_for(
    person: User,
    followings: list[Following],
    telling: dict[int, ProjectNews],
    as_at: dt.date,
    yesterday: dt.date,
) -> Digest | None:
    parts = []
    told: dict[int, list[str]] = {}
    for following in followings:
        mine = telling[following.project_id]
        since = following.told_on or yesterday
        new = [finding for finding in mine.found if key_of(finding) not in following.told]
        told[following.pk] = [key_of(finding) for finding in (*mine.found, *mine.repeated)]
        soon = day_words(as_at + dt.timedelta(days=DUE_WITHIN_DAYS))
        sections = [
            ("Overdue", [f"{day_words(each.due_on)}: {each.words}" for each in mine.overdue]),
            (f"Due by {soon}", [f"{day_words(each.due_on)}: {each.words}" for each in mine.due]),
            (
                "Changed",
                [
                    f"{day_words(each.day)}: {each.words}"
                    for each in mine.changed
                    if each.day > since
                ],
            ),
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
        "\n\n\nYou get this because you follow these projects:\n"
        f"{settings.SITE_URL}/projects/followed/\n"
        "Nothing that is exempt from publication is in this mail.\n"
    )
    count = len(parts)
    subject = f"{count} project{'' if count == 1 else 's'} you follow: what is due and new on {day_words(as_at)}"
    return Digest(person, subject, body, told)


def _finding_lines(new: list[Finding]) -> list[str]:
    lines = [
        f"{finding.level.label}, {_lower(finding.check.title)}: {finding.message}"
        for finding in new[:MOST_FINDINGS]
    ]
    if len(new) > MOST_FINDINGS:
        lines.append(f"and {len(new) - MOST_FINDINGS} more on the page of findings")
    return lines


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


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
