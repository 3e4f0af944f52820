"""A register of risks, of a project or of the council, and the scales that its scores are given on."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from council_hms.history import tracked
from projects.models import Project
from risks import matrix
from risks.querysets import RegisterQuerySet, RegisterScaleQuerySet

#: Letters of a longer text: more fit neither a cell of a spreadsheet nor a review.
LONGEST = 4000


def register_address(project: Project | None, page: str, *args: object) -> str:
    """The address of a page of a project's register, or of the corporate one, whether it is open yet or not."""
    if project is not None:
        return reverse(f"project_{page}", args=[project.reference, *args])
    return reverse(f"corporate_{page}", args=args)


@tracked
class Register(models.Model):
    """The risks of one project, or, without a project, the corporate register. It opens with its first risk."""

    project = models.OneToOneField(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="risk_register"
    )
    review_weeks = models.PositiveSmallIntegerField(
        "weeks between reviews",
        null=True,
        blank=True,
        default=13,
        help_text="For example 13, once a quarter. Leave it empty when no reviews are asked for.",
    )
    unmoved_reviews = models.PositiveSmallIntegerField(
        "reviews without movement that are remarked on",
        default=3,
        help_text="A threat above its target that has stood still for so many reviews is a finding.",
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    history_parts: ClassVar = ("scales",)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = [F("project__reference").asc(nulls_first=True)]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project"],
                name="register_one_for_each_project_one_corporate",
                nulls_distinct=False,
                violation_error_message="There is already such a register",
            ),
            models.CheckConstraint(
                condition=Q(review_weeks=None) | Q(review_weeks__gte=1, review_weeks__lte=104),
                name="register_review_weeks_1_to_104",
                violation_error_message="Enter a number of weeks from 1 to 104",
            ),
            models.CheckConstraint(
                condition=Q(unmoved_reviews__gte=1, unmoved_reviews__lte=20),
                name="register_unmoved_reviews_1_to_20",
                violation_error_message="Enter a number of reviews from 1 to 20",
            ),
        ]

    def __str__(self) -> str:
        return "Risk register" if self.project_id else "Corporate risk register"

    @property
    def name(self) -> str:
        """``HMS`` or ``Corporate``. Reads the project: have it at hand."""
        return self.project.reference if self.project else "Corporate"

    def address(self, page: str, *args: object) -> str:
        """The address of a page of this register, such as ``risk_create`` or ``risk_review``."""
        return register_address(self.project, page, *args)

    def get_absolute_url(self) -> str:
        return self.address("risks")

    @property
    def scales_url(self) -> str:
        """Where it is said what its scores mean."""
        return self.address("risk_scales")


@tracked
class RegisterScale(models.Model):
    """A scale of a register, in force from a day until the next. A scale is never changed, only followed.

    Scores point to the scale that they were given on, so that an old score keeps its meaning.
    """

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="scales")
    since = models.DateField("in force from", default=timezone.localdate)
    impact_words = ArrayField(models.CharField(max_length=40))
    probability_words = ArrayField(models.CharField(max_length=40))
    band_words = ArrayField(models.CharField(max_length=40))
    amber_from = models.PositiveSmallIntegerField("amber from a score of")
    red_from = models.PositiveSmallIntegerField("red from a score of")
    appetite = models.PositiveSmallIntegerField(
        "appetite",
        help_text="The highest score of a threat that the council is willing to bear.",
    )
    source = models.CharField("where it is written", max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RegisterScaleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["register", "since"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["register", "since"],
                name="register_scale_one_a_day",
                violation_error_message="There is already a scale from that day",
            ),
            models.CheckConstraint(
                condition=Q(
                    impact_words__len__gte=matrix.SMALLEST, impact_words__len__lte=matrix.LARGEST
                )
                & Q(probability_words__len=F("impact_words__len"), band_words__len=3),
                name="register_scale_is_square",
                violation_error_message="Enter as many steps for impact as for probability, and three bands",
            ),
            models.CheckConstraint(
                condition=Q(amber_from__gte=2, red_from__gt=F("amber_from"), appetite__gte=1),
                name="register_scale_bands_in_order",
                violation_error_message="Amber starts at 2 or more, red above it",
            ),
        ]

    def __str__(self) -> str:
        return f"Scale {len(self.impact_words)}×{len(self.impact_words)}"

    def clean(self) -> None:
        super().clean()
        if None in (self.amber_from, self.red_from, self.appetite):
            return  # their own fields say what is wrong
        if found := matrix.faults(self.rule):
            raise ValidationError(dict(found))

    @classmethod
    def to_start_with(cls, by: Any, day: dt.date) -> RegisterScale:
        """What a new register is scored on: the corporate scale in force on a day, else the usual one. Unsaved."""
        pattern = cls.objects.in_force(None, day)
        parts: dict[str, Any] = (
            {name: getattr(pattern, name) for name in SCALE_FIELDS} if pattern else USUAL_SCALE
        )
        return cls(since=FIRST_DAY, created_by=by, **parts)

    @property
    def rule(self) -> matrix.Scale:
        """The scale as arithmetic."""
        return matrix.Scale(
            impact_words=self.impact_words,
            probability_words=self.probability_words,
            band_words=self.band_words,
            amber_from=self.amber_from,
            red_from=self.red_from,
            appetite=self.appetite,
        )


#: What a first register starts with, until the council's own is entered.
USUAL_SCALE: dict[str, Any] = {
    "impact_words": ["Insignificant", "Minor", "Moderate", "Major", "Severe"],
    "probability_words": ["Rare", "Unlikely", "Possible", "Likely", "Almost certain"],
    "band_words": ["Low", "Medium", "High"],
    "amber_from": 6,
    "red_from": 15,
    "appetite": 10,
    "source": "As the product comes; an administrator enters the council's own.",
}
#: The parts of a scale, as they are copied from register to register.
SCALE_FIELDS = tuple(USUAL_SCALE)
#: The day from which the first scale of a register counts, so that older scores can be entered too.
FIRST_DAY = dt.date(1990, 1, 1)
