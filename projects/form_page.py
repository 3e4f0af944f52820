"""One page with one form: bind, call the service, answer; and what it shows when somebody else saved first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render

from council_hms import once
from council_hms.access import SignedInRequest
from council_hms.concurrency import ClashError, StaleError
from projects.services import ProjectError


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else saved otherwise than it was typed here."""

    label: str
    theirs: str
    yours: str


def _shown(value: Any) -> str:
    """A value as words: nothing is said to be empty, so that a cleared box is seen."""
    if value is None or value == "" or value == []:
        return "(empty)"
    if value is True or value is False:
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value)


def differences(form: forms.BaseForm, current: models.Model) -> list[Difference]:
    """The fields in which the saved row and what was typed differ."""
    found = []
    for name, field in form.fields.items():
        if name == "version" or not hasattr(current, name):
            continue
        theirs, yours = getattr(current, name), form.cleaned_data.get(name)
        if theirs != yours:
            display = getattr(current, f"get_{name}_display", None)
            choices = dict(getattr(field, "choices", ()) or ()) if display else {}
            found.append(
                Difference(
                    str(field.label),
                    _shown(display() if display else theirs),
                    _shown(choices.get(yours, yours)),
                )
            )
    return found


def answer_form(
    request: SignedInRequest,
    form: forms.BaseForm,
    *,
    act: Callable[[], Any],
    done: str,
    then: str,
    template: str,
    page: dict[str, Any],
    is_ready: bool = True,
) -> HttpResponse:
    """Call the service with a good form and go on; show the page with what was typed otherwise.

    ``act`` may raise ProjectError (shown at its field), StaleError (both texts are shown, and the
    form then carries the version that was shown) or AlreadyDone (goes to the first result).
    """
    if request.method == "POST" and form.is_valid() and is_ready:
        try:
            act()
        except once.AlreadyDone as earlier:
            messages.info(request, str(earlier))
            return redirect(earlier.result_url or then)
        except StaleError as stale:
            page["differences"] = differences(form, stale.current)
            typed = request.POST.copy()  # the posted values are read-only
            typed["version"] = str(stale.current.version)  # type: ignore[attr-defined]
            form.data = typed
            form.add_error(None, str(stale))
        except ClashError as clash:
            form.add_error(None, clash)
        except ProjectError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, done)
            return redirect(then)
    return render(request, template, {"form": form, **page})
