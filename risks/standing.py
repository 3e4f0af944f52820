"""How risks stand as at a day: scores from review to review, travel, appetite and controls, in three queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from council_hms.access import Permission, may
from council_hms.exemption import Audience
from projects.models import Project
from risks import matrix
from risks.matrix import Band, Travel
from risks.models import Assessment, Control, Register, RegisterScale, Risk, RiskKind


@dataclass(frozen=True, slots=True)
class Standing:
    """A risk on a day, with its reviews by then (the first first) and its controls."""

    risk: Risk
    reviews: Sequence[Assessment]
    controls: Sequence[Control]
    as_at: dt.date

    @property
    def now(self) -> Assessment | None:
        """The review that stands; None while there is none."""
        return self.reviews[-1] if self.reviews else None

    @property
    def before(self) -> Assessment | None:
        """The review before it."""
        return self.reviews[-2] if len(self.reviews) > 1 else None

    @property
    def score(self) -> int | None:
        return self.now.now.score if self.now else None

    @property
    def score_before(self) -> int | None:
        return self.before.now.score if self.before else None

    @property
    def band(self) -> Band | None:
        """The colour of the current score, on the scale that it was given on."""
        return self.now.scale.rule.band(self.now.now.score) if self.now else None

    @property
    def band_word(self) -> str:
        """The word of the current score's band on its scale; empty without a score."""
        return self.now.scale.rule.word(self.band) if self.now and self.band else ""

    def rated(self, name: str) -> str:
        """``12 Medium``: the gross, current or target score with its word; empty when it is not given."""
        point = self.now.point(name) if self.now else None
        return self.now.scale.rule.rating(point) if self.now and point else ""

    def spelt(self, name: str) -> str:
        """``12 Medium (impact 4 Major, probability 3 Possible)``; empty when it is not given."""
        point = self.now.point(name) if self.now else None
        return self.now.scale.rule.spelt(point) if self.now and point else ""

    @property
    def rating(self) -> str:
        return self.rated("current")

    @property
    def travel(self) -> Travel | None:
        """The direction of travel since the review before."""
        if self.now is None:
            return None
        return matrix.travel(self.before.mark if self.before else None, self.now.mark)

    @property
    def unmoved_for(self) -> int:
        """For how many reviews the score has stood still."""
        return matrix.unmoved_for([review.mark for review in self.reviews])

    @property
    def is_above_appetite(self) -> bool:
        """Whether it is a threat with a score that the council is not willing to bear."""
        return (
            self.risk.kind == RiskKind.THREAT
            and self.now is not None
            and self.now.scale.rule.above_appetite(self.now.now)
        )

    @property
    def open_controls(self) -> list[Control]:
        return [
            control
            for control in self.controls
            if control.settled_on is None or control.settled_on > self.as_at
        ]

    @property
    def overdue_controls(self) -> list[Control]:
        return [control for control in self.controls if control.is_overdue(self.as_at)]

    @property
    def comment(self) -> str:
        return self.now.comment if self.now else ""


def standings(risks: Sequence[Risk], as_at: dt.date) -> list[Standing]:
    """The risks (already those that the reader may see) as they stand on a day, in their order. Two queries."""
    ids = [risk.pk for risk in risks]
    reviews: dict[int, list[Assessment]] = defaultdict(list)
    rows = Assessment.objects.filter(risk__in=ids, reviewed_on__lte=as_at)
    for review in rows.select_related("scale", "reviewed_by").order_by("number"):
        reviews[review.risk_id].append(review)
    controls: dict[int, list[Control]] = defaultdict(list)
    for control in Control.objects.filter(risk__in=ids).known(as_at).order_by("pk"):
        controls[control.risk_id].append(control)
    return [Standing(risk, reviews[risk.pk], controls[risk.pk], as_at) for risk in risks]


def worst_first(found: Sequence[Standing]) -> list[Standing]:
    """Threats before opportunities, the highest score first; those without a score last."""
    return sorted(
        found,
        key=lambda each: (
            each.risk.kind != RiskKind.THREAT,
            -(each.score or 0),
            each.risk.pk,
        ),
    )


def top_risks(project: Project, user: Any, as_at: dt.date, most: int = 5) -> list[Standing]:
    """The open risks of a project with the highest scores, for its dashboard. Three queries."""
    risks: Any = (
        Risk.objects.visible_to(user).of(project).open(as_at).with_standing(as_at).for_lists()
    )
    worst = risks.order_by("-kind", "-score", "pk").filter(score__isnull=False)[:most]
    return standings(list(worst), as_at)


@dataclass(frozen=True, slots=True)
class RegisterStanding:
    """A register on a day: its scale, its open risks worst first, and what was withheld from the reader."""

    register: Register | None
    scale: RegisterScale
    risks: Sequence[Standing]
    as_at: dt.date
    withheld: int = 0

    @property
    def last_review(self) -> dt.date | None:
        """The day of the last review of any risk in it."""
        return max((each.now.reviewed_on for each in self.risks if each.now), default=None)

    @property
    def by_band(self) -> list[tuple[Band, str, int]]:
        """Band, its word on the scale in force, and how many open threats are rated so, red first."""
        rule = self.scale.rule
        return [
            (
                band,
                rule.word(band),
                sum(each.band is band for each in self.risks if each.risk.kind == RiskKind.THREAT),
            )
            for band in reversed(matrix.BANDS)
        ]

    @property
    def above_appetite(self) -> list[Standing]:
        return [each for each in self.risks if each.is_above_appetite]

    @property
    def controls_overdue(self) -> int:
        return sum(len(each.overdue_controls) for each in self.risks)

    @property
    def has_opportunities(self) -> bool:
        return any(each.risk.kind == RiskKind.OPPORTUNITY for each in self.risks)

    def heat_map(self, *, before: bool = False) -> matrix.HeatMap:
        """The open risks on the scale in force: as they stand, or as the review before left them."""
        placed = []
        for each in self.risks:
            review = each.before if before else each.now
            kind = "" if each.risk.kind == RiskKind.THREAT else " (opp.)"
            placed.append((f"{each.risk.reference}{kind}", review.mark if review else None))
        return matrix.heat_map(self.scale.rule, self.scale.pk or 0, placed)

    @property
    def heat_maps(self) -> list[tuple[str, matrix.HeatMap]]:
        """Words and map: before, then now. Before only when there was a review before."""
        now = ("As it stands", self.heat_map())
        before = ("As the review before left it", self.heat_map(before=True))
        return [before, now] if before[1].placed else [now]


def register_standing(
    project: Project | None, user: Any, as_at: dt.date, audience: Audience = Audience.EXEMPT
) -> RegisterStanding:
    """The register of a project (None: the corporate one) on a day, as a person and an audience may read it.

    Six queries. A register that has not been opened has no risks and shows the scale it would get.
    """
    register = Register.objects.of(project)
    scale = RegisterScale.objects.in_force(project, as_at) or RegisterScale.to_start_with(
        user, as_at
    )
    there = Risk.objects.of(project).open(as_at)
    seen = there.visible_to(user).for_audience(audience).for_lists()
    found = worst_first(standings(list(seen), as_at))
    # how many are withheld is no secret from those who read the register; what they are is
    withheld = 0
    if project is not None or may(user, Permission.SEE_ALL_PROJECTS):
        withheld = there.filter(exempt=True).count() - sum(each.risk.exempt for each in found)
    return RegisterStanding(register, scale, found, as_at, withheld)
