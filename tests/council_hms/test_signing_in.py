"""Signing in: the second factor, the password, how often one may guess, and how long a session lasts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from django.core.cache import cache
from django.test import Client

from budgets.models import BudgetChange
from council_hms.access import Role
from council_hms.models import SecurityEvent, User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
#: allauth tells of a new app after commit, so these tests commit.
committed = pytest.mark.django_db(transaction=True)
SET_UP, SHOW = "/accounts/2fa/totp/activate/", "/accounts/2fa/authenticate/"


@pytest.fixture(autouse=True)
def nobody_has_guessed(db):
    cache.clear()


@pytest.fixture
def asked_for(settings):
    """The council asks for a second factor, as it does unless it is a demonstration."""
    settings.SECOND_FACTOR = True


def code_of(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows (RFC 6238), ``steps`` half minutes from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def sign_in(person: User, password: str = PASSWORD, session: Client | None = None):
    session = session or Client()
    answer = session.post("/accounts/login/", {"login": person.email, "password": password})
    return session, answer


def secret_on(page) -> str:
    return re.search(r'second-factor-key">([A-Z2-7]+)<', page.content.decode())[1]


def set_up(person: User) -> tuple[Client, str, list[str]]:
    """Sign in and set an app up: the session, the app's secret and the recovery codes."""
    session, _ = sign_in(person)
    secret = secret_on(session.get(SET_UP))
    page = session.post(SET_UP, {"code": code_of(secret)}, follow=True)
    return session, secret, re.findall(r"<li>(\d{8})</li>", page.content.decode())


# -- the second factor --------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_who_writes_or_sees_exempt_matter_opens_nothing_before_it_is_set_up(asked_for, role):
    session, _ = sign_in(make_user(role))
    for address in ("/", "/projects/", "/portfolio/", "/history/", "/account/", "/approvals.csv"):
        assert session.get(address).headers["Location"] == SET_UP, address
    assert session.get("/help/").status_code == 200


def test_what_is_sent_without_it_has_no_effect(asked_for, project, finance_officer):
    session, _ = sign_in(finance_officer)
    answer = session.post("/projects/HMS/changes/new/", {"kind": "increase", "title": "Interfaces"})
    assert answer.headers["Location"] == SET_UP
    assert not BudgetChange.objects.exists()


def test_who_has_no_role_is_not_asked(asked_for, stranger):
    session, _ = sign_in(stranger)
    assert session.get("/account/").status_code == 200


@committed
def test_it_is_set_up_once_and_then_asked_for_at_every_sign_in(asked_for, finance_officer):
    session, secret, codes = set_up(finance_officer)
    assert len(codes) == 10
    assert session.get("/projects/").status_code == 200
    again, answer = sign_in(finance_officer)
    assert answer.headers["Location"] == SHOW
    assert again.get("/projects/").status_code == 302
    again.post(SHOW, {"code": code_of(secret, steps=1)})
    assert again.get("/projects/").status_code == 200


def test_a_wrong_code_is_refused_with_what_to_do_and_the_key_stays(asked_for, finance_officer):
    session, _ = sign_in(finance_officer)
    secret = secret_on(session.get(SET_UP))
    page = session.post(SET_UP, {"code": "000000"})
    assert "type the one the app shows now" in page.content.decode()
    assert secret_on(page) == secret
    assert session.get("/projects/").headers["Location"] == SET_UP


@committed
def test_a_recovery_code_lets_in_once(asked_for, finance_officer):
    _, _, codes = set_up(finance_officer)
    first, _ = sign_in(finance_officer)
    first.post(SHOW, {"code": codes[0]})
    assert first.get("/projects/").status_code == 200
    second, _ = sign_in(finance_officer)
    second.post(SHOW, {"code": codes[0]})
    assert second.get("/projects/").status_code == 302


@committed
def test_a_session_older_than_the_app_shows_it_too(asked_for, finance_officer):
    older, _ = sign_in(finance_officer)
    _, secret, _ = set_up(finance_officer)
    answer = older.get("/projects/?q=HMS")
    assert answer.headers["Location"].startswith("/accounts/2fa/reauthenticate/")
    back = older.post(answer.headers["Location"], {"code": code_of(secret, steps=1)})
    assert back.headers["Location"] == "/projects/?q=HMS"
    assert older.get("/projects/").status_code == 200


@committed
def test_another_telephone_takes_the_place_of_the_first(asked_for, finance_officer):
    session, secret, _ = set_up(finance_officer)
    session.post("/accounts/2fa/totp/deactivate/")
    assert session.get("/projects/").headers["Location"] == SET_UP
    assert secret_on(session.get(SET_UP)) != secret


@committed
def test_only_an_administrator_takes_a_lost_one_away(asked_for, finance_officer, administrator):
    set_up(finance_officer)
    keeper, _, _ = set_up(administrator)
    address = f"/council/people/{finance_officer.pk}/second-factor/"
    other, _, _ = set_up(make_user(Role.AUDITOR))
    assert other.post(address).status_code == 403
    keeper.post(address)
    session, _ = sign_in(finance_officer)
    assert session.get("/projects/").headers["Location"] == SET_UP


@committed
def test_the_security_log_knows_of_it(asked_for, finance_officer):
    set_up(finance_officer)
    session, _ = sign_in(finance_officer)
    session.post(SHOW, {"code": "000000"})
    said = list(SecurityEvent.objects.filter(what="second_factor").values_list("about", flat=True))
    assert any("app set up" in about for about in said)
    assert any("wrong code" in about for about in said)
    assert not any("000000" in about for about in said)


# -- the password -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("short-one-1", "at least 12 characters"),
        ("qwerty123456", "too common"),
        ("financeofficer@council", "too similar"),
    ],
)
def test_a_weak_password_is_refused_with_why(signed_in, typed, says):
    person = make_user(Role.AUDITOR, name="Finance officer", email="financeofficer@council.example")
    typed_in = {"oldpassword": PASSWORD, "password1": typed, "password2": typed}
    page = signed_in(person).post("/accounts/password/change/", typed_in).content.decode()
    assert says in page
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_twelve_letters_are_enough_and_the_other_sessions_end(finance_officer):
    here, _ = sign_in(finance_officer)
    elsewhere, _ = sign_in(finance_officer)
    new = "gravel otter lamps"
    here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").headers["Location"].startswith("/accounts/login/")
    assert SecurityEvent.objects.filter(what="password", person=finance_officer).exists()


def test_a_password_may_be_pasted_and_kept_by_the_browser(client):
    page = client.get("/accounts/login/").content.decode()
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page


def test_no_copy_of_a_password_is_in_the_history(finance_officer):
    sign_in(finance_officer)
    columns = {column.name for column in User.pgh_event_model._meta.fields}
    assert not {"password", "last_login"} & columns
    assert User.pgh_event_model.objects.filter(pgh_obj_id=finance_officer.pk).count() == 1


def test_after_five_bad_guesses_the_right_one_is_refused_and_others_are_not(
    finance_officer, auditor
):
    for guess in range(5):
        sign_in(finance_officer, f"guess number {guess}")
    session, _ = sign_in(finance_officer)
    assert session.get("/account/").status_code == 302
    other, _ = sign_in(auditor)
    assert other.get("/account/").status_code == 200


# -- the session --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stamp", "seconds", "lasts"),
    [
        ("last_used", 29 * 60, True),
        ("last_used", 31 * 60, False),
        ("began", 11 * 3600, True),
        ("began", 12 * 3600 + 60, False),
    ],
)
def test_a_session_ends_after_half_an_hour_unused_and_twelve_hours_at_most(
    finance_officer, stamp, seconds, lasts
):
    session, _ = sign_in(finance_officer)
    session.get("/account/")
    kept = session.session
    kept[stamp] = int(time.time()) - seconds
    kept.save()
    assert session.get("/account/").status_code == (200 if lasts else 302)


def test_of_the_packages_pages_only_those_named_are_open(finance_officer):
    session, _ = sign_in(finance_officer)
    for address in ("email/", "confirm-email/", "password/set/", "login/code/confirm/"):
        assert session.get(f"/accounts/{address}").status_code == 404, address
