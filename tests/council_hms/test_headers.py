"""What every answer tells the browser: no foreign script, no frame, no cache of what a person sees."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.django_db
PAGES = ("/", "/projects/", "/approvals/", "/findings/", "/help/", "/no-such-page/")


@pytest.mark.parametrize("address", PAGES)
def test_a_page_runs_no_script_and_loads_nothing_but_its_own(finance_officer, signed_in, address):
    answer = signed_in(finance_officer).get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(
        policy.split("; ")
    )
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    text = answer.content.decode()
    assert " style=" not in text
    assert "<script>" not in text


@pytest.mark.parametrize("address", [*PAGES, "/approvals.csv", "/approvals.xlsx"])
def test_what_a_signed_in_person_sees_is_kept_in_no_cache(finance_officer, signed_in, address):
    assert "no-store" in signed_in(finance_officer).get(address).headers["Cache-Control"]


def test_text_that_cannot_be_stored_is_refused_in_words(finance_officer, signed_in):
    session = signed_in(finance_officer)
    for answer in (
        session.get("/projects/?q=%00"),
        session.post("/saved-views/", {"name": "a\x00"}),
    ):
        assert answer.status_code == 400
        assert "cannot be stored" in answer.content.decode()


def test_a_form_from_elsewhere_is_refused(finance_officer, client):
    from django.test import Client

    session = Client(enforce_csrf_checks=True)
    session.force_login(finance_officer)
    assert session.post("/saved-views/", {"name": "Mine"}).status_code == 403


def test_in_earnest_cookies_are_the_hosts_own_and_https_is_for_a_year():
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            "from council_hms import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, "
            "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECOND_FACTOR)",
        ],
        env={
            **{
                k: v for k, v in os.environ.items() if k not in ("SECURE", "SECOND_FACTOR", "DEBUG")
            },
            "SECRET_KEY": "of-the-tests-" + "x" * 40,
            "DATABASE_URL": "postgresql://nobody@/council_hms?host=/nowhere",
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown.split() == ["__Host-session", "__Host-csrf", "True", "True", "31536000", "True"]
