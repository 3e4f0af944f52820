"""Saved views of lists: one's own, kept under a name, opened by a link and removed again."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST

from council_hms.access import SignedInRequest, allow_signed_in
from council_hms.models import SavedView

MOST = 20


class SavedViewForm(forms.Form):
    """The name of a view, and the list it shows."""

    page = forms.CharField(max_length=200)
    query = forms.CharField(max_length=2000, required=False)
    name = forms.CharField(
        max_length=60, error_messages={"required": "Enter a name for the view, such as “My spend”"}
    )

    def clean_page(self) -> str:
        """Only a page of the product: never an address elsewhere."""
        page: str = self.cleaned_data["page"]
        if not page.startswith("/") or page.startswith("//") or "\\" in page:
            raise forms.ValidationError("Open the list again and save it from there")
        try:
            resolve(page)
        except Resolver404 as error:
            raise forms.ValidationError("Open the list again and save it from there") from error
        return page

    def clean_query(self) -> str:
        return urlencode(parse_qsl(self.cleaned_data["query"], max_num_fields=50))


@require_POST
@allow_signed_in
def saved_view_create(request: SignedInRequest) -> HttpResponse:
    """Keep a list's search, filters and order under a name; the same name is replaced."""
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        page = form.cleaned_data.get("page", "/")
        return redirect(f"{page}?{form.cleaned_data.get('query', '')}")
    typed = form.cleaned_data
    mine = SavedView.objects.filter(person=request.user)
    if mine.filter(page=typed["page"]).exclude(name=typed["name"]).count() >= MOST:
        messages.error(request, f"You have {MOST} saved views of this list: remove one first")
        return redirect(f"{typed['page']}?{typed['query']}")
    view, _ = SavedView.objects.update_or_create(
        person=request.user,
        page=typed["page"],
        name=typed["name"],
        defaults={"query": typed["query"]},
    )
    messages.success(request, f"Saved the view “{view.name}”")
    return redirect(view.address)


@require_POST
@allow_signed_in
def saved_view_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a saved view of one's own. Another person's is not there."""
    view = get_object_or_404(SavedView, pk=pk, person=request.user)
    view.delete()
    messages.success(request, f"Removed the saved view “{view.name}”")
    return redirect(view.page)
