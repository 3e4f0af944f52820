"""What the administrator keeps: settings, bodies, limits, years and people; refused in words, kept in the history."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from pghistory.models import Context

from budgets.models import AuthorityLimit, ClosedYear, GoverningBody
from council_hms.council import fingerprint
from council_hms.models import CouncilSettings, SecurityEvent, User
from tests.factories import PASSWORD, make_body

pytestmark = pytest.mark.django_db
SETTINGS = {
    "name": "Example Council",
    "colour": "#1d4f4a",
    "table_unit": "k",
    "negative_style": "minus",
    "table_years": "4",
    "ring_fence_rule": "stop",
    "nature_rule": "stop",
    "version": "1",
}


@pytest.fixture
def session(administrator, signed_in):
    return signed_in(administrator)


def settings_as_shown(session) -> dict[str, str]:
    """The settings form as a browser would send it back unchanged."""
    form = session.get("/council/edit/").context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: str(value) for name, value in shown.items() if value not in (None, False)}


def test_the_councils_settings_are_saved_with_the_reason(session):
    typed = settings_as_shown(session) | {"four_eyes": "on", "reason": "Audit asked for it"}
    assert session.post("/council/edit/", typed).status_code == 302
    assert CouncilSettings.current().four_eyes
    act = Context.objects.latest("created_at").metadata
    assert (act["act"], act["reason"]) == ("council.settings", "Audit asked for it")


def test_of_two_administrators_the_second_sees_what_the_first_saved(session):
    CouncilSettings.objects.create(pk=1)
    typed = settings_as_shown(session)
    session.post("/council/edit/", typed | {"name": "Their Council"})
    page = session.post("/council/edit/", typed | {"name": "My Council"}).content.decode()
    assert "As someone else saved it" in page
    assert "Their Council" in page
    assert 'value="My Council"' in page
    assert CouncilSettings.current().name == "Their Council"


def test_a_colour_on_which_white_cannot_be_read_is_refused(session):
    page = session.post("/council/edit/", settings_as_shown(session) | {"colour": "#ffdd00"})
    assert "White text on this colour is too faint" in page.content.decode()


def test_what_is_no_colour_is_told_what_one_looks_like(session):
    page = session.post("/council/edit/", settings_as_shown(session) | {"colour": "=1+1"})
    assert "Enter a colour as # and six digits" in page.content.decode()


def test_a_limit_is_added_changed_and_ended_and_two_do_not_overwrite(session):
    cabinet = make_body("cabinet", "Cabinet")
    typed = {"kind": "capital", "per_change": "£250k", "since": "2026-04-01", "seen": ""}
    session.post(f"/council/bodies/{cabinet.pk}/limits/new/", typed)
    limit = AuthorityLimit.objects.get()
    assert (limit.body, limit.per_change, limit.per_year) == (cabinet, 250_000, None)
    seen = fingerprint(limit)
    address = f"/council/limits/{limit.pk}/"
    ended = typed | {"until": "2027-03-31", "seen": seen, "reason": "New constitution"}
    assert session.post(address, ended).status_code == 302
    page = session.post(address, ended | {"per_change": "1m"}).content.decode()
    assert "As someone else saved it" in page
    limit.refresh_from_db()
    assert (limit.until, limit.per_change) == (dt.date(2027, 3, 31), 250_000)
    assert "Cabinet" in session.get("/council/constitution/").content.decode()


def test_a_limit_that_ends_before_it_starts_is_refused_and_keeps_what_was_typed(session):
    council = make_body("council", "Council", limits=False)
    typed = {"kind": "capital", "per_change": "77k", "since": "2026-04-01", "until": "2026-03-01"}
    page = session.post(f"/council/bodies/{council.pk}/limits/new/", typed).content.decode()
    assert "The last day must not be before the first" in page
    assert 'value="77k"' in page
    assert not AuthorityLimit.objects.exists()


def test_two_bodies_of_one_name_are_refused(session):
    make_body("cabinet", "Cabinet")
    typed = {"name": "Cabinet", "kind": "cabinet", "position": "1"}
    page = session.post("/council/bodies/new/", typed).content.decode()
    assert "There is already a body of this name" in page
    assert GoverningBody.objects.count() == 1


def test_a_year_is_closed_and_opened_again_with_the_reason(session):
    page = session.post("/council/closed-years/", {"year": "2098-99", "on": "2026-06-30"})
    assert "close it after that day" in page.content.decode()
    session.post("/council/closed-years/", {"year": "2022-23", "on": "2023-06-30"})
    closed = ClosedYear.objects.get()
    address = f"/council/closed-years/{closed.pk}/reopen/"
    assert (
        "Say why the year is opened again" in session.post(address, {"reason": ""}).content.decode()
    )
    session.post(address, {"reason": "Audit adjustment"})
    assert not ClosedYear.objects.exists()
    assert Context.objects.get(metadata__act="year.reopen").metadata["reason"] == "Audit adjustment"


def test_a_person_is_added_and_sets_a_password_by_the_link(session, client):
    typed = {"name": "Accountant", "email": "Accountant@council.example", "roles": "auditor"}
    session.post("/council/people/new/", typed)
    person = User.objects.get(email="accountant@council.example")
    assert (person.roles, person.has_usable_password()) == (["auditor"], False)
    page = session.post(f"/council/people/{person.pk}/link/").content.decode()
    link = re.search(r'value="http://testserver(/accounts/[^"]+)"', page)[1]
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0] if form.redirect_chain else link
    client.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_an_administrator_cannot_shut_themselves_out(session, administrator):
    typed = {"name": "Administrator", "roles": "auditor", "is_active": "on"}
    typed["seen_roles"] = "administrator"
    page = session.post(f"/council/people/{administrator.pk}/", typed).content.decode()
    assert "Another administrator must take this role from you" in page
    administrator.refresh_from_db()
    assert administrator.roles == ["administrator"]


def test_rights_that_change_are_in_the_history_and_in_the_security_log(session, auditor):
    typed = {"name": "Auditor", "roles": ["auditor", "finance_officer"], "is_active": "on"}
    typed |= {"seen_roles": "auditor", "reason": "Covers for leave"}
    session.post(f"/council/people/{auditor.pk}/", typed)
    auditor.refresh_from_db()
    assert set(auditor.roles) == {"auditor", "finance_officer"}
    assert "Auditor → Auditor, Finance officer" in SecurityEvent.objects.get(what="rights").about
    assert Context.objects.latest("created_at").metadata["reason"] == "Covers for leave"


def test_the_security_log_knows_sign_ins_refusals_and_files(auditor, client):
    sign_in = {"login": auditor.email, "password": "wrong-" + PASSWORD}
    client.post("/accounts/login/", sign_in)
    client.post("/accounts/login/", sign_in | {"password": PASSWORD})
    client.get("/council/")
    client.get("/approvals.csv?q=secret-word")
    client.post("/accounts/logout/")
    events = list(SecurityEvent.objects.order_by("pk"))
    assert [event.what for event in events] == [
        "sign_in_failed",
        "sign_in",
        "refused",
        "export",
        "sign_out",
    ]
    assert {event.address for event in events} == {"127.0.0.1"}
    assert events[3].about == "filtered by q"  # by what, never what was typed
    assert PASSWORD not in "".join(event.about + event.path for event in events)


def test_nobody_alters_the_security_log(as_app_role):
    import psycopg

    for statement in (
        "UPDATE council_hms_securityevent SET about = ''",
        "DELETE FROM council_hms_securityevent",
        "TRUNCATE council_hms_securityevent",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_app_role.execute(statement)


def test_every_door_of_the_settings_opens(session):
    page = session.get("/council/").content.decode()
    for words in ("Risk scales", "Report templates", "Security log", "Lessons that bind"):
        assert words in page
    for address in re.findall(r'<dt[^>]*><a class="govuk-link" href="([^"]+)"', page) or re.findall(
        r'href="(/(?:council|risks|lessons|reports|history)/[^"]+)"', page
    ):
        assert session.get(address).status_code == 200, address
