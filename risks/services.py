"""What people do with risks: raise, review, control, escalate, close. Each is one act with a name in the history."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from council_hms import columns, once
from council_hms.access import Permission, may, require
from council_hms.concurrency import StaleError, save_if_unchanged
from council_hms.history import acting
from council_hms.models import User
from projects.models import Project
from projects.services import ProjectError
from risks.matrix import Point
from risks.models import Assessment, Control, Register, RegisterScale, RegisterUpload, Risk
from risks.models.assessment import SCORES
from risks.models.register import SCALE_FIELDS, register_address
from risks.register_file import Plan, RiskChange, Sheets, plan

P = Permission


class RiskError(ProjectError):
    """What was asked cannot be done. ``str(error)`` is a sentence for people; ``field`` where it belongs."""


# -- registers and scales ----------------------------------------------------------------------


def may_write(user: Any, project: Project | None) -> bool:
    """Whether a person who sees a register also writes it."""
    return may(user, P.MANAGE_CORPORATE_RISKS if project is None else P.MANAGE_RISKS)


def _require_write(by: User, project: Project | None) -> None:
    require(by, P.MANAGE_CORPORATE_RISKS if project is None else P.MANAGE_RISKS)


def open_register(*, project: Project | None, by: User) -> Register:
    """The register of a project (None: the corporate one), opened with a scale if it was not yet."""
    with acting(by, "risk_register.open"):
        register = Register.objects.of(project)
        if register is None:
            try:
                with transaction.atomic():
                    register = Register.objects.create(project=project)
                    scale = RegisterScale.to_start_with(by, dt.date.max)
                    scale.register = register
                    scale.save()
            except IntegrityError:  # someone opened it in the same moment
                register = Register.objects.select_related("project").get(project=project)
    return register


REGISTER_FIELDS = ("review_weeks", "unmoved_reviews")


def change_register(
    *, register: Register, version: int, by: User, values: Mapping[str, Any]
) -> Register:
    """Change how often a register is reviewed and when standing still is remarked on. Raises StaleError."""
    require(by, P.ADMINISTER)
    columns.only(values, REGISTER_FIELDS)
    with acting(by, "risk_register.change"):
        return save_if_unchanged(register, version, **values)


def set_scale(
    *,
    register: Register,
    by: User,
    values: Mapping[str, Any],
    since: dt.date,
    everywhere: bool = False,
    token: uuid.UUID | None = None,
) -> list[RegisterScale]:
    """Put a scale in force from a day, for one register or for all. Scores keep the scale they were given on.

    A scale may not start before the last one, nor twice on a day. Raises RiskError.
    """
    require(by, P.ADMINISTER)
    columns.only(values, SCALE_FIELDS)
    with acting(by, "risk_scale.set", values.get("source", "")):
        claimed = once.claim(token, by)
        registers = Register.objects.select_for_update(of=("self",)).select_related("project")
        chosen = list(registers if everywhere else registers.filter(pk=register.pk))
        written = []
        for each in chosen:
            last = each.scales.order_by("-since").first()  # type: ignore[attr-defined]
            if last is not None and since <= last.since:
                raise RiskError(
                    f"The register of {each.name} has a scale from {last.since.day} "
                    f"{last.since:%B %Y}: enter a later day",
                    "since",
                )
            scale = RegisterScale(register=each, since=since, created_by=by, **values)
            scale.full_clean()
            scale.save()
            written.append(scale)
        once.settle(claimed, register.address("risk_scales"))
    return written


# -- risks -------------------------------------------------------------------------------------

#: The columns of a risk that people write.
RISK_FIELDS = (
    "reference",
    "title",
    "kind",
    "description",
    "cause",
    "consequence",
    "raised_on",
    "owner",
    "exempt",
    "exempt_paragraphs",
    "exempt_reason",
)


@dataclass(frozen=True, slots=True)
class Scores:
    """What a review gives a risk: the current score always, gross and target where they are known."""

    current: Point
    gross: Point | None = None
    target: Point | None = None

    @classmethod
    def of(cls, columns: Mapping[str, int | None]) -> Scores:
        """From the columns of an assessment."""

        def point(name: str) -> Point | None:
            impact, probability = columns[f"{name}_impact"], columns[f"{name}_probability"]
            return Point(impact, probability) if impact and probability else None

        current = point("current")
        assert current is not None  # noqa: S101 - the file was refused without it
        return cls(current=current, gross=point("gross"), target=point("target"))

    def columns(self) -> dict[str, int | None]:
        """As the columns of an assessment."""
        found: dict[str, int | None] = {}
        for name in SCORES:
            point: Point | None = getattr(self, name)
            found[f"{name}_impact"] = point.impact if point else None
            found[f"{name}_probability"] = point.probability if point else None
        return found


def add_risk(
    *,
    project: Project | None,
    by: User,
    values: Mapping[str, Any],
    scores: Scores | None,
    comment: str = "",
    today: dt.date,
    is_illustrative: bool = False,
    token: uuid.UUID | None = None,
) -> Risk:
    """Enter a risk in the register of a project (None: the corporate one), with its first scores if there are any.

    Without a reference it gets the next number. Raises RiskError, and once.AlreadyDone on a second send.
    """
    _require_write(by, project)
    with acting(by, "risk.add"):
        claimed = once.claim(token, by)
        risk = _write_risk(open_register(project=project, by=by), by, values, is_illustrative)
        if scores is not None:
            _assess(risk, None, scores, comment=comment, on=today, by=by)
        once.settle(claimed, risk.get_absolute_url())
    return risk


def _write_risk(
    register: Register, by: User, values: Mapping[str, Any], is_illustrative: bool
) -> Risk:
    columns.only(values, RISK_FIELDS)
    Register.objects.select_for_update().get(pk=register.pk)  # references are given one by one
    risk = Risk(register=register, created_by=by, is_illustrative=is_illustrative, **dict(values))
    risk.reference = risk.reference.strip() or next_reference(register)
    if Risk.objects.filter(register=register, reference=risk.reference).exists():
        raise RiskError(
            f"Another risk of this register has the reference {risk.reference}", "reference"
        )
    risk.save()
    return risk


def next_reference(register: Register) -> str:
    """``R`` (in the corporate register ``C``) with the first number above all that are used. One query."""
    letter = "R" if register.project_id else "C"
    used = Risk.objects.filter(register=register).values_list("reference", flat=True)
    shape = re.compile(rf"{letter}(\d{{1,9}})")
    numbers = [int(match[1]) for text in used if (match := shape.fullmatch(text))]
    return f"{letter}{max(numbers, default=0) + 1}"


def edit_risk(
    *, risk: Risk, version: int, by: User, values: Mapping[str, Any], reason: str = ""
) -> Risk:
    """Change what a risk says, if nobody else has meanwhile. Raises StaleError, RiskError.

    Nothing is written, and no history, where nothing changed.
    """
    _require_write(by, risk.register.project)
    columns.only(values, RISK_FIELDS)
    with acting(by, "risk.change", reason):
        current = Risk.objects.select_for_update().get(pk=risk.pk)
        if current.version != version:
            raise StaleError(current)
        if not columns.differ(current, values):
            return current
        taken = Risk.objects.filter(
            register=risk.register_id, reference=values.get("reference", current.reference)
        )
        if taken.exclude(pk=risk.pk).exists():
            raise RiskError("Another risk of this register has this reference", "reference")
        return save_if_unchanged(current, version, **values)


def close_risk(
    *, risk: Risk, version: int, by: User, closed_on: dt.date, closed_reason: str, today: dt.date
) -> Risk:
    """Close a risk, with the day and the reason. It stays in the register as closed. Raises StaleError, RiskError."""
    _require_write(by, risk.register.project)
    if not risk.raised_on <= closed_on <= today:
        raise RiskError("Enter a day from the one it was raised on to today", "closed_on")
    with acting(by, "risk.close", closed_reason):
        return save_if_unchanged(risk, version, closed_on=closed_on, closed_reason=closed_reason)


def reopen_risk(*, risk: Risk, version: int, by: User, reason: str) -> Risk:
    """Open a closed risk again. Raises StaleError."""
    _require_write(by, risk.register.project)
    with acting(by, "risk.reopen", reason):
        return save_if_unchanged(risk, version, closed_on=None, closed_reason="")


def escalate_risk(
    *,
    risk: Risk,
    by: User,
    owner: str,
    current: Point,
    reason: str,
    today: dt.date,
    token: uuid.UUID | None = None,
) -> Risk:
    """Bring a project's risk to the corporate register, scored on the corporate scale. Gives the corporate risk.

    Both stay, each with its own scores; an exempt risk is exempt there too. Raises RiskError when
    it has been escalated already, and once.AlreadyDone.
    """
    require(by, P.MANAGE_RISKS)
    with acting(by, "risk.escalate", reason):
        claimed = once.claim(token, by)
        source = (
            Risk.objects.select_for_update(of=("self",))
            .select_related("register__project")
            .get(pk=risk.pk)
        )
        if source.register.project is None:
            raise RiskError("This risk is in the corporate register already")
        if source.closed_on is not None:
            raise RiskError("This risk is closed: open it again before you escalate it")
        if Risk.objects.filter(escalated_from=source).exists():
            raise RiskError("This risk has been escalated already")
        values = {name: getattr(source, name) for name in RISK_FIELDS}
        values |= {"reference": "", "owner": owner, "raised_on": today}
        corporate = _write_risk(
            open_register(project=None, by=by), by, values, source.is_illustrative
        )
        corporate.escalated_from = source
        corporate.save(update_fields=["escalated_from"])
        comment = f"Escalated from {source.register.project.reference} {source.reference}: {reason}"
        _assess(corporate, None, Scores(current), comment=comment, on=today, by=by)
        once.settle(claimed, corporate.get_absolute_url())
    return corporate


# -- reviews -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReviewDraft:
    """What a review says of one risk. ``seen`` is the number of the review that stood when the page was opened."""

    risk_id: int
    seen: int
    scores: Scores
    comment: str = ""


class StaleReviewError(Exception):
    """Other people have reviewed some of these risks meanwhile. ``current`` holds their reviews."""

    def __init__(self, current: Sequence[Assessment]) -> None:
        super().__init__(
            "Someone else has reviewed this risk since you opened this page. Their review is shown beside yours."
        )
        self.current = list(current)


def review_risks(
    *,
    register: Register,
    by: User,
    drafts: Sequence[ReviewDraft],
    reviewed_on: dt.date,
    today: dt.date,
    token: uuid.UUID | None = None,
    result_url: str = "",
) -> list[Assessment]:
    """Write a review of a whole register, or of some of its risks, in one transaction.

    A risk whose score stays is reviewed too: that it has not moved is what the review found. Raises
    StaleReviewError (nothing is then written), RiskError, once.AlreadyDone.
    """
    _require_write(by, register.project)
    if reviewed_on > today:
        raise RiskError("Enter the day of the review, not one to come", "reviewed_on")
    with acting(by, "risk.review", f"Review of {reviewed_on.isoformat()}"):
        # one register is reviewed by one person after another
        Register.objects.select_for_update().get(pk=register.pk)
        claimed = once.claim(token, by)
        risks = {
            risk.pk: risk
            for risk in Risk.objects.filter(
                register=register, pk__in=[draft.risk_id for draft in drafts]
            ).select_related("register__project")
        }
        standing = latest_of(risks)
        stale = [
            last
            for draft in drafts
            if (last := standing.get(draft.risk_id)) is not None and last.number != draft.seen
        ]
        if stale:
            raise StaleReviewError(stale)
        written = []
        for draft in drafts:
            risk = risks.get(draft.risk_id)
            if risk is None or risk.closed_on is not None:
                raise RiskError(
                    "A risk of this review has been closed meanwhile: open the page again"
                )
            last = standing.get(risk.pk)
            written.append(
                _assess(risk, last, draft.scores, comment=draft.comment, on=reviewed_on, by=by)
            )
        once.settle(claimed, result_url)
    return written


def latest_of(risks: Iterable[int]) -> dict[int, Assessment]:
    """The last review of each risk, by the risk's id. One query."""
    rows = Assessment.objects.filter(risk__in=list(risks)).select_related("scale", "reviewed_by")
    return {row.risk_id: row for row in rows.order_by("number")}


def _assess(
    risk: Risk,
    last: Assessment | None,
    scores: Scores,
    *,
    comment: str,
    on: dt.date,
    by: User,
) -> Assessment:
    """Write the next scores of a risk, on the scale in force on the day. Raises RiskError."""
    scale = RegisterScale.objects.in_force(risk.register.project, on)
    if scale is None:
        raise RiskError("The register has no scale on that day")
    rule = scale.rule
    for point in (scores.current, scores.gross, scores.target):
        if point is not None and not rule.holds(point):
            raise RiskError(
                f"{risk.reference}: impact and probability go from 1 to {rule.size} on this register's scale"
            )
    if on < risk.raised_on:
        raise RiskError(
            f"{risk.reference} was raised on {risk.raised_on.day} {risk.raised_on:%B %Y}: "
            "enter that day or a later one",
            "reviewed_on",
        )
    if last is not None and on < last.reviewed_on:
        raise RiskError(
            f"{risk.reference} was reviewed on {last.reviewed_on.day} {last.reviewed_on:%B %Y}: "
            "enter that day or a later one",
            "reviewed_on",
        )
    return Assessment.objects.create(
        risk=risk,
        number=last.number + 1 if last else 1,
        scale=scale,
        reviewed_on=on,
        comment=comment,
        reviewed_by=by,
        **scores.columns(),
    )


# -- files -------------------------------------------------------------------------------------


def keep_upload(
    *, project: Project | None, by: User, file_name: str, sheets: Sheets, token: uuid.UUID | None
) -> RegisterUpload:
    """Keep what was read of a file until its owner has seen what it would do. An earlier one is forgotten."""
    _require_write(by, project)
    with transaction.atomic():
        claimed = once.claim(token, by)
        RegisterUpload.objects.filter(uploaded_by=by, project=project).delete()
        upload = RegisterUpload.objects.create(
            project=project, uploaded_by=by, file_name=file_name[:200], sheets=list(sheets)
        )
        once.settle(claimed, register_address(project, "risk_import_preview", upload.pk))
    return upload


def import_register(
    *,
    upload: RegisterUpload,
    by: User,
    seen: str,
    today: dt.date,
    token: uuid.UUID | None = None,
) -> Plan:
    """Do what the preview of a file said, all of it in one transaction, and forget the file. Gives what was done.

    ``seen`` is the fingerprint of the plan that the person saw. Raises RiskError when the file has
    faults or the register has changed meanwhile, and once.AlreadyDone.
    """
    _require_write(by, upload.project)
    try:
        return _import(upload, by, seen, today, token)
    except (StaleError, IntegrityError):
        raise RiskError(_CHANGED_MEANWHILE) from None


_CHANGED_MEANWHILE = (
    "The register has changed since you saw what the file would do: look at it again"
)


def _import(
    upload: RegisterUpload, by: User, seen: str, today: dt.date, token: uuid.UUID | None
) -> Plan:
    project = upload.project
    with acting(by, "risk_register.import", f"From the file {upload.file_name}"):
        claimed = once.claim(token, by)
        register = open_register(project=project, by=by)
        Register.objects.select_for_update().get(pk=register.pk)
        found = plan(project, by, upload.sheets, today)
        if found.faults:
            raise RiskError("The file has faults: mend them and upload it again")
        if found.fingerprint != seen:
            raise RiskError(_CHANGED_MEANWHILE)
        risks = {risk.reference: risk for risk in Risk.objects.of(project)}
        for change in found.risks:
            risks[change.reference] = _apply_risk(register, change, by)
        for line in found.controls:
            if line.control is not None:
                save_if_unchanged(line.control, line.control.version, **line.values)
            else:
                Control.objects.create(
                    risk=risks[line.reference], created_by=by, added_on=today, **line.values
                )
        upload.delete()
        once.settle(claimed, register.get_absolute_url())
    return found


def _apply_risk(register: Register, change: RiskChange, by: User) -> Risk:
    if change.risk is None:
        risk = _write_risk(register, by, change.values, is_illustrative=False)
        last = None
    else:
        risk = change.risk
        last = latest_of([risk.pk]).get(risk.pk)
        if change.values:
            risk = save_if_unchanged(risk, risk.version, **change.values)
    if change.closing is not None:
        day, reason = change.closing
        risk = save_if_unchanged(risk, risk.version, closed_on=day, closed_reason=reason)
    if change.scores is not None and change.reviewed_on is not None:
        _assess(
            risk,
            last,
            Scores.of(change.scores),
            comment=change.comment,
            on=change.reviewed_on,
            by=by,
        )
    return risk


# -- controls ----------------------------------------------------------------------------------

CONTROL_FIELDS = ("what", "owner", "due_on", "status", "progress", "settled_on")


def add_control(
    *,
    risk: Risk,
    by: User,
    values: Mapping[str, Any],
    added_on: dt.date,
    token: uuid.UUID | None = None,
) -> Control:
    """Say what is done about a risk. Raises RiskError, and once.AlreadyDone on a second send."""
    _require_write(by, risk.register.project)
    columns.only(values, CONTROL_FIELDS)
    with acting(by, "risk_control.add"):
        claimed = once.claim(token, by)
        control = Control(risk=risk, created_by=by, added_on=added_on, **values)
        _clean(control)
        control.save()
        once.settle(claimed, risk.get_absolute_url())
    return control


def edit_control(*, control: Control, version: int, by: User, values: Mapping[str, Any]) -> Control:
    """Change a control or say how far it has come, if nobody else has meanwhile. Raises StaleError, RiskError."""
    _require_write(by, control.risk.register.project)
    columns.only(values, CONTROL_FIELDS)
    with acting(by, "risk_control.change"):
        current = Control.objects.select_for_update().get(pk=control.pk)
        if current.version != version:
            raise StaleError(current)
        if not columns.differ(current, values):
            return current
        for name, value in values.items():
            setattr(current, name, value)
        _clean(current)
        return save_if_unchanged(current, version, **values)


def _clean(control: Control) -> None:
    """The database's rules as sentences. Raises RiskError with the first."""
    try:
        control.full_clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise RiskError(sentences[0], "" if field == "__all__" else field) from None
