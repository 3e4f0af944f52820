"""A session that ends while someone types loses nothing: they sign in again and find the form as it was."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client

from budgets.models import BudgetChange
from council_hms import kept_typing
from council_hms.access import Role
from tests.factories import PASSWORD, make_source, make_user

pytestmark = pytest.mark.django_db
ADDRESS = "/projects/HMS/changes/new/"


@pytest.fixture
def typed(project):
    source = make_source()
    return {
        "kind": "increase",
        "title": "Interfaces & <integration>",
        "headline": "£375k",
        "purpose": "Two lines\nof text",
        "rows": "1",
        "columns": "2026",
        "nature-1": "capital",
        "source-1": str(source.pk),
        "project-1": "",
        "cell-1-2026": "375k",
    }


def sign_in_again(session: Client, email: str):
    return session.post("/accounts/login/", {"login": email, "password": PASSWORD, "next": ADDRESS})


def go_back_to_the_form(session: Client):
    """Press the button of the page that says what was kept."""
    page = session.get(ADDRESS).content.decode()
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page, re.S)
    from html import unescape

    return session.post(ADDRESS, {name: unescape(value) for name, value in fields})


def idle(session: Client) -> None:
    """Nobody has used the session for longer than the limit."""
    stored = session.session
    stored["last_used"] = int(time.time()) - 100_000
    stored.save()


@pytest.mark.parametrize("how", ["idle", "gone"])
def test_what_was_typed_comes_back_after_sign_in_and_is_then_saved(
    finance_officer, signed_in, typed, how
):
    session = signed_in(finance_officer)
    session.get("/approvals/")
    if how == "idle":
        idle(session)
    else:
        session.session.delete()
    answer = session.post(ADDRESS, typed)
    assert answer.url == f"/accounts/login/?next={ADDRESS.replace('/', '%2F')}"
    assert sign_in_again(session, finance_officer.email).url == ADDRESS
    form = go_back_to_the_form(session)
    words = form.content.decode()
    assert "You were signed out before this form was sent" in words
    assert 'value="Interfaces &amp; &lt;integration&gt;"' in words
    assert 'value="375k"' in words
    assert "Two lines\nof text" in words
    assert not BudgetChange.objects.exists()  # shown, not saved
    session.post(ADDRESS, typed)
    assert BudgetChange.objects.get().title == "Interfaces & <integration>"


def test_it_is_given_once(finance_officer, signed_in, typed):
    session = signed_in(finance_officer)
    session.session.delete()
    session.post(ADDRESS, typed)
    sign_in_again(session, finance_officer.email)
    assert "What you typed is kept" in session.get(ADDRESS).content.decode()
    assert "What you typed is kept" not in session.get(ADDRESS).content.decode()


def test_another_person_does_not_get_it(finance_officer, signed_in, typed):
    session = signed_in(finance_officer)
    session.get("/approvals/")
    idle(session)
    session.post(ADDRESS, typed)
    other = make_user(Role.FINANCE_OFFICER)
    sign_in_again(session, other.email)
    assert "Interfaces" not in session.get(ADDRESS).content.decode()


def test_it_is_not_kept_for_long(finance_officer, signed_in, typed, monkeypatch):
    session = signed_in(finance_officer)
    session.session.delete()
    session.post(ADDRESS, typed)
    sign_in_again(session, finance_officer.email)
    monkeypatch.setattr(kept_typing, "SECONDS", -1)
    assert "Interfaces" not in session.get(ADDRESS).content.decode()


def test_a_stranger_fills_no_table(client, typed):
    client.post(ADDRESS, typed)
    assert kept_typing.KEY not in client.session


def test_what_is_too_long_is_not_kept(finance_officer, signed_in, typed):
    session = signed_in(finance_officer)
    session.session.delete()
    session.post(ADDRESS, {**typed, "note": "x" * (kept_typing.MOST_CHARACTERS + 1)})
    assert kept_typing.KEY not in session.session


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/password/reset/"])
def test_passwords_are_never_kept(finance_officer, signed_in, address):
    session = signed_in(finance_officer)
    session.session.delete()
    session.post(address, {"login": finance_officer.email, "password": "wrong-secret-word"})
    assert "wrong-secret-word" not in str(dict(session.session.items()))
