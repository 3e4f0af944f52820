"""Exempt matter: what may be withheld from the public, under which paragraph, and from whom.

Schedule 12A, Part 1, Local Government Act 1972. Exemption belongs to an item, cites its
paragraph and says why the public interest in the exemption outweighs that in disclosure.
Everything leaves the system as the public version unless a person entitled to the exempt
one asks for it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q


class Audience(StrEnum):
    """Who a page or file is made for."""

    PUBLIC = "public"
    EXEMPT = "exempt"


class ExemptionParagraph(models.IntegerChoices):
    """The paragraphs of Schedule 12A, Part 1."""

    INDIVIDUAL = 1, "1: information relating to an individual"
    IDENTITY = 2, "2: likely to reveal the identity of an individual"
    FINANCIAL = 3, "3: financial or business affairs of any person (including the authority)"
    LABOUR = 4, "4: labour relations consultations or negotiations"
    PRIVILEGE = 5, "5: legal professional privilege"
    ORDERS = 6, "6: proposed notices, orders or directions"
    CRIME = 7, "7: prevention, investigation or prosecution of crime"


class Exemptable(models.Model):
    """A row that may be exempt. ``exempt`` rows name their paragraphs and the public-interest reason.

    A published report can be exempt without citing a paragraph (the source report does); such a
    row is a finding and stays withheld, so the constraint asks for the reason or a note, not more.
    """

    exempt = models.BooleanField("exempt from publication", default=False)
    exempt_paragraphs = ArrayField(
        models.PositiveSmallIntegerField(choices=ExemptionParagraph),
        default=list,
        blank=True,
        verbose_name="Schedule 12A paragraphs",
    )
    exempt_reason = models.TextField(
        "why the public interest favours exemption",
        blank=True,
        help_text="Say why the public interest in withholding outweighs that in disclosing.",
    )

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(exempt=True) | Q(exempt_paragraphs__len=0),
                name="%(app_label)s_%(class)s_paragraph_only_if_exempt",
                violation_error_message="Mark it as exempt, or remove the Schedule 12A paragraph",
            )
        ]

    def clean(self) -> None:
        super().clean()
        if self.exempt and not self.exempt_paragraphs:
            raise ValidationError(
                {"exempt_paragraphs": "Choose the paragraph of Schedule 12A that applies"}
            )
        if self.exempt and not self.exempt_reason.strip():
            raise ValidationError(
                {"exempt_reason": "Say why the public interest favours exemption"}
            )
