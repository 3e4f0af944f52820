"""The scores that one review gave a risk. A review never replaces one: it is written after it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from council_hms.constraints import both_or_neither
from council_hms.history import tracked
from risks.matrix import LARGEST, Mark, Point
from risks.models.register import LONGEST, RegisterScale
from risks.models.risk import Risk
from risks.querysets import AssessmentQuerySet

#: The three scores: before controls, as it stands, and what controls are to bring it to.
SCORES = ("gross", "current", "target")


def _on_a_scale(name: str) -> models.CheckConstraint:
    parts = {}
    for part in ("impact", "probability"):
        parts[f"{name}_{part}__gte"] = 1
        parts[f"{name}_{part}__lte"] = LARGEST
    return models.CheckConstraint(
        condition=Q(**{f"{name}_impact": None}) | Q(**parts),
        name=f"assessment_{name}_on_a_scale",
        violation_error_message=f"Choose {name} impact and probability from the scale",
    )


@tracked
class Assessment(models.Model):
    """Impact and probability before controls (gross), now (current) and aimed at (target), as at a review.

    ``number`` counts from 1 for each risk; the highest by a day stands on that day. It is also
    what two people reviewing at the same time are told apart by.
    """

    risk = models.ForeignKey(
        Risk, on_delete=models.PROTECT, related_name="assessments", db_index=False
    )
    number = models.PositiveSmallIntegerField(default=1)
    scale = models.ForeignKey(RegisterScale, on_delete=models.PROTECT, related_name="+")
    reviewed_on = models.DateField(default=timezone.localdate)
    gross_impact = models.PositiveSmallIntegerField(null=True, blank=True)
    gross_probability = models.PositiveSmallIntegerField(null=True, blank=True)
    current_impact = models.PositiveSmallIntegerField()
    current_probability = models.PositiveSmallIntegerField()
    target_impact = models.PositiveSmallIntegerField(null=True, blank=True)
    target_probability = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(max_length=LONGEST, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    entered_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["risk", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["risk", "number"],
                name="assessment_numbered_once",
                violation_error_message="Somebody else has just reviewed this risk",
            ),
            both_or_neither("gross_impact", "gross_probability", model="assessment"),
            both_or_neither("target_impact", "target_probability", model="assessment"),
            *(_on_a_scale(name) for name in SCORES),
        ]

    def __str__(self) -> str:
        return f"Review {self.number}"

    def point(self, name: str) -> Point | None:
        """The gross, current or target score; None when it was not given."""
        impact = getattr(self, f"{name}_impact")
        probability = getattr(self, f"{name}_probability")
        return None if impact is None else Point(impact, probability)

    @property
    def now(self) -> Point:
        """The current score."""
        return Point(self.current_impact, self.current_probability)

    @property
    def mark(self) -> Mark:
        """The current score with its scale, for comparing."""
        return Mark(self.now, self.scale_id)
