"""The review of a register: every open risk on one screen, one form, sent once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from council_hms import once
from council_hms.access import Permission, SignedInRequest, allow
from risks import services
from risks.forms import ReviewDayForm, ReviewForm, review_forms
from risks.models.register import register_address
from risks.standing import register_standing
from risks.views.common import page_of, project_of, writable

P = Permission


@require_http_methods(["GET", "POST"])
@allow(P.MANAGE_RISKS)
def risk_review(request: SignedInRequest, reference: str = "") -> HttpResponse:
    """Review a register: the last scores stand ready, and what is left as it is has not moved.

    ``?only=R3`` shows one risk alone.
    """
    project = writable(request, project_of(request, reference))
    today = timezone.localdate()
    standing = register_standing(project, request.user, today)
    only = request.GET.get("only", "")
    rows = [each for each in standing.risks if only in ("", each.risk.reference)]
    typed = request.POST if request.method == "POST" else None
    day = ReviewDayForm(typed, today=today)
    forms = review_forms(rows, standing.scale.rule, typed)
    here = register_address(project, "risks")
    theirs = False
    if standing.register is None or not rows:
        messages.info(request, "There is no open risk to review.")
        return redirect(here)
    if typed is not None and not [form for form in (day, *forms) if not form.is_valid()]:
        try:
            written = services.review_risks(
                register=standing.register,
                by=request.user,
                drafts=[draft for form in forms if (draft := form.draft())],
                reviewed_on=day.cleaned_data["reviewed_on"],
                today=today,
                token=once.token_of(request),
                result_url=here,
            )
        except once.AlreadyDone as done:
            messages.info(request, str(done))
            return redirect(done.result_url or here)
        except services.StaleReviewError as stale:
            theirs = True
            _show_theirs(forms, stale)
        except services.RiskError as error:
            day.add_error(error.field if error.field in day.fields else None, str(error))
        else:
            messages.success(request, _what_was_reviewed(len(written), len(rows)))
            return redirect(here)
    return render(
        request,
        "risks/review.html",
        page_of(
            request,
            project,
            day=day,
            review_forms=forms,
            forms=[day, *forms],
            standing=standing,
            only=only,
            back=here,
        ),
        status=200 if typed is None else 409 if theirs else 422,
    )


def _show_theirs(forms: list[ReviewForm], stale: services.StaleReviewError) -> None:
    current = {review.risk_id: review for review in stale.current}
    for form in forms:
        if form.standing.risk.pk in current:
            form.show_theirs(current[form.standing.risk.pk], str(stale))


def _what_was_reviewed(written: int, shown: int) -> str:
    """What the page says after a review."""
    words: Any = f"{written} risk{'' if written == 1 else 's'} reviewed."
    return f"{words} {shown - written} left out." if written < shown else words
