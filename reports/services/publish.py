"""Publishing a report: its text, figures and files of one day are frozen, all of them or none, for ever.

Asking takes the text and its figures as they are; making draws the files, which takes seconds, and keeps
everything in one transaction. Between the two people may go on writing: what they write is the next version's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F, Max
from django.utils import timezone

from council_hms import beside, once, outputs
from council_hms.access import Permission, require
from council_hms.concurrency import StaleError
from council_hms.exemption import Audience
from council_hms.history import acting
from council_hms.models import CouncilSettings, User
from reports import publish
from reports.assemble import Assembled, assemble
from reports.clearance import standing_clearances
from reports.frozen import freeze
from reports.models import Publication, PublicationFile, Publishing, Report
from reports.publish import DrawnFile
from reports.services.report import ReportError

#: The first of the two keys of the lock that whoever makes a report's files holds; the other is the report's.
WORK_LOCK = 71_003
STOPPED = "The work stopped before it was done, and nothing was published. Publish again."
_MEANWHILE = "Somebody else published this report at the same moment. Look at its versions first."
FAILED = (
    "Something went wrong in the product, and nothing was published. "
    "Try again; if it fails again, tell the people who run it what you did and when."
)


@dataclass(frozen=True, slots=True)
class Pack:
    """What was asked to be published as version ``number``: papers and attached PDFs as they stood then.

    ``papers`` has one for each audience that has one of its own.
    """

    asked: Publishing
    report: Report
    number: int
    papers: dict[Audience, Assembled]
    attached: Sequence[DrawnFile]
    council: CouncilSettings
    today: dt.date


def publish_report(
    *,
    by: User,
    report: Report,
    of_version: int,
    today: dt.date,
    note: str = "",
    token: UUID | None = None,
) -> Publication:
    """Ask and make in one. Raises what ``ask_to_publish`` and ``make`` raise."""
    pack = ask_to_publish(
        by=by, report=report, of_version=of_version, today=today, note=note, token=token
    )
    return make(by=by, pack=pack)


def ask_to_publish(
    *,
    by: User,
    report: Report,
    of_version: int,
    today: dt.date,
    note: str = "",
    token: UUID | None = None,
) -> Pack:
    """Take what a report says now, to be published. ``of_version`` is the content that was previewed.

    Raises StaleError when it has changed since; ReportError when a reference cannot be resolved, a
    compulsory part is empty, a clearance is missing and ``note`` does not say why, or it is being
    published already; once.AlreadyDone.
    """
    require(by, Permission.PUBLISH_REPORTS)
    council = CouncilSettings.current()
    with acting(by, "report.publish", note):
        claimed = once.claim(token, by)
        # nobody changes the text while it is read
        locked = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
        if locked.content_version != of_version:
            raise StaleError(locked)
        if any(each.is_at_work and not has_stopped(each) for each in locked.publishings.all()):
            raise ReportError(
                "This report is being published at this moment; wait until that is done"
            )
        number = (locked.publications.aggregate(last=Max("number"))["last"] or 0) + 1
        file_at = publish.published_file_at(locked, number)
        papers = {
            audience: assemble(locked, audience, council=council, today=today, file_at=file_at)
            for audience in Audience
        }
        _refuse_unready(locked, papers.values(), note)
        public, exempt = papers[Audience.PUBLIC], papers[Audience.EXEMPT]
        if exempt.document.blocks == public.document.blocks:
            del papers[Audience.EXEMPT]  # nothing is withheld from anybody
        asked = Publishing.objects.create(
            report=locked,
            note=note.strip(),
            asked_by=by,
            files=sum(len(publish.formats_of(paper.document)) for paper in papers.values()),
        )
        once.settle(claimed, asked.get_absolute_url())
        attached = publish.attached_files(locked, number)
    return Pack(asked, locked, number, papers, attached, council, today)


def make(*, by: User, pack: Pack) -> Publication:
    """Draw the files of a pack and keep it as the report's next version. Raises ReportError, OutputError.

    Why it came to nothing stands in ``asked.problem`` too, for those who look at its page.
    """
    require(by, Permission.PUBLISH_REPORTS)
    try:
        with beside.at_work(WORK_LOCK, pack.report.pk):
            return _keep(by, pack, [*_draw(pack), *pack.attached])
    except (beside.BusyError, IntegrityError, outputs.OutputError) as error:
        reason = str(error) if isinstance(error, outputs.OutputError) else _MEANWHILE
        note_problem(pack.asked, reason)
        raise ReportError(reason) from error


def note_problem(asked: Publishing, problem: str) -> None:
    """Nothing was published, and why."""
    Publishing.objects.filter(pk=asked.pk, publication=None, problem="").update(problem=problem)


def has_stopped(asked: Publishing) -> bool:
    """Whether nobody is at work on it any more: the process was killed."""
    return asked.is_at_work and beside.has_stopped(WORK_LOCK, asked.report_id, asked.touched_at)


def _draw(pack: Pack) -> Iterator[DrawnFile]:
    """Each file of a pack; how many are made is noted at once, for its page."""
    for audience, drawn in pack.papers.items():
        stem = publish.file_stem(pack.report, audience, f"version {pack.number}")
        for format in publish.formats_of(drawn.document):
            yield DrawnFile(
                audience,
                format,
                outputs.file_name(stem, format),
                publish.draw(pack.report, drawn.document, format, pack.council),
            )
            Publishing.objects.filter(pk=pack.asked.pk).update(
                made=F("made") + 1, touched_at=timezone.now()
            )


def _keep(by: User, pack: Pack, files: Sequence[DrawnFile]) -> Publication:
    public, exempt = pack.papers[Audience.PUBLIC], pack.papers.get(Audience.EXEMPT)
    with acting(by, "report.publish", pack.asked.note):
        made = Publication.objects.create(
            report=pack.report,
            number=pack.number,
            of_version=pack.report.content_version,
            as_at=pack.report.figures_as_at or pack.today,
            published_on=pack.today,
            published_at=timezone.now(),
            published_by=by,
            note=pack.asked.note,
            figures=publish.frozen_figures(public.figures),
            document=freeze(public.document),
            exempt_document=freeze(exempt.document) if exempt else None,
        )
        PublicationFile.objects.bulk_create(
            PublicationFile(
                publication=made,
                audience=file.audience,
                format=file.format,
                appendix=file.appendix,
                title=file.title,
                name=file.name,
                sha256=file.sha256,
                size=len(file.content),
                content=file.content,
            )
            for file in files
        )
        Publishing.objects.filter(pk=pack.asked.pk).update(publication=made)
    return made


def _refuse_unready(report: Report, papers: Iterable[Assembled], note: str) -> None:
    problems = [problem for paper in papers for problem in paper.problems]
    if problems:
        raise ReportError(f"A reference in the text cannot be resolved. {problems[0]}")
    empty = report.sections.filter(compulsory=True, paragraphs=None).first()
    if empty is not None:
        raise ReportError(f"The section “{empty.title}” is compulsory and empty; write it first")
    missing = [each.kind_words for each in standing_clearances(report) if not each.stands]
    if missing and not note.strip():
        raise ReportError(
            f"Not cleared by {' and '.join(missing).lower()}. Have it cleared, or say why it is published without",
            "note",
        )
