"""What the pages of lessons share: who may read a lesson, what of a form somebody else saved otherwise, a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from council_hms import outputs
from council_hms.access import Permission, SignedInRequest
from lessons.models import (
    Lesson,
)

P = Permission
SEES = (P.SEE_ALL_PROJECTS, P.SEE_OWN_PROJECTS)


def visible_lesson(request: SignedInRequest, pk: int) -> Lesson:
    """A lesson that this person may read, or 404."""
    return get_object_or_404(Lesson.objects.visible_to(request.user).for_lists(), pk=pk)


def all_valid(forms: Sequence[BaseForm]) -> bool:
    """Whether all are right. Each is asked, so that the page shows the errors of all of them."""
    return not [form for form in forms if not form.is_valid()]


def file_of(what: Any, format: str, name: str) -> HttpResponse:
    """A file of a format that can hold it, or 404."""
    if format not in {each.suffix for each in outputs.formats_for(what)}:
        raise Http404("no such format")
    return outputs.respond(what, format, name)


def differing(form: Any, theirs: Model) -> list[tuple[str, Any]]:
    """What someone else wrote where it differs from what was typed: words and value."""
    found = []
    for name in form._meta.fields:
        value = getattr(theirs, name)
        if value != form.cleaned_data.get(name):
            found.append((form.fields[name].label, value))
    return found
