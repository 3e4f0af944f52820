"""Pages for the administrator: the council's settings, its people, and the doors to the rules of each room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from council_hms import council, once, second_factor
from council_hms.access import Permission, SignedInRequest, allow
from council_hms.concurrency import StaleError
from council_hms.council_forms import PersonForm, SettingsForm
from council_hms.history_log import history_of
from council_hms.models import CouncilSettings, User

P = Permission
#: What an administrator keeps: words, URL name, what it decides.
DOORS = [
    (
        "The council",
        "council_edit",
        "Name, colour, units of tables, four eyes, and what happens at the HRA ring-fence",
    ),
    ("People and roles", "person_list", "Who may sign in, and what each may do"),
    (
        "Governing bodies and limits",
        "constitution",
        "Who may approve what, from when until when; key-decision thresholds",
    ),
    ("Funding sources", "source_keep", "Where money may come from, in the order papers print it"),
    ("Closed years", "closed_years", "Years whose books are closed"),
    ("Lessons that bind new projects", "lesson_rules", "Which lessons must be answered, by whom"),
    ("Risk scales", "risk_registers", "Scores, bands and words of the risk registers"),
    ("Report templates", "report_templates", "Header fields and sections of Cabinet reports"),
    ("Security log", "security_log", "Sign-ins, refusals, files taken, rights given"),
]


@require_GET
@allow(P.ADMINISTER)
def council_settings(request: SignedInRequest) -> HttpResponse:
    """Everything that the administrator keeps, each a door."""
    doors = [(words, reverse(name), about) for words, name, about in DOORS]
    return render(request, "council/settings.html", {"doors": doors})


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def council_edit(request: SignedInRequest) -> HttpResponse:
    """Change the council's settings."""
    form = SettingsForm(request.POST or None, instance=CouncilSettings.current())

    def act() -> None:
        council.save_settings(
            by=request.user,
            version=form.cleaned_data["version"] or 0,
            reason=form.cleaned_data["reason"],
            **form.values,
        )

    def look_again(theirs: Any) -> None:
        typed = request.POST.copy()  # the posted values are read-only
        typed["version"] = str(theirs.version)
        form.data = typed  # type: ignore[assignment]

    return answer(
        request,
        form,
        act=act,
        look_again=look_again,
        done="The council’s settings are saved.",
        heading="The council",
        history=history_of(CouncilSettings.current(), request.user),
    )


@require_GET
@allow(P.ADMINISTER)
def person_list(request: SignedInRequest) -> HttpResponse:
    """Everyone who has an account, with their roles."""
    return render(
        request,
        "council/people.html",
        {"people": User.objects.order_by("-is_active", "name", "email")},
    )


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def person_add(request: SignedInRequest) -> HttpResponse:
    """Make an account; the page after it has the link by which the person sets a password."""
    form = PersonForm(request.POST or None)
    made: list[User] = []

    def act() -> None:
        made.append(
            council.add_person(
                by=request.user,
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                roles=form.cleaned_data["roles"],
            )
        )

    return answer(
        request,
        form,
        act=act,
        done="The account is made. Give the person a link to set a password.",
        heading="Add a person",
        back=reverse("person_list"),
        then=lambda: reverse("person", args=[made[0].pk]),
    )


@require_http_methods(["GET", "POST"])
@allow(P.ADMINISTER)
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a person's roles, or switch the account off."""
    found = get_object_or_404(User, pk=pk)
    form = PersonForm(request.POST or None, instance=User.objects.get(pk=pk))

    def act() -> None:
        council.edit_person(
            by=request.user,
            person=found,
            seen=[role for role in form.cleaned_data["seen_roles"].split(",") if role],
            name=form.cleaned_data["name"],
            roles=form.cleaned_data["roles"],
            is_active=form.cleaned_data["is_active"],
            reason=form.cleaned_data["reason"],
        )

    def look_again(theirs: Any) -> None:
        typed = request.POST.copy()  # the posted values are read-only
        typed["seen_roles"] = ",".join(sorted(theirs.roles))
        form.data = typed  # type: ignore[assignment]

    return answer(
        request,
        form,
        act=act,
        look_again=look_again,
        done=f"{found} is saved.",
        heading=str(found),
        back=reverse("person_list"),
        template="council/person.html",
        person=found,
        history=history_of(found, request.user),
        has_second_factor=second_factor.is_set_up_by(found),
    )


@require_POST
@allow(P.ADMINISTER)
def person_second_factor(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take away the second factor of a person whose telephone is lost."""
    found = get_object_or_404(User, pk=pk)
    second_factor.take_away(by=request.user, person=found)
    messages.success(
        request, f"{found} has no second factor now, and sets up a new one when signing in."
    )
    return redirect("person", pk)


@require_POST
@allow(P.ADMINISTER)
def person_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show, once, the link by which a person sets a password."""
    found = get_object_or_404(User, pk=pk, is_active=True)
    path = council.link_to_set_password(by=request.user, person=found)
    return render(
        request,
        "council/person_link.html",
        {"person": found, "link": request.build_absolute_uri(path)},
    )


def answer(
    request: SignedInRequest,
    form: Any,
    *,
    act: Callable[[], Any],
    done: str,
    heading: str,
    back: str = "",
    then: Callable[[], str] | None = None,
    look_again: Callable[[Any], None] | None = None,
    template: str = "council/form.html",
    **more: Any,
) -> HttpResponse:
    """A page that is one form under a heading: call the service with a good form, show what is wrong otherwise.

    ``look_again`` makes the form answer to the row as someone else saved it meanwhile; both are shown.
    """
    back = back or reverse("council_settings")
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            act()
            messages.success(request, done)
            return redirect(then() if then else back)
        except once.AlreadyDone as earlier:
            messages.info(request, str(earlier))
            return redirect(back)
        except StaleError as stale:
            theirs = stale.current
            if look_again:
                look_again(theirs)
            form.add_error(None, str(stale))
        except ValidationError as error:
            form.add_error(None, error)
        except ValueError as error:
            field = getattr(error, "field", None)
            if (
                field is None
            ):  # not a refusal of a service (CouncilError, BudgetError) but a fault of ours
                raise
            form.add_error(field if field in form.fields else None, str(error))
    return render(
        request,
        template,
        {
            "form": form,
            "heading": heading,
            "back": back,
            "theirs": [
                (
                    str(form.fields[name].label or name.replace("_", " ").capitalize()),
                    shown(theirs, name),
                )
                for name in form.fields
                if hasattr(theirs, name)
            ]
            if theirs is not None
            else [],
            **more,
        },
    )


def shown(row: Any, name: str) -> str:
    """A column of a row as words."""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "(empty)")
